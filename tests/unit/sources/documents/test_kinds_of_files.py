"""PDF, Word, e-mail and feeds: what is read, and every bad file refused in one line."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_files import TEXT, atom, docx, mail, pdf, rss

from vedette.errors import DocumentRefused, VedetteError
from vedette.sources.documents.feed import read_feed
from vedette.sources.documents.kinds import kind_of
from vedette.sources.documents.mail import read_mail
from vedette.sources.documents.pdf import read_pdf
from vedette.sources.documents.word import read_docx


def test_kinds_are_told_by_content() -> None:
    assert kind_of(pdf(["x"])) == "pdf"
    assert kind_of(docx(["x"]), "a.docx") == "docx"
    assert kind_of(docx(["x"]), "unnamed") == "docx"
    assert kind_of(mail("x")) == "email"
    assert kind_of(rss([])) == kind_of(atom([])) == kind_of(b"\xef\xbb\xbf" + rss([])) == "feed"
    assert kind_of(b"<html><body>x</body></html>") == kind_of(TEXT.encode()) == "text"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    assert kind_of(out.getvalue(), "a.zip") == "zip"


def test_a_pdf_gives_its_text_layer() -> None:
    pytest.importorskip("pypdf")
    read = read_pdf(pdf(["Russian troops arrived in Belarus.", "Kyiv is worried."], title="Made"), where="a.pdf")
    assert "Russian troops arrived in Belarus." in read.text and "Kyiv is worried." in read.text
    assert (read.title, read.pages, read.created) == ("Made", 1, dt.date(2022, 1, 18))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pdf(["x"], encrypted=True), "encrypted"),
        (b"%PDF-1.7\n" + b"garbage " * 200, "cannot be read"),
        (pdf(["x" * 50])[:300], "cannot be read|no text layer"),
        (pdf([]), "no text layer"),
    ],
)
def test_bad_pdfs_are_refused(content: bytes, said: str) -> None:
    pytest.importorskip("pypdf")
    with pytest.raises(DocumentRefused, match=said):
        read_pdf(content, where="bad.pdf")


def test_a_pdf_that_takes_too_long_is_given_up() -> None:
    pytest.importorskip("pypdf")
    began = time.monotonic()
    with pytest.raises(DocumentRefused, match="more than 0"):
        read_pdf(pdf(["x"]), where="slow.pdf", seconds=0.01)
    assert time.monotonic() - began < 10


def test_a_word_document_gives_its_paragraphs() -> None:
    read = read_docx(docx(["First &amp; last.", "Second."], title="Made"), where="a.docx")
    assert read.text == "First & last.\nSecond."
    assert (read.title, read.author, read.modified) == ("Made", "Ann Example", dt.date(2022, 1, 19))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (docx(["x"])[:200], "damaged"),
        (docx(["x"], declared=20_000_000), "zip bomb"),
        (docx(["x"], head='<!DOCTYPE d [<!ENTITY a "aaaa">]>'), "entities"),
        (docx([" "]), "no text"),
        (docx(["<broken>"]), "damaged"),
    ],
)
def test_bad_word_documents_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(DocumentRefused, match=said):
        read_docx(content, where="bad.docx")


def test_a_message_and_its_attachments() -> None:
    read = read_mail(mail(TEXT, html="<p>other</p>", files={"a.txt": b"inside"}), where="a.eml")
    assert read.text.strip() == TEXT and not read.page
    assert (read.subject, read.sender, read.sent) == ("Report", "Desk Officer", dt.date(2022, 1, 18))
    assert [(a.name, a.content) for a in read.attachments] == [("a.txt", b"inside")]
    page = read_mail(mail("", html="<p>Only a page.</p>"), where="b.eml")
    assert page.page and "Only a page." in page.text


def test_a_message_in_a_wrong_character_set_is_said() -> None:
    raw = b"From: a@b.c\r\nDate: x\r\nContent-Type: text/plain; charset=klingon\r\n\r\nText \xff here."
    read = read_mail(raw, where="c.eml")
    assert "Text" in read.text and "klingon" in read.notes[0] and read.sent is None


def test_feeds_of_both_kinds() -> None:
    for made, day in ((rss, "Tue, 18 Jan 2022 09:30:00 GMT"), (atom, "2022-01-18T09:30:00Z")):
        feed = read_feed(made([("One & two", "/a", day, "<p>Text</p>")]), where="f", base="https://example.org/x/")
        (item,) = feed.items
        assert feed.title == "Example Wire" and item.title == "One & two"
        assert (item.url, item.day, item.text) == ("https://example.org/a", dt.date(2022, 1, 18), "<p>Text</p>")


def test_a_feed_with_ten_thousand_items() -> None:
    day = "Tue, 18 Jan 2022 09:30:00 GMT"
    content = rss([(f"Item {i}", f"https://example.org/{i}", day, "x") for i in range(10_000)])
    began = time.monotonic()
    assert len(read_feed(content, where="f").items) == 10_000
    assert time.monotonic() - began < 10


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<rss><channel><item><title>&b;</title></item></channel></rss>"
)


@pytest.mark.parametrize(("content", "said"), [(BOMB, "document type"), (rss([("a", "b", "c", "d")])[:-20], "damaged")])
def test_bad_feeds_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(DocumentRefused, match=said):
        read_feed(content, where="f")


BASES = [docx(["x"]), mail("x", files={"a": b"b"}), rss([("a", "b", "c", "d")])]


@given(st.binary(max_size=400), st.sampled_from(BASES), st.integers(0, 400))
def test_nothing_but_a_refusal_comes_out_of_a_broken_file(noise: bytes, base: bytes, at: int) -> None:
    content = base[:at] + noise + base[at:]
    for read in (read_docx, read_mail, read_feed):
        try:
            read(content, where="fuzz")
        except VedetteError as error:
            assert str(error)
