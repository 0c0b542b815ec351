"""Bytes kept once under their digest, whoever writes them first."""

from __future__ import annotations

import zlib

from sqlalchemy import Connection, String, bindparam, select

from vedette.stores import schema

QUEUE = "contents:"
"""Writers of text layers wait for each other; no case has this name, an id holds no colon."""

# Made once: putting a statement together costs more than running it.
_KEPT = select(schema.contents.c.size).where(schema.contents.c.sha256 == bindparam("digest", type_=String))
_NEW = schema.contents.insert()


def keep(connection: Connection, sha256: str, raw: bytes) -> None:
    """Store ``raw`` unless its digest is there. Two writers of two cases may bring the same file at once."""
    if connection.execute(_KEPT, {"digest": sha256}).first() is not None:
        return
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql

        new = insert_postgresql(schema.contents).on_conflict_do_nothing()
        connection.execute(new, {"sha256": sha256, "size": len(raw), "compressed": zlib.compress(raw, 6)})
        return
    connection.execute(_NEW, {"sha256": sha256, "size": len(raw), "compressed": zlib.compress(raw, 6)})
