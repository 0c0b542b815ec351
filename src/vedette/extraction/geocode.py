"""Which place a name stands for: candidates from the gazetteer and our tables, weighed by the rest of the document.

Each reading of a name gets a sum of weights: the logarithm of its population, whether it is a capital, whether a
division or state is spelled out behind it ("Paris, Texas"), how often the document names its state and division, and
how near it lies to the likely readings of the document's other names. The last is computed twice, the second time with
the first result. A name has one meaning in a document unless it is spelled out otherwise. Standard library only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from vedette.domain.claims import Place
from vedette.domain.reading import PlaceMention
from vedette.reference.demonyms import demonyms
from vedette.reference.gazetteer import Gazetteer, load_gazetteer
from vedette.reference.name_keys import fold_name
from vedette.reference.regions import regions_by_name
from vedette.reference.states import all_states
from vedette.reference.subdivisions import divisions_by_key, postal_codes

Level = Literal["any", "city"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weights of the ranking, in the units of ``population`` x ln(inhabitants).

    Chosen one after another on the tuning half of both corpora by ``evals/geoparsing.py --sweep``, which prints the
    neighbours of each value.
    """

    population: float = 0.6
    capital: float = 1.0
    own_name: float = 1.2
    state_area: float = 3.0  # beside the inhabitants of the state: its name means the state
    division_area: float = 10.0
    spelled: float = 14.0
    state_named: float = 3.4  # times ln(1 + mentions of the state)
    division_named: float = 0.5
    local: float = 1.0  # times ln(1 + words of local life)
    near: float = 2.8  # times ln(1 + 10 x the sum over other names)
    near_km: float = 170.0
    far: float = 0.5
    far_km: float = 1100.0


WEIGHTS = Weights()
# Readings of one name that are weighed: the largest so many. Enough for the commonest name of the United States.
_READINGS = 60
_OTHERS = 4  # likely readings of another name that count for nearness
_EARTH_KM = 6371.0


class Reading(NamedTuple):
    """One place a name may stand for: degrees, unit vector, weight for itself, state ISO3, division "ISO2.code"."""

    name: str
    lat: float
    lon: float
    x: float
    y: float
    z: float
    people: float  # ln(inhabitants)
    capital: bool
    own: bool
    country: str
    division: str
    level: str
    row: int  # of the gazetteer; -1 for an area, which carries its name itself


def _reading(
    name: str, lat: float, lon: float, people: float, country: str, division: str, level: str,
    *, capital: bool = False, own: bool = True, row: int = -1,
) -> Reading:  # fmt: skip
    a, b = math.radians(lat), math.radians(lon)
    c = math.cos(a)
    x, y, z = c * math.cos(b), c * math.sin(b), math.sin(a)
    return Reading(name, lat, lon, x, y, z, people, capital, own, country, division, level, row)


@lru_cache(maxsize=1)
def _states() -> tuple[dict[str, str], dict[str, str]]:
    """ISO3 by folded name of a state, and by folded adjective or people."""
    names: dict[str, str] = {}
    for state in all_states():
        if state.exists_today and state.iso3:
            for name in (state.name, *state.aliases):
                names.setdefault(fold_name(name), state.iso3)
    names.update({"us": "USA", "uk": "GBR", "britain": "GBR", "palestine": "PSE", "uae": "ARE", "holland": "NLD"})
    people = {fold_name(form): code for code, forms in demonyms().items() for form in forms}
    people.update({"palestinian": "PSE", "palestinians": "PSE"})
    return names, people


@lru_cache(maxsize=1)
def _iso3() -> dict[str, str]:
    return {state.iso2: state.iso3 for state in all_states() if state.iso2 and state.exists_today}


_SHORT = {"st": "saint", "ft": "fort", "mt": "mount", "n": "north", "s": "south", "e": "east", "w": "west"}
_AROUND = re.compile(
    r"^(?:the |city of |town of |village of |port of |greater |downtown |central |north |south |east |west |northern |"
    r"southern |eastern |western |upper |lower |old |inner |metro )|"
    r"(?: city| town| township| village| area| metro| district| province| governorate| oblast| region| prefecture)$"
)


