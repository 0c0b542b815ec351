"""Units and number words that quantities in political and military texts come with: our own list."""

from __future__ import annotations

# Spoken numbers; "a hundred" and ordinals are left to their readers.
NUMBER_WORDS: dict[str, float] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip

MULTIPLIERS: dict[str, float] = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}

_PLURALS: dict[str, str] = {
    # length, area, time, weight, money
    "kilometer": "km", "kilometre": "km", "km": "km", "mile": "miles", "meter": "m", "metre": "m", "foot": "feet",
    "nautical mile": "nautical miles", "square kilometer": "km2", "square kilometre": "km2", "hectare": "hectares",
    "minute": "minutes", "hour": "hours", "day": "days", "week": "weeks", "month": "months", "year": "years",
    "decade": "decades", "ton": "tons", "tonne": "tonnes", "barrel": "barrels", "dollar": "USD", "euro": "EUR",
    "ruble": "RUB", "rouble": "RUB", "cubic meter": "m3", "cubic metre": "m3",
    # people
    "soldier": "troops", "serviceman": "troops", "service member": "troops", "peacekeeper": "troops",
    "fighter": "fighters", "militant": "fighters", "civilian": "people", "citizen": "people", "refugee": "people",
    "migrant": "people", "protester": "people", "demonstrator": "people", "officer": "people", "volunteer": "people",
    "reservist": "troops", "mercenary": "fighters", "adviser": "people", "advisor": "people", "instructor": "people",
    "observer": "people", "prisoner": "people", "detainee": "people", "hostage": "people", "casualty": "people",
    "worker": "people", "scientist": "people", "resident": "people", "inhabitant": "people", "child": "people",
    # formations and hardware
    "brigade": "formations", "battalion": "formations", "division": "formations", "regiment": "formations",
    "unit": "units", "army": "formations", "battalion tactical group": "formations", "squadron": "formations",
    "ship": "ships", "vessel": "ships", "warship": "ships", "submarine": "ships", "tank": "vehicles",
    "vehicle": "vehicles", "armored vehicle": "vehicles", "armoured vehicle": "vehicles", "truck": "vehicles",
    "helicopter": "aircraft", "plane": "aircraft", "jet": "aircraft", "airplane": "aircraft", "drone": "aircraft",
    "missile": "missiles", "rocket": "missiles", "shell": "shells", "weapon": "weapons", "launcher": "weapons",
    "gun": "weapons", "system": "systems", "base": "bases", "facility": "facilities", "checkpoint": "checkpoints",
    "laboratory": "facilities", "warhead": "warheads", "sortie": "sorties", "flight": "flights",
    # political units and acts
    "country": "countries", "state": "states", "nation": "countries", "region": "regions", "party": "parties",
    "member state": "states", "ally": "countries", "city": "cities", "village": "villages", "settlement": "settlements",
    "explosion": "events", "attack": "events", "violation": "events", "incident": "events", "shelling": "events",
    "case": "events", "exercise": "exercises", "drill": "exercises", "round": "rounds", "sanction": "sanctions",
    "agreement": "agreements", "vote": "votes", "seat": "seats",
}  # fmt: skip

_INVARIANT: dict[str, str] = {
    "troops": "troops", "personnel": "troops", "servicemen": "troops", "military personnel": "troops", "men": "people",
    "forces": "troops", "people": "people", "persons": "people", "children": "people", "aircraft": "aircraft",
    "artillery pieces": "weapons", "pieces of artillery": "weapons", "pieces of equipment": "weapons",
    "police": "people", "feet": "feet", "mi": "miles", "kms": "km", "usd": "USD",
    "eur": "EUR", "members": "people", "times": "times",
    "pieces of military equipment": "weapons", "lives": "people", "souls": "people", "families": "families",
}  # fmt: skip


def _plural(word: str) -> str:
    if word.endswith("man"):
        return f"{word[:-3]}men"
    if word.endswith("y") and word[-2] not in "aeo":
        return f"{word[:-1]}ies"
    return word if word in ("km", "foot", "child") else f"{word}s"


# Every surface form, lower case, and the unit it stands for.
UNITS: dict[str, str] = {
    **_PLURALS,
    **{_plural(word): unit for word, unit in _PLURALS.items()},
    **_INVARIANT,
}
