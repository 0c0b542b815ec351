"""As-of questions about pairs of states over 5 M events, against SQL written by hand: ``benchmarks/events_query.py``.

200 seeded questions (a pair, a cut-off), each asked of the product and of DuckDB in turn:

- daily counts: `EventStore.dyad_days` against SQL over the same parquet files of events (filter, versions, group) and
  against SQL over the same parquet files of daily counts (the best anyone could do with them);
- rows: `EventStore.query`, the newest 100, against SQL over the same parquet files that fetches the same columns.

Answers are held equal before times are printed: p50 and p95 of both, and the ratio of the p95. Then more rows are taken
in, all available later (new events, and corrections of old ones), and every answer is asked for again: it must be the
same.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gdelt_rows import STATES, write_gdelt

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "bench-events"
START = dt.date(2022, 1, 1)


def filled(rows: int) -> Path:
    """A workspace with that many made rows, kept between runs: files of a million rows, ten days each."""
    home = WORK / f"query-{rows}"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for n, first in enumerate(range(0, rows, 1_000_000)):
            path = WORK / "part.tsv"
            write_gdelt(
                path, min(1_000_000, rows - first), seed=n + 1, first_id=1_000_000_000 + first,
                day=START + dt.timedelta(days=10 * n), per_day=100_000,
            )  # fmt: skip
            take(home, path)
            path.unlink()
        (home / "complete").touch()
    return home


def take(home: Path, path: Path) -> None:
    """Take a file into the workspace."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.events import ingest

    os.environ["VEDETTE_HOME"] = str(home)
    w = open_workspace()
    done = ingest(w.event_supply(), w.event_intake(), w.event_dataset("gdelt2"), (path,))
    assert not done.failed and not done.stopped, done


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds and the answer."""
    started = time.perf_counter()
    answer = ask()
    return 1000 * (time.perf_counter() - started), answer


def p(values: list[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Fill, ask, compare, fill more, ask again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--questions", type=int, default=200)
    args = parser.parse_args()
    import duckdb

    from vedette.domain.events import EventQuery
    from vedette.domain.time import AsOf
    from vedette.stores.events import DuckEventStore

    kept = filled(args.rows)
    home = WORK / "query-now"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(kept, home)
    folder = home / "data" / "events"
    store = DuckEventStore(folder, memory_mb=400, busy=5)
    files = {n: [str(f) for f in store.parquet_files(n)] for n in ("events", "superseded", "dyad_days")}
    con = duckdb.connect()
    con.execute("SET parquet_metadata_cache = true")
    listed = {n: f"read_parquet({f})" for n, f in files.items()}
    version = (
        f"AND NOT EXISTS (SELECT 1 FROM {listed['superseded']} s WHERE s.dataset = e.dataset AND s.key = e.key "
        "AND s.file_id = e.file_id AND s.row = e.row AND s.superseded_at < ?)"
    )
    where = f"e.kind = 'event' AND e.source = ? AND e.target = ? AND e.available_at < ? {version}"
    by_rows = (
        f"SELECT e.occurred_from, e.root, count(*), sum(e.mentions) FROM {listed['events']} e WHERE {where} "
        "GROUP BY ALL ORDER BY ALL"
    )
    by_days = (
        f"SELECT day, root, sum(events), sum(mentions) FROM {listed['dyad_days']} WHERE source = ? AND target = ? "
        "AND available_on <= ? GROUP BY ALL HAVING sum(events) > 0 ORDER BY ALL"
    )
    newest = (
        f"SELECT e.* FROM {listed['events']} e WHERE {where} "
        "ORDER BY e.occurred_from DESC, e.dataset, e.key LIMIT 100"
    )
    rng = random.Random(20220224)
    last = START + dt.timedelta(days=args.rows // 100_000 - 1)
    questions = [
        (*rng.sample(STATES, 2), START + dt.timedelta(days=rng.randrange((last - START).days + 1)))
        for _ in range(args.questions)
    ]
    total = con.execute(f"SELECT count(*) FROM {listed['events']}").fetchone()
    times: dict[str, list[float]] = {n: [] for n in ("days", "days by hand", "events by hand", "rows", "rows by hand")}
    before = []
    for warm in (True, False):
        for source, target, day in questions[: 5 if warm else None]:
            cut = dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
            query = EventQuery(source=source, target=target, as_of=AsOf.of(day))
            top = EventQuery(source=source, target=target, as_of=AsOf.of(day), limit=100)
            got = {
                "days": timed(lambda q=query: store.dyad_days(q)),
                "days by hand": timed(lambda a=(source, target, day): con.execute(by_days, a).fetchall()),
                "events by hand": timed(lambda a=(source, target, cut, cut): con.execute(by_rows, a).fetchall()),
                "rows": timed(lambda q=top: store.query(q)),
                "rows by hand": timed(lambda a=(source, target, cut, cut): con.execute(newest, a).fetchall()),
            }
            if warm:
                continue
            for name, (ms, _) in got.items():
                times[name].append(ms)
            ours = sorted((d.day, d.root or "~", d.events, d.mentions) for d in got["days"][1])
            for name in ("days by hand", "events by hand"):
                theirs = sorted((r[0], r[1] or "~", r[2], r[3]) for r in got[name][1])
                assert ours == theirs, (source, target, day, name)
            assert [int(e.id) for e in got["rows"][1]] == [r[2] for r in got["rows by hand"][1]]
            before.append((query, top, got["days"][1], got["rows"][1]))
    print(f"{total[0] if total else 0:,} versions of events, {len(questions)} questions, load {os.getloadavg()[0]:.1f}")
    for name, values in times.items():
        print(f"  {name:<15} p50 {p(values, 0.5):7.1f} ms  p95 {p(values, 0.95):7.1f} ms")
    for ours, theirs in (("days", "events by hand"), ("days", "days by hand"), ("rows", "rows by hand")):
        ratio = p(times[ours], 0.95) / p(times[theirs], 0.95)
        print(f"p95 of {ours} against {theirs}: {ratio:.2f}x, wanted at most 2x")
    later(home, args.rows, last)
    store.close()
    for query, top, days, rows in before:
        assert store.dyad_days(query) == days and store.query(top) == rows, query
    print(f"all {len(before)} answers are the same after later rows and corrections were taken in")


def later(home: Path, rows: int, last: dt.date) -> None:
    """Take in rows that became available after every cut-off: half new, half corrections of stored ones."""
    path = WORK / "later.tsv"
    write_gdelt(
        path, 200_000, seed=99, first_id=1_000_000_000 + rows - 100_000, day=last + dt.timedelta(days=2),
        per_day=100_000,
    )  # fmt: skip
    take(home, path)
    path.unlink()


if __name__ == "__main__":
    main()
