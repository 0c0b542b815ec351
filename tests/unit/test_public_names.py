"""The public face: every name resolves, nothing is loaded before it is used."""

from __future__ import annotations

import pytest

import vedette


@pytest.mark.parametrize("name", sorted(vedette.__all__))
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(vedette, name) is not None
    assert name in dir(vedette)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = vedette.no_such_name


def test_scores_are_the_scoring_rooms() -> None:
    from vedette.scoring import brier

    assert vedette.brier is brier
    assert vedette.errors.Damaged.__mro__[1] is vedette.errors.VedetteError


def test_assess_by_id_and_by_case_agree() -> None:
    by_id = vedette.assess("niger-2023", "2023-08-05", mode="author")
    by_case = vedette.assess(vedette.open_case("niger-2023"), "2023-08-05", mode="author")
    assert by_id.to_dict() == by_case.to_dict()
    assert by_id.as_of.isoformat() == "2023-08-05"
