"""What the grammatical parser adds to the rules on annotated statements: target, negation, speaker and kind.

    python evals/parser.py [--held-out]

Both read the same documents; claims matched to an annotated one by half (intersection over union, one to one) are
compared field by field, and the difference has a 90 % interval (bootstrap over documents). Claims, conditions and
directions are the rules' in both. ``--held-out`` reads the held-out quarter instead; such a look is logged in
docs/reference/test-year-looks.md. Needs the shared data and the extra ``vedette[nlp]``; says so when one is missing.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from evals.extraction import Statements, overlap  # noqa: E402

from vedette.errors import VedetteError  # noqa: E402
from vedette.extraction import extract  # noqa: E402
from vedette.extraction.parser import SentenceParser, parser_named  # noqa: E402
from vedette.extraction.speakers import AUTHOR  # noqa: E402

Row = dict[str, Any]
# Annotators name the site, the office or the state where a statement speaks for itself.
SELF = {"kremlin.ru", "president.gov.ua", "Kremlin", "Office of the President of Ukraine", "RUS", "UKR"}
HEADS = {"Putin", "Zelenskyy"}


def speaker_right(gold: Row, claim: Row) -> bool:
    """Whether the speaker is the annotator's, by last name; a statement's own voice may be its head of state."""
    wanted, given = gold["speaker"].split(" [")[0], claim["attribution"]
    if wanted in SELF:
        return bool(given == AUTHOR or given.split()[-1] in HEADS)
    return bool(wanted == given or wanted.rsplit(maxsplit=1)[-1] in given)


FIELDS: dict[str, Callable[[Row, Row], bool]] = {
    "target": lambda g, c: g.get("target") == c["target"],
    "negated": lambda g, c: bool(g["negated"]) == c["negated"],
    "speaker": speaker_right,
    "kind": lambda g, c: g["kind"] == c["kind"],
}


def matched(document: Row, gold: list[Row], parser: SentenceParser | None) -> tuple[list[tuple[Row, Row]], int]:
    """(annotated claim, proposed claim) pairs of one document, and the sentences parsed."""
    read = extract(document["text"], published=document["date"], title=document["headline"], parser=parser)
    found = read.to_dict()["evidence"]
    pairs = sorted(
        (
            (overlap(g["start"], g["end"], c["start"], c["end"]), -k, -j)
            for k, g in enumerate(gold) for j, c in enumerate(found)
        ),
        reverse=True,
    )  # fmt: skip
    taken: dict[int, int] = {}
    for share, k, j in pairs:
        if share >= 0.5 and -k not in taken and -j not in taken.values():
            taken[-k] = -j
    return [(gold[k], found[j]) for k, j in sorted(taken.items())], read.parsed


def main(arguments: list[str]) -> int:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--held-out", action="store_true", help="read the held-out quarter; log the look")
    options = cli.parse_args(arguments)
    shared = Path(os.environ.get("VEDETTE_SHARED", ROOT.parent / "shared"))
    if not (shared / "eval" / "score.py").is_file():
        print(f"not measured: the annotated texts are not in {shared} (set VEDETTE_SHARED to their folder)")
        return 0
    try:
        parser = parser_named("spacy")
    except VedetteError as error:
        print(f"not measured: {error}")
        return 0
    statements = Statements(shared / "eval")
    names = [n for n in statements.texts if statements.held(n) == options.held_out and statements.gold[n]["claims"]]
    right: dict[str, list[list[tuple[bool, bool]]]] = {field: [] for field in FIELDS}
    parsed = 0
    for name in names:
        document, gold = statements.texts[name], statements.gold[name]["claims"]
        plain, _ = matched(document, gold, None)
        grammar, sentences = matched(document, gold, parser)
        parsed += sentences
        for field, check in FIELDS.items():
            right[field].append([(check(g, a), check(g, b)) for (g, a), (_, b) in zip(plain, grammar, strict=True)])
    n = sum(map(len, right["target"]))
    part = "held-out" if options.held_out else "tuning"
    print(f"{part} part: {n} matched claims in {len(names)} documents, {parsed} sentences parsed")
    rng = np.random.default_rng(1)
    for field, rows in right.items():
        flat = np.array([pair for row in rows for pair in row], dtype=float)
        drawn = []
        for _ in range(1000):
            chosen = [np.array(rows[i], dtype=float).reshape(-1, 2) for i in rng.integers(0, len(rows), len(rows))]
            sample = np.concatenate(chosen)
            drawn.append(float((sample[:, 1] - sample[:, 0]).mean()))
        low, high = np.quantile(drawn, [0.05, 0.95])
        print(f"  {field:8} rules {flat[:, 0].mean():.3f}, with parser {flat[:, 1].mean():.3f}, "
              f"gain {(flat[:, 1] - flat[:, 0]).mean():+.3f} [{low:+.3f}, {high:+.3f}]")  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
