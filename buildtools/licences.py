"""Write ``docs/reference/licences.md``: every locked package with its version, licence and what needs it.

    python buildtools/licences.py [--check]

Read from the metadata of the installed packages. A package that this platform does not install is listed without a
licence, and said to be.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "reference" / "licences.md"
LOCKS = {"run": "every installation", "dev": "tests and extras", "spark": "the Spark tests", "data": "the build"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")

# Licences by the name SPDX gives them, from the names that classifiers use.
NAMES = {
    "OSI Approved :: MIT License": "MIT", "OSI Approved :: BSD License": "BSD", "OSI Approved :: MIT No Attribution "
    "License (MIT-0)": "MIT-0", "OSI Approved :: Apache Software License": "Apache-2.0",
    "OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "OSI Approved :: Python Software Foundation License": "PSF-2.0",
    "OSI Approved :: ISC License (ISCL)": "ISC", "OSI Approved :: The Unlicense (Unlicense)": "Unlicense",
    "OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0",
    "OSI Approved :: GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
}  # fmt: skip

HEAD = """\
# Licences of what is locked

<!-- Written by `python buildtools/licences.py` from the lock files and the installed packages. -->

Vedette itself is under Apache-2.0. These are the packages that the lock files name, with the licence each states in its
own metadata. Data and JavaScript packages that the build takes in are in DATA-LICENCES.md.

| package | version | licence | for |
|---|---|---|---|
"""


def locked() -> dict[str, tuple[str, str]]:
    """Package: (version, the first lock that names it), in the order of `LOCKS`."""
    found: dict[str, tuple[str, str]] = {}
    for lock in LOCKS:
        path = ROOT / "requirements" / f"{lock}.txt"
        if not path.is_file():
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            pin = PIN.match(line)
            if pin:
                found.setdefault(pin[1].lower(), (pin[2], lock))
    return found


def licence(name: str, version: str) -> str:
    """What the installed package of that version says of its licence; why it says nothing otherwise."""
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return "not installed on this platform"
    if found["Version"] != version:
        return f"another version is installed ({found['Version']})"
    stated = (found.get("License-Expression") or "").strip()
    if stated:
        return stated
    classes = [c.removeprefix("License :: ") for c in found.get_all("Classifier") or [] if c.startswith("License :: ")]
    named = [NAMES.get(c, c.rpartition(" :: ")[2]) for c in classes if c != "OSI Approved"]
    if named:
        return ", ".join(named)
    text = " ".join((found.get("License") or "").split())
    return text[:60] if text else "not stated in its metadata"


def page() -> str:
    """The whole page."""
    rows = [
        f"| {name} | {version} | {licence(name, version)} | {LOCKS[lock]} |"
        for name, (version, lock) in sorted(locked().items())
    ]
    return HEAD + "\n".join(rows) + "\n"


def main() -> int:
    """Write the page, or with ``--check`` name the packages of the lock that it does not list as locked."""
    if "--check" in sys.argv[1:]:
        text = TARGET.read_text(encoding="utf-8")
        missing = [n for n, (v, _) in locked().items() if f"| {n} | {v} |" not in text]
        if missing:
            print(f"not listed: {', '.join(missing)}. Run python buildtools/licences.py", file=sys.stderr)
        return 1 if missing else 0
    TARGET.write_text(page(), encoding="utf-8")
    print(f"wrote {TARGET.name}: {len(locked())} packages")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
