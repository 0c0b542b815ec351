"""Evidence as it is listed under a condition or a bar: our words, the quote, who said it, and a way to leave it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vedette.reporting.compose import Composer
from vedette.reporting.figures import Figure, plain
from vedette.reporting.labels import safe_text
from vedette.reporting.view import EvidenceLine
from vedette.web.views.address import address as own_address
from vedette.web.views.address import case_path
from vedette.web.views.moment import Moment
from vedette.web.views.query import address


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item. ``toggle`` leaves it out or takes it back; ``weight`` is its share in log-odds, empty when not known.

    ``document`` leads to the place in the text it was read from, empty when there is none.
    """

    id: str
    sign: str
    tone: str
    claim: str
    quote: str
    note: str
    attribution: str
    day: str
    grade: str
    weight: str
    url: str
    document: str
    out: bool
    toggle: str


SHOWN: Final = 40
"""Items listed in place; the list of evidence has them all. [assumption]: more than anyone reads under one bar."""


def toggled(m: Moment, name: str) -> str:
    """The address of the same view with an item left out, or taken back."""
    out = m.query.without
    without = tuple(n for n in out if n != name) if name in out else (*out, name)
    return address(m.id, m.query, without=without)


def item(m: Moment, line: EvidenceLine) -> Item:
    """An evidence line of the brief as an item of the page."""
    return Item(
        id=line.id,
        sign=line.sign,
        tone={"▲": "up", "▼": "dn"}.get(line.sign, ""),
        claim=_text(line.claim),
        quote=_text(line.quote),
        note="; ".join(x for x in (line.note, plain(line.said)) if x),
        attribution=plain(line.attribution) + (f"; {plain(line.publisher)}" if line.publisher is not None else ""),
        day=plain(line.day),
        grade=plain(line.grade),
        weight=_text(line.weight),
        url=line.url,
        document=_document(m, line.id),
        out=line.id in m.left_out,
        toggle=toggled(m, line.id),
    )


def items(m: Moment, composer: Composer, names: Sequence[str], scenario: str) -> tuple[Item, ...]:
    """Items by id, in the order given; those that are no accepted evidence are passed over."""
    found = [composer.evidence_line(n, scenario) for n in names]
    return tuple(item(m, line) for line in found if line is not None)


def left_out_items(m: Moment) -> tuple[Item, ...]:
    """What this view leaves out, each with a way back; a judgment says whose it is."""
    from vedette.reporting.facts import brief_facts

    if not m.left_out:
        return ()
    whole = Composer(brief_facts(m.known, m.original))
    judged = {j.id: j for j in m.known.judgments}
    out = []
    for name in m.left_out:
        line = whole.evidence_line(name)
        if line is not None:
            out.append(item(m, line))
            continue
        words = f"Judgment of {safe_text(judged[name].analyst)}" if name in judged else "Not accepted: it moved nothing"
        out.append(
            Item(
                id=name, sign="◇", tone="", claim=words, quote="", note="", attribution="", day="", grade="",
                weight="", url="", document="", out=True, toggle=toggled(m, name),
            )
        )  # fmt: skip
    return tuple(out)


def _text(figure: Figure | None) -> str:
    return "" if figure is None else figure.text


def _document(m: Moment, name: str) -> str:
    place = m.composer.evidence_place.get(name)
    document = m.composer.facts["case"]["evidence"][place]["document"] if place is not None else None
    if document is None:
        return ""
    return own_address(case_path(m.id, "documents", str(document)), item=name)
