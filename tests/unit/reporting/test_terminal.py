"""The assessment on a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_assessment import made_assessment
from vedette.reporting.labels import display_width
from vedette.reporting.terminal import headline, interval_glyph, render_assessment

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [20, 60, 80, 100, 118, 400])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    text = render_assessment(made_assessment().to_dict(), width)
    # Commands may be copied, so they are never broken: only they may be longer than a very narrow terminal.
    lines = [line for line in text.splitlines() if not line.startswith("  vedette ")]
    assert max(map(display_width, lines)) <= max(60, min(118, width)) + 1


def test_everything_that_matters_is_said() -> None:
    text = render_assessment(made_assessment().to_dict(), 110)
    for expected in (
        "Attack on Ukraine from Belarus: unlikely (27\u202f%, 13–48).", "Scenarios", "Conditions for A", "Binding:",
        "Why A is 27", "What would move A most", "Base rates", "Confidence: low.", "Warnings", "Others at the time",
        "12 of 55", "unknown: no source speaks of it", "1 item left out",
        "vedette brief made-belarus --as-of 2022-01-20",
    ):  # fmt: skip
        assert expected in text


def test_without_colour_there_is_no_escape_code_and_with_it_the_words_are_the_same() -> None:
    a = made_assessment().to_dict()
    bare, painted = render_assessment(a, 100, colour=False), render_assessment(a, 100, colour=True)
    assert "\x1b" not in bare
    assert "\x1b[" in painted
    assert [x.rstrip() for x in ESCAPE.sub("", painted).splitlines()] == bare.splitlines()


def test_hostile_text_cannot_reach_the_terminal() -> None:
    a = made_assessment(
        title="Title\x1b[2J\x1b]0;owned\x07 end\u202e", question="Q\rX\x9b31m", warnings=("w\x1b[31m\nsecond line",)
    ).to_dict()
    text = render_assessment(a, 100)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "! w[31m second line" in text


def test_focus_on_another_scenario_and_on_none() -> None:
    a = made_assessment().to_dict()
    assert "Why B is 45" in render_assessment(a, 100, focus="lasting_presence")
    with pytest.raises(KeyError):
        render_assessment(a, 100, focus="nowhere")


def test_the_step_between_classes_is_shown_before_the_evidence() -> None:
    a = made_assessment().to_dict()
    bars = a["contributions"]["attack_from_belarus"]
    bars.insert(
        0, {"what": "Base rate of the dyad", "kind": "structure", "log_odds": -3.0, "evidence": [], "detail": []}
    )
    bars[1] = {**bars[1], "what": "Step to the class of crises", "log_odds": bars[1]["log_odds"] + 3.0}
    text = render_assessment(a, 100)
    assert (
        text.index("Base rate of the dyad") < text.index("Step to the class of crises") < text.index("▲ Technical")
    )
    assert re.search(r"Base rate of the dyad +−3\.00 +5\u202f%", text)
    assert re.search(r"Step to the class of crises +\+1\.73 +22\u202f%", text)


def test_little_known_still_renders() -> None:
    bare = made_assessment(
        conditions=(), contributions={}, binding={}, sensitivity=(), analogues=(), crowd=(), warnings=(), excluded=(),
        base_rates={},
    ).to_dict()  # fmt: skip
    text = render_assessment(bare, 80)
    assert "Scenarios" in text
    assert "Conditions for" not in text
    for s in bare["scenarios"]:
        s["base_rate"] = {"p": None}
    assert "n/a" in render_assessment(bare, 80)


@given(
    st.tuples(*[st.floats(0, 1) for _ in range(5)]).map(sorted), st.none() | st.floats(0, 1), st.integers(20, 80)
)
def test_glyph_always_shows_the_estimate(points: list[float], base: float | None, width: int) -> None:
    low, q1, p, q3, high = points
    glyph = interval_glyph(p, (q1, q3), (low, high), base, width)
    assert len(glyph) == width
    assert glyph.count("█") == 1
    assert glyph.index("█") == min(width - 1, int(p * width))


def test_headline_names_word_number_range() -> None:
    assert headline(made_assessment().to_dict(), "lasting_presence") == (
        "Lasting presence, no attack: roughly even (45\u202f%, 22–68)."
    )
