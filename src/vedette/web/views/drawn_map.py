"""The map as the server draws it, the distance in words and the sightings as a list: no script is needed for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from vedette.reference.estimative import number_text
from vedette.reporting.distance import measure
from vedette.reporting.labels import safe_text
from vedette.web.views.items import Item, items
from vedette.web.views.moment import Moment
from vedette.web.views.query import address

# The drawing brings its own style element, which the content policy refuses; static/map.css holds the same rules.
_STYLE: Final = re.compile(r"<style>.*?</style>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A numbered mark on the map."""

    number: str
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A stated distance held against ours."""

    text: str
    item: Item | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """The map of a case at a day; ``missing`` says why there is none."""

    finding: str
    drawing: Markup
    alternative: str
    ends: str
    spread: str
    claims: tuple[Claim, ...]
    sightings: tuple[Sighting, ...]
    source: str
    missing: str


def map_view(m: Moment) -> MapView:
    """The measured distance, the drawing and the dated sightings, as known at the day."""
    found = measure(m.known)
    source = address(m.id, m.query, "/map.json", as_of=m.day.date)
    if found.facts is None:
        return MapView(
            finding="No distance was computed", drawing=Markup(""), alternative="", ends="", spread="", claims=(),
            sightings=(), source=source, missing=found.missing,
        )  # fmt: skip
    f = found.facts
    by_id = {x.id: x for x in items(m, m.composer, _named(f), m.scenario)}
    km, miles = number_text(f["km"], 0), number_text(f["miles"], 0)
    drawings = ", ".join(f"{name} {number_text(value, 1)}" for name, value in f["by_resolution"])
    low, high = f["spread"]
    return MapView(
        finding=f"{safe_text(f['from_name'])} to {safe_text(f['to_name'])}: {km} km ({miles} mi)",
        # Made by geography.map_svg from boundary data; the names in it are escaped there.
        drawing=Markup(_STYLE.sub("", found.svg)),  # noqa: S704
        alternative=f"Map: {safe_text(f['from_name'])}, {safe_text(f['to_name'])} and what was reported near them",
        ends=f"{_point(f['from'])} to {_point(f['to'])}, great circle.",
        spread=f"Natural Earth {drawings} km. Over boundaries and reference points {number_text(low, 1)} to "
        f"{number_text(high, 1)} km.",
        claims=tuple(
            Claim(text=f"“{safe_text(c['claim'])}” {c['words']}", item=by_id.get(c["evidence"])) for c in f["claims"]
        ),
        sightings=tuple(
            Sighting(number=str(s["number"]), item=by_id[s["evidence"]])
            for s in f["sightings"]
            if s["evidence"] in by_id
        ),
        source=source,
        missing="",
    )


def _named(facts: dict[str, Any]) -> list[str]:
    return [s["evidence"] for s in facts["sightings"]] + [c["evidence"] for c in facts["claims"]]


def _point(at: list[float]) -> str:
    lat, lon = at
    return f"{abs(lat):.3f}° {'N' if lat >= 0 else 'S'} {abs(lon):.3f}° {'E' if lon >= 0 else 'W'}"
