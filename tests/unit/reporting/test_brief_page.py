"""The brief: its view, its page and its Markdown, from a made case."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.reporting.pages import loose_numbers, read_page

from made_assessment import made_assessment, made_case
from vedette.domain.case import Case
from vedette.domain.evidence import Evidence
from vedette.domain.forecast import Assessment
from vedette.errors import BadInput, QuoteMismatch, UnknownName
from vedette.reporting.brief import Brief, make_brief
from vedette.reporting.compose_brief import build_view
from vedette.reporting.distance import Measured
from vedette.reporting.facts import Alternative, brief_facts, read_note
from vedette.reporting.figures import Facts, Figure, plain, print_value, resolve

MADE_MAP = Measured(
    facts={
        "option": "main", "km": 87.34, "miles": 54.27, "from_name": "Belarus–Ukraine border", "from": [51.235, 30.541],
        "to_name": "Kyiv", "to": [50.45, 30.523], "spread": [69.0, 96.8], "ellipsoid_km": 87.4, "note": "",
        "by_resolution": [["1:10 million", 87.34], ["1:50 million", 90.6]],
        "by_reference_point": [["Kyiv", 87.34, 0.0, "table"], ["edge of Kyiv", 69.1, 17.7, "[assumption]"]],
        "claims": [{"evidence": "E4", "claim": "less than 56 miles", "bound": "less_than", "km": 90.1,
                    "standing": "holds", "words": "holds"}],
        "sightings": [{"number": 1, "evidence": "E1"}], "svg_sha256": "0",
    },
    svg='<svg viewBox="0 0 10 10" role="img"><title>From border to Kyiv</title><path d="M0 0L5 5"/></svg>',
)  # fmt: skip


def facts_of(case: Case | None = None, assessment: Assessment | None = None, **more: Any) -> Facts:
    """Facts of a made brief with everything in it."""
    case, assessment = case or made_case(), assessment or made_assessment()
    rows = tuple(
        {"id": e.id, "claim": e.claim, "log_odds": {"attack_from_belarus": w}}
        for e, w in zip(case.evidence, (0.61, -0.44, -0.05, 0.0), strict=False)
    )
    settings: dict[str, Any] = {
        "previous": replace(assessment, as_of=assessment.as_of.replace(day=13)),
        "alternatives": [
            Alternative(id="author", label="The author’s rule", explanation="An observer’s view.",
                        assessment=replace(assessment, mode="author")),
        ],
        "distance": MADE_MAP,
        "earlier": [
            replace(
                assessment, as_of=assessment.as_of.replace(day=d), scenarios=(
                    replace(assessment.scenarios[0], probability=p, interval50=(p - 0.04, p + 0.05)),
                    *assessment.scenarios[1:],
                ),
            )
            for d, p in ((13, 0.21), (6, 0.18))
        ],
    }  # fmt: skip
    return brief_facts(case, replace(assessment, evidence=rows), **{**settings, **more})


@pytest.fixture(scope="module")
def brief() -> Brief:
    return make_brief(facts_of())


def test_view_says_word_number_and_range_first(brief: Brief) -> None:
    assert str(brief.view.lede[0]).startswith(
        "Attack on Ukraine from Belarus: unlikely (27\u202f%, 13–48), unchanged"
    )
    assert str(brief.view.lede[0]).endswith("since 13 January 2022.")
    assert str(brief.view.confidence) == "Confidence: low."
    assert [s.letter for s in brief.view.scenarios] == ["A", "B", "C"]


def test_binding_condition_is_the_largest_gain(brief: Brief) -> None:
    table = brief.view.conditions[0]
    assert [r.binding for r in table.rows] == [False, False, False, False, True]
    assert "38\u202f%, up 11 points" in str(table.finding)


def test_unknown_is_said_and_never_a_number(brief: Brief) -> None:
    cell = brief.view.conditions[0].rows[0].cells[1]
    assert cell is not None
    assert (cell.state, cell.line, cell.glyph) == (None, None, "?")
    assert plain(cell.level) == "unknown: no source speaks of it"


def test_bars_start_at_the_base_rate_and_sum_to_the_estimate(brief: Brief) -> None:
    fall = brief.view.waterfalls[0]
    kinds = [b.kind for b in fall.bars]
    assert kinds[0] == "start"
    assert kinds[-1] == "residual"
    values = [b.end - b.start for b in fall.bars[1:-1]]
    ups = [v for v in values if v >= 0]
    assert ups == sorted(ups, reverse=True)
    assert values[: len(ups)] == ups
    assert fall.bars[-1].end == pytest.approx(math.log(0.27 / 0.73), abs=1e-12)
    assert fall.total.value == pytest.approx(fall.bars[-1].end, abs=1e-12)
    assert fall.total_value.text == "−0.99"


def test_the_step_between_classes_is_split_out_and_still_sums() -> None:
    a = made_assessment()
    bars = a.contributions["attack_from_belarus"]
    split = (
        replace(bars[0], what="Base rate of the dyad", kind="structure", log_odds=-3.0),
        replace(bars[0], what="Step to the more specific class", log_odds=bars[0].log_odds + 3.0),
        *bars[1:],
    )
    view = build_view(
        facts_of(assessment=replace(a, contributions={**a.contributions, "attack_from_belarus": split}))
    )
    fall = view.waterfalls[0]
    assert [b.kind for b in fall.bars[:3]] == ["structure", "base_rate", "start"]
    assert fall.bars[2].start == pytest.approx(math.log(0.22 / 0.78))
    assert fall.bars[-1].end == pytest.approx(math.log(0.27 / 0.73))


def test_every_printed_figure_is_the_json(brief: Brief) -> None:
    """Each figure resolves in the page's own JSON, and no digit stands outside one."""
    page = read_page(brief.text)
    scripts = {attrs["id"]: text for text, around in page.texts for tag, attrs in around[-1:] if tag == "script"}
    facts = {"assessment": json.loads(scripts["vedette-assessment"]), **json.loads(scripts["vedette-brief"])}
    assert facts["assessment"] == json.loads(json.dumps(brief.facts["assessment"]))
    marked = [(attrs, text) for text, around in page.texts for _, attrs in around[-1:] if "data-path" in attrs]
    assert len(marked) > 200
    for attrs, text in marked:
        assert text == print_value(resolve(facts, attrs["data-path"]), attrs["data-form"])
    assert loose_numbers(page) == []


