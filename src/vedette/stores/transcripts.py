"""Transcripts of language models: a folder a document, a file each, named by digests, never changed."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from vedette.errors import Damaged, StoreUnavailable, UnknownName

_DIGEST = re.compile(r"[0-9a-f]{64}")


class TranscriptFiles:
    """Implements `TranscriptStore`: ``DOCUMENT/DIGEST.json`` in a folder, which is made with the first file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _place(self, document: str) -> Path:
        if not _DIGEST.fullmatch(document):  # a path in disguise is no digest
            raise UnknownName("document", document, fix="Give its SHA-256, 64 hex digits")
        return self._folder / document

    def keep(self, document: str, transcript: bytes) -> str:
        """Store it, once however often it is given; returns its SHA-256 in hex.

        Written beside its place and renamed, so that a file under its name is whole; readable by its owner alone,
        since it holds the text of documents. Raises `StoreUnavailable`.
        """
        digest = hashlib.sha256(transcript).hexdigest()
        path = self._place(document) / f"{digest}.json"
        try:
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                return digest
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(transcript)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StoreUnavailable(
                f"the transcript cannot be written ({error.strerror or error})", where=str(self._folder),
                fix="Free space, or set VEDETTE_HOME to a folder that can be written to",
            ) from error  # fmt: skip
        return digest

    def transcript(self, document: str, digest: str) -> bytes:
        """The bytes; raises `UnknownName` when absent, `Damaged` when they do not match the digest."""
        if not _DIGEST.fullmatch(digest):
            raise UnknownName("transcript", digest, fix="Give its SHA-256, 64 hex digits")
        path = self._place(document) / f"{digest}.json"
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise UnknownName("transcript", digest, where=str(self._folder)) from None
        except OSError as error:
            raise StoreUnavailable(f"the transcript cannot be read ({error.strerror or error})", where=str(path),
                                   fix="Check the rights of the file") from error  # fmt: skip
        if hashlib.sha256(content).hexdigest() != digest:
            raise Damaged("the transcript does not match its digest", where=str(path), fix="Restore a copy of it")
        return content

    def forget(self, document: str) -> int:
        """Remove every transcript about a document; returns how many there were. Raises `StoreUnavailable`."""
        place = self._place(document)
        try:
            files = [path for path in place.iterdir() if path.is_file()]
            for path in files:  # an unfinished ``.part`` of a killed process holds the text, too
                path.unlink()
            place.rmdir()
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise StoreUnavailable(f"the transcripts cannot be removed ({error.strerror or error})", where=str(place),
                                   fix="Remove this folder by hand") from error  # fmt: skip
        return len([path for path in files if path.suffix == ".json"])
