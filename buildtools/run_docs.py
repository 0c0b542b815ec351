"""Run the commands shown in the documents and put their real output in place.

A page may hold:

- a file: ``<!-- file: article.txt -->`` and, after it, a fenced block with its text;
- a session: a fenced block ``console`` whose lines ``$ command`` are run, in order, in one new folder with a new
  workspace; what a command prints stands below it. A comment before the block narrows what is shown:
  ``<!-- lines: 1-12 -->`` (the rest becomes ``...``), or says that the commands fail: ``<!-- exit: 2 -->``.

By hand: ``make docs``, or ``python buildtools/run_docs.py [PAGE...]``. ``--check`` changes nothing and exits with 1
when a page does not show what its commands print. The acceptance tests do the same for every page.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/tutorials/*.md", "docs/how-to/*.md")
# A session may take no longer than this; a command that waits for an answer ends here.
SECONDS = 100

FILE = re.compile(r"<!-- file: (?P<name>[\w.-]+) -->\n+```\w*\n(?P<text>.*?)```\n", re.DOTALL)
SESSION = re.compile(r"(?P<notes>(?:<!-- (?:lines|exit): [\d-]+ -->\n+)*)```console\n(?P<body>.*?)```\n", re.DOTALL)


class PageError(ValueError):
    """A command of a page ended with another status than the page says."""


def pages() -> list[Path]:
    """The pages that hold sessions."""
    found = [path for pattern in PAGES for path in sorted(ROOT.glob(pattern))]
    return [path for path in found if SESSION.search(path.read_text("utf-8"))]


def environment(folder: Path) -> dict[str, str]:
    """A plain terminal of 100 columns, and a workspace in ``folder``."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("VEDETTE_") and k not in ("COLUMNS", "LINES")}
    return {
        **kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "VEDETTE_HOME": str(folder / "workspace"), "VEDETTE_AUTHOR": "A. Analyst", "COLUMNS": "100",
        "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC",
    }  # fmt: skip


def commands(body: str) -> list[str]:
    """The commands of a session, continued lines joined."""
    found: list[str] = []
    continued = False
    for line in body.splitlines():
        if continued:
            found[-1] += "\n" + line
        elif line.startswith("$ "):
            found.append(line[2:])
        continued = (continued or line.startswith("$ ")) and line.endswith("\\")
    return found


def shown(output: str, lines: str | None) -> list[str]:
    """The lines of ``output`` that the page shows."""
    every = [line.rstrip() for line in output.rstrip("\n").split("\n")] if output.strip() else []
    if lines is None:
        return every
    first, last = (int(n) for n in lines.split("-"))
    kept = every[first - 1 : last]
    return [*(["..."] if first > 1 else []), *kept, *(["..."] if last < len(every) else [])]


def session(notes: str, body: str, folder: Path) -> str:
    """The block with the real output of its commands. Raises PageError."""
    told = dict(re.findall(r"<!-- (lines|exit): ([\d-]+) -->", notes))
    out: list[str] = []
    for command in commands(body):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command], check=False, cwd=folder, text=True,
            env=environment(folder.parent), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=SECONDS,
        )  # fmt: skip
        if done.returncode != int(told.get("exit", "0")):
            raise PageError(f"$ {command}\nexit status {done.returncode}\n{done.stdout[-2000:]}")
        out += [f"$ {command}", *shown(done.stdout, told.get("lines"))]
    return f"{notes}```console\n" + "\n".join(out) + "\n```\n"


def rerun(text: str) -> str:
    """The page with the output its commands print now. Files and sessions are met in the order of the page."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "here"
        folder.mkdir()
        parts: list[str] = []
        position = 0
        blocks = sorted([*FILE.finditer(text), *SESSION.finditer(text)], key=lambda m: m.start())
        for block in blocks:
            parts.append(text[position : block.start()])
            position = block.end()
            if block.re is FILE:
                (folder / block["name"]).write_text(block["text"], "utf-8")
                parts.append(block[0])
            else:
                parts.append(session(block["notes"], block["body"], folder))
        return "".join([*parts, text[position:]])


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrite the pages, or with ``--check`` only compare."""
    parser = argparse.ArgumentParser(description="Run the commands shown in the documents.")
    parser.add_argument("pages", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if a page is out of date")
    options = parser.parse_args(arguments)
    status = 0
    for path in options.pages or pages():
        before = path.read_text("utf-8")
        try:
            after = rerun(before)
        except PageError as error:
            print(f"{path}: {error}", file=sys.stderr)
            status = 1
            continue
        if after == before:
            continue
        print(f"{path}: {'out of date' if options.check else 'written'}", file=sys.stderr)
        if options.check:
            status = 1
        else:
            path.write_text(after, "utf-8")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
