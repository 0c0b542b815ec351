"""The evidence bundle: a brief with everything it rests on in one file, and the check of one.

A ZIP with the brief in several forms, the assessment, the case as it stood that day, the text of every cited document,
every quote with its place, and a manifest of digests. What is marked above the reader is left out and counted. Nothing
in it depends on the clock, the machine or a compression library: same case and request, same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from vedette._version import __version__
from vedette.codec.case_file import decode_case
from vedette.codec.case_writer import encode_case
from vedette.codec.json import decode, encode
from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.time import AsOf
from vedette.domain.track_record import TrackRecord
from vedette.errors import BadInput, VedetteError
from vedette.forecasting.analysts import AnalystRecord
from vedette.reference.case_files import NAMES
from vedette.reporting.brief import Brief, make_brief
from vedette.reporting.figures import Facts
from vedette.reporting.verify import Difference, Verification, read_brief, value_differences
from vedette.workflows.brief import BriefRequest, make_facts, verify_brief
from vedette.workflows.handling import Withheld, for_audience
from vedette.workflows.track_record import FindRecord, known_record, record_for

SCHEMA: Final = "bundle/1"
MANIFEST: Final = "MANIFEST.json"
ANALYSTS: Final = "analysts.json"
ALWAYS_FORMS: Final = ("html", "md")
"""Forms of the brief in every bundle: those that need no extra."""

LARGEST: Final = 1_000_000_000
"""Bytes of content above which a bundle is not read: a file made to fill the memory. [assumption]"""

_FIXED: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say: no clock enters the file
_README: Final = """\
An evidence bundle of vedette.

brief.*          the brief; every figure in it is in its own facts
assessment.json  the assessment behind it
analysts.json    what weighed the analysts: earlier forecasts and answers, others' names left out (if any judged)
case.toml        the case as it stood at the cut-off (vedette case import case.toml)
documents/       the text of every document that is quoted
quotes.json      every quote: item, document, digest, start and end in code points
MANIFEST.json    SHA-256 of every file above; what was withheld

Check it: vedette verify FILE.zip
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A finished bundle. ``data``: the ZIP. ``manifest``: what it holds and what was withheld."""

    data: bytes
    manifest: Mapping[str, Any]
    withheld: Withheld


def make_bundle(
    case: Case,
    request: BriefRequest,
    forms: Sequence[str] = ALWAYS_FORMS,
    *,
    record: FindRecord | None = None,
) -> Bundle:
    """The bundle of a case for a request, with the brief in these forms besides HTML and Markdown.

    ``record``: what the workspace's analysts forecast before; what of it weighed them goes with the bundle.
    Raises what making a brief raises.
    """
    facts = make_facts(case, request, record=record)
    sealed, withheld = as_it_stood(case, request)
    files: dict[str, bytes] = {"README.txt": _README.encode()}
    for form in dict.fromkeys((*ALWAYS_FORMS, *forms)):
        files[f"brief.{form}"] = make_brief(facts, form).data
    files["assessment.json"] = _json(facts["assessment"])
    files["case.toml"] = encode_case(sealed).encode()
    past = record_for(sealed, record)
    if past is not None:
        known = known_record(past.record, AsOf(date=request.as_of), [j.analyst for j in sealed.judgments])
        files[ANALYSTS] = _json(encode(known))
    quotes, documents = _quotes(sealed)
    files["quotes.json"] = _json(quotes)
    files.update({_file_of(d): d.text.encode() for d in documents})
    manifest = {
        "schema": SCHEMA,
        "written_by": f"vedette {__version__}",
        "case": case.id,
        "as_of": request.as_of.isoformat(),
        "inputs_digest": facts["assessment"]["inputs_digest"],
        "request": request.to_dict(),
        "withheld": {
            "ceiling": withheld.ceiling.value, "documents": len(withheld.documents),
            "evidence": len(withheld.evidence), "reviews": withheld.reviews, "judgments": withheld.judgments,
            "marks": dict(withheld.marks),
        },
        "files": [
            {"name": name, "bytes": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
            for name in sorted(files)
        ],
    }  # fmt: skip
    return Bundle(data=_pack({MANIFEST: _json(manifest), **files}), manifest=manifest, withheld=withheld)


def as_it_stood(case: Case, request: BriefRequest) -> tuple[Case, Withheld]:
    """The case at the request's date as its reader may see it, and what was left out for the reader's sake."""
    known = case.known(AsOf(date=request.as_of))
    present = {e.id for e in known.evidence}
    reviews = tuple(r for r in known.reviews if r.evidence in present)
    return for_audience(replace(known, reviews=reviews), request.audience)


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n").encode()


def _file_of(document: Document) -> str:
    """A name that any system takes: the id may hold what a file name cannot, the digest keeps two apart."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", document.id).strip(".-")[:60] or "document"
    return f"documents/{safe}-{document.sha256[:12]}.txt"


