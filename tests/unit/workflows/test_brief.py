"""Briefs of the bundled cases, end to end."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from vedette.domain.time import instant
from vedette.errors import AfterCutOff, BadInput, DateRefused, UnknownName
from vedette.reference.bundled import bundled_case, bundled_case_ids
from vedette.reporting.figures import plain
from vedette.workflows.brief import BriefRequest, build_brief, make, request_for, verify_against, verify_brief

# A short line over time: these tests look at everything else.
WEEKS = 1


@pytest.mark.parametrize(
    ("name", "form"),
    [*((name, "html") for name in bundled_case_ids()), *(("niger-2023", form) for form in ("md", "pdf", "docx"))],
)
def test_bundled_cases_make_briefs_that_verify(name: str, form: str) -> None:
    case = bundled_case(name)
    data = make(case, request_for(case, weeks=WEEKS), form).data
    report = verify_against(data, bundled_case)
    assert report.ok, report.differences[:3]
    assert report.values > 1000
    if form == "html":
        assert len(data) < 1_500_000
        assert report.figures > 500


def test_the_line_ends_at_the_date_and_starts_no_earlier_than_the_case() -> None:
    case = bundled_case("niger-2023")
    points = make(case, request_for(case)).facts["timeline"]
    assert points[-1]["as_of"] == case.as_of.isoformat()
    assert all(p["as_of"] >= case.opened.isoformat() for p in points)
    assert make(case, request_for(case, weeks=0)).facts["timeline"] == []


def test_a_brief_tells_the_author_s_rule_from_the_recommended_method() -> None:
    case = bundled_case("belarus-2022")
    view = make(case, request_for(case, weeks=WEEKS)).view
    table = next(t for t in view.tables if t.id == "alternative-0")
    assert "author" in plain(table.finding)
    assert any("author\u2019s rule" in str(s) for s in view.judgements)
    assert any("n is one" in str(s) for s in view.limits)


def test_nothing_that_became_available_later_is_in_a_brief() -> None:
    case = bundled_case("belarus-2022")
    day = dt.date(2022, 1, 20)
    cut = instant(day) + dt.timedelta(days=1)
    before = replace(
        case,
        evidence=tuple(e for e in case.evidence if e.times.available_at < cut),
        documents=tuple(d for d in case.documents if d.times.available_at < cut),
        crowd=tuple(c for c in case.crowd if c.date <= day),
    )
    assert len(before.evidence) < len(case.evidence)
    request = request_for(case, day, weeks=WEEKS)
    assert make(case, request).text == make(before, request).text


def test_the_map_confirms_the_claim_as_an_upper_bound() -> None:
    case = bundled_case("belarus-2022")
    facts = make(case, request_for(case, weeks=WEEKS)).facts
    distance = facts["distance"]
    assert distance["km"] == pytest.approx(87.3, abs=0.15)
    assert distance["miles"] == pytest.approx(54.3, abs=0.1)
    values = dict(distance["by_resolution"])
    assert values["1:110 million"] == pytest.approx(96.6, abs=0.3)
    claims = {c["claim"]: c["standing"] for c in distance["claims"]}
    assert claims["less than 56 miles"] == "holds"


def test_a_coalition_is_told_that_history_knows_pairs() -> None:
    case = bundled_case("niger-2023")
    view = make(case, request_for(case, weeks=WEEKS)).view
    assert any("pairs of states only" in str(s) for s in view.limits)


def test_requests_fill_in_their_defaults_and_survive_json() -> None:
    case = bundled_case("belarus-2022")
    request = request_for(case, "2022-01-20", notes=("A note.",))
    assert request.since == dt.date(2022, 1, 13)
    assert BriefRequest.from_dict(json.loads(json.dumps(request.to_dict()))) == request
    assert request_for(case, case.opened).since is None
    assert request.rivals == ("two-conditions",)


def test_requests_that_cannot_be_met_are_refused() -> None:
    case = bundled_case("belarus-2022")
    with pytest.raises(DateRefused, match="not before"):
        request_for(case, "2022-01-20", since="2022-01-20")
    with pytest.raises(UnknownName, match="framework"):
        request_for(case, rivals=("nonsense",))
    with pytest.raises(UnknownName, match="format"):
        build_brief(case, format="odt")
    with pytest.raises(UnknownName, match="mode"):
        build_brief(case, mode="bold")
    with pytest.raises(AfterCutOff, match="deadline"):
        build_brief(case, "2023-01-01")
    with pytest.raises(BadInput, match="weeks"):
        request_for(case, weeks=1000)
    with pytest.raises(BadInput, match="does not say how"):
        BriefRequest.from_dict({"case": "x"})


def test_a_brief_of_a_case_that_changed_does_not_agree() -> None:
    case = bundled_case("niger-2023")
    data = build_brief(case, format="html")
    assert isinstance(data, str)
    fewer = replace(case, evidence=case.evidence[1:])
    report = verify_brief(data.encode(), lambda request, form: make(fewer, request, form))
    assert not report.ok
    assert any("changed since" in r for r in report.reasons)
