"""A made corpus of news reports and what editors do to them: copies, cuts, additions, rewrites, and look-alikes.

Every sentence is put together from our own phrases by a seeded generator; no text of anybody else is in it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

NAMES = (
    "Norland Sudmark Vestria Arkhold Ostany Kessia Hale Brandt Torvik Lund Selna Mirov Tarn Elsin Grodesk Ulma Kastra "
    "Veld Brenn Sorvik Pell Dunmere Halmar Lissen Orrin Maiwand Teskov Rivna Aldis Corvey Jarna Belto"
).split()
NOUNS = (
    "battalion patrol convoy brigade engineer depot airfield bridge crossing road railway village district harbour "
    "valley ministry parliament council governor envoy mediator observer diplomat officer soldier reservist militia "
    "general minister spokesman mayor farmer teacher driver doctor refugee trader pilot sailor miner judge editor "
    "agreement treaty letter order decree protest election budget pipeline harvest ferry pension strike hospital "
    "museum tariff drought radio orchard quarry school market warehouse tunnel dam reservoir mill bakery station "
    "barracks trench bunker rocket howitzer drone helicopter tank truck tent generator antenna satellite photograph "
    "map rumour threat promise warning deadline offer visit meeting summit exercise manoeuvre withdrawal siege curfew "
    "blockade ceasefire truce inspection search arrest trial ransom exchange funeral ceremony parade holiday storm "
    "flood frost fog fire epidemic shortage queue price loan subsidy contract shipment cargo licence border frontier"
).split()
ADJECTIVES = (
    "northern southern eastern western old new heavy light armoured mobile frozen flooded narrow remote crowded empty "
    "joint foreign local regional federal secret public sudden quiet tense brief long annual sealed broken damaged "
    "reinforced temporary permanent disputed neutral hostile friendly nervous weary cautious angry hopeful senior "
    "junior retired wounded missing stolen borrowed expensive cheap scarce abundant official unofficial urgent"
).split()
VERBS = (
    "moved withdrew reported closed reopened sent asked evacuated lost rotated denied stopped searched ordered signed "
    "delayed criticised praised inspected guarded shelled repaired abandoned occupied surrounded photographed counted "
    "supplied refused accepted discussed announced cancelled extended shortened ignored welcomed blamed warned visited "
    "seized returned bought sold hid moved crossed fortified mined cleared joined left watched followed"
).split()
ADVERBS = (
    "again quietly overnight briefly openly slowly suddenly reportedly early late twice partly formally angrily "
    "cautiously repeatedly elsewhere meanwhile afterwards already"
).split()
LINKS = (
    "near beyond behind before after during despite without along across beside outside towards against under inside"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A text, the story it truly belongs to, and what was done to the story's first text to get it."""

    text: str
    story: int
    how: str


def _number(rng: random.Random) -> str:
    return str(rng.choice((rng.randint(3, 90), rng.randint(1, 60) * 100)))


def _thing(rng: random.Random) -> str:
    form = rng.randrange(4)
    if form == 0:
        return rng.choice(NAMES)
    if form == 1:
        return f"the {rng.choice(NOUNS)} of {rng.choice(NAMES)}"
    if form == 2:
        return f"{_number(rng)} {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}s"
    return f"the {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}"


def _clause(rng: random.Random) -> str:
    text = f"{_thing(rng)} {rng.choice(VERBS)} {_thing(rng)}"
    if rng.random() < 0.3:
        adverb = rng.choice(ADVERBS)
        text = text.replace(" ", f" {adverb} ", 1) if rng.random() < 0.5 else f"{text} {adverb}"
    return f"{text} {rng.choice(LINKS)} {_thing(rng)}" if rng.random() < 0.7 else text


def sentence(rng: random.Random) -> str:
    """A sentence of a report."""
    form = rng.randrange(5)
    text = _clause(rng)
    if form == 0:
        text = f"{_thing(rng)} said that {text}"
    elif form == 1:
        text = f"{text}, and {_clause(rng)}"
    elif form == 2:
        text = f"{rng.choice(LINKS)} {_thing(rng)}, {text}"
    elif form == 3:
        text = f"{text}, according to {_thing(rng)}"
    return text[0].upper() + text[1:] + "."


