"""Standing positions: who speaks, what is the same position, and what an analyst says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.made_cases import AS_OF, CONDITIONS, five, host_case, item

from vedette.assessment.channels import CHEAP_TALK, channel_items, denies_intention
from vedette.assessment.positions import positions, speakers
from vedette.domain.claims import Bound, ClaimKind, Direction, Quantity
from vedette.domain.evidence import OWN_POSITION, Evidence
from vedette.domain.time import AsOf, DateInterval, instant
from vedette.forecasting.assess import Setting, assess, prepare
from vedette.forecasting.item_detail import item_detail
from vedette.forecasting.parameters import Parameters
from vedette.forecasting.standing import BEYOND, LEARNT_ON
from vedette.reporting.weighing import render_item
from vedette.workflows.assess import state_words

NAMES = {"RUS": ("Russia", "Russian", "Kremlin", "Peskov"), "USA": ("United States", "US", "White House")}
CUT = AsOf(date=AS_OF)
SETTING = Setting(framework=five(), parameters=Parameters(draws=400), names=NAMES)
THREAT = "Crushing sanctions will follow an invasion, together with our allies"
AGAIN = "Our allies and we stand ready: crushing sanctions follow an invasion at once"


def said(name: str, claim: str = THREAT, *, day: int = 0, by: str = "White House", **more: object) -> Evidence:
    """Speech known ``day`` days before the as-of date, each of an origin of its own."""
    given = {"kind": ClaimKind.SPEECH, **more}
    made = item(name, claim=claim, attribution=by, direction=Direction.LOWERS, **given)  # type: ignore[arg-type]
    at = instant(AS_OF - dt.timedelta(days=day))
    return replace(made, times=replace(made.times, occurred_at=None, published_at=at, available_at=at))


def leads(evidence: Sequence[Evidence]) -> list[str]:
    found = positions(evidence, ["side"] * len(evidence), speakers(NAMES))
    return [evidence[i].id for i in found]


@pytest.mark.parametrize(
    ("attribution", "speaker"),
    [
        ("Dmitry Peskov, Kremlin spokesman", "RUS"), ("US officials", "USA"),
        ("White House; Kremlin", "white-house-kremlin"),
        ("he told us", "he-told-us"), ("a passer-by", "a-passer-by"), ("", None), ("author", None),
    ],
)  # fmt: skip
def test_a_speaker_is_the_one_state_named_else_who_is_written(attribution: str, speaker: str | None) -> None:
    assert speakers(NAMES).of(said("A", by=attribution)) == speaker


def test_leaders_and_seats_of_the_bundled_table_speak_for_their_state() -> None:
    who = speakers(state_words())
    assert [who.of(said("A", by=b)) for b in ("Sergei Lavrov", "Volodymyr Zelenskyy", "the Pentagon")] == [
        "RUS", "UKR", "USA"
    ]  # fmt: skip


def test_the_same_thing_in_other_words_is_one_position_and_another_thing_is_not() -> None:
    other = said("C", "The grain harvest broke every record in the eastern provinces", day=1)
    assert leads([said("A", day=9), said("B", AGAIN, day=5), other]) == ["A", "A", "C"]


@pytest.mark.parametrize(
    "changed",
    [
        {"attribution": "Kremlin"}, {"target": "UKR"}, {"negated": True}, {"hypothetical": True},
        {"kind": ClaimKind.EVENT}, {"kind": ClaimKind.FACT},
    ],
)  # fmt: skip
def test_other_labels_are_another_position(changed: dict[str, object]) -> None:
    assert leads([said("A", day=9), replace(said("B"), **changed)]) == ["A", "B"]  # type: ignore[arg-type]


def test_another_number_and_another_day_are_another_fact() -> None:
    fact = replace(said("A", "The army keeps 100,000 soldiers near the northern border", by="US officials", day=30),
                   kind=ClaimKind.FACT)  # fmt: skip

    def counted(e: Evidence, n: float) -> Evidence:
        return replace(e, quantities=(Quantity(text=f"{n:g}", value=n, unit="", bound=Bound.EXACT, of="soldiers"),))

    later = replace(fact, id="B", times=said("B").times)
    assert leads([counted(fact, 100_000), counted(later, 100_000)]) == ["A", "A"]
    assert leads([counted(fact, 100_000), counted(later, 150_000)]) == ["A", "B"]

    def dated(e: Evidence, day: dt.date) -> Evidence:
        return replace(e, times=replace(e.times, occurred_at=DateInterval(start=day, end=day)))

    assert leads([dated(fact, dt.date(2021, 12, 1)), dated(later, dt.date(2022, 1, 15))]) == ["A", "B"]


def test_what_an_observer_reports_again_is_a_report_again() -> None:
    facts = [replace(said(n, by="a satellite company"), kind=ClaimKind.FACT) for n in "AB"]
    assert leads(facts) == ["A", "B"]


def test_an_analyst_splits_and_joins() -> None:
    a, b, c = said("A", day=9), said("B", day=5), said("C", "Nothing alike was ever heard in these halls", day=1)
    assert leads([a, replace(b, position=OWN_POSITION), c]) == ["A", "B", "C"]
    assert leads([a, b, replace(c, position="B")]) == ["A", "A", "A"]
    assert leads([a, b, replace(c, position="gone")]) == ["A", "A", "C"]
    # Through each other, in whatever order they are met; a ring that leads nowhere stands apart.
    d = replace(said("D", "Another matter altogether", day=3), position="C")
    assert leads([a, replace(c, position="A"), d]) == ["A", "A", "A"]
    assert leads([replace(c, position="D"), d]) == ["C", "D"]


def test_it_is_shown_how_often_a_position_was_said() -> None:
    case = host_case([said("A", day=9), said("B", AGAIN, day=5), said("C", day=1), item("E")])
    result = assess(case, CUT, SETTING)
    rows = {str(r["id"]): r for r in result.evidence}
    assert rows["C"]["position"] == {
        "times": 3, "since": "2022-01-11", "last": "2022-01-19", "first": "A", "items": ["A", "B", "C"],
    }  # fmt: skip
    assert "position" not in rows["E"]
    assert any(w.startswith("3 items repeat 1 standing position of their speakers") for w in result.warnings)
    assert any(s.what == "Each repetition of a standing position counts" for s in result.sensitivity)
    engine, left, _ = prepare(case, CUT, SETTING)
    detail = item_detail(engine, left, "B")
    assert detail["channels"][0]["cluster"]["position"]["times"] == 3
    assert "said 3 times since 2022-01-11 by White House, counts as one: A, B, C" in render_item(detail, {}, 200)
    parts = detail["channels"][0]
    assert sum(parts["steps"].values()) == pytest.approx(parts["effective"])


def test_without_repetitions_nothing_is_said_of_them() -> None:
    result = assess(host_case([said("A"), item("E")]), CUT, SETTING)
    assert not any("standing position" in w for w in result.warnings)
    assert not any("standing position" in s.what for s in result.sensitivity)


def test_more_evidence_than_the_scale_was_learnt_on_is_told() -> None:
    many = [
        item(f"E{k}{n}{d.value}", condition=c, direction=d, origin=f"o{n}")
        for k, c in enumerate(CONDITIONS) for n in range(200) for d in (Direction.RAISES, Direction.LOWERS)
    ]  # fmt: skip
    assert BEYOND * LEARNT_ON > 50
    p = SETTING.parameters
    wide = replace(SETTING, parameters=replace(p, weights=replace(p.weights, topic=0.1)))
    result = assess(host_case(many), CUT, wide, with_sensitivity=False)
    assert any("independent items; the episodes its scale was learnt on hold at most 25" in w for w in result.warnings)
    assert not any("its scale was learnt on" in w for w in assess(host_case(many[:9]), CUT, wide).warnings)


@pytest.mark.parametrize(
    ("claim", "denial"),
    [
        ("We are not going to attack anybody", True), ("Russia has no plans to attack Ukraine", True),
        ("Moscow doesn’t want a war", True), ("It will not start a war", True),
        ("The Kremlin denied plans of an invasion", True),
        ("Russia will never attack its neighbours", True), ("Ukraine has plans to attack", False),
        ("We do not accept the expansion of the alliance", False), ("Troops will return to their bases", False),
    ],
)  # fmt: skip
def test_words_that_deny_the_intention(claim: str, denial: bool) -> None:
    assert denies_intention(said("A", claim)) is denial


def test_a_denial_of_intent_is_cheap_talk_under_whatever_condition_it_was_read() -> None:
    words = "We are not going to attack anybody"
    own = said("A", words, by="Dmitry Peskov", condition="perceived_justification")
    bare = replace(own, id="B", kind=ClaimKind.FACT)
    others = said("C", words, by="White House", condition="perceived_justification")
    grievance = said("D", "Talks on guarantees go on", by="Dmitry Peskov", condition="perceived_justification")
    raises = replace(own, id="E", bearings=(replace(own.bearings[0], direction=Direction.RAISES),))
    items, left = channel_items(host_case([own, bare, others, grievance, raises]), CUT, five(), names=NAMES)
    assert {x.evidence for x in left if x.reason == CHEAP_TALK} == {"A", "B"}
    assert {i.evidence for i in items} == {"C", "D", "E"}
