"""PLOVER class of an event sentence: a multinomial logistic regression of our own, applied with numpy alone.

The coefficients are fitted by ``python evals/events.py --fit`` and described in docs/reference/event-classifier.md.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from vedette.domain.reading import EventClass
from vedette.errors import BadInput, Unavailable
from vedette.extraction.event_features import CUE_WEIGHT, CUES_AT, LETTERS_AT, PLACED_AT, PLACED_WEIGHT, SIZE, features
from vedette.reference.plover import QUADS, ROOTS, quad_of

FILE = "events.npz"


@dataclass(frozen=True, kw_only=True)  # without slots, for the array made once
class EventModel:
    """Fitted numbers: ``coefficients`` (features x roots), ``intercepts``, ``idf`` of hashed features, temperature."""

    roots: tuple[str, ...]
    coefficients: npt.NDArray[np.float32]
    intercepts: npt.NDArray[np.float64]
    idf: list[float]
    temperature: float

    @cached_property
    def weights(self) -> npt.NDArray[np.float64]:
        """``idf`` as an array over all features; cues have none."""
        found = np.zeros(SIZE)
        found[: len(self.idf)] = self.idf
        return found

    def probabilities(self, sentence: str, source: str | None, target: str | None) -> npt.NDArray[np.float64]:
        """Probability of each root, in the order of ``roots``: ``softmax((W x + b) / T)``."""
        raw = features(sentence, source, target)
        at = np.fromiter(raw.keys(), dtype=np.intp, count=len(raw))
        values = _weighted(at, np.fromiter(raw.values(), dtype=np.float64, count=len(raw)), self.weights)
        scores = values.astype(np.float32) @ self.coefficients.take(at, axis=0) + self.intercepts
        scores = (scores - scores.max()) / self.temperature
        shares: npt.NDArray[np.float64] = np.exp(scores)
        shares /= shares.sum()
        return shares


def _weighted(
    at: npt.NDArray[np.intp], counts: npt.NDArray[np.float64], idf: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """As `event_features.weighted`, on arrays: each look into a list of 57,000 floats is one into cold memory."""
    values: npt.NDArray[np.float64] = (1.0 + np.log(counts)) * idf[at]
    block = np.searchsorted(_BLOCKS, at, side="right")
    scale = [1.0 / math.sqrt(n) if n > 0 else 0.0 for n in np.bincount(block, values * values, minlength=4).tolist()]
    scale[2] *= PLACED_WEIGHT
    cues = block == 3
    values *= np.array(scale).take(block)
    values[cues] = counts[cues] * CUE_WEIGHT
    return values


_BLOCKS = np.array([LETTERS_AT, PLACED_AT, CUES_AT])


def pack(model: EventModel) -> bytes:
    """The model as a compressed archive: coefficients in 8 bits with one scale for each root, idf in 16."""
    scale = np.abs(model.coefficients).max(axis=0) / 127
    out = io.BytesIO()
    np.savez_compressed(
        out,
        roots=np.array(model.roots),
        coefficients=np.rint(model.coefficients / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        intercepts=model.intercepts.astype(np.float32),
        idf=np.asarray(model.idf, dtype=np.float16),
        temperature=np.float32(model.temperature),
    )
    return out.getvalue()


def unpack(packed: bytes) -> EventModel:
    """Read what `pack` wrote. Raises BadInput for a file made for other features."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as held:
        arrays: dict[str, Any] = dict(held)
    if arrays["coefficients"].shape != (SIZE, len(arrays["roots"])):
        raise BadInput(
            f"the event coefficients have shape {arrays['coefficients'].shape}, the features need {SIZE} rows",
            where=FILE, fix="Refit them with: python evals/events.py --fit",
        )  # fmt: skip
    return EventModel(
        roots=tuple(map(str, arrays["roots"])),
        coefficients=arrays["coefficients"].astype(np.float32) * arrays["scale"],
        intercepts=arrays["intercepts"].astype(np.float64),
        idf=arrays["idf"].astype(np.float64).tolist(),
        temperature=float(arrays["temperature"]),
    )


@lru_cache(maxsize=1)
def load_event_model() -> EventModel:
    """The shipped coefficients, read once. Raises Unavailable when the file is not there."""
    path = files("vedette.reference") / "coefficients" / FILE
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise Unavailable(
            "the event coefficients are not installed", where=str(path),
            fix="Install again, or fit them with: python evals/events.py --fit",
        ) from error  # fmt: skip
    return unpack(packed)


def classify_event(sentence: str, source: str | None = None, target: str | None = None) -> EventClass:
    """What the sentence says that ``source`` does to ``target``: PLOVER root and quad class with probabilities.

    ``source`` and ``target`` are the actors as the sentence writes them; they are masked, so that the class depends on
    the deed. Without them the whole sentence is read, less well. Raises BadInput for a sentence without words.
    """
    if not any(c.isalpha() for c in sentence):
        raise BadInput("the sentence has no words", where="classify_event", fix="Give one English sentence")
    model = load_event_model()
    shares = model.probabilities(sentence, source, target)
    quads = dict.fromkeys(QUADS, 0.0)
    for root, share in zip(model.roots, shares, strict=True):
        quads[quad_of(root)] += float(share)
    ranked = sorted(zip(model.roots, map(float, shares), strict=True), key=lambda r: -r[1])
    quad = max(quads, key=quads.__getitem__)
    return EventClass(
        root=ranked[0][0],
        quad=quad,
        probability=ranked[0][1],
        quad_probability=quads[quad],
        roots=tuple(ranked),
    )


__all__ = ["ROOTS", "EventModel", "classify_event", "load_event_model", "pack", "unpack"]
