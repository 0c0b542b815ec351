"""Verbs that add capabilities, alliances and organisations: how strong the two are, and who stands with whom."""
# ruff: noqa: S608  SQL here is built from names and numbers of this package, never from user text.

from __future__ import annotations

from dataclasses import replace

from vedette.frames.frame import Frame
from vedette.frames.history import ATOP, IDEAL_POINTS, IGO_DYADS, NMC
from vedette.frames.provenance import Coverage
from vedette.panel.series import join_pair, join_state, load_state_series
from vedette.panel.table import Panel, PanelColumn, described, inside, need, read_year

# Capability series have holes of single years to a decade (wars, closed states); the last value is used for
# that long and no longer. [assumption], as in the reference panel of the design.
GAP_YEARS = 10


def add_nmc(panel: Panel, frame: Frame) -> Panel:
    """National Material Capabilities: share of the pair's capabilities, target's forces, own spending.

    ``c3_cap_share`` = CINC_i / (CINC_i + CINC_j); ``c3_target_milper`` = ln(1 + thousand soldiers of j);
    ``c4_ln_milex`` = ln(1 + thousand dollars spent by i). Missing stays missing: a state without an estimate
    is not a weak state.
    """
    need(frame, NMC)
    offset = panel.offset_for(frame.provenance.lag)
    values = {"cinc": "cinc", "milper": "milper", "milex": "milex"}
    load_state_series(panel, "nmc", frame, values, gap=GAP_YEARS)
    joins = [
        join_state(panel, "nmc", f"nmc{side}", side, frame, offset=offset, carry=panel.carry) for side in (1, 2)
    ]
    gone = "no estimate for either state within ten years"
    share = "CASE WHEN nmc1.cinc + nmc2.cinc > 0 THEN nmc1.cinc / (nmc1.cinc + nmc2.cinc) END"
    return panel.add(
        joins,
        [
            (described(frame, "c3_cap_share", "condition", "share of the pair's capabilities held by i, 0-1", gone,
                       offset=offset, carry=panel.carry), f"({share})::FLOAT"),
            (described(frame, "c3_target_milper", "condition", "ln(1 + thousand soldiers of j)", gone,
                       offset=offset, carry=panel.carry), "ln(1 + nmc2.milper)::FLOAT"),
            (described(frame, "c4_ln_milex", "condition", "ln(1 + thousand US dollars spent by i)", gone,
                       offset=offset, carry=panel.carry), "ln(1 + nmc1.milex)::FLOAT"),
        ],
    )  # fmt: skip


def add_atop(panel: Panel, frame: Frame, capabilities: Frame | None = None) -> Panel:
    """ATOP: does i have a defence pact with j, and who else has sworn to defend j?

    ``c2_pact_with_target`` 0/1; ``c3_target_major_ally`` 0/1: a major power other than i is bound to defend j.
    With ``capabilities`` (National Material Capabilities) also ``c3_target_ally_cinc`` = ln(1 + 100 times the
    summed capability shares of j's defenders other than i); a defender without an estimate adds nothing.
    Inside coverage no treaty on record means 0; outside it the value is missing.
    """
    need(frame, ATOP)
    origin = frame.provenance
    offset = panel.offset_for(origin.lag)
    con, carry = panel.connection, panel.carry
    last = origin.coverage.last_year
    sworn = f"defense = 1 AND year >= {panel.first_year - 20}"
    # Every pact in both directions, the last year carried forward as declared.
    con.execute(
        "CREATE OR REPLACE TABLE pacts AS WITH one AS ("
        f"SELECT ccode1 AS a, ccode2 AS d, year FROM {frame.sql} WHERE {sworn} "
        f"UNION ALL SELECT ccode2, ccode1, year FROM {frame.sql} WHERE {sworn}) "
        f"SELECT a, d, year FROM one UNION ALL "
        f"SELECT a, d, unnest(generate_series({last + 1}, {last + carry}))::INTEGER FROM one WHERE year = {last}"
    )
    con.execute(
        "CREATE OR REPLACE TABLE major_defenders AS SELECT a AS ccode, p.year, count(*) AS n FROM pacts p "
        f"JOIN majors m ON m.ccode = p.d AND m.year = p.year + {offset - panel.offset_now} GROUP BY ALL"
    )
    year = f"b.year - {offset}"
    covered = inside(year, origin.coverage, carry)
    joins = [
        f"LEFT JOIN pacts own ON own.a = b.ccode2 AND own.d = b.ccode1 AND own.year = {year}",
        f"LEFT JOIN major_defenders md ON md.ccode = b.ccode2 AND md.year = {year}",
        f"LEFT JOIN majors gi ON gi.ccode = b.ccode1 AND gi.year = b.year - {panel.offset_now}",
    ]
    own = "(own.a IS NOT NULL)"
    major = f"(coalesce(md.n, 0) - ({own} AND gi.ccode IS NOT NULL)::INTEGER > 0)"
    gone = "outside the years covered (and carried)"
    expressions = [
        (described(frame, "c2_pact_with_target", "condition", "0/1: i is bound to defend j", gone,
                   offset=offset, carry=carry), f"CASE WHEN {covered} THEN {own}::FLOAT END"),
        (described(frame, "c3_target_major_ally", "condition", "0/1: another major power is bound to defend j", gone,
                   offset=offset, carry=carry), f"CASE WHEN {covered} THEN {major}::FLOAT END"),
    ]  # fmt: skip
    if capabilities is not None:
        column, join, expression = _ally_strength(panel, frame, capabilities, offset)
        joins += join
        expressions.append((column, f"CASE WHEN {covered} THEN ({expression})::FLOAT END"))
    return panel.add(joins, expressions)


