"""Documents into proposed evidence, by rules that can be read: `extract`; places of a text: `geoparse`.

Classes of events need numpy and live in `vedette.extraction.events`.
"""

from __future__ import annotations

from vedette.extraction.pipeline import extract, geoparse

__all__ = ["extract", "geoparse"]