def _quotes(case: Case) -> tuple[list[dict[str, Any]], list[Document]]:
    """Every quote of the accepted evidence, by item, and the documents they come from."""
    rows: list[dict[str, Any]] = []
    documents: dict[str, Document] = {}
    for item in sorted(case.accepted(), key=lambda e: e.id):
        if item.quote is None:
            rows.append({"evidence": item.id, "document": None, "unverified": item.unverified_quote})
            continue
        d = documents.setdefault(item.quote.document.id, item.quote.document)
        rows.append(
            {
                "evidence": item.id, "document": d.id, "file": _file_of(d), "source_sha256": d.sha256,
                "text_sha256": hashlib.sha256(d.text.encode()).hexdigest(), "start": item.quote.start,
                "end": item.quote.end, "text": item.quote.text,
            }
        )  # fmt: skip
    return rows, [documents[k] for k in sorted(documents)]


def _pack(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _FIXED)
            info.create_system = 3  # else the file says on which system it was made
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return out.getvalue()


# -- checking ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleCheck:
    """The outcome. ``files``: how many digests were compared; ``quotes``: how many quotes were found in their place.

    ``briefs``: by file name, the recomputation of every number; empty, with a reason, when the case in the bundle lacks
    what was withheld and no other was at hand.
    """

    case: str
    as_of: str
    files: int
    quotes: int
    briefs: Mapping[str, Verification]
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every digest, quote and number agrees, and the numbers were computed again."""
        return not self.differences and bool(self.briefs) and all(v.ok for v in self.briefs.values())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for ``--json``."""
        return {
            "ok": self.ok, "case": self.case, "as_of": self.as_of, "files": self.files, "quotes": self.quotes,
            "reasons": list(self.reasons), "briefs": {k: v.to_dict() for k, v in self.briefs.items()},
            "differences": [
                {"kind": d.kind, "where": d.where, "brief": d.brief, "check": d.check} for d in self.differences
            ],
        }  # fmt: skip


def is_bundle(data: bytes) -> bool:
    """Whether a file is a bundle (and not, say, a DOCX, which is a ZIP too)."""
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return MANIFEST in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def verify_bundle(
    data: bytes,
    find_case: Callable[[str], Case] | None = None,
    *,
    case: str | None = None,
    record: FindRecord | None = None,
) -> BundleCheck:
    """Compare every file with its digest, every quote with its document, and every number with a fresh computation.

    The numbers are computed from the case in the bundle; from ``find_case`` when ``case`` names one, or when items were
    withheld. Raises `BadInput` when the file is no bundle.
    """
    files, manifest = _read(data)
    differences = _digest_differences(files, manifest)
    quotes, wrong = _quote_differences(files)
    differences += wrong
    source, reason = _case_for(files, manifest, find_case, case)
    reasons = [reason] if reason else []
    briefs: dict[str, Verification] = {}
    if source is not None:
        recompute = _recompute(source, _record_for(files, record))
        for name in sorted(n for n in files if re.fullmatch(r"brief\.\w+", n)):
            briefs[name] = verify_brief(files[name], recompute)
            reasons += [f"{name}: {r}" for r in briefs[name].reasons]
            differences += _assessment_differences(name, files)
    return BundleCheck(
        case=str(manifest["case"]), as_of=str(manifest["as_of"]), files=len(manifest["files"]), quotes=quotes,
        briefs=briefs, differences=tuple(differences), reasons=tuple(dict.fromkeys(reasons)),
    )  # fmt: skip


