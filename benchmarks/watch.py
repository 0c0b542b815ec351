"""New to alerted: 100 cases are watched by a real ``vedette watch run``; 10,000 new rows come, then new articles.

    python benchmarks/watch.py

Coded events: each case watches one pair of states with a year of history in the event store. Then 10,000 rows of an
unusual week for all 100 pairs are taken in by another process, and the time from their commit to the alert of each case
on standard output is taken. Budget: 2 s at the 95th percentile. The processor time that the service itself used from
commit to last alert is printed beside it: on a machine that does other work it is what does not depend on that work.

Articles: one feed is watched for all 100 cases. Articles come one at a time; the time from their being served to the
alert of each case is taken. Then 100 come at once, which makes 10,000 readings.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

CASES = 100
BUDGET = 2.0
MAPPING = """
[dataset]
id = "made"
title = "Made events"
licence = "ours"
citation = "made"
lag_days = 0

[file]
ontology = "CAMEO"

[columns]
id = "Id"
date = "Day"
source = "From"
target = "To"
code = "Code"
"""


class Service:
    """The watch service in a process of its own; alerts with the time at which each came out."""

    def __init__(self, env: dict[str, str]) -> None:
        self.alerts: list[tuple[float, dict[str, Any]]] = []
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from vedette.cli import main; main(['watch', 'run', '--json', '--every', '0.5s'])"],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            now = time.monotonic()
            self.alerts += [(now, alert) for alert in json.loads(line)["alerts"]]

    def processor(self) -> float:
        """Seconds of processor time the service has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait(self, n: int, *, seconds: float) -> bool:
        """Until ``n`` alerts came out."""
        until = time.monotonic() + seconds
        while len(self.alerts) < n and time.monotonic() < until:
            time.sleep(0.005)
        return len(self.alerts) >= n

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=60)
        self._thread.join()


@contextmanager
def running(env: dict[str, str]) -> Iterator[Service]:
    service = Service(env)
    try:
        yield service
    finally:
        service.stop()


