"""Code systems of event data: classes and states."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vedette.reference.event_codes import cameo_root, code_tables, folded
from vedette.reference.plover import ROOTS
from vedette.reference.states import all_states


def test_classes_of_cameo_codes() -> None:
    codes = "010 020 036 057 0871 094 1384 163 164 1712 192 2042"
    roots = "REQUEST AGREE SUPPORT YIELD ACCUSE THREATEN COERCE SANCTION ASSAULT COERCE ASSAULT"
    assert [cameo_root(c) for c in codes.split()] == [None, *roots.split()]
    assert cameo_root("") is None and cameo_root("---") is None and cameo_root("2") is None


def test_every_table_leads_to_classes_and_states_that_exist() -> None:
    tables = code_tables()
    isos = {s.iso3 for s in all_states()} | {"PSE", "ESH", "HKG", "MAC"}
    assert set(tables.cameo.values()) == set(ROOTS) and set(tables.plover.values()) == set(ROOTS)
    assert set(tables.fips.values()) <= isos and set(tables.actors.values()) <= isos
    today = {s.iso3 for s in all_states() if s.exists_today and s.iso3}
    assert today <= set(tables.fips.values()), "every state of today has a code of places"
    assert tables.names[folded("Côte d’Ivoire")] == "CIV"
    assert tables.gw["365"] == "RUS" and tables.actors["ROM"] == "ROU"


@pytest.mark.shared
def test_classes_agree_with_the_published_conversion(shared: Path) -> None:
    """But for CONCEDE and RETREAT, joined here."""
    lines = (shared / "data" / "text" / "CAMEO2PLOVER-2021.txt").read_text("utf-8").splitlines()
    published = [m.groups() for line in lines if (m := re.match(r"(\d{3,4}): ([A-Z]+),", line))]
    assert len(published) > 200
    joined = {"CONCEDE": "YIELD", "RETREAT": "YIELD"}
    assert not [(code, root) for code, root in published if cameo_root(code) != joined.get(root, root)]


@pytest.mark.shared
def test_country_codes_agree_with_a_second_table(shared: Path) -> None:
    import duckdb

    path = shared / "data" / "crosswalk" / "countrycode_codelist.parquet"
    rows = duckdb.sql(f"SELECT fips, iso3c FROM '{path}' WHERE fips IS NOT NULL AND iso3c IS NOT NULL").fetchall()
    ours = code_tables().fips
    assert len(rows) > 200
    assert not [(f, iso, ours[f]) for f, iso in rows if f in ours and ours[f] != iso]
