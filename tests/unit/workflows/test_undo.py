"""Undoing items, and what one item weighs."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pytest
from tests.made_cases import AS_OF, host_case, item

from vedette.assessment.channels import shrink
from vedette.domain.case import Case
from vedette.domain.claims import ClaimKind, Direction, Grade, Strength
from vedette.domain.evidence import Evidence, Review, Status, Verdict
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.time import instant
from vedette.errors import BadInput, UnknownName
from vedette.reporting.weighing import render_item, render_without
from vedette.workflows.assess import assess_case
from vedette.workflows.undo import explain_items, without


def made(*evidence: Evidence, **changes: object) -> Case:
    """A made case in a framework that is shipped."""
    return replace(host_case(evidence), framework="five-conditions", **changes)  # type: ignore[arg-type]


ITEMS = (
    item("E1", strength=Strength.STRONG),
    item("E2", condition="perceived_justification", direction=Direction.LOWERS),
    item("E3", option="stay", scenario="lasting_presence"),
)


def test_undoing_an_item_gives_what_the_case_without_it_gives() -> None:
    case = made(*ITEMS)
    found = without(case, assess_case(case), ["E1"])
    fresh = assess_case(made(*ITEMS[1:]))
    for row in found["scenarios"]:
        assert row["probability"] == pytest.approx(fresh.scenario(row["id"]).probability, abs=1e-12)
        assert row["original"] == assess_case(case).scenario(row["id"]).probability
        assert row["change"] == pytest.approx(row["probability"] - row["original"])
    assert found["moved_nothing"] == {}
    assert found["inputs_digest"] == fresh.inputs_digest


def test_undoing_one_item_agrees_with_the_sensitivity_table() -> None:
    case = made(*ITEMS)
    result = assess_case(case)
    told = {(s.evidence[0], s.scenario): s.probability for s in result.sensitivity if s.kind == "item"}
    for name in ("E1", "E2", "E3"):
        for row in without(case, result, [name])["scenarios"]:
            assert row["probability"] == pytest.approx(told[name, row["id"]], abs=1e-9)


def test_undoing_everything_is_the_base_rate() -> None:
    case = made(*ITEMS)
    result = assess_case(case)
    for row in without(case, result, ["E1", "E2", "E3", "E1"])["scenarios"]:
        assert row["probability"] == pytest.approx(result.scenario(row["id"]).base_rate["p"], abs=1e-12)


def test_a_copy_takes_the_place_of_what_it_copied() -> None:
    same = {"origin": "wire", "claim": "Units moved to the border.", "strength": Strength.STRONG}
    case = made(item("E1", **same), item("E2", **same))  # type: ignore[arg-type]
    result = assess_case(case)
    moved = abs(without(case, result, ["E1"])["scenarios"][0]["change"])
    both = abs(without(case, result, ["E1", "E2"])["scenarios"][0]["change"])
    assert moved < 0.2 * both


def corrected() -> Case:
    """A weak item that a reviewer corrected to a strong one."""
    old, new = item("E1", strength=Strength.WEAK), item("E1b", strength=Strength.DECISIVE)
    review = Review(
        evidence="E1", verdict=Verdict.CORRECT, author="A", at=instant(AS_OF), reason="misread", replacement="E1b"
    )
    return made(old, new, reviews=(review,))


def test_undoing_a_correction_does_not_bring_back_what_it_corrected() -> None:
    case = corrected()
    result = assess_case(case)
    for row in without(case, result, ["E1b"])["scenarios"]:
        assert row["probability"] == pytest.approx(result.scenario(row["id"]).base_rate["p"], abs=1e-12)
    dropped = next(s for s in result.sensitivity if s.evidence == ("E1b",) and s.scenario == "attack")
    assert dropped.probability == pytest.approx(result.scenario("attack").base_rate["p"], abs=1e-12)
    with pytest.raises(BadInput, match="corrected by a later record"):
        without(case, result, ["E1"])


def test_a_judgment_can_be_undone_too() -> None:
    said = Judgment(
        id="J1", analyst="A", at=instant(AS_OF), kind=JudgmentKind.PROBABILITY, subject="attack", value=0.9
    )
    case = made(*ITEMS, judgments=(said,))
    found = without(case, assess_case(case), ["J1"])
    alone = assess_case(made(*ITEMS))
    attack = next(r for r in found["scenarios"] if r["id"] == "attack")
    assert attack["probability"] == pytest.approx(alone.scenario("attack").probability, abs=1e-12)
    assert attack["original"] > attack["probability"]
    with pytest.raises(BadInput, match="judgment"):
        explain_items(case, None, ["J1"])


def test_names_that_move_nothing_are_explained_and_those_that_do_not_exist_refused() -> None:
    waiting = replace(item("E4"), status=Status.PROPOSED)
    unclear = item("E5", direction=Direction.UNCLEAR)
    late = item("E6", day=AS_OF + dt.timedelta(days=3))
    case = made(*ITEMS, waiting, unclear, late)
    result = assess_case(case)
    found = without(case, result, ["E4", "E5"])
    assert found["moved_nothing"] == {"E4": "it is proposed", "E5": "its direction is unclear"}
    assert all(abs(r["change"]) < 1e-12 for r in found["scenarios"])
    with pytest.raises(BadInput, match="became available on 2022-01-23"):
        without(case, result, ["E6"])
    with pytest.raises(UnknownName, match="E1"):
        without(case, result, ["E11"])
    text = render_without(found, 80)
    assert "E5 moved nothing: its direction is unclear." in text.replace("\n", " ")
    assert max(map(len, text.splitlines())) <= 100


def test_every_factor_of_an_item_leads_to_its_share() -> None:
    case = made(*ITEMS, item("E4", strength=Strength.STRONG, grade="C3", day=AS_OF - dt.timedelta(days=40)))
    result = assess_case(case)
    weighed = {e["id"]: e["log_odds"] for e in result.evidence}
    for found in explain_items(case, None, ["E1", "E2", "E3", "E4"]):
        assert found["log_odds"] == pytest.approx(weighed[found["id"]], abs=1e-12)
        for c in found["channels"]:
            assert c["strength"] * c["decay"] == pytest.approx(c["aged"])
            assert shrink(c["aged"], c["rho"]) == pytest.approx(c["trusted"])
            assert c["sign"] * c["trusted"] * c["coefficient"] == pytest.approx(c["effective"])
            assert c["effective"] * c["scale"] == pytest.approx(c["shift"], rel=1e-6)
    first = explain_items(case, None, ["E1"])[0]["channels"][0]
    assert first["cluster"]["same_topic"] == ["E4"] and first["cluster"]["same_origin"] == []


def test_an_unknown_grade_is_said_to_be_drawn() -> None:
    case = made(replace(item("E1"), grade=Grade(reliability="F", credibility="6")))
    found = explain_items(case, None, ["E1"])[0]
    channel = found["channels"][0]
    assert channel["rho"] is None and channel["reliability"] is None
    assert 0 < channel["trusted"] < channel["aged"]
    text = render_item(found, {}, 100)
    assert "drawn from Beta(2, 2)" in text and "shrunk by rho drawn" in text


def test_an_item_without_weight_says_why() -> None:
    case = made(item("E1", direction=Direction.UNCLEAR))
    found = explain_items(case, None, ["E1"])[0]
    assert found["channels"] == [] and found["left_out"] == ["its direction is unclear"]
    assert "moves nothing: its direction is unclear" in render_item(found, {})


def test_the_terms_of_an_item_sum_to_what_it_weighs() -> None:
    case = made(*ITEMS, item("E4", grade="F6"), item("E5", origin="E1", claim="claim of E1"))
    for found in explain_items(case, None, ["E1", "E2", "E3", "E4", "E5"]):
        for c in found["channels"]:
            assert math.fsum(c["steps"].values()) == pytest.approx(c["effective"], abs=1e-15)
            assert list(c["steps"]) == ["strength", "decay", "noise", "deception", "dependence"]
            assert c["deception"] == 0.0 and c["steps"]["deception"] == 0.0
            assert c["sign"] * c["steps"]["noise"] <= 0 and c["sign"] * c["steps"]["dependence"] <= 1e-12
            assert c["side"]["total"] <= c["side"]["limit"]


def test_more_reports_never_pass_the_limit_of_their_side() -> None:
    first = explain_items(made(item("E1")), None, ["E1"])[0]["channels"][0]["side"]
    many = made(*(item(f"E{i:03d}") for i in range(200)))
    side = explain_items(many, None, ["E000"])[0]["channels"][0]["side"]
    assert side["limit"] == pytest.approx(first["limit"]) and first["total"] < side["total"] < side["limit"]
    assert side["total"] > 0.95 * side["limit"] and side["items"] == 200


def test_an_interested_denial_shows_its_deception_apart_from_its_grade() -> None:
    says_no = item(
        "E9", condition="option", direction=Direction.LOWERS, kind=ClaimKind.SPEECH, attribution="Russia", grade="B2"
    )
    case = made(*ITEMS, says_no)
    found = explain_items(case, None, ["E9"])[0]
    assert any("cheap talk" in reason for reason in found["left_out"])
    (c,) = found["channels"]
    assert c["deception"] == c["honest"] == pytest.approx(0.85) and c["rho"] == 0.0
    assert c["steps"]["deception"] > 0 > c["steps"]["strength"], "it takes away what the denial said"
    assert math.fsum(c["steps"].values()) == c["effective"] == 0.0
    assert set(found["log_odds"].values()) == {0.0}
    text = render_item(found, {}, 100)
    assert "deception: less d 0.85 = 0.00" in text and "moves nothing: a denial" in text


def test_an_analyst_who_argues_otherwise_decides_what_a_denial_is_worth() -> None:
    says_no = item(
        "E9", condition="option", direction=Direction.LOWERS, kind=ClaimKind.SPEECH, attribution="Russia", grade="B2"
    )
    argued = Judgment(
        id="J9", analyst="ana", kind=JudgmentKind.LIKELIHOOD_RATIO, subject="E9", value=0.8, at=instant("2022-01-15")
    )
    plain, otherwise = (assess_case(made(*ITEMS, says_no, judgments=j)) for j in ((), (argued,)))
    assert otherwise.scenario("attack").probability > plain.scenario("attack").probability
    assert not any("cheap talk" in x["reason"] for x in otherwise.excluded)
