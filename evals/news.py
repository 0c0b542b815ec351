"""Measure reading on news: claim, condition and direction, beside a keyword list and every sentence.

    python evals/news.py [--held-out] [--misses] [--raise-floors]

The texts are news of the shared data (``VEDETTE_SHARED``, by default ``../shared``): daily items of an encyclopedia
(September 2015) and agency and local articles of the corpora TR-News and LGL. They stay there; this repository keeps
our annotations only (``evals/news_claims.jsonl``: document, digest of its text, offsets, labels). One annotator, by the
guidelines of the statements. A quarter of the documents, by the hash of their number, is held out and read only with
``--held-out``; every look goes into docs/reference/test-year-looks.md.

Unrelated documents, on which every proposal is false: items of the categories `QUIET` of the encyclopedia, and the
first `LOCAL` articles of the corpora, by the hash of their number, that hold none of the words of `FORCE`.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from evals.claim_scoring import MEASURES, counts, gain, interval, matches, total  # noqa: E402
from evals.extraction import by_keyword, every_sentence  # noqa: E402

from vedette.extraction import extract  # noqa: E402
from vedette.extraction.roles import Roles  # noqa: E402

HERE = Path(__file__).resolve().parent
ANNOTATIONS = HERE / "news_claims.jsonl"
FLOORS = HERE / "floors.json"
CORPORA = ("TR-News", "lgl")
ITEMS = "wikipedia_current_events_2015_09.parquet"
QUIET = ("Disaster_Accident", "Business_Finance", "Entertainment_Culture", "Sports", "Technology_Internet",
         "Health_Medical_Pharma")  # fmt: skip
LOCAL = 160
FORCE = re.compile(
    r"\b(?:troops?|army|armies|military|wars?|soldiers?|marines?|missiles?|invasions?|sanctions?|nato|cease-?fires?|"
    r"air ?strikes?|rebels?|insurgents?|militants?|terror\w*|israel\w*|gaza|palestin\w*|iran\w*|iraq\w*|syria\w*|"
    r"russia\w*|ukrain\w*|tbilisi|afghan\w*|pakistan\w*|korea\w*|embass\w+|ambassadors?)\b",
    re.IGNORECASE,
)
BASES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"keyword": by_keyword, "every sentence": every_sentence}
FLOOR_OF = ("claim_f1", "condition_f1", "direction", "triples_f1", "kind", "false_per_unrelated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A text with its annotated claims; none where it is unrelated to states and force."""

    id: str
    text: str
    day: str
    claims: tuple[dict[str, Any], ...] = ()
    case: dict[str, str] = field(default_factory=dict)


def held(name: str) -> bool:
    """Whether a document belongs to the quarter kept apart: inside the half that evals/geoparsing.py keeps, too."""
    return int(hashlib.sha256(name.rpartition(":")[2].encode()).hexdigest(), 16) % 4 == 1


def are_there(folder: Path) -> bool:
    """Whether the news texts are in a folder."""
    return all((folder / name).is_file() for name in (ITEMS, *(f"{c}.xml.gz" for c in CORPORA)))


def corpus(folder: Path) -> dict[str, str]:
    """Texts of both corpora by name and number."""
    return {f"{name}:{article.get('docid')}": article.findtext("text") or "" for name in CORPORA
            for article in ET.fromstring(gzip.decompress((folder / f"{name}.xml.gz").read_bytes())).iter("article")
            }  # fmt: skip


def items(folder: Path) -> list[tuple[str, str, str, str]]:
    """Number, day, category and text of the encyclopedia's items."""
    import duckdb

    rows = duckdb.connect().execute('SELECT id, date, "category.name", description FROM read_parquet(?)',
                                    [str(folder / ITEMS)]).fetchall()  # fmt: skip
    return [(f"wce:{n}", str(day), kind, text) for n, day, kind, text in rows]


def annotations() -> list[dict[str, Any]]:
    """Our labels, one document a line."""
    return [json.loads(line) for line in ANNOTATIONS.read_text(encoding="utf-8").splitlines() if line]


def load(folder: Path, *, held_out: bool) -> tuple[list[Article], list[Article]]:
    """Annotated and unrelated articles of one part. Raises `ValueError` when a text is not the one annotated."""
    texts = corpus(folder)
    named = items(folder)
    everything = texts | {name: text for name, _, _, text in named}
    found = []
    labels = annotations()
    for row in labels:
        name = row["doc_id"]
        if held(name) != held_out:
            continue
        text = everything.get(name, "")
        if hashlib.sha256(text.encode()).hexdigest() != row["sha256"]:
            raise ValueError(f"{name}: the text is not the one that was annotated")
        found.append(Article(id=name, text=text, day=row["date"], claims=tuple(row["claims"]), case=row["case"]))
    known = {row["doc_id"] for row in labels}
    quiet = [Article(id=n, text=t, day=d) for n, d, kind, t in named if kind in QUIET and held(n) == held_out]
    order = sorted(texts, key=lambda n: hashlib.sha256(n.encode()).hexdigest())
    local = [n for n in order if n not in known and texts[n].strip() and not FORCE.search(texts[n])][:LOCAL]
    # Their dates are written in many ways; the day moves no claim, only dates relative to it.
    quiet += [Article(id=n, text=texts[n], day="2016-12-01") for n in local if held(n) == held_out]
    return found, quiet


