"""The first-run tour of the demo case: nine stops, in the order in which one would ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEMO: Final = "belarus-2022"
COOKIE: Final = "vedette_tour"
"""Cookie ``seen``: the tour was taken or declined; it is not offered again."""
INVITED: Final = frozenset({"/", f"/cases/{DEMO}"})
"""Pages that offer it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stop: the part of the case page (a selector; ``anchor`` for a link), a title, what to see there."""

    at: str
    anchor: str
    title: str
    text: str


STOPS: Final = (
    Stop(at="#h-scenarios", anchor="h-scenarios", title="The answer comes first",
         text="Each scenario has a word, a probability and a 90 % interval. The small diamond below the line is "
         "the base rate: what one would say without any evidence."),
    Stop(at=".asof", anchor="main", title="The page is as of a date",
         text="Nothing that became known later is on it. Change the date, or press [ and ], and the whole page moves."),
    Stop(at="#time", anchor="time", title="How it came to that",
         text="The line over time, with a pin where it moved most. Every pin names what moved it."),
    Stop(at="#conditions", anchor="conditions", title="Five conditions, in the eyes of each actor",
         text="An intervention needs all of them. Open a row to read the quotes behind it."),
    Stop(at="#why", anchor="why", title="From the base rate to the number",
         text="The bars sum exactly. Open one to see its evidence, and leave an item out: the page recomputes "
         "beside the original."),
    Stop(at="#map", anchor="map", title="Where it would happen",
         text="The distance is measured with both endpoints and its spread. Disputed areas are hatched, whatever the "
         "boundary file says."),
    Stop(at="#what-if", anchor="what-if", title="What if a condition stood otherwise?",
         text="Move a slider. Nothing is stored, and the address holds the setting, so that you can send it."),
    Stop(at="#signals", anchor="signals", title="What to watch, and what happened before",
         text="Indicators say what one would see if a scenario came nearer. Not looked for is not absent."),
    Stop(at='nav[aria-label="Pages of this case"]', anchor="main", title="Now read something",
         text="The reader takes an article and proposes evidence. You decide with single keys. Press ? for the keys "
         "and Ctrl K to go anywhere."),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TourView:
    """The page that lists the stops."""

    case: str
    stops: tuple[Stop, ...] = STOPS


def steps() -> list[dict[str, str]]:
    """The stops for the script that walks through them."""
    return [{"at": s.at, "title": s.title, "text": s.text} for s in STOPS]
