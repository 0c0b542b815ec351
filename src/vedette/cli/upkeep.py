"""``vedette migrate``, ``backup`` and ``restore``: the upkeep of a workspace, on a laptop or on a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.screen import print_json, print_table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def migrate(
    to: Annotated[
        str, typer.Option("--to", help="Version to go to, up or down; 'none' removes the tables; default: the newest.")
    ] = "",
    status: Annotated[bool, typer.Option("--status", help="Only say which version is there.")] = False,
    drop_data: Annotated[
        bool, typer.Option("--drop-data", help="Going back may remove what older tables cannot hold.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Bring the tables of the workspace up to date, or back to an older version.

    A workspace is brought up to date by itself when it is first written to; this does it at a time of your choosing.
    Going back is refused, with exit status 2, when it would remove what was recorded and --drop-data does not say so.
    """
    from vedette.bootstrap import open_workspace

    workspace = open_workspace()
    before, versions = workspace.table_versions()
    after = before
    if not status:
        before, after = workspace.migrate(None if to == "none" else to or versions[-1], drop_data=drop_data)
    if as_json:
        print_json({"before": before, "after": after, "newest": versions[-1], "versions": list(versions)})
        return 0
    if status:
        print(f"tables: {before or 'none yet'}; newest: {versions[-1]}")
    elif before == after:
        print(f"nothing to do: tables are at version {after or 'none'}")
    else:
        print(f"tables went from version {before or 'none'} to {after or 'none'}")
    return 0


def backup(
    out: Annotated[Path, typer.Argument(help="File to write; it must not exist yet.")], as_json: AsJson = False
) -> int:
    """Write everything recorded in the workspace to one file, while others go on working.

    The same file restores on a laptop and on a server. Downloaded data and event streams are left out, and named.
    """
    from vedette.bootstrap import open_workspace

    done = open_workspace().backup(out)
    if as_json:
        print_json(
            {"path": done.path, "version": done.version, "made_at": done.made_at, "rows": done.rows,
             "files": done.files, "bytes": done.size, "left_out": done.left_out}
        )  # fmt: skip
        return 0
    print_table(["Table", "Rows"], [[name, str(rows)] for name, rows in done.rows.items() if rows])
    print(f"\n{done.path}: {done.size / 1e6:.1f} MB, {done.files} files of the workspace")
    for name, size in done.left_out.items():
        print(f"left out: {name} ({size / 1e6:.1f} MB), which can be downloaded again")
    return 0


def restore(
    given: Annotated[Path, typer.Argument(help="A file that 'vedette backup' wrote.")], as_json: AsJson = False
) -> int:
    """Put a backup into an empty workspace, all or nothing, after checking every digest in it.

    To move a laptop's workspace to a server: backup, set DATABASE_URL, restore.
    """
    from vedette.bootstrap import open_workspace

    done = open_workspace().restore(given)
    if as_json:
        print_json({"path": done.path, "version": done.version, "rows": done.rows, "files": done.files})
        return 0
    print_table(["Table", "Rows"], [[name, str(rows)] for name, rows in done.rows.items() if rows])
    print(f"\nrestored what was recorded until {done.made_at:%Y-%m-%d %H:%M} UTC, and {done.files} files")
    return 0
