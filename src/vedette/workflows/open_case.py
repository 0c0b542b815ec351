"""Opening cases: the bundled ones, those of the workspace, files, and new ones from a few answers."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vedette.domain.case import Case
from vedette.domain.claims import Posture
from vedette.domain.time import parse_date
from vedette.errors import CaseRefused, DateRefused, UnknownName
from vedette.ports import CaseChange, CaseStore
from vedette.workflows.conflicts import refuse_overwriting

CASE_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}\Z")
"""What a case id may look like: it names files and is typed."""

LEVEL_ATOMS = {
    # id: (statement, rule); the usual levels, worded for any pair of states. The analyst edits them in the file.
    "none": (
        "No armed forces of {who} are in {target} beyond what was there when the window opened.",
        "No deployment is declared by {who}, found by a UN body or reported by two agencies by the deadline.",
    ),
    "presence": (
        "Armed forces of {who} are deployed in {target} and are not established to have used force there.",
        "A deployment of 500 or more is declared or established; no use of force is attributed to it by the deadline.",
    ),
    "intervention": (
        "Armed forces of {who} use force in {target}, below full scale.",
        "Use of force by state forces is admitted, or attributed by a UN body, UCDP or two independent agencies.",
    ),
    "full_scale": (
        "{who} fights in {target} with 10,000 or more troops on its territory.",
        "Troop numbers by two independent estimates, together with attributed use of force.",
    ),
    "other": (
        "Anything that cannot be placed, such as force by proxies only.",
        "None of the above can be established from public sources within 90 days after the deadline.",
    ),
}
HOST_ATOMS = {
    # id: (statement, rule, attack, from the host, troops stay)
    "a1": (
        "Forces of {who} attack {target} from the territory of {host}.",
        "Use of force by state forces, entering or launched from {host}, attributed by a UN body or two agencies.",
        [1], [1], [0, 1],
    ),
    "a2": (
        "Forces of {who} attack {target} from elsewhere, and forces of {who} stay in {host}.",
        "Use of force as in a1 but none from {host}; 500 or more troops remain in {host} at the deadline.",
        [1], [0], [1],
    ),
    "a3": (
        "No attack; forces of {who} stay in {host}.",
        "No attributed use of force against {target}; 500 or more troops remain in {host} at the deadline.",
        [0], [0], [1],
    ),
    "a4": (
        "No attack; no forces of {who} stay in {host}.",
        "No attributed use of force against {target}; fewer than 500 troops in {host} at the deadline.",
        [0], [0], [0],
    ),
    "a5": (
        "Forces of {who} attack {target} from elsewhere, and none stay in {host}.",
        "Use of force as in a2; fewer than 500 troops in {host} at the deadline.",
        [1], [0], [0],
    ),
    "other": (
        "Anything that cannot be placed.",
        "None of the above can be established from public sources within 90 days after the deadline.",
        None, None, None,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """A line of the list of cases. ``source``: ``bundled`` or ``workspace``."""

    id: str
    title: str
    question: str
    as_of: dt.date
    deadline: dt.date
    evidence: int
    proposed: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """Answers from which a case is made. States by code or name, the first intervener leads."""

    interveners: tuple[str, ...]
    target: str
    posture: Posture
    opened: dt.date
    deadline: dt.date
    host: str | None = None
    id: str = ""
    title: str = ""
    organisation: str | None = None
    means: str = ""


def bundled_ids() -> Sequence[str]:
    """Ids of the cases that ship with Vedette."""
    from vedette.reference.bundled import bundled_case_ids

    return tuple(bundled_case_ids())


def state_code(name: str, day: dt.date) -> str:
    """ISO3 code of a state on a day; raises `UnknownState` with the nearest names."""
    from vedette.reference.states import find_state

    state = find_state(name, on=day)
    return state.iso3 or state.cowabb


def state_name(code: str) -> str:
    """Name of a state by its ISO3 code; the code itself when the table has none."""
    from vedette.errors import UnknownState
    from vedette.reference.states import find_state

    try:
        return find_state(code).name
    except UnknownState:
        return code


def case_ids(store: CaseStore) -> tuple[str, ...]:
    """Every id that can be opened, sorted."""
    return tuple(sorted({*store.case_ids(), *bundled_ids()}))


def open_case(store: CaseStore, name: str) -> Case:
    """The case of that id, from the workspace or else from the package; or the one in a file when given a path.

    Raises `UnknownName` with the nearest ids.
    """
    if _is_path(name):
        from vedette.reference.case_files import read_case

        return read_case(name)
    if store.stamp(name):
        return store.load(name)
    if name in bundled_ids():
        from vedette.reference.bundled import bundled_case

        return bundled_case(name)
    raise _unknown(store, name)


def open_weighing(store: CaseStore, name: str) -> Case:
    """As `open_case`, but of a stored case only the evidence that can move its number: as fast however much is read.

    For a probability, not for showing or changing the case: proposals that nobody has decided on are left out.
    """
    return store.weighing(name) if not _is_path(name) and store.stamp(name) else open_case(store, name)


def stored_case(store: CaseStore, name: str) -> Case:
    """The case in the workspace, copied there first when it is a bundled one. Call it inside a transaction."""
    if _is_path(name):
        raise CaseRefused(
            "evidence is read into a case of the workspace, not into a file", where=name,
            fix=f"Bring it in first with: vedette case import {name}",
        )
    if store.stamp(name):
        return store.load(name)
    case = open_case(store, name)
    store.create(case, author="vedette", reason="copied from the package when it was first changed")
    return store.load(name)


def summaries(store: CaseStore) -> tuple[CaseSummary, ...]:
    """Every case that can be opened, by id."""
    from vedette.domain.evidence import Status

    stored = set(store.case_ids())
    found = []
    for name in case_ids(store):
        case = open_case(store, name)
        standing = case.standing()
        found.append(
            CaseSummary(
                id=case.id, title=case.title, question=case.question, as_of=case.as_of, deadline=case.deadline,
                evidence=sum(e.status is Status.ACCEPTED for e in standing),
                proposed=sum(e.status is Status.PROPOSED for e in standing),
                source="workspace" if name in stored else "bundled",
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did.

    ``change`` is None for a case that is new to the workspace. ``not_understood`` names keys of the file that were
    left aside.
    """

    case: Case
    change: CaseChange | None
    not_understood: tuple[str, ...]


