"""The brief as a Word document."""

from __future__ import annotations

import io
import json
import sys
import zipfile

import pytest
from tests.unit.reporting.test_brief_page import HOSTILE, facts_of, hostile_case

from made_assessment import made_assessment
from vedette.errors import BadInput, MissingExtra
from vedette.reporting.brief import make_brief
from vedette.reporting.docx import PART, read_docx_facts


def words(data: bytes) -> str:
    """All text of a document, with that of its tables."""
    import docx

    document = docx.Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def test_same_facts_same_bytes_and_the_facts_come_back() -> None:
    facts = facts_of()
    first, second = make_brief(facts, "docx").data, make_brief(facts, "docx").data
    assert first == second
    assert read_docx_facts(first) == json.loads(json.dumps(facts.data))


def test_it_says_what_the_page_says() -> None:
    text = words(make_brief(facts_of(), "docx").data)
    for said in ("unlikely (27\u202f%, 13–48)", "Confidence: low.", "−0.99", "unknown: no source speaks of it",
        "87.3\u202fkm",
                 "On 17 January the first Russian units arrived by rail", "n is one"):  # fmt: skip
        assert said in text


def test_hostile_text_stays_text() -> None:
    attack = HOSTILE + "\ufffe\x00<w:p/>&lt;"
    data = make_brief(facts_of(hostile_case(), made_assessment(title=attack, warnings=(attack,))), "docx").data
    assert "<script>alert(1)</script>" in words(data)
    assert read_docx_facts(data)["assessment"]["warnings"] == [attack]


def test_a_document_without_facts_is_refused() -> None:
    def packed(**files: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            for name, text in files.items():
                z.writestr(name, text)
        return out.getvalue()

    for data in (b"PK\x03\x04", packed(a="b"), packed(**{PART: "<x/>"}), packed(**{PART: "<brief>[1]</brief>"}),
                 packed(**{PART: "<brief>{</brief>"})):  # fmt: skip
        with pytest.raises(BadInput):
            read_docx_facts(data)


def test_without_python_docx_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = facts_of()
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingExtra, match=r"vedette\[docx\]"):
        make_brief(facts, "docx")
