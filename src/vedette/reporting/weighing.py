"""On a terminal: the number without some items beside the number with them, and one item's weight step by step."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from vedette.reference.estimative import interval_text, number_text, percent, signed_points
from vedette.reporting.labels import safe_text


def render_without(found: Mapping[str, Any], width: int = 100) -> str:
    """Original and recomputed figures of every scenario."""
    lines = [f"Left out: {', '.join(safe_text(x) for x in found['left_out'])}"]
    label = max(12, min(width - 52, max(len(safe_text(s["label"])) for s in found["scenarios"])))
    lines.append(f"{'':<{label}}  {'original':<18}{'without':<18}  points")
    for s in found["scenarios"]:
        name = textwrap.shorten(safe_text(s["label"]), label, placeholder="…")
        before = f"{percent(s['original'])} ({interval_text(*s['original_interval90'])})"
        after = f"{percent(s['probability'])} ({interval_text(*s['interval90'])})"
        lines.append(f"{name:<{label}}  {before:<18}{after:<18}  {signed_points(s['change']):>6}  {s['word']}")
    for name, reason in found["moved_nothing"].items():
        lines += textwrap.wrap(f"{safe_text(name)} moved nothing: {safe_text(reason)}.", width)
    return "\n".join(lines)


def render_item(item: Mapping[str, Any], labels: Mapping[str, str], width: int = 100) -> str:
    """One item: what it says, then its weight from strength to share."""
    lines = textwrap.wrap(f"{safe_text(item['id'])}: {safe_text(item['claim'])}", width)
    if item["quote"]:
        lines += textwrap.wrap(f"“{safe_text(item['quote'])}”", width, initial_indent="  ", subsequent_indent="  ")
    lines.append(
        f"  {safe_text(item['attribution'])}, {safe_text(item['kind'])}, grade {safe_text(item['grade'])}, known "
        f"{item['available']}, {item['status']}"
    )
    for c in item["channels"]:
        lines += _channel(c)
    for reason in item["left_out"]:
        lines += textwrap.wrap(f"moves nothing: {safe_text(reason)}", width, initial_indent="  ")
    if item["channels"]:
        lines.append("  share of the log-odds:")
        lines += [
            f"    {number_text(v, 3, signed=True):>7}  {safe_text(labels.get(k, k))}"
            for k, v in item["log_odds"].items()
        ]
    return "\n".join(lines)


def _channel(c: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"  option {safe_text(c['option'])}, {safe_text(c['channel'])} in the view of {safe_text(c['actor'])}: "
        f"{c['direction']} {safe_text(c['scenario'])}; moves {safe_text(c['chance'])} "
        f"{'up' if c['sign'] > 0 else 'down'}"
    )
    said = "given by analysts" if c["judged"] else safe_text(c["verbal"])
    yield f"    strength {number_text(c['strength'], 2)} ({said})"
    life = "does not age" if c["half_life_days"] is None else f"half-life {number_text(c['half_life_days'], 0)} days"
    yield (
        f"    x decay {number_text(c['decay'], 2)} = {number_text(c['aged'], 2)} ({c['age_days']} days old, {life})"
    )
    parts = ", ".join(
        f"{k} {'unknown, drawn from Beta(2, 2)' if c[k] is None else number_text(c[k], 2)}"
        for k in ("reliability", "credibility")
    )
    steps = c["steps"]
    rho = "drawn" if c["honest"] is None else number_text(c["honest"], 2)
    believed = abs(steps["strength"] + steps["decay"] + steps["noise"])
    yield f"    noise: shrunk by rho {rho} = {number_text(believed, 2)} ({parts})"
    taken = "none is assumed"
    if c["rho"] == 0.0:
        taken = "an interested denial is worth nothing, believed or not"
    d = rho if c["rho"] == 0.0 else number_text(c["deception"], 2)
    yield f"    deception: less d {d} = {number_text(c['trusted'], 2)} ({taken})"
    yield (
        f"    x what dependence leaves {number_text(c['coefficient'], 2)} = "
        f"{number_text(c['effective'], 2, signed=True)} ({_cluster(c['cluster'])})"
    )
    side = c["side"]
    if side["limit"] is not None:
        total, limit = number_text(side["total"], 2), number_text(side["limit"], 2)
        yield f"    limit: its side comes to {total}; however many more reports of the topic, never above {limit}"
    unit = "log-odds" if c["channel"] in ("option", "stakes") else "state (-2 to +2)"
    yield f"    x scale {number_text(c['scale'], 2)} = {number_text(c['shift'], 2, signed=True)} on the {unit}"


def _cluster(cluster: Mapping[str, Any]) -> str:
    shown = [
        f"{words} {', '.join(safe_text(x) for x in cluster[key][:6])}"
        + (f" +{len(cluster[key]) - 6}" if len(cluster[key]) > 6 else "")
        for key, words in (("copies", "copies"), ("same_origin", "same origin"), ("same_topic", "same side"))
        if cluster[key]
    ]
    said = cluster.get("position")
    if said:
        others = [safe_text(x) for x in said["items"]]
        more = f" +{len(others) - 6}" if len(others) > 6 else ""
        times = f"said {said['times']} times since {said['since']} by {safe_text(said['by'])}, counts as one"
        shown.insert(0, f"{times}: {', '.join(others[:6])}{more}")
    return f"origin {safe_text(cluster['origin'])}; {'; '.join(shown) or 'alone on its side'}"
