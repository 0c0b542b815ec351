"""International organisations, blocs, informal groups and armed groups: codes, names, members by date.

Our own table of facts. Codes follow common abbreviations; ``WEST`` is the informal group that texts call the West.
Membership spells are given for the organisations whose members bear on intervention questions (NATO, EU, CSTO,
Union State); elsewhere ``members`` is empty, which means *not recorded*, never *none*.
Sources: the organisations' own member lists (nato.int, europa.eu, odkb-csto.org), read as general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache


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


# code; kind; names separated by "/"
_TABLE = """
NATO;organisation;NATO/North Atlantic Treaty Organization/North Atlantic Treaty Organisation/North Atlantic Alliance/Atlantic Alliance/the Alliance/North Atlantic Council/Alliance
EU;organisation;EU/E.U./European Union/European Commission/European Council/European Parliament/European External Action Service/Council of the European Union
CSTO;organisation;CSTO/Collective Security Treaty Organization/Collective Security Treaty Organisation/Collective Security Treaty/Collective Security Council/ODKB
UN;organisation;UN/U.N./United Nations/UN Security Council/U.N. Security Council/United Nations Security Council/UN General Assembly/UN Human Rights Council
OSCE;organisation;OSCE/Organization for Security and Co-operation in Europe/Organization for Security and Cooperation in Europe/Organisation for Security and Co-operation in Europe/OSCE Special Monitoring Mission
UST;organisation;Union State
CIS;organisation;CIS/Commonwealth of Independent States
EAEU;organisation;EAEU/Eurasian Economic Union
SCO;organisation;SCO/Shanghai Cooperation Organization/Shanghai Cooperation Organisation
AU;organisation;African Union/African Union Commission
ECOWAS;organisation;ECOWAS/Economic Community of West African States
AES;organisation;Alliance of Sahel States
SADC;organisation;SADC/Southern African Development Community
EAC;organisation;East African Community
IGAD;organisation;IGAD/Intergovernmental Authority on Development
LAS;organisation;Arab League/League of Arab States
GCC;organisation;GCC/Gulf Cooperation Council
ASEAN;organisation;ASEAN/Association of Southeast Asian Nations
OAS;organisation;OAS/Organization of American States
CARICOM;organisation;CARICOM/Caribbean Community
OIC;organisation;OIC/Organization of Islamic Cooperation/Organisation of Islamic Cooperation
COE;organisation;Council of Europe/Venice Commission
IAEA;organisation;IAEA/International Atomic Energy Agency
ICC;organisation;International Criminal Court
ICJ;organisation;International Court of Justice
ICRC;organisation;ICRC/International Committee of the Red Cross/Red Cross
IMF;organisation;IMF/International Monetary Fund
WB;organisation;World Bank
WTO;organisation;WTO/World Trade Organization
OPEC;organisation;OPEC
WHO;organisation;WHO/World Health Organization
BRICS;bloc;BRICS
G7;bloc;G7/Group of Seven/G-7
G20;bloc;G20/G-20/Group of Twenty
NF;bloc;Normandy format/Normandy Format/Normandy Four/Normandy Quartet
TCG;bloc;Trilateral Contact Group
QUAD;bloc;the Quad
AUKUS;bloc;AUKUS
WEST;bloc;the West/Western/West's/Western countries/Western powers/Western leaders/Western community/Western world/Western states/Western allies/Western partners/Western society/Western nations/Western governments/Western capitals/Westerners/collective West
DPR;armed;Donetsk People's Republic/DPR/DNR
LPR;armed;Luhansk People's Republic/Lugansk People's Republic/LPR/LNR
SUN;state;Soviet Union/USSR/Soviet/Soviets/U.S.S.R.
TALIBAN;armed;Taliban
HEZBOLLAH;armed;Hezbollah/Hizbollah/Hizbullah
HAMAS;armed;Hamas
PIJ;armed;Islamic Jihad
HOUTHIS;armed;Houthis/Houthi/Ansar Allah
IS;armed;Islamic State/ISIS/ISIL/Daesh
ALQAEDA;armed;al-Qaeda/Al-Qaeda/al Qaeda/Al Qaeda/al-Qaida
ALSHABAAB;armed;al-Shabaab/Al-Shabaab/al-Shabab
BOKOHARAM;armed;Boko Haram
PKK;armed;PKK/Kurdistan Workers' Party
YPG;armed;YPG/People's Protection Units
SDF;armed;Syrian Democratic Forces/SDF
HTS;armed;Hayat Tahrir al-Sham/HTS
RSF;armed;Rapid Support Forces/RSF
LNA;armed;Libyan National Army/LNA
GNA;armed;Government of National Accord
TPLF;armed;TPLF/Tigray People's Liberation Front
M23;armed;M23/March 23 Movement
WAGNER;armed;Wagner Group/Wagner/Africa Corps
POLISARIO;armed;Polisario/Polisario Front
IRGC;state;Islamic Revolutionary Guard Corps/Revolutionary Guards/Revolutionary Guard/IRGC/Quds Force
ABK;de facto state;Abkhazian/Abkhaz
OSS;de facto state;South Ossetian
"""

_GROUPS_OF_STATES: dict[str, tuple[str, ...]] = {
    "Baltic states": ("EST", "LVA", "LTU"), "Baltic countries": ("EST", "LVA", "LTU"), "Baltics": ("EST", "LVA", "LTU"),
    "Baltic nations": ("EST", "LVA", "LTU"), "Baltic republics": ("EST", "LVA", "LTU"), "Baltic States": ("EST", "LVA", "LTU"),
    "Benelux": ("BEL", "NLD", "LUX"), "Visegrad Four": ("POL", "CZE", "SVK", "HUN"), "Lublin Triangle": ("UKR", "POL", "LTU"),
    "Associated Trio": ("UKR", "GEO", "MDA"),
}  # fmt: skip

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
_CSTO = (
    "1994-04-20 ARM KAZ KGZ RUS TJK UZB/1999-04-02 BLR AZE/1999-04-02 GEO/1999-04-02|2006-08-16 UZB/2012-12-19"
)
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
    for line in filter(None, _TABLE.splitlines()):
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
