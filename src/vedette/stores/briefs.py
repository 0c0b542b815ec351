"""Issued briefs as files: ``CASE/0001.html`` and ``CASE/0001.json`` below a folder of the workspace."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vedette.domain.plain import to_plain
from vedette.errors import BadInput, Damaged, StoreUnavailable, UnknownName
from vedette.ports.briefs import Issued

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


class BriefFiles:
    """`vedette.ports.briefs.IssuedBriefs` in a folder, which is made by the first brief."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def issue(self, brief: Issued, html: bytes) -> Issued:
        """See `IssuedBriefs`. Two processes that issue at once get two revisions."""
        folder = self._of(brief.case)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            revision = max((b.revision for b in self.of(brief.case)), default=0) + 1
            while True:
                try:
                    # The page is what claims the number: made new, never over another's.
                    with open(folder / f"{revision:04d}.html", "xb") as file:
                        file.write(html)
                    break
                except FileExistsError:
                    revision += 1
            made = replace(brief, revision=revision, sha256=hashlib.sha256(html).hexdigest())
            part = folder / f".{revision:04d}.{os.getpid()}.part"
            part.write_text(json.dumps(to_plain(made), ensure_ascii=False, indent=1), encoding="utf-8")
            part.replace(folder / f"{revision:04d}.json")
        except OSError as error:
            raise StoreUnavailable(f"the brief cannot be kept ({error.strerror})", where=str(folder)) from error
        return made

    def of(self, case: str) -> Sequence[Issued]:
        """See `IssuedBriefs`. A page whose record is missing was cut off while it was written: it was not issued."""
        folder = self._of(case)
        found = []
        for path in sorted(folder.glob("[0-9]*.json")) if folder.is_dir() else ():
            try:
                found.append(_issued(json.loads(path.read_text("utf-8"))))
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise Damaged(f"the record of a brief cannot be read ({error})", where=str(path)) from error
        return tuple(found)

    def html(self, case: str, revision: int) -> bytes:
        """See `IssuedBriefs`."""
        kept = next((b for b in self.of(case) if b.revision == revision), None)
        if kept is None:
            raise UnknownName("revision", str(revision), nearest=[str(b.revision) for b in self.of(case)][-3:])
        path = self._of(case) / f"{revision:04d}.html"
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != kept.sha256:
            raise Damaged(f"revision {revision} is not the page that was issued", where=str(path))
        return data

    def _of(self, case: str) -> Path:
        if not NAME.match(case):
            raise BadInput(f"{case!r} is no case id")
        return self._folder / case


def _issued(d: dict[str, Any]) -> Issued:
    return Issued(
        case=str(d["case"]), revision=int(d["revision"]), at=dt.datetime.fromisoformat(d["at"]),
        author=str(d["author"]), sha256=str(d["sha256"]), inputs_digest=str(d["inputs_digest"]),
        request=dict(d["request"]),
        scenarios={str(k): float(v) for k, v in d["scenarios"].items()},
        evidence=tuple(str(e) for e in d["evidence"]), note=str(d.get("note", "")),
    )  # fmt: skip
