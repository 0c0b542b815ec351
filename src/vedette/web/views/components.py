"""The design system as plain objects: tokens with their contrast in both themes, type, encodings, states.

The values are read from the style sheet that the pages use, so that this page cannot say what they do not do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markupsafe import Markup

from vedette.reporting.glyphs import condition, interval
from vedette.reporting.view import Line
from vedette.web.desk import STATIC
from vedette.web.views.reliability import span_glyph

TEXT, DRAWING = 4.5, 3.0
"""Least contrast of text and of what has to be told apart without it (WCAG 2.2, 1.4.3 and 1.4.11)."""

USES: Final = (
    # token, ground, use, least contrast
    ("ink", "bg", "text, bars, filled badges", TEXT), ("ink2", "bg", "secondary text", TEXT),
    ("ink3", "bg", "labels, notes", TEXT), ("ink3", "bg2", "labels on foot bars", TEXT),
    ("ink3", "accbg", "labels on the selected row", TEXT), ("edge", "bg", "control borders, axes", DRAWING),
    ("acc", "bg", "the one accent: where you are", TEXT), ("up", "bg", "raises ▲ +, solid", TEXT),
    ("dn", "bg", "lowers ▼ −, hatched", TEXT), ("warn", "warnbg", "late, degraded", TEXT),
    ("err", "errbg", "refused, not computed", TEXT), ("ink", "t1", "marked: condition 1, dotted", TEXT),
    ("ink", "t2", "marked: condition 2, dashed", TEXT), ("ink", "t3", "marked: condition 3, wavy", TEXT),
    ("ink", "t4", "marked: condition 4, solid", TEXT), ("ink", "t5", "marked: condition 5, double", TEXT),
    ("ink", "tm", "marked: stakes, thin", TEXT), ("ink2", "map-land", "names on the map", TEXT),
    ("ink2", "map-host", "names on the host", TEXT), ("acc", "map-sea", "the measured line at sea", DRAWING),
)  # fmt: skip
TYPE: Final = (
    ("h1", "Case title", "Charis bold 25/30; 22/27 at 390"), ("lede", "Lede, one finding a screen", "Charis 19/27"),
    ("h2", "Section finding", "Charis bold 16/21"), ("body", "Body; цифры 0123456789 выровнены", "Inter 13/18"),
    ("note", "Label and note, the floor", "Inter 12/16"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A colour on its ground with the contrast in both themes."""

    token: str
    ground: str
    use: str
    light: str
    dark: str
    light_ratio: float
    dark_ratio: float
    least: float

    @property
    def enough(self) -> bool:
        """Whether both themes reach what is needed."""
        return self.light_ratio >= self.least and self.dark_ratio >= self.least


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentsView:
    """The page."""

    pairs: tuple[Pair, ...]
    type: tuple[tuple[str, str, str], ...]
    estimate: Markup
    selected: Markup
    conditions: tuple[tuple[str, Markup], ...]
    difference: Markup
    too_few: Markup


def tokens() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Colours of the light and of the dark theme, by name, from ``tokens.css``."""
    text = (STATIC / "tokens.css").read_text("utf-8")
    light = _colours(re.search(r":root \{(.*?)\}", text, re.DOTALL))
    dark = _colours(re.search(r':root\[data-theme="dark"\] \{(.*?)\}', text, re.DOTALL))
    return light, {**light, **dark}


def _colours(found: re.Match[str] | None) -> dict[str, str]:
    assert found is not None, "tokens.css has changed its shape"
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})\b", found[1]))


def contrast(one: str, two: str) -> float:
    """Contrast ratio of two colours ``#rgb`` or ``#rrggbb``, 1 to 21 (WCAG 2.2, relative luminance).

    >>> round(contrast("#fff", "#000000"), 1)
    21.0
    """
    high, low = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=1)
def pairs() -> tuple[Pair, ...]:
    """Every pair in use."""
    light, dark = tokens()
    return tuple(
        Pair(
            token=name, ground=ground, use=use, light=light[name], dark=dark[name], least=least,
            light_ratio=contrast(light[name], light[ground]), dark_ratio=contrast(dark[name], dark[ground]),
        )
        for name, ground, use, least in USES
    )  # fmt: skip


def components_view() -> ComponentsView:
    """The page."""
    line = Line(value=0.27, inner=(0.2, 0.36), outer=(0.13, 0.48), reference=0.06)
    states = (("strong", 1.6), ("met", 0.9), ("mixed", 0.1), ("weak", -0.9), ("absent", -1.6))
    return ComponentsView(
        pairs=pairs(), type=TYPE, estimate=interval(line), selected=interval(line, selected=True),
        conditions=tuple(
            (word, condition(Line(value=v, outer=(v - 0.5, min(v + 0.5, 2.2)), inner=None))) for word, v in states
        ),
        difference=span_glyph(-0.03, -0.06, -0.01, 0.1, open=False),
        too_few=span_glyph(0.02, -0.08, 0.09, 0.1, open=True),
    )
