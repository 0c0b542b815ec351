"""Size and time of a fresh install: ``python benchmarks/install.py``.

A new virtual environment, the locked run-time dependencies, and the package built from this checkout, not editable:
what a user gets. Printed: megabytes (MiB) in site-packages, the five largest packages, seconds of each step, and
whether any package that must stay out came in. Needs a package index that pip can reach.

Exit status 1 when the size passes its budget or an unwanted package is there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_MIB = 650  # budget of the core install
KEPT_OUT = ("torch", "jax", "pandas", "spacy")
MIB = 1024 * 1024


def run(*command: str) -> float:
    """Run and return seconds; raises CalledProcessError with the output shown."""
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT)
    return time.perf_counter() - start


def sizes(folder: Path) -> Counter[str]:
    """Bytes below ``folder`` by its first level."""
    found: Counter[str] = Counter()
    for parent, _, names in os.walk(folder):
        top = Path(parent).relative_to(folder).parts
        for name in names:
            found[top[0] if top else name] += (Path(parent) / name).lstat().st_size
    return found


def main() -> int:
    """Install into a temporary folder and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder) / "venv"
        made = run(sys.executable, "-m", "venv", str(venv))
        python = str(venv / "bin" / "python")
        pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "-qq")
        lock = str(ROOT / "requirements" / "run.txt")
        dependencies = run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", lock)
        package = run(*pip, "--no-deps", "--no-build-isolation", str(ROOT))
        site = next(venv.glob("lib/python*/site-packages"))
        by_name = sizes(site)
        total = sum(by_name.values())
        unwanted = [name for name in KEPT_OUT if (site / name).exists()]
        answer = subprocess.run(
            [str(venv / "bin" / "vedette"), "--version"], check=True, capture_output=True, text=True
        ).stdout.strip()
    print(f"{answer}: core install {total / MIB:.0f} MiB in site-packages, budget {MOST_MIB}")
    print("largest: " + ", ".join(f"{name} {size / MIB:.0f}" for name, size in by_name.most_common(8)))
    print(f"kept out ({', '.join(KEPT_OUT)}): {'yes' if not unwanted else 'NO: ' + ', '.join(unwanted)}")
    print(f"seconds: venv {made:.1f}, dependencies {dependencies:.1f}, package {package:.1f}")
    return 0 if total <= MOST_MIB * MIB and not unwanted else 1


if __name__ == "__main__":
    raise SystemExit(main())