def test_the_page_makes_no_request_and_runs_nothing(brief: Brief) -> None:
    page = read_page(brief.text)
    assert {attrs.get("type") for tag, attrs in page.tags if tag == "script"} == {"application/json"}
    assert not [
        t for t, _ in page.tags if t in ("link", "img", "iframe", "object", "embed", "form", "base", "audio")
    ]
    assert not [
        a for _, attrs in page.tags for a in attrs if a.startswith("on") or a in ("src", "srcset", "action")
    ]
    csp = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in csp
    assert not re.search(r"url\((?!#hatch)|@import", brief.text)
    links = [a["href"] for t, a in page.tags if t == "a"]
    assert links
    assert all(h.startswith(("#", "https://", "http://")) for h in links)


def test_links_inside_the_page_lead_somewhere(brief: Brief) -> None:
    page = read_page(brief.text)
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for _, attrs in page.tags:
        if attrs.get("href", "").startswith("#"):
            assert attrs["href"][1:] in ids
        for name in attrs.get("aria-labelledby", "").split():
            assert name in ids


def test_every_chart_has_words(brief: Brief) -> None:
    """A drawing is hidden from readers aloud only inside an element that says it, or beside its own figures."""
    page = read_page(brief.text)
    spoken = [a["aria-label"] for _, a in page.tags if a.get("role") == "img" and "aria-label" in a]
    assert any("unlikely (27\u202f%, 13–48); 50 % interval 20–35; base rate 22\u202f%" in s for s in spoken)
    assert any(s.startswith("weak, −0.7, 90 % ") for s in spoken)
    whole = [a for t, a in page.tags if t == "svg" and "x" not in a]  # those with x are marks inside a drawing
    assert all(a.get("aria-hidden") == "true" or a.get("role") == "img" for a in whole)


def test_head_and_foot_hold_cut_off_digest_and_check(brief: Brief) -> None:
    text = " ".join(t for t, around in read_page(brief.text).texts if not any(x == "script" for x, _ in around))
    assert text.count("20 January 2022") >= 2
    assert "9f3c41d07a2e" in text
    assert "vedette verify FILE" in text


ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'"
HOSTILE = ATTACK + "{{ 7*7 }}{% raw %}<!-- \u2028 --> &amp; \x1b[31m"


