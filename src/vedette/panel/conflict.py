"""Verbs that add disputes, rivalries, claims and armed conflicts: the outcomes and the memory of them."""
# ruff: noqa: S608  SQL here is built from names and numbers of this package, never from user text.

from __future__ import annotations

from dataclasses import replace

from vedette.frames.frame import Frame
from vedette.frames.history import CLAIMS, MID_DIRECTED, RIVALRIES, UCDP_CONFLICT
from vedette.frames.provenance import Coverage, Lag
from vedette.panel.table import Panel, PanelColumn, Role, described, inside, need

# Dispute memory starts here: earlier disputes are between other great powers in another world, and the
# longest peace counted is 60 years. [assumption], as in the reference panel of the design.
MEMORY_START = 1900
LONGEST_PEACE = 60
RECENT_YEARS = 10
# Hostility is coded once for a whole dispute. Of 1,510 pairs in which side A used force (1946-2014) 31 % were
# still in the dispute in the next year and 13 % in the year after (counted from the CoW MID 5 dyads), so the
# label of year t counts as known only a year later.
HOSTILITY_MONTHS = 12
_GONE = "outside the years covered: the source does not report, which is not peace"


def add_mids(panel: Panel, frame: Frame) -> Panel:
    """Militarized disputes: four outcomes of year t, and memory up to t-1.

    ``y_mid_init``: a dispute begins for the pair and i is on the side that acted first (side A).
    ``y_force_init``: the same, and i's hostility reached the use of force (4 or 5). ``y_war_init``: war (5).
    ``y_force_any``: a dispute begins for the pair and i used force, whoever acted first.
    ``mid_ongoing_l``: any dispute in t-1. ``c1_mid10``: ln(1 + disputes begun in t-10..t-1), either direction.
    ``c1_peaceyrs``: years since the last dispute year, at most 60.
    Nothing is carried beyond coverage: no report is not peace.
    """
    need(frame, MID_DIRECTED)
    origin = frame.provenance
    con, offset = panel.connection, panel.offset_for(origin.lag)
    con.execute(
        "CREATE OR REPLACE TABLE disputes AS SELECT ccode1, ccode2, year, "
        "count(DISTINCT dispnum) FILTER (onset = 1) AS begun, "
        "bool_or(onset = 1 AND sidea1 = 1) AS mid_init, "
        "bool_or(onset = 1 AND sidea1 = 1 AND hostlev1 >= 4) AS force_init, "
        "bool_or(onset = 1 AND hostlev1 >= 4) AS force_any, "
        "bool_or(onset = 1 AND sidea1 = 1 AND hostlev1 = 5) AS war_init "
        f"FROM {frame.sql} WHERE year >= {MEMORY_START - 1} GROUP BY ALL"
    )
    con.execute(
        "CREATE OR REPLACE TABLE recent AS SELECT ccode1, ccode2, year + k AS year, sum(begun) AS begun FROM disputes, "
        f"generate_series({offset}, {offset + RECENT_YEARS - 1}) AS g(k) WHERE begun > 0 GROUP BY ALL"
    )
    con.execute(
        "CREATE OR REPLACE TABLE dispute_years AS SELECT ccode1, ccode2, year AS last_year, "
        f"year + {offset} AS seen_from FROM disputes"
    )
    pair = "ccode1 = b.ccode1 AND {0}.ccode2 = b.ccode2"
    joins = [
        f"LEFT JOIN disputes dt ON dt.{pair.format('dt')} AND dt.year = b.year",
        f"LEFT JOIN disputes dl ON dl.{pair.format('dl')} AND dl.year = b.year - {offset}",
        f"LEFT JOIN recent rc ON rc.{pair.format('rc')} AND rc.year = b.year",
        f"ASOF LEFT JOIN dispute_years dy ON dy.{pair.format('dy')} AND dy.seen_from <= b.year",
    ]
    now = inside("b.year", origin.coverage, 0)
    before = inside(f"b.year - {offset}", origin.coverage, 0)
    settled = Lag(
        months=max(origin.lag.months, HOSTILITY_MONTHS), released=origin.lag.released,
        basis="hostility is that of the whole dispute, which may rise after the year ends [assumption]",
    )  # fmt: skip
    outcomes = (
        ("y_mid_init", "0/1: i begins a militarized dispute with j", "mid_init", origin.lag),
        ("y_force_init", "0/1: i begins a dispute with j and uses force", "force_init", settled),
        ("y_force_any", "0/1: a dispute begins and i uses force", "force_any", settled),
        ("y_war_init", "0/1: i begins a dispute with j that is war for i", "war_init", settled),
    )
    expressions: list[tuple[PanelColumn, str]] = [
        (replace(described(frame, name, "outcome", unit, _GONE, offset=0), lag=lag),
         f"CASE WHEN {now} THEN coalesce(dt.{column}, false)::FLOAT END")
        for name, unit, column, lag in outcomes
    ]  # fmt: skip
    peace = f"least({LONGEST_PEACE}, b.year - {offset} - coalesce(dy.last_year, {MEMORY_START - 1}))"
    memory: tuple[tuple[str, Role, str, str], ...] = (
        ("mid_ongoing_l", "memory", "0/1: any dispute of the pair in t-1", "(dl.year IS NOT NULL)::TINYINT"),
        ("c1_mid10", "condition", "ln(1 + disputes begun in the last ten years)",
         "ln(1 + coalesce(rc.begun, 0))::FLOAT"),
        ("c1_peaceyrs", "condition", "years since the last dispute, at most 60", f"({peace})::FLOAT"),
    )  # fmt: skip
    expressions += [
        (described(frame, name, role, unit, _GONE, offset=offset), f"CASE WHEN {before} THEN {sql} END")
        for name, role, unit, sql in memory
    ]
    return panel.add(joins, expressions)


