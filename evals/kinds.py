"""Judge the rules for the kind of a claim, and a regression that ought to better them, on annotated claims.

    python evals/kinds.py [--misses]

Claims of the tuning part of the official statements, of the tuning part of the news, and of the seed article, matched
by half of their characters or more. The rules were written on these claims, the regression is judged out of fold: ten
folds of whole documents. Its features: what the rules say, who speaks, numbers, negation, words and pairs of words of
the clause in plain form. Ridge and features are tried side by side; nothing is shipped unless the best row beats the
rules. Intervals: 95 %, documents drawn with replacement. Needs the shared data (``VEDETTE_SHARED``).
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from evals import news  # noqa: E402
from evals.extraction import Statements, overlap  # noqa: E402
from evals.extraction import read as read_statement  # noqa: E402

from vedette.extraction import claims, extract  # noqa: E402
from vedette.extraction.kinds import kind_of  # noqa: E402

FOLDS = 10
LEAST = 4  # documents a word must occur in
KINDS = ("fact", "event", "speech", "judgement", "forecast", "argument")
STATEMENTS, NEWS, SEED = "statements", "news", "seed article"
RIDGES = (1.0, 3.0, 10.0, 30.0)
Floats = NDArray[np.float64]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """An annotated claim that was found: its features, the kind by the rules and by the annotator."""

    group: str
    source: str
    low: str
    flags: tuple[str, ...]
    rule: str
    gold: str


def matched(group: str, source: str, found: list[Row], gold: list[Row]) -> list[Matched]:
    """Annotated claims with the proposal that shares most of their characters."""
    pairs = []
    for one in gold:
        spans = one.get("offsets") or [(one["start"], one["end"])]
        keys = ("raw_start", "raw_end") if one.get("offsets") else ("start", "end")
        shares = [max(overlap(e[keys[0]], e[keys[1]], *span) for span in spans) for e in found]
        if shares and max(shares) >= 0.5:
            e = found[shares.index(max(shares))]
            author = e["attribution"] == claims.AUTHOR
            flags = [f"rule {e['kind']}", f"rule {e['kind']} {author}", f"author {author}", f"negated {e['negated']}",
                     f"hypothetical {e['hypothetical']}", f"numbers {bool(e['quantities'] or e['dates'])}"]  # fmt: skip
            pairs.append(Matched(group=group, source=source, low=e["quote"].lower(), flags=tuple(flags),
                                 rule=e["kind"], gold=one.get("kind") or one["claim_type"]))  # fmt: skip
    return pairs


def gather(shared: Path) -> list[Matched]:
    """Every matched claim of the tuning parts."""
    statements = Statements(shared / "eval")
    pairs: list[Matched] = []
    for name in sorted(statements.texts):
        if not statements.held(name) and statements.gold[name]["claims"]:
            found = read_statement(statements.texts[name])["evidence"]
            pairs += matched(name, STATEMENTS, found, statements.gold[name]["claims"])
    if news.are_there(shared / "data" / "text"):
        for article in news.load(shared / "data" / "text", held_out=False)[0]:
            pairs += matched(article.id, NEWS, news.read(article), list(article.claims))
    raw = (shared / "seed" / "article.txt").read_bytes()
    gold = json.loads((shared / "seed" / "gold.json").read_text(encoding="utf-8"))
    evidence = extract(raw, published=gold["source"]["published"]).to_dict()["evidence"]
    pairs += matched("seed", SEED, evidence, [i for i in gold["items"] if i["claim_type"] in KINDS])
    return pairs


def terms_of(one: Matched, words: bool) -> set[str]:
    """Flags, and words and pairs of neighbouring words if asked for."""
    tokens = one.low.split() if words else []
    return {*one.flags, *tokens, *(f"{a} {b}" for a, b in pairwise(tokens))}


def table(pairs: list[Matched], terms: dict[str, int], words: bool) -> Floats:
    """One row a claim: the flags as they are, the words scaled to one length, and a constant."""
    found = np.zeros((len(pairs), len(terms) + 1))
    found[:, -1] = 1.0
    for row, one in enumerate(pairs):
        known = [terms[t] for t in terms_of(one, words) - {*one.flags} if t in terms]
        found[row, known] = 2.0 / np.sqrt(max(1, len(known)))
        found[row, [terms[t] for t in one.flags if t in terms]] = 1.0
    return found


def fit(x: Floats, answers: list[int], ridge: float) -> Floats:
    """Multinomial logistic regression with a ridge, by L-BFGS."""
    from scipy.optimize import minimize

    y = np.eye(len(KINDS))[answers]
    penalty = np.full((x.shape[1], 1), ridge)
    penalty[-1] = 0.01

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(x.shape[1], len(KINDS))
        z = x @ w
        z -= z.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        value = -float((y * log_p).sum()) + 0.5 * float((penalty * w * w).sum())
        return value, (x.T @ (np.exp(log_p) - y) + penalty * w).ravel()

    done: Any = minimize(loss, np.zeros(x.shape[1] * len(KINDS)), jac=True, method="L-BFGS-B",
                         options={"maxiter": 400})  # fmt: skip
    weights: Floats = done.x.reshape(x.shape[1], len(KINDS))
    return weights


def out_of_fold(pairs: list[Matched], ridge: float, words: bool) -> list[str]:
    """The kind of each claim by a regression that saw nothing of its document."""
    groups = sorted({p.group for p in pairs})
    fold = {g: k % FOLDS for k, g in enumerate(groups)}
    answers = [""] * len(pairs)
    for k in range(FOLDS):
        rest = [p for p in pairs if fold[p.group] != k]
        within: dict[str, set[str]] = {}
        for p in rest:
            for term in terms_of(p, words):
                within.setdefault(term, set()).add(p.group)
        terms = {t: n for n, t in enumerate(sorted(t for t, docs in within.items() if len(docs) >= LEAST))}
        weights = fit(table(rest, terms, words), [KINDS.index(p.gold) for p in rest], ridge)
        here = [n for n, p in enumerate(pairs) if fold[p.group] == k]
        scores = table([pairs[n] for n in here], terms, words) @ weights
        for n, row in zip(here, scores, strict=True):
            answers[n] = KINDS[int(row.argmax())]
    return answers


def interval(hits: list[float], groups: list[str]) -> tuple[float, float]:
    """95 % of a mean, documents resampled 2,000 times."""
    rng = np.random.default_rng(7)
    names = sorted(set(groups))
    at = {n: np.array([h for h, g in zip(hits, groups, strict=True) if g == n]) for n in names}
    means = [np.concatenate([at[n] for n in rng.choice(names, len(names))]).mean() for _ in range(2000)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def show(title: str, pairs: list[Matched], answers: list[str]) -> None:
    """Share right in all and by source, and the gain over the rules."""
    cells = []
    for source in (STATEMENTS, NEWS, SEED):
        right = [a == p.gold for a, p in zip(answers, pairs, strict=True) if p.source == source]
        cells.append(f"{sum(right) / max(1, len(right)):.3f} (n={len(right)})")
    gain = [float(a == p.gold) - float(p.rule == p.gold) for a, p in zip(answers, pairs, strict=True)]
    low, high = interval(gain, [p.group for p in pairs])
    share = sum(a == p.gold for a, p in zip(answers, pairs, strict=True)) / len(pairs)
    print(f"  {title:32}{share:6.3f}  {'  '.join(cells)}  "
          f"over the rules {np.mean(gain):+.3f} ({low:+.3f} to {high:+.3f})")  # fmt: skip


def main(arguments: list[str]) -> int:
    """Print every row; 0."""
    shared = Path(os.environ.get("VEDETTE_SHARED", ROOT.parent / "shared"))
    if not (shared / "eval" / "score.py").is_file():
        print(f"not measured: the annotated texts are not in {shared} (set VEDETTE_SHARED to their folder)")
        return 0
    pairs = gather(shared)
    if "--misses" in arguments:
        for p in pairs:
            if p.rule != p.gold:
                print(f"{p.source} {p.group}: {p.gold}, read as {p.rule} | {p.low}")
        return 0
    print(f"kind of claim, tuning parts: {len(pairs)} matched claims of {len({p.group for p in pairs})} documents; "
          f"all, then {STATEMENTS}, {NEWS}, {SEED}")  # fmt: skip
    counted = {s: Counter(p.gold for p in pairs if p.source == s) for s in (STATEMENTS, NEWS, SEED)}
    show("commonest kind of the source", pairs, [counted[p.source].most_common(1)[0][0] for p in pairs])
    bare = [kind_of(p.low, told_by_author=True, performs=False, numbers=False).value for p in pairs]
    show("rules, speaker not known", pairs, bare)
    show("rules, as shipped", pairs, [p.rule for p in pairs])
    for words in (False, True):
        for ridge in RIDGES:
            name = f"regression, {'words, ' if words else ''}ridge {ridge:g}"
            show(name, pairs, out_of_fold(pairs, ridge, words))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
