"""The reader: a document with its evidence marked, the proposal at hand, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from vedette.domain.case import Case
from vedette.domain.claims import ClaimKind, Direction, Strength
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence, Status
from vedette.domain.stories import Placed
from vedette.domain.time import AsOf
from vedette.reference.estimative import number_text, percent, signed_points
from vedette.reference.grades import credibility_meanings, reliability_meanings
from vedette.reporting.labels import safe_text, state_name
from vedette.web.views.address import address, case_path
from vedette.web.views.beside import Beside, against, badge_of, disputed, story_of, told_by, voice_of
from vedette.web.views.conflict import ConflictView
from vedette.web.views.documents import Queue, Where, queue
from vedette.web.views.evidence import (
    Bears,
    bears,
    condition_labels,
    number_of,
    scenario_letters,
)
from vedette.web.views.marks import SIGNS, Block, Mark, anchor, blocks, paragraph, ruler, ruler_svg
from vedette.workflows.conflicts import SHOWN
from vedette.workflows.review import consequence, latest_review
from vedette.workflows.triage import Moved, last_of, seen_token, undo_token

CAUSES = 8
"""Items named in the line that says what moved the number; the rest are summed. [assumption]"""
SHORT = {
    "perceived_justification": "Justification", "local_support": "Support", "absence_of_resistance": "Resistance",
    "technical_feasibility": "Feasibility", "low_costs": "Cost", "stakes": "Stakes", "option": "Forces, orders",
}  # fmt: skip
"""Short names of the conditions of the bundled framework, for buttons; others use their label."""
DIRECTION_KEYS = {"raises": "+", "lowers": "-", "unclear": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One button of a row. ``key`` works it."""

    value: str
    label: str
    chosen: bool
    key: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A scenario's number before and after, as printed."""

    letter: str
    label: str
    before: str
    after: str
    change: str
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedView:
    """How a sitting moved the number: one line, every scenario, and the items that did it."""

    line: str
    first: Shift
    shifts: tuple[Shift, ...]
    causes: tuple[tuple[str, str, str, str], ...]
    decisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was in the form when something was wrong: kept, and shown with what to do.

    ``passage``: the words that could not be made an item; None where the form was the item's own.
    """

    fields: Mapping[str, str]
    error: str
    fix: str
    conflict: ConflictView | None = None
    passage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The item at hand, with the controls that decide on it."""

    id: str
    anchor: str
    position: str
    status: str
    decided: str
    quote: str
    claim: str
    seen: str
    start: int
    end: int
    action: str
    conditions: tuple[Choice, ...]
    directions: tuple[Choice, ...]
    strengths: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    bearers: tuple[Choice, ...]
    places: tuple[Choice, ...]
    reliabilities: tuple[Choice, ...]
    credibilities: tuple[Choice, ...]
    speaker: str
    reason: str
    importance: str
    importance_now: str
    bears: tuple[Bears, ...]
    others: tuple[Bears, ...]
    kind: str
    grade: str
    machine: str
    why: str
    preview: tuple[Shift, ...]
    preview_line: str
    voice: str
    against: tuple[Beside, ...]
    disputed: tuple[Beside, ...]
    draft: Draft | None
    undoable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderView:
    """The page."""

    case: str
    title: str
    day: str
    queue: Queue
    document: str
    heading: str
    meta: tuple[str, ...]
    source: str
    mark: str
    language: str
    story: str
    told_by: tuple[tuple[str, str, str], ...]
    legend: tuple[tuple[str, str, str], ...]
    blocks: tuple[tuple[bool, Markup], ...]
    ruler: Markup
    ruler_said: str
    panel: Panel | None
    items: tuple[tuple[str, str, str, str, bool], ...]
    waiting: int
    done: int
    previous: str
    next: str
    next_document: str
    undo: str
    undo_seen: str
    here: str
    moved: MovedView | None
    since: str
    text: str
    hidden: tuple[tuple[str, str], ...]
    unmade: Draft | None
    """A passage that could not be made an item, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the page knows besides the case: the preview, story, disputes and what a sitting did."""

    preview: tuple[Mapping[str, float], Mapping[str, float]] | None = None
    moved: Moved | None = None
    places: Mapping[str, Placed] | None = None
    folded: Mapping[str, str] | None = None
    disputes: Sequence[tuple[str, str, str, str]] = ()
    importance: Mapping[str, float] | None = None


