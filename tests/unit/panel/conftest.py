"""The made world, built once: frames, and panels of both timings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.made_history import LAST, STATES, world

from vedette.frames.frame import Frame
from vedette.panel.build import build_panel
from vedette.panel.table import Panel


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Frame]:
    """Frames of the made world; yearly series are known a year late."""
    return world(tmp_path_factory.mktemp("world"), months=12)


@pytest.fixture(scope="session")
def panel(frames: dict[str, Frame]) -> Iterator[Panel]:
    """Relevant pairs of the made world with nominal lags."""
    built = build_panel(frames, last_year=LAST, states=STATES)
    assert built.absent == ()
    yield built.panel
    built.panel.close()


@pytest.fixture(scope="session")
def known_panel(frames: dict[str, Frame]) -> Iterator[Panel]:
    """The same with only what was known."""
    built = build_panel(frames, last_year=LAST, timing="known", states=STATES)
    yield built.panel
    built.panel.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the test's own."""
    return tmp_path
