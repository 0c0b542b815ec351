"""How the code systems of event data become ours: CAMEO codes to PLOVER classes, country codes and names to states.

CAMEO to PLOVER: rules by the beginning of a code, the longest that fits; ours, following the published conversion
(PLOVER manual, draft 0.8 of September 2021) with its CONCEDE and RETREAT joined as YIELD, as everywhere here. CAMEO 02
(appeal) counts as a request; 01 (statement) has no class, which is not the same as nothing having happened.

Country codes: FIPS 10-4 (a standard of the United States government, withdrawn in 2008), which GDELT uses for places,
with the codes GDELT adds (South Sudan, Kosovo, Gaza); CAMEO country codes are those of ISO 3166 but for a few.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from vedette.frames.events import CodeTables
from vedette.reference.plover import ROOTS
from vedette.reference.states import all_states

# Beginning of a CAMEO code -> PLOVER class.
_CAMEO = {
    "02": "REQUEST", "03": "AGREE", "04": "CONSULT", "05": "SUPPORT", "06": "COOPERATE", "07": "AID", "08": "YIELD",
    "09": "ACCUSE", "10": "REQUEST", "11": "ACCUSE", "12": "REJECT", "13": "THREATEN", "14": "PROTEST",
    "15": "MOBILIZE", "16": "SANCTION", "163": "COERCE", "17": "COERCE", "1712": "ASSAULT", "175": "ASSAULT",
    "18": "ASSAULT", "19": "ASSAULT", "191": "COERCE", "192": "COERCE", "20": "ASSAULT",
}  # fmt: skip

# PLOVER classes of other editions -> ours.
PLOVER_NAMES = {**{root: root for root in ROOTS}, "CONCEDE": "YIELD", "RETREAT": "YIELD", "REDUCE": "SANCTION"}

_FIPS = """
AF=AFG AO=AGO AL=ALB AN=AND AE=ARE AR=ARG AM=ARM AC=ATG AS=AUS AU=AUT AJ=AZE BY=BDI BE=BEL BN=BEN UV=BFA BG=BGD BU=BGR
BA=BHR BF=BHS BK=BIH BO=BLR BH=BLZ BL=BOL BR=BRA BB=BRB BX=BRN BT=BTN BC=BWA CT=CAF CA=CAN SZ=CHE CI=CHL CH=CHN IV=CIV
CM=CMR CG=COD CF=COG CO=COL CN=COM CV=CPV CS=CRI CU=CUB CY=CYP EZ=CZE GM=DEU DJ=DJI DO=DMA DA=DNK DR=DOM AG=DZA EC=ECU
EG=EGY ER=ERI SP=ESP EN=EST ET=ETH FI=FIN FJ=FJI FR=FRA FM=FSM GB=GAB UK=GBR GG=GEO GH=GHA GV=GIN GA=GMB PU=GNB EK=GNQ
GR=GRC GJ=GRD GT=GTM GY=GUY HO=HND HR=HRV HA=HTI HU=HUN ID=IDN IN=IND EI=IRL IR=IRN IZ=IRQ IC=ISL IS=ISR IT=ITA JM=JAM
JO=JOR JA=JPN KZ=KAZ KE=KEN KG=KGZ CB=KHM KR=KIR SC=KNA KS=KOR KU=KWT LA=LAO LE=LBN LI=LBR LY=LBY ST=LCA LS=LIE CE=LKA
LT=LSO LH=LTU LU=LUX LG=LVA MO=MAR MN=MCO MD=MDA MA=MDG MV=MDV MX=MEX RM=MHL MK=MKD ML=MLI MT=MLT BM=MMR MJ=MNE MG=MNG
MZ=MOZ MR=MRT MP=MUS MI=MWI MY=MYS WA=NAM NG=NER NI=NGA NU=NIC NL=NLD NO=NOR NP=NPL NR=NRU NZ=NZL MU=OMN PK=PAK PM=PAN
PE=PER RP=PHL PS=PLW PP=PNG PL=POL KN=PRK PO=PRT PA=PRY QA=QAT RO=ROU RS=RUS RW=RWA SA=SAU SU=SDN SG=SEN SN=SGP BP=SLB
SL=SLE ES=SLV SM=SMR SO=SOM RI=SRB TP=STP NS=SUR LO=SVK SI=SVN SW=SWE WZ=SWZ SE=SYC SY=SYR CD=TCD TO=TGO TH=THA TI=TJK
TX=TKM TT=TLS TN=TON TD=TTO TS=TUN TU=TUR TV=TUV TW=TWN TZ=TZA UG=UGA UP=UKR UY=URY US=USA UZ=UZB VC=VCT VE=VEN VM=VNM
NH=VUT WS=WSM YM=YEM SF=ZAF ZA=ZMB ZI=ZWE
OD=SSD KV=XKX RB=SRB YI=SRB WE=PSE GZ=PSE WI=ESH HK=HKG MC=MAC
"""
# Territories with a code of their own that event data treat as places and actors, beside the states of the table.
_TERRITORIES = {"PSE": ("Palestine", "Palestinian Territories", "Palestinian Territory, Occupied", "State of Palestine",
                        "Occupied Palestinian Territory", "West Bank", "Gaza Strip"),
                "ESH": ("Western Sahara",), "HKG": ("Hong Kong",), "MAC": ("Macao", "Macau")}  # fmt: skip
# CAMEO country codes that differ from ISO 3166 (CAMEO codebook 1.1b3, chapter 3, and its older forms in GDELT).
_CAMEO_STATES = {"ROM": "ROU", "TMP": "TLS", "ZAR": "COD", "KSV": "XKX", "KOS": "XKX", "WSB": "PSE", "GZS": "PSE",
                 "YUG": "SRB", "SCG": "SRB"}  # fmt: skip
# Names that event data use and the table of states does not hold.
_NAMES = {
    "Russia (Soviet Union)": "RUS", "Russian Federation": "RUS", "Soviet Union": "RUS", "Burma": "MMR",
    "Myanmar (Burma)": "MMR", "Democratic Republic of Congo": "COD", "DR Congo (Zaire)": "COD", "DR Congo": "COD",
    "Democratic Republic of the Congo": "COD", "Republic of Congo": "COG", "Congo": "COG",
    "Cambodia (Kampuchea)": "KHM", "the former Yugoslav Republic of Macedonia": "MKD",
    "Ivory Coast": "CIV", "Cote d'Ivoire": "CIV", "Bosnia-Herzegovina": "BIH", "Bosnia and Herzegovina": "BIH",
    "Yemen (North Yemen)": "YEM", "Zimbabwe (Rhodesia)": "ZWE", "Serbia (Yugoslavia)": "SRB", "Swaziland": "SWZ",
    "Kingdom of eSwatini": "SWZ", "Eswatini": "SWZ", "Macedonia": "MKD", "North Macedonia": "MKD", "Turkiye": "TUR",
    "Vietnam (North Vietnam)": "VNM", "Viet Nam": "VNM", "Madagascar (Malagasy)": "MDG", "Czech Republic": "CZE",
    "South Korea": "KOR", "North Korea": "PRK", "United States of America": "USA", "Syrian Arab Republic": "SYR",
    "Iran, Islamic Republic of": "IRN", "Lao People's Democratic Republic": "LAO", "Cape Verde": "CPV",
    "East Timor": "TLS", "Timor-Leste": "TLS", "The Gambia": "GMB", "Gambia": "GMB", "Republic of Ireland": "IRL",
    "Holy See (Vatican City State)": "VAT", "Saint Lucia": "LCA", "Hong Kong": "HKG", "Great Britain": "GBR",
    "Macedonia, the former Yugoslav Republic of": "MKD", "Moldova, Republic of": "MDA", "Brunei Darussalam": "BRN",
    "Central African Republic": "CAF", "Tanzania, United Republic of": "TZA",
}  # fmt: skip


def cameo_root(code: str) -> str | None:
    """The PLOVER class of a CAMEO code; None when it has none.

    >>> cameo_root("1384"), cameo_root("192"), cameo_root("010")
    ('THREATEN', 'COERCE', None)
    """
    return next((_CAMEO[code[:n]] for n in (4, 3, 2) if code[:n] in _CAMEO and len(code) >= n), None)


def folded(name: str) -> str:
    """The name as the joins compare it: lower case, no accents, no full stops, single spaces."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).lower().replace(".", "").split())