def order(items: Sequence[Evidence]) -> list[Evidence]:
    """Proposals first, the most consequential first; then what is decided on, in the order of the text."""
    waiting = sorted((e for e in items if e.status is Status.PROPOSED), key=consequence)
    done = sorted((e for e in items if e.status is not Status.PROPOSED), key=_place)
    return [*waiting, *done]


def _place(e: Evidence) -> tuple[int, str]:
    return (e.quote.start if e.quote else 0, e.id)


def mark_of(case: Case, item: Evidence, href: str, *, selected: bool) -> Mark:
    """An item as a mark in the text."""
    assert item.quote is not None
    b = item.bearings[0] if item.bearings else None
    number = number_of(case, b.condition) if b else "O"
    direction = b.direction.value if b else "unclear"
    label = condition_labels(case).get(b.condition, ("", ""))[1] if b else "bears on nothing yet"
    return Mark(
        id=item.id, start=item.quote.start, end=item.quote.end, number=number, direction=direction,
        status=item.status.value, said=f"{number} {label}, {direction}, {item.status.value}", href=href,
        selected=selected,
    )  # fmt: skip


def reader_view(
    case: Case, document: Document, day: AsOf, where: Where, *, item: str = "", extra: Around | None = None,
    draft: Draft | None = None, author: str = "",
) -> ReaderView:  # fmt: skip
    """The page for a document of a case as of a day; ``item`` is the one at hand, by default the most consequential."""
    known = case.known(day)
    more = extra or Around()
    standing = known.standing()
    items = order([e for e in standing if e.quote is not None and e.quote.document.id == document.id])
    at = next((i for i, e in enumerate(items) if e.id == item), 0)
    here = case_path(case.id, "documents", document.id)

    def to(e: Evidence) -> str:
        return address(here, **where.query(item=e.id))

    selected = items[at] if items else None
    shown = [e for e in items if e.status is not Status.REJECTED or e is selected]
    marks = [mark_of(case, e, to(e), selected=e is selected) for e in shown]
    listed = queue(case, day, where, current=document.id, folded=more.folded)
    after = [r for r in listed.rows if r.waiting and not r.current]
    names = condition_labels(case)
    waiting = sum(e.status is Status.PROPOSED for e in items)
    unmade = draft if draft is not None and draft.passage is not None else None
    undo, undo_seen = _last_of(case, author, where)
    return ReaderView(
        case=case.id, title=safe_text(case.title), day=str(day), queue=listed, document=document.id,
        heading=safe_text(document.title) or document.id, meta=_meta(document),
        source=document.citation.url if document.citation and document.citation.url.startswith(("http://", "https://"))
        else "",
        mark=document.marking.value, language=document.language,
        story=story_of(known, document, more.places or {}),
        told_by=told_by(known, document, more.places or {}, where),
        legend=tuple((n, SHORT.get(k, label), _css(n)) for k, (n, label) in names.items()),
        blocks=_blocks(document, marks), ruler=ruler_svg(ruler(marks, len(document.text))),
        ruler_said=f"{len(marks)} marks, {waiting} of them proposals",
        panel=_panel(known, items, at, more, None if unmade else draft, where, here) if selected else None,
        unmade=unmade,
        items=tuple(
            (e.id, to(e), badge_of(case, e), safe_text(e.quote.text if e.quote else e.claim)[:80], e is selected)
            for e in items
        ),
        waiting=waiting, done=len(items) - waiting,
        previous=to(items[at - 1]) if len(items) > 1 else "",
        next=to(items[(at + 1) % len(items)]) if len(items) > 1 else "",
        next_document=after[0].href if after else "",
        undo=undo, undo_seen=undo_seen, here=here,
        moved=_moved(case, more.moved, where), since=where.since, text=document.text,
        hidden=tuple((k, v) for k, v in where.query().items() if v),
    )  # fmt: skip


