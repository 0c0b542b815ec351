"""Every command shown in the tutorial and the how-to guides is run, and prints what the page shows."""

from __future__ import annotations

import difflib
import functools
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorials" / "1-from-article-to-number.md"


@functools.cache
def runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("_run_docs", ROOT / "buildtools" / "run_docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", runner().pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_page_shows_what_its_commands_print(path: Path) -> None:
    before = path.read_text("utf-8")
    after = runner().rerun(before)
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "shown", "printed", lineterm="", n=1)
    changed = "\n".join(lines)
    assert after == before, f"run make docs\n{changed}"


def test_the_tutorial_goes_from_an_article_to_a_moved_number() -> None:
    text = TUTORIAL.read_text("utf-8")
    sessions = [c for m in runner().SESSION.finditer(text) for c in runner().commands(m["body"])]
    words = [c.split()[1] for c in sessions if c.startswith("vedette ")]
    last = len(words) - 1 - words[::-1].index("assess")
    order = [words.index("case"), words.index("read"), words.index("review"), last]
    assert order == sorted(order)
    assert words.count("assess") >= 2, "the number is shown before and after"
    assert runner().FILE.search(text), "the article stands in the page"


def test_a_page_that_shows_something_else_is_found() -> None:
    page = "<!-- file: a.txt -->\n\n```text\nhello\n```\n\n```console\n$ cat a.txt\ngoodbye\n```\n"
    assert runner().rerun(page) == page.replace("goodbye", "hello")


def test_a_command_that_fails_is_found() -> None:
    with pytest.raises(runner().PageError, match="exit status 3"):
        runner().rerun("```console\n$ exit 3\n```\n")
    kept = "<!-- exit: 3 -->\n```console\n$ exit 3\n```\n"
    assert runner().rerun(kept) == kept


def test_only_the_lines_asked_for_are_shown() -> None:
    page = "<!-- lines: 2-3 -->\n```console\n$ seq 4\n...\n2\n3\n...\n```\n"
    assert runner().rerun(page) == page


def test_a_page_without_a_session_is_not_changed() -> None:
    assert runner().rerun("# A\n\n```sh\nmake demo\n```\n") == "# A\n\n```sh\nmake demo\n```\n"
