"""Which language a text is written in, by script and by the share of its commonest words.

Enough to keep a text of another language from being read with English rules; nothing more is claimed for it.
"""

from __future__ import annotations

import re
from collections import Counter

# The commonest function words of each language: enough of each that running prose has one word in five or more.
_WORDS = {
    "en": "the of and to in a is that for it on was with as by at be this from are have has will not but an which or "
    "its his he they their we our said had been who would were more than about also can could".split(),
    "fr": "le la les de des du et un une est que qui dans pour sur pas au aux avec ce cette il elle nous vous par plus "
    "ne se sont ont été mais leur".split(),
    "de": "der die das und den von zu mit ist des im für auf nicht ein eine dem sich auch als an es werden wird sind "
    "hat dass bei nach oder aus".split(),
    "es": "el la los las de del y en que un una es por con para se su al lo como más pero sus fue son este está ha "
    "entre".split(),
    "it": "il lo la i gli le di del della e che un una è per con non si in da dal al sono come più anche ha nel "
    "alla".split(),
    "pt": "o a os as de do da dos das e que um uma em para com não por se na no mais como foi ao são pelo pela".split(),
    "pl": "i w na z do się nie to że jest o jak za od po przez dla przy oraz który które są był by tego".split(),
    "tr": "ve bir bu da de için ile olarak çok daha olan gibi ne en kadar sonra ama ise olduğu".split(),
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als door maar bij".split(),
    "sv": "och att det i en som är på av för med den till inte om ett har de".split(),
    "ro": "și de la în a cu pe nu o un din că este mai care pentru sau au fost".split(),
    "cs": "a se na je v že to s z do o jako pro ale by za si po tak od".split(),
    "hu": "a az és hogy nem is egy meg volt ez csak de már el ha még".split(),
    "id": "yang dan di dengan untuk dari pada ini itu dalam tidak akan ke oleh".split(),
}
_SETS = {code: frozenset(words) for code, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Every byte of ASCII that is no letter or apostrophe becomes a space.
_SPACED = bytes(c if c < 128 and (chr(c).isalpha() or c == 39) else 32 for c in range(256))
_SCRIPTS = (
    ("cyrillic", 0x0400, 0x052F), ("arabic", 0x0600, 0x06FF), ("hebrew", 0x0590, 0x05FF), ("greek", 0x0370, 0x03FF),
    ("kana", 0x3040, 0x30FF), ("han", 0x4E00, 0x9FFF), ("hangul", 0xAC00, 0xD7AF), ("georgian", 0x10A0, 0x10FF),
    ("armenian", 0x0530, 0x058F), ("devanagari", 0x0900, 0x097F), ("thai", 0x0E00, 0x0E7F),
)  # fmt: skip
_OF_SCRIPT = {
    "hebrew": "he", "greek": "el", "kana": "ja", "han": "zh", "hangul": "ko", "georgian": "ka", "armenian": "hy",
    "devanagari": "hi", "thai": "th",
}  # fmt: skip
# How much of a long text is looked at.
_SAMPLE = 40_000
# Share of English function words in running English is 0.25 to 0.45; headlines and lists of names go down to 0.1.
# [assumption, checked on the made texts of tests/unit/extraction]
_ENGLISH = 0.1
# Above this no other language can have the quarter more that it would need. [assumption, as above]
_SURELY = 0.3


def guess_language(text: str) -> str:
    """ISO 639-1 code of the language of ``text``, or ``und`` when nothing speaks for one.

    >>> guess_language("The two sides agreed to meet again in the spring."), guess_language("Война и мир вдвоём")
    ('en', 'ru')
    """
    sample = text[:_SAMPLE]
    if not sample.isascii():
        script, share = _script(sample)
        if share > 0.5:
            return _by_letters(script, sample)
    low = sample.lower()
    words = _words(low)
    if not words:
        return "und"
    english = sum(map(_SETS["en"].__contains__, words)) / len(words)
    if english >= _SURELY:
        return "en"
    spelt = Counter(words)
    shares = {
        code: sum(spelt[w] for w in spelt.keys() & known) / len(words) for code, known in _SETS.items()
    }  # fmt: skip
    best = max(shares, key=lambda code: shares[code])
    if shares["en"] >= _ENGLISH and shares["en"] >= 0.8 * shares[best]:
        return "en"
    if best != "en" and shares[best] >= 0.12:
        return best
    # A headline or a short note: nothing speaks for another language, so the rules may look at it.
    return "en" if len(words) < 25 and sample.isascii() else "und"


def _words(low: str) -> list[str]:
    """Words of a text in small letters, as `_WORD` finds them; of a text of ASCII in a quarter of its time."""
    plain = low.replace("’", "'")
    if not plain.isascii():
        return _WORD.findall(low)
    words = plain.encode().translate(_SPACED).decode().split()
    if "'" not in plain:
        return words
    return [part for word in words for part in ((word,) if word.isalpha() else _WORD.findall(word))]


def _script(sample: str) -> tuple[str, float]:
    """The commonest script other than Latin, and its share of all letters."""
    counts = dict.fromkeys((name for name, _, _ in _SCRIPTS), 0)
    for code in [ord(c) for c in sample if ord(c) > 0x036F and c.isalpha()]:
        for name, low, high in _SCRIPTS:
            if low <= code <= high:
                counts[name] += 1
                break
    script = max(counts, key=lambda name: counts[name])
    return script, counts[script] / max(1, sum(map(str.isalpha, sample)))


def _by_letters(script: str, sample: str) -> str:
    low = sample.lower()
    if script == "cyrillic":
        if any(c in low for c in "їєґ"):
            return "uk"
        if "ў" in low:
            return "be"
        if "і" in low:
            return "uk"
        return "sr" if any(c in low for c in "ђћџ") else "ru"
    if script == "arabic":
        return "fa" if any(c in low for c in "پچژگ") else "ar"
    return _OF_SCRIPT[script]
