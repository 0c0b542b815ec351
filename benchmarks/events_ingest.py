"""Taking in GDELT: the product against DuckDB's COPY of the same columns and gdeltPyR's way of reading, in turn.

    python benchmarks/events_ingest.py                         1,000,000 rows, 5 repeats
    python benchmarks/events_ingest.py --slope 100000 1000000  cost of a row by size
    python benchmarks/events_ingest.py --files 100             cost of a file of a feed

The product types, checks, frees of repetitions, stamps with provenance and counts by pair and day; COPY only types and
writes (raw codes, nothing checked, order not kept: its fastest form); gdeltPyR's worker reads the zip with pandas,
untyped, and keeps nothing. gdeltPyR fetches a list of codes from the web when it is imported, so its worker is run from
its own file with the zip handed to it. It needs an environment of its own:

    python -m venv build/peer-gdelt && build/peer-gdelt/bin/pip install gdelt==0.1.14 pandas pyarrow

Each run is a process of its own; memory is the peak of that process. Rows are made (benchmarks/gdelt_rows.py).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from gdelt_rows import write_gdelt

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "bench-events"
PEER = ROOT / "build" / "peer-gdelt" / "bin" / "python"

PRODUCT = """
import json, sys
from pathlib import Path
from vedette.bootstrap import open_workspace
from vedette.workflows.events import ingest
w = open_workspace()
done = ingest(w.event_supply(), w.event_intake(), w.event_dataset("gdelt2"), (Path(sys.argv[1]),))
assert not done.failed and not done.stopped, done
print(json.dumps({n: done.total(n) for n in ("read", "new", "repeated", "corrected", "rejected")}))
"""
COPY = """
import duckdb, sys
sys.path.insert(0, sys.argv[3])
from vedette.sources.events.gdelt import EVENTS2
names = ", ".join(f"'{n}': 'VARCHAR'" for n in EVENTS2.columns)
con = duckdb.connect()
con.execute("SET preserve_insertion_order = false")
con.execute("SET temp_directory = '" + sys.argv[2] + ".tmp'")
day = "CAST(try_strptime(sqldate, '%Y%m%d') AS DATE)"
added = "try_strptime(dateadded, '%Y%m%d%H%M%S')"
con.execute(f'''COPY (SELECT 'gdelt2' AS dataset, 'event' AS kind, TRY_CAST(globaleventid AS BIGINT) AS key,
  NULL::VARCHAR AS id, eventcode AS code, 'CAMEO' AS ontology, eventrootcode AS root,
  TRY_CAST(quadclass AS INTEGER) AS quad, actor1countrycode AS source, actor2countrycode AS target,
  actor1code AS source_actor, actor2code AS target_actor, {day} AS occurred_from, {day} AS occurred_to,
  'day' AS time_precision, {added} AS published_at, {added} AS available_at, now()::TIMESTAMP AS recorded_at,
  actiongeo_fullname AS place, actiongeo_countrycode AS place_state, TRY_CAST(actiongeo_lat AS DOUBLE) AS lat,
  TRY_CAST(actiongeo_long AS DOUBLE) AS lon, actiongeo_type AS place_precision,
  TRY_CAST(goldsteinscale AS DOUBLE) AS intensity, TRY_CAST(avgtone AS DOUBLE) AS tone,
  TRY_CAST(nummentions AS INTEGER) AS mentions, TRY_CAST(numsources AS INTEGER) AS sources,
  TRY_CAST(numarticles AS INTEGER) AS articles, NULL::INTEGER AS fatalities, NULL::INTEGER AS fatalities_low,
  NULL::INTEGER AS fatalities_high, NULL::DOUBLE AS confidence, NULL::BIGINT AS refers_to, NULL::VARCHAR AS tags,
  sourceurl AS url, 1 AS file_id, 0 AS row, 1 AS batch
  FROM read_csv('{sys.argv[1]}', delim='\\t', header=false, quote='', escape='', auto_detect=false,
  columns={{{names}}}, ignore_errors=true)) TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd)''')
