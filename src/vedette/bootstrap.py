"""The one place that names concrete adapters: what a workspace is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vedette.domain.case import Case
from vedette.errors import BadInput
from vedette.ports import CaseStore, Clock, Ledger, TranscriptStore
from vedette.settings import Settings, load_settings

if TYPE_CHECKING:
    from vedette.domain.alerts import Alert
    from vedette.domain.events import Event
    from vedette.domain.forecast import Assessment
    from vedette.domain.time import AsOf
    from vedette.forecasting.analysts import AnalystRecord
    from vedette.frames.events import EventDataset
    from vedette.ports.accounts import Accounts, Passwords, SignIn
    from vedette.ports.answers import Answers
    from vedette.ports.briefs import IssuedBriefs
    from vedette.ports.events import EventStore
    from vedette.ports.reading import DocumentSource, Handed, Passed, Translator
    from vedette.ports.watching import Channel, WatchStore
    from vedette.reference.source_kinds import SourceKind
    from vedette.sources.events.supply import EventSupply
    from vedette.stores.backup import Backup
    from vedette.stores.database import Database
    from vedette.stores.events_intake import EventIntake
    from vedette.stores.events_portable import PortableEvents
    from vedette.workflows.history import HistoryFetching
    from vedette.workflows.second_read import Reader
    from vedette.workflows.watch import WatchService
    from vedette.workflows.watch_look import Looker


CASES_KEPT = 64
"""Cases a server keeps decoded. [assumption]: a team's morning; a case of 100 items takes about 1 MB."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> dt.datetime:
        """Aware UTC instant."""
        return dt.datetime.now(dt.UTC)


