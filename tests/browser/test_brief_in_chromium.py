"""The brief in a real browser: it renders, asks for nothing, fits a phone, and can be reached by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.reporting.test_brief_page import facts_of

from vedette.reporting.brief import make_brief

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
CONTRAST = """() => {
  const lum = c => { const v = c.match(/[\\d.]+/g).slice(0,3).map(x => { x /= 255;
    return x <= .03928 ? x/12.92 : ((x+.055)/1.055)**2.4 }); return .2126*v[0]+.7152*v[1]+.0722*v[2] };
  const ground = e => { for (; e; e = e.parentElement) { const b = getComputedStyle(e).backgroundColor;
    if (!/rgba\\(.*, 0\\)|transparent/.test(b)) return b } return 'rgb(255,255,255)' };
  const bad = [];
  for (const e of document.querySelectorAll('main *, header *, footer *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || e.closest('svg') || !e.getClientRects().length) continue;
    const a = lum(getComputedStyle(e).color), b = lum(ground(e));
    const r = (Math.max(a,b)+.05)/(Math.min(a,b)+.05);
    if (r < 4.5) bad.push([e.textContent.slice(0,40), r]);
  }
  return bad; }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium through Playwright; skipped, saying why, where either is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if path is None:
        pytest.skip("no Chromium found on this machine")
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made brief on disk."""
    path = tmp_path_factory.mktemp("brief") / "brief.html"
    path.write_text(make_brief(facts_of()).text, encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_it_renders_without_error_request_or_sideways_scroll(
    browser: Any, page_file: Path, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda m: said.append(m.text))
    page.on("pageerror", lambda e: said.append(str(e)))
    page.on("request", lambda r: asked.append(r.url))
    page.goto(page_file.as_uri())
    assert said == []
    assert asked == [page_file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").inner_text() == "Will Russia use Belarus against Ukraine?"
    assert page.locator("svg.ig").first.bounding_box()["width"] > 100
    assert page.evaluate(CONTRAST) == []
    page.close()


def test_everything_that_opens_is_reached_and_opened_by_keyboard(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(page_file.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the assessment"
    wanted = page.locator("summary, a[href]").count()
    reached = 0
    for _ in range(wanted + 5):
        if page.evaluate("document.activeElement.matches('summary, a[href]')"):
            reached += 1
        if page.evaluate("document.activeElement.matches('summary')"):
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.parentElement.open") is True
            page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    assert reached >= wanted
    page.close()


def test_small_targets_are_large_enough_on_a_phone(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(page_file.as_uri())
    heights = page.evaluate("[...document.querySelectorAll('summary')].map(e => e.getBoundingClientRect().height)")
    assert min(heights) >= 36
    page.close()


def test_it_prints_on_a4(browser: Any, page_file: Path, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    made = page.pdf(path=str(tmp_path / "brief.pdf"), prefer_css_page_size=True, print_background=True)
    assert made.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594" in made or b"/MediaBox [0 0 595" in made
    page.close()
