"""Two people at one record in a real browser: the page that says so fits, is accessible, and loses no word."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.served import RUN, Watched, chromium, serving
from tests.browser.test_accounts_in_chromium import LOOKS, WORDS, signed_in
from tests.made_texts import ARTICLE

pytestmark = pytest.mark.browser

CASE = "belarus-2022"
WAYS = [(*look, scripts) for look in LOOKS for scripts in (True, False)]
LONG = "two agencies and the ministry, " * 12 + "x" * 120
"""A source that must not push the page sideways."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from chromium()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")

    def run(*args: str, given: str = "") -> None:
        environment = {**os.environ, "VEDETTE_HOME": str(home), "VEDETTE_AUTHOR": "bo"}
        command = [sys.executable, "-c", RUN, *args]
        subprocess.run(command, input=given, text=True, env=environment, check=True, capture_output=True)

    for name, role in (("root", "admin"), ("ana", "analyst"), ("bo", "analyst")):
        run("account", "add", name, "--role", role, given=f"{WORDS} {name}\n")
    text = Path(home, "article.txt")
    text.write_text(ARTICLE, encoding="utf-8")
    run("read", str(text), "--case", CASE, "--published", "2022-01-14")
    for n in range(len(WAYS)):
        run("ledger", "add", CASE, "--question", f"q-{n}")
    with serving(home) as address:
        yield address


def answer(page: Any, atom: str, source: str) -> None:
    page.check(f"#resolve input[value={atom}]")
    page.fill("#source", source)
    page.click("#resolve button.primary")
    page.wait_for_load_state("networkidle")


def close(w: Watched) -> None:
    """Close it: the browser notes that an answer was 409, and nothing else."""
    assert all("409" in said for said in w.said), w.said
    w.said.clear()
    w.close()


@pytest.mark.parametrize(("width", "scheme", "scripts"), WAYS)
def test_an_answer_that_comes_second_sees_the_first_and_keeps_its_words(
    browser: Any, base: str, width: int, scheme: str, scripts: bool
) -> None:
    where = f"/ledger/q-{WAYS.index((width, scheme, scripts))}"
    ana = signed_in(browser, base, "ana", width=width, scheme=scheme, java_script_enabled=scripts)
    page = ana.open(where)
    bo = signed_in(browser, base, "bo")
    answer(bo.open(where), "a1", "the United Nations")
    bo.close()
    answer(page, "a3", LONG)
    assert page.locator("h1").inner_text() == "Bo changed this after your page was loaded"
    assert "the United Nations" in page.locator(".deed").inner_text()
    assert LONG in page.locator(".yours").inner_text()
    left, right = (side.bounding_box() for side in page.locator(".sides > section").all())
    assert (left["y"] == right["y"]) is (width > 700), "side by side where there is room, else one below the other"
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert ana.faults() == []
    assert page.locator("text=Keep theirs").get_attribute("href") == where
    assert page.locator("form.block input[name=source]").input_value() == LONG
    page.fill("form.block input[name=source]", "a court")
    page.click("form.block button.primary")
    page.wait_for_url(f"**{where}")
    assert "a court" in page.locator(".title .lede").inner_text(), "the later answer counts"
    close(ana)


def test_in_the_reader_both_sides_come_into_the_panel_and_mine_goes_on_top(browser: Any, base: str) -> None:
    ana, bo = (signed_in(browser, base, name) for name in ("ana", "bo"))
    page = ana.open(f"/cases/{CASE}/documents")
    page.locator("main a[href*='/documents/']").first.click()
    page.wait_for_selector("#decide")
    where = page.url.removeprefix(base)
    item = page.locator("#decide").get_attribute("data-item")
    where += f"{'&' if '?' in where else '?'}item={item}"
    bo.open(where).locator("#decide button[value=reject]").click()
    bo.page.wait_for_load_state("networkidle")
    page.fill("#f-attribution", "the ministry")
    page.locator("#decide button[value=accept]").click()
    page.wait_for_selector(".problem .sides")
    told = " ".join(page.locator(".deed").inner_text().split())
    assert told.startswith("bo rejected") and "proposed → It is now: rejected" in told
    assert "the ministry" in page.locator(".yours").inner_text(), "what ana changed is kept and shown"
    assert ana.faults() == []
    page.click("text=Use mine")
    page.wait_for_selector(".problem", state="detached")
    bo.close()
    close(ana)
