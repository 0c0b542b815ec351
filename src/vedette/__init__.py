"""Vedette: evidence, base rates, scenarios and scores for military-intervention questions.

Names are resolved on first use (PEP 562), so that ``import vedette`` costs nothing::

    import vedette
    reading = vedette.extract(text, published="2022-01-20")
    assessment = vedette.assess("belarus-2022", as_of="2022-01-20")
    assessment.to_dict()["scenarios"]
"""

from vedette._version import __version__

# Type checkers take this name to be true. Importing it from typing would double the time of `vedette --version`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from vedette import errors as errors
    from vedette.bootstrap import assess as assess
    from vedette.bootstrap import open_case as open_case
    from vedette.bootstrap import open_workspace as open_workspace
    from vedette.extraction import extract as extract
    from vedette.extraction import geoparse as geoparse
    from vedette.extraction.events import classify_event as classify_event
    from vedette.scoring import brier as brier
    from vedette.scoring import log_score as log_score
    from vedette.workflows.base_rate import base_rate as base_rate

# Public name -> where it lives; a module stands for itself.
_PUBLIC = {
    "errors": "vedette.errors",
    "classify_event": "vedette.extraction.events:classify_event",
    "extract": "vedette.extraction:extract",
    "geoparse": "vedette.extraction:geoparse",
    "open_workspace": "vedette.bootstrap:open_workspace",
    "open_case": "vedette.bootstrap:open_case",
    "assess": "vedette.bootstrap:assess",
    "base_rate": "vedette.workflows.base_rate:base_rate",
    "brier": "vedette.scoring:brier",
    "log_score": "vedette.scoring:log_score",
}

__all__ = [
    "__version__",
    "assess",
    "base_rate",
    "brier",
    "classify_event",
    "errors",
    "extract",
    "geoparse",
    "log_score",
    "open_case",
    "open_workspace",
]


def __getattr__(name: str) -> object:
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
