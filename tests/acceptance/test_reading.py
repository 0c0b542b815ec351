"""`vedette read` from anywhere, through the command line: what is read, what is not and why, copies and voices."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.loopback import Publisher, Served, publisher
from tests.made_files import TEXT, docx, mail, pdf, rss
from tests.made_texts import ARTICLE, FRENCH

from vedette.bootstrap import open_workspace

CASE = "belarus-2022"
DATED = ("--published", "2022-01-18")


@pytest.fixture
def site() -> Iterator[Publisher]:
    with publisher({}) as running:
        yield running


def lines(text: str, width: int = 80) -> list[str]:
    words, found = text.split(), [""]
    for word in words:
        if len(found[-1]) + len(word) > width:
            found.append("")
        found[-1] = f"{found[-1]} {word}".strip()
    return found


def read(vedette: Any, *args: str | Path, status: int = 0) -> dict[str, Any]:
    done = vedette("read", *args, "--case", CASE, "--json")
    assert done.status == status, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def put(tmp_path: Path, name: str, content: bytes | str) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("kind", ["pdf", "docx", "email"])
def test_offsets_are_those_of_the_text_layer_and_the_file_is_kept(vedette: Any, tmp_path: Path, kind: str) -> None:
    if kind == "pdf":
        pytest.importorskip("pypdf")
    content = {"pdf": pdf(lines(TEXT)), "docx": docx(["Title", TEXT]), "email": mail(TEXT)}[kind]
    suffix = {"pdf": "pdf", "docx": "docx", "email": "eml"}[kind]
    (reading,) = read(vedette, put(tmp_path, f"a.{suffix}", content), *DATED)["readings"]
    assert len(reading["proposals"]) >= 3
    store = open_workspace().cases
    case = store.load(CASE)
    document = next(d for d in case.documents if d.id == reading["document"]["id"])
    assert store.raw(CASE, document.id) == content
    layer = store.layer(document.text_layer)
    for item in case.evidence:
        if item.quote is not None and item.quote.document.id == document.id:
            quote = item.quote
            raw = layer[document.raw_offset(quote.start) : document.raw_end(quote.end)]
            assert raw == quote.text


def test_a_folder_is_read_once_and_told_in_full(vedette: Any, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    (folder / "below").mkdir(parents=True)
    put(folder, "a.txt", TEXT)
    put(folder / "below", "b.eml", mail(ARTICLE, files={"c.docx": docx([TEXT + " It ended."])}))
    put(folder, "d.docx", docx(["x"])[:150])
    put(folder, "e.bin", bytes(range(256)) * 50)
    first = read(vedette, folder, *DATED, status=2)
    states = {Path(row["source"].rpartition("> ")[2]).name: row["state"] for row in first["health"]}
    assert states == {"a.txt": "ok", "b.eml": "ok", "c.docx": "ok", "d.docx": "failed", "e.bin": "failed"}
    again = vedette("read", folder, "--case", CASE, *DATED)
    assert again.status == 2 and again.out.count("already in belarus-2022") >= 3
    assert "5 documents: 0 ok, 2 failed, 3 skipped." in again.out
    assert "Reading " not in again.err.split("d.docx")[0]


def test_fifty_copies_are_one_voice(vedette: Any, tmp_path: Path) -> None:
    """Every copy's items carry the origins of the first."""
    folder = tmp_path / "wire"
    folder.mkdir()
    put(folder, "00.txt", f"{TEXT}\n")
    for n in range(1, 50):
        put(folder, f"{n:02d}.txt", f"CITY {n} (Wire) - {TEXT} Edited by desk {n}.\n")
    found = read(vedette, folder, *DATED)
    stories = {r["story"]["story"] for r in found["readings"]}
    assert len(found["readings"]) == 50 and len(stories) == 1
    origins = {p["origin"] for r in found["readings"] for p in r["proposals"]}
    single = {p["origin"] for p in found["readings"][0]["proposals"]}
    assert len(found["readings"][0]["proposals"]) * 50 == sum(len(r["proposals"]) for r in found["readings"])
    assert origins == single
    shown = json.loads(vedette.ok("case", "stories", CASE, "--json"))
    biggest = shown["stories"][0]
    assert len(biggest["documents"]) == 50 and biggest["voices"] == len(single)
    text = vedette.ok("case", "stories", CASE)
    assert "near copy of" in text and "independent origins" in text


def test_a_copy_is_said_where_it_is_read(vedette: Any, tmp_path: Path) -> None:
    read(vedette, put(tmp_path, "a.txt", TEXT), *DATED)
    out = vedette.ok("read", put(tmp_path, "b.txt", f"KYIV (Wire) - {TEXT}"), "--case", CASE, *DATED)
    assert "Near copy of doc-" in out and "one voice" in out
    early = json.loads(vedette.ok("case", "stories", CASE, "--as-of", "2022-01-01", "--json"))
    assert all(not d["id"].startswith("doc-") for s in early["stories"] for d in s["documents"])


