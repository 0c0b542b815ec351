"""The line of a case on the board: made once for a version of the case and a day, kept on disk, made ahead of need.

A summary costs some ten assessments (the sparkline). The board never waits for it: a row without one is filled in when
it is ready.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vedette._version import __version__
from vedette.domain.time import AsOf
from vedette.errors import VedetteError

if TYPE_CHECKING:
    from vedette.domain.case import Case
    from vedette.domain.forecast import Assessment
    from vedette.web.desk import Desk

LOG = logging.getLogger("vedette.web")
WEEK: Final = dt.timedelta(days=7)
SPARK_DAYS: Final = 90
PAUSE: Final = 0.02
"""Least seconds between two summaries made ahead. [assumption]"""
SCHEMA: Final = 3
"""Raised when the fields change; older files are then made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A case in one line, as of ``day``. ``spark``: (day, probability, low, high of 90 %) by weeks and on the day.

    ``change`` is against a week before, None where the case was not open then; ``why`` is the item that moved it most,
    with its direction. ``documents``, ``items`` and ``newest`` are
    those known by the day. ``stamp`` is the version of the case it was made from.
    """

    stamp: str
    day: str
    scenario: str
    probability: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    base: float | None
    word: str
    change: float | None
    moved_on: str
    why: str
    why_sign: int
    spark: tuple[tuple[str, float, float, float], ...]
    states: tuple[str, ...]
    documents: int
    items: int
    newest: str


class Summaries:
    """Summaries of the cases of a desk. ``folder`` is where they are kept between runs; None keeps them in memory."""

    def __init__(self, desk: Desk, folder: Path | None) -> None:
        self.desk = desk
        self.folder = folder
        self._held: dict[str, Summary] = {}
        self._failed: dict[str, tuple[str, str]] = {}
        self._waiting: deque[str] = deque()
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None

    # -- reading -------------------------------------------------------------------------------------------

    def ready(self, case_id: str, stamp: str, day: dt.date) -> Summary | None:
        """The summary for this version and day if it was made. ``stamp``: of the store, or of the desk."""
        found = self._held.get(case_id) or self._read(case_id)
        if found is not None and found.stamp == self._whole(stamp, found.stamp) and found.day == day.isoformat():
            self._held[case_id] = found
            return found
        return None

    def _whole(self, stamp: str, made_from: str) -> str:
        """The desk's version behind a stamp of the store: where analysts judged, the ledger is part of it."""
        if "+" in stamp or "+" not in made_from:
            return stamp
        return f"{stamp}+{self.desk.workspace.ledger.stamp()}"

    def last(self, case_id: str) -> Summary | None:
        """The newest summary there is, of whatever version and day: better than nothing while the next is made."""
        return self._held.get(case_id) or self._read(case_id)

    def failed(self, case_id: str, stamp: str) -> str:
        """Why no summary could be made of this version; empty when none failed."""
        known, why = self._failed.get(case_id, ("", ""))
        return why if known and known.partition("+")[0] == stamp.partition("+")[0] else ""

    # -- making --------------------------------------------------------------------------------------------

    def get(self, case_id: str) -> Summary | None:
        """The summary of a case now, made if need be; None when it cannot be made (`failed` says why)."""
        stamp = self.desk.version(case_id)
        case = self.desk.case(case_id)
        day = self.desk.day(case)
        found = self.ready(case_id, stamp, day)
        if found is not None or self.failed(case_id, stamp):
            return found
        try:
            made = self._make(case, stamp, day, self.last(case_id))
        except VedetteError as error:
            self._failed[case_id] = (stamp, str(error))
            return None
        self._held[case_id] = made
        self._write(case_id, made)
        return made

    def make_ahead(self, case_ids: Iterable[str]) -> None:
        """Make these in the background, one at a time, the first ones first."""
        with self._lock:
            queued = set(self._waiting)
            self._waiting.extendleft(reversed([c for c in case_ids if c not in queued]))
            if self._waiting and (self._worker is None or not self._worker.is_alive()):
                # Not a daemon: one that is killed inside a numerical library takes the process down with it.
                self._worker = threading.Thread(target=self._work, name="summaries")
                self._worker.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting or not threading.main_thread().is_alive():
                    self._worker = None
                    return
                case_id = self._waiting.popleft()
            started = time.monotonic()
            try:
                self.get(case_id)
            except Exception as error:  # one broken case must not end the making of the others
                LOG.warning("no summary of %s: %s", case_id, error)
                with suppress(VedetteError):
                    self._failed[case_id] = (self.desk.version(case_id), "it could not be computed")
            # At most half of one processor: whoever asks for a page comes first.
            time.sleep(max(PAUSE, time.monotonic() - started))

    def _make(self, case: Case, stamp: str, day: dt.date, before: Summary | None) -> Summary:
        now = self.desk.assessment(case.id, AsOf(date=day), full=False)
        week = None
        if day - WEEK >= case.opened:
            week = self.desk.assessment(case.id, AsOf(date=day - WEEK), full=False)
        s = now.scenarios[0]
        why, sign, when = _mover(case, now, week, s.id)
        known = case.known(AsOf(date=day))
        came = [d.times.available_at for d in known.documents] + [e.times.available_at for e in known.evidence]
        return Summary(
            stamp=stamp, day=day.isoformat(), scenario=s.label, probability=s.probability, inner=s.interval50,
            outer=s.interval90, base=s.base_rate.get("p"), word=s.word,
            change=None if week is None else s.probability - week.scenario(s.id).probability,
            moved_on=when, why=why, why_sign=sign, spark=self._spark(case, day, stamp, before, now),
            states=_states(known),
            documents=len(known.documents), items=len(known.accepted()),
            newest=max(came).date().isoformat() if came else "",
        )  # fmt: skip

    def _spark(
        self, case: Case, day: dt.date, stamp: str, before: Summary | None, now: Assessment
    ) -> tuple[tuple[str, float, float, float], ...]:
        """Every Monday of the last 90 days and the day itself. Mondays made for the same version are not made again."""
        from vedette.workflows.assess import assess_case

        known = {p[0]: p for p in before.spark[:-1]} if before is not None and before.stamp == stamp else {}
        first = max(case.opened, day - dt.timedelta(days=SPARK_DAYS))
        monday = first + dt.timedelta(days=-first.weekday() % 7)
        out = []
        while monday < day:
            name = monday.isoformat()
            if name in known:
                out.append(known[name])
            else:
                found = assess_case(case, AsOf(date=monday), with_sensitivity=False, record=self.desk.record)
                s = found.scenarios[0]
                out.append((name, s.probability, *s.interval90))
            monday += WEEK
        s = now.scenarios[0]
        return (*out, (day.isoformat(), s.probability, *s.interval90))

    # -- disk ----------------------------------------------------------------------------------------------

    def _path(self, case_id: str) -> Path | None:
        if self.folder is None:
            return None
        return self.folder / f"{hashlib.sha256(case_id.encode()).hexdigest()[:24]}.json"

    def _read(self, case_id: str) -> Summary | None:
        path = self._path(case_id)
        if path is None:
            return None
        try:
            data = json.loads(path.read_bytes())
            if data.pop("made_by") != [SCHEMA, __version__]:
                return None
            return _decoded(data)
        except (OSError, ValueError, KeyError, TypeError):
            return None  # a cache that cannot be read is made again

    def _write(self, case_id: str, made: Summary) -> None:
        path = self._path(case_id)
        # Nothing is created before the workspace itself is: looking at bundled cases leaves no trace.
        if path is None or not path.parent.parent.parent.is_dir():
            return
        part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_text(json.dumps({**asdict(made), "made_by": [SCHEMA, __version__]}), encoding="utf-8")
            part.replace(path)