def hostile_case() -> Case:
    """A made case whose every text attacks the page."""
    case = made_case()
    items = tuple(
        replace(e, claim=HOSTILE, attribution=HOSTILE, quote=None, unverified_quote=HOSTILE,
                citation=replace(e.citation, publisher=HOSTILE, url="javascript:alert(3)") if e.citation else None)
        for e in case.evidence
    )  # fmt: skip
    return replace(
        case, evidence=items, documents=(), coding_note=HOSTILE, structure_note=HOSTILE,
        assumptions=tuple(replace(a, statement=HOSTILE, source=HOSTILE, if_false=HOSTILE) for a in case.assumptions),
        crowd=tuple(replace(c, question=HOSTILE, source=HOSTILE) for c in case.crowd),
    )  # fmt: skip


def test_hostile_text_stays_text() -> None:
    a = made_assessment()
    a = replace(
        a, title=HOSTILE, question=HOSTILE, warnings=(HOSTILE,),
        scenarios=tuple(replace(s, label=HOSTILE) for s in a.scenarios),
        crowd=tuple({**c, "question": HOSTILE, "source": HOSTILE} for c in a.crowd),
        conditions=tuple(replace(c, reason=HOSTILE, actor=HOSTILE) for c in a.conditions),
    )  # fmt: skip
    text = make_brief(facts_of(hostile_case(), a)).text
    page = read_page(text)
    assert {t for t, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "a", "svg", "defs", "pattern", "rect", "path", "header",
        "div", "span", "g", "strong", "main", "h1", "h2", "h3", "p", "ol", "ul", "li", "aside", "section", "table",
        "thead",
        "tbody", "tr", "th", "td", "line", "circle", "text", "details", "summary", "q", "figure", "footer", "code",
        "script",
    }  # fmt: skip
    assert sum(t == "script" for t, _ in page.tags) == 2
    assert any("{{ 7*7 }}{% raw %}" in t for t, _ in page.texts)
    assert not any(v.startswith("javascript") for _, attrs in page.tags for k, v in attrs.items() if k == "href")
    assert "\x1b" not in text
    assert loose_numbers(page) == []
    md = make_brief(facts_of(hostile_case(), a), "md").text
    assert "<script>" not in md.split("<!-- vedette-facts ")[0].replace("\\<script\\>", "")
    assert md.count("-->") == md.split("<!-- vedette-facts ")[0].count("-->") + 1


def test_a_claim_beyond_its_quote_is_not_printed() -> None:
    case = made_case()
    more = replace(case.evidence[0], claim="Putin sent 40,000 troops by rail on 17 January.")
    text = make_brief(facts_of(replace(case, evidence=(more, *case.evidence[1:])))).text
    body = text.split('<script type="application/json"')[0]
    assert "40,000" not in body
    assert "On 17 January the first Russian units arrived by rail in Belarus for joint drills." in body


def test_a_note_may_cite_only_what_its_quote_holds() -> None:
    ok = make_brief(facts_of(notes=["Russian units reached Belarus by rail on 17 January [E1]."]))
    assert "Analyst’s judgements" in ok.text
    assert ok.view.notes[0].cites == ("E1",)
    with pytest.raises(QuoteMismatch, match="Putin, 40"):
        make_brief(facts_of(notes=["Putin sent 40 trains to Belarus [E1]."]))
    with pytest.raises(UnknownName, match="E77"):
        make_brief(facts_of(notes=["Units arrived [E77]."]))
    with pytest.raises(BadInput, match="hedge"):
        make_brief(facts_of(notes=["Russia may attack."]))
    assert read_note("A [E1, E2] b [E3].") == {"text": "A b.", "cites": ["E1", "E2", "E3"]}


def test_an_unverified_quote_cannot_carry_a_citation() -> None:
    case = made_case()
    bare = replace(case.evidence[0], quote=None, unverified_quote="Units came on 17 January.")
    with pytest.raises(QuoteMismatch, match="January"):
        make_brief(
            facts_of(replace(case, evidence=(bare, *case.evidence[1:])), notes=["It was on 17 January [E1]."])
        )


def test_a_warning_that_mixes_likelihood_and_confidence_stops_the_brief() -> None:
    with pytest.raises(BadInput, match="likelihood and confidence"):
        make_brief(facts_of(assessment=made_assessment(warnings=("We are confident that it is unlikely.",))))