def pairs() -> list[tuple[str, str]]:
    from vedette.reference.states import all_states

    codes = sorted({s.iso3 for s in all_states() if s.iso3 and s.exists_today})
    there = [(codes[i], codes[-1 - i]) for i in range(CASES // 2)]
    return [*there, *((b, a) for a, b in there)]


def rows(
    days: Sequence[dt.date], per_pair: int, seed: int, of: Sequence[tuple[str, str]] = ()
) -> Iterator[tuple[str, str, str, str, str]]:
    chance = random.Random(seed)
    for source, target in of or pairs():
        for i in range(per_pair):
            yield f"{seed}-{source}{target}-{i}", chance.choice(days).isoformat(), source, target, "138"


def take_in(folder: Path, name: str, made: Iterator[tuple[str, ...]], env: dict[str, str]) -> int:
    """Write a file and take it in as a user does, in a process of its own."""
    path = folder / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("Id", "Day", "From", "To", "Code"))
        n = 0
        for row in made:
            writer.writerow(row)
            n += 1
    code = "import sys; from vedette.cli import main; sys.exit(main(sys.argv[1:]))"
    subprocess.run(
        [sys.executable, "-c", code, "events", "ingest", "made", str(path), "--mapping", str(folder / "made.toml")],
        env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    return n


def summary(name: str, seconds: list[float], *, budget: float | None = None) -> bool:
    seconds = sorted(seconds)
    p95 = seconds[min(len(seconds) - 1, round(0.95 * (len(seconds) - 1)))]
    verdict = "" if budget is None else f"  budget {budget:g} s: {'met' if p95 <= budget else 'MISSED'}"
    print(f"{name}: n {len(seconds)}  median {statistics.median(seconds):.2f} s  p95 {p95:.2f} s  "
          f"max {seconds[-1]:.2f} s{verdict}")  # fmt: skip
    return budget is None or p95 <= budget


def events(folder: Path, env: dict[str, str]) -> bool:
    """10,000 new rows for 100 pairs."""
    from tests.made_watch import open_case_of

    from vedette.bootstrap import open_workspace
    from vedette.cli import main

    today = dt.datetime.now(dt.UTC).date()
    (folder / "made.toml").write_text(MAPPING, encoding="utf-8")
    past = [today - dt.timedelta(days=d) for d in range(8, 380)]
    n = take_in(folder, "past", rows(past, 26, 1), env)
    # The rest of the world reports as much as ever: 4,000 rows a week, so that the new week is unusual for the pairs.
    others = [("USA", "CHN"), ("GBR", "FRA")]
    every_day = [today - dt.timedelta(days=d) for d in range(380)]
    n += take_in(folder, "others", rows(every_day, 108_000, 2, others), env)
    workspace = open_workspace()
    for i, (source, target) in enumerate(pairs()):
        workspace.cases.create(open_case_of(f"case-{i:03d}"))
        with open(os.devnull, "w") as sink, _quiet(sink):
            assert main(["watch", "add", f"case-{i:03d}", "--events", f"{source}:{target}"]) == 0
    print(f"{CASES} cases, {n} rows of a year in the store")
    with running(env) as service:
        time.sleep(8)  # it has looked at every case and every source once
        assert not service.alerts, service.alerts[0]
        lasting: list[float] = []
        used = 0.0
        for batch in range(3):
            before = len(service.alerts)
            days = [today - dt.timedelta(days=batch)]
            made = take_in(folder, f"new{batch}", rows(days, 100, 10 + batch), env)
            committed, spent = time.monotonic(), service.processor()
            # The second and third batch make the same week still more unusual: told again only where it became so.
            service.wait(before + CASES, seconds=30 if batch == 0 else 4)
            times = [at - committed for at, _ in service.alerts[before:]]
            if batch == 0:
                lasting, used = times, service.processor() - spent
            print(f"  batch {batch + 1}: {made} rows, {len(times)} alerts")
    ok = summary("coded events, commit to alert", lasting, budget=BUDGET)
    print(f"  processor time of the service for these alerts: {used:.2f} s; load {os.getloadavg()[0]:.1f}")
    return ok and len(lasting) == CASES


def articles(env: dict[str, str], *, single: int, burst: int) -> bool:
    """One article at a time for 100 cases, then many at once."""
    from tests.loopback import Served, publisher
    from tests.made_watch import entry, open_case_of, rss

    from vedette.bootstrap import open_workspace
    from vedette.cli import main

    workspace = open_workspace()
    entries = [entry(0)]
    with publisher({"feed": Served(body=rss(entries), etag='"0"')}) as server:
        for i in range(CASES):
            workspace.cases.create(open_case_of(f"desk-{i:03d}"))
            with open(os.devnull, "w") as sink, _quiet(sink):
                assert main(["watch", "add", f"desk-{i:03d}", "--feed", server.url("feed"), "--allow-private"]) == 0
        with running(env) as service:
            assert service.wait(CASES, seconds=120)
            times = []
            used = 0.0
            for i in range(1, single + 1):
                spent = service.processor()
                entries.append(entry(i))
                before = len(service.alerts)
                server.files["feed"] = Served(body=rss(entries), etag=f'"{i}"')
                served = time.monotonic()
                assert service.wait(before + CASES, seconds=60)
                times += [at - served for at, _ in service.alerts[before:]]
                used += service.processor() - spent
                time.sleep(1)
            ok = summary(f"articles one at a time, served to alert of each of {CASES} cases", times, budget=BUDGET)
            print(f"  processor time of the service an article for {CASES} cases: {used / single:.2f} s; "
                  f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
            entries += [entry(i) for i in range(single + 1, single + 1 + burst)]
            server.files["feed"] = Served(body=rss(entries), etag='"burst"')
            served = time.monotonic()
            wanted = CASES * (1 + single + burst)
            until = served + 900
            while time.monotonic() < until:
                counts = workspace.watching.item_counts()
                done = sum(c.get("read", 0) for (case, _), c in counts.items() if case.startswith("desk-"))
                if done >= wanted:
                    break
                time.sleep(0.2)
            took = time.monotonic() - served
            print(f"{burst} articles at once for {CASES} cases: {burst * CASES} readings in {took:.1f} s, "
                  f"{1000 * took / (burst * CASES):.1f} ms each")  # fmt: skip
            return ok


@contextmanager
def _quiet(sink: Any) -> Iterator[None]:
    from contextlib import redirect_stderr, redirect_stdout

    with redirect_stdout(sink), redirect_stderr(sink):
        yield


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--single", type=int, default=10, help="articles that come one at a time")
    parser.add_argument("--burst", type=int, default=100, help="articles that come at once")
    parser.add_argument("--only", choices=("events", "articles"), default=None)
    given = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    ok = True
    for part in ("events", "articles") if given.only is None else (given.only,):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            os.environ |= {"VEDETTE_HOME": str(home / "home"), "VEDETTE_DATA": str(home / "data")}
            os.environ["OMP_NUM_THREADS"] = "1"
            env = dict(os.environ)
            ok &= events(home, env) if part == "events" else articles(env, single=given.single, burst=given.burst)
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
