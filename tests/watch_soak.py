"""The watch service, killed again and again while its sources and its receiver misbehave: nothing lost, nothing twice.

    python tests/watch_soak.py --kills 200 --seed 1

A real ``vedette watch run`` is started, killed (SIGKILL) after a random time, and started again. Meanwhile the feed
grows and its server drops connections, answers 429 and 500, sends half bodies and broken XML; the receiver of the
webhook answers 500, or takes a message and drops the connection before saying so. At the end the faults stop, and what
is in the store and what was received are compared with what was published. Exit status 1 when anything is lost, or
when something came twice other than under the same key.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import hmac
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SECRET = "made-secret"
EARLY = 0.2
"""Share of the kills that may come before the service has asked anything."""
FAULTS = ("drop", "429", "500", "half", "garbage", "hang")


@dataclass
class World:
    """What was published, what was received, and how badly everything behaves now."""

    random: random.Random
    rate: float = 0.4
    entries: list[Any] = field(default_factory=list)
    received: list[tuple[str, str, str]] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    bad_signatures: int = 0
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, *kinds: str) -> str:
        """A fault, or none; counted."""
        with self.lock:
            if self.random.random() >= self.rate:
                return ""
            kind = self.random.choice(kinds)
            self.faults[kind] += 1
            return kind


def handler(world: World) -> type[BaseHTTPRequestHandler]:
    from tests.made_watch import rss

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def _answer(self, code: int, body: bytes = b"", *, send: int | None = None, **headers: str) -> None:
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if send is None else body[:send])
            if send is not None:
                self.close_connection = True

        def do_GET(self) -> None:
            world.asked += 1
            kind = world.fault(*FAULTS)
            with world.lock:
                body = rss(world.entries)
            if kind == "drop":
                self.close_connection = True
            elif kind == "429":
                self._answer(429, Retry_After="1")
            elif kind == "500":
                self._answer(500)
            elif kind == "half":
                self._answer(200, body, send=len(body) // 2)
            elif kind == "garbage":
                self._answer(200, body[: len(body) // 2])
            else:
                if kind == "hang":
                    time.sleep(0.5)
                etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                if self.headers.get("If-None-Match") == etag:
                    self._answer(304)
                else:
                    self._answer(200, body, ETag=etag)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            kind = world.fault("refuse", "500", "unsaid")
            if kind == "refuse":
                self.close_connection = True
                return
            if kind == "500":
                self._answer(500)
                return
            stamp = self.headers.get("Vedette-Timestamp", "")
            right = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
            said = json.loads(body)
            with world.lock:
                world.bad_signatures += self.headers.get("Vedette-Signature") != f"sha256={right}"
                world.received.append(
                    (self.headers.get("Idempotency-Key", ""), said["key"], json.dumps(said["alerts"], sort_keys=True))
                )
            if kind == "unsaid":
                self.close_connection = True  # taken, and not said so: the sender must send it again
                return
            self._answer(204)

    return Handler


class Server(ThreadingHTTPServer):
    """Clients that are killed in the middle of an answer are the point of this, and no error."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of broken pipes."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def served(world: World) -> Iterator[str]:
    """The feed and the receiver on loopback."""
    server = Server(("127.0.0.1", 0), handler(world))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def start(home: Path, address: str) -> subprocess.Popen[bytes]:
    """The service as a user starts it."""
    env = {
        **os.environ, "VEDETTE_HOME": str(home), "VEDETTE_ALERT_DESK": f"{address}/hook",
        "VEDETTE_ALERT_DESK_SECRET": SECRET, "VEDETTE_ALERT_ALLOW_PRIVATE": "yes", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", "from vedette.cli import main; main(['watch', 'run', '--every', '0.3s'])"],
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip


def soak(home: Path, *, kills: int, seed: int, items: int, longest: float, settle: float) -> dict[str, Any]:
    """Run it; figures, and under ``wrong`` everything that should not be."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from tests.made_watch import entry, open_case_of

    from vedette.bootstrap import open_workspace
    from vedette.cli import main

    before = {k: os.environ.get(k) for k in ("VEDETTE_HOME", "VEDETTE_ALERT_DESK", "VEDETTE_ALERT_ALLOW_PRIVATE")}
    world = World(random=random.Random(seed))
    chooser = random.Random(seed + 1)
    with served(world) as address:
        os.environ |= {
            "VEDETTE_HOME": str(home), "VEDETTE_ALERT_DESK": f"{address}/hook", "VEDETTE_ALERT_ALLOW_PRIVATE": "yes"
        }
        try:
            open_workspace().cases.create(open_case_of())
            add = ["watch", "add", "watched", "--feed", f"{address}/feed", "--allow-private", "--channel", "desk"]
            with open(os.devnull, "w") as sink, contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
                assert main(add) == 0
            started = time.monotonic()
            done = 0
            for turn in range(kills):
                while len(world.entries) < (turn + 1) * items // kills:
                    with world.lock:
                        world.entries.append(entry(len(world.entries), base=address))
                asked = world.asked
                process = start(home, address)
                if chooser.random() < EARLY:
                    time.sleep(chooser.uniform(0.0, 1.0))
                else:
                    # Most are killed at work: from the moment they first ask a source.
                    until = time.monotonic() + 30
                    while world.asked == asked and time.monotonic() < until:
                        time.sleep(0.01)
                    time.sleep(chooser.uniform(0.0, longest))
                assert process.poll() is None, "the service ended by itself"
                process.send_signal(signal.SIGKILL)
                process.wait()
                done += 1
            world.rate = 0.0
            process = start(home, address)
            until = time.monotonic() + settle
            while time.monotonic() < until and not _finished(len(world.entries)):
                time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=30)
            return {**_compared(world, status), "kills": done, "seconds": round(time.monotonic() - started, 1)}
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)


def _finished(n: int) -> bool:
    from vedette.bootstrap import open_workspace

    store = open_workspace().watching
    read = sum(c.get("read", 0) for c in store.item_counts().values())
    return read >= n and not any(state == "waiting" for _, state in store.message_counts())


def _compared(world: World, status: int) -> dict[str, Any]:
    """What was published, stored, told and received, side by side."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.claims import Strength

    workspace = open_workspace()
    store, case = workspace.watching, workspace.cases.load("watched")
    alerts = store.alerts()
    states = ("read", "waiting", "refused", "failed")
    counts = {k: sum(c.get(k, 0) for c in store.item_counts().values()) for k in states}
    keys = Counter(key for key, _, _ in world.received)
    bodies: dict[str, set[str]] = {}
    for key, _, body in world.received:
        bodies.setdefault(key, set()).add(body)
    order = list(Strength)
    worth = {
        e.id for e in case.evidence
        if e.id != "e1" and max((order.index(b.strength) for b in e.bearings), default=0) >= 1
    }  # fmt: skip
    told = [i for a in alerts if a.kind == "evidence" for i in a.evidence]
    covers = [c for a in alerts for c in a.covers]
    wrong = []
    if len(case.documents) != len(world.entries):
        wrong.append(f"{len(world.entries)} items published, {len(case.documents)} documents in the case")
    if counts["read"] != len(world.entries) or counts["waiting"] or counts["refused"] or counts["failed"]:
        wrong.append(f"items: {counts}")
    if len(set(covers)) != len(covers) or len(set(told)) != len(told):
        wrong.append("something was told by two alerts")
    if not set(told) <= worth:
        wrong.append("an alert names an item that is not in the case")
    unsaid = _all_said(workspace, worth, set(told))
    if unsaid:
        wrong.append(f"{unsaid} items of evidence are in no alert, nor is what they say")
    if {a.key for a in alerts} != set(keys):
        wrong.append(f"{len(alerts)} alerts recorded, {len(keys)} keys received")
    if any(len(b) > 1 for b in bodies.values()):
        wrong.append("the same key came with different contents")
    if any(key != inside for key, inside, _ in world.received) or world.bad_signatures:
        wrong.append(f"{world.bad_signatures} wrong signatures, or keys that differ inside")
    if status != 0:
        wrong.append(f"the last service ended with status {status}")
    return {
        "items": len(world.entries), "documents": len(case.documents), "items of evidence": len(worth),
        "named in alerts": len(told), "alerts": len(alerts),
        "received": len(world.received), "again_same_key": len(world.received) - len(keys),
        "asked": world.asked, "faults": dict(sorted(world.faults.items())), "wrong": wrong,
    }  # fmt: skip


def _all_said(workspace: Any, worth: set[str], told: set[str]) -> int:
    """How many items are in no alert although nothing of their story that bears on the same was told before."""
    case = workspace.cases.load("watched")
    stories = {p.document: p.story for p in workspace.cases.stories("watched")}

    def subject(item: Any) -> tuple[str, tuple[str, ...]]:
        story = stories[item.quote.document.id]
        return story, tuple(sorted(f"{b.option}.{b.condition} {b.direction}" for b in item.bearings))

    named = {subject(e) for e in case.evidence if e.id in told}
    return sum(1 for e in case.evidence if e.id in worth - told and subject(e) not in named)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--items", type=int, default=400)
    parser.add_argument("--longest", type=float, default=2.0, help="seconds of work until a kill")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = soak(
            Path(folder) / "home", kills=given.kills, seed=given.seed, items=given.items, longest=given.longest,
            settle=300,
        )  # fmt: skip
    for name, value in found.items():
        print(f"{name}: {value}")
    raise SystemExit(1 if found["wrong"] else 0)