class Workspace:
    """Stores and clock for one set of settings. Nothing is opened, and nothing created, before it is needed.

    ``pooled``: keep connections to a database server, and decoded cases, for the next request, as a server of ours
    wants it.
    """

    def __init__(self, settings: Settings, clock: Clock, *, pooled: bool = False) -> None:
        self.settings = settings
        self.clock = clock
        self._pooled = pooled

    @cached_property
    def _database(self) -> Database:
        address = self.settings.database.reveal()
        if address:
            from vedette.stores.postgresql import PostgresDatabase

            return PostgresDatabase(address, busy_seconds=self.settings.busy_seconds, pooled=self._pooled)
        from vedette.stores.database import SqliteDatabase

        return SqliteDatabase(
            self.settings.home, busy_seconds=self.settings.busy_seconds, pooled=self._pooled
        )  # fmt: skip

    @cached_property
    def cases(self) -> CaseStore:
        """Cases of this workspace."""
        from vedette.stores.deferred import DeferredCaseStore

        def make() -> CaseStore:
            from vedette.stores.cases import SqlCaseStore

            return SqlCaseStore(self._database, self.clock, keep=CASES_KEPT if self._pooled else 0)

        if self.settings.database.given:
            return make()  # a server answers or does not: whether it holds anything is for it to say
        return DeferredCaseStore(self.settings.home / "vedette.sqlite3", make)

    @cached_property
    def ledger(self) -> Ledger:
        """Forecasts committed in this workspace."""
        from vedette.stores.ledger import SqlLedger

        return SqlLedger(self._database, self.clock)

    def find_case(self, name: str) -> Case | None:
        """A case by id; None when it is not here any more."""
        from vedette.errors import UnknownName
        from vedette.workflows.open_case import open_case

        try:
            return open_case(self.cases, name)
        except UnknownName:
            return None

    def analyst_record(self) -> AnalystRecord:
        """What the analysts of this workspace forecast before and what happened, as recorded by now."""
        from vedette.forecasting.analysts import AnalystRecord
        from vedette.workflows.track_record import track_record

        return AnalystRecord(track_record(self.ledger.entries(), self.find_case))

    @cached_property
    def history(self) -> HistoryFetching:
        """The fetcher of historical sources, into the data folder."""
        from vedette.sources.fetch import HistoryFetcher

        return HistoryFetcher(folder=self.settings.data)

    @cached_property
    def events(self) -> EventStore:
        """Coded events taken into the data folder, for reading."""
        from vedette.stores.events import DuckEventStore

        s = self.settings
        return DuckEventStore(s.data / "events", memory_mb=s.events_memory_mb, busy=s.busy_seconds)

    def portable_events(self, engine: str) -> PortableEvents:
        """The same parquet files under another engine, `duckdb` through Ibis or `spark`; the caller closes it."""
        from vedette.frames.events import TABLES
        from vedette.stores.events import DuckEventStore
        from vedette.stores.events_portable import PortableEvents

        s = self.settings
        store = DuckEventStore(s.data / "events", memory_mb=s.events_memory_mb, busy=s.busy_seconds)
        files = {name: store.parquet_files(name) for name in TABLES}
        return PortableEvents(files, engine, master=s.spark_master)

    def event_intake(self) -> EventIntake:
        """The writer of the event store; a context manager that holds the only lock."""
        from vedette.reference.event_codes import code_tables
        from vedette.stores.events_intake import EventIntake

        s = self.settings
        return EventIntake(
            s.data / "events", code_tables(), self.clock, memory_mb=s.events_memory_mb, busy=s.busy_seconds
        )

    def event_supply(self) -> EventSupply:
        """Where event files come from: paths, mirrors, publishers."""
        from vedette.sources.events.supply import EventSupply

        s = self.settings
        return EventSupply(folder=s.data / "raw" / "events", key=s.acled_key.reveal)

    def event_dataset(self, name: str, mapping: Path | None = None) -> EventDataset:
        """A registered event data set, or the one that a mapping file describes; raises `UnknownName`, `BadInput`."""
        if mapping is not None:
            from vedette.sources.events.mapped import read_mapping

            return read_mapping(mapping)
        from vedette.sources.events.registry import find_event_dataset

        return find_event_dataset(name)

    def event_listing(self) -> tuple[EventDataset, ...]:
        """Every registered event data set, with its terms."""
        from vedette.sources.events.registry import all_event_datasets

        return tuple(all_event_datasets().values())

    def documents(
        self, *, allow_private: bool = False, limit: int = 100, known: Container[str] = frozenset()
    ) -> DocumentSource:
        """Whatever turns files, folders, addresses, feeds and messages into documents; see `AnySource`."""
        return document_source(self.settings, allow_private=allow_private, limit=limit, known=known)

    def source_kinds(self) -> Mapping[str, SourceKind]:
        """Kinds of sources and their starting letters: the workspace's own table, else the bundled one."""
        from vedette.reference.source_kinds import source_kinds

        own = self.settings.home / "source_kinds.toml"
        return source_kinds(str(own) if own.is_file() else None)

    def translator(self, command: str) -> Translator:
        """The user's own translation step; raises `BadInput` when the command cannot be read."""
        from vedette.sources.documents.translate import CommandTranslator

        return CommandTranslator(command)

    @cached_property
    def briefs(self) -> IssuedBriefs:
        """Briefs that were issued, revision by revision."""
        from vedette.stores.briefs import BriefFiles

        return BriefFiles(self.settings.home / "briefs")

    @cached_property
    def transcripts(self) -> TranscriptStore:
        """What second readers were told and answered."""
        from vedette.stores.transcripts import TranscriptFiles

        return TranscriptFiles(self.settings.home / "transcripts")

    def second_reader(self) -> Reader:
        """The second reader of the settings; raises `BadInput` naming the settings that are missing."""
        from vedette.sources.language_model import ChatCompletions
        from vedette.workflows.second_read import Reader

        s = self.settings
        missing = [v for v, given in (("VEDETTE_LLM_URL", s.llm_url), ("VEDETTE_LLM_MODEL", s.llm_model)) if not given]
        if missing:
            raise BadInput(
                f"there is no second reader: {' and '.join(missing)} not set", where="--llm",
                fix="For example VEDETTE_LLM_URL=http://localhost:8080/v1 VEDETTE_LLM_MODEL=NAME",
            )
        host = urlsplit(s.llm_url).hostname or ""
        return Reader(
            model=ChatCompletions(
                url=s.llm_url, model=s.llm_model, key=s.llm_key.reveal(), allow_private=s.llm_allow_private,
                timeout=s.llm_timeout,
            ),
            name=s.llm_model, transcripts=self.transcripts, host=host,
            local=host in ("localhost", "127.0.0.1", "::1"), chunk=s.llm_chunk, most=s.llm_max_characters,
            price_in=s.llm_price_in, price_out=s.llm_price_out,
        )  # fmt: skip

    @cached_property
    def accounts(self) -> Accounts:
        """Who may sign in to this workspace, and what was changed by whom."""
        from vedette.stores.accounts import SqlAccounts

        return SqlAccounts(self._database)

    def alert_feed(self, alerts: Sequence[Alert]) -> str:
        """Alerts as an Atom feed, in the words of the other channels."""
        from vedette.sources.delivery import atom
        from vedette.warning.alerts import text_of

        return atom(alerts, text_of)

    @cached_property
    def answers(self) -> Answers:
        """Answers to requests that may be sent twice."""
        from vedette.stores.answers import SqlAnswers

        return SqlAnswers(self._database)

    @cached_property
    def passwords(self) -> Passwords:
        """How passwords are kept."""
        from vedette.stores.passwords import Argon2Passwords

        return Argon2Passwords()

    @cached_property
    def sign_in(self) -> SignIn:
        """How somebody says who they are."""
        from vedette.stores.passwords import PasswordSignIn

        return PasswordSignIn(self.accounts, self.passwords)

    def migrate(self, target: str | None, *, drop_data: bool = False) -> tuple[str | None, str | None]:
        """Bring the tables up or down to a version, None removing them; see `Database.migrate`."""
        return self._database.migrate(target, drop_data=drop_data)

    def table_versions(self) -> tuple[str | None, tuple[str, ...]]:
        """Version of the tables (None: there are none) and every version there is, oldest first."""
        from vedette.stores.upgrade import step_versions

        return self._database.version() if self._exists() else None, step_versions()

    def readiness(self) -> dict[str, str]:
        """What a server needs to work: for each thing why it is not so, empty when it is."""
        import os

        from vedette.errors import VedetteError

        folder = self.settings.home
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        writable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        found = {"database": "", "tables": "", "disk": "" if writable else f"{folder} cannot be written to"}
        try:
            version, steps = self.table_versions()
        except VedetteError as error:
            return {**found, "database": error.what, "tables": "not known"}
        if version is not None and version != steps[-1]:
            found["tables"] = f"at version {version}, and this program needs {steps[-1]}: vedette migrate"
        return found

    def _exists(self) -> bool:
        return bool(self.settings.database.given) or (self.settings.home / "vedette.sqlite3").exists()

    def backup(self, out: Path) -> Backup:
        """Everything recorded as one file; see `write_backup`."""
        from vedette.stores.backup import write_backup

        return write_backup(self._database, self.settings.home, out, self.clock)

    def restore(self, given: Path) -> Backup:
        """A backup into this workspace, which must be empty; see `read_backup`."""
        from vedette.stores.backup import read_backup

        return read_backup(self._database, self.settings.home, given)

    @cached_property
    def watching(self) -> WatchStore:
        """What is watched, what was told, and the outbox."""
        from vedette.stores.watching import SqlWatchStore

        return SqlWatchStore(self._database)

    def looker(self) -> Looker:
        """Looks at the cases of this workspace for the watch service."""
        from vedette.workflows.assess import assess_case
        from vedette.workflows.watch_due import DueQuestions
        from vedette.workflows.watch_look import Looker

        def assessed(case: Case, day: AsOf) -> Assessment:
            return assess_case(case, day, with_sensitivity=False, record=self.analyst_record)

        return Looker(
            self.watching, self.cases, self.clock, kinds=self.source_kinds(), assess=assessed,
            due_lines=DueQuestions(self.ledger, self.find_case).lines,
        )

    def channel(self, name: str, *, write: Callable[[str], None], as_json: bool = False) -> Channel:
        """A way to tell: ``stdout``, ``atom`` or ``atom:PATH``, or a channel of the settings.

        Raises `BadInput` naming the variable that holds no address, `MissingExtra` when apprise is needed.
        """
        import os

        from vedette.settings import alert_channel
        from vedette.sources import delivery
        from vedette.warning.alerts import text_of

        if name == "stdout":
            return delivery.Printed(write, text_of, as_json=as_json)
        if name == "atom" or name.startswith("atom:"):
            path = Path(name.partition(":")[2]) if ":" in name else self.settings.home / "alerts.atom"
            return delivery.AtomFile(path, lambda n: self.watching.alerts(limit=n), text_of)
        found = self.settings.alert_channels.get(name) or alert_channel(name, os.environ)
        address = found.address.reveal()
        if not address:
            raise BadInput(
                f"the channel {name!r} has no address", where=delivery.variable(name),
                fix="Set it to https://... (webhook), smtps://... (e-mail) or an address of apprise",
            )
        scheme = address.partition(":")[0].lower()
        if scheme in ("http", "https"):
            return delivery.Webhook(
                name, address, found.secret.reveal(), text_of, allow_private=self.settings.alert_allow_private
            )
        if scheme in ("smtp", "smtps"):
            return delivery.Mail(name, address, text_of)
        return delivery.Apprise(name, address, text_of, allow_private=self.settings.alert_allow_private)

    def watch_service(
        self, *, write: Callable[[str], None], say: Callable[[str], None], as_json: bool = False,
        every: float | None = None,
    ) -> WatchService:  # fmt: skip
        """The watch service of this workspace: ``write`` prints alerts, ``say`` what goes wrong."""
        import random
        from functools import cache

        from vedette.sources.polling import DocumentPoller
        from vedette.workflows.watch import WatchService
        from vedette.workflows.watch_events import EventWatcher
        from vedette.workflows.watch_tell import Outbox

        @cache
        def channel(name: str) -> Channel:
            return self.channel(name, write=write, as_json=as_json)

        chance = random.Random().random  # noqa: S311  spreads waits, keeps no secret
        return WatchService(
            self.watching, self.looker(), Outbox(self.watching, self.clock, channel, chance=chance), self.clock,
            DocumentPoller(max_mb=self.settings.max_document_mb), events=EventWatcher(self.events).ask, chance=chance,
            say=say, every=every,
        )

    def history_listing(self) -> tuple[dict[str, str], ...]:
        """What can be fetched, with licence, citation, coverage and addresses."""
        from vedette.sources.fetch import listing

        return listing()

    def check(self) -> WorkspaceState:
        """What the doctor wants to know: whether the workspace opens, and may be written to.

        Raises `StoreUnavailable` or `Damaged`.
        """
        import os

        if self.settings.database.given:
            held = self._database.holds_anything()
            entries = list(self.ledger.entries())
            return WorkspaceState(
                path=self._database.where, exists=held, size=self._database.size() if held else 0, writable=True,
                cases=len(self.cases.case_ids()), ledger_entries=len(entries),
                ledger_faults=tuple(f"entry {e.seq}: {e.fault}" for e in entries if e.fault),
            )
        path = self.settings.home / "vedette.sqlite3"
        folder = self.settings.home
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        writable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        cases = len(self.cases.case_ids())
        entries = list(self.ledger.entries()) if path.exists() else []
        faults = tuple(f"entry {e.seq}: {e.fault}" for e in entries if e.fault)
        return WorkspaceState(
            path=str(path), exists=path.exists(), size=path.stat().st_size if path.exists() else 0,
            writable=writable, cases=cases, ledger_entries=len(entries), ledger_faults=faults,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceState:
    """State of the workspace file; ``size`` in bytes."""

    path: str
    exists: bool
    size: int
    writable: bool
    cases: int
    ledger_entries: int
    ledger_faults: tuple[str, ...]


def document_source(
    settings: Settings, *, allow_private: bool = False, limit: int = 100, known: Container[str] = frozenset()
) -> DocumentSource:
    """A reader of documents from anywhere, with the limits of the settings."""
    from vedette.sources.documents.reader import AnySource

    return AnySource(max_mb=settings.max_document_mb, allow_private=allow_private, limit=limit, known=known)


def open_workspace(
    settings: Settings | None = None, clock: Clock | None = None, *, pooled: bool = False
) -> Workspace:
    """The workspace of these settings, by default those of the environment; ``pooled`` as in `Workspace`."""
    return Workspace(settings or load_settings(), clock or SystemClock(), pooled=pooled)


def web_application(
    workspace: Workspace, *, hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]"),
    proxies: Sequence[str] = (), telemetry: bool = False,
) -> Any:  # fmt: skip
    """The workbench over a workspace, an ASGI application that answers to these host names.

    ``proxies``: addresses of trusted reverse proxies. ``telemetry``: spans of OpenTelemetry; raises `MissingExtra`.

    Found by its name: the room of the pages lies above this one, and nothing else here knows it.
    """
    from importlib import import_module

    desk = import_module("vedette.web.desk").Desk(workspace, hosts=hosts)
    span = import_module("vedette.web.observe").spans() if telemetry else None
    return import_module("vedette.web.app").create_app(desk, proxies=proxies, span=span)


