"""Fetch and build as a user meets them: progress, terms, a failure beside successes, and the panel on disk."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from tests.made_history import LAST, NMC_HEADER, as_csv, nmc_rows, world

from vedette.errors import BadInput, DateRefused, FrameRefused, UnknownName, UnknownState
from vedette.sources.fetch import HistoryFetcher
from vedette.workflows.history import build, build_class, compare, fetch, find_analogues, open_panel, tables


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the made world; tests that only read share it."""
    folder = tmp_path_factory.mktemp("made")
    world(folder / "frames", months=12)
    return folder


def test_fetch_reports_every_result_with_its_terms(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "NMC-60-abridged.csv").write_bytes(as_csv(NMC_HEADER, nmc_rows()))
    told: list[tuple[str, str]] = []
    got = fetch(
        HistoryFetcher(folder=tmp_path / "data"), ("cow-nmc", "epr"), mirror=mirror,
        progress=lambda name, what: told.append((name, what)),
    )  # fmt: skip
    assert got.usable == ("cow-nmc",) and got.failed == ("epr",)
    assert [result.status for result in got.results] == ["fetched", "failed"]
    assert all(result.licence and result.citation for result in got.results)
    assert ("cow-nmc", "fetched: 40 rows") in told
    assert any(name == "epr" and "no local copy" in what for name, what in told)
    assert set(tables(tmp_path / "data")) == {"cow-nmc"}


def test_unknown_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName):
        fetch(HistoryFetcher(folder=tmp_path), ("nmc7",))


def test_build_writes_the_panel_and_says_what_was_absent(tmp_path: Path) -> None:
    frames = world(tmp_path / "frames")
    frames["icow"].path.unlink()
    told: list[str] = []
    got = build(tmp_path, first_year=1990, last_year=1995, progress=lambda _, what: told.append(what))
    assert got.path == tmp_path / "panel.parquet" and got.path.exists()
    assert got.absent == ("icow",) and "claims_open" not in {c.name for c in got.columns}
    assert told[0] == "dyad-years" and told[-1] == "writing" and "cow-mid" in told
    with duckdb.connect() as con:
        counted = con.execute(f"SELECT count(*), min(year), max(year) FROM '{got.path}'").fetchone()
    assert counted == (got.rows, 1990, 1995)
    assert all(column.same for column in compare(got.path, got.path).columns)


def test_build_as_of_a_date_knows_nothing_later(made: Path, tmp_path: Path) -> None:
    got = build(made, tmp_path / "then.parquet", last_year=LAST, timing="known", day=date(2000, 12, 31))
    assert got.last_year == 2001
    with duckdb.connect() as con:
        known = con.execute(
            "SELECT max(year) FILTER (y_mid_init IS NOT NULL), max(year) FILTER (c1_mid10 IS NOT NULL) "
            f"FROM '{got.path}'"
        ).fetchone()
    assert known == (2000, 2001)


def test_build_without_data_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(FrameRefused, match="vedette history fetch"):
        build(tmp_path)
    world(tmp_path / "frames")
    with pytest.raises(DateRefused):
        build(tmp_path, first_year=2000, last_year=1990)
    assert not (tmp_path / "panel.parquet").exists()


def test_panel_in_memory(made: Path) -> None:
    built = open_panel(made, first_year=2000, last_year=2001)
    assert built.panel.rows() > 0
    built.panel.close()


def test_class_of_a_pair_is_described_by_what_was_known(made: Path) -> None:
    got = build_class(made, intervener="RUS", target="Ukraine", as_of="2018-12-31", most_cases=10_000)
    assert "strategic rivals" in got.filters and "common land border" in got.filters
    assert got.last_year is not None and got.last_year <= 2017
    assert got.unknown >= 1
    by_hand = build_class(made, conditions=("c4_land_contig==1", "c1_rivalry = 1"), as_of="2015-12-31")
    assert by_hand.filters == ("c4_land_contig == 1", "c1_rivalry == 1")


def test_class_before_a_rivalry_began_does_not_know_of_it(made: Path) -> None:
    got = build_class(made, intervener="RUS", target="UKR", as_of="2013-12-31")
    assert "not rivals" in got.filters
    # On 31 December 2014 the rivalry of that year is known.
    got = build_class(made, intervener="RUS", target="UKR", as_of="2014-12-31")
    assert "strategic rivals" in got.filters


def test_class_questions_that_cannot_be_answered(made: Path) -> None:
    for wrong in ("c1_rivalry", "c1_rivalry ~ 1", "c1_rivalry==1.2.3"):
        with pytest.raises(BadInput):
            build_class(made, conditions=(wrong,))
    with pytest.raises(BadInput, match="pair of states"):
        build_class(made)
    with pytest.raises(UnknownState):
        build_class(made, intervener="RUS", target="Ukrane", as_of="2015-12-31")


def test_analogues_by_name(made: Path) -> None:
    got = find_analogues(made, "RUS", "TUR", as_of="2009-12-31", outcome="y_mid_init", most=4)
    assert 1 <= len(got) <= 4 and all(case.year <= 2009 for case in got)
