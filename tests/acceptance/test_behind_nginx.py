"""The proxy of the guide: the configuration in deploy/ under a real nginx, over TLS, in front of a real server."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.acceptance.test_serve import START, read, serving
from tests.acceptance.test_signing_in import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
NAME = "desk.example.org"
ALLOWED = 5
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
NEEDS_NGINX = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (apt-get install nginx-light)")
OPENSSL = shutil.which("openssl")
NEEDS_OPENSSL = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed: it makes the certificate")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def configuration(folder: Path, *, server: int, http_port: int, https_port: int) -> Path:
    """The file of the guide with ports that anybody may listen on, inside the least of a main file."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"^\s*listen \[::\].*\n", "", text, flags=re.MULTILINE)  # a test machine may have no IPv6
    changes = {
        "listen 80;": f"listen 127.0.0.1:{http_port};", "listen 443 ssl;": f"listen 127.0.0.1:{https_port} ssl;",
        "http://127.0.0.1:8620": f"http://127.0.0.1:{server}", "/etc/ssl/vedette/": f"{folder}/",
    }  # fmt: skip
    for old, new in changes.items():
        assert old in text, f"deploy/nginx.conf has no {old}"
        text = text.replace(old, new)
    (folder / "site.conf").write_text(text, encoding="utf-8")
    parts = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi",
                                                                       "scgi"))  # fmt: skip
    main = folder / "main.conf"
    main.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/errors;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{parts}include {folder}/site.conf;\n}}\n",
        encoding="utf-8",
    )
    return main


@dataclass
class Front:
    """The two ports of the proxy and the log of the server behind it."""

    folder: Path
    http_port: int
    https_port: int
    server: int
    process: subprocess.Popen[str]

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, source: str = "127.0.0.1", name: str = NAME,
        **headers: str,
    ) -> tuple[int, http.client.HTTPMessage, bytes]:  # fmt: skip
        """Over TLS, as a browser that trusts the certificate, from an address of its own."""
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        plain = socket.create_connection(("127.0.0.1", self.https_port), timeout=60, source_address=(source, 0))
        connection = http.client.HTTPConnection(NAME, self.https_port, timeout=60)
        connection.sock = context.wrap_socket(plain, server_hostname=NAME)
        told = {"Host": name} | {k.replace("_", "-"): v for k, v in headers.items()}
        try:
            connection.request(method, path, body=body, headers=told)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