def _ally_strength(
    panel: Panel, frame: Frame, capabilities: Frame, offset: int
) -> tuple[PanelColumn, list[str], str]:
    """Column, joins and expression of the summed strength of the target's defenders."""
    need(capabilities, NMC)
    con = panel.connection
    load_state_series(panel, "ally_nmc", capabilities, {"cinc": "cinc"}, gap=GAP_YEARS)
    last = capabilities.provenance.coverage.last_year
    # Capabilities are read with their own lag, pacts with theirs.
    back = panel.offset_for(capabilities.provenance.lag) - offset
    con.execute(
        "CREATE OR REPLACE TABLE defenders AS SELECT p.a AS ccode, p.year, sum(n.cinc) AS cinc FROM pacts p "
        f"LEFT JOIN ally_nmc n ON n.ccode = p.d AND n.year = least(p.year - {back}, {last}) GROUP BY ALL"
    )
    reach = f"least(b.year - {offset + back}, {last})"
    joins = [
        f"LEFT JOIN defenders ds ON ds.ccode = b.ccode2 AND ds.year = b.year - {offset}",
        f"LEFT JOIN ally_nmc an ON an.ccode = b.ccode1 AND an.year = {reach}",
    ]
    column = described(
        frame, "c3_target_ally_cinc", "condition", "ln(1 + 100 x summed capability share of j's defenders but i)",
        "outside the years covered (and carried)", offset=offset, carry=panel.carry,
    )  # fmt: skip
    origin = capabilities.provenance
    both = Coverage(
        first_year=max(column.coverage.first_year, origin.coverage.first_year),
        last_year=min(column.coverage.last_year, origin.coverage.last_year), units="pairs of states",
    )  # fmt: skip
    slower = max(column.lag, origin.lag, key=lambda lag: lag.months)
    column = replace(
        column, sources=(*column.sources, origin.dataset), citation=f"{column.citation} {origin.citation}",
        coverage=both, lag=slower, offset=max(offset, offset + back),
    )  # fmt: skip
    own = "CASE WHEN own.a IS NOT NULL THEN coalesce(an.cinc, 0) ELSE 0 END"
    return column, joins, f"ln(1 + 100 * greatest(coalesce(ds.cinc, 0) - {own}, 0))"


def add_igo(panel: Panel, frame: Frame) -> Panel:
    """Shared memberships in intergovernmental organisations: ``c5_shared_igos``, a count."""
    need(frame, IGO_DYADS)
    origin = frame.provenance
    offset = panel.offset_for(origin.lag)
    panel.connection.execute(
        f"CREATE OR REPLACE TABLE igos AS SELECT ccode1, ccode2, year, shared FROM {frame.sql} "
        f"WHERE year >= {panel.first_year - 20}"
    )
    column = described(
        frame, "c5_shared_igos", "condition", "organisations both belong to",
        "outside coverage, or a state the source does not list", offset=offset, carry=panel.carry,
    )  # fmt: skip
    join = join_pair("igos", "igo", read_year(offset, origin.coverage, panel.carry))
    return panel.add([join], [(column, "igo.shared::FLOAT")])


def add_ideal_points(panel: Panel, frame: Frame) -> Panel:
    """Distance between the two states' votes in the General Assembly: ``c1_ideal_dist`` = |x_i - x_j|."""
    need(frame, IDEAL_POINTS)
    offset = panel.offset_for(frame.provenance.lag)
    load_state_series(panel, "ideals", frame, {"ideal_point": "ideal_point"})
    joins = [
        join_state(panel, "ideals", f"ip{side}", side, frame, offset=offset, carry=panel.carry) for side in (1, 2)
    ]
    column = described(frame, "c1_ideal_dist", "condition", "absolute distance on the main dimension of UN votes",
                       "a state that did not vote that session, or outside coverage", offset=offset,
                       carry=panel.carry)  # fmt: skip
    return panel.add(joins, [(column, "abs(ip1.ideal_point - ip2.ideal_point)::FLOAT")])
