"""An e-mail message: its text, what its header says, and its attachments as documents of their own."""

from __future__ import annotations

import datetime as dt
import email.errors
import email.policy
import email.utils
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser

from vedette.errors import DocumentRefused

# Parts nest: a message that forwards a message. Deeper than this is no correspondence. [assumption]
DEPTH = 8
PARTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message. ``page`` says that ``text`` is HTML, which it is only when there is no plain part."""

    text: str
    page: bool
    subject: str
    sender: str
    sent: dt.date | None
    attachments: tuple[Attachment, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    parts: int = 0


def read_mail(content: bytes, *, where: str) -> Message:
    """The message in ``content``. Pictures it shows are not fetched, scripts not run.

    Raises `DocumentRefused` when there is neither text nor attachment in it.
    """
    message = BytesParser(policy=email.policy.default.clone(refold_source="none")).parsebytes(content)
    found = _Found()
    _walk(message, found, 0)
    text, page = ("\n\n".join(found.plain), False) if any(p.strip() for p in found.plain) else (
        "\n".join(found.html), True)  # fmt: skip
    if not text.strip() and not found.files:
        raise DocumentRefused("the message holds no text", where=where)
    return Message(
        text=text, page=page and bool(text.strip()), subject=_header(message, "subject"), sender=_sender(message),
        sent=_sent(message), attachments=tuple(found.files), notes=tuple(found.notes),
    )  # fmt: skip


def _walk(part: EmailMessage, found: _Found, depth: int) -> None:
    found.parts += 1
    if depth > DEPTH or found.parts > PARTS:
        if not any("not looked into" in n for n in found.notes):
            found.notes.append(f"parts nested deeper than {DEPTH} or beyond the first {PARTS} were not looked into")
        return
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        for message in inner if isinstance(inner, list) else ():
            if isinstance(message, EmailMessage):
                name = f"{_header(message, 'subject') or 'message'}.eml"
                found.files.append(Attachment(name=name, content=bytes(message)))
        return
    if part.is_multipart():
        for child in _children(part):
            _walk(child, found, depth + 1)
        return
    kind, name = part.get_content_type(), part.get_filename() or ""
    if part.get_content_disposition() == "attachment" or name or not kind.startswith("text/"):
        found.files.append(Attachment(name=name or f"part {found.parts}", content=_bytes(part)))
    elif kind == "text/html":
        found.html.append(_text(part, found))
    else:
        found.plain.append(_text(part, found))


def _children(part: EmailMessage) -> Iterator[EmailMessage]:
    payload = part.get_payload()
    for child in payload if isinstance(payload, list) else ():
        if isinstance(child, EmailMessage):
            yield child


def _bytes(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: EmailMessage, found: _Found) -> str:
    data = _bytes(part)
    charset = part.get_content_charset() or "utf-8"
    try:
        return data.decode(charset)
    except (LookupError, UnicodeDecodeError):
        found.notes.append(f"a part says it is {charset[:40]} and is not: unreadable characters were replaced")
        return data.decode("utf-8", "replace")


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (email.errors.MessageError, ValueError, IndexError, AttributeError):
        return ""  # a header the parser itself stumbles over


def _sender(message: EmailMessage) -> str:
    name, address = email.utils.parseaddr(_header(message, "from"))
    return name or address


def _sent(message: EmailMessage) -> dt.date | None:
    try:
        moment = email.utils.parsedate_to_datetime(_header(message, "date"))
    except (TypeError, ValueError, OverflowError):
        return None
    return (moment.astimezone(dt.UTC) if moment.tzinfo else moment).date()