def add_rivalry(panel: Panel, frame: Frame) -> Panel:
    """Strategic rivalry in t-1: ``c1_rivalry``, and ``c1_territorial`` when territory is contested."""
    need(frame, RIVALRIES)
    coverage = frame.provenance.coverage
    offset, carry = panel.offset_for(frame.provenance.lag), panel.carry
    # A spell that runs to the end of coverage is carried on. Spells coded as lasting to 2015 or later were
    # running when the book was finished.
    running = min(coverage.last_year, 2015)
    panel.connection.execute(
        "CREATE OR REPLACE TABLE rivals AS SELECT ccode1, ccode2, year, max(spatial) AS spatial FROM ("
        f"SELECT ccode1, ccode2, spatial, unnest(generate_series(greatest(first_year, {panel.first_year - 20}), "
        f"CASE WHEN last_year >= {running} THEN {coverage.last_year + carry} ELSE last_year END))::INTEGER AS year "
        f"FROM {frame.sql}) GROUP BY ALL"
    )
    year = f"b.year - {offset}"
    covered = inside(year, coverage, carry)
    join = (
        "LEFT JOIN rivals rv ON rv.ccode1 = least(b.ccode1, b.ccode2) AND rv.ccode2 = greatest(b.ccode1, b.ccode2) "
        f"AND rv.year = {year}"
    )
    gone = "outside the years covered (and carried)"
    return panel.add(
        [join],
        [
            (described(frame, "c1_rivalry", "condition", "0/1: strategic rivals", gone, offset=offset, carry=carry),
             f"CASE WHEN {covered} THEN (rv.ccode1 IS NOT NULL)::FLOAT END"),
            (described(frame, "c1_territorial", "condition", "0/1: rivals over territory", gone, offset=offset,
                       carry=carry), f"CASE WHEN {covered} THEN coalesce(rv.spatial, 0)::FLOAT END"),
        ],
    )  # fmt: skip


