"""Documents behind names: folders, addresses, feeds and messages; nothing left out without a reason."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.loopback import Publisher, Served, publisher
from tests.made_files import TEXT, atom, docx, mail, rss

from vedette.errors import SourceFailed
from vedette.ports.reading import Handed, Passed
from vedette.sources.documents.reader import AnySource
from vedette.sources.documents.web import fetch_page

DAY = "Tue, 18 Jan 2022 09:30:00 GMT"


def source(**changes: object) -> AnySource:
    values: dict[str, object] = {"max_mb": 1, "allow_private": True, "sleep": lambda seconds: None}
    return AnySource(**{**values, **changes})  # type: ignore[arg-type]


def read(name: str | Path, **changes: object) -> tuple[list[Handed], list[Passed]]:
    found = list(source(**changes).documents(str(name)))
    return [f for f in found if isinstance(f, Handed)], [f for f in found if isinstance(f, Passed)]


@pytest.fixture
def site() -> Iterator[Publisher]:
    with publisher({}) as running:
        yield running


def test_a_folder_is_read_with_all_below(tmp_path: Path) -> None:
    (tmp_path / "below" / "deep").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "below" / "deep" / "a.txt").write_text("a")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "lost.txt").symlink_to(tmp_path / "nowhere")
    handed, passed = read(tmp_path)
    assert [h.name for h in handed] == ["b.txt", "a.txt"]
    assert {(Path(p.source).name, str(p.outcome)) for p in passed} == {
        (".git", "skipped"), (".hidden", "skipped"), ("empty.txt", "failed"), ("lost.txt", "skipped"),
    }  # fmt: skip
    (tmp_path / "none").mkdir()
    assert "holds no files" in read(tmp_path / "none")[1][0].why


def test_a_missing_and_a_large_file(tmp_path: Path) -> None:
    assert read(tmp_path / "no.txt")[1][0].why == "no such file"
    (tmp_path / "big.txt").write_bytes(b"x" * 1_000_001)
    assert "VEDETTE_MAX_DOCUMENT_MB" in read(tmp_path / "big.txt")[1][0].why
    (tmp_path / "big.txt").write_bytes(b"x" * 1_000_000)
    assert len(read(tmp_path / "big.txt")[0][0].content) == 1_000_000


def test_attachments_are_documents_of_their_own(tmp_path: Path) -> None:
    inner = mail("Inner text.", subject="Inner")
    files = {"a.docx": docx(["Attached."]), "p.png": b"\x89PNG123", "bad.docx": docx(["x"])[:99], "m.eml": inner}
    (tmp_path / "m.eml").write_bytes(mail(TEXT, files=files))
    handed, passed = read(tmp_path / "m.eml")
    assert [(h.kind, (h.layer or "").strip()) for h in handed] == [
        ("email", TEXT), ("docx", "Attached."), ("email", "Inner text."),
    ]  # fmt: skip
    assert handed[1].source.endswith("m.eml > a.docx") and str(handed[1].published) == "2022-01-18"
    assert [(p.source.rpartition("> ")[2], str(p.outcome)) for p in passed] == [
        ("p.png", "skipped"), ("bad.docx", "failed"),
    ]  # fmt: skip


def test_an_address_is_read_and_redirects_are_said(site: Publisher) -> None:
    site.files["a.html"] = Served(body=b"<p>Page</p>")
    site.files["old"] = Served(body=b"", redirect=site.url("a.html"))
    handed, _ = read(site.url("old"))
    assert handed[0].content == b"<p>Page</p>" and handed[0].url == site.url("a.html")
    assert "led to" in handed[0].notes[0]


def test_private_addresses_are_refused(site: Publisher) -> None:
    site.files["a"] = Served(body=b"secret")
    for url in (site.url("a"), "http://169.254.169.254/x", "http://[::1]/x", "http://localhost/x", "http://0x7f000001/"):
        (refused,) = read(url, allow_private=False)[1]
        assert "private address" in refused.why or "cannot be found" in refused.why
    assert "--allow-private" in read(site.url("a"), allow_private=False)[1][0].why
    assert site.requests == []
    for url in ("file:///etc/passwd", "ftp://example.org/x", "gopher://x/"):
        assert "only http" in read(url, allow_private=False)[1][0].why


def test_a_redirect_into_the_network_is_refused(monkeypatch: pytest.MonkeyPatch, site: Publisher) -> None:
    """The first host counts as public here, the one it redirects to does not."""
    from vedette.sources.documents import web

    real = web.check_address
    site.files["out"] = Served(body=b"", redirect="http://127.0.0.2:9/secret")
    monkeypatch.setattr(web, "check_address", lambda url, allow_private: None if ":9/" not in url else real(url))
    monkeypatch.setattr(web._Guard, "connected", lambda self, sock, host: None)
    (refused,) = read(site.url("out"), allow_private=False)[1]
    assert "private address 127.0.0.2" in refused.why


def test_a_name_that_changes_its_answer_gains_nothing(monkeypatch: pytest.MonkeyPatch, site: Publisher) -> None:
    """The look-up says a public address, the connection ends inside: nothing is sent."""
    from vedette.sources.documents import web

    site.files["a"] = Served(body=b"secret")
    monkeypatch.setattr(web, "check_address", lambda url, allow_private: None)
    (refused,) = read(site.url("a"), allow_private=False)[1]
    assert "private address 127.0.0.1" in refused.why and site.requests == []


def test_busy_servers_are_asked_again(site: Publisher) -> None:
    pauses: list[float] = []
    site.files["a"] = Served(body=b"text", fail_first=[429, 500, 503], retry_after="7")
    handed, _ = read(site.url("a"), sleep=pauses.append)
    assert handed[0].content == b"text" and pauses == [7.0, 7.0, 7.0]
    site.files["b"] = Served(body=b"text", fail_first=[500] * 9)
    assert "answers 500; gave up after 4 attempts" in read(site.url("b"))[1][0].why
    site.files["c"] = Served(body=b"text", fail_first=[403])
    assert read(site.url("c"))[1][0].why == "the server answers 403"
    site.files["d"] = Served(body=b"x" * 5000, cut_at=100, always_cut=True)
    assert "gave up" in read(site.url("d"))[1][0].why


def test_an_answer_that_is_too_large_or_too_slow(site: Publisher) -> None:
    site.files["a"] = Served(body=b"x" * 1_000_001)
    assert "more than 1 MB" in read(site.url("a"))[1][0].why
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        began = time.monotonic()
        with pytest.raises(SourceFailed, match="no whole answer within"):
            fetch_page(url, max_bytes=100, allow_private=True, timeout=30, whole=0.3, attempts=1)
        assert time.monotonic() - began < 10


def test_a_dead_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (failed,) = read(f"http://127.0.0.1:{port}/")[1]
    assert "refused" in failed.why.lower() and "gave up after 4 attempts" in failed.why


def test_the_character_set_of_the_server_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    from vedette.sources.documents import reader
    from vedette.sources.documents.web import Page

    body = "Войска".encode("koi8-r")
    monkeypatch.setattr(
        reader, "fetch_page", lambda url, **_: Page(content=body, url=url, charset="koi8-r", attempts=1)
    )
    (found,) = read("http://example.org/a")[0]
    assert found.layer == "Войска" and found.content == body


def test_a_feed_gives_its_items_oldest_first(site: Publisher) -> None:
    items = [(f"Item {n}", site.url(f"{n}.html"), f"Tue, {10 + n} Jan 2022 09:30:00 GMT", "teaser") for n in range(5)]
    site.files["feed.xml"] = Served(body=rss(items))
    for n in (1, 2, 3):
        site.files[f"{n}.html"] = Served(body=f"<p>Text {n}</p>".encode())
    handed, passed = read(site.url("feed.xml"), limit=4, known={site.url("3.html")})
    assert [h.url for h in handed] == [site.url("1.html"), site.url("2.html")]
    assert [str(h.published) for h in handed] == ["2022-01-11", "2022-01-12"]
    assert handed[0].publisher == "Example Wire" and handed[0].title == "Item 1"
    assert [(str(p.outcome), p.why) for p in passed] == [
        ("skipped", "1 older of 5 items; take more with --limit"), ("skipped", "already read from this address"),
        ("failed", "the server answers 404"),
    ]  # fmt: skip


def test_full_texts_in_a_feed_are_read_from_it(tmp_path: Path, site: Publisher) -> None:
    long = "<p>" + TEXT * 6 + "</p>"
    site.files["feed.xml"] = Served(body=atom([("One", site.url("a"), "2022-01-18T00:00:00Z", long)]))
    (found,), _ = read(site.url("feed.xml"))
    assert found.page and found.layer == long and found.author == "A. Writer"
    assert [path for path, _ in site.requests] == ["feed.xml"]
    (tmp_path / "f.xml").write_bytes(rss([("One", site.url("a"), DAY, "Short."), ("Two", "", DAY, "")]))
    handed, passed = read(tmp_path / "f.xml")
    assert [h.content for h in handed] == [b"Short."] and "fetched only when" in passed[0].why
    assert len(site.requests) == 1
