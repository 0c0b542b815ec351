"""Ways to tell: standard output, an Atom file, a signed webhook, e-mail, and whatever apprise speaks.

An address with its secrets comes from the environment or the keyring and is written nowhere, not in messages either.
Every message carries its key, so that a receiver can drop one that comes twice: in the JSON of a webhook and its
``Idempotency-Key`` header, as the ``Message-ID`` of an e-mail, as the ``id`` of an Atom entry, as the last line
elsewhere.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import http.client
import ipaddress
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from vedette.codec.json import encode
from vedette.domain.alerts import Alert
from vedette.errors import BadInput, MissingExtra, SourceFailed
from vedette.ports.watching import Message
from vedette.sources.documents.web import guarded
from vedette.sources.download import check_address, is_public

# A receiver answers within seconds; one that does not is tried again later. [assumption], in seconds.
TIMEOUT = 15.0
ENTRIES = 200
"""Entries of the Atom file, the newest. [assumption]: a reader looks at least once in so many alerts."""

Words = Callable[[Alert], str]


class Printed:
    """Standard output: one JSON line a message with ``as_json``, else text."""

    def __init__(self, write: Callable[[str], None], words: Words, *, as_json: bool) -> None:
        self._write = write
        self._words = words
        self._json = as_json

    def send(self, message: Message, alerts: Sequence[Alert]) -> None:
        """See `Channel`."""
        if self._json:
            self._write(json.dumps(payload(message, alerts), ensure_ascii=True))
        else:
            self._write("\n\n".join([*(self._words(a) for a in alerts), f"[{message.key}]"]) + "\n")


class AtomFile:
    """A local Atom feed, written whole each time from what was told, so that nothing in it can come twice."""

    def __init__(self, path: Path, newest: Callable[[int], Sequence[Alert]], words: Words) -> None:
        self._path = path
        self._newest = newest
        self._words = words

    def send(self, message: Message, alerts: Sequence[Alert]) -> None:
        """See `Channel`."""
        told = {a.key: a for a in (*alerts, *self._newest(ENTRIES))}
        newest = sorted(told.values(), key=lambda a: (a.at, a.key), reverse=True)[:ENTRIES]
        text = atom(newest, self._words)
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(text, encoding="utf-8", errors="replace")
            part.replace(self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            raise SourceFailed(f"cannot be written ({error.strerror})", where=str(self._path)) from error


class Webhook:
    """JSON posted to an address; with a secret, signed: HMAC-SHA256 over ``TIMESTAMP.BODY``, in hex."""

    def __init__(
        self, name: str, address: str, secret: str, words: Words, *, allow_private: bool = False,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:  # fmt: skip
        self._name = name
        self._address = address
        self._secret = secret
        self._words = words
        self._private = allow_private
        self._now = now

    def send(self, message: Message, alerts: Sequence[Alert]) -> None:
        """See `Channel`."""
        body = json.dumps(
            {**payload(message, alerts), "text": "\n\n".join(self._words(a) for a in alerts)}, ensure_ascii=True
        ).encode("ascii")
        stamp = str(int(self._now().timestamp()))
        headers = {
            "Content-Type": "application/json", "User-Agent": "vedette (alerts)", "Idempotency-Key": message.key,
            "Vedette-Timestamp": stamp,
        }  # fmt: skip
        if self._secret:
            headers["Vedette-Signature"] = f"sha256={signature(self._secret, stamp, body)}"
        try:
            check_address(self._address, allow_private=self._private)
            request = urllib.request.Request(self._address, data=body, headers=headers)  # noqa: S310  checked above
            with guarded(_NoRedirects(), allow_private=self._private).open(request, timeout=TIMEOUT) as answer:
                answer.read(1 << 16)
        except SourceFailed as error:
            hint = " Set VEDETTE_ALERT_ALLOW_PRIVATE=yes if it is meant." if "private address" in error.what else ""
            raise SourceFailed(f"not an address to post to.{hint}", where=self._name) from None
        except urllib.error.HTTPError as error:
            code = error.code
            error.close()
            raise SourceFailed(f"the receiver answers {code}", where=self._name) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            # The reason can hold the address, and the address a token.
            raise SourceFailed(f"not delivered ({_kind(error)})", where=self._name) from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An alert goes to the address that was given, or nowhere."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Mail:
    """E-mail through a server of the user's: ``smtps://USER:PASSWORD@HOST:PORT/?from=A&to=B,C`` (or ``smtp``)."""

    def __init__(self, name: str, address: str, words: Words) -> None:
        parts = urllib.parse.urlsplit(address)
        given = dict(urllib.parse.parse_qsl(parts.query))
        self._name = name
        self._words = words
        self._host = parts.hostname or ""
        self._port = parts.port or (465 if parts.scheme == "smtps" else 587)
        self._user = urllib.parse.unquote(parts.username or "")
        self._password = urllib.parse.unquote(parts.password or "")
        self._secure = parts.scheme == "smtps"
        self._plain = given.get("tls") == "no"
        self._from, self._to = given.get("from", ""), given.get("to", "")
        if not self._host or not self._from or not self._to:
            raise BadInput(
                "a mail address needs host, from and to", where=variable(name),
                fix="For example smtps://user:password@mail.example.org/?from=watch@example.org&to=desk@example.org",
            )  # fmt: skip

    def send(self, message: Message, alerts: Sequence[Alert]) -> None:
        """See `Channel`."""
        import smtplib
        import ssl

        mail = EmailMessage()
        mail["From"], mail["To"] = self._from, self._to
        mail["Subject"] = subject(alerts)
        # The same id each time: mail systems drop the second of two.
        mail["Message-ID"] = f"<{message.key}@vedette.invalid>"
        mail["Date"] = max(a.at for a in alerts)
        mail.set_content("\n\n".join(self._words(a) for a in alerts))
        try:
            server: smtplib.SMTP
            if self._secure:
                server = smtplib.SMTP_SSL(
                    self._host, self._port, timeout=TIMEOUT, context=ssl.create_default_context()
                )
            else:
                server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
            with server:
                if not self._secure and not self._plain:
                    server.starttls(context=ssl.create_default_context())
                if self._user:
                    server.login(self._user, self._password)
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise SourceFailed(f"not delivered ({_kind(error)})", where=self._name) from None