def read(article: Article) -> list[dict[str, Any]]:
    """The product's proposals, with offsets into the text as it is stored."""
    evidence = extract(article.text, published=article.day).to_dict()["evidence"]
    return [{**e, "start": e["raw_start"], "end": e["raw_end"]} for e in evidence]


def read_with_roles(article: Article) -> list[dict[str, Any]]:
    """The same, told who intervenes against whom, as when it is read for a case."""
    if not article.case:
        return read(article)
    evidence = extract(article.text, published=article.day, parties=Roles(**article.case)).to_dict()["evidence"]
    return [{**e, "start": e["raw_start"], "end": e["raw_end"]} for e in evidence]


def readings(articles: list[Article]) -> dict[str, list[Counter[str]]]:
    """Counts of each document by reader."""
    found = {"rules": [counts(a.claims, read(a)) for a in articles],
             "roles given": [counts(a.claims, read_with_roles(a)) for a in articles]}  # fmt: skip
    for name, base in BASES.items():
        found[name] = [counts(a.claims, base({"text": a.text})["evidence"]) for a in articles]
    return found


def report(articles: list[Article], quiet: list[Article], part: str) -> dict[str, float]:
    """Print one part beside both baselines; returns its figures."""
    both = [*articles, *quiet]
    each = readings(both)
    sums = {name: total(rows) for name, rows in each.items()}
    own = sums["rules"]
    required = own["claim_tp"] + own["claim_fn"]
    digest = hashlib.sha256("".join(a.text for a in both).encode()).hexdigest()[:12]
    print(f"news, {part} part: {len(articles)} annotated ({required} required claims), {len(quiet)} unrelated; "
          f"digest {digest}")  # fmt: skip
    columns = (("rules", 8), ("keyword", 9), ("every sentence", 16), ("roles given", 13))
    heads = "".join(f"{name:>{width}}" for name, width in columns)
    print(f"  {'':20}{heads}   95 % of the rules, of the gain over the keywords (documents)")
    for name, take in MEASURES.items():
        low, high = interval(each["rules"], name)
        _, less, more = gain(each["rules"], each["keyword"], name)
        note = f"   n={own['direction_n']}" if name == "direction" else ""
        cells = "".join(f"{take(sums[reader]):>{width}.3f}" for reader, width in columns)
        print(f"  {name:20}{cells}   {low:.3f} to {high:.3f}, {less:+.3f} to {more:+.3f}{note}")
    return {f"news.{part}.{name}": MEASURES[name](own) for name in FLOOR_OF}


def show_misses(articles: list[Article], quiet: list[Article]) -> None:
    """List what differs from the annotation, of the tuning part."""
    for article in articles:
        found = read(article)
        pairs = dict(matches(article.claims, found))
        for i, claim in enumerate(article.claims):
            quote = article.text[claim["start"] : claim["end"]]
            if i not in pairs:
                if not claim.get("optional"):
                    print(f"MISSED {article.id} {_labels(claim)} | {quote}")
            elif _labels(claim) != _labels(found[pairs[i]]) and not claim.get("optional"):
                reasons = "; ".join(found[pairs[i]]["reasons"])
                print(f"OTHER {article.id} {_labels(claim)} read as {_labels(found[pairs[i]])} | {quote} | {reasons}")
        for j, proposal in enumerate(found):
            if j not in pairs.values():
                print(f"EXTRA {article.id} {_labels(proposal)} | {proposal['quote']}")
    for article in quiet:
        for proposal in read(article):
            print(f"FALSE {article.id} {_labels(proposal)} | {proposal['quote']} | {'; '.join(proposal['reasons'])}")


def _labels(claim: dict[str, Any]) -> str:
    return " ".join(sorted(f"{c['condition']}:{c['direction']}" for c in claim["conditions"]))


def check(figures: dict[str, float], *, raising: bool) -> int:
    """Compare with ``floors.json``, as `evals.extraction.check_floors` does; for false evidence it is a ceiling."""
    from evals.extraction import check_floors

    return check_floors(figures, raising=raising)


def main(arguments: list[str]) -> int:
    """Print every figure; 1 when one is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--held-out", "--misses", "--raise-floors"):
        parser.add_argument(option, action="store_true")
    options = parser.parse_args(arguments)
    folder = Path(os.environ.get("VEDETTE_SHARED", ROOT.parent / "shared")) / "data" / "text"
    if not are_there(folder):
        print(f"not measured: the news texts are not in {folder} (set VEDETTE_SHARED to the folder of the shared data)")
        return 0
    parts = load(folder, held_out=False)
    if options.misses:
        show_misses(*parts)
        return 0
    figures = report(*parts, "tuning")
    if options.held_out:
        figures |= report(*load(folder, held_out=True), "held_out")
    return check(figures, raising=options.raise_floors)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
