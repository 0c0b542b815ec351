"""What ``--llm`` shows: how far the two readers agree, what was dropped, tokens and cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vedette.cli.screen import counted, cut, interactive, print_table, say

if TYPE_CHECKING:
    from vedette.bootstrap import Workspace
    from vedette.domain.reading import Claim
    from vedette.scoring.agreement import CategoryAgreement
    from vedette.workflows.ingest import Reading
    from vedette.workflows.second_read import Reader, SecondReading


class Asking:
    """The second reader of one run of ``vedette read``. ``failed`` are sources it could not read, with the reason.

    When its server fails once, the other documents are read by the rules alone: each would wait as long in vain.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._reader: Reader | None = workspace.second_reader()
        self.failed: list[dict[str, str]] = []

    def ask(self, reading: Reading, name: str) -> SecondReading | None:
        """Have a document just read into a case read a second time; None when that failed, which is said."""
        from vedette.errors import DocumentRefused, SourceFailed
        from vedette.workflows.second_read import read_into_case

        if self._reader is None:
            self.failed.append({"source": name, "error": "not given to the second reader: its server failed before"})
            return None
        announce(self._reader, name, len(reading.document.text))
        try:
            return read_into_case(
                self._workspace.cases, self._workspace.clock, reading, self._reader, progress=progress
            )
        except SourceFailed as error:
            self._reader = None
            self._say(name, str(error))
            say("The rules' proposals are kept. Run the command again to have the second reader's.")
        except DocumentRefused as error:
            self._say(name, str(error))
        return None

    def _say(self, name: str, error: str) -> None:
        self.failed.append({"source": name, "error": f"second reader: {error}"})
        say(f"vedette: second reader: {error}")


def second_rows(second: SecondReading | None) -> dict[str, Any]:
    """What ``--llm`` adds to the JSON of a reading; ``null`` when the second reader failed."""
    return {"second_reader": None if second is None else second.to_dict()}


def announce(reader: Reader, name: str, characters: int) -> None:
    """Say that a document leaves the machine, before it does."""
    if not reader.local:
        say(f"Sending {characters} characters of {name} to {reader.host}.")


def progress(done: int, parts: int) -> None:
    """Follow the parts of a long document, on a terminal."""
    if parts > 1 and interactive():
        say(f"  part {done} of {parts}")


def print_second(second: SecondReading) -> None:
    """The agreement table, and what it cost."""
    print()
    if second.note:
        print(f"Second reader {second.reader}: {second.note}; nothing was sent.")
        return
    print(f"Second reader {second.reader}: {counted(len(second.transcripts), 'answer')}, {_used(second)}.")
    print_dropped(second.dropped)
    if second.known:
        print(f"Proposed there already by another reader: {counted(second.known, 'claim')}.")
    if second.unplaced:
        print(f"Not proposed: {counted(len(second.unplaced), 'claim')} that bear on nothing this case weighs.")
    found = second.agreement
    print_table(["Found by", "Claims"], [
        ["both", len(found.both)], ["rules only", len(found.rules_only)], ["llm only", len(found.second_only)],
    ], right=("Claims",))  # fmt: skip
    print(f"Same first condition:  {_figures(found.condition)}")
    print(f"Same direction:        {_figures(found.direction)}")
    if second.added:
        print_table(["Added", "Kind", "Who says so", "Bears on", "Quote"], [
            [e.id, e.kind, e.attribution,
             "; ".join(f"{b.option}.{b.scenario} {b.condition} {b.direction} ({b.strength})" for b in e.bearings),
             cut(e.claim, 90)] for e in second.added
        ], wrap=("Who says so", "Bears on", "Quote"))  # fmt: skip
    differences = found.differences()
    if differences:
        print_table(["Where they differ", "Rules", "Second reader"], [
            [cut(a.quote, 70), _reads(a), _reads(b)] for a, b in differences
        ], wrap=("Where they differ", "Rules", "Second reader"))  # fmt: skip
    for digest in second.transcripts:
        say(f"Transcript {digest}")


def print_dropped(dropped: Mapping[str, int]) -> None:
    """What was not kept of the answers; said also when that is nothing."""
    said = "; ".join(f"{reason}: {n}" for reason, n in dropped.items())
    print(f"Dropped of its answers: {said or 'nothing'}.")


def _used(second: SecondReading) -> str:
    if second.tokens_in is None or second.tokens_out is None:
        return "tokens not counted by the server, cost not known"
    tokens = f"{second.tokens_in} tokens in, {second.tokens_out} out"
    if second.cost is None:
        return f"{tokens}, cost not known (set VEDETTE_LLM_PRICE_IN and VEDETTE_LLM_PRICE_OUT)"
    return f"{tokens}, cost {second.cost:.4f}"


def _figures(found: CategoryAgreement) -> str:
    """The share first, then kappa with its interval; n always."""
    if found.observed is None:
        return "no pairs to compare (n = 0)"
    kappa = "not defined" if found.kappa is None else f"{found.kappa:.2f}"
    limits = "" if found.interval is None else f" (95% interval {found.interval[0]:.2f} to {found.interval[1]:.2f})"
    return f"{found.observed:.0%} of pairs, Cohen's kappa {kappa}{limits}, n = {found.n}"


def _reads(claim: Claim) -> str:
    return "; ".join(f"{c.condition} {c.direction}" for c in claim.conditions) or "-"