def import_case(
    store: CaseStore, path: Path, *, author: str, id: str | None = None, onto: int | None = None
) -> Imported:
    """Bring a case file or dossier into the workspace: new, or as additions to the case of the same id.

    ``onto``: the version of the case itself that the file was made on top of. Raises `EditConflict`, saying who changed
    what, when the file would set back what somebody else wrote; see `vedette.workflows.conflicts.refuse_overwriting`.
    """
    from dataclasses import replace

    from vedette.reference.case_files import read_case_with_notes

    case, notes = read_case_with_notes(path)
    if id:
        case = replace(case, id=id)
    if not CASE_ID.match(case.id):
        raise CaseRefused(
            f"id {case.id!r} is not usable as a name", where=str(path),
            fix="Use small letters, digits and hyphens, or give another with --id",
        )
    with store.transaction():
        if case.id not in store.case_ids():
            if case.id not in bundled_ids():
                store.create(case, author=author, reason=f"imported from {path.name}")
                return Imported(case=store.load(case.id), change=None, not_understood=notes)
            stored_case(store, case.id)
        stored = store.load(case.id)
        case = _with_watched(case, stored)
        refuse_overwriting(store, case, stored, author=author, onto=onto)
        change = store.revise(case, author=author, reason=f"imported from {path.name}")
        return Imported(case=store.load(case.id), change=change, not_understood=notes)


def _with_watched(case: Case, stored: Case) -> Case:
    """The case of a file with the indicators, looks and readings that only the workspace has: an import adds.

    One that both have under the same id stays the file's, so that the store can refuse an edited one.
    """
    from dataclasses import replace

    own = {i.id for i in case.indicators}, {s.id for s in case.signals}
    return replace(
        case,
        indicators=(*(i for i in stored.indicators if i.id not in own[0]), *case.indicators),
        checks=(*(c for c in stored.checks if c not in case.checks), *case.checks),
        signals=(*(s for s in stored.signals if s.id not in own[1]), *case.signals),
    )


def make_case(answers: NewCase) -> Case:
    """A case with the usual levels of outcome, default base rates and tree, ready to be edited."""
    from vedette.codec.dossier import decode_dossier
    from vedette.reference.case_files import NAMES

    if answers.deadline <= answers.opened:
        raise DateRefused(
            f"the window ends ({answers.deadline}) before it begins ({answers.opened})", fix="Give a later deadline"
        )
    interveners = [state_code(name, answers.opened) for name in answers.interveners]
    target = state_code(answers.target, answers.opened)
    host = state_code(answers.host, answers.opened) if answers.host else None
    if target in interveners:
        raise CaseRefused(f"{target} is both intervener and target")
    if host in (target, *interveners):
        # Troops already in the target, or starting from home, need no third state's consent.
        host = None
    identity = answers.id or _identity(interveners, target, answers.deadline)
    if not CASE_ID.match(identity):
        raise CaseRefused(f"id {identity!r} is not usable as a name", fix="Use small letters, digits and hyphens")
    return decode_dossier(_dossier(answers, identity, interveners, target, host), names=NAMES)


def parse_window(opened: str | None, deadline: str, *, today: dt.date) -> tuple[dt.date, dt.date]:
    """(first day, last day). The deadline is a date, or a length such as ``6m``, ``90d``, ``1y`` from the first day.

    Raises `DateRefused` when one is not a date, or when the last day is not after the first.
    """
    start = parse_date(opened, where="--from") if opened else today
    last = _last_day(start, deadline)
    if last <= start:
        raise DateRefused(f"the window ends ({last}) before it begins ({start})", fix="Give a later last day")
    return start, last


