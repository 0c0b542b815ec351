"""Map, sliders, palette, keys, tour, theme; ledger, history, watch and components in a real browser."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tests.browser.served import FLAGS, Watched, serving
from tests.made_history import world
from tests.made_ledger import Noun, answered, asked, said

pytestmark = pytest.mark.browser

CASE = "belarus-2022"
# Chromium without a graphics card draws WebGL with its own software renderer when told so.
WEBGL = [*(f for f in FLAGS if f != "--disable-gpu"), "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WITHOUT_MAP, WITH_MAP = 1_200_000, 2_200_000  # bytes over the wire


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium with WebGL in software."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if path is None:
        pytest.skip("no Chromium found on this machine")
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path=path, args=WEBGL)
        yield found
        found.close()


def made_ledger() -> list[Noun]:
    """Forty questions by three forecasters, one of them too seldom."""
    rng = np.random.default_rng(5)
    nouns: list[Noun] = []
    for i in range(40):
        q, deadline = f"q{i:02d}", dt.date(2022, 3, 31)
        nouns.append(asked(q, deadline=deadline))
        came = "yes" if rng.random() < 0.35 else "no"
        for who, sure in (("vedette recommended", 0.8), ("ana", 0.65), ("bo", 0.9)):
            if who == "bo" and i > 16:
                continue
            p = float(np.clip(sure + rng.normal(0, 0.1), 0.05, 0.95))
            nouns.append(said("2022-01-10", p if came == "yes" else 1 - p, question=q, who=who, base=0.35))
        nouns.append(answered(came, "2022-03-20" if came == "yes" else None, question=q))
    return nouns


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A workbench with a made ledger and made history."""
    from vedette.bootstrap import open_workspace

    home = tmp_path_factory.mktemp("home")
    before = {k: os.environ.get(k) for k in ("VEDETTE_HOME", "VEDETTE_AUTHOR")}
    os.environ.update(VEDETTE_HOME=str(home), VEDETTE_AUTHOR="Test Analyst")
    try:
        workspace = open_workspace()
        workspace.ledger.append_all(made_ledger())
        world(workspace.settings.data / "frames", months=12)
        with serving(home) as address:
            yield address
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


