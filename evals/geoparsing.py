"""Measure which place a gold toponym is resolved to, beside a population prior on the same gazetteer.

    python evals/geoparsing.py [--report] [--sweep] [--raise-floors]

Needs the corpora LGL and TR-News in the shared data (``VEDETTE_SHARED``, by default ``../shared``). A toponym counts as
right when it is resolved to a point within 161 km (100 miles) of the annotated one; one without an answer is wrong, and
those without annotated coordinates are left out. Prior and product get the same names and the same denominator.
Documents are halved by the hash of their number: constants are chosen on the tuning half, and the other half is read
only with ``--report``. Intervals: 90 %, bootstrap over documents.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import hashlib
import json
import os
import random
import resource
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vedette.extraction.geocode import WEIGHTS, Level, Weights, readings_of, resolve
from vedette.geography.distance import great_circle_km
from vedette.reference.gazetteer import load_gazetteer

HERE = Path(__file__).resolve().parent
FLOORS = HERE / "floors.json"
NEAR_KM = 161.0
CORPORA = ("lgl", "TR-News")
# Required ratios to the prior and the shares they stood for when set (issue 5); then speed and memory.
RATIO = {"lgl": 1.3, "TR-News": 1.2}
SHARE = {"lgl": 0.71, "TR-News": 0.84}
PER_SECOND = 10_000
MEGABYTES = 300
CLASSES = {"P": "populated places", "A": "states and divisions", "H": "waters", "L": "areas", "S": "sites",
           "T": "mountains and islands", "R": "roads", "": "class not given"}  # fmt: skip


@dataclass(frozen=True)
class Gold:
    """An annotated toponym: where it stands and where it lies."""

    start: int
    end: int
    lat: float
    lon: float
    kind: str


@dataclass(frozen=True)
class Article:
    """A text with its toponyms in order; ``spans`` holds every toponym, also those without coordinates."""

    id: str
    text: str
    spans: tuple[tuple[int, int], ...]
    gold: tuple[tuple[int, Gold], ...]  # position in ``spans``

    @property
    def held(self) -> bool:
        """Whether the document belongs to the reported half."""
        return int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 2 == 1


def read_corpus(path: Path) -> list[Article]:
    """Articles of one corpus; spans that slipped by a few characters are set on the nearest occurrence."""
    articles = []
    for article in ET.fromstring(gzip.decompress(path.read_bytes())).iter("article"):
        text = article.findtext("text") or ""
        spans, gold = [], []
        for toponym in article.iter("toponym"):
            start, end = int(toponym.findtext("start") or 0), int(toponym.findtext("end") or 0)
            phrase = toponym.findtext("phrase") or ""
            if text[start:end] != phrase:
                found = [k for k in range(len(text)) if text.startswith(phrase, k)] if phrase in text else []
                start = min(found, key=lambda k: abs(k - start), default=start)
                end = start + len(phrase) if found else end
            tag = toponym.find("gaztag")
            if tag is not None and tag.findtext("lat"):
                lat, lon = float(tag.findtext("lat") or 0), float(tag.findtext("lon") or 0)
                gold.append((len(spans), Gold(start, end, lat, lon, tag.findtext("fclass") or "")))
            spans.append((start, end))
        articles.append(Article(article.get("docid") or "", text, tuple(spans), tuple(gold)))
    return articles


Hits = dict[str, list[tuple[int, int]]]  # class -> (right, asked) of each document


def product(articles: list[Article], level: Level, weights: Weights = WEIGHTS) -> Hits:
    """Right answers by class of toponym and document."""
    hits: Hits = {}
    for article in articles:
        answers = resolve(article.text, article.spans, level=level, weights=weights)
        points = [(a.lat, a.lon) if a.lat is not None and a.lon is not None else None for a in answers]
        _count(article, points, hits)
    return hits


def prior(articles: list[Article]) -> Hits:
    """The same with the most populous place of the name, whatever the text says."""
    hits: Hits = {}
    for article in articles:
        points: list[tuple[float, float] | None] = []
        for start, end in article.spans:
            best = max(readings_of(article.text[start:end], "city"), key=lambda r: r.people, default=None)
            points.append((best.lat, best.lon) if best else None)
        _count(article, points, hits)
    return hits


def _count(article: Article, points: list[tuple[float, float] | None], hits: Hits) -> None:
    counted: dict[str, list[int]] = {}
    for place, gold in article.gold:
        point = points[place]
        right = point is not None and great_circle_km(gold.lat, gold.lon, *point) <= NEAR_KM
        entry = counted.setdefault(gold.kind, [0, 0])
        entry[0] += right
        entry[1] += 1
    for kind, (right, asked) in counted.items():
        hits.setdefault(kind, []).append((right, asked))


def share(hits: Hits, kind: str) -> float:
    """Right over asked."""
    rows = hits.get(kind, [])
    return sum(r for r, _ in rows) / max(1, sum(n for _, n in rows))


def interval(hits: Hits, kind: str, draws: int = 1000) -> tuple[float, float]:
    """90 % interval of the share, documents drawn with replacement."""
    rows, rng, shares = hits.get(kind, []), random.Random(7), []
    for _ in range(draws):
        drawn = rng.choices(rows, k=len(rows))
        shares.append(sum(r for r, _ in drawn) / max(1, sum(n for _, n in drawn)))
    shares.sort()
    return shares[draws // 20], shares[-draws // 20]


def report(name: str, articles: list[Article], part: str) -> dict[str, float]:
    """Print one corpus; return its figures."""
    base, told, free = prior(articles), product(articles, "city"), product(articles, "any")
    asked = sum(n for _, n in base["P"])
    p, q, f = (share(h, "P") for h in (base, told, free))
    (q0, q1), (f0, f1) = interval(told, "P"), interval(free, "P")
    print(f"{name}, {part} ({len(articles)} documents), populated places (n={asked}), share within {NEAR_KM:.0f} km")
    print(f"  population prior, same gazetteer        {p:.3f}")
    print(f"  product, every name taken for a town    {q:.3f} [{q0:.3f}, {q1:.3f}]  {q / p:.2f} x prior")
    print(f"  product, class not told                 {f:.3f} [{f0:.3f}, {f1:.3f}]  {f / p:.2f} x prior")
    rest = ", ".join(
        f"{CLASSES.get(k, k)} {share(free, k):.3f} (n={sum(n for _, n in free[k])})" for k in sorted(free) if k != "P"
    )
    total = sum(r for rows in free.values() for r, _ in rows), sum(n for rows in free.values() for _, n in rows)
    print(f"  other classes, class not told: {rest}")
    print(f"  all classes {total[0] / total[1]:.3f} (n={total[1]})")
    key = f"{name}.{part}"
    return {f"{key}.populated": f, f"{key}.ratio": f / p, f"{key}.all": total[0] / total[1]}


def speed(articles: list[Article]) -> dict[str, float]:
    """Toponyms a second on one core, names not seen before, gazetteer loaded; and peak memory of this process."""
    load_gazetteer()
    readings_of.cache_clear()
    count = sum(len(a.spans) for a in articles)
    start = time.process_time()
    for article in articles:
        resolve(article.text, article.spans)
    rate = count / (time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"speed: {rate:,.0f} toponyms a second (n={count}, names not cached before); peak memory {peak:.0f} MB")
    return {"speed.per_second": rate, "speed.megabytes": peak}


def sweep(corpora: dict[str, list[Article]]) -> None:
    """Print the tuning half under neighbours of each weight."""
    tuning = {name: [a for a in articles if not a.held] for name, articles in corpora.items()}
    print(f"{'weight':16}{'value':>8}" + "".join(f"{n + ' P':>12}{n + ' A':>12}" for n in corpora))
    for field in dataclasses.fields(Weights):
        used = getattr(WEIGHTS, field.name)
        for factor in (0.5, 0.75, 1.0, 1.5, 2.0):
            weights = dataclasses.replace(WEIGHTS, **{field.name: used * factor})
            hits = {name: product(articles, "any", weights) for name, articles in tuning.items()}
            row = "".join(f"{share(h, 'P'):12.3f}{share(h, 'A'):12.3f}" for h in hits.values())
            print(f"{field.name:16}{used * factor:8.2f}{row}{'  <- used' if factor == 1.0 else ''}")


def main(arguments: list[str]) -> int:
    """Print every figure; 1 when one is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", action="store_true", help="read the reported half as well")
    parser.add_argument("--sweep", action="store_true", help="try neighbours of the weights on the tuning half")
    parser.add_argument("--raise-floors", action="store_true")
    options = parser.parse_args(arguments)
    folder = Path(os.environ.get("VEDETTE_SHARED", HERE.parents[1] / "shared")) / "data" / "text"
    if not (folder / "lgl.xml.gz").is_file():
        print(f"not measured: the corpora are not in {folder} (set VEDETTE_SHARED to the folder of the shared data)")
        return 0
    corpora = {name: read_corpus(folder / f"{name}.xml.gz") for name in CORPORA}
    if options.sweep:
        sweep(corpora)
        return 0
    figures = speed(corpora["lgl"])
    for name, articles in corpora.items():
        parts = ("tuning", "reported") if options.report else ("tuning",)
        for part in parts:
            figures.update(report(name, [a for a in articles if a.held == (part == "reported")], part))
    return check(figures, raising=options.raise_floors)


