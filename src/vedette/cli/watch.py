"""``vedette watch``: sources looked at on schedule, alerts on what moved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.cli.run import CONTEXT
from vedette.cli.screen import clean, counted, cut, print_json, print_table, say
from vedette.cli.watch_replay import replay

if TYPE_CHECKING:
    import datetime as dt

    from vedette.domain.alerts import AlertRule
    from vedette.ports.watching import CaseWatch, Watch

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=CONTEXT,
    help="Watch sources for a case and be told what moved, by how much and why. Nothing is told twice.",
)  # fmt: skip

app.command("replay")(replay)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@app.command("add")
def add(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case to watch for.")],
    feed: Annotated[list[str] | None, typer.Option("--feed", metavar="URL", help="An RSS or Atom feed.")] = None,
    page: Annotated[list[str] | None, typer.Option("--page", metavar="URL", help="A page that changes.")] = None,
    folder: Annotated[list[str] | None, typer.Option("--folder", metavar="DIR", help="A folder files come to.")] = None,
    events: Annotated[
        list[str] | None, typer.Option("--events", metavar="STATE:STATE", help="Coded events between two states.")
    ] = None,
    every: Annotated[str, typer.Option("--every", metavar="TIME", help="How often: 90s, 15m, 6h, 1d.")] = "15m",
    publisher: Annotated[str, typer.Option("--publisher", help="Who publishes it, when it does not say so.")] = "",
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="The addresses may lie inside your own network.")
    ] = False,
    channel: Annotated[
        list[str] | None,
        typer.Option(
            "--channel", metavar="NAME", help="Where alerts go: stdout, atom, atom:PATH, or a name of yours."
        ),
    ] = None,
    points: Annotated[float | None, typer.Option("--points", help="Percentage points that are a move.")] = None,
    log_odds: Annotated[float | None, typer.Option("--log-odds", help="Change in log-odds that is a move.")] = None,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", metavar="ID", help="Only moves of these scenarios.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Only these: probability, indicator, evidence, source_health, due."),
    ] = None,
    strength: Annotated[
        str | None, typer.Option("--strength", help="Weakest proposal that is told: weak, moderate, strong, decisive.")
    ] = None,
    quiet: Annotated[
        str | None, typer.Option("--quiet", metavar="HH:MM-HH:MM", help="Hours in which nothing is sent; none: off.")
    ] = None,
    digest: Annotated[
        str | None, typer.Option("--digest", metavar="HH:MM,...", help="Send together at these times; none: at once.")
    ] = None,
    zone: Annotated[str | None, typer.Option("--zone", metavar="ZONE", help="Time zone of these hours.")] = None,
    if_accepted: Annotated[
        bool | None,
        typer.Option(
            "--if-accepted/--no-if-accepted", help="Also show the number were the new proposals accepted."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Watch sources for a case, or change when and where it alerts.

    What is not given stays as it was. Addresses and secrets of channels come from the environment or the keyring:
    VEDETTE_ALERT_DESK holds the address of the channel "desk".
    """
    from vedette.bootstrap import open_workspace
    from vedette.workflows.open_case import stored_case
    from vedette.workflows.watch import add_watches

    workspace = open_workspace()
    found = stored_case(workspace.cases, case)
    watches = _watches(
        found.id, {"feed": feed, "page": page, "folder": folder, "events": events}, every=_seconds(every, "--every"),
        publisher=publisher, allow_private=allow_private,
    )  # fmt: skip
    setting = _setting(
        workspace.watching.case_watch(found.id), channels=channel, points=points, log_odds=log_odds, scenarios=scenario,
        kinds=kind, strength=strength, quiet=quiet, digest=digest, zone=zone, if_accepted=if_accepted,
    )  # fmt: skip
    for name in setting.channels:
        workspace.channel(name, write=print)  # says now what would fail at three in the morning
    for name in setting.rule.scenarios:
        found.scenario_set.scenario(name)
    looker = workspace.looker()
    fresh, setting = add_watches(workspace.watching, looker, watches, setting)
    if looker.closed(found.id):
        say(
            f"Warning: {found.id} closed on {found.deadline}: nothing will be read into it. "
            "A case with a later deadline is made with:  vedette case new"
        )
    if as_json:
        print_json({"case": found.id, "added": fresh, "setting": setting})
        return
    for watch in watches:
        said = "watched" if watch in fresh else "watched already"
        print(f"{found.id}: {watch.kind} {clean(watch.address)} {said}, every {_time(watch.every)}")
    print(f"{found.id}: alerts to {', '.join(setting.channels)}; {_rule_words(setting)}")
    say("Next:  vedette watch run")


