"""Read a dyad-year panel from parquet or CSV."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from vedette.errors import FrameRefused, UnknownName
from vedette.forecasting.structural.dyads import KEYS, DyadYears, dyad_years

Panel = DyadYears | Mapping[str, ArrayLike] | str | Path


def read_panel(source: Panel, columns: Sequence[str] | None = None) -> DyadYears:
    """A panel from a parquet or CSV file (by its ending), from a mapping of columns, or as it is.

    `columns` restricts what is read; the keys ccode1, ccode2 and year always come along. Text columns other
    than keys are left out, because nothing can be computed from them. FrameRefused when the file is not
    there, cannot be read, or is not a panel; UnknownName, with the nearest, for a column it does not have.
    """
    if isinstance(source, DyadYears):
        return source
    if isinstance(source, Mapping):
        return dyad_years(source)
    path = Path(source)
    if not path.is_file():
        beside = sorted(p.name for p in path.parent.glob("*.*")) if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, beside, n=3)
        fix = f"Nearest there: {', '.join(near)}" if near else "Give a .parquet or .csv file"
        raise FrameRefused("no such file", where=str(path), fix=fix)
    reader = {".parquet": "read_parquet", ".csv": "read_csv"}.get(path.suffix.lower())
    if reader is None:
        raise FrameRefused(f"files ending in {path.suffix or 'nothing'!r} are not read", where=str(path),
                           fix="Give a .parquet or .csv file")  # fmt: skip
    table = _load(path, reader, columns)
    try:
        return dyad_years(table)
    except FrameRefused as refused:
        raise FrameRefused(refused.what, where=str(path), fix=refused.fix) from None


def _load(path: Path, reader: str, columns: Sequence[str] | None) -> dict[str, Any]:
    import duckdb

    connection = duckdb.connect()
    try:
        found = connection.execute(f"DESCRIBE SELECT * FROM {reader}(?)", [str(path)]).fetchall()  # noqa: S608
        names = {row[0]: row[1] for row in found}
        for wanted in columns or ():
            if wanted not in names:
                near = difflib.get_close_matches(wanted, list(names), n=3, cutoff=0.4)
                raise UnknownName("column", wanted, nearest=near or sorted(names)[:3], where=str(path))
        keep = [n for n in names if n in KEYS or ((columns is None or n in columns) and names[n] != "VARCHAR")]
        if not keep:
            raise FrameRefused("holds no columns of numbers", where=str(path), fix=f"A panel needs {', '.join(KEYS)}")
        quoted = ", ".join('"' + n.replace('"', '""') + '"' for n in keep)
        return dict(connection.execute(f"SELECT {quoted} FROM {reader}(?)", [str(path)]).fetchnumpy())  # noqa: S608
    except duckdb.Error as cause:
        first = str(cause).splitlines()[0]
        raise FrameRefused(f"cannot be read: {first}", where=str(path), fix="Check that the file is whole") from cause
    finally:
        connection.close()
