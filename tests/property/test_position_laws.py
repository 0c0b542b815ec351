"""Laws of standing positions: a speaker who says the same thing again is one source, heard again."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import examples
from tests.made_cases import AS_OF, five, host_case, item

from vedette.assessment.channels import ChannelItem, channel_items, shrink, trust
from vedette.assessment.positions import positions, speakers
from vedette.assessment.weights import Weights
from vedette.domain.claims import ClaimKind, Direction, Strength
from vedette.domain.evidence import OWN_POSITION, Evidence, Review, Verdict
from vedette.domain.time import AsOf, instant
from vedette.forecasting.assess import Setting, assess
from vedette.forecasting.parameters import Parameters

NAMES = {"RUS": ("Russia", "Kremlin", "Peskov"), "UKR": ("Ukraine", "Zelensky"), "USA": ("United States", "US")}
SETTING = Setting(framework=five(), parameters=Parameters(draws=400), names=NAMES)
CUT = AsOf(date=AS_OF)
BOUND = 1 / 0.95
"""What any number of repetitions comes to, in units of the largest: n_e(k) < 1 / r, r that of copies (METHOD 4.3.7)."""
SAYINGS = (
    "Crushing sanctions will follow an invasion, together with our allies",
    "Our allies and we stand ready: crushing sanctions will follow an invasion",
    "The grain harvest broke every record in the eastern provinces this summer",
    "Reserve brigades practised crossing broad rivers with pontoon bridges",
)


def said(
    number: int, *, day: int = 0, words: int = 0, by: str = "United States", kind: ClaimKind = ClaimKind.SPEECH,
    **more: object,
) -> Evidence:  # fmt: skip
    """Item of made words, ``day`` days before the as-of date."""
    made = item(f"S{number:03d}", claim=SAYINGS[words], attribution=by, origin=f"speech {number}", kind=kind, **more)  # type: ignore[arg-type]
    at = instant(AS_OF - dt.timedelta(days=day))
    return replace(made, times=replace(made.times, occurred_at=None, published_at=at, available_at=at))


@st.composite
def speeches(draw: st.DrawFn, most: int = 12) -> list[Evidence]:
    return [
        said(
            n, day=draw(st.integers(0, 60)), words=draw(st.integers(0, 3)),
            by=draw(st.sampled_from(["United States", "US officials", "Zelensky", "a passer-by", ""])),
            kind=draw(st.sampled_from([ClaimKind.SPEECH, ClaimKind.FACT, ClaimKind.EVENT])),
            direction=draw(st.sampled_from([Direction.RAISES, Direction.LOWERS])),
            strength=draw(st.sampled_from(Strength)), condition=draw(st.sampled_from(["low_costs", "local_support"])),
        )
        for n in range(draw(st.integers(1, most)))
    ]  # fmt: skip


def channels(evidence: Sequence[Evidence], **weights: object) -> tuple[ChannelItem, ...]:
    return channel_items(host_case(evidence), CUT, five(), names=NAMES, weights=Weights(**weights))[0]  # type: ignore[arg-type]


def total(items: Sequence[ChannelItem]) -> float:
    return math.fsum(i.coefficient * shrink(i.size, trust(i.reliability, i.credibility)) for i in items)


@given(st.integers(2, 60), st.sampled_from(Strength), st.lists(st.integers(0, 120), min_size=60, max_size=60))
@settings(max_examples=examples(200), deadline=None)
def test_repeating_a_position_moves_no_more_than_the_bound(n: int, strength: Strength, days: list[int]) -> None:
    repeated = [said(i, day=days[i], words=i % 2, strength=strength) for i in range(n)]
    found = channels(repeated)
    assert len({i.position for i in found}) == 1 and found[0].position
    freshest = max(shrink(i.size, trust(i.reliability, i.credibility)) for i in found)
    assert freshest - 1e-12 <= total(found) <= BOUND * freshest + 1e-9
    assert total(channels(repeated, positions=False)) > total(found)


def test_fifty_repetitions_move_the_number_at_most_a_tenth_more_than_one() -> None:
    def logit(evidence: Sequence[Evidence]) -> float:
        p = assess(host_case(evidence), CUT, SETTING, with_sensitivity=False).scenario("attack").probability
        return math.log(p / (1 - p))

    base = logit([])
    one = logit([said(0, condition="low_costs", direction=Direction.LOWERS)]) - base
    fifty = logit([said(i, condition="low_costs", direction=Direction.LOWERS) for i in range(50)]) - base
    assert fifty < one < 0 and fifty >= 1.1 * one


@given(speeches(), st.randoms(use_true_random=False))
@settings(max_examples=examples(300), deadline=None)
def test_order_changes_nothing(evidence: list[Evidence], random: object) -> None:
    shuffled = list(evidence)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sorted(channels(evidence), key=repr) == sorted(channels(shuffled), key=repr)


@given(speeches(), speeches())
@settings(max_examples=examples(300), deadline=None)
def test_later_statements_leave_earlier_positions_as_they_were(evidence: list[Evidence], more: list[Evidence]) -> None:
    late = [
        replace(e, id=f"L{e.id}", times=replace(e.times, available_at=instant(AS_OF + dt.timedelta(days=1))))
        for e in more
    ]
    who, side = speakers(NAMES), ("attack",)
    before = positions(evidence, [side] * len(evidence), who)
    after = positions([*evidence, *late], [side] * (len(evidence) + len(late)), who)
    assert after[: len(before)] == before
    whole = assess(host_case([*evidence, *late]), CUT, SETTING, with_sensitivity=False)
    assert whole.to_dict() == assess(host_case(evidence), CUT, SETTING, with_sensitivity=False).to_dict()


@given(speeches(), st.integers(0, 3), st.integers(0, 30))
@settings(max_examples=examples(300), deadline=None)
def test_one_more_statement_today_never_lowers_its_side(evidence: list[Evidence], words: int, day: int) -> None:
    """Of the latest statement: one found later that was made earlier can turn out to be the first of a position."""
    newest = said(999, words=words, condition="low_costs", direction=Direction.RAISES)

    def side(items: Sequence[ChannelItem]) -> float:
        return total([i for i in items if i.channel == "low_costs" and i.sign > 0])

    assert side(channels([*evidence, newest])) >= side(channels(evidence)) - 1e-9


@given(speeches(), st.data())
@settings(max_examples=examples(200), deadline=None)
def test_splitting_and_rejoining_is_exact(evidence: list[Evidence], data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(evidence))
    at = instant(AS_OF)
    split = replace(chosen, id=f"{chosen.id}.c1", position=OWN_POSITION, supersedes=chosen.id)
    correct = Review(evidence=chosen.id, verdict=Verdict.CORRECT, author="a", at=at, reason="new", replacement=split.id)
    undone = Review(evidence=chosen.id, verdict=Verdict.WITHDRAW, author="a", at=at + dt.timedelta(hours=1))

    def result(*reviews: Review) -> tuple[ChannelItem, ...]:
        case = host_case([*evidence, *([split] if reviews else [])], reviews=reviews)
        return channel_items(case, CUT, five(), names=NAMES)[0]

    alone = [i for i in result(correct) if i.evidence == split.id]
    assert all(i.position == "" for i in alone)
    assert result(correct, undone) == result()


@given(speeches())
@settings(max_examples=examples(200), deadline=None)
def test_contributions_still_sum(evidence: list[Evidence]) -> None:
    result = assess(host_case(evidence), CUT, SETTING, with_sensitivity=False)
    for s in result.scenarios:
        whole = math.fsum(c.log_odds for c in result.contributions[s.id])
        assert whole == pytest.approx(math.log(s.probability / (1 - s.probability)), abs=1e-9)


@given(speeches())
@settings(max_examples=examples(300), deadline=None)
def test_only_one_speaker_one_side_and_no_events_are_grouped(evidence: list[Evidence]) -> None:
    who = speakers(NAMES)
    by_id = {e.id: e for e in evidence}
    for found in channels(evidence):
        if not found.position or found.position == found.evidence:
            continue
        mine, first = by_id[found.evidence], by_id[found.position]
        assert who.of(mine) == who.of(first) is not None
        assert mine.bearings[0].direction is first.bearings[0].direction
        assert mine.bearings[0].condition == first.bearings[0].condition
        assert mine.kind is first.kind is not ClaimKind.EVENT
        assert (first.times.available_at, first.id) < (mine.times.available_at, mine.id)
