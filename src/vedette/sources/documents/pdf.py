"""The text layer of a PDF, read in a process of its own with limits on time and memory.

A PDF is a program-like format: a small file can ask for hours of work or gigabytes of memory. The child process has
an allowance of both and no other task; what it finds comes back as JSON. Pages are joined by form feeds, so the
text layer is one string whose offsets stay valid.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import re
import subprocess
import sys
from dataclasses import dataclass

from vedette.errors import DocumentRefused, MissingExtra

# A 1,000-page report takes about 20 s on the machine of the benchmarks. [assumption: three times that]
TIME_LIMIT = 60.0
MEMORY_LIMIT = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfText:
    """Text of all pages, joined by form feeds, and what the file's own properties say."""

    text: str
    pages: int
    title: str = ""
    author: str = ""
    created: dt.date | None = None


def read_pdf(content: bytes, *, where: str, seconds: float = TIME_LIMIT) -> PdfText:
    """Text of a PDF.

    Raises `DocumentRefused` when it is damaged, encrypted, without a text layer, or takes more than its allowance;
    `MissingExtra` when the PDF reader is not installed.
    """
    if importlib.util.find_spec("pypdf") is None:
        raise MissingExtra(
            "reading a PDF needs the extra 'documents'", where=where,
            fix='Install it with: pip install "vedette[documents]"',
        )
    try:
        done = subprocess.run(  # noqa: S603  our own module, no shell
            [sys.executable, "-I", "-c", _CHILD, str(MEMORY_LIMIT), str(int(seconds) + 1)],
            input=content, capture_output=True, timeout=seconds, check=False, env={},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise DocumentRefused(
            f"the PDF took more than {seconds:g} seconds to read", where=where, fix="Save its text as a plain file"
        ) from None
    try:
        answer = json.loads(done.stdout.decode("utf-8", "replace"))
    except ValueError:
        answer = {"error": "reading it used up the memory or time allowed"}
    if "error" in answer:
        raise DocumentRefused(f"the PDF cannot be read: {answer['error']}", where=where, fix=answer.get("fix", ""))
    text = str(answer["text"])
    if not text.strip():
        raise DocumentRefused(
            f"the PDF has no text layer ({answer['pages']} pages of pictures)", where=where,
            fix="Run a text recognition program over it first",
        )
    return PdfText(
        text=text, pages=int(answer["pages"]), title=str(answer["title"]), author=str(answer["author"]),
        created=_day(str(answer["created"])),
    )


def _day(stamp: str) -> dt.date | None:
    """``D:20220114093000Z`` (ISO 32000-1, 7.9.4) as a day."""
    found = re.match(r"(?:D:)?(\d{4})(\d{2})(\d{2})", stamp)
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


# Run with -I: no user site, no PYTHON* variables, and the working directory not on the path.
_CHILD = '''
import io, json, logging, sys
try:
    import resource
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
except (ImportError, ValueError, OSError):
    pass
logging.disable(logging.CRITICAL)
def answer(**values):
    sys.stdout.buffer.write(json.dumps(values).encode("utf-8"))
    sys.stdout.buffer.flush()
    sys.exit(0)
try:
    from pypdf import PdfReader
    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        answer(error="it is encrypted with a password", fix="Save a copy without the password")
    pages = [page.extract_text() or "" for page in reader.pages]
    about = reader.metadata or {}
    answer(
        text="\\f".join(pages).encode("utf-8", "replace").decode("utf-8"), pages=len(pages),
        title=str(about.get("/Title") or ""), author=str(about.get("/Author") or ""),
        created=str(about.get("/CreationDate") or ""),
    )
except SystemExit:
    raise
except MemoryError:
    answer(error="it asks for more memory than allowed")
except BaseException as error:
    kind = type(error).__name__
    if kind in ("DependencyError",):
        answer(error="it is encrypted in a way that needs another program", fix="Save a copy without the password")
    said = (str(error).splitlines() or [kind])[0][:120]
    answer(error="it is damaged (" + said + ")", fix="Open it and save it again")
'''
