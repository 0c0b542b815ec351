"""``vedette brief`` and ``vedette verify`` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import CommandLine


def test_write_a_brief_and_verify_it(vedette: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "brief.html"
    assert (
        vedette.ok("brief", "niger-2023", "--as-of", "2023-08-10", "--format", "html", "--out", out) == f"{out}\n"
    )
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["brief.html"]
    said = vedette.ok("verify", out)
    assert "All agree" in said
    told = json.loads(vedette.ok("verify", out, "--json"))
    assert told["ok"] is True
    assert told["figures"] > 500


def test_an_edited_brief_is_found_out(vedette: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "brief.html"
    vedette.ok("brief", "niger-2023", "--weeks", "1", "--out", out)
    text = out.read_text(encoding="utf-8")
    old = 'data-path="/assessment/scenarios/0/probability" data-form="figure">'
    place = text.index(old) + len(old)
    out.write_text(text[:place] + "9" + text[place:], encoding="utf-8")
    done = vedette("verify", out)
    assert done.status == 2
    assert "/assessment/scenarios/0/probability" in done.out
    assert "edited by hand" in done.err


def test_markdown_to_stdout_and_to_a_file(vedette: CommandLine, tmp_path: Path) -> None:
    text = vedette.ok("brief", "niger-2023", "--weeks", "1", "--format", "md", "--out", "-")
    assert text.startswith("# ")
    out = tmp_path / "brief.md"
    vedette.ok("brief", "niger-2023", "--weeks", "1", "--out", out)
    assert out.read_text(encoding="utf-8") == text
    assert "All agree" in vedette.ok("verify", out)
    told = json.loads(vedette.ok("brief", "niger-2023", "--weeks", "1", "--out", out, "--json"))
    assert told["format"] == "md"
    assert told["bytes"] == out.stat().st_size


def test_a_pdf_is_written_and_verified(vedette: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "brief.pdf"
    vedette.ok("brief", "niger-2023", "--weeks", "1", "--out", out)
    assert out.read_bytes().startswith(b"%PDF")
    assert "All agree" in vedette.ok("verify", out)
    changed = out.read_bytes().replace(b"/Title", b"/Titel", 1)
    out.write_bytes(changed)
    done = vedette("verify", out)
    assert done.status == 2
    assert "every number agrees" in done.err
    assert "screen" in vedette.refused("brief", "niger-2023", "--format", "pdf", "--out", "-")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["niger-2023", "--note", "Bazoum met 70 envoys [N001]."], "does not hold"),
        (["niger-2023", "--note", "ECOWAS may attack."], "hedge"),
        (["niger-2023", "--note", "Units came [N999]."], "N999"),
        (["niger-2023", "--format", "odt"], "format"),
        (["niger-2023", "--as-of", "soon"], "YYYY-MM-DD"),
        (["niger-2023", "--as-of", "2030-01-01"], "deadline"),
        (["niger-2032"], "niger-2023"),
    ],
)
def test_a_brief_that_cannot_be_made_leaves_no_file(
    vedette: CommandLine, tmp_path: Path, args: list[str], said: str
) -> None:
    out = tmp_path / "brief.html"
    assert said in vedette.refused("brief", *args, "--out", out)
    assert list(tmp_path.glob("*brief*")) == []


def test_where_it_cannot_be_written_nothing_is_left(vedette: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    vedette.refused("brief", "niger-2023", "--out", tmp_path / "file" / "brief.html")
    vedette.refused("brief", "niger-2023", "--out", tmp_path / "missing" / "brief.html")


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"<html></html>", b"\x89PNG\r\n"])
def test_what_is_no_brief_is_refused_in_one_line(vedette: CommandLine, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.html"
    path.write_bytes(data)
    vedette.refused("verify", path)
    vedette.refused("verify", tmp_path / "absent.html")


@pytest.mark.parametrize("suffix", ["html", "md", "pdf", "docx"])
def test_a_brief_of_chosen_sections_verifies(vedette: CommandLine, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"part.{suffix}"
    vedette.ok("brief", "niger-2023", "--weeks", "0", "--sections", "answer,why", "--out", out)
    assert "All agree" in vedette.ok("verify", out)
    if suffix == "md":
        text = out.read_text(encoding="utf-8")
        assert "What this cannot tell you" in text and "Information to" in text
        assert "## Sources" not in text and "Key judgements" not in text
    assert "judgements" in vedette.refused("brief", "niger-2023", "--sections", "judgments", "--out", out)


def test_a_bundle_is_written_and_verified(vedette: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "evidence.zip"
    assert vedette.ok("brief", "niger-2023", "--weeks", "0", "--bundle", out) == f"{out}\n"
    assert "All agree." in vedette.ok("verify", out)
    told = json.loads(vedette.ok("verify", out, "--json"))
    assert told["ok"] is True and set(told["briefs"]) == {"brief.html", "brief.md"}
    data = bytearray(out.read_bytes())
    place = data.index(b"evidence bundle of vedette")
    data[place] = ord("E")
    out.write_bytes(bytes(data))
    done = vedette("verify", out)
    assert done.status == 2, done.out
    assert ".zip" in vedette.refused("brief", "niger-2023", "--bundle", tmp_path / "evidence.tar")
