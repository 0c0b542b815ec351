"""The README keeps its word: its command, its output, its picture, its limits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.conftest import CommandLine

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """100 columns, as the README shows it."""
    monkeypatch.setenv("COLUMNS", "100")


def shown_by_the_readme() -> list[str]:
    block = re.search(r"```console\n\$ vedette demo --out out\n(.*?)```", README, flags=re.DOTALL)
    assert block is not None
    return [line for line in block[1].splitlines() if line not in ("", "...")]


@pytest.mark.usefixtures("plain_terminal")
def test_the_demo_prints_what_the_readme_shows(vedette: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    printed = [line.rstrip() for line in vedette.ok("demo", "--out", out).splitlines()]
    claimed = shown_by_the_readme()
    assert len(claimed) >= 10
    assert [line for line in claimed if line not in printed] == []
    brief = (out / "brief.html").read_text("utf-8")
    assert "20 January 2022" in brief
    assert len(brief) > 10_000


def test_it_opens_with_the_question_and_one_command() -> None:
    top = README[:1500]
    assert top.index("?") < top.index("make demo")
    assert "vedette demo --out out" in (ROOT / "Makefile").read_text("utf-8")


def test_the_picture_is_there_and_small() -> None:
    pictures = re.findall(r"!\[[^\]]{10,}\]\(([^)]+)\)", README)
    assert pictures, "a picture with a text alternative"
    for name in pictures:
        path = ROOT / name
        assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert path.stat().st_size < 300_000


@pytest.mark.parametrize("limit", ["n = 1", "stated priors", "coder who knew", "pairs of states", "does not do"])
def test_the_limits_are_said(limit: str) -> None:
    assert limit in " ".join(README.split())


def test_licence_and_citation() -> None:
    assert (ROOT / "LICENSE").read_text("utf-8").lstrip().startswith("Apache License")
    from vedette import __version__

    assert f"version: {__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
