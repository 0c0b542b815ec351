"""Composing, issuing and checking briefs in the browser."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from tests.unit.web.workbench import CASE, Page, Workbench

from vedette.web.views.address import address

SMALL = "niger-2023"
PATH = f"/cases/{SMALL}/brief"
DAY = "2023-08-10"
ABUJA = """West African leaders meet in Abuja

Nigerian troops massed near the border with Niger on Aug. 6, two officials said.
"""


def files(bench: Workbench, query: str = "") -> dict[str, Any]:
    return {
        form: bench.client.get(f"{PATH}.{form}?download=1{query}") for form in ("html", "md", "pdf", "docx", "zip")
    }


def test_one_composition_in_every_form_and_each_is_found_to_agree(bench: Workbench) -> None:
    bench.get(f"{PATH}?section=answer&section=scenarios&weeks=0")
    made = files(bench, "&section=answer&section=scenarios&weeks=0")
    starts = {"html": b"<!doctype", "pdf": b"%PDF", "docx": b"PK", "zip": b"PK"}
    for form, answer in made.items():
        assert answer.status_code == 200, form
        assert answer.content.startswith(starts.get(form, b"")), form
        assert f"{SMALL}-{DAY}.{form}" in answer.headers["content-disposition"]
    assert b"Sections left out of this copy" in made["md"].content
    form = bench.get(PATH).form("/verify")
    for kind in ("html", "pdf", "zip"):
        answer = made[kind]
        page = bench.send(form, files={"file": (f"brief.{kind}", answer.content)})
        assert "Agrees" in page.words, (kind, page.words[:800])
        assert "numbers printed on the page" in page.words or kind == "pdf"
        assert "numbers in the facts it carries" in page.words


def test_the_preview_may_be_framed_by_us_alone_and_runs_nothing(bench: Workbench) -> None:
    page = bench.get(PATH)
    assert bench.last.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert '<iframe class="preview" src="/cases/niger-2023/brief.html"' in bench.last.text and page.scripts == []
    answer = bench.client.get(f"{PATH}.html")
    policy = answer.headers["content-security-policy"]
    assert "script-src" not in policy and "default-src 'none'" in policy and "sandbox" in policy
    assert "frame-ancestors 'self'" in policy and answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "content-disposition" not in answer.headers


def test_a_changed_number_is_found_and_named_among_all_that_were_checked(bench: Workbench) -> None:
    text = bench.client.get(f"{PATH}.html").text
    printed = 'data-form="percent">'
    at = text.index(printed) + len(printed)
    forged = text[:at] + "9" + text[at:]
    page = bench.send(bench.get(PATH).form("/verify"), files={"file": ("brief.html", forged.encode())})
    assert "Does not agree" in page.words and "1 of " in page.words and "numbers differ" in page.words
    assert bench.last.text.count('<tr class="off">') == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.html", b"", "nothing"), ("a.html", b"<p>hello", "no Vedette brief"),
        ("a.pdf", b"%PDF-1.7", "Not checked"),
        ("a.zip", b"PK\x03\x04", "Not checked"), ("a.bin", bytes(range(256)), "Not checked"),
    ],
)  # fmt: skip
def test_files_that_are_no_briefs_are_refused_with_the_reason(
    bench: Workbench, name: str, content: bytes, said: str
) -> None:
    form = bench.get(PATH).form("/verify")
    if not content:
        # Nothing chosen means the brief on the page; an empty file is named.
        page = bench.send(form, status=422, files={"file": (name, content)})
        assert "is empty" in page.words
        return
    assert said.casefold() in bench.send(form, status=422, files={"file": (name, content)}).words.casefold()


def test_a_brief_of_another_case_is_not_checked_here(bench: Workbench) -> None:
    other = bench.client.get(f"/cases/{CASE}/brief.html?weeks=0").content
    page = bench.send(bench.get(PATH).form("/verify"), status=422, files={"file": ("other.html", other)})
    assert f"it is a brief of the case {CASE}" in page.words


def test_a_bundle_that_would_fill_the_memory_is_refused(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vedette.web.pages.brief.UNPACKED", 1_000_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("MANIFEST.json", "{}")
        z.writestr("brief.html", b"0" * 2_000_000)
    page = bench.send(bench.get(PATH).form("/verify"), status=422, files={"file": ("b.zip", bomb.getvalue())})
    assert "too large to be checked here" in page.words


def issued(bench: Workbench, page: Page, remark: str = "") -> Page:
    return bench.send(page.form("/issue"), remark=remark)


def test_the_next_brief_says_what_changed_since_the_one_that_was_issued(bench: Workbench) -> None:
    path = PATH
    page = bench.get(f"{path}?weeks=0")
    assert "Nothing was issued yet" in page.words
    page = issued(bench, page, "to the desk")
    assert "Nothing changed since revision 1" in page.words and "to the desk" in page.words
    assert bench.client.get(f"{path}/revisions/1.html").content == bench.client.get(f"{path}.html?weeks=0").content
    reader = bench.add(ABUJA, "2023-08-09", case=SMALL)
    item = bench.item()
    bench.send(reader.form(f"/items/{item}"), verdict="accept")
    page = bench.get(f"{path}?weeks=0")
    assert "Changed since revision 1" in page.words and f"New item {item}" in page.words
    assert "points)" in page.words
    page = issued(bench, page)
    assert "Nothing changed since revision 2" in page.words
    page = bench.send(page.form("/verify"), revision="2")
    assert "Agrees" in page.words and "revision 2" in page.words
    page = bench.send(page.form("/verify"), revision="1")
    assert "Does not agree" in page.words and "inputs of the case have changed" in page.words
    assert "no such revision" in bench.get(f"{path}/revisions/7.html", status=404).words


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=soon", "is not a date"), ("since=2024-01-01", "is not before"),
        ("weeks=many", "is not a number of weeks"),
        ("weeks=5000", "outside 0"), ("section=everything", "unknown section"), ("audience=nobody", "unknown handling"),
        ("mode=odd", "mode"), ("as_of=2030-01-01", ""), ("notes=The+army+may+attack+%5BN001%5D.", ""),
        ("notes=Trains+came+%5BNOPE%5D.", "NOPE"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_said_on_the_page_and_the_choice_is_kept(
    bench: Workbench, query: str, said: str
) -> None:
    page = bench.get(f"{PATH}?{query}", status=422)
    assert "Not written" in page.words and said.casefold() in page.words.casefold() and "No preview" in page.words
    assert "iframe" not in bench.last.text
    for name in ("weeks", "notes"):
        if query.startswith(f"{name}="):
            form = next(f for f in page.forms if name in f["fields"])
            assert form["fields"][name]
    refused = bench.client.get(f"{PATH}.pdf?{query}")
    assert refused.status_code in (404, 422)


def test_a_sentence_of_the_analyst_is_printed_with_its_citation(bench: Workbench) -> None:
    item = bench.desk.case(SMALL).accepted()[0]
    assert item.quote is not None
    note = address("", notes=f"On record: this was said [{item.id}].").removeprefix("?")
    bench.get(f"{PATH}?{note}")
    assert "On record: this was said" in bench.client.get(f"{PATH}.html?{note}").text


def test_what_is_not_there_or_not_ours_is_refused(bench: Workbench) -> None:
    assert "no such format" in bench.get(f"{PATH}.exe", status=404).words
    assert bench.client.get("/cases/atlantis/brief.pdf").status_code == 404
    form = bench.get(PATH).form("/issue")
    assert bench.client.post(f"{PATH}/issue", data={**form["fields"], "csrf": ""}).status_code == 403
    assert bench.desk.workspace.briefs.of(SMALL) == ()
