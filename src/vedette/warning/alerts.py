"""What is worth an alert: pure functions from what was told and what is now, to alerts and what is told then.

Every comparison is with what was last *told*, never with the last look: a number that creeps is told when it has
crept far enough, and one told is not told again. The key of an alert is a digest of its case, its subject and the
alert before it on that subject, so that the same history gives the same keys on every machine.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from vedette.domain.alerts import (
    Alert,
    AlertKind,
    AlertRule,
    CaseState,
    IndicatorLine,
    Move,
    NewItem,
    QuietHours,
    Reason,
    ScenarioLine,
    Share,
    SourceLine,
    Told,
    zone_of,
)
from vedette.domain.claims import Marking, Strength
from vedette.domain.evidence import Evidence
from vedette.domain.forecast import Assessment
from vedette.errors import UnknownName

REASONS = 6
"""Lines of why that are printed one by one; the rest is one sum. [assumption]: what a telephone shows at once."""
_TINY = 5e-4
"""A share that moved less, in log-odds, is not named: below what is printed."""
CEILING = Marking.AMBER
"""What is marked above is told without its words: TLP:AMBER may go to colleagues who need it, and a channel may be
anybody's (FIRST.org, TLP 2.0)."""
_EDGE = 1e-6
"""Probabilities are kept this far from 0 and 1 before log-odds are taken, the bound used for scores."""


def decide(
    rule: AlertRule, told: Told | None, now: CaseState, known: Container[str] = frozenset()
) -> tuple[tuple[Alert, ...], Told]:
    """Alerts that ``now`` calls for, and what has been told then.

    ``known``: everything covered by earlier alerts (`Alert.covers`). The first look at a case sets what later ones
    are compared with: no number and no indicator has moved then. Alerts come in order of kind; nothing depends on the
    order within ``now``.
    """
    first = told is None
    told = told if told is not None else Told(case=now.case, at=now.at)
    # A clock that went back does not make a second present: alerts are dated no earlier than the last.
    now = replace(now, at=max(now.at, told.at))
    found: list[Alert] = []
    moved = _probability(rule, told, now)
    found += [moved] if moved else []
    found += [] if first else _indicators(told, now)
    fresh = _evidence(rule, told, now, known)
    found += [fresh] if fresh else []
    found += _sources(told, now)
    found += _due(rule, now, known)
    kept = tuple(a for a in found if a.kind in rule.kinds and not any(c in known for c in a.covers))
    return kept, _told(told, now, moved if moved in kept else None, kept)


def follow(
    rule: AlertRule, states: Iterable[CaseState], told: Told | None = None
) -> tuple[tuple[Alert, ...], Told | None]:
    """Alerts over a sequence of looks in order of time, as a service that never slept would have given them."""
    known: set[str] = set()
    found: list[Alert] = []
    for state in states:
        alerts, told = decide(rule, told, state, known)
        for alert in alerts:
            known.update(alert.covers)
        found += alerts
    return tuple(found), told


# -- states -----------------------------------------------------------------------------------------------


def told_words(words: str, mark: Marking) -> str:
    """Words of an item as an alert may say them: an alert leaves the house, and nobody knows who reads a channel."""
    return words if list(Marking).index(mark) <= list(Marking).index(CEILING) else f"text withheld ({mark.value})"


def scenario_lines(result: Assessment) -> tuple[ScenarioLine, ...]:
    """The scenarios of an assessment with their shares: each item of evidence by its id, the rest by its bar."""
    claims = {
        str(e["id"]): told_words(str(e.get("claim", e["id"])), Marking(e.get("marking", Marking.CLEAR)))
        for e in result.evidence
    }
    lines = []
    for scenario in result.scenarios:
        shares: dict[str, Share] = {}

        def add(id: str, what: str, log_odds: float, shares: dict[str, Share] = shares) -> None:
            before = shares[id].log_odds if id in shares else 0.0
            shares[id] = Share(id=id, what=what, log_odds=before + log_odds)

        for bar in result.contributions.get(scenario.id, ()):
            inside = dict(bar.detail) if bar.evidence else {}
            named = {k: v for k, v in inside.items() if k in bar.evidence}
            for item, value in named.items():
                add(item, claims.get(item, item), value)
            left = bar.log_odds - sum(named.values())
            if not named or abs(left) > 1e-9:
                add(f"{bar.kind}:{bar.what}", bar.what, left)
        lines.append(
            ScenarioLine(
                id=scenario.id, label=scenario.label, probability=scenario.probability, shares=tuple(shares.values())
            )
        )
    return tuple(lines)


