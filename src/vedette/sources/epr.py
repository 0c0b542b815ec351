"""Ethnic Power Relations: politically relevant groups and their access to power."""

from __future__ import annotations

from vedette.frames.history import ETHNIC_GROUPS
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout

GROUPS = Dataset(
    id="epr",
    title="EPR Core 2021",
    provider="International Conflict Research, ETH Zurich",
    licence="not clearly stated; cite the authors",
    redistribution="not stated: download it yourself",
    citation="Vogt, M., Bormann, N.-C., Rüegger, S., Cederman, L.-E., Hunziker, P., Girardin, L. 2015. Integrating "
    "Data on Ethnicity, Geography, and Conflict. Journal of Conflict Resolution 59(7): 1327-1342.",
    edition="2021",
    coverage=Coverage(first_year=1946, last_year=2021, units="ethnic groups in states"),
    lag=Lag(months=0, basis="who holds power is known at the time [assumption]"),
    addresses=(
        Address(
            url="https://icr.ethz.ch/data/epr/core/EPR-2021.csv", packing="csv", seen="address found in public code"
        ),
    ),
    contract=ETHNIC_GROUPS,
    layouts=(
        Layout(
            name="groups",
            requires=("gwid", "from", "to", "group", "gwgroupid", "size", "status"),
            select={
                "gwno": "gwid", "groupid": "gwgroupid", "name": '"group"', "first_year": '"from"', "last_year": '"to"',
                "size": "size", "status": "status",
            },
            checked="from the codebook and public excerpts; not against the file",
        ),
    ),
    mirror_names=("EPR-2021",),
)  # fmt: skip

DATASETS = (GROUPS,)
