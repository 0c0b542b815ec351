"""``vedette doctor``: what is installed, where data live, what is missing and the command that adds it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vedette.cli.screen import print_json, print_table

# Packages outside the standard library, what each is for, and the command that adds it when it is missing.
NEEDED = {
    "numpy": ("draws and scores", "pip install numpy"),
    "scipy": ("structural model", "pip install scipy"),
    "sqlalchemy": ("workspace", "pip install sqlalchemy"),
    "alembic": ("workspace upgrades", "pip install alembic"),
    "rich": ("tables on a terminal", "pip install rich"),
    "duckdb": ("history panel", "pip install duckdb"),
    "jinja2": ("brief", "pip install jinja2"),
    "shapely": ("borders", "pip install shapely"),
    "pyproj": ("distances", "pip install pyproj"),
    "pyahocorasick": ("extraction", "pip install pyahocorasick"),
}
OPTIONAL = {
    "scikit-learn": ("boosting half of the structural model", "pip install 'vedette[ml]'"),
    "typst": ("the brief as PDF", "pip install 'vedette[pdf]'"),
    "psycopg": ("a workspace on PostgreSQL", "pip install 'vedette[team]'"),
    "argon2-cffi": ("accounts", "pip install 'vedette[team]'"),
    "limits": ("accounts: limits on tries and changes", "pip install 'vedette[team]'"),
    "opentelemetry-sdk": ("traces of a server", "pip install 'vedette[telemetry]'"),
    "python-docx": ("the brief as a Word document", "pip install 'vedette[docx]'"),
}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> int:
    """What is installed, where data live, what is missing and the command that adds it.

    Exit status 0 when everything needed is there, 2 when something is not.
    """
    report = examine()
    if as_json:
        print_json(report)
        return 0 if report["ok"] else 2
    print(f"vedette {report['version']} on Python {report['python']}")
    print()
    print_table(["Setting", "Variable", "Value"], [[s["name"], s["variable"], s["value"]] for s in report["settings"]])
    print()
    print_table(["Check", "State", "Detail", "To fix"], [
        [c["name"], c["state"], c["detail"], c["fix"]] for c in report["checks"]
    ], wrap=("Detail", "To fix"))  # fmt: skip
    return 0 if report["ok"] else 2


def examine() -> dict[str, Any]:
    """Everything the doctor looks at, as plain values."""
    import platform

    from vedette._version import __version__
    from vedette.settings import SETTINGS, load_settings

    settings = load_settings()
    checks = [*_packages(), *_workspace(), *_server(), *_tables(), *_history(settings.data), *_second_reader()]
    return {
        "version": __version__,
        "python": platform.python_version(),
        "settings": [
            {"name": s.name, "value": str(getattr(settings, s.name)), "variable": s.variable, "unit": s.unit,
             "default": s.default, "doc": s.doc}
            for s in SETTINGS
        ],
        "checks": checks,
        "ok": all(c["state"] != "missing" for c in checks),
    }  # fmt: skip


def _check(name: str, state: str, detail: str, fix: str = "") -> dict[str, str]:
    return {"name": name, "state": state, "detail": detail, "fix": fix}


def _packages() -> list[dict[str, str]]:
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for table, absent in ((NEEDED, "missing"), (OPTIONAL, "optional")):
        for name, (purpose, command) in table.items():
            try:
                found.append(_check(name, "ok", f"{version(name)}, for {purpose}"))
            except PackageNotFoundError:
                found.append(_check(name, absent, f"for {purpose}", command))
    return found


def _workspace() -> list[dict[str, str]]:
    from vedette.bootstrap import open_workspace
    from vedette.errors import VedetteError

    try:
        state = open_workspace().check()
    except VedetteError as error:
        return [_check("workspace", "missing", f"{error.where}: {error.what}", error.fix)]
    if not state.writable:
        return [
            _check("workspace", "missing", f"{state.path} cannot be written to", "Set VEDETTE_HOME to another folder")
        ]
    if not state.exists:
        return [_check("workspace", "ok", f"{state.path} (made on first use)")]
    detail = f"{state.path}, {state.size / 1e6:.1f} MB, {state.cases} cases, {state.ledger_entries} ledger entries"
    checks = [_check("workspace", "ok", detail)]
    if state.ledger_faults:
        checks.append(_check("ledger", "missing", state.ledger_faults[0], "vedette ledger list"))
    return checks


def _server() -> list[dict[str, str]]:
    """Whether the tables are current, whether there are accounts, whether the workbench's scripts were built."""
    from importlib.resources import files

    from vedette.bootstrap import open_workspace
    from vedette.errors import VedetteError

    checks = []
    try:
        workspace = open_workspace()
        why = workspace.readiness()["tables"]
        checks.append(_check("tables", "missing" if why else "ok", why or "current", "vedette migrate" if why else ""))
        if workspace.accounts.there_are():
            checks.append(_check("accounts", "ok", "everybody signs in"))
        else:
            checks.append(_check("accounts", "optional", "none: the workbench answers to this machine only",
                                 "vedette account add NAME --role admin"))  # fmt: skip
    except VedetteError as error:
        checks.append(_check("accounts", "optional", error.what, error.fix))
    if not files("vedette.web").joinpath("static", "built", "manifest.json").is_file():
        return [*checks, _check("workbench scripts", "missing", "not in this installation",
                                "Install Vedette again from a wheel, or: python buildtools/assets.py")]  # fmt: skip
    return [*checks, _check("workbench scripts", "ok", "map, sliders, palette")]


def _second_reader() -> list[dict[str, str]]:
    """Whether ``--llm`` has a model to ask, and whether documents would leave this machine. Nothing is sent."""
    from vedette.bootstrap import open_workspace
    from vedette.errors import VedetteError

    try:
        reader = open_workspace().second_reader()
    except VedetteError as error:
        return [_check("second reader", "optional", error.what, error.fix)]
    where = "on this machine" if reader.local else "ANOTHER MACHINE: documents read with --llm go there"
    return [_check("second reader", "ok", f"{reader.name} at {reader.host} ({where})")]


def _tables() -> list[dict[str, str]]:
    from importlib.resources import files

    built = files("vedette.reference").joinpath("_built")
    wanted = ("boundaries-10m.npz", "boundaries-50m.npz", "boundaries-110m.npz", "gazetteer.bin")
    absent = [name for name in wanted if not built.joinpath(name).is_file()]
    if absent:
        return [_check("map tables", "missing", f"not in this installation: {', '.join(absent)}",
                       "Install Vedette again from a wheel or with build isolation")]  # fmt: skip
    return [_check("map tables", "ok", "boundaries and gazetteer")]


def _history(folder: Any) -> list[dict[str, str]]:
    if folder.is_dir() and any(folder.iterdir()):
        return [_check("history data", "ok", str(folder))]
    return [_check("history data", "optional", f"none in {folder}; shipped coefficients are used",
                   "vedette history fetch")]  # fmt: skip
