"""Documents one at a time, text layers and the index of copies, whatever is underneath."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from tests.made_records import full_case

from vedette.domain.documents import Document
from vedette.domain.evidence import Review, Status, Verdict
from vedette.domain.stories import Placed, Relation
from vedette.domain.time import Times, instant
from vedette.errors import UnknownName
from vedette.workflows.stories import case_stories, place_document, place_missing

WORDS = "The convoy crossed the old bridge near Arkhold before dawn and stopped beside the closed railway station. "


def made(text: str, day: str = "2022-01-12") -> tuple[Document, bytes]:
    raw = text.encode()
    digest = hashlib.sha256(raw).hexdigest()
    at = instant(day)
    times = Times(published_at=at, available_at=at)
    return Document(id=f"doc-{digest[:12]}", sha256=digest, title="Made", text=text, times=times), raw


def put(backend: Any, case: str, text: str, day: str = "2022-01-12") -> tuple[Document, Placed]:
    document, raw = made(text, day)
    store = backend.cases()
    with store.transaction():
        place_missing(store, case)
        signature, placed, _ = place_document(store, case, document, ())
        store.add_document(case, document, raw, ())
        store.place(case, signature, placed)
    return document, placed


def test_the_outline_is_the_case_without_its_records(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    outline = backend.cases().outline(case.id)
    assert outline == replace(case, documents=(), evidence=(), reviews=(), judgments=())
    with pytest.raises(UnknownName) as caught:
        backend.cases().outline(case.id + "x")
    assert caught.value.nearest == (case.id,)


def test_what_is_weighed_is_what_was_accepted_or_reviewed(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    store = backend.cases()
    for number in range(3):
        document, raw = made(f"{WORDS} Report {number}.")
        item = replace(
            case.evidence[0], id=f"more-{number}", status=Status.PROPOSED,
            quote=document.quote(0, 30), claim=document.text[:30],
            times=document.times,
        )  # fmt: skip
        store.add_document(case.id, document, raw, [item])
    store.add_review(
        case.id, Review(evidence="more-1", verdict=Verdict.ACCEPT, author="ana", at=case.judgments[0].at, reason="seen")
    )
    light, whole = store.weighing(case.id), store.load(case.id)
    assert light.accepted() == whole.accepted() and "more-1" in {e.id for e in light.accepted()}
    assert {"more-0", "more-2"} <= {e.id for e in whole.evidence} - {e.id for e in light.evidence}
    assert len(light.documents) < len(whole.documents)
    assert (light.reviews, light.judgments) == (whole.reviews, whole.judgments)
    with pytest.raises(UnknownName):
        store.weighing("no-such")


def test_evidence_of_a_speaker_only(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    store = backend.cases()
    document, raw = made(f"{WORDS} More.")
    names = ("The Kremlin", 'A "quoted" name', "Made Press", "")
    items = [
        replace(
            case.evidence[0], id=f"of-{n}", attribution=name, quote=document.quote(0, 10), times=document.times,
            claim='It says "attribution":"The Kremlin".',
        )
        for n, name in enumerate(names) if name
    ]  # fmt: skip
    store.add_document(case.id, document, raw, items)
    for n, name in enumerate(names[:3]):
        found = store.evidence_of(case.id, [document.id], said_by=lambda said, name=name: said == name)
        assert [e.id for e in found] == [f"of-{n}"] and found[0] == items[n]
    assert store.evidence_of(case.id, [document.id]) == tuple(items)
    assert store.evidence_of(case.id, [document.id], said_by=lambda _: False) == ()


def test_a_document_is_found_by_its_bytes(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    home = case.documents[0]
    found = backend.cases().find_document(case.id, home.sha256)
    assert found is not None and found[0] == home
    assert set(found[1]) == {e for e in case.evidence if e.quote is not None and e.quote.document.id == home.id}
    assert backend.cases().find_document(case.id, "0" * 64) is None
    assert backend.cases().has_evidence(case.id, case.evidence[0].id)
    assert not backend.cases().has_evidence(case.id, "no-such")


def test_a_text_layer_is_kept_once_and_whole(backend: Any) -> None:
    text = "Página uno\x0cpágina dos \ud800"
    first, second = backend.cases().keep_layer(text), backend.cases().keep_layer(text)
    assert first == second == hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    assert backend.cases().layer(first) == text
    with pytest.raises(UnknownName):
        backend.cases().layer("0" * 64)


def test_copies_find_their_story_and_others_do_not(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    first, placed = put(backend, case.id, WORDS)
    assert placed.relation is Relation.FIRST
    copy, placed = put(backend, case.id, f"ARKHOLD (Wire) {WORDS}", "2022-01-13")
    assert (placed.story, placed.of) == (first.id, first.id) and placed.relation is Relation.NEAR_COPY
    again, placed = put(backend, case.id, WORDS.upper(), "2022-01-13")
    assert placed.relation is Relation.SAME_TEXT and placed.story == first.id
    other = "Farmers brought apples to the market of Veld, and the band played on until midnight."
    _, placed = put(backend, case.id, other)
    assert placed.relation is Relation.FIRST
    shown = case_stories(backend.cases(), case.id)
    biggest = shown.stories[0]
    assert biggest.id == first.id and {d.id for d, _ in biggest.members} == {first.id, copy.id, again.id}
    assert shown.documents == len(case.documents) + 4
    assert not backend.cases().unsigned(case.id)


def test_places_are_not_changed(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    document, _ = put(backend, case.id, WORDS)
    before = backend.cases().stories(case.id)
    with pytest.raises(Exception, match=r"append-only"), backend.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE story_documents SET story = 'x'")
    assert backend.cases().stories(case.id) == before
    assert backend.cases().signed(case.id, [document.id])[document.id].placed == before[-1]


def test_a_read_document_is_placed_all_or_not(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    store = backend.cases()
    document, raw = made(WORDS)
    with pytest.raises(RuntimeError), store.transaction():
        signature, placed, _ = place_document(store, case.id, document, ())
        store.add_document(case.id, document, raw, ())
        store.place(case.id, signature, placed)
        raise RuntimeError
    assert document.id not in {d.id for d in backend.cases().load(case.id).documents}
    assert document.id not in backend.cases().signed(case.id, [document.id])


def test_documents_not_placed_are_found_by_either_way(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from vedette.stores import library

    case = full_case()
    backend.cases().create(case)
    backend.cases().create(replace(case, id="other-case"))
    put(backend, case.id, WORDS)
    made_since = [made(f"{WORDS} Report {n}.") for n in range(3)]
    for document, raw in made_since:
        backend.cases().add_document("other-case", document, raw, ())
    late, raw = made(f"{WORDS} The latest.")
    backend.cases().add_document(case.id, late, raw, ())
    for few in (library._FEW, 0):
        monkeypatch.setattr(library, "_FEW", few)
        assert [d.id for d in backend.cases().unsigned(case.id)] == [late.id]
        assert {d.id for d, _ in made_since} <= {d.id for d in backend.cases().unsigned("other-case")}


@pytest.mark.parametrize("size", [1, 16, 17, 64, 65, 500, 501, 1203])
def test_any_number_of_anchors_is_looked_up(backend: Any, size: int) -> None:
    case = full_case()
    backend.cases().create(case)
    document, _ = put(backend, case.id, WORDS)
    from vedette.assessment import stories

    own = stories.sign(document).anchors
    others = [n for n in range(1, size + 1 - min(size, len(own))) if n not in own]
    wanted = sorted([*own[:size], *others])
    found = backend.cases().sharing(case.id, wanted, most=5)
    assert found.documents[document.id] == min(size, len(own))
    assert dict(found.leads) == dict.fromkeys(own[:size], 1)
