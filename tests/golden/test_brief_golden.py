"""The words of the brief and of the terminal view, kept: a change of wording is seen in review.

Rewrite on purpose with ``VEDETTE_REWRITE_GOLDEN=1 pytest tests/golden``.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest
from tests.unit.reporting.test_brief_page import facts_of

from made_assessment import made_assessment
from vedette.reporting.brief import make_brief
from vedette.reporting.terminal import render_assessment

HERE = Path(__file__).parent


def _markdown() -> str:
    return make_brief(facts_of(), "md").text.split("<!-- vedette-facts ")[0]


MADE = {
    "brief.md": _markdown,
    "terminal-100.txt": lambda: render_assessment(made_assessment().to_dict(), 100),
    "terminal-60.txt": lambda: render_assessment(made_assessment().to_dict(), 60),
}


@pytest.mark.parametrize("name", MADE)
def test_words_are_the_ones_kept(name: str) -> None:
    path, text = HERE / name, MADE[name]()
    if os.environ.get("VEDETTE_REWRITE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    kept = path.read_text(encoding="utf-8")
    difference = "\n".join(
        difflib.unified_diff(kept.splitlines(), text.splitlines(), "kept", "now", lineterm="", n=1)
    )
    assert text == kept, difference
