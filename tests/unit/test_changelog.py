"""Changelog fragments: read, ordered, refused when misnamed, and moved into the changelog."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("_changelog", ROOT / "buildtools" / "changelog.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_fragments_of_this_repository_can_be_used(tool: ModuleType) -> None:
    tool.fragments(ROOT / "changelog.d")


def test_section_groups_by_kind(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("not a fragment")
    (tmp_path / "b.fixed.md").write_text("Mended\nb.\n")
    (tmp_path / "a.added.md").write_text("New a.")
    text = tool.section(tool.fragments(tmp_path), "1.2.0", dt.date(2026, 1, 2))
    assert text.splitlines() == [
        "## 1.2.0 (2026-01-02)", "", "### Added", "", "- New a.", "", "### Fixed", "", "- Mended b.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"), [("a.md", "x"), ("a.improved.md", "x"), ("a.added.txt", "x"), ("a.added.md", " ")]
)
def test_a_fragment_that_cannot_be_used_is_named(tool: ModuleType, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(tool.FragmentError, match=name):
        tool.fragments(tmp_path)


def test_newest_section_comes_first(tool: ModuleType) -> None:
    first = tool.insert("", "## 1\n\n- a\n")
    second = tool.insert(first, "## 2\n\n- b\n")
    assert second.startswith("# Changelog")
    assert second.index("## 2") < second.index("## 1")
    assert tool.insert("# Changelog\n", "## 1\n").endswith("# Changelog\n\n## 1\n")
