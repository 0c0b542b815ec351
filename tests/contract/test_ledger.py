"""What every ledger does: append, chain, notice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import examples
from tests.made_records import ATOMS, forecast, question

from vedette.domain.ledger import Forecast, Resolution
from vedette.errors import AfterCutOff, CaseRefused, Damaged, UnknownName


def resolution(atom: str | None = "a1") -> Resolution:
    return Resolution(
        question="q1", atom=atom, at=dt.datetime(2022, 4, 1, tzinfo=dt.UTC), occurred=None, source="made",
        void_reason="" if atom else "sources contradict each other",
    )  # fmt: skip


def test_forecasts_come_back_in_order_with_their_digests(backend: Any) -> None:
    digests = [backend.ledger().commit(forecast(note=str(i)), question()) for i in range(3)]
    found = backend.ledger().forecasts("q1")
    assert [d for d, _ in found] == digests
    assert [f for _, f in found] == [forecast(note=str(i)) for i in range(3)]
    assert list(backend.ledger().questions()) == [question()]
    assert list(backend.ledger().forecasts("q2")) == []


def test_each_digest_covers_the_one_before(backend: Any) -> None:
    from vedette.stores.ledger import FIRST, entry_digest
    from vedette.stores.records import encode

    backend.ledger().add_question(question())
    digest = backend.ledger().commit(forecast())
    first = entry_digest(FIRST, 1, "question", encode(question()))
    assert digest == entry_digest(first, 2, "forecast", encode(forecast()))


def test_the_same_forecast_twice_is_two_entries(backend: Any) -> None:
    backend.ledger().add_question(question())
    assert backend.ledger().commit(forecast()) != backend.ledger().commit(forecast())
    assert len(backend.ledger().forecasts()) == 2


def test_what_is_refused(backend: Any) -> None:
    ledger = backend.ledger()
    with pytest.raises(UnknownName):
        ledger.commit(forecast())
    ledger.add_question(question())
    with pytest.raises(CaseRefused, match="already"):
        ledger.add_question(question())
    reworded = question().__class__(
        id="q1", case="made", statement="Reworded?", atoms=ATOMS, rule="as made", deadline=dt.date(2022, 3, 31)
    )
    with pytest.raises(CaseRefused, match="another wording"):
        ledger.commit(forecast(), reworded)
    fewer = Forecast(
        question="q1", forecaster="ana", as_of=dt.date(2022, 1, 20), at=dt.datetime(2022, 1, 20, tzinfo=dt.UTC),
        distribution={"a1": 1.0}, base_rate={"a1": 1.0}, inputs_digest="", method="made",
    )  # fmt: skip
    with pytest.raises(CaseRefused, match="a2"):
        ledger.commit(fewer)
    with pytest.raises(UnknownName):
        ledger.resolve(resolution("a9"))
    assert [e.kind for e in backend.ledger().entries()] == ["question"]


def test_a_resolved_question_takes_no_forecast(backend: Any) -> None:
    backend.ledger().commit(forecast(), question())
    backend.ledger().resolve(resolution())
    with pytest.raises(AfterCutOff, match="entry 3"):
        backend.ledger().commit(forecast())


def test_void_and_second_resolutions_are_entries_too(backend: Any) -> None:
    backend.ledger().add_question(question())
    backend.ledger().resolve(resolution())
    backend.ledger().resolve(resolution(None))
    assert [e.noun for e in backend.ledger().entries()][1:] == [resolution(), resolution(None)]


TAMPERED = [
    ("UPDATE ledger SET record = replace(record, '0.16', '0.17') WHERE seq = 3", 3, "changed after it was written"),
    ("UPDATE ledger SET previous = digest WHERE seq = 3", 3, "does not follow"),
    ("DELETE FROM ledger WHERE seq = 3", 4, "entries 3 to 3 are missing"),
    ("DELETE FROM ledger WHERE seq = 5", 5, "removed from the end"),
    ("UPDATE ledger SET question = 'q2' WHERE seq = 3", 3, "question column was changed"),
    ("UPDATE ledger SET record = 'gone' WHERE seq = 3", 3, "cannot be read"),
]


@pytest.mark.parametrize(("statement", "bad", "said"), TAMPERED, ids=[t[2] for t in TAMPERED])
def test_an_edit_by_hand_is_found_named_and_the_rest_stays_readable(
    backend: Any, statement: str, bad: int, said: str
) -> None:
    for i in range(4):
        backend.ledger().commit(forecast(note=str(i)), question())
    backend.tamper(statement)
    entries = backend.ledger().entries()
    first = next(e for e in entries if e.fault)
    assert first.seq == bad and said in first.fault
    readable = [e.noun.note for e in entries if isinstance(e.noun, Forecast) and not e.fault]
    assert len(readable) >= 2 and "0" in readable
    with pytest.raises(Damaged, match=f"entry {bad}"):
        backend.ledger().forecasts()


def test_a_recomputed_digest_breaks_the_next_link(backend: Any) -> None:
    """Someone who changes an entry and its digest must change every entry after it."""
    from vedette.stores.ledger import entry_digest

    for i in range(3):
        backend.ledger().commit(forecast(note=str(i)), question())
    with backend.engine().connect() as connection:
        from vedette.stores.schema import ledger

        row = connection.execute(ledger.select().where(ledger.c.seq == 2)).one()
    forged = row.record.replace("ana", "bob")
    digest = entry_digest(row.previous, 2, "forecast", forged)
    backend.tamper(f"UPDATE ledger SET record = '{forged}', digest = '{digest}' WHERE seq = 2")
    faults = {e.seq: e.fault for e in backend.ledger().entries() if e.fault}
    assert faults == {3: "it does not follow the entry before it"}


def test_a_rewritten_end_is_noticed(backend: Any) -> None:
    from vedette.stores.ledger import entry_digest

    backend.ledger().commit(forecast(), question())
    with backend.engine().connect() as connection:
        from vedette.stores.schema import ledger

        row = connection.execute(ledger.select().where(ledger.c.seq == 2)).one()
    forged = row.record.replace("ana", "bob")
    digest = entry_digest(row.previous, 2, "forecast", forged)
    backend.tamper(f"UPDATE ledger SET record = '{forged}', digest = '{digest}' WHERE seq = 2")
    assert "not the one that was written last" in next(e.fault for e in backend.ledger().entries() if e.fault)


@given(data=st.data())
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_letter_is_found(backend: Any, data: st.DataObject) -> None:
    """One letter of one record, anywhere: that entry is the first that does not hold, all before it do."""
    ledger = backend.ledger()
    if not ledger.entries():
        for i in range(5):
            ledger.commit(forecast(note=f"made {i}"), question())
    from vedette.stores.ledger import check_entries
    from vedette.stores.schema import ledger as table

    with backend.engine().connect() as connection:
        rows = [dict(r._mapping) for r in connection.execute(table.select().order_by(table.c.seq))]
    victim = data.draw(st.integers(0, len(rows) - 1))
    record = rows[victim]["record"]
    place = data.draw(st.integers(0, len(record) - 1))
    letter = data.draw(st.characters(codec="ascii", exclude_characters=record[place]))
    assert check_entries(rows) == [""] * len(rows)
    rows[victim]["record"] = record[:place] + letter + record[place + 1 :]
    faults = check_entries(rows)
    assert faults[:victim] == [""] * victim and "changed after it was written" in faults[victim]


def test_nothing_is_appended_after_a_bad_end(backend: Any) -> None:
    backend.ledger().commit(forecast(), question())
    backend.tamper("UPDATE ledger SET record = replace(record, 'ana', 'bob') WHERE seq = 2")
    with pytest.raises(Damaged):
        backend.ledger().commit(forecast())
    assert len([e for e in backend.ledger().entries() if e.noun is not None]) == 2


def test_an_entry_added_by_other_means_is_noticed(backend: Any) -> None:
    from vedette.stores.ledger import entry_digest

    backend.ledger().commit(forecast(), question())
    with backend.engine().connect() as connection:
        from vedette.stores.schema import ledger

        row = connection.execute(ledger.select().where(ledger.c.seq == 2)).one()
    digest = entry_digest(row.digest, 3, "forecast", row.record)
    values = f"3, kind, question, record, digest, '{digest}', recorded_at"
    backend.tamper(f"INSERT INTO ledger SELECT {values} FROM ledger WHERE seq = 2")
    assert [e.fault for e in backend.ledger().entries()] == ["", "", "it was added by other means"]
    with pytest.raises(Damaged, match="nothing was added"):
        backend.ledger().commit(forecast())


def test_nothing_is_appended_to_a_shortened_ledger(backend: Any) -> None:
    backend.ledger().commit(forecast(), question())
    backend.tamper("DELETE FROM ledger WHERE seq = 2")
    with pytest.raises(Damaged, match="entry 2"):
        backend.ledger().commit(forecast())


def test_text_that_is_no_text_is_refused(backend: Any) -> None:
    from vedette.errors import BadInput

    with pytest.raises(BadInput, match="broken character"):
        backend.ledger().commit(forecast(note="a\udcffb"), question())
    assert list(backend.ledger().entries()) == []


def test_many_are_appended_at_once_or_none(backend: Any) -> None:
    backend.ledger().commit(forecast(), question())
    batch = [question("q2"), forecast("q2", note="elsewhere"), forecast("q1", note="late")]
    digests = backend.ledger().append_all(batch)
    entries = backend.ledger().entries()
    assert [e.digest for e in entries[2:]] == list(digests) and not [e for e in entries if e.fault]
    assert [e.noun for e in entries[2:]] == batch
    with pytest.raises(UnknownName):
        backend.ledger().append_all([forecast("q2"), forecast("q9")])
    with pytest.raises(CaseRefused, match="already"):
        backend.ledger().append_all([question("q3"), question("q3")])
    assert len(backend.ledger().entries()) == 5
    assert backend.ledger().append_all([]) == ()


def test_a_batch_goes_on_from_where_single_calls_stopped(backend: Any) -> None:
    backend.ledger().append_all([question(), forecast()])
    backend.ledger().commit(forecast(note="after"))
    assert [e.fault for e in backend.ledger().entries()] == ["", "", ""]


def test_an_imported_forecast_must_be_older_than_the_answer(backend: Any) -> None:
    backend.ledger().append_all([question(), resolution()])
    with pytest.raises(AfterCutOff):
        backend.ledger().commit(forecast())
    backend.ledger().append_all([forecast()])
    with pytest.raises(AfterCutOff, match="no forecast"):
        backend.ledger().append_all([forecast(day="2022-04-01")])
    backend.tamper("UPDATE ledger SET record = replace(record, 'made', 'mode') WHERE seq = 1")
    with pytest.raises(Damaged):
        backend.ledger().append_all([forecast()])
