"""Dyad-years against outside numbers, and each verb against the rule it states."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.made_history import STATES, provenance, world

from vedette.errors import DateRefused, FrameRefused, UnknownState
from vedette.frames import history as contracts
from vedette.frames.frame import Frame, write_frame
from vedette.panel import (
    Panel,
    add_atop,
    add_contiguity,
    add_majors,
    add_mids,
    add_nmc,
    add_rivalry,
    add_ucdp_interventions,
    build_panel,
    compare_panels,
    create_dyad_years,
    filter_politically_relevant,
    whittle_columns,
    whittle_years,
)
from vedette.panel.place import great_circle_km


def value(panel: Panel, one: int, two: int, year: int, name: str) -> float:
    """One cell, NaN when missing."""
    got = panel.arrays([name])
    at = np.flatnonzero((got["ccode1"] == one) & (got["ccode2"] == two) & (got["year"] == year))
    assert len(at) == 1, (one, two, year)
    return float(got[name][at[0]])


def rows_of(panel: Panel) -> int:
    try:
        return panel.rows()
    finally:
        panel.close()


def test_counts_known_from_outside() -> None:
    """{peacesciencer}: 877,497 non-directed CoW dyad-years 1886-2014; ours 1946-2024: 1,974,618 directed."""
    assert rows_of(create_dyad_years(1886, 2014, directed=False, membership="same_day")) == 877_497
    assert rows_of(create_dyad_years(1946, 2024)) == 1_974_618


def test_states_that_never_met_are_no_pair_by_day() -> None:
    by_year, by_day = create_dyad_years(1990, 1990), create_dyad_years(1990, 1990, membership="same_day")
    for panel, there in ((by_year, 1), (by_day, 0)):
        found = panel.connection.execute(f"SELECT count(*) FROM {panel.base} WHERE ccode1 = 255 AND ccode2 = 265")
        assert found.fetchone() == (there,)
        panel.close()


@pytest.mark.parametrize(("first", "last"), [(1700, 1800), (2000, 1999), (1946, 3000)])
def test_impossible_years_are_refused(first: int, last: int) -> None:
    with pytest.raises(DateRefused):
        create_dyad_years(first, last)


def test_only_the_states_asked_for() -> None:
    panel = create_dyad_years(2000, 2000, states=(2, 365, 369))
    assert rows_of(panel) == 6
    with pytest.raises(UnknownState):
        create_dyad_years(2000, 2000, states=(2, 9999))


def test_every_directed_pair_has_its_mirror(panel: Panel) -> None:
    got = panel.arrays([])
    there = set(zip(got["ccode1"], got["ccode2"], got["year"], strict=True))
    assert all((b, a, y) in there for a, b, y in there)


def test_relevant_pairs_touch_or_hold_a_major_power(panel: Panel) -> None:
    got = panel.arrays(["conttype", "major1", "major2"])
    assert np.all((got["conttype"] > 0) | (got["major1"] == 1) | (got["major2"] == 1))


def test_relevance_needs_its_columns() -> None:
    panel = create_dyad_years(1990, 1990)
    with pytest.raises(FrameRefused, match="conttype"):
        filter_politically_relevant(panel)
    panel.close()


def test_outcomes_follow_the_side_that_acted_first(frames: dict[str, Frame], panel: Panel) -> None:
    import duckdb

    with duckdb.connect() as con:
        rows = con.execute(
            f"SELECT ccode1, ccode2, year, max(hostlev1) FROM {frames['cow-mid'].sql} WHERE onset = 1 AND sidea1 = 1 "
            "AND year >= 1946 GROUP BY ALL"
        ).fetchall()
    got = panel.arrays(["y_mid_init", "y_force_init"])
    there = {
        (int(a), int(b), int(y)): (m, f)
        for a, b, y, m, f in zip(*got.values(), strict=True)
    }
    began = {(a, b, y): level for a, b, y, level in rows if (a, b, y) in there}
    assert len(began) > 20
    for key, (mid, force) in there.items():
        assert mid == float(key in began)
        assert force == float(began.get(key, 0) >= 4)


def test_memory_looks_only_backwards(tmp_path: Path) -> None:
    rows = [
        {"dispnum": 1, "ccode1": a, "ccode2": b, "year": year, "onset": int(year == 1950), "sidea1": int(a == 2),
         "orig1": 1, "hostlev1": 4, "hostlev2": 3}
        for year in (1950, 1951) for a, b in ((2, 20), (20, 2))
    ]  # fmt: skip
    frame = write_frame(contracts.MID_DIRECTED, rows, tmp_path / "m.parquet", provenance("cow-mid", last=1970))
    panel = add_mids(create_dyad_years(1946, 1980, states=STATES), frame)
    cells = {
        year: [value(panel, 2, 20, year, n) for n in ("y_force_init", "mid_ongoing_l", "c1_mid10", "c1_peaceyrs")]
        for year in (1950, 1951, 1952, 1960, 1961, 1971, 1972)
    }
    panel.close()
    assert cells[1950] == [1, 0, 0, 50]
    assert cells[1951] == pytest.approx([0, 1, math.log(2), 0])
    assert cells[1952] == pytest.approx([0, 1, math.log(2), 0])
    assert cells[1960][2:] == pytest.approx([math.log(2), 8])
    assert cells[1961][2:] == [0, 9]
    # 1971 asks about 1970, the last year covered; 1972 asks about a year nobody reports on.
    assert math.isnan(cells[1971][0]) and cells[1971][1:] == [0, 0, 19]
    assert all(math.isnan(cell) for cell in cells[1972])


def test_missing_is_never_zero_outside_coverage(tmp_path: Path) -> None:
    frames = world(tmp_path, until=2000)
    narrow = {
        name: Frame(contract=f.contract, path=f.path, provenance=provenance(name, 1960, 2000), rows=f.rows)
        for name, f in frames.items()
    }
    built = build_panel(narrow, relevant_only=False, first_year=1946, last_year=2020, states=STATES)
    got = built.panel.arrays()
    offset = {c.name: c.offset for c in built.panel.columns}
    carry = {c.name: c.carry for c in built.panel.columns}
    made = np.isin(got["ccode1"], STATES) & np.isin(got["ccode2"], STATES)
    for column in built.panel.columns:
        if column.static or column.sources == ("reference.states",):
            continue
        year = got["year"] - offset[column.name]
        outside = (year < 1960) | (year > 2000 + carry[column.name])
        assert np.isnan(got[column.name][outside]).all(), column.name
        assert not np.isnan(got[column.name][~outside & made]).all(), column.name
    built.panel.close()


def test_pacts_are_the_same_from_both_sides(panel: Panel) -> None:
    got = panel.arrays(["c2_pact_with_target", "c5_shared_igos", "c1_rivalry", "c4_ln_mindist", "c1_ideal_dist"])
    for name in ("c2_pact_with_target", "c5_shared_igos", "c1_rivalry", "c4_ln_mindist", "c1_ideal_dist"):
        there = {
            (a, b, y): v for a, b, y, v in zip(got["ccode1"], got["ccode2"], got["year"], got[name], strict=True)
        }
        for (a, b, y), cell in there.items():
            other = there[(b, a, y)]
            assert cell == other or (math.isnan(cell) and math.isnan(other)), (name, a, b, y)


def test_target_allies_leave_out_the_initiator(frames: dict[str, Frame]) -> None:
    panel = add_atop(add_majors(create_dyad_years(1990, 1990, states=STATES)), frames["atop"], frames["cow-nmc"])
    # Turkey's only sworn major power is the United States: for the United States there is no other.
    assert value(panel, 365, 640, 1990, "c3_target_major_ally") == 1
    assert value(panel, 2, 640, 1990, "c3_target_major_ally") == 0
    assert value(panel, 2, 640, 1990, "c3_target_ally_cinc") == 0
    assert value(panel, 365, 640, 1990, "c3_target_ally_cinc") > 0
    assert value(panel, 2, 640, 1990, "c2_pact_with_target") == 1
    panel.close()


def test_capability_gaps_are_filled_from_the_past_only(tmp_path: Path) -> None:
    def row(code: int, year: int, cinc: float | None) -> dict[str, object]:
        return {"ccode": code, "year": year, "cinc": cinc, "milex": cinc, "milper": cinc}

    rows = [row(2, year, 0.3) for year in range(1946, 1981)]
    rows += [row(20, 1950, 0.1), row(20, 1951, None), row(20, 1975, 0.2)]
    frame = write_frame(contracts.NMC, rows, tmp_path / "n.parquet", provenance("cow-nmc", last=1980))
    panel = add_nmc(create_dyad_years(1946, 2000, states=STATES), frame)
    years = (1950, 1951, 1952, 1961, 1962, 1976, 1991, 1992)
    shares = {year: value(panel, 20, 2, year, "c3_cap_share") for year in years}
    panel.close()
    assert math.isnan(shares[1950])
    assert shares[1951] == shares[1952] == shares[1961] == pytest.approx(0.25)
    assert math.isnan(shares[1962])
    # Carried ten years beyond the end of the source, not one more.
    assert shares[1976] == shares[1991] == pytest.approx(0.4)
    assert math.isnan(shares[1992])


def test_interventions_by_side_and_first_year(tmp_path: Path) -> None:
    def row(number: int, year: int, **parties: int) -> dict[str, object]:
        kind = "interstate" if "gwno_b" in parties else "internationalized"
        return {"conflict_id": number, "year": year, "intensity": 1, "kind": kind, **parties}

    rows = [
        row(1, 1960, gwno_a=70, gwno_a_2nd=2), row(1, 1961, gwno_a=70, gwno_a_2nd=2),
        row(2, 1965, gwno_a=70, gwno_b_2nd=365), row(3, 1970, gwno_a=200, gwno_b=220, gwno_b_2nd=2),
    ]  # fmt: skip
    frame = write_frame(contracts.UCDP_CONFLICT, rows, tmp_path / "u.parquet", provenance("ucdp-acd", 1946))
    panel = add_ucdp_interventions(create_dyad_years(1946, 1980, states=STATES), frame)
    cell = lambda *key: value(panel, *key)  # noqa: E731  short in a long list
    assert cell(2, 70, 1960, "y_ucdp_pro_gov") == 1 and cell(2, 70, 1961, "y_ucdp_pro_gov") == 0
    assert cell(2, 70, 1961, "ucdp_any") == 1 and cell(2, 70, 1960, "y_ucdp_hostile") == 0
    assert cell(70, 2, 1960, "y_ucdp_interv") == 0
    assert cell(365, 70, 1965, "y_ucdp_pro_reb") == 1 and cell(365, 70, 1965, "y_ucdp_hostile") == 1
    for pair in ((200, 220), (220, 200), (200, 2), (2, 200)):
        assert cell(*pair, 1970, "y_ucdp_war") == 1
    assert cell(2, 220, 1970, "y_ucdp_war") == 0
    # The first year covered cannot be told from a continuation.
    assert math.isnan(cell(2, 70, 1946, "y_ucdp_war")) and cell(2, 70, 1946, "ucdp_any") == 0
    panel.close()


def test_rivalry_is_carried_only_while_it_runs(frames: dict[str, Frame]) -> None:
    panel = add_rivalry(create_dyad_years(1980, 2024, states=STATES), frames["tss-rivalries"])
    assert [value(panel, 2, 365, year, "c1_rivalry") for year in (1990, 1991)] == [1, 0]
    assert value(panel, 369, 365, 2024, "c1_territorial") == 1
    panel.close()


def test_capital_distance_is_missing_without_a_capital(panel: Panel) -> None:
    assert great_circle_km(50.45, 30.52, 55.75, 37.62) == pytest.approx(756, abs=3)
    got = panel.arrays(["c4_ln_capdist"])["c4_ln_capdist"]
    assert np.nanmin(got) > 0 and np.nanmax(got) < math.log(20100)


def test_a_verb_refuses_the_wrong_table_and_a_second_time(frames: dict[str, Frame], panel: Panel) -> None:
    with pytest.raises(FrameRefused, match="reads the table 'nmc'"):
        add_nmc(panel, frames["atop"])
    with pytest.raises(FrameRefused, match="already has a column 'major1'"):
        add_majors(panel)


def test_every_column_tells_its_terms(panel: Panel) -> None:
    names = [column.name for column in panel.columns]
    assert len(names) == len(set(names)) == 41
    for column in panel.columns:
        assert column.unit and column.null and column.citation and column.sources
        assert column.available_from(2000) <= date(2002, 1, 1)
    assert panel.column("c1_mid10").age(1999) == 0
    assert panel.column("c2_pact_with_target").age(2024) == 3
    with pytest.raises(FrameRefused, match="c3_cap_share"):
        panel.column("c3_capshare")


def test_timing_known_reads_no_later_than_the_lag_allows(known_panel: Panel) -> None:
    for column in known_panel.columns:
        if column.role in {"condition", "memory"} and not column.static:
            assert column.available_from(2000) <= date(1999, 12, 31), column.name
    assert known_panel.column("c3_cap_share").offset == 2
    assert known_panel.column("conttype").offset == 1


def test_whittle(panel: Panel) -> None:
    small = whittle_columns(whittle_years(panel, 1990, 1995), ("y_force_init", "c1_rivalry"))
    assert [column.name for column in small.columns] == ["y_force_init", "c1_rivalry"]
    assert set(np.unique(small.arrays()["year"])) == set(range(1990, 1996))
    with pytest.raises(DateRefused):
        whittle_years(panel, 2100, 2101)
    with pytest.raises(FrameRefused):
        whittle_columns(panel, ("nothing",))
    with pytest.raises(FrameRefused, match="at least one"):
        whittle_columns(panel, ("year",))


def test_written_panel_is_the_panel_and_its_note_says_the_terms(panel: Panel, tmp_path: Path) -> None:
    path = panel.write(tmp_path / "panel.parquet")
    note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert note["rows"] == panel.rows() and len(note["columns"]) == 41
    assert {"offset", "citation", "lag_months", "null"} <= set(note["columns"][0])
    same = compare_panels(path, path)
    assert all(column.same for column in same.columns) and same.only_ours == ()


def test_comparison_counts_every_kind_of_difference(panel: Panel, tmp_path: Path) -> None:
    path = panel.write(tmp_path / "a.parquet")
    import duckdb

    with duckdb.connect() as con:
        changed = "* EXCLUDE (major1, c1_rivalry, c4_target_rugged), 1 - major1 AS major1, NULL::FLOAT AS c1_rivalry"
        con.execute(f"CREATE TABLE b AS SELECT {changed}, 1.0::FLOAT AS extra FROM '{path}' WHERE year > 1950")
        con.execute(f"COPY b TO '{tmp_path / 'b.parquet'}' (FORMAT parquet)")
    got = compare_panels(path, tmp_path / "b.parquet")
    by_name = {column.name: column for column in got.columns}
    assert got.common_rows == got.their_rows < got.our_rows
    assert by_name["major1"].different == got.common_rows and by_name["major1"].largest == 1
    assert by_name["c1_rivalry"].only_theirs_missing == got.common_rows
    assert got.only_ours == ("c4_target_rugged",) and got.only_theirs == ("extra",)


def test_relevant_panel_cannot_be_built_without_contiguity(frames: dict[str, Frame]) -> None:
    rest = {name: frame for name, frame in frames.items() if name in {"cow-mid", "cow-nmc"}}
    with pytest.raises(FrameRefused, match="contiguity"):
        build_panel(rest)
    built = build_panel(rest, relevant_only=False, first_year=2000, last_year=2001, states=STATES)
    assert "cow-contiguity" in built.absent and "atop" in built.absent
    assert "c2_pact_with_target" not in {column.name for column in built.panel.columns}
    built.panel.close()


def test_contiguity_takes_the_closest_and_stops_where_it_ended(tmp_path: Path) -> None:
    rows = [
        {"ccode1": 2, "ccode2": 20, "conttype": 4, "first_year": 1946, "last_year": 2020},
        {"ccode1": 2, "ccode2": 20, "conttype": 1, "first_year": 1950, "last_year": 1952},
        {"ccode1": 2, "ccode2": 70, "conttype": 1, "first_year": 1946, "last_year": 1960},
    ]
    frame = write_frame(contracts.CONTIGUITY, rows, tmp_path / "c.parquet", provenance("cow-contiguity", 1940, 2016))
    panel = add_contiguity(create_dyad_years(1946, 2024, states=STATES), frame)
    assert [value(panel, 2, 20, year, "conttype") for year in (1949, 1951, 1953, 2024)] == [4, 1, 4, 4]
    assert [value(panel, 2, 70, year, "conttype") for year in (1960, 1961, 2024)] == [1, 0, 0]
    assert value(panel, 2, 200, 2024, "c4_land_contig") == 0
    panel.close()


def test_asking_for_some_columns_gives_the_same_cells(panel: Panel) -> None:
    whole = panel.arrays()
    for name in ("y_force_init", "c3_target_ally_cinc", "c5_joint_democracy", "c1_peaceyrs"):
        some = panel.arrays([name])
        np.testing.assert_array_equal(some[name], whole[name])
        np.testing.assert_array_equal(some["year"], whole["year"])
