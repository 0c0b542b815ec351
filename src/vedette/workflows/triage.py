"""Deciding on evidence while others decide too, and what a sitting's decisions did to the number."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from vedette.domain.case import Case
from vedette.domain.evidence import Review, Status, Verdict
from vedette.domain.time import AsOf
from vedette.errors import EditConflict
from vedette.ports import CaseStore, Clock
from vedette.workflows.assess import assess_case
from vedette.workflows.conflicts import DID, day_and_time, mark_of, review_deed
from vedette.workflows.effects import effects
from vedette.workflows.open_case import open_case, stored_case
from vedette.workflows.review import Decision, latest_review
from vedette.workflows.review import record as put_down
from vedette.workflows.track_record import FindRecord


def seen_token(case: Case, evidence: str) -> str:
    """A short name for the decisions made on an item so far: it changes with every one."""
    return mark_of(*(_name(r) for r in case.reviews if r.evidence == evidence))


def _name(r: Review) -> str:
    return f"{r.verdict}|{r.author}|{r.at.isoformat()}|{r.replacement}"


def refuse_decided(case: Case, evidence: str, seen: str | None) -> None:
    """Raise `EditConflict`, saying who decided what and when, if somebody decided on the item since ``seen``."""
    if seen is not None and seen != seen_token(case, evidence):
        raise _conflict(case, evidence, seen)


def decide(
    store: CaseStore, clock: Clock, case_name: str, decision: Decision, *, author: str, seen: str | None = None
) -> Review:
    """Record one decision. ``seen``: the token of the item as the analyst saw it.

    Raises `EditConflict`, saying who decided what and when, if somebody decided on the item since; what
    `vedette.workflows.review.review` raises otherwise. Nothing is recorded then.
    """
    with store.transaction():
        case = stored_case(store, case_name)
        refuse_decided(case, decision.evidence, seen)
        return put_down(store, clock, case, decision, author=author)


def _conflict(case: Case, evidence: str, seen: str = "") -> EditConflict:
    made = [r for r in case.reviews if r.evidence == evidence]
    version = seen_token(case, evidence)
    if not made:
        return EditConflict(
            f"{evidence} is not what this page showed", where=case.id, fix="Load the page again", version=version
        )
    known = next((n for n in range(len(made)) if mark_of(*map(_name, made[:n])) == seen), 0)
    last = made[-1]
    newer = f" as {last.replacement}" if last.replacement else ""
    return EditConflict(
        f"{last.author} {DID[last.verdict]} {evidence}{newer} at {day_and_time(last.at)}, after this page was loaded",
        where=case.id, fix="Keep theirs, or use yours: your edit is kept", version=version,
        deeds=[review_deed(case, r, made[:at]) for at, r in enumerate(made) if at >= known],
    )


def replaced(case: Case, evidence: str) -> EditConflict:
    """What is said of an item that another record has replaced, or that was removed, since it was looked at."""
    made = [r for r in case.reviews if r.evidence == evidence]
    by = f" by {made[-1].author} at {day_and_time(made[-1].at)}" if made else ""
    return EditConflict(
        f"{evidence} was replaced or removed{by} after this page was loaded", where=case.id,
        fix="The record that counts is marked in the text",
        deeds=[review_deed(case, r, made[:at]) for at, r in enumerate(made)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What one item did to each scenario, in points of probability (1 = certain). Causes sum to the change."""

    evidence: str
    kind: str
    what: str
    points: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Scenario probabilities before and after some decisions, and what did it, the largest first.

    ``decisions``: how many of them still count; one that was taken back does not.
    """

    decisions: int
    before: dict[str, float]
    after: dict[str, float]
    causes: tuple[Cause, ...]


def without_later_reviews(case: Case, since: int) -> Case:
    """The case before its ``since``-th review and the corrected records that came with later ones."""
    kept, later = case.reviews[:since], case.reviews[since:]
    gone = {r.replacement for r in later if r.replacement}
    return replace(case, reviews=kept, evidence=tuple(e for e in case.evidence if e.id not in gone))


def moved_since(
    case: Case, since: int, as_of: AsOf, *, mode: str = "recommended", record: FindRecord | None = None
) -> Moved:
    """How the reviews from the ``since``-th on moved the number as of a day.

    An item's points are its share of the log-odds times the slope between the two probabilities, so that they sum to
    the change exactly.
    """
    found = effects(without_later_reviews(case, since), case, as_of, as_of, mode=mode, record=record)
    slopes = {}
    for name, p in found.before.items():
        q = found.after[name]
        distance = _log_odds(q) - _log_odds(p)
        slopes[name] = (q - p) / distance if abs(distance) > 1e-9 else p * (1 - p)
    causes = [
        Cause(evidence=e.id, kind=e.kind, what=e.what, points={n: v * slopes[n] for n, v in e.log_odds.items()})
        for e in found.effects
    ]
    named = [c for c in causes if c.kind != "residual" or any(abs(v) > 5e-4 for v in c.points.values())]
    later = case.reviews[since:]
    standing = {r.evidence for r in later if latest_review(case, r.evidence) == r}
    return Moved(
        decisions=len(standing), before=dict(found.before), after=dict(found.after),
        causes=tuple(sorted(named, key=lambda c: (-max(map(abs, c.points.values()), default=0.0), c.evidence))),
    )


def _log_odds(p: float) -> float:
    held = min(max(p, 1e-12), 1 - 1e-12)
    return math.log(held) - math.log1p(-held)


def if_accepted(
    case: Case, evidence: str, as_of: AsOf, *, mode: str = "recommended", record: FindRecord | None = None
) -> dict[str, float]:
    """Probability of each scenario with a proposal accepted."""
    items = tuple(replace(e, status=Status.ACCEPTED) if e.id == evidence else e for e in case.standing())
    tried = replace(case, evidence=items, reviews=())
    made = assess_case(tried, as_of, mode=mode, with_sensitivity=False, record=record)
    return {s.id: s.probability for s in made.scenarios}


def last_of(case: Case, author: str, since: int) -> Review | None:
    """The last decision of an author that still counts, none before the ``since``-th; None without one."""
    for last in reversed(case.reviews[since:]):
        if last.author == author and latest_review(case, last.evidence) == last:
            return last
    return None


def undo_token(case: Case, author: str, since: int) -> str:
    """A short name for the decision that `undo_last` would take back; empty when there is none."""
    last = last_of(case, author, since)
    return mark_of(last.evidence, _name(last)) if last is not None else ""


def undo_last(
    store: CaseStore, clock: Clock, case_name: str, *, author: str, since: int, seen: str | None = None
) -> Review | None:
    """Take back the last decision of an author that still counts, none before the ``since``-th; None without one.

    ``seen``: the token of the decision that was to be taken back. Raises `EditConflict` when it is another one by now,
    or somebody has built on it: nothing else is taken back in its place.
    """
    with store.transaction():
        case = open_case(store, case_name)
        last = last_of(case, author, since)
        if seen is not None and seen != undo_token(case, author, since):
            raise _overtaken(case, author, since, seen)
        if last is None:
            return None
        decision = Decision(evidence=last.evidence, verdict=Verdict.WITHDRAW, reason="taken back")
        return put_down(store, clock, case, decision, author=author)


def _overtaken(case: Case, author: str, since: int, seen: str) -> EditConflict:
    meant = next((r for r in case.reviews if mark_of(r.evidence, _name(r)) == seen), None)
    version = undo_token(case, author, since)
    if meant is None:
        return EditConflict("it was taken back already", where=case.id, fix="Load the page again", version=version)
    made = [r for r in case.reviews if r.evidence == meant.evidence]
    later = made[made.index(meant) + 1 :]
    said = f"{later[-1].author} {DID[later[-1].verdict]} {meant.evidence} at {day_and_time(later[-1].at)}, after you"
    if not later:
        said = f"you have decided on {case.reviews[-1].evidence} since, in another window"
    return EditConflict(
        f"{said}: your decision on {meant.evidence} no longer stands last", where=case.id,
        fix="Decide on the item itself if you still disagree", version=version,
        deeds=[review_deed(case, r, made[: made.index(r)]) for r in later],
    )
