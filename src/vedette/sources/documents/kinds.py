"""What sort of file a document is, by its first bytes and only then by its name."""

from __future__ import annotations

import re

_FEED = re.compile(rb"\A\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:rss|feed|rdf:RDF)[\s>]", re.DOTALL)
_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+\r?\n")
_MAIL_FIELD = re.compile(rb"^(?:from|message-id|received|return-path):", re.IGNORECASE | re.MULTILINE)
_MIME_FIELD = re.compile(rb"^(?:date|subject|mime-version|to):", re.IGNORECASE | re.MULTILINE)


def kind_of(content: bytes, name: str = "") -> str:
    """``pdf``, ``docx``, ``zip``, ``email``, ``feed`` or ``text`` (plain or HTML: extraction tells these apart)."""
    lower = name.lower()
    head = content[:4096]
    # Some writers put a few bytes before the mark; readers accept it within the first 1,024 (ISO 32000-1, annex H).
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "docx" if lower.endswith((".docx", ".docm")) or b"word/" in content[:65536] else "zip"
    if _FEED.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "feed"
    if lower.endswith((".eml", ".mht")) or _is_mail(head):
        return "email"
    return "text"


def _is_mail(head: bytes) -> bool:
    found = _HEADER.match(head)
    return bool(found and _MAIL_FIELD.search(found.group()) and _MIME_FIELD.search(found.group()))