def new_items(evidence: Sequence[Evidence], story: str | None = None) -> tuple[NewItem, ...]:
    """Proposals as alerts tell them. ``story``: the story their document belongs to (default: each item's origin)."""
    found = []
    for item in evidence:
        bears = [f"{b.option}.{b.condition} {b.direction}" for b in item.bearings]
        order = list(Strength)
        strongest = max((b.strength for b in item.bearings), key=order.index, default=Strength.WEAK)
        found.append(
            NewItem(
                id=item.id, subject=f"{story or item.origin}|{'|'.join(sorted(bears))}",
                claim=told_words(item.claim, item.mark), attribution=told_words(item.attribution, item.mark),
                bears="; ".join(bears), strength=strongest, confidence=item.confidence,
                url=item.citation.url if item.citation and told_words("", item.mark) == "" else "",
            )
        )  # fmt: skip
    return tuple(found)


# -- probability ------------------------------------------------------------------------------------------


def log_odds(p: float) -> float:
    """ln(p / (1 - p)), p kept within 1e-6 of 0 and 1."""
    p = min(max(p, _EDGE), 1 - _EDGE)
    return math.log(p / (1 - p))


def moved_enough(rule: AlertRule, before: float, after: float, direction: int = 0) -> bool:
    """Whether a probability is far enough from what was told. ``direction``: the way the last told move went."""
    points, odds = 100 * (after - before), log_odds(after) - log_odds(before)
    factor = rule.reversal if direction * points < 0 else 1.0
    # Rounding must not decide: 25 - 20 points is 5 points.
    by_points = abs(points) >= rule.points * factor - 1e-9
    by_odds = abs(odds) >= rule.log_odds * factor - 1e-9 and abs(points) >= rule.least_points - 1e-9
    return by_points or by_odds


def _probability(rule: AlertRule, told: Told, now: CaseState) -> Alert | None:
    before = {s.id: s for s in told.scenarios}
    if rule.scenarios and now.scenarios:
        unknown = sorted(set(rule.scenarios) - {s.id for s in now.scenarios})
        if unknown:
            raise UnknownName("scenario", unknown[0], nearest=[s.id for s in now.scenarios], where=now.case)
    pairs = sorted(((before[s.id], s) for s in now.scenarios if s.id in before), key=lambda pair: pair[0].id)
    counted = [
        (old, new) for old, new in pairs
        if (not rule.scenarios or new.id in rule.scenarios)
        and moved_enough(rule, old.probability, new.probability, told.direction.get(new.id, 0))
    ]  # fmt: skip
    if not counted:
        return None
    counted.sort(key=lambda pair: (-abs(pair[1].probability - pair[0].probability), pair[0].id))
    lead_old, lead = counted[0]
    others = [pair for pair in pairs if pair[1].id != lead.id and _points(pair) >= rule.least_points]
    moves = tuple(_move(old, new) for old, new in ((lead_old, lead), *others))
    points = 100 * (lead.probability - lead_old.probability)
    subject = "probability"
    key = _key(
        now.case, subject, told.last.get(subject, ""), *(f"{s.id}={s.probability:.4f}" for s in _by_id(now.scenarios))
    )
    return Alert(
        key=key, case=now.case, kind=AlertKind.PROBABILITY, subject=lead.id, at=now.at, as_of=now.as_of,
        headline=f"{lead.label}: {_percent(lead_old.probability)} to {_percent(lead.probability)} "
        f"({points:+.1f} points)",
        covers=(key,), moves=moves, reasons=why(lead_old, lead),
        evidence=_items_of(lead_old, lead), if_accepted=now.if_accepted, urgent=abs(points) >= rule.urgent_points,
    )  # fmt: skip


