"""Each upstream layout, with made rows in the publisher's own columns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.made_history import as_csv, as_zip

from vedette.errors import FrameRefused, SourceFailed
from vedette.frames.provenance import Lag
from vedette.sources import parse as parsing
from vedette.sources.declaration import Dataset
from vedette.sources.parse import parse
from vedette.sources.registry import all_datasets, checked


def read(
    dataset: str, content: bytes, folder: Path, *, packing: str = "csv", members: tuple[str, ...] = ()
) -> list[Any]:
    raw = folder / f"raw.{packing}"
    raw.write_bytes(content)
    got = parse(raw, packing, all_datasets()[dataset], folder / "out.parquet", members=members)
    with duckdb.connect() as con:
        return con.execute(f"FROM {got.frame.sql}").fetchall()


def table(text: str) -> bytes:
    """Rows written with spaces, as CSV; a cell of ~ is empty."""
    lines = [line.split() for line in text.strip().splitlines()]
    return as_csv(lines[0], [[cell if cell != "~" else "" for cell in line] for line in lines[1:]])


def test_disputes_from_participants(tmp_path: Path) -> None:
    midb = table(
        """
        dispnum stabb ccode stday stmon styear endday endmon endyear sidea rev r1 r2 fat fatpre hiact hostlev orig v
        10 AAA 2 -9 7 1950 1 11 1951 1 1 1 -9 0 0 17 4 1 5
        10 BBB 365 -9 7 1950 1 11 1951 0 0 -9 -9 0 0 7 3 1 5
        10 CCC 200 1 1 1951 1 11 1951 1 0 -9 -9 0 0 0 1 0 5
        11 AAA 2 1 1 1960 1 2 1960 0 1 1 -9 0 0 1 2 1 5
        11 DDD 40 1 1 1960 1 2 1960 1 1 1 -9 0 0 17 -9 1 5
        """
    )
    archive = as_zip({"MID-5/MIDA 5.0.csv": b"dispnum\r\n", "MID-5/MIDB 5.0.csv": midb})
    rows = read("cow-mid", archive, tmp_path, packing="zip", members=("MIDB*.csv",))
    # dispnum, ccode1, ccode2, year, onset, sidea1, orig1, hostlev1, hostlev2
    assert (10, 2, 365, 1950, 1, 1, 1, 4, 3) in rows
    assert (10, 365, 2, 1950, 1, 0, 1, 3, 4) in rows
    assert (10, 2, 365, 1951, 0, 1, 1, 4, 3) in rows
    assert (10, 200, 365, 1951, 1, 1, 0, 1, 3) in rows
    assert (11, 40, 2, 1960, 1, 1, 1, None, 2) in rows
    assert not any({row[1], row[2]} == {2, 200} for row in rows)
    assert len(rows) == 8


def test_a_return_to_a_dispute_is_an_onset_and_days_decide_who_met(tmp_path: Path) -> None:
    midb = table(
        """
        dispnum stabb ccode stday stmon styear endday endmon endyear sidea hostlev orig
        20 AAA 2 1 3 1950 31 12 1955 1 4 1
        20 BBB 20 1 3 1950 30 4 1950 0 3 1
        20 BBB 20 1 2 1953 30 4 1953 0 3 0
        20 CCC 70 -9 6 1954 -9 6 1954 0 2 0
        20 DDD 40 1 5 1950 30 6 1950 1 2 0
        """
    )
    rows = read("cow-mid", midb, tmp_path)
    onsets = {(row[1], row[2], row[3]) for row in rows if row[4] == 1}
    assert onsets == {(2, 20, 1950), (20, 2, 1950), (2, 20, 1953), (20, 2, 1953), (2, 70, 1954), (70, 2, 1954)}
    # State 40 came in May, after 20 had gone in April: in the same year and dispute, and never against each other.
    assert not any({row[1], row[2]} == {20, 40} for row in rows)


def test_shared_organisations_from_state_years(tmp_path: Path) -> None:
    rows = read(
        "cow-igo",
        table(
            """
            ccode year state one two three
            2 1950 usa 1 1 0
            20 1950 canada 1 1 1
            200 1950 uk 2 -9 1
            2 1955 usa 1 0 0
            20 1955 canada 0 1 1
            """
        ),
        tmp_path,
    )
    assert rows == [(2, 20, 1950, 2), (2, 20, 1955, 0), (2, 200, 1950, 0), (20, 200, 1950, 1)]


def test_conflicts_with_lists_of_states(tmp_path: Path) -> None:
    header = "conflict_id,year,gwno_a,gwno_a_2nd,gwno_b,gwno_b_2nd,intensity_level,type_of_conflict".split(",")
    content = as_csv(
        header,
        [
            ("1", "2012", "645", "2, 200", "", "", "2", "4"), ("2", "2003", "2, 200", "", "645", "", "2", "2"),
            ("3", "1962", "220", "", "", "", "1", "1"), ("4", "2014", "369", "", "", "365", "1", "4"),
        ],
    )  # fmt: skip
    rows = read("ucdp-acd", content, tmp_path)
    assert {(r[2], r[3]) for r in rows if r[0] == 1} == {(645, 2), (645, 200)}
    assert {(r[2], r[4]) for r in rows if r[0] == 2} == {(2, 645), (200, 645)}
    assert {(r[0], r[7]) for r in rows} == {
        (1, "internationalized"), (2, "interstate"), (3, "extrasystemic"), (4, "internationalized"),
    }  # fmt: skip
    assert next(r for r in rows if r[0] == 4)[5] == 365


def test_alliances_become_undirected(tmp_path: Path) -> None:
    rows = read(
        "atop",
        table(
            """
            ddyad stateA stateB year atopally defense offense neutral nonagg consul
            1 365 370 1999 1 1 0 0 1 1
            2 370 365 1999 1 0 0 0 1 1
            3 2 200 1999 1 1 0 0 0 1
            """
        ),
        tmp_path,
    )
    assert rows == [(2, 200, 1999, 1, 0, 0, 0, 1), (365, 370, 1999, 1, 0, 0, 1, 1)]


def test_contiguity_years(tmp_path: Path) -> None:
    rows = read(
        "cow-contiguity",
        table(
            """
            dyad state1no state1ab state2no state2ab year conttype version
            2020 2 USA 20 CAN 1950 1 3.2
            20002 20 CAN 2 USA 1950 1 3.2
            """
        ),
        tmp_path,
    )
    assert rows == [(2, 20, 1, 1950, 1950), (20, 2, 1, 1950, 1950)]


def test_democracy_of_vdem_leaves_out_what_has_no_cow_code(tmp_path: Path) -> None:
    rows = read(
        "vdem",
        table(
            """
            country_name country_text_id COWcode year v2x_polyarchy
            Mexico MEX 70 1999 0.5
            Somewhere XXX ~ 1999 0.1
            Mexico MEX 70 2000 NA
            """
        ),
        tmp_path,
    )
    assert rows == [(70, 1999, 0.5), (70, 2000, None)]


def test_events(tmp_path: Path) -> None:
    header = (
        "id year type_of_violence conflict_new_id side_a side_b gwnoa gwnob country_id date_start date_end latitude "
        "longitude best low high"
    ).split()
    row = (7, 2014, 1, 13, "Government of X", "Rebels, of the north", 369, "", 369, "2014-07-01 00:00:00.000",
           "2014-07-02 00:00:00.000", 48.5, 38.1, 4, 3, 6)  # fmt: skip
    for dataset in ("ucdp-ged", "ucdp-candidate"):
        (got,) = read(dataset, as_csv(header, [row]), tmp_path)
        assert got[5] == "Rebels, of the north" and got[7] is None and str(got[9]) == "2014-07-01"


def test_support_ideal_points_claims_and_crises(tmp_path: Path) -> None:
    support = table(
        """
        conflict_id dyad_id year actor_id ext_id ext_name ext_x ext_p ext_y ext_w
        1 2 1999 3 4 Somebody 1 0 0 ~
        """
    )
    assert read("ucdp-esd", support, tmp_path) == [(1, 2, 1999, 3, 4, "Somebody", 1, 0, 0, None)]
    points = b"\xef\xbb\xbfccode,session,NVotes,IdealPoint,Countryname\r\n2,1,40,1.5,Cura\xe7ao\r\n"
    assert read("unga-ideal-points", points.removeprefix(b"\xef\xbb\xbf"), tmp_path) == [(2, 1946, 1.5)]
    claims = b"claimdy,chal,tgt,begclaim,endclaim,icowsal,name\r\n201,2,200,181601,-9,3,A bay\r\n"
    assert read("icow", claims, tmp_path) == [(201, 2, 200, "A bay", 1816, None, 3.0)]
    crises = table(
        """
        crisno crisname break trigent yrtrig motrig datrig yrterm gravcr viol noactr geostr protrac
        1 MADE 7 365 1950 3 66 1951 2 3 4 1 2
        """
    )
    (crisis,) = read("icb-crises", crises, tmp_path)
    assert crisis[:7] == (1, "MADE", 1950, 3, None, 7, 365)


def test_a_column_of_the_wrong_kind_is_a_changed_schema(tmp_path: Path) -> None:
    rows = [(2 + k, 1950, "high" if k % 2 else 0.5) for k in range(60)]
    with pytest.raises(FrameRefused, match="'polyarchy' has changed: 30 of 60"):
        read("vdem", as_csv(("ccode", "year", "v2x_polyarchy"), rows), tmp_path)
    assert not (tmp_path / "out.parquet").exists()


def test_lines_with_too_few_or_too_many_cells_are_kept_aside(tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_bytes(b"ccode,year,v2x_polyarchy\r\n2,1950,0.5\r\n2,1951\r\n2,1952,0.5,9\r\n2,1953,0.5\r\n")
    got = parse(raw, "csv", all_datasets()["vdem"], tmp_path / "out.parquet")
    assert (got.frame.rows, got.frame.set_aside) == (2, 2)
    assert got.aside is not None and "3,," in got.aside.read_text(encoding="utf-8")


def test_a_file_cut_in_the_middle_of_a_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="cut short"):
        read("vdem", b"ccode,year,v2x_polyarchy\r\n2,1950,0.5\r\n2,1951,0.5\r\n2,19", tmp_path)


def test_computing_layouts_set_aside_what_is_no_number(tmp_path: Path) -> None:
    raw = tmp_path / "raw.csv"
    raw.write_bytes(table(
        """
        ccode1 ccode2 year atop_defense atop_offense atop_neutral atop_nonagg atop_consul
        2 20 1950 1 0 0 0 0
        2 many 1950 1 0 0 0 0
        """
    ))  # fmt: skip
    got = parse(raw, "csv", all_datasets()["atop"], tmp_path / "out.parquet")
    assert (got.frame.rows, got.frame.set_aside) == (1, 1)
    assert got.examples == ("line 3: ccode2 'many' is not a number",)


def test_empty_and_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="no rows"):
        read("vdem", b"ccode,year,v2x_polyarchy\r\n", tmp_path)
    with pytest.raises(SourceFailed):
        read("vdem", b"PAR1 not really", tmp_path, packing="parquet")
    with pytest.raises(SourceFailed, match="inside: readme"):
        read("vdem", as_zip({"readme.txt": b"x"}), tmp_path, packing="zip", members=("V-Dem*.csv",))


@pytest.mark.parametrize("field", ["licence", "citation", "redistribution", "edition", "addresses", "layouts"])
def test_a_source_that_hides_its_terms_does_not_load(field: str) -> None:
    empty: Any = () if field in {"addresses", "layouts"} else " "
    with pytest.raises(SourceFailed, match="does not state"):
        replace(all_datasets()["cow-nmc"], **{field: empty})


def test_a_source_without_a_lag_or_with_loose_layouts_does_not_load() -> None:
    known = all_datasets()["cow-nmc"]
    with pytest.raises(SourceFailed, match="publication lag"):
        replace(known, lag=Lag(months=0, basis=""))
    loose = replace(known.layouts[0], select={"ccode": "ccode"})
    with pytest.raises(SourceFailed, match="leaves"):
        replace(known, layouts=(loose,))
    odd = replace(known.layouts[0], select={**known.layouts[0].select, "nothing": "x"})
    with pytest.raises(SourceFailed, match="unknown columns"):
        replace(known, layouts=(odd,))
    with pytest.raises(SourceFailed, match="two sources"):
        checked((known, known))


def test_every_data_set_of_the_issue_is_registered() -> None:
    known: dict[str, Dataset] = all_datasets()
    assert set(known) >= {
        "cow-mid", "cow-nmc", "cow-contiguity", "cow-igo", "gml-mid", "atop", "ucdp-acd", "ucdp-ged",
        "ucdp-candidate", "ucdp-esd", "vdem", "icow", "icb-crises", "icb-actors", "unga-ideal-points", "ties", "epr",
    }  # fmt: skip
    for dataset in known.values():
        assert all(address.url.startswith("http") for address in dataset.addresses)
        assert all(layout.checked for layout in dataset.layouts)
    assert 0 < parsing.CHANGED_SHARE < 1