def add_claims(panel: Panel, frame: Frame) -> Panel:
    """Open claims of i against j in t-1 (ICOW): ``claims_open`` count, ``claims_salience`` the highest, 0-12."""
    need(frame, CLAIMS)
    coverage = frame.provenance.coverage
    offset = panel.offset_for(frame.provenance.lag)
    panel.connection.execute(
        "CREATE OR REPLACE TABLE open_claims AS "
        "SELECT challenger, target, year, count(*) AS n, max(salience) AS top FROM ("
        "SELECT challenger, target, salience, unnest(generate_series(first_year, coalesce(last_year, "
        f"{coverage.last_year})))::INTEGER AS year FROM {frame.sql}) GROUP BY ALL"
    )
    year = f"b.year - {offset}"
    covered = inside(year, coverage, 0)
    join = f"LEFT JOIN open_claims oc ON oc.challenger = b.ccode1 AND oc.target = b.ccode2 AND oc.year = {year}"
    return panel.add(
        [join],
        [
            (described(frame, "claims_open", "condition", "open claims of i against j", _GONE, offset=offset),
             f"CASE WHEN {covered} THEN coalesce(oc.n, 0)::FLOAT END"),
            (described(frame, "claims_salience", "condition", "salience of the weightiest open claim, 0-12",
                       "no open claim, or outside the years covered", offset=offset),
             f"CASE WHEN {covered} THEN oc.top::FLOAT END"),
        ],
    )  # fmt: skip


# The kinds of conflict inside a state or against a non-state opponent.
_CIVIL = "('intrastate', 'internationalized', 'extrasystemic')"


def _load_ucdp(panel: Panel, frame: Frame) -> None:
    """Table ``fights`` (ccode1, ccode2, year, kind): who fought whom, and who sent troops for which side."""
    con = panel.connection
    con.execute(f"CREATE OR REPLACE TEMP TABLE acd AS SELECT DISTINCT * FROM {frame.sql}")
    sides = " UNION ".join(
        f"SELECT conflict_id, year, '{side[5]}' AS side, {side} AS gwno FROM acd "
        f"WHERE kind = 'interstate' AND {side} IS NOT NULL"
        for side in ("gwno_a", "gwno_a_2nd", "gwno_b", "gwno_b_2nd")
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE by_gw AS WITH sides AS ({sides}) "
        "SELECT x.gwno AS g1, y.gwno AS g2, x.year, 'war' AS kind FROM sides x JOIN sides y "
        "ON x.conflict_id = y.conflict_id AND x.year = y.year AND x.side <> y.side "
        f"UNION SELECT gwno_a_2nd, gwno_a, year, 'pro_gov' FROM acd WHERE kind IN {_CIVIL} AND gwno_a_2nd IS NOT NULL "
        f"UNION SELECT gwno_b_2nd, gwno_a, year, 'pro_reb' FROM acd WHERE kind IN {_CIVIL} AND gwno_b_2nd IS NOT NULL"
    )
    con.execute(
        "CREATE OR REPLACE TABLE fights AS SELECT DISTINCT a.ccode AS ccode1, c.ccode AS ccode2, f.year, f.kind "
        "FROM by_gw f JOIN gw_codes a ON a.gwno = f.g1 AND a.year = f.year "
        "JOIN gw_codes c ON c.gwno = f.g2 AND c.year = f.year WHERE a.ccode <> c.ccode"
    )
    con.execute("DROP TABLE by_gw")
    con.execute("DROP TABLE acd")


