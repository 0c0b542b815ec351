"""What an import of other people's forecasts did, as plain objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vedette.workflows.import_forecasts import Imported

SHOWN: Final = 200
"""Rows kept aside that the page lists; their number is always told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """Counts, checks of mapped questions, and what was kept aside with the reason."""

    file: str
    finding: str
    counts: tuple[tuple[str, int], ...]
    checks: tuple[tuple[str, str, str, bool], ...]
    reasons: tuple[tuple[str, int], ...]
    aside: tuple[tuple[str, str], ...]
    aside_left_out: int


def import_view(done: Imported, file: str) -> ImportView:
    """The result page."""
    new = done.forecasts
    finding = f"{new} forecast{'' if new == 1 else 's'} came in" if new else "No new forecast came in"
    if done.aside:
        finding += f", {len(done.aside)} rows were kept aside"
    return ImportView(
        file=file, finding=finding,
        counts=(("rows read", done.rows), ("new questions", done.questions), ("new forecasts", done.forecasts),
                ("new resolutions", done.resolutions), ("known already", done.known), ("kept aside", len(done.aside))),
        checks=tuple(
            (str(c["foreign"]), f"{c['question']}: {c['scenario']}",
             "asks the same" if c["fits"] else "; ".join(c["why"]), bool(c["fits"]))
            for c in done.checks
        ),
        reasons=tuple(done.reasons.items()),
        aside=tuple((f"row {r.row}", r.reason) for r in done.aside[:SHOWN]),
        aside_left_out=max(0, len(done.aside) - SHOWN),
    )  # fmt: skip
