"""Places in a text: states and capitals in locative use, regions, borders, and cities from the gazetteer.

A state's name is a place only where something is located or moves ("in Mali", "troops from Mali", "Mali's border");
elsewhere it is an actor. Cities that the tables do not know are looked up in the gazetteer when they follow a word of
place; the other readings of an ambiguous name are kept.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vedette.domain.claims import Place
from vedette.domain.reading import PlaceMention
from vedette.errors import Unavailable
from vedette.extraction.names import Found
from vedette.extraction.span_index import SpanIndex
from vedette.reference.organisations import groups_of_states
from vedette.reference.regions import border_point, regions_by_name
from vedette.reference.states import all_states, find_state

_IN = re.compile(
    r"\b(?:in|into|inside|within|around|near|across|throughout|outside|toward|towards|through|over|neighbou?ring|"
    r"(?:visit(?:ed|ing|s)?|entered|entering|enter|leave|left|leaving|invad\w+|occup\w+|cross\w*)|"
    r"(?:troops?|forces|soldiers|equipment|weapons|it|them|personnel|withdraw\w*|units|refugees|"
    r"people|trip|visit|travel\w*|"
    r"return\w*|leave|moved?|moving|sent|deployed|relocated?|transferred) (?:from|to|for)|territory "
    r"of|parts of|areas of|"
    r"regions of|east of|west of|north of|south of|border with|borders with|border of|borders of|"
    r"bordering|situation in|"
    r"located in|based in|stationed in)\s(?:the\s|mainland\s|eastern\s|western\s|northern\s|"
    r"southern\s|neighbou?ring\s|central\s)?$",
    re.IGNORECASE,
)
_LIST = re.compile(r"^(?:\s*,\s*|\s+and\s+(?:in\s+)?|,\s+and\s+|\s+or\s+)(?:the\s+)?$")
_POSSESSIVE = re.compile(r"^'s\b|^'(?=\s)")
_BORDER_AFTER = re.compile(
    r"^(?:'s|'|s')?\s(?:\w+\s){0,1}(?:state\s)?(?:borders?|frontiers?|borderlands?)\b|^[ "
    r"-](?:[A-Z]\w+)\s(?:state\s)?borders?\b",
    re.IGNORECASE,
)
_TERRITORY_AFTER = re.compile(r"^\s(?:territory|soil|land|airspace|waters|territories)\b", re.IGNORECASE)
_BORDER_OF = re.compile(r"\b(?:borders?|frontiers?)\s(?:with|of|between|to)\s(?:the\s)?$", re.IGNORECASE)
# "The borders of the EU countries with Belarus", "the border of Belarus with EU countries": both ends are one place.
_BORDER_OF_WITH = re.compile(
    r"\b(?:borders?|frontiers?)\s(?:of|between)\s(?:the\s)?[A-Z][\w'. -]{1,40}?\s(?:with|and)\s(?:the\s)?$"
)
_WITH_AFTER = re.compile(
    r"\s(?:with|and)\s(?:the\s)?(?:(?:EU|NATO)\b|[A-Z][\w-]+)(?:\s(?:member\s)?(?:countries|states|members)\b)?"
)
_NOT_WITHIN = re.compile(
    r"\b(?:memberships?|accession|integration|confidence|trust|partners?|role|place|seat) in (?:the )?$|"
    r"\b(?:countries|states|nations) neighbou?ring (?:the )?$",
    re.IGNORECASE,
)
_HYPHEN_NAME = re.compile(r"^[-–][A-Z]")
# Part of a state by the compass, written before its name: "eastern Ukraine", "the north of Kazakhstan".
_COMPASS = re.compile(
    r"\b(?:(?:(north|south)[- ]?)?(east|west)ern|(north|south)ern|"
    r"(?<=the )(?:(north|south)[- ]?)?(east|west) of|(?<=the )(north|south) of)\s(?:the\s)?$",
    re.IGNORECASE,
)
# What follows the name of a site and belongs to it.
_SITE_AFTER = re.compile(
    r"(?:\s(?:state|testing|military|combined-arms|missile|test|air))*\s(?:cosmodrome|spaceport|launch site|"
    r"training (?:grounds?|areas?|ranges?|cent(?:re|er))|proving grounds?|test (?:sites?|ranges?)|(?:air ?)?bases?|"
    r"airfield|range)\b"
)
_BORDER_STAFF = re.compile(r"\s(?:guards?|troops|service|police|officers?|control|crossings?|checkpoints?)\b")
# Fleets, platforms and districts bear the name of a place without being there.
_NAMESAKE = re.compile(r"^\s(?:Platform|[Ff]leets?|Flotilla|Initiative|Declaration)\b")
_CONTACT = re.compile(
    r"\b(?:line of (?:contact|control)|contact line|touch line|ceasefire line|demarcation line|front ?line)\b",
    re.IGNORECASE,
)
_CITY = re.compile(
    r"\b(?:[Ii]n|[Nn]ear|[Aa]t|[Oo]utside|[Ii]nto|[Aa]round|[Tt]owards?|[Ff]rom|[Cc]ity of|[Tt]own of|"
    r"[Vv]illage of|[Pp]ort of|[Cc]apital of)\s"
    r"((?:[A-Z][\w'’-]+)(?:\s(?:[A-Z][\w'’-]+|de|al|el|upon|on|Training|training|ground)){0,2})"
)
_NOT_CITY = frozenset(
    "January February March April May June July August September October November December Monday "
    "Tuesday Wednesday Thursday "
    "Friday Saturday Sunday President Prime Minister Mr Mrs Ms The This That These Those It He She "
    "They We His Her Their Our "
    "Parliament Congress Constitution Government Army Navy Armed Air Foreign Defense Defence "
    "Ministry General Joint Special "
    "Supreme State National Federal Commission Council House Senate Court War World Europe European "
    "East West North South "
    "Security Order God Christmas Easter Ramadan Article Facebook Twitter Telegram Internet "
    "University Of Alliance".split()
)

# Running text is searched only for names that some place of so many inhabitants, or a capital, bears: every second
# word with a capital letter names a village somewhere. [sweep, evals/extraction.py: places F1 .874 up to 5,000, .869
# from 10,000]
_TOWN = 5_000


def place_mentions(
    text: str, found: list[Found], spans: list[tuple[int, int]], parties: tuple[str, ...] = ()
) -> list[PlaceMention]:
    """Places in ``text``; cities are looked for only inside ``spans`` (the paragraphs that are read).

    ``parties`` are the states of the crisis: "Ukraine's border" alone means the one with the other party.
    """
    mentions: list[PlaceMention] = []
    neighbours = _Neighbours(found, parties)
    located_until = -1  # end of the last located name, so that lists go on: "in Poland and Lithuania"
    for f in found:
        before = text[max(0, f.start - 48) : f.start].replace("’", "'")
        after = text[f.end : f.end + 40].replace("’", "'")
        kind = f.what.kind
        continues = located_until >= 0 and bool(_LIST.match(text[located_until : f.start]))
        if kind == "region" and _NAMESAKE.match(after):
            continue
        if kind == "region":
            mentions.extend(_region(text, f, before, continues))
            located_until = f.end
        elif f.use == "place" and kind in ("seat", "city"):
            mentions.append(_seat(text, f))
            located_until = f.end
        elif kind in ("state", "demonym", "group") or (kind == "organisation" and f.what.codes == ("EU",)):
            one = _state(text, f, before, after, continues, neighbours)
            if one:
                mentions.append(one)
                located_until = f.end if one.level == "country" else -1
    lat, lon, country = _contact_point(found, parties)
    mentions.extend(
        PlaceMention(start=m.start(), end=m.end(), text=m.group(), lat=lat, lon=lon, country=country, level="border")
        for m in (_CONTACT.finditer(text) if _names_line(text) else ())
    )
    mentions.extend(_cities(text, found, mentions, spans))
    mentions.sort(key=lambda m: (m.start, -m.end))
    whole: list[PlaceMention] = []
    for m in mentions:
        inside = any(o.level == m.level == "border" and m.end <= o.end for o in whole[-1:])
        if not inside:  # "Polish-Belarusian border" is one place, and so is its end "Belarusian border"
            whole.append(m)
    return whole


def _names_line(text: str) -> bool:
    """Whether the words of `_CONTACT` can stand in a text: "online" and "airline" do not bring them."""
    low = text.lower()
    return "line of co" in low or any(f"{end}line" in low for end in ("t ", "h ", "e ", "n ", "front"))


# Lines between forces, by the region a text names: a rough middle, degrees, and the state that most others recognise
# as sovereign there. Our own table.
_CONTACT_LINES: tuple[tuple[frozenset[str], tuple[float, float, str | None]], ...] = (
    (frozenset({"Donbas", "Donbass", "Donetsk", "Luhansk", "Lugansk"}), (48.3, 38.3, "UKR")),
    (frozenset({"Nagorno-Karabakh", "Karabakh"}), (39.9, 47.0, "AZE")),
    (frozenset({"Kashmir"}), (34.3, 74.0, None)),
)


def _contact_point(found: list[Found], parties: tuple[str, ...]) -> tuple[float | None, float | None, str | None]:
    """Where a line of contact lies: in a party to the crisis, else along the one region that the text names."""
    names = {f.name for f in found}
    lines = [point for _, point in _CONTACT_LINES if point[2] in parties]
    lines = lines or [point for regions, point in _CONTACT_LINES if regions & names]
    return lines[0] if len(lines) == 1 else (None, None, None)


def _region(text: str, f: Found, before: str, continues: bool) -> list[PlaceMention]:
    region = regions_by_name()[f.name]
    if region.level in ("continent", "area") and not (_IN.search(before) or continues):
        return []
    end = f.end
    if region.level == "site" and (tail := _SITE_AFTER.match(text, f.end)):
        end = tail.end()
    return [
        PlaceMention(
            start=f.start, end=end, text=text[f.start : end], lat=region.lat, lon=region.lon,
            country=region.country or None, level=region.level,
        )
    ]  # fmt: skip


def _seat(text: str, f: Found) -> PlaceMention:
    from vedette.extraction.geocode import resolve, spelled_out

    behind = spelled_out(text, f.end)
    if behind and all(state != f.what.codes[0] for state, _ in behind):  # Tripoli, Lebanon
        (other,) = resolve(text, [(f.start, f.end)])
        if other.lat is not None:
            return other
    lat, lon = _capital(f.what.codes[0], f.name)
    return PlaceMention(
        start=f.start, end=f.end, text=text[f.start : f.end], lat=lat, lon=lon, country=f.what.codes[0], level="city"
    )


@lru_cache(maxsize=512)
def _capital(code: str, name: str) -> tuple[float | None, float | None]:
    """Coordinates of a capital under any of its names; other seats come from the gazetteer."""
    state = find_state(code, scheme="iso3") if len(code) == 3 and code != "PSE" else None
    if state and state.capitals:
        capital = state.capitals[-1]
        if capital.name == name or (code, name) in _SAME:
            return capital.lat, capital.lon
    best = _lookup(name, code)
    return (best[0].lat, best[0].lon) if best else (None, None)


_SAME = {
    ("UKR", "Kiev"), ("RUS", "Kremlin"), ("USA", "White House"), ("USA", "Pentagon"), ("USA", "Washington D.C."),
    ("USA", "Washington, D.C."), ("CHN", "Peking"), ("KAZ", "Nur-Sultan"), ("GBR", "Downing Street"), ("IND", "Delhi"),
    ("FRA", "Elysee"), ("FRA", "Élysée"), ("IRN", "Teheran"), ("MDA", "Chisinau"), ("YEM", "Sana'a"),
}  # fmt: skip


# A border named without a neighbour, where no party is known: the one with the mightiest neighbour. [assumption]
_MIGHTY = ("RUS", "CHN", "USA", "IND", "IRN", "ISR")


class _Neighbours:
    """Which other state a border is shared with: one named beside it, else a party of the crisis."""

    def __init__(self, found: list[Found], parties: tuple[str, ...]) -> None:
        self._found, self._parties = SpanIndex(found), parties

    def point(self, country: str | None, start: int, end: int) -> tuple[float | None, float | None]:
        """Rough middle of the border meant; nothing when no neighbour is known."""
        if country is None:
            return None, None
        beside = [f for f in self._found.starting(start - 30, end + 30) if len(f.what.codes) == 1]
        beside.sort(key=lambda f: not start <= f.start < end)  # "Polish-Belarusian border": named in the words first
        near = [f.what.codes[0] for f in beside]
        for other in (*near, *self._parties, *_MIGHTY):
            point = border_point(country, other) if other != country else None
            if point is not None:
                return point
        return None, None


def _state(
    text: str, f: Found, before: str, after: str, continues: bool, neighbours: _Neighbours
) -> PlaceMention | None:
    country = f.what.codes[0] if len(f.what.codes) == 1 and len(f.what.codes[0]) == 3 else None
    border = _BORDER_AFTER.match(after)
    if border and f.what.kind != "organisation" and not _BORDER_STAFF.match(text, f.end + border.end()):
        end = f.end + border.end()
        lat, lon = neighbours.point(country, f.start, end)
        return PlaceMention(
            start=f.start, end=end, text=text[f.start : end], lat=lat, lon=lon, country=country, level="border"
        )
    if f.what.kind == "demonym":
        territory = _TERRITORY_AFTER.match(after)
        if territory and country:
            end = f.end + territory.end()
            return PlaceMention(
                start=f.start, end=end, text=text[f.start : end], lat=None, lon=None, country=country, level="country"
            )
        return None
    of_border = _BORDER_OF_WITH.search(before) or _BORDER_OF.search(before)
    if of_border and f.what.kind != "organisation" and not _POSSESSIVE.match(after):
        start = f.start - (len(before) - of_border.start())
        other_end = _WITH_AFTER.match(text, f.end)
        end = other_end.end() if other_end else f.end
        lat, lon = neighbours.point(country, start, end)
        return PlaceMention(
            start=start, end=end, text=text[start:end], lat=lat, lon=lon, country=country, level="border"
        )
    if f.what.kind == "group" and f.name not in _GROUPS_OF_LAND:
        return None
    compass = _COMPASS.search(before)
    if compass and country and not _POSSESSIVE.match(after):
        return _part(text, f, len(before) - compass.start(), compass, country)
    if _NOT_WITHIN.search(before) or (_HYPHEN_NAME.match(after) and not continues):
        return None
    located = _IN.search(before) if f.what.kind != "organisation" else re.search(r"\bin the $", before)
    if _POSSESSIVE.match(after) or not (located or (continues and f.what.kind != "organisation")):
        return None
    return PlaceMention(
        start=f.start, end=f.end, text=text[f.start : f.end], lat=None, lon=None, country=country,
        level="country" if country else "region",
    )  # fmt: skip


# Groups of states that are also a piece of land; formats of talks are not.
_GROUPS_OF_LAND = frozenset(name for name in groups_of_states() if name.startswith(("Baltic", "Benelux")))


def _part(text: str, f: Found, back: int, compass: re.Match[str], country: str) -> PlaceMention:
    """Part of a state: the mean of its divisions that lie in the outer third of the state on that side."""
    words = "".join(filter(None, compass.groups())).lower()
    lat, lon = _side(country, words)
    start = f.start - back
    return PlaceMention(
        start=start, end=f.end, text=text[start : f.end], lat=lat, lon=lon, country=country, level="region"
    )


@lru_cache(maxsize=512)
def _side(country: str, words: str) -> tuple[float | None, float | None]:
    """Rough middle of a side of a state, degrees; nothing when the gazetteer is not installed.

    >>> _side("XXX", "east")
    (None, None)
    """
    from vedette.reference import gazetteer

    state = find_state(country, scheme="iso3") if country in _state_codes() else None
    try:
        centres = gazetteer.load_gazetteer().division_centres
    except Unavailable:
        return None, None
    points = [c for code, c in centres.items() if state and code.partition(".")[0] == state.iso2]
    for word, axis, sign in (("north", 0, 1), ("south", 0, -1), ("east", 1, 1), ("west", 1, -1)):
        if word in words and points:
            values = sorted(sign * point[axis] for point in points)
            edge = values[-1] - (values[-1] - values[0]) / 3
            points = [point for point in points if sign * point[axis] >= edge]
    if not points:
        return None, None
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


@lru_cache(maxsize=1)
def _state_codes() -> frozenset[str]:
    return frozenset(state.iso3 for state in all_states() if state.iso3)


@lru_cache(maxsize=2048)
def _lookup(name: str, country: str) -> tuple[Place, ...]:
    """Readings of a city's name, best first; nothing when the gazetteer is not installed."""
    from vedette.reference import gazetteer

    try:
        rows = gazetteer.candidates(
            name, countries=(country,) if country else (), limit=5, at_least=_TOWN
        )
    except Unavailable:
        return ()
    own = [r for r in rows if r.matched == "name" or r.population >= 50_000 or r.is_capital]
    return tuple(Place(name=r.name, lat=r.lat, lon=r.lon, country=r.country) for r in own)