def _read(data: bytes) -> tuple[dict[str, bytes], dict[str, Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if sum(i.file_size for i in infos) > LARGEST:
                raise BadInput("the bundle is too large to be ours")
            names = [i.filename for i in infos]
            repeated = sorted({n for n in names if names.count(n) > 1})
            if repeated:
                raise BadInput(f"the bundle holds two files of one name: {', '.join(repeated[:3])}")
            files = {i.filename: archive.read(i) for i in infos if not i.is_dir()}
        manifest = json.loads(files[MANIFEST])
        if manifest["schema"] != SCHEMA:
            raise BadInput(f"the bundle has schema {manifest['schema']!r}, not {SCHEMA!r}",
                           fix="Check it with its own version")  # fmt: skip
        for entry in manifest["files"]:
            _ = entry["name"], entry["sha256"]
        _ = manifest["case"], manifest["as_of"], manifest["withheld"]["evidence"]
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadInput(f"the bundle is damaged ({error})", fix="Ask for it again") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadInput(
            f"the manifest of the bundle cannot be read ({error})", fix="It was changed by hand, or is none of ours"
        ) from error
    return files, manifest


def _digest_differences(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[Difference]:
    listed = {str(e["name"]): str(e["sha256"]) for e in manifest["files"]}
    found = []
    for name in sorted({*listed, *files} - {MANIFEST}):
        told = listed.get(name, "not in the manifest")
        real = hashlib.sha256(files[name]).hexdigest() if name in files else "no such file"
        if told != real:
            found.append(Difference(kind="file", where=name, brief=told[:20], check=real[:20]))
    return found


def _quote_differences(files: Mapping[str, bytes]) -> tuple[int, list[Difference]]:
    """(quotes in their place, those that are not)."""
    held, wrong = 0, []
    try:
        rows = json.loads(files["quotes.json"])
        for row in rows:
            if row["document"] is None:
                continue
            text = files.get(row["file"], b"").decode("utf-8", "replace")
            there = text[int(row["start"]) : int(row["end"])]
            if there == row["text"] and hashlib.sha256(text.encode()).hexdigest() == row["text_sha256"]:
                held += 1
            else:
                wrong.append(
                    Difference(kind="quote", where=row["evidence"], brief=row["text"][:60], check=there[:60])
                )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        wrong.append(Difference(kind="file", where="quotes.json", brief="quotes", check=f"cannot be read ({error})"))
    return held, wrong


def _case_for(
    files: Mapping[str, bytes], manifest: Mapping[str, Any], find_case: Callable[[str], Case] | None, case: str | None
) -> tuple[Case | None, str]:
    """The case to compute from, or None and the reason."""
    if case is not None and find_case is not None:
        return find_case(case), f"computed from the case {case}, not from the one in the bundle"
    held = manifest["withheld"]
    if not held["evidence"] and not held["documents"] and not held.get("judgments"):
        try:
            return decode_case(files["case.toml"], names=NAMES), ""
        except KeyError:
            return None, "the bundle holds no case.toml: nothing to compute from"
        except VedetteError as error:
            return None, f"case.toml cannot be read ({error})"
    try:
        if find_case is not None:
            return find_case(str(manifest["case"])), "items were withheld from the bundle: computed from the case here"
    except VedetteError:
        pass
    return None, (
        f"not computed again: {held['evidence']} items are withheld from the bundle and the case "
        f"{manifest['case']} is not here. Name it with --case"
    )


def _record_for(files: Mapping[str, bytes], here: FindRecord | None) -> FindRecord | None:
    """The analysts' record in the bundle, else the one here."""
    if ANALYSTS not in files:
        return here
    try:
        found = AnalystRecord(decode(TrackRecord, json.loads(files[ANALYSTS])))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{ANALYSTS} cannot be read ({error})", fix="Ask for the bundle again") from error
    return lambda: found


def _recompute(case: Case, record: FindRecord | None) -> Callable[[BriefRequest, str], Brief]:
    """Briefs of a case; the facts of one request are computed once for all forms."""
    made: dict[BriefRequest, Facts] = {}

    def brief(request: BriefRequest, form: str) -> Brief:
        if request not in made:
            made[request] = make_facts(case, request, record=record)
        return make_brief(made[request], form)

    return brief


def _assessment_differences(name: str, files: Mapping[str, bytes]) -> list[Difference]:
    try:
        told = json.loads(files["assessment.json"])
    except (KeyError, ValueError):
        return [Difference(kind="file", where="assessment.json", brief="an assessment", check="cannot be read")]
    _, found = value_differences(told, read_brief(files[name]).facts["assessment"])
    return [replace(d, kind="assessment", where=f"{name} {d.where}") for d in found]