def _spellings(name: str) -> list[str]:
    """The name as written, then without what surrounds it: "Ft. Wayne", "downtown Cairo", "Cairo's"."""
    key = fold_name(name.replace("’s", "").replace("'s", ""))
    found = [fold_name(name), key]
    words = key.split(" ")
    if words[0] in _SHORT:
        found.append(" ".join((_SHORT[words[0]], *words[1:])))
    if words[0] == "saint":
        found.append(" ".join(("st", *words[1:])))
    shorter = _AROUND.sub("", key)
    if shorter != key and len(shorter) > 2:
        found.append(shorter)
    return list(dict.fromkeys(found))


@lru_cache(maxsize=20_000)
def readings_of(name: str, level: Level = "any") -> tuple[Reading, ...]:
    """Every reading of a name, likeliest by itself first. ``level`` "city": populated places only."""
    table = load_gazetteer()
    found: list[Reading] = []
    if level == "any":
        found.extend(_areas(name))
    for key in _spellings(name):
        rows = table.rows(key)
        for row, own in rows[:_READINGS] if len(rows) <= _READINGS else sorted(rows)[:_READINGS]:
            population, capital, country, division = table.facts(row)
            lat, lon = table.point(row)
            people = math.log(max(population, 300))
            found.append(_reading("", lat, lon, people, country, division, "city", capital=capital, own=own, row=row))
        if rows or found:
            break
    return tuple(found)


# Adjectives of regions, by folded form. Our own list.
_PEOPLES = {
    "south ossetian": "South Ossetia", "abkhaz": "Abkhazia", "abkhazian": "Abkhazia", "chechen": "Chechnya",
    "dagestani": "Dagestan", "crimean": "Crimea", "transnistrian": "Transnistria", "karabakhi": "Nagorno-Karabakh",
    "kashmiri": "Kashmir", "tibetan": "Tibet", "tigrayan": "Tigray", "darfuri": "Darfur", "somalilander": "Somaliland",
    "gazan": "Gaza", "siberian": "Siberia", "sahrawi": "Western Sahara", "european": "Europe", "african": "Africa",
    "asian": "Asia", "balkan": "Balkans",
}  # fmt: skip


def _areas(name: str) -> list[Reading]:
    key = fold_name(name.replace("’s", "").replace("'s", ""))
    if key not in divisions_by_key():
        key = _AROUND.sub("", key) if key.endswith((" province", " oblast", " region", " state")) else key
    table = load_gazetteer()
    names, people = _states()
    found = []
    code = names.get(key) or (people.get(key) if name[:1].isupper() else None)
    if code and (centre := table.state_centres.get(code)):
        people_there = math.log(max(table.state_populations.get(code, 0), 1000))
        found.append(_reading(name, *centre, people_there, code, "", "country"))
    for division in divisions_by_key().get(key, ()):
        if middle := table.division_centres.get(division.code):
            found.append(_reading(division.name, *middle, 0.0, _iso3()[division.country], division.code, "division"))
    region = regions_by_name().get(_PEOPLES.get(key.removesuffix("s"), name))
    if region and not found:
        found.append(_reading(name, region.lat, region.lon, 0.0, region.country, "", region.level))
    return found


# What stands behind a name and may contain it: ", Texas", ", Tex.", " (Texas)", ", TX", ", Egypt".
_BEHIND = re.compile(
    r"(?:\s?,\s|\s\(|\sin\s)((?:[A-Z]\.\s?){2,3}|[A-Z][\w'’-]*\.?(?:\s(?:of\s|and\s)?[A-Z][\w'’-]*){0,3})"
)
Area = tuple[str, str]  # state ISO3, division "ISO2.code" or "" for the whole state


@lru_cache(maxsize=4096)
def _areas_named(written: str) -> tuple[Area, ...]:
    """States and divisions that words may mean; Georgia is two."""
    key = fold_name(written.replace(". ", "."))
    found: list[Area] = []
    if postal := postal_codes().get(written.removesuffix(".")):
        found.append(("USA", postal.code))
    found.extend((_iso3()[d.country], d.code) for d in divisions_by_key().get(key, ()))
    if code := _states()[0].get(key):
        found.append((code, ""))
    return tuple(dict.fromkeys(found))


