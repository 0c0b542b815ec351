"""Every locked package is listed with a licence, and none of them forbids what Apache-2.0 allows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "licences.md"
STRONG_COPYLEFT = re.compile(r"(?<!L)GPL|AGPL|SSPL|non-?commercial", re.IGNORECASE)


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_the_page_lists_what_is_locked() -> None:
    program = ROOT / "buildtools" / "licences.py"
    done = subprocess.run([sys.executable, str(program), "--check"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_what_every_installation_needs_states_its_licence() -> None:
    unknown = [r[0] for r in rows() if r[3] == "every installation" and r[2] == "not stated in its metadata"]
    assert not unknown
    assert len(rows()) > 100


def test_nothing_that_is_installed_with_vedette_is_under_a_strong_copyleft() -> None:
    assert not [r for r in rows() if STRONG_COPYLEFT.search(r[2]) and " OR " not in r[2]]