def _css(number: str) -> str:
    return f"c{(int(number) - 1) % 5 + 1}" if number.isdecimal() else "cM" if number == "M" else "cO"


def _blocks(document: Document, marks: Sequence[Mark]) -> tuple[tuple[bool, Markup], ...]:
    """(is the title, markup) of each paragraph."""
    found: list[tuple[Block, bool]] = []
    titled = False
    for block in blocks(document.text, marks):
        is_title = not titled and not found and block.text.strip() == document.title.strip()
        titled = titled or is_title
        found.append((block, is_title))
    return tuple((is_title, paragraph(block)) for block, is_title in found)


def _meta(d: Document) -> tuple[str, ...]:
    spans: dict[str, int] = {}
    for s in d.dropped:
        spans[s.reason] = spans.get(s.reason, 0) + 1
    dropped = ", ".join(f"{n} {reason}" for reason, n in sorted(spans.items(), key=lambda x: -x[1]))
    return tuple(
        w for w in (
            safe_text(d.citation.publisher) if d.citation else "", d.kind, safe_text(d.author),
            f"published {d.published}",
            f"known from {d.times.available_at.date()}" if d.times.available_at.date() != d.published else "",
            f"dropped: {dropped}" if dropped else "", d.language if d.language != "en" else "",
        ) if w
    )  # fmt: skip


def _last_of(case: Case, author: str, where: Where) -> tuple[str, str]:
    """(what undo would take back in words, its token); empty when nothing of this sitting stands."""
    since = int(where.since) if where.since.isdecimal() else len(case.reviews)
    last = last_of(case, author, since)
    if last is None:
        return "", ""
    return f"{SHOWN[last.verdict]} {last.replacement or last.evidence}", undo_token(case, author, since)


# -- the panel ---------------------------------------------------------------------------------------------


def _panel(
    case: Case, items: Sequence[Evidence], at: int, more: Around, draft: Draft | None, where: Where, here: str
) -> Panel:
    item = items[at]
    b = item.bearings[0] if item.bearings else None
    kept: Mapping[str, str] = draft.fields if draft is not None else {}
    waiting = sum(e.status is Status.PROPOSED for e in items)
    proposed = item.status is Status.PROPOSED
    importance = (more.importance or {}).get(item.id)
    now = {
        "condition": b.condition if b else "", "direction": b.direction.value if b else "",
        "strength": b.strength.value if b else "", "kind": item.kind.value, "actor": (b.actor or "") if b else "",
        "place": f"{b.option}:{b.scenario}" if b else "", "reliability": item.grade.reliability,
        "credibility": item.grade.credibility, "attribution": item.attribution,
    }  # fmt: skip
    value = {**now, **{k: v for k, v in kept.items() if k in now}}
    quote = item.quote
    span = (quote.start, quote.end) if quote else (0, 0)
    if kept.get("start", "").isdecimal() and kept.get("end", "").isdecimal():
        span = (int(kept["start"][:12]), int(kept["end"][:12]))
    return Panel(
        id=item.id, anchor=anchor(item.id),
        position=f"Proposal {at + 1} of {waiting}" if proposed else f"Item {item.id}",
        status=item.status.value, decided=_decided(case, item), quote=safe_text(quote.text) if quote else "",
        claim="" if quote and item.claim == quote.text else safe_text(item.claim), seen=seen_token(case, item.id),
        start=span[0], end=span[1], action=f"{here}/items/{_quoted(item.id)}",
        **_choices(case, value),
        speaker=value["attribution"], reason=kept.get("reason", ""), importance=kept.get("importance", ""),
        importance_now="" if importance is None else number_text(importance, 2, signed=True),
        bears=bears(case, item), others=bears(case, item)[1:], kind=item.kind.value, grade=str(item.grade),
        machine=_machine(item), why=safe_text(item.provenance.reason)
        if item.provenance else "",
        preview=shifts(case, more.preview), preview_line=_preview_line(case, item, more.preview, where),
        voice=voice_of(case, item), against=against(case, item, where),
        disputed=disputed(case, item, more.disputes, where),
        draft=draft, undoable=latest_review(case, item.id) is not None,
    )  # fmt: skip


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")