def spelled_out(text: str, end: int) -> tuple[Area, ...]:
    """States and divisions spelled out behind a name."""
    match = _BEHIND.match(text, end, end + 60)
    if not match:
        return ()
    words = match.group(1).split(" ")
    for stop in range(len(words), 0, -1):
        if areas := _areas_named(" ".join(words[:stop])):
            return areas
    return ()


def _contained(behind: tuple[Area, ...], levels: set[str], after: str) -> tuple[Area, ...]:
    """What may contain a name that is itself a state or division: mostly it is the next name of a list.

    "Lebanon, Pennsylvania" is a town, "Jordan, Lebanon" are two states and "Russia in Syria" is Russia; after a
    division's name only a short form counts ("Washington, Pa.").
    """
    if not after.lstrip().startswith((",", "(")):
        return ()
    if "division" in levels and not re.match(r"[\s,(]+(?:[A-Z][\w]{0,4}\.|[A-Z]{2}\b)", after):
        return ()
    return tuple(area for area in behind if area[1])


@lru_cache(maxsize=1)
def _by_first_word() -> dict[str, tuple[tuple[str, tuple[Area, ...]], ...]]:
    """Names of states, their people and divisions by first word, longest first: for counting in a text."""
    names: dict[str, list[Area]] = {}
    for state in all_states():
        if state.exists_today and state.iso3:
            for name in (state.name, *state.aliases):
                names.setdefault(name, []).append((state.iso3, ""))
    for code, forms in demonyms().items():
        for form in forms:
            names.setdefault(form.strip(), []).append((code, ""))
    for divisions in divisions_by_key().values():
        for d in divisions:
            names.setdefault(d.name, []).append((_iso3()[d.country], d.code))
    grouped: dict[str, list[tuple[str, tuple[Area, ...]]]] = {}
    for name, areas in names.items():
        grouped.setdefault(re.split(r"[\s'’-]", name)[0], []).append((name, tuple(dict.fromkeys(areas))))
    return {word: tuple(sorted(rows, key=lambda r: -len(r[0]))) for word, rows in grouped.items()}


_WORD = re.compile(r"[A-Z][^\W\d_]+(?:\.[A-Z])*|U\.[SK]\.")


# Words of local life that tell the state a text was written in, when it names none. Our own list.
_LOCAL = (
    ("USA", re.compile(
        r"\b(?:Sheriff|Interstate|Highway|County|(?:Jr\.|Senior|Middle|Elementary|High) School|School Board|R-|D-|"
        r"Police Department|Fire Department|City Council|Medicaid|Republicans?|Democrats?|troopers?|felony|"
        r"Commissioners?|downtown|sophomore|[Gg]overnor|U\.S\. \d+|NCAA|NFL|FBI)\b|"
        r"\b(?:\d{3}-)?\d{3}-\d{4}\b")),
    ("GBR", re.compile(r"£|\b(?:Cllr|[Cc]ouncillors?|Tory|NHS|constituency|Magistrates|Crown Court|Labour|pensioners?|"
                       r"pub|borough|Constabulary|Premier League|A\d\d)\b")),
    ("CAN", re.compile(r"\b(?:RCMP|OPP|Const\.|Canadians?|Liberals|NDP|premier|CBC)\b")),
    ("AUS", re.compile(r"\b(?:Labor|AFL|NRL|Shire|bushfires?|ABC)\b")),
    ("IND", re.compile(r"\b(?:crore|lakh|BJP|Lok Sabha|Rs)\b")),
)  # fmt: skip


# One of these stands in every match of a state's pattern, which would else be tried at every letter; telephone
# numbers and British roads aside.
_LOCAL_SIGNS: dict[str, tuple[str, ...]] = {
    "USA": ("Sheriff", "Interstate", "Highway", "County", " School", "R-", "D-", "Police Dep", "Fire Dep", "City Coun",
            "Medicaid", "Republican", "Democrat", "trooper", "felony", "Commissioner", "downtown", "sophomore",
            "overnor", "U.S. ", "NCAA", "NFL", "FBI"),
    "GBR": ("£", "Cllr", "ouncillor", "Tory", "NHS", "constituency", "Magistrates", "Crown Court", "Labour",
            "pensioner", "pub", "borough", "Constabulary", "Premier League"),
    "CAN": ("RCMP", "OPP", "Const.", "Canadian", "Liberals", "NDP", "premier", "CBC"),
    "AUS": ("Labor", "AFL", "NRL", "Shire", "bushfire", "ABC"),
    "IND": ("crore", "lakh", "BJP", "Lok Sabha", "Rs"),
}  # fmt: skip
_LOCAL_NUMBERS = {"USA": re.compile(r"-\d{4}"), "GBR": re.compile(r"A\d\d")}


