"""One new article into a corpus of 10,000, 30,000 and 100,000: read, accepted, weighed; must be flat.

``python benchmarks/story_insert.py [--sizes 10000,30000,100000] [--runs 40]``

Fills a workspace in bulk, 2,000 documents to a transaction (the rows that `vedette read` writes: bytes, record,
signature, anchors, one proposed item each), with 200 items accepted. Then, for new articles of about 450 words
about a crisis, half of them copies of earlier ones: found to be new or a copy, extracted, indexed, proposed (``read``);
the first proposal accepted and the number computed again from what is accepted (``weigh``). Beside it, in the same run
and on the same texts: a bounded SQLite insert with full-text index, one extraction by the rules, and one bare spaCy
pass where the extra is installed. Prints p50 and p95 in ms with 90 % intervals of the p50 (bootstrap). Exits with 1
when reading is more than 20 % slower at the median in the largest corpus than in the smallest, or all of it likewise,
when reading takes more than twice insert + extraction by the rules, or all of it more than twice insert + spaCy pass.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import os
import random
import sqlite3
import statistics
import struct
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from evals.crisis_articles import crisis_article  # noqa: E402
from evals.story_corpus import article, edited  # noqa: E402
from sqlalchemy import Table, func, select  # noqa: E402

from vedette.assessment import stories  # noqa: E402
from vedette.bootstrap import Workspace, open_workspace  # noqa: E402
from vedette.domain.documents import Document  # noqa: E402
from vedette.domain.evidence import Evidence, Review, Status, Verdict  # noqa: E402
from vedette.domain.stories import Placed, Relation  # noqa: E402
from vedette.domain.time import Times, instant  # noqa: E402
from vedette.extraction import extract  # noqa: E402
from vedette.settings import load_settings  # noqa: E402
from vedette.stores import records, schema  # noqa: E402
from vedette.workflows.assess import assess_case  # noqa: E402
from vedette.workflows.ingest import Source, read_document  # noqa: E402

CASE = "belarus-2022"
DAY = dt.date(2022, 1, 14)
ABOUT = "Russian troops are massing near the border of Ukraine and in Belarus, officials in Kyiv warned."


ACCEPTED = 200


def text(rng: random.Random) -> str:
    """A stored report: short, so that a hundred thousand of them fit."""
    return f"{ABOUT} " + " ".join(article(rng))


def news(rng: random.Random) -> str:
    """A new article of the length of news."""
    return f"{ABOUT}\n\n{crisis_article(rng, least=16, most=24)}"


def fill(workspace: Workspace, start: int, size: int, first: Evidence, rng: random.Random) -> None:
    """Store ``size`` made documents with an item each like ``first``; the first `ACCEPTED` of all are accepted.

    The rows are those that `add_document` and `place` write, 2,000 documents to a transaction; the made texts have no
    copies among them, so that each is the first of its story and need not be compared with the others.
    """
    store = workspace.cases
    store.case_ids()
    database = workspace._database  # the product offers no such bulk
    at, now = instant(DAY), workspace.clock.now()
    for number in range(start, start + size, 2000):
        rows: dict[Table, list[dict[str, Any]]] = {t: [] for t in TABLES}
        with database.write(CASE) as connection:
            seq = connection.scalar(select(func.max(schema.documents.c.seq))) or 0
            for n in range(number, min(number + 2000, start + size)):
                seq += 1
                document, raw = made(text(rng), at)
                status = Status.ACCEPTED if n < ACCEPTED else Status.PROPOSED
                add(rows, seq, document, raw, first, status, now)
            for table in TABLES:
                connection.execute(table.insert(), rows[table])


TABLES = (schema.contents, schema.documents, schema.evidence, schema.story_documents, schema.story_anchors)


def made(body: str, at: dt.datetime) -> tuple[Document, bytes]:
    raw = body.encode()
    digest = hashlib.sha256(raw).hexdigest()
    times = Times(published_at=at, available_at=at)
    return Document(id=f"doc-{digest[:12]}", sha256=digest, title="Made", text=body, times=times), raw


def add(
    rows: dict[Table, list[dict[str, Any]]], seq: int, document: Document, raw: bytes, first: Evidence, status: Status,
    now: dt.datetime,
) -> None:  # fmt: skip
    """The rows of one document, its item and its place."""
    item = replace(
        first, id=f"made-{document.sha256[:16]}", origin=document.id, quote=document.quote(0, len(first.claim)),
        status=status,
    )  # fmt: skip
    record, kept = records.encode(document), records.encode(item)
    runs = stories.shingles(document.text)
    signature = stories.sign(document, runs=runs)
    placed = Placed(document=document.id, story=document.id, relation=Relation.FIRST, of=document.id, share=1.0)
    own = {"case_id": CASE, "recorded_at": now}
    known = {"available_at": document.times.available_at}
    rows[schema.contents].append({"sha256": document.sha256, "size": len(raw), "compressed": zlib.compress(raw, 6)})
    rows[schema.documents].append(
        {**own, **known, "seq": seq, "id": document.id, "sha256": document.sha256, "content": document.sha256,
         "record": record, "digest": records.digest_of(record)}
    )  # fmt: skip
    rows[schema.evidence].append(
        {**own, **known, "id": item.id, "document_id": document.id, "status": status.value, "kind": item.kind.value,
         "confidence": item.confidence, "record": kept, "digest": records.digest_of(kept)}
    )  # fmt: skip
    n = len(signature.sketch)
    rows[schema.story_documents].append(
        {**own, "document_seq": seq, "document_id": document.id, "story": placed.story,
         "relation": placed.relation.value, "matched": placed.of, "share": placed.share, "words": signature.words,
         "shingles": signature.shingles, "sketch": struct.pack(f"<{n}I{n}B", *signature.sketch, *signature.blocks)}
    )  # fmt: skip
    for anchor in stories.anchors_kept(placed, stories.look_up(runs), LEADS):
        LEADS[anchor] += 1
        rows[schema.story_anchors].append({"case_id": CASE, "anchor": anchor, "document_seq": seq})


LEADS: Counter[int] = Counter()
"""Documents each anchor leads to so far; the store keeps no more than `stories.FULL`."""


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


def bare_spacy() -> Callable[[str], object] | None:
    """One pass of the pinned small English model; None when the extra is not installed."""
    from vedette.extraction.spacy_parser import MODEL, installed

    if not installed():
        return None
    import spacy

    return spacy.load(MODEL)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,30000,100000")
    parser.add_argument("--runs", type=int, default=40)
    args = parser.parse_args()
    sizes = [int(s) for s in args.sizes.split(",")]
    rng = random.Random(1)
    seen: dict[int, dict[str, float]] = {}
    spacy = bare_spacy()
    with tempfile.TemporaryDirectory() as name:
        workspace = open_workspace(load_settings({"VEDETTE_HOME": name, "VEDETTE_AUTHOR": "bench"}))
        insert = bounded(Path(name))
        source = Source(content=ABOUT.encode(), name="first", published=DAY)
        first = read_document(workspace.cases, workspace.clock, CASE, source).proposals[0]
        have = 0
        for size in sizes:
            began = time.perf_counter()
            fill(workspace, have, size - have, first, rng)
            assert not workspace.cases.unsigned(CASE)
            have = size
            filled = time.perf_counter() - began
            print(f"corpus of {size}: filled in {filled:.0f} s; load {os.getloadavg()[0]:.1f}", flush=True)
            seen[size] = measured(workspace, size, args.runs, rng, insert, spacy)
    return judged(seen, sizes[0], sizes[-1])


def measured(
    workspace: Workspace, size: int, runs: int, rng: random.Random, insert: Callable[[str], object],
    spacy: Callable[[str], object] | None,
) -> dict[str, float]:  # fmt: skip
    """Medians in ms by name, printed with their intervals. Product and peers take turns on each article."""
    store, clock = workspace.cases, workspace.clock
    new = [news(rng) for _ in range(runs)]
    mixed = [body for one in new for body in (one, edited(rng, one.split(". "), "light edit"))]
    steps: dict[str, list[float]] = {}
    worked: dict[str, list[float]] = {}

    def took(name: str, run: Callable[[], Any]) -> Any:
        began, busy = time.perf_counter(), time.process_time()
        result = run()
        worked.setdefault(name, []).append((time.process_time() - busy) * 1000)
        steps.setdefault(name, []).append((time.perf_counter() - began) * 1000)
        return result

    def weigh(proposal: str) -> object:
        """The first proposal accepted, the number computed again, and the acceptance withdrawn."""
        store.add_review(CASE, Review(evidence=proposal, verdict=Verdict.ACCEPT, author="bench", at=clock.now()))
        return assess_case(store.weighing(CASE), with_sensitivity=False)

    with store.held():
        for body in [news(rng) for _ in range(3)]:
            read_document(store, clock, CASE, Source(content=body.encode(), name="warm", published=DAY))
            assess_case(store.weighing(CASE), with_sensitivity=False)
        for body in mixed:
            source = Source(content=body.encode(), name="new", published=DAY)
            reading = took("read", lambda source=source: read_document(store, clock, CASE, source))
            if reading.proposals:
                took("weigh", lambda name=reading.proposals[0].id: weigh(name))
                store.add_review(
                    CASE,
                    Review(evidence=reading.proposals[0].id, verdict=Verdict.REJECT, author="bench", at=clock.now()),
                )  # fmt: skip
            took("bounded insert with FTS5", lambda body=body: insert(body))
            took("one extraction", lambda body=body: extract(body, published=DAY))
            if spacy is not None:
                took("one spaCy pass", lambda body=body: spacy(body))
    row = {name: said(f"{name}, {size} documents", times, rng) for name, times in steps.items()}
    return row | {f"{name}, processor": statistics.median(times) for name, times in worked.items()}


def judged(seen: dict[int, dict[str, float]], small: int, large: int) -> int:
    """Print ratios of the medians, by the clock and by processor time; 1 when one by the clock misses its limit."""
    good = True
    for name in ("read", "weigh"):
        flat, busy = (seen[large][name + clock] / seen[small][name + clock] for clock in CLOCKS)
        good &= flat <= 1.2
        print(f"{name}: {small} -> {large} documents {flat:.2f} times (processor {busy:.2f}); limit 1.2")
    for size, row in seen.items():
        ratio, busy = (
            row["read" + c] / (row["bounded insert with FTS5" + c] + row["one extraction" + c]) for c in CLOCKS
        )
        good &= ratio <= 2 or size != large
        print(f"{size}: read / (insert + extraction by rules) {ratio:.2f} (processor {busy:.2f}), limit 2")
        if "one spaCy pass" in row:
            ratio, busy = (
                (row["read" + c] + row["weigh" + c]) / (row["bounded insert with FTS5" + c] + row["one spaCy pass" + c])
                for c in CLOCKS
            )
            good &= ratio <= 2 or size != large
            print(f"{size}: read and weigh / (insert + spaCy pass) {ratio:.2f} (processor {busy:.2f}), limit 2")
    print("limits met" if good else "limits NOT met")
    return 0 if good else 1


CLOCKS = ("", ", processor")


if __name__ == "__main__":
    sys.exit(main())