def quotation(rng: random.Random) -> str:
    """A statement that several papers will quote."""
    said = f"{_clause(rng)}, and {_clause(rng)}"
    return f"“{said[0].upper()}{said[1:]},” {rng.choice(NAMES)} said in {rng.choice(NAMES)}."


def article(rng: random.Random, *, quotes: tuple[str, ...] = (), background: tuple[str, ...] = ()) -> list[str]:
    """Sentences of a report, with the statements and background it shares with others of its event."""
    body = [sentence(rng) for _ in range(rng.randint(8, 24))]
    for quote in quotes:
        body.insert(rng.randint(1, len(body)), quote)
    return [*body, *background]


def _joined(sentences: list[str]) -> str:
    return "\n\n".join(" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3))


_CLASSES = tuple(dict.fromkeys(words) for words in (NOUNS, ADJECTIVES, VERBS, ADVERBS, LINKS))
_CLASS_OF = {word: tuple(words) for words in _CLASSES for word in words}


def _reworded(rng: random.Random, sentences: list[str], share: float) -> list[str]:
    """Replace this share of the words that have others of their kind; names and numbers stay, as editors let them."""
    made = []
    for text in sentences:
        words = text.split()
        for i, word in enumerate(words):
            kind = _CLASS_OF.get(word.strip(".,“”").lower())
            if kind and rng.random() < share:
                words[i] = rng.choice(kind) + (word[-1] if word[-1] in ".," else "")
        if rng.random() < share:
            words.insert(rng.randint(1, len(words)), rng.choice(ADVERBS))
        made.append(" ".join(words))
    return made


def edited(rng: random.Random, base: list[str], how: str) -> str:
    """What an editor makes of a report.

    Light edit: a tenth of the words that have others of their kind replaced, one sentence in twelve left out. Rewrite:
    three in ten replaced, one sentence in four left out, an own first sentence.
    """
    credit = f"{rng.choice(NAMES).upper()} ({rng.choice(('WNA', 'Presswire', 'NordAgency'))}) -"
    if how == "same words":
        return "\n".join(base).upper() if rng.random() < 0.3 else "  ".join(base) + "\n"
    if how == "light edit":
        kept = [s for s in base if rng.random() > 0.08] or base
        return _joined([f"{credit} {kept[0]}", *_reworded(rng, kept[1:], 0.1)])
    if how == "cut short":
        return _joined(base[: max(3, round(len(base) * rng.uniform(0.25, 0.6)))])
    if how == "added to":
        return _joined([*base, *(sentence(rng) for _ in range(rng.randint(3, 7)))])
    if how == "reordered":
        order = base[:]
        rng.shuffle(order)
        return _joined([credit, *order])
    kept = [s for s in base if rng.random() > 0.25] or base
    if how == "rewritten and cut":
        kept = kept[: max(4, round(len(kept) * 0.6))]
    return _joined([sentence(rng), *_reworded(rng, kept, 0.3)])


HOW = ("same words", "light edit", "cut short", "added to", "reordered", "rewritten", "rewritten and cut")


def corpus(seed: int, stories: int) -> list[Made]:
    """Stories with two to six edited copies each, in random order.

    Half the events have a second and third report: in other words, with the same statements and, for a follow-up,
    the same background paragraph. These are stories of their own.
    """
    rng = random.Random(seed)
    made: list[Made] = []
    story = 0
    while story < stories:
        quotes = tuple(quotation(rng) for _ in range(rng.randint(1, 2)))
        background = tuple(sentence(rng) for _ in range(2))
        for _ in range(rng.choice((1, 1, 2, 3))):
            base = article(rng, quotes=quotes, background=background)
            made.append(Made(text=_joined(base), story=story, how="first"))
            for _ in range(rng.randint(2, 6)):
                how = rng.choice(HOW)
                made.append(Made(text=edited(rng, base, how), story=story, how=how))
            story += 1
    rng.shuffle(made)
    return made
