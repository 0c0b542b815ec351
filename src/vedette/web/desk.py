"""What every page needs at hand: the workspace, templates, and bounded caches of what is slow to make.

A cache never decides what is true: every entry is keyed by the version of the case in the store, which changes with
each record added to it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from vedette.assessment.channels import RECOMMENDED
from vedette.domain.accounts import Access, Share
from vedette.domain.case import Case
from vedette.domain.forecast import Assessment
from vedette.domain.time import AsOf
from vedette.ports.accounts import Lifetimes
from vedette.web.attempts import Writes
from vedette.web.metrics import Metrics
from vedette.web.security import account_key
from vedette.web.summaries import Summaries
from vedette.workflows.open_case import bundled_ids, open_case

if TYPE_CHECKING:
    from starlette.requests import Request

    from vedette.bootstrap import Workspace
    from vedette.forecasting.analysts import AnalystRecord
    from vedette.forecasting.what_if import WhatIf
    from vedette.web.access import Person
    from vedette.web.views.moment import Moment
    from vedette.web.views.timeline import Point

T = TypeVar("T")

STATIC = Path(__file__).parent / "static"
CASES_KEPT = 64
"""Cases held decoded. [assumption]: a team's morning; a case of 100 items takes about 1 MB."""
HEADS_KEPT = 8192
"""Titles and days of cases held. [assumption]: each is below 1 kB."""
ASSESSMENTS_KEPT = 128
"""Assessments held. [assumption]: each is about 0.3 MB of results; draws are not kept."""
POINTS_KEPT = 1024
"""Points of lines over time held. [assumption]: each is about 30 kB, so that 25 cases lie ready."""
LANDS_KEPT = 32
"""Drawings of land held, for windows that anybody may choose: each takes up to 0.8 MB."""
PARTS_KEPT = 2048
"""Rendered parts of pages held, compressed. [assumption]: each is about 10 kB."""
ENGINES_KEPT = 24
"""Compiled cases ready for what-ifs. [assumption]: each holds its draws, about 5 MB."""


ASK_AGAIN = 2.0
"""Seconds after which a workbench without accounts looks again whether there are any."""
LIFETIMES = Lifetimes(idle=dt.timedelta(hours=12), whole=dt.timedelta(days=7))
"""How long somebody stays signed in. [assumption]: a working day unused, a week in all."""


class Kept(Generic[T]):
    """A bounded cache: the least lately used entry goes first. One thread makes an entry, others wait for it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def __len__(self) -> int:
        return len(self._held)

    def peek(self, key: Hashable) -> T | None:
        """The entry if it is there."""
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key]

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The entry, made when it is not there. What ``make`` raises is raised and nothing is kept."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            gate = self._making.setdefault(key, threading.Lock())
        with gate:
            with self._lock:
                if key in self._held:
                    self._held.move_to_end(key)
                    return self._held[key]
            try:
                made = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                self._held[key] = made
                while len(self._held) > self.most:
                    self._held.popitem(last=False)
            return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is known of a case without its records. ``judged``: whether analysts gave judgments on it."""

    title: str
    opened: dt.date
    as_of: dt.date
    deadline: dt.date
    judged: bool


