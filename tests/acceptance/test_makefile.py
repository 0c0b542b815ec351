"""make says what it can do, and says in one line what is missing."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {
    "demo", "test", "test-browser", "test-spark", "soak", "audit", "guards",
    "lint", "bench", "evals", "figures", "docs", "changelog", "lock", "clean",
}  # fmt: skip


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    # A make that runs the tests hands its own flags down; they are not this one's.
    handed_down = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON", "VENV")
    environment = {k: v for k, v in os.environ.items() if k not in handed_down}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=250, check=False
    )


def test_help_names_every_target() -> None:
    done = make()
    assert done.returncode == 0
    assert {line.split()[1] for line in done.stdout.splitlines()} == TARGETS


def test_a_python_that_is_too_old_is_one_clear_line(tmp_path: Path) -> None:
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = make("demo", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode == 2
    assert "needs Python 3.11 or newer" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all_is_one_clear_line(tmp_path: Path) -> None:
    done = make("test", "PYTHON=", f"VENV={tmp_path / 'venv'}")
    assert done.returncode == 2
    assert "none found" in done.stderr
    assert "PYTHON=/path/to/python" in done.stderr


def test_the_demo_and_the_tests_are_enough_alone(tmp_path: Path) -> None:
    """A dry run in a folder without an environment shows every step from the interpreter on."""
    for target, last in (("demo", "vedette demo --out out"), ("test", "-m pytest")):
        steps = make("-n", target, f"VENV={tmp_path / 'venv'}").stdout
        order = ["-m venv", "--require-hashes", "--no-build-isolation", last]
        places = [steps.index(step) for step in order]
        assert places == sorted(places)


def test_the_check_script_reads_as_bash_and_runs_both_suites() -> None:
    script = ROOT / ".ci" / "run"
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    calls = re.findall(r"^make ([a-z-]+)$", script.read_text("utf-8"), flags=re.MULTILINE)
    assert calls == ["test", "test-browser"]
