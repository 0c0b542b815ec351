"""Ways to tell: each carries the key, none repeats a secret, all say plainly that they did not get through."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from vedette.bootstrap import open_workspace
from vedette.domain.alerts import Alert, AlertKind, Move, Reason
from vedette.errors import BadInput, SourceFailed
from vedette.ports.watching import Message
from vedette.sources.delivery import Apprise, AtomFile, Mail, Printed, Webhook, atom, subject
from vedette.warning.alerts import text_of

AT = dt.datetime(2022, 1, 10, 12, tzinfo=dt.UTC)


def alert(n: int = 1, headline: str = "Attack: 20.0 % to 31.0 % (+11.0 points)") -> Alert:
    return Alert(
        key=f"{n:032d}", case="made", kind=AlertKind.PROBABILITY, subject="attack", at=AT + dt.timedelta(hours=n),
        as_of=AT.date(), headline=headline, covers=(f"{n}",),
        moves=(Move(scenario="attack", label="Attack", before=0.2, after=0.31, log_odds=0.586),),
        reasons=(Reason(id="e1", what="Troops <b>moved</b>", log_odds=0.586),),
    )  # fmt: skip


def message(*alerts: Alert) -> Message:
    return Message(
        key=alerts[0].key, channel="desk", case="made", alerts=tuple(a.key for a in alerts), not_before=AT
    )


@contextmanager
def receiver(
    status: int = 204, *, to: str = "http://elsewhere.example/"
) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    got: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            got.append((dict(self.headers.items()), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", to)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook/token-abc", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_webhook_is_signed_over_time_and_body_and_carries_the_key() -> None:
    with receiver() as (address, got):
        hook = Webhook("desk", address, "s3cret", text_of, allow_private=True, now=lambda: AT)
        hook.send(message(alert()), [alert()])
    ((headers, body),) = got
    stamp = headers["Vedette-Timestamp"]
    right = hmac.new(b"s3cret", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["Vedette-Signature"] == f"sha256={right}" and int(stamp) == int(AT.timestamp())
    said = json.loads(body)
    assert said["key"] == headers["Idempotency-Key"] == alert().key
    assert said["alerts"][0]["moves"][0]["after"] == 0.31 and "Troops" in said["text"]


@pytest.mark.parametrize("status", [302, 400, 500])
def test_a_receiver_that_refuses_is_named_without_its_address(status: int) -> None:
    with receiver(status) as (address, got):
        with pytest.raises(SourceFailed) as failed:
            Webhook("desk", address, "", text_of, allow_private=True).send(message(alert()), [alert()])
        assert len(got) == 1 and "Vedette-Signature" not in got[0][0], "unsigned without a secret, and not followed"
    assert str(status) in str(failed.value) and "token-abc" not in str(failed.value)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/token-abc", "ftp://example.org/token-abc", "https://u:token-abc@example.org/"]
)
def test_an_address_that_may_not_be_posted_to_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(SourceFailed) as failed:
        Webhook("desk", address, "x", text_of).send(message(alert()), [alert()])
    assert "token-abc" not in str(failed.value)


def test_a_receiver_that_is_not_there() -> None:
    with receiver() as (address, _):
        pass
    with pytest.raises(SourceFailed, match="not delivered"):
        Webhook("desk", address, "x", text_of, allow_private=True).send(message(alert()), [alert()])


def test_the_atom_file_is_whole_holds_each_alert_once_and_the_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "out" / "alerts.atom"
    stored = [alert(2), alert(1, headline="<script>&\x00 \ud800")]
    for _ in range(2):
        AtomFile(path, lambda n: stored[:n], text_of).send(message(alert(2)), [alert(2)])
    root = ElementTree.fromstring(path.read_bytes())
    space = "{http://www.w3.org/2005/Atom}"
    assert [e.findtext(f"{space}id") for e in root.iter(f"{space}entry")] == [
        f"urn:vedette:alert:{a.key}" for a in stored
    ]  # fmt: skip
    assert list(path.parent.iterdir()) == [path]
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(SourceFailed, match="cannot be written"):
        AtomFile(blocked / "alerts.atom", lambda n: stored, text_of).send(message(alert()), [alert()])


def test_our_own_reader_reads_the_atom_file() -> None:
    from vedette.sources.documents.feed import read_feed

    feed = read_feed(atom([alert(2), alert(1)], text_of).encode(), where="alerts.atom")
    assert feed.title == "Vedette alerts" and feed.items[0].day == AT.date()


def test_printed_as_text_and_as_one_line_of_json() -> None:
    lines: list[str] = []
    Printed(lines.append, text_of, as_json=False).send(message(alert()), [alert()])
    Printed(lines.append, text_of, as_json=True).send(message(alert()), [alert()])
    assert f"[{alert().key}]" in lines[0] and "20.0 % to 31.0 %" in lines[0]
    assert "\n" not in lines[1] and json.loads(lines[1])["key"] == alert().key


class _Mail(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """As much SMTP as a client needs."""
        self.wfile.write(b"220 made\r\n")
        data = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if data:
                self.server.got.append(line)  # type: ignore[attr-defined]
                if line == ".":
                    data = False
                    self.wfile.write(b"250 taken\r\n")
            elif line.upper().startswith("DATA"):
                data = True
                self.wfile.write(b"354 go on\r\n")
            elif line.upper().startswith("QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


def test_a_mail_has_the_key_as_its_id() -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail) as server:
        server.got = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        port = server.server_address[1]
        address = f"smtp://127.0.0.1:{port}/?from=watch@example.org&to=a@example.org,b@example.org&tls=no"
        try:
            Mail("desk", address, text_of).send(message(alert()), [alert()])
        finally:
            server.shutdown()
            thread.join()
        text = "\n".join(server.got)  # type: ignore[attr-defined]
    assert f"Message-ID: <{alert().key}@vedette.invalid>" in text and "To: a@example.org,b@example.org" in text
    assert "Subject: made: Attack: 20.0 % to 31.0 % (+11.0 points)" in text


def test_mail_needs_a_host_and_both_ends_and_fails_without_its_password() -> None:
    with pytest.raises(BadInput, match="VEDETTE_ALERT_DESK"):
        Mail("desk", "smtps://user:pw-abc@mail.example.org/?from=a@example.org", text_of)
    with pytest.raises(SourceFailed) as failed:
        mail = Mail("desk", "smtp://user:pw-abc@127.0.0.1:9/?from=a@x.org&to=b@x.org", text_of)
        mail.send(message(alert()), [alert()])
    assert "pw-abc" not in str(failed.value)


def test_apprise_speaks_to_its_services_and_names_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("apprise")
    with receiver() as (address, got):
        host = address.removeprefix("http://").partition("/")[0]
        Apprise("desk", f"json://{host}/hook", text_of, allow_private=True).send(message(alert()), [alert()])
        assert alert().key in json.loads(got[0][1])["message"]
    with receiver(500) as (address, _), pytest.raises(SourceFailed) as failed:
        host = address.removeprefix("http://").partition("/")[0]
        Apprise("desk", f"json://{host}/token-abc", text_of, allow_private=True).send(message(alert()), [alert()])
    assert "token-abc" not in str(failed.value)
    with pytest.raises(BadInput, match="no service"):
        Apprise("desk", "nonsense://x", text_of)


@pytest.mark.parametrize(
    "address", ["json://127.0.0.1:9/token-abc", "form://localhost/token-abc", "xmls://10.0.0.8/token-abc",
                "gotify://192.168.1.2/AbcDefGhi12345_", "json://2130706433:9/token-abc", "json://[::1]:9/token-abc"]
)  # fmt: skip
def test_apprise_posts_to_nothing_inside_the_network_unless_allowed(address: str) -> None:
    pytest.importorskip("apprise")
    with pytest.raises(SourceFailed, match="VEDETTE_ALERT_ALLOW_PRIVATE") as failed:
        Apprise("desk", address, text_of).send(message(alert()), [alert()])
    assert "token-abc" not in str(failed.value)


def test_apprise_is_led_nowhere_else() -> None:
    pytest.importorskip("apprise")
    with receiver() as (inside, got), receiver(307, to=inside) as (address, first):
        host = address.removeprefix("http://").partition("/")[0]
        with pytest.raises(SourceFailed, match="not delivered"):
            Apprise("desk", f"json://{host}/x", text_of, allow_private=True).send(message(alert()), [alert()])
        assert len(first) == 1 and got == []


def test_a_token_in_the_place_of_a_host_is_looked_up_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("apprise")
    from vedette.sources import delivery

    asked: list[str] = []
    monkeypatch.setattr(delivery, "check_address", lambda url, **_: asked.append(url))
    for address in ("slack://T1234ABCD/A1234ABCD/C1234abcdefgh", "json://hooks.example.org/x"):
        (service,) = Apprise("desk", address, text_of)._service
        assert not delivery._inside(service)
    assert asked == ["https://hooks.example.org/"]


def test_a_webhook_posts_to_nothing_inside_the_network() -> None:
    with receiver() as (address, got):
        with pytest.raises(SourceFailed, match="VEDETTE_ALERT_ALLOW_PRIVATE"):
            Webhook("desk", address, "s3cret", text_of).send(message(alert()), [alert()])
        assert got == []


def test_a_webhook_is_led_nowhere_else() -> None:
    with receiver() as (inside, got), receiver(302, to=inside) as (address, first):
        with pytest.raises(SourceFailed, match="the receiver answers 302"):
            Webhook("desk", address, "s3cret", text_of, allow_private=True).send(message(alert()), [alert()])
        assert len(first) == 1 and got == []


def test_a_webhook_whose_name_changes_its_answer_is_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look-up says a public address, the connection ends inside: neither the alert nor the signature leaves."""
    from vedette.sources import delivery

    monkeypatch.setattr(delivery, "check_address", lambda url, allow_private: None)
    with receiver() as (address, got):
        with pytest.raises(SourceFailed, match="not an address to post to"):
            Webhook("desk", address, "s3cret", text_of).send(message(alert()), [alert()])
        assert got == []


