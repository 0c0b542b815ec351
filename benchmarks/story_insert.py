"""One new article into a corpus of 10,000 and of 100,000: must be flat, and little more than storing it.

``python benchmarks/story_insert.py [--sizes 10000,100000] [--runs 60]``

Fills a workspace with made reports (signatures and anchors as `vedette read` writes them, records of full size), then
reads new articles into it: half of them copies of stored ones. Beside it, in the same run: the same article by a
bounded SQLite insert with full-text index, and one extraction of it. Prints p50 and p95 in ms with 90 % intervals of
the p50 (bootstrap), and exits with 1 when the larger corpus is more than 20 % slower at the median or when p50 is
more than twice insert + extraction.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from evals.story_corpus import article, edited  # noqa: E402

from vedette.bootstrap import Workspace, open_workspace  # noqa: E402
from vedette.domain.documents import Document  # noqa: E402
from vedette.domain.time import Times, instant  # noqa: E402
from vedette.extraction import extract  # noqa: E402
from vedette.settings import load_settings  # noqa: E402
from vedette.workflows.ingest import Source, read_document  # noqa: E402
from vedette.workflows.stories import place_document  # noqa: E402

CASE = "belarus-2022"
DAY = dt.date(2022, 1, 14)
ABOUT = "Russia may attack Ukraine from Belarus, officials in Kyiv warned."


def text(rng: random.Random) -> str:
    return f"{ABOUT} " + " ".join(article(rng))


def fill(workspace: Workspace, size: int, rng: random.Random) -> list[str]:
    """Store ``size`` made documents; returns the last 500 texts."""
    store = workspace.cases
    kept: list[str] = []
    if CASE not in store.case_ids():
        read_document(store, workspace.clock, CASE, Source(content=ABOUT.encode(), name="first", published=DAY))
    at = instant(DAY)
    for start in range(0, size, 2000):
        with store.held(), store.transaction():
            for _ in range(min(2000, size - start)):
                body = text(rng)
                raw = body.encode()
                digest = hashlib.sha256(raw).hexdigest()
                document = Document(
                    id=f"doc-{digest[:12]}", sha256=digest, title="Made", text=body,
                    times=Times(published_at=at, available_at=at),
                )  # fmt: skip
                store.add_document(CASE, document, raw, ())
                signature, placed, _ = place_document(store, CASE, document, ())
                store.place(CASE, signature, placed)
                kept = [*kept[-499:], body]
    return kept


def timed(run: Callable[[str], object], texts: list[str]) -> list[float]:
    found = []
    for body in texts:
        began = time.perf_counter()
        run(body)
        found.append((time.perf_counter() - began) * 1000)
    return found


def held(workspace: Workspace, run: Callable[[str], object], texts: list[str]) -> list[float]:
    """As `vedette read` reads a folder: with the workspace kept open, as the bounded insert has its file open."""
    with workspace.cases.held():
        return timed(run, texts)


def said(name: str, times: list[float], rng: random.Random) -> float:
    ordered = sorted(times)
    middle = sorted(statistics.median(rng.choices(times, k=len(times))) for _ in range(500))
    print(
        f"{name:44s} p50 {statistics.median(times):7.2f} ms [{middle[25]:.2f}, {middle[474]:.2f}]   "
        f"p95 {ordered[int(0.95 * len(ordered)) - 1]:7.2f} ms   n = {len(times)}",
        flush=True,
    )
    return statistics.median(times)


def bounded(folder: Path) -> Callable[[str], object]:
    """The least that storing an article can be: a row, its bytes and its words in an index, committed."""
    connection = sqlite3.connect(folder / "bounded.sqlite3")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS article (digest TEXT PRIMARY KEY, at TEXT, body TEXT)")
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(body)")

    def insert(body: str) -> None:
        with connection:
            digest = hashlib.sha256(body.encode()).hexdigest()
            connection.execute("INSERT OR IGNORE INTO article VALUES (?, ?, ?)", (digest, "2022-01-14", body))
            connection.execute("INSERT INTO words VALUES (?)", (body,))

    return insert


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--runs", type=int, default=60)
    args = parser.parse_args()
    sizes = [int(s) for s in args.sizes.split(",")]
    rng = random.Random(1)
    medians, floors = {}, {}
    with tempfile.TemporaryDirectory() as name:
        workspace = open_workspace(load_settings({"VEDETTE_HOME": name, "VEDETTE_AUTHOR": "bench"}))
        insert = bounded(Path(name))
        have = 0
        for size in sizes:
            began = time.perf_counter()
            kept = fill(workspace, size - have, rng)
            have = size + 2 * args.runs
            print(f"corpus of {size}: filled in {time.perf_counter() - began:.0f} s", flush=True)

            def read(body: str) -> object:
                source = Source(content=body.encode(), name="new", published=DAY)
                return read_document(workspace.cases, workspace.clock, CASE, source).placed

            new = [text(rng) for _ in range(args.runs)]
            copies = [edited(rng, b.split(". "), "light edit") for b in rng.sample(kept, args.runs)]
            timed(read, [text(rng) for _ in range(5)])
            mixed = [body for pair in zip(new, copies, strict=True) for body in pair]
            medians[size] = said(f"vedette: read, {size} documents", held(workspace, read, mixed), rng)
            one = said("bounded SQLite insert with FTS5", timed(insert, mixed), rng)
            two = said("one extraction", timed(lambda b: extract(b, published=DAY), mixed), rng)
            floors[size] = one + two
            print(f"  read / (insert + extraction) = {medians[size] / floors[size]:.2f}")
    flat = medians[sizes[-1]] / medians[sizes[0]]
    ratio = medians[sizes[-1]] / floors[sizes[-1]]
    good = flat <= 1.2 and ratio <= 2
    print(f"{sizes[0]} -> {sizes[-1]} documents: {flat:.2f} times; limits 1.2 and 2: {'met' if good else 'NOT met'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
