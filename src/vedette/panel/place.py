"""Verbs that add geography: who touches whom, how far apart, over what ground."""
# ruff: noqa: S608  SQL here is built from names and numbers of this package, never from user text.

from __future__ import annotations

import math
from datetime import date

from vedette.frames.frame import Frame
from vedette.frames.history import CONTIGUITY, MIN_DISTANCE, RUGGEDNESS
from vedette.frames.provenance import Coverage, Lag
from vedette.panel.series import join_pair
from vedette.panel.table import Panel, PanelColumn, described, inside, need, read_year
from vedette.reference.states import all_states

# Mean radius of the Earth, km (IUGG). The sphere is within 0.5 % of the ellipsoid, far below what matters here.
EARTH_RADIUS_KM = 6371.0088


def add_contiguity(panel: Panel, frame: Frame) -> Panel:
    """Direct contiguity: ``conttype`` (0 none, 1 land, 2-5 by water up to 12, 24, 150, 400 miles), ``c4_land_contig``.

    The closest type of the year. Inside coverage a pair without a record is 0; outside it is missing.
    """
    need(frame, CONTIGUITY)
    coverage = frame.provenance.coverage
    con, carry, offset = panel.connection, panel.carry, panel.offset_now
    # A spell that runs to the end of coverage is carried on; one that ended before is not.
    con.execute(
        "CREATE OR REPLACE TABLE touching AS SELECT ccode1, ccode2, year, min(conttype) AS conttype FROM ("
        "SELECT ccode1, ccode2, conttype, unnest(generate_series(first_year, CASE WHEN last_year >= "
        f"{coverage.last_year} THEN {coverage.last_year + carry} ELSE last_year END))::INTEGER AS year "
        f"FROM {frame.sql}) WHERE year >= {panel.first_year - 1} GROUP BY ALL"
    )
    year = f"b.year - {offset}"
    covered = inside(year, coverage, carry)
    join = f"LEFT JOIN touching tc ON tc.ccode1 = b.ccode1 AND tc.ccode2 = b.ccode2 AND tc.year = {year}"
    kind = f"CASE WHEN {covered} THEN coalesce(tc.conttype, 0) END"
    gone = "outside the years covered (and carried)"
    return panel.add(
        [join],
        [
            (described(frame, "conttype", "structure", "0 none, 1 land, 2-5 by water", gone, offset=offset,
                       carry=carry), f"({kind})::TINYINT"),
            (described(frame, "c4_land_contig", "condition", "0/1: common land border", gone, offset=offset,
                       carry=carry), f"(({kind}) = 1)::FLOAT"),
        ],
    )  # fmt: skip


def add_min_distance(panel: Panel, frame: Frame) -> Panel:
    """Least distance between the territories: ``c4_ln_mindist`` = ln(1 + km)."""
    need(frame, MIN_DISTANCE)
    offset = panel.offset_for(frame.provenance.lag)
    panel.connection.execute(
        f"CREATE OR REPLACE TABLE distances AS SELECT ccode1, ccode2, year, km FROM {frame.sql} "
        f"WHERE year >= {panel.first_year - 1 - offset}"
    )
    column = described(frame, "c4_ln_mindist", "condition", "ln(1 + km between territories)",
                       "a state the source does not map, or outside coverage", offset=offset,
                       carry=panel.carry)  # fmt: skip
    join = join_pair("distances", "md_", read_year(offset, frame.provenance.coverage, panel.carry))
    return panel.add([join], [(column, "ln(1 + md_.km)::FLOAT")])


def great_circle_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance in km on the sphere between two points in degrees (haversine)."""
    one, two = math.radians(lat1), math.radians(lat2)
    half = math.sin((two - one) / 2) ** 2
    half += math.cos(one) * math.cos(two) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def add_capital_distance(panel: Panel) -> Panel:
    """Distance between the capitals on 31 December of the year before: ``c4_ln_capdist`` = ln(1 + km).

    From our own table of capitals. Missing when either state had no capital on record (not yet a state).
    """
    rows: list[tuple[int, int, float, float]] = []
    for year in range(panel.first_year - 1, panel.last_year + 1):
        day = date(year, 12, 31)
        for state in all_states():
            if (state.member_on(day) or state.member_on(day, "gw")) and (seat := state.capital_on(day)):
                rows.append((state.cowcode, year, seat.lat, seat.lon))
    con = panel.connection
    con.execute("CREATE OR REPLACE TABLE seats (ccode SMALLINT, year SMALLINT, lat DOUBLE, lon DOUBLE)")
    con.execute(
        "INSERT INTO seats SELECT unnest(?::SMALLINT[]), unnest(?::SMALLINT[]), "
        "unnest(?::DOUBLE[]), unnest(?::DOUBLE[])",
        [list(column) for column in zip(*rows, strict=True)],
    )
    column = PanelColumn(
        name="c4_ln_capdist", role="condition", unit="ln(1 + km between capitals)",
        null="a state without a capital on record that day", sources=("reference.states",),
        citation="Our own table of capitals (vedette.reference.states).",
        coverage=Coverage(first_year=1816, last_year=2024, units="states of the CoW system"),
        lag=Lag(months=0, basis="where capitals lie is on every map"), offset=1,
    )  # fmt: skip
    joins = [
        f"LEFT JOIN seats s{side} ON s{side}.ccode = b.ccode{side} AND s{side}.year = b.year - 1" for side in (1, 2)
    ]
    half = (
        "power(sin(radians(s2.lat - s1.lat) / 2), 2) + cos(radians(s1.lat)) * cos(radians(s2.lat)) * "
        "power(sin(radians(s2.lon - s1.lon) / 2), 2)"
    )
    # least() passes over a missing value, so both capitals must be asked for first.
    known = "s1.lat IS NOT NULL AND s2.lat IS NOT NULL"
    kilometres = f"{2 * EARTH_RADIUS_KM} * asin(least(1, sqrt({half})))"
    return panel.add(joins, [(column, f"CASE WHEN {known} THEN ln(1 + {kilometres})::FLOAT END")])


def add_ruggedness(panel: Panel, frame: Frame) -> Panel:
    """How rugged the target's ground is: ``c4_target_rugged``, constant in time."""
    need(frame, RUGGEDNESS)
    panel.connection.execute(f"CREATE OR REPLACE TABLE ruggedness AS SELECT ccode, rugged FROM {frame.sql}")
    column = described(frame, "c4_target_rugged", "condition", "terrain ruggedness index of j, hundreds of metres",
                       "a state the source does not list", offset=0, static=True)  # fmt: skip
    join = "LEFT JOIN ruggedness rg ON rg.ccode = b.ccode2"
    return panel.add([join], [(column, "rg.rugged::FLOAT")])
