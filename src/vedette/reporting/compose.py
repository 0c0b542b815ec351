"""From the facts to the view: the head of the brief, its scenarios, conditions and waterfalls."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from vedette.reporting.figures import Facts, Figure, Parts, Sentence, base_log_odds, plain
from vedette.reporting.labels import condition_names, glyph_of, letter, safe_text, view_name
from vedette.reporting.view import (
    Bar,
    ConditionCell,
    ConditionRow,
    ConditionTable,
    EvidenceLine,
    Line,
    ScenarioRow,
    Waterfall,
)

# Scenarios explained in full, in the case's order; the rest keep their row in the first figure. A brief is read, not
# searched: two options (attack, presence) are what the bundled cases weigh. [assumption]
EXPLAINED: Final = 2


def sign_of(value: float, unit: float = 0.005) -> str:
    """▲, ▼, or nothing for a change that rounds to zero."""
    return "▲" if value >= unit else "▼" if value <= -unit else ""


def logit(p: float) -> float:
    """Log-odds, held off the ends."""
    p = min(max(p, 1e-9), 1 - 1e-9)
    return math.log(p / (1 - p))


def join_words(parts: Sequence[Parts], last: str = " and ") -> Parts:
    """Several parts as a list in words: "a, b and c"."""
    out: list[Any] = []
    for i, part in enumerate(parts):
        if i:
            out.append(last if i == len(parts) - 1 else ", ")
        out.extend(part)
    return tuple(out)


class Composer:
    """Reads the facts once and builds the parts of the view."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.a: Mapping[str, Any] = facts["assessment"]
        self.scenarios: list[Mapping[str, Any]] = self.a["scenarios"]
        self.place = {s["id"]: i for i, s in enumerate(self.scenarios)}
        self.evidence_place = {e["id"]: i for i, e in enumerate(facts["case"]["evidence"])}
        self._repeated = {e["id"]: i for i, e in enumerate(facts["assessment"]["evidence"]) if e.get("position")}
        ids = list(dict.fromkeys(c["condition"] for c in self.a["conditions"]))
        self.names = condition_names(self.a["framework"], ids)

    # -- words ---------------------------------------------------------------------------------------------

    def letter(self, scenario: str) -> str:
        """A, B, C of a scenario."""
        return letter(self.place[scenario])

    def label(self, scenario: str) -> Figure:
        """The scenario's label, from the JSON."""
        i = self.place[scenario]
        key = "label" if self.scenarios[i].get("label") else "id"
        return self.facts.text("assessment", "scenarios", i, key)

    def estimate(self, *steps: str | int) -> Parts:
        """ "unlikely (27 %, 13–48)" for the scenario behind ``steps``."""
        f = self.facts.figure
        return (
            self.word(*steps),
            " (",
            f("percent", *steps, "probability"),
            ", ",
            f("interval", *steps, "interval90"),
            ")",
        )

    def word(self, *steps: str | int) -> Figure:
        """The word of the scenario behind ``steps``, on the brief's scale."""
        if self.facts.data.get("scale", "icd203") == "phia":
            return self.facts.figure("phia_word", *steps, "probability")
        return self.facts.text(*steps, "word")

    def condition_name(self, condition: str) -> str:
        """A condition's label in running text."""
        label = self.names[condition][1] if condition in self.names else safe_text(condition.replace("_", " "))
        return label[:1].lower() + label[1:]

    # -- figure 1: scenarios -------------------------------------------------------------------------------

    def scenario_rows(self) -> tuple[ScenarioRow, ...]:
        """Rows of the first figure."""
        f = self.facts
        changes = (f["previous"] or {}).get("changes", {})
        atoms = {a["id"]: i for i, a in enumerate(f["case"]["atoms"])}
        rows = []
        for i, s in enumerate(self.scenarios):
            at = ("assessment", "scenarios", i)
            base = s["base_rate"].get("p")
            members = [f.text("case", "atoms", atoms[a], "statement") for a in s["atoms"] if a in atoms]
            detail: Parts = (members[0],) if len(members) == 1 else ("Any of ", f.figure("names", *at, "atoms"))
            change = changes.get(s["id"])
            base_figure = None if base is None else f.figure("percent", *at, "base_rate", "p")
            rows.append(
                ScenarioRow(
                    letter=letter(i),
                    id=s["id"],
                    label=self.label(s["id"]),
                    detail=detail,
                    probability=f.figure("figure", *at, "probability"),
                    interval=f.figure("interval", *at, "interval90"),
                    word=self.word(*at),
                    base=base_figure,
                    change=None if change is None else f.figure("signed_points", "previous", "changes", s["id"]),
                    sign="" if change is None else sign_of(change),
                    line=Line(
                        value=s["probability"],
                        inner=(s["interval50"][0], s["interval50"][1]),
                        outer=(s["interval90"][0], s["interval90"][1]),
                        reference=base,
                    ),
                    alternative=f"{plain(self.label(s['id']))}: {plain(self.estimate(*at))}; 50 % interval "
                    f"{f.figure('interval', *at, 'interval50').text}; base rate "
                    f"{'not known' if base_figure is None else base_figure.text}",
                )
            )
        return tuple(rows)

    def overlapping(self) -> bool:
        """Whether some scenarios share outcomes."""
        seen: set[str] = set()
        for s in self.scenarios:
            if seen & set(s["atoms"]):
                return True
            seen |= set(s["atoms"])
        return False

    # -- evidence ------------------------------------------------------------------------------------------

    def evidence_line(
        self, name: str, scenario: str | None = None, weight: Figure | None = None
    ) -> EvidenceLine | None:
        """An item as printed. The claim is shown only where its quote holds what it asserts."""
        if name not in self.evidence_place:
            return None
        f, at = self.facts, ("case", "evidence", self.evidence_place[name])
        item = f.at(*at)
        quote = f.text(*at, "quote") if item["quote"] else None
        claim = None if quote is not None and item["beyond_quote"] else f.text(*at, "claim")
        note = ""
        if quote is None and not item.get("withheld"):
            note = "quote not yet verified" if item["unverified_quote"] else "no quote held; our words"
            if item["unverified_quote"]:
                quote = f.text(*at, "unverified_quote")
        direction = next(
            (b["direction"] for b in item["bearings"] if scenario is None or b["scenario"] == scenario),
            item["bearings"][0]["direction"] if item["bearings"] else "unclear",
        )
        url = item["url"] if item["url"].startswith(("https://", "http://")) else ""
        return EvidenceLine(
            id=name,
            sign={"raises": "▲", "lowers": "▼"}.get(direction, "◇"),
            claim=claim,
            quote=quote,
            note=note,
            attribution=f.text(*at, "attribution" if item["attribution"] else "publisher"),
            day=f.figure("day", *at, "available"),
            grade=f.text(*at, "grade"),
            publisher=f.text(*at, "publisher") if item["publisher"] and item["attribution"] else None,
            url=url,
            weight=weight,
            said=self._said(name),
        )

    def _said(self, name: str) -> Parts:
        """How often the speaker of an item said it, where more than once."""
        if name not in self._repeated:
            return ()
        f, at = self.facts, ("assessment", "evidence", self._repeated[name], "position")
        since = f.figure("day", *at, "since")
        return ("said ", f.figure("count", *at, "times"), " times since ", since, ", counts as one")

    def _lines(self, names: Sequence[str], scenario: str) -> tuple[EvidenceLine, ...]:
        return tuple(line for n in names if (line := self.evidence_line(n, scenario)) is not None)

    # -- conditions ----------------------------------------------------------------------------------------

    def explained(self) -> tuple[str, ...]:
        """Scenarios whose waterfall is drawn, in the case's order."""
        return tuple(s["id"] for s in self.scenarios if self.a["contributions"].get(s["id"]))[:EXPLAINED]

    def with_conditions(self) -> tuple[str, ...]:
        """Scenarios whose conditions are shown: those of which something is known, in the case's order."""
        known = {c["scenario"] for c in self.a["conditions"] if c["state"] is not None}
        return tuple(s["id"] for s in self.scenarios if s["id"] in known)[:EXPLAINED]

    def binding_of(self, scenario: str) -> str | None:
        """The condition with the largest gain when met alone; None when none gains anything."""
        gains = self.a["binding"].get(scenario, {})
        best = max(gains, key=lambda k: gains[k]["gain"], default=None)
        return best if best is not None and gains[best]["gain"] >= 0.005 else None

    def binding_sentence(self, scenario: str) -> Sentence:
        """What holds the scenario back most."""
        best = self.binding_of(scenario)
        if best is None:
            if not self.a["binding"].get(scenario):
                return Sentence(parts=(self.label(scenario), ": no condition was tested alone."))
            parts: Parts = (
                self.label(scenario),
                ": no single condition, raised to met alone, lifts it by a point.",
            )
            return Sentence(parts=parts)
        at = ("assessment", "binding", scenario, best)
        f = self.facts.figure
        return Sentence(
            parts=(
                self.label(scenario),
                ": what binds is ",
                self.condition_name(best),
                ". Met alone, it would put the estimate at ",
                f("percent", *at, "probability"),
                ", ",
                f("points", *at, "gain"),
                ".",
            )
        )

    def condition_table(self, scenario: str) -> ConditionTable | None:
        """The conditions of one scenario by actor's view."""
        cells = [(i, c) for i, c in enumerate(self.a["conditions"]) if c["scenario"] == scenario]
        if not cells:
            return None
        views = list(dict.fromkeys((c["actor"], c["option"]) for _, c in cells))
        options = {o for _, o in views}
        titles = tuple(
            view_name(actor) + (f", option {safe_text(option)}" if len(options) > 1 else "")
            for actor, option in views
        )
        binding = self.a["binding"].get(scenario, {})
        best = self.binding_of(scenario)
        rows = []
        for name in dict.fromkeys(c["condition"] for _, c in cells):
            mine = {(c["actor"], c["option"]): (i, c) for i, c in cells if c["condition"] == name}
            items = list(dict.fromkeys(e for _, c in mine.values() for e in c["evidence"]))
            at = ("assessment", "binding", scenario, name)
            number, label = self.names[name]
            rows.append(
                ConditionRow(
                    number=number,
                    label=label,
                    cells=tuple(
                        self._cell(title, *mine[v]) if v in mine else None
                        for v, title in zip(views, titles, strict=True)
                    ),
                    gain=self.facts.figure("signed_points", *at, "gain") if name in binding else None,
                    share=self.facts.figure("percent", *at, "gradient_share") if name in binding else None,
                    binding=name == best,
                    evidence=self._lines(items, scenario),
                    summary=self._items_summary(mine),
                )
            )
        return ConditionTable(
            letter=self.letter(scenario),
            scenario=self.label(scenario),
            finding=self.binding_sentence(scenario),
            views=titles,
            rows=tuple(rows),
            gains=bool(binding),
        )

    def _items_summary(self, cells: Mapping[Any, tuple[int, Mapping[str, Any]]]) -> Parts:
        with_items = [(i, c) for i, c in cells.values() if c["evidence"]]
        if not with_items:
            return ()
        i, c = max(with_items, key=lambda x: len(x[1]["evidence"]))
        f, at = self.facts.figure, ("assessment", "conditions", i)
        items = "item" if len(c["evidence"]) == 1 else "items"
        voices = "source" if c["independent_sources"] == 1 else "sources"
        return (
            f("length", *at, "evidence"),
            f" {items} of ",
            f("count", *at, "independent_sources"),
            f" independent {voices}",
        )

    def _cell(self, title: str, i: int, c: Mapping[str, Any]) -> ConditionCell:
        f, at = self.facts, ("assessment", "conditions", i)
        if c["state"] is None:
            reason: Parts = (f.figure("first_sentence", *at, "reason"),) if c["reason"] else ("no reason given",)
            return ConditionCell(
                view=title,
                glyph="?",
                level=("unknown: ", *reason),
                state=None,
                line=None,
                items=None,
                alternative=f"unknown: {plain(reason)}",
            )
        span = c["interval"]
        spoken = f", 90 % {f.figure('span', *at, 'interval').text}" if span else ""
        return ConditionCell(
            view=title,
            glyph=glyph_of(c["state"]),
            level=(f.text(*at, "level"),),
            state=f.figure("state", *at, "state"),
            line=Line(value=c["state"], inner=None, outer=(span[0], span[1]) if span else None),
            items=f.figure("length", *at, "evidence"),
            alternative=f"{safe_text(c['level'])}, {f.figure('state', *at, 'state').text}{spoken}, "
            "on a scale of −2 to +2",
        )

    # -- waterfall -----------------------------------------------------------------------------------------

    def waterfall(self, scenario: str) -> Waterfall | None:
        """Base rate first, raising by size, lowering by size, residual, total."""
        rows: list[Mapping[str, Any]] = self.a["contributions"].get(scenario, [])
        if not rows:
            return None
        order = dict(enumerate(rows))
        first = [i for i, c in order.items() if c["kind"] == "structure"]
        first += [i for i, c in order.items() if c["kind"] == "base_rate"]
        last = [i for i, c in order.items() if c["kind"] == "residual"]
        middle = [i for i in order if i not in first and i not in last]
        up = sorted((i for i in middle if order[i]["log_odds"] >= 0), key=lambda i: -order[i]["log_odds"])
        down = sorted((i for i in middle if order[i]["log_odds"] < 0), key=lambda i: order[i]["log_odds"])
        level = base_log_odds(rows)
        parts = [self._bar(scenario, i, order[i], level, level) for i in first] if len(first) > 1 else []
        bars = [*parts, self._base_bar(scenario, level)]
        for i in (*up, *down, *last):
            bars.append(self._bar(scenario, i, order[i], level, level + order[i]["log_odds"]))
            level += order[i]["log_odds"]
        s = self.scenarios[self.place[scenario]]
        at = ("assessment", "scenarios", self.place[scenario])
        outer = (logit(s["interval90"][0]), logit(s["interval90"][1]))
        reach = [x for b in bars for x in (b.start, b.end)] + list(outer)
        total = math.fsum(c["log_odds"] for c in rows)
        return Waterfall(
            letter=self.letter(scenario),
            scenario=self.label(scenario),
            finding=self._waterfall_finding(scenario),
            bars=tuple(bars),
            low=min(reach) - 0.15,
            high=max(reach) + 0.15,
            total=Line(value=total, inner=(logit(s["interval50"][0]), logit(s["interval50"][1])), outer=outer),
            total_value=self.facts.figure("sum_log_odds", "assessment", "contributions", scenario),
            total_probability=self.facts.figure("percent", *at, "probability"),
        )

    def _waterfall_finding(self, scenario: str) -> Sentence:
        at = ("assessment", "scenarios", self.place[scenario])
        f = self.facts.figure
        if self.scenarios[self.place[scenario]]["base_rate"].get("p") is None:
            return Sentence(
                parts=(self.label(scenario), ": how it comes to ", f("percent", *at, "probability"), ".")
            )
        return Sentence(
            parts=(
                self.label(scenario),
                ": from a base rate of ",
                f("percent", *at, "base_rate", "p"),
                " to ",
                f("percent", *at, "probability"),
                ".",
            )
        )

    def _base_bar(self, scenario: str, level: float) -> Bar:
        at = ("assessment", "contributions", scenario)
        return Bar(
            kind="start",
            sign="◇",
            label=("Base rate used, ", self.facts.figure("base_probability", *at)),
            value=self.facts.figure("base_log_odds", *at),
            start=level,
            end=level,
            evidence=(),
            summary=(),
        )

    def _bar(self, scenario: str, i: int, c: Mapping[str, Any], start: float, end: float) -> Bar:
        at = ("assessment", "contributions", scenario, i)
        value = c["log_odds"]
        base = c["kind"] in ("base_rate", "structure")
        label: Parts = (self.facts.text(*at, "what"),)
        if c["what"] in self.names:
            label = (self.names[c["what"]][1],)
        detail = {name: k for k, (name, _) in enumerate(c.get("detail") or ())}
        lines = []
        for name in c["evidence"]:
            weight = self.facts.figure("log_odds", *at, "detail", detail[name], 1) if name in detail else None
            line = self.evidence_line(name, scenario, weight)
            if line is not None:
                lines.append(line)
        count = len(c["evidence"])
        summary: Parts = ()
        if lines:
            summary = (self.facts.figure("length", *at, "evidence"), " item" if count == 1 else " items")
        return Bar(
            kind=c["kind"],
            sign="" if base or c["kind"] == "residual" else "▲" if value > 0 else "▼" if value < 0 else "",
            label=label,
            value=self.facts.figure("log_odds", *at, "log_odds"),
            start=start,
            end=end,
            evidence=tuple(lines),
            summary=summary,
        )
