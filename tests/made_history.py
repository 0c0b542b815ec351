"""A small made world for the historical tables: seeded, in the shape of the real frames and of the real files.

Eight real state codes, 1940-2020, with disputes, pacts, rivalries and interventions drawn from a seed. No row of
any real data set is in it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from vedette.frames import history as contracts
from vedette.frames.contract import FrameContract
from vedette.frames.frame import Frame, write_frame
from vedette.frames.provenance import Coverage, Lag, Provenance

STATES = (2, 20, 70, 200, 220, 365, 369, 640)
FIRST, LAST = 1940, 2020
Row = dict[str, object]


def provenance(
    dataset: str, first: int = FIRST, last: int = LAST, *, months: int = 0, released: dt.date | None = None
) -> Provenance:
    """Made-up terms of a made-up edition."""
    return Provenance(
        dataset=dataset, title=f"made {dataset}", citation=f"Made {dataset} (simulated).", licence="ours",
        edition="made", coverage=Coverage(first_year=first, last_year=last, units="made states"),
        lag=Lag(months=months, basis="made", released=released), sha256="0" * 64,
    )  # fmt: skip


def pairs() -> list[tuple[int, int]]:
    """Undirected pairs, lower code first."""
    return [(a, b) for a in STATES for b in STATES if a < b]


def disputes(rng: random.Random, last: int = LAST) -> list[Row]:
    """Directed dyad-dispute-years; about one dispute in 40 pair-years, a third of them with force."""
    rows: list[Row] = []
    number = 1
    for a, b in pairs():
        for year in range(FIRST, last + 1):
            if rng.random() < 0.025:
                starter = rng.choice((a, b))
                levels = {a: rng.choice((2, 3, 4)), b: rng.choice((1, 3, 4))}
                for later in range(rng.choice((1, 1, 2))):
                    if year + later > last:
                        continue
                    for one, two in ((a, b), (b, a)):
                        rows.append(
                            {
                                "dispnum": number, "ccode1": one, "ccode2": two, "year": year + later,
                                "onset": int(later == 0), "sidea1": int(one == starter), "orig1": 1,
                                "hostlev1": levels[one], "hostlev2": levels[two],
                            }
                        )  # fmt: skip
                number += 1
    return rows


def world(folder: Path, *, seed: int = 1, until: int = LAST, months: int = 0) -> dict[str, Frame]:
    """Frames of every data set the panel reads, in ``folder``.

    ``until``: rows about later years are left out, while the declared coverage stays: the same world, seen
    earlier. ``months``: publication lag of the yearly series.
    """
    rng = random.Random(seed)
    tables: dict[str, tuple[FrameContract, list[Row], Provenance]] = {}

    def put(name: str, contract: FrameContract, rows: Iterable[Row], lag: int = 0, last: int = LAST) -> None:
        kept = [row for row in rows if int(str(row.get("year", row.get("first_year", 0)))) <= until]
        for row in kept:
            if isinstance(end := row.get("last_year"), int) and end > until:
                # Seen before its end, a spell is still running.
                row["last_year"] = last
        tables[name] = (contract, kept, provenance(name, last=last, months=lag))

    put("cow-mid", contracts.MID_DIRECTED, disputes(rng))
    put("cow-nmc", contracts.NMC, _capabilities(rng), months)
    touching = [(2, 20, 1), (2, 70, 1), (200, 220, 4), (365, 369, 1), (365, 640, 3), (369, 640, 5)]
    put("cow-contiguity", contracts.CONTIGUITY, [
        {"ccode1": one, "ccode2": two, "conttype": kind, "first_year": 1991 if 369 in (one, two) else FIRST,
         "last_year": LAST}
        for a, b, kind in touching for one, two in ((a, b), (b, a))
    ])  # fmt: skip
    put("cow-igo", contracts.IGO_DYADS, [
        {"ccode1": a, "ccode2": b, "year": year, "shared": rng.randrange(10, 60)}
        for a, b in pairs() for year in range(FIRST, LAST + 1)
    ])  # fmt: skip
    put("atop", contracts.ATOP, [
        {"ccode1": a, "ccode2": b, "year": year, "defense": int((a, b) in {(2, 20), (2, 200), (200, 220), (2, 640)}),
         "offense": 0, "neutral": 0, "nonagg": 1, "consul": 1}
        for a, b in ((2, 20), (2, 200), (200, 220), (2, 640), (365, 369)) for year in range(1949, LAST + 1)
    ])  # fmt: skip
    put("ucdp-acd", contracts.UCDP_CONFLICT, _conflicts(rng))
    put("tss-rivalries", contracts.RIVALRIES, [
        {"ccode1": 2, "ccode2": 365, "first_year": 1946, "last_year": 1989, "spatial": 0},
        {"ccode1": 365, "ccode2": 369, "first_year": 2014, "last_year": LAST, "spatial": 1},
    ])  # fmt: skip
    put("icow", contracts.CLAIMS, [
        {"claimdy": 1, "challenger": 70, "target": 2, "name": "a made river", "first_year": 1950, "last_year": 1970,
         "salience": 4},
        {"claimdy": 2, "challenger": 365, "target": 369, "name": "a made coast", "first_year": 1992,
         "last_year": None, "salience": 9},
    ])  # fmt: skip
    put("unga-ideal-points", contracts.IDEAL_POINTS, [
        {"ccode": c, "year": y, "ideal_point": rng.uniform(-2, 2)} for c in STATES for y in range(1946, LAST + 1)
    ])  # fmt: skip
    for name, contract, column, low, high, lag in (
        ("vdem", contracts.DEMOCRACY, "polyarchy", 0, 1, 0),
        ("hief", contracts.ETHNIC_FRACTIONS, "fraction", 0, 1, 0),
        ("gdp", contracts.INCOME, "gdp_per_head", 500, 40000, months),
    ):
        put(name, contract, [
            {"ccode": c, "year": y, column: rng.uniform(low, high)} for c in STATES for y in range(FIRST, LAST + 1)
        ], lag)  # fmt: skip
    put("cow-trade", contracts.TRADE, [
        {"ccode": c, "year": y, "imports": rng.uniform(1, 1e5), "exports": rng.uniform(1, 1e5)}
        for c in STATES for y in range(FIRST, LAST + 1)
    ], months)  # fmt: skip
    put("archigos-exits", contracts.LEADER_EXITS, [
        {"gwno": c, "year": y, "irregular": int(rng.random() < 0.05)} for c in STATES for y in range(FIRST, LAST + 1)
    ])  # fmt: skip
    put("min-distance", contracts.MIN_DISTANCE, [
        {"ccode1": a, "ccode2": b, "year": y, "km": float((a * b) % 9000)} for a, b in pairs()
        for y in range(FIRST, LAST + 1)
    ])  # fmt: skip
    tables["rugged"] = (
        contracts.RUGGEDNESS, [{"ccode": c, "rugged": c / 100} for c in STATES], provenance("rugged"),
    )  # fmt: skip
    return {
        name: write_frame(contract, rows, folder / f"{name}.parquet", origin)
        for name, (contract, rows, origin) in tables.items()
    }


def _capabilities(rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    for code in STATES:
        for year in range(FIRST, LAST + 1):
            hole = code == 640 and 1960 <= year <= 1962
            rows.append(
                {
                    "ccode": code, "year": year, "milex": None if hole else rng.uniform(1e3, 1e6),
                    "milper": None if hole else rng.uniform(10, 2000), "irst": None, "pec": None, "tpop": None,
                    "upop": None, "cinc": None if hole else rng.uniform(0.001, 0.2),
                }
            )  # fmt: skip
    return rows


def _conflicts(rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    for number in range(1, 25):
        start = rng.randrange(1946, LAST)
        side_a, other, helper = rng.sample(STATES, 3)
        kind = rng.choice(("interstate", "intrastate", "internationalized"))
        for year in range(start, min(LAST, start + rng.randrange(1, 4)) + 1):
            rows.append(
                {
                    "conflict_id": number, "year": year, "gwno_a": side_a,
                    "gwno_a_2nd": helper if kind == "internationalized" and number % 2 else None,
                    "gwno_b": other if kind == "interstate" else None,
                    "gwno_b_2nd": helper if kind == "internationalized" and not number % 2 else None,
                    "intensity": rng.choice((1, 2)), "kind": kind,
                }
            )  # fmt: skip
    return rows


def crisis_frames(folder: Path, *, seed: int = 3, number: int = 120) -> tuple[Frame, Frame]:
    """Made crises and their first two actors."""
    rng = random.Random(seed)
    crises: list[Row] = []
    actors: list[Row] = []
    for crisno in range(1, number + 1):
        year = rng.randrange(1946, 2015)
        trigger = rng.randrange(1, 10)
        worse = 0.6 if trigger == 9 else 0.25
        violence = rng.choice((3, 4)) if rng.random() < worse else rng.choice((1, 2))
        crises.append(
            {
                "crisno": crisno, "name": f"MADE CRISIS {crisno}", "year": year, "month": rng.randrange(1, 13),
                "day": None, "trigger": trigger, "triggering": 365, "violence": violence,
                "gravity": rng.randrange(0, 7), "actors": 2, "geostrategic": rng.randrange(1, 6),
                "protracted": rng.randrange(1, 4), "last_year": year + rng.choice((0, 0, 1)),
            }
        )  # fmt: skip
        for place, code in enumerate(rng.sample(STATES, 2)):
            actors.append(
                {
                    "crisno": crisno, "actor_number": crisno * 10 + place, "ccode": code, "year": year + place,
                    "month": 5, "day": None, "trigger": trigger if place == 0 else 9, "triggering": 365,
                }
            )  # fmt: skip
    return (
        write_frame(contracts.CRISES, crises, folder / "icb-crises.parquet", provenance("icb-crises")),
        write_frame(contracts.CRISIS_ACTORS, actors, folder / "icb-actors.parquet", provenance("icb-actors")),
    )


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]], *, end: str = "\r\n") -> bytes:
    """A CSV file as publishers write it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def as_zip(members: Mapping[str, bytes]) -> bytes:
    """A zip file; a member whose name ends in .zip may itself be one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


NMC_HEADER = ("stateabb", "ccode", "year", "milex", "milper", "irst", "pec", "tpop", "upop", "cinc", "version")


def nmc_rows(number: int = 40) -> list[list[object]]:
    """Rows of a capabilities file: real columns, made numbers, -9 for missing."""
    return [
        ["XXX", 2 + k % 3, 1950 + k // 3, 1000 + k, -9 if k == 5 else 100 + k, 5, 6, 1000, 10, 0.01 + k / 1e4, 2021]
        for k in range(number)
    ]


def nmc_zip(rows: Sequence[Sequence[object]] | None = None, header: Sequence[str] = NMC_HEADER) -> bytes:
    """The capabilities file as published: a zip that holds a zip that holds the CSV."""
    table = as_csv(header, rows if rows is not None else nmc_rows())
    inner = as_zip({"NMC-60-abridged.csv": table})
    return as_zip({"NMC_Documentation.pdf": b"%PDF-1.4 made", "NMC-60-abridged.zip": inner})
