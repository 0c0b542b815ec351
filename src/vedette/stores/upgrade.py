"""Bring a workspace to the tables this version needs. Cheap when it is there already: one row is read."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, text

from vedette.errors import StoreUnavailable

HEAD = "0007"
"""Newest step in ``migrations/versions``; a test checks that it is."""


def current_version(connection: Connection) -> str | None:
    """Version of the tables; None for an empty database."""
    if connection.dialect.name == "sqlite":
        row = connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).first()
        if row is None:
            return None
    elif not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(found[0]) if found else None


def upgrade(connection: Connection, *, where: str) -> None:
    """Run the missing steps inside the caller's transaction.

    Raises `StoreUnavailable` when the tables were written by a newer Vedette: nothing is touched then.
    """
    version = current_version(connection)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise StoreUnavailable(
            f"the workspace has tables of version {version}, this Vedette knows up to {HEAD}",
            where=where,
            fix="Install the newer Vedette that wrote it, or point VEDETTE_HOME at another folder",
        )
    # Alembic costs half a second to import, so only a new or old workspace pays for it.
    from alembic import command

    command.upgrade(_configuration(connection), "head")


def step_versions() -> tuple[str, ...]:
    """Every version there is, oldest first."""
    return tuple(sorted(str(module.revision) for module in _steps()))


def losses(connection: Connection, target: str | None) -> dict[str, int]:
    """Rows that going back to ``target`` (None: to no tables at all) would remove for good, by table."""
    current = current_version(connection)
    gone: dict[str, int] = {}
    for module in _steps():
        undone = current is not None and module.revision <= current and (target is None or module.revision > target)
        if not undone or getattr(module, "MADE_AGAIN", False):
            continue
        for table in module.DROPS:
            if table == "ledger_head":
                continue  # one row that every workspace has
            rows = int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608  (ours)
            if rows:
                gone[table] = rows
    return gone


def move(connection: Connection, target: str | None) -> None:
    """Run the steps up or down to ``target`` inside the caller's transaction; None removes every table."""
    from alembic import command

    current = current_version(connection)
    if target == current:
        return
    config = _configuration(connection)
    if target is not None and (current is None or target > current):
        command.upgrade(config, target)
        return
    command.downgrade(config, target or "base")
    if target is None:
        connection.execute(text("DROP TABLE alembic_version"))


def _configuration(connection: Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _steps() -> list[ModuleType]:
    from importlib import import_module
    from pkgutil import iter_modules

    package = import_module("vedette.stores.migrations.versions")
    return [import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__)]
