"""Adding documents, reading and deciding, as forms without any script."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from collections.abc import Callable

import pytest
from tests.made_files import docx, mail, pdf
from tests.made_texts import ARTICLE, HTML, OTHER_WORLD
from tests.unit.web.workbench import CASE, Workbench

from vedette.domain.case import Case
from vedette.domain.evidence import Status
from vedette.errors import DocumentRefused
from vedette.web.access import Person, Right
from vedette.workflows.open_case import open_case
from vedette.workflows.review import proposals

DOCS = f"/cases/{CASE}/documents"
HOSTILE = """Russian troops <script>alert(1)</script> moved toward "Belarus" on Jan. 12

Russian troops began arriving at Belarusian railway stations near <img src=x onerror=alert(2)> Yelsk on Jan. 12.
"""


def case(bench: Workbench) -> Case:
    return open_case(bench.desk.workspace.cases, CASE)


def test_a_pasted_article_becomes_proposals_marked_in_its_text(bench: Workbench) -> None:
    page = bench.add(ARTICLE)
    assert re.fullmatch(rf"{DOCS}/doc-[0-9a-f]{{12}}", bench.path)
    waiting = proposals(case(bench))
    assert f"Proposal 1 of {len(waiting)}" in page.words
    assert bench.item() == waiting[0].id  # the most consequential first
    assert "If accepted: A" in page.words
    marked = re.findall(r'<mark class="ev c\d proposed[^"]*" data-ev="([^"]+)"', bench.last.text)
    assert set(marked) == {e.id for e in waiting}
    for e in waiting:
        assert e.quote is not None
        pieces = re.findall(rf'data-ev="{re.escape(e.id)}"><span data-at="(\d+)">([^<]*)', bench.last.text)
        assert int(pieces[0][0]) == e.quote.start


def test_deciding_moves_the_number_and_says_what_did_it(bench: Workbench) -> None:
    page = bench.add(ARTICLE)
    first = bench.item()
    page = bench.send(page.form(f"/items/{first}"), verdict="accept")
    assert re.search(r"1 decision: A .* went 1\d\.\d % → 1\d\.\d % \([+−]\d\.\d points\)", page.words)
    assert first in page.words
    second = bench.item()
    assert second != first and "since=0" in str(bench.last.url)
    page = bench.send(page.form(f"/items/{second}"), verdict="reject")
    standing = {e.id: e.status for e in case(bench).standing()}
    assert (standing[first], standing[second]) == (Status.ACCEPTED, Status.REJECTED)
    assert "2 decisions" in page.words
    page = bench.send(page.form("/undo"))
    assert bench.item() == second and "1 decision:" in page.words
    page = bench.send(page.form("/undo"))
    assert bench.item() == first and "decision" not in page.words.partition("Proposal")[0].replace("To decide", "")
    assert all(e.status is Status.PROPOSED for e in case(bench).standing() if e.id in (first, second))
    assert not [f for f in page.forms if f["action"].endswith("/undo")]  # nothing of this sitting is left to undo


def test_every_field_of_the_panel_can_be_corrected_and_is_stored(bench: Workbench) -> None:
    page = bench.add(ARTICLE)
    item = bench.item()
    old = next(e for e in case(bench).evidence if e.id == item)
    assert old.quote is not None
    form = page.form(f"/items/{item}")
    bench.send(
        form, verdict="accept", condition="low_costs", direction="lowers", strength="weak", kind="fact", actor="BLR",
        place="stay:lasting_presence", reliability="B", credibility="3", attribution="A. Witness",
        start=str(old.quote.start), end=str(old.quote.end - 1), reason="misread",
    )  # fmt: skip
    new = next(e for e in case(bench).standing() if e.supersedes == item)
    b = new.bearings[0]
    assert (b.option, b.scenario, b.condition, b.direction, b.strength, b.actor) == (
        "stay", "lasting_presence", "low_costs", "lowers", "weak", "BLR"
    )  # fmt: skip
    assert (new.kind, str(new.grade), new.attribution) == ("fact", "B3", "A. Witness")
    assert new.quote is not None and new.quote.text == old.quote.text[:-1]
    assert new.provenance is not None and new.provenance.reason == "misread"


def test_a_passage_the_rules_passed_over_becomes_an_item_by_hand(bench: Workbench) -> None:
    page = bench.add(ARTICLE)
    text = next(d.text for d in case(bench).documents if bench.path.endswith(d.id))
    quoted = [e.quote.text for e in case(bench).evidence if e.quote]
    words = next(s for s in re.split(r"(?<=[.])\s", text) if not any(q in s or s in q for q in quoted))
    before = {e.id for e in case(bench).evidence}
    bench.send(page.form("/passages"), passage=f"  {words} ")
    made = next(e for e in case(bench).standing() if e.id not in before)
    assert bench.item() == made.id and made.status is Status.PROPOSED and not made.bearings
    assert made.quote is not None and made.quote.text == words
    assert made.provenance is not None and (made.provenance.author, made.provenance.reason) == (
        "Test Analyst", "marked by hand"
    )  # fmt: skip
    page = bench.get(bench.path + f"?item={made.id}")
    bench.send(
        page.form(f"/items/{made.id}"), verdict="accept", condition="technical_feasibility", direction="raises",
        strength="weak", place="stay:lasting_presence",
    )  # fmt: skip
    kept = next(e for e in case(bench).standing() if e.supersedes == made.id)
    assert kept.status is Status.ACCEPTED and kept.bearings[0].condition == "technical_feasibility"
    assert kept.quote == made.quote


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"passage": "These words stand nowhere"}, "These words stand nowhere"),
        ({"passage": " "}, "No passage was given"),
        ({"from": "3", "to": "3"}, "Not made"),
        ({"from": "9999998", "to": "9999999"}, "Not made"),
    ],
)
def test_a_passage_that_cannot_be_an_item_is_refused_with_the_reason(
    bench: Workbench, given: dict[str, str], said: str
) -> None:
    page = bench.add(ARTICLE)
    before = len(case(bench).evidence)
    page = bench.send(page.form("/passages"), status=422, **given)
    assert "Not made" in page.words and said in bench.last.text
    assert len(case(bench).evidence) == before


def test_the_same_passage_is_not_made_an_item_twice(bench: Workbench) -> None:
    page = bench.add(ARTICLE)
    first = next(e for e in case(bench).standing() if e.id == bench.item())
    assert first.quote is not None
    ends = {"from": str(first.quote.start), "to": str(first.quote.end)}
    page = bench.send(page.form("/passages"), status=422, **ends)
    assert f"this passage is the item {first.id} already" in page.words.lower()


def test_without_a_reason_the_correction_says_what_was_changed(bench: Workbench) -> None:
    page = bench.add(ARTICLE)
    item = bench.item()
    bench.send(page.form(f"/items/{item}"), verdict="accept", strength="weak")
    assert case(bench).reviews[-1].reason.startswith("read otherwise: ")
    assert "strength" in case(bench).reviews[-1].reason


def test_a_quote_can_be_corrected_by_its_words_alone(bench: Workbench) -> None:
    page = bench.add(ARTICLE)
    item = bench.item()
    form = page.form(f"/items/{item}")
    shorter = " ".join(form["fields"]["quote"].split()[:6])
    bench.send(form, verdict="correct", quote=shorter)
    new = next(e for e in case(bench).standing() if e.supersedes == item)
    assert new.quote is not None and new.quote.text == shorter
    page = bench.get(bench.path)
    item = bench.item()
    page = bench.send(page.form(f"/items/{item}"), status=422, verdict="correct", quote="words that are not there")
    assert "is not in the document" in page.words and "Your edit is kept" in page.words
    assert page.form(f"/items/{item}")["fields"]["quote"] == "words that are not there"


def test_two_tabs_on_one_item_meet_and_the_edit_is_kept(bench: Workbench) -> None:
    one = bench.add(ARTICLE)
    item = bench.item()
    address = str(bench.last.url)
    form = one.form(f"/items/{item}")
    bench.send(form, verdict="reject")
    page = bench.send(form, status=409, verdict="accept", strength="decisive", reason="seen by two agencies")
    assert "Test Analyst rejected" in page.words and "Keep theirs" in page.words and "Use mine" in page.words
    kept = page.form(f"/items/{item}")
    assert kept["fields"]["reason"] == "seen by two agencies" and kept["fields"]["strength"] == "decisive"
    assert len(case(bench).reviews) == 1
    bench.send(kept, force="mine")
    assert [e.supersedes for e in case(bench).standing() if e.supersedes == item] == [item]
    gone = bench.send({**form, "action": form["action"]}, status=409, verdict="accept")
    assert "was replaced" in gone.words and address


def test_importance_is_kept_apart_from_the_grade_and_counts_on_the_day_of_the_page(bench: Workbench) -> None:
    page = bench.add(ARTICLE)
    item = bench.item()
    page = bench.send(page.form(f"/items/{item}"), verdict="importance", importance="1,5")
    assert "Now +1.50" in page.words
    j = case(bench).judgments[-1]
    assert (j.kind, j.subject, j.value, j.saw_model) == ("likelihood_ratio", item, 1.5, True)
    assert j.at.date().isoformat() == "2022-01-20"
    page = bench.send(page.form(f"/items/{item}"), status=422, verdict="importance", importance="a lot")
    assert "log likelihood ratio" in page.words
    # Who weighed an item has not answered the blind round yet.
    assert "Nobody has answered yet" in bench.get(f"/cases/{CASE}/elicit").words


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "nothing to read yet"),
        ({"text": "Some text"}, "Give the day it was published"),
        ({"text": "Some text", "published": "yesterday"}, "is not a date"),
        ({"text": "Some text", "published": "2023-01-01"}, "would be hindsight"),
        ({"text": "Some text", "published": "2022-02-01"}, "Read it for 1 February 2022"),
        ({"text": "Some text", "url": "https://example.org/a", "published": "2022-01-01"}, "more than one document"),
        ({"url": "ftp://example.org/a"}, "is not a web address"),
        ({"url": "http://127.0.0.1:9/a"}, "Only public addresses are read"),
        ({"url": "http://localhost/a"}, "Only public addresses are read"),
        ({"url": "http://[::1]/a"}, "Only public addresses are read"),
    ],
)
def test_every_mistake_is_named_and_what_was_typed_is_kept(
    bench: Workbench, fields: dict[str, str], said: str
) -> None:
    form = bench.get(DOCS).form(DOCS)
    page = bench.send(form, status=422, **{"title": "A <title>", "publisher": "A paper", **fields})
    page = bench.wait(page)
    assert said.casefold() in page.words.casefold() and "What you typed is kept" in page.words
    again = page.form(DOCS)["fields"]
    for name, value in {"title": "A <title>", "publisher": "A paper", **fields}.items():
        assert again[name] == value
    assert all(d.kind == "note" for d in case(bench).documents)  # nothing was stored


def test_a_later_article_is_read_for_its_own_day_on_request(bench: Workbench) -> None:
    page = bench.add(ARTICLE, "2022-02-01", status=422)
    bench.wait(bench.send(page.form(DOCS), as_of="2022-02-01"))
    assert "as_of=2022-02-01" in str(bench.last.url)
    document = case(bench).documents[-1]
    early = bench.get(f"{DOCS}/{document.id}?as_of=2022-01-20", status=422)
    assert "became known on 2022-02-01" in early.words
    assert "Ruritanian" not in bench.get(f"{DOCS}?as_of=2022-01-20&show=all").words
    assert "Ruritanian" in bench.get(f"{DOCS}?as_of=2022-02-01&show=all").words


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", b"", "is empty"),
        ("noise.bin", bytes(range(256)) * 40, ""),
        ("broken.pdf", b"%PDF-1.7 and nothing more", ""),
        ("broken.docx", b"PK\x03\x04 and nothing more word/", ""),
        ("../../evil.txt", b"", "is empty"),
        ("archive.zip", b"", "is empty"),
    ],
)
def test_files_that_are_no_documents_are_refused_with_the_reason(
    bench: Workbench, name: str, content: bytes, said: str
) -> None:
    form = bench.get(DOCS).form(DOCS)
    page = bench.send(form, status=422, files={"file": (name, content)}, published="2022-01-14", title="kept")
    page = bench.wait(page)
    assert "Not read" in page.words and said.casefold() in page.words.casefold()
    assert page.form(DOCS)["fields"]["title"] == "kept"
    assert "/tmp" not in bench.last.text and "evil" not in page.words.replace("evil.txt", "")


def test_an_uploaded_page_is_read_by_its_kind_and_its_scripts_are_dropped(bench: Workbench) -> None:
    form = bench.get(DOCS).form(DOCS)
    page = bench.wait(
        bench.send(form, files={"file": ("Troops on the move.html", HTML.encode())}, published="2022-01-14")
    )
    assert "Troops on the move" in page.words and "secretly" not in page.words
    assert page.scripts == []


def test_a_text_longer_than_a_book_is_kept_with_the_reason(bench: Workbench) -> None:
    form = bench.get(DOCS).form(DOCS)
    long = "Troops moved to the border near Yelsk. " * 40_000  # 1.6 million characters: no field of a form is cut
    page = bench.wait(bench.send(form, status=422, files={"file": ("", b"")}, text=long))
    assert "Give the day it was published" in page.words
    assert page.form(DOCS)["fields"]["text"].strip() == long.strip()


def test_a_message_with_several_documents_lists_what_became_of_each(bench: Workbench) -> None:
    form = bench.get(DOCS).form(DOCS)
    content = mail(ARTICLE, files={"noise.bin": bytes(range(256)) * 20, "other.txt": OTHER_WORLD.encode()})
    page = bench.wait(bench.send(form, files={"file": ("message.eml", content)}, published="2022-01-14"))
    assert bench.path == DOCS and "What was read just now" in page.words
    assert "4 proposals" in page.words and "0 proposals" in page.words and "noise.bin" in page.words
    assert len([d for d in case(bench).documents if d.kind != "note"]) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [("article.pdf", pdf(ARTICLE.splitlines())), ("article.docx", docx(ARTICLE.split("\n\n")))],
)
def test_files_that_are_not_text_are_read_by_their_text_layer(
    bench: Workbench, name: str, content: bytes
) -> None:
    form = bench.get(DOCS).form(DOCS)
    page = bench.wait(bench.send(form, files={"file": (name, content)}, published="2022-01-14"))
    assert "Proposal 1 of" in page.words and "field hospitals" in page.words


def test_a_file_larger_than_the_limit_is_refused_before_it_is_read(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = bench.get(DOCS).form(DOCS)
    big = b"x" * (int(bench.desk.settings.max_document_mb * 1_000_000) + 2_000_000)
    page = bench.send(form, status=413, files={"file": ("big.txt", big)}, published="2022-01-14")
    assert "MB" in page.words
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("a.txt", "nothing")
    bench.wait(bench.send(form, status=422, files={"file": ("a.zip", archive.getvalue())}, published="2022-01-14"))


def test_a_document_that_speaks_of_something_else_says_so(bench: Workbench) -> None:
    page = bench.add(OTHER_WORLD)
    assert "The rules propose nothing from this document" in page.words


def test_a_copy_is_shown_beside_the_story_it_tells_and_folded_once_decided(bench: Workbench) -> None:
    bench.add(ARTICLE)
    first = bench.path
    page = bench.add("Reprinted by permission.\n\n" + ARTICLE, "2022-01-15", publisher="The Copyist")
    copy = bench.path
    assert copy != first and re.search(r"(Near copy of|Contains) “Ruritanian doubts aside", page.words)
    assert any(href.startswith(first) for href in page.links)
    assert "One other document tells this story" in bench.get(first).words
    page = bench.get(copy)
    while "Proposal 1 of" in page.words:
        page = bench.send(page.form("/items/"), verdict="reject")
    assert " copy" in bench.get(f"{DOCS}?show=all").words


def test_the_same_text_again_leads_to_the_document_that_is_there(bench: Workbench) -> None:
    bench.add(ARTICLE)
    first = bench.path
    bench.add(ARTICLE, "2022-01-15")
    assert bench.path == first
    assert len([d for d in case(bench).documents if d.kind == "article"]) == 1


def test_hostile_text_is_shown_and_never_runs(bench: Workbench) -> None:
    page = bench.add(HOSTILE, title='"><script>alert(3)</script>')
    assert page.scripts == [] and "alert(3)" in page.words
    assert "<script>alert" not in bench.last.text and "<img src=x" not in bench.last.text
    for path in (DOCS, f"{DOCS}?show=all", f"/cases/{CASE}/evidence"):
        assert bench.get(path).scripts == []


def test_a_document_of_another_case_or_name_is_not_found(bench: Workbench) -> None:
    bench.add(ARTICLE)
    name = bench.path.rpartition("/")[2]
    assert "no such document" in bench.get(f"/cases/niger-2023/documents/{name}", status=404).words
    assert "no such case" in bench.get("/cases/atlantis/documents", status=404).words
    for path in ("..%2F..%2Fetc", "%00", "x" * 3000, "<script>"):
        assert bench.client.get(f"{DOCS}/{path}").status_code == 404
    page = bench.get(f"{DOCS}/{name}")
    foreign = page.form("/items/")
    foreign = {**foreign, "action": foreign["action"].replace(CASE, "niger-2023")}
    bench.send(foreign, status=404, verdict="accept")
    bench.send({**page.form("/items/"), "action": f"{DOCS}/{name}/items/B001"}, verdict="reject")
    assert case(bench).reviews[-1].evidence == "B001"  # an item of this case, quoted elsewhere, is still this case's


def test_changing_anything_needs_the_token_of_the_page(bench: Workbench) -> None:
    page = bench.add(ARTICLE)
    form = page.form("/items/")
    for action in (form["action"], f"{bench.path}/undo", DOCS):
        refused = bench.client.post(action, data={**form["fields"], "csrf": "0" * 128, "verdict": "accept"})
        assert refused.status_code == 403
    assert case(bench).reviews == ()


def test_a_part_of_the_page_is_the_same_without_its_surroundings(bench: Workbench) -> None:
    bench.add(ARTICLE)
    part = bench.get(bench.path, **{"HX-Request": "true"})
    assert "<html" not in bench.last.text and 'id="reader"' in bench.last.text
    assert "Proposal 1" in part.words


def test_addresses_that_mean_nothing_say_so(bench: Workbench) -> None:
    assert "is not a date" in bench.get(f"{DOCS}?as_of=soon", status=422).words
    bench.get(f"{DOCS}?since=-1&scenario=nothing&mode=odd&show=odd")
    document = case(bench).documents[0].id
    bench.get(f"{DOCS}/{document}?item=nothing&since=99999999&scenario=nothing")


def test_whoever_may_only_read_sees_why_and_whom_to_ask_and_changes_nothing(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = bench.add(ARTICLE)
    reader, forms = bench.path, [page.form("/items/")]
    forms += [bench.get(DOCS).form(DOCS), bench.get(f"/cases/{CASE}/elicit").form("/elicit")]
    forms += [bench.get(f"/cases/{CASE}/brief?weeks=0").form("/issue")]
    person = Person(name="Rea", rights=frozenset({Right.READ, Right.OPEN}))
    monkeypatch.setattr(bench.desk, "person", lambda request: person)
    for path in (reader, DOCS, f"/cases/{CASE}/elicit"):
        page = bench.get(path)
        assert "You may read this case" in page.words and "Ask whoever runs this workbench" in page.words
        assert {f["action"] for f in page.forms if f["method"] == "post"} <= {"/look", "/sign-out"}
    assert "Proposal 1 of" in bench.get(reader).words
    for form in forms:
        refused = bench.send(form, status=403, verdict="accept", text=ARTICLE, published="2022-01-10")
        assert "right to write" in refused.words
    found = case(bench)
    assert (found.reviews, found.judgments) == ((), ()) and bench.desk.workspace.briefs.of(CASE) == ()
    checked = bench.send(bench.get(f"/cases/{CASE}/brief?weeks=0").form("/verify"))
    assert "Agrees" in checked.words  # checking changes nothing


def test_a_reading_is_followed_by_whoever_started_it_alone(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(desk: object, case_id: str, typed: object, say: Callable[[str], None]) -> str:
        say("Asking for it")
        started.set()
        go_on.wait(20)
        raise DocumentRefused("it did not come", fix="Paste it")

    monkeypatch.setattr("vedette.web.pages.documents._read", slow)
    monkeypatch.setattr("vedette.web.pages.documents.PATIENCE", 0.05)
    page = bench.send(bench.get(DOCS).form(DOCS), url="https://example.org/secret-article")
    started.wait(5)
    assert "/documents/reading/" in bench.path and "Asking for it" in page.words
    assert bench.last.headers["refresh"] == "1"
    job = bench.path
    with monkeypatch.context() as other:
        other.setattr(bench.desk, "person", lambda request: Person(name="Somebody else"))
        assert "secret-article" not in bench.get(job).words
    assert "secret-article" not in bench.get(job.replace(CASE, "niger-2023")).words
    go_on.set()
    for _ in range(100):
        bench.last = bench.client.get(job)
        if bench.last.status_code == 422:
            break
    kept = bench.get(job, status=422)
    assert "It did not come" in kept.words and kept.form(DOCS)["fields"]["url"] == "https://example.org/secret-article"
