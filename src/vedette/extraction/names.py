"""Names of actors in a text: states, peoples, governments behind capitals, organisations, leaders by date.

One Aho-Corasick pass finds every spelling of our tables; rules then decide what each is. A capital stands for its
government unless the words around it place something there ("in Kyiv", "the capital, Kyiv"); a name inside the name
of an agreement ("the Minsk agreements") is neither.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vedette.domain.reading import ActorMention
from vedette.extraction.span_index import SpanIndex
from vedette.reference.demonyms import NOT_GOVERNMENTS, demonyms, institutions, seats
from vedette.reference.leaders import leader_named, leaders_by_name
from vedette.reference.organisations import all_organisations, groups_of_states
from vedette.reference.regions import regions_by_name
from vedette.reference.states import all_states

_APOSTROPHE = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "‑": "-"})
# Surnames that are common words, first names or places: they need a title or the full name somewhere in the text.
_NEEDS_FULL_NAME = frozenset(
    "Moon Bush Austin Abe Lai Tsai Xi Petro Marcos Hadi Bennett Katz Price Pavel Saleh Abbas Sall "
    "Lula Correa Uribe Santos "
    "Rice Barrow Henry Duque Issoufou Kiir Meles Isaias Abadi Sudani Zas Akar Fidan Burhan Bashir "
    "Ortega Duda Abiy Prabowo "
    "Mattis Kerry Nuland Truss Lapid Gantz Gallant Aoun Sandu Deby Déby Kabore Traore Traoré Conde Biya Corr".split()
)
_TITLE = (
    r"(?:Presidents?|Prime Ministers?|Premier|Chancellor|Ministers?|Secretary(?:[- ]General)?|Mr\.?|"
    r"Mrs\.?|Ms\.?|Dr\.?|General|"
    r"Gen\.|Marshal|Senator|Ambassador|King|Emir|leader|Leader|Chairman|Commander|Admiral|Col\.|Colonel|counterpart,?|"
    r"Governor|Sheikh|Ayatollah|dictator|strongman|spokes\w+)"
)
_TITLE_BEFORE = re.compile(rf"\b{_TITLE}\s$")
# What makes a capital's name a place: words just before or after it.
_PLACE_BEFORE = re.compile(
    r"\b(?:in|near|outside|around|inside|at|across|throughout|into|toward|towards|visit(?:ed|ing|s)?|visit to|trip to|"
    r"arriv\w+ in|travel\w* to|flew to|flown to|went to|miles from|kilometers from|kilometres from|km "
    r"from|city of|capital of|"
    r"capital,|capital city|downtown|central|streets of|suburbs of|siege of|advance on|march on|seize|capture|encircle|"
    r"surround|take|storm|attack on|assault on|held in|talks in|mayor of|from (?:near|around))\s(?:the\s)?$",
    re.IGNORECASE,
)
_PLACE_AFTER = re.compile(
    r"^(?:\s(?:(?:international |peace |donors' |security )?(?:conference|talks|meeting)\b|region|"
    r"oblast|province|airport|suburbs?|summit|(?:has |have )?(?:served|was chosen|was picked) as "
    r"(?:the |a )?(?:\w+ )?"
    r"(?:venue|site|host|place|location)|hosted|time\b)|,\s(?:Ukraine|Russia|Belarus|where\b))",
    re.IGNORECASE,
)
_ACT_NAME_AFTER = re.compile(
    r"^(?:'s)?(?:[ -](?:I{1,3}|2|and \w+))?[ -](?:agreements?|accords?|packages?|process|protocols?|"
    r"memorandum|treaty|treaties|"
    r"convention|declaration|communiqu\w+|formula|charter|criteria|conference|Agreements?|Accords?|"
    r"Package|Process|Protocols?|"
    r"Memorandum|Treaty|Convention|Declaration|Charter|Statement|Formula|Conference|Act|Pact)\b"
)
_ORG_NAME = re.compile(
    r"(?<![\w&'-])(?:[A-Z][\w&'-]+\s){1,4}(?:Institute|University|Foundation|Think Tank|College|"
    r"Academy)\b(?:\s(?:for|of)(?:\s[A-Z][\w-]+){1,4})?"
)
# One of these stands in every match, which would else be tried at every capital.
_ORG_SIGNS = ("Institute", "University", "Foundation", "Think Tank", "College", "Academy")


@dataclass(frozen=True, slots=True)
class Name:
    """What a spelling can be: state, demonym, seat, institution, organisation, bloc, armed, group, person, region."""

    kind: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A spelling in the text and what it can be; ``use`` is the reading chosen: actor, place or nothing."""

    start: int
    end: int
    name: str
    what: Name
    use: str = "actor"
    role: str = ""


