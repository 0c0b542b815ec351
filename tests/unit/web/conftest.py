"""Fixtures of the workbench's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.unit.web.workbench import Workbench, workbench


@pytest.fixture
def bench() -> Iterator[Workbench]:
    """A workbench on the test's own workspace."""
    yield from workbench()