_NEXT_TOWN = re.compile(r"(?:, (?:and )?| and )([A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?)")


def _town(written: str, start: int) -> tuple[int, int] | None:
    """The longest name of a town that a phrase begins with."""
    words = written.replace("’", "'").removesuffix("'s").split(" ")
    while words and words[0] not in _NOT_CITY:
        name = " ".join(words)
        if _lookup(name, ""):
            return start, start + len(name)
        words.pop()
    return None


def _cities(
    text: str, found: list[Found], mentions: list[PlaceMention], spans: list[tuple[int, int]]
) -> list[PlaceMention]:
    taken = bytearray(len(text) + 1)
    for f in found:
        taken[f.start : f.end] = b"\x01" * (f.end - f.start)
    for m in mentions:
        taken[m.start : m.end] = b"\x01" * (m.end - m.start)
    named: list[tuple[int, int]] = []
    for a, b in spans:
        for match in _CITY.finditer(text, a, b):
            start, end = match.span(1)
            if taken.find(1, start, end) >= 0:
                continue
            found_here = _town(match.group(1), start)
            while found_here is not None:  # "in Kherson, Mykolaiv and Odesa"
                named.append(found_here)
                more = _NEXT_TOWN.match(text, found_here[1], b)
                if more is None or taken.find(1, *more.span(1)) >= 0:
                    break
                found_here = _town(more.group(1), more.start(1))
    if not named:
        return []
    from vedette.extraction.geocode import resolve

    # Towns are read in the light of each other and of the states the text names.
    # Where states are located rather than acting, only the located ones count: the United States act in every text.
    located: dict[str, float] = {}
    for m in mentions:
        if m.country:
            located[m.country] = located.get(m.country, 0.0) + 1.0
    return [place for place in resolve(text, named, states=located or None) if place.lat is not None]
