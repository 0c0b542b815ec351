"""A second reading: what may leave, what it costs, and that a failure leaves nothing behind but transcripts."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.chat_server import item
from tests.made_texts import ARTICLE, FRENCH

from vedette import extract
from vedette.bootstrap import open_workspace
from vedette.domain.claims import Marking
from vedette.errors import BadInput, DocumentRefused, SourceFailed
from vedette.ports import ModelAnswer
from vedette.stores.transcripts import TranscriptFiles
from vedette.workflows.ingest import Source, read_document
from vedette.workflows.second_read import Reader, merged, read_again, read_into_case

LONG = ARTICLE + "".join(f"\n\nDay {n}, people in the town of Gomel said, passed by the river." for n in range(80))
QUOTE = "Russian troops moved toward the Belarusian border on Jan. 12"


class Model:
    """Gives these answers in turn; an exception among them is raised."""

    def __init__(self, *answers: Mapping[str, Any] | Exception, tokens: tuple[int | None, int | None] = (7, 3)) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.tokens = tokens

    def answer(self, schema: Mapping[str, Any], messages: Sequence[Mapping[str, str]]) -> ModelAnswer:
        self.asked.append(messages[1]["content"])
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(given, Exception):
            raise given
        kept = json.dumps([given, len(self.asked)]).encode()
        return ModelAnswer(value=given, transcript=kept, tokens_in=self.tokens[0], tokens_out=self.tokens[1])


GOOD = {"claims": [item(QUOTE, kind="event")]}


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(
        model=Model(GOOD), name="made", transcripts=TranscriptFiles(tmp_path / "t"), host="models.example", local=False,
        chunk=2000, most=200_000,
    )  # fmt: skip


@pytest.mark.parametrize("marking", [m for m in Marking if m is not Marking.CLEAR])
def test_what_is_marked_does_not_leave_the_machine(reader: Reader, marking: Marking) -> None:
    read = extract(ARTICLE, published="2022-01-14")
    read = replace(read, document=replace(read.document, marking=marking))
    with pytest.raises(DocumentRefused, match=r"models\.example"):
        read_again(read, reader)
    assert isinstance(reader.model, Model) and reader.model.asked == []
    assert read_again(read, replace(reader, local=True)).agreement.second_only


def test_another_language_is_not_sent(reader: Reader) -> None:
    second = read_again(extract(FRENCH, published="2022-01-14"), reader)
    assert "English" in second.note and second.tokens_in is None and second.transcripts == ()
    assert isinstance(reader.model, Model) and reader.model.asked == []


def test_tokens_add_up_and_cost_needs_both_prices(reader: Reader) -> None:
    read = extract(LONG, published="2022-01-14")
    steps: list[tuple[int, int]] = []
    second = read_again(
        read, replace(reader, price_in=1.0, price_out=2.0), progress=lambda n, of: steps.append((n, of))
    )
    parts = len(second.transcripts)
    assert parts > 1 and steps == [(n, parts) for n in range(1, parts + 1)]
    assert (second.tokens_in, second.tokens_out) == (7 * parts, 3 * parts)
    assert second.cost == pytest.approx(parts * (7 * 1 + 3 * 2) / 1e6)
    assert read_again(read, replace(reader, price_in=1.0)).cost is None
    assert (
        read_again(read, replace(reader, model=Model(GOOD, tokens=(7, None)), price_in=1.0, price_out=1.0)).cost is None
    )
    assert read_again(read, replace(reader, price_in=0.0, price_out=0.0)).cost == 0.0


def test_both_readers_in_the_order_of_the_text(reader: Reader) -> None:
    read = extract(ARTICLE, published="2022-01-14")
    both = merged(read, read_again(read, reader)).claims
    assert [c.start for c in both] == sorted(c.start for c in both)
    assert [c.reader for c in both] == ["llm:made", *["rules"] * len(read.claims)]


def test_a_failure_half_way_proposes_nothing_and_keeps_what_was_said(reader: Reader, tmp_path: Path) -> None:
    workspace = open_workspace()
    text = LONG.encode()
    source = Source(content=text, name="a.txt", published=dt.date(2022, 1, 14))
    reading = read_document(workspace.cases, workspace.clock, "belarus-2022", source)
    before = workspace.cases.load("belarus-2022")
    failing = replace(reader, model=Model(GOOD, SourceFailed("gone")))
    with pytest.raises(SourceFailed, match="gone"):
        read_into_case(workspace.cases, workspace.clock, reading, failing)
    assert workspace.cases.load("belarus-2022") == before
    kept = list((tmp_path / "t").rglob("*.json"))
    assert len(kept) == 1 and kept[0].parent.name == hashlib.sha256(text).hexdigest()
    second = read_into_case(workspace.cases, workspace.clock, reading, reader)
    assert [e.claim for e in second.added] == [QUOTE]
    (found,) = [e for e in workspace.cases.load("belarus-2022").evidence if e.claim == QUOTE]
    assert found == second.added[0] and found.id == f"{reading.document.sha256[:8]}-s01"


def test_a_copy_read_by_a_model_is_no_second_voice(reader: Reader) -> None:
    """What the model proposes from a syndicated copy has the origin of the first report, as the rules' proposals do."""
    workspace = open_workspace()
    origins = []
    for name, text in (("a.txt", ARTICLE), ("b.txt", ARTICLE + "\n(Agency copy)\n")):
        source = Source(content=text.encode(), name=name, published=dt.date(2022, 1, 14), publisher=name)
        reading = read_document(workspace.cases, workspace.clock, "belarus-2022", source)
        (item_,) = read_into_case(workspace.cases, workspace.clock, reading, reader).added
        origins.append(item_.origin)
    assert origins[0] == origins[1]


def test_a_text_cleaned_otherwise_is_refused(reader: Reader) -> None:
    workspace = open_workspace()
    source = Source(content=ARTICLE.encode(), name="a.txt", published=dt.date(2022, 1, 14))
    reading = read_document(workspace.cases, workspace.clock, "belarus-2022", source)
    other = replace(reading, extraction=extract(ARTICLE + "\nMore.\n", published="2022-01-14"))
    with pytest.raises(DocumentRefused, match="by a version"):
        read_into_case(workspace.cases, workspace.clock, other, reader)


def test_parts_that_cannot_overlap_are_refused(reader: Reader) -> None:
    with pytest.raises(BadInput, match="VEDETTE_LLM_CHUNK"):
        replace(reader, chunk=100)
