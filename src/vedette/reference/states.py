"""States of the international system: codes, names, dates of membership, capitals, great powers.

The table ``states.csv`` beside this module is our own. Codes and dates of membership are facts taken from
the Correlates of War state system (version 2016) and from Gleditsch and Ward's list of independent states
(1999, with its list of microstates); names, capitals (to about 0.01 degree) and aliases are written by us.
Memberships that were running when those lists closed (31 December 2016 and 31 December 2017) are kept open:
no state has entered or left either system since, up to 2024.

Two code systems are in use and they disagree on purpose. A code is converted only with a date:
Germany is CoW 255 and Gleditsch-Ward 260 since 1990; Serbia is CoW 345 and GW 340 since 2006.

Sources: Correlates of War Project 2017, State System Membership List, v2016;
Gleditsch and Ward 1999, International Interactions 25(4): 393-413.
"""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from vedette.errors import UnknownState

System = Literal["cow", "gw"]
Scheme = Literal["any", "iso3", "iso2", "cow", "cowabb", "gw", "name"]

# Great powers by CoW code: Correlates of War Project 2017, Major Powers List v2016. Open spells were running
# when the list closed; two spells of France and two returns (Germany, Japan, both on 11 December 1991).
_MAJOR: dict[int, str] = {
    2: "1898-08-13/",
    200: "1816-01-01/",
    220: "1816-01-01/1940-06-22 1945-08-15/",
    255: "1816-01-01/1918-11-11 1925-01-01/1945-05-07 1991-12-11/",
    300: "1816-01-01/1918-11-03",
    325: "1860-01-01/1943-09-02",
    365: "1816-01-01/1917-12-05 1922-01-01/",
    710: "1950-01-01/",
    740: "1895-04-01/1945-08-14 1991-12-11/",
}

# Nuclear weapons held under own control, by CoW code. First test day where there was one; Israel (never
# declared) and South Africa (given up) by the year commonly estimated: Gartzke and Kroenig 2009,
# Journal of Conflict Resolution 53(2). India and Pakistan from the 1998 tests.
_NUCLEAR: dict[int, str] = {
    2: "1945-07-16/",
    365: "1949-08-29/",
    200: "1952-10-03/",
    220: "1960-02-13/",
    710: "1964-10-16/",
    666: "1967-01-01/",
    560: "1982-01-01/1990-12-31",
    750: "1998-05-11/",
    770: "1998-05-28/",
    731: "2006-10-09/",
}

