"""Issue Correlates of War: territorial, river and maritime claims."""

from __future__ import annotations

from vedette.frames.history import CLAIMS
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout

TERRITORIAL_CLAIMS = Dataset(
    id="icow",
    title="ICOW claims, provisional",
    provider="Issue Correlates of War Project",
    licence="free for research with citation",
    redistribution="not stated: download it yourself",
    citation="Hensel, P. R., Mitchell, S. M. 2017. From Territorial Claims to Identity Claims: The Issue Correlates "
    "of War (ICOW) Project. Conflict Management and Peace Science 34(2): 126-140.",
    edition="1.10 (provisional)",
    coverage=Coverage(first_year=1816, last_year=2001, units="claims of one state on another"),
    lag=Lag(months=0, basis="a claim is stated in public when it is made"),
    addresses=(
        Address(url="https://www.paulhensel.org/Data/ICOWprov110.zip", packing="zip", members=("ICOW*.csv", "*.csv")),
    ),
    contract=CLAIMS,
    layouts=(
        Layout(
            name="claims",
            requires=("claimdy", "chal", "tgt", "begclaim", "endclaim", "icowsal", "name"),
            select={
                "claimdy": "claimdy", "challenger": "chal", "target": "tgt", "name": "name",
                # Dates are YYYYMM; -9 in the end means that the claim was running when the source closed.
                "first_year": "left(begclaim, 4)",
                "last_year": "CASE WHEN TRY_CAST(endclaim AS DOUBLE) > 0 THEN left(endclaim, 4) END",
                "salience": "icowsal",
            },
            missing=("-9", "-9.0"),
            checked="against a public copy of version 1.01 extended",
        ),
    ),
    mirror_names=("icow_claims_ext2017", "ICOWprov110"),
    encoding="latin-1",
)  # fmt: skip

DATASETS = (TERRITORIAL_CLAIMS,)
