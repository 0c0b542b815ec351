"""``vedette review``: work through proposed evidence, by single keys or by options."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.cli.keys import SingleKeys
from vedette.cli.screen import clean, counted, cut, interactive, print_json, print_table, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vedette.bootstrap import Workspace
    from vedette.domain.case import Case
    from vedette.domain.evidence import Evidence
    from vedette.workflows.review import Decision

KEYS = """  a  accept     r  reject     c  correct (a new record, with a reason)
  s  skip       u  undo the last decision
  q  quit; decisions made so far are kept     ?  this help"""


def review(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case whose proposals are reviewed.")],
    accept: Annotated[list[str] | None, typer.Option("--accept", metavar="ID", help="Accept this item.")] = None,
    reject: Annotated[list[str] | None, typer.Option("--reject", metavar="ID", help="Reject this item.")] = None,
    withdraw: Annotated[
        list[str] | None, typer.Option("--withdraw", metavar="ID", help="Take back the decision on this item.")
    ] = None,
    accept_all_above: Annotated[
        float | None, typer.Option("--accept-all-above", metavar="CONF", help="Accept proposals this sure (0..1).")
    ] = None,
    correct: Annotated[str | None, typer.Option("--correct", metavar="ID", help="Correct this item.")] = None,
    changes: Annotated[
        str | None, typer.Option("--set", metavar="FIELD=VALUE,...", help="What the correction sets.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; a correction needs it.")] = "",
    author: Annotated[str | None, typer.Option("--author", help="Who decides (default: VEDETTE_AUTHOR).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Accept, reject or correct proposed evidence, the most consequential first; or take a decision back.

    Without options on a terminal: one item at a time, by single keys. With options: all decisions are recorded, or
    none. Without either: lists what waits.
    """
    from vedette.bootstrap import open_workspace
    from vedette.workflows.open_case import open_case
    from vedette.workflows.review import proposals
    from vedette.workflows.review import review as record

    workspace = open_workspace()
    who = (author or workspace.settings.author).strip()
    found = open_case(workspace.cases, case)
    decisions = _decisions(found, accept, reject, withdraw, accept_all_above, correct, changes, reason)
    if decisions is None and interactive() and not as_json:
        _work_through(workspace, case, who)
        return
    made = record(workspace.cases, workspace.clock, case, decisions or [], author=who)
    waiting = proposals(open_case(workspace.cases, case))
    if as_json:
        from vedette.workflows.ingest import proposal_row

        print_json({"case": found.id, "reviews": made, "waiting": [proposal_row(e) for e in waiting]})
        return
    for item in made:
        newer = f" -> {item.replacement}" if item.replacement else ""
        print(f"{item.verdict}  {item.evidence}{newer}  by {item.author}")
    if decisions is None:
        _print_waiting(waiting)
    say(f"{counted(len(waiting), 'proposal')} still to review." if waiting else "Nothing is left to review.")
    say(f"Next:  vedette {'assess' if made or not waiting else 'review'} {case}")


def _decisions(
    case: Case, accept: list[str] | None, reject: list[str] | None, withdraw: list[str] | None, sure: float | None,
    correct: str | None, changes: str | None, reason: str,
) -> list[Decision] | None:  # fmt: skip
    """What the options ask for; None when they ask for nothing."""
    from vedette.domain.evidence import Verdict
    from vedette.errors import BadInput
    from vedette.workflows.review import Decision, above, parse_changes

    if changes is not None and correct is None:
        raise BadInput("--set needs the item to correct", fix="Name it with --correct ID")
    if not accept and not reject and not withdraw and sure is None and correct is None:
        return None
    found = [Decision(evidence=name, verdict=Verdict.ACCEPT, reason=reason) for name in _ids(accept)]
    found += [Decision(evidence=name, verdict=Verdict.REJECT, reason=reason) for name in _ids(reject)]
    found += [Decision(evidence=name, verdict=Verdict.WITHDRAW, reason=reason) for name in _ids(withdraw)]
    if correct is not None:
        found.append(
            Decision(evidence=correct, verdict=Verdict.CORRECT, reason=reason, changes=parse_changes(changes or ""))
        )
    if sure is not None:
        named = {d.evidence for d in found}
        why = reason or f"accepted together: the rules were {sure:g} sure or more"
        found += [
            Decision(evidence=e.id, verdict=Verdict.ACCEPT, reason=why) for e in above(case, sure) if e.id not in named
        ]
    return found


def _ids(given: list[str] | None) -> list[str]:
    """Ids given one an option, or several separated by commas."""
    return [name.strip() for text in given or [] for name in text.split(",") if name.strip()]


def _print_waiting(waiting: Sequence[Evidence]) -> None:
    if not waiting:
        return
    print_table(
        ["Id", "Kind", "Who says so", "Bears on", "Sure", "Quote"],
        [
            [e.id, e.kind, e.attribution, _bears(e), "-" if e.confidence is None else f"{e.confidence:.2f}",
             cut(e.quote.text if e.quote else e.claim, 90)]
            for e in waiting
        ],
        right=("Sure",), wrap=("Who says so", "Bears on", "Quote"),
    )  # fmt: skip


def _bears(item: Any) -> str:
    return "; ".join(f"{b.scenario} {b.condition} {b.direction} ({b.strength})" for b in item.bearings)


