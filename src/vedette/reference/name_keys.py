"""Fold a name to the key under which gazetteers and alias tables file it.

Standard library only: the build reads this file too, so that keys made at build time and keys made
at look-up time come from one function.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose although readers treat them as a base letter.
_LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
        "ŋ": "ng", "ə": "a", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ŧ": "t",
    }
)  # fmt: skip
# Apostrophes of every kind, soft signs in transliteration, and joiners carry no letter.
_DROPPED = re.compile("['\u2019\u2018\u201b\u02bb\u02bc\u02be\u02bf\u02b9\u02ba`\u00b4\u2032\u200b-\u200d\u00ad.]")
_SPACES = re.compile(r"[\s\-\u2010-\u2015_/,()]+")


def fold_name(name: str) -> str:
    """Key of ``name``: no case, no accents, no apostrophes, hyphens as spaces.

    >>> fold_name("Homyel\u2019"), fold_name("Dolyna-Ivankiv"), fold_name("\u0141\u00f3d\u017a")
    ('homyel', 'dolyna ivankiv', 'lodz')

    Cyrillic letters keep their script: ``fold_name("\u041a\u0438\u0457\u0432")`` files under its own key.
    """
    text = name.casefold().translate(_LETTERS)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        text = text.translate(_LETTERS)
    return _SPACES.sub(" ", _DROPPED.sub("", text)).strip()


def ascii_name(name: str) -> str:
    """``name`` in ASCII letters where it is written in Latin script; other scripts lose their letters.

    >>> ascii_name("\u0141\u00f3d\u017a")
    'Lodz'
    """
    out = []
    for char in name:
        lower = char.lower()
        plain = lower.translate(_LETTERS)
        if plain != lower:
            out.append(plain.capitalize() if char != lower else plain)
        else:
            out.append(char)
    text = unicodedata.normalize("NFKD", "".join(out))
    return text.encode("ascii", "ignore").decode("ascii").strip()
