"""What others did to a case since somebody looked at it: who, when, why, what it was and what it is.

Records are only ever added, so how many of each there were names the state that somebody saw; what follows after them
is what was done since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from vedette.domain.case import Case
from vedette.domain.evidence import Evidence, Review, Status, Verdict
from vedette.domain.indicators import Check
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.plain import to_plain
from vedette.errors import Deed, EditConflict
from vedette.ports import CaseStore
from vedette.ports.overview import Edit

GROWING = ("documents", "evidence", "reviews", "judgments", "indicators", "checks", "signals")
"""Parts of a case that are only added to: nobody's are lost when somebody else adds."""
SHOWN = {Verdict.ACCEPT: "accepted", Verdict.REJECT: "rejected", Verdict.CORRECT: "corrected",
         Verdict.WITHDRAW: "taken back"}  # fmt: skip
"""What a verdict is called once it is given."""
DID = SHOWN | {Verdict.WITHDRAW: "took back the decision on"}
"""What somebody did who gave it."""
LONGEST = 160
"""Characters of a value that is shown as what it was. [assumption]: two lines."""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def mark_of(*parts: object) -> str:
    """A short name for a state made of these parts."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def day_and_time(at: Any) -> str:
    """An instant in words."""
    return f"{at:%H:%M} UTC on {at:%Y-%m-%d}"


# -- the case itself ---------------------------------------------------------------------------------------


def case_mark(store: CaseStore, case: Case) -> str:
    """The state of a case as it is at hand: its version, and how many reviews, judgments and looks it has."""
    return _mark(len(store.edits(case.id)), case)


def _mark(version: int, case: Case) -> str:
    # A case that is only in the package is at what its first version in the workspace will be.
    counts = (len(case.reviews), len(case.judgments), len(case.checks), len(_given(case)))
    return ".".join(map(str, (max(version, 1), *counts)))


def _given(case: Case) -> list[Evidence]:
    """Items that were accepted when they were recorded, as in a case file; corrections come with their review."""
    made = {r.replacement for r in case.reviews}
    return [e for e in case.evidence if e.status is Status.ACCEPTED and e.id not in made]


def refuse_moved(store: CaseStore, case: Case, seen: str | None) -> None:
    """Raise `EditConflict` when something was done since ``seen`` (`case_mark`) that can move the case's number.

    Proposals that nobody has decided on move nothing and are no conflict. None or a text that is no mark: not asked.
    """
    counts = _counts(seen)
    if counts is None or seen == case_mark(store, case):
        return
    deeds = deeds_since(store, case, counts)
    if not deeds:
        return
    who = sorted({d.who for d in deeds if d.who})
    times = f"{len(deeds)} changes" if len(deeds) != 1 else "1 change"
    raise EditConflict(
        f"the case {case.id} was changed since this page was loaded: {times}"
        + (f" by {', '.join(who)}" if who else ""),
        where=case.id, fix="Look at what was done, and send yours again if it still holds", deeds=deeds,
        version=case_mark(store, case),
    )  # fmt: skip


def _counts(seen: str | None) -> tuple[int, ...] | None:
    parts = (seen or "").split(".")
    if len(parts) != 5 or not all(p.isascii() and p.isdecimal() and len(p) < 10 for p in parts):
        return None
    return tuple(map(int, parts))


def deeds_since(store: CaseStore, case: Case, counts: Sequence[int]) -> tuple[Deed, ...]:
    """What was done to the case since it had so many versions, reviews, judgments, looks and items of its own file.

    The oldest first.
    """
    version, reviews, judgments, checks, given = counts
    found = [d for e in store.edits(case.id) if e.version > version for d in structure_deeds(store, case.id, e)]
    for at, r in enumerate(case.reviews[reviews:], reviews):
        found.append(review_deed(case, r, case.reviews[:at]))
    found += _answers(case.judgments[:judgments], case.judgments[judgments:])
    found += [_look(case, at) for at in range(checks, len(case.checks))]
    for e in _given(case)[given:]:
        who = e.provenance.author if e.provenance is not None else ""
        found.append(Deed(who=who, what=f"brought in {e.id}: {_short(e.claim)}", at=e.times.recorded_at,
                          before="not in the case", after="accepted"))  # fmt: skip
    return tuple(sorted(found, key=lambda d: d.at.timestamp() if d.at is not None else 0.0))


def _look(case: Case, at: int) -> Deed:
    """The look at this place of the case's looks."""
    c = case.checks[at]
    before = [x for x in case.checks[:at] if x.indicator == c.indicator]
    said = "; ".join(t for t in (c.why, c.source and f"source: {c.source}") if t)
    return Deed(
        who=c.author, what=f"looked for {c.indicator}", at=c.recorded_at or c.at, why=said,
        before=_state(before[-1]) if before else "nobody had looked", after=_state(c),
    )


