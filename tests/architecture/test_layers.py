"""The import order is proved, not described."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src" / "vedette"


def test_import_contracts_hold() -> None:
    """`lint-imports` on .importlinter: layers, adapters, edges, kernel."""
    code = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "0 broken" in done.stdout


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
    return found


@pytest.mark.parametrize("room", ["domain", "ports", "errors.py"])
def test_kernel_imports_the_standard_library_only(room: str) -> None:
    place = SOURCE / room
    for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
        for name in _imports(path):
            top = name.partition(".")[0]
            assert top == "vedette" or top in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_every_room_has_a_line_of_code_and_an_allowed_name() -> None:
    banned = {"utils", "helpers", "common", "managers", "services", "core", "misc", "models"}
    for folder in SOURCE.iterdir():
        if folder.is_dir() and not folder.name.startswith(("_", ".")):
            assert folder.name not in banned
    for path in SOURCE.rglob("*.py"):
        assert path.read_text(encoding="utf-8").strip(), f"{path} is empty"


@pytest.mark.parametrize(
    "statement", ["import vedette", "import vedette.cli", "import vedette.errors, vedette.domain.case"]
)
def test_start_loads_nothing_heavy(statement: str) -> None:
    heavy = "{'numpy', 'typer', 'rich', 'sqlalchemy', 'duckdb', 'shapely', 'scipy', 'alembic'}"
    code = f"import sys; {statement}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_entry_point_does_not_even_load_typing() -> None:
    """It would double the time of ``vedette --version``."""
    code = (
        f"import sys; sys.path.insert(0, {str(SOURCE.parent)!r}); from vedette.cli import main; "
        "main(['--version']); print('typing' in sys.modules)"
    )
    # -S: what other packages load at start-up through .pth files is not ours to measure.
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


def test_listing_cases_loads_no_engine() -> None:
    """A command loads its own module only: listing cases needs neither borders, panel nor draws."""
    code = (
        "import sys; from vedette.cli import main; assert main(['case', 'list']) == 0; "
        "print(sorted({'numpy', 'duckdb', 'shapely', 'scipy', 'pyproj'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip().endswith("[]")
