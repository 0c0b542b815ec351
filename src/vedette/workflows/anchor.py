"""Whether a crowd's or market's question is ours: polarity, scope and deadline, before its figure is used.

A figure of a neighbouring question is not an anchor: "before 2023" is not "by 31 March", "anywhere" is not "from
Belarus". The check reads the question's words; what it cannot read it does not pass (METHOD 4.4).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from vedette.domain.case import Case, CrowdFigure
from vedette.domain.scenarios import Scenario
from vedette.workflows.assess import state_words

# Days by which deadlines may differ: the smaller of 3 days and a twentieth of our window. [assumption] At a constant
# hazard a twentieth of the window moves a probability by less than a twentieth of itself.
MOST_DAYS = 3
SHARE_OF_WINDOW = 0.05

MONTHS = {name.casefold(): i for i, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.casefold(): i for i, name in enumerate(calendar.month_abbr) if name}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = (
    rf"(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTH})\.?,?\s+(?P<y1>\d{{4}})"
    rf"|(?P<m2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{{4}})"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?P<m3>{_MONTH})\.?\s+(?P<y3>\d{{4}})"
    r"|(?:the\s+end\s+of\s+)?(?P<y4>(?:19|20)\d{2}))"
)
_LIMIT = re.compile(
    r"\b(?P<word>before|by|until|till|prior to|no later than|in|during|through|between .{1,40}? and)\s+"
    rf"(?:the end of\s+)?{_DATE}",
    re.IGNORECASE,
)
# Relative clauses qualify a noun; a "not" inside one ("territory that it did not hold") does not turn the question.
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where)\b[^,;?]*", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:not|never|refrains?|avoids?|fails? to|abstains?|without)\b|n't\b", re.IGNORECASE)

ACTS: dict[str, re.Pattern[str]] = {
    "full_scale": re.compile(r"full[- ]scale|capture|campaign|overthrow|annex", re.IGNORECASE),
    "force": re.compile(
        r"attack|invad|invasion|strike|bomb|force|fight|intervention|intervene|incursion|war\b|hostilit", re.IGNORECASE
    ),
    "presence": re.compile(r"presence|\bstay|remain|station|deploy|troops in|base in|peacekeep", re.IGNORECASE),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorCheck:
    """Whether a figure may stand beside a scenario. ``why``: every difference found, empty when it fits.

    ``probability`` is the figure turned to our polarity, None when it does not fit.
    """

    figure: CrowdFigure
    scenario: str | None
    fits: bool
    why: tuple[str, ...]
    probability: float | None


def anchor_check(case: Case, figure: CrowdFigure, scenario: str | None = None) -> AnchorCheck:
    """Compare the figure's question with a scenario of the case, or with the nearest of them.

    Differences are named in words. A question that asks whether the thing does *not* happen fits with its figure
    turned round. Raises `UnknownName` for a scenario that does not exist.
    """
    asked = figure.question.split("?")[0]
    wanted = [case.scenario_set.scenario(scenario)] if scenario else list(case.scenario_set.scenarios)
    found = [(_scope(case, s, asked), s) for s in wanted if _act(s.label + " " + s.id) is not None or scenario]
    if not found:
        nothing = ("no scenario of the case says in its label which act it is about",)
        return AnchorCheck(figure=figure, scenario=None, fits=False, why=nothing, probability=None)
    differences, nearest = min(found, key=lambda x: (len(x[0]), [s.id for s in wanted].index(x[1].id)))
    why = (*_deadline(case, asked, figure), *differences)
    p = 1 - figure.probability if _negated(asked) else figure.probability
    return AnchorCheck(figure=figure, scenario=nearest.id, fits=not why, why=why, probability=p if not why else None)


def usable_anchors(case: Case, scenario: str) -> tuple[AnchorCheck, ...]:
    """Checks of the case's figures that fit this scenario, in order of their dates."""
    checks = [anchor_check(case, f, scenario) for f in case.crowd]
    return tuple(sorted((c for c in checks if c.fits), key=lambda c: c.figure.date))


def _negated(asked: str) -> bool:
    return len(_NEGATION.findall(_RELATIVE.sub(" ", asked))) % 2 == 1


