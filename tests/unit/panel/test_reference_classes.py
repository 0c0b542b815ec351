"""Reference classes: cases by name, rates with intervals, and how they move as filters change."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.errors import BadInput, DateRefused, FrameRefused
from vedette.panel import Panel
from vedette.panel.intervals import clustered_interval, design_effect, jeffreys, rate_of
from vedette.panel.reference_classes import Filter, filters_like, pair_name, reference_class

BORDER = Filter(column="c4_land_contig", operator="==", value=1, label="common land border")
MAJOR = Filter(column="major1", operator="==", value=1)


def test_rate_and_cases_are_those_of_the_rows(panel: Panel) -> None:
    got = reference_class(panel, "y_mid_init", [BORDER], most_cases=10_000)
    rows = panel.arrays(["c4_land_contig", "y_mid_init"])
    inside = (rows["c4_land_contig"] == 1) & ~np.isnan(rows["y_mid_init"])
    assert (got.rate.n, got.rate.k) == (inside.sum(), rows["y_mid_init"][inside].sum())
    assert len(got.cases) == got.rate.n and got.cases_left_out == 0
    assert sum(case.happened for case in got.cases) == got.rate.k
    assert got.cases[0].happened and "->" in got.cases[0].name
    assert all(case.followed for case in got.cases)
    assert got.rate.rate is not None and got.rate.low < got.rate.rate < got.rate.high
    assert got.clustered[0] <= got.rate.low + 1e-12 and got.clustered[1] >= got.rate.high - 1e-12
    assert got.first_year == 1946 and got.last_year == 2020


def test_cases_have_names_and_say_what_followed(panel: Panel) -> None:
    got = reference_class(panel, "y_force_init", [BORDER], most_cases=3)
    assert len(got.cases) == 3 and got.cases_left_out == got.rate.n - 3
    assert got.cases[0].followed.startswith("began a dispute and used force") or "war" in got.cases[0].followed
    assert pair_name(365, 369) == "Russia -> Ukraine"


def test_dropping_a_filter_gives_the_wider_class(panel: Panel) -> None:
    both = reference_class(panel, "y_mid_init", [BORDER, MAJOR], most_cases=0)
    wider = reference_class(panel, "y_mid_init", [BORDER], most_cases=0)
    moves = {move.dropped: move.rate for move in both.moves}
    assert moves[MAJOR.words] == wider.rate
    assert both.rate.n < wider.rate.n
    assert both.filters == ("common land border", "major1 == 1")


def test_what_is_unknown_is_not_counted(panel: Panel) -> None:
    day = date(1980, 12, 31)
    got = reference_class(panel, "y_mid_init", [MAJOR], day=day, most_cases=10_000)
    assert got.last_year == 1980
    assert max(case.year for case in got.cases) == 1980
    rows = panel.arrays(["major1", "y_mid_init"])
    assert got.rate.n == ((rows["major1"] == 1) & (rows["year"] <= 1980)).sum()


def test_rows_whose_outcome_is_not_known_yet_are_told_apart(known_panel: Panel) -> None:
    got = reference_class(known_panel, "y_mid_init", [MAJOR], day=date(1980, 12, 31), most_cases=0)
    rows = known_panel.arrays(["major1"])
    assert got.unknown == ((rows["major1"] == 1) & (rows["year"] == 1981)).sum() > 0


def test_an_empty_class_says_so(panel: Panel) -> None:
    got = reference_class(panel, "y_mid_init", [Filter(column="c3_cap_share", operator=">", value=2)])
    assert got.rate.n == 0 and got.rate.rate is None and got.cases == () and got.first_year is None


def test_wrong_questions_are_refused(panel: Panel) -> None:
    with pytest.raises(FrameRefused, match="c1_rivalry"):
        reference_class(panel, "y_mid_init", [Filter(column="c1_rivalri", operator="==", value=1)])
    with pytest.raises(BadInput, match="not an outcome"):
        reference_class(panel, "c1_rivalry", [])
    with pytest.raises(BadInput):
        Filter(column="x", operator="=~", value=1)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        Filter(column="x", operator="==", value=math.nan)


def test_filters_that_describe_a_pair_match_the_pair(panel: Panel) -> None:
    filters = filters_like(panel, 365, 369, 2015)
    words = {item.words for item in filters}
    assert {"strategic rivals", "common land border", "initiator is a major power"} <= words
    got = reference_class(panel, "y_mid_init", filters, most_cases=10_000)
    assert any((case.ccode1, case.ccode2, case.year) == (365, 369, 2015) for case in got.cases)
    with pytest.raises(DateRefused, match="Russia -> Ukraine has no row for 1970"):
        filters_like(panel, 365, 369, 1970)


@given(n=st.integers(0, 500), share=st.floats(0, 1), level=st.sampled_from([0.5, 0.9, 0.95]))
def test_jeffreys_holds_the_rate_and_stays_inside(n: int, share: float, level: float) -> None:
    k = int(share * n)
    low, high = jeffreys(k, n, level)
    assert 0 <= low <= high <= 1
    if n:
        assert low <= k / n <= high
    # The mirror question has the mirror answer.
    mirror = jeffreys(n - k, n, level)
    assert (1 - mirror[1], 1 - mirror[0]) == pytest.approx((low, high), abs=1e-9)


def test_jeffreys_agrees_with_published_values() -> None:
    # Brown, Cai and DasGupta 2001, Table 5: n = 10, 95 %.
    assert jeffreys(1, 10, 0.95) == pytest.approx((0.011, 0.381), abs=5e-4)
    assert jeffreys(5, 10, 0.95) == pytest.approx((0.224, 0.776), abs=5e-4)
    assert rate_of(0, 0).rate is None
    with pytest.raises(BadInput):
        jeffreys(3, 2)


def test_clusters_that_move_together_widen_the_interval() -> None:
    hits, sizes = np.array([10.0, 0, 0, 0, 0, 0]), np.full(6, 10.0)
    assert design_effect(hits, sizes) > 5
    low, high, effect = clustered_interval(hits, sizes)
    plain = jeffreys(10, 60)
    assert low < plain[0] and high > plain[1] and effect > 5
    spread = np.array([2.0, 2, 2, 2, 1, 1])
    assert design_effect(spread, sizes) == 1.0
    assert design_effect(np.zeros(6), sizes) == 1.0