def _by_id(lines: Iterable[ScenarioLine]) -> list[ScenarioLine]:
    return sorted(lines, key=lambda line: line.id)


def why(before: ScenarioLine, after: ScenarioLine) -> tuple[Reason, ...]:
    """What changed the log-odds of a scenario, the largest first. The lines sum to the whole change."""
    old, new = ({s.id: s for s in line.shares} for line in (before, after))
    changed = []
    for id in sorted({*old, *new}):
        value = (new[id].log_odds if id in new else 0.0) - (old[id].log_odds if id in old else 0.0)
        said = (new.get(id) or old[id]).what
        said = said if id in old and id in new else f"{'New' if id in new else 'Gone'}: {said}"
        changed.append(Reason(id=id, what=said, log_odds=value))
    changed.sort(key=lambda r: (-abs(r.log_odds or 0.0), r.id))
    named = [r for r in changed[:REASONS] if abs(r.log_odds or 0.0) >= _TINY]
    whole = log_odds(after.probability) - log_odds(before.probability)
    rest = whole - sum(r.log_odds or 0.0 for r in named)
    n = len(changed) - len(named)
    if n and abs(rest) > 1e-9:
        named.append(Reason(id="rest", what=f"{n} smaller changes together", log_odds=rest))
    return tuple(named)


def _items_of(before: ScenarioLine, after: ScenarioLine) -> tuple[str, ...]:
    return tuple(r.id for r in why(before, after) if ":" not in r.id and r.id != "rest")


def _points(pair: tuple[ScenarioLine, ScenarioLine]) -> float:
    return 100 * abs(pair[1].probability - pair[0].probability)


def _move(old: ScenarioLine, new: ScenarioLine) -> Move:
    return Move(
        scenario=new.id, label=new.label, before=old.probability, after=new.probability,
        log_odds=log_odds(new.probability) - log_odds(old.probability),
    )  # fmt: skip


# -- indicators, evidence, sources, due questions ---------------------------------------------------------


def _indicators(told: Told, now: CaseState) -> list[Alert]:
    found = []
    for line in sorted(now.indicators, key=lambda i: i.id):
        before = told.indicators.get(line.id, "not_looked")
        if before == line.state:
            continue
        subject = f"indicator {line.id}"
        key = _key(now.case, subject, told.last.get(subject, ""), line.state, str(line.since or ""))
        found.append(
            Alert(
                key=key, case=now.case, kind=AlertKind.INDICATOR, subject=line.id, at=now.at, as_of=now.as_of,
                headline=f"{_said(line)}: {_state(before)} before", covers=(key,),
                reasons=(Reason(id=line.id, what=line.note),) if line.note else (),
            )
        )  # fmt: skip
    return found


def _said(line: IndicatorLine) -> str:
    since = f" since {line.since}" if line.since else ""
    return f"{line.observable}: now {_state(line.state)}{since}"


def _state(state: str) -> str:
    return state.replace("_", " ")


