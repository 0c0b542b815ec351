"""Varieties of Democracy."""

from __future__ import annotations

import datetime as dt

from vedette.frames.history import DEMOCRACY
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout
from vedette.sources.peacesciencer import one_go

POLYARCHY = Dataset(
    id="vdem",
    title="V-Dem electoral democracy index, country-years",
    provider="V-Dem Institute",
    licence="CC BY-SA 4.0",
    redistribution="allowed with attribution, share alike",
    citation="Coppedge, M., Gerring, J., Knutsen, C. H. et al. 2025. V-Dem Country-Year Dataset v15. Varieties of "
    "Democracy Project; Teorell, J., Coppedge, M., Lindberg, S., Skaaning, S.-E. 2019. Measuring Polyarchy Across "
    "the Globe, 1900-2017. Studies in Comparative International Development 54: 71-95.",
    edition="15",
    coverage=Coverage(first_year=1789, last_year=2024, units="states"),
    lag=Lag(months=0, basis="how a state is ruled is known at the time; coded by March of the next year [assumption]",
            released=dt.date(2025, 3, 31)),
    addresses=(
        Address(url="https://v-dem.net/media/datasets/V-Dem-CY-Core-v15_csv.zip", packing="zip",
                members=("V-Dem-CY-Core-v*.csv", "V-Dem-CY*.csv")),
        one_go("cw_democracy", "isard"),
    ),
    contract=DEMOCRACY,
    layouts=(
        Layout(
            name="state-years by CoW code",
            requires=("ccode", "year", "v2x_polyarchy"),
            select={"ccode": "ccode", "year": "year", "polyarchy": "v2x_polyarchy"},
            checked="against a copy of the R data file of {isard}",
        ),
        Layout(
            name="V-Dem country-years",
            requires=("country_text_id", "cowcode", "year", "v2x_polyarchy"),
            # V-Dem also codes territories that no CoW code stands for: they are no rows of this table.
            rows="SELECT * FROM {raw} WHERE TRY_CAST(cowcode AS DOUBLE) IS NOT NULL",
            select={"ccode": "cowcode", "year": "year", "polyarchy": "v2x_polyarchy"},
            checked="from the codebook; not against the file",
        ),
    ),
    mirror_names=("cw_democracy", "V-Dem-CY-Core-v15", "V-Dem-CY-Core-v15_csv"),
)  # fmt: skip

DATASETS = (POLYARCHY,)
