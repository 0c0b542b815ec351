"""Dispatch and the last line of defence."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from vedette.cli.run import guarded, run
from vedette.errors import UnknownName

COMMANDS = {"works": ("unit_commands:works", "Works."), "fails": ("unit_commands:fails", "Fails.")}


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    import types

    module: Any = types.ModuleType("unit_commands")

    def works(status: int = 0) -> int:
        print("data")
        return status

    def fails(how: str) -> None:
        errors: dict[str, BaseException] = {
            "name": UnknownName("case", "x", nearest=["y"]), "bug": RuntimeError("two\nlines"),
            "missing": FileNotFoundError(2, "No such file or directory", "a.txt"), "full": OSError(28, "No space left"),
            "folder": FileNotFoundError(2, "No such file or directory", "/none/.b.html.7.part"),
            "shut": PermissionError(13, "Permission denied", ".b.html.7.part"),
            "package": ModuleNotFoundError("No module named 'other'", name="other"), "stop": KeyboardInterrupt(),
            "ours": ModuleNotFoundError("No module named 'vedette.x'", name="vedette.x"),
        }  # fmt: skip
        raise errors[how]

    module.works, module.fails = works, fails
    monkeypatch.setitem(sys.modules, "unit_commands", module)


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (["works"], 0, ""), (["works", "--status", "2"], 2, ""), (["works", "--status", "x"], 2, "--status"),
        (["works", "--no"], 2, "works --help"), (["wroks"], 2, "Nearest: works"), (["--wat"], 2, "unknown option"),
        (["--version", "more"], 2, "nothing after"), (["fails", "name"], 2, "unknown case 'x'. Nearest: y"),
        (["fails", "bug"], 1, "RuntimeError: two lines"), (["fails", "missing"], 2, "a.txt: No such file"),
        (["fails", "folder"], 2, "/none/b.html: there is no folder /none. Make it first: mkdir -p /none"),
        (["fails", "shut"], 2, "b.html: Permission denied. Choose another folder"),
        (["fails", "full"], 2, "No space left"), (["fails", "package"], 2, "pip install other"),
        (["fails", "ours"], 1, "internal error"), (["fails", "stop"], 130, "stopped"),
    ],
)  # fmt: skip
def test_status_and_one_line(args: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(args, COMMANDS, "about") == status
    shown = capsys.readouterr()
    assert said in shown.err and len([x for x in shown.err.splitlines() if x]) == (1 if said else 0)
    assert shown.out == ("data\n" if args[0] == "works" and not said else "")


@pytest.mark.parametrize("args", [[], ["--help"], ["-h"], ["help"]])
def test_overview(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(args, COMMANDS, "about") == 0
    assert "  works  Works." in capsys.readouterr().out


def test_help_of_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "works"], COMMANDS, "about") == 0
    assert "Usage: vedette works" in capsys.readouterr().out


@pytest.mark.parametrize("args", [["--debug", "fails", "bug"], ["fails", "bug", "--debug"]])
def test_debug_shows_the_traceback(args: list[str]) -> None:
    with pytest.raises(RuntimeError):
        run(args, COMMANDS, "about")


def test_after_two_dashes_debug_is_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fails", "--", "--debug"], COMMANDS, "about") == 1
    assert "KeyError" in capsys.readouterr().err


def test_a_reader_that_closes_early_is_no_error() -> None:
    import subprocess

    code = "import sys; from vedette.cli import main; sys.exit(main(['case', 'show', 'belarus-2022', '--json']))"
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{sys.executable}" -c "{code}" | head -1; true'], capture_output=True, text=True, timeout=99
    )
    assert done.stdout == "{\n" and done.stderr == ""


def test_a_letter_the_terminal_lacks_does_not_end_the_command() -> None:
    import json
    import os
    import subprocess

    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    code = "import sys; from vedette.cli import main; sys.exit(main(sys.argv[1:]))"
    args = [sys.executable, "-c", code, "case", "show", "niger-2023"]
    plain = subprocess.run(args, capture_output=True, text=True, env=env, timeout=250)
    assert plain.returncode == 0, plain.stderr
    data = subprocess.run([*args, "--json"], capture_output=True, text=True, env=env, timeout=250)
    assert json.loads(data.stdout)["id"] == "niger-2023"


def test_guarded_returns_the_status() -> None:
    assert guarded(lambda: 2) == 2
