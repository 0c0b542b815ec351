"""Finding the wanted file inside a zip, and inside zips in a zip (Correlates of War nests them)."""

from __future__ import annotations

import fnmatch
import io
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from vedette.errors import SourceFailed

# Unpacked size of the largest registered file is about 250 MB; more is a broken or hostile archive.
UNPACKED_LIMIT = 2 << 30
_NESTING = 3


def extract_member(archive: Path, patterns: tuple[str, ...], folder: Path) -> Path:
    """Unpack the member that matches the earliest pattern (on its base name, case-insensitive) into ``folder``.

    The checksum of the member is verified while reading. Raises ``SourceFailed`` for a file that is not a
    whole zip, or, naming what is inside, when nothing matches.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seen: list[str] = []
    try:
        with zipfile.ZipFile(archive) as outer:
            for pattern in patterns:
                found = _search(outer, pattern, folder, seen, 1)
                if found is not None:
                    return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise SourceFailed(f"the archive is damaged or cut short ({error})", where=str(archive)) from error
    inside = ", ".join(dict.fromkeys(seen)) or "nothing"
    raise SourceFailed(f"no file like {' or '.join(patterns)} in the archive; inside: {inside}", where=str(archive))


def _search(zipped: zipfile.ZipFile, pattern: str, folder: Path, seen: list[str], depth: int) -> Path | None:
    nested: list[zipfile.ZipInfo] = []
    for info in zipped.infolist():
        base = PurePosixPath(info.filename.replace("\\", "/")).name
        if not base or base.startswith("._"):
            continue
        seen.append(base)
        if info.file_size > UNPACKED_LIMIT:
            raise SourceFailed(f"{base} would unpack to {info.file_size} bytes", where=str(zipped.filename))
        if fnmatch.fnmatch(base.lower(), pattern.lower()):
            target = folder / base
            with zipped.open(info) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out)
            return target
        if base.lower().endswith(".zip") and depth < _NESTING:
            nested.append(info)
    for info in nested:
        with zipfile.ZipFile(io.BytesIO(zipped.read(info))) as inner:
            found = _search(inner, pattern, folder, seen, depth + 1)
        if found is not None:
            return found
    return None
