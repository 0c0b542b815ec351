"""What the event classifier sees of a sentence: hashed words and letters, words by position, and cues.

Source and target are masked first, so that the classifier reads what is done and not who does it. Features live in
four blocks of one vector; words are hashed (CRC-32), so that no vocabulary, and no sentence, is kept.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from vedette.reference.plover import event_cues

SOURCE, TARGET = "§", "¤"
# Buckets of each hashed block. [sweep: halving any of them costs about .005 root F1, doubling gains nothing]
_WORDS, _LETTERS, _PLACED = 1 << 14, 1 << 15, 1 << 13
WORDS_AT, LETTERS_AT, PLACED_AT, CUES_AT = 0, _WORDS, _WORDS + _LETTERS, _WORDS + _LETTERS + _PLACED
_REGIONS = 6
_ORDER = 3  # whether source and target were found, and which comes first
SIZE = CUES_AT + len(event_cues()) * _REGIONS + _ORDER
# Weight of each block beside the words, each scaled to length 1 before. [sweep, as above]
PLACED_WEIGHT, CUE_WEIGHT = 1.0, 0.2

_TOKEN = re.compile(r"[^\W\d_][\w'’-]*|\d+|[§¤$]")


def mask(sentence: str, source: str | None, target: str | None) -> str:
    """The sentence with source and target replaced by signs; what is not found is left.

    The longer of two overlapping names is masked first.
    """
    names = [(name, sign) for name, sign in ((source, SOURCE), (target, TARGET)) if name]
    for name, sign in sorted(names, key=lambda n: -len(n[0])):
        at = re.search(r"(?<!\w)" + re.escape(name) + r"(?!\w)", sentence)
        if at is None:
            at = re.search(re.escape(name), sentence)
        if at is not None:
            sentence = f"{sentence[: at.start()]} {sign} {sentence[at.end() :]}"
    return sentence


def _bucket(text: str, size: int) -> int:
    return zlib.crc32(text.encode()) % size


def _letters(token: str) -> tuple[int, ...]:
    """Buckets of the 3 to 5 letter pieces of a word with its borders."""
    padded = f" {token} "
    return tuple(
        LETTERS_AT + _bucket(padded[i : i + n], _LETTERS)
        for n in (3, 4, 5)
        for i in range(max(1, len(padded) - n + 1))
    )


@lru_cache(maxsize=50_000)
def _hashes(token: str) -> tuple[int, tuple[int, ...], int, bytes]:
    """Buckets of a word and of its letters, its CRC-32, and its bytes with a space before them."""
    code = zlib.crc32(token.encode())
    return WORDS_AT + code % _WORDS, _letters(token), code, f" {token}".encode()


@lru_cache(maxsize=50_000)
def _placed(name: str, token: str) -> int:
    """Bucket of a word at a place."""
    return PLACED_AT + _bucket(f"{name} {token[:6]}", _PLACED)


@lru_cache(maxsize=1)
def _cue_index() -> tuple[
    dict[str, list[tuple[int, tuple[str, ...]]]], dict[str, list[tuple[str, int, tuple[str, ...]]]]
]:
    """Cues by whole first word, and by first letter those whose first word is a beginning."""
    whole: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    beginnings: dict[str, list[tuple[str, int, tuple[str, ...]]]] = {}
    for group, (_, cues) in enumerate(event_cues()):
        for first, *rest in cues:
            if first.endswith("*"):
                beginnings.setdefault(first[:1], []).append((first[:-1], group, tuple(rest)))
            else:
                whole.setdefault(first, []).append((group, tuple(rest)))
    return whole, beginnings


def _begun(
    beginnings: Sequence[tuple[str, int, tuple[str, ...]]], token: str
) -> Iterator[tuple[int, tuple[str, ...]]]:
    return ((group, rest) for begin, group, rest in beginnings if token.startswith(begin))


@lru_cache(maxsize=50_000)
def _cues_from(token: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Groups whose cues may begin with a word, with the words that must follow."""
    whole, beginnings = _cue_index()
    found = [*whole.get(token, ()), *_begun(beginnings.get(token[:1], ()), token)]
    if token.endswith("n't"):
        found.extend(whole.get("n't", ()))
    return tuple(dict.fromkeys(found))


