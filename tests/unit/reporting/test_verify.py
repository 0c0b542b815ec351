"""Reading a brief back and holding it against a fresh computation."""

from __future__ import annotations

import copy
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reporting.test_brief_page import facts_of

from vedette.errors import BadInput
from vedette.reporting.brief import Brief, make_brief
from vedette.reporting.figures import Facts
from vedette.reporting.verify import read_brief, value_differences
from vedette.workflows.brief import BriefRequest, verify_brief

REQUEST = BriefRequest(case="made-belarus", as_of=dt.date(2022, 1, 20), since=dt.date(2022, 1, 13))


def made(form: str = "html") -> Brief:
    return make_brief(facts_of(request=REQUEST.to_dict()), form)


def recompute(request: BriefRequest, form: str) -> Brief:
    assert request == REQUEST
    return made(form)


@pytest.mark.parametrize("form", ["html", "md", "pdf", "docx"])
def test_an_untouched_brief_agrees(form: str) -> None:
    report = verify_brief(made(form).data, recompute)
    assert report.ok
    assert report.values > 500
    assert report.to_dict()["ok"] is True
    assert (report.figures > 200) == (form == "html")


def test_a_figure_changed_on_the_page_is_found() -> None:
    text = made().text
    changed = text.replace('data-form="figure">27</span>', 'data-form="figure">37</span>', 1)
    assert changed != text
    report = verify_brief(changed.encode(), recompute)
    assert not report.ok
    assert [(d.kind, d.brief, d.check) for d in report.differences] == [("printed", "37", "27")]
    assert "edited by hand" in report.reasons[0]


def test_a_number_changed_in_page_and_json_is_found() -> None:
    text = made().text
    changed = text.replace('"probability":0.27,', '"probability":0.37,').replace(">27</span>", ">37</span>")
    report = verify_brief(changed.encode(), recompute)
    assert {d.where for d in report.differences if d.kind == "value"} >= {
        "/assessment/atoms/0/probability", "/assessment/scenarios/0/probability",
    }  # fmt: skip
    assert any("own numbers were changed" in r for r in report.reasons)


def test_words_and_drawings_count_too() -> None:
    text = made().text
    for old, new in (("Key judgements", "Key judgments"), ('d="M0 0L5 5"', 'd="M0 0L9 9"')):
        report = verify_brief(text.replace(old, new, 1).encode(), recompute)
        assert not report.ok
        assert report.differences == ()
        assert "words or drawings differ" in report.reasons[0]


def test_a_case_that_has_changed_since_is_told_apart() -> None:
    def later(request: BriefRequest, form: str) -> Brief:
        data = copy.deepcopy(dict(facts_of(request=request.to_dict()).data))
        data["assessment"]["inputs_digest"] = "f" * 64
        data["assessment"]["scenarios"][0]["probability"] = 0.26
        return make_brief(Facts(data, made().facts.drawing), form)

    report = verify_brief(made().data, later)
    assert not report.ok
    assert any("inputs of the case have changed" in r for r in report.reasons)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no Vedette brief"),
        ("<html><body>hello</body></html>", "no Vedette brief"),
        ('<script type="application/json" id="vedette-assessment">{', "no Vedette brief"),
        ('<script id="vedette-assessment">{</script><script id="vedette-brief">{}</script>', "cannot be read"),
        ('<script id="vedette-assessment">[]</script><script id="vedette-brief">{}</script>', "no JSON object"),
        ('<script id="vedette-assessment">{}</script><script id="vedette-brief">{}</script>', "schema None"),
        ("<!-- vedette-facts {}", "cut off"),
        ('<!-- vedette-facts {"schema": "brief/9"} -->', "brief/9"),
    ],
)
def test_what_is_no_brief_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_brief(text.encode())


def test_a_request_changed_by_hand_is_refused() -> None:
    facts = facts_of(request={"case": "x"})
    with pytest.raises(BadInput, match="does not say how it was made"):
        verify_brief(make_brief(facts).data, recompute)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for data in (
        text.encode("utf-8", "replace"),
        text.encode("utf-16", "replace"),
        b"%PDF-1.7" + text.encode("utf-8", "replace"),
        b"PK" + text.encode("utf-8", "replace"),
    ):
        with pytest.raises(BadInput):
            read_brief(data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=3), x, max_size=3),
        max_leaves=8,
    )
)
def test_facts_agree_with_themselves_through_json(value: object) -> None:
    facts = {"a": value}
    assert value_differences(facts, json.loads(json.dumps(facts)))[1] == []


@given(st.floats(0.01, 0.99), st.floats(1e-6, 0.5))
def test_a_number_that_moves_is_found(p: float, change: float) -> None:
    compared, found = value_differences({"p": [p]}, {"p": [p + change]})
    assert (compared, len(found)) == (1, 1)
    assert found[0].where == "/p/0"
    assert value_differences({"p": p}, {"p": p * (1 + 1e-13)})[1] == []
