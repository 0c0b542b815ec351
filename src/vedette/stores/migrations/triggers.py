"""Triggers that refuse UPDATE and DELETE of what was recorded, and the exceptions a step may make."""

from __future__ import annotations

from alembic import op


def _on_a_server() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def make_function() -> None:
    """What every refusing trigger calls on PostgreSQL; SQLite says it in the trigger itself."""
    if _on_a_server():
        op.execute(
            "CREATE FUNCTION vedette_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )


def drop_function() -> None:
    """Undo `make_function`, when no trigger needs it any more."""
    if _on_a_server():
        op.execute("DROP FUNCTION vedette_append_only()")


def refuse(table: str) -> None:
    """No row of the table is ever changed or removed."""
    if _on_a_server():
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION vedette_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def allow(table: str, verb: str, condition: str) -> None:
    """In place of `refuse`: ``verb`` goes through where ``condition`` over OLD and NEW holds."""
    if not _on_a_server():
        name = f"{table}_no_{verb.lower()}"
        op.execute(f"DROP TRIGGER {name}")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"WHEN NOT ({condition}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    # A row trigger with a condition cannot hold a subquery there, so each has its function.
    other = "DELETE" if verb == "UPDATE" else "UPDATE"
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE {other} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION vedette_append_only()"
    )
    back = "NEW" if verb == "UPDATE" else "OLD"
    op.execute(
        f"CREATE FUNCTION vedette_forget_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT ({condition}) THEN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END IF; "
        f"RETURN {back}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_forget BEFORE {verb} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION vedette_forget_{table}()"
    )


def allow_no_more(table: str) -> None:
    """Undo `allow`: the table refuses everything again."""
    if _on_a_server():
        op.execute(f"DROP TRIGGER {table}_forget ON {table}")
        op.execute(f"DROP FUNCTION vedette_forget_{table}()")
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    else:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
    refuse(table)