def _state(c: Check) -> str:
    return c.state.value.replace("_", " ")


def refuse_looked(case: Case, indicator: str, seen: str | None) -> None:
    """Raise `EditConflict` when somebody looked for an indicator since there were ``seen`` looks for it."""
    places = [at for at, c in enumerate(case.checks) if c.indicator == indicator]
    if not seen or not seen.isdecimal() or int(seen[:9]) >= len(places):
        return
    deeds = [_look(case, at) for at in places[int(seen) :]]
    last = deeds[-1]
    when = f" at {day_and_time(last.at)}" if last.at else ""
    raise EditConflict(
        f"{last.who} looked for {indicator}{when} and found it {last.after}, after this page was loaded",
        where=case.id, fix="Keep that look, or add yours after it", deeds=deeds, version=str(len(places)),
    )


def refuse_taking_back(case: Case, look: Check) -> None:
    """Raise `EditConflict`: the last look for an indicator is not whose it was thought to be."""
    deed, indicator = _look(case, case.checks.index(look)), look.indicator
    when = f" at {day_and_time(deed.at)}" if deed.at else ""
    raise EditConflict(
        f"the last look for {indicator} is by {deed.who}{when}, who found it {deed.after}", where=case.id,
        fix=f"Add a look of your own after it, or take back theirs with --of {deed.who!r}", deeds=[deed],
    )


def review_deed(case: Case, review: Review, earlier: Sequence[Review]) -> Deed:
    """A decision on an item as a deed. ``earlier``: the reviews before it."""
    item = next((e for e in case.evidence if e.id == review.evidence), None)
    before = [r for r in earlier if r.evidence == review.evidence]
    was = SHOWN[before[-1].verdict] if before else item.status.value if item is not None else ""
    newer = f" as {review.replacement}" if review.replacement else ""
    claim = f": {_short(item.claim)}" if item is not None else ""
    return Deed(
        who=review.author, what=f"{DID[review.verdict]} {review.evidence}{newer}{claim}", at=review.at,
        why=review.reason, before=was, after=SHOWN[review.verdict],
    )


def _answers(earlier: Sequence[Judgment], later: Sequence[Judgment]) -> list[Deed]:
    """Judgments as deeds, those given together as one."""
    found = []
    for key in dict.fromkeys((j.analyst, j.round, j.recorded_at or j.at) for j in later):
        given = [j for j in later if (j.analyst, j.round, j.recorded_at or j.at) == key]
        was = {(j.kind, j.subject): j for j in earlier if j.analyst == key[0]}
        old = [was[j.kind, j.subject] for j in given if (j.kind, j.subject) in was]
        found.append(
            Deed(
                who=key[0], what=f"answered, round {key[1]}", at=key[2], why=given[0].reason,
                before="; ".join(map(judged, old)) or "no answer", after="; ".join(map(judged, given)),
            )
        )
    return found


def judged(j: Judgment) -> str:
    """What a judgment says, in words."""
    value = f"{100 * j.value:g} %" if j.kind is JudgmentKind.PROBABILITY else f"{j.value:+g}"
    return f"{j.subject} {value}"


# -- structure ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A part of a case that two versions have otherwise, as words."""

    part: str
    before: str
    after: str


def differences(old: Case, new: Case) -> tuple[Difference, ...]:
    """Parts of the case itself that differ: title, question, options, scenarios, moves, window, assumptions, notes.

    What is only ever added (`GROWING`) is left out.
    """
    found: list[Difference] = []
    for f in fields(Case):
        if f.name in (*GROWING, "id") or getattr(old, f.name) == getattr(new, f.name):
            continue
        a, b = _leaves(to_plain(getattr(old, f.name)), f.name), _leaves(to_plain(getattr(new, f.name)), f.name)
        found += [
            Difference(part=name, before=a.get(name, "nothing"), after=b.get(name, "nothing"))
            for name in dict.fromkeys([*a, *b]) if a.get(name) != b.get(name)
        ]  # fmt: skip
    return tuple(found)


