"""The evaluation of standing positions runs on made data, and holds the law there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str, shared: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "evals/standing_positions.py", *arguments], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "VEDETTE_SHARED": str(shared)}, timeout=300, check=False,
    )  # fmt: skip


def test_without_shared_data_the_made_stream_is_held_to_the_law(tmp_path: Path) -> None:
    found = run(shared=tmp_path)
    assert found.returncode == 0, found.stderr
    assert "one position said 43 times" in found.stdout and "the law holds" in found.stdout
    assert "no real stream" in found.stdout


@pytest.mark.shared
@pytest.mark.slow
def test_the_real_stream_repeats_positions_and_pairs_few_denials(shared: Path) -> None:
    found = run("--pairs", shared=shared)
    assert found.returncode == 0, found.stderr
    assert "repeat a position of their speaker" in " ".join(found.stdout.split())
    pairs = next(line for line in found.stdout.splitlines() if " pairs of " in line)
    assert int(pairs.split()[0]) <= 40
