"""Country boundaries at three scales, kept as shared arcs.

A file ``reference/_built/boundaries-{10m,50m,110m}.npz`` (Natural Earth 1:10, 1:50, 1:110 million; public
domain) holds these columns:

==================  ===========================================================================
``dx``, ``dy``      steps on an integer grid along all arcs laid end to end (int32)
``arc_size``        number of positions of each arc
``scale``           degrees per grid step, east and north; ``translate``: degrees at grid zero
``ring_arcs``       arc numbers of all rings laid end to end; ``~n`` is arc n backwards
``ring_size``       number of arcs of each ring; ``ring_polygon``: polygon of each ring
``polygon_feature`` feature of each polygon
``features``        UTF-8 JSON: [ISO 3166-1 numeric, ISO3, name] of each feature
==================  ===========================================================================

Two neighbours share the arcs of their common border, so contiguity and border length are read off the arc
numbers. What belongs to which state is decided here (`View`), not by the boundary file.
"""

from __future__ import annotations

import contextlib
import difflib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vedette.errors import BadInput, Unavailable, UnknownState
from vedette.reference.states import find_state

Resolution = Literal["10m", "50m", "110m"]
RESOLUTIONS: tuple[Resolution, ...] = get_args(Resolution)
View = Literal["recognised", "as_drawn"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Features that carry no ISO number in the file. Kosovo's XKX is in wide use; the others are codes of ours in
# the range that ISO 3166-1 leaves to users (X..), named after what they stand for.
FEATURE_CODES: dict[str, str] = {
    "Kosovo": "XKX",
    "N. Cyprus": "XNC",
    "Somaliland": "XSL",
    "Cyprus U.N. Buffer Zone": "XCB",
    "Akrotiri": "XAK",
    "Dhekelia": "XDH",
    "Siachen Glacier": "XSG",
    "Baikonur": "XBK",
    "USNB Guantanamo Bay": "XGB",
    "Indian Ocean Ter.": "XIO",
    "Coral Sea Is.": "XCS",
    "Spratly Is.": "XSP",
    "Clipperton I.": "XCL",
    "Bajo Nuevo Bank": "XBN",
    "Serranilla Bank": "XSB",
    "Scarborough Reef": "XSR",
    "Ashmore and Cartier Is.": "XAC",  # the file gives it Australia's number
}

# Parts of a state that the file draws as features of their own and nobody disputes: leased land and a buffer.
_ALWAYS_PART_OF: dict[str, str] = {"XBK": "KAZ", "XGB": "CUB", "XAC": "AUS"}
# Parts that the file draws apart because somebody else holds them. In the recognised view they belong to the
# state that the United Nations General Assembly or Security Council names: Cyprus (S/RES/541, 1983), Somalia
# (member state within its borders; no state of the UN had recognised Somaliland when the file was made).
_RECOGNISED_PART_OF: dict[str, str] = {"XNC": "CYP", "XCB": "CYP", "XSL": "SOM"}
# A point of the polygon that holds Crimea. The file gives that polygon to Russia; A/RES/68/262 (2014) affirms
# Ukraine's borders with it.
CRIMEA_POINT = (44.95, 34.10)
# Western Sahara, which the United Nations lists among non-self-governing territories, lies south of
# 27 deg 40 min N. The drawings give the part west of the line of control to Morocco.
WESTERN_SAHARA_NORTH = 27.0 + 40.0 / 60.0

# Said beside every figure that rests on the choice, in the recognised view.
VIEW_NOTES: dict[str, str] = {
    "RUS": "Crimea is left out of Russia's territory. The boundary file draws it as Russia; UN General "
    "Assembly resolution 68/262 affirms Ukraine's borders",
    "UKR": "Crimea is counted as Ukraine's territory. The boundary file draws it as Russia; UN General "
    "Assembly resolution 68/262 affirms Ukraine's borders",
    "CYP": "Northern Cyprus and the UN buffer zone are counted as Cyprus; the boundary file draws them apart",
    "SOM": "Somaliland is counted as Somalia; the boundary file draws it apart",
    "MAR": "Western Sahara is left out of Morocco; the boundary file draws most of it as Morocco",
    "ESH": "Western Sahara is counted whole, a non-self-governing territory; the boundary file draws most "
    "of it as Morocco",
    "SRB": "Kosovo is drawn apart; states differ on its recognition",
    "XKX": "Kosovo is drawn apart; states differ on its recognition",
    "TWN": "Taiwan is drawn apart; China claims it",
    "CHN": "Taiwan is drawn apart; China claims it. Aksai Chin is drawn as China; India claims it",
    "PSE": "West Bank and Gaza as the boundary file draws them; East Jerusalem and borders are disputed",
    "ISR": "The boundary file draws the occupied Golan as Israel; UN Security Council resolution 497 holds "
    "the annexation void",
    "SYR": "The boundary file leaves the occupied Golan out of Syria",
    "IND": "Lines in Jammu and Kashmir follow present control, not any side's claim",
    "PAK": "Lines in Jammu and Kashmir follow present control, not any side's claim",
    "GEO": "Abkhazia and South Ossetia are counted as Georgia, as the boundary file draws them",
    "MDA": "Transnistria is counted as Moldova, as the boundary file draws it",
    "FRA": "Overseas departments, among them French Guiana, are part of the drawing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One drawn feature: our code, the file's ISO numeric ("" when it has none) and its name."""

    code: str
    numeric: str
    name: str


class Boundaries:
    """One scale, loaded. Use `load_boundaries`, which keeps it in memory."""

    def __init__(self, path: Path, resolution: Resolution) -> None:
        self.resolution = resolution
        with np.load(path, allow_pickle=False) as columns:
            scale, origin = columns["scale"], columns["translate"]
            self.lon: Floats = np.cumsum(columns["dx"], dtype=np.int64) * scale[0] + origin[0]
            self.lat: Floats = np.cumsum(columns["dy"], dtype=np.int64) * scale[1] + origin[1]
            self.grid_degrees: tuple[float, float] = (float(scale[0]), float(scale[1]))
            stops = np.cumsum(columns["arc_size"], dtype=np.int64)
            self._arc_slices = [slice(int(a), int(b)) for a, b in zip([0, *stops[:-1]], stops, strict=True)]
            self._ring_arcs: Ints = columns["ring_arcs"].astype(np.int64)
            ring_stops = np.cumsum(columns["ring_size"], dtype=np.int64)
            self._ring_slices = [slice(int(a), int(b)) for a, b in zip([0, *ring_stops[:-1]], ring_stops, strict=True)]
            self._ring_polygon: Ints = columns["ring_polygon"].astype(np.int64)
            self._polygon_feature: Ints = columns["polygon_feature"].astype(np.int64)
            listed = json.loads(bytes(columns["features"]).decode("utf-8"))
        self.features = tuple(
            Feature(code=FEATURE_CODES.get(name) or iso3 or f"#{number}", numeric=number, name=name)
            for number, iso3, name in listed
        )
        self._sides: dict[View, list[set[str]]] = {}

    # ---- what belongs to whom -------------------------------------------------------------------

    @cached_property
    def _polygons_of_feature(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {feature.code: [] for feature in self.features}
        for polygon, feature in enumerate(self._polygon_feature):
            found[self.features[int(feature)].code].append(polygon)
        return {code: tuple(polygons) for code, polygons in found.items()}

    @cached_property
    def crimea(self) -> tuple[int, ...]:
        """Polygon that holds Crimea, and drawn islets of the same feature inside its bounding box."""
        drawn = self._polygons_of_feature.get("RUS", ())
        main = [p for p in drawn if self._inside(self.boundary_arcs((p,)), *CRIMEA_POINT)]
        if not drawn:
            return ()
        if len(main) != 1:
            raise Unavailable(f"the {self.resolution} boundary file draws Crimea in a way that is not known",
                              where="geography", fix="Use the boundary data of this version")  # fmt: skip
        west, south, east, north = self._box(main[0])
        inside = []
        for polygon in drawn:
            w, s, e, n = self._box(polygon)
            if w >= west and s >= south and e <= east and n <= north:
                inside.append(polygon)
        return tuple(inside)

    def polygons(self, code: str, view: View = "recognised") -> tuple[int, ...]:
        """Polygon numbers that make up a state in a view. Raises UnknownState."""
        code = self.resolve(code)
        parts = [code] + [part for part, whole in _ALWAYS_PART_OF.items() if whole == code]
        if view == "recognised":
            parts += [part for part, whole in _RECOGNISED_PART_OF.items() if whole == code]
        chosen = [p for part in parts for p in self._polygons_of_feature.get(part, ())]
        if view == "recognised" and code == "RUS":
            chosen = [p for p in chosen if p not in self.crimea]
        elif view == "recognised" and code == "UKR":
            chosen += self.crimea
        return tuple(chosen)

    def resolve(self, code: str) -> str:
        """The code as used here; raises UnknownState with the nearest codes and names drawn at this scale."""
        wanted = code.strip().upper()
        wanted = _OTHER_CODES.get(wanted, wanted)
        if wanted in self._polygons_of_feature:
            return wanted
        names = {feature.name.casefold(): feature.code for feature in self.features}
        by_name = names.get(code.strip().casefold())
        if by_name:
            return by_name
        with contextlib.suppress(UnknownState):
            known = find_state(code).iso3
            if known in self._polygons_of_feature:
                return known
        near = difflib.get_close_matches(wanted, list(self._polygons_of_feature), n=3, cutoff=0.5)
        near += [names[n] for n in difflib.get_close_matches(code.casefold(), list(names), n=2, cutoff=0.7)]
        raise UnknownState(code, nearest=tuple(dict.fromkeys(near)), where=f"boundaries {self.resolution}")

    def codes(self, view: View = "recognised") -> tuple[str, ...]:
        """Codes of everything that counts as a unit of its own in the view, sorted."""
        merged = set(_ALWAYS_PART_OF) | (set(_RECOGNISED_PART_OF) if view == "recognised" else set())
        return tuple(sorted(set(self._polygons_of_feature) - merged))

    def name(self, code: str) -> str:
        """Name of a unit: the state table's, else the boundary file's."""
        code = self.resolve(code)
        with contextlib.suppress(UnknownState):
            return find_state(code, scheme="iso3").name
        return next(feature.name for feature in self.features if feature.code == code)

    # ---- lines ------------------------------------------------------------------------------------

    def _signed_arcs(self, polygons: tuple[int, ...]) -> Ints:
        wanted = np.flatnonzero(np.isin(self._ring_polygon, polygons))
        if not len(wanted):
            return np.empty(0, dtype=np.int64)
        return np.concatenate([self._ring_arcs[self._ring_slices[int(ring)]] for ring in wanted])

    def boundary_arcs(self, polygons: tuple[int, ...]) -> Ints:
        """Signed arc numbers of the outline of these polygons taken together: inner borders cancel out."""
        signed = self._signed_arcs(polygons)
        number = np.where(signed >= 0, signed, ~signed)
        # A border walked once each way encloses nothing on either side; spikes are walked there and back.
        values, where = np.unique(number, return_inverse=True)
        net = np.bincount(where, weights=np.where(signed >= 0, 1.0, -1.0), minlength=len(values))
        kept = net != 0
        out: Ints = np.where(net[kept] > 0, values[kept], ~values[kept])
        return out

    def outline(self, code: str, view: View = "recognised") -> Ints:
        """Signed arc numbers of a state's outline, coast and land borders. Raises UnknownState."""
        code = self.resolve(code)
        if view == "recognised" and code in self._western_sahara:
            return self._western_sahara[code]
        return self.boundary_arcs(self.polygons(code, view))

    @cached_property
    def _western_sahara(self) -> dict[str, Ints]:
        """Morocco and Western Sahara divided at 27 deg 40 min N, not along the line of control.

        Adds three arcs: the two halves of the coast that the file gives to Morocco, and the parallel between
        them and the point where Algeria's border meets it.
        """
        if not {"MAR", "ESH"} <= self._polygons_of_feature.keys():
            return {}
        drawn = {code: self.boundary_arcs(self.polygons(code, "as_drawn")) for code in ("MAR", "ESH")}
        neighbours = self.sides("as_drawn")
        coast = [a for a in drawn["MAR"].tolist() if len(neighbours[unsigned(a)]) == 1 and self._crosses(a)]
        inner = [a for a in drawn["MAR"].tolist() if neighbours[unsigned(a)] == {"MAR", "ESH"}]
        if len(coast) != 1 or len(inner) != 1:
            return {}  # a drawing that already follows the parallel needs no cut
        line = self.arc(coast[0])
        at = int(np.flatnonzero(np.diff((line[:, 1] > WESTERN_SAHARA_NORTH).astype(int)))[0])
        share = (WESTERN_SAHARA_NORTH - line[at, 1]) / (line[at + 1, 1] - line[at, 1])
        crossing = line[at] + share * (line[at + 1] - line[at])
        inland = self.arc(inner[0])[0]  # Morocco's border with Algeria ends where the line of control begins
        south = self._add_arc(np.vstack([line[: at + 1], crossing]))
        north = self._add_arc(np.vstack([crossing, line[at + 1 :]]))
        parallel = self._add_arc(np.vstack([crossing, inland]))
        kept = {c: [a for a in arcs.tolist() if a not in (coast[0], inner[0], ~inner[0])] for c, arcs in drawn.items()}
        return {
            "MAR": np.array([*kept["MAR"], north, ~parallel], dtype=np.int64),
            "ESH": np.array([*kept["ESH"], south, parallel], dtype=np.int64),
        }

    def _crosses(self, signed: int) -> bool:
        lat = self.arc(signed)[:, 1]
        return bool(lat.min() < WESTERN_SAHARA_NORTH < lat.max())

    def _add_arc(self, line: Floats) -> int:
        start = len(self.lon)
        self.lon, self.lat = np.concatenate([self.lon, line[:, 0]]), np.concatenate([self.lat, line[:, 1]])
        self._arc_slices.append(slice(start, start + len(line)))
        return len(self._arc_slices) - 1

    def sides(self, view: View = "recognised") -> list[set[str]]:
        """Units on either side of each arc, by arc number: two on a land border, one on a coast."""
        if view not in self._sides:
            outlines = {code: self.outline(code, view) for code in self.codes(view)}
            sides: list[set[str]] = [set() for _ in self._arc_slices]
            for code, outline in outlines.items():
                for a in outline.tolist():
                    sides[unsigned(a)].add(code)
            self._sides[view] = sides
        return self._sides[view]

    def arc(self, signed: int) -> Floats:
        """Positions of an arc in drawing order, shape (n, 2): degrees east, degrees north."""
        span = self._arc_slices[unsigned(signed)]
        points = np.column_stack([self.lon[span], self.lat[span]])
        return points if signed >= 0 else points[::-1]

    @property
    def arc_count(self) -> int:
        """How many arcs there are, the ones added by a view included once it was asked for."""
        return len(self._arc_slices)

    def segments(self, arcs: Ints) -> Floats:
        """Straight pieces of these arcs, shape (m, 4): lon, lat, lon, lat in degrees."""
        pieces = [np.hstack([line[:-1], line[1:]]) for line in map(self.arc, arcs.tolist())]
        return np.concatenate(pieces) if pieces else np.empty((0, 4))

    def outline_segments(self, code: str, view: View = "recognised") -> Floats:
        """Straight pieces of a state's outline, shape (m, 4)."""
        return self.segments(self.outline(code, view))

    def rings(self, outline: Ints) -> list[list[int]]:
        """An outline as closed chains of signed arcs."""
        arcs = outline.tolist()
        ends = {a: (self._node(a, first=True), self._node(a, first=False)) for a in arcs}
        leaving: dict[tuple[float, float], list[int]] = {}
        for a in arcs:
            leaving.setdefault(ends[a][0], []).append(a)
        rings = []
        while leaving:
            start = next(iter(leaving))
            chain, node = [], start
            while node in leaving:
                a = leaving[node].pop()
                if not leaving[node]:
                    del leaving[node]
                chain.append(a)
                node = ends[a][1]
            rings.append(chain)
        return rings

    def _node(self, signed: int, *, first: bool) -> tuple[float, float]:
        span = self._arc_slices[unsigned(signed)]
        at = span.start if first == (signed >= 0) else span.stop - 1
        return float(self.lon[at]), float(self.lat[at])

    # ---- points -----------------------------------------------------------------------------------

    def _box(self, polygon: int) -> tuple[float, float, float, float]:
        s = self.segments(self.boundary_arcs((polygon,)))
        return float(s[:, 0].min()), float(s[:, 1].min()), float(s[:, 0].max()), float(s[:, 1].max())

    def _inside(self, arcs: Ints, lat: float, lon: float) -> bool:
        return inside(self.segments(arcs), lat, lon)

    def contains(self, code: str, lat: float, lon: float, view: View = "recognised") -> bool:
        """Whether a point lies in the state's drawn territory."""
        return inside(self.outline_segments(code, view), lat, lon)

    def state_at(self, lat: float, lon: float, view: View = "recognised") -> str | None:
        """Code of the unit that holds a point; None at sea."""
        check_position(lat, lon)
        return next((code for code in self.codes(view) if self.contains(code, lat, lon, view)), None)


def unsigned(signed: int) -> int:
    """Number of an arc, whichever way it is walked."""
    return signed if signed >= 0 else ~signed


# Codes other tables use for what ISO 3166-1 leaves open.
_OTHER_CODES: dict[str, str] = {
    "KOS": "XKX", "XKO": "XKX", "XKS": "XKX", "RKS": "XKX", "UNK": "XKX",
    "CYN": "XNC", "SOL": "XSL", "SAH": "ESH", "PSX": "PSE", "SDS": "SSD", "ROM": "ROU", "ZAR": "COD",
    "TAW": "TWN",
}  # fmt: skip


def inside(segments: Floats, lat: float, lon: float) -> bool:
    """Even-odd rule on an unordered bag of closed outlines: the meridian from the point to the north pole.

    No drawn territory holds the north pole, and outlines may cross the date line.
    """
    west, east = wrap(segments[:, 0] - lon), wrap(segments[:, 2] - lon)
    crossing = ((west > 0) != (east > 0)) & (np.abs(west - east) < 180.0)
    w, e, piece = west[crossing], east[crossing], segments[crossing]
    at = piece[:, 1] - w * (piece[:, 3] - piece[:, 1]) / (e - w)
    return bool(np.count_nonzero(at > lat) % 2)


def wrap(degrees: Floats) -> Floats:
    """Differences of longitude brought into -180..180."""
    out: Floats = (degrees + 180.0) % 360.0 - 180.0
    return out


def check_position(lat: float, lon: float) -> None:
    """Raise BadInput unless the position is on the globe, in degrees."""
    if not (-90.0 <= lat <= 90.0):
        raise BadInput(f"latitude {lat} is outside -90..90", where="position", fix="Give degrees, latitude first")
    if not (-180.0 <= lon <= 180.0):
        raise BadInput(f"longitude {lon} is outside -180..180", where="position", fix="Give degrees east, west minus")


def check_resolution(resolution: str) -> Resolution:
    """The resolution, checked; raises BadInput with the valid names."""
    for known in RESOLUTIONS:
        if resolution == known:
            return known
    raise BadInput(f"no boundaries at {resolution!r}", where="resolution", fix="Use one of " + ", ".join(RESOLUTIONS))


@lru_cache(maxsize=3)
def load_boundaries(resolution: Resolution = "10m") -> Boundaries:
    """Boundaries of one scale, read once. Raises Unavailable when the build did not make them."""
    check_resolution(resolution)
    with as_file(files("vedette.reference") / "_built" / f"boundaries-{resolution}.npz") as path:
        if not path.is_file():
            raise Unavailable(
                f"country boundaries {resolution} are not installed", where=str(path),
                fix="Install again with: pip install --force-reinstall --no-deps . (the build makes them)",
            )  # fmt: skip
        return Boundaries(path, resolution)
