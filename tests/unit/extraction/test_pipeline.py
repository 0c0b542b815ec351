"""The whole reading of a document, on texts that we wrote."""

from __future__ import annotations

import datetime as dt
import itertools
import json

import pytest

from made_documents import ARTICLE, FRENCH, INVENTED, PAGE, STATEMENT, UNRELATED
from vedette.domain.claims import Bound, ClaimKind, Direction
from vedette.domain.reading import Claim, Extraction
from vedette.errors import DateRefused, DocumentRefused
from vedette.extraction import extract


def claim_with(reading: Extraction, words: str) -> Claim:
    (found,) = [c for c in reading.claims if words in c.quote]
    return found


def bearing(claim: Claim) -> dict[str, Direction]:
    return {b.condition: b.direction for b in claim.conditions}


@pytest.fixture(scope="module")
def article() -> Extraction:
    return extract(ARTICLE, published="2019-10-08")


def test_claims_of_an_article(article: Extraction) -> None:
    moving = claim_with(article, "began moving")
    assert moving.kind is ClaimKind.EVENT
    assert bearing(moving) == {"technical_feasibility": Direction.RAISES}
    assert [d.iso for d in moving.dates] == ["2019-10-05", "2019-11"]
    assert bearing(claim_with(article, "severe sanctions")) == {"low_costs": Direction.LOWERS}
    assert claim_with(article, "severe sanctions").hypothetical
    assert bearing(claim_with(article, "have improved")) == {"perceived_justification": Direction.LOWERS}
    assert bearing(claim_with(article, "defend our land")) == {"absence_of_resistance": Direction.LOWERS}


def test_quantities_keep_bound_and_what_they_count(article: Extraction) -> None:
    (troops,) = claim_with(article, "12,000").quantities
    assert (troops.value, troops.bound, troops.attribution) == (12_000, Bound.MORE_THAN, "the Turkish defense ministry")
    assert troops.of.startswith("soldiers")
    (miles,) = claim_with(article, "40 miles").quantities
    assert (miles.value, miles.unit, miles.bound) == (40, "miles", Bound.LESS_THAN)


def test_nothing_is_read_from_site_parts_captions_and_notes(article: Extraction) -> None:
    for words in ("shake hands", "captured tank", "have doubled", "subscriber", "covers the Levant", "May Not Cross"):
        assert not [c for c in article.claims if words in c.quote]


def test_every_claim_says_why(article: Extraction) -> None:
    for claim in article.claims:
        assert any(r.startswith("cue: ") for r in claim.reasons)
        assert claim.reasons[0] == "roles read from the text: intervener TUR, target SYR"
        assert 0.3 <= claim.confidence <= 0.9


def test_claims_do_not_overlap_and_quotes_are_slices(article: Extraction) -> None:
    text = article.document.text
    spans = [(c.start, c.end) for c in article.claims]
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    assert all(text[c.start : c.end] == c.quote for c in article.claims)


@pytest.mark.parametrize("text", [ARTICLE, STATEMENT, INVENTED, UNRELATED])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_raw_slices_equal_quotes_in_plain_text(text: str, ends: str) -> None:
    raw = text.replace("\n", ends)
    found = extract(raw.encode("utf-8"), published="2022-01-20").to_dict()
    for item in (*found["evidence"], *(m for kind in found["mentions"].values() for m in kind)):
        shown = item.get("quote") or item["text"]
        assert raw[item["raw_start"] : item["raw_end"]] == shown
        assert found["document"]["text"][item["start"] : item["end"]] == shown


def test_the_reading_is_json_and_the_same_every_time() -> None:
    first = extract(STATEMENT, published="2022-02-01").to_dict()
    assert json.loads(json.dumps(first)) == first
    assert extract(STATEMENT, published="2022-02-01").to_dict() == first
    assert set(first) == {"document", "source_map", "evidence", "mentions", "dropped", "warnings", "parser"}


