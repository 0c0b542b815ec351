"""Build hook: make the data files before a wheel, source distribution or editable install is put together.

The work is in ``buildtools/reference_data.py`` and ``buildtools/assets.py``; nothing is done when the files are there
and current. The packages they need are asked for only when there is work, so a build from a source distribution needs
no npm.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

RECIPES = ("reference_data", "assets")


def _recipe(root: str, name: str) -> ModuleType:
    path = Path(root) / "buildtools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"_vedette_{name}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class ReferenceDataHook(BuildHookInterface):  # type: ignore[type-arg,unused-ignore]
    """Boundaries and gazetteer into ``src/vedette/reference/_built``, scripts into ``src/vedette/web/static/built``."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Packages to be installed before the build."""
        return sorted({need for name in RECIPES for need in _recipe(self.root, name).requirements()})

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the files, or stop the build with one clear message."""
        for name in RECIPES:
            recipe = _recipe(self.root, name)
            try:
                recipe.ensure()
            except recipe.BuildError as error:
                self.app.abort(f"vedette: the files of buildtools/{name}.py could not be made.\n{error}")