def _evidence(rule: AlertRule, told: Told, now: CaseState, known: Container[str]) -> Alert | None:
    """One alert for everything new in a look: one thing told for each story and what it bears on, not each copy."""
    order = list(Strength)
    fresh: dict[str, NewItem] = {}
    implied: set[str] = set()
    for item in sorted(now.new, key=lambda i: (-order.index(i.strength), -(i.confidence or 0.0), i.id)):
        key = covered_evidence(now.case, item.subject)
        if order.index(item.strength) < order.index(rule.least_strength) or key in known or key in implied:
            continue
        if key not in fresh:
            fresh[key] = item
            implied.update(covered_evidence(now.case, s) for s in item.implies)
    if not fresh:
        return None
    items = list(fresh.values())
    n = len(items)
    head = f"{items[0].attribution}: {_cut(items[0].claim)}"
    more = (Reason(id="rest", what=f"and {n - REASONS} more"),) if n > REASONS else ()
    covers = tuple(sorted({*fresh, *(key for key in implied if key not in known)}))
    return Alert(
        key=_key(now.case, "evidence", *covers), case=now.case, kind=AlertKind.EVIDENCE, subject=items[0].id,
        at=now.at, as_of=now.as_of, headline=head if n == 1 else f"{n} new items. {head}", covers=covers,
        reasons=tuple(Reason(id=i.id, what=_told_of(i)) for i in items[:REASONS]) + more,
        evidence=tuple(i.id for i in items if i.proposal), if_accepted=now.if_accepted,
        present={s.id: s.probability for s in told.scenarios if s.id in now.if_accepted},
    )  # fmt: skip


def _told_of(item: NewItem) -> str:
    bears = f"{item.bears}, " if item.bears else ""
    return f"{item.attribution}: {_cut(item.claim)} ({bears}{item.strength})"


def covered_evidence(case: str, subject: str) -> str:
    """What is kept to know that a subject was told."""
    return _key(case, "evidence", subject)


def _sources(told: Told, now: CaseState) -> list[Alert]:
    found = []
    for line in sorted(now.sources, key=lambda s: s.source):
        before = told.sources.get(line.source, "ok")
        if before == line.state:
            continue
        subject = f"source {line.source}"
        key = _key(now.case, subject, told.last.get(subject, ""), line.state)
        found.append(
            Alert(
                key=key, case=now.case, kind=AlertKind.SOURCE_HEALTH, subject=line.source, at=now.at, as_of=now.as_of,
                headline=_health(line, before), covers=(key,),
                reasons=(Reason(id=line.source, what=line.why),) if line.why else (),
            )
        )  # fmt: skip
    return found


def _health(line: SourceLine, before: str) -> str:
    if line.state == "ok":
        return f"{line.source} answers again ({before} before); what it said meanwhile may be gone"
    words = {
        "failing": "cannot be read", "silent": "has said nothing new", "truncated": "gave only part of what it holds",
    }  # fmt: skip
    said = words.get(line.state, _state(line.state))
    return f"{line.source} {said} since {line.since:%Y-%m-%d %H:%M} UTC: no reporting is not no event"


def _due(rule: AlertRule, now: CaseState, known: Container[str]) -> list[Alert]:
    found = []
    for line in sorted(now.due, key=lambda d: d.question):
        if line.days_left < 0:
            step, said = "due", f"its window closed on {line.deadline}: say what happened"
        else:
            near = [d for d in sorted(rule.due_days) if line.days_left <= d]
            if not near:
                continue
            left = "today is the last day" if line.days_left == 0 else f"{line.days_left} days left"
            step, said = f"within {near[0]}", f"{left}, until {line.deadline}"
        key = _key(now.case, "due", line.question, step, line.deadline.isoformat())
        if key not in known:
            found.append(
                Alert(
                    key=key, case=now.case, kind=AlertKind.DUE, subject=line.question, at=now.at, as_of=now.as_of,
                    headline=f"{line.question}: {said}", covers=(key,),
                    reasons=(Reason(id=line.question, what=line.statement),),
                )
            )  # fmt: skip
    return found


# -- what is told then ------------------------------------------------------------------------------------


def _told(told: Told, now: CaseState, moved: Alert | None, alerts: Sequence[Alert]) -> Told:
    """Numbers are told whole: an alert shows every scenario that moved, so all are measured from it afterwards."""
    last = dict(told.last)
    direction = dict(told.direction)
    scenarios = {s.id: s for s in told.scenarios}
    if moved is not None:
        last["probability"] = moved.key
        direction |= {m.scenario: 1 if m.after > m.before else -1 for m in moved.moves}
        scenarios |= {s.id: s for s in now.scenarios}
    for line in now.scenarios:
        scenarios.setdefault(line.id, line)
    for alert in alerts:
        if alert.kind is AlertKind.INDICATOR:
            last[f"indicator {alert.subject}"] = alert.key
        elif alert.kind is AlertKind.SOURCE_HEALTH:
            last[f"source {alert.subject}"] = alert.key
    return Told(
        case=now.case, at=now.at, scenarios=tuple(_by_id(scenarios.values())), direction=direction,
        indicators={**told.indicators, **{i.id: i.state for i in now.indicators}},
        sources={**told.sources, **{s.source: s.state for s in now.sources}}, last=last,
    )  # fmt: skip


