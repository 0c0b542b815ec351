"""Board and case in a real browser: no error, no outside request, a phone's width, keys, sliders, accessibility."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vedette.settings import load_settings

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
CASE = "/cases/belarus-2022"
PATHS = ("/?whole=1", f"{CASE}?whole=1", f"{CASE}?without=B051&set=main.low_costs=met", "/new-case")
SERIOUS = ("serious", "critical")


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
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A workbench of the module's own, listening on this machine."""
    import uvicorn

    from vedette.bootstrap import open_workspace, web_application

    home = tmp_path_factory.mktemp("workbench")
    settings = load_settings({"VEDETTE_HOME": str(home), "VEDETTE_AUTHOR": "Test Analyst"})
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(web_application(open_workspace(settings)), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://localhost:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)
    listening.close()


class Watched:
    """A page that remembers what went wrong and what was asked for."""

    def __init__(self, browser: Any, address: str, width: int = 1440, scheme: str = "light", **more: Any) -> None:
        self.address = address
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, **more)
        self.wrong: list[str] = []
        self.asked: list[str] = []
        # The driver of the graphics card speaks of its own speed; that is no fault of the page.
        self.page.on("console", lambda m: self.wrong.append(m.text) if "GL Driver Message" not in m.text else None)
        self.page.on("pageerror", lambda e: self.wrong.append(str(e)))
        self.page.on("request", lambda r: self.asked.append(r.url))

    def open(self, path: str) -> Any:
        """Open a page and wait until everything that is loaded later is there."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle", timeout=60_000)
        return self.page

    def check(self) -> None:
        """No message, no error, nothing asked outside this server."""
        assert self.wrong == []
        outside = [u for u in self.asked if not u.startswith((self.address + "/", "data:", "blob:"))]
        assert outside == []
        self.page.close()


def built() -> bool:
    """Whether the scripts were made (they need npm once)."""
    from vedette.web.desk import STATIC

    return (STATIC / "built" / "app.js").is_file()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1000, 1440])
@pytest.mark.parametrize("path", PATHS)
def test_it_renders_without_error_request_or_sideways_scroll(
    browser: Any, address: str, path: str, width: int, scheme: str
) -> None:
    seen = Watched(browser, address, width, scheme)
    page = seen.open(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 23, 26)")
    assert page.locator("h1").count() == 1
    seen.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PATHS, "/nowhere"])
def test_no_serious_finding_of_accessibility(browser: Any, address: str, path: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    seen = Watched(browser, address, scheme=scheme)
    page = seen.open(path)
    for closed in page.locator("details:not([open]) > summary").all()[:12]:
        closed.click()
    found = axe.Axe().run(page).response["violations"]
    serious = [
        (v["id"], v["help"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found if v["impact"] in SERIOUS
    ]
    assert serious == []
    page.close()


def test_a_page_that_is_asked_for_without_scripts_is_whole(browser: Any, address: str) -> None:
    seen = Watched(browser, address, java_script_enabled=False)
    page = seen.open(CASE)
    page.get_by_role("link", name="Show the whole page at once").click()
    page.wait_for_load_state()
    assert page.locator("#time svg.tm").count() == 1
    assert page.locator("figure.map svg").count() == 1
    # The date control works through its form, the what-if through its choices.
    page.locator("#as-of").fill("2021-12-15")
    page.get_by_role("button", name="Show", exact=True).click()
    assert "as_of=2021-12-15" in page.url
    page.locator("#what-if select").nth(4).select_option("main.low_costs=met")
    page.get_by_role("button", name="Answer").click()
    assert "set=main.low_costs%3Dmet" in page.url
    assert "would be" in page.locator("#what-if h2").inner_text()
    seen.check()


def test_the_time_machine_moves_the_whole_page_by_keys(browser: Any, address: str) -> None:
    if not built():
        pytest.skip("the scripts are not built here (buildtools/assets.py)")
    seen = Watched(browser, address)
    page = seen.open(CASE)
    page.keyboard.press("[")
    page.wait_for_url("**as_of=2022-01-19**")
    page.wait_for_load_state("networkidle")
    assert page.locator(".said").inner_text().startswith("Wednesday 19 January 2022")
    page.keyboard.press("]")
    page.wait_for_url("**as_of=2022-01-20**")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Shift+B")
    page.wait_for_url("**scenario=lasting_presence**")
    page.wait_for_load_state("networkidle")
    # While typing, keys are letters.
    page.locator("#as-of").focus()
    before = page.url
    page.keyboard.press("[")
    page.wait_for_timeout(300)
    assert page.url == before
    seen.check()


def test_sliders_answer_and_the_address_follows(browser: Any, address: str) -> None:
    if not built():
        pytest.skip("the scripts are not built here (buildtools/assets.py)")
    seen = Watched(browser, address)
    page = seen.open(CASE)
    page.locator("#what-if").scroll_into_view_if_needed()
    slider = page.locator('[data-slider="main.low_costs"] input[type=range]')
    slider.wait_for()
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.wait_for_url("**set=main.low_costs=1**")
    assert "A would be roughly even" in page.locator("#what-if h2").inner_text()
    assert "met" in (slider.get_attribute("aria-valuetext") or "")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert "A would be roughly even" in page.locator("#what-if h2").inner_text()
    page.locator("[data-reset]").scroll_into_view_if_needed()
    page.locator('[data-slider="main.low_costs"] input[type=range]').wait_for()
    page.locator("[data-reset]").click()
    page.wait_for_url(lambda u: "set=" not in u)
    assert "What if" in page.locator("#what-if h2").inner_text()
    seen.check()


def test_a_bar_opens_to_its_items_and_one_is_left_out_and_taken_back(browser: Any, address: str) -> None:
    seen = Watched(browser, address)
    page = seen.open(CASE)
    before = page.locator("table.sc td.p").first.inner_text()
    page.locator("#why details summary").first.focus()
    page.keyboard.press("Enter")
    page.locator("#why .items .toggle").first.click()
    page.wait_for_url("**without=**")
    page.wait_for_load_state("networkidle")
    assert page.locator("#h-left").inner_text() == "Left out by you: 1"
    assert f"from {before}" in page.locator("table.sc td.w").first.inner_text()
    page.get_by_role("link", name="Take all back").click()
    page.wait_for_load_state("networkidle")
    assert page.locator("table.sc td.p").first.inner_text() == before
    seen.check()


def test_the_board_fills_in_what_is_being_computed(browser: Any, address: str) -> None:
    if not built():
        pytest.skip("the scripts are not built here (buildtools/assets.py)")
    seen = Watched(browser, address)
    page = seen.open("/")
    page.locator(".bd tbody td.p").nth(1).wait_for(timeout=60_000)
    page.keyboard.press("n")
    page.wait_for_url("**/new-case")
    page.locator("#who").fill("Venezuela")
    page.locator("#target").fill("Guyana")
    page.get_by_role("button", name="Make the case").click()
    page.wait_for_url("**/cases/ven-guy-**")
    seen.check()


def test_both_pages_can_be_used_by_keyboard_from_the_first_link_on(browser: Any, address: str) -> None:
    seen = Watched(browser, address)
    page = seen.open(CASE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    hidden = page.evaluate("""() => [...document.querySelectorAll('main a, main button, main summary')].filter(e =>
        e.getClientRects().length && e.tabIndex < 0).map(e => e.outerHTML.slice(0, 80))""")
    assert hidden == []
    seen.check()


def test_what_a_visit_transfers_stays_small(browser: Any, address: str) -> None:
    """Compressed bytes of a first visit: without the map at most 1.2 MB, with it at most 2.2 MB (issue 7)."""
    if not built():
        pytest.skip("the scripts are not built here (buildtools/assets.py)")
    sizes: dict[str, float] = {}
    for name, scrolls in (("without", False), ("with", True)):
        context = browser.new_context(viewport={"width": 1440, "height": 500})
        page = context.new_page()
        client = context.new_cdp_session(page)
        client.send("Network.enable")
        came: list[float] = []
        client.on("Network.loadingFinished", lambda e, came=came: came.append(e["encodedDataLength"]))
        page.goto(address + CASE)
        page.wait_for_load_state("networkidle")
        if scrolls:
            page.locator("#map").scroll_into_view_if_needed()
            page.locator("#map canvas").wait_for(timeout=60_000)
            page.wait_for_load_state("networkidle")
        sizes[name] = sum(came)
        context.close()
    megabytes = {name: f"{size / 1e6:.2f} MB" for name, size in sizes.items()}
    print(f"first visit, compressed: {megabytes['without']} without the map, {megabytes['with']} with it")
    assert sizes["without"] <= 1.2e6
    assert sizes["with"] <= 2.2e6


def test_the_print_of_a_case_shows_no_controls(browser: Any, address: str, tmp_path: Path) -> None:
    seen = Watched(browser, address)
    page = seen.open(f"{CASE}?whole=1")
    page.emulate_media(media="print")
    shown = page.evaluate("""() => [...document.querySelectorAll('button, .tabs, .bottom, .tools')]
        .filter(e => e.getClientRects().length).length""")
    assert shown == 0
    page.pdf(path=str(tmp_path / "case.pdf"))
    assert (tmp_path / "case.pdf").stat().st_size > 20_000
    seen.check()