# Which code answers for the same territory after a state ended, or before it began (CoW codes). Used only to
# name the nearest valid code in an error.
_AFTER: dict[int, tuple[int, ...]] = {
    240: (255,), 245: (255,), 267: (255,), 269: (255,), 271: (255,), 273: (255,), 275: (255,), 280: (255,),
    255: (260, 265), 260: (255,), 265: (255,), 300: (305, 310), 315: (316, 317), 327: (325,), 329: (325,),
    332: (325,), 335: (325,), 337: (325,), 511: (510,), 678: (679,), 680: (679,), 730: (731, 732), 817: (816,),
    652: (651,),
}  # fmt: skip
_BEFORE: dict[int, tuple[int, ...]] = {
    **dict.fromkeys((359, 366, 367, 368, 369, 370, 371, 372, 373, 701, 702, 703, 704, 705), (365,)),
    **dict.fromkeys((341, 343, 344, 346, 347, 349), (345,)),
    255: (260, 265), 305: (300,), 310: (300,), 316: (315,), 317: (315,), 531: (530,), 626: (625,),
    679: (678, 680), 731: (730,), 732: (730,), 771: (770,), 830: (820,), 860: (850,),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A closed interval of days; ``end`` None means still running."""

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies inside the spell, both ends included."""
        return self.start <= day and (self.end is None or day <= self.end)

    def __str__(self) -> str:
        return f"{self.start} to {self.end or 'today'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capital:
    """The seat of government over a spell. Degrees north and east, WGS84, to about 0.01 degree (1 km)."""

    name: str
    lat: float
    lon: float
    spell: Spell


@dataclass(frozen=True, slots=True, kw_only=True)
class GwSpell:
    """A Gleditsch-Ward code and the days on which it stands for this state."""

    gwcode: int
    spell: Spell


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One member of the CoW state system, past or present.

    ``iso2`` and ``iso3`` are empty for states that ended before ISO 3166; for successors that share a code
    (DEU, VNM, YEM) the date decides. ``member`` is CoW membership, ``gw`` the GW codes by date.
    """

    cowcode: int
    cowabb: str
    name: str
    iso2: str
    iso3: str
    member: tuple[Spell, ...]
    gw: tuple[GwSpell, ...]
    capitals: tuple[Capital, ...]
    major: tuple[Spell, ...] = ()
    nuclear: tuple[Spell, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def exists_today(self) -> bool:
        """Whether the last CoW membership spell is still running."""
        return self.member[-1].end is None

    def member_on(self, day: date, system: System = "cow") -> bool:
        """Whether the state belongs to the CoW (or GW) system on that day."""
        spells = self.member if system == "cow" else tuple(item.spell for item in self.gw)
        return any(spell.covers(day) for spell in spells)

    def gwcode_on(self, day: date) -> int | None:
        """Gleditsch-Ward code on that day, None when the state is not on that list then."""
        return next((item.gwcode for item in self.gw if item.spell.covers(day)), None)

    def capital_on(self, day: date) -> Capital | None:
        """The capital on that day; None outside the recorded spells."""
        return next((item for item in self.capitals if item.spell.covers(day)), None)

    def major_on(self, day: date) -> bool:
        """Whether CoW lists the state as a major power on that day."""
        return any(spell.covers(day) for spell in self.major)

    def nuclear_on(self, day: date) -> bool:
        """Whether the state holds nuclear weapons under its own control on that day (see ``_NUCLEAR``)."""
        return any(spell.covers(day) for spell in self.nuclear)


def _spell(text: str) -> Spell:
    start, _, end = text.partition("/")
    # A capital without a stated start has been the capital since before the state entered the system.
    return Spell(
        start=date.fromisoformat(start) if start else date(1816, 1, 1),
        end=date.fromisoformat(end) if end else None,
    )


def _spells(text: str) -> tuple[Spell, ...]:
    return tuple(_spell(part) for part in text.split())


def _gw_spells(text: str) -> tuple[GwSpell, ...]:
    found = []
    for part in text.split():
        code, _, span = part.partition(":")
        found.append(GwSpell(gwcode=int(code), spell=_spell(span)))
    return tuple(found)


def _capitals(text: str) -> tuple[Capital, ...]:
    found = []
    for part in filter(None, text.split(";")):
        words = part.split()
        span = words.pop() if "/" in words[-1] else "/"
        lon, lat = float(words.pop()), float(words.pop())
        found.append(Capital(name=" ".join(words), lat=lat, lon=lon, spell=_spell(span)))
    return tuple(found)


@lru_cache(maxsize=1)
def all_states() -> tuple[State, ...]:
    """Every state of the table, in the order of CoW codes (about 215, past ones included)."""
    text = files("vedette.reference").joinpath("states.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        code = int(row["cowcode"])
        found.append(
            State(
                cowcode=code,
                cowabb=row["cowabb"],
                name=row["name"],
                iso2=row["iso2"],
                iso3=row["iso3"],
                member=_spells(row["member"]),
                gw=_gw_spells(row["gw"]),
                capitals=_capitals(row["capital"]),
                major=_spells(_MAJOR.get(code, "")),
                nuclear=_spells(_NUCLEAR.get(code, "")),
                aliases=tuple(filter(None, row["aliases"].split(";"))),
            )
        )
    return tuple(found)


def _fold(text: str) -> str:
    """Lower case without accents, dots and repeated spaces, so that 'Côte d’Ivoire' equals 'cote d'ivoire'."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("ʻ", "'"))
    kept = "".join(c for c in plain if not unicodedata.combining(c) and c != ".")
    return " ".join(kept.casefold().split())


@lru_cache(maxsize=1)
def _index() -> dict[str, dict[str, tuple[State, ...]]]:
    tables: dict[str, dict[str, list[State]]] = {k: {} for k in ("iso3", "iso2", "cow", "cowabb", "gw", "name")}
    for state in all_states():
        keys = {
            "iso3": {state.iso3},
            "iso2": {state.iso2},
            "cow": {str(state.cowcode)},
            "cowabb": {state.cowabb},
            "gw": {str(item.gwcode) for item in state.gw},
            "name": {state.name, *state.aliases},
        }
        for scheme, values in keys.items():
            for value in filter(None, values):
                tables[scheme].setdefault(_fold(value), []).append(state)
    return {scheme: {k: tuple(v) for k, v in table.items()} for scheme, table in tables.items()}


def _candidates(key: str, scheme: Scheme) -> tuple[State, ...]:
    index = _index()
    if scheme != "any":
        return index[scheme].get(key, ())
    # ISO before CoW letters: AUS, MNG, SLV and SWZ mean different states in the two, and ISO is what people
    # type. A number without a scheme is a CoW code, because panels are keyed by it.
    for table in ("iso3", "name", "iso2", "cow", "cowabb"):
        if found := index[table].get(key):
            return found
    return ()


def _label(state: State) -> str:
    return f"{state.name} ({state.iso3 or state.cowabb}, CoW {state.cowcode})"


def _nearest(key: str) -> tuple[str, ...]:
    index = _index()
    pool = {**index["iso3"], **index["name"]}
    # A slip of a letter or two in a name comes before likeness of letters: "Sirya" is Syria, not Thailand (Siam).
    allowed = (len(key) + 1) // 3 if len(key) > 3 else 0
    slips = sorted(
        (distance, name[:1] != key[:1], name)
        for name in index["name"]
        if abs(len(name) - len(key)) <= allowed and (distance := _slips(key, name)) <= allowed
    )
    close = [*(name for _, _, name in slips), *difflib.get_close_matches(key, pool, n=5, cutoff=0.6)]
    return tuple(dict.fromkeys(_label(pool[name][-1]) for name in close))[:3]


def _slips(one: str, other: str) -> int:
    """Fewest letters added, left out, replaced or swapped with their neighbour that lead from one to the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                least = min(least, earlier[j - 2] + 1)
            row.append(least)
    return row[-1]


def _neighbours_in_time(states: Iterable[State], day: date, system: System) -> tuple[str, ...]:
    """Labels of the states that answer for the same territory on that day."""
    by_code = {state.cowcode: state for state in all_states()}
    found: dict[str, None] = {}
    for state in states:
        codes = (*_AFTER.get(state.cowcode, ()), *_BEFORE.get(state.cowcode, ()))
        for code in codes:
            if by_code[code].member_on(day, system):
                found[_label(by_code[code])] = None
    return tuple(found)


def find_state(
    key: str | int, on: date | None = None, *, scheme: Scheme = "any", system: System = "cow"
) -> State:
    """The state meant by a code, name or alias, on a date.

    ``key``: ISO 3166 code (three or two letters), CoW number or letters, Gleditsch-Ward number
    (``scheme="gw"``), English name or alias; case and accents do not matter. With ``scheme="any"`` a number
    is a CoW code and three letters are ISO before CoW. ``on``: the day at which the state must belong to the
    ``system``; without it the state that exists today is preferred, else the latest that bore the name.

    Raises ``UnknownState``: nobody bears that name or code (with the nearest valid names), or the state did
    not exist on that day (with the spells that are covered and the code that answers for the territory then).

    >>> find_state("DEU", date(1980, 6, 1)).cowcode, find_state("Germany").cowcode
    (260, 255)
    >>> find_state(678, scheme="gw", on=date(2020, 1, 1)).name
    'Yemen'
    """
    folded = _fold(str(key))
    found = _candidates(folded, scheme)
    if not found:
        raise UnknownState(str(key), nearest=_nearest(folded))
    if on is None:
        today = [state for state in found if state.exists_today]
        return (today or list(found))[0]
    if scheme == "gw":
        system = "gw"
        running = [s for s in found if str(s.gwcode_on(on)) == folded]
    else:
        running = [state for state in found if state.member_on(on, system)]
    if running:
        return running[0]
    covered = "; ".join(f"{s.name}: {', '.join(map(str, _covered(s, system)))}" for s in found)
    nearest = _neighbours_in_time(found, on, system)
    listed = "Correlates of War" if system == "cow" else "Gleditsch-Ward"
    raise UnknownState(
        str(key),
        nearest=nearest,
        where=f"on {on}",
        fix=f"Covered by the {listed} list: {covered}"
        + (f"; nearest valid then: {', '.join(nearest)}" if nearest else ""),
    )


def _covered(state: State, system: System) -> tuple[Spell, ...]:
    return state.member if system == "cow" else tuple(item.spell for item in state.gw)


def states_in_year(year: int, system: System = "cow") -> tuple[State, ...]:
    """States that belong to the system on at least one day of ``year``."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return tuple(
        state
        for state in all_states()
        if any(s.start <= last and (s.end is None or s.end >= first) for s in _covered(state, system))
    )
