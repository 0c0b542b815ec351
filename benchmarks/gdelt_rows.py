"""Made GDELT 2 event files: 61 columns, seeded, with the shares of malformed and repeated rows that are asked for.

The values are drawn to look like the real thing in what costs time: long addresses, many empty cells, a few hundred
actors, 312 event codes, places with names. Nothing in them happened.
"""


from __future__ import annotations

import datetime as dt
from pathlib import Path

STATES = (
    "RUS UKR USA CHN BLR POL GEO ARM AZE KAZ DEU FRA GBR TUR SYR IRN ISR IRQ SAU IND PAK JPN KOR PRK TWN VNM PHL AUS "
    "CAN MEX BRA ARG CHL COL VEN NGA NER MLI BFA ETH ERI SOM SDN EGY LBY DZA MAR TUN ZAF KEN UGA RWA COD ITA ESP NLD"
).split()
FIPS = (
    "RS UP US CH BO PL GG AM AJ KZ GM FR UK TU SY IR IS IZ SA IN PK JA KS KN TW VM RP AS CA MX BR AR CI CO VE NI NG ML "
    "UV ET ER SO SU EG LY AG MO TS SF KE UG RW CG IT SP NL"
).split()
ROLES = "GOV MIL OPP COP REB JUD MED BUS EDU CVL".split()
CODES = (
    "010 020 030 036 040 042 043 046 050 051 057 060 061 062 070 071 073 080 084 090 100 110 111 112 120 130 138 1384 "
    "140 141 145 150 152 154 160 161 163 164 166 170 172 173 174 180 183 190 193 194 195"
).split()


def _pick(values: list[str], salt: int, seed: int) -> str:
    """SQL: one of ``values`` by a hash of the row number."""
    listed = ", ".join(f"'{v}'" for v in values)
    return f"([{listed}])[1 + (hash(i * 64 + {salt} + {seed * 1000003}) % {len(values)})::INT]"


def _share(salt: int, seed: int) -> str:
    """SQL: a number in [0, 1) by a hash of the row number."""
    return f"((hash(i * 64 + {salt} + {seed * 1000003}) % 1000000)::DOUBLE / 1e6)"


def write_gdelt(
    path: Path, rows: int, *, seed: int = 1, first_id: int = 1_000_000_000, day: dt.date = dt.date(2022, 1, 1),
    per_day: int = 150_000, malformed: float = 0.001, repeated: float = 0.002,
) -> None:
    """Write ``rows`` lines to ``path``, tab-separated without header.

    ``malformed``: share with an impossible latitude, date or a wrong number of cells. ``repeated``: share whose
    identifier is that of the row before it; half of those differ from it in their number of mentions.
    """
    import duckdb

    u = lambda salt: _share(salt, seed)  # noqa: E731
    code = _pick(CODES, 5, seed)
    actor = {
        n: f"CASE WHEN {u(10 * n)} < 0.9 THEN {_pick(STATES, 10 * n + 1, seed)} ELSE '' END || "
        f"CASE WHEN {u(10 * n + 2)} < 0.5 THEN {_pick(ROLES, 10 * n + 3, seed)} ELSE '' END"
        for n in (1, 2)
    }
    state = {n: f"CASE WHEN {u(10 * n)} < 0.9 THEN {_pick(STATES, 10 * n + 1, seed)} ELSE '' END" for n in (1, 2)}
    role = {n: f"CASE WHEN {u(10 * n + 2)} < 0.5 THEN {_pick(ROLES, 10 * n + 3, seed)} ELSE '' END" for n in (1, 2)}
    place = {n: f"({_pick(FIPS, 40 + n, seed)})" for n in (1, 2, 3)}
    bad = f"({u(50)} < {malformed})"
    geo = [
        f"'4', 'Town ' || (hash(i * 7 + {n}) % 20000)::VARCHAR || ', Province, Country', {place[n]}, "
        f"{place[n]} || '07', "
        f"(hash(i * 3 + {n}) % 90000)::VARCHAR, "
        + (f"CASE WHEN {bad} AND i % 3 = 0 THEN '190.5' ELSE " if n == 3 else "(")
        + f"round(-60 + {u(55 + n)} * 130, 4)::VARCHAR"
        + (" END, " if n == 3 else "), ")
        + f"round(-180 + {u(58 + n)} * 360, 4)::VARCHAR, '-' || (hash(i * 5 + {n}) % 3000000)::VARCHAR"
        for n in (1, 2, 3)
    ]
    start = f"DATE '{day.isoformat()}'"
    happened = f"({start} + ((i // {per_day}) - (hash(i * 11) % 3)::INT)::INT)"
    quarter = f"INTERVAL 15 MINUTE * ((i % {per_day}) * 96 // {per_day})"
    added = f"strftime(({start} + (i // {per_day})::INT)::TIMESTAMP + {quarter}, '%Y%m%d%H%M%S')"
    sqldate = f"CASE WHEN {bad} AND i % 3 = 1 THEN '20221345' ELSE strftime({happened}, '%Y%m%d') END"
    cells = [
        f"({first_id} + i)::VARCHAR", sqldate, f"strftime({happened}, '%Y%m')",
        f"strftime({happened}, '%Y')", "'2022.0123'",
        *(c for n in (1, 2) for c in (actor[n], f"'ACTOR NAME {n}'", state[n], *["''"] * 4, role[n], "''", "''")),
        "(i % 2)::VARCHAR", code, f"left({code}, 3)", f"left({code}, 2)", "'1'",
        f"round(-10 + {u(6)} * 20, 1)::VARCHAR",
        "CASE WHEN differs THEN '777' ELSE (1 + hash(i * 13) % 40)::VARCHAR END",
        "(1 + hash(i * 17) % 5)::VARCHAR", "(1 + hash(i * 19) % 40)::VARCHAR", f"round(-10 + {u(7)} * 20, 12)::VARCHAR",
        *geo, added,
        f"'https://www.news' || (hash(i * 23) % 5000)::VARCHAR || '.example.com/world/' || (hash(i * 29))::VARCHAR || "
        f"'/a-headline-of-some-length-about-an-event-' || (hash(i * 31) % 100000)::VARCHAR || '.html'"
        f" || CASE WHEN {bad} AND i % 3 = 2 THEN chr(9) || 'one cell too many' ELSE '' END",
    ]  # fmt: skip
    line = ", ".join(cells)
    # A repeated row is the row before it once more, or that row with another number of mentions.
    again = f"({u(51)} < {repeated} AND i > 0)"
    source = (
        f"SELECT i - CASE WHEN {again} THEN 1 ELSE 0 END AS i, {again} AND i % 2 = 0 AS differs FROM range({rows}) t(i)"
    )
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT concat_ws(chr(9), {line}) FROM ({source})) TO '{path}' "
            "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
        )
