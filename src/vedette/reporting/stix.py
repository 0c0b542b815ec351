"""A case as a STIX 2.1 bundle (OASIS Standard, 10 June 2021), for threat-intelligence platforms.

STIX knows no probability of an outcome, so each object keeps to what it may say there:

- ``identity``: Vedette, each source that claims something, each analyst;
- ``location``: states and places; ``report``: each document; ``note``: each accepted item, its claim with its quote,
  its grade as ``confidence``; ``opinion``: each analyst's judgment on a scenario;
- ``grouping``: the case; ``note``: what the assessment says, word, number and interval in its text.

Ids are UUIDs of version 5 over the case and the record, so that the same record is the same object in every export.
Marks are those of TLP 2.0. Nothing here needs a package; the tests read the bundle with OASIS's own.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any, Final

from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.domain.evidence import Evidence
from vedette.domain.forecast import Assessment
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.reference.states import find_state
from vedette.reporting.handling import mark_of

NAMESPACE: Final = uuid.UUID("7c0b4a0e-5d0d-5f0a-9a53-0f3c1c1e2b61")
"""Of every id here. Chosen once; another one would give every object another id."""

TLP2: Final = {
    Marking.CLEAR: ("94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"),
    Marking.GREEN: ("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"),
    Marking.AMBER: ("55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"),
    Marking.AMBER_STRICT: ("939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"),
    Marking.RED: ("e828b379-4e03-4974-9ac4-e53a884c97c1", "red"),
}
"""Ids and names of the TLP 2.0 marks (OASIS, cti-stix-common-objects, extension definition below)."""
TLP2_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

CREDIBILITY: Final = {"1": 90, "2": 70, "3": 50, "4": 30, "5": 10}
"""Admiralty credibility as STIX confidence (STIX 2.1, appendix A); 6, not known, has none."""

AGREEMENT: Final = ((0.2, "strongly-disagree"), (0.45, "disagree"), (0.55, "neutral"), (0.8, "agree"))
"""Upper ends on the scale of our estimative words; above the last one: strongly-agree."""


def stix_bundle(case: Case, assessment: Assessment | None = None) -> dict[str, Any]:
    """The bundle as plain JSON values. ``case`` must already be cut to what its reader may see."""
    maker = _Maker(case)
    objects = [*maker.people(), *maker.places(), *maker.documents(), *maker.items(), *maker.opinions()]
    if assessment is not None:
        objects += maker.estimates(assessment)
    objects.append(maker.grouping(objects))
    marks = sorted({ref for o in objects for ref in o.get("object_marking_refs", ())})
    objects = [*(_mark(m) for m in Marking if _mark_id(m) in marks), *objects]
    return {"type": "bundle", "id": f"bundle--{uuid.uuid5(NAMESPACE, case.id + _stamp(maker.at))}", "objects": objects}


class _Maker:
    """Objects of one case. ``at``: the end of the case's day, the time of everything without one of its own."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.at = dt.datetime.combine(case.as_of, dt.time(0), dt.UTC)
        self.vedette = self.id("identity", "vedette")
        self.standing = case.accepted()

    def id(self, kind: str, name: str) -> str:
        """Id of a record of this case; identities and states are the same in every case."""
        scope = "" if kind in ("identity", "location") else f"{self.case.id}/"
        return f"{kind}--{uuid.uuid5(NAMESPACE, f'{kind}/{scope}{name}')}"

    def made(self, kind: str, key: str, at: dt.datetime, mark: Marking, /, **fields: Any) -> dict[str, Any]:
        """An object with what every object has."""
        base = {
            "type": kind, "spec_version": "2.1", "id": self.id(kind, key), "created": _stamp(at),
            "modified": _stamp(at), "created_by_ref": self.vedette, "object_marking_refs": [_mark_id(mark)],
        }  # fmt: skip
        if kind == "identity":
            del base["created_by_ref"]
        return {**base, **{k: v for k, v in fields.items() if v not in (None, "", [])}}

    def people(self) -> list[dict[str, Any]]:
        """Vedette, sources and analysts. Nothing is said of an identity but its name: all carry TLP:CLEAR or the item's
        mark through the note that names them."""
        epoch = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
        found = [self.made("identity", "vedette", epoch, Marking.CLEAR, name="Vedette", identity_class="system")]
        for name in sorted({j.analyst for j in self.case.judgments}):
            found.append(
                self.made("identity", f"analyst/{name}", epoch, Marking.AMBER, name=name, identity_class="individual")
            )
        return found

    def places(self) -> list[dict[str, Any]]:
        """States of the options, and places of the items."""
        codes = {c for o in self.case.options for c in (*o.interveners, o.target, o.host) if c}
        found = []
        for code in sorted(codes):
            state = find_state(code)
            found.append(
                self.made("location", code, dt.datetime(2022, 1, 1, tzinfo=dt.UTC), Marking.CLEAR,
                          name=state.name, country=state.iso2)
            )  # fmt: skip
        named: dict[str, Evidence] = {}
        for e in self.standing:
            if e.place is not None and e.place.lat is not None and e.place.lon is not None:
                named.setdefault(e.place.name, e)
        for name, e in sorted(named.items()):
            place = e.place
            assert place is not None
            found.append(
                self.made("location", f"{self.case.id}/{name}", e.times.available_at, mark_of(e), name=name,
                          latitude=place.lat, longitude=place.lon)
            )  # fmt: skip
        return found

    def documents(self) -> list[dict[str, Any]]:
        """One report a document, referring to the notes that quote it."""
        found = []
        for d in self.case.documents:
            quoting = [self.id("note", e.id) for e in self.standing if e.quote and e.quote.document.id == d.id]
            if not quoting:
                continue  # a report refers to something (STIX 2.1, 4.16)
            reference = {"source_name": (d.citation.publisher if d.citation else "") or d.title or d.id,
                         "url": d.citation.url if d.citation else ""}  # fmt: skip
            found.append(
                self.made(
                    "report", d.id, d.times.available_at, d.marking, name=d.title or d.id, published=_stamp(
                        dt.datetime.combine(d.published, dt.time(0), dt.UTC)
                    ),
                    report_types=["threat-report"], object_refs=quoting, lang=d.language,
                    external_references=[{k: v for k, v in reference.items() if v}],
                )
            )  # fmt: skip
        return found

    def items(self) -> list[dict[str, Any]]:
        """One note an accepted item: the claim, who says it, its exact words, and what it bears on."""
        found = []
        for e in self.standing:
            said = e.quote.text if e.quote else e.unverified_quote
            bears = "; ".join(
                f"{b.direction.value} {b.scenario} through {b.condition} ({b.strength.value})" for b in e.bearings
            )
            lines = [
                e.claim, f"Said by: {e.attribution}." if e.attribution else "",
                f"{'Quote' if e.quote else 'Quote, not checked against its source'}: {said}" if said else "",
                f"Bears on: {bears}." if bears else "", f"Grade: {e.grade}.",
            ]  # fmt: skip
            refs = [self.id("location", c) for c in sorted({o.target for o in self.case.options})]
            if e.place is not None and e.place.lat is not None and e.place.lon is not None:
                refs.append(self.id("location", f"{self.case.id}/{e.place.name}"))
            found.append(
                self.made(
                    "note", e.id, e.times.available_at, mark_of(e), abstract=f"{e.kind.value}: {e.id}",
                    content="\n".join(x for x in lines if x), object_refs=refs,
                    confidence=CREDIBILITY.get(e.grade.credibility),
                    authors=[e.attribution] if e.attribution else None,
                )
            )  # fmt: skip
        return found

    def opinions(self) -> list[dict[str, Any]]:
        """One opinion an analyst's probability, on the state the question is about."""
        targets = [self.id("location", c) for c in sorted({o.target for o in self.case.options})]
        found = []
        for j in self.case.judgments:
            if j.kind is not JudgmentKind.PROBABILITY:
                continue
            found.append(
                self.made(
                    "opinion", j.id, j.at, Marking.AMBER, opinion=_agreement(j), explanation=(
                        f"{j.subject}: {j.value:g}" + (f" ({j.low:g} to {j.high:g})" if j.low is not None else "")
                        + (f". {j.reason}" if j.reason else "")
                    ),
                    authors=[j.analyst], object_refs=targets,
                )
            )  # fmt: skip
        return found

    def estimates(self, a: Assessment) -> list[dict[str, Any]]:
        """One note a scenario: word, number, interval and base rate, with what it rests on."""
        found = []
        for s in a.scenarios:
            low, high = s.interval90
            base = s.base_rate.get("p")
            content = (
                f"{s.label}: {s.word} ({s.probability:.3f}; 90 % {low:.3f} to {high:.3f})."
                + (f" Base rate {base:.3f}." if isinstance(base, float) else "")
                + f" As of {a.as_of.isoformat()}, by {a.deadline.isoformat()}. Confidence: {a.confidence.level}."
                + f" Computed by Vedette {a.version}, inputs {a.inputs_digest}."
            )
            refs = [self.id("note", e.id) for e in self.standing] or [self.vedette]
            found.append(
                self.made("note", f"estimate/{a.mode}/{a.as_of}/{s.id}", self.at, Marking.AMBER,
                          abstract=f"Estimate: {s.id}", content=content, object_refs=refs)
            )  # fmt: skip
        return found

    def grouping(self, objects: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """The case itself."""
        refs = [o["id"] for o in objects]
        return self.made(
            "grouping", "case", self.at, Marking.AMBER, name=self.case.title, description=self.case.question,
            context="unspecified", object_refs=refs,
        )  # fmt: skip


def _agreement(j: Judgment) -> str:
    return next((word for end, word in AGREEMENT if j.value <= end), "strongly-agree")


def _mark_id(mark: Marking) -> str:
    return f"marking-definition--{TLP2[mark][0]}"


def _mark(mark: Marking) -> dict[str, Any]:
    return {
        "type": "marking-definition", "spec_version": "2.1", "id": _mark_id(mark),
        "created": "2022-10-01T00:00:00.000Z", "name": mark.value,
        "extensions": {TLP2_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": TLP2[mark][1]}},
    }  # fmt: skip


def _stamp(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
