"""The scorer of conditions: what it sees, how cues enter, and that a suggestion without cues has no direction."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from evals import conditions

from vedette.domain.claims import ClaimKind, Direction
from vedette.errors import BadInput
from vedette.extraction import claims, condition_scorer, cue_rules
from vedette.extraction.condition_scorer import NAMES, load_condition_model, pooled, terms_of, vector
from vedette.extraction.cue_rules import Scores
from vedette.extraction.roles import Roles

SILENT = Scores(up={}, down={}, fired=())


def test_shares_add_up_and_follow_the_cues() -> None:
    model = load_condition_model()
    plain = " §i moved tanks to the border of §t "
    alone = model.shares(plain, SILENT)
    assert alone.sum() == pytest.approx(1.0)
    told = model.shares(plain, Scores(up={}, down={"local_support": 9.0}, fired=()))
    at = NAMES.index("local_support")
    assert told[at] > alone[at]
    assert told[at] / alone[at] == pytest.approx(10.0**condition_scorer.CUES * (told[0] / alone[0]))


def test_actors_enter_by_role_and_words_have_one_length() -> None:
    terms = {"§i": 0, "moved": 1, "§i moved": 2, "unused": 3}
    found = vector(" §i moved north ", terms)
    assert terms_of(" §i moved ") == {"§i", "moved", "§i moved"}
    assert np.linalg.norm(found[:4]) == pytest.approx(condition_scorer.WORD_SCALE)
    assert found[3] == 0


def test_pooling_without_weight_is_the_regression_alone() -> None:
    loud = Scores(up={"stakes": 5.0}, down={}, fired=())
    assert pooled(np.zeros(len(NAMES)), loud, 0.0) == pytest.approx(np.full(len(NAMES), 1 / len(NAMES)))


@pytest.mark.parametrize(("share", "named"), [(0.9, True), (0.4, False)])
def test_a_silent_clause_gets_a_condition_without_direction_only_when_likely(
    monkeypatch: pytest.MonkeyPatch, share: float, named: bool
) -> None:
    shares = np.full(len(NAMES), (1 - share) / (len(NAMES) - 1))
    shares[NAMES.index("technical_feasibility")] = share

    class Fixed:
        def shares(self, plain: str, scores: Scores) -> object:
            return shares

    monkeypatch.setattr(condition_scorer, "load_condition_model", Fixed)
    (found,) = claims._bearings(SILENT, " x ", "x", ClaimKind.FACT, False, Roles())
    assert found.condition == ("technical_feasibility" if named else "none")
    assert found.direction is Direction.UNCLEAR


def test_shipped_terms_hold_no_sentence() -> None:
    assert max(len(t.split()) for t in load_condition_model().terms) <= 2


def test_coefficients_for_other_names_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    load_condition_model.cache_clear()
    monkeypatch.setattr(condition_scorer, "NAMES", ("other",))
    with pytest.raises(BadInput, match="other features"):
        load_condition_model()
    monkeypatch.undo()
    load_condition_model.cache_clear()


def test_another_table_of_cues_is_read_for_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "cues.txt"
    table.write_text("# a comment\nC5 + 3 | zebra\n", encoding="utf-8")
    monkeypatch.setattr(cue_rules, "cue_lines", cue_rules.cue_lines)  # put back afterwards
    try:
        conditions.read_cues(table)
        assert cue_rules.score_clause(" a zebra ").up == {"low_costs": 3.0}
        assert not cue_rules.score_clause(" sanctions would follow ").fired
    finally:
        monkeypatch.undo()
        cue_rules.all_cues.cache_clear()
        cue_rules._automaton.cache_clear()
    assert cue_rules.score_clause(" sanctions would follow ").fired


def test_no_fold_holds_a_part_of_a_document() -> None:
    made = [
        conditions.Coded(group=f"g{k // 2}", source=(conditions.BANK, conditions.NEWS)[k % 4 // 2], text="Troops left.",
                         day="2022-01-20", roles=Roles(), bearings=(("low_costs", "raises"),))
        for k in range(40)
    ]  # fmt: skip
    folds = conditions.folds(conditions.items_of(made))
    assert len(folds) == conditions.FOLDS
    assert sorted(g for fold in folds for g in fold) == sorted({one.group for one in made})
