"""The evidence bundle: whole, checkable, the same every time, and silent on what the reader may not see."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest

from vedette.codec.case_file import decode_case
from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.errors import BadInput, CaseRefused
from vedette.reference.bundled import bundled_case
from vedette.reference.case_files import NAMES
from vedette.workflows.brief import make_facts, request_for
from vedette.workflows.bundle import MANIFEST, as_it_stood, is_bundle, make_bundle, verify_bundle


@functools.cache
def bundle() -> bytes:
    """A bundle of a bundled case some days before its own date."""
    case = bundled_case("niger-2023")
    return make_bundle(case, request_for(case, "2023-08-06", weeks=1)).data


def contents(data: bytes) -> dict[str, bytes]:
    """Files of a ZIP by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], *, honest: bool) -> bytes:
    """A bundle of these files; ``honest``: with a manifest that has their digests, as a careful forger would write."""
    if honest:
        manifest = json.loads(files[MANIFEST])
        for entry in manifest["files"]:
            entry["sha256"] = hashlib.sha256(files[entry["name"]]).hexdigest()
        files = {**files, MANIFEST: json.dumps(manifest).encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def nowhere(name: str) -> Case:
    """A workspace without cases."""
    raise CaseRefused("no such case", where=name)


def test_a_bundle_is_the_same_every_time_and_verifies_by_itself() -> None:
    case = bundled_case("niger-2023")
    assert make_bundle(case, request_for(case, "2023-08-06", weeks=1)).data == bundle()
    check = verify_bundle(bundle(), nowhere)
    assert check.ok, (check.reasons, check.differences[:3])
    assert set(check.briefs) == {"brief.html", "brief.md"}
    assert check.quotes > 10 and check.files > 10


def test_every_cited_text_is_in_it_with_its_quotes() -> None:
    files = contents(bundle())
    case = bundled_case("niger-2023")
    for row in json.loads(files["quotes.json"]):
        text = files[row["file"]].decode()
        assert text[row["start"] : row["end"]] == row["text"]
        document = next(d for d in case.documents if d.id == row["document"])
        assert row["source_sha256"] == document.sha256


def test_nothing_later_than_the_date_is_in_it() -> None:
    held = decode_case(contents(bundle())["case.toml"], names=NAMES)
    assert max(e.times.available_at.date().isoformat() for e in held.evidence) <= "2023-08-06"
    assert len(held.evidence) < len(bundled_case("niger-2023").evidence)


def _edit(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


def _drop_document(files: dict[str, bytes]) -> None:
    del files[next(n for n in files if n.startswith("documents/"))]


def _add(files: dict[str, bytes]) -> None:
    files["extra.txt"] = b"x"


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (_edit("README.txt", b"evidence", b"evident"), "file"),
        (_edit("case.toml", b"title", b"titel"), "file"),
        (_drop_document, "file"),
        (_add, "file"),
    ],
)
def test_a_changed_file_is_named(change: Callable[[dict[str, bytes]], None], kind: str) -> None:
    files = contents(bundle())
    change(files)
    check = verify_bundle(packed(files, honest=False), nowhere)
    assert not check.ok
    assert kind in {d.kind for d in check.differences}


def test_a_forger_who_mends_the_digests_is_found_by_the_numbers() -> None:
    files = contents(bundle())
    old = b'data-path="/assessment/scenarios/0/probability" data-form="figure">'
    _edit("brief.html", old, old + b"9")(files)
    check = verify_bundle(packed(files, honest=True), nowhere)
    assert not check.ok and not check.differences
    assert not check.briefs["brief.html"].ok and check.briefs["brief.md"].ok


def test_a_forged_quote_and_a_forged_assessment_are_found() -> None:
    files = contents(bundle())
    rows = json.loads(files["quotes.json"])
    rows[0]["text"] = "Something else"
    files["quotes.json"] = json.dumps(rows).encode()
    assessment = json.loads(files["assessment.json"])
    assessment["scenarios"][0]["probability"] += 0.01
    files["assessment.json"] = json.dumps(assessment).encode()
    check = verify_bundle(packed(files, honest=True), nowhere)
    assert {d.kind for d in check.differences} == {"quote", "assessment"}


def test_what_the_reader_may_not_see_is_nowhere_in_it() -> None:
    case = bundled_case("niger-2023")
    secret = next(e for e in case.evidence if e.quote is not None and e.times.available_at.date().day < 6)
    assert secret.quote is not None
    closed = replace(secret, marking=Marking.RED, claim="Zanzibar sent 4711 camels.")
    marked = replace(case, evidence=tuple(closed if e.id == secret.id else e for e in case.evidence))
    made = make_bundle(marked, request_for(marked, "2023-08-06", weeks=0))
    assert b"camels" not in made.data and made.withheld.evidence == (secret.id,)
    alone = verify_bundle(made.data, nowhere)
    assert not alone.ok and not alone.differences and not alone.briefs
    assert "--case" in alone.reasons[0]
    assert verify_bundle(made.data, lambda name: marked).ok


def test_the_case_inside_gives_the_same_facts() -> None:
    case = bundled_case("belarus-2022")
    request = request_for(case, "2022-01-20", weeks=0)
    sealed, withheld = as_it_stood(case, request)
    assert withheld.nothing
    assert make_facts(sealed, request).data == make_facts(case, request).data


def test_what_is_no_bundle_is_refused() -> None:
    assert not is_bundle(b"PK\x03\x04rubbish") and not is_bundle(b"")
    files = contents(bundle())
    for broken in (b"{}", b"[]", b"\xff", json.dumps({"schema": "bundle/9"}).encode()):
        with pytest.raises(BadInput):
            verify_bundle(packed({**files, MANIFEST: broken}, honest=False))
    with pytest.raises(BadInput, match="damaged"):
        verify_bundle(bundle()[:-30])
