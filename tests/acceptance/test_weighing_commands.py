"""Weighing a case at the command line: the matrix, undoing items, their details, and the actors."""

from __future__ import annotations

import json

from conftest import CommandLine


def test_the_matrix_of_a_case(vedette: CommandLine) -> None:
    text = vedette.ok("evidence", "matrix", "niger-2023", "--as-of", "2023-08-06")
    assert "diagnosticity" in text and "Balance" in text
    told = json.loads(vedette.ok("evidence", "matrix", "niger-2023", "--as-of", "2023-08-06", "--json"))
    assessed = json.loads(vedette.ok("assess", "niger-2023", "--as-of", "2023-08-06", "--json"))
    shares = {e["id"]: list(e["log_odds"].values()) for e in assessed["evidence"]}
    assert {c["evidence"]: c["cells"] for c in told["columns"]} == shares
    spreads = [c["diagnosticity"] for c in told["columns"]]
    assert spreads == sorted(spreads, reverse=True)
    few = json.loads(vedette.ok("evidence", "matrix", "niger-2023", "--top", "2", "--json"))
    assert len(few["columns"]) == 2


def test_items_are_undone_and_explained(vedette: CommandLine) -> None:
    text = vedette.ok("assess", "niger-2023", "--without", "N016", "--without", "N004", "--explain", "N016")
    assert "Left out: N016, N004" in text and "original" in text
    assert "what dependence leaves" in text
    told = json.loads(vedette.ok("assess", "niger-2023", "--without", "N016", "--explain", "N016", "--json"))
    rows = {r["id"]: r for r in told["without"]["scenarios"]}
    for s in told["scenarios"]:
        assert rows[s["id"]]["original"] == s["probability"]
    assert rows[told["scenarios"][0]["id"]]["change"] > 0
    assert [i["id"] for i in told["items"]] == ["N016"]
    plain = json.loads(vedette.ok("assess", "niger-2023", "--json"))
    assert "without" not in plain and "items" not in plain
    assert "N016" in vedette.refused("assess", "niger-2023", "--without", "N0166")
    assert "N016" in vedette.refused("assess", "niger-2023", "--explain", "N0166")


def test_the_actors_of_a_case(vedette: CommandLine) -> None:
    text = vedette.ok("case", "actors", "belarus-2022", "--as-of", "2022-01-20")
    assert "Host gate of Belarus: consent" in text and "Where they part" in text
    told = json.loads(vedette.ok("case", "actors", "belarus-2022", "--as-of", "2022-01-20", "--json"))
    assert [o["option"] for o in told["options"]] == ["main", "stay"]
    assert told["options"][0]["gate"]["access"] > told["options"][0]["gate"]["consent"]
    first = told["modes"]["scenarios"][0]
    assert abs(sum(a["gap"] for a in first["apart"]) - first["gap"]) < 1e-9
    assert "belarus-2022" in vedette.refused("case", "actors", "belarus-2023")
