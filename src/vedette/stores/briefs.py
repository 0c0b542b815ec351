"""Issued briefs as files: ``CASE/0001.html`` and ``CASE/0001.json`` below a folder of the workspace."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vedette.domain.plain import to_plain
from vedette.errors import BadInput, Damaged, Deed, EditConflict, StoreUnavailable, UnknownName
from vedette.ports.briefs import Issued

WAITS, WAIT = 40, 0.05
"""Times and seconds to wait for the record of a page that another process is writing. [assumption]: a slow disk."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


class BriefFiles:
    """`vedette.ports.briefs.IssuedBriefs` in a folder, which is made by the first brief."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def issue(self, brief: Issued, html: bytes, *, after: int | None = None) -> Issued:
        """See `IssuedBriefs`. Two processes that issue at once get two revisions, or one of them hears of the other."""
        folder = self._of(brief.case)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            revision = max((b.revision for b in self.of(brief.case)), default=0) + 1
            while True:
                if after is not None:
                    self._refuse_newer(brief.case, after)
                try:
                    # The page is what claims the number: made new, never over another's.
                    with open(folder / f"{revision:04d}.html", "xb") as file:
                        file.write(html)
                    break
                except FileExistsError:
                    if after is not None:
                        self._wait_for_record(brief.case, revision)
                    revision += 1
            made = replace(brief, revision=revision, sha256=hashlib.sha256(html).hexdigest())
            part = folder / f".{revision:04d}.{os.getpid()}.part"
            part.write_text(json.dumps(to_plain(made), ensure_ascii=False, indent=1), encoding="utf-8")
            part.replace(folder / f"{revision:04d}.json")
        except OSError as error:
            raise StoreUnavailable(f"the brief cannot be kept ({error.strerror})", where=str(folder)) from error
        return made

    def _wait_for_record(self, case: str, revision: int) -> None:
        """Whoever claimed the number writes its record in a moment; a page that was cut off never gets one."""
        for _ in range(WAITS):
            if any(b.revision == revision for b in self.of(case)):
                return
            time.sleep(WAIT)

    def _refuse_newer(self, case: str, after: int) -> None:
        newer = [b for b in self.of(case) if b.revision > after]
        if not newer:
            return
        raise EditConflict(
            ", ".join(f"{b.author} issued revision {b.revision}" for b in newer) + " since this was composed",
            where=case, fix="Look at it, and issue yours as the next one if it is still needed",
            version=str(newer[-1].revision),
            deeds=[
                Deed(who=b.author, what=f"issued revision {b.revision}", at=b.at, why=b.note,
                     before=f"revision {b.revision - 1}" if b.revision > 1 else "no revision",
                     after=f"revision {b.revision}, as of {b.request.get('as_of', '')}")
                for b in newer
            ],
        )  # fmt: skip

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