PAGES = (
    "/ledger", "/ledger/q00", f"/ledger/new?case={CASE}", "/history?intervener=RUS&target=UKR&as_of=2022-01-20",
    "/history/class?intervener=RUS&target=CHN&year=2010", "/history/backtest", f"/watch?case={CASE}",
    "/components", "/tour",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_are_accessible_and_ask_for_nothing_outside(browser: Any, base: str, path: str) -> None:
    for width, scheme in ((1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")):
        w = Watched(browser, base, width=width, scheme=scheme)
        page = w.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
        assert w.faults() == [], (path, width, scheme)
        w.close()


# -- map --------------------------------------------------------------------------------------------------------


def to_map(w: Watched) -> Any:
    page = w.open(f"/cases/{CASE}?as_of=2022-01-20")
    page.locator("#map").scroll_into_view_if_needed()
    page.wait_for_selector(".map-box[data-ready]", timeout=60_000)
    return page


def test_the_map_is_drawn_with_what_the_case_rests_on(browser: Any, base: str) -> None:
    w = Watched(browser, base)
    page = to_map(w)
    over = page.locator(".map-over")
    words = " ".join(over.locator("text").all_text_contents()).replace("\u202f", " ")
    for wanted in ("BELARUS (host)", "UKRAINE (target)", "RUSSIA (intervener)", "87 km", "Kyiv", "Crimea: disputed"):
        assert wanted in words, words
    assert re.search(r"\d+ km at 5\d° N", words)
    assert page.locator("[data-map-still]").first.is_hidden()
    # What was painted is not one colour: host, land and sea differ.
    shot = page.locator(".map-canvas canvas").screenshot()
    assert len(shot) > 20_000
    page.click("text=The map in words")
    told = page.locator(".map-words").inner_text()
    for wanted in ("Belarus (host)", "Crimea", "Spread", "Natural Earth, 1:10 million"):
        assert wanted in told
    assert w.faults() == []
    w.close()


def test_states_with_a_role_are_named_on_a_small_map_too(browser: Any, base: str) -> None:
    w = Watched(browser, base, width=390, scheme="dark")
    page = to_map(w)
    shown = page.locator(".map-over text").evaluate_all(
        "all => all.filter(t => t.style.display !== 'none').map(t => t.textContent)"
    )
    assert {"BELARUS (host)", "UKRAINE (target)", "RUSSIA (intervener)"} <= set(shown), shown
    boxes = page.locator(".map-over text.main").evaluate_all(
        "all => all.map(t => t.getBoundingClientRect()).map(r => [r.left, r.right])"
    )
    assert all(left >= 0 and right <= 390 for left, right in boxes), boxes
    assert w.faults() == []
    w.close()


def test_the_map_goes_by_keys_and_its_marks_lead_to_the_list(browser: Any, base: str) -> None:
    w = Watched(browser, base, reduced_motion="reduce")
    page = to_map(w)

    def place() -> str:
        return str(page.locator(".map-over .end").first.get_attribute("transform"))

    page.focus(".map-canvas canvas")
    before = place()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("t => document.querySelector('.map-over .end').getAttribute('transform') !== t", arg=before)
    before = place()
    page.keyboard.press("+")
    page.wait_for_function("t => document.querySelector('.map-over .end').getAttribute('transform') !== t", arg=before)
    page.keyboard.press("-")
    mark = page.locator(".map-over a").first
    mark.focus()
    assert page.locator(".map-seen li.at").count() == 1, "the row of the mark at hand is shown"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "seen-1"
    w.close()


def test_the_time_brush_filters_marks_and_list_by_keys(browser: Any, base: str) -> None:
    w = Watched(browser, base)
    page = to_map(w)
    every = page.locator(".map-seen li").count()
    assert every >= 2
    page.focus("input[aria-label='Sightings from']")
    page.keyboard.press("End")
    said = page.locator(".map-brush output").inner_text()
    left = page.locator(".map-seen li:visible").count()
    assert 1 <= left < every and f"{left} of {every} sightings" in said
    marks = page.locator(".map-over a").evaluate_all("all => all.filter(a => a.style.display !== 'none').length")
    assert marks == left
    page.keyboard.press("Home")
    assert page.locator(".map-seen li:visible").count() == every
    w.close()


def test_where_it_cannot_be_drawn_the_still_map_stays_and_nothing_is_fetched(browser: Any, base: str) -> None:
    w = Watched(browser, base)
    w.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    asked_for: list[str] = []
    w.page.on("request", lambda r: asked_for.append(r.url))
    page = w.open(f"/cases/{CASE}?as_of=2022-01-20")
    page.locator("#map").scroll_into_view_if_needed()
    page.wait_for_selector("[data-island=map][data-still]")
    assert page.locator("[data-map-still]").first.is_visible()
    assert not [u for u in asked_for if "land.json" in u or "worker" in u]
    w.close()


def test_the_map_follows_the_theme(browser: Any, base: str) -> None:
    w = Watched(browser, base)
    page = to_map(w)
    light = page.locator(".map-canvas canvas").screenshot()
    page.evaluate("document.querySelector('[data-theme-toggle]').click()")
    page.wait_for_timeout(800)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.locator(".map-canvas canvas").screenshot() != light
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark", "the choice is kept"
    w.close()


def test_a_case_page_is_small_over_the_wire(browser: Any, base: str) -> None:
    def taken(scroll: bool) -> int:
        w = Watched(browser, base)
        session = w.context.new_cdp_session(w.page)
        session.send("Network.enable")
        sizes: list[float] = []
        session.on("Network.loadingFinished", lambda e: sizes.append(e["encodedDataLength"]))
        page = w.open(f"/cases/{CASE}?as_of=2022-01-20")
        if scroll:
            page.locator("#map").scroll_into_view_if_needed()
            page.wait_for_selector(".map-box[data-ready]", timeout=60_000)
            page.wait_for_load_state("networkidle")
        lazy = page.locator(".map-box").count()
        assert lazy == int(scroll), "the map is loaded when it comes into sight"
        # The worker is asked for by the map itself and is in no other total.
        worker = page.evaluate("fetch('/static/built/map-worker.js').then(r => r.headers.get('content-length'))")
        w.close()
        return int(sum(sizes)) + (int(worker or 0) if scroll else 0)

    without, with_map = taken(False), taken(True)
    print(f"case page over the wire: {without:,} bytes without the map, {with_map:,} with it")
    assert without <= WITHOUT_MAP
    assert without < with_map <= WITH_MAP


# -- what-if, palette, keys, tour ---------------------------------------------------------------------------------


def test_a_slider_answers_and_the_address_holds_the_setting(browser: Any, base: str) -> None:
    w = Watched(browser, base)
    page = w.open(f"/cases/{CASE}?as_of=2022-01-20")
    page.locator("[data-island=sliders]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-slider] input[type=range]")
    slider = page.locator("[data-slider] input[type=range]").last
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelector('[data-time]').textContent.includes('ms, not saved')")
    assert "set=" in page.url and "points" in page.locator("[data-finding]").inner_text()
    assert "strong" in slider.get_attribute("aria-valuetext")
    told = page.locator("strong[data-number]").inner_text()
    page.reload()
    assert page.locator("strong[data-number]").inner_text() == told, "the address carries the whole view"
    page.locator("[data-reset]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-slider] input[type=range]")
    page.click("[data-reset]")
    page.wait_for_function("() => !location.search.includes('set=')")
    assert page.locator("[data-answer]").is_hidden()
    w.close()


def test_the_palette_finds_by_words_and_goes_by_keys(browser: Any, base: str) -> None:
    w = Watched(browser, base)
    page = w.open("/ledger")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette-list li")
    page.keyboard.type("niger brief")
    page.wait_for_function("() => document.querySelectorAll('#palette-list li').length === 1")
    assert w.faults() == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/niger-2023/brief")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette-list li")
    page.keyboard.type("zzzz")
    page.wait_for_function("() => document.querySelector('.palette-said').textContent.startsWith('Nothing fits')")
    page.keyboard.press("Escape")
    page.wait_for_selector("#palette", state="detached")
    w.close()


def test_keys_rest_while_typing_and_can_be_switched_off(browser: Any, base: str) -> None:
    w = Watched(browser, base)
    page = w.open("/ledger")
    page.focus("#maps")
    page.keyboard.type("g h ?")
    assert page.url.endswith("/ledger") and page.locator("dialog").count() == 0
    assert page.locator("#maps").input_value() == "g h ?"
    page.locator("#maps").blur()
    page.keyboard.press("?")
    page.wait_for_selector("#keys-help")
    told = page.locator("#keys-help").inner_text()
    assert "Keys on this page" in told and "History" in told and "Ctrl" in told
    assert w.faults() == []
    page.click("#keys-on")
    page.keyboard.press("Escape")
    page.wait_for_selector("#keys-help", state="detached")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_timeout(300)
    assert page.url.endswith("/ledger")
    w.open("/ledger")  # a new page keeps the choice
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_timeout(300)
    assert page.url.endswith("/ledger")
    page.click("[data-show-keys]")
    page.click("#keys-on")
    page.keyboard.press("Escape")
    page.wait_for_selector("#keys-help", state="detached")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/history")
    w.close()


def test_the_tour_walks_the_demo_case_by_keys_and_is_then_remembered(browser: Any, base: str) -> None:
    w = Watched(browser, base, reduced_motion="reduce")
    page = w.open("/")
    page.click("text=Walk through the demo case")
    page.wait_for_selector(".tour")
    titles = []
    for _ in range(9):
        titles.append(page.locator(".tour h2").inner_text())
        assert page.locator(".tour-at").count() == 1
        if len(titles) < 9:
            page.keyboard.press("ArrowRight")
    assert len(set(titles)) == 9
    with page.expect_response("**/tour"):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector(".tour", state="detached")
    w.open("/")
    assert page.locator(".invite").count() == 0
    w.close()


def test_the_class_counts_while_a_filter_is_taken_out(browser: Any, base: str) -> None:
    w = Watched(browser, base)
    page = w.open("/history/class?intervener=RUS&target=CHN&year=2010")
    before = page.locator("#class-page h2").first.inner_text()
    page.locator("input[name=f]").first.uncheck()
    page.wait_for_function("t => document.querySelector('#class-page h2').textContent !== t", arg=before)
    assert "f=" in page.url and "pair-years" in page.locator("#class-page h2").first.inner_text()
    w.close()


def test_times_are_shown_in_the_readers_zone_as_well(browser: Any, base: str) -> None:
    w = Watched(browser, base, timezone_id="Europe/Kyiv")
    page = w.open("/ledger/q00")
    assert re.search(r"\d\d:\d\d UTC \d\d:\d\d local", page.locator("[data-clock]").inner_text())
    assert "local)" in page.locator(".saids time").first.inner_text()
    w.close()
