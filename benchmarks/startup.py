"""How long commands take to start: ``python benchmarks/startup.py``.

Each command and its reference run in turn (A B A B ...), so that a machine that slows down slows both. Printed: the
median time of each, and the median of the paired ratios with its 5th to 95th percentile over the repeats. "Cold" means
a new process; the operating system's file cache is warm after the first, discarded, run. Processor seconds stand beside
the wall time: on a busy machine they say what the command itself costs.

Exit status 1 when a median misses its budget. ``--repeats N`` changes the number of pairs.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A command and what it may cost: a multiple of the reference, or seconds."""

    arguments: tuple[str, ...]
    most_ratio: float | None = None
    most_seconds: float | None = None


# Budgets: start-up at most three times a bare interpreter; the cold assessment 1.5 s; a base rate 1 s.
TARGETS = (
    Target(arguments=("--version",), most_ratio=3.0),
    Target(arguments=("assess", "belarus-2022", "--json"), most_seconds=1.5),
    Target(
        arguments=("base-rate", "RUS", "UKR", "--outcome", "force", "--horizon", "12m", "--as-of", "2021-12-31"),
        most_seconds=1.0,
    ),
)


def seconds(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall and processor time of one process; raises CalledProcessError when it fails."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * (len(ordered) - 1))))]


def measure(target: Target, repeats: int, environment: dict[str, str]) -> bool:
    """Print one line; True if the median is within the budget."""
    vedette = Path(sys.executable).parent / "vedette"
    command = [str(vedette), *target.arguments]
    reference = [sys.executable, "-c", "pass"]
    seconds(command, environment)  # discarded: fills the file cache and writes bytecode
    seconds(reference, environment)
    pairs = [(seconds(command, environment), seconds(reference, environment)) for _ in range(repeats)]
    ours = [a for (a, _), _ in pairs]
    processor = statistics.median([cpu for (_, cpu), _ in pairs])
    ratios = [a / b for (a, _), (b, _) in pairs]
    median, ratio = statistics.median(ours), statistics.median(ratios)
    fits = (target.most_ratio is None or ratio <= target.most_ratio) and (
        target.most_seconds is None or median <= target.most_seconds
    )
    budget = f"{target.most_ratio:g}x" if target.most_ratio is not None else f"{target.most_seconds:g} s"
    print(
        f"vedette {' '.join(target.arguments)}\n"
        f"  n {repeats}  median {median:.3f} s ({percentile(ours, 0.05):.3f}-{percentile(ours, 0.95):.3f})"
        f"  processor {processor:.3f} s  python -c pass {statistics.median([b for _, (b, _) in pairs]):.3f} s"
        f"  ratio {ratio:.2f} ({percentile(ratios, 0.05):.2f}-{percentile(ratios, 0.95):.2f})"
        f"  budget {budget}: {'met' if fits else 'MISSED'}"
    )
    return fits


def attempt(target: Target, repeats: int, environment: dict[str, str]) -> bool:
    """Measure; a command that fails is reported and counts as missed."""
    try:
        return measure(target, repeats, environment)
    except subprocess.CalledProcessError as error:
        print(f"vedette {' '.join(target.arguments)}\n  failed: {error.stderr.decode().strip()[-500:]}")
        return False


def main() -> int:
    """Measure every target; 1 if one misses its budget."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--repeats", type=int, default=25)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "VEDETTE_HOME": home, "OMP_NUM_THREADS": "1"}
        results = [attempt(target, repeats, environment) for target in TARGETS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
