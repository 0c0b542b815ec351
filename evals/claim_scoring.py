"""Count claims against annotated ones, by the rules of the annotators' own program, document by document.

A claim is found when a proposal overlaps it with at least half of their common extent; one to one, the best overlap
first. An optional claim costs nothing when it is left out, and a proposal matched to one is not counted. Condition and
direction are judged on matched claims; triples (claim, condition, direction) also charge claims missed and invented.
A test compares the counts with ``eval/score.py`` of the shared data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Row = Mapping[str, Any]
LEAST_OVERLAP = 0.5
NONE = {"none": "unclear"}


def overlap(a: Row, b: Row) -> float:
    """Characters in common over characters in either."""
    common = min(a["end"], b["end"]) - max(a["start"], b["start"])
    return 0.0 if common <= 0 else common / (max(a["end"], b["end"]) - min(a["start"], b["start"]))


def matches(gold: Sequence[Row], found: Sequence[Row]) -> list[tuple[int, int]]:
    """Pairs of positions, best overlap first, required claims before optional ones at the same overlap."""
    pairs = sorted((-overlap(g, p), bool(g.get("optional")), i, j) for i, g in enumerate(gold)
                   for j, p in enumerate(found) if overlap(g, p) >= LEAST_OVERLAP)  # fmt: skip
    used_gold: set[int] = set()
    used_found: set[int] = set()
    out = []
    for _, _, i, j in pairs:
        if i not in used_gold and j not in used_found:
            used_gold.add(i)
            used_found.add(j)
            out.append((i, j))
    return out


def conditions(claim: Row) -> dict[str, str]:
    """Direction by condition; a claim that bears on none has the one condition "none"."""
    found = {c["condition"]: c.get("direction", "unclear") for c in claim.get("conditions") or ()}
    if len(found) > 1:
        found.pop("none", None)
    return found or dict(NONE)


def counts(gold: Sequence[Row], found: Sequence[Row]) -> Counter[str]:
    """Counts of one document; add them up over documents."""
    n: Counter[str] = Counter()
    if not gold:
        n["unrelated"], n["unrelated_false"] = 1, len(found)
    pairs = matches(gold, found)
    hit = {i for i, _ in pairs}
    missed = [g for i, g in enumerate(gold) if i not in hit and not g.get("optional")]
    taken = {j for _, j in pairs}
    invented = [p for j, p in enumerate(found) if j not in taken]
    n["claim_fn"], n["claim_fp"] = len(missed), len(invented)
    n["triple_fn"] = sum(len(set(conditions(g)) - {"none"}) for g in missed)
    n["triple_fp"] = sum(len(set(conditions(p)) - {"none"}) for p in invented)
    for i, j in pairs:
        if gold[i].get("optional"):
            continue
        g, p = conditions(gold[i]), conditions(found[j])
        n["claim_tp"] += 1
        n["kind_right"] += gold[i].get("kind") == found[j].get("kind")
        both = set(g) & set(p)
        n["condition_tp"] += len(both)
        n["condition_fp"] += len(set(p) - set(g))
        n["condition_fn"] += len(set(g) - set(p))
        right = sum(g[c] == p[c] for c in both - {"none"})
        n["direction_n"] += len(both - {"none"})
        n["direction_right"] += right
        wrong = len(both - {"none"}) - right
        n["triple_tp"] += right
        n["triple_fp"] += wrong + len(set(p) - set(g) - {"none"})
        n["triple_fn"] += wrong + len(set(g) - set(p) - {"none"})
        named, wanted = set(found[j].get("actors") or ()), set(gold[i].get("actors") or ())
        n["actor_tp"] += len(named & wanted)
        n["actor_fp"] += len(named - wanted)
        n["actor_fn"] += len(wanted - named)
    return n


def f1(n: Counter[str], what: str) -> float:
    """Harmonic mean of precision and recall; 0 where nothing was right."""
    right = n[f"{what}_tp"]
    return 2 * right / (2 * right + n[f"{what}_fp"] + n[f"{what}_fn"]) if right else 0.0


def share(n: Counter[str], right: str, of: str) -> float:
    """One count over another; 0 where there was nothing to be right about."""
    return n[right] / n[of] if n[of] else 0.0


MEASURES: dict[str, Callable[[Counter[str]], float]] = {
    "claim_f1": lambda n: f1(n, "claim"),
    "claim_precision": lambda n: n["claim_tp"] / max(1, n["claim_tp"] + n["claim_fp"]),
    "claim_recall": lambda n: n["claim_tp"] / max(1, n["claim_tp"] + n["claim_fn"]),
    "condition_f1": lambda n: f1(n, "condition"),
    "direction": lambda n: share(n, "direction_right", "direction_n"),
    "triples_f1": lambda n: f1(n, "triple"),
    "kind": lambda n: share(n, "kind_right", "claim_tp"),
    "actors_f1": lambda n: f1(n, "actor"),
    "false_per_unrelated": lambda n: share(n, "unrelated_false", "unrelated"),
}


def total(each: Sequence[Counter[str]]) -> Counter[str]:
    """Counts over documents."""
    found: Counter[str] = Counter()
    for one in each:
        found.update(one)
    return found


def gain(own: Sequence[Counter[str]], other: Sequence[Counter[str]], measure: str, repeats: int = 1000
         ) -> tuple[float, float, float]:  # fmt: skip
    """Difference to another reader and its 95 % interval, whole documents resampled, the same for both."""
    take = MEASURES[measure]
    rng = np.random.default_rng(7)
    found = []
    for _ in range(repeats):
        drawn = rng.integers(len(own), size=len(own))
        found.append(take(total([own[k] for k in drawn])) - take(total([other[k] for k in drawn])))
    low, high = np.quantile(found, (0.025, 0.975))
    return take(total(own)) - take(total(other)), float(low), float(high)


def interval(own: Sequence[Counter[str]], measure: str, repeats: int = 1000) -> tuple[float, float]:
    """95 % interval of a measure, whole documents resampled."""
    take = MEASURES[measure]
    rng = np.random.default_rng(7)
    found = [take(total([own[k] for k in rng.integers(len(own), size=len(own))])) for _ in range(repeats)]
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)
