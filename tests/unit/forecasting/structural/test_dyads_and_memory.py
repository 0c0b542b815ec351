"""Dyad-years refuse bad tables; memories use only years before, and hold still when their series ends."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.errors import FrameRefused, UnknownName
from vedette.forecasting.structural.dyads import DyadYears, dyad_years
from vedette.forecasting.structural.memory import decayed, degree, dyad_memory, event_cube, relation, through


def small(events: list[tuple[int, int, int]], years: range = range(2000, 2006), missing_from: int = 9999) -> DyadYears:
    """Three states, all ordered pairs, with the listed (one, two, year) events."""
    rows = [(a, b, t) for t in years for a in (10, 20, 30) for b in (10, 20, 30) if a != b]
    one, two, year = (np.array(v) for v in zip(*rows, strict=True))
    y = np.array([float((a, b, t) in events) for a, b, t in rows])
    y[year >= missing_from] = np.nan
    return dyad_years({"ccode1": one, "ccode2": two, "year": year, "y": y})


def test_rows_are_sorted_and_masked_values_become_missing() -> None:
    panel = dyad_years({
        "ccode1": [2, 1], "ccode2": [1, 2], "year": [1991, 1990], "x": np.ma.array([5.0, 6.0], mask=[True, False]),
    })
    assert panel.year.tolist() == [1990, 1991] and panel.states.tolist() == [1, 2]
    assert panel.column("x")[0] == 6.0 and np.isnan(panel.column("x")[1])
    assert panel.undirected()[0] == panel.undirected()[1] and panel.dyad()[0] != panel.dyad()[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"year": None}, "'year' is missing"),
        ({"ccode1": [1, 1]}, "more than once"),
        ({"ccode2": [1, 3]}, "paired with itself"),
        ({"year": [1990.5, 1991]}, "fractional"),
        ({"x": ["a", "b"]}, "not numeric"),
        ({"x": [1.0]}, "one common length"),
    ],
)
def test_bad_tables_are_refused_by_name(change: dict[str, object], words: str) -> None:
    table: dict[str, object] = {"ccode1": [1, 2], "ccode2": [2, 2], "year": [1990, 1990], "x": [0.0, 1.0]}
    table["ccode2"] = [2, 1]
    if "ccode1" in change:
        table["ccode2"] = [2, 2]
    table.update(change)
    with pytest.raises(FrameRefused, match=words):
        dyad_years({k: v for k, v in table.items() if v is not None})  # type: ignore[misc]


def test_unknown_column_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"'yy'.*Nearest: y"):
        small([]).column("yy")


def test_memory_halves_with_its_half_life_and_starts_the_year_after() -> None:
    panel = small([(10, 20, 2001)])
    cube, covered = event_cube(panel, panel.column("y"))
    memory = decayed(cube, covered, half_life=2.0)
    path = memory[:, 0, 1]
    assert path[:2].tolist() == [0.0, 0.0]  # nothing before, nothing in the year itself
    assert path[2] == pytest.approx(2**-0.5) and path[4] == pytest.approx(path[2] / 2)


def test_longer_lag_withholds_the_newest_years() -> None:
    panel = small([(10, 20, 2001)])
    cube, covered = event_cube(panel, panel.column("y"))
    assert decayed(cube, covered, 2.0, lag=2)[:, 0, 1].tolist()[:3] == [0.0, 0.0, 0.0]
    assert decayed(cube, covered, 2.0, lag=2)[3, 0, 1] == decayed(cube, covered, 2.0)[2, 0, 1]
    with pytest.raises(ValueError, match="lag at least 1"):
        decayed(cube, covered, 2.0, lag=0)


def test_memory_holds_when_the_series_ends_and_fades_when_it_goes_on() -> None:
    ends = small([(10, 20, 2001)], missing_from=2003)
    goes_on = small([(10, 20, 2001)])
    held = decayed(*event_cube(ends, ends.column("y")), 2.0)[:, 0, 1]
    fades = decayed(*event_cube(goes_on, goes_on.column("y")), 2.0)[:, 0, 1]
    assert held[3] == fades[3] and held[5] == held[3] > fades[5]


def test_readings_separate_the_pair_from_the_rest_of_the_world() -> None:
    panel = small([(10, 20, 2000), (20, 10, 2000), (20, 30, 2000), (30, 20, 2000)])
    memory = decayed(*event_cube(panel, panel.column("y")), 1.0)
    readings = dyad_memory(panel, memory)
    row = int(np.flatnonzero((panel.year == 2001) & (panel.i == 0) & (panel.j == 1))[0])
    assert {k: round(float(v[row]), 6) for k, v in readings.items()} == {
        "out": 0.5, "back": 0.5, "i_elsewhere": 0.0, "j_met": 0.5, "j_elsewhere": 0.5, "i_met": 0.0,
    }  # fmt: skip


def test_links_carry_disputes_of_neighbours() -> None:
    panel = small([(30, 20, 2000)])
    memory = decayed(*event_cube(panel, panel.column("y")), 1.0)
    border = relation(panel, ((panel.i == 0) & (panel.j == 2)).astype(float))
    first, second = through(panel, border, memory)
    row = int(np.flatnonzero((panel.year == 2001) & (panel.i == 0) & (panel.j == 1))[0])
    assert first[row] == 0.5 and second[row] == 0.0  # 30 borders 10 and fought 20
    assert degree(panel, border)[0][row] == 1.0
