"""Contracts of the historical tables. State codes: ``ccode`` Correlates of War, ``gwno`` Gleditsch-Ward."""

from __future__ import annotations

import difflib

from vedette.errors import FrameRefused
from vedette.frames.contract import Column, Dtype, FrameContract

_STATE = "state code (Correlates of War)"
_GW = "state code (Gleditsch-Ward)"
_OUT = "not reported by the source"


def _code(name: str, unit: str = _STATE) -> Column:
    return Column(name=name, dtype="int", unit=unit, low=1, high=999)


def _year(name: str = "year", low: int = 1400, high: int = 2100) -> Column:
    return Column(name=name, dtype="int", unit="calendar year", low=low, high=high)


def _flag(name: str, unit: str) -> Column:
    return Column(name=name, dtype="int", unit=f"0/1: {unit}", low=0, high=1)


def _opt(
    name: str, unit: str, dtype: Dtype = "float", *, null: str = _OUT, low: float | None = None,
    high: float | None = None,
) -> Column:  # fmt: skip
    return Column(name=name, dtype=dtype, unit=unit, null=null, nullable=True, low=low, high=high)


def _gw_opt(name: str, unit: str, null: str) -> Column:
    return _opt(name, f"{unit}, {_GW}", "int", null=null, low=1, high=999)


_DYAD = (_code("ccode1"), _code("ccode2"))