def _follows(tokens: list[str], at: int, rest: tuple[str, ...]) -> bool:
    if at + len(rest) > len(tokens):
        return False
    return all(
        token.startswith(word[:-1]) if word.endswith("*") else token == word
        for token, word in zip(tokens[at : at + len(rest)], rest, strict=True)
    )


def features(sentence: str, source: str | None = None, target: str | None = None) -> dict[int, float]:
    """Position in the vector -> raw value (counts before weighting) of one sentence."""
    tokens = _TOKEN.findall(mask(sentence, source, target).lower().replace("’", "'"))
    s = tokens.index(SOURCE) if SOURCE in tokens else -1
    t = tokens.index(TARGET) if TARGET in tokens else -1
    hashed: list[int] = []
    crc = -1
    for token in tokens:
        word, letters, code, spaced = _hashes(token)
        hashed.append(word)
        if crc >= 0:  # CRC-32 runs on: that of "before token" from that of "before"
            hashed.append(WORDS_AT + zlib.crc32(spaced, crc) % _WORDS)
        hashed += letters
        crc = code
    known = [p for p in (s, t) if p >= 0]
    first, last = (min(known), max(known)) if len(known) == 2 else (max(known, default=0), len(tokens))
    for name, part in (
        ("between", tokens[first + 1 : last]),
        ("after source", tokens[s + 1 : s + 6]),
        ("before target", tokens[max(0, t - 5) : t] if t >= 0 else tokens[-5:]),
        ("behind", tokens[last + 1 : last + 7]),
    ):
        hashed += [_placed(name, token) for token in part]
    found: dict[int, float] = dict(Counter(hashed))
    _add_cues(tokens, s, t, first, last, found)
    return found


def _add_cues(tokens: list[str], s: int, t: int, first: int, last: int, found: dict[int, float]) -> None:
    """Cues anywhere (up to twice), and whether between, close behind the source, before the target, behind."""
    for i, token in enumerate(tokens):
        for group, rest in _cues_from(token):
            if rest and not _follows(tokens, i + 1, rest):
                continue
            at = CUES_AT + group * _REGIONS
            found[at] = min(2.0, found.get(at, 0.0) + 1.0)
            if first <= i <= last:
                found[at + 1] = 1.0
            if s < i <= s + 4:
                found[at + 2] = 1.0
            if s < i <= s + 9:
                found[at + 3] = 1.0
            if (t - 5 <= i < t) if t >= 0 else i < 8:
                found[at + 4] = 1.0
            if i > last:
                found[at + 5] = 1.0
    order = SIZE - _ORDER
    for k, holds in enumerate((s < 0, t < 0, s < t)):
        if holds:
            found[order + k] = 1.0


def weighted(raw: dict[int, float], idf: list[float]) -> tuple[list[int], list[float]]:
    """Positions and weights: hashed blocks as (1 + ln count) x idf scaled to length 1, cues as they are."""
    blocks: tuple[list[int], list[int], list[int]] = ([], [], [])
    cues = []
    for at in raw:
        if at < LETTERS_AT:
            blocks[0].append(at)
        elif at < PLACED_AT:
            blocks[1].append(at)
        elif at < CUES_AT:
            blocks[2].append(at)
        else:
            cues.append(at)
    positions: list[int] = []
    values: list[float] = []
    for block, weight in zip(blocks, (1.0, 1.0, PLACED_WEIGHT), strict=True):
        own = [idf[at] if raw[at] == 1.0 else (1.0 + math.log(raw[at])) * idf[at] for at in block]
        length = math.sqrt(sum([v * v for v in own]))
        scale = weight / length if length else 0.0
        positions += block
        values += [v * scale for v in own]
    return positions + cues, values + [raw[at] * CUE_WEIGHT for at in cues]