@pytest.fixture
def front(vedette: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    # The server's own rule with a smaller number: a wrong password takes it half a second.
    few = f"import vedette.web.attempts as attempts; attempts.PER_ADDRESS = '{ALLOWED} per 5 minutes'; "
    monkeypatch.setattr("tests.acceptance.test_serve.START", few + START)
    vedette.ok("account", "add", "root", "--role", "admin", stdin=f"{PASSWORD}\n".encode())
    assert OPENSSL is not None
    assert NGINX is not None
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-addext",
         f"subjectAltName=DNS:{NAME}", "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    server, http_port, https_port = free_port(), free_port(), free_port()
    main = configuration(tmp_path, server=server, http_port=http_port, https_port=https_port)
    subprocess.run([NGINX, "-p", tmp_path, "-c", main, "-t"], check=True, capture_output=True, timeout=60)
    options = ("--port", str(server), "--proxy", "127.0.0.1", "--name", NAME, "--log", "json")
    with serving(*options) as (_, process):
        assert read(f"http://127.0.0.1:{server}/readyz")[0] == 200
        proxy = subprocess.Popen([NGINX, "-p", tmp_path, "-c", main], stderr=subprocess.PIPE, text=True)
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                try:
                    socket.create_connection(("127.0.0.1", https_port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield Front(tmp_path, http_port, https_port, server, process)
        finally:
            proxy.send_signal(signal.SIGTERM)
            proxy.communicate(timeout=60)


def token(page: bytes) -> str:
    found = re.search(rb'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1].decode()


def cookies(headers: http.client.HTTPMessage) -> str:
    return "; ".join(c.split(";")[0] for c in headers.get_all("set-cookie") or [])


@pytest.mark.slow
@NEEDS_NGINX
@NEEDS_OPENSSL
def test_the_proxy_of_the_guide_is_secure(front: Front) -> None:
    # HTTP leads to HTTPS and nowhere else.
    plain = http.client.HTTPConnection("127.0.0.1", front.http_port, timeout=60)
    plain.request("GET", "/cases/x?q=1", headers={"Host": "desk.example.org"})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["location"]) == (301, f"https://{NAME}/cases/x?q=1")
    plain.close()

    # Cookies are for HTTPS only, before and after signing in, and the browser is told to stay with it.
    status, headers, page = front.ask("GET", "/sign-in")
    assert status == 200
    assert headers["strict-transport-security"].startswith("max-age=")
    assert headers["server"] == "nginx", "no version"
    assert all("Secure" in c and "HttpOnly" in c for c in headers.get_all("set-cookie") or ["none"])
    form = {"csrf": token(page), "name": "root", "password": PASSWORD}
    sent = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookies(headers)}
    status, headers, _ = front.ask("POST", "/sign-in", urlencode(form).encode(), Origin=f"https://{NAME}", **sent)
    assert status == 303
    given = headers.get_all("set-cookie") or []
    assert len(given) == 2
    assert all("Secure" in c and "SameSite=strict" in c and "HttpOnly" in c for c in given)
    assert front.ask("GET", "/", Cookie=cookies(headers))[0] == 200

    # Numbers stay inside, for strangers and for whoever is signed in; this machine gets them from the server itself.
    for more in ({}, {"Cookie": cookies(headers)}):
        assert front.ask("GET", "/metrics", **more)[0] == 404
    assert "vedette_requests_total" in read(f"http://127.0.0.1:{front.server}/metrics")[1]

    # Another host name is refused, by whichever of the two hears of it first.
    assert front.ask("GET", "/sign-in", name="evil.example")[0] == 421

    # Too large for the proxy (25m are 26,214,400): refused by the length that is announced. Too large for Vedette only:
    # refused by it.
    status, headers, page = front.ask("POST", "/cases/x/documents", b"", Content_Length=str(27_000_000))
    assert status == 413
    assert b"nginx" in page
    status, headers, page = front.ask("POST", "/cases/x/documents", b"0" * 23_000_000)
    assert status == 413
    assert b"nginx" not in page


@pytest.mark.slow
@NEEDS_NGINX
@NEEDS_OPENSSL
def test_limits_and_log_go_by_the_browsers_own_address(front: Front) -> None:
    try:
        _, headers, page = front.ask("GET", "/sign-in", source="127.0.0.9")
    except OSError:
        pytest.skip("this machine has one loopback address only")
    sent = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookies(headers)}
    got = []
    for n in range(ALLOWED + 3):
        # A browser may claim what it likes; the proxy says what it sees.
        form = {"csrf": token(page), "name": f"nobody{n}", "password": "wrong"}
        status, headers, _ = front.ask(
            "POST", "/sign-in", urlencode(form).encode(), source="127.0.0.9", X_Forwarded_For=f"10.0.0.{n}",
            X_Real_Ip=f"10.0.0.{n}", Forwarded=f"for=10.0.0.{n}", **sent,
        )  # fmt: skip
        got.append(status)
    assert got == [401] * ALLOWED + [429] * 3

    # Somebody else, behind the same proxy, is let in.
    _, headers, page = front.ask("GET", "/sign-in", source="127.0.0.10")
    form = {"csrf": token(page), "name": "root", "password": PASSWORD}
    sent = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookies(headers)}
    status, _, _ = front.ask("POST", "/sign-in", urlencode(form).encode(), source="127.0.0.10", **sent)
    assert status == 303

    front.process.send_signal(signal.SIGINT)
    _, err = front.process.communicate(timeout=60)
    seen = {json.loads(line)["from"] for line in err.splitlines() if '"path": "/sign-in"' in line}
    assert seen == {"127.0.0.9", "127.0.0.10"}


def test_the_guide_names_the_files_and_the_values_that_are_there() -> None:
    guide = (ROOT / "docs" / "how-to" / "deploy.md").read_text(encoding="utf-8")
    unit = (ROOT / "deploy" / "vedette.service").read_text(encoding="utf-8")
    proxy = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for path in re.findall(r"deploy/[\w.]+", guide):
        assert (ROOT / path).is_file(), path
    port = re.search(r"--port (\d+)", unit)
    assert port
    assert f"proxy_pass http://127.0.0.1:{port[1]};" in proxy
    assert f"http://127.0.0.1:{port[1]}/readyz" in guide
    for text in (unit, proxy):
        assert NAME in text, "the guide's sed puts a host name in its place"
    for word in ("/etc/vedette/env", "/var/lib/vedette", "/opt/vedette"):
        assert word in guide
        assert word in unit
    image = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    extras = re.search(r"\)\[([a-z,]+)\]", image)
    assert extras
    assert f"[{extras[1]}]" in guide, "the image holds what the guide installs"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_unit_is_well_formed_and_closed() -> None:
    unit = ROOT / "deploy" / "vedette.service"
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60, check=False)
    said = [line for line in done.stderr.splitlines() if "vedette" in line and "is not executable" not in line]
    assert not said, "nothing but that the program is not installed here"
    words = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    found = re.search(r"exposure level for vedette.service: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip(f"this systemd-analyze does not judge a file: {done.stderr.strip()[:100]}")
    assert float(found[1]) <= 2.0, done.stdout
