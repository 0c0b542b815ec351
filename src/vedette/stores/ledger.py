"""The append-only ledger: every entry's digest covers the digest before it, so an edit anywhere shows."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.errors import AfterCutOff, CaseRefused, Damaged, Deed, EditConflict, UnknownName
from vedette.ports import Clock, LedgerEntry
from vedette.stores import records, schema
from vedette.stores.database import Database

FIRST = "0" * 64
"""What the first entry names as the digest before it."""

QUEUE = "ledger:"
"""Writers of the ledger wait for each other; no case has this name, an id holds no colon."""

_KINDS: dict[str, type[Question] | type[Forecast] | type[Resolution]] = {
    "question": Question,
    "forecast": Forecast,
    "resolution": Resolution,
}


def entry_digest(previous: str, seq: int, kind: str, record: str) -> str:
    """SHA-256 of the digest before, the place in the chain, the kind and the canonical record, one a line."""
    return records.digest_of(f"{previous}\n{seq}\n{kind}\n{record}")


def check_entries(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with each entry of a chain in order, an empty text where it holds.

    ``rows`` have ``seq``, ``kind``, ``record``, ``previous`` and ``digest``. Digests are recomputed from the text as
    stored, so a record that no longer decodes is still checked.
    """
    found = []
    previous, expected = FIRST, 1
    for row in rows:
        faults = []
        if row["seq"] != expected:
            faults.append(f"entries {expected} to {row['seq'] - 1} are missing before it")
        elif row["previous"] != previous:
            faults.append("it does not follow the entry before it")
        if entry_digest(row["previous"], row["seq"], row["kind"], row["record"]) != row["digest"]:
            faults.append("its text was changed after it was written")
        found.append("; ".join(faults))
        previous, expected = row["digest"], row["seq"] + 1
    return found


def answer_text(resolution: Resolution) -> str:
    """What a resolution says, in words."""
    if resolution.atom is None:
        return f"void: {resolution.void_reason}"
    return resolution.atom + (f", on {resolution.occurred}" if resolution.occurred is not None else "")


def _numbers(forecast: Forecast) -> str:
    return ", ".join(f"{atom} {100 * p:.1f} %" for atom, p in forecast.distribution.items())


