"""Try a trained scorer of directions against the rules: does a claim make its condition more or less met?

    python evals/directions.py [--sweep]

Facts of other crises, annotated statements and news, the tuning parts only; roles and condition are given. The scorer
is a logistic regression on groups of words (`WORDS`), on who is named and who is named first, each also by condition,
and on the words and word pairs with actors masked. Out of fold: five folds of whole episodes and documents. The rules
were written on the same texts, which flatters them where they speak and not where they are silent. Nothing of this is
part of the product: docs/reference/direction-scorer.md says why. Needs the shared data (``VEDETTE_SHARED``).
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from evals import conditions, news  # noqa: E402
from evals.conditions import BANK, FOLDS, LEAST, NEWS, STATEMENTS, interval  # noqa: E402
from evals.extraction import Statements  # noqa: E402

from vedette.extraction.condition_scorer import NAMES, WORD_SCALE, terms_of  # noqa: E402
from vedette.extraction.cue_rules import Scores  # noqa: E402

RIDGE = 10.0  # [--sweep]
SURE = 0.8  # from this probability on a direction would be shown; the sweep of the report prints others
Floats = NDArray[np.float64]
# Beginnings of words by what they speak of. Our own lists, written before any figure was seen.
WORDS = {
    "force": "attack kill bomb shell strik struck airstrik clash fight fought fire shot dead death wound casualt raid",
    "seize": "seiz captur overr recaptur took advanc occup annex invad invasion incursion cross",
    "talk": "talk negotiat dialog mediat summit meeting consult contact diploma envoy discuss proposal offer",
    "peace": "ceasefire cease-fire truce peace agreement accord deal settle de-escalat calm compromis concess releas",
    "fail": "fail collaps derail unravel broke suspend refus reject denied den halt cancel postpon stall longer ignor",
    "not": "not no never without neither nor none cannot unlikely unable little few lack",
    "build": "deploy mass amass buildup build-up send sent reinforc exercis drill mobili station base convoy mov",
    "leave": "withdr pull leave left evacuat retreat return depart",
    "arms": "weapon missile arms ammunition aid equipment suppl train tank aircraft jet warship artillery drone",
    "price": "sanction embargo condemn consequence isolat penalt cost price freeze expel ban warn urg concern",
    "support": "support back endors approv authori mandate ally allies welcom prais favo solidar help assist",
    "oppose": "oppos protest critic unpopular poll public resist against demonstrat unrest rall",
    "weak": "weak defeat surrender flee fled disarray unprepar outnumber demoral desert lost losing split purge",
    "ready": "defend defen repel fortif counter capab ready prepar strong able capacity advantage",
    "threat": "threat danger provoc accus aggress hostil blam terror militan genocid persecut massacre rebel insurg",
    "law": "request invit treaty recogni legitim illegal unlawful charter",
    "money": "oil gas trade econom reserves budget market export import currency revenue",
    "bloc": "nuclear nato membership eu alliance bloc",
}
PATTERNS = {k: re.compile(rf" (?:{'|'.join(v.split())})\w*(?= )") for k, v in WORDS.items()}
_ROLE = re.compile(r"§(\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A claim with the condition it bears on, and whether it raises it."""

    group: str
    source: str
    plain: str
    scores: Scores
    condition: str
    raises: bool

    @property
    def rule(self) -> bool | None:
        """What the rules say; None where they are silent or torn."""
        up, down = self.scores.up.get(self.condition, 0.0), self.scores.down.get(self.condition, 0.0)
        return None if up == down else up > down


def load(shared: Path) -> list[Item]:
    """Tuning parts of all three sorts, one item for each condition of a claim with a direction."""
    coded = [*conditions.coded_bank(shared / "cases" / "dossiers", held_out=False),
             *conditions.coded_statements(Statements(shared / "eval"))]  # fmt: skip
    if news.are_there(shared / "data" / "text"):
        coded += conditions.coded_news(shared / "data" / "text", held_out=False)
    found = []
    for one in coded:
        made = conditions.item(one)
        found += [Item(group=one.group, source=one.source, plain=made.plain, scores=made.scores, condition=name,
                       raises=direction == "raises")
                  for name, direction in one.bearings
                  if name in NAMES and direction in ("raises", "lowers")]  # fmt: skip
    return found


def features(one: Item, terms: set[str]) -> dict[str, float]:
    """Weights of the features that are there, by name."""
    named = _ROLE.findall(one.plain)
    plain = {k for k, pattern in PATTERNS.items() if pattern.search(one.plain)}
    plain |= {f"names {r}" for r in named} | {f"first {named[0] if named else '-'}"}
    if plain & {"not", "fail"}:
        plain |= {f"not {k}" for k in plain & {"talk", "peace", "build", "arms", "support", "force", "ready"}}
    found = dict.fromkeys(plain, 1.0) | {f"{k} | {one.condition}": 1.0 for k in plain} | {one.condition: 2.0}
    known = terms_of(one.plain) & terms
    return found | {f"word {t}": WORD_SCALE / np.sqrt(len(known)) for t in known}


