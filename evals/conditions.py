"""Fit and judge the scorer of conditions on coded facts of other crises.

    python evals/conditions.py [--sweep] [--cues FILE] [--fit] [--held-out]

Fitted on the tuning part only: facts of real episodes (the bank), annotated claims of official statements and of news.
Figures on the tuning part are out of fold: five folds of whole episodes and documents. The cues were written on the
same tuning part, so rows with the cues are flattered there; the row without cues is not. ``--cues FILE`` reads another
table of cues, such as one older than the news annotation, for which the news are a fair test of how much cues should
weigh. ``--held-out`` reads the held-out episodes and news; every look goes into docs/reference/test-year-looks.md.
Needs the shared data (``VEDETTE_SHARED``).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from evals import news  # noqa: E402
from evals.extraction import Statements  # noqa: E402

from vedette.extraction import claims, condition_scorer, cue_rules  # noqa: E402
from vedette.extraction.condition_scorer import FILE, NAMES, ConditionModel, pack, pooled, terms_of, vector  # noqa: E402
from vedette.extraction.cue_rules import Scores, plain_clause, score_clause  # noqa: E402
from vedette.extraction.names import scan_names  # noqa: E402
from vedette.extraction.roles import Roles  # noqa: E402

TARGET = ROOT / "src" / "vedette" / "reference" / "coefficients" / FILE
FOLDS = 5
LEAST = 5  # documents or episodes a term must occur in, so that no text can be told from the terms
# Prior precision of each weight. [--sweep, the column without cues]
RIDGE = 10.0
BANK, STATEMENTS, NEWS = "facts of other crises", "statements", "news"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A fact or claim in plain form, what was coded, and the episode or document it stands in."""

    group: str
    plain: str
    scores: Scores
    labels: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A text as coded: who intervenes, and which conditions it raises or lowers."""

    group: str
    source: str
    text: str
    day: str
    roles: Roles
    bearings: tuple[tuple[str, str], ...]


def item(one: Coded) -> Item:
    names = scan_names(one.text, dt.date.fromisoformat(one.day[:10]))
    plain = plain_clause(one.text, 0, len(one.text), names, one.roles, "")
    return Item(group=one.group, plain=plain, scores=score_clause(plain), source=one.source,
                labels=tuple(n for n, _ in one.bearings if n in NAMES))  # fmt: skip


def coded_bank(folder: Path, *, held_out: bool) -> list[Coded]:
    """Facts of the episodes of one part, but those that bear on the option itself."""
    found = []
    for path in sorted(folder.glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        if "options" not in case or Statements.held(case["id"]) != held_out:
            continue
        option = case["options"][0]
        who = option["intervener"] if isinstance(option["intervener"], str) else option.get("organisation", "")
        roles = Roles(intervener=who, target=option["target"] or "", host=option.get("host") or "")
        found += [Coded(group=case["id"], source=BANK, text=e["fact"], day=e["available"], roles=roles,
                        bearings=((e["condition"], e["direction"]),))
                  for e in case["evidence"] if e["condition"] != "option"]  # fmt: skip
    return found


def _bearings(claim: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((c["condition"], c["direction"]) for c in claim["conditions"])


def coded_statements(statements: Statements) -> list[Coded]:
    """Annotated claims of the tuning part."""
    found = []
    for name in sorted(i for i in statements.texts if not statements.held(i)):
        gold = statements.gold[name]
        if not gold["claims"]:
            continue
        case = gold["case"]
        roles = Roles(intervener=case["intervener"], target=case["target"] or "", host=case.get("host") or "")
        found += [Coded(group=name, source=STATEMENTS, text=claim["quote"], day=gold["date"], roles=roles,
                        bearings=_bearings(claim)) for claim in gold["claims"]]  # fmt: skip
    return found


def coded_news(folder: Path, *, held_out: bool) -> list[Coded]:
    """Annotated claims of news, roles given; none where the texts are not there."""
    if not news.are_there(folder):
        return []
    return [Coded(group=article.id, source=NEWS, text=article.text[claim["start"] : claim["end"]], day=article.day,
                  roles=Roles(**article.case), bearings=_bearings(claim))
            for article in news.load(folder, held_out=held_out)[0] for claim in article.claims]  # fmt: skip


def items_of(coded: list[Coded]) -> list[Item]:
    """Items that bear on a condition; a fact of the bank always does."""
    return [made for made in map(item, coded) if made.labels or made.source == BANK]


def fit(items: list[Item], ridge: float = RIDGE) -> ConditionModel:
    """Multinomial logistic regression with a ridge, by L-BFGS; a claim with two labels is two halves."""
    from scipy.optimize import minimize

    within: dict[str, set[str]] = {}
    for one in items:
        within.setdefault(one.group, set()).update(terms_of(one.plain))
    counts = Counter(t for terms in within.values() for t in terms)
    terms = {t: k for k, t in enumerate(sorted(t for t, n in counts.items() if n >= LEAST))}
    x = np.array([vector(one.plain, terms) for one in items])
    x = np.hstack([np.ones((len(x), 1)), x])
    y = np.array([[(n in one.labels) / len(one.labels) for n in NAMES] for one in items])
    penalty = np.full((x.shape[1], 1), ridge)
    penalty[0] = 0.01

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(x.shape[1], len(NAMES))
        z = x @ w
        z -= z.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        value = -float((y * log_p).sum()) + 0.5 * float((penalty * w * w).sum())
        return value, (x.T @ (np.exp(log_p) - y) + penalty * w).ravel()

    done: Any = minimize(loss, np.zeros(x.shape[1] * len(NAMES)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    w = done.x.reshape(x.shape[1], len(NAMES))
    return ConditionModel(terms=terms, weights=w[1:], constants=w[0])


def folds(items: list[Item]) -> list[set[str]]:
    """Whole episodes and documents, the three sorts spread alike."""
    sorts = [sorted({i.group for i in items if i.source == s}) for s in (BANK, STATEMENTS, NEWS)]
    return [{g for names in sorts for g in names[k::FOLDS]} for k in range(FOLDS)]


def commonest(items: list[Item], source: str) -> list[str]:
    """The two commonest answers of one sort of text."""
    return [n for n, _ in Counter(n for i in items if i.source == source for n in i.labels).most_common(2)]


def out_of_fold(items: list[Item], source: str, ridge: float = RIDGE) -> tuple[list[Item], Floats, list[list[str]]]:
    """Items of one sort, logits of a model that saw nothing of their document, and the commonest two answers."""
    tested: list[Item] = []
    logits: list[Floats] = []
    common: list[list[str]] = []
    for fold in folds(items):
        rest = [i for i in items if i.group not in fold]
        model = fit(rest, ridge)
        best = commonest(rest, source)
        for one in (i for i in items if i.group in fold and i.source == source):
            tested.append(one)
            logits.append(model.constants + vector(one.plain, model.terms) @ model.weights)
            common.append(best)
    return tested, np.array(logits), common


def rates(items: list[Item], logits: Floats, weight: float) -> tuple[Floats, Floats]:
    """Whether the first answer is right, and whether one of the first two is."""
    order = [np.argsort(-pooled(z, i.scores, weight)) for i, z in zip(items, logits, strict=True)]
    answers = [[NAMES[k] for k in o] for o in order]
    pairs = list(zip(answers, items, strict=True))
    return (np.array([a[0] in i.labels for a, i in pairs], dtype=float),
            np.array([bool({*a[:2]} & {*i.labels}) for a, i in pairs], dtype=float))  # fmt: skip


def rules_first(one: Item) -> str:
    """The condition the cues give the most weight; empty when none fires."""
    best = max(NAMES, key=one.scores.total)
    return best if one.scores.total(best) else ""


def interval(values: Floats, groups: list[str]) -> tuple[float, float]:
    """95 % of the mean, episodes resampled 2,000 times."""
    rng = np.random.default_rng(7)
    names = sorted(set(groups))
    at = {n: values[np.array([g == n for g in groups])] for n in names}
    means = [np.concatenate([at[n] for n in rng.choice(names, len(names))]).mean() for _ in range(2000)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def show(title: str, items: list[Item], logits: Floats, common: list[list[str]]) -> None:
    """First and first-two answers of cues, regression, both, and the commonest answer."""
    groups = [i.group for i in items]
    print(f"{title}: n={len(items)}, {len(set(groups))} episodes")
    first = np.array([rules_first(i) in i.labels for i in items], dtype=float)
    base = [np.array([bool({*c[:k]} & {*i.labels}) for c, i in zip(common, items, strict=True)], dtype=float)
            for k in (1, 2)]  # fmt: skip
    rows = [("commonest answer", base[0], base[1]), ("cues alone", first, None),
            ("regression without cues", *rates(items, logits, 0.0)),
            ("both, as shipped", *rates(items, logits, condition_scorer.CUES))]  # fmt: skip
    for name, one, two in rows:
        low, high = interval(one - base[0], groups)
        second = "" if two is None else f"  first two {two.mean():.3f}"
        print(f"  {name:24} first {one.mean():.3f} (over the commonest {low:+.3f} to {high:+.3f}){second}")
    quiet = [(pooled(z, i.scores), i) for i, z in zip(items, logits, strict=True) if not rules_first(i)]
    named = [(p, i) for p, i in quiet if p.max() >= claims.SILENT_LIKELY]
    right = sum(NAMES[int(p.argmax())] in i.labels for p, i in named)
    print(f"  where the cues are silent (n={len(quiet)}): named {len(named)}, right {right}")


def read_cues(path: Path) -> None:
    """Take another table of cues for this run."""
    lines = tuple(n for n in path.read_text(encoding="utf-8").splitlines() if n.strip() and not n.startswith("#"))
    cue_rules.cue_lines = lambda: lines  # type: ignore[attr-defined]
    cue_rules.all_cues.cache_clear()
    cue_rules._automaton.cache_clear()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--sweep", "--fit", "--held-out"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("--cues", metavar="FILE", type=Path, help="read this table of cues instead of the shipped one")
    options = parser.parse_args(arguments)
    if options.cues:
        read_cues(options.cues)
    shared = Path(os.environ.get("VEDETTE_SHARED", ROOT.parent / "shared"))
    bank = shared / "cases" / "dossiers"
    if not bank.is_dir() or not (shared / "eval" / "score.py").is_file():
        print(f"not measured: the coded facts are not in {shared} (set VEDETTE_SHARED to their folder)")
        return 0
    texts = shared / "data" / "text"
    items = items_of([*coded_bank(bank, held_out=False), *coded_statements(Statements(shared / "eval")),
                      *coded_news(texts, held_out=False)])  # fmt: skip
    sorts = [s for s in (BANK, NEWS) if any(i.source == s for i in items)]
    if options.sweep:
        for source in sorts:
            for ridge in (0.5, 1.0, 3.0, 10.0, 30.0):
                tested, logits, _ = out_of_fold(items, source, ridge)
                pairs = [(w, rates(tested, logits, w)) for w in (0.0, 0.5, 1.0, 2.0, 3.0)]
                cells = "  ".join(f"{w}: {a.mean():.3f}/{b.mean():.3f}" for w, (a, b) in pairs)
                print(f"{source} ridge {ridge:5}  weight of the cues -> first/first two  {cells}")
        return 0
    for source in sorts:
        show(f"{source}, tuning part, out of fold", *out_of_fold(items, source))
    if options.fit:
        TARGET.parent.mkdir(exist_ok=True)
        with TARGET.open("wb") as stream:
            np.savez_compressed(stream, **pack(fit(items)))
        print(f"wrote {TARGET.name}: {TARGET.stat().st_size} bytes, {len(fit(items).terms)} terms")
    if options.held_out:
        model = condition_scorer.load_condition_model()
        for source, held in ((BANK, items_of(coded_bank(bank, held_out=True))),
                             (NEWS, items_of(coded_news(texts, held_out=True)))):  # fmt: skip
            if held:
                z = np.array([model.constants + vector(i.plain, model.terms) @ model.weights for i in held])
                show(f"{source}, held out", held, z, [commonest(items, source)] * len(held))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
