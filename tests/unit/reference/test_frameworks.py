"""Frameworks are data: what ships is whole, and a framework with other conditions needs no code."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.codec.framework_file import decode_framework
from vedette.domain.claims import Posture
from vedette.errors import CaseRefused, NewerSchema, UnknownName
from vedette.reference.frameworks import framework, framework_ids

MADE = b"""schema = "framework/1"
id = "made"
title = "Made up"
source = "Nobody"

[reads]
low_costs = "price"

[[conditions]]
id = "price"
label = "Price"
definition = "What it costs."

[[conditions.indicators]]
id = "sanctions"
observable = "Sanctions are announced"
direction = "lowers"
lead_time_days = 10
"""


def test_two_frameworks_ship() -> None:
    assert framework_ids() == ("five-conditions", "two-conditions")


def test_the_five_conditions_stand_in_the_authors_order_and_stakes_stand_apart() -> None:
    five = framework("five-conditions")
    assert five.condition_ids == (
        "perceived_justification", "local_support", "absence_of_resistance", "technical_feasibility", "low_costs",
    )  # fmt: skip
    assert [c.number for c in five.conditions] == ["1", "2", "3", "4", "5"]
    assert five.stakes is not None
    assert (five.stakes.id, five.stakes.number) == ("stakes", "M")


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("trigger", "perceived_justification"),
        ("Trigger", "perceived_justification"),
        ("anticipated military reaction", "absence_of_resistance"),
        ("military_reaction", "absence_of_resistance"),
        ("c3_no_resistance", "absence_of_resistance"),
        ("Technical feasibility", "technical_feasibility"),
        ("relatively low anticipated political/economic costs", "low_costs"),
        ("motive", "stakes"),
        ("2", "local_support"),
    ],
)
def test_the_authors_older_names_are_aliases(name: str, condition: str) -> None:
    assert framework("five-conditions").condition(name).id == condition


@pytest.mark.parametrize("name", framework_ids())
def test_every_condition_is_defined_observable_and_honest_about_history(name: str) -> None:
    made = framework(name)
    assert made.source
    pool = (*made.conditions, *((made.stakes,) if made.stakes else ()))
    for condition in pool:
        assert len(condition.definition.split()) >= 12
        assert condition.structural_note
        assert len(condition.indicators) >= 3
        for indicator in condition.indicators:
            assert indicator.collection
            assert indicator.lead_time_days is None or 0 < indicator.lead_time_days <= 365
    names = [i.id for c in pool for i in c.indicators]
    assert len(set(names)) == len(names)


def test_local_support_matters_when_invited_and_hardly_when_hostile() -> None:
    weights = framework("five-conditions").weights
    support = [weights[p][1] for p in (Posture.INVITED, Posture.REBELS, Posture.NEUTRAL, Posture.HOSTILE)]
    assert support == sorted(support, reverse=True)
    assert support[0] > 4 * support[-1]
    assert all(w[i] == 1.0 for w in weights.values() for i in (0, 2, 3, 4))


def test_the_rival_reads_the_five_conditions() -> None:
    rival, five = framework("two-conditions"), framework("five-conditions")
    known = (*five.condition_ids, "stakes")
    assert set(rival.reads) <= set(known)
    assert set(rival.reads.values()) == set(rival.condition_ids)
    assert "low_costs" not in rival.reads


def test_a_framework_of_ones_own_is_a_file() -> None:
    made = decode_framework(MADE)
    assert made.condition_ids == ("price",)
    assert made.conditions[0].number == "1"
    assert made.stakes is None
    assert all(w == (1.0,) for w in made.weights.values())
    assert made.reads == {"low_costs": "price"}


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        (b"framework/1", b"framework/2", NewerSchema, "newer than"),
        (b"framework/1", b"case/1", CaseRefused, "is not 'framework/1'"),
        (b'direction = "lowers"', b'direction = "down"', CaseRefused, "not one of raises, lowers, unclear"),
        (b'id = "price"', b'id = "cost"', CaseRefused, "reads names conditions the framework does not have: price"),
        (b"[reads]", b"[weights]\nhostile = [1.0, 2.0]\n[reads]", CaseRefused, "needs 1 positive weights"),
        (b"[reads]", b"[weights]\nhostile = 1.0\n[reads]", CaseRefused, "should be a list of numbers"),
        (b"[reads]", b"[weights]\nenemy = [1.0]\n[reads]", CaseRefused, "unknown key 'enemy'"),
        (b'label = "Price"', b'labell = "Price"', CaseRefused, "Is 'labell' meant?"),
        (b'source = "Nobody"', b"source = ", CaseRefused, "broken TOML"),
        (b"Nobody", b"\xff", CaseRefused, "not UTF-8"),
    ],
)
def test_refusals(old: bytes, new: bytes, error: type[Exception], words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(MADE.replace(old, new))
    with pytest.raises(error) as caught:
        decode_framework(path)
    assert words in str(caught.value)
    assert str(caught.value).startswith("mine.toml")


def test_an_unknown_framework_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Nearest: five-conditions"):
        framework("five-condition")
    with pytest.raises(UnknownName, match=r"unknown condition 'price'\. Nearest: "):
        framework("five-conditions").condition("price")
    with pytest.raises(CaseRefused, match="no such file"):
        decode_framework("absent.toml")
