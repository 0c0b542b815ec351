"""Evidence marked in a text: nothing of the text is lost, added or run as markup."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from vedette.web.views.marks import Mark, anchor, blocks, paragraph, ruler, ruler_svg


def mark(id: str, start: int, end: int, **changes: object) -> Mark:
    values: dict[str, object] = {
        "id": id, "start": start, "end": end, "number": "5", "direction": "lowers", "status": "proposed",
        "said": "5 lowers", "href": f"?item={id}",
    }  # fmt: skip
    return Mark(**{**values, **changes})  # type: ignore[arg-type]


texts = st.text(st.sampled_from(list("ab <>&\"'\n\n\u202e🚂é")), max_size=60)
spans = st.lists(st.tuples(st.integers(-3, 65), st.integers(-3, 65)), max_size=6)


@given(texts, spans)
def test_every_piece_is_the_slice_it_says_and_marks_cover_exactly_their_span(
    text: str, given_: list[tuple[int, int]]
) -> None:
    marks = [mark(f"e{i}", *sorted(pair)) for i, pair in enumerate(given_)]
    found = blocks(text, marks)
    covered: dict[str, set[int]] = {m.id: set() for m in marks}
    badges: list[str] = []
    shown: set[int] = set()
    for block in found:
        assert block.text == text[block.start : block.end]
        for piece in block.pieces:
            assert text[piece.at : piece.at + len(piece.text)] == piece.text
            shown.update(range(piece.at, piece.at + len(piece.text)))
            badges += [m.id for m in piece.badges]
            for m in piece.marks:
                covered[m.id].update(range(piece.at, piece.at + len(piece.text)))
    assert all(text[i].isspace() for i in set(range(len(text))) - shown)
    for m in marks:
        assert covered[m.id] == set(range(max(m.start, 0), min(m.end, len(text)))) & shown
    assert len(badges) == len(set(badges))


@given(texts, spans)
def test_the_markup_holds_the_text_and_no_tag_of_its_own(text: str, given_: list[tuple[int, int]]) -> None:
    marks = [mark(f'<i>"{i}', *sorted(pair), said='"><script>') for i, pair in enumerate(given_)]
    for block in blocks(text, marks):
        made = str(paragraph(block))
        assert {t.strip("/") for t in re.findall(r"<(/?\w+)", made)} <= {"span", "mark", "a"}
        bare = re.sub(r"<a .*?</a>", "", made, flags=re.DOTALL)
        assert html.unescape(re.sub(r"<[^>]*>", "", bare)) == block.text


def test_overlapping_spans_are_nested_the_longer_outside() -> None:
    (block,) = blocks("abcdefgh", [mark("short", 2, 4), mark("long", 0, 6, number="2"), mark("cross", 3, 8)])
    assert [[m.id for m in p.marks] for p in block.pieces] == [
        ["long"], ["long", "short"], ["long", "cross", "short"], ["long", "cross"], ["cross"],
    ]  # fmt: skip
    assert [p.text for p in block.pieces] == ["ab", "c", "d", "ef", "gh"]


def test_a_span_over_two_paragraphs_has_one_badge() -> None:
    found = blocks("one two\n\nthree", [mark("e1", 4, 14)])
    assert [[m.id for m in p.badges] for b in found for p in b.pieces] == [[], ["e1"], []]
    assert [p.text for b in found for p in b.pieces if p.marks] == ["two", "three"]


def test_underlines_tell_conditions_apart_and_start_again_after_five() -> None:
    assert [mark("e", 0, 1, number=n).css for n in ("1", "5", "6", "M", "O")] == ["c1", "c5", "c1", "cM", "cO"]
    assert mark("e", 0, 1, number="4", direction="raises").badge == "4▲"


def test_the_ruler_shows_what_stands_in_the_order_of_the_text() -> None:
    marks = [
        mark("b", 50, 60, status="accepted"), mark("a", 10, 20, selected=True), mark("gone", 1, 2, status="rejected")
    ]
    ticks = ruler(marks, 100)
    assert [(t.id, t.place, t.filled, t.selected) for t in ticks] == [("a", 100, False, True), ("b", 500, True, False)]
    assert str(ruler_svg(ticks)).count("<rect") == 2
    assert ruler(marks, 0) == ()


def test_anchors_differ_where_ids_do() -> None:
    assert anchor("e1.c1") != anchor("e1_c1") and re.fullmatch(r"m-[\w-]+", anchor('a"b<c>'))
