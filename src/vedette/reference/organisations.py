"""International organisations, blocs, informal groups and armed groups: codes, names, members by date.

Our own table of facts, ``organisations.txt``. Codes follow common abbreviations; ``WEST`` is the informal group that
texts call the West. Membership spells are given for the organisations whose members bear on intervention questions
(NATO, EU, CSTO, Union State); elsewhere ``members`` is empty, which means *not recorded*, never *none*.
Sources: the organisations' own member lists (nato.int, europa.eu, odkb-csto.org), read as general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One state's spell in an organisation; ``end`` None means still running."""

    iso3: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation or group. ``kind``: organisation, bloc (informal), group of states, armed (non-state force)."""

    code: str
    names: tuple[str, ...]
    kind: str
    members: tuple[Membership, ...] = ()

    def members_on(self, day: date) -> frozenset[str]:
        """ISO3 codes of the members on ``day`` (empty when membership is not recorded)."""
        return frozenset(m.iso3 for m in self.members if m.start <= day and (m.end is None or day <= m.end))


_BALTIC = ("EST", "LVA", "LTU")
_CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
_GULF = ("BHR", "KWT", "OMN", "QAT", "SAU", "ARE")
_GROUPS_OF_STATES: dict[str, tuple[str, ...]] = {
    **{f"Baltic {word}": _BALTIC for word in ("states", "States", "countries", "nations", "republics")},
    "Baltics": _BALTIC,
    "Benelux": ("BEL", "NLD", "LUX"),
    **dict.fromkeys(("Visegrad Four", "Visegrad Group"), ("POL", "CZE", "SVK", "HUN")),
    **{f"Central Asian {word}": _CENTRAL_ASIA for word in ("states", "countries", "republics", "nations")},
    **{f"Gulf {word}": _GULF for word in ("states", "States", "monarchies")},
    **{f"Nordic {word}": ("DNK", "FIN", "ISL", "NOR", "SWE") for word in ("states", "countries", "nations")},
    "Anglo-Saxons": ("USA", "GBR"),
    "Weimar Triangle": ("DEU", "FRA", "POL"),
    "Bucharest Nine": ("BGR", "CZE", "EST", "HUN", "LVA", "LTU", "POL", "ROU", "SVK"),
    "Lublin Triangle": ("UKR", "POL", "LTU"),
    "Associated Trio": ("UKR", "GEO", "MDA"),
}

_NATO = (
    "1949-04-04 BEL CAN DNK FRA ISL ITA LUX NLD NOR PRT GBR USA|1952-02-18 GRC TUR|1955-05-06 DEU|1982-05-30 ESP|"
    "1999-03-12 CZE HUN POL|2004-03-29 BGR EST LVA LTU ROU SVK SVN|2009-04-01 ALB HRV|2017-06-05 MNE|2020-03-27 MKD|"
    "2023-04-04 FIN|2024-03-07 SWE"
)
_EU = (
    "1958-01-01 BEL FRA DEU ITA LUX NLD|1973-01-01 DNK IRL GBR/2020-01-31|1981-01-01 GRC|1986-01-01 PRT ESP|"
    "1995-01-01 AUT FIN SWE|2004-05-01 CYP CZE EST HUN LVA LTU MLT POL SVK SVN|2007-01-01 BGR ROU|2013-07-01 HRV"
)
# Azerbaijan, Georgia and Uzbekistan did not renew in 1999; Uzbekistan returned 2006 to 2012.
_CSTO = "1994-04-20 ARM KAZ KGZ RUS TJK UZB/1999-04-02 BLR AZE/1999-04-02 GEO/1999-04-02|2006-08-16 UZB/2012-12-19"
_MEMBERS = {"NATO": _NATO, "EU": _EU, "CSTO": _CSTO, "UST": "1999-12-08 RUS BLR"}


def _members(text: str) -> tuple[Membership, ...]:
    found = []
    for part in filter(None, text.split("|")):
        start, *states = part.split()
        for state in states:
            code, _, end = state.partition("/")
            found.append(
                Membership(iso3=code, start=date.fromisoformat(start), end=date.fromisoformat(end) if end else None)
            )
    return tuple(found)


@lru_cache(maxsize=1)
def all_organisations() -> tuple[Organisation, ...]:
    """Every organisation and group of the table."""
    found = []
    text = files("vedette.reference").joinpath("organisations.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        code, kind, names = line.split(";")
        found.append(
            Organisation(code=code, kind=kind, names=tuple(names.split("/")), members=_members(_MEMBERS.get(code, "")))
        )
    return tuple(found)


def groups_of_states() -> dict[str, tuple[str, ...]]:
    """Names of groups of states and the ISO3 codes they stand for."""
    return dict(_GROUPS_OF_STATES)


def find_organisation(code: str) -> Organisation | None:
    """The organisation with that code, None when there is none."""
    return next((o for o in all_organisations() if o.code == code), None)
