"""``vedette export``: what other programs read back is what was recorded, and marks hold on the way out."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.made_records import full_case

from vedette.codec.forecast_files import read_forecasts
from vedette.domain.case import Case
from vedette.domain.claims import Marking

SERVICES = ("csv", "metaculus", "good-judgment", "forecastbench")


@pytest.fixture
def made(vedette: Any, tmp_path: Path) -> Case:
    """A case in the workspace with hostile words, a note marked RED, and a question with two forecasts, resolved."""
    from vedette.bootstrap import open_workspace

    case = full_case()
    first = replace(case.evidence[0], claim="=HYPERLINK(\"http://evil\")", attribution="@cmd")
    closed = replace(case.evidence[1], claim="from a source we must protect", marking=Marking.RED)
    case = replace(case, evidence=(first, closed, *case.evidence[2:]))
    open_workspace().cases.create(case, author="a", reason="made")
    probabilities = ",".join(f"{a}={p}" for a, p in zip(("a1", "a2", "a3", "a4", "a5", "other"), (
        0.1, 0.1, 0.3, 0.3, 0.1, 0.1), strict=True))  # fmt: skip
    for note in ("first", "second"):
        vedette.ok("ledger", "add", "made", "--probabilities", probabilities, "--base-rate", probabilities,
                   "--note", note)  # fmt: skip
    return case


def test_no_cell_starts_a_formula_and_nothing_closed_leaves(vedette: Any, made: Case, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = vedette("export", "made", "--out", out)
    assert said.status == 0 and "TLP:RED" in said.err
    for path in out.glob("*.csv"):
        text = path.read_text(encoding="utf-8-sig")
        assert "protect" not in text
        for row in csv.reader(io.StringIO(text)):
            assert not [c for c in row if c.startswith(("=", "@", "+", "\t"))]
    assert "'=HYPERLINK" in (out / "made.evidence.csv").read_text(encoding="utf-8-sig")
    assert "exists already" in vedette.refused("export", "made", "--out", out)
    vedette.ok("export", "made", "--out", out, "--force")


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "stix", "case", "dossier"])
def test_marks_hold_in_every_shape(vedette: Any, made: Case, tmp_path: Path, form: str) -> None:
    vedette.ok("export", "made", "--format", form, "--out", tmp_path / "out")
    found = [p.read_bytes() for p in (tmp_path / "out").iterdir()]
    assert found and not any(b"protect" in content for content in found)
    assert "marked above" in vedette.refused("export", "made", "--format", form, "--out", tmp_path / "s", "--strict")
    vedette.ok("export", "made", "--format", form, "--out", tmp_path / "red", "--audience", "RED")
    if form not in ("parquet", "stix"):  # packed; accepted items only
        assert any(b"protect" in p.read_bytes() for p in (tmp_path / "red").iterdir())


def test_parquet_and_json_hold_the_same_rows(vedette: Any, made: Case, tmp_path: Path) -> None:
    import duckdb

    vedette.ok("export", "made", "--format", "parquet", "--out", tmp_path / "p")
    vedette.ok("export", "made", "--format", "json", "--out", tmp_path / "j")
    tables = json.loads((tmp_path / "j" / "made.tables.json").read_text())
    for name, rows in tables.items():
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT * FROM '{tmp_path / 'p' / f'made.{name}.parquet'}'")
            names = [c[0] for c in found.description]
            assert [dict(zip(names, row, strict=True)) for row in found.fetchall()] == rows, name


def test_the_stix_bundle_is_one_and_says_what_the_case_says(vedette: Any, made: Case, tmp_path: Path) -> None:
    import stix2

    vedette.ok("export", "belarus-2022", "--format", "stix", "--out", tmp_path)
    text = (tmp_path / "belarus-2022.stix.json").read_text()
    bundle = stix2.parse(text, allow_custom=True)
    kinds = {o["type"] for o in bundle.objects}
    assert {"identity", "location", "note", "report", "grouping", "marking-definition"} <= kinds
    ids = {o["id"] for o in bundle.objects}
    for o in bundle.objects:
        refs = [*o.get("object_refs", ()), *o.get("object_marking_refs", ()), *filter(None, [o.get("created_by_ref")])]
        assert set(refs) <= ids, o["id"]
    assert len(ids) == len(bundle.objects)
    estimates = [o for o in bundle.objects if o["type"] == "note" and o["abstract"].startswith("Estimate")]
    assessed = json.loads(vedette.ok("assess", "belarus-2022", "--json"))
    for s in assessed["scenarios"]:
        assert any(f"{s['word']} ({s['probability']:.3f};" in o["content"] for o in estimates)
    vedette.ok("export", "belarus-2022", "--format", "stix", "--out", tmp_path, "--force")
    assert (tmp_path / "belarus-2022.stix.json").read_text() == text, "the same case is the same file"


@pytest.mark.parametrize("form", SERVICES)
def test_forecasts_come_back_from_every_service_shape(vedette: Any, made: Case, tmp_path: Path, form: str) -> None:
    from vedette.bootstrap import open_workspace

    out = tmp_path / form
    if form == "csv":
        from vedette.codec.forecast_export import statements, write_forecasts

        ledger = open_workspace().ledger
        out.mkdir()
        found = statements(ledger.questions(), [f for _, f in ledger.forecasts()], {})
        for name, text in write_forecasts(list(found), "csv").items():
            (out / name).write_text(text)
    else:
        vedette.ok("export", "--ledger", "--format", form, "--out", out)
    read = None
    for path in sorted(out.iterdir()):
        if path.name == "resolutions.json":
            continue
        read = read_forecasts(path.read_bytes(), path.name, form, read)
    assert read is not None and not read.refused
    given = [f.distribution for _, f in open_workspace().ledger.forecasts()]
    told = sorted(round(max(f.probabilities.get("yes", 0), f.probabilities.get("a", 0)), 6) for f in read.forecasts)
    assert told == sorted(round(p, 6) for d in given for p in d.values())


def test_the_whole_workspace_and_what_cannot_be_asked(vedette: Any, made: Case, tmp_path: Path) -> None:
    vedette.ok("export", "--all", "--out", tmp_path / "all")
    names = {p.name for p in (tmp_path / "all").iterdir()}
    assert {"made.evidence.csv", "ledger.forecasts.csv"} <= names
    assert "csv" in vedette.refused("export", "made", "--format", "xlsx", "--out", tmp_path)
    assert "one of them" in vedette.refused("export", "made", "--all", "--out", tmp_path)
    assert "made" in vedette.refused("export", "mad", "--out", tmp_path)
    (tmp_path / "file").write_text("x")
    assert "not a folder" in vedette.refused("export", "made", "--out", tmp_path / "file")
