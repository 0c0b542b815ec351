"""Regions, seas, peninsulas and disputed territories that city gazetteers lack: a point for each, in degrees WGS84.

Our own table. Points are rough centres, to about half a degree. ``country`` is the state that most other states
recognise as sovereign (ISO3), empty where the region spans states. Naming one takes no side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A named area. ``level``: region, sea, area (spanning states), or site."""

    names: tuple[str, ...]
    lat: float
    lon: float
    country: str
    level: str


# names separated by "/"; lat lon; ISO3 or "-"; level
_TABLE = """
Donbas/Donbass/Donets Basin;48.2 38.2 UKR region
Crimea/Crimean peninsula/Crimean Peninsula/Autonomous Republic of Crimea;45.3 34.4 UKR region
Donetsk region/Donetsk oblast/Donetsk Oblast/Donetsk People's Republic;48.0 37.8 UKR region
Luhansk region/Luhansk oblast/Lugansk region/Luhansk Oblast/Luhansk People's Republic/Lugansk People's Republic;48.6 39.2 UKR region
Donetsk and Luhansk regions/Donetsk and Lugansk people's republics/Donetsk and Luhansk oblasts/Donetsk and Lugansk regions/Luhansk and Donetsk regions/Donetsk and Luhansk;48.3 38.4 UKR region
Kherson region/Kherson oblast;46.6 33.3 UKR region
Zaporizhzhia region/Zaporizhzhia oblast;47.3 35.6 UKR region
Kharkiv region/Kharkiv oblast;49.6 36.5 UKR region
Odesa region/Odessa region/Odesa oblast;46.9 30.4 UKR region
Kyiv region/Kiev region/Kyiv oblast;50.2 30.5 UKR region
Chernihiv region/Chernihiv oblast;51.4 32.0 UKR region
Sumy region/Sumy oblast;51.0 34.0 UKR region
Zhytomyr region;50.6 28.5 UKR region
Volyn region/Volyn;51.0 25.0 UKR region
Rivne region;51.0 26.4 UKR region
Lviv region;49.7 23.9 UKR region
Dnipropetrovsk region;48.4 35.0 UKR region
Mykolaiv region;47.4 31.9 UKR region
Transcarpathia/Zakarpattia;48.4 23.3 UKR region
Chernobyl exclusion zone/Chornobyl exclusion zone;51.3 30.0 UKR region
Nagorno-Karabakh/Nagorny Karabakh/Nagorno Karabakh/Karabakh/Artsakh;39.82 46.75 AZE region
Lachin corridor;39.6 46.4 AZE region
Nakhchivan/Nakhichevan;39.3 45.5 AZE region
Zangezur corridor/Syunik;39.2 46.3 ARM region
South Ossetia/Tskhinvali region;42.3 44.0 GEO region
Abkhazia;43.0 41.0 GEO region
Adjara/Ajaria;41.65 42.0 GEO region
Pankisi Gorge;42.1 45.3 GEO region
Transnistria/Transdniestria/Trans-Dniester/Pridnestrovie;47.2 29.3 MDA region
Gagauzia;46.1 28.7 MDA region
Chechnya;43.4 45.7 RUS region
Dagestan;43.0 47.0 RUS region
Kaliningrad region/Kaliningrad oblast/Kaliningrad exclave/Kaliningrad Oblast;54.7 21.2 RUS region
Belgorod region/Belgorod oblast;50.7 37.5 RUS region
Bryansk region/Bryansk oblast;53.0 33.5 RUS region
Kursk region/Kursk oblast;51.7 36.2 RUS region
Voronezh region/Voronezh oblast;51.0 40.0 RUS region
Rostov region/Rostov oblast;47.7 41.2 RUS region
Smolensk region;55.0 33.0 RUS region
Krasnodar region/Krasnodar Territory;45.3 39.0 RUS region
Astrakhan Region/Astrakhan region;47.2 47.1 RUS region
Leningrad region;60.0 32.0 RUS region
Kamchatka Peninsula/Kamchatka;57.0 160.0 RUS region
Kuril Islands/Northern Territories;46.0 150.0 RUS region
Siberia;60.0 100.0 RUS region
North Caucasus;43.5 45.0 RUS region
Russian Far East;60.0 140.0 RUS region
Grodno region/Hrodna region;53.5 25.0 BLR region
Brest region;52.3 25.5 BLR region
Gomel region/Homel region;52.3 30.0 BLR region
Suwalki Gap/Suwałki Gap/Suwalki corridor;54.1 23.3 POL region
Republika Srpska;44.8 17.5 BIH region
Sandzak/Sandžak;43.1 19.9 SRB region
Vojvodina;45.3 19.9 SRB region
Northern Cyprus/northern Cyprus;35.3 33.5 CYP region
Aegean Sea/Aegean;38.5 25.0 - sea
Idlib/Idlib province;35.93 36.63 SYR region
Rojava;36.5 40.5 SYR region
Golan Heights/Golan;33.0 35.8 SYR region
Deir ez-Zor province;35.3 40.1 SYR region
Gaza Strip/Gaza;31.4 34.4 PSE region
West Bank;32.0 35.3 PSE region
Sinai Peninsula/Sinai;29.5 34.0 EGY region
Iraqi Kurdistan/Kurdistan Region/Kurdistan;36.4 44.4 IRQ region
Anbar province/Anbar;33.0 42.0 IRQ region
Strait of Hormuz/Hormuz;26.6 56.3 - sea
Persian Gulf/Arabian Gulf;27.0 51.0 - sea
Red Sea;20.0 38.5 - sea
Bab el-Mandeb;12.6 43.3 - sea
Gulf of Aden;12.5 47.5 - sea
Mediterranean Sea/Mediterranean/eastern Mediterranean/Eastern Mediterranean;35.0 20.0 - sea
Black Sea;43.4 34.3 - sea
Sea of Azov/Azov Sea;46.0 36.5 - sea
Kerch Strait;45.3 36.5 - sea
Baltic Sea;57.5 19.0 - sea
Barents Sea;74.0 36.0 - sea
Caspian Sea;41.5 50.5 - sea
North Sea;56.0 3.0 - sea
Arctic;75.0 40.0 - area
South China Sea;12.0 113.0 - sea
East China Sea;29.0 125.0 - sea
Taiwan Strait;24.5 119.5 - sea
Yellow Sea;36.0 123.0 - sea
Sea of Japan;40.0 135.0 - sea
Spratly Islands;10.0 114.0 - region
Paracel Islands;16.5 112.0 - region
Senkaku Islands/Diaoyu Islands;25.7 123.5 - region
Scarborough Shoal;15.1 117.8 - region
Kinmen;24.4 118.3 TWN region
Korean Peninsula/Korean peninsula;38.0 127.0 - area
Kashmir/Jammu and Kashmir;34.0 76.0 - region
Ladakh/Aksai Chin;34.5 78.0 - region
Doklam;27.3 88.9 - region
Arunachal Pradesh;28.0 94.5 IND region
Balochistan/Baluchistan;28.5 65.5 PAK region
Khyber Pakhtunkhwa;34.5 71.5 PAK region
Xinjiang;41.0 85.0 CHN region
Tibet;31.0 88.0 CHN region
Rakhine State/Rakhine;20.1 93.5 MMR region
Tigray;13.8 38.8 ETH region
Amhara;11.5 38.0 ETH region
Oromia;8.0 39.0 ETH region
Ogaden/Somali Region;7.0 44.0 ETH region
Badme;14.7 37.8 ERI region
Al-Fashaga/al-Fashaga;14.1 36.3 SDN region
Darfur;13.5 24.5 SDN region
Kordofan;13.0 30.0 SDN region
Abyei;9.6 28.4 SDN region
Somaliland;9.6 46.0 SOM region
Puntland;9.0 49.5 SOM region
Sahel;15.0 0.0 - area
Lake Chad;13.0 14.0 - region
North Kivu/Kivu;-0.8 29.0 COD region
South Kivu;-3.0 28.3 COD region
Ituri;1.6 29.7 COD region
Katanga;-9.5 26.0 COD region
Cabo Delgado;-12.3 39.5 MOZ region
Casamance;13.0 -15.5 SEN region
Azawad/northern Mali;18.5 -1.0 MLI region
Western Sahara;24.5 -13.5 ESH region
Cyrenaica;28.0 22.0 LBY region
Fezzan;26.0 14.0 LBY region
Tripolitania;31.0 13.0 LBY region
Essequibo/Guayana Esequiba;6.0 -59.5 GUY region
Falkland Islands/Falklands/Malvinas;-51.8 -59.0 - region
Darién Gap/Darien Gap;8.0 -77.5 PAN region
Panama Canal;9.1 -79.7 PAN site
Suez Canal;30.6 32.3 EGY site
Caribbean Sea/Caribbean;15.0 -73.0 - sea
Central Europe;49.0 16.0 - area
Eastern Europe;50.0 28.0 - area
Central and Eastern Europe;50.0 22.0 - area
Western Europe;48.0 4.0 - area
South Caucasus;41.5 45.0 - area
Caucasus/Transcaucasia;42.5 45.0 - area
Central Asia;42.0 65.0 - area
Balkans/Western Balkans;43.0 20.0 - area
Middle East;30.0 42.0 - area
Horn of Africa;8.0 45.0 - area
West Africa;12.0 -3.0 - area
East Africa;0.0 37.0 - area
Central Africa;3.0 20.0 - area
North Africa;28.0 10.0 - area
Southeast Asia;10.0 107.0 - area
Asia-Pacific/Indo-Pacific;10.0 130.0 - area
Latin America;-10.0 -65.0 - area
Eurasia;55.0 70.0 - area
Europe/European continent;50.0 15.0 - continent
Asia;45.0 90.0 - continent
Africa;2.0 20.0 - continent
"""


@lru_cache(maxsize=1)
def regions_by_name() -> dict[str, Region]:
    """Every region by every spelling."""
    found: dict[str, Region] = {}
    for line in filter(None, _TABLE.splitlines()):
        names, _, rest = line.partition(";")
        lat, lon, country, level = rest.split()
        region = Region(
            names=tuple(names.split("/")), lat=float(lat), lon=float(lon), country=country.strip("-"), level=level
        )
        for name in region.names:
            found[name] = region
    return found