def _work_through(workspace: Workspace, name: str, author: str) -> None:
    from vedette.workflows.open_case import open_case
    from vedette.workflows.review import proposals
    from vedette.workflows.triage import seen_token

    found = open_case(workspace.cases, name)
    queue = list(proposals(found))
    if not queue:
        say("Nothing to review.")
        say(f"Next:  vedette read FILE --case {name} --published YYYY-MM-DD")
        return
    with SingleKeys() as keys:
        session = Session(workspace, name, author, keys, {e.id: seen_token(found, e.id) for e in queue})
        position = 0
        # Ctrl-C between two keys is a "q" like Ctrl-C at the prompt: what was decided is kept.
        with contextlib.suppress(KeyboardInterrupt):
            while position < len(queue):
                position = session.step(queue, position)
        session.keep()
    say(f"{session.summary()} Next:  vedette assess {name}")


class Session:
    """One sitting. The last decision is held until the next one, so that it can be undone; all others are recorded."""

    def __init__(
        self, workspace: Workspace, case: str, author: str, keys: SingleKeys, seen: Mapping[str, str]
    ) -> None:
        """``seen``: tokens of the items as they were when the sitting began (`vedette.workflows.triage.seen_token`)."""
        self.keys = keys
        self.seen = seen
        self.workspace = workspace
        self.case = case
        self.author = author
        self.held: Decision | None = None
        self.counts: dict[str, int] = {}

    def keep(self) -> None:
        """Record the held decision."""
        if self.held is None:
            return
        decision = self.held
        done = self._put_down(decision)
        # Let go only once it is on record: an interrupted write is tried again.
        self.held = None
        if done:
            self.counts[decision.verdict.value] = self.counts.get(decision.verdict.value, 0) + 1

    def _put_down(self, decision: Decision) -> bool:
        """Record a decision; False, saying who was faster and how to go on, when somebody decided meanwhile."""
        from vedette.errors import EditConflict
        from vedette.workflows.triage import decide

        name, option = decision.evidence, f"--{decision.verdict.value}"
        try:
            decide(
                self.workspace.cases, self.workspace.clock, self.case, decision, author=self.author,
                seen=self.seen.get(name),
            )
        except EditConflict as error:
            say(f"  {error.what.replace('this page was loaded', 'this sitting began')}. Yours was not recorded.")
            say(f"  Keep theirs, or put yours on top of it with: vedette review {self.case} {option} {name}")
            return False
        return True

    def decide(self, decision: Decision) -> None:
        """Hold a decision, recording the one before it."""
        self.keep()
        self.held = decision

    def summary(self) -> str:
        """What was recorded."""
        said = ", ".join(f"{n} {verdict}ed" for verdict, n in self.counts.items())
        return f"Recorded: {said}." if said else "Nothing was recorded."

    def step(self, queue: Sequence[Evidence], position: int) -> int:
        """Show an item, take a key; returns the next position."""
        from vedette.domain.evidence import Verdict
        from vedette.errors import VedetteError
        from vedette.workflows.review import Decision

        item = queue[position]
        _show(item, position + 1, len(queue))
        typer.echo("[a/r/c/s/u/q/?] ", nl=False, err=True)
        key = self.keys.read()
        say(key if key.isprintable() else "")
        if key in ("a", "r"):
            verdict = Verdict.ACCEPT if key == "a" else Verdict.REJECT
            self.decide(Decision(evidence=item.id, verdict=verdict))
            return position + 1
        if key == "c":
            try:
                self._correct(item)
            except VedetteError as error:
                say(f"  {error}")
                return position
            return position + 1
        if key == "s":
            return position + 1
        if key == "u":
            return self._undo(queue, position)
        if key in ("q", ""):
            return len(queue)
        say(KEYS)
        return position

    def _undo(self, queue: Sequence[Evidence], position: int) -> int:
        if self.held is None:
            say("  Nothing to undo: earlier decisions are recorded. Decide on the item again to replace one.")
            return position
        undone, self.held = self.held, None
        say(f"  Undone: {undone.verdict} {undone.evidence}")
        return next((i for i, e in enumerate(queue) if e.id == undone.evidence), position)

    def _correct(self, item: Evidence) -> None:
        from vedette.domain.evidence import Verdict
        from vedette.workflows.review import FIELDS, Decision, parse_changes

        say(f"  Fields: {', '.join(FIELDS)}")
        with self.keys.lines():
            changes = parse_changes(typer.prompt("  Set (field=value,...)", err=True))
            reason = typer.prompt("  Reason", err=True)
        self.keep()
        decision = Decision(evidence=item.id, verdict=Verdict.CORRECT, reason=reason, changes=changes)
        # Recorded at once: a correction that cannot be made must be said while the analyst is still at it.
        if self._put_down(decision):
            self.counts["correct"] = self.counts.get("correct", 0) + 1


def _show(item: Evidence, number: int, total: int) -> None:
    from vedette.reference.grades import grade_words

    quote = item.quote
    print()
    print(f"{number}/{total}  {item.id}  {item.kind}, {clean(item.attribution)}, {item.times.available_at.date()}")
    if quote is not None:
        before = quote.document.text[max(0, quote.start - 120) : quote.start]
        after = quote.document.text[quote.end : quote.end + 120]
        print(f"  …{clean(before)} «{clean(quote.text)}» {clean(after)}…")
    else:
        print(f"  {clean(item.claim)}")
    for bearing in item.bearings:
        print(f"  -> {bearing.option}.{bearing.scenario}: {bearing.condition} {bearing.direction}, {bearing.strength}")
    print(f"  Grade {item.grade}: {grade_words(item.grade)}")
    if item.provenance is not None and item.provenance.reason:
        print(f"  Why proposed: {clean(item.provenance.reason)}")