@lru_cache(maxsize=1)
def code_tables() -> CodeTables:
    """Every table that layouts of event files may join with."""
    codes = [f"{n:02d}" for n in range(1, 21)]
    codes += [f"{n:03d}" for n in range(10, 210)] + [f"{n:04d}" for n in range(100, 2100)]
    isos = {s.iso3 for s in all_states() if s.iso3} | set(_TERRITORIES)
    names: dict[str, str] = {}
    for state in all_states():  # later entries of a name are the newer states
        if state.iso3:
            for name in (state.name, *state.aliases, re.sub(r"\s*\(.*\)", "", state.name)):
                names[folded(name)] = state.iso3
    for iso, listed in _TERRITORIES.items():
        names.update({folded(name): iso for name in listed})
    names.update({folded(name): iso for name, iso in _NAMES.items()})
    day = date(2024, 12, 31)  # the end of the table of states
    gw: dict[str, str] = {}
    for state in all_states():
        for spell in state.gw:
            if state.iso3 and (str(spell.gwcode) not in gw or spell.spell.covers(day)):
                gw[str(spell.gwcode)] = state.iso3
    return CodeTables(
        cameo={code: root for code in codes if (root := cameo_root(code))},
        quads={root: quad for root, (quad, _) in ROOTS.items()},
        plover=PLOVER_NAMES,
        fips=dict(pair.split("=") for pair in _FIPS.split()),
        actors={**{iso: iso for iso in isos}, **_CAMEO_STATES},
        names=names,
        gw=gw,
    )  # fmt: skip