# -- when and how it is said ------------------------------------------------------------------------------


def send_at(rule: AlertRule, alert: Alert) -> dt.datetime:
    """When an alert may be sent: after quiet hours, at the next digest; at once when it is urgent."""
    if alert.urgent:
        return alert.at
    when = alert.at
    if rule.digest:
        when = min(_next(when, time, rule.zone) for time in rule.digest)
    return after_quiet(rule.quiet, when)


def after_quiet(quiet: QuietHours | None, at: dt.datetime) -> dt.datetime:
    """``at``, or the end of the quiet hours it falls into."""
    if quiet is None:
        return at
    clock = at.astimezone(zone_of(quiet.zone)).time()
    over_midnight = quiet.end < quiet.start
    inside = clock >= quiet.start or clock < quiet.end if over_midnight else quiet.start <= clock < quiet.end
    return _next(at, quiet.end, quiet.zone) if inside else at


def _next(after: dt.datetime, time: dt.time, zone: str) -> dt.datetime:
    """The first instant after ``after`` at which the clock of the zone shows ``time``, in UTC."""
    local = after.astimezone(zone_of(zone))
    for days in range(3):
        found = dt.datetime.combine(local.date() + dt.timedelta(days=days), time, tzinfo=local.tzinfo)
        moment = found.astimezone(dt.UTC)
        if moment > after:
            return moment
    raise AssertionError("no clock takes three days to a time of day")


def digest_key(keys: Iterable[str]) -> str:
    """The key of a message that tells several alerts."""
    return _key("digest", *sorted(keys))


def text_of(alert: Alert) -> str:
    """An alert as plain text: what moved and by how much, why, and what would follow."""
    lines = [f"{alert.case} ({alert.kind.replace('_', ' ')}): {alert.headline}"]
    if alert.moves:
        lines.append(f"As of {alert.as_of}, against what was last told:")
        lines += [
            f"  {m.label}: {_percent(m.before)} to {_percent(m.after)} ({100 * (m.after - m.before):+.1f} points, "
            f"{m.log_odds:+.2f} log-odds)"
            for m in alert.moves
        ]
        lines.append(f"Why ({alert.moves[0].label}, in log-odds):")
    for reason in alert.reasons:
        share = f"{reason.log_odds:+.2f}  " if reason.log_odds is not None else ""
        name = "" if ":" in reason.id or reason.id in ("rest", reason.what) else f"{reason.id}: "
        lines.append(f"  {share}{name}{_cut(reason.what, 200)}")
    if alert.if_accepted:
        lines.append("If all proposals were accepted: " + _if_accepted(alert.if_accepted, alert.present))
    if alert.kind is AlertKind.EVIDENCE and alert.evidence:
        lines.append(f"Nothing of it counts before it is accepted: vedette review {alert.case}")
    return "\n".join(lines)


def _if_accepted(found: Mapping[str, float], present: Mapping[str, float]) -> str:
    return ", ".join(
        f"{name} {_percent(p)}" + (f" ({_percent(present[name])} now)" if name in present else "")
        for name, p in sorted(found.items())
    )


def _percent(p: float) -> str:
    return f"{100 * p:.1f} %"


def _cut(text: str, size: int = 140) -> str:
    text = " ".join(text.split())
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"


def _key(*parts: str) -> str:
    """32 hex digits of SHA-256 over the parts, each with its length so that no two lists run together."""
    whole = "".join(f"{len(p)}:{p};" for p in parts)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]