def _last_day(start: dt.date, deadline: str) -> dt.date:
    length = re.fullmatch(r"(\d{1,4})\s*([dwmy])", deadline.strip().lower())
    if length is None:
        return parse_date(deadline, where="--until")
    n, unit = int(length[1]), length[2]
    if unit in "dw":
        return start + dt.timedelta(days=n * (7 if unit == "w" else 1))
    month = start.month - 1 + n * (12 if unit == "y" else 1)
    year, month = start.year + month // 12, month % 12 + 1
    if year > dt.MAXYEAR:
        raise DateRefused(f"{deadline!r} from {start} is after the year {dt.MAXYEAR}", fix="Give a shorter length")
    for day in range(start.day, 27, -1):
        try:
            return dt.date(year, month, day)
        except ValueError:
            continue
    return dt.date(year, month, min(start.day, 28))


def _is_path(name: str) -> bool:
    return name.endswith((".toml", ".json")) or "/" in name


def _unknown(store: CaseStore, name: str) -> UnknownName:
    known = case_ids(store)
    nearest = difflib.get_close_matches(name, known, n=3, cutoff=0.3) or list(known[:3])
    return UnknownName("case", name, nearest=nearest, fix=f"Nearest: {', '.join(nearest)}. See: vedette case list")


def _identity(interveners: Sequence[str], target: str, deadline: dt.date) -> str:
    return f"{interveners[0]}-{target}-{deadline.year}".lower()


def _dossier(
    answers: NewCase, identity: str, interveners: list[str], target: str, host: str | None
) -> dict[str, Any]:
    who = answers.organisation or " and ".join(state_name(code) for code in interveners)
    where = state_name(target)
    words = {"who": who, "target": where, "host": state_name(host) if host else ""}
    question = f"Will {who} send armed forces into {where} by {answers.deadline}, and as what?"
    options: list[dict[str, Any]] = [
        {
            "id": "main", "intervener": interveners, "target": target, "host": host, "posture": answers.posture.value,
            "means": answers.means or "armed forces", "organisation": answers.organisation,
        }
    ]  # fmt: skip
    facts: dict[str, Any] = {}
    if host is None:
        atoms = [
            {"id": name, "statement": statement.format(**words), "rule": rule.format(**words)}
            for name, (statement, rule) in LEVEL_ATOMS.items()
        ]
        scenarios = [
            {"id": "force", "label": f"{who} uses force in {where}", "atoms": ["intervention", "full_scale"]},
            {"id": "presence", "label": f"Forces of {who} in {where} without use of force", "atoms": ["presence"]},
            {"id": "none", "label": "No deployment", "atoms": ["none"]},
            {"id": "other", "label": "Cannot be placed", "atoms": ["other"]},
        ]
    else:
        atoms = [
            {"id": name, "statement": statement.format(**words), "rule": rule.format(**words)}
            for name, (statement, rule, *_) in HOST_ATOMS.items()
        ]
        facts["atom_signatures"] = {
            name: {"attack": attack, "from_host": from_host, "stay": stay}
            for name, (_, _, attack, from_host, stay) in HOST_ATOMS.items()
            if attack is not None
        }
        place = state_name(host)
        question = (
            f"By {answers.deadline}, will {who} attack {where}, will it do so from {place}, "
            f"and will its forces stay in {place}?"
        )
        options.append(
            {"id": "stay", "intervener": interveners, "target": host, "host": host, "posture": "invited",
             "means": "lasting stationing of forces", "organisation": answers.organisation}
        )  # fmt: skip
        scenarios = [
            {"id": "attack", "label": f"{who} attacks {where}", "atoms": ["a1", "a2", "a5"]},
            {"id": "attack_from_host", "label": f"{who} attacks {where} from {place}", "atoms": ["a1"]},
            {"id": "lasting_presence", "label": f"Forces stay in {place}, no attack from there", "atoms": ["a2", "a3"]},
            {"id": "neither", "label": f"No attack from {place} and no lasting presence there", "atoms": ["a4", "a5"]},
            {"id": "other", "label": "Cannot be placed", "atoms": ["other"]},
        ]
    return {
        "schema": "dossier/1", "id": identity, "title": answers.title or f"{who} and {where}, to {answers.deadline}",
        "question": question, "as_of": answers.opened.isoformat(), "deadline": answers.deadline.isoformat(),
        "options": [{k: v for k, v in option.items() if v is not None} for option in options],
        "threshold_profile": "RAND-like: 500 or more troops count as presence, attributed force as intervention",
        "atoms": atoms, "scenarios": scenarios, "evidence": [], "structure": {"note": "", "facts": facts},
    }  # fmt: skip