@lru_cache(maxsize=1)
def _table() -> dict[str, Name]:
    names: dict[str, Name] = {}
    for region in regions_by_name().values():
        for spelling in region.names:
            names[spelling] = Name("region", (region.country,) if region.country else ())
    today = dt.date(2024, 1, 1)
    for state in all_states():
        if not state.iso3:
            continue
        if state.exists_today:
            for spelling in (state.name, *state.aliases):
                names.setdefault(spelling, Name("state", (state.iso3,)))
            capital = state.capital_on(today)
            if capital and capital.name not in NOT_GOVERNMENTS:
                names.setdefault(capital.name, Name("seat", (state.iso3,)))
            elif capital:
                names.setdefault(capital.name, Name("city", (state.iso3,)))
    for code, spellings in seats().items():
        for spelling in spellings:
            names[spelling] = Name("seat", (code,))
    for code, forms in demonyms().items():
        for form in forms:
            names.setdefault(form, Name("demonym", (code,)))
    for code, spellings in institutions().items():
        for spelling in spellings:
            names[spelling] = Name("institution", (code,))
    for extra, code in _MORE_STATES.items():
        names[extra] = Name("state", (code,))
    for name in leaders_by_name():
        names.setdefault(name, Name("person", ()))
    for organisation in all_organisations():
        kind = {"organisation": "organisation", "bloc": "bloc", "state": "state"}.get(organisation.kind, "armed")
        for spelling in organisation.names:
            names[spelling] = Name(kind, (organisation.code,))
    for spelling, codes in groups_of_states().items():
        names[spelling] = Name("group", codes)
    for spelling in (
        "Salvador",
        "Trinidad",
        "Victoria",
        "CAR",
        "ROC",
        "SUN",
        "YUG",
        "SCG",
        "Prussia",
        "Sardinia",
        "England",
        "Persia",
    ):
        names.pop(spelling, None)
    return {key.translate(_APOSTROPHE): value for key, value in names.items()}


# Current spellings missing from the state table, which keeps only one name and what panels need.
_MORE_STATES = {
    "UAE": "ARE", "U.A.E.": "ARE", "Great Britain": "GBR", "Kyrgyz Republic": "KGZ", "Czech Republic": "CZE",
    "Slovak Republic": "SVK", "Republic of Belarus": "BLR", "Republic of Poland": "POL",
    "Republic of Lithuania": "LTU", "Republic of Latvia": "LVA", "Republic of Estonia": "EST",
    "Republic of Kazakhstan": "KAZ", "Republic of Armenia": "ARM", "Republic of Azerbaijan": "AZE",
    "Republic of Turkey": "TUR", "Kingdom of the Netherlands": "NLD", "Palestine": "PSE",
    "Palestinian Authority": "PSE", "Palestinian": "PSE", "Palestinians": "PSE", "US": "USA", "U.S.": "USA",
    "Saint Vincent": "VCT", "Republic of Serbia": "SRB", "Republic of Cuba": "CUB",
    "Kingdom of Saudi Arabia": "SAU", "Republic of Korea": "KOR", "Islamic Republic": "IRN",
    "Hashemite Kingdom of Jordan": "JOR", "Swiss Confederation": "CHE", "mainland China": "CHN",
    "State of Israel": "ISR", "Republic of Tajikistan": "TJK", "Republic of Uzbekistan": "UZB",
    "Republic of Iraq": "IRQ",
}  # fmt: skip


@lru_cache(maxsize=1)
def _automaton() -> Any:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for spelling, name in _table().items():
        automaton.add_word(spelling, (spelling, name))
    automaton.make_automaton()
    return automaton


