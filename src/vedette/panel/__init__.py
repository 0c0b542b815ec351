"""History as directed dyad-years: verbs that each add one source, vintages, reference classes, analogues."""

from vedette.panel.build import Built, build_panel, compare_panels
from vedette.panel.conflict import add_civil_conflict, add_claims, add_mids, add_rivalry, add_ucdp_interventions
from vedette.panel.create import (
    add_majors,
    create_dyad_years,
    filter_politically_relevant,
    whittle_columns,
    whittle_years,
)
from vedette.panel.place import add_capital_distance, add_contiguity, add_min_distance, add_ruggedness
from vedette.panel.power import add_atop, add_ideal_points, add_igo, add_nmc
from vedette.panel.society import add_democracy, add_ethnic_fractions, add_income, add_leader_exits, add_trade
from vedette.panel.table import Panel, PanelColumn
from vedette.panel.vintage import as_of

__all__ = [
    "Built",
    "Panel",
    "PanelColumn",
    "add_atop",
    "add_capital_distance",
    "add_civil_conflict",
    "add_claims",
    "add_contiguity",
    "add_democracy",
    "add_ethnic_fractions",
    "add_ideal_points",
    "add_igo",
    "add_income",
    "add_leader_exits",
    "add_majors",
    "add_mids",
    "add_min_distance",
    "add_nmc",
    "add_rivalry",
    "add_ruggedness",
    "add_trade",
    "add_ucdp_interventions",
    "as_of",
    "build_panel",
    "compare_panels",
    "create_dyad_years",
    "filter_politically_relevant",
    "whittle_columns",
    "whittle_years",
]