@pytest.mark.parametrize("scheme", ["slack://T1234/A1234/C1234", "tgram://123456789:abcdefg_hijklmnop/12315544/"])
def test_slack_and_telegram_are_known(scheme: str) -> None:
    pytest.importorskip("apprise")
    Apprise("desk", scheme, text_of)


def test_channels_come_from_the_environment_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VEDETTE_ALERT_OPS_DESK", "https://hooks.example.org/token-abc")
    monkeypatch.setenv("VEDETTE_ALERT_OPS_DESK_SECRET", "s3cret")
    monkeypatch.setenv("VEDETTE_ALERT_POST", "smtps://u:p@mail.example.org/?from=a@x.org&to=b@x.org")
    workspace = open_workspace()
    assert "token-abc" not in repr(workspace.settings) and "s3cret" not in repr(workspace.settings)
    assert isinstance(workspace.channel("ops-desk", write=print), Webhook)
    assert isinstance(workspace.channel("post", write=print), Mail)
    assert isinstance(workspace.channel("atom", write=print), AtomFile)
    with pytest.raises(BadInput, match="VEDETTE_ALERT_NOBODY"):
        workspace.channel("nobody", write=print)


def test_one_line_for_many() -> None:
    assert subject([alert(n) for n in range(5)]) == "5 alerts: made"
    assert len(subject([alert(1, headline="x" * 500)])) == 160