"""
GDELTPYR = """
import importlib.util, sys
from importlib.metadata import distribution
path = distribution("gdelt").locate_file("gdelt/parallel.py")
spec = importlib.util.spec_from_file_location("gdelt_parallel", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
class Answer:
    status_code, url = 200, sys.argv[1]
    content = open(sys.argv[1], "rb").read()
module.requests.get = lambda *a, **k: Answer
frame = module._mp_worker(sys.argv[1], table="events")
print(len(frame))
"""


# Seconds by the clock, seconds of processors, peak megabytes.
Cost = tuple[float, float, float]


def run(python: Path | str, code: str, *args: str, env: dict[str, str] | None = None) -> tuple[Cost, str]:
    """Cost and output of a process of its own."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(python), "-c", code, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **(env or {})},
    )  # fmt: skip
    out = process.stdout.read() if process.stdout else ""
    errors = process.stderr.read() if process.stderr else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"a run failed: {errors[-2000:]}")
    seconds = time.perf_counter() - started
    return (seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), out


def made(rows: int) -> tuple[Path, Path]:
    """A made file of that many rows, plain and zipped; kept between runs."""
    WORK.mkdir(parents=True, exist_ok=True)
    plain, packed = WORK / f"{rows}.tsv", WORK / f"20220101000000.export.{rows}.zip"
    if not plain.exists():
        write_gdelt(plain, rows)
    if not packed.exists() and rows <= 1_000_000:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zipped:
            zipped.write(plain, "rows.export.CSV")
    return plain, packed


def product(path: Path) -> tuple[Cost, dict[str, int]]:
    """The product on one file, into an empty store; its counts are checked."""
    home = WORK / "home"
    shutil.rmtree(home, ignore_errors=True)
    cost, out = run(sys.executable, PRODUCT, str(path), env={"VEDETTE_HOME": str(home)})
    return cost, json.loads(out)


def check(counts: dict[str, int], rows: int) -> None:
    """Every row is accounted for, and the daily counts add up to the events in force."""
    import duckdb

    from vedette.stores.events import DuckEventStore

    accounted = sum(counts[n] for n in ("new", "repeated", "corrected", "rejected"))
    assert counts["read"] == rows == accounted, counts
    store = DuckEventStore(WORK / "home" / "data" / "events", memory_mb=400, busy=5)
    files = {name: [str(p) for p in store.parquet_files(name)] for name in ("events", "dyad_days")}
    with duckdb.connect() as con:
        days = con.execute(f"SELECT sum(events) FROM read_parquet({files['dyad_days']})").fetchone()
        distinct = con.execute(f"SELECT count(DISTINCT key) FROM read_parquet({files['events']})").fetchone()
    assert days is not None and distinct is not None and days[0] == distinct[0] == counts["new"], (days, distinct)


