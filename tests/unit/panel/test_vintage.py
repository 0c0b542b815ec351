"""The border of time: nothing that became available later changes what is seen for a date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_history import LAST, STATES, world

from vedette.errors import DateRefused
from vedette.frames.frame import Frame
from vedette.panel import Panel, as_of, build_panel
from vedette.panel.vintage import latest_known_row

Cells = dict[str, npt.NDArray[np.float64]]


def same(one: Cells, two: Cells) -> None:
    assert one.keys() == two.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)


@given(
    day=st.dates(date(1946, 1, 1), date(2024, 12, 31)),
)
def test_nothing_visible_became_available_later(panel: Panel, day: date) -> None:
    for column in panel.columns:
        last = latest_known_row(column, day, panel.first_year, panel.last_year)
        if last is not None:
            assert column.available_from(last) <= day
        if last is not None and last < panel.last_year:
            assert column.available_from(last + 1) > day


@pytest.mark.parametrize("day", [date(1975, 12, 31), date(1990, 6, 30), date(2014, 3, 1)])
def test_later_values_are_masked_and_earlier_ones_stay(panel: Panel, day: date) -> None:
    seen, whole = as_of(panel, day).arrays(), panel.arrays()
    place = {key: at for at, key in enumerate(zip(whole["ccode1"], whole["ccode2"], whole["year"], strict=True))}
    rows = np.array([place[key] for key in zip(seen["ccode1"], seen["ccode2"], seen["year"], strict=True)])
    assert seen["year"].max() <= day.year + (day.month == 12 and day.day == 31)
    for column in panel.columns:
        known = np.array([column.available_from(int(year)) <= day for year in seen["year"]])
        cells, before = seen[column.name], whole[column.name][rows]
        np.testing.assert_array_equal(cells[known], before[known], err_msg=column.name)
        assert np.isnan(cells[~known]).all(), column.name


@pytest.mark.parametrize("year", [1970, 1989, 2013])
def test_deleting_the_future_changes_nothing_seen(frames: dict[str, Frame], tmp_path: Path, year: int) -> None:
    """The test that bites: the same world in which later rows do not exist gives the same panel for the date."""
    day = date(year, 12, 31)
    past = world(tmp_path, months=12, until=year)
    one = build_panel(frames, last_year=LAST, timing="known", states=STATES).panel
    two = build_panel(past, last_year=LAST, timing="known", states=STATES).panel
    same(as_of(one, day).arrays(), as_of(two, day).arrays())
    one.close()
    two.close()


def test_the_forecast_row_of_a_known_panel_has_its_covariates(known_panel: Panel) -> None:
    seen = as_of(known_panel, date(2009, 12, 31)).arrays()
    coming = seen["year"] == 2010
    assert coming.sum() > 0
    for column in known_panel.columns:
        if column.role == "outcome":
            assert np.isnan(seen[column.name][coming]).all(), column.name
        elif column.name in {"c1_mid10", "conttype", "c2_pact_with_target", "c3_cap_share", "c5_init_democracy"}:
            assert not np.isnan(seen[column.name][coming]).any(), column.name


def test_states_not_yet_born_are_not_in_the_coming_year(known_panel: Panel) -> None:
    seen = as_of(known_panel, date(1990, 12, 31)).arrays()
    assert not ((seen["ccode1"] == 369) | (seen["ccode2"] == 369)).any()


@pytest.mark.parametrize(
    ("first", "second"), [(date(1980, 5, 5), date(2000, 1, 1)), (date(2000, 1, 1), date(1980, 5, 5))]
)
def test_the_earlier_date_wins_in_any_order(panel: Panel, first: date, second: date) -> None:
    both = as_of(as_of(panel, first), second).arrays()
    same(both, as_of(panel, min(first, second)).arrays())


def test_edition_basis_hides_what_had_not_been_published(panel: Panel) -> None:
    seen = as_of(panel, date(2019, 12, 31), basis="edition").arrays()
    # The made editions have no release day: none can be shown to have been out.
    assert np.isnan(seen["c1_mid10"]).all() and np.isnan(seen["y_force_init"]).all()
    assert not np.isnan(seen["major1"]).all()
    assert not np.isnan(seen["c4_target_rugged"]).all()


def test_a_date_before_everything_is_refused(panel: Panel) -> None:
    with pytest.raises(DateRefused, match="1945-12-31"):
        as_of(panel, date(1930, 1, 1))


def test_hostility_is_known_later_than_the_dispute_itself(panel: Panel) -> None:
    seen = as_of(panel, date(2000, 12, 31)).arrays(["y_mid_init", "y_force_init", "y_war_init"])
    last = seen["year"] == 2000
    assert not np.isnan(seen["y_mid_init"][last]).any()
    assert np.isnan(seen["y_force_init"][last]).all() and np.isnan(seen["y_war_init"][last]).all()
    assert not np.isnan(seen["y_force_init"][seen["year"] == 1999]).any()
