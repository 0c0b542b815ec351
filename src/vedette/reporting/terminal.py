"""The assessment on a terminal: dense, aligned, honest without colour.

Written with plain escape codes rather than a table library: the layout is fixed, every line must also read well
when piped, and a first answer should not wait for an import.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vedette.reference.estimative import (
    NARROW,
    estimate_text,
    figure,
    interval_text,
    number_text,
    percent,
    points_text,
    signed_points,
)
from vedette.reporting.labels import (
    condition_names,
    day_text,
    display_width,
    glyph_of,
    safe_text,
    scenario_names,
    state_text,
    view_name,
)

MIN_WIDTH: Final = 60
MAX_WIDTH: Final = 118
WIDE: Final = 84
"""Columns from which a scenario fits on one line."""
TOP_CONTRIBUTIONS: Final = 9
TOP_MOVES: Final = 6
TOP_WATCH: Final = 3
TOP_WARNINGS: Final = 8

BASE_KINDS: Final = ("structure", "base_rate")
"""Kinds of contribution that make up the starting point, in the order they are shown."""

_CODES: Final = {"bold": "1", "dim": "2", "up": "33", "down": "36", "accent": "34", "warn": "33;1"}


@dataclass(frozen=True, slots=True)
class _Screen:
    width: int
    colour: bool

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.colour and text else text

    def heading(self, text: str, note: str = "") -> str:
        if not note:
            return self.paint(text, "bold")
        gap = "  " if display_width(text) + display_width(note) + 2 <= self.width else "\n"
        return f"{self.paint(text, 'bold')}{gap}{self.paint(note, 'dim')}"

    def wrap(self, text: str, indent: str = "", hang: str | None = None) -> list[str]:
        # textwrap would break at the narrow no-break space; a stand-in keeps figure and sign together.
        lines = textwrap.wrap(
            text.replace(NARROW, "\ue000"),
            self.width,
            initial_indent=indent,
            subsequent_indent=indent if hang is None else hang,
            break_on_hyphens=False,
        )
        return [line.replace("\ue000", NARROW) for line in lines] or [indent]


def _pad(text: str, width: int, right: bool = False) -> str:
    gap = " " * max(0, width - display_width(text))
    return gap + text if right else text + gap


def _fit(text: str, width: int) -> str:
    if display_width(text) <= width:
        return _pad(text, width)
    kept = ""
    for c in text:
        if display_width(kept + c) > width - 1:
            break
        kept += c
    return _pad(kept.rstrip() + "…", width)


def interval_glyph(
    probability: float,
    interval50: Sequence[float],
    interval90: Sequence[float],
    base: float | None,
    width: int,
) -> str:
    """A probability on a line of ``width`` columns from 0 to 100 %.

    ``├─┤`` is the 90 % interval, ``▒`` the 50 % interval, ``█`` the estimate, ``◇`` the base rate (drawn unless the
    estimate stands there: it never hides the estimate).
    """

    def column(p: float) -> int:
        return min(width - 1, max(0, math.floor(p * width)))

    cells = [" "] * width
    low, high = column(interval90[0]), column(interval90[1])
    for i in range(low, high + 1):
        cells[i] = "─"
    cells[low], cells[high] = "├", "┤"
    for i in range(column(interval50[0]), column(interval50[1]) + 1):
        cells[i] = "▒"
    if base is not None:
        cells[column(base)] = "◇"
    cells[column(probability)] = "█"
    return "".join(cells)


def _axis(width: int) -> str:
    """Figures at the probabilities where the word changes."""
    cells = [" "] * (width + 2)
    for p in (0.05, 0.20, 0.45, 0.55, 0.80, 0.95):
        label = figure(p)
        start = min(width + 2 - len(label), math.floor(p * width))
        cells[start : start + len(label)] = label
    return "".join(cells)[: width + 2]


def _head(a: Mapping[str, Any], screen: _Screen) -> Iterator[str]:
    yield from (screen.paint(line, "bold") for line in screen.wrap(safe_text(a["title"])))
    yield from screen.wrap(safe_text(a["question"]))
    days = a["horizon"].get("days") if isinstance(a.get("horizon"), Mapping) else None
    left = f" ({number_text(float(days), 0)} days left)" if isinstance(days, int | float) else ""
    line = (
        f"As of {day_text(a['as_of'])}, closes {day_text(a['deadline'])}{left}. "
        f"Framework {safe_text(a['framework'])}, {safe_text(a['mode'])} mode."
    )
    yield from (screen.paint(part, "dim") for part in screen.wrap(line))


def _base(scenario: Mapping[str, Any]) -> float | None:
    value = (scenario.get("base_rate") or {}).get("p")
    return float(value) if isinstance(value, int | float) else None


def _scenarios(a: Mapping[str, Any], screen: _Screen) -> Iterator[str]:
    names = scenario_names(a)
    narrow = screen.width < WIDE
    bar = max(24, min(44, screen.width - (26 if narrow else 66)))
    label = screen.width - 4 if narrow else max(14, min(34, screen.width - bar - 42))
    yield screen.heading("Scenarios")
    margin = _pad("", 3 if narrow else label + 3)
    yield screen.paint(
        margin + _pad(_axis(bar), bar + 2) + f"     %  90{NARROW}%    base{'' if narrow else '  word'}", "dim"
    )
    for s in a["scenarios"]:
        mark, name = names[s["id"]]
        base = _base(s)
        glyph = interval_glyph(s["probability"], s["interval50"], s["interval90"], base, bar)
        figures = (
            screen.paint(glyph, "accent")
            + "  "
            + screen.paint(_pad(figure(s["probability"]), 6, right=True), "bold")
            + "  "
            + _pad(interval_text(*s["interval90"]), 8)
            + _pad("n/a" if base is None else figure(base), 4, right=True)
        )
        letter_ = screen.paint(_pad(mark, 3), "bold")
        if narrow:
            first, *others = textwrap.wrap(f"{name}: {safe_text(s['word'])}", label) or [""]
            yield letter_ + first
            yield from (f"   {line}" for line in others)
            yield f"   {figures}"
        else:
            first, *others = textwrap.wrap(name, label - 1) or [""]
            yield f"{letter_}{_fit(first, label)}{figures}  {safe_text(s['word'])}"
            yield from (f"   {_fit(line, label)}" for line in others)
    key = f"├─┤ 90{NARROW}% interval, ▒ 50{NARROW}%, █ estimate, ◇ base rate: what it would be without evidence."
    yield from (screen.paint(line, "dim") for line in screen.wrap(key))
    atoms = [set(s["atoms"]) for s in a["scenarios"]]
    if any(x & y for i, x in enumerate(atoms) for y in atoms[:i]):
        text = "Scenarios that share outcomes overlap, so these figures need not sum to 100."
        yield from (screen.paint(line, "dim") for line in screen.wrap(text))


def _base_rates(a: Mapping[str, Any], screen: _Screen) -> Iterator[str]:
    if not a["base_rates"]:
        return
    yield screen.heading("Base rates", "the starting point of each question of the tree")
    for chance, b in a["base_rates"].items():
        counted = f", {b['events']} of {b['n']}" if b.get("n") is not None and b.get("events") is not None else ""
        period = b.get("period_days")
        per = f" per {number_text(period, 0)} days" if period else ""
        text = (
            f"{safe_text(chance)}: {percent(b['p'], 1 if b['p'] < 0.1 else 0)}{per} "
            f"({interval_text(b['low'], b['high'])}{counted}); {safe_text(b['reference_class'])} "
            f"[{safe_text(b['basis']).replace('_', '-')}]"
        )
        yield from screen.wrap(text, "  ", "    ")
        for wider in a.get("reference_classes", {}).get(chance, ()):
            if wider["reference_class"] != b["reference_class"]:
                n = (
                    f", {wider['events']} of {wider['n']}"
                    if wider["n"] is not None and wider["events"] is not None
                    else ""
                )
                rate = percent(wider["p"], 1 if wider["p"] < 0.1 else 0)
                text = f"wider: {rate}{n}; {safe_text(wider['reference_class'])}"
                yield from (screen.paint(line, "dim") for line in screen.wrap(text, "    ", "      "))


def _cell(c: Mapping[str, Any], screen: _Screen, width: int) -> str:
    state = c["state"]
    if state is None:
        return screen.paint(_fit(f"? unknown: {safe_text(c['reason'] or 'no reason given')}", width), "dim")
    span = f" ({state_text(c['interval'][0])}…{state_text(c['interval'][1])})" if c["interval"] else ""
    items = len(c["evidence"])
    body = f"{glyph_of(state)} {safe_text(c['level']):<6} {_pad(state_text(state), 4, right=True)}"
    tail = f" {items} ev" if items else " no ev"
    text = next((t for t in (body + span + tail, body + tail) if display_width(t) < width), body)
    style = "up" if state >= 0.5 else "down" if state <= -0.5 else "bold"
    return screen.paint(_fit(text, width), style)


def _conditions(a: Mapping[str, Any], focus: str, screen: _Screen) -> Iterator[str]:
    rows = [c for c in a["conditions"] if c["scenario"] == focus]
    if not rows:
        return
    ids = list(dict.fromkeys(c["condition"] for c in rows))
    names = condition_names(a["framework"], ids)
    actors = list(dict.fromkeys(c["actor"] for c in rows))
    label = max(len(f"{n} {t}") for n, t in names.values()) + 2
    label = min(label, 46 if screen.width >= 96 and len(actors) == 1 else 30)
    binding = a["binding"].get(focus, {})
    gain = 12 if binding else 0
    fits = max(1, (screen.width - label - gain) // 30)
    yield screen.heading(
        f"Conditions for {scenario_names(a)[focus][0]}", "−2 absent to +2 strong, (90 % range), items of evidence"
    )
    for start in range(0, len(actors), fits):
        shown = actors[start : start + fits]
        width = min(46, (screen.width - label - gain) // len(shown))
        head = _pad("", label) + "".join(_fit(view_name(x), width) for x in shown)
        yield screen.paint(head + ("gain if met" if binding and start == 0 else ""), "dim")
        for name in ids:
            number, text = names[name]
            cells = []
            for actor in shown:
                found = next((c for c in rows if c["condition"] == name and c["actor"] == actor), None)
                cells.append(_pad("", width) if found is None else _cell(found, screen, width))
            moved = (
                _pad(signed_points(binding[name]["gain"]), 11, right=True) if name in binding and start == 0 else ""
            )
            yield _fit(f"{number} {text}", label) + "".join(cells) + moved
    key = "● met or better, ○ weak or worse, ◇ mixed, ? unknown (never counted as 0)"
    yield from (screen.paint(line, "dim") for line in screen.wrap(key))
    if binding:
        best = max(binding, key=lambda k: binding[k]["gain"])
        b = binding[best]
        current = next(s["probability"] for s in a["scenarios"] if s["id"] == focus)
        if b["gain"] > 0:
            text = (
                f"Binding: {names[best][1].lower() if best in names else safe_text(best)}. Met alone, "
                f"{percent(current)} becomes {percent(b['probability'])} ({points_text(b['gain'])})."
            )
        else:
            text = "Binding: none. Raising any one condition to the met level alone does not raise the figure."
        yield from screen.wrap(text)


def _why(a: Mapping[str, Any], focus: str, screen: _Screen) -> Iterator[str]:
    bars = a["contributions"].get(focus, [])
    if not bars:
        return
    mark, _ = scenario_names(a)[focus]
    scenario = next(s for s in a["scenarios"] if s["id"] == focus)
    names = condition_names(a["framework"], [c["condition"] for c in a["conditions"]])
    total = math.fsum(c["log_odds"] for c in bars)
    base = sorted((c for c in bars if c["kind"] in BASE_KINDS), key=lambda c: BASE_KINDS.index(c["kind"]))
    residual = [c for c in bars if c["kind"] == "residual"]
    moved = sorted(
        (c for c in bars if c["kind"] not in (*BASE_KINDS, "residual")), key=lambda c: -abs(c["log_odds"])
    )
    scale = max([abs(c["log_odds"]) for c in moved + residual] or [1.0]) or 1.0
    yield screen.heading(
        f"Why {mark} is {percent(scenario['probability'])}", "log-odds; before rounding the rows sum exactly"
    )
    label = min(46, screen.width - 30)

    def row(sign: str, text: str, value: float, note: str = "", style: str = "dim") -> str:
        length = round(abs(value) / scale * 12) if sign.strip() and sign != "=" else 0
        block = ("█" if value > 0 else "▒") * max(length, 1 if sign in "▲▼" else 0)
        body = f"{sign} {_fit(text, label)}{_pad(number_text(value, 2, signed=True), 7, right=True)}  "
        return screen.paint(body, style) + screen.paint(_pad(block, 13 if not note else 0), style) + note

    start = 0.0
    for c in base:
        start += c["log_odds"]
        yield row(" ", safe_text(c["what"]), c["log_odds"], percent(1 / (1 + math.exp(-start))), "bold")
    for c in moved[:TOP_CONTRIBUTIONS]:
        name = names[c["what"]][1] if c["what"] in names else safe_text(c["what"])
        value = c["log_odds"]
        sign, style = ("▲", "up") if value > 0 else ("▼", "down") if value < 0 else (" ", "dim")
        ids = _first_ids(c["evidence"], screen.width - label - 24)
        yield row(sign, name, value, style=style) + (screen.paint(ids, "dim") if ids else "")
    rest = moved[TOP_CONTRIBUTIONS:]
    if rest:
        yield row(" ", f"{len(rest)} smaller items together", sum(c["log_odds"] for c in rest))
    for c in residual:
        yield row(" ", safe_text(c["what"]), c["log_odds"])
    yield row("=", f"{mark} as stated", total, percent(1 / (1 + math.exp(-total))), "bold")


def _watch(a: Mapping[str, Any], focus: str, screen: _Screen) -> Iterator[str]:
    rows = [o for o in a.get("worth_looking", ()) if o["scenario"] == focus]
    if not rows:
        return
    yield screen.heading(f"What to look for about {scenario_names(a)[focus][0]}", "if seen, if not seen")
    label = screen.width - 18
    for o in rows[:TOP_WATCH]:
        seen, unseen = (f"{_pad(figure(o[k]), 4, right=True)}{NARROW}%" for k in ("if_present", "if_absent"))
        yield f"  {_fit(safe_text(o['observable']), label)}{seen}  {unseen}"


def _first_ids(ids: Sequence[str], room: int) -> str:
    """As many ids as fit in ``room`` columns, four at most, and how many more there are."""
    for shown in range(min(4, len(ids)), 0, -1):
        rest = len(ids) - shown
        text = ", ".join(safe_text(e) for e in ids[:shown]) + (f" +{rest}" if rest else "")
        if display_width(text) <= room:
            return text
    return ""


def _moves(a: Mapping[str, Any], focus: str, screen: _Screen) -> Iterator[str]:
    rows = sorted((s for s in a["sensitivity"] if s["scenario"] == focus), key=lambda s: -abs(s["change"]))
    if not rows:
        return
    yield screen.heading(f"What would move {scenario_names(a)[focus][0]} most", "one at a time")
    label = screen.width - 16
    claims = {e["id"]: safe_text(e.get("claim", "")) for e in a["evidence"]}
    for s in rows[:TOP_MOVES]:
        sign, style = ("▲", "up") if s["change"] > 0 else ("▼", "down") if s["change"] < 0 else ("◇", "dim")
        becomes = f"{_pad(figure(s['probability']), 4, right=True)}{NARROW}%"
        points = screen.paint(_pad(signed_points(s["change"]), 4, right=True), style)
        claim = claims.get(s["evidence"][0], "") if s["evidence"] else ""
        what = safe_text(s["what"]) + (f": {claim}" if claim else "")
        yield f"{screen.paint(sign, style)} {_fit(what, label)}{becomes}  {points}"


def _notes(a: Mapping[str, Any], screen: _Screen) -> Iterator[str]:
    c = a["confidence"]
    reasons = " ".join(safe_text(r).rstrip(".") + "." for r in c["reasons"])
    yield from screen.wrap(f"Confidence: {safe_text(c['level'])}. {reasons}")
    if a.get("judgments"):
        yield ""
        yield from _analysts(a, screen)
    if a["crowd"]:
        yield ""
        yield screen.heading("Others at the time", "their own questions")
        asked = None
        for row in a["crowd"]:
            if row["question"] != asked:
                asked = row["question"]
                yield from screen.wrap(safe_text(asked), "  ")
                if "verdict" in row:
                    yield from screen.wrap(f"Held against ours: {safe_text(row['verdict'])}.", "  ")
            yield from screen.wrap(
                f"{safe_text(row['date'])}  {percent(row['probability'])}  {safe_text(row['source'])}",
                "    ",
                "      ",
            )
    if a["warnings"]:
        yield ""
        yield screen.heading("Warnings")
        for warning in a["warnings"][:TOP_WARNINGS]:
            first, *others = screen.wrap(safe_text(warning), "! ", "  ")
            yield screen.paint(first, "warn")
            yield from others
        if len(a["warnings"]) > TOP_WARNINGS:
            yield f"  and {len(a['warnings']) - TOP_WARNINGS} more in --json"


def _analysts(a: Mapping[str, Any], screen: _Screen) -> Iterator[str]:
    """Who said what of the first scenario, the weight each has, and why the pool is or is not extremised."""
    judged, first = a["judgments"], a["scenarios"][0]["id"]
    record = judged["record"]
    yield screen.heading("Analysts", "weighed by what they forecast before")
    persons = {p["analyst"]: p for p in judged["persons"]}
    for s in record["skills"]:
        person = persons.get(s["analyst"])
        said = f"{percent(person['repaired']['scenarios'][first])} on {scenario_names(a)[first][0]}" if person else ""
        seen = ", saw the model first" if person and person["saw_model"] else ""
        weight = number_text(person["weight"] if person else s["weight"], 2)
        scores = "no record yet"
        if s["questions"]:
            own, base = number_text(s["log_score"], 2), number_text(s["base_rate"], 2)
            scores = f"log score {own}, base rate {base}, n = {s['questions']}"
        parts = (safe_text(s["analyst"]), said, f"weight {weight}{seen} ({scores})")
        yield from screen.wrap("  ".join(x for x in parts if x), "  ", "    ")
    why = safe_text(record["why"])
    yield from screen.wrap(why[:1].upper() + why[1:] + ".", "  ")


def _next(a: Mapping[str, Any], screen: _Screen) -> Iterator[str]:
    case, day = safe_text(a["case"]), safe_text(a["as_of"])
    yield screen.heading("Next")
    yield f"  vedette brief {case} --as-of {day} --format html --out brief.html"
    yield f"  vedette assess {case} --as-of {day} --json"
    excluded = a["excluded"]
    tail = f"{len(excluded)} item{'' if len(excluded) == 1 else 's'} left out. " if excluded else ""
    line = (
        f"{tail}{number_text(float(a['draws']), 0)} draws, method {safe_text(a['method'])}, "
        f"vedette {safe_text(a['version'])}, inputs {safe_text(a['inputs_digest'])[:12]}."
    )
    yield from (screen.paint(part, "dim") for part in screen.wrap(line))


def headline(a: Mapping[str, Any], scenario: str) -> str:
    """One line: "Attack on Ukraine from Belarus: unlikely (27 %, 13–48)."."""
    s = next(x for x in a["scenarios"] if x["id"] == scenario)
    label = safe_text(s.get("label") or s["id"])
    return f"{label}: {estimate_text(s['probability'], (s['interval90'][0], s['interval90'][1]))}."


def render_assessment(
    assessment: Mapping[str, Any], console_width: int = 100, colour: bool = False, focus: str | None = None
) -> str:
    """The JSON of ``vedette assess --json`` as text for a person.

    ``console_width`` columns (held between 60 and 118), ``colour`` whether escape codes may be used (the caller
    honours NO_COLOR and pipes), ``focus`` the scenario explained, the first when None. Text that came from outside
    is stripped of control characters. Raises KeyError when ``focus`` names no scenario.
    """
    a = assessment
    screen = _Screen(width=max(MIN_WIDTH, min(MAX_WIDTH, console_width)), colour=colour)
    chosen = focus or a["scenarios"][0]["id"]
    if chosen not in {s["id"] for s in a["scenarios"]}:
        raise KeyError(chosen)
    blocks: list[list[str]] = [
        list(_head(a, screen)),
        [line for s in a["scenarios"][:2] for line in screen.wrap(headline(a, s["id"]))],
        list(_scenarios(a, screen)),
        list(_conditions(a, chosen, screen)),
        list(_why(a, chosen, screen)),
        list(_moves(a, chosen, screen)),
        list(_watch(a, chosen, screen)),
        list(_base_rates(a, screen)),
        list(_notes(a, screen)),
        list(_next(a, screen)),
    ]
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"
