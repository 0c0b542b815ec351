"""Names as a reader meets them, and text made safe."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.reporting.html import script_json, slug
from vedette.reporting.labels import (
    condition_names,
    day_text,
    display_width,
    glyph_of,
    letter,
    safe_text,
    state_name,
    state_text,
    view_name,
)


@given(st.text())
def test_safe_text_is_one_printable_line(text: str) -> None:
    safe = safe_text(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", safe)
    assert safe_text(safe) == safe


@given(st.recursive(st.none() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x), max_leaves=10))
def test_embedded_json_cannot_leave_its_element(value: object) -> None:
    import json

    text = str(script_json(value))
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == value


@given(st.text(min_size=1), st.text(min_size=1))
def test_anchors_are_safe_and_differ(a: str, b: str) -> None:
    assert re.fullmatch(r"ev-[A-Za-z0-9_-]+", slug(a))
    assert (slug(a) == slug(b)) == (a == b)


@pytest.mark.parametrize(("i", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")])
def test_letters_go_on_after_z(i: int, name: str) -> None:
    assert letter(i) == name


def test_names_of_the_framework_and_of_none() -> None:
    known = condition_names("five-conditions", ["technical_feasibility", "stakes", "option"])
    assert known["technical_feasibility"] == ("4", "Technical feasibility")
    assert known["stakes"][0] == "M"
    assert known["option"][0] == "O"
    assert condition_names("nobody-s", ["own_thing", "stakes"]) == {
        "own_thing": ("1", "Own thing"), "stakes": ("M", "Stakes (outside the conjunction)"),
    }  # fmt: skip


def test_states_views_days_and_glyphs() -> None:
    assert (state_name("BLR"), state_name("ATL")) == ("Belarus", "ATL")
    assert (view_name("RUS"), view_name("BLR"), view_name("observer")) == (
        "Russia’s view", "Belarus’ view", "Observer’s view",
    )  # fmt: skip
    assert (day_text("2022-01-20T09:40:00+00:00"), day_text("soon")) == ("20 January 2022", "soon")
    assert [glyph_of(v) for v in (None, 0.5, 0.49, -0.49, -0.5)] == ["?", "●", "◇", "◇", "○"]
    assert [state_text(v) for v in (2.01, 2.0, -0.04, -2.5)] == [">+2", "+2.0", "0.0", "<−2"]
    assert (display_width("abc"), display_width("日本"), display_width("e\u0301")) == (3, 4, 1)
