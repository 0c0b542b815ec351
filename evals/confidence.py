"""Fit and judge the confidence of proposed evidence against annotated statements.

    python evals/confidence.py [--fit] [--held-out]

A proposal is right when it overlaps an annotated claim by half (intersection over union, one to one) and agrees with it
on a condition and its direction, or both name no condition; proposals from unrelated documents are wrong. Figures on
the tuning part are out of fold: five folds of whole documents. ``--fit`` fits on the tuning part and writes the
coefficients. ``--held-out`` judges them on the held-out quarter; every such look goes into
docs/reference/test-year-looks.md. Needs the shared data (``VEDETTE_SHARED``): without them it measures nothing.

Prints Brier score beside that of the base rate with a 90 % interval of the difference (bootstrap over documents), log
loss, and the expected calibration error in five bins of equal count with what it would be for a perfect forecaster of
the same size.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from evals.extraction import Statements, overlap  # noqa: E402

from vedette.extraction import claims, extract  # noqa: E402
from vedette.extraction.confidence import FILE, NAMES, coefficients, confidence_of, features  # noqa: E402
from vedette.extraction.cue_rules import Scores  # noqa: E402

TARGET = ROOT / "src" / "vedette" / "reference" / "coefficients" / FILE
Floats = NDArray[np.float64]
FOLDS, BINS, DRAWS = 5, 5, 1000
# Prior precision of each standardised coefficient but the constant. [chosen before looking: one standard deviation of
# a feature is taken to move the log-odds by about one]
RIDGE = 1.0


class Rated:
    """Proposals of documents: features, whether each is right, and the document each stands in."""

    def __init__(self, statements: Statements, *, held_out: bool) -> None:
        rows: list[tuple[float, ...]] = []
        right: list[bool] = []
        documents: list[str] = []
        for name in sorted(i for i in statements.texts if statements.held(i) == held_out):
            seen, found = read(statements.texts[name])
            rows += seen
            right += judged(found, statements.gold[name]["claims"])
            documents += [name] * len(found)
        self.x: Floats = np.array(rows)
        self.y: Floats = np.array(right, dtype=float)
        self.documents = np.array(documents)
        self.digest = hashlib.sha256(repr((sorted(set(documents)), rows, right)).encode()).hexdigest()[:12]


def read(document: dict[str, Any]) -> tuple[list[tuple[float, ...]], list[Any]]:
    """Features and claims of one document, in the same order: each kept claim asks once for its confidence."""
    seen: list[tuple[float, ...]] = []

    def remember(scores: Scores) -> float:
        seen.append(features(scores))
        return 0.5

    kept = claims.confidence_of
    claims.confidence_of = remember
    try:
        found = extract(document["text"], published=document["date"], title=document["headline"]).claims
    finally:
        claims.confidence_of = kept
    assert len(seen) == len(found)
    return seen, list(found)


def judged(found: list[Any], gold: list[dict[str, Any]]) -> list[bool]:
    """Whether each proposal is right."""
    pairs = sorted(
        (
            (overlap(c.start, c.end, g["start"], g["end"]), -j, -k)
            for j, c in enumerate(found) for k, g in enumerate(gold)
        ),
        reverse=True,
    )
    taken: dict[int, int] = {}
    used: set[int] = set()
    for share, j, k in pairs:
        if share >= 0.5 and -j not in taken and -k not in used:
            taken[-j] = -k
            used.add(-k)
    return [j in taken and _agree(c, gold[taken[j]]) for j, c in enumerate(found)]


def _agree(claim: Any, gold: dict[str, Any]) -> bool:
    said = {(c.condition, str(c.direction)) for c in claim.conditions if c.condition != "none"}
    meant = {(c["condition"], c.get("direction", "unclear")) for c in gold["conditions"] if c["condition"] != "none"}
    return bool(said & meant) if said or meant else True


def fit(x: Floats, y: Floats) -> Floats:
    """Coefficients of a ridge logistic regression on standardised features, given back for the raw ones (Newton)."""
    mean, spread = x.mean(axis=0), x.std(axis=0)
    mean[0], spread[0] = 0.0, 1.0
    spread[spread == 0] = 1.0
    z = (x - mean) / spread
    b = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], RIDGE)
    penalty[0] = 1e-6
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ b))
        step = np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + np.diag(penalty), z.T @ (y - p) - penalty * b)
        b += step
        if float(np.abs(step).max()) < 1e-10:
            break
    raw = b / spread
    raw[0] -= float((mean * b / spread)[1:].sum())
    return raw


def chance(x: Floats, b: Floats) -> Floats:
    """As `confidence_of` gives it, with its bounds and rounding."""
    p: Floats = np.round(np.clip(1 / (1 + np.exp(-x @ b)), 0.01, 0.99), 2)
    return p


def out_of_fold(rated: Rated) -> tuple[Floats, Floats]:
    """Confidence of each proposal, and the base rate, from the other folds' documents."""
    names = sorted(set(rated.documents))
    random.Random(1).shuffle(names)
    fold_of = {name: k % FOLDS for k, name in enumerate(names)}
    fold = np.array([fold_of[d] for d in rated.documents])
    p, base = np.zeros(len(rated.y)), np.zeros(len(rated.y))
    for k in range(FOLDS):
        inside = fold == k
        p[inside] = chance(rated.x[inside], fit(rated.x[~inside], rated.y[~inside]))
        base[inside] = rated.y[~inside].mean()
    return p, base


