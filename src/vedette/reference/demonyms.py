"""Adjectives and people of states, and the names under which capitals and palaces stand for governments.

Our own table. ISO 3166 three-letter codes; forms separated by spaces, an underscore stands for a space. Forms that are
commoner as another word (Turkey the bird has no adjective here; "Polish" only counts with a capital) are matched
with their capital letter.
"""

from __future__ import annotations

from functools import lru_cache

# First form: adjective. A form in -an, -i or -ese serves for the people as well; plurals in -s are made by rule.
_FORMS = """
AFG Afghan Afghans|ALB Albanian|DZA Algerian|AGO Angolan|ARG Argentine Argentinian|ARM Armenian|AUS Australian
AUT Austrian|AZE Azerbaijani Azeri|BHS Bahamian|BHR Bahraini|BGD Bangladeshi|BRB Barbadian
BLR Belarusian Belarussian Byelorussian|BEL Belgian|BLZ Belizean|BEN Beninese|BTN Bhutanese|BOL Bolivian
BIH Bosnian|BWA Botswanan|BRA Brazilian|BRN Bruneian|BGR Bulgarian|BFA Burkinabe Burkinabé|BDI Burundian
KHM Cambodian|CMR Cameroonian|CAN Canadian|CAF Central_African|TCD Chadian|CHL Chilean|CHN Chinese|COL Colombian
COM Comorian|COG Congolese|COD Congolese|CRI Costa_Rican|HRV Croatian Croat|CUB Cuban|CYP Cypriot|CZE Czech
DNK Danish Danes Dane|DJI Djiboutian|ECU Ecuadorian Ecuadorean|EGY Egyptian|SLV Salvadoran|GNQ Equatoguinean
ERI Eritrean|EST Estonian|SWZ Swazi|ETH Ethiopian|FJI Fijian|FIN Finnish Finns Finn|FRA French Frenchmen
GAB Gabonese|GMB Gambian|GEO Georgian|DEU German|GHA Ghanaian|GRC Greek|GRD Grenadian|GTM Guatemalan|GIN Guinean
GUY Guyanese|HTI Haitian|HND Honduran|HUN Hungarian|ISL Icelandic Icelanders|IND Indian|IDN Indonesian
IRN Iranian|IRQ Iraqi|IRL Irish|ISR Israeli|ITA Italian|CIV Ivorian|JAM Jamaican|JPN Japanese|JOR Jordanian
KAZ Kazakh Kazakhstani|KEN Kenyan|XKX Kosovar Kosovan|KWT Kuwaiti|KGZ Kyrgyz Kyrgyzstani|LAO Laotian Lao
LVA Latvian|LBN Lebanese|LBR Liberian|LBY Libyan|LTU Lithuanian|LUX Luxembourgish|MKD Macedonian|MDG Malagasy
MWI Malawian|MYS Malaysian|MDV Maldivian|MLI Malian|MLT Maltese|MRT Mauritanian|MUS Mauritian|MEX Mexican
MDA Moldovan Moldavian|MNG Mongolian|MNE Montenegrin|MAR Moroccan|MOZ Mozambican|MMR Burmese|NAM Namibian
NPL Nepali Nepalese|NLD Dutch|NZL New_Zealander|NIC Nicaraguan|NER Nigerien|NGA Nigerian|PRK North_Korean
NOR Norwegian|OMN Omani|PAK Pakistani|PAN Panamanian|PNG Papuan|PRY Paraguayan|PER Peruvian
PHL Philippine Filipino|POL Polish Poles Pole|PRT Portuguese|QAT Qatari|ROU Romanian|RUS Russian|RWA Rwandan
SAU Saudi Saudi_Arabian|SEN Senegalese|SRB Serbian Serb|SLE Sierra_Leonean|SGP Singaporean|SVK Slovak Slovakian
SVN Slovenian Slovene|SOM Somali|ZAF South_African|KOR South_Korean|SSD South_Sudanese|ESP Spanish Spaniards
LKA Sri_Lankan|SDN Sudanese|SUR Surinamese|SWE Swedish Swedes|CHE Swiss|SYR Syrian|TWN Taiwanese
TJK Tajik Tajikistani|TZA Tanzanian|THA Thai|TLS Timorese|TGO Togolese|TUN Tunisian|TUR Turkish Turks
TKM Turkmen|UGA Ugandan|UKR Ukrainian|ARE Emirati|GBR British Britons UK-based|USA American US_ U.S.
URY Uruguayan|UZB Uzbek|VEN Venezuelan|VNM Vietnamese|YEM Yemeni|ZMB Zambian|ZWE Zimbabwean|GNB Bissau-Guinean
"""