MID_DIRECTED = FrameContract(
    name="mid_directed",
    row="directed dyad in one dispute and year",
    key=("dispnum", "ccode1", "ccode2", "year"),
    columns=(
        Column(name="dispnum", dtype="int", unit="dispute number"),
        *_DYAD,
        _year(),
        _flag("onset", "first year of this dyad in the dispute, or of its return to it"),
        _flag("sidea1", "state 1 is on the side that made the first militarized act"),
        _flag("orig1", "state 1 took part from the first day"),
        _opt("hostlev1", "highest hostility of state 1: 1 none, 2 threat, 3 display, 4 use of force, 5 war",
             "int", low=1, high=5),
        _opt("hostlev2", "highest hostility of state 2, same scale", "int", low=1, high=5),
    ),
)  # fmt: skip
NMC = FrameContract(
    name="nmc",
    row="state-year",
    key=("ccode", "year"),
    columns=(
        _code("ccode"),
        _year(),
        _opt("milex", "military expenditure, thousand current US dollars (pounds before 1914)", low=0),
        _opt("milper", "military personnel, thousands", low=0),
        _opt("irst", "iron and steel production, thousand tons", low=0),
        _opt("pec", "primary energy consumption, thousand coal-ton equivalents", low=0),
        _opt("tpop", "total population, thousands", low=0),
        _opt("upop", "urban population, thousands", low=0),
        _opt("cinc", "share of the system's material capabilities, 0-1", low=0, high=1),
    ),
)
CONTIGUITY = FrameContract(
    name="contiguity",
    row="directed dyad spell",
    key=("ccode1", "ccode2", "first_year", "conttype"),
    columns=(
        *_DYAD,
        Column(name="conttype", dtype="int",
               unit="1 land, 2 <=12, 3 <=24, 4 <=150, 5 <=400 miles of water, 0 recorded as not contiguous",
               low=0, high=5),
        _year("first_year"),
        _year("last_year"),
    ),
)  # fmt: skip
IGO_DYADS = FrameContract(
    name="igo_dyads",
    row="undirected dyad-year, ccode1 < ccode2",
    key=("ccode1", "ccode2", "year"),
    columns=(*_DYAD, _year(), Column(name="shared", dtype="int", unit="organisations both belong to", low=0)),
)
ATOP = FrameContract(
    name="atop",
    row="undirected dyad-year with any alliance, ccode1 < ccode2",
    key=("ccode1", "ccode2", "year"),
    columns=(
        *_DYAD,
        _year(),
        _flag("defense", "pledge to defend"),
        _flag("offense", "pledge to attack together"),
        _flag("neutral", "pledge of neutrality"),
        _flag("nonagg", "pledge of non-aggression"),
        _flag("consul", "pledge to consult"),
    ),
)
UCDP_CONFLICT = FrameContract(
    name="ucdp_conflict",
    row="conflict-year and combination of one primary and secondary party per side",
    key=("conflict_id", "year", "gwno_a", "gwno_a_2nd", "gwno_b", "gwno_b_2nd"),
    columns=(
        Column(name="conflict_id", dtype="int", unit="conflict"),
        _year(low=1946),
        _code("gwno_a", _GW),
        _gw_opt("gwno_a_2nd", "troop-sending supporter of side A", "no supporter in this row"),
        _gw_opt("gwno_b", "side B", "side B is not a state"),
        _gw_opt("gwno_b_2nd", "troop-sending supporter of side B", "no supporter in this row"),
        Column(name="intensity", dtype="int", unit="1: 25-999 battle deaths, 2: 1000 or more", low=1, high=2),
        Column(name="kind", dtype="text", unit="interstate | intrastate | internationalized | extrasystemic"),
    ),
)
UCDP_EVENTS = FrameContract(
    name="ucdp_events",
    row="event with at least one death",
    key=("id",),
    columns=(
        Column(name="id", dtype="int", unit="event"),
        _year(low=1975),
        Column(name="violence", dtype="int", unit="1 state-based, 2 non-state, 3 one-sided", low=1, high=3),
        Column(name="conflict_id", dtype="int", unit="conflict"),
        Column(name="side_a", dtype="text", unit="name"),
        Column(name="side_b", dtype="text", unit="name"),
        _opt("gwno_a", f"government on side A, {_GW}", "int", null="side A is not a government"),
        _opt("gwno_b", f"government on side B, {_GW}", "int", null="side B is not a government"),
        _opt("country_gwno", f"where it happened, {_GW}", "int"),
        Column(name="date_start", dtype="date", unit="day"),
        Column(name="date_end", dtype="date", unit="day"),
        _opt("lat", "degrees north", low=-90, high=90),
        _opt("lon", "degrees east", low=-180, high=180),
        Column(name="best", dtype="int", unit="deaths, best estimate", low=0),
        Column(name="low", dtype="int", unit="deaths, low estimate", low=0),
        Column(name="high", dtype="int", unit="deaths, high estimate", low=0),
    ),
)
UCDP_SUPPORT = FrameContract(
    name="ucdp_support",
    row="supporter of one warring party in one dyad and year",
    key=("conflict_id", "dyad_id", "year", "actor_id", "ext_id"),
    columns=(
        Column(name="conflict_id", dtype="int", unit="conflict"),
        Column(name="dyad_id", dtype="int", unit="UCDP dyad"),
        _year(low=1975),
        Column(name="actor_id", dtype="int", unit="supported actor (UCDP)"),
        Column(name="ext_id", dtype="int", unit="supporter (UCDP)"),
        _opt("ext_name", "name of the supporter", "text"),
        _opt("troops", "0/1: regular troops fighting", "int", low=0, high=1),
        _opt("presence", "0/1: foreign troops present, not in combat", "int", low=0, high=1),
        _opt("territory", "0/1: access to territory", "int", low=0, high=1),
        _opt("weapons", "0/1: weapons", "int", low=0, high=1),
    ),
)
DEMOCRACY = FrameContract(
    name="democracy",
    row="state-year",
    key=("ccode", "year"),
    columns=(_code("ccode"), _year(), _opt("polyarchy", "electoral democracy, 0-1", low=0, high=1)),
)
CLAIMS = FrameContract(
    name="claims",
    row="claim of one state against another",
    key=("claimdy", "challenger", "target", "first_year"),
    columns=(
        Column(name="claimdy", dtype="int", unit="claim dyad number"),
        _code("challenger"),
        _code("target"),
        _opt("name", "what is claimed", "text"),
        _year("first_year"),
        _opt("last_year", "calendar year", "int", null="not ended when the source closed",
             low=1400, high=2100),
        _opt("salience", "0-12, higher matters more", low=0, high=12),
    ),
)
CRISES = FrameContract(
    name="crises",
    row="international crisis",
    key=("crisno",),
    columns=(
        Column(name="crisno", dtype="int", unit="crisis number"),
        Column(name="name", dtype="text", unit="name"),
        _year(),
        _opt("month", "month of the trigger", "int", low=1, high=12),
        _opt("day", "day of the trigger", "int", low=1, high=31),
        _opt("trigger", "act that opened the crisis: 1 verbal, 2 political, 3 economic, 4 external change, "
             "5 other non-violent act, 6 internal challenge, 7 non-violent military, 8 indirect violence, "
             "9 violent act", "int", low=1, high=9),
        _opt("triggering", f"triggering entity, {_STATE} or 990+ for non-state", "int"),
        _opt("violence", "1 none, 2 minor clashes, 3 serious, 4 full-scale war", "int", low=1, high=4),
        _opt("gravity", "gravest threat, 0 economic to 6 existence, 7 other", "int", low=0, high=7),
        _opt("actors", "number of crisis actors", "int", low=1),
        _opt("geostrategic", "1 one subsystem to 5 global", "int", low=1, high=5),
        _opt("protracted", "1 none, 2 protracted conflict, 3 long-war conflict", "int", low=1, high=3),
        _opt("last_year", "year in which the crisis ended", "int", low=1900, high=2100),
    ),
)  # fmt: skip
CRISIS_ACTORS = FrameContract(
    name="crisis_actors",
    row="crisis as seen by one actor",
    key=("crisno", "actor_number"),
    columns=(
        Column(name="crisno", dtype="int", unit="crisis number"),
        Column(name="actor_number", dtype="int", unit="number of the actor in the source"),
        _code("ccode"),
        _year(),
        _opt("month", "month of the trigger", "int", low=1, high=12),
        _opt("day", "day of the trigger", "int", low=1, high=31),
        _opt("trigger", "trigger as this actor saw it: same scale as the crisis", "int", low=1, high=9),
        _opt("triggering", f"triggering entity, {_STATE} or 900+ for others", "int"),
    ),
)
IDEAL_POINTS = FrameContract(
    name="ideal_points",
    row="state and General Assembly session",
    key=("ccode", "year"),
    columns=(
        _code("ccode"),
        Column(name="year", dtype="int", unit="year in which the session opened", low=1946, high=2100),
        Column(name="ideal_point", dtype="float", unit="main dimension of UN votes, about -3 to 3"),
    ),
)
SANCTIONS = FrameContract(
    name="sanctions",
    row="sanctions case",
    key=("case_id",),
    columns=(
        Column(name="case_id", dtype="int", unit="case"),
        _year("first_year", low=1900),
        _opt("last_year", "calendar year", "int", null="still running or unknown", low=1900, high=2100),
        Column(name="sender", dtype="int", unit=f"{_STATE}; 1000 and above are organisations", low=1, high=9999),
        Column(name="target", dtype="int", unit=f"{_STATE}; 1000 and above are organisations", low=1, high=9999),
        _opt("outcome", "final outcome code of the source", "int"),
    ),
)
ETHNIC_GROUPS = FrameContract(
    name="ethnic_groups",
    row="group in one state and period",
    key=("gwno", "groupid", "first_year"),
    columns=(
        _code("gwno", _GW),
        Column(name="groupid", dtype="int", unit="group"),
        Column(name="name", dtype="text", unit="name"),
        _year("first_year"),
        _year("last_year"),
        _opt("size", "share of the population, 0-1", low=0, high=1),
        Column(name="status", dtype="text", unit="access to power, words of the source"),
    ),
)
RIVALRIES = FrameContract(
    name="rivalries",
    row="rivalry spell, ccode1 < ccode2",
    key=("ccode1", "ccode2", "first_year"),
    columns=(
        *_DYAD,
        _year("first_year"),
        _year("last_year"),
        _flag("spatial", "the states contest territory"),
    ),
)
MIN_DISTANCE = FrameContract(
    name="min_distance",
    row="undirected dyad-year, ccode1 < ccode2",
    key=("ccode1", "ccode2", "year"),
    columns=(*_DYAD, _year(), Column(name="km", dtype="float", unit="km between territories", low=0)),
)
TRADE = FrameContract(
    name="trade",
    row="state-year",
    key=("ccode", "year"),
    columns=(
        _code("ccode"),
        _year(),
        _opt("imports", "million current US dollars", low=0),
        _opt("exports", "million current US dollars", low=0),
    ),
)
INCOME = FrameContract(
    name="income",
    row="state-year",
    key=("ccode", "year"),
    columns=(_code("ccode"), _year(), _opt("gdp_per_head", "2011 international dollars a head", low=0)),
)
ETHNIC_FRACTIONS = FrameContract(
    name="ethnic_fractions",
    row="state-year",
    key=("ccode", "year"),
    columns=(_code("ccode"), _year(), _opt("fraction", "chance that two people differ, 0-1", low=0, high=1)),
)
LEADER_EXITS = FrameContract(
    name="leader_exits",
    row="state-year",
    key=("gwno", "year"),
    columns=(_code("gwno", _GW), _year(), _flag("irregular", "a leader left or entered by irregular means")),
)
RUGGEDNESS = FrameContract(
    name="ruggedness",
    row="state",
    key=("ccode",),
    columns=(_code("ccode"), _opt("rugged", "terrain ruggedness index, hundreds of metres", low=0)),
)

ALL: tuple[FrameContract, ...] = (
    MID_DIRECTED, NMC, CONTIGUITY, IGO_DYADS, ATOP, UCDP_CONFLICT, UCDP_EVENTS, UCDP_SUPPORT, DEMOCRACY,
    CLAIMS, CRISES, CRISIS_ACTORS, IDEAL_POINTS, SANCTIONS, ETHNIC_GROUPS, RIVALRIES, MIN_DISTANCE, TRADE,
    INCOME, ETHNIC_FRACTIONS, LEADER_EXITS, RUGGEDNESS,
)  # fmt: skip


def contract_named(name: str) -> FrameContract:
    """The contract of that name; raises ``FrameRefused`` listing the nearest names."""
    for contract in ALL:
        if contract.name == name:
            return contract
    near = ", ".join(difflib.get_close_matches(name, [c.name for c in ALL], n=3))
    raise FrameRefused(f"no table is called {name!r}", fix=f"Nearest: {near}" if near else "")
