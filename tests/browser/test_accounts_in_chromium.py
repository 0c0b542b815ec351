"""A shared workbench in a real browser: signing in, one's own account, everybody's, sharing, comments, the log."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from tests.browser.served import RUN, Watched, chromium, serving

pytestmark = pytest.mark.browser

CASE = "belarus-2022"
WORDS = "a sentence to remember"
PAGES = ("/account", "/accounts", f"/cases/{CASE}/sharing", f"/cases/{CASE}/comments", "/log")
LOOKS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from chromium()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    for name, role in (("root", "admin"), ("ana", "analyst")):
        subprocess.run(
            [sys.executable, "-c", RUN, "account", "add", name, "--role", role], input=f"{WORDS} {name}\n", text=True,
            env={**os.environ, "VEDETTE_HOME": str(home)}, check=True, capture_output=True,
        )  # fmt: skip
    with serving(home) as address:
        yield address


def signed_in(browser: Any, base: str, name: str = "root", **how: Any) -> Watched:
    w = Watched(browser, base, **how)
    w.open("/")
    w.page.fill("#name", name)
    w.page.fill("#password", f"{WORDS} {name}")
    w.page.keyboard.press("Enter")
    w.page.wait_for_selector("a[href='/account']")
    return w


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_pages_of_a_team_fit_and_can_be_used_by_everybody(
    browser: Any, base: str, width: int, scheme: str
) -> None:
    stranger = Watched(browser, base, width=width, scheme=scheme)
    page = stranger.open("/ledger")
    assert "/sign-in" in page.url and stranger.faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    stranger.close()
    w = signed_in(browser, base, width=width, scheme=scheme)
    for path in PAGES:
        page = w.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert w.faults() == [], path
    w.close()


def test_a_key_is_made_and_ended_and_an_account_is_added(browser: Any, base: str) -> None:
    w = signed_in(browser, base)
    page = w.open("/account")
    page.fill("#label", "wire desk")
    page.click("text=Make the key")
    assert page.locator("code.key").inner_text().startswith("vdt_")
    page.click("text=End the key for wire desk")
    page.wait_for_url("**/account?done=key")
    assert page.locator("td .tag", has_text="ended").count() == 1
    page = w.open("/accounts")
    page.fill("#name", "new.one")
    page.fill("#password", "words of the new one")
    page.fill("#again", "words of the new one")
    page.click("text=Add the account")
    page.wait_for_url("**/accounts?done=new.one")
    assert "3 people may sign in" in page.locator("#h-all").inner_text()
    w.close()