# Palaces, streets and older spellings that stand for a government, on top of the capitals of the state table.
_SEATS = """
RUS Kremlin|USA White_House Pentagon State_Department Capitol_Hill Washington_D.C. Washington,_D.C.
GBR Downing_Street Whitehall|FRA Élysée Elysee Elysée_Palace Quai_d'Orsay|UKR Kiev Kyiv Bankova
CHN Beijing Peking Zhongnanhai|KAZ Nur-Sultan Nursultan Astana|ISR Tel_Aviv|IND Delhi|KOR Blue_House|TUR Ankara
DEU Bundeswehr|MMR Tatmadaw|IRN Tehran Teheran|MDA Chisinau Kishinev|BRA Brasilia|COL Bogota|CMR Yaounde
YEM Sana'a Aden|TGO Lome|PRY Asuncion|CRI San_Jose|TKM Ashkhabad|KGZ Bishkek|BOL La_Paz|NGA Abuja|CIV Abidjan
TZA Dar_es_Salaam|GEO Tbilisi|IRQ Baghdad
"""

# Ministries, parliaments, services and armies whose name alone tells the state. Names that several states use ("Foreign
# Ministry", "State Border Guard Service") are left out.
_INSTITUTIONS = """
DEU Federal_Foreign_Office Bundestag Bundesrat|GBR Foreign_Office House_of_Commons House_of_Lords FCDO MI6
USA US_Congress U.S._Congress CIA Central_Intelligence_Agency U.S._Senate US_Senate CENTCOM EUCOM AFRICOM US_Treasury
USA Department_of_State U.S._Department_of_State US_Department_of_State US_State_Department U.S._State_Department
RUS State_Duma Russian_State_Duma FSB Federal_Security_Service GRU Rosgvardia
RUS Russian_Foreign_Ministry Russian_Defence_Ministry Russian_Defense_Ministry Foreign_Intelligence_Service
UKR Verkhovna_Rada SBU Security_Service_of_Ukraine|POL Sejm|LTU Seimas|LVA Saeima|EST Riigikogu
ISR Knesset IDF Israel_Defense_Forces Israeli_Defense_Forces Mossad|IRN Majlis|TUR Grand_National_Assembly
CHN People's_Liberation_Army PLA Politburo|TWN Legislative_Yuan|JPN National_Diet|PAK ISI
IND Lok_Sabha Rajya_Sabha|FRA Assemblée_nationale|EGY Supreme_Council_of_the_Armed_Forces|ESP Moncloa
"""

# Capitals that are first of all something else in English prose, or also the name of their state.
NOT_GOVERNMENTS = frozenset(
    "Victoria Georgetown Kingston Wellington Singapore Luxembourg Monaco Djibouti Brussels Moroni Male Malé Praia "
    "Sucre Santiago".split()
) | {"Panama City", "Guatemala City", "Kuwait City", "Mexico City", "San Marino", "San Salvador"}


def _read(table: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for cell in table.replace("\n", "|").split("|"):
        words = cell.split()
        if words:
            found[words[0]] = (*found.get(words[0], ()), *(w.replace("_", " ").strip() for w in words[1:]))
    return found


@lru_cache(maxsize=1)
def demonyms() -> dict[str, tuple[str, ...]]:
    """Adjective and people forms by ISO3 code, plurals included."""
    found = {}
    for code, forms in _read(_FORMS).items():
        more = [
            f"{form}s"
            for form in forms
            if form.endswith(("an", "ian", "i", "Croat", "Serb", "Greek", "Uzbek", "Kazakh"))
        ]
        found[code] = tuple(dict.fromkeys((*forms, *more)))
    return found


@lru_cache(maxsize=1)
def seats() -> dict[str, tuple[str, ...]]:
    """Further names of seats of government by ISO3 code."""
    return _read(_SEATS)


@lru_cache(maxsize=1)
def institutions() -> dict[str, tuple[str, ...]]:
    """Ministries, parliaments, services and armies by ISO3 code of their state."""
    return _read(_INSTITUTIONS)