def log_requests() -> None:
    """One line of JSON on stderr for every request from now on, and for what goes wrong."""
    from importlib import import_module

    import_module("vedette.web.observe").log_json()


def open_case(name: str) -> Case:
    """A case by id (workspace or bundled) or by the path of its file; raises `UnknownName` with the nearest ids."""
    from vedette.workflows.open_case import open_case as open_by_name

    return open_by_name(open_workspace().cases, name)


def assess(case: Case | str, as_of: AsOf | dt.date | str | None = None, *, mode: str = "recommended") -> Assessment:
    """The assessment of a case (or of the one with that id or file) as of a date, by default the case's own.

    ``mode``: ``recommended`` or ``author``. Raises `UnknownName`, `AfterCutOff` after the deadline.
    """
    from vedette.domain.time import AsOf
    from vedette.workflows.assess import assess_case

    found = open_case(case) if isinstance(case, str) else case
    return assess_case(
        found, AsOf.of(as_of or found.as_of), mode=mode, record=lambda: open_workspace().analyst_record()
    )


@dataclass(frozen=True, slots=True)
class DatedTables:
    """Reads tables of dated material for a replay: what can be used, and what was passed over with the reason."""

    def events(self, paths: Sequence[Path]) -> tuple[list[Event], list[Passed]]:
        """Sightings and events of pairs, in the order of the files."""
        from vedette.ports.reading import Passed
        from vedette.sources.dated_tables import dated_events

        rows = [row for path in paths for row in dated_events(path)]
        return [r for r in rows if not isinstance(r, Passed)], [r for r in rows if isinstance(r, Passed)]

    def documents(self, paths: Sequence[Path]) -> tuple[list[Handed], list[Passed]]:
        """Texts with their days, in the order of the files."""
        from vedette.ports.reading import Passed
        from vedette.sources.dated_tables import dated_documents

        rows = [row for path in paths for row in dated_documents(path)]
        return [r for r in rows if not isinstance(r, Passed)], [r for r in rows if isinstance(r, Passed)]


def dated_tables() -> DatedTables:
    """The reader of tables of dated material."""
    return DatedTables()