def calibration_error(p: Floats, y: Floats) -> float:
    """Mean distance of mean confidence and share right, over bins of equal count."""
    order = np.argsort(p, kind="stable")
    parts = np.array_split(order, BINS)
    return float(sum(len(i) * abs(p[i].mean() - y[i].mean()) for i in parts) / len(y))


def report(name: str, p: Floats, base: Floats, rated: Rated) -> None:
    """Print the figures of one part."""
    rng = np.random.default_rng(1)
    y = rated.y
    gain = (base - y) ** 2 - (p - y) ** 2
    names = sorted(set(rated.documents))
    by = [gain[rated.documents == d] for d in names]
    drawn = []
    for _ in range(DRAWS):
        chosen = [by[i] for i in rng.integers(0, len(by), len(by))]
        drawn.append(float(np.concatenate(chosen).mean()))
    low, high = np.quantile(drawn, [0.05, 0.95])
    perfect = [calibration_error(p, (rng.random(len(p)) < p).astype(float)) for _ in range(DRAWS)]
    loss = -float(np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
    old = np.mean((base - y) ** 2)
    print(f"{name}: n={len(y)} proposals in {len(names)} documents, {y.mean():.3f} right; digest {rated.digest}")
    print(f"  Brier {np.mean((p - y) ** 2):.4f}, base rate {old:.4f}, gain {gain.mean():+.4f} "
          f"[{low:+.4f}, {high:+.4f}]; log loss {loss:.4f}")  # fmt: skip
    print(f"  expected calibration error {calibration_error(p, y):.3f} in {BINS} bins; a perfect forecaster of "
          f"this size has {np.mean(perfect):.3f} (95 % below {np.quantile(perfect, 0.95):.3f})")  # fmt: skip
    for part in np.array_split(np.argsort(p, kind="stable"), BINS):
        print(f"    said {p[part].mean():.2f}, right {y[part].mean():.2f} (n={len(part)})")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", help="fit on the tuning part and write the coefficients")
    parser.add_argument("--held-out", action="store_true", help="judge on the held-out quarter; log the look")
    options = parser.parse_args(arguments)
    shared = Path(os.environ.get("VEDETTE_SHARED", ROOT.parent / "shared"))
    if not (shared / "eval" / "score.py").is_file():
        print(f"not measured: the annotated texts are not in {shared} (set VEDETTE_SHARED to their folder)")
        return 0
    statements = Statements(shared / "eval")
    tuning = Rated(statements, held_out=False)
    if options.fit:
        found = fit(tuning.x, tuning.y)
        held = {
            "names": list(NAMES), "coefficients": [round(float(b), 4) for b in found], "fitted_on": len(tuning.y),
            "documents": len(set(tuning.documents)), "right": round(float(tuning.y.mean()), 4),
            "data_digest": tuning.digest, "ridge": RIDGE,
        }  # fmt: skip
        TARGET.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
        coefficients.cache_clear()
        print(f"written to {TARGET.relative_to(ROOT)}: "
              + ", ".join(f"{n} {b:+.2f}" for n, b in zip(NAMES, found, strict=True)))  # fmt: skip
    p, base = out_of_fold(tuning)
    report("tuning part, out of fold", p, base, tuning)
    if options.held_out:
        held_out = Rated(statements, held_out=True)
        p = chance(held_out.x, np.array(coefficients()))
        report("held-out part", p, np.full(len(p), tuning.y.mean()), held_out)
    return 0


__all__ = ["confidence_of", "main"]

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
