"""Analysts' records from the command line: a made ledger weighs them, and every way to a number agrees."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine
from tests.made_analysts import Past, judged_case, pasts, spoken, write_past

from vedette.bootstrap import Workspace
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.domain.time import instant

SAID = {"good": 0.9, "bad": 0.05}


def stored(questions: list[Past], **said: float) -> Workspace:
    workspace = write_past(questions)
    workspace.cases.create(judged_case(**(said or SAID)), author="made", reason="made")
    return workspace


def assessed(vedette: CommandLine, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(vedette.ok("assess", "made", "--as-of", "2022-01-20", "--json", *more))
    return found


def chance(found: dict[str, Any], name: str = "attack") -> float:
    return float(next(s["probability"] for s in found["scenarios"] if s["id"] == name))


@pytest.fixture
def forty(vedette: CommandLine) -> CommandLine:
    stored(pasts(40))
    return vedette


def test_forty_questions_weigh_the_good_over_the_bad(forty: CommandLine) -> None:
    found = assessed(forty)
    record = found["judgments"]["record"]
    weights = {s["analyst"]: s["weight"] for s in record["skills"]}
    assert weights["good"] > 1.5 and weights["bad"] < 0.7
    assert {p["analyst"]: p["weight"] for p in found["judgments"]["persons"]} == weights
    assert record["questions"] == 40 and record["gain_interval"] is not None
    text = forty.ok("assess", "made", "--as-of", "2022-01-20")
    assert "Analysts" in text and "n = 40" in text and f"weight {weights['good']:.2f}" in text
    shown = forty.ok("elicit", "show", "made", "--reveal")
    assert f"weight of good: {weights['good']:.2f}" in shown and "The pool is" in shown


def test_the_number_moves_towards_the_good_analyst(vedette: CommandLine) -> None:
    workspace = stored([])
    alike = assessed(vedette)
    assert "0 of 30" in alike["judgments"]["record"]["why"]
    write_past(pasts(40))
    weighed = assessed(vedette)
    assert chance(weighed) > chance(alike) + 0.03
    assert weighed["inputs_digest"] != alike["inputs_digest"]
    assert workspace.settings.home.is_dir()


def test_ten_questions_extremise_nothing_and_say_so(vedette: CommandLine) -> None:
    stored(pasts(10))
    found = assessed(vedette)
    assert found["judgments"]["extremise"] == 1.0
    assert "10 of 30" in found["judgments"]["record"]["why"]
    assert "10 of 30" in vedette.ok("assess", "made", "--as-of", "2022-01-20")
    assert "10 of 30" in vedette.ok("elicit", "show", "made", "--reveal")
    brief = vedette.ok("brief", "made", "--as-of", "2022-01-20", "--format", "md", "--out", "-")
    assert "10 of 30" in brief and "What analysts said" in brief


def test_timid_people_who_agree_are_extremised_once_thirty_questions_show_it(vedette: CommandLine) -> None:
    questions = [replace(q, said={"good": 0.75, "bad": 0.7} if q.happened else {"good": 0.08, "bad": 0.1})
                 for q in pasts(45)]  # fmt: skip
    stored(questions, good=0.6, bad=0.6)
    found = assessed(vedette)
    record = found["judgments"]["record"]
    assert record["gain_interval"][0] > 0 and found["judgments"]["extremise"] == record["best"] > 1.0
    assert "extremised by" in record["why"]
    # 0.6 is above the base rate of an attack: extremising moves the pool further from it.
    attack = sum(found["judgments"]["atoms"][a] for a in ("a1", "a2", "a5"))
    assert attack > 0.62


def test_one_analyst_is_no_pool(vedette: CommandLine) -> None:
    questions = [replace(q, said={"good": 0.75, "bad": 0.7} if q.happened else {"good": 0.08, "bad": 0.1})
                 for q in pasts(45)]  # fmt: skip
    stored(questions, good=0.6)
    judged = assessed(vedette)["judgments"]
    assert judged["extremise"] == judged["record"]["extremise"] == 1.0
    assert "one analyst is no pool (extremised by" in judged["record"]["why"]
    assert sum(judged["atoms"][a] for a in ("a1", "a2", "a5")) == pytest.approx(0.6, abs=0.002)
    assert "one analyst is no pool" in vedette.ok("elicit", "show", "made", "--reveal")


def test_brief_bundle_and_every_other_way_agree(
    forty: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vedette = forty
    found = assessed(vedette)
    p = chance(found)
    for form in ("html", "md"):
        file = tmp_path / f"brief.{form}"
        vedette.ok("brief", "made", "--as-of", "2022-01-20", "--out", file)
        assert "All agree" in vedette.ok("verify", file)
    bundle = tmp_path / "made.zip"
    vedette.ok("brief", "made", "--as-of", "2022-01-20", "--bundle", bundle)
    assert json.loads(vedette.ok("verify", bundle, "--json"))["ok"]
    what_if = json.loads(
        vedette.ok("whatif", "made", "--as-of", "2022-01-20", "--set", "main.low_costs=met", "--json")
    )
    assert next(s["probability"] for s in what_if["scenarios"] if s["id"] == "attack") == pytest.approx(p, abs=1e-12)
    replayed = json.loads(
        vedette.ok("evidence", "replay", "made", "--scenario", "attack", "--from", "2022-01-20", "--to", "2022-01-20",
                   "--json")
    )  # fmt: skip
    assert replayed["timeline"][-1]["probability"] == pytest.approx(p, abs=1e-12)
    undone = assessed(vedette, "--without", "up")["without"]["scenarios"]
    assert next(s["original"] for s in undone if s["id"] == "attack") == pytest.approx(p, abs=1e-12)
    diff = json.loads(vedette.ok("case", "diff", "made", "--from", "2022-01-10", "--to", "2022-01-20", "--json"))
    assert diff["effects"]["after"]["attack"] == pytest.approx(p, abs=1e-9)
    vedette.ok("ledger", "add", "made", "--as-of", "2022-01-20")
    committed = json.loads(vedette.ok("ledger", "list", "made", "--json"))["entries"][-1]["noun"]
    assert committed["inputs_digest"] == found["inputs_digest"]
    vedette.ok("ledger", "resolve", "made", "--atom", "a1", "--source", "made", "--occurred", "2022-02-24")
    report = json.loads(vedette.ok("ledger", "postmortem", "made", "--json"))
    assert [c["inputs_unchanged"] for c in report["committed"]] == [True]
    settings = {s["what"]: s for s in report["settings"]}
    assert settings["Analysts count alike, whatever their record"]["log_score_gain"] < 0

    # A bundle carries what weighed the analysts: another workspace computes the same. A brief alone does not.
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "elsewhere"))
    assert json.loads(vedette.ok("verify", bundle, "--json"))["ok"]


def test_a_brief_held_against_another_record_says_why_it_differs(forty: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "brief.html"
    forty.ok("brief", "made", "--as-of", "2022-01-20", "--out", file)
    write_past([replace(q, id=f"more-{i}") for i, q in enumerate(pasts(3, seed=2))])
    done = forty("verify", file)
    assert done.status == 2 and "record of the analysts" in done.err


def test_what_is_recorded_later_changes_no_earlier_number(forty: CommandLine, tmp_path: Path) -> None:
    before = assessed(forty)
    file = tmp_path / "brief.html"
    forty.ok("brief", "made", "--as-of", "2022-01-20", "--out", file)
    workspace = write_past([replace(q, id=f"later-{i}") for i, q in enumerate(
        pasts(40, seed=3, good=0.1, bad=0.95, first=before_day("2022-01-20"))
    )])  # fmt: skip
    clock: Any = workspace.clock
    clock.at = instant("2022-06-01")
    old = pasts(40)[0]
    workspace.ledger.resolve(
        Resolution(question=old.id, atom="no" if old.happened else "yes", at=clock.at, occurred=None, source="made")
    )
    assert assessed(forty) == before
    assert "All agree" in forty.ok("verify", file)


def before_day(text: str) -> Any:
    return instant(text).date()


def test_whoever_saw_the_model_first_still_counts_half(vedette: CommandLine) -> None:
    workspace = write_past(pasts(40))
    case = judged_case(**SAID)
    seen = tuple(replace(j, saw_model=True) if j.analyst == "good" else j for j in case.judgments)
    workspace.cases.create(replace(case, judgments=seen), author="made", reason="made")
    found = assessed(vedette)["judgments"]
    weights = {s["analyst"]: s["weight"] for s in found["record"]["skills"]}
    assert {p["analyst"]: p["weight"] for p in found["persons"]}["good"] == pytest.approx(weights["good"] / 2)


def test_a_damaged_ledger_is_said_and_weighs_nobody(forty: CommandLine, workspace_home: Path) -> None:
    import sqlite3

    with sqlite3.connect(workspace_home / "vedette.sqlite3") as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute("UPDATE ledger SET record = replace(record, '0.85', '0.95') WHERE seq = 2")
    found = assessed(forty)
    assert any("Ledger entry 2 does not hold" in w for w in found["warnings"])
    assert {p["weight"] for p in found["judgments"]["persons"]} == {1.0}


def test_judged_states_are_weighed_too(vedette: CommandLine) -> None:
    workspace = write_past(pasts(40))
    case = judged_case(**SAID)
    states = (
        spoken("good", 2, kind="state", subject="main.low_costs"),
        spoken("bad", -2, kind="state", subject="main.low_costs"),
    )
    workspace.cases.create(replace(case, judgments=states), author="made", reason="made")
    found = assessed(vedette)
    assert found["judgments"]["persons"] == [] and len(found["judgments"]["record"]["skills"]) == 2
    without = assessed(vedette, "--without", "J-good-state", "--without", "J-bad-state")["without"]["scenarios"]
    attack = next(s for s in without if s["id"] == "attack")
    assert attack["original"] > attack["probability"], "the good analyst's raise outweighs the bad one's fall"


def test_the_questions_own_ledger_entries_are_of_use_only_once_closed(vedette: CommandLine) -> None:
    """A forecast by a person on a question still open teaches nothing, whoever makes it."""
    workspace = stored([])
    clock: Any = workspace.clock
    clock.at = instant("2022-01-16")
    asked = Question(
        id="open", case="", statement="?", atoms=("yes", "no"), rule="made", deadline=instant("2022-06-30").date()
    )
    even = {"yes": 0.5, "no": 0.5}
    forecast = Forecast(
        question="open", forecaster="good", as_of=clock.at.date(), at=clock.at, distribution=even, base_rate=even,
        inputs_digest="", method="stated by a person",
    )
    workspace.ledger.commit(forecast, asked)
    workspace.ledger.resolve(Resolution(question="open", atom="yes", at=clock.at, occurred=None, source="made"))
    skills = assessed(vedette)["judgments"]["record"]["skills"]
    assert [s["questions"] for s in skills] == [0, 0]