def _decoded(data: dict[str, Any]) -> Summary:
    made = Summary(**data)
    return replace(
        made, inner=(made.inner[0], made.inner[1]), outer=(made.outer[0], made.outer[1]),
        spark=tuple((p[0], p[1], p[2], p[3]) for p in made.spark), states=tuple(made.states),
    )  # fmt: skip


def _mover(case: Case, now: Assessment, week: Assessment | None, scenario: str) -> tuple[str, int, str]:
    """(claim, sign, day it became known) of the item that moved the scenario most in the week; empty when none did."""
    if week is None:
        return "", 0, ""
    after = {str(e["id"]): float(e["log_odds"][scenario]) for e in now.evidence}
    before = {str(e["id"]): float(e["log_odds"][scenario]) for e in week.evidence}
    moved = {e: after.get(e, 0.0) - before.get(e, 0.0) for e in after.keys() | before.keys()}
    new = {e.id: e for e in case.evidence}
    best = max((e for e in moved if e in new), key=lambda e: (abs(moved[e]), e), default=None)
    if best is None or abs(moved[best]) < 1e-3:
        return "", 0, ""
    return new[best].claim, 1 if moved[best] > 0 else -1, new[best].times.available_at.date().isoformat()


def _states(known: Case) -> tuple[str, ...]:
    """State of every watched indicator as of the day the case is cut at."""
    out = []
    for watched in known.indicators:
        looks = sorted((c for c in known.checks if c.indicator == watched.id), key=lambda c: c.at)
        out.append(looks[-1].state.value if looks else "not_looked")
    return tuple(out)