class Apprise:
    """Slack, Telegram and whatever else apprise has an address for (extra ``alerts``).

    A host that is an address or a name of this machine is held against ``allow_private``, and so is the name in an
    address that posts to any server (``json://``, ``xml://``, ``form://``). Other hosts may be tokens, which no
    look-up may carry away; nothing is followed to where an answer redirects.
    """

    def __init__(self, name: str, address: str, words: Words, *, allow_private: bool = False) -> None:
        self._name = name
        self._words = words
        try:
            import apprise
        except ImportError as error:
            raise MissingExtra(
                "this kind of address needs the extra 'alerts'", where=variable(name),
                fix="Install it: pip install 'vedette[alerts]'",
            ) from error
        self._service = apprise.Apprise()
        if not self._service.add(address):
            raise BadInput(
                "apprise knows no service at this address", where=variable(name), fix="See its list of services"
            )
        for service in self._service:
            service.redirects = False
        self._private = allow_private

    def send(self, message: Message, alerts: Sequence[Alert]) -> None:
        """See `Channel`."""
        import logging

        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its log would name the address
        if not self._private and any(_inside(service) for service in self._service):
            raise SourceFailed(
                "not an address to post to. Set VEDETTE_ALERT_ALLOW_PRIVATE=yes if it is meant.", where=self._name
            )
        body = "\n\n".join([*(self._words(a) for a in alerts), f"[{message.key}]"])
        if not self._service.notify(body=body, title=subject(alerts)):
            raise SourceFailed("not delivered", where=self._name)


_ANYWHERE: Final = frozenset({"json", "jsons", "xml", "xmls", "form", "forms"})
"""Schemes of apprise that post to whatever server is named: the host is never a token."""


def _inside(service: Any) -> bool:
    """Whether a service of apprise would be reached inside the network. A name is looked up only when it is one."""
    host = str(getattr(service, "host", "") or "").strip("[]")
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        if host.casefold() == "localhost" or host.casefold().endswith((".localhost", ".local", ".internal")):
            return True
    schemes = {s for kind in ("protocol", "secure_protocol") for s in _texts(getattr(service, kind, None))}
    if not schemes & _ANYWHERE:
        return False
    try:
        check_address(f"https://{host}/")
    except (SourceFailed, ValueError):
        return True
    return False


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def payload(message: Message, alerts: Sequence[Alert]) -> dict[str, Any]:
    """A message as JSON: its key, and every alert with what moved and why."""
    return {"key": message.key, "digest": message.digest, "alerts": [encode(a) for a in alerts]}


def subject(alerts: Sequence[Alert]) -> str:
    """One line: the headline, or how many there are."""
    if len(alerts) == 1:
        line = f"{alerts[0].case}: {alerts[0].headline}"
    else:
        cases = sorted({a.case for a in alerts})
        line = f"{len(alerts)} alerts: {', '.join(cases[:4])}{' …' if len(cases) > 4 else ''}"
    line = " ".join(line.split())
    return line if len(line) <= 160 else line[:159] + "…"


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 of ``stamp.body`` under the secret, in hex. The time in it lets a receiver refuse old copies."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def variable(name: str) -> str:
    """The environment variable that holds the address of a channel."""
    return f"VEDETTE_ALERT_{name.upper().replace('-', '_')}"


def atom(alerts: Sequence[Alert], words: Words) -> str:
    """An Atom 1.0 feed of alerts, newest first."""
    updated = max((a.at for a in alerts), default=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>', '<feed xmlns="http://www.w3.org/2005/Atom">',
        "<title>Vedette alerts</title>", "<id>urn:vedette:alerts</id>", "<author><name>vedette</name></author>",
        f"<updated>{updated.isoformat()}</updated>",
    ]  # fmt: skip
    for alert in alerts:
        lines += [
            "<entry>", f"<id>urn:vedette:alert:{alert.key}</id>",
            f"<title>{_xml(f'{alert.case}: {alert.headline}')}</title>", f"<updated>{alert.at.isoformat()}</updated>",
            f'<category term="{alert.kind.value}"/>', f'<content type="text">{_xml(words(alert))}</content>',
            "</entry>",
        ]  # fmt: skip
    return "\n".join([*lines, "</feed>", ""])


def _xml(text: str) -> str:
    """Escaped, without the characters XML does not allow."""
    return escape("".join(c if c in "\t\n" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF) else " " for c in text))


def _kind(error: BaseException) -> str:
    """What kind of failure it is, without its words: they can hold the address."""
    inner = getattr(error, "reason", error)
    return type(inner if isinstance(inner, BaseException) else error).__name__
