"""Fit the shipped coefficients and compute the shipped base rates from a dyad-year panel.

    python buildtools/bundle_base_rates.py PANEL.parquet

Writes src/vedette/reference/coefficients/structural-*.json and base-rates.npz. Only our own fitted numbers
are written; the panel itself stays where it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from vedette.evaluation.panel_file import read_panel
from vedette.forecasting.structural.bundled import FOLDER, write_bundle

TARGET = Path(__file__).resolve().parents[1] / "src" / "vedette" / "reference" / FOLDER

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for path in write_bundle(read_panel(sys.argv[1]), TARGET):
        print(f"{path.name} {path.stat().st_size:,} bytes")
