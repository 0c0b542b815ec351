"""The panel of the made world, cell by cell in a few rows and by column sums: changes must be meant.

Rewrite with ``VEDETTE_REWRITE_GOLDEN=1 python -m pytest tests/golden/test_panel_golden.py`` and read the diff.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from tests.made_history import LAST, STATES, world

from vedette.panel import build_panel

GOLDEN = Path(__file__).with_name("panel-made-world.json")
ROWS = ((2, 365, 1962), (365, 369, 2015), (640, 2, 1961), (70, 2, 1955), (369, 365, 1992))


def rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 5)


def test_made_world_panel_is_the_golden_one(tmp_path: Path) -> None:
    built = build_panel(world(tmp_path), last_year=LAST, states=STATES)
    got = built.panel.arrays()
    names = [column.name for column in built.panel.columns]
    built.panel.close()
    keys = list(zip(got["ccode1"].astype(int), got["ccode2"].astype(int), got["year"].astype(int), strict=True))
    plain = {
        "rows": len(keys),
        "columns": {
            name: {"known": int((~np.isnan(got[name])).sum()), "sum": round(float(np.nansum(got[name])), 2)}
            for name in names
        },
        "cells": {
            " ".join(map(str, row)): {name: rounded(float(got[name][keys.index(row)])) for name in names}
            for row in ROWS
        },
    }
    if os.environ.get("VEDETTE_REWRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
        pytest.skip("golden file rewritten: read its diff")
    wanted = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert plain["rows"] == wanted["rows"]
    assert list(plain["columns"]) == list(wanted["columns"])
    for name in names:
        assert plain["columns"][name]["known"] == wanted["columns"][name]["known"], name
        assert plain["columns"][name]["sum"] == pytest.approx(wanted["columns"][name]["sum"], rel=1e-5, abs=0.02), name
    for row, cells in wanted["cells"].items():
        for name, cell in cells.items():
            assert plain["cells"][row][name] == pytest.approx(cell, abs=2e-5), (row, name)