def scan_names(text: str, published: dt.date) -> list[Found]:
    """Every known name in ``text``, in order, each with the use the context gives it."""
    plain = text.translate(_APOSTROPHE)
    hits: list[tuple[int, int, str, Name]] = []
    for last, (spelling, name) in _automaton().iter_long(plain):
        start, end = last - len(spelling) + 1, last + 1
        if start and (plain[start - 1].isalnum() or plain[start - 1] == "_"):
            continue
        if end < len(plain) and plain[end].isalnum() and plain[end - 1] != ".":
            continue
        hits.append((start, end, spelling, name))
    full = {n.split()[-1] for _, _, n, w in hits if w.kind == "person" and " " in n}
    found: list[Found] = []
    for start, end, spelling, name in hits:
        one = _read(plain, start, end, spelling, name, published, full)
        if one:
            found.append(one)
    return found


def _read(
    plain: str, start: int, end: int, spelling: str, name: Name, published: dt.date, full: set[str]
) -> Found | None:
    before, after = plain[max(0, start - 30) : start], plain[end : end + 60]
    if name.kind == "person":
        leader = leader_named(spelling, published)
        if leader is None or (plain[start - 1 : start] == "-" and start):
            return None
        if " " not in spelling and spelling not in full and not _TITLE_BEFORE.search(before):
            recent = leader.start <= published and (leader.end is None or (published - leader.end).days < 3 * 365)
            if spelling in _NEEDS_FULL_NAME or not recent:
                return None
        return Found(start, end, spelling, Name("person", (leader.code,)), "actor", leader.role)
    if name.kind in ("region", "city"):
        return Found(start, end, spelling, name, "place")
    if name.kind == "seat":
        if _ACT_NAME_AFTER.match(after) and spelling not in ("Kremlin", "Pentagon"):
            return Found(start, end, spelling, name, "none")
        if _PLACE_BEFORE.search(before) or _PLACE_AFTER.match(after):
            return Found(start, end, spelling, name, "place", "city")
        return Found(start, end, spelling, name, "actor", "government")
    if name.codes == ("WEST",) or spelling == "Alliance":
        # "Western Sahara", "western" as a compass point, and alliances of other kinds are not meant.
        if spelling == "Alliance" and not (plain[max(0, start - 4) : start] == "the " and "NATO" in plain):
            return None
        if spelling == "Western" and re.match(r"\s(?:Europe|Sahara|Balkans|Ukraine|Hemisphere|Military)\b", after):
            return None
    if spelling == "Pole" and re.search(r"\b(?:North|South)\s$", before):
        return None
    return Found(start, end, spelling, name, "actor", "")


def actor_mentions(text: str, found: list[Found], author: str) -> list[ActorMention]:
    """The names used as actors, with institutes and the author added."""
    mentions = [
        ActorMention(
            start=f.start, end=f.end, text=text[f.start : f.end], codes=f.what.codes, kind=f.what.kind, role=f.role
        )
        for f in found
        if f.use == "actor"
    ]
    taken = SpanIndex(mentions)
    extra: list[ActorMention] = []
    for match in _ORG_NAME.finditer(text) if any(sign in text for sign in _ORG_SIGNS) else ():
        if not [m for m in taken.starting(match.start() - 60, match.end()) if m.end > match.start()]:
            extra.append(_plain(text, match.start(), match.end(), "organisation", ""))
    if author:
        for match in re.finditer(rf"(?<!\w){re.escape(author)}(?!\w)", text):
            extra.append(_plain(text, match.start(), match.end(), "person", "author"))
    return sorted([*mentions, *extra], key=lambda m: (m.start, m.end)) if extra else mentions


def _plain(text: str, start: int, end: int, kind: str, role: str) -> ActorMention:
    name = text[start:end]
    return ActorMention(start=start, end=end, text=name, codes=(name,), kind=kind, role=role)


def code_named(name: str) -> str:
    """Code of the one state, people or organisation that bears ``name``; empty when there is none."""
    known = _table().get(name)
    return known.codes[0] if known and len(known.codes) == 1 and known.kind != "region" else ""
