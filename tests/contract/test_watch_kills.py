"""The watch service killed: at every named write point of a round, and at random while everything misbehaves."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.loopback import Served, publisher
from tests.made_watch import entry, open_case_of, rss

from vedette.bootstrap import open_workspace

KILLED = Path(__file__).with_name("killed.py")
SOAK = Path(__file__).parents[1] / "watch_soak.py"


@pytest.mark.parametrize(
    "point", ["documents", "watch_items", "watch_alerts", "watch_messages", "commit", "committed"]
)
def test_killed_at_a_write_point_the_next_run_finishes_the_work(
    vedette: Any, point: str, tmp_path: Path
) -> None:
    open_workspace().cases.create(open_case_of())
    with publisher({"feed": Served(body=rss([entry(n) for n in range(3)]))}) as server:
        vedette.ok(
            "watch", "add", "watched", "--feed", server.url("feed"), "--allow-private", "--channel",
            f"atom:{tmp_path / 'alerts.atom'}",
        )  # fmt: skip
        done = subprocess.run(
            [sys.executable, str(KILLED), point, "watch", "run", "--once"], capture_output=True, text=True, timeout=250
        )
        assert done.returncode == -signal.SIGKILL, (done.returncode, done.stdout, done.stderr)
        store = open_workspace().watching
        case = open_workspace().cases.load("watched")
        told = {e for a in store.alerts() for e in a.evidence}
        assert told <= {e.id for e in case.evidence}, "an alert is never recorded without what it tells"
        assert bool(case.documents) == bool(told), "nor what it tells without the alert"
        vedette.ok("watch", "run", "--once")
    case = open_workspace().cases.load("watched")
    told_once = [e for a in store.alerts() for e in a.evidence]
    # Each article makes a strong proposal, which is told, and a weak one, which waits for review in silence.
    assert len(case.documents) == len(told_once) == len(set(told_once)) == 3 and len(case.evidence) == 1 + 6
    text = (tmp_path / "alerts.atom").read_text(encoding="utf-8")
    waiting = [m for m in store.messages() if m.state == "waiting"]
    assert all(m.why == "being sent" for m in waiting), "only one that may have left waits for its next try"
    assert all(text.count(a.key) >= 1 for a in store.alerts() if a.key not in {m.key for m in waiting})


@pytest.mark.slow
def test_twelve_random_kills_and_faults_lose_nothing(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("watch_soak", SOAK)
    assert spec is not None and spec.loader is not None
    soak = importlib.util.module_from_spec(spec)
    sys.modules["watch_soak"] = soak
    spec.loader.exec_module(soak)
    found = soak.soak(tmp_path / "home", kills=12, seed=7, items=24, longest=0.8, settle=120)
    assert found["wrong"] == [], found
    assert found["kills"] == 12 and found["items"] == found["documents"] == 24
    assert found["received"] >= found["alerts"] >= 1
