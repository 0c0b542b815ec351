"""What repeats among the items of an assessment, and whether there are more of them than the scale was learnt on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vedette.assessment.channels import BESIDE, ChannelItem, independent_items
from vedette.domain.evidence import Evidence

# Independent items behind the episode of the bank that has most (`evals/standing_positions.py --bank` prints it), and
# how many times that is told to be out of the range the scale was learnt on. The factor is an [assumption].
LEARNT_ON = 25.4
BEYOND = 2.0


def standing_positions(items: Sequence[ChannelItem], records: Mapping[str, Evidence]) -> dict[str, dict[str, Any]]:
    """By the id of its first statement, each position that several items take.

    ``times`` it was said, ``since`` and ``last`` (days on which the statements became known), ``first`` and all
    ``items`` in the order of time. Nothing that an item says: its text may be withheld where another's is not.
    """
    taken: dict[str, dict[str, Evidence]] = {}
    for i in items:
        if i.position:
            taken.setdefault(i.position, {})[i.evidence] = records[i.evidence]
    found = {}
    for first, said in sorted(taken.items()):
        ordered = sorted(said.values(), key=lambda e: (e.times.available_at, e.id))
        found[first] = {
            "times": len(ordered),
            "since": ordered[0].times.available_at.date().isoformat(),
            "last": ordered[-1].times.available_at.date().isoformat(),
            "first": first,
            "items": [e.id for e in ordered],
        }
    return found


def evidence_notes(items: Sequence[ChannelItem], records: Mapping[str, Evidence]) -> Iterator[str]:
    """Warnings: positions that are repeated, and evidence beyond what the scale was learnt on."""
    repeated = standing_positions(items, records)
    if repeated:
        n = sum(p["times"] for p in repeated.values())
        kept = "1 standing position" if len(repeated) == 1 else f"{len(repeated)} standing positions"
        yield f"{n} items repeat {kept} of their speakers: each position counts as one source."
    worth = independent_items([i for i in items if not i.evidence.startswith(BESIDE)])
    if worth > BEYOND * LEARNT_ON:
        yield (
            f"The evidence is worth {worth:.0f} independent items; the episodes its scale was learnt on hold at most "
            f"{LEARNT_ON:.0f}. What so much evidence does to the number was never tried: look at what was accepted."
        )
