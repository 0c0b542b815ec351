"""What one item disputes is what the whole case says it disputes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_records import evidence

from vedette.assessment.disputes import PER_DENIAL, denied, disputes, disputes_of
from vedette.domain.claims import ClaimKind, Direction, Quantity
from vedette.domain.evidence import Evidence
from vedette.domain.time import Times, instant

CLAIMS = (
    "Russian forces are massing near the border with tanks.", "Moscow denies that forces are massing near the border.",
    "Reports of tanks massing near the border are baseless, Moscow said.", "Tanks are massing at the border.",
)  # fmt: skip


@st.composite
def items(draw: st.DrawFn) -> tuple[Evidence, ...]:
    made = []
    for n in range(draw(st.integers(1, 7))):
        day = instant("2022-01-01") + dt.timedelta(days=draw(st.integers(0, 60)))
        count = draw(st.sampled_from([None, 500.0, 30_000.0]))
        made.append(
            evidence(
                f"e{n}", claim=draw(st.sampled_from(CLAIMS)), times=Times(available_at=day), quote=None,
                origin=draw(st.sampled_from(["one", "two", "three"])),
                attribution=draw(st.sampled_from(["Moscow", "the Pentagon"])),
                actors=draw(st.sampled_from([("RUS",), ("BLR",)])),
                target=draw(st.sampled_from(["UKR", None])),
                kind=draw(st.sampled_from([ClaimKind.EVENT, ClaimKind.ARGUMENT])),
                quantities=() if count is None else (
                    Quantity(text=f"{count:g}", value=count, unit="troops", of="tanks"),
                ),
            )
        )  # fmt: skip
    return tuple(made)


@given(items())
def test_what_one_item_disputes_is_its_part_of_what_the_case_disputes(case: tuple[Evidence, ...]) -> None:
    every = disputes(case)
    for item in case:
        mine = disputes_of(item, case)
        assert {d for d in every if item.id in (d.first, d.second)} <= set(mine)
        assert all(item.id in (d.first, d.second) for d in mine)
        # More are given only where a denial has more claims to answer than the case prints.
        for extra in set(mine) - set(every):
            assert extra.kind == "denial" and sum(d.first == extra.first for d in every) == PER_DENIAL


def said(name: str, claim: str, who: str, direction: Direction = Direction.RAISES, **more: object) -> Evidence:
    """What somebody said on 10 January, of an origin of its own."""
    bearing = replace(evidence("x").bearings[0], direction=direction)
    return evidence(name, claim=claim, attribution=who, origin=name, quantities=(), bearings=(bearing,), **more)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("Moscow denies that forces are massing near the border.", {"forces", "massin", "near", "border"}),
        (
            "Reports of tanks massing near the border are baseless, Moscow said.",
            {"report", "tanks", "massin", "near", "border"},
        ),
        ("The Kremlin said it had no plans or intention to attack Ukraine, and drills go on.", {"attack"}),
        ("The ministry rejected accusations of shelling a kindergarten.", {"shelli", "kinder"}),
        ("Ukraine does not give in to provocations.", set()), ("The parties rejected violence.", set()),
    ],
)  # fmt: skip
def test_what_is_denied_is_the_clause_of_the_denying_word(claim: str, words: set[str]) -> None:
    assert denied(said("a", claim, "x")) == words


def test_a_denial_answers_the_claim_of_another_speaker_that_says_what_it_denies() -> None:
    denial = said("d", "Moscow denies that forces are massing near the border.", "Kremlin", Direction.LOWERS)
    claim = said("c", "Forces are massing at the border with tanks.", "the Pentagon")
    assert [(x.first, x.second) for x in disputes([denial, claim])] == [("d", "c")]
    # Topic alone is no answer, nor is a word of the rest of the sentence, nor what the same speaker said.
    assert disputes([denial, said("t", "Moscow and Kyiv talked of the border.", "the Pentagon")]) == ()
    assert disputes([denial, replace(claim, attribution="Kremlin")]) == ()
    assert disputes([denial, claim], lambda _item: "RUS") == ()
    assert disputes([denial, replace(claim, kind=ClaimKind.ARGUMENT)]) == ()


def test_one_word_is_the_same_thing_only_where_the_two_pull_apart() -> None:
    denial = said("d", "Russia has no plans to attack Ukraine.", "Kremlin", Direction.LOWERS)
    claim = said("c", "Russia is preparing to attack within days.", "the Pentagon")
    assert [(x.first, x.second) for x in disputes([denial, claim])] == [("d", "c")]
    sanctions = said("s", "Sanctions follow if it should attack.", "Berlin", Direction.LOWERS)
    assert disputes([denial, sanctions]) == ()


def test_a_claim_that_is_only_negated_answers_nearly_the_same_words() -> None:
    denial = said("d", "Columns of tanks crossed no bridge at Yelsk.", "Kremlin", negated=True)
    assert disputes([denial, said("c", "Columns of tanks crossed a bridge at Yelsk.", "the Pentagon")])
    assert disputes([denial, said("c", "Tanks and bridge layers came to the barracks by rail.", "the Pentagon")]) == ()


def test_shares_of_different_questions_do_not_contradict_each_other() -> None:
    def share(name: str, claim: str, value: float) -> Evidence:
        amount = Quantity(text=f"{value:g} per cent", value=value, unit="percent", of="Ukrainians")
        return replace(said(name, claim, "a pollster"), quantities=(amount,))

    arms = share("a", "In a survey 33 per cent said they would take up arms against an invader.", 33)
    fear = share("b", "Asked whether the danger was real, 49 per cent answered yes, the others did not.", 49)
    again = share("c", "In another survey 60 per cent said they would take up arms against an invader.", 60)
    assert [(x.first, x.second) for x in disputes([arms, fear, again])] == [("a", "c")]
