"""A packed file as plain parts of bounded size, each holding whole lines; damage shows before the first is given."""

from __future__ import annotations

import gzip
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from vedette.errors import SourceFailed

BLOCK = 1 << 20
# A packed file may not unpack to more than this: 10^9 rows of GDELT are 480 GB, a year in one file some 30.
UNPACKED_LIMIT = 64 << 30


def plain_parts(path: Path, scratch: Path, size: int, *, split: bool) -> Iterator[Path]:
    """The plain contents of ``path`` (zip with one file, gzip, or plain) in parts of about ``size`` bytes.

    ``split`` False: one part, whatever its size. A packed file is unpacked whole and its checksum verified before the
    first part is given. Parts are removed when the next one is asked for. Raises ``SourceFailed`` when it is cut short
    or damaged.
    """
    kind = packing_of(path)
    whole = UNPACKED_LIMIT if not split else size
    if kind != "plain":
        parts: list[Path] = []
        try:
            _unpack(path, kind, scratch, whole, parts)
            for part in parts:
                yield part
                part.unlink(missing_ok=True)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
    elif path.stat().st_size <= whole:
        yield path
    else:
        yield from _parts(path, scratch, size)


def packing_of(path: Path) -> str:
    """zip, gzip or plain, by the first bytes."""
    with path.open("rb") as handle:
        head = handle.read(4)
    if head[:2] == b"PK":
        return "zip"
    return "gzip" if head[:2] == b"\x1f\x8b" else "plain"


def first_line(path: Path) -> str:
    """The first line of the plain contents; empty when there is none. Raises ``SourceFailed`` when damaged."""
    try:
        with _opened(path, packing_of(path)) as handle:
            return handle.readline(1 << 20).decode("utf-8", errors="replace").rstrip("\r\n")
    except (zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile, OSError) as error:
        raise _damaged(path, error) from error


def _opened(path: Path, kind: str) -> IO[bytes]:
    if kind == "gzip":
        return cast(IO[bytes], gzip.open(path, "rb"))
    if kind == "zip":
        zipped = zipfile.ZipFile(path)
        inside = [i for i in zipped.infolist() if not i.is_dir() and not i.filename.startswith("__MACOSX")]
        if len(inside) != 1:
            raise SourceFailed(
                f"the zip holds {len(inside)} files, one was expected", where=path.name,
                fix="Unpack it and give the files",
            )  # fmt: skip
        if inside[0].file_size > UNPACKED_LIMIT:
            raise SourceFailed(f"it would unpack to {inside[0].file_size} bytes", where=path.name)
        return zipped.open(inside[0])
    return path.open("rb")


def _unpack(path: Path, kind: str, scratch: Path, size: int, parts: list[Path]) -> None:
    """Unpack into files of about ``size`` bytes, cut at line ends; their paths are added to ``parts``."""
    try:
        with _opened(path, kind) as source:
            done, rest = 0, b""
            while True:
                part = scratch / f"unpacked-{len(parts)}"
                parts.append(part)
                with part.open("wb") as out:
                    written = out.write(rest)
                    rest, block = b"", b""
                    while written < size and (block := source.read(BLOCK)):
                        done += len(block)
                        if done > UNPACKED_LIMIT:
                            raise SourceFailed(f"it unpacks to more than {UNPACKED_LIMIT} bytes", where=path.name)
                        end = block.rfind(b"\n") + 1
                        if written + len(block) >= size and end:
                            block, rest = block[:end], block[end:]
                            out.write(block)
                            break
                        written += out.write(block)
                    else:
                        return
    except (zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> SourceFailed:
    return SourceFailed(
        f"the file is cut short or damaged ({str(error) or type(error).__name__})", where=path.name,
        fix="Fetch it again; nothing of it was kept",
    )  # fmt: skip


def _parts(path: Path, scratch: Path, size: int) -> Iterator[Path]:
    """Copies of stretches of a plain file, cut at line ends; the system copies, no byte passes through here."""
    part = scratch / "part"
    total = path.stat().st_size
    start = 0
    with path.open("rb") as handle:
        while start < total:
            handle.seek(min(start + size, total))
            handle.readline()  # to the end of the line that would be cut
            end = handle.tell()
            with part.open("wb") as out:
                while start < end:
                    start += os.sendfile(out.fileno(), handle.fileno(), start, end - start)
            yield part
    part.unlink(missing_ok=True)


def cut_short(path: Path, cells: int, delim: str) -> bool:
    """Whether the last line of a plain file lacks both its end and some cells: the sign of half a file."""
    with path.open("rb") as handle:
        handle.seek(0, 2)
        size = handle.tell()
        handle.seek(max(0, size - (1 << 16)))
        tail = handle.read()
    if not tail or tail.endswith((b"\n", b"\r")):
        return False
    last = tail.rsplit(b"\n", 1)[-1].decode("utf-8", errors="replace")
    return last.count(delim) + 1 < cells
