"""What would change the estimate: single changes, assumptions made false, what to look for, past cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from vedette.domain.forecast import Assessment, Sensitivity
from vedette.reference.estimative import figure, number_text, percent, signed_points
from vedette.reporting.compose import sign_of
from vedette.reporting.labels import safe_text
from vedette.web.views.items import toggled
from vedette.web.views.moment import Moment
from vedette.web.views.query import address
from vedette.workflows.if_false import KIND as IF_FALSE

SHOWN: Final = 8
LOOKS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One change and what it would do to the selected scenario; ``href`` tries it on the page."""

    what: str
    detail: str
    before: str
    after: str
    change: str
    sign: str
    tone: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """An assumption, what follows if it is false, and how far the estimate then goes."""

    statement: str
    source: str
    if_false: str
    after: str
    change: str
    sign: str
    tone: str
    fragile: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What looking for an observable is worth."""

    observable: str
    where: str
    lead: str
    present: str
    absent: str
    worth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """A past case and what followed; ``glyph`` ● it happened, ○ it did not."""

    name: str
    similarity: str
    outcome: str
    glyph: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesView:
    """All of it for the selected scenario."""

    letter: str
    moves: tuple[Move, ...]
    assumptions: tuple[Assumed, ...]
    looks: tuple[Look, ...]
    analogues: tuple[Like, ...]
    analogue_note: str
    flip: str
    premortem: tuple[str, ...]
    author_mode: bool


def moves_view(m: Moment) -> MovesView:
    """From the whole assessment of the moment; what is left out on the page is left out of it."""
    a = m.shown
    names = m.composer.names
    now = a.scenario(m.scenario).probability
    return MovesView(
        letter=m.composer.letter(m.scenario),
        moves=_moves(m, a, now),
        assumptions=_assumptions(m, a, now),
        looks=tuple(_look(x) for x in a.worth_looking if x["scenario"] == m.scenario)[:LOOKS],
        analogues=tuple(_like(x.name, x.similarity, x.outcome, x.source) for x in a.analogues),
        analogue_note=_note(a),
        flip=_flip(m, a.flip, names),
        premortem=tuple(
            f"{names[str(x['condition'])][1]} raised to met: {percent(float(x['probability']))}"
            for x in a.premortem.get(m.scenario, ())
            if str(x["condition"]) in names
        ),
        author_mode=m.query.mode != "recommended",
    )


def _tone(sign: str) -> str:
    return {"▲": "up", "▼": "dn"}.get(sign, "same")


def _moves(m: Moment, a: Assessment, now: float) -> tuple[Move, ...]:
    claims = {e.id: e for e in m.known.evidence}
    mine = [s for s in a.sensitivity if s.scenario == m.scenario and s.kind != IF_FALSE and abs(s.change) >= 0.005]
    out = []
    for s in sorted(mine, key=lambda s: (-abs(s.change), s.what))[:SHOWN]:
        item = s.what.removeprefix("Leave out ") if s.kind == "item" else ""
        sign = sign_of(s.change)
        out.append(
            Move(
                what=safe_text(s.what),
                detail=safe_text(claims[item].claim) if item in claims else "",
                before=figure(now), after=percent(s.probability), change=signed_points(s.change), sign=sign,
                tone=_tone(sign), href=toggled(m, item) if item in claims else "",
            )
        )  # fmt: skip
    return tuple(out)


def _assumptions(m: Moment, a: Assessment, now: float) -> tuple[Assumed, ...]:
    rerun: dict[str, Sensitivity] = {
        s.what: s for s in a.sensitivity if s.kind == IF_FALSE and s.scenario == m.scenario
    }
    largest = {
        s.what: max(abs(x.change) for x in a.sensitivity if x.kind == IF_FALSE and x.what == s.what)
        for s in a.sensitivity
        if s.kind == IF_FALSE
    }
    out = []
    for assumption in m.known.assumptions:
        what = f"If false: {assumption.statement}"
        s = rerun.get(what)
        sign = sign_of(s.change) if s is not None else ""
        settable = [x for x in assumption.rerun if ".veto=" not in x and ".class=" not in x]
        out.append(
            Assumed(
                statement=safe_text(assumption.statement),
                source=safe_text(assumption.source),
                if_false=safe_text(assumption.if_false),
                after="" if s is None else percent(s.probability),
                change="" if s is None else signed_points(s.probability - now),
                sign=sign,
                tone=_tone(sign),
                fragile=f"moves up to {100 * largest[what]:.0f} points" if what in largest else "not rerun",
                href=address(m.id, m.query, set=tuple(settable)) if settable else "",
            )
        )
    return tuple(out)


def _look(x: Mapping[str, Any]) -> Look:
    days = x["lead_time_days"]
    return Look(
        observable=safe_text(x["observable"]), where=safe_text(x["collection"]),
        lead="" if days is None else f"{days} d", present=figure(float(x["if_present"])),
        absent=figure(float(x["if_absent"])), worth=number_text(100 * float(x["expected_move"]), 1),
    )  # fmt: skip


def _like(name: str, similarity: float, outcome: str | None, source: str) -> Like:
    happened = outcome is not None and not outcome.startswith("none")
    return Like(
        name=safe_text(name), similarity=number_text(similarity, 2),
        outcome="not known by this day" if outcome is None else safe_text(outcome),
        glyph="" if outcome is None else "●" if happened else "○", source=safe_text(source),
    )  # fmt: skip


def _note(a: Assessment) -> str:
    known = [x for x in a.analogues if x.outcome is not None]
    if not known:
        return "No past case is near enough, or none was decided by this day."
    force = sum(not (x.outcome or "").startswith("none") for x in known)
    return (
        f"Force followed in {force} of the {len(known)} nearest. Outcomes later than the day shown are not searched; "
        "nearness is counted on what could be seen before the event."
    )


def _flip(m: Moment, flip: Mapping[str, Any] | None, names: Mapping[str, tuple[str, str]]) -> str:
    if flip is None or flip["condition"] not in names:
        return ""
    label = names[flip["condition"]][1]
    return (
        f"The smallest single change that puts {m.composer.letter(flip['scenario'])} before "
        f"{m.composer.letter(flip['over'])}: {label[:1].lower()}{label[1:]} moved by "
        f"{number_text(float(flip['moved_by']), 1)} to {number_text(float(flip['level']), 1, signed=True)} "
        "on the scale from −2 to +2."
    )
