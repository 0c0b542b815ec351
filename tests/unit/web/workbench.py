"""A workbench for tests: a client without a browser that fills in forms as a browser would."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from starlette.testclient import TestClient

from vedette.bootstrap import open_workspace
from vedette.web.app import create_app
from vedette.web.desk import Desk

CASE = "belarus-2022"


class Page(HTMLParser):
    """The forms, links and words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.scripts: list[str] = []
        self._words: list[str] = []
        self._area: str | None = None
        self._select: str | None = None
        self._raw = ""
        self.feed(text)

    @property
    def words(self) -> str:
        """What a reader reads."""
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        self.ids.add(a.get("id", ""))
        if tag in ("script", "style"):
            self._raw = tag
            if "src" not in a and a.get("type") != "application/json":
                self.scripts.append(self.get_starttag_text() or "")
        if "style" in a or any(k.startswith("on") for k in a):
            self.scripts.append(self.get_starttag_text() or "")
        if tag == "a" and "href" in a:
            self.links.append(a["href"])
        if tag == "form":
            self.forms.append({"action": a.get("action", ""), "method": a.get("method", "get"), "fields": {}})
        if not self.forms:
            return
        fields = self.forms[-1]["fields"]
        if tag == "input" and "name" in a and a.get("type") not in ("file", "submit"):
            if a.get("type") in ("checkbox", "radio"):
                if "checked" in a and "disabled" not in a:
                    if a.get("type") == "checkbox":
                        fields.setdefault(a["name"], [])
                        fields[a["name"]].append(a.get("value", "on"))
                    else:
                        fields[a["name"]] = a.get("value", "on")
            else:
                fields[a["name"]] = a.get("value", "")
        elif tag == "textarea":
            self._area = a.get("name", "")
            fields[self._area] = ""
        elif tag == "select":
            self._select = a.get("name", "")
        elif tag == "option" and self._select is not None and ("selected" in a or self._select not in fields):
            fields[self._select] = a.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None
        if tag in ("script", "style"):
            self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._area is not None and self.forms:
            self.forms[-1]["fields"][self._area] += data
        if not self._raw:
            self._words.append(data)

    def form(self, part: str) -> dict[str, Any]:
        """The form that changes something and whose action holds ``part``."""
        return next(f for f in self.forms if part in f["action"] and f["method"] == "post")


class Workbench:
    """The workbench of the test's own workspace."""

    def __init__(self) -> None:
        self.desk = Desk(open_workspace())
        self.client = TestClient(create_app(self.desk), base_url="http://localhost")
        self.last: Any = None

    def get(self, path: str, status: int = 200, **headers: str) -> Page:
        """A page that must answer with ``status``."""
        self.last = self.client.get(path, headers=headers)
        assert self.last.status_code == status, (self.last.status_code, self.last.text[:2000])
        return Page(self.last.text)

    def send(
        self, form: dict[str, Any], status: int = 200, files: dict[str, Any] | None = None, **fields: Any
    ) -> Page:
        """Send a form of a page with some fields filled in; the page that comes after."""
        data = {**form["fields"], **fields}
        self.last = self.client.post(form["action"], data=data, files=files)
        assert self.last.status_code == status, (self.last.status_code, self.last.text[:3000])
        return Page(self.last.text)

    def add(
        self, text: str, published: str = "2022-01-14", status: int = 200, case: str = CASE, **fields: str
    ) -> Page:
        """Paste a text; the reader (or the form again)."""
        form = self.get(f"/cases/{case}/documents").form(f"/cases/{case}/documents")
        made = self.send(form, status=status, text=text, published=published, **fields)
        return self.wait(made)

    def wait(self, page: Page) -> Page:
        """Follow a reading to its end."""
        for _ in range(1200):
            if "/documents/reading/" not in str(self.last.url) or self.last.status_code != 200:
                return page
            time.sleep(0.05)
            self.last = self.client.get(str(self.last.url))
            page = Page(self.last.text)
        raise AssertionError("the reading does not end")

    @property
    def path(self) -> str:
        """Where the last page lies, without its query."""
        return str(self.last.url.path)

    def item(self) -> str:
        """The item at hand of the reader shown last."""
        found = re.search(r'data-item="([^"]+)"', self.last.text)
        assert found
        return found[1]


def workbench() -> Iterator[Workbench]:
    """For a fixture."""
    made = Workbench()
    with made.client:
        yield made