def _may_hold(state: str, text: str) -> bool:
    """Whether the vocabulary of a state can occur in a text at all."""
    if any(sign in text for sign in _LOCAL_SIGNS[state]):
        return True
    numbers = _LOCAL_NUMBERS.get(state)
    return numbers is not None and numbers.search(text) is not None


def _local_words(text: str) -> dict[str, float]:
    """How strongly the vocabulary points to each state: ln(1 + hits)."""
    found = {}
    for state, pattern in _LOCAL:
        if not _may_hold(state, text):
            continue
        hits = len(pattern.findall(text))
        if hits:
            found[state] = math.log1p(hits)
    return found


def _count_areas(text: str) -> tuple[dict[str, float], dict[str, float]]:
    """How often a text names each state (ISO3) and division; a name of two is shared between them."""
    states: dict[str, float] = {}
    divisions: dict[str, float] = {}
    known = _by_first_word()
    for match in _WORD.finditer(text):
        rows = known.get(match.group())
        if not rows:
            continue
        for name, areas in rows:
            if text.startswith(name, match.start()):
                for state, division in areas:
                    states[state] = states.get(state, 0.0) + 1 / len(areas)
                    if division:
                        divisions[division] = divisions.get(division, 0.0) + 1 / len(areas)
                break
    return states, divisions


# Characters in which states and words of local life are counted; the rest of a long text repeats them. [assumption]
_COUNTED = 200_000


class _Name:
    """A name of the document with its readings and their weights."""

    __slots__ = ("fixed", "likely", "readings", "weights")

    def __init__(self, readings: tuple[Reading, ...], fixed: list[float]) -> None:
        self.readings, self.fixed, self.weights = readings, fixed, fixed
        self.likely: list[tuple[float, Reading]] = []

    def settle(self) -> None:
        """Shares of the likeliest readings, from the present weights."""
        order = sorted(range(len(self.weights)), key=self.weights.__getitem__, reverse=True)[:_OTHERS]
        top = self.weights[order[0]]
        shares = [math.exp(self.weights[i] - top) for i in order]
        total = sum(shares)
        self.likely = [(share / total, self.readings[i]) for share, i in zip(shares, order, strict=True)]


def resolve(
    text: str,
    toponyms: Sequence[tuple[int, int]],
    *,
    level: Level = "any",
    weights: Weights = WEIGHTS,
    states: dict[str, float] | None = None,
) -> list[PlaceMention]:
    """The place each name stands for, in the order given, the other likely readings kept.

    ``toponyms``: start and end of each name in ``text`` (code points). ``level`` "city" looks only among populated
    places. ``states`` (ISO3) replaces the count of how often each state is named, where the caller knows which names
    are places and which are actors. A name that no table knows comes back without coordinates. Coordinates are degrees
    (WGS84). Raises `Unavailable` when the gazetteer was not built.

    >>> text = "A fire in Paris, Texas, spread towards Dallas."
    >>> [(p.country, round(p.lat or 0)) for p in resolve(text, [(10, 15), (39, 45)])]
    [('USA', 34), ('USA', 33)]
    """
    table = load_gazetteer()
    counted, divisions = _count_areas(text[:_COUNTED])
    named = (counted if states is None else states, divisions, _local_words(text[:_COUNTED]))
    names: dict[tuple[str, tuple[Area, ...]], _Name] = {}
    spelled: dict[str, tuple[Area, ...]] = {}
    pairs = []
    for start, end in toponyms:
        written = text[start:end]
        behind = spelled_out(text, end)
        if behind:
            areas = {r.level for r in readings_of(written, level)} - {"city"}
            behind = _contained(behind, areas, text[end : end + 12]) if areas else behind
        if behind and readings_of(written, level):
            spelled.setdefault(written, behind)
        pairs.append((written, behind))
    keys = [(written, behind or spelled.get(written, ())) for written, behind in pairs]
    for key in keys:
        if key not in names and (readings := readings_of(key[0], level)):
            names[key] = _Name(readings, _fixed(readings, key[1], named, weights))
    _weigh_nearness(list(names.values()), weights)
    found = []
    for (start, end), key in zip(toponyms, keys, strict=True):
        name = names.get(key)
        if name is None:
            found.append(
                PlaceMention(start=start, end=end, text=text[start:end], lat=None, lon=None, country=None, level="")
            )
            continue
        order = sorted(range(len(name.weights)), key=lambda i: -name.weights[i])
        best = name.readings[order[0]]
        others = tuple(_place(name.readings[i], table) for i in order[1:4])
        found.append(
            PlaceMention(
                start=start, end=end, text=text[start:end], lat=best.lat, lon=best.lon, country=best.country or None,
                level=best.level, alternatives=others,
            )
        )  # fmt: skip
    return found


