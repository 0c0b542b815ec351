"""Routers, one module a page. A module is imported when the application is made."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.routing import BaseRoute

ROUTERS = (
    "shell", "people", "accounts", "api", "board", "case", "map", "evidence", "documents", "reader", "ledger", "elicit",
    "history", "brief", "palette", "watch",
)  # fmt: skip
"""Modules of this package with a ``router``, in the order their routes are tried: those asked for most come first."""


def first() -> tuple[BaseRoute, ...]:
    """Plain routes to be tried before those of the routers."""
    found: tuple[BaseRoute, ...] = import_module("vedette.web.pages.case").FIRST
    return found


def routers() -> list[APIRouter]:
    """The routers of every page."""
    return [import_module(f"vedette.web.pages.{name}").router for name in ROUTERS]
