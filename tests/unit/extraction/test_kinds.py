"""The kind of a claim by rule: what somebody did, said, fears, expects, wants."""

from __future__ import annotations

import pytest

from vedette.domain.claims import ClaimKind
from vedette.extraction.kinds import kind_of


@pytest.mark.parametrize(
    ("clause", "kind"),
    [
        ("we airlifted all the troops very quickly.", ClaimKind.EVENT),
        ("we have already begun the withdrawal", ClaimKind.EVENT),
        ("the talks in geneva fell through", ClaimKind.EVENT),
        ("the minister voiced serious concern over the drills", ClaimKind.JUDGEMENT),
        ("dissatisfaction with the lack of progress was expressed by both", ClaimKind.JUDGEMENT),
        ("only a coordinated response can stop the fighting", ClaimKind.ARGUMENT),
        ("there is no alternative to the ceasefire of may", ClaimKind.ARGUMENT),
        ("our country is always open to dialogue", ClaimKind.SPEECH),
        ("the two sides discussed the border", ClaimKind.EVENT),
        ("condemned the attack", ClaimKind.SPEECH),
        ("the army will withdraw in may", ClaimKind.FORECAST),
        ("they could attack at any time", ClaimKind.JUDGEMENT),
        ("the base lies near the river", ClaimKind.FACT),
    ],
)
def test_kind_of_an_author_s_own_words(clause: str, kind: ClaimKind) -> None:
    assert kind_of(clause, told_by_author=True, performs=False, numbers=False) is kind


def test_what_another_says_without_a_number_is_a_judgement() -> None:
    clause = "the government is popular in the south"
    assert kind_of(clause, told_by_author=False, performs=False, numbers=False) is ClaimKind.JUDGEMENT
    assert kind_of(clause, told_by_author=False, performs=False, numbers=True) is ClaimKind.FACT


def test_pointing_out_with_blame_is_a_judgement_and_without_it_speech() -> None:
    blame = "the president emphasised the brutal treatment of refugees"
    assert kind_of(blame, told_by_author=True, performs=True, numbers=False) is ClaimKind.JUDGEMENT
    mild = "the president emphasised the treatment of refugees"
    assert kind_of(mild, told_by_author=True, performs=True, numbers=False) is ClaimKind.SPEECH
