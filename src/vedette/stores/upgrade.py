"""Bring a workspace to the tables this version needs. Cheap when it is there already: one row is read."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from vedette.errors import StoreUnavailable

HEAD = "0003"
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
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
