"""Alembic environment: runs on the connection it is handed, inside the caller's transaction."""

from __future__ import annotations

from alembic import context

from vedette.stores.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
# No begin_transaction(): the caller holds one, so that a kill half way leaves the version before.
context.run_migrations()
