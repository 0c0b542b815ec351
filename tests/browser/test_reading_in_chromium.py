"""The analyst's journey in a real browser, from ``vedette serve`` to a brief, and every page on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.served import Watched, chromium, serving
from tests.made_texts import ARTICLE

pytestmark = pytest.mark.browser

CASE = "belarus-2022"
MOST_ACTIONS = 12
READY = "#reader[data-mounted=yes] #decide"  # keys work from here on


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from chromium()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A workbench whose case has an article of four proposals, one of them decided on."""
    with serving(tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture(scope="module")
def article(browser: Any, base: str) -> str:
    """Address of a document read into the shared workbench."""
    w = Watched(browser, base)
    w.open(f"/cases/{CASE}/documents")
    w.page.fill("#text", ARTICLE)
    w.page.fill("#published", "2022-01-14")
    w.page.click("text=Read it")
    w.page.wait_for_selector(READY)
    path = w.page.url.removeprefix(base)
    w.close()
    return path


def test_a_stranger_gets_from_serve_to_an_explained_number_and_on_to_a_brief(
    browser: Any, tmp_path: Path
) -> None:
    with serving(tmp_path / "home") as base:
        w = Watched(browser, base)
        w.did("vedette serve")
        page = w.open("/")  # the browser opens by itself
        w.click(f"a[href*='/cases/{CASE}']", "open the case")
        w.click("nav.tabs >> text=Reader", "go to its documents")
        w.fill("#text", ARTICLE, "paste the article")
        w.fill("#published", "2022-01-14", "say when it was published")
        w.click("text=Read it", "read it")
        page.wait_for_selector(READY)
        promised = page.locator(".preview").inner_text()
        before, after = re.findall(r"(\d+\.\d)\s*%", promised)[:2]
        w.press("a", "accept the first proposal")
        page.wait_for_selector(".moved-line")
        line = page.locator(".moved-line").inner_text()
        # The number moved as the proposal said it would, and the items that did it are named with their points.
        assert re.findall(r"(\d+\.\d)\s*%", line) == [before, after] and before != after
        assert "Russia has moved field hospitals" in page.locator(".causes").inner_text()
        assert re.search(r"[+−]\d\.\d points", page.locator(".causes li").first.inner_text())
        print(f"{len(w.actions)} actions: {'; '.join(w.actions)}")
        assert len(w.actions) <= MOST_ACTIONS, w.actions

        page.keyboard.press("r")
        page.locator(".moved-line", has_text="2 decisions").wait_for()
        page.keyboard.press("u")
        page.locator(".moved-line", has_text="1 decision:").wait_for()

        w.open(f"/cases/{CASE}/evidence?status=accepted&q=field+hospitals")
        assert "Western officials" in page.locator("tbody").inner_text()
        w.open(f"/cases/{CASE}")
        whole = f"{float(after):.0f}"
        assert re.search(rf"\b{whole}\s*%", page.locator("main").inner_text())
        w.open(f"/ledger/new?case={CASE}")
        page.click("text=Commit >> nth=-1")
        page.wait_for_selector("table.saids")
        assert after in page.locator("table.saids").inner_text()  # what was read is what is committed
        w.open(f"/cases/{CASE}/brief?weeks=0")
        frame = page.frame_locator("iframe.preview")
        assert re.search(rf"Attack on Ukraine from Belarus: .*\({whole}\s*%", frame.locator("body").inner_text())
        with page.expect_download() as download:
            page.click("text=Evidence bundle")
        page.set_input_files("#file", download.value.path())
        page.click("text=Check the file")
        page.wait_for_selector("#check", timeout=60_000)
        assert "Agrees" in page.locator("#check").inner_text()
        w.close()


def test_marked_words_become_an_item_at_the_press_of_a_key(browser: Any, tmp_path: Path) -> None:
    mark = """words => {
      for (const piece of document.querySelectorAll('#reader .body [data-at]')) {
        const at = piece.textContent.indexOf(words);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(piece.firstChild, at);
        range.setEnd(piece.firstChild, at + words.length);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        return true;
      }
      return false;
    }"""
    with serving(tmp_path / "home") as base:
        w = Watched(browser, base)
        page = w.open(f"/cases/{CASE}/documents")
        page.fill("#text", ARTICLE)
        page.fill("#published", "2022-01-14")
        page.click("text=Read it")
        page.wait_for_selector(READY)
        words = page.evaluate(
            "() => [...document.querySelectorAll('#reader .body p > [data-at]')]"
            ".map(e => e.textContent.trim()).find(t => t.split(' ').length > 3)"
        )
        first = page.locator("#decide").get_attribute("data-item")
        page.keyboard.press("p")  # nothing is marked: the form that takes the words typed opens
        assert page.locator("#f-passage").is_visible()
        page.locator("#f-passage").blur()
        assert page.evaluate(mark, words)
        page.keyboard.press("p")
        page.wait_for_function("first => document.querySelector('#decide')?.dataset.item !== first", arg=first)
        assert page.locator("#at-hand").inner_text().strip() == words
        made = page.locator("#decide").get_attribute("data-item")
        page.keyboard.press("4")
        page.keyboard.press("+")
        page.select_option("#f-place", index=1)
        page.locator("#f-place").blur()
        page.keyboard.press("a")
        page.locator(".moved-line", has_text="1 decision:").wait_for()
        assert made is not None and made not in page.locator("#decide").get_attribute("data-item")
        # The same with the mouse alone: the button keeps what is marked.
        words = page.evaluate(
            "() => [...document.querySelectorAll('#reader .body p > [data-at]')].reverse()"
            ".map(e => e.textContent.trim()).find(t => t.split(' ').length > 3)"
        )
        assert page.evaluate(mark, words)
        page.click("[data-passage]")
        page.wait_for_function("w => document.querySelector('#at-hand')?.textContent.trim() === w", arg=words)
        w.close()


def test_triage_by_keys_alone_with_corrections_a_moved_edge_and_undo(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path / "home") as base:
        w = Watched(browser, base)
        page = w.open(f"/cases/{CASE}/documents")
        page.fill("#text", ARTICLE)
        page.fill("#published", "2022-01-14")
        page.click("text=Read it")
        page.wait_for_selector(READY)
        item = page.locator("#decide").get_attribute("data-item")
        page.keyboard.press("s")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")
        assert page.locator("#decide [data-accept]").inner_text() == "Accept corrected"  # an edge alone is a change
        page.keyboard.press("s")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert page.locator("#decide [data-accept]").inner_text() == "Accept"
        page.keyboard.press("5")
        page.keyboard.press("-")
        page.keyboard.press("w")
        assert page.locator("input[name=condition]:checked").get_attribute("value") == "low_costs"
        assert page.locator("input[name=direction]:checked").get_attribute("value") == "lowers"
        assert page.locator("#decide [data-accept]").inner_text() == "Accept corrected"
        quote = page.locator("#at-hand").inner_text()
        page.keyboard.press("s")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Enter")
        words = quote.split()
        assert page.locator("#at-hand").inner_text().split() == words[1:-1]
        # Off while typing: letters go into the field and decide nothing.
        page.keyboard.press("y")
        page.keyboard.type("ar")
        assert page.locator("#f-attribution").input_value().endswith("ar")
        page.keyboard.press("Escape")
        page.locator("#main").focus()
        # Looking at another item loses nothing of what was changed here.
        page.keyboard.press("j")
        page.locator(f"#decide:not([data-item='{item}'])").wait_for()
        page.keyboard.press("k")
        page.locator(f"#decide[data-item='{item}']").wait_for()
        assert page.locator("#at-hand").inner_text().split() == words[1:-1]
        assert page.locator("#f-attribution").input_value().endswith("ar")
        assert page.locator("#decide [data-accept]").inner_text() == "Accept corrected"
        page.keyboard.press("a")
        page.wait_for_selector(".moved-line")
        accepted = page.locator(f"mark[data-ev='{item}.c1'].accepted").all_inner_texts()
        assert " ".join(accepted).split() == words[1:-1]
        second = page.locator("#decide").get_attribute("data-item")
        assert second != item
        page.keyboard.press("j")
        page.locator(f"#decide:not([data-item='{second}'])").wait_for()
        page.keyboard.press("k")
        page.locator(f"#decide[data-item='{second}']").wait_for()
        page.keyboard.press("u")
        page.locator(f"#decide[data-item='{item}']").wait_for()
        assert page.locator("mark.accepted").count() == 0
        page.keyboard.press("?")
        assert "Reader" in page.locator("dialog[open]").inner_text()
        page.locator("dialog[open] input[type=checkbox]").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        page.wait_for_timeout(300)
        assert page.locator(".moved-line").count() == 0  # switched off, a key decides nothing
        w.close()


def test_two_tabs_meet_and_the_second_keeps_its_edit(browser: Any, base: str, article: str) -> None:
    one, two = Watched(browser, base), Watched(browser, base)
    one.open(article)
    one.page.wait_for_selector(READY)
    two.open(article)
    two.page.wait_for_selector(READY)
    two.page.fill("#f-attribution", "My own source")
    one.page.keyboard.press("a")
    one.page.wait_for_selector(".moved-line")
    two.page.locator("#main").focus()
    two.page.keyboard.press("a")
    two.page.wait_for_selector(".problem")
    assert "Test Analyst accepted" in two.page.locator(".problem").inner_text()
    assert two.page.locator("#f-attribution").input_value() == "My own source"
    two.said.clear()  # the browser notes the answer 409 itself
    two.page.click("text=Use mine")
    two.page.wait_for_selector(".moved-line")
    one.close()
    two.close()


def test_the_reader_works_without_scripts(browser: Any, base: str, article: str) -> None:
    w = Watched(browser, base, java_script_enabled=False)
    page = w.open(article)
    before = page.locator(".state-line").inner_text()
    page.click("#decide button[value=reject]")
    page.wait_for_selector(".state-line")
    assert page.locator(".state-line").inner_text() != before
    page.click("text=undo")
    assert page.locator("[data-span]").is_hidden()
    w.close()


PAGES = (
    f"/cases/{CASE}/documents", f"/cases/{CASE}/documents?show=all", "ARTICLE", f"/cases/{CASE}/evidence",
    f"/cases/{CASE}/elicit", f"/cases/{CASE}/brief?weeks=0", "/cases/niger-2023/documents?as_of=2023-07-30",
)  # fmt: skip


# Colours are the same at both widths and the layout in both schemes: two of the four hold every rule.
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_pages_fit_are_accessible_and_ask_for_nothing_outside(
    browser: Any, base: str, article: str, width: int, scheme: str
) -> None:
    w = Watched(browser, base, width=width, scheme=scheme)
    for path in PAGES:
        page = w.open(article if path == "ARTICLE" else path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert w.faults() == [], path
    w.close()


def test_small_screens_have_targets_large_enough(browser: Any, base: str, article: str) -> None:
    w = Watched(browser, base, width=390)
    page = w.open(article)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.decide > button, .segs .pill span, .keybar a, .queue a')]
        .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 34).map(e => e.textContent)"""
    )
    assert small == []
    w.close()
