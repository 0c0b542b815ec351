"""Judgments and sources that contradict, claim certainty, stand alone or are taken back, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CommandLine

CASE = "belarus-2022"
DAY = ("--as-of", "2022-01-20")


def assessed(vedette: CommandLine, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(vedette.ok("assess", CASE, *DAY, "--json", *more))
    return found


def chances(found: dict[str, Any]) -> dict[str, float]:
    return {s["id"]: s["probability"] for s in found["scenarios"]}


def test_contradictory_judgments_are_kept_named_and_repaired(vedette: CommandLine) -> None:
    given = json.loads(
        vedette.ok("elicit", "give", CASE, *DAY, "--analyst", "ana", "--probability", "attack=10%",
                   "--probability", "attack_from_belarus=40%", "--json")
    )  # fmt: skip
    assert [j["value"] for j in given["judgments"]] == [0.1, 0.4], "what was said is kept"
    assert given["coherence"]["problems"]
    repaired = given["coherence"]["repaired"]
    assert repaired["attack_from_belarus"] <= repaired["attack"] + 1e-9
    found = assessed(vedette)
    p = chances(found)
    assert p["attack_from_belarus"] <= p["attack"]
    assert sum(a["probability"] for a in found["atoms"]) == pytest.approx(1)


@pytest.mark.parametrize(
    "answer",
    [
        ("--probability", "attack=0"), ("--probability", "attack=1"), ("--probability", "attack=100%"),
        ("--probability", "attack=nan"), ("--state", "main.low_costs=3"), ("--state", "main.low_costs=nan"),
        ("--state", "main.low_costs=weak:0"), ("--state", "main.low_costs=weak:0..-2"),
        ("--state", "main.low_costs=met:-2..0"),
        ("--ratio", "B021=nan"), ("--ratio", "B021=inf"), ("--ratio", "B021=-1e400"),
    ],
)  # fmt: skip
def test_certainty_and_no_number_are_refused_and_nothing_is_recorded(
    vedette: CommandLine, answer: tuple[str, str]
) -> None:
    before = assessed(vedette)
    vedette.refused("elicit", "give", CASE, *DAY, "--analyst", "ana", *answer)
    assert json.loads(vedette.ok("elicit", "show", CASE, "--reveal", "--json"))["judgments"] == []
    assert assessed(vedette) == before


def test_contradictory_answers_in_one_breath_are_refused(vedette: CommandLine) -> None:
    error = vedette.refused(
        "elicit", "give", CASE, *DAY, "--analyst", "ana", "--probability", "attack=0.2", "--probability", "attack=0.3"
    )
    assert "answered twice: attack" in error


def test_one_analyst_is_half_of_the_number_and_nothing_is_learnt(vedette: CommandLine) -> None:
    alone = chances(assessed(vedette))["attack"]
    vedette.ok("elicit", "give", CASE, *DAY, "--analyst", "ana", "--probability", "attack=0.8")
    found = assessed(vedette)
    assert alone < chances(found)["attack"] < 0.8
    judged = found["judgments"]
    assert [p["weight"] for p in judged["persons"]] == [1.0] and judged["spread"]["attack"] == 0.0
    assert judged["extremise"] == 1.0 and "0 of 30" in judged["record"]["why"]
    assert json.loads(vedette.ok("elicit", "show", CASE, "--reveal", "--json"))["disagreement"] == {}


def test_a_retracted_source_moves_nothing_and_what_rested_on_it_is_named(vedette: CommandLine) -> None:
    found = assessed(vedette)
    item = next(e["id"] for e in found["evidence"] if abs(e["log_odds"]["attack"]) > 0.2)
    without = {s["id"]: s["probability"] for s in assessed(vedette, "--without", item)["without"]["scenarios"]}
    vedette.ok("ledger", "add", CASE, *DAY)
    vedette.ok("review", CASE, "--reject", item, "--reason", "its source was retracted")
    after = assessed(vedette)
    assert chances(after) == pytest.approx(without, abs=1e-12)
    assert item not in {e["id"] for e in after["evidence"]}
    vedette.ok("ledger", "resolve", CASE, "--atom", "a1", "--source", "made", "--occurred", "2022-02-24")
    report = json.loads(vedette.ok("ledger", "postmortem", CASE, "--json"))
    assert [c["inputs_unchanged"] for c in report["committed"]] == [False]
    shown = json.loads(vedette.ok("ledger", "list", CASE, "--json"))
    assert shown["sound"], "the committed number stands as it was"


def test_nesting_that_runs_in_a_circle_is_refused(vedette: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    vedette.ok("case", "export", CASE, "--format", "case", "--out", file)
    text = file.read_text(encoding="utf-8")
    head, mark, tree = text.partition("[tree]")
    root = tree.split('root = "')[1].split('"')[0]
    leaf = next(line for line in tree.splitlines() if line.startswith('yes = "='))
    assert mark and leaf
    file.write_text(head + mark + tree.replace(leaf, f'yes = "{root}"', 1), encoding="utf-8")
    assert f"the tree runs in a circle: {root} ->" in vedette.refused("assess", file)


def test_a_state_with_an_interval_of_ones_own(vedette: CommandLine) -> None:
    given = json.loads(
        vedette.ok("elicit", "give", CASE, *DAY, "--analyst", "ana", "--state", "main.low_costs=weak:-2..mixed",
                   "--json")
    )  # fmt: skip
    (judgment,) = given["judgments"]
    assert (judgment["value"], judgment["low"], judgment["high"]) == (-1.0, -2.0, 0.0)
    assert assessed(vedette)["judgments"]["record"]["skills"][0]["analyst"] == "ana"
