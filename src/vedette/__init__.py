"""Vedette: evidence, base rates, scenarios and scores for military-intervention questions.

Names are resolved on first use (PEP 562), so that ``import vedette`` costs nothing::

    import vedette
    reading = vedette.extract(text, published="2022-01-20")
"""

from typing import TYPE_CHECKING, Any

from vedette._version import __version__

if TYPE_CHECKING:
    from vedette import errors as errors
    from vedette.scoring import brier as brier
    from vedette.scoring import log_score as log_score

# Public name -> where it lives; a module stands for itself.
_PUBLIC = {
    "errors": "vedette.errors",
    "brier": "vedette.scoring:brier",
    "log_score": "vedette.scoring:log_score",
}

__all__ = ["__version__", "brier", "errors", "log_score"]


def __getattr__(name: str) -> Any:
    target = _PUBLIC.get(name)
    if target is None:
        raise AttributeError(f"module 'vedette' has no attribute {name!r}")
    from importlib import import_module

    module, _, attribute = target.partition(":")
    found = import_module(module)
    value = getattr(found, attribute) if attribute else found
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
