"""Documents into proposed evidence, by rules that can be read: `extract`."""

from __future__ import annotations

from vedette.extraction.pipeline import extract

__all__ = ["extract"]