def compare(rows: int, repeats: int, peer: Path) -> None:
    """The three in turn; medians of the ratios."""
    if not peer.exists():
        raise SystemExit(f"the peer is missing: {peer} (see the head of {Path(__file__).name})")
    plain, packed = made(rows)
    runs: dict[str, Callable[[], Cost]] = {
        "product, plain": lambda: checked(plain, rows),
        "COPY": lambda: run(sys.executable, COPY, str(plain), str(WORK / "copy.parquet"), str(ROOT / "src"))[0],
        "product, zip": lambda: checked(packed, rows),
        "gdeltPyR": lambda: run(peer, GDELTPYR, str(packed))[0],
    }
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, once in runs.items():
            costs[name].append(once())
    print(f"{rows:,} rows, {repeats} repeats in turn, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    for name, values in costs.items():
        wall, cpu, memory = zip(*values, strict=True)
        print(
            f"  {name:<15} {statistics.median(wall):6.2f} s ({min(wall):.2f}-{max(wall):.2f})"
            f"  {statistics.median(cpu):6.2f} s of processors  {max(memory):7.0f} MB"
        )
    for ours, theirs, least in (("product, plain", "COPY", 0.5), ("product, zip", "gdeltPyR", 1.8)):
        for what, nth in (("by the clock", 0), ("by processor time", 1)):
            ratios = sorted(t[nth] / o[nth] for o, t in zip(costs[ours], costs[theirs], strict=True))
            print(
                f"speed of {theirs}, {what}: {statistics.median(ratios):.2f}x ({ratios[0]:.2f}-{ratios[-1]:.2f}), "
                f"wanted at least {least}x"
            )
    share = max(c[2] for c in costs["product, zip"]) / max(c[2] for c in costs["gdeltPyR"])
    print(f"memory of gdeltPyR: {share:.2f}x, wanted at most 0.35x")


def checked(path: Path, rows: int) -> Cost:
    """One run of the product, its counts checked."""
    cost, counts = product(path)
    check(counts, rows)
    return cost


def slope(sizes: list[int], repeats: int) -> None:
    """Microseconds a row and peak memory by number of rows, without what a file of a thousand rows costs already."""
    from vedette.stores.events import DuckEventStore

    few, _ = made(1000)
    starts = [checked(few, 1000) for _ in range(max(3, repeats))]
    start = [statistics.median(c[n] for c in starts) for n in (0, 1)]
    print(f"a file of 1,000 rows: {start[0]:.2f} s ({start[1]:.2f} of processors): start-up, taken off below")
    per_row: dict[str, list[float]] = {"clock": [], "processors": []}
    for rows in sizes:
        plain, _ = made(rows)
        costs = [checked(plain, rows) for _ in range(repeats if rows <= 1_000_000 else 1)]
        wall, cpu = (statistics.median(c[n] for c in costs) - start[n] for n in (0, 1))
        per_row["clock"].append(1e6 * wall / rows)
        per_row["processors"].append(1e6 * cpu / rows)
        store = WORK / "home" / "data" / "events"
        kept = DuckEventStore(store, memory_mb=400, busy=5)
        disk = sum(p.stat().st_size for n in ("events", "dyad_days", "superseded") for p in kept.parquet_files(n)) / 1e6
        print(
            f"{rows:>12,} rows: {wall:8.2f} s, {per_row['clock'][-1]:6.2f} microseconds a row "
            f"({per_row['processors'][-1]:.2f} of processors), {max(c[2] for c in costs):5.0f} MB of memory, "
            f"{disk:8.1f} MB on disk (text {plain.stat().st_size / 1e6:.0f} MB)"
        )
    for what, values in per_row.items():
        print(f"dearest row against cheapest, by {what}: {max(values) / min(values):.2f}x, wanted at most 1.2x")


def many(files: int, rows: int) -> None:
    """Seconds a file when a feed's small files are taken in one after the other."""
    folder = WORK / "feed"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for n in range(files):
        write_gdelt(folder / f"{n:06d}.tsv", rows, seed=n + 1, first_id=1_000_000_000 + n * rows)
    cost, counts = product(folder)
    check(counts, files * rows)
    print(
        f"{files} files of {rows:,} rows, load {os.getloadavg()[0]:.1f}: {1000 * cost[0] / files:.0f} ms a file "
        f"({1000 * cost[1] / files:.0f} of processors), {1e6 * cost[1] / files / rows:.1f} microseconds of "
        "processors a row"
    )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--peer-python", type=Path, default=PEER)
    parser.add_argument("--slope", type=int, nargs="+", metavar="ROWS")
    parser.add_argument("--files", type=int, metavar="N", help="take in N files of 3,000 rows, as a feed brings them")
    args = parser.parse_args()
    if args.files:
        many(args.files, 3000)
    elif args.slope:
        slope(args.slope, args.repeats)
    else:
        compare(args.rows, args.repeats, args.peer_python)


if __name__ == "__main__":
    main()
