"""Bytes kept once under their digest, whoever writes them first."""

from __future__ import annotations

import zlib

from sqlalchemy import Connection, select

from vedette.stores import schema

QUEUE = "contents:"
"""Writers of text layers wait for each other; no case has this name, an id holds no colon."""


def keep(connection: Connection, sha256: str, raw: bytes) -> None:
    """Store ``raw`` unless its digest is there. Two writers of two cases may bring the same file at once."""
    c = schema.contents.c
    if connection.execute(select(c.size).where(c.sha256 == sha256)).first() is not None:
        return
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        new = insert_postgresql(schema.contents).on_conflict_do_nothing()
        connection.execute(new, {"sha256": sha256, "size": len(raw), "compressed": zlib.compress(raw, 6)})
        return
    connection.execute(
        schema.contents.insert().values(sha256=sha256, size=len(raw), compressed=zlib.compress(raw, 6))
    )
