"""The portable questions on DuckDB and on Spark over a store that is there: ``benchmarks/events_portable.py STORE``.

Starting the engine, the daily counts of a pair as of a day (twice), and all daily counts made again from the rows; the
answers of both are held equal. STORE is the folder ``events`` in a data folder, for example the one that
``benchmarks/events_ingest.py --slope 10000000`` leaves in ``build/bench-events/home/data/events``. Run it in the
environment of ``make test-spark``: ``PYTHONPATH=src build/spark-venv/bin/python benchmarks/events_portable.py STORE``.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vedette.domain.events import EventQuery
from vedette.domain.time import AsOf
from vedette.stores import events_portable as portable
from vedette.stores.events import DuckEventStore


def timed(what: str, ask: Callable[[], Any]) -> Any:
    """The answer; its seconds are printed."""
    started = time.perf_counter()
    answer = ask()
    print(f"  {what:<32} {time.perf_counter() - started:7.2f} s", flush=True)
    return answer


def main(folder: Path) -> None:
    """Ask both engines."""
    store = DuckEventStore(folder, memory_mb=400, busy=5)
    files = {name: store.parquet_files(name) for name in portable.TABLES}
    query = EventQuery(source="RUS", target="UKR", as_of=AsOf.of("2022-01-20"))
    answers = []
    for engine in ("duckdb", "spark"):
        print(f"{engine}, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
        on = timed("start", lambda e=engine: portable.PortableEvents(files, e))
        timed("daily counts of a pair, first", lambda o=on: o.dyad_days(query))
        days = timed("daily counts of a pair, again", lambda o=on: o.dyad_days(query))
        changes = portable.day_changes(on["events"], on["superseded"])
        totals = changes.aggregate(events=changes.events.sum(), rows=changes.count())
        answers.append((days, timed("all daily counts made again", lambda o=on, t=totals: o.rows(t))))
        on.close()
    assert answers[0] == answers[1], "the engines differ"
    print(f"equal: {len(answers[0][0])} days and classes of the pair; events and changes {answers[0][1]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
