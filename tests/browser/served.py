"""The workbench as a user runs it, and a browser that notes what it says and asks for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
RUN = "import sys; from vedette.cli import main; sys.exit(main(sys.argv[1:]))"
SERIOUS = ("serious", "critical")


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """``vedette serve`` on a workspace, in a process of its own; the address it prints."""
    environment = {**os.environ, "VEDETTE_HOME": str(home), "VEDETTE_AUTHOR": "Test Analyst", "OMP_NUM_THREADS": "1"}
    told = home.with_name(f"{home.name}-serve.log").open("w+")
    server = subprocess.Popen(
        [sys.executable, "-c", RUN, "serve", "--no-browser"], env=environment, stdout=subprocess.PIPE,
        stderr=told, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        line = server.stdout.readline().strip()
        if not line.startswith("http://"):
            told.seek(0)
            raise AssertionError(f"no address was printed: {line!r} {told.read()[-2000:]}")
        yield line.rstrip("/")
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(5)
        assert server.stdout is not None
        server.stdout.close()
        told.close()


def chromium() -> Iterator[Any]:
    """Chromium through Playwright; the test is skipped, saying why, where either is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if path is None:
        pytest.skip("no Chromium found on this machine")
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


class Watched:
    """A page whose console and requests are kept. ``actions`` counts what a user did."""

    def __init__(self, browser: Any, base: str, *, width: int = 1440, scheme: str = "light", **more: Any) -> None:
        self.base = base
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True, **more
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.said: list[str] = []
        self.outside: list[str] = []
        self.actions: list[str] = []
        self.page.on("console", lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.said.append(str(e)))
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.outside.append(request.url)

    def open(self, path: str) -> Any:
        """Go somewhere and wait for what the page loads by itself."""
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def did(self, what: str) -> None:
        """Count one action of the user."""
        self.actions.append(what)

    def click(self, selector: str, what: str) -> None:
        """One action: a click."""
        self.did(what)
        self.page.click(selector)

    def fill(self, selector: str, text: str, what: str) -> None:
        """One action: paste or type."""
        self.did(what)
        self.page.fill(selector, text)

    def press(self, key: str, what: str) -> None:
        """One action: a key."""
        self.did(what)
        self.page.keyboard.press(key)

    def faults(self) -> list[str]:
        """Accessibility findings of level serious or above (axe-core), each with where it is."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, options={"resultTypes": ["violations"], "iframes": False})
        return [
            f"{v['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for v in found.response["violations"]
            if v["impact"] in SERIOUS
            for node in v["nodes"]
        ]

    def close(self) -> None:
        """Close it; nothing may have been said or asked for outside."""
        self.context.close()
        assert self.said == []
        assert self.outside == []
