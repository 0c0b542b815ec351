"""What somebody else did meanwhile beside what you were about to do. One view for every form of the workbench."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from vedette.errors import Deed, EditConflict
from vedette.reporting.labels import safe_text
from vedette.web.views.address import sentence

MOST = 40
"""Deeds listed, the newest; how many came before is said. [assumption]: two screens."""
UNNAMED = "somebody in this workspace"
"""Who did it where neither the record nor the log says: the ledger keeps what and when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedRow:
    """One thing that somebody did. ``at`` is empty where the record does not say when."""

    who: str
    at: str
    at_text: str
    what: str
    why: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A field of the form that met the conflict. Hidden ones carry what cannot be changed here.

    ``kind``: ``line`` and ``area`` can still be changed, ``secret`` is typed again, ``hidden`` is sent as it is.
    """

    name: str
    value: str
    kind: Literal["hidden", "line", "area", "secret"] = "hidden"
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody was about to do.

    ``action``: where its form goes; ``kept``: its fields, without the version it was rendered from; ``mine``: what it
    would store, as (name, words); ``version``: name of the field with the version; ``keep`` and ``back``: (words,
    address) of the record as it is, and of the page the form came from. ``take`` is empty where nothing can be put on
    top of what was done, as after a question was answered.
    """

    action: str
    kept: tuple[Kept, ...]
    mine: tuple[tuple[str, str], ...]
    keep: tuple[str, str]
    back: tuple[str, str]
    version: str = "seen"
    take: str = "Take mine on top of theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """The page, and the part of a page. ``earlier``: deeds that are not listed."""

    finding: str
    what: str
    fix: str
    theirs: tuple[DeedRow, ...]
    earlier: int
    mine: tuple[tuple[str, str], ...]
    action: str
    hidden: tuple[Kept, ...]
    words: tuple[Kept, ...]
    take: str
    keep: tuple[str, str]
    back: tuple[str, str]


def deed_row(deed: Deed) -> DeedRow:
    """A deed as words."""
    at = deed.at.astimezone(dt.UTC) if deed.at is not None else None
    return DeedRow(
        who=safe_text(deed.who) or UNNAMED, at=at.isoformat(timespec="minutes") if at else "",
        at_text=f"{at:%Y-%m-%d %H:%M} UTC" if at else "", what=safe_text(deed.what), why=safe_text(deed.why),
        before=safe_text(deed.before), after=safe_text(deed.after),
    )  # fmt: skip


def conflict_view(error: EditConflict, asked: Attempt) -> ConflictView:
    """The two sides of a conflict. Repeating the attempt names the version that ``error`` found."""
    shown = error.deeds[-MOST:]
    words = tuple(k for k in asked.kept if k.kind != "hidden")
    hidden = tuple(k for k in asked.kept if k.kind == "hidden" and k.name != asked.version)
    return ConflictView(
        finding=_finding(error.deeds), what=sentence(safe_text(error.what)), fix=sentence(safe_text(error.fix)),
        theirs=tuple(deed_row(d) for d in shown), earlier=len(error.deeds) - len(shown),
        mine=tuple((label, safe_text(value)) for label, value in asked.mine if value), action=asked.action,
        hidden=(*hidden, Kept(name=asked.version, value=error.version)), words=words, take=asked.take,
        keep=asked.keep, back=asked.back,
    )  # fmt: skip


def _finding(deeds: Sequence[Deed]) -> str:
    people = list(dict.fromkeys(safe_text(d.who) or UNNAMED for d in deeds))
    if not people:
        return "This was changed after your page was loaded"
    who = people[0] if len(people) == 1 else f"{', '.join(people[:-1])} and {people[-1]}"
    if len(people) > 3:
        who = f"{', '.join(people[:3])} and others"
    return f"{who[0].upper()}{who[1:]} changed this after your page was loaded"


def kept_fields(
    fields: Mapping[str, str | Sequence[str]], words: Mapping[str, str] | None = None, areas: Sequence[str] = ()
) -> tuple[Kept, ...]:
    """Fields of a form, those of ``words`` (name -> label) to be changed still, the others hidden.

    A field that was sent more than once stays so; the token against forgery is the next page's own.
    """
    found = []
    for name, value in fields.items():
        if name == "csrf":
            continue
        label = (words or {}).get(name)
        for one in [value] if isinstance(value, str) else value:
            kind: Literal["hidden", "line", "area"] = (
                "hidden" if label is None else "area" if name in areas else "line"
            )
            found.append(Kept(name=name, value=one, kind=kind, label=label or ""))
    return tuple(found)
