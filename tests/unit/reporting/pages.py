"""Reading a page back in tests: where its text stands, and which requests it would make."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "line", "rect", "circle", "use"}


@dataclass
class Page(HTMLParser):
    """Text nodes with the elements around them, and every tag met."""

    texts: list[tuple[str, list[tuple[str, dict[str, str]]]]] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    stack: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {k: v or "" for k, v in attrs}
        self.tags.append((tag, found))
        if tag not in VOID:
            self.stack.append((tag, found))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self.stack) - 1, -1, -1):
            if self.stack[i][0] == tag:
                del self.stack[i:]
                break

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((data, list(self.stack)))


def read_page(text: str) -> Page:
    """The page, parsed."""
    page = Page()
    page.feed(text)
    page.close()
    return page


def loose_numbers(page: Page) -> list[str]:
    """Digits a reader sees that stand outside a marked figure, a marked constant, a repeated id and the map."""
    marks = ("data-path", "data-fixed", "data-case", "data-drawing")
    found = []
    for text, around in page.texts:
        if any(tag in ("script", "style", "title") for tag, _ in around):
            continue
        if re.search(r"\d", text) and not any(m in attrs for _, attrs in around for m in marks):
            found.append(text)
    return found
