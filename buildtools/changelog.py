"""Build CHANGELOG.md from the fragments in changelog.d (see changelog.d/README.md).

By hand::

    python buildtools/changelog.py --draft   # print the new section, change nothing
    python buildtools/changelog.py           # write it and delete the fragments
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = {
    "added": "Added",
    "changed": "Changed",
    "fixed": "Fixed",
    "removed": "Removed",
    "security": "Security",
}
HEAD = "# Changelog\n\nNewest first. Versions follow semantic versioning once 1.0 is out.\n"


class FragmentError(ValueError):
    """A fragment that cannot be used; the message names it and says what to do."""


def fragments(folder: Path) -> dict[str, list[tuple[Path, str]]]:
    """Kind -> (file, text) in order of file name. Raises FragmentError."""
    found: dict[str, list[tuple[Path, str]]] = {kind: [] for kind in KINDS}
    for path in sorted(folder.glob("*")):
        if path.name == "README.md":
            continue
        parts = path.name.split(".")
        if len(parts) != 3 or parts[2] != "md" or parts[1] not in KINDS:
            raise FragmentError(f"{path.name}: name it NAME.KIND.md with KIND one of {', '.join(KINDS)}")
        text = " ".join(path.read_text("utf-8").split())
        if not text:
            raise FragmentError(f"{path.name} is empty: say what changed, or delete it")
        found[parts[1]].append((path, text))
    return found


def section(found: dict[str, list[tuple[Path, str]]], version: str, day: dt.date) -> str:
    """The new part of the changelog, as Markdown."""
    lines = [f"## {version} ({day.isoformat()})", ""]
    for kind, title in KINDS.items():
        if found[kind]:
            lines += [f"### {title}", "", *(f"- {text}" for _, text in found[kind]), ""]
    return "\n".join(lines)


def insert(changelog: str, new: str) -> str:
    """``changelog`` with the section ``new`` before the newest one."""
    start = changelog.find("\n## ")
    if not changelog:
        return f"{HEAD}\n{new}"
    if start < 0:
        return f"{changelog.rstrip()}\n\n{new}"
    return f"{changelog[: start + 1]}{new}\n{changelog[start + 1 :]}"


def version() -> str:
    """Version of the package, read without importing it."""
    text = (ROOT / "src" / "vedette" / "_version.py").read_text("utf-8")
    match = re.search(r'__version__ = "([^"]+)"', text)
    assert match is not None
    return match.group(1)


def main(arguments: list[str] | None = None) -> int:
    """Write or print; 2 for a fragment that cannot be used."""
    parser = argparse.ArgumentParser(description="Build CHANGELOG.md from changelog.d.")
    parser.add_argument("--draft", action="store_true", help="print the new section and change nothing")
    options = parser.parse_args(arguments)
    try:
        found = fragments(ROOT / "changelog.d")
    except FragmentError as error:
        print(f"changelog: {error}", file=sys.stderr)
        return 2
    new = section(found, version(), dt.datetime.now(dt.UTC).date())
    if options.draft:
        print(new)
        return 0
    target = ROOT / "CHANGELOG.md"
    target.write_text(insert(target.read_text("utf-8") if target.exists() else "", new), "utf-8")
    for entries in found.values():
        for path, _ in entries:
            path.unlink()
    print(f"wrote {target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
