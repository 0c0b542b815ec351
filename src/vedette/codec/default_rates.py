"""The one table of base rates a dossier starts from when it states none. Every row names its source.

Counted classes carry n, events and the 90 % Jeffreys interval, Beta(k + 1/2, n - k + 1/2). Stated ones are marked
[assumption] and have wide intervals: no data set counts what they ask. Neighbours share a land border; a relevant
dyad is one of neighbours or holds a major power.
"""

from __future__ import annotations

import datetime as dt

from vedette.domain.scenarios import BaseRate, Basis

YEAR = 365.25

_MID = (
    "Correlates of War MID 5 (Palmer et al. 2022), directed politically relevant dyad-years 1990-2014, "
    "initiation of the use of force"
)
_UCDP = "UCDP/PRIO Armed Conflict Dataset 25.1, directed politically relevant dyad-years 1990-2024"
_ICB = (
    "International Crisis Behavior v14 (Brecher, Wilkenfeld et al.), crises since 1946 by the trigger of the first "
    "crisis actor; outcome: serious clashes or full-scale war"
)

# (events, n, p, low, high, reference class, source)
_COUNTED: dict[str, tuple[int, int, float, float, float, str, str]] = {
    "force_any": (
        458, 87186, 0.005253, 0.004862, 0.005668, "force begun within a year, any relevant dyad", _MID,
    ),
    "force_apart": (
        120, 71526, 0.001678, 0.001441, 0.001945, "force begun within a year, not rivals, not neighbours", _MID,
    ),
    "force_bordering": (
        182, 13242, 0.013744, 0.012157, 0.015488, "force begun within a year, neighbours, not rivals", _MID,
    ),
    "force_rivals": (
        12, 424, 0.028302, 0.017317, 0.044018, "force begun within a year, rivals, not neighbours", _MID,
    ),
    "force_bordering_rivals": (
        144, 1994, 0.072217, 0.063138, 0.082212, "force begun within a year, rival neighbours", _MID,
    ),
    "support_troops": (
        156, 123406, 0.001264, 0.001106, 0.001439, "troops sent in a year to a government fighting rebels", _UCDP,
    ),
    "crisis": (64, 213, 0.30047, 0.25099, 0.35393, "crisis whose first trigger was not violent", _ICB),
    "crisis_military_act": (
        12, 55, 0.21818, 0.13839, 0.31936, "crisis whose first trigger was a non-violent military act", _ICB,
    ),
    "crisis_external_change": (7, 20, 0.35, 0.19695, 0.53317, "crisis set off by an external change", _ICB),
    "crisis_political_act": (16, 68, 0.23529, 0.15973, 0.32718, "crisis set off by a political act", _ICB),
}  # fmt: skip

# (p, low, high, reference class, why). No counted class exists for any of these.
_STATED: dict[str, tuple[float, float, float, str, str]] = {
    "deploy": (
        0.3, 0.08, 0.65, "any deployment in a crisis in which one was feared (no data set counts those by consent)",
        "set near the rate of serious clashes in crises without a violent trigger, 30 % of 213, and made wide",
    ),
    "force_given_deploy": (
        0.35, 0.1, 0.7, "deployed troops use force within the window",
        "invited deployments often end without combat; no count was found",
    ),
    "full": (
        0.25, 0.05, 0.6, "full scale, given that force is used",
        "between wars among force initiations (16 of 458) and full-scale wars among serious clashes in ICB (27 of 64)",
    ),
    "presence": (
        0.1, 0.02, 0.35, "troops present without force (no data set counts presence by consent)",
        "no data set of troop presence by consent was found",
    ),
    "unplaced": (
        0.02, 0.005, 0.06, "the facts cannot be placed in any other atom",
        "kept small: it only holds what the rules cannot decide",
    ),
    "access": (
        0.5, 0.1, 0.9, "the host consents to the use of its territory for this attack",
        "even odds: no data set codes consent to lend territory",
    ),
    "route": (
        0.5, 0.15, 0.85, "the attack goes through the host, given access",
        "even odds: no data set codes the route",
    ),
    "elsewhere": (
        0.9, 0.6, 0.99, "an attack not made through the host goes ahead from elsewhere rather than being called off",
        "an attacker that needs one host only is rare; no count was found",
    ),
    "stay": (
        0.3, 0.08, 0.65, "troops stay in the host beyond a declared end (no data set counts presence by consent)",
        "most exercises end as declared, but those held in a crisis are not most exercises; no count was found",
    ),
    "named": (
        0.5, 0.1, 0.9, "the named outcome happens",
        "even odds: the dossier gives no class for this outcome",
    ),
}  # fmt: skip

VETO = (0.5, 0.1, 0.9)
"""A host's power to refuse when the dossier says nothing of it: value, low, high [assumption: wide on purpose]."""

CRISIS_LOOKBACK_DAYS = 180
"""A crisis class holds from the first item not older than this at as_of [assumption: ICB crises last months]."""


_CRISIS_DAYS = {
    "crisis": 85.0, "crisis_military_act": 38.5, "crisis_external_change": 104.5, "crisis_political_act": 100.5,
}  # fmt: skip
"""Median length in days of the crises of each class (ICB v14, duration of the crisis; evals/history_panel.py)."""


def counted(name: str, *, holds_from: dt.date | None = None) -> BaseRate:
    """A counted class by name; classes of a year carry it as their period."""
    events, n, p, low, high, label, source = _COUNTED[name]
    crisis = name.startswith("crisis")
    return BaseRate(
        p=p, low=low, high=high, n=n, events=events, reference_class=label, source=source,
        basis=Basis.CRISIS if crisis else Basis.STRUCTURE,
        period_days=_CRISIS_DAYS[name] if crisis else YEAR, holds_from=holds_from,
    )  # fmt: skip


def stated(name: str, *, basis: Basis = Basis.STATED, holds_from: dt.date | None = None) -> BaseRate:
    """A stated rate by name, marked [assumption]."""
    p, low, high, label, why = _STATED[name]
    return BaseRate(
        p=p, low=low, high=high, reference_class=label, basis=basis, source=f"[assumption] {why}",
        holds_from=holds_from, period_days=_CRISIS_DAYS["crisis"] if basis is Basis.CRISIS else None,
    )


def counted_names() -> tuple[str, ...]:
    """Names of the counted classes."""
    return tuple(_COUNTED)


def stated_names() -> tuple[str, ...]:
    """Names of the stated rates."""
    return tuple(_STATED)