def test_other_crises_are_read_by_the_same_rules() -> None:
    found = extract(INVENTED, published="2025-02-12")
    assert bearing(claim_with(found, "three brigades")) == {"technical_feasibility": Direction.RAISES}
    denial = claim_with(found, "denies")
    assert denial.negated
    assert set(bearing(denial).values()) == {Direction.LOWERS}
    assert bearing(claim_with(found, "existential")) == {"stakes": Direction.RAISES}
    assert bearing(claim_with(found, "very difficult")) == {"technical_feasibility": Direction.LOWERS}


def test_an_unrelated_document_gives_nothing() -> None:
    assert extract(UNRELATED, published="2022-01-20").claims == ()


def test_another_language_is_kept_and_not_guessed_at() -> None:
    found = extract(FRENCH, published="2022-01-20")
    assert (found.document.language, found.claims, found.actors) == ("fr", (), ())
    assert found.document.text == FRENCH
    assert "another language" in found.warnings[0]


def test_a_page_gives_its_date_and_only_what_it_shows() -> None:
    found = extract(PAGE)
    assert found.document.published == dt.date(2022, 1, 20)
    assert (found.document.title, found.document.author) == ("Troops & talks", "Ann Example")
    assert next(c.quote for c in found.claims).startswith("Russian troops massed near the border of Ukraine")
    assert not [c for c in found.claims if "withdrew" in c.quote or "menu" in c.quote]


def test_arguments_win_over_the_page() -> None:
    found = extract(
        PAGE, published=dt.date(2022, 2, 1), title="T", author="A", publisher="P", url="https://example.org/x"
    )
    assert found.document.published == dt.date(2022, 2, 1)
    assert (found.document.title, found.document.author) == ("T", "A")
    assert found.document.citation is not None
    assert (found.document.citation.publisher, found.document.citation.url) == ("P", "https://example.org/x")


def test_a_header_line_gives_the_date() -> None:
    assert extract("Date: 20 January 2022\n\nThe troops left the border.").document.published == dt.date(2022, 1, 20)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (STATEMENT, "--published"),
        ("On 20 January 2022 the troops came.", "--published"),
        (
            "<html><meta name='date' content='2022-01-02'><meta name='pubdate' content='2022-01-03'><p>Troops.",
            "several",
        ),
    ],
)
def test_a_date_is_asked_for_and_never_invented(text: str, words: str) -> None:
    with pytest.raises(DocumentRefused, match="publication date") as refusal:
        extract(text, filename="note.txt")
    assert words in str(refusal.value)
    assert "--published" in str(refusal.value)


def test_the_address_is_only_a_hint() -> None:
    with pytest.raises(DocumentRefused, match="suggests 2022-01-20"):
        extract(STATEMENT, url="https://example.org/2022/01/20/troops/")


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(DateRefused, match="YYYY-MM-DD"):
        extract(STATEMENT, published="20.1.2022")


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="no readable text"):
        extract("<html><script>x</script></html>", published="2022-01-20")


def test_utf16_and_bytes_give_the_same_claims() -> None:
    plain = extract(STATEMENT, published="2022-02-01")
    wide = extract(b"\xff\xfe" + STATEMENT.encode("utf-16-le"), published="2022-02-01")
    assert [c.quote for c in wide.claims] == [c.quote for c in plain.claims]
    assert wide.document.sha256 != plain.document.sha256


def test_invisible_and_turned_characters_keep_the_offsets_of_claims() -> None:
    text = (
        "\u202eRussian\u202c troops\u200b have massed near the \u2066Ukrainian\u2069 border\ufeff since Jan. 3.\n\n"
        "\u200f😀 Kyiv\u200d said that 30\u200b,000 Russian troops stand in Belarus.\n"
    )
    found = extract(text, published="2022-01-20").to_dict()
    assert found["evidence"]
    for claim in found["evidence"]:
        assert text[claim["raw_start"] : claim["raw_end"]] == claim["quote"]
        assert found["document"]["text"][claim["start"] : claim["end"]] == claim["quote"]
    for mentions in found["mentions"].values():
        assert all(text[m["raw_start"] : m["raw_end"]] == m["text"] for m in mentions)