def _choices(case: Case, value: Mapping[str, str]) -> dict[str, tuple[Choice, ...]]:
    names = condition_labels(case)
    codes = dict.fromkeys(c for o in case.options for c in (*o.interveners, o.host or o.target, o.target))
    letters = scenario_letters(case)
    means = {o: f" ({case.option(o).means[:40]})" if len(case.options) > 1 else "" for o in case.moves}
    places = [(f"{o}:{s}", f"{letters[s][0]} {letters[s][1]}{means[o]}") for o, by in case.moves.items() for s in by]
    if value["actor"] and value["actor"] not in codes:
        codes[value["actor"]] = None
    return {
        "conditions": tuple(
            Choice(
                value=k, label=f"{n} {SHORT.get(k, label)}", chosen=k == value["condition"], key=n.lower(), title=label
            )
            for k, (n, label) in names.items()
        ),
        "directions": tuple(
            Choice(value=d.value, label=f"{SIGNS[d.value]} {d.value}", chosen=d.value == value["direction"],
                   key=DIRECTION_KEYS[d.value])
            for d in Direction
        ),
        "strengths": tuple(Choice(value=s.value, label=s.value, chosen=s.value == value["strength"]) for s in Strength),
        "kinds": tuple(
            Choice(value=k.value, label=_kind(k), chosen=k.value == value["kind"]) for k in ClaimKind
        ),
        "bearers": (
            Choice(value="", label="as the intervener sees it", chosen=not value["actor"]),
            *(Choice(value=c, label=f"{state_name(c)}\u2019s own position", chosen=c == value["actor"]) for c in codes),
        ),
        "places": (
            *(() if value["place"] else (Choice(value="", label="none yet", chosen=True),)),
            *(Choice(value=v, label=label, chosen=v == value["place"]) for v, label in places),
        ),
        "reliabilities": tuple(
            Choice(value=k, label=f"{k} {words}", chosen=k == value["reliability"])
            for k, words in reliability_meanings().items()
        ),
        "credibilities": tuple(
            Choice(value=k, label=f"{k} {words}", chosen=k == value["credibility"])
            for k, words in credibility_meanings().items()
        ),
    }  # fmt: skip


def _kind(kind: ClaimKind) -> str:
    not_new = (ClaimKind.ARGUMENT, ClaimKind.JUDGEMENT, ClaimKind.FORECAST)
    return f"{kind.value} (not a new fact)" if kind in not_new else kind.value


def _decided(case: Case, item: Evidence) -> str:
    """Who decided on it, or made it by a correction, and when."""
    last = latest_review(case, item.id)
    if last is None and item.supersedes:
        last = latest_review(case, item.supersedes)
    if last is None:
        return "" if item.status is Status.PROPOSED else f"{item.status.value} as recorded"
    reason = f": {safe_text(last.reason)}" if last.reason else ""
    return f"{SHOWN[last.verdict]} by {safe_text(last.author)}, {last.at:%Y-%m-%d %H:%M} UTC{reason}"


def _machine(item: Evidence) -> str:
    p = item.provenance
    if p is None:
        return "coded by the case's team"
    sure = f", {item.confidence:.2f} sure" if item.confidence is not None else ""
    words = [w for w, on in (("negated", item.negated), ("hypothetical", item.hypothetical)) if on]
    said = "read by the rules" if p.author == "rules" else f"by {safe_text(p.author)}"
    return f"{said}{sure}{''.join(f', {w}' for w in words)}"