def test_a_page_and_a_feed_from_a_server(vedette: Any, site: Publisher) -> None:
    page = f'<html><head><meta property="article:published_time" content="2022-01-18"></head><p>{TEXT}</p></html>'
    site.files["a.html"] = Served(body=page.encode(), fail_first=[429], retry_after="0")
    site.files["b.html"] = Served(body=page.replace("2022-01-18", "2022-01-19").encode())
    items = [("A", site.url("a.html"), "Tue, 18 Jan 2022 09:00:00 GMT", "x"),
             ("B", site.url("b.html"), "Wed, 19 Jan 2022 09:00:00 GMT", "x"),
             ("C", site.url("c.html"), "Wed, 19 Jan 2022 10:00:00 GMT", "x")]  # fmt: skip
    site.files["feed"] = Served(body=rss(items))
    assert "private address" in vedette.refused("read", site.url("a.html"), "--case", CASE)
    found = read(vedette, site.url("feed"), "--allow-private", status=2)
    assert [r["document"]["published"] for r in found["readings"]] == ["2022-01-18", "2022-01-19"]
    assert found["readings"][1]["story"]["relation"] in ("same text", "near copy")
    assert sorted(row["state"] for row in found["health"]) == ["failed", "ok", "ok"]
    asked = len(site.requests)
    again = read(vedette, site.url("feed"), "--allow-private", status=2)
    assert sorted(row["state"] for row in again["health"]) == ["failed", "skipped", "skipped"]
    assert len(site.requests) == asked + 2  # the feed and the missing page, not the pages read before


def test_nothing_a_page_names_is_fetched(vedette: Any, site: Publisher) -> None:
    site.files["a.html"] = Served(
        body=f'<html><script src="/s.js"></script><img src="/i.png"><link rel="stylesheet" href="/c.css">'
        f'<iframe src="/f.html"></iframe><p>{TEXT}</p></html>'.encode()
    )
    read(vedette, site.url("a.html"), "--allow-private", *DATED)
    assert [path for path, _ in site.requests] == ["a.html"]


def test_a_translation_is_quoted_as_one(vedette: Any, tmp_path: Path) -> None:
    program = f"import os, sys\nsys.stdin.read()\nprint({TEXT!r} if os.environ['VEDETTE_LANGUAGE'] == 'fr' else '')"
    step = put(tmp_path, "step.py", program)
    command = f"{sys.executable} {step}"
    original, translated = read(
        vedette, put(tmp_path, "a.txt", FRENCH), *DATED, "--translate", command
    )["readings"]  # fmt: skip
    assert original["document"]["language"] == "fr" and original["proposals"] == []
    assert translated["document"]["title"].startswith(f"Translation by {Path(sys.executable).name} of: ")
    assert translated["proposals"] and translated["story"]["relation"] == "translation"
    assert translated["story"]["story"] == original["document"]["id"]
    case = open_workspace().cases.load(CASE)
    source = next(d for d in case.documents if d.id == original["document"]["id"])
    for row in translated["proposals"]:
        assert "quoted from a translation" in row["provenance"]["reason"]
        assert row["quote"]["document"] != source.id and row["quote"]["text"] not in source.text


def test_a_translation_step_that_fails_loses_nothing(vedette: Any, tmp_path: Path) -> None:
    page = put(tmp_path, "a.txt", FRENCH)
    found = read(vedette, page, *DATED, "--translate", f"{sys.executable} -c 'raise SystemExit(3)'", status=2)
    assert len(found["readings"]) == 1 and "status 3" in found["refused"][0]["error"]
    found = read(vedette, page, *DATED, "--translate", "no-such-program", status=2)
    assert "cannot be started" in found["refused"][0]["error"]


def test_a_10_mb_page_on_one_line(vedette: Any, tmp_path: Path) -> None:
    row = (
        "<p class='a b'><span style='color:red'>It rained in the valley</span> and the <a href='/x?y=1'>market</a> "
        "stayed open all day.</p>"
    )
    page = f"<html><body><div>{row * 75_000}<script>{'x=1;' * 100_000}</script><p>{TEXT}</p></div></body></html>"
    assert len(page) > 10_000_000 and "\n" not in page
    began = time.process_time()
    (reading,) = read(vedette, put(tmp_path, "a.html", page), *DATED)["readings"]
    assert reading["proposals"] and time.process_time() - began < 20


def test_the_letter_comes_from_the_kind_of_source_and_the_figure_stays_unknown(vedette: Any, tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", TEXT + " Troops have moved towards the Ukrainian border.")
    (reading,) = read(vedette, path, *DATED, "--publisher", "Reuters")["readings"]
    by_speaker = {p["attribution"].casefold(): p["grade"] for p in reading["proposals"]}
    assert by_speaker["the belarusian defence ministry"] == "D6" and by_speaker["the united states"] == "B6"
    name = reading["proposals"][0]["id"]
    vedette.ok("review", CASE, "--correct", name, "--set", "reliability=C", "--reason", "has been right before")
    vedette.ok("review", CASE, "--correct", f"{name}.c1", "--set", "credibility=2", "--reason", "fits the pictures")
    graded = {e.id: str(e.grade) for e in open_workspace().cases.load(CASE).evidence}
    assert (graded[name], graded[f"{name}.c1"], graded[f"{name}.c2"]) == ("D6", "C6", "C2")


def test_a_workspace_may_have_its_own_letters(vedette: Any, tmp_path: Path, workspace_home: Path) -> None:
    workspace_home.mkdir()
    row = '[[kind]]\nid="{}"\nlabel="l"\nreliability="{}"\nwhy="w"\n'
    table = row.format("party", "E") + row.format("unknown", "F")
    put(workspace_home, "source_kinds.toml", table)
    (reading,) = read(vedette, put(tmp_path, "a.txt", TEXT), *DATED, "--publisher", "Reuters")["readings"]
    assert {p["grade"] for p in reading["proposals"]} <= {"E6", "F6"}
    put(workspace_home, "source_kinds.toml", table.replace('"E"', '"Z"'))
    assert "no letter A to F" in vedette.refused("read", put(tmp_path, "b.txt", ARTICLE), "--case", CASE, *DATED)
