"""The naive reader of mentions and our corrections of the annotation."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from evals import mentions

TEXT = "On 3 May, Russia moved 1,200 troops near Kharkiv. The Ukrainian army waited in Belarus and in Minsk."


def test_naive_reader_knows_states_dates_and_numbers() -> None:
    found = mentions.naive({"text": TEXT, "date": "2021-05-04"})["mentions"]
    assert [(a["text"], a["codes"]) for a in found["actors"]] == [("Russia", ["RUS"]), ("Ukrainian", ["UKR"])]
    assert [(TEXT[p["start"] : p["end"]], p["country"]) for p in found["places"]] == [
        ("Belarus", "BLR"), ("Minsk", "BLR"),
    ]  # fmt: skip
    assert [d["iso"] for d in found["dates"]] == ["2021-05-03"]
    assert [q["value"] for q in found["quantities"]] == [1200.0]


def test_corrections_add_and_change_without_touching_the_annotation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold: dict[str, Any] = {"doc_id": "M1", "mentions": {"actors": [{"start": 0, "end": 4, "codes": ["RUS"]}]}}
    path = tmp_path / "annotation_corrections.jsonl"
    monkeypatch.setattr(mentions, "CORRECTIONS", path)
    add = {"doc_id": "M1", "kind": "actors", "change": "add", "start": 9, "end": 12, "values": {"codes": ["UKR"]}}
    alter = {"doc_id": "M1", "kind": "actors", "change": "alter", "start": 0, "end": 4, "values": {"codes": ["BLR"]}}
    path.write_text(f"{json.dumps(add)}\n{json.dumps(alter)}\n", encoding="utf-8")
    mended = mentions.corrected(gold)["mentions"]["actors"]
    assert [(a["codes"], a.get("optional", False)) for a in mended] == [(["BLR"], False), (["UKR"], True)]
    assert gold["mentions"]["actors"] == [{"start": 0, "end": 4, "codes": ["RUS"]}]


def test_a_correction_of_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "annotation_corrections.jsonl"
    monkeypatch.setattr(mentions, "CORRECTIONS", path)
    path.write_text(
        '{"doc_id": "M1", "kind": "actors", "change": "alter", "start": 5, "end": 6, "values": {}}\n', encoding="utf-8"
    )
    with pytest.raises(ValueError, match="M1 has no actors at"):
        mentions.corrected({"doc_id": "M1", "mentions": {"actors": []}})


def test_every_correction_gives_a_reason_and_none_is_on_held_out_documents() -> None:
    from evals.extraction import Statements

    lines = mentions.CORRECTIONS.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert rows
    assert all(row["reason"] and row["start"] < row["end"] for row in rows)
    assert not [row["doc_id"] for row in rows if Statements.held(row["doc_id"])]
