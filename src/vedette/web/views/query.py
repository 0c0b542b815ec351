"""The whole view of a case in its address: what is asked for, read strictly, and addresses of other views."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams

from vedette.assessment.channels import AUTHOR, RECOMMENDED
from vedette.domain.time import parse_date
from vedette.errors import BadInput, UnknownName
from vedette.web.views.address import case_path

MODES: Final = (RECOMMENDED, AUTHOR)
MOST: Final = 200
"""Ids and what-ifs an address may name. [assumption]: far more than anyone clicks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """A view of a case. ``as_of`` None is the case's current day; ``scenario`` None the first."""

    as_of: dt.date | None = None
    mode: str = RECOMMENDED
    scenario: str | None = None
    without: tuple[str, ...] = ()
    set: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: QueryParams) -> CaseQuery:
        """From the parameters of an address; raises `BadInput` or `UnknownName` for what cannot be used."""
        mode = given.get("mode") or RECOMMENDED
        if mode not in MODES:
            raise UnknownName("mode", mode, nearest=MODES)
        without = _names(given.getlist("without"))
        changes = tuple(dict.fromkeys(x.strip() for x in given.getlist("set") if x.strip()))
        if len(without) > MOST or len(changes) > MOST:
            raise BadInput(f"an address with more than {MOST} ids", fix="Take some away")
        day = given.get("as_of")
        return cls(
            as_of=parse_date(day, where="as_of") if day else None,
            mode=mode,
            scenario=given.get("scenario") or None,
            without=without,
            set=changes,
        )

    def text(self, **changes: Any) -> str:
        """The query of an address, with some fields changed; empty for the plain view."""
        q = replace(self, **changes)
        pairs: list[tuple[str, str]] = []
        if q.as_of is not None:
            pairs.append(("as_of", q.as_of.isoformat()))
        if q.mode != RECOMMENDED:
            pairs.append(("mode", q.mode))
        if q.scenario is not None:
            pairs.append(("scenario", q.scenario))
        if q.without:
            pairs.append(("without", ",".join(q.without)))
        pairs += [("set", change) for change in q.set]
        return urlencode(pairs, safe=",=")

    def fields(self, *left_out: str) -> tuple[tuple[str, str], ...]:
        """Hidden fields of a form that keeps this view but for some names."""
        return tuple((k, v) for k, v in parse_qsl(self.text()) if k not in left_out)


def _names(given: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for text in given for name in text.split(",") if name.strip()))


def address(case_id: str, query: CaseQuery, tail: str = "", **changes: Any) -> str:
    """An address below a case that keeps the view; ``tail`` such as ``/map.json``."""
    text = query.text(**changes)
    return f"{case_path(case_id)}{tail}{f'?{text}' if text else ''}"