class Desk:
    """One workspace served to browsers. ``hosts``: names it answers to."""

    def __init__(self, workspace: Workspace, *, hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")) -> None:
        from vedette.web.security import Tokens

        self.workspace = workspace
        self.settings = workspace.settings
        self.hosts = hosts
        self.tokens = Tokens()
        self.metrics, self.writes = Metrics(), Writes()
        self._accounts, self._asked = False, -ASK_AGAIN
        self.templates = _environment()
        self._cases: Kept[Case] = Kept(CASES_KEPT)
        self._heads: Kept[Head] = Kept(HEADS_KEPT)
        self._records: Kept[AnalystRecord] = Kept(1)
        self._assessments: Kept[Assessment] = Kept(ASSESSMENTS_KEPT)
        self.answers: Kept[bytes] = Kept(ASSESSMENTS_KEPT)
        """Assessments as the API sends them, by case, version, day, mode and whether with sensitivities."""
        self.items: Kept[Any] = Kept(CASES_KEPT)
        """Items as the API sends them, by case."""
        # Every assessment being computed holds up the pages: no more at once than there are cores.
        self._computing = threading.BoundedSemaphore(os.cpu_count() or 1)
        self._engines: Kept[WhatIf] = Kept(ENGINES_KEPT)
        self.summaries = Summaries(self, workspace.settings.home / "cache" / "board")
        self.moments: Kept[Moment] = Kept(ENGINES_KEPT)
        self.points: Kept[Point] = Kept(POINTS_KEPT)
        self.lands: Kept[bytes] = Kept(LANDS_KEPT)
        self.parts: Kept[Any] = Kept(PARTS_KEPT)
        """Whatever else a page keeps; keys begin with the page's name and hold the case's version."""

    # -- who asks ------------------------------------------------------------------------------------------

    def person(self, request: Request) -> Person:
        """Whoever sent the request: without accounts, the author of the settings with every right.

        Raises `SignInNeeded` for a key that is not valid: a program wants to know, not to be nobody.
        """
        from vedette.web.access import NOBODY, Person, SignInNeeded, has_key, person_of

        if not self.has_accounts():
            return Person(name=self.settings.author)
        accounts, now = self.workspace.accounts, self.workspace.clock.now()
        if has_key(request):
            known = accounts.token(request.headers["authorization"].split(None, 1)[1].strip(), now)
            if known is None:
                raise SignInNeeded("the key is not valid, or has ended", fix="Make one with: vedette account token")
            return person_of(known[1], accounts.access(known[1].name), known[0].scopes)
        account = accounts.session(account_key(request), now, LIFETIMES)
        return person_of(account, accounts.access(account.name)) if account is not None else NOBODY

    def has_accounts(self) -> bool:
        """Whether anybody has to sign in. An account is never removed, so a yes holds; a no is asked again soon."""
        now = time.monotonic()
        if not self._accounts and now - self._asked >= ASK_AGAIN:
            self._accounts, self._asked = self.workspace.accounts.there_are(), now
        return self._accounts

    def access(self, person: Person, case_id: str) -> Access | None:
        """The most a person may do on a case, None when it is not open to them at all."""
        if person.cases is None:
            return Access.OWNER
        if case_id in person.cases:
            return person.cases[case_id]
        if person.signed_in and case_id in bundled_ids() and not self.workspace.accounts.shares(case_id):
            return Access.WRITE
        return None

    def visible(self, person: Person, ids: Iterable[str]) -> tuple[str, ...]:
        """Those of the cases that the person may read, in the order given."""
        if person.cases is None:
            return tuple(ids)
        return tuple(i for i in ids if self.access(person, i) is not None)

    def own(self, person: Person, case_id: str) -> None:
        """Make the person the owner of a case just made, unless it has one."""
        if person.signed_in and not self.workspace.accounts.shares(case_id):
            self.workspace.accounts.share(Share(case=case_id, account=person.name, access=Access.OWNER))

    # -- cases ---------------------------------------------------------------------------------------------

    def version(self, case_id: str) -> str:
        """A text that changes whenever anything of the case does; ``bundled`` for one that is only in the package.

        Raises `UnknownName` with the nearest ids.
        """
        stamp = self.workspace.cases.stamp(case_id)
        if stamp:
            # Analysts weigh what the ledger says of them: their case is another one with every entry.
            judged = self._head(case_id, stamp).judged
            return f"{stamp}+{self.workspace.ledger.stamp()}" if judged else stamp
        if case_id in bundled_ids():
            return "bundled"
        open_case(self.workspace.cases, _plain_id(case_id))  # raises, naming the nearest
        return "bundled"

    def case(self, case_id: str) -> Case:
        """The newest version of a case, from the workspace or the package; raises `UnknownName`."""
        stamp = self.workspace.cases.stamp(case_id)
        return self._stored(case_id, stamp or self.version(case_id))

    def head(self, case_id: str, version: str) -> Head:
        """Title and days of a case of this version: what a page that lies ready needs, without the case itself."""
        return self._head(case_id, version.partition("+")[0])

    def _head(self, case_id: str, stamp: str) -> Head:
        def make() -> Head:
            case = self._stored(case_id, stamp)
            return Head(
                title=case.title, opened=case.opened, as_of=case.as_of, deadline=case.deadline,
                judged=bool(case.judgments),
            )  # fmt: skip

        return self._heads.get((case_id, stamp), make)

    def _stored(self, case_id: str, stamp: str) -> Case:
        def make() -> Case:
            if stamp == "bundled":
                return open_case(self.workspace.cases, _plain_id(case_id))
            return self.workspace.cases.load(case_id)

        return self._cases.get((case_id, stamp), make)

    def record(self) -> AnalystRecord:
        """What the workspace's analysts forecast before, read again when the ledger has another entry."""
        return self._records.get(self.workspace.ledger.stamp(), self.workspace.analyst_record)

    def today(self) -> dt.date:
        """The day in UTC."""
        return self.workspace.clock.now().astimezone(dt.UTC).date()

    def find_case(self, case_id: str) -> Case | None:
        """A case by id; None when there is none, as the ledger asks."""
        from vedette.errors import UnknownName

        try:
            return self.case(case_id)
        except UnknownName:
            return None

    def day(self, case: Case | Head) -> dt.date:
        """The day a case is shown at when none is asked for: today while its window is open, else its own."""
        today = self.today()
        return today if case.opened <= today <= case.deadline else case.as_of

    def assessment(
        self, case_id: str, as_of: AsOf | None = None, *, mode: str = RECOMMENDED, full: bool = True
    ) -> Assessment:
        """The assessment of a case as of a day (default: `day`).

        ``full`` False leaves out the sensitivities, which take most of the time.
        """
        from vedette.workflows.assess import assess_case

        version, case = self.version(case_id), self.case(case_id)
        day = as_of or AsOf(date=self.day(case))
        if not full:
            whole = self._assessments.peek((case_id, version, day, mode, True))
            if whole is not None:
                return whole

        def make() -> Assessment:
            with self._computing:
                self.metrics.count("assessments")
                return assess_case(case, day, mode=mode, with_sensitivity=full, record=self.record)

        return self._assessments.get((case_id, version, day, mode, full), make)

    def what_if(
        self, case_id: str, as_of: AsOf, *, mode: str = RECOMMENDED, without: tuple[str, ...] = ()
    ) -> WhatIf:
        """A case ready to answer what-ifs, kept for the next question."""
        from vedette.forecasting.assess import prepare
        from vedette.forecasting.what_if import WhatIf
        from vedette.workflows.assess import setting_for
        from vedette.workflows.undo import leave_out

        version, case = self.version(case_id), self.case(case_id)

        def make() -> WhatIf:
            fewer = leave_out(case, as_of, without) if without else case
            engine, _, _ = prepare(fewer, as_of, setting_for(fewer, mode=mode, record=self.record))
            return WhatIf(engine)

        return self._engines.get((case_id, version, as_of, mode, without), make)


def _plain_id(case_id: str) -> str:
    """A case id from an address; never a path: those open files, and a browser may not name files here."""
    from vedette.errors import UnknownName

    if "/" in case_id or "\\" in case_id or case_id.endswith((".toml", ".json")):
        raise UnknownName("case", case_id, fix="The board lists every case")
    return case_id


def asset_digest(name: str) -> str:
    """Eight hex digits of a static file's content; empty when there is no such file."""
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else ""


def _environment() -> Any:
    import functools

    import jinja2

    from vedette.reporting import glyphs, labels

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("vedette.web", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known = functools.cache(asset_digest)

    def asset(name: str) -> str:
        """Address of a static file with its digest: a changed file is another address, so browsers may keep it."""
        return f"/static/{name}?v={known(name)}" if known(name) else ""

    environment.globals.update(asset=asset, probability_axis=glyphs.probability_axis)
    environment.filters.update(
        interval_svg=glyphs.interval, condition_svg=glyphs.condition, safe_text=labels.safe_text,
        day=labels.day_text, bar_svg=glyphs.bar, total_svg=glyphs.total, fall_axis=glyphs.axis,
    )  # fmt: skip
    return environment
