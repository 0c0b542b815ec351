"""Reviewing proposals: accept, reject, correct. Every decision is a record of its own, with author and reason."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from vedette.domain.case import Case
from vedette.domain.claims import ClaimKind, Direction, Grade, Strength
from vedette.domain.documents import Quote
from vedette.domain.evidence import OPTION_CHANNEL, OWN_POSITION, Bearing, Evidence, Provenance, Review, Status, Verdict
from vedette.errors import BadInput, EditConflict, UnknownName
from vedette.ports import CaseStore, Clock
from vedette.workflows.conflicts import review_deed
from vedette.workflows.open_case import open_case, stored_case

E = TypeVar("E", bound=enum.StrEnum)

FIELDS = (
    "claim", "kind", "attribution", "condition", "direction", "strength", "option", "scenario", "actor", "grade",
    "reliability", "credibility", "origin", "position", "quote", "span", "target", "negated", "hypothetical",
)
"""What a correction may set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer wants done with one item. ``changes`` only for a correction (see `FIELDS`)."""

    evidence: str
    verdict: Verdict
    reason: str = ""
    changes: Mapping[str, str] = field(default_factory=dict)


def consequence(item: Evidence) -> tuple[int, float, str]:
    """Sort key: how much an item could move the number if accepted. Larger first; ties by id.

    Strength counts before confidence; arguments and hypotheticals, which are not new facts, come last.
    """
    order = list(Strength)
    strongest = max((order.index(b.strength) for b in item.bearings), default=-1)
    if item.is_argument or item.hypothetical:
        strongest -= len(order)
    return -strongest, -(item.confidence or 0.0), item.id


def proposals(case: Case) -> tuple[Evidence, ...]:
    """Items waiting for a decision, the most consequential first."""
    return tuple(sorted((e for e in case.standing() if e.status is Status.PROPOSED), key=consequence))


def above(case: Case, confidence: float) -> tuple[Evidence, ...]:
    """Proposals the rules were at least this sure of (0..1)."""
    if not 0 <= confidence <= 1:
        raise BadInput(f"confidence {confidence:g} is outside 0..1")
    return tuple(e for e in proposals(case) if e.confidence is not None and e.confidence >= confidence)


def review(
    store: CaseStore, clock: Clock, case_name: str, decisions: Sequence[Decision], *, author: str
) -> tuple[Review, ...]:
    """Record the decisions, all or none.

    Raises `UnknownName` for an item that is not there (with the nearest ids) and `BadInput` for one that was
    corrected already or decided on twice in the same call.
    """
    named = [d.evidence for d in decisions]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise BadInput(f"{', '.join(twice)} is decided on more than once", fix="Give each item one decision")
    if not decisions:
        return ()
    stored = bool(store.stamp(case_name))
    if not stored:  # a bundled case is copied only for a decision that can be made
        _all_there(open_case(store, case_name), decisions)
    with store.transaction(case_name):
        case = store.load(case_name) if stored else stored_case(store, case_name)
        _all_there(case, decisions)
        return tuple(record(store, clock, case, decision, author=author) for decision in decisions)


def _all_there(case: Case, decisions: Sequence[Decision]) -> None:
    for decision in decisions:
        _item(case, decision.evidence, withdrawing=decision.verdict is Verdict.WITHDRAW)


def record(store: CaseStore, clock: Clock, case: Case, decision: Decision, *, author: str) -> Review:
    """Record one decision on an item of a case just loaded from the store. Call it inside a transaction."""
    item = _item(case, decision.evidence, withdrawing=decision.verdict is Verdict.WITHDRAW)
    replacement = None
    if decision.verdict is Verdict.WITHDRAW:
        _withdrawable(case, item)
    if decision.verdict is Verdict.CORRECT:
        replacement = corrected(case, item, decision, author=author, clock=clock)
    made = Review(
        evidence=item.id, verdict=decision.verdict, author=author, at=clock.now(), reason=decision.reason,
        replacement=replacement.id if replacement else None,
    )  # fmt: skip
    store.add_review(case.id, made, replacement)
    return made


def latest_review(case: Case, name: str) -> Review | None:
    """The decision on an item that counts; None when there is none, or it was withdrawn."""
    made = sorted((r for r in case.reviews if r.evidence == name), key=lambda r: r.at)
    return made[-1] if made and made[-1].verdict is not Verdict.WITHDRAW else None


def _withdrawable(case: Case, item: Evidence) -> None:
    """Raise `BadInput` when there is no decision on the item, `EditConflict` when somebody built on it since."""
    last = latest_review(case, item.id)
    if last is None:
        raise BadInput(f"no decision on {item.id} to withdraw", where=case.id)
    later = latest_review(case, last.replacement) if last.replacement is not None else None
    if later is not None:
        made = [r for r in case.reviews if r.evidence == last.replacement]
        raise EditConflict(
            f"{last.replacement}, which replaced {item.id}, was decided on since by {later.author}", where=case.id,
            fix=f"Withdraw the decision on {last.replacement} first",
            deeds=[review_deed(case, r, made[:at]) for at, r in enumerate(made)],
        )  # fmt: skip


def _item(case: Case, name: str, *, withdrawing: bool = False) -> Evidence:
    item = next((e for e in case.evidence if e.id == name), None)
    if item is None:
        ids = [e.id for e in case.evidence]
        nearest = difflib.get_close_matches(name, ids, n=3, cutoff=0.3) or [e.id for e in proposals(case)[:3]]
        raise UnknownName("evidence", name, nearest=nearest, where=case.id)
    last = latest_review(case, name)
    newer = last.replacement if last is not None and last.verdict is Verdict.CORRECT else None
    if newer is not None and not withdrawing:
        raise BadInput(f"{name} was corrected; the record that counts is {newer}", where=case.id,
                       fix=f"Review {newer} instead")  # fmt: skip
    return item


def parse_changes(text: str) -> dict[str, str]:
    """``condition=low_costs,direction=lowers`` as a mapping; a comma inside a value is written ``\\,``."""
    found: dict[str, str] = {}
    for part in text.replace("\\,", "\x00").split(","):
        if not part.strip():
            continue
        key, equals, value = part.replace("\x00", ",").partition("=")
        if not equals:
            raise BadInput(f"{part.strip()!r} is not field=value", where="--set",
                           fix="Write for example --set condition=low_costs,direction=lowers")  # fmt: skip
        found[_known("field", key.strip(), FIELDS)] = value.strip()
    return found


def corrected(case: Case, item: Evidence, decision: Decision, *, author: str, clock: Clock) -> Evidence:
    """The new record a correction makes: accepted, superseding the old one, with author, time and reason.

    It is available when the item was: a correction sets right how something known then was read.
    """
    if not decision.reason.strip():
        raise BadInput("a correction needs a reason", where=item.id, fix="Give it with --reason")
    if not decision.changes:
        raise BadInput("a correction changes something", where=item.id,
                       fix="Give it with --set field=value,...")  # fmt: skip
    now = clock.now()
    taken = {e.id for e in case.evidence}
    base = item.id.partition(".c")[0]
    name = next(f"{base}.c{n}" for n in range(1, len(taken) + 2) if f"{base}.c{n}" not in taken)
    simple, bearing = _split(case, item, dict(decision.changes))
    return replace(
        item,
        id=name,
        bearings=_changed_bearings(case, item, bearing),
        status=Status.ACCEPTED,
        supersedes=item.id,
        times=replace(item.times, recorded_at=now),
        provenance=Provenance(author=author, at=now, reason=decision.reason),
        **simple,
    )


def _split(case: Case, item: Evidence, changes: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """(fields of the item itself, fields of its bearing), the former as values."""
    simple: dict[str, Any] = {}
    for key in ("claim", "attribution", "origin"):
        if key in changes:
            simple[key] = changes.pop(key)
    if "position" in changes:
        # Empty: found by the words again; "own": repeats nobody; else the item it repeats.
        said = changes.pop("position").strip()
        if said and said != OWN_POSITION:
            _known("evidence", said, [e.id for e in case.standing() if e.id != item.id])
        simple["position"] = said or None
    if "kind" in changes:
        simple["kind"] = _choice("kind", changes.pop("kind"), ClaimKind)
    if "grade" in changes:
        grade = changes.pop("grade").upper()
        if len(grade) != 2:
            raise BadInput(f"grade {grade!r} is not a letter and a digit", where=item.id, fix="For example B2")
        simple["grade"] = Grade(reliability=grade[0], credibility=grade[1])
    # Each half alone leaves the other as it was: how good the source is does not say how likely this report is.
    for key in ("reliability", "credibility"):
        if key in changes:
            simple["grade"] = replace(simple.get("grade", item.grade), **{key: changes.pop(key).strip().upper()})
    if "quote" in changes:
        text = changes.pop("quote")
        if item.quote is None:
            raise BadInput("this item has no document to quote", where=item.id)
        simple["quote"] = item.quote.document.find_quote(text)
    if "span" in changes:
        simple["quote"] = _slice(item, changes.pop("span"))
        # What the rules propose says nothing but its quote; words of an analyst stay.
        if "claim" not in simple and item.quote is not None and item.claim == item.quote.text:
            simple["claim"] = simple["quote"].text
    if "target" in changes:
        from vedette.workflows.open_case import state_code

        simple["target"] = state_code(changes.pop("target"), case.as_of)
    for key in ("negated", "hypothetical"):
        if key in changes:
            simple[key] = _known("answer", changes.pop(key).casefold(), ("yes", "no")) == "yes"
    return simple, changes


def _slice(item: Evidence, text: str) -> Quote:
    """The quote at ``START-END`` of the document the item quotes, in code points."""
    start, dash, end = text.partition("-")
    if len(text) > 40 or not dash or not start.strip().isdecimal() or not end.strip().isdecimal():
        raise BadInput(f"span {text!r} is not START-END", where=item.id, fix="For example 120-184")
    if item.quote is None:
        raise BadInput("this item has no document to quote", where=item.id)
    made = item.quote.document.quote(int(start), int(end))
    if not made.text.strip():
        raise BadInput(f"the text at {text} is blank", where=item.id, fix="Mark some words")
    return made


def _changed_bearings(case: Case, item: Evidence, changes: dict[str, str]) -> tuple[Bearing, ...]:
    """The bearing on the option named in the changes (else the first), changed; a new one when there is none."""
    from vedette.reference.frameworks import framework

    if not changes:
        return item.bearings
    option = case.option(changes["option"]).id if "option" in changes else None
    if option is None:
        option = item.bearings[0].option if item.bearings else case.options[0].id
    # An item given another option moves there; one that bears on it already keeps its other bearings.
    current = next((b for b in item.bearings if b.option == option), item.bearings[0] if item.bearings else None)
    missing = [k for k in ("scenario", "condition", "direction", "strength") if k not in changes]
    if current is None and missing:
        raise BadInput(f"it bears on nothing yet, so {', '.join(missing)} must be set too", where=item.id)
    condition = changes.get("condition", current.condition if current else "")
    if condition != OPTION_CHANNEL:
        condition = framework(case.framework).condition(condition).id
    scenario = changes.get("scenario", current.scenario if current else "")
    made = Bearing(
        option=option,
        scenario=_known("scenario", scenario, list(case.moves.get(option, {}))),
        condition=condition,
        direction=_choice("direction", changes.get("direction", current.direction if current else ""), Direction),
        strength=_choice("strength", changes.get("strength", current.strength if current else ""), Strength),
        actor=changes["actor"] or None if "actor" in changes else current.actor if current else None,
    )
    if case.chance_moved(option, made.scenario, condition) is None:
        raise BadInput(f"{condition} of {made.scenario} moves nothing in this case", where=item.id,
                       fix=f"Scenarios that move: {', '.join(case.moves.get(option, {}))}")  # fmt: skip
    return tuple(made if b == current else b for b in item.bearings) if current else (made,)


def _choice(kind: str, name: str, values: type[E]) -> E:
    return values(_known(kind, name.casefold(), [v.value for v in values]))


def _known(kind: str, name: str, valid: Sequence[str]) -> str:
    if name not in valid:
        raise UnknownName(kind, name, nearest=difflib.get_close_matches(name, valid, n=3, cutoff=0.3) or valid)
    return name
