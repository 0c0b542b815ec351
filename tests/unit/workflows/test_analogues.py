"""Named past cases: what is compared, and what stays hidden."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from vedette.domain.time import AsOf
from vedette.errors import CaseRefused
from vedette.reference.bundled import bundled_case
from vedette.reference.episodes import all_episodes
from vedette.workflows.analogues import FACT, analogues_of, features_of


def test_features_follow_the_option_the_evidence_and_the_date() -> None:
    case = bundled_case("belarus-2022")
    late, early = features_of(case, AsOf.of("2022-01-20")), features_of(case, AsOf.of("2021-12-01"))
    assert late["major"] and late["border"] and late["demands"] and not late["invited"]
    assert not early["demands"]


def test_no_episode_resolved_later_is_found() -> None:
    case = bundled_case("belarus-2022")
    resolved = {e.name: e.resolved_on for e in all_episodes()}
    for day in ("2021-12-01", "2022-01-20"):
        found = analogues_of(case, AsOf.of(day))
        assert found and all(a.outcome for a in found)
        for a in found:
            assert resolved[a.name] <= dt.date.fromisoformat(day)


def test_a_feature_nobody_knows_is_refused() -> None:
    case = bundled_case("niger-2023")
    wrong = replace(case, structure_facts={FACT: "weather yes"})
    with pytest.raises(CaseRefused, match="weather"):
        features_of(wrong, AsOf.of("2023-08-10"))
