"""Take the README's picture: the top of the demo's brief, as Chromium shows it.

By hand: ``python buildtools/picture.py`` (needs the package installed, and chromium).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "brief.png"
SIZE = "1120,1175"  # the bottom line and the scenarios, at a width that a README shows unscaled
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def main() -> int:
    """Write docs/images/brief.png; 2 when there is no Chromium."""
    browser = next((b for n in ("chromium", "chromium-browser", "google-chrome") if (b := shutil.which(n))), None)
    if browser is None:
        print("picture: chromium is not installed: apt-get install chromium", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "brief.html"
        vedette = Path(sys.executable).parent / "vedette"
        subprocess.run(
            [str(vedette), "brief", "belarus-2022", "--as-of", "2022-01-20", "--format", "html", "--out", str(page)],
            check=True, env={"VEDETTE_HOME": folder, "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [browser, *FLAGS, f"--user-data-dir={folder}/profile", f"--window-size={SIZE}",
             f"--screenshot={PICTURE}", page.as_uri()],
            check=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    print(f"wrote {PICTURE} ({PICTURE.stat().st_size // 1000} kB)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
