"""Verbs that add how the two states are ruled, what they earn and who lives there."""
# ruff: noqa: S608  SQL here is built from names and numbers of this package, never from user text.

from __future__ import annotations

from vedette.frames.frame import Frame
from vedette.frames.history import DEMOCRACY, ETHNIC_FRACTIONS, INCOME, LEADER_EXITS, TRADE
from vedette.panel.power import GAP_YEARS
from vedette.panel.series import join_state, load_state_series
from vedette.panel.table import Panel, described, need, read_year

_GONE = "a state the source does not list that year, or outside coverage"


def add_democracy(panel: Panel, frame: Frame) -> Panel:
    """V-Dem electoral democracy: ``c5_init_democracy`` (i) and ``c5_joint_democracy`` (the lower of the two)."""
    need(frame, DEMOCRACY)
    offset = panel.offset_for(frame.provenance.lag)
    load_state_series(panel, "polyarchy", frame, {"polyarchy": "polyarchy"})
    joins = [
        join_state(panel, "polyarchy", f"dem{side}", side, frame, offset=offset, carry=panel.carry) for side in (1, 2)
    ]
    known = "dem1.polyarchy IS NOT NULL AND dem2.polyarchy IS NOT NULL"
    both = f"CASE WHEN {known} THEN least(dem1.polyarchy, dem2.polyarchy) END"
    return panel.add(
        joins,
        [
            (described(frame, "c5_init_democracy", "condition", "electoral democracy of i, 0-1", _GONE, offset=offset,
                       carry=panel.carry), "dem1.polyarchy::FLOAT"),
            (described(frame, "c5_joint_democracy", "condition", "electoral democracy of the less democratic, 0-1",
                       _GONE, offset=offset, carry=panel.carry), f"({both})::FLOAT"),
        ],
    )  # fmt: skip


def add_trade(panel: Panel, frame: Frame) -> Panel:
    """How much the initiator trades with the world: ``c5_init_trade_open`` = ln(1 + million dollars)."""
    need(frame, TRADE)
    offset = panel.offset_for(frame.provenance.lag)
    load_state_series(panel, "trade_totals", frame, {"total": "imports + exports"}, gap=GAP_YEARS)
    join = join_state(panel, "trade_totals", "tr1", 1, frame, offset=offset, carry=panel.carry)
    column = described(frame, "c5_init_trade_open", "condition", "ln(1 + million US dollars traded by i)", _GONE,
                       offset=offset, carry=panel.carry)  # fmt: skip
    return panel.add([join], [(column, "ln(1 + tr1.total)::FLOAT")])


def add_income(panel: Panel, frame: Frame) -> Panel:
    """Income of the initiator: ``c5_init_gdppc`` = ln(1 + dollars a head)."""
    need(frame, INCOME)
    offset = panel.offset_for(frame.provenance.lag)
    load_state_series(panel, "incomes", frame, {"gdp_per_head": "gdp_per_head"})
    join = join_state(panel, "incomes", "inc1", 1, frame, offset=offset, carry=panel.carry)
    column = described(frame, "c5_init_gdppc", "condition", "ln(1 + 2011 international dollars a head in i)", _GONE,
                       offset=offset, carry=panel.carry)  # fmt: skip
    return panel.add([join], [(column, "ln(1 + inc1.gdp_per_head)::FLOAT")])


def add_ethnic_fractions(panel: Panel, frame: Frame) -> Panel:
    """Ethnic fractionalisation of the target: ``c2_target_ethnic_frac``."""
    need(frame, ETHNIC_FRACTIONS)
    offset = panel.offset_for(frame.provenance.lag)
    load_state_series(panel, "fractions", frame, {"fraction": "fraction"})
    join = join_state(panel, "fractions", "ef2", 2, frame, offset=offset, carry=panel.carry)
    column = described(frame, "c2_target_ethnic_frac", "condition", "chance that two people of j differ, 0-1", _GONE,
                       offset=offset, carry=panel.carry)  # fmt: skip
    return panel.add([join], [(column, "ef2.fraction::FLOAT")])


def add_leader_exits(panel: Panel, frame: Frame) -> Panel:
    """Irregular leader change in the target: ``c2_target_irregular_exit``, never carried beyond coverage."""
    need(frame, LEADER_EXITS)
    offset = panel.offset_for(frame.provenance.lag)
    panel.connection.execute(
        "CREATE OR REPLACE TABLE exits AS SELECT g.ccode, f.year, max(f.irregular) AS irregular "
        f"FROM {frame.sql} f JOIN gw_codes g ON g.gwno = f.gwno AND g.year = f.year GROUP BY ALL"
    )
    column = described(frame, "c2_target_irregular_exit", "condition", "0/1: j's leader fell or rose irregularly",
                       _GONE, offset=offset)  # fmt: skip
    join = (
        "LEFT JOIN exits ex2 ON ex2.ccode = b.ccode2 AND ex2.year = "
        f"{read_year(offset, frame.provenance.coverage, 0)}"
    )
    return panel.add([join], [(column, "ex2.irregular::FLOAT")])