def _leaves(value: Any, name: str) -> dict[str, str]:
    """Every value inside by its place; a member of a list goes by its id."""
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in _leaves(inner, f"{name}.{key}").items()}
    if isinstance(value, list | tuple) and any(isinstance(v, dict) for v in value):
        places = {}
        for at, inner in enumerate(value):
            label = str(inner.get("id", at)) if isinstance(inner, dict) else str(at)
            places.update(_leaves(inner, f"{name}.{label}"))
        return places
    if isinstance(value, list | tuple):
        return {name: _short(", ".join(map(str, value)) or "nothing")}
    return {name: "nothing" if value is None or value == "" else _short(str(value))}


def structure_deeds(store: CaseStore, case_id: str, edit: Edit) -> list[Deed]:
    """What a version of the case itself changed; nothing for one that only added what cannot be lost."""
    if edit.version < 2:
        return []
    old, new = store.structure(case_id, edit.version - 1), store.structure(case_id, edit.version)
    return [
        Deed(who=edit.author, what=f"changed {d.part}", at=edit.at, why=edit.reason, before=d.before, after=d.after)
        for d in differences(old, new)
    ]


def refuse_overwriting(store: CaseStore, given: Case, stored: Case, *, author: str, onto: int | None) -> None:
    """Raise `EditConflict` when a file would set back what others changed of the case itself.

    ``onto``: the version the file was made on top of. Without one, a file may replace what its own author wrote, and
    what came with Vedette; the word of somebody else is not overwritten unseen.
    """
    edits = store.edits(given.id)
    newest = edits[-1].version if edits else 1
    apart = differences(stored, given)
    if not apart or (onto is not None and onto >= newest):
        return
    theirs = [
        d for e in edits
        if (e.version > onto if onto is not None else e.author not in (author, "vedette"))
        for d in structure_deeds(store, given.id, e) or _made(e)
    ]  # fmt: skip
    if not theirs:
        return
    last = theirs[-1]
    told = "; ".join(f"{d.part}: {d.before} -> {d.after}" for d in apart[:3])
    raise EditConflict(
        f"the file would change {len(apart)} part{'s' if len(apart) != 1 else ''} of {given.id} that {last.who} wrote"
        + (f" at {day_and_time(last.at)}" if last.at else "") + f" ({told})",
        where=given.id, fix=f"Look at it, and bring yours in on top of it with --onto {newest}", deeds=theirs,
        version=str(newest),
    )  # fmt: skip


def _made(edit: Edit) -> list[Deed]:
    return [Deed(who=edit.author, what="made the case", at=edit.at, why=edit.reason)] if edit.version == 1 else []


# -- what an analyst answers -------------------------------------------------------------------------------


def round_mark(case: Case, analyst: str, kinds: Sequence[JudgmentKind]) -> str:
    """What an analyst's form of answers rests on: the scenarios, their own answers, and, once shown, the others'."""
    return mark_of(*(s.id for s in case.scenario_set.scenarios), *(j.id for j in _shown_to(case, analyst, kinds)))


def _shown_to(case: Case, analyst: str, kinds: Sequence[JudgmentKind]) -> list[Judgment]:
    asked = [j for j in case.judgments if j.kind in kinds]
    own = [j for j in asked if j.analyst == analyst]
    return asked if own else own  # a blind round knows of nobody else's


def refuse_answered(case: Case, analyst: str, kinds: Sequence[JudgmentKind], seen: str | None) -> None:
    """Raise `EditConflict` when answers came in that the analyst's form did not show, or the scenarios changed."""
    if not seen or seen == round_mark(case, analyst, kinds):
        return
    shown, names = _shown_to(case, analyst, kinds), [s.id for s in case.scenario_set.scenarios]
    known = next((n for n in range(len(shown) + 1) if mark_of(*names, *(j.id for j in shown[:n])) == seen), None)
    deeds: list[Deed] = []
    if known is not None:
        # A blind form showed nobody's answers, so only the analyst's own are news to it.
        blind = not any(j.analyst == analyst for j in shown[:known])
        later = [j for j in shown[known:] if not blind or j.analyst == analyst]
        deeds = _answers(shown[:known], later)
    who = ", ".join(sorted({d.who for d in deeds}))
    raise EditConflict(
        f"{who} answered since this page was loaded" if deeds else "what is asked was changed since this was loaded",
        where=case.id, fix="Look at the answers, and give yours again if they still hold", deeds=deeds,
        version=round_mark(case, analyst, kinds),
    )
