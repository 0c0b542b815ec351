"""From claims to proposals: where a claim lands in a case, and what is left out."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_cases import host_case

from vedette.domain.case import Case
from vedette.domain.claims import Citation, ClaimKind, Direction, Place, Posture, Strength
from vedette.domain.documents import Document
from vedette.domain.evidence import Status
from vedette.domain.reading import ActorMention, Claim, ClaimBearing, DateMention, Extraction
from vedette.domain.time import DateInterval, Times, instant
from vedette.workflows.ingest import Source, extract_source, propose, read_for, scenario_for
from vedette.workflows.open_case import NewCase, make_case

TEXT = "Russian troops arrived in Belarus. Kyiv is worried. The West would answer."


class Clock:
    def now(self) -> dt.datetime:
        return dt.datetime(2022, 1, 21, tzinfo=dt.UTC)


def made() -> Case:
    return replace(host_case(), framework="five-conditions")


def reading(*claims: Claim, codes: tuple[str, ...] = ("RUS",), author: str = "A. Writer") -> Extraction:
    document = Document(
        id="d", sha256=hashlib.sha256(TEXT.encode()).hexdigest(), title="Made", text=TEXT, author=author,
        citation=Citation(publisher="Made Press"),
        times=Times(published_at=instant("2022-01-14"), available_at=instant("2022-01-14")),
    )  # fmt: skip
    actors = (ActorMention(start=0, end=7, text="Russian", codes=codes, kind="state"),)
    return Extraction(document=document, claims=claims, actors=actors, places=(), dates=(), quantities=())


def claim(*bearings: tuple[str, str, str], **changes: object) -> Claim:
    """A claim with (condition, hint, strength) bearings that all raise."""
    values: dict[str, object] = {
        "start": 0, "end": 34, "quote": TEXT[:34], "kind": ClaimKind.EVENT, "attribution": "author", "actors": ("RUS",),
        "conditions": tuple(
            ClaimBearing(condition=c, direction=Direction.RAISES, scenario_hint=h, strength=Strength(s))
            for c, h, s in bearings
        ),
        "confidence": 0.6, "reasons": ("cue: made",),
    }  # fmt: skip
    return Claim(**{**values, **changes})  # type: ignore[arg-type]


def test_hints_find_their_option_and_scenario() -> None:
    case = made()
    assert scenario_for(case, "attack", "low_costs") == ("main", "attack")
    assert scenario_for(case, "attack", "low_costs", about={"BLR"}) == ("main", "attack_from_host")
    assert scenario_for(case, "presence", "low_costs") == ("stay", "lasting_presence")
    assert scenario_for(case, "neither", "low_costs") == ("main", "neither")
    assert scenario_for(case, "other", "low_costs") is None


@pytest.mark.parametrize("host", [None, "BLR"])
def test_hints_find_their_place_in_every_new_case(host: str | None) -> None:
    from vedette.domain.claims import Posture

    for posture in Posture:
        case = make_case(
            NewCase(interveners=("RUS",), target="UKR", host=host, posture=posture, opened=dt.date(2021, 10, 1),
                    deadline=dt.date(2022, 3, 31))
        )  # fmt: skip
        attack = scenario_for(case, "attack", "low_costs")
        presence = scenario_for(case, "presence", "low_costs")
        assert attack == ("main", "attack" if host else "force")
        assert presence == ("stay", "lasting_presence") if host else presence == ("main", "presence")
        assert case.chance_moved(*attack, "low_costs") != case.chance_moved(*presence, "low_costs")


def test_a_proposal_is_an_exact_quote_waiting_for_a_person() -> None:
    twelfth = dt.date(2022, 1, 12)
    day = DateMention(start=0, end=1, text="x", interval=DateInterval(start=twelfth, end=twelfth))
    found, left = propose(made(), reading(claim(("low_costs", "attack", "weak"), dates=(day,))), Clock())
    (item,) = found
    assert left == () and item.quote is not None and item.quote.text == TEXT[:34]
    assert item.status is Status.PROPOSED and str(item.grade) == "F6"
    assert (item.attribution, item.origin) == ("A. Writer", "d")
    assert item.times.occurred_at == day.interval
    assert item.times.available_at == instant("2022-01-14") and item.times.recorded_at == Clock().now()
    assert item.provenance is not None and item.provenance.reason == "cue: made"


def test_an_item_goes_to_one_channel_an_option_the_strongest() -> None:
    both = claim(("low_costs", "attack", "weak"), ("local_support", "attack", "strong"), ("stakes", "presence", "weak"))
    (item,), _ = propose(made(), reading(both), Clock())
    assert [(b.option, b.condition) for b in item.bearings] == [("main", "local_support"), ("stay", "stakes")]


def test_the_host_alone_speaks_of_the_host() -> None:
    of_host = claim(("local_support", "attack", "weak"), actors=("BLR",))
    of_both = claim(("local_support", "attack", "weak"), actors=("BLR", "RUS"))
    (first, second), _ = propose(made(), reading(of_host, of_both), Clock())
    assert (first.bearings[0].actor, first.bearings[0].scenario) == ("BLR", "attack_from_host")
    assert second.bearings[0].actor is None


def test_who_is_quoted_is_a_voice_of_its_own() -> None:
    said = claim(("low_costs", "attack", "weak"), attribution="Ministry of Defence (Minsk)")
    (item,), _ = propose(made(), reading(said), Clock())
    assert (item.attribution, item.origin) == ("Ministry of Defence (Minsk)", "d/ministry-of-defence-minsk")
    (own,), _ = propose(made(), reading(claim(("low_costs", "attack", "weak")), author=""), Clock())
    assert own.attribution == "Made Press"


def test_what_is_left_out_is_said() -> None:
    nothing = claim(("none", "attack", "weak"))
    unknown = claim(("weather", "attack", "weak"))
    elsewhere = claim(("low_costs", "other", "weak"))
    found, left = propose(made(), reading(nothing, unknown, elsewhere), Clock())
    assert found == () and [c for c, _ in left] == [nothing, unknown, elsewhere]
    assert all("no condition or scenario" in why for _, why in left)


def test_a_document_about_other_states_is_not_read_into_this_one() -> None:
    other = claim(("low_costs", "attack", "strong"), actors=("MLI",))
    found, left = propose(made(), reading(other, codes=("FRA", "MLI")), Clock())
    assert found == () and "none of the states" in left[0][1]
    by_place = claim(("low_costs", "attack", "strong"), actors=(), places=(Place(name="Kyiv", country="UKR"),))
    assert propose(made(), reading(by_place, codes=("UKR",)), Clock())[0]


@given(st.lists(st.sampled_from(["low_costs", "local_support", "stakes", "option", "none"]), max_size=12))
def test_ids_are_unique_and_depend_on_the_content_only(conditions: list[str]) -> None:
    claims = [claim((c, "attack", "weak")) for c in conditions]
    first, left = propose(made(), reading(*claims), Clock())
    again, _ = propose(made(), reading(*claims), Clock())
    assert first == again
    assert len({e.id for e in first}) == len(first) == len(conditions) - len(left)
    taken = replace(made(), evidence=tuple(replace(e, quote=None) for e in first))
    other, _ = propose(taken, reading(*claims), Clock())
    assert not {e.id for e in other} & {e.id for e in first}


def test_a_document_that_several_cases_share_is_read_again_where_it_names_their_states() -> None:
    source = Source(
        content=b"Venezuelan voters approved a referendum that claims the Essequibo region of neighbouring Guyana. "
        b"Guyana's President Irfaan Ali said that his country was on full alert.",
        name="a.txt", published=dt.date(2023, 12, 5),
    )  # fmt: skip
    shared = extract_source(source)
    about = make_case(
        NewCase(interveners=("VEN",), target="GUY", posture=Posture.HOSTILE, opened=dt.date(2023, 11, 1),
                deadline=dt.date(2024, 5, 1))
    )  # fmt: skip
    assert read_for(about, source, shared) == read_for(about, source, None) != shared
    other = make_case(
        NewCase(interveners=("CHN",), target="VNM", posture=Posture.HOSTILE, opened=dt.date(2023, 11, 1),
                deadline=dt.date(2024, 5, 1))
    )  # fmt: skip
    assert read_for(other, source, shared) is shared