class SqlLedger:
    """`vedette.ports.Ledger` on any database SQLAlchemy speaks to."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def add_question(self, question: Question) -> None:
        """Register a question; refuses an id that exists."""
        with self._db.write(QUEUE) as connection:
            if question.id in self._questions(connection):
                raise CaseRefused(f"question {question.id!r} is already in the ledger", fix="Choose another id")
            self._append(connection, "question", question.id, question)

    def commit(self, forecast: Forecast, question: Question | None = None, *, after: str | None = None) -> str:
        """Append a forecast and return its digest, its question first when it is new.

        Refuses answers that are not the question's, a forecast made after the question was resolved, and one made
        without knowing the forecaster's last (``after``).
        """
        with self._db.write(QUEUE) as connection:
            if question is not None:
                self._register(connection, question)
            question = self._question(connection, forecast.question)
            self._refuse_resolved(connection, question.id)
            if after is not None:
                self._refuse_newer_forecast(connection, forecast, after)
            if set(forecast.distribution) != set(question.atoms):
                odd = sorted(set(forecast.distribution) ^ set(question.atoms))
                raise CaseRefused(f"the forecast and the question differ in {', '.join(odd)}", where=question.id)
            return self._append(connection, "forecast", question.id, forecast)

    def resolve(self, resolution: Resolution, *, after: str | None = None) -> str:
        """Append a resolution and return its digest. A later one replaces an earlier one for scoring, visibly.

        One made without knowing the answer that counts (``after``) is refused.
        """
        with self._db.write(QUEUE) as connection:
            question = self._question(connection, resolution.question)
            if resolution.atom is not None and resolution.atom not in question.atoms:
                raise UnknownName("answer", resolution.atom, nearest=question.atoms, where=question.id)
            if after is not None:
                self._refuse_newer_answer(connection, question.id, after)
            return self._append(connection, "resolution", question.id, resolution)

    def append_all(
        self, nouns: Sequence[Question | Forecast | Resolution], *, after: str | None = None
    ) -> Sequence[str]:
        """Append many at once, in order, all or none; returns their digests. ``after``: see `Ledger.append_all`.

        For forecasts made and recorded elsewhere: unlike `commit` it takes one for a question resolved since, if it
        was made before the answer was known. Everything else is refused as by the single calls.
        """
        if not nouns:
            return ()
        with self._db.write(QUEUE) as connection:
            if after is not None and self.stamp() != after:
                raise EditConflict("somebody added to the ledger meanwhile; nothing was written", fix="Repeat it")
            entries = self._entries(connection)
            self._refuse_damaged(entries)
            questions = {e.question: e.noun for e in entries if isinstance(e.noun, Question)}
            answered = {e.question: e.noun for e in entries if isinstance(e.noun, Resolution)}
            for noun in nouns:
                self._fits(noun, questions, answered)
            head = connection.execute(select(schema.ledger_head).with_for_update()).one()
            seq, previous, rows = head.seq, head.digest, []
            for noun in nouns:
                kind = next(k for k, t in _KINDS.items() if isinstance(noun, t))
                seq, record = seq + 1, records.encode(noun)
                digest = entry_digest(previous, seq, kind, record)
                rows.append(
                    {"seq": seq, "kind": kind, "question": noun.id if isinstance(noun, Question) else noun.question,
                     "record": record, "previous": previous, "digest": digest, "recorded_at": self._clock.now()}
                )  # fmt: skip
                previous = digest
            connection.execute(schema.ledger.insert(), rows)
            connection.execute(schema.ledger_head.update().values(seq=seq, digest=previous))
            return tuple(row["digest"] for row in rows)

    @staticmethod
    def _fits(
        noun: Question | Forecast | Resolution, questions: dict[str, Question], answered: dict[str, Resolution]
    ) -> None:
        """Refuse what the single calls refuse; remembers what this batch has added so far."""
        if isinstance(noun, Question):
            if noun.id in questions:
                raise CaseRefused(f"question {noun.id!r} is already in the ledger", fix="Choose another id")
            questions[noun.id] = noun
            return
        question = questions.get(noun.question)
        if question is None:
            raise UnknownName("question", noun.question)
        if isinstance(noun, Resolution):
            if noun.atom is not None and noun.atom not in question.atoms:
                raise UnknownName("answer", noun.atom, nearest=question.atoms, where=question.id)
            answered[question.id] = noun
            return
        if set(noun.distribution) != set(question.atoms):
            odd = sorted(set(noun.distribution) ^ set(question.atoms))
            raise CaseRefused(f"the forecast and the question differ in {', '.join(odd)}", where=question.id)
        answer = answered.get(question.id)
        if answer is not None and noun.at.date() >= (answer.occurred or answer.at.date()):
            raise AfterCutOff("the answer was known when this was made; it is no forecast", where=question.id)

    def forecasts(self, question: str | None = None) -> Sequence[tuple[str, Forecast]]:
        """(digest, forecast) in the order committed; raises `Damaged` naming the first entry that does not hold."""
        return tuple(
            (entry.digest, entry.noun)
            for entry in self._sound()
            if isinstance(entry.noun, Forecast) and question in (None, entry.question)
        )

    def questions(self) -> Sequence[Question]:
        """Registered questions in order; raises `Damaged` when the chain does not hold."""
        return tuple(entry.noun for entry in self._sound() if isinstance(entry.noun, Question))

    def stamp(self) -> str:
        """Number and digest of the entry written last; empty while there is none."""
        if not self._db.holds_anything():
            return ""
        with self._db.read() as connection:
            head = connection.execute(select(schema.ledger_head)).first()
        return f"{head.seq}:{head.digest[:16]}" if head is not None and head.seq else ""

    def entries(self) -> Sequence[LedgerEntry]:
        """Every entry with what is wrong with it; a cut-off end is reported as a last entry without a noun."""
        if not self._db.holds_anything():
            return ()
        with self._db.read() as connection:
            return self._entries(connection)

    def _entries(self, connection: Connection) -> tuple[LedgerEntry, ...]:
        table = schema.ledger
        head = connection.execute(select(schema.ledger_head)).first()
        previous, expected, found = FIRST, 1, []
        rows = connection.execute(select(table).order_by(table.c.seq)).all()
        for row, fault in zip(rows, check_entries([row._asdict() for row in rows]), strict=True):
            faults = [fault] if fault else []
            noun = None
            try:
                noun = records.decode(_KINDS[row.kind], row.record, where=f"ledger entry {row.seq}")
                named = noun.id if isinstance(noun, Question) else noun.question
                if named != row.question:
                    faults.append("its question column was changed")
            except (Damaged, KeyError):
                faults.append("it cannot be read")
            found.append(
                LedgerEntry(
                    seq=row.seq, kind=row.kind, question=row.question, digest=row.digest,
                    recorded_at=row.recorded_at, noun=noun, fault="; ".join(faults),
                )
            )
            previous, expected = row.digest, row.seq + 1
            if head is not None and row.seq > head.seq:
                found[-1] = replace(found[-1], fault="; ".join([*faults, "it was added by other means"]))
        if head is not None and (head.seq >= expected or (head.seq == expected - 1 and head.digest != previous)):
            fault = (
                f"entries {expected} to {head.seq} were removed from the end"
                if head.seq >= expected
                else "the last entry is not the one that was written last"
            )
            found.append(
                LedgerEntry(
                    seq=head.seq, kind="missing", question="", digest=head.digest, recorded_at=self._clock.now(),
                    noun=None, fault=fault,
                )
            )
        return tuple(found)

    def _sound(self) -> tuple[LedgerEntry, ...]:
        entries = tuple(self.entries())
        self._refuse_damaged(entries)
        return entries

    def _refuse_damaged(self, entries: Sequence[LedgerEntry]) -> None:
        for entry in entries:
            if entry.fault:
                raise Damaged(
                    f"ledger entry {entry.seq} ({entry.kind} {entry.question}) does not hold: {entry.fault}",
                    where=self._db.where,
                    fix="The other entries stay readable with: vedette ledger list",
                )

    def _refuse_bad_end(self, connection: Connection, seq: int, digest: str) -> None:
        """Nothing is appended after an entry that does not hold. Only the end is read: the ledger may be long."""
        table = schema.ledger
        rows = connection.execute(select(table).where(table.c.seq >= seq).order_by(table.c.seq)).all()
        holds = [row.seq for row in rows] == ([seq] if seq else [])
        for row in rows:
            holds &= row.digest == digest == entry_digest(row.previous, row.seq, row.kind, row.record)
        if not holds:
            raise Damaged(
                f"the end of the ledger (entry {seq}) is not as it was written, so nothing was added to it",
                where=self._db.where, fix="See what holds with: vedette ledger list",
            )

    def _questions(self, connection: Connection) -> dict[str, Question]:
        table = schema.ledger.c
        rows = connection.execute(select(table.question, table.record).where(table.kind == "question"))
        return {row.question: records.decode(Question, row.record, where=f"question {row.question}") for row in rows}

    def _question(self, connection: Connection, name: str) -> Question:
        known = self._questions(connection)
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=3, cutoff=0.3)
            raise UnknownName("question", name, nearest=nearest)
        return known[name]

    def _register(self, connection: Connection, question: Question) -> None:
        known = self._questions(connection).get(question.id)
        if known is None:
            self._append(connection, "question", question.id, question)
        elif known != question:
            raise CaseRefused(
                f"question {question.id!r} is in the ledger with another wording, rule or deadline",
                fix="A committed question never changes: give the new one another id with --question",
            )

    def _refuse_resolved(self, connection: Connection, question: str) -> None:
        table = schema.ledger.c
        row = connection.execute(
            select(table.seq).where(table.question == question, table.kind == "resolution").limit(1)
        ).first()
        if row is not None:
            raise AfterCutOff(
                f"the question was resolved (ledger entry {row.seq}); what comes after is no forecast", where=question
            )

    def _said(self, connection: Connection, question: str, kind: str) -> list[tuple[str, Any]]:
        """(digest, noun) of what was said of a question, in order."""
        table = schema.ledger.c
        rows = connection.execute(
            select(table.seq, table.record, table.digest)
            .where(table.question == question, table.kind == kind).order_by(table.seq)
        )  # fmt: skip
        return [(r.digest, records.decode(_KINDS[kind], r.record, where=f"ledger entry {r.seq}")) for r in rows]

    def _refuse_newer_answer(self, connection: Connection, question: str, after: str) -> None:
        said = self._said(connection, question, "resolution")
        if (said[-1][0] if said else "") == after:
            return
        known = [digest for digest, _ in said].index(after) + 1 if after in [d for d, _ in said] else 0
        before = answer_text(said[known - 1][1]) if known else "open"
        deeds = []
        for _, made in said[known:]:
            deeds.append(
                Deed(who="", what="said what happened", at=made.at, why=made.source, before=before,
                     after=answer_text(made))
            )  # fmt: skip
            before = deeds[-1].after
        last = deeds[-1] if deeds else None
        when = f" at {last.at:%H:%M} UTC on {last.at:%Y-%m-%d}" if last is not None and last.at is not None else ""
        raise EditConflict(
            f"the question {question} was answered meanwhile: {before}{when}"
            + (f", source: {last.why}" if last else ""),
            where=question, fix="Keep that answer, or say yours with the answer it replaces", deeds=deeds,
            version=said[-1][0] if said else "",
        )  # fmt: skip

    def _refuse_newer_forecast(self, connection: Connection, forecast: Forecast, after: str) -> None:
        said = [
            (d, f) for d, f in self._said(connection, forecast.question, "forecast")
            if f.forecaster == forecast.forecaster
        ]  # fmt: skip
        if (said[-1][0] if said else "") == after:
            return
        digests = [d for d, _ in said]
        newer = said[digests.index(after) + 1 :] if after in digests else said
        before = dict(said)[after] if after in digests else None
        deeds = []
        for _, made in newer:
            deeds.append(
                Deed(
                    who=made.forecaster, what=f"committed a forecast as of {made.as_of}", at=made.at, why=made.note,
                    before=_numbers(before) if before is not None else "no forecast", after=_numbers(made),
                )
            )
            before = made
        raise EditConflict(
            f"{forecast.forecaster} has committed another forecast on {forecast.question} since it was looked at",
            where=forecast.question, fix="Look at it, and commit yours as its revision if it still holds", deeds=deeds,
            version=said[-1][0] if said else "",
        )  # fmt: skip

    def _append(self, connection: Connection, kind: str, question: str, noun: Question | Forecast | Resolution) -> str:
        # Taking the row for update makes writers queue on backends without one write lock for the whole file.
        head = connection.execute(select(schema.ledger_head).with_for_update()).one()
        self._refuse_bad_end(connection, head.seq, head.digest)
        record = records.encode(noun)
        seq = head.seq + 1
        digest = entry_digest(head.digest, seq, kind, record)
        connection.execute(
            schema.ledger.insert().values(
                seq=seq, kind=kind, question=question, record=record, previous=head.digest, digest=digest,
                recorded_at=self._clock.now(),
            )
        )
        connection.execute(schema.ledger_head.update().values(seq=seq, digest=digest))
        return digest
