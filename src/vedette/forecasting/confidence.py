"""How well founded an estimate is. Not a function of the probability (METHOD 4.3.12)."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.assessment.channels import ChannelItem
from vedette.domain.forecast import Confidence, ScenarioEstimate, Sensitivity

# Points for a judgement of high, moderate and low. Each threshold is an [assumption] shown with its reason.
_MANY_ORIGINS = 15
_SOME_ORIGINS = 6
_GOOD_SHARE = 0.6
_NARROW_BAND = 0.25
_WIDE_BAND = 0.5
_FRAGILE = 0.05


def confidence(
    items: Sequence[ChannelItem],
    scenarios: Sequence[ScenarioEstimate],
    drops: Sequence[Sensitivity],
    method_spread: float | None,
) -> Confidence:
    """From independent origins, grades, width of the widest 90 % band, drop-one sensitivity and method disagreement.

    ``method_spread``: largest difference in a scenario's probability between the methods run; None when one ran.
    """
    if not items:
        return Confidence(level="low", reasons=("No accepted evidence: the estimate is the base rate.",))
    points = 0
    reasons: list[str] = []
    origins = len({i.origin for i in items})
    points += 1 if origins >= _MANY_ORIGINS else 0 if origins >= _SOME_ORIGINS else -1
    reasons.append(f"{origins} independent origins stand behind {len({i.evidence for i in items})} items.")
    graded = [i for i in items if i.reliability is not None]
    good = sum(1 for i in graded if i.reliability is not None and i.reliability >= 0.85) / len(items)
    points += 1 if good >= _GOOD_SHARE else 0 if good >= _GOOD_SHARE / 2 else -1
    reasons.append(f"{good:.0%} of the items come from sources graded A or B.")
    width = max(s.interval90[1] - s.interval90[0] for s in scenarios)
    points += 1 if width <= _NARROW_BAND else 0 if width <= _WIDE_BAND else -1
    reasons.append(f"The widest 90 % interval spans {100 * width:.0f} points.")
    fragile = max((abs(d.change) for d in drops), default=0.0)
    points += 1 if fragile <= _FRAGILE / 2 else 0 if fragile <= _FRAGILE else -1
    reasons.append(f"Leaving out any one item moves no scenario by more than {100 * fragile:.1f} points.")
    if method_spread is not None:
        points += 0 if method_spread <= _FRAGILE else -1
        reasons.append(f"The methods differ by up to {100 * method_spread:.0f} points.")
    level = "high" if points >= 3 else "moderate" if points >= 0 else "low"
    if origins < _SOME_ORIGINS:
        # A narrow band around little evidence is the base rate's, not the evidence's.
        level = "low"
    return Confidence(level=level, reasons=tuple(reasons))
