"""One run of ``vedette read``: every document of every source, what became of it, and the table at the end."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from vedette.cli.screen import counted, cut, interactive, print_table, say

if TYPE_CHECKING:
    import datetime as dt

    from vedette.bootstrap import Workspace
    from vedette.cli.second_reader import Asking
    from vedette.extraction.parser import SentenceParser
    from vedette.ports.reading import DocumentSource, Handed, Translator
    from vedette.workflows.ingest import Reading, Source


class _Addresses(Container[str]):
    """Addresses a case's documents came from, looked up only when a feed asks."""

    def __init__(self, workspace: Workspace, case: str) -> None:
        self._workspace = workspace
        self._case = case
        self._found: frozenset[str] | None = None

    def __contains__(self, url: object) -> bool:
        if self._found is None:
            self._found = self._workspace.cases.addresses(self._case)
        return url in self._found


class Run:
    """What ``vedette read`` does with its sources. ``health`` has one row for every document found or not had."""

    def __init__(
        self, workspace: Workspace, case: str, *, given: dict[str, Any], as_of: dt.date | None, asking: Asking | None,
        translator: Translator | None, quiet: bool, many: bool, parser: SentenceParser | None = None,
    ) -> None:  # fmt: skip
        self._workspace = workspace
        self._case = case
        self._given = given
        self._as_of = as_of
        self._asking = asking
        self._translator = translator
        self._parser = parser
        self._quiet = quiet
        self._many = many
        self._kinds = workspace.source_kinds()
        self.health: list[dict[str, str]] = []
        self.readings: list[dict[str, Any]] = []
        self.proposed = False

    def known_addresses(self) -> Container[str]:
        """Addresses read before."""
        return _Addresses(self._workspace, self._case)

    def refused(self) -> list[dict[str, str]]:
        """Sources that failed, with the reason; the second reader's failures too."""
        failed = [{"source": row["source"], "error": row["why"]} for row in self.health if row["state"] == "failed"]
        return failed + (self._asking.failed if self._asking is not None else [])

    def read_all(self, name: str, source: DocumentSource) -> None:
        """Read every document behind ``name``; nothing is passed over without a row."""
        from vedette.ports.reading import Outcome, Passed
        from vedette.workflows.ingest import already_read

        gathered = name != "-" and (Path(name).is_dir() or re.match(r"[a-z][a-z0-9+.-]*://", name, re.IGNORECASE))
        for found in source.documents(name):
            if isinstance(found, Passed):
                self._row(found.source, str(found.outcome), found.why)
                if found.outcome is Outcome.FAILED:
                    say(f"vedette: {found.source}: {found.why}")
                continue
            if gathered and self._asking is None:
                # Going on where an earlier run stopped: a document that is there already is not worked through again.
                same = already_read(self._workspace.cases, self._case, found.content)
                if same is not None:
                    self._row(found.source, "skipped", f"already in {self._case} as {same.id}")
                    if not self._quiet:
                        print(f"{found.source}: already in {self._case} as {same.id}; nothing changed.")
                    continue
            if (self._many or gathered) and not self._quiet:
                say(f"Reading {found.source}")
            self._one(found)

    def _one(self, found: Handed) -> None:
        from vedette.errors import Damaged, DocumentRefused, Unavailable, UnknownName, VedetteError

        source = self._source(found)
        try:
            reading, source = self._read(source)
        except (Unavailable, Damaged, UnknownName):
            raise  # the workspace or the case itself: the other documents would fail alike
        except VedetteError as error:
            hint = f" ({'; '.join(found.notes)})" if found.notes and isinstance(error, DocumentRefused) else ""
            self._row(found.source, "failed", f"{error.what}{hint}" + (f". {error.fix}" if error.fix else ""))
            say(f"vedette: {error}{hint}")
            return
        self._row(found.source, "skipped" if reading.already else "ok", self._said(reading))
        self._show(reading, found.notes, found.name)
        if self._translator is not None and reading.document.language != "en":
            self._translated(found.source, reading, source)

    def _source(self, found: Handed) -> Source:
        from vedette.workflows.ingest import Source

        g = self._given
        return Source(
            content=found.content, name=found.name, layer=found.layer, page=found.page,
            published=g["published"] or found.published, available=g["available"], title=g["title"] or found.title,
            author=g["author"] or found.author, publisher=g["publisher"] or found.publisher, url=g["url"] or found.url,
            kinds=self._kinds, parser=self._parser,
        )  # fmt: skip

    def _read(self, source: Source) -> tuple[Reading, Source]:
        from vedette.domain.time import parse_date
        from vedette.errors import DateRefused, DocumentRefused
        from vedette.workflows.ingest import read_document

        workspace = self._workspace
        while True:
            try:
                return read_document(workspace.cases, workspace.clock, self._case, source, as_of=self._as_of), source
            except DocumentRefused as error:
                if source.published is not None or "--published" not in error.fix or not interactive():
                    raise
            answer = typer.prompt(f"When was {source.name} published (YYYY-MM-DD)", err=True)
            try:
                source = replace(source, published=parse_date(answer))
            except DateRefused as error:
                say(f"  {error}")

    def _translated(self, name: str, reading: Reading, source: Source) -> None:
        """Read the translation as a document of its own, never as the source."""
        from vedette.errors import BadInput, SourceFailed
        from vedette.workflows.ingest import translation_source

        assert self._translator is not None
        label = f"{name} > translation"
        try:
            made, _ = self._read(
                replace(
                    translation_source(reading, source, self._translator), kinds=self._kinds, parser=self._parser
                )
            )
        except (SourceFailed, BadInput) as error:
            self._row(label, "failed", str(error))
            say(f"vedette: {label}: {error}")
            return
        self._row(label, "skipped" if made.already else "ok", self._said(made))
        self._show(made, (), label)

    def _said(self, reading: Reading) -> str:
        if reading.already:
            return f"already in {self._case} as {reading.document.id}"
        parts = [reading.document.id, counted(len(reading.proposals), "proposal")]
        copy = story_line(reading)
        return ", ".join([*parts, *([copy] if copy else [])])

    def _show(self, reading: Reading, notes: tuple[str, ...], name: str) -> None:
        if not self._quiet:
            print_reading(reading, notes)
        second = self._asking.ask(reading, name) if self._asking is not None else None
        if second is not None and not self._quiet:
            from vedette.cli.second_reader import print_second

            print_second(second)
        self.proposed |= bool(reading.proposals or (second and second.added))
        rows = reading.to_dict()
        if self._asking is not None:
            from vedette.cli.second_reader import second_rows

            rows |= second_rows(second)
        self.readings.append(rows)

    def _row(self, source: str, state: str, why: str) -> None:
        self.health.append({"source": source, "state": state, "why": why})

    def print_health(self) -> None:
        """The table of sources, when there is more than one row to tell."""
        if len(self.health) < 2:
            return
        print()
        print_table(["Source", "State", "Why"], [[r["source"], r["state"], r["why"]] for r in self.health])
        counts = [
            f"{sum(r['state'] == state for r in self.health)} {state}" for state in ("ok", "failed", "skipped")
        ]  # fmt: skip
        print(f"{counted(len(self.health), 'document')}: {', '.join(counts)}.")