def shifts(case: Case, pair: tuple[Mapping[str, float], Mapping[str, float]] | None) -> tuple[Shift, ...]:
    """Each scenario's number in both, as printed."""
    if pair is None:
        return ()
    before, after = pair
    return tuple(
        Shift(
            letter=a, label=label, before=percent(before[s]), after=percent(after[s]),
            change=signed_points(after[s] - before[s]), sign=_sign(after[s] - before[s]),
        )
        for s, (a, label) in scenario_letters(case).items()
        if s in before
    )  # fmt: skip


def _sign(change: float) -> str:
    return "up" if change > 5e-4 else "dn" if change < -5e-4 else "same"


def chosen_scenario(case: Case, name: str) -> str:
    """The scenario the page speaks of: the one named, else the first."""
    ids = [s.id for s in case.scenario_set.scenarios]
    return name if name in ids else ids[0]


def _preview_line(
    case: Case, item: Evidence, pair: tuple[Mapping[str, float], Mapping[str, float]] | None, where: Where
) -> str:
    if pair is None:
        return ""
    name = chosen_scenario(case, where.scenario)
    before, after = pair[0][name], pair[1][name]
    if abs(after - before) < 5e-4:
        # The item is about another scenario: say what it does there.
        name = max(pair[0], key=lambda s: abs(pair[1][s] - pair[0][s]))
        before, after = pair[0][name], pair[1][name]
    letter = scenario_letters(case)[name][0]
    if all(abs(pair[1][s] - pair[0][s]) < 5e-4 for s in pair[0]):
        opinion = f": a {item.kind.value} is an opinion, not a new fact" if item.is_argument else ""
        return f"If accepted: no scenario moves by a twentieth of a point{opinion}"
    return f"If accepted: {letter} {_exact(before)} → {_exact(after)} ({_points(after - before)})"


def _exact(p: float) -> str:
    """A probability to a tenth of a point: triage shows steps that whole points would hide."""
    return f"{number_text(100 * p, 1)}\u202f%"


def _points(change: float) -> str:
    return f"{number_text(100 * change, 1, signed=True)} points"


# -- what a sitting did ------------------------------------------------------------------------------------


def _moved(case: Case, moved: Moved | None, where: Where) -> MovedView | None:
    if moved is None or moved.decisions <= 0:
        return None
    name = chosen_scenario(case, where.scenario)
    every = shifts(case, (moved.before, moved.after))
    first = next(s for s, (k, _) in zip(every, scenario_letters(case).items(), strict=True) if k == name)
    before, after = moved.before[name], moved.after[name]
    n = moved.decisions
    ordered = sorted(moved.causes, key=lambda c: -abs(c.points.get(name, 0.0)))
    causes = [c for c in ordered if abs(c.points.get(name, 0.0)) >= 5e-4][:CAUSES]
    rest = sum(c.points.get(name, 0.0) for c in ordered) - sum(c.points[name] for c in causes)
    said = "did not move" if abs(after - before) < 5e-4 else f"went {_exact(before)} → {_exact(after)}"
    line = (
        f"{n} decision{'s' if n > 1 else ''}: {first.letter} {first.label} {said}"
        + (f" ({_points(after - before)})" if abs(after - before) >= 5e-4 else "")
    )
    return MovedView(
        line=line, first=first, shifts=every, decisions=n,
        causes=tuple(
            (c.evidence if c.kind != "residual" else "rounding", safe_text(c.what)[:160], _points(c.points[name]),
             _sign(c.points[name]))
            for c in causes
        ) + (((f"{len(ordered) - len(causes)} smaller", "Everything else together", _points(rest), _sign(rest)),)
             if abs(rest) >= 5e-4 else ()),
    )  # fmt: skip
