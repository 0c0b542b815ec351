"""Elicitation in the browser: blind, coherent, beside the others, pooled."""

from __future__ import annotations

import pytest
from tests.unit.web.workbench import CASE, Page, Workbench

from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.web.access import Person, Right
from vedette.workflows.open_case import open_case

PATH = f"/cases/{CASE}/elicit"


def judgments(bench: Workbench) -> tuple[Judgment, ...]:
    return open_case(bench.desk.workspace.cases, CASE).judgments


def give(bench: Workbench, analyst: str, status: int = 200, **fields: str) -> Page:
    form = bench.get(f"{PATH}?analyst={analyst}").form(PATH)
    return bench.send(form, status=status, **{"action": "check", **fields})


def test_the_blind_round_shows_nobody_elses_answer_nor_the_model(bench: Workbench) -> None:
    give(bench, "Ana", p_attack="20", reason="a tell-tale reason")
    page = bench.get(f"{PATH}?analyst=Bo")
    assert "kept back until yours is in" in page.words and "1 answer waits behind yours" in page.words
    for told in ("tell-tale", "20 %", "Model alone", "Together", "Ana 2"):
        assert told not in page.words
    after = give(bench, "Bo", p_attack="40")
    assert "2 analysts have answered and differ most on D, by 20 points" in after.words
    assert "Ana 20 %" in after.words and "tell-tale" in after.words and "Model alone" in after.words


def test_answers_that_do_not_fit_are_shown_with_the_smallest_repair_before_anything_is_stored(
    bench: Workbench,
) -> None:
    page = give(bench, "Ana", p_attack_from_belarus="30", p_attack="20")
    assert judgments(bench) == ()
    assert "A Attack on Ukraine from Belarus (30 %) is part of D" in page.words
    assert "Repaired" in page.words and "−5.0 points" in page.words
    form = page.form(PATH)
    assert (form["fields"]["p_attack_from_belarus"], form["fields"]["p_attack"]) == ("30", "20")
    bench.send(form, action="repair")
    values = {j.subject: j.value for j in judgments(bench)}
    assert values["attack_from_belarus"] == pytest.approx(0.25, abs=0.005)
    assert values["attack_from_belarus"] <= values["attack"] + 1e-6


def test_answers_may_be_kept_as_they_are(bench: Workbench) -> None:
    page = give(bench, "Ana", p_attack_from_belarus="30", p_attack="20")
    bench.send(page.form(PATH), action="keep")
    assert {j.subject: j.value for j in judgments(bench)} == {"attack_from_belarus": 0.3, "attack": 0.2}


def test_a_second_round_needs_a_reason_and_counts_in_place_of_the_first(bench: Workbench) -> None:
    give(bench, "Ana", p_attack="20")
    give(bench, "Bo", p_attack="60", saw_model="yes")
    page = give(bench, "Ana", status=422, p_attack="35")
    assert "needs a reason" in page.words and page.form(PATH)["fields"]["p_attack"] == "35"
    page = bench.send(page.form(PATH), action="check", reason="Bo knows the railways")
    assert "Bo knows the railways" in page.words and "Ana 35 %" in page.words
    mine = [j for j in judgments(bench) if j.analyst == "Ana"]
    assert [(j.round, j.value, j.saw_model) for j in mine] == [(1, 0.2, False), (2, 0.35, True)]
    assert next(j for j in judgments(bench) if j.analyst == "Bo").saw_model


def test_what_is_pooled_moves_the_number_of_the_day_it_speaks_for(bench: Workbench) -> None:
    before = bench.desk.assessment(CASE, full=False)
    page = give(bench, "Ana", p_attack="90", p_attack_from_belarus="85")
    after = bench.desk.assessment(CASE, full=False)
    assert after.scenario("attack").probability > before.scenario("attack").probability + 0.2
    assert f"{100 * after.scenario('attack').probability:.0f} %" in page.words
    assert all(j.at.date().isoformat() == "2022-01-20" and j.retrospective for j in judgments(bench))


def test_conditions_are_judged_by_words(bench: Workbench) -> None:
    page = give(bench, "Ana", **{"s_main.low_costs": "weak", "s_stay.local_support": "strong"})
    found = {j.subject: (j.kind, j.value) for j in judgments(bench)}
    assert found == {
        "main.low_costs": (JudgmentKind.STATE, -1.0), "stay.local_support": (JudgmentKind.STATE, 2.0)
    }  # fmt: skip
    assert page.form(PATH)["fields"]["s_main.low_costs"] == "weak"
    assert "nothing to pool" in page.words


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "nothing was answered yet"), ({"p_attack": "often"}, "is not a number"),
        ({"p_attack": "0"}, "not between"), ({"p_attack": "100"}, "not between"),
        ({"p_attack": "nan"}, "not between"), ({"p_attack": "1e999"}, "not between"),
        ({"s_main.nothing": "weak"}, "unknown condition"), ({"s_nothing": "weak"}, "is not OPTION.CONDITION"),
        ({"s_main.low_costs": "huge"}, "is not a number"),
    ],
)  # fmt: skip
def test_mistakes_are_named_and_everything_typed_is_kept(
    bench: Workbench, fields: dict[str, str], said: str
) -> None:
    page = give(bench, "Ana", status=422, reason="<b>why</b>", **fields)
    assert said.casefold() in page.words.casefold() and judgments(bench) == ()
    again = page.form(PATH)["fields"]
    assert again["reason"] == "<b>why</b>" and page.scripts == []
    for name, value in fields.items():
        if name.startswith("p_"):
            assert again[name] == value


def test_names_are_text_and_nothing_else(bench: Workbench) -> None:
    name = '<script>alert("x")</script>'
    form = bench.get(PATH).form(PATH)
    page = bench.send({**form, "fields": {**form["fields"], "analyst": name}}, p_attack="20", action="check")
    assert page.scripts == [] and "<script>alert" not in bench.last.text
    assert judgments(bench)[0].analyst == name
    assert "unknown" not in bench.get(f"{PATH}?analyst=%00%01&as_of=2022-01-10").words
    assert "is not a date" in bench.get(f"{PATH}?as_of=soon", status=422).words


def test_with_accounts_nobody_but_an_admin_answers_or_looks_in_anothers_name(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(bench, "Ana", p_attack="20", reason="a tell-tale reason")
    analyst = Person(name="Cem", rights=frozenset({Right.OPEN, Right.READ, Right.WRITE}), signed_in=True)
    monkeypatch.setattr(bench.desk, "person", lambda request: analyst)
    page = bench.get(f"{PATH}?analyst=Ana")
    assert "kept back until yours is in" in page.words and "tell-tale" not in page.words
    assert page.form(PATH)["fields"]["analyst"] == "Cem"
    form = page.form(PATH)
    bench.send({**form, "fields": {**form["fields"], "analyst": "Ana"}}, p_attack="40", action="check")
    assert [(j.analyst, j.value) for j in judgments(bench)] == [("Ana", 0.2), ("Cem", 0.4)]