@app.command("list")
def list_watches(
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="Only this case.")] = None,
    as_json: AsJson = False,
) -> None:
    """What is watched, how often, and when it alerts."""
    from vedette.bootstrap import open_workspace

    store = open_workspace().watching
    watches = store.watches(case)
    settings = {name: store.case_watch(name) for name in sorted({w.case for w in watches})}
    if as_json:
        print_json({"watches": watches, "cases": settings})
        return
    if not watches:
        print("Nothing is watched.")
        say("Next:  vedette watch add CASE --feed URL")
        return
    print_table(
        ["Case", "Kind", "Source", "Every"], [[w.case, w.kind, w.address, _time(w.every)] for w in watches],
        wrap=("Source",),
    )  # fmt: skip
    print()
    for name, setting in settings.items():
        print(f"{name}: alerts to {', '.join(setting.channels)}; {_rule_words(setting)}")


@app.command("remove")
def remove(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case.")],
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="Address, folder or pair of states; without it all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Stop watching a source, or all sources of a case. What was read and told stays."""
    from vedette.bootstrap import open_workspace
    from vedette.errors import UnknownName

    store = open_workspace().watching
    mine = [w for w in store.watches(case) if source in (None, w.address, w.source)]
    if not mine:
        known = [w.address for w in store.watches(case)] or sorted({w.case for w in store.watches()})
        raise UnknownName("watch", source or case, nearest=known[:3], where=case)
    for watch in mine:
        store.remove_watch(case, watch.source)
    if as_json:
        print_json({"case": case, "removed": mine})
        return
    for watch in mine:
        print(f"{case}: {watch.kind} {clean(watch.address)} is no longer watched")


@app.command("run")
def run(
    once: Annotated[bool, typer.Option("--once", help="One round over all sources, then stop.")] = False,
    every: Annotated[
        str | None, typer.Option("--every", metavar="TIME", help="Look at all sources so often, whatever was said.")
    ] = None,
    trust_clock: Annotated[
        bool, typer.Option("--trust-clock", help="Take today's date although an earlier look was for a later day.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print alerts as JSON lines.")] = False,
) -> int:
    """Watch: look at sources when they are due, read what is new, compare each case with what was told, send alerts.

    Runs until it is stopped (Ctrl-C). It can be stopped or killed at any time: an item and the alert about it are
    recorded together, and what was not sent is sent by the next run. Status 1 with --once when a source or a
    channel failed.
    """
    import signal
    import sys
    import threading

    from vedette.bootstrap import open_workspace

    def write(text: str) -> None:
        print(clean_lines(text), flush=True)

    workspace = open_workspace()
    store = workspace.watching
    if not store.watches():
        print("Nothing is watched.")
        say("Next:  vedette watch add CASE --feed URL")
        return 0
    if trust_clock:
        looker = workspace.looker()
        for name in sorted({w.case for w in store.watches()}):
            if looker.trust_clock(name):
                say(f"{name}: numbers are compared anew from today")
    service = workspace.watch_service(
        write=write, say=lambda line: say(f"vedette: {clean(line)}"), as_json=as_json,
        every=_seconds(every, "--every") if every is not None else None,
    )  # fmt: skip
    if once:
        looked = service.once()
        for name, why in looked.failed.items():
            say(f"vedette: {clean(name)}: {clean(why)}")
        say(
            f"{counted(looked.polled, 'source')} looked at, {counted(looked.items, 'item')} read, "
            f"{counted(looked.proposals, 'proposal')}, {counted(len(looked.alerts), 'alert')}, "
            f"{counted(looked.sent, 'message')} sent."
        )
        return 1 if looked.failed else 0
    stop = threading.Event()
    before = {s: signal.signal(s, lambda *_: stop.set()) for s in (signal.SIGINT, signal.SIGTERM)}
    say(f"Watching {counted(len(store.watches()), 'source')}; stop with Ctrl-C.")
    try:
        service.run(stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.stdout.flush()
    return 0


@app.command("status")
def show_status(as_json: AsJson = False) -> int:
    """Health of every source, what became of its items, and what waits to be sent. Status 1 when something is not well.

    No reporting is not no event: a source that fails, is silent or gave only part of what it holds is named.
    """
    from vedette.bootstrap import open_workspace
    from vedette.workflows.watch import status

    workspace = open_workspace()
    found = status(workspace.watching, workspace.clock.now())
    stuck = [m for m in found["waiting"] if m["tries"]]
    if as_json:
        print_json(found)
        return 1 if found["poor"] or stuck else 0
    if not found["sources"]:
        print("Nothing is watched.")
        return 0
    print_table(
        ["Case", "Source", "State", "Since", "Answered", "New", "Items", "Why"],
        [
            [r["case"], cut(r["source"], 60), r["state"] + (", overdue" if r["overdue"] else ""), _minute(r["since"]),
             _minute(r["last_ok"]), _minute(r["last_new"]),
             ", ".join(f"{n} {state}" for state, n in sorted(r["items"].items())) or "-", r["why"]]
            for r in found["sources"]
        ],
    )  # fmt: skip
    print()
    for name, states in found["channels"].items():
        print(f"{clean(name)}: {', '.join(f'{n} {state}' for state, n in sorted(states.items()))}")
    for message in stuck:
        print(f"  not sent to {message['channel']} after {message['tries']} tries: {clean(message['why'])}")
    if found["note"]:
        say(found["note"] + ".")
    return 1 if found["poor"] or stuck else 0


@app.command("alerts")
def show_alerts(
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="Only this case.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="From this day on.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Alerts recorded so far, newest first, with what moved and why."""
    from vedette.bootstrap import open_workspace
    from vedette.cli.files import day
    from vedette.domain.time import instant
    from vedette.warning.alerts import text_of

    start = day(since, "--since")
    found = open_workspace().watching.alerts(case, since=instant(start) if start else None, limit=limit)
    if as_json:
        from vedette.codec.json import encode

        print_json({"alerts": [encode(a) for a in found]})
        return
    if not found:
        print("No alerts yet.")
    for alert in found:
        print(f"{alert.at:%Y-%m-%d %H:%M} UTC  {alert.key}")
        print(clean_lines(text_of(alert)))
        print()


def clean_lines(text: str) -> str:
    """Somebody else's words made safe for a terminal, line by line; the indent stays."""
    lines = text.split("\n")
    return "\n".join(" " * (len(line) - len(line.lstrip(" "))) + clean(line.strip()) for line in lines)


# -- options ----------------------------------------------------------------------------------------------


def _watches(
    case: str, given: dict[str, list[str] | None], *, every: float, publisher: str, allow_private: bool
) -> tuple[Watch, ...]:
    from pathlib import Path

    from vedette.errors import BadInput
    from vedette.ports.watching import Watch, WatchKind

    found = []
    for name, addresses in given.items():
        for text in addresses or []:
            address = text.strip()
            if name in ("feed", "page") and not re.match(r"https?://[^\s/]+", address):
                raise BadInput(f"{address!r} is not an http(s) address", where=f"--{name}")
            if name == "folder":
                address = str(Path(address).expanduser().absolute())
                if Path(address).exists() and not Path(address).is_dir():
                    raise BadInput(
                        "this is a file, not a folder", where=address,
                        fix=f"Read it once with: vedette read --case {case} FILE; or watch {Path(address).parent}",
                    )  # fmt: skip
                if not Path(address).is_dir():
                    raise BadInput("no such folder", where=address)
            if name == "events":
                address = _pair(address)
            found.append(
                Watch(
                    case=case, kind=WatchKind(name), address=address, every=every, publisher=publisher,
                    allow_private=allow_private,
                )
            )  # fmt: skip
    return tuple(found)


def _pair(text: str) -> str:
    from vedette.errors import BadInput
    from vedette.reference.states import find_state

    names = [n.strip() for n in text.split(":")]
    if len(names) != 2 or not all(names):
        raise BadInput(f"{text!r} is not a pair of states", where="--events", fix="For example --events RUS:UKR")
    codes = [find_state(n).iso3 for n in names]
    if not all(codes) or codes[0] == codes[1]:
        raise BadInput(f"{text!r} is not a pair of states with codes", where="--events")
    return f"{codes[0]}:{codes[1]}"


def _setting(before: CaseWatch, *, channels: list[str] | None, if_accepted: bool | None, **rule: Any) -> CaseWatch:
    from dataclasses import replace

    return replace(
        before, rule=_rule(before.rule, **rule),
        channels=tuple(dict.fromkeys(channels)) if channels else before.channels,
        if_accepted=before.if_accepted if if_accepted is None else if_accepted,
    )  # fmt: skip


def _rule(
    before: AlertRule, *, points: float | None, log_odds: float | None, scenarios: list[str] | None,
    kinds: list[str] | None, strength: str | None, quiet: str | None, digest: str | None, zone: str | None,
) -> AlertRule:  # fmt: skip
    from dataclasses import replace

    from vedette.domain.alerts import AlertKind, QuietHours
    from vedette.domain.claims import Strength

    changes: dict[str, Any] = {}
    if points is not None:
        changes["points"] = points
    if log_odds is not None:
        changes["log_odds"] = log_odds
    if scenarios:
        changes["scenarios"] = tuple(scenarios)
    if kinds:
        changes["kinds"] = frozenset(_named(AlertKind, k, "--kind") for k in kinds)
    if strength is not None:
        changes["least_strength"] = _named(Strength, strength, "--strength")
    in_zone = zone or before.zone
    changes["zone"] = in_zone
    if quiet is not None:
        start, dash, end = quiet.partition("-")
        off = quiet.strip().lower() == "none" or not dash
        changes["quiet"] = (
            None if off and quiet.strip().lower() == "none"
            else QuietHours(start=_clock(start, "--quiet"), end=_clock(end, "--quiet"), zone=in_zone)
        )  # fmt: skip
    elif before.quiet is not None:
        changes["quiet"] = replace(before.quiet, zone=in_zone)
    if digest is not None:
        none = digest.strip().lower() == "none"
        changes["digest"] = () if none else tuple(_clock(t, "--digest") for t in digest.split(","))
    return replace(before, **changes)


def _named(kind: Any, text: str, option: str) -> Any:
    from vedette.errors import UnknownName

    try:
        return kind(text.strip().lower())
    except ValueError:
        raise UnknownName("value", text, nearest=[str(k.value) for k in kind], where=option) from None


def _clock(text: str, option: str) -> dt.time:
    import datetime as dt

    from vedette.errors import DateRefused

    try:
        return dt.datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007  a time of day in a zone of its own
    except ValueError:
        raise DateRefused(f"{text!r} is not a time of day", where=option, fix="Write it as HH:MM") from None


def _seconds(text: str, option: str) -> float:
    from vedette.errors import BadInput

    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", text)
    seconds = float(found[1]) * _SECONDS[found[2] or "s"] if found else 0.0
    if not 0 < seconds <= 30 * 86400:
        raise BadInput(f"{text!r} is not a time from above 0 to 30 days", where=option, fix="For example 90s, 15m, 6h")
    return seconds


def _time(seconds: float) -> str:
    for unit in ("d", "h", "m"):
        if seconds >= _SECONDS[unit] and seconds % _SECONDS[unit] == 0:
            return f"{seconds / _SECONDS[unit]:.0f}{unit}"
    return f"{seconds:g}s"


def _minute(at: dt.datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"


def _rule_words(setting: CaseWatch) -> str:
    rule = setting.rule
    parts = [f"a move is {rule.points:g} points or {rule.log_odds:g} in log-odds"]
    if rule.scenarios:
        parts.append(f"of {', '.join(rule.scenarios)}")
    if rule.quiet is not None:
        parts.append(f"quiet {rule.quiet.start:%H:%M}-{rule.quiet.end:%H:%M} {rule.quiet.zone}")
    if rule.digest:
        parts.append(f"digest at {', '.join(f'{t:%H:%M}' for t in rule.digest)} {rule.zone}")
    return "; ".join(parts)
