"""What one item disputes is what the whole case says it disputes."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.made_records import evidence

from vedette.assessment.disputes import PER_DENIAL, disputes, disputes_of
from vedette.domain.claims import ClaimKind, Quantity
from vedette.domain.evidence import Evidence
from vedette.domain.time import Times, instant

CLAIMS = (
    "Russian forces are massing near the border with tanks.", "Moscow denies that forces are massing near the border.",
    "Reports of tanks massing near the border are baseless, Moscow said.", "Tanks are massing at the border.",
)  # fmt: skip


@st.composite
def items(draw: st.DrawFn) -> tuple[Evidence, ...]:
    made = []
    for n in range(draw(st.integers(1, 7))):
        day = instant("2022-01-01") + dt.timedelta(days=draw(st.integers(0, 60)))
        count = draw(st.sampled_from([None, 500.0, 30_000.0]))
        made.append(
            evidence(
                f"e{n}", claim=draw(st.sampled_from(CLAIMS)), times=Times(available_at=day), quote=None,
                origin=draw(st.sampled_from(["one", "two", "three"])),
                actors=draw(st.sampled_from([("RUS",), ("BLR",)])),
                target=draw(st.sampled_from(["UKR", None])),
                kind=draw(st.sampled_from([ClaimKind.EVENT, ClaimKind.ARGUMENT])),
                quantities=() if count is None else (
                    Quantity(text=f"{count:g}", value=count, unit="troops", of="tanks"),
                ),
            )
        )  # fmt: skip
    return tuple(made)


@given(items())
def test_what_one_item_disputes_is_its_part_of_what_the_case_disputes(case: tuple[Evidence, ...]) -> None:
    every = disputes(case)
    for item in case:
        mine = disputes_of(item, case)
        assert {d for d in every if item.id in (d.first, d.second)} <= set(mine)
        assert all(item.id in (d.first, d.second) for d in mine)
        # More are given only where a denial has more claims to answer than the case prints.
        for extra in set(mine) - set(every):
            assert extra.kind == "denial" and sum(d.first == extra.first for d in every) == PER_DENIAL
