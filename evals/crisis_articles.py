"""Made articles about made crises between real states: claims, attribution, numbers and dates among other news.

Every sentence is put together from our own phrases by a seeded generator; no text of anybody else is in it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from evals.story_corpus import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """How a state is written: its name, its people, its capital standing for its government."""

    name: str
    people: str
    seat: str


PARTIES = tuple(
    Party(name=name, people=people, seat=seat)
    for name, people, seat in (
        ("Russia", "Russian", "Moscow"), ("Ukraine", "Ukrainian", "Kyiv"), ("Turkey", "Turkish", "Ankara"),
        ("Syria", "Syrian", "Damascus"), ("Armenia", "Armenian", "Yerevan"), ("Azerbaijan", "Azerbaijani", "Baku"),
        ("India", "Indian", "New Delhi"), ("Pakistan", "Pakistani", "Islamabad"), ("Rwanda", "Rwandan", "Kigali"),
        ("Ethiopia", "Ethiopian", "Addis Ababa"), ("Eritrea", "Eritrean", "Asmara"), ("Iraq", "Iraqi", "Baghdad"),
        ("Uganda", "Ugandan", "Kampala"), ("Venezuela", "Venezuelan", "Caracas"), ("Iran", "Iranian", "Tehran"),
        ("Colombia", "Colombian", "Bogota"),
    )
)  # fmt: skip
_MONTHS = "January February March April May June July August September October November December".split()
# a: who may attack; b: who may be attacked; o: an onlooker. n, d and c: a number, a date and a city.
_CLAIMS = (
    "{a.people} troops have massed near the border with {b.name} since {d}.",
    "{a.name} moved {n} tanks and artillery pieces to the {b.people} border on {d}.",
    "{a.seat} denied that {a.people} forces would attack {b.name}.",
    "The {a.people} foreign ministry said that {b.seat} had provoked the escalation.",
    "Officials in {b.seat} warned that {a.name} could invade {b.name} within weeks.",
    "{o.name} urged {a.name} to withdraw its troops from the border of {b.name}.",
    "New sanctions against {a.name} would be devastating, a diplomat of {o.name} told reporters on {d}.",
    "{b.people} forces received {n} anti-tank missiles from {o.name} on {d}.",
    "While {a.seat} spoke of drills, satellite images showed {n} {a.people} armoured vehicles near {c}.",
    "The {b.people} president said the army would resist any {a.people} invasion.",
    "{a.name} and {b.name} agreed to resume talks in {o.seat} on {d}, according to mediators.",
    "Pro-{a.people} separatists in the east of {b.name} called for help from {a.seat}.",
    "{n} {a.people} soldiers took part in live-fire exercises with {o.people} units, the ministry said.",
    "{o.people} officials ruled out sending soldiers to {b.name}, but promised more weapons.",
    "Residents of {c} protested against the {a.people} military presence on {d}.",
    "An attack on {b.name} would cost {a.name} dearly, analysts in {o.seat} believe.",
    "The {a.people} defence minister claimed that {n} {b.people} militants had crossed the border.",
    "“We will not allow our territory to be used for an attack on {b.name},” the {o.people} president said.",
    "{b.name} mobilised {n} reservists after {a.people} aircraft crossed its border near {c}.",
    "{a.name} has no plans to annex any part of {b.name}, a {a.people} spokesman insisted.",
)
_CITIES = "Kharkiv Aleppo Gyumri Lahore Mekelle Goma Cucuta Basra Mariupol Stepanakert Srinagar Kirkuk".split()


def crisis_article(rng: random.Random, *, least: int = 10, most: int = 26) -> str:
    """An article of ``least`` to ``most`` sentences in paragraphs, a quarter to a half of them about one crisis."""
    a, b, o = rng.sample(PARTIES, 3)
    share = rng.uniform(0.25, 0.5)
    count = rng.randint(least, most)
    made = [_long(rng, _claim(rng, a, b, o)) if not i or rng.random() < share else _long(rng) for i in range(count)]
    return _in_paragraphs(made)


def other_article(rng: random.Random, *, least: int = 10, most: int = 26) -> str:
    """An article of the same length about other things, in which two states are named in passing."""
    made = [_long(rng) for _ in range(rng.randint(least, most))]
    for party in rng.sample(PARTIES, 2):
        place = rng.randrange(len(made))
        made[place] = f"{made[place][:-1]}, a visitor from {party.name} said."
    return _in_paragraphs(made)


def _long(rng: random.Random, first: str = "") -> str:
    """A sentence, mostly with a second one joined to it: 23 words on average, as in official statements and news."""
    first = first or sentence(rng)
    if len(first.split()) > 15 or first.endswith("said.") or "”" in first:
        return first
    second = sentence(rng)
    return f"{first[:-1]}{rng.choice((', while ', ', and ', '; ', ' after '))}{second[0].lower()}{second[1:]}"


def _in_paragraphs(made: list[str]) -> str:
    return "\n\n".join(" ".join(made[i : i + 3]) for i in range(0, len(made), 3))


def _claim(rng: random.Random, a: Party, b: Party, o: Party) -> str:
    day = f"{rng.choice(_MONTHS)} {rng.randint(1, 28)}"
    number = f"{rng.randint(1, 40) * rng.choice((1, 10, 100)):,}"
    made = rng.choice(_CLAIMS).format(a=a, b=b, o=o, n=number, d=day, c=rng.choice(_CITIES))
    return made[0].upper() + made[1:]
