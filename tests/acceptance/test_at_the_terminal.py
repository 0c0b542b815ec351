"""What a person at a terminal sees and types: questions, single keys, colour."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.made_texts import ARTICLE

from vedette.bootstrap import open_workspace

CASE = "belarus-2022"
MAIN = "import sys; from vedette.cli import main; sys.exit(main(sys.argv[1:]))"


class Terminal:
    """A vedette process on a pseudo-terminal."""

    def __init__(self, *args: str, **env: str) -> None:
        self.shown = ""
        pid, self.fd = pty.fork()
        if pid == 0:
            # A terminal's child minds Ctrl-C; a runner started in the background (nohup, some CI) hands down "ignore".
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execve(sys.executable, [sys.executable, "-c", MAIN, *args], {**os.environ, "TERM": "xterm", **env})
        self.pid = pid

    def until(self, pattern: str, *, since: int = 0) -> str:
        """Wait for a text to be shown after position ``since``."""
        end = time.monotonic() + 250
        while not re.search(pattern, self.shown[since:]):
            if not self._more(end):
                raise AssertionError(f"{pattern!r} was not shown in:\n{self.shown}")
        return self.shown

    def answer(self, pattern: str, keys: str) -> None:
        """Wait for a question newer than the last answer, then type."""
        self.until(pattern, since=getattr(self, "at", 0))
        self.at = len(self.shown)
        os.write(self.fd, keys.encode())

    def end(self) -> int:
        """Everything shown; the exit status."""
        deadline = time.monotonic() + 250
        while self._more(deadline):
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _more(self, end: float) -> bool:
        if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # the other side has closed
            return False
        self.shown += data.decode(errors="replace")
        return bool(data)


@pytest.fixture
def waiting(vedette: Any, tmp_path: Path) -> list[str]:
    """Ids of proposals waiting in the workspace, in the order they are shown."""
    import json

    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    vedette.ok("read", path, "--case", CASE, "--published", "2022-01-14")
    ids = [w["id"] for w in json.loads(vedette.ok("review", CASE, "--json"))["waiting"]]
    assert len(ids) >= 4
    return ids


PROMPT = r"\[a/r/c/s/u/q/\?\] $"


def test_review_by_single_keys(waiting: list[str]) -> None:
    terminal = Terminal("review", CASE, "--author", "Ana")
    terminal.answer(PROMPT, "?")
    terminal.answer(PROMPT, "x")
    terminal.answer(PROMPT, "a")
    terminal.answer(PROMPT, "u")  # back to the first, undecided
    terminal.answer(PROMPT, "r")
    terminal.answer(PROMPT, "s")
    terminal.answer(PROMPT, "c")
    terminal.answer("Set", "strength=weak\n")
    terminal.answer("Reason", "only one report\n")
    terminal.answer(PROMPT, "q")
    assert terminal.end() == 0
    assert "Undone: accept" in terminal.shown and "accept" in terminal.shown and "Recorded" in terminal.shown
    made = [(r.evidence, r.verdict.value, r.author) for r in open_workspace().cases.load(CASE).reviews]
    assert made == [(waiting[0], "reject", "Ana"), (waiting[2], "correct", "Ana")]


def test_an_impossible_correction_is_said_and_asked_again(waiting: list[str]) -> None:
    terminal = Terminal("review", CASE)
    terminal.answer(PROMPT, "c")
    terminal.answer("Set", "direction=sideways\n")
    terminal.answer("Reason", "r\n")
    terminal.answer(PROMPT, "a")
    terminal.answer(PROMPT, "q")
    assert terminal.end() == 0 and "raises" in terminal.shown
    assert [r.evidence for r in open_workspace().cases.load(CASE).reviews] == [waiting[0]]


def test_a_killed_sitting_keeps_what_was_recorded(waiting: list[str]) -> None:
    import signal

    terminal = Terminal("review", CASE)
    terminal.answer(PROMPT, "a")
    terminal.answer(PROMPT, "a")
    terminal.until(PROMPT, since=terminal.at)
    os.kill(terminal.pid, signal.SIGKILL)
    terminal.end()
    # The second decision was still held so that it could be undone; the first is on record.
    assert [r.evidence for r in open_workspace().cases.load(CASE).reviews] == [waiting[0]]


def test_a_new_case_is_asked_for_and_wrong_names_are_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    terminal = Terminal("case", "new", "--from", "2021-10-01")
    terminal.answer("Intervener", "Rusia\n")
    terminal.answer("Intervener", "Russia\n")
    terminal.answer("Target", "Ukraine\n")
    terminal.answer("territory", "Belarus\n")
    terminal.answer("Posture", "angry\n")
    terminal.answer("Posture", "hostile\n")
    terminal.answer("Until", "2021-09-30\n")
    terminal.answer("Until", "2022-03-31\n")
    assert terminal.end() == 0
    assert "Nearest: Russia" in terminal.shown and "before it begins" in terminal.shown
    case = open_workspace().cases.load("rus-ukr-2022")
    assert (case.options[0].host, case.options[0].posture.value) == ("BLR", "hostile")
    assert (tmp_path / "rus-ukr-2022.toml").is_file()


def test_a_missing_date_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "undated.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    terminal = Terminal("read", str(path), "--case", CASE)
    terminal.answer("When was undated.txt published", "last week\n")
    terminal.answer("When was undated.txt published", "2022-01-14\n")
    assert terminal.end() == 0 and "proposal" in terminal.shown


def test_tables_have_colour_only_when_wanted(tmp_path: Path) -> None:
    plain = Terminal("case", "list", NO_COLOR="1")
    assert plain.end() == 0
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", plain.shown) and CASE in plain.shown


def test_ctrl_c_is_one_line(waiting: list[str]) -> None:
    terminal = Terminal("review", CASE)
    terminal.answer(PROMPT, "\x03")
    assert terminal.end() == 0  # as q: what was decided is kept
    assert "Traceback" not in terminal.shown and "Nothing was recorded" in terminal.shown


def test_both_ends_of_the_window_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    terminal = Terminal("case", "new", "--intervener", "China", "--target", "Taiwan", "--posture", "hostile")
    terminal.answer("From", "soon\n")
    terminal.answer("From", "2023-01-01\n")
    terminal.answer("territory", "\n")
    terminal.answer("Until", "6m\n")
    assert terminal.end() == 0
    case = open_workspace().cases.load("chn-twn-2023")
    assert (case.opened.isoformat(), case.deadline.isoformat()) == ("2023-01-01", "2023-07-01")
