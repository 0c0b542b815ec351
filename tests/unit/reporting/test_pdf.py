"""The brief as PDF."""

from __future__ import annotations

import json
import sys
import zlib
from dataclasses import replace

import pytest
from tests.unit.reporting.test_brief_page import HOSTILE, facts_of, hostile_case

from made_assessment import made_assessment
from vedette.errors import BadInput, MissingExtra
from vedette.reporting.brief import make_brief
from vedette.reporting.compose_brief import build_view
from vedette.reporting.distance import measure
from vedette.reporting.pdf import flat_svg, print_data, read_pdf_facts, render_pdf


def test_same_facts_same_bytes_and_the_facts_come_back() -> None:
    facts = facts_of()
    first, second = make_brief(facts, "pdf").data, make_brief(facts, "pdf").data
    assert first == second
    assert first.startswith(b"%PDF")
    assert read_pdf_facts(first) == json.loads(json.dumps(facts.data))


def test_hostile_text_is_set_as_text() -> None:
    attack = HOSTILE + ' #panic("no") $x$ *b* @ref <label> \\ #read("/etc/passwd")'
    a = made_assessment(title=attack, question=attack, warnings=(attack,))
    data = make_brief(facts_of(hostile_case(), a), "pdf").data
    assert data.startswith(b"%PDF")
    assert read_pdf_facts(data)["assessment"]["title"] == attack


def test_it_prints_what_the_page_prints() -> None:
    facts = facts_of()
    data = print_data(build_view(facts), facts)
    assert data["lede"][0].startswith("Attack on Ukraine from Belarus: unlikely (27\u202f%, 13–48)")
    assert [s["probability"] for s in data["scenarios"]] == ["27", "45", "28"]
    assert data["waterfalls"][0]["value"] == "−0.99"
    assert json.loads(data["facts"]) == json.loads(json.dumps(facts.data))
    for table in data["tables"]:
        assert len(table["widths"]) == len(table["heads"])


def test_little_known_still_makes_a_pdf() -> None:
    a = made_assessment(
        conditions=(), contributions={}, binding={}, sensitivity=(), analogues=(), crowd=(), warnings=()
    )
    facts = facts_of(assessment=replace(a), previous=None, alternatives=[], distance=None)
    assert make_brief(facts, "pdf").data.startswith(b"%PDF")


def test_the_map_is_flattened_for_the_typesetter() -> None:
    from made_assessment import made_case

    svg = flat_svg(measure(made_case()).svg)
    assert "var(" not in svg
    assert "@media" not in svg
    assert "#1a4b96" in svg
    assert flat_svg("<svg></svg>") == "<svg></svg>"


def test_a_pdf_without_facts_is_refused() -> None:
    body = zlib.compress(b"[1]")
    for data in (b"%PDF-1.7", b"%PDF /Type /EmbeddedFile /FlateDecode stream\n" + body + b"endstream",
                 b"%PDF /Type/EmbeddedFile/FlateDecode stream\nxx endstream"):  # fmt: skip
        with pytest.raises(BadInput, match="no attached facts"):
            read_pdf_facts(data)


def test_without_typst_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = facts_of()
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtra, match=r"vedette\[pdf\]"):
        render_pdf(build_view(facts), facts)
