"""Reading 2,000 made articles: the rules and the full mode against a bare spaCy pass over the same texts.

``python benchmarks/reading.py [--articles 2000] [--blocks 5] [--seed 1]``

The peer is ``nlp.pipe`` of the pinned small English model with nothing left out and its result thrown away. Half of
the articles are about a crisis (a quarter to a half of their sentences bear on it), half about other things, as in a
feed; the same ratio is printed for the first half alone. The articles are cut into blocks; each block is read by all
three in turn, the first one changing, so that a slow minute of the machine falls on all of them. The default mode
scans first and parses nothing; the full mode (``--parser spacy``) also parses the sentences whose roles the rules leave
open. Prints articles and words a second, ratios by block as median and range, by processor time and by the clock, the
load of the machine, a digest of what the default gives, and how much of the full mode's evidence the default finds.
Run it with OMP_NUM_THREADS=1. Fails when the peer is missing, when the default is below 20 times the peer by the
clock, the full mode below 0.8 times, or the recall of evidence (span, conditions and directions) below .97.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from evals.crisis_articles import crisis_article, other_article  # noqa: E402

from vedette.domain.reading import Claim, Extraction  # noqa: E402
from vedette.errors import VedetteError  # noqa: E402
from vedette.extraction import extract  # noqa: E402
from vedette.extraction.parser import SentenceParser, parser_named  # noqa: E402

DAY = "2022-01-20"
DEFAULT_LIMIT, FULL_LIMIT, RECALL_LIMIT = 20.0, 0.8, 0.97


def bare_spacy() -> Callable[[Sequence[str]], object]:
    """The peer: every component of the same pinned model, and nothing done with what it finds."""
    import spacy

    from vedette.extraction.spacy_parser import MODEL

    pipeline = spacy.load(MODEL)

    def run(texts: Sequence[str]) -> object:
        return sum(len(document) for document in pipeline.pipe(texts))

    return run


def reading(parser: SentenceParser | None) -> Callable[[Sequence[str]], list[Extraction]]:
    return lambda texts: [extract(text, published=DAY, parser=parser) for text in texts]


def evidence(read: Extraction) -> set[Any]:
    """What is proposed: where it stands and what it says of which condition."""
    return {(c.start, c.end, c.conditions) for c in read.claims}


def whole(claim: Claim) -> tuple[Any, ...]:
    return (claim.start, claim.end, claim.conditions, claim.kind, claim.attribution, claim.target, claim.negated)


def main() -> int:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--articles", type=int, default=2000)
    cli.add_argument("--blocks", type=int, default=5)
    cli.add_argument("--seed", type=int, default=1)
    args = cli.parse_args()
    try:
        parser = parser_named("spacy")
    except VedetteError as error:
        print(f"not measured, the peer is missing: {error}")
        return 1
    rng = random.Random(args.seed)
    texts = [(other_article if i % 2 else crisis_article)(rng) for i in range(args.articles)]
    words = sum(len(text.split()) for text in texts)
    crisis = {"bare spaCy": 0.0, "full": 0.0, "default": 0.0}
    print(f"{len(texts)} made articles, seed {args.seed}: {words} words, {sum(map(len, texts)) / 1e6:.2f} MB; "
          f"{os.cpu_count()} cores, OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'not set')}")  # fmt: skip
    modes: dict[str, Callable[[Sequence[str]], Any]] = {
        "bare spaCy": bare_spacy(), "full": reading(parser), "default": reading(None),
    }  # fmt: skip
    for run in modes.values():
        run(texts[:20])  # caches and lazy tables
    taken: dict[str, list[float]] = {name: [] for name in modes}
    worked: dict[str, list[float]] = {name: [] for name in modes}
    found: dict[str, list[Extraction]] = {name: [] for name in modes}
    size = -(-len(texts) // args.blocks)
    order = list(modes)
    for block in range(args.blocks):
        part = texts[block * size : (block + 1) * size]
        for name in order[block % 3 :] + order[: block % 3]:
            began, busy = time.perf_counter(), time.process_time()
            first = modes[name](part[0::2])
            crisis[name] += time.process_time() - busy
            second = modes[name](part[1::2])
            taken[name].append((time.perf_counter() - began) / len(part))
            worked[name].append((time.process_time() - busy) / len(part))
            if name != "bare spaCy":
                found[name] += [*first, *second]
        print(f"  block {block + 1}: " + ", ".join(f"{n} {1 / taken[n][-1]:.1f} articles/s" for n in order)
              + f"; load {os.getloadavg()[0]:.2f}", flush=True)  # fmt: skip
    print(f"articles about a crisis alone: default {crisis['bare spaCy'] / crisis['default']:.1f} times bare spaCy "
          "(processor time)")  # fmt: skip
    print(f"digest of what the default proposes and mentions: {digest(found['default'])}")
    return judged(taken, worked, found, words)


def digest(read: Sequence[Extraction]) -> str:
    """The same for two programs that read alike, to the last letter: what made one faster changed nothing."""
    return hashlib.sha256("\n".join(map(repr, read)).encode()).hexdigest()[:16]


def judged(
    taken: dict[str, list[float]], worked: dict[str, list[float]], found: dict[str, list[Extraction]], words: int
) -> int:
    """Print ratios and recalls; 1 when a limit is missed. Judged by the clock; processor time stands beside it."""
    articles = len(found["full"])
    ratios = {}
    for name, limit in (("default", DEFAULT_LIMIT), ("full", FULL_LIMIT)):
        each = sorted(peer / own for peer, own in zip(worked["bare spaCy"], worked[name], strict=True))
        clock = sorted(peer / own for peer, own in zip(taken["bare spaCy"], taken[name], strict=True))
        ratios[name] = statistics.median(clock)
        speed = 1 / statistics.median(taken[name])
        print(f"{name:8} {speed:8.1f} articles/s, {speed * words / articles:9.0f} words/s: {ratios[name]:.2f} times "
              f"bare spaCy [{clock[0]:.2f}, {clock[-1]:.2f}], by processor time {statistics.median(each):.2f} "
              f"[{each[0]:.2f}, {each[-1]:.2f}]; limit {limit:g}")  # fmt: skip
    n = sum(len(evidence(read)) for read in found["full"])
    common = sum(len(evidence(f) & evidence(d)) for f, d in zip(found["full"], found["default"], strict=True))
    same = sum(
        len({whole(c) for c in f.claims} & {whole(c) for c in d.claims})
        for f, d in zip(found["full"], found["default"], strict=True)
    )
    parsed = sum(read.parsed for read in found["full"])
    recall = common / max(1, n)
    print(f"recall of default against full: evidence {recall:.3f} (n={n}), limit {RECALL_LIMIT}; the whole record, "
          f"with kind, speaker, target and negation, {same / max(1, n):.3f}; {parsed} sentences parsed")  # fmt: skip
    met = ratios["default"] >= DEFAULT_LIMIT and ratios["full"] >= FULL_LIMIT and recall >= RECALL_LIMIT and n > 0
    print("limits met" if met else "limits NOT met")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
