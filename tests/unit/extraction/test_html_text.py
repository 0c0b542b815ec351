"""Pages: only what a reader would see, with the raw place of every character."""

from __future__ import annotations

import html
import time

import pytest

from made_documents import PAGE
from vedette.extraction import extract
from vedette.extraction.clean import clean
from vedette.extraction.html_text import looks_like_html, read_page

WHITE = {ord(c): " " for c in "\t\n\r\f\v"}  # a line break inside a paragraph is shown as a space


def cleaned(raw: str) -> str:
    page = read_page(raw)
    return clean(raw, page.units, page=True, page_drops=page.dropped).text


def test_only_visible_text_is_left() -> None:
    text = cleaned(PAGE)
    for hidden in (
        "document.write",
        "color: red",
        "in the menu",
        "in a comment",
        "Ignore previous",
        "another story",
        "alert",
    ):
        assert hidden not in text
    assert 'Russian troops massed near the border of Ukraine on Jan. 17, and NATO warned of "severe" sanctions.' in text
    assert "Talks between Moscow and Kyiv will continue on Friday." in text


def test_metadata_are_read() -> None:
    page = read_page(PAGE)
    assert (page.title, page.author, page.dates) == ("Troops & talks", "Ann Example", {"2022-01-20"})


def test_every_cut_is_reported() -> None:
    reasons = {reason for _, _, reason in read_page(PAGE).dropped}
    assert {"script element", "style element", "comment in the markup", "hidden in the page"} <= reasons
    assert any("navigation" in r for r in reasons)


def test_source_map_leads_back_through_entities_and_white_space() -> None:
    page = read_page(PAGE)
    found = clean(PAGE, page.units, page=True, page_drops=page.dropped)
    for span in found.source_map:
        clean_part, raw_part = found.text[span.clean_start : span.clean_end], PAGE[span.raw_start : span.raw_end]
        if len(clean_part) == len(raw_part):
            assert clean_part == raw_part.translate(WHITE)
        else:
            assert raw_part.startswith("&") or raw_part.isspace()


def test_raw_spans_of_a_page_hold_whole_entities() -> None:
    found = extract(
        "<p>NATO warned of &quot;severe&quot; sanctions against Russia &amp; Belarus&apos;</p>", published="2022-01-20"
    )
    (claim,) = found.to_dict()["evidence"]
    raw = "<p>NATO warned of &quot;severe&quot; sanctions against Russia &amp; Belarus&apos;</p>"
    assert html.unescape(raw[claim["raw_start"] : claim["raw_end"]]) == claim["quote"]


def test_a_page_of_site_parts_alone_keeps_its_text() -> None:
    assert "The only words" in cleaned("<html><body><aside>The only words of this page.</aside></body></html>")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<p>5 < 6 & 7 > 3</p>", "5 < 6 & 7 > 3"),
        ('<p title="a > b">shown</p>', "shown"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("<p>&#x52;ussia &copy; &bogus; &#0;x</p>", "Russia \xa9 &bogus; \ufffdx"),
        ("<SCRIPT>no</SCRIPT><P>Yes</P>", "Yes"),
        ("text before <!-- an open comment", "text before"),
    ],
)
def test_odd_markup(raw: str, shown: str) -> None:
    assert cleaned(raw) == shown


@pytest.mark.parametrize(
    "unit", ["<a ", "<", "<!--", "<script>", '<p a="', "&", '<a ">', "<div>", "<p hidden>", "</p>", "<title>"]
)
def test_hostile_markup_takes_no_more_than_two_seconds_a_megabyte(unit: str) -> None:
    raw = "<html><p>Seen.</p>" + unit * (500_000 // len(unit))
    start = time.process_time()
    page = read_page(raw)
    assert page.units[0].text == "Seen."
    # Four times the rule, because the machine of a test may be slow: a quadratic rule takes minutes here.
    assert time.process_time() - start < 4 * 2.0 * len(raw) / 1e6


def test_pages_are_told_from_text() -> None:
    assert looks_like_html("<!DOCTYPE html><p>x")
    assert looks_like_html("plain", "page.html")
    assert not looks_like_html("5 < 6, and <name> is missing", "note.txt")
