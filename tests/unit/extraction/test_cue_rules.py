"""The cue table: every line compiles and can fire; roles and denials decide direction."""

from __future__ import annotations

import pytest

from vedette.extraction.cue_rules import Cue, all_cues, score_clause
from vedette.reference.condition_cues import CONDITIONS, cue_lines


def example(cue: Cue) -> str:
    """A clause made of the first option of every word of a cue."""
    words = cue.source.partition("|")[2].split()
    firsts = [
        w.split("/")[0].replace("*", "").replace("-", " ").replace("§x", "§i") for w in words if w not in ("..", "...")
    ]
    return f" {' '.join(firsts)} "


@pytest.mark.parametrize("cue", all_cues(), ids=lambda cue: cue.source[:40])
def test_every_cue_fires_on_its_own_words(cue: Cue) -> None:
    assert cue.source in score_clause(example(cue)).fired


def test_lines_are_well_formed_and_unique() -> None:
    lines = cue_lines()
    assert len(set(lines)) == len(lines)
    for line in lines:
        condition, sign, weight = line.partition("|")[0].split()
        assert condition in (*CONDITIONS, "F", "G")
        assert sign in "+-^v"
        assert weight in "123"


@pytest.mark.parametrize(
    ("plain", "condition", "direction"),
    [
        (" §i troops are concentrated along the border of §t ", "technical_feasibility", 1),
        (" the §i army held large-scale exercises ", "technical_feasibility", 1),
        (" the §t army held large-scale exercises ", "absence_of_resistance", -1),
        (" §w sanctions would follow ", "low_costs", -1),
        (" §t refuses to implement the agreements ", "perceived_justification", 1),
        (" the parties agreed to continue talks ", "perceived_justification", -1),
        (" §o denies that it plans to attack §t ", "technical_feasibility", -1),
        (" §h is wary of serving as a staging ground ", "local_support", -1),
        (" nato §w expansion is a red line ", "stakes", 1),
        (" partners supplied §t with javelin missiles ", "absence_of_resistance", -1),
        (" the ceasefire collapsed after two days ", "perceived_justification", 1),
        (" the talks were called off ", "perceived_justification", 1),
        (" they declared a ceasefire ", "perceived_justification", -1),
        (" §t will no longer attend the talks ", "perceived_justification", 1),
        (" the rebels released six hostages ", "perceived_justification", -1),
        (" §i bombs camps in the north ", "technical_feasibility", 1),
        (" §i sent tanks and aircraft there ", "technical_feasibility", 1),
        (" some units are being withdrawn ", "technical_feasibility", -1),
        (" rebels seized two towns ", "absence_of_resistance", -1),
        (" five §i soldiers were killed ", "absence_of_resistance", -1),
        (" united nations condemns the raid ", "low_costs", -1),
    ],
)
def test_directions(plain: str, condition: str, direction: int) -> None:
    scores = score_clause(plain)
    up, down = scores.up.get(condition, 0.0), scores.down.get(condition, 0.0)
    assert (up > down) if direction > 0 else (down > up)


def test_whose_army_is_meant_follows_the_speaker() -> None:
    assert "absence_of_resistance" in score_clause(" our army held large-scale exercises ", own_role="t").down
    assert "technical_feasibility" in score_clause(" our army held large-scale exercises ", own_role="i").up


@pytest.mark.parametrize("plain", [" §i claims to have killed nine men ", " the §o self-defense forces marched "])
def test_claims_and_names_of_forces_are_no_grievance(plain: str) -> None:
    scores = score_clause(plain)
    assert not scores.total("perceived_justification"), scores.fired
