"""Two readers of one document: which of their claims are the same, and how far they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vedette.domain.plain import to_plain
from vedette.domain.reading import Claim
from vedette.scoring.agreement import CategoryAgreement, agreement_of

# Two spans are one claim from this intersection over union on: the usual line in span scoring, and that of the
# development set's scorer. With it a span can match at most one of several that do not overlap.
SAME = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What two readers found. ``both``: (rules, second reader); ``condition`` compares the first conditions of a pair.

    ``direction`` compares the direction on a condition that both name, so it has fewer pairs.
    """

    both: tuple[tuple[Claim, Claim], ...]
    rules_only: tuple[Claim, ...]
    second_only: tuple[Claim, ...]
    condition: CategoryAgreement
    direction: CategoryAgreement

    def to_dict(self) -> dict[str, Any]:
        """Counts, agreement figures, and every pair that differs."""
        return {
            "both": len(self.both), "rules_only": len(self.rules_only), "llm_only": len(self.second_only),
            "condition": to_plain(self.condition), "direction": to_plain(self.direction),
            "differences": [
                {"quote": a.quote, "start": a.start, "end": a.end, "rules": _plain(a), "llm": _plain(b)}
                for a, b in self.differences()
            ],
        }  # fmt: skip

    def differences(self) -> tuple[tuple[Claim, Claim], ...]:
        """Pairs that name another first condition, or another direction on one that both name."""
        return tuple(
            (a, b) for a, b in self.both if _first(a) != _first(b) or any(x != y for x, y in _directions(a, b))
        )


def _plain(claim: Claim) -> dict[str, Any]:
    return {"kind": claim.kind.value, "attribution": claim.attribution, "conditions": to_plain(claim.conditions)}


def overlap(a: Claim, b: Claim) -> float:
    """Intersection over union of two spans, in [0, 1]."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    return shared / (max(a.end, b.end) - min(a.start, b.start)) if shared > 0 else 0.0


def without_copies(claims: Sequence[Claim]) -> tuple[tuple[Claim, ...], int]:
    """(claims in the order of the text, the first of those that are the same; how many were left out)."""
    kept: list[Claim] = []
    for claim in claims:
        if all(overlap(claim, other) < SAME for other in kept):
            kept.append(claim)
    return tuple(sorted(kept, key=lambda c: (c.start, c.end))), len(claims) - len(kept)


def agree(rules: Sequence[Claim], second: Sequence[Claim]) -> Agreement:
    """Pair the claims of two readers one to one, the largest overlap first, ties by place; then compare the pairs.

    A claim of the second reader that overlaps a taken claim of the rules by `SAME` or more is the same statement, so
    it is not among ``second_only`` either.
    """
    close = sorted(
        ((-o, i, j) for i, a in enumerate(rules) for j, b in enumerate(second) if (o := overlap(a, b)) >= SAME),
    )
    left, right = set(range(len(rules))), set(range(len(second)))
    pairs = []
    for _, i, j in close:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            pairs.append((i, j))
    both = tuple((rules[i], second[j]) for i, j in sorted(pairs))
    merged = {j for _, _, j in close}
    return Agreement(
        both=both,
        rules_only=tuple(rules[i] for i in sorted(left)),
        second_only=tuple(second[j] for j in sorted(right - merged)),
        condition=agreement_of([(_first(a), _first(b)) for a, b in both]),
        direction=agreement_of([pair for a, b in both for pair in _directions(a, b)]),
    )


def _first(claim: Claim) -> str:
    return claim.conditions[0].condition if claim.conditions else "none"


def _directions(a: Claim, b: Claim) -> list[tuple[str, str]]:
    """Directions on the first condition that both name; a statement that bears on nothing has none."""
    theirs = {c.condition: c.direction.value for c in b.conditions}
    shared = [(c.direction.value, theirs[c.condition]) for c in a.conditions if c.condition in theirs]
    return shared[:1] if _first(a) != "none" else []
