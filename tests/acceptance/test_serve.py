"""``vedette serve`` as a process: it answers, falls back from a busy port, refuses the network, and stops on Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vedette.cli.serve import PORT

START = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); from vedette.cli import main; "


@contextmanager
def serving(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """(address, process) of a workbench that answers; it is stopped at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"{START}sys.exit(main(['serve', '--no-browser', *sys.argv[1:]]))", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise


def read(address: str) -> tuple[int, str]:
    """Status and text of a page."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except urllib.error.URLError as error:  # bound, and not listening yet
            if not isinstance(error.reason, ConnectionError):
                raise
    raise AssertionError(f"{address} never answered")


def test_it_serves_the_bundled_cases_without_any_secret_and_stops_on_ctrl_c(workspace_home: Path) -> None:
    with serving() as (address, process):
        assert address.startswith("http://localhost:")
        status, text = read(address)
        assert status == 200
        assert "ECOWAS" in text
        assert read(f"{address}cases/niger-2023")[0] == 200
        assert read(f"{address}cases/nope")[0] == 404
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == ""
    assert "Stopped. Everything decided was stored." in err
    assert "Traceback" not in err
    assert not workspace_home.exists()  # looking at bundled cases writes nothing


def test_a_busy_port_is_told_and_another_taken() -> None:
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            busy.bind(("127.0.0.1", PORT))
        except OSError:
            pass  # somebody else's is as good
        else:
            busy.listen()
        with serving() as (address, process):
            assert not address.endswith(f":{PORT}/")
            assert read(f"{address}healthz")[0] == 200
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
    assert f"Port {PORT} is in use" in err


def test_a_name_of_a_proxy_is_answered_when_it_was_given() -> None:
    with serving("--name", "Vedette.Example") as (address, _):
        for name, status in (("vedette.example", 200), ("other.example", 421)):
            request = urllib.request.Request(f"{address}healthz", headers={"Host": name})  # our own address
            assert read(address + "healthz")[0] == 200
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    assert answer.status == status
            except urllib.error.HTTPError as error:
                assert error.code == status


def refused(*options: str) -> str:
    """What a start that fails says, with exit status 2."""
    done = subprocess.run(
        [sys.executable, "-c", f"{START}sys.exit(main(['serve', '--no-browser', *sys.argv[1:]]))", *options],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_port_that_was_asked_for_is_that_one_or_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        said = refused("--port", str(busy.getsockname()[1]))
    assert "cannot listen there" in said
    assert "Leave --port out" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--host", "0.0.0.0"), "--trust-network"),
        (("--host", "192.0.2.1"), "--trust-network"),
        (("--host", "example.org"), "--trust-network"),
        (("--port", "99999"), "no port"),
    ],
)
def test_what_would_open_it_to_others_or_cannot_be_is_refused(options: tuple[str, ...], said: str) -> None:
    assert said in refused(*options)


def test_a_machine_whose_name_has_no_address_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    from vedette.cli import serve

    def unknown(name: str) -> tuple[str, list[str], list[str]]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(serve.socket, "gethostbyname_ex", unknown)
    assert {"localhost", "0.0.0.0", "desk.example.org"} <= set(serve._hosts("0.0.0.0", ["desk.example.org"]))
