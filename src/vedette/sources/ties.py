"""Threat and Imposition of Economic Sanctions."""

from __future__ import annotations

from vedette.frames.history import SANCTIONS
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout

CASES = Dataset(
    id="ties",
    title="Threat and Imposition of Sanctions 4.1",
    provider="TIES Project",
    licence="no licence stated; cite the authors",
    redistribution="not stated: download it yourself",
    citation="Morgan, T. C., Bapat, N., Kobayashi, Y. 2014. Threat and Imposition of Economic Sanctions 1945-2005: "
    "Updating the TIES Dataset. Conflict Management and Peace Science 31(5): 541-558.",
    edition="4.1",
    coverage=Coverage(first_year=1945, last_year=2005, units="sanctions threatened or imposed"),
    lag=Lag(months=0, basis="sanctions are announced in public"),
    addresses=(
        Address(
            url="https://sanctions.web.unc.edu/wp-content/uploads/sites/18834/2021/04/TIESv4-1.xls",
            packing="xls",
            seen="address found in public code",
        ),
    ),
    contract=SANCTIONS,
    layouts=(
        Layout(
            name="cases",
            requires=("caseid", "startyear", "endyear", "primarysender", "targetstate", "finaloutcome"),
            select={
                "case_id": "caseid", "first_year": "startyear", "last_year": "endyear", "sender": "primarysender",
                "target": "targetstate", "outcome": "finaloutcome",
            },
            missing=("-9", "-99", "3000", "3000.0"),
            checked="against a public table derived from version 4.1",
        ),
    ),
    mirror_names=("TIESv4-1", "ties_custom"),
    note="The publisher offers an Excel file: it is read with the built-in reader of that format.",
)  # fmt: skip

DATASETS = (CASES,)
