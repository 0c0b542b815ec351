"""The board as plain objects: every case in a line, what waits, what closes, which sources are not well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from vedette.domain.ledger import Question
from vedette.errors import UnknownName, VedetteError
from vedette.ports import LedgerEntry
from vedette.ports.overview import CaseLine
from vedette.reference.estimative import figure, interval_text, percent, signed_points
from vedette.reporting.compose import sign_of
from vedette.reporting.labels import day_text, safe_text
from vedette.reporting.view import Line
from vedette.web.views.address import address, case_path
from vedette.workflows.open_case import bundled_ids

if TYPE_CHECKING:
    from vedette.web.access import Person
    from vedette.web.desk import Desk
    from vedette.web.summaries import Summary

PAGE: Final = 25
"""Rows of a page. [assumption]: two screens; each may cost ten assessments the first time."""
SORTS: Final = {
    "moved": "movement", "likely": "probability", "closes": "closing date", "new": "newest material",
    "title": "title",
}  # fmt: skip
SHOWS: Final = {"all": "All", "open": "Open", "closed": "Closed", "waiting": "To decide"}
NEAR_DAYS: Final = 14
MOVED: Final = 0.015
"""A smaller change in a week counts as quiet, in probability: it prints as one point or none. [assumption]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """What of the board is shown; ``page`` counts from 1."""

    q: str = ""
    show: str = "all"
    sort: str = "moved"
    page: int = 1

    @classmethod
    def of(cls, q: str = "", show: str = "all", sort: str = "moved", page: int = 1) -> BoardQuery:
        """From the parameters of an address; raises `UnknownName` for an order or filter there is not."""
        if sort not in SORTS:
            raise UnknownName("order", sort, nearest=SORTS)
        if show not in SHOWS:
            raise UnknownName("filter", show, nearest=SHOWS)
        return cls(q=q.strip()[:200], show=show, sort=sort, page=max(1, page))

    def href(self, **changes: Any) -> str:
        """Address of the board with some choices changed."""
        chosen = {"q": self.q, "show": self.show, "sort": self.sort, "page": self.page, **changes}
        plain = {"q": "", "show": "all", "sort": "moved", "page": 1}
        return address("/", **{k: v for k, v in chosen.items() if v != plain[k]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The number of a row. ``stale`` says what it was made from when newer material waits."""

    scenario: str
    probability: str
    interval: str
    word: str
    line: Line
    alternative: str
    change: str
    sign: str
    tone: str
    why: str
    why_sign: str
    moved_on: str
    spark: Markup
    spark_text: str
    stale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """States of indicators as glyph classes, and the same in words."""

    glyphs: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case. ``estimate`` None: not made yet (``load`` fetches the row) or impossible (``failed`` says why)."""

    id: str
    href: str
    title: str
    estimate: Estimate | None
    failed: str
    load: str
    indicators: Indicators
    fresh: str
    counts: str
    proposed: int
    closes: str
    left: str
    near: bool
    bundled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """The page. ``groups``: (title, rows); ``sorts``: (id, words, chosen); ``shows``: (words, address, chosen)."""

    lede: str
    groups: tuple[tuple[str, tuple[CaseRow, ...]], ...]
    total: int
    found: int
    query: BoardQuery
    sorts: tuple[tuple[str, str, bool], ...]
    shows: tuple[tuple[str, str, bool], ...]
    first: int
    last: int
    before: str
    after: str
    unknown: int
    waiting: tuple[tuple[str, str, int], ...]
    proposed: int


def lines_of(desk: Desk, person: Person) -> list[tuple[CaseLine, bool]]:
    """Every case that the person may read, from outside, and whether it is only in the package."""
    stored = {x.id: x for x in desk.workspace.cases.overview()}
    packed = [n for n in bundled_ids() if n not in stored]
    open_to = set(desk.visible(person, [*stored, *packed]))
    return [(x, False) for n, x in stored.items() if n in open_to] + [
        (_bundled(desk, n), True) for n in packed if n in open_to
    ]


def _bundled(desk: Desk, name: str) -> CaseLine:
    case = desk.case(name)
    dates = [e.times.available_at for e in case.evidence]
    return CaseLine(
        id=case.id, title=case.title, as_of=case.as_of, deadline=case.deadline, version=0, stamp="bundled",
        documents=len(case.documents), evidence=len(case.evidence), proposed=0, latest=max(dates, default=None),
        recorded=max(dates, default=dt.datetime(case.opened.year, case.opened.month, case.opened.day, tzinfo=dt.UTC)),
    )  # fmt: skip


def day_of(line: CaseLine, today: dt.date) -> dt.date:
    """The day a row is shown at: today while the case is open, else its own. ``opened`` is not known from outside."""
    return today if line.as_of <= today <= line.deadline else line.as_of


def board_view(desk: Desk, query: BoardQuery, person: Person, *, whole: bool = False) -> BoardView:
    """The board for an address. ``whole`` makes the rows of the page at once instead of leaving them to be fetched."""
    today = desk.today()
    every = lines_of(desk, person)
    chosen = [pair for pair in every if _shown(pair[0], query, today)]
    known = {line.id: desk.summaries.ready(line.id, line.stamp, day_of(line, today)) for line, _ in chosen}
    chosen.sort(key=lambda pair: _order(query.sort, pair[0], known[pair[0].id]))
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(query.page, pages)
    here = chosen[(page - 1) * PAGE : page * PAGE]
    if whole:
        for line, _ in here:
            if known[line.id] is None:
                known[line.id] = desk.summaries.get(line.id)
    rows = [row(desk, line, known[line.id], today, bundled=only) for line, only in here]
    missing = [line.id for line, _ in chosen if known[line.id] is None]
    desk.summaries.make_ahead([*(r.id for r in rows if r.estimate is None), *missing])
    return BoardView(
        lede=_lede([known[line.id] for line, _ in chosen], [line for line, _ in every], today),
        groups=_groups(query, rows, known),
        total=len(every),
        found=len(chosen),
        query=query,
        sorts=tuple((name, words, name == query.sort) for name, words in SORTS.items()),
        shows=tuple((words, query.href(show=name, page=1), name == query.show) for name, words in SHOWS.items()),
        first=(page - 1) * PAGE + 1 if here else 0,
        last=(page - 1) * PAGE + len(here),
        before=query.href(page=page - 1) if page > 1 else "",
        after=query.href(page=page + 1) if page < pages else "",
        # On one page each row says it for itself, and the count would stay when the rows have come.
        unknown=len(missing) if pages > 1 else 0,
        waiting=tuple(
            (safe_text(x.title), case_path(x.id, "documents"), x.proposed)
            for x, _ in sorted(every, key=lambda p: (-p[0].proposed, p[0].id))[:5]
            if x.proposed
        ),
        proposed=sum(x.proposed for x, _ in every),
    )


def _shown(line: CaseLine, query: BoardQuery, today: dt.date) -> bool:
    if query.q and query.q.casefold() not in f"{line.title} {line.id}".casefold():
        return False
    if query.show == "open":
        return line.deadline >= today
    if query.show == "closed":
        return line.deadline < today
    return query.show != "waiting" or line.proposed > 0


def _order(sort: str, line: CaseLine, summary: Summary | None) -> tuple[Any, ...]:
    if sort == "title":
        return (line.title.casefold(), line.id)
    if sort == "closes":
        return (line.deadline, line.id)
    if sort == "new":
        return (-(line.latest.timestamp() if line.latest else 0.0), line.id)
    if summary is None:
        return (1, 0.0, line.deadline, line.id)  # not computed yet: after those that are
    value = summary.probability if sort == "likely" else abs(summary.change or 0.0)
    return (0, -value, line.deadline, line.id)


def _groups(
    query: BoardQuery, rows: Sequence[CaseRow], known: dict[str, Summary | None]
) -> tuple[tuple[str, tuple[CaseRow, ...]], ...]:
    if query.sort != "moved":
        return (("", tuple(rows)),) if rows else ()

    def kind(r: CaseRow) -> str:
        summary = known[r.id]
        if summary is None:
            return "New here, put in order on the next visit"
        return "Moved in the last week" if abs(summary.change or 0.0) >= MOVED else "Quiet"

    titles = dict.fromkeys(kind(r) for r in rows)
    return tuple((title, tuple(r for r in rows if kind(r) == title)) for title in titles)


def _lede(found: Iterable[Summary | None], every: Sequence[CaseLine], today: dt.date) -> str:
    made = [s for s in found if s is not None]
    moved = sum(abs(s.change or 0.0) >= MOVED for s in made)
    soon = sum(0 <= (x.deadline - today).days <= 7 for x in every)
    parts = []
    if made:
        parts.append(f"{_count(moved, len(made))} moved in the week before the day shown.")
    if soon:
        parts.append(f"{soon} {'closes' if soon == 1 else 'close'} within seven days.")
    return " ".join(parts) or "The numbers are being computed, row by row."


_NUMBERS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def _count(n: int, of: int) -> str:
    many = "case" if of == 1 else "cases"
    if of < len(_NUMBERS):
        return f"{_NUMBERS[n]} of {_NUMBERS[of].lower()} {many}"
    return f"{n} of {of} {many}"


def row(desk: Desk, line: CaseLine, summary: Summary | None, today: dt.date, *, bundled: bool) -> CaseRow:
    """One row, with the last estimate there is while a newer one is being made."""
    stale = ""
    if summary is None:
        summary = desk.summaries.last(line.id)
        if summary is not None:
            stale = f"as of {day_text(summary.day)}"
    left = (line.deadline - today).days
    failed = desk.summaries.failed(line.id, line.stamp)
    return CaseRow(
        id=line.id,
        href=case_path(line.id),
        title=safe_text(line.title),
        estimate=None if summary is None else _estimate(summary, stale),
        failed=failed,
        load="" if (summary is not None and not stale) or failed else f"/board/rows/{case_path(line.id)[7:]}",
        indicators=_indicators(summary),
        fresh=_newest(line, summary, today),
        counts=f"{line.documents} docs, {line.evidence} items" if summary is None else
        f"{summary.documents} docs, {summary.items} items",
        proposed=line.proposed,
        closes=short_day(line.deadline, today),
        left=f"{left} d left" if left >= 0 else f"closed; as of {short_day(day_of(line, today), line.deadline)}",
        near=0 <= left <= NEAR_DAYS,
        bundled=bundled,
    )  # fmt: skip


def _newest(line: CaseLine, summary: Summary | None, today: dt.date) -> str:
    """How old the newest material is, as known on the day the row is shown at: a closed case does not tell its end."""
    day = day_of(line, today)
    if summary is not None and summary.stamp == line.stamp:
        newest = dt.date.fromisoformat(summary.newest) if summary.newest else None
    else:
        newest = line.latest.date() if line.latest is not None and line.latest.date() <= day else None
    return "no material" if newest is None else _age(newest, day)


def short_day(day: dt.date, near: dt.date) -> str:
    """``19 Jan``, with the year where it is another than that of ``near``."""
    return f"{day.day} {day:%b}" if day.year == near.year else f"{day.day} {day:%b} {day.year}"


def _age(day: dt.date, today: dt.date) -> str:
    days = (today - day).days
    if days <= 0:
        return "this day"
    return f"{days} d before" if days < 100 else short_day(day, today)


def _estimate(s: Summary, stale: str) -> Estimate:
    sign = sign_of(s.change) if s.change is not None else ""
    return Estimate(
        scenario=safe_text(s.scenario),
        probability=figure(s.probability),
        interval=interval_text(*s.outer),
        word=s.word,
        line=Line(value=s.probability, inner=s.inner, outer=s.outer, reference=s.base),
        alternative=f"{safe_text(s.scenario)}: {s.word}, {percent(s.probability)}, 90 % {interval_text(*s.outer)}",
        change="new" if s.change is None else signed_points(s.change),
        sign=sign,
        tone={"▲": "up", "▼": "dn"}.get(sign, "same"),
        why=safe_text(s.why) or "Nothing new; time passed and evidence aged",
        why_sign={1: "▲", -1: "▼"}.get(s.why_sign, ""),
        moved_on=short_day(dt.date.fromisoformat(s.moved_on), dt.date.fromisoformat(s.day)) if s.moved_on else "",
        spark=spark(s.spark),
        spark_text="; ".join(f"{d}: {percent(p)}" for d, p, _, _ in (s.spark[0], s.spark[-1])),
        stale=stale,
    )


def spark(points: Sequence[tuple[str, float, float, float]]) -> Markup:
    """The last 90 days as steps with the 90 % band, on its own scale from 0. Numbers of ours only."""
    width, height = 110.0, 32.0
    days = [dt.date.fromisoformat(p[0]).toordinal() for p in points]
    span = max(days[-1] - days[0], 1)
    top = max(0.02, *(p[3] for p in points))
    x = [2 + (width - 8) * (d - days[0]) / span if len(points) > 1 else width - 6 for d in days]

    def y(p: float) -> float:
        return 2 + (height - 4) * (1 - p / top)

    upper = "L".join(f"{a:.1f},{y(p[3]):.1f}" for a, p in zip(x, points, strict=True))
    lower = "L".join(f"{a:.1f},{y(p[2]):.1f}" for a, p in reversed(list(zip(x, points, strict=True))))
    line = "L".join(f"{a:.1f},{y(p[1]):.1f}" for a, p in zip(x, points, strict=True))
    body = (
        f'<path class="o" d="M{upper}L{lower}Z"/><path class="e" d="M{line}"/>'
        f'<circle class="dot" cx="{x[-1]:.1f}" cy="{y(points[-1][1]):.1f}" r="2.5"/>'
    )
    return Markup(f'<svg class="spark" viewBox="0 0 110 32" aria-hidden="true">{body}</svg>')  # noqa: S704


_GLYPHS: Final = {"present": "full", "absent": "empty", "unknown": "dash", "not_looked": "dash"}


def _indicators(s: Summary | None) -> Indicators:
    if s is None:
        return Indicators(glyphs=(), words="")  # not known yet, which is not "none"
    states = s.states
    if not states:
        return Indicators(glyphs=(), words="none set")
    order = {"full": 0, "empty": 1, "dash": 2}
    glyphs = tuple(sorted((_GLYPHS.get(x, "dash") for x in states), key=order.__getitem__))
    seen, blind = glyphs.count("full"), glyphs.count("dash")
    words = f"{seen} of {len(glyphs)} seen" + (f", {blind} without data" if blind else "")
    return Indicators(glyphs=glyphs[:8], words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A question near its end or past it."""

    statement: str
    href: str
    when: str
    words: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A source that is polled. ``well`` False: last values are kept and shown as they were."""

    source: str
    case: str
    state: str
    well: bool
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """What stands beside the cases: questions near their end, and sources."""

    questions: tuple[Closing, ...]
    questions_title: str
    sources: tuple[Watched, ...]
    sources_title: str
    trouble: str


def side_view(desk: Desk, person: Person) -> SideView:
    """From the ledger and the watch service, of cases the person may read; ``trouble`` says what could not be read."""
    from vedette.workflows.due import due

    today, trouble = desk.today(), ""
    closing: list[Closing] = []
    try:
        entries = desk.workspace.ledger.entries()
        hidden = _hidden(desk, person, entries)
        waits = due(entries, desk.find_case, today)
        for kind, late in (("due", True), ("near", False)):
            for q in waits[kind]:
                if q["question"] in hidden:
                    continue
                days = (q["deadline"] - today).days
                words = f"{-days} d overdue" if late else f"{days} d left"
                closing.append(
                    Closing(
                        statement=safe_text(q["statement"]), href=f"/ledger/{case_path(q['question'])[7:]}",
                        when=day_text(q["deadline"]), words=words, late=late,
                    )
                )  # fmt: skip
    except VedetteError as error:
        trouble = str(error)
    sources = [s for s in _sources(desk) if desk.visible(person, [s.case])]
    poor = sum(not s.well for s in sources)
    n = len(closing)
    return SideView(
        questions=tuple(closing[:8]),
        questions_title=f"{n} {'question closes' if n == 1 else 'questions close'} soon or are due" if n else
        "No question closes within two weeks",
        sources=tuple(sorted(sources, key=lambda s: s.well)[:8]),
        sources_title="No source is watched" if not sources else
        f"{poor} of {len(sources)} sources not well" if poor else f"All {len(sources)} sources are well",
        trouble=trouble,
    )  # fmt: skip


def _hidden(desk: Desk, person: Person, entries: Iterable[LedgerEntry]) -> set[str]:
    """Questions on cases that the person may not read."""
    asked = {e.noun.id: e.noun.case for e in entries if isinstance(e.noun, Question)}
    return {name for name, case in asked.items() if not desk.visible(person, [case])}


def _sources(desk: Desk) -> list[Watched]:
    from vedette.workflows.watch import status

    try:
        rows = status(desk.workspace.watching, desk.workspace.clock.now())["sources"]
    except VedetteError:
        return []
    return [
        Watched(
            source=safe_text(r["source"]), case=str(r["case"]), state=str(r["state"]).replace("_", " "),
            well=r["state"] in ("ok", "never looked at") and not r["overdue"],
            last=f"{r['last_ok']:%Y-%m-%d %H:%M}" if r["last_ok"] else "never",
        )
        for r in rows
    ]  # fmt: skip
