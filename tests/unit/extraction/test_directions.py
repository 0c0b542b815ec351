"""The scorer of directions that was tried: what it sees, and that a model never sees the document it is judged on."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from evals import directions
from evals.conditions import BANK, NEWS, STATEMENTS
from evals.directions import Item

from vedette.extraction.cue_rules import Scores

SILENT = Scores(up={}, down={}, fired=())


def made(group: str, plain: str, *, raises: bool, source: str = BANK, scores: Scores = SILENT) -> Item:
    return Item(group=group, source=source, plain=f" {plain} ", scores=scores, condition="low_costs", raises=raises)


def test_rules_are_silent_where_cues_are_torn() -> None:
    torn = Scores(up={"low_costs": 2.0}, down={"low_costs": 2.0}, fired=())
    assert made("a", "x", raises=True, scores=torn).rule is None
    assert made("a", "x", raises=True).rule is None
    assert made("a", "x", raises=True, scores=Scores(up={"low_costs": 1.0}, down={}, fired=())).rule is True
    down = Scores(up={}, down={"stakes": 1.0, "low_costs": 1.0}, fired=())
    assert made("a", "x", raises=True, scores=down).rule is False


def test_features_hold_roles_groups_and_what_is_denied() -> None:
    found = directions.features(made("a", "§w refused talks with §i", raises=False), set())
    assert {"talk", "fail", "not talk", "names w", "names i", "first w", "talk | low_costs"} <= set(found)
    assert "not talk" not in directions.features(made("a", "§w held talks", raises=False), set())
    assert not [k for k in found if k.startswith("word ")]


def clear(n: int) -> list[Item]:
    """Documents in which sanctions lower and mandates raise."""
    sources = (BANK, STATEMENTS, NEWS)
    return [made(f"d{k}", "§w sanctions on §i" if k % 2 else "§w approved §i", raises=not k % 2, source=sources[k % 3])
            for k in range(n)]  # fmt: skip


def test_a_clear_pattern_is_learnt_out_of_fold() -> None:
    items = clear(60)
    scorer, share = directions.out_of_fold(items, 1.0, words=False)
    assert all((p > 0.5) == one.raises for p, one in zip(scorer, items, strict=True))
    assert np.all((share > 0.3) & (share < 0.7))


def test_the_own_document_is_not_seen() -> None:
    """A document whose words occur nowhere else gets what its condition has elsewhere, whatever its label."""
    items = clear(60)
    odd = [made("odd", "zebra", raises=True), made("odd", "zebra", raises=True)]
    turned = [made("odd", "zebra", raises=False), made("odd", "zebra", raises=False)]
    a, _ = directions.out_of_fold([*items, *odd], 1.0, words=True)
    b, _ = directions.out_of_fold([*items, *turned], 1.0, words=True)
    assert a[-2:] == pytest.approx(b[-2:])


def test_the_report_says_where_the_scorer_stands(capsys: pytest.CaptureFixture[str]) -> None:
    items = clear(60)
    directions.report(items, *directions.out_of_fold(items, 1.0, words=False))
    told = capsys.readouterr().out
    assert f"{NEWS}, tuning part: n=20, 20 texts" in told
    assert told.count("rules silent") == 3
    assert "rules speak" not in told


def test_without_texts_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
                                  ) -> None:  # fmt: skip
    monkeypatch.setenv("VEDETTE_SHARED", str(tmp_path))
    assert directions.main([]) == 0
    assert capsys.readouterr().out.startswith("not measured: the coded facts are not in")
