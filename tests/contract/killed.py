"""Run a vedette command and kill the process (SIGKILL) at a named write point. Used by the kill tests only.

    python killed.py POINT vedette-arguments...

POINT: ``cases``, ``contents``, ``documents``, ``evidence``, ``reviews``, ``ledger``, ``ledger_head`` (just after the
first statement that writes to that table), ``upgrade`` (just before the commit of a new workspace's tables),
``commit`` (just before the commit of the command's own writes), ``committed`` (just after it).
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str) -> None:
    writes = {"seen": False, "committed": False, "tables": False}

    @event.listens_for(Engine, "after_cursor_execute")
    def _statement(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.replace('"', "").split()
        if words[:1] not in (["INSERT"], ["UPDATE"]):
            return
        table = words[2] if words[0] == "INSERT" else words[1]
        making_tables = table == "alembic_version" or (table == "ledger_head" and words[0] == "INSERT")
        writes["tables"] |= making_tables
        writes["seen"] |= not making_tables
        if table == point and not making_tables:
            die()

    @event.listens_for(Engine, "commit")
    def _commit(_connection: Any) -> None:
        if (writes["tables"] and point == "upgrade") or (writes["seen"] and point == "commit"):
            die()
        writes["committed"] |= writes["seen"]

    @event.listens_for(Pool, "checkin")
    def _checkin(*_args: Any) -> None:
        if writes["committed"] and point == "committed":
            die()


if __name__ == "__main__":
    arm(sys.argv[1])
    from vedette.cli import main

    raise SystemExit(main(sys.argv[2:]))
