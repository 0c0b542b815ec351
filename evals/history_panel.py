"""Figures of the historical panel: build time, memory, counts, differences to another panel, crisis rates.

    python evals/history_panel.py --mirror DIR [--against PANEL.parquet] [--all] [--crisis-classes FILE]

DIR holds local copies of the data sets (see ``vedette history fetch --list``); nothing is downloaded.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

from vedette.frames.frame import open_frames
from vedette.panel.build import build_panel, compare_panels
from vedette.panel.create import add_majors, create_dyad_years, filter_politically_relevant
from vedette.panel.crises import crisis_class_rates, write_crisis_classes
from vedette.panel.place import add_contiguity
from vedette.panel.reference_classes import Filter, reference_class
from vedette.sources.fetch import HistoryFetcher

COMMAND = "python evals/history_panel.py --mirror DIR --crisis-classes FILE"


def peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def counts(frames: dict) -> None:
    for directed, membership, first, last in (
        (False, "same_day", 1886, 2014), (True, "same_year", 1946, 2024), (True, "same_day", 1946, 2024),
    ):  # fmt: skip
        panel = create_dyad_years(first, last, directed=directed, membership=membership)
        everyone = panel.rows()
        relevant = filter_politically_relevant(add_contiguity(add_majors(panel), frames["cow-contiguity"])).rows()
        panel.close()
        kind = "directed" if directed else "non-directed"
        print(f"counts: {kind} {first}-{last} {membership}: all {everyone:,} politically relevant {relevant:,}")


def build(frames: dict, folder: Path, *, relevant: bool) -> Path:
    started = time.perf_counter()
    built = build_panel(frames, relevant_only=relevant)
    path = built.panel.write(folder / ("relevant.parquet" if relevant else "all.parquet"))
    rows, seconds = built.panel.rows(), time.perf_counter() - started
    print(
        f"build: {rows:,} rows, {len(built.panel.columns)} columns in {seconds:.1f} s, peak {peak_megabytes()} MB, "
        f"load {os.getloadavg()[0]:.1f}; absent: {', '.join(built.absent) or 'none'}"
    )
    built.panel.close()
    return path


def differences(ours: Path, theirs: Path) -> None:
    got = compare_panels(ours, theirs)
    print(f"compare: rows ours {got.our_rows:,} theirs {got.their_rows:,} common {got.common_rows:,}")
    for c in got.columns:
        print(
            f"compare: {c.name:26s} equal {c.equal / c.rows:8.4%}  only ours missing {c.only_ours_missing:6d}  "
            f"only theirs missing {c.only_theirs_missing:6d}  different {c.different:6d}  largest {c.largest:.4g}"
        )
    print(f"compare: only ours {', '.join(got.only_ours)}; only theirs {', '.join(got.only_theirs) or 'none'}")


def simple_table(frames: dict) -> None:
    built = build_panel(frames, first_year=1990, last_year=2014)
    for rival in (0, 1):
        for border in (0, 1):
            filters = [
                Filter(column="c1_rivalry", operator="==", value=rival),
                Filter(column="c4_land_contig", operator="==", value=border),
            ]
            got = reference_class(built.panel, "y_force_init", filters, most_cases=0)
            low, high = got.clustered
            print(
                f"class: rivals {rival} border {border}: {got.rate.k}/{got.rate.n} = {got.rate.rate:.4%} a year, "
                f"90 % by pair {low:.4%}-{high:.4%} ({got.pairs} pairs)"
            )
    built.panel.close()


def crises(frames: dict, path: Path | None) -> None:
    rates = crisis_class_rates(frames["icb-crises"], frames["icb-actors"])
    for item in rates:
        print(
            f"crises: {item.kind.id:22s} n {item.serious.n:4d}  serious or worse {item.serious.rate:.3f} "
            f"[{item.serious.low:.3f}, {item.serious.high:.3f}]  full-scale war {item.war.rate:.3f} "
            f"[{item.war.low:.3f}, {item.war.high:.3f}]"
        )
    if path is not None:
        write_crisis_classes(rates, frames["icb-crises"], path, command=COMMAND)
        print(f"crises: written to {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mirror", type=Path, required=True)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--all", action="store_true", help="also build all directed pairs")
    parser.add_argument("--crisis-classes", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        fetcher = HistoryFetcher(folder=Path(scratch))
        started = time.perf_counter()
        for result in fetcher.fetch(mirror=given.mirror):
            print(f"fetch: {result.dataset:18s} {result.status:8s} {result.message}")
        print(f"fetch: {time.perf_counter() - started:.1f} s")
        frames = open_frames(fetcher.frames_folder())
        counts(frames)
        ours = build(frames, Path(scratch), relevant=True)
        if given.against:
            differences(ours, given.against)
        simple_table(frames)
        crises(frames, given.crisis_classes)
        if given.all:
            build(frames, Path(scratch), relevant=False)


if __name__ == "__main__":
    main()
