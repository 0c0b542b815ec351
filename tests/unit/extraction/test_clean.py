"""Cleaning: site parts, copies and teasers go, each with its reason; everything else keeps its place."""

from __future__ import annotations

from made_documents import ARTICLE, UNRELATED
from vedette.extraction.clean import Cleaned, clean
from vedette.extraction.units import plain_units


def cleaned(raw: str) -> Cleaned:
    return clean(raw, plain_units(raw), page=False)


def reasons(raw: str) -> dict[str, str]:
    return {raw[d.start : d.end].strip()[:30]: d.reason for d in cleaned(raw).dropped}


def test_site_parts_copies_and_teasers_go_with_their_reason() -> None:
    found = cleaned(ARTICLE)
    told = reasons(ARTICLE)
    assert "repeats" in told["Turkish troops began moving to"]
    assert found.text.count("Turkish troops began moving") == 1
    assert "prompt" in told["Join the Conversation"]
    assert "prompt" in told["Already a subscriber? Log in."]
    assert told["More from The Example Review"] == "teasers of other articles"
    assert told["Ada Example/Pool/AFP via Getty"] == "photo credit"
    for gone in ("captured tank", "Tank Sales Boom", "have doubled", "Getty"):
        assert gone not in found.text
    assert found.text.count("shake hands in Sochi") == 1


def test_roles_of_paragraphs() -> None:
    found = cleaned(ARTICLE)
    roles = {found.text[s.start : s.end][:12]: s.role for s in found.segments}
    assert roles["Why Ankara M"] == "title"
    assert roles["By Leyla Dem"] == "byline"
    assert roles["Turkish Pres"] == "caption"
    assert roles["Leyla Demir "] == "author note"
    assert roles["Damascus fea"] == roles["However, an "] == "body"
    assert (found.title, found.author) == ("Why Ankara May Not Cross the Border", "Leyla Demir")


def test_spans_lead_back_to_the_raw_text() -> None:
    found = cleaned(ARTICLE)
    for span in found.source_map:
        assert found.text[span.clean_start : span.clean_end] == ARTICLE[span.raw_start : span.raw_end]
    covered = sum(s.raw_end - s.raw_start for s in found.source_map) + sum(d.end - d.start for d in found.dropped)
    assert covered == len(ARTICLE)


def test_a_text_with_nothing_to_drop_keeps_its_offsets() -> None:
    raw = UNRELATED.replace("\n", "\r\n")
    found = cleaned(raw)
    assert found.text == raw
    assert found.dropped == ()
    assert [(s.clean_start, s.raw_start) for s in found.source_map] == [(0, 0)]


def test_near_copies_go_and_the_fuller_one_stays() -> None:
    start = "The minister said on Monday that two battalions had left the northern base for the border area"
    raw = f"{start}.\n\nAnother paragraph stands between them.\n\n{start}, a day later than planned.\n"
    found = cleaned(raw)
    assert "a day later than planned" in found.text
    assert found.text.count("two battalions") == 1


def test_a_heading_in_mid_article_cuts_nothing_else() -> None:
    body = "The army moved on Monday, and the government said that it would answer within the week. "
    raw = f"{body}\n\nRelated\n\n{body.replace('army', 'navy')}\n\n{body.replace('army', 'guard')}\n"
    assert "The navy moved" in cleaned(raw).text
    assert "The guard moved" in cleaned(raw).text


def test_only_prompts_are_better_than_nothing() -> None:
    assert cleaned("Subscribe to our newsletter\n").text == "Subscribe to our newsletter\n"


def test_body_text_about_subscribers_stays() -> None:
    raw = "The operator said that a million subscribers lost their lines when the shelling began near the town.\n"
    assert cleaned(raw).dropped == ()


def test_wrapped_lines_are_one_unit() -> None:
    raw = "The troops that had been stationed near the river since the\nspring left their camp on Sunday.\n"
    assert len(plain_units(raw)) == 1
    assert len(plain_units("A first line.\nA second line.\n")) == 2
