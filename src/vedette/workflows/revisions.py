"""Issuing a brief as the next revision, and what changed since the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.ports import Clock
from vedette.ports.briefs import Issued, IssuedBriefs
from vedette.reporting.brief import Brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is otherwise than in a revision. ``scenarios``: id -> (then, now), only where the number moved.

    ``request``: part of the composition -> (then, now).
    """

    revision: int
    scenarios: Mapping[str, tuple[float, float]]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    request: Mapping[str, tuple[str, str]]
    same_inputs: bool

    @property
    def nothing(self) -> bool:
        """Whether a brief made now says the same."""
        return self.same_inputs and not (self.scenarios or self.added or self.removed or self.request)


def issue(
    briefs: IssuedBriefs, clock: Clock, brief: Brief, request: Mapping[str, Any], *, author: str, note: str = "",
    after: int | None = None,
) -> Issued:  # fmt: skip
    """Keep an HTML brief as the next revision of its case. ``after`` as in `IssuedBriefs.issue`."""
    facts = brief.facts["assessment"]
    return briefs.issue(
        Issued(
            case=str(facts["case"]), revision=0, at=clock.now(), author=author, sha256="",
            inputs_digest=str(facts["inputs_digest"]), request=dict(request), scenarios=_scenarios(facts),
            evidence=_evidence(facts), note=note,
        ),
        brief.data,
        after=after,
    )  # fmt: skip


def changes_since(last: Issued, facts: Mapping[str, Any], request: Mapping[str, Any]) -> Changes:
    """What a brief of these facts and this request says otherwise than ``last``. ``facts``: its assessment's."""
    now = _scenarios(facts)
    then = last.scenarios
    names: Sequence[str] = [*now, *(n for n in then if n not in now)]
    moved = {
        n: (then.get(n, float("nan")), now.get(n, float("nan")))
        for n in names
        if not abs(then.get(n, float("nan")) - now.get(n, float("nan"))) < 5e-4
    }
    items = _evidence(facts)
    parts = {
        k: (_said(last.request.get(k)), _said(request.get(k)))
        for k in dict.fromkeys([*last.request, *request])
        if _said(last.request.get(k)) != _said(request.get(k))
    }
    return Changes(
        revision=last.revision, scenarios=moved, added=tuple(e for e in items if e not in last.evidence),
        removed=tuple(e for e in last.evidence if e not in items), request=parts,
        same_inputs=last.inputs_digest == str(facts["inputs_digest"]),
    )  # fmt: skip


def _scenarios(facts: Mapping[str, Any]) -> dict[str, float]:
    return {str(s["id"]): float(s["probability"]) for s in facts["scenarios"]}


def _evidence(facts: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted({str(e["id"]) for e in facts["evidence"]}))


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)