def fit(rows: list[dict[str, float]], raises: list[bool], ridge: float) -> tuple[dict[str, int], Floats]:
    """Logistic regression with a ridge, by L-BFGS: columns, and weights with the constant first."""
    from scipy.optimize import minimize

    counts = Counter(k for row in rows for k in row)
    columns = {k: n for n, k in enumerate(sorted(k for k, n in counts.items() if n >= LEAST))}
    x = np.array([dense(row, columns) for row in rows])
    y = np.array(raises, dtype=float)
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 0.01

    def loss(w: Floats) -> tuple[float, Floats]:
        z = x @ w
        value = float((np.logaddexp(0, z) - y * z).sum()) + 0.5 * float((penalty * w * w).sum())
        return value, x.T @ (1 / (1 + np.exp(-z)) - y) + penalty * w

    done: Any = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return columns, done.x


def dense(row: dict[str, float], columns: dict[str, int]) -> Floats:
    found = np.zeros(len(columns) + 1)
    found[0] = 1.0
    for name, value in row.items():
        if name in columns:
            found[columns[name] + 1] = value
    return found


def out_of_fold(items: list[Item], ridge: float, *, words: bool) -> tuple[Floats, Floats]:
    """Probability of "raises" by the scorer, and the share of "raises" of the condition, without the own document."""
    sorts = [sorted({i.group for i in items if i.source == s}) for s in (BANK, STATEMENTS, NEWS)]
    scorer, share = np.zeros(len(items)), np.zeros(len(items))
    for k in range(FOLDS):
        fold = {g for names in sorts for g in names[k::FOLDS]}
        rest = [i for i in items if i.group not in fold]
        seen: dict[str, set[str]] = {}
        for one in rest:
            seen.setdefault(one.group, set()).update(terms_of(one.plain))
        often = Counter(t for terms in seen.values() for t in terms)
        terms = {t for t, n in often.items() if n >= LEAST} if words else set()
        columns, weights = fit([features(i, terms) for i in rest], [i.raises for i in rest], ridge)
        for at, one in enumerate(items):
            if one.group in fold:
                scorer[at] = 1 / (1 + np.exp(-dense(features(one, terms), columns) @ weights))
                like = [i.raises for i in rest if i.condition == one.condition]
                share[at] = np.mean(like) if like else 0.5
    return scorer, share


def report(items: list[Item], scorer: Floats, share: Floats) -> None:
    """Rules, commonest direction and scorer, where the rules speak and where they do not."""
    def right(p: Floats) -> Floats:
        return np.array([(v > 0.5) == i.raises for v, i in zip(p, items, strict=True)], dtype=float)

    by_scorer, by_share = right(scorer), right(share)
    for source in (BANK, STATEMENTS, NEWS):
        chosen = np.array([i.source == source for i in items])
        if not chosen.any():
            continue
        print(f"{source}, tuning part: n={chosen.sum()}, {len({i.group for i in items if i.source == source})} texts")
        parts: list[tuple[str, Callable[[Item], bool]]] = [
            ("rules speak", lambda i: i.rule is not None), ("rules silent", lambda i: i.rule is None)]  # fmt: skip
        for name, belongs in parts:
            at = np.flatnonzero([c and belongs(i) for c, i in zip(chosen, items, strict=True)])
            if not len(at):
                continue
            rules = np.array([items[k].rule == items[k].raises for k in at], dtype=float)
            other = rules if name == "rules speak" else by_share[at]
            low, high = interval(by_scorer[at] - other, [items[k].group for k in at])
            told = f"rules {rules.mean():.3f} (flattered)  " if name == "rules speak" else ""
            against = "rules" if name == "rules speak" else "commonest"
            print(f"  {name:13} n={len(at):3}  {told}commonest of the condition {by_share[at].mean():.3f}  scorer "
                  f"{by_scorer[at].mean():.3f} (over the {against} {low:+.3f} to {high:+.3f})")  # fmt: skip
            if name == "rules silent":
                for title, p, good in (("commonest", share, by_share), ("scorer", scorer, by_scorer)):
                    sure = [k for k in at if max(p[k], 1 - p[k]) >= SURE]
                    print(f"    sure from {SURE}: {title} right in {int(good[sure].sum())} of {len(sure)}")


def main(arguments: list[str]) -> int:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweep", action="store_true")
    options = parser.parse_args(arguments)
    shared = Path(os.environ.get("VEDETTE_SHARED", ROOT.parent / "shared"))
    if not (shared / "cases" / "dossiers").is_dir() or not (shared / "eval" / "score.py").is_file():
        print(f"not measured: the coded facts are not in {shared} (set VEDETTE_SHARED to their folder)")
        return 0
    items = load(shared)
    if options.sweep:
        silent = np.array([i.rule is None for i in items])
        for words in (False, True):
            for ridge in (1.0, 3.0, 10.0, 30.0):
                p, _ = out_of_fold(items, ridge, words=words)
                good = np.array([(v > 0.5) == i.raises for v, i in zip(p, items, strict=True)])
                print(f"words {words!s:5} ridge {ridge:5}: right where silent {good[silent].mean():.3f}, "
                      f"where the rules speak {good[~silent].mean():.3f}")  # fmt: skip
        return 0
    report(items, *out_of_fold(items, RIDGE, words=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