def test_nothing_known_still_makes_an_honest_brief() -> None:
    a = made_assessment(
        conditions=(),
        contributions={},
        binding={},
        sensitivity=(),
        analogues=(),
        crowd=(),
        warnings=(),
        excluded=(),
    )
    case = made_case(evidence=(), documents=(), assumptions=(), crowd=())
    text = make_brief(facts_of(case, a, previous=None, alternatives=[], distance=None)).text
    for said in (
        "The case states no assumptions",
        "No analogues were searched",
        "No distance was computed",
        "n is one",
    ):
        assert said in text


def test_markdown_says_the_same(brief: Brief) -> None:
    md = make_brief(facts_of(), "md").text
    for said in ("# Will Russia use Belarus against Ukraine?", "27 %", "13–48", "Confidence: low.", "−0.99", "E1"):
        assert said in md
    with pytest.raises(UnknownName, match="odt"):
        make_brief(facts_of(), "odt")


def test_same_facts_same_bytes(brief: Brief) -> None:
    assert make_brief(facts_of()).text == brief.text


def test_a_figure_cannot_print_what_the_json_lacks() -> None:
    facts = Facts({"a": {"b/c": [0.27]}})
    assert facts.figure("percent", "a", "b/c", 0) == Figure(text="27\u202f%", path="/a/b~1c/0", form="percent")
    with pytest.raises(KeyError, match="/a/x"):
        facts.figure("percent", "a", "x")
    with pytest.raises(BadInput, match="unknown form"):
        facts.figure("nonsense", "a")
    with pytest.raises(BadInput, match="cannot be printed"):
        facts.figure("percent", "a")


def test_an_opinion_is_shown_with_the_range_of_its_words() -> None:
    case = made_case()
    opinion: Evidence = case.evidence[1]
    text = "He thinks an attack very unlikely, though it could come."
    said = replace(opinion, quote=None, claim=text)
    view = build_view(facts_of(replace(case, evidence=(case.evidence[0], said, *case.evidence[2:]))))
    table = next(t for t in view.tables if t.id == "opinions")
    assert [plain(c) for c in table.rows[0].cells][-1] == "“very unlikely”: 5–20; “could”: no range"


def test_words_of_the_british_scale() -> None:
    text = make_brief(facts_of(scale="phia")).text
    page = read_page(text)
    assert "unlikely (27\u202f%, 13–48)" in str(build_view(facts_of(scale="phia")).lede[0])
    assert "remote chance" in text
    assert "roughly even" not in text.split("<script")[0]
    assert loose_numbers(page) == []


def test_the_line_runs_by_date_and_is_told_in_words_and_as_a_table(brief: Brief) -> None:
    line = brief.view.timeline
    assert line is not None
    assert [(round(x, 3), p.value) for x, p in line.points] == [(0.0, 0.18), (0.5, 0.21), (1.0, 0.27)]
    assert str(line.finding) == (
        "Attack on Ukraine from Belarus: 18\u202f% on 6 January 2022, 27\u202f% on 20 January 2022."
    )
    assert line.alternative.startswith("6 January 2022 18\u202f%, 13–48; 13 January 2022 21")
    table = next(t for t in brief.view.tables if t.id == "timeline")
    assert [plain(r.cells[3]) for r in table.rows] == ["", "+3", "+6"]
    assert brief.text.count('class="e"') == 4
    alone = build_view(facts_of(earlier=()))
    assert alone.timeline is None
    assert not [t for t in alone.tables if t.id == "timeline"]


def test_an_item_says_how_often_its_speaker_said_it() -> None:
    facts = facts_of()
    data = json.loads(json.dumps(facts.data))
    row = data["assessment"]["evidence"][0]
    said = {"times": 43, "since": "2021-12-03", "last": "2022-01-19", "first": row["id"], "items": [row["id"]]}
    row["position"] = said
    repeated = Facts(data, facts.drawing)
    assert "(said 43 times since 3 December 2021, counts as one)" in make_brief(repeated, "md").text
    page = read_page(make_brief(repeated).text)
    assert "counts as one" in "".join(text for text, _ in page.texts)
    assert not loose_numbers(page)
    assert "counts as one" not in make_brief(facts).text
