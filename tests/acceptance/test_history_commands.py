"""Base rates and history as a user types them, without any data file, and with a made world."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.made_history import world

if TYPE_CHECKING:
    from tests.conftest import CommandLine


def test_a_base_rate_needs_no_data_file(vedette: CommandLine) -> None:
    answer = json.loads(vedette.ok("base-rate", "RUS", "UKR", "--as-of", "2021-12-31", "--json"))
    assert answer["basis"] == "pair" and answer["interval"][0] < answer["p"] < answer["interval"][1]
    assert answer["class"]["n"] > 80_000
    text = vedette.ok("base-rate", "NGA,BEN", "NER", "--as-of", "2023-08-10", "--horizon", "143d")
    assert "pairs of states" in text and "member Nigeria" in text


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("RUS", "Ukrane"), "Ukraine"),
        (("RUS", "UKR", "--horizon", "20y"), "60m"),
        (("RUS", "UKR", "--outcome", "war"), "hostile_intervention"),
        (("RUS", "UKR", "--as-of", "yesterday"), "YYYY-MM-DD"),
        (("RUS", "RUS"), "itself"),
    ],
)
def test_what_cannot_be_answered_is_one_line(vedette: CommandLine, args: tuple[str, ...], said: str) -> None:
    assert said in vedette.refused("base-rate", *args)


def test_the_sources_are_listed_with_licence_and_standing(vedette: CommandLine) -> None:
    listed = json.loads(vedette.ok("history", "fetch", "--list", "--json"))["datasets"]
    assert len(listed) >= 20
    assert all(d["licence"] and d["citation"] and "verified" in d["addresses"] for d in listed)


def test_the_screen_ranks_all_pairs(vedette: CommandLine) -> None:
    found = json.loads(vedette.ok("history", "screen", "--as-of", "2024-12-31", "--most", "5", "--json"))
    assert [p["rank"] for p in found["pairs"]] == [1, 2, 3, 4, 5]


def test_without_data_the_way_to_get_them_is_named(vedette: CommandLine) -> None:
    assert "history fetch" in vedette.refused("history", "class", "RUS", "UKR")
    assert "history build" in vedette.refused("backtest")


def test_build_and_class_on_a_made_world(vedette: CommandLine, workspace_home: Path) -> None:
    world(workspace_home / "data" / "frames", months=12)
    built = json.loads(vedette.ok("history", "build", "--json"))
    assert built["rows"] > 0 and Path(built["path"]).is_file()
    found = json.loads(vedette.ok("history", "class", "--where", "c4_land_contig==1", "--json"))
    assert found["rate"]["n"] >= len(found["cases"])
    assert "c9_nothing" in vedette.refused("history", "class", "--where", "c9_nothing==1")
    assert "Example" in vedette.refused("history", "class", "--where", "bordering")


def test_fetch_from_a_mirror_that_lacks_everything_fails_with_a_reason(vedette: CommandLine, tmp_path: Path) -> None:
    done = vedette("history", "fetch", "--mirror", tmp_path)
    assert done.status == 2 and "without a usable table" in done.err