def story_line(reading: Reading) -> str:
    """How a document stands to those read before; empty when it is the first of its story."""
    placed = reading.placed
    if placed is None or placed.relation == "first":
        return ""
    share = f" ({placed.share:.0%} of the shorter text)" if placed.relation not in ("same text", "translation") else ""
    story = f", story {placed.story}" if placed.story != placed.of else ""
    words = {"same text": "copy of", "near copy": "near copy of", "excerpt": "excerpt of", "contains": "contains",
             "translation": "translation of"}  # fmt: skip
    return f"{words[placed.relation]} {placed.of}{share}{story}"


def print_reading(reading: Reading, notes: tuple[str, ...] = ()) -> None:
    """What was read, dropped, left out and proposed."""
    document = reading.document
    print(f"{document.title or document.id}, published {document.published}, language {document.language}")
    if reading.already:
        print(f"Already in {reading.case} as {document.id}: nothing changed.")
        return
    print(f"Read {len(document.text)} characters as {document.id}.")
    copy = story_line(reading)
    if copy:
        print(f"{copy[0].upper()}{copy[1:]}: its items share that document's origin and count as one voice with it.")
    if reading.dropped:
        parts = [f"{reason}: {counted(n, 'span')}, {size} characters" for reason, (n, size) in reading.dropped.items()]
        print(f"Dropped: {'; '.join(parts)}.")
    if reading.unplaced:
        reasons: dict[str, int] = {}
        for _, why in reading.unplaced:
            reasons[why] = reasons.get(why, 0) + 1
        said = [f"{counted(n, 'claim')} ({why})" for why, n in reasons.items()]
        print(f"Not proposed: {'; '.join(said)}.")
    for warning in (*notes, *reading.warnings):
        say(f"Note: {warning}")
    print(f"{counted(len(reading.proposals), 'proposal')}{':' if reading.proposals else '.'}")
    if not reading.proposals:
        return
    print_table(
        ["Id", "Kind", "Who says so", "Bears on", "Sure", "Quote"],
        [
            [e.id, e.kind, e.attribution,
             "; ".join(f"{b.option}.{b.scenario} {b.condition} {b.direction} ({b.strength})" for b in e.bearings),
             "-" if e.confidence is None else f"{e.confidence:.2f}", cut(e.quote.text if e.quote else e.claim, 90)]
            for e in reading.proposals
        ],
        right=("Sure",), wrap=("Who says so", "Bears on", "Quote"),
    )  # fmt: skip