def add_ucdp_interventions(panel: Panel, frame: Frame) -> Panel:
    """UCDP/PRIO: interstate conflict and troops sent into civil conflicts, as onsets of year t.

    ``y_ucdp_war``: i and j on opposite sides of an interstate conflict. ``y_ucdp_pro_gov`` / ``y_ucdp_pro_reb``:
    i sends troops to j's government / to its opponents. Each is 1 in the first year: not in t-1.
    ``y_ucdp_hostile`` = war or pro-rebel; ``y_ucdp_interv`` = any of the three; ``ucdp_any``: any of them
    under way in t. In the first year of coverage an onset cannot be told from a continuation: missing.
    """
    need(frame, UCDP_CONFLICT)
    origin = frame.provenance
    _load_ucdp(panel, frame)
    con = panel.connection
    con.execute(
        "CREATE OR REPLACE TABLE fight_onsets AS SELECT ccode1, ccode2, year, bool_or(kind = 'war') AS war, "
        "bool_or(kind = 'pro_gov') AS pro_gov, bool_or(kind = 'pro_reb') AS pro_reb FROM fights f WHERE NOT EXISTS ("
        "SELECT 1 FROM fights e WHERE e.ccode1 = f.ccode1 AND e.ccode2 = f.ccode2 AND e.kind = f.kind "
        "AND e.year = f.year - 1) GROUP BY ALL"
    )
    con.execute("CREATE OR REPLACE TABLE fighting AS SELECT DISTINCT ccode1, ccode2, year FROM fights")
    joins = [
        "LEFT JOIN fight_onsets fo ON fo.ccode1 = b.ccode1 AND fo.ccode2 = b.ccode2 AND fo.year = b.year",
        "LEFT JOIN fighting fg ON fg.ccode1 = b.ccode1 AND fg.ccode2 = b.ccode2 AND fg.year = b.year",
    ]
    onset = inside("b.year", Coverage(
        first_year=origin.coverage.first_year + 1, last_year=origin.coverage.last_year, units="onsets"), 0)  # fmt: skip
    parts = {name: f"coalesce(fo.{name}, false)" for name in ("war", "pro_gov", "pro_reb")}
    hostile = f"({parts['war']} OR {parts['pro_reb']})"
    wanted = (
        ("y_ucdp_war", "0/1: first year on opposite sides of an interstate conflict", parts["war"]),
        ("y_ucdp_pro_gov", "0/1: first year of i's troops fighting for j's government", parts["pro_gov"]),
        ("y_ucdp_pro_reb", "0/1: first year of i's troops fighting for j's opponents", parts["pro_reb"]),
        ("y_ucdp_hostile", "0/1: interstate conflict or pro-rebel intervention begins", hostile),
        ("y_ucdp_interv", "0/1: any of the three begins", f"({hostile} OR {parts['pro_gov']})"),
    )
    expressions = [
        (described(frame, name, "outcome", unit, _GONE, offset=0), f"CASE WHEN {onset} THEN ({sql})::TINYINT END")
        for name, unit, sql in wanted
    ]
    under_way = described(frame, "ucdp_any", "structure", "0/1: i fights in or against j in year t", _GONE, offset=0)
    now = inside("b.year", origin.coverage, 0)
    expressions.append((under_way, f"CASE WHEN {now} THEN (fg.ccode1 IS NOT NULL)::TINYINT END"))
    return panel.add(joins, expressions)


def add_civil_conflict(panel: Panel, frame: Frame) -> Panel:
    """Armed conflict inside the states in t-1: ``c2_target_civil_conflict``, ``c5_init_own_conflict``.

    0 none, 1 minor (25 battle deaths or more), 2 war (1,000 or more); fought by the government on side A.
    """
    need(frame, UCDP_CONFLICT)
    origin = frame.provenance
    offset = panel.offset_for(origin.lag)
    panel.connection.execute(
        "CREATE OR REPLACE TABLE civil AS SELECT g.ccode, f.year, max(f.intensity) AS level "
        f"FROM {frame.sql} f JOIN gw_codes g ON g.gwno = f.gwno_a AND g.year = f.year "
        f"WHERE f.kind IN {_CIVIL} GROUP BY ALL"
    )
    year = f"b.year - {offset}"
    covered = inside(year, origin.coverage, 0)
    joins = [
        f"LEFT JOIN civil cv{side} ON cv{side}.ccode = b.ccode{side} AND cv{side}.year = {year}" for side in (1, 2)
    ]
    level = "0 none, 1 from 25, 2 from 1,000 battle deaths a year"
    return panel.add(
        joins,
        [
            (described(frame, "c2_target_civil_conflict", "condition", f"conflict inside j: {level}", _GONE,
                       offset=offset), f"CASE WHEN {covered} THEN coalesce(cv2.level, 0)::FLOAT END"),
            (described(frame, "c5_init_own_conflict", "condition", f"conflict inside i: {level}", _GONE,
                       offset=offset), f"CASE WHEN {covered} THEN coalesce(cv1.level, 0)::FLOAT END"),
        ],
    )  # fmt: skip
