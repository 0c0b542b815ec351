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
