"""Contracts and frames: what is promised is checked, and a damaged table is never taken for data."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.made_history import provenance

from vedette.errors import FrameRefused
from vedette.frames import history
from vedette.frames.contract import Column, FrameContract
from vedette.frames.frame import note_path, open_frame, open_frames, write_frame
from vedette.frames.provenance import Lag, Provenance

ROW = {"ccode": 2, "year": 1950, "polyarchy": None}


def test_every_column_says_its_unit_and_what_null_means() -> None:
    for contract in history.ALL:
        assert contract.row
        for column in contract.columns:
            assert column.unit and column.null
            assert (column.null == "never null") == (not column.nullable), (contract.name, column.name)


def test_write_and_open_give_the_same_frame(tmp_path: Path) -> None:
    written = write_frame(history.DEMOCRACY, [ROW], tmp_path / "vdem.parquet", provenance("vdem"))
    assert open_frame(written.path) == written
    assert open_frames(tmp_path) == {"vdem": written}
    assert open_frames(tmp_path / "nowhere") == {}


def test_rows_that_break_the_contract_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FrameRefused, match=r"democracy.ccode is empty"):
        write_frame(history.DEMOCRACY, [{**ROW, "ccode": None}], tmp_path / "x.parquet", provenance("vdem"))
    with pytest.raises(FrameRefused, match="no column 'poliarchy'") as caught:
        write_frame(history.DEMOCRACY, [{**ROW, "poliarchy": 1}], tmp_path / "x.parquet", provenance("vdem"))
    assert "polyarchy" in str(caught.value)


def test_damaged_tables_and_notes_are_named(tmp_path: Path) -> None:
    frame = write_frame(history.DEMOCRACY, [ROW], tmp_path / "vdem.parquet", provenance("vdem"))
    whole = frame.path.read_bytes()
    frame.path.write_bytes(whole[:40])
    with pytest.raises(FrameRefused, match="cannot be read") as caught:
        open_frame(frame.path)
    assert "vedette history fetch" in str(caught.value)
    frame.path.write_bytes(whole)
    note_path(frame.path).write_text("{}")
    with pytest.raises(FrameRefused, match="note of the table"):
        open_frame(frame.path)


def test_a_table_of_another_shape_is_refused(tmp_path: Path) -> None:
    frame = write_frame(history.DEMOCRACY, [ROW], tmp_path / "vdem.parquet", provenance("vdem"))
    other = write_frame(
        history.INCOME, [{"ccode": 2, "year": 1950, "gdp_per_head": 1.0}], tmp_path / "o.parquet", provenance("gdp")
    )
    other.path.replace(frame.path)
    with pytest.raises(FrameRefused, match="lacks the column 'polyarchy'"):
        open_frame(frame.path)
    with pytest.raises(FrameRefused, match="contract says int"):
        history.DEMOCRACY.check({"ccode": "VARCHAR", "year": "INTEGER", "polyarchy": "DOUBLE"})
    with pytest.raises(FrameRefused, match="outside its contract"):
        history.DEMOCRACY.check({"ccode": "INTEGER", "year": "INTEGER", "polyarchy": "DOUBLE", "x": "DOUBLE"})


def test_contracts_that_contradict_themselves_cannot_be_made() -> None:
    column = Column(name="a", dtype="int", unit="u")
    with pytest.raises(FrameRefused, match="twice"):
        FrameContract(name="t", row="r", key=("a",), columns=(column, column))
    with pytest.raises(FrameRefused, match="key outside"):
        FrameContract(name="t", row="r", key=("b",), columns=(column,))
    with pytest.raises(FrameRefused, match="democracy"):
        history.contract_named("democracies")


@pytest.mark.parametrize(
    ("months", "year", "known"),
    [
        (0, 2021, dt.date(2021, 12, 31)), (1, 2020, dt.date(2021, 1, 31)), (12, 2020, dt.date(2021, 12, 31)),
        (18, 2020, dt.date(2022, 6, 30)), (24, 2019, dt.date(2021, 12, 31)),
    ],
)  # fmt: skip
def test_lag_in_months(months: int, year: int, known: dt.date) -> None:
    lag = Lag(months=months, basis="made")
    assert lag.available_from(year) == known
    assert dt.date(year + lag.whole_years, 12, 31) >= known


def test_provenance_survives_its_note() -> None:
    origin = provenance("x", months=12, released=dt.date(2020, 5, 6))
    assert Provenance.from_plain(origin.to_plain()) == origin
    with pytest.raises(FrameRefused, match="damaged"):
        Provenance.from_plain({**origin.to_plain(), "lag": 3})