def check(figures: dict[str, float], *, raising: bool) -> int:
    """Compare with the required ratios and with ``floors.json``, which only rise."""
    kept: dict[str, Any] = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.is_file() else {}
    floors: dict[str, float] = kept.get("geoparsing", {})
    below = []
    for name, value in figures.items():
        corpus, _, kind = name.rpartition(".")
        corpus = corpus.rpartition(".")[0]
        wanted = {"ratio": RATIO, "populated": SHARE}.get(kind, {}).get(corpus, 0.0)
        if name.startswith("speed"):
            continue
        floor = max(wanted, floors.get(name, 0.0))
        if value < floor - 1e-9:
            below.append(f"{name} {value:.3f}, floor {floor:.3f}")
        if raising:
            floors[name] = max(floors.get(name, 0.0), int(value * 1000) / 1000)
    if figures["speed.per_second"] < PER_SECOND:
        below.append(f"{figures['speed.per_second']:.0f} toponyms a second, floor {PER_SECOND}")
    if figures["speed.megabytes"] > MEGABYTES:
        below.append(f"{figures['speed.megabytes']:.0f} MB, ceiling {MEGABYTES}")
    if raising:
        kept["geoparsing"] = dict(sorted(floors.items()))
        FLOORS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print("below the floor: " + "; ".join(below) if below else "all floors met")
    return 1 if below else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