def complete(text: str, mentions: list[PlaceMention]) -> list[PlaceMention]:
    """Mentions with what the tables alone leave out: a state's centre, and the other readings of a capital's name."""
    table = load_gazetteer()
    found = []
    for m in mentions:
        if m.level == "country" and m.lat is None and m.country in table.state_centres:
            lat, lon = table.state_centres[m.country]
            found.append(replace(m, lat=lat, lon=lon))
        elif m.level == "city" and not m.alternatives:
            (read,) = resolve(text, [(m.start, m.end)], level="city")
            known = [Place(name=m.text, lat=read.lat, lon=read.lon, country=read.country), *read.alternatives]
            found.append(replace(m, alternatives=tuple(p for p in known if not _same(p, m))))
        else:
            found.append(m)
    return found


def _same(place: Place, mention: PlaceMention) -> bool:
    """Whether a reading is the one chosen: the same state, and within half a degree."""
    if place.lat is None or place.lon is None or mention.lat is None or mention.lon is None:
        return True
    near = abs(place.lat - mention.lat) < 0.5 and abs(place.lon - mention.lon) < 0.5
    return place.country == mention.country and near


def _place(reading: Reading, table: Gazetteer) -> Place:
    name = table.name(reading.row) if reading.row >= 0 else reading.name
    return Place(name=name, lat=reading.lat, lon=reading.lon, country=reading.country or None)


def _fixed(
    readings: tuple[Reading, ...],
    behind: tuple[Area, ...],
    named: tuple[dict[str, float], dict[str, float], dict[str, float]],
    w: Weights,
) -> list[float]:
    """Weights that do not depend on the document's other places."""
    states, divisions, local = named
    found = []
    for r in readings:
        weight = w.population * r.people + w.capital * r.capital + w.own_name * r.own
        if r.level == "country":
            weight = w.population * r.people + w.state_area
        elif r.level != "city":
            weight = w.division_area
        if behind and any(r.country == s and (not d or d == r.division) for s, d in behind):
            weight += w.spelled
        if r.level != "country":
            weight += w.state_named * math.log1p(states.get(r.country, 0.0)) + w.local * local.get(r.country, 0.0)
        if r.level == "city" and r.division:
            weight += w.division_named * math.log1p(divisions.get(r.division, 0.0))
        found.append(weight)
    return found


def _weigh_nearness(names: list[_Name], w: Weights) -> None:
    """Add to each reading its nearness to the likely readings of the other names; twice, the second time refined."""
    for name in names:
        name.settle()
    if len(names) < 2:
        return
    close, wide = (_EARTH_KM / w.near_km) ** 2 * 2, (_EARTH_KM / w.far_km) ** 2 * 2
    for _ in range(2):
        for name in names:
            if len(name.readings) == 1:
                continue
            around = [(p, r.x, r.y, r.z) for o in names if o is not name for p, r in o.likely if r.level != "country"]
            weights = []
            for r, fixed in zip(name.readings, name.fixed, strict=True):
                near = far = 0.0
                for p, x, y, z in around:
                    # Squared chord over squared reach, by the cosine between the two points.
                    apart = 1.0 - (r.x * x + r.y * y + r.z * z)
                    near += p / (1.0 + close * apart)
                    far += p / (1.0 + wide * apart)
                weights.append(fixed + w.near * math.log1p(10 * near) + w.far * math.log1p(10 * far))
            name.weights = weights
        for name in names:
            name.settle()
