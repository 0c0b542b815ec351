"""Build hook: make the data files before a wheel, source distribution or editable install is put together.

The work is in ``buildtools/reference_data.py``; nothing is done when the files are there and current. The
packages it needs are asked for only when there is work, so a build from a source distribution needs no npm.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _recipe(root: str) -> ModuleType:
    path = Path(root) / "buildtools" / "reference_data.py"
    spec = importlib.util.spec_from_file_location("_vedette_reference_data", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class ReferenceDataHook(BuildHookInterface):  # type: ignore[type-arg,unused-ignore]
    """Boundaries and gazetteer into ``src/vedette/reference/_built``."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Packages to be installed before the build."""
        return list(_recipe(self.root).requirements())

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the files, or stop the build with one clear message."""
        recipe = _recipe(self.root)
        try:
            recipe.ensure()
        except recipe.BuildError as error:
            self.app.abort(f"vedette: the data files could not be made.\n{error}")