def question_deadline(asked: str) -> dt.date | None:
    """Last day of the window that a question names; None when it names none that can be read.

    "before 2023" ends on 31 December 2022, "by 31 March 2022" on that day, "in March 2022" on its last.
    """
    last = None
    for found in _LIMIT.finditer(asked):
        first, end = _span(found)
        if first is None or end is None:
            continue
        early = found["word"].casefold() in ("before", "prior to")
        last = first - dt.timedelta(days=1) if early else end
    return last


def _span(found: re.Match[str]) -> tuple[dt.date | None, dt.date | None]:
    try:
        if found["iso"]:
            day = dt.date.fromisoformat(found["iso"])
            return day, day
        for d, m, y in (("d1", "m1", "y1"), ("d2", "m2", "y2")):
            if found[d]:
                day = dt.date(int(found[y]), MONTHS[found[m].casefold()], int(found[d]))
                return day, day
        if found["m3"]:
            year, month = int(found["y3"]), MONTHS[found["m3"].casefold()]
            return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        return dt.date(int(found["y4"]), 1, 1), dt.date(int(found["y4"]), 12, 31)
    except ValueError:
        return None, None


def _deadline(case: Case, asked: str, figure: CrowdFigure) -> list[str]:
    end = question_deadline(asked)
    if end is None:
        return ["its question names no deadline that can be read"]
    out = []
    apart = (end - case.deadline).days
    allowed = min(MOST_DAYS, SHARE_OF_WINDOW * (case.deadline - case.opened).days)
    if abs(apart) > allowed:
        way = "later" if apart > 0 else "earlier"
        out.append(f"its window ends on {end}, ours on {case.deadline}: {abs(apart)} days {way}")
    if figure.date > case.deadline:
        out.append(f"it was given on {figure.date}, after our deadline")
    return out


def _act(text: str) -> str | None:
    return next((name for name, pattern in ACTS.items() if pattern.search(text)), None)


def _names(code: str, text: str) -> bool:
    # Names are matched with their case: "us" and "it" are words, US and IT are states.
    return any(re.search(rf"\b{re.escape(w)}(?:'s|n|an|ian|s)?\b", text) for w in (code, *state_words().get(code, ())))


def _scope(case: Case, scenario: Scenario, asked: str) -> list[str]:
    """What the question is about, against what the scenario is about."""
    out: list[str] = []
    ours, theirs = _act(scenario.label + " " + scenario.id), _act(asked)
    if theirs is None:
        out.append("its question names no act that can be read")
    elif ours != theirs:
        mine = (ours or "something else").replace("_", " ")
        out.append(f"it asks about {theirs.replace('_', ' ')}, {scenario.id} is about {mine}")
    options = {o.id: o for o in case.options}
    main = next((o for o in options.values() if scenario.id in case.moves.get(o.id, {})), case.options[0])
    subject, rest = _halves(asked)
    group = main.organisation is not None and main.organisation in subject
    if not group and not any(_names(i, subject) for i in main.interveners):
        out.append(f"it does not name {main.interveners[0]} as the one who acts")
    if not _names(main.target, rest):
        out.append(f"it does not name {main.target} as the place")
    host = main.host if main.host != main.target else None
    if host is not None:
        through = _names(host, scenario.label) or _only_through_the_host(case, scenario)
        said = re.search(r"\b(?:from|through|via|out of)\b", rest) is not None and _names(host, rest)
        if through and not said:
            out.append(f"it asks about any direction, {scenario.id} about {host} alone")
        elif said and not through and ours == "force":
            out.append(f"it asks about {host} alone, {scenario.id} about any direction")
    quiet = re.search(r"\bno attack\b|\bno force\b|without an attack", scenario.label, re.IGNORECASE)
    if quiet and "attack" not in asked.casefold():
        out.append(f"{scenario.id} is about that without an attack, it does not say")
    return out


def _only_through_the_host(case: Case, scenario: Scenario) -> bool:
    """Whether every way to the scenario goes through a host's consent."""
    gates = {c.id for c in case.scenario_set.chances if c.veto is not None}
    paths = [p for p in case.scenario_set.paths if p.atom in scenario.atoms]
    return bool(gates) and all(any(name in gates and yes for name, yes in p.answers) for p in paths)


def _halves(asked: str) -> tuple[str, str]:
    """The question before and after its verb of action; all of it twice when no verb is found."""
    hit = min((m.start() for p in ACTS.values() for m in p.finditer(asked)), default=-1)
    return (asked[:hit], asked[hit:]) if hit > 0 else (asked, asked)
