"""Every front door weighs analysts by the workspace's record: else one case would have two numbers."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vedette"
# Functions of the workflows whose number depends on what analysts forecast before.
WEIGHING = {
    "assess_case", "what_if", "make_facts", "make_bundle", "verify_bundle", "verify_against", "stated_by_assessment",
    "still_computed", "explain_items", "actors_of", "effects", "setting_for", "changed_by_review", "moved_since",
    "if_accepted",
}  # fmt: skip
# A bundled case has no judgments, and the demo shows nothing else.
EXEMPT = {"demo.py"}


def calls_without_record(text: str) -> list[str]:
    """Names of weighing functions called without their record, with the line."""
    return [
        f"{node.lineno}: {node.func.id}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WEIGHING
        and "record" not in {k.arg for k in node.keywords}
    ]  # fmt: skip


@pytest.mark.parametrize("room", ["cli", "web", "bootstrap.py"])
def test_every_front_door_passes_the_record(room: str) -> None:
    place = SOURCE / room
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    missed = {
        f.relative_to(SOURCE).as_posix(): found
        for f in files
        if f.name not in EXEMPT and (found := calls_without_record(f.read_text("utf-8")))
    }
    assert files and not missed, f"pass record=workspace.analyst_record: {missed}"


def test_the_check_sees_a_call_without_it() -> None:
    assert calls_without_record("assess_case(case, day)\nassess_case(case, day, record=r)") == ["1: assess_case"]
