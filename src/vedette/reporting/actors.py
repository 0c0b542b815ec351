"""The actors of a case on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from vedette.reference.estimative import interval_text, number_text, percent
from vedette.reporting.labels import glyph_of, safe_text, state_name, state_text

MIN_WIDTH: Final = 60
NAMED: Final = 5
"""Items named for a row; --json has all."""


def render_actors(found: Mapping[str, Any], labels: Mapping[str, str], width: int = 100) -> str:
    """Options with their actors, then what perception adds, then both modes."""
    return "\n".join(_lines(found, labels, max(width, MIN_WIDTH)))


def _lines(found: Mapping[str, Any], labels: Mapping[str, str], width: int) -> Iterator[str]:
    yield f"Actors of {safe_text(found['case'])}, as of {found['as_of']}"
    yield from textwrap.wrap(
        "States run from −2 (absent) to +2 (strong), with 90 % ranges: as the intervener perceives them, and as an "
        "observer would put them from the same evidence. High costs and strong resistance are low states.",
        width,
    )
    for option in found["options"]:
        yield ""
        yield f"Option {safe_text(option['option'])} ({option['posture']})"
        silent = [a for a in option["actors"] if not _told(a)]
        for actor in option["actors"]:
            if actor not in silent:
                yield from _actor(actor, width)
        if silent:
            names = ", ".join(f"{state_name(a['actor'])} ({', '.join(a['roles'])})" for a in silent)
            yield from textwrap.wrap(f"No item gives a view of its own: {names}.", width, initial_indent="  ")
        yield from _gate(option, width)
    yield ""
    yield from _perception(found, labels, width)
    yield ""
    yield from beside_lines(found["modes"])


def _told(actor: Mapping[str, Any]) -> bool:
    return any(s["perceived"] for s in (*actor["risk"], *actor["benefit"]))


def _actor(actor: Mapping[str, Any], width: int) -> Iterator[str]:
    yield f"  {state_name(actor['actor'])} ({', '.join(actor['roles'])})"
    for key in ("risk", "benefit"):
        for s in actor[key]:
            if s["perceived"] is not None:
                yield from _state(key, s, width)
    unknown = [s for key in ("risk", "benefit") for s in actor[key] if s["perceived"] is None]
    if unknown:
        # One reason for an actor's unknowns: they differ only in what is unknown.
        names = "; ".join(safe_text(s["label"]) for s in unknown)
        yield from textwrap.wrap(
            f"? unknown: {names}. {safe_text(unknown[0]['reason'])}", width, initial_indent="    ",
            subsequent_indent="             ",
        )  # fmt: skip


def _span(state: Mapping[str, Any]) -> str:
    low, high = state["interval90"]
    word = f"{glyph_of(state['state'])} {state['level']}"
    return f"{word} {state_text(state['state'])} ({state_text(low)}…{state_text(high)})"


def _state(title: str, s: Mapping[str, Any], width: int) -> Iterator[str]:
    name = safe_text(s["label"])
    yield from textwrap.wrap(
        f"{title:<8} {name}, on {safe_text(s['chance'])}: perceived {_span(s['perceived'])}, observed "
        f"{_span(s['observed'])}",
        width, initial_indent="    ", subsequent_indent="             ",
    )  # fmt: skip
    yield from _items(s["items"], width)
    if s["by"]:
        named = [f"{state_name(k)} {len(v)}" for k, v in s["by"].items()]
        yield from textwrap.wrap(
            f"named in them: {', '.join(named)}", width, initial_indent="             ",
            subsequent_indent="             ",
        )  # fmt: skip


def _items(items: Sequence[Mapping[str, Any]], width: int) -> Iterator[str]:
    if not items:
        return
    shown = [f"{safe_text(i['evidence'])} {number_text(i['log_odds'], 2, signed=True)}" for i in items[:NAMED]]
    more = f", and {len(items) - NAMED} more" if len(items) > NAMED else ""
    scenarios = sorted({safe_text(i["scenario"]) for i in items})
    count = f"{len(items)} item{'' if len(items) == 1 else 's'}"
    yield from textwrap.wrap(
        f"{count}: {', '.join(shown)}{more} (share of the log-odds of {', '.join(scenarios)})", width,
        initial_indent="             ", subsequent_indent="             ",
    )  # fmt: skip


def _gate(option: Mapping[str, Any], width: int) -> Iterator[str]:
    gate = option["gate"]
    if gate is None:
        yield from textwrap.wrap(f"Host gate: none. {option['gate_reason']}", width, initial_indent="  ")
        return
    f = {k: f"{percent(gate[k])} ({interval_text(*gate[f'{k}90'])})" for k in ("consent", "veto", "access")}
    yield from textwrap.wrap(
        f"Host gate of {state_name(gate['host'])}: consent {f['consent']}; veto, the chance that a refusal holds, "
        f"{f['veto']}; access {f['access']}, without evidence {percent(gate['without_evidence'])}",
        width, initial_indent="  ", subsequent_indent="    ",
    )  # fmt: skip
    yield from _items(gate["items"], width)


def _perception(found: Mapping[str, Any], labels: Mapping[str, str], width: int) -> Iterator[str]:
    yield from textwrap.wrap(
        f"What the perception gap (spread {number_text(found['perception_sd'], 1)}, an assumption) does to the figures",
        width,
    )
    names = {g["scenario"]: safe_text(labels.get(g["scenario"], g["scenario"])) for g in found["perception"]}
    label = max(12, min(width - 40, max(map(len, names.values()))))
    yield f"  {'':<{label}}  with gap  without  points"
    for g in found["perception"]:
        name = textwrap.shorten(names[g["scenario"]], label, placeholder="…")
        change = number_text(100 * (g["with_gap"] - g["without_gap"]), 1, signed=True)
        yield f"  {name:<{label}}  {percent(g['with_gap']):>8}  {percent(g['without_gap']):>7}  {change:>6}"


def beside_lines(modes: Mapping[str, Any], scenario: str | None = None, top: int = 4) -> list[str]:
    """Both modes side by side, and the largest differences on one scenario (default: the first)."""
    rows = modes["scenarios"]
    width = max(len(safe_text(s["label"])) for s in rows)
    lines = [f"{'Both ways of reading the same evidence':<{width}}  recommended   author's five"]
    for s in rows:
        lines.append(
            f"{safe_text(s['label']):<{width}}  {100 * s['recommended']:>9.0f} %  {100 * s['author']:>12.0f} %"
        )
    chosen = next((s for s in rows if s["id"] == scenario), rows[0])
    lines.append(f"Where they part on {safe_text(chosen['label'])!r} (log-odds, recommended minus author):")
    shown = [a for a in chosen["apart"][:top] if abs(a["gap"]) > 0.005]
    lines += [f"  {safe_text(a['what'])}: {a['gap']:+.2f}" for a in shown]
    rest = sum(a["gap"] for a in chosen["apart"] if a not in shown)
    if abs(rest) > 0.005:
        lines.append(f"  all else: {rest:+.2f}")
    lines.append(f"  together: {chosen['gap']:+.2f}")
    return lines
