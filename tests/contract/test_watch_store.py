"""What every backend promises the watch service: once is once, all or nothing, and times come back as they were."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.contract.conftest import Backend
from tests.made_records import full_case

from vedette.domain.alerts import Alert, AlertKind, AlertRule, QuietHours, Reason, ScenarioLine, Share, Told
from vedette.errors import CaseRefused
from vedette.ports.watching import CaseWatch, Item, ItemState, Message, SourceState, Watch, WatchKind
from vedette.stores.watching import SqlWatchStore

AT = dt.datetime(2022, 1, 21, 12, 30, 15, 123456, tzinfo=dt.UTC)
WATCH = Watch(case="made", kind=WatchKind.FEED, address="https://news.example/feed")


@pytest.fixture
def store(backend: Backend) -> SqlWatchStore:
    return SqlWatchStore(backend.open_database())


def alert(n: int, *, covers: tuple[str, ...] = ()) -> Alert:
    return Alert(
        key=f"key{n}", case="made", kind=AlertKind.EVIDENCE, subject=f"e{n}", at=AT + dt.timedelta(minutes=n),
        as_of=AT.date(), headline=f"alert {n}", covers=covers or (f"cover{n}",), evidence=(f"e{n}",),
    )  # fmt: skip


def message(n: int, **changes: object) -> Message:
    made = Message(key=f"key{n}", channel="desk", case="made", alerts=(f"key{n}",), not_before=AT)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_an_empty_store_answers_and_makes_nothing(store: SqlWatchStore) -> None:
    assert store.watches() == () and store.source_states() == {} and store.alerts() == ()
    assert store.told("made") == (None, "", None) and store.covered("made", ["x"]) == frozenset()
    assert store.case_watch("made") == CaseWatch(case="made") and store.due_messages(AT) == ()
    assert list(store.messages()) == [] and store.message_counts() == {} and store.item_counts() == {}


def test_what_is_watched_is_kept_changed_and_removed(store: SqlWatchStore, backend: Backend) -> None:
    other = replace(WATCH, case="other")
    assert store.add_watch(WATCH) and not store.add_watch(WATCH) and store.add_watch(other)
    assert store.add_watch(replace(WATCH, every=5.0))
    again = SqlWatchStore(backend.open_database())
    assert [(w.case, w.every) for w in again.watches()] == [("made", 5.0), ("other", 900.0)]
    assert again.remove_watch("made", WATCH.source) == 1 and again.remove_watch("made") == 0
    assert again.watches() == (other,)


def test_the_rule_and_what_was_told_do_not_overwrite_each_other(store: SqlWatchStore) -> None:
    rule = AlertRule(quiet=QuietHours(start=dt.time(22), end=dt.time(7), zone="Europe/Berlin"), digest=(dt.time(8),))
    setting = CaseWatch(case="made", rule=rule, channels=("desk", "atom"), if_accepted=True)
    told = Told(case="made", at=AT, scenarios=(ScenarioLine(id="s", label="S", probability=0.3),), last={"a": "b"})
    store.keep_told(told, "1.2.3", AT.date())
    store.set_case_watch(setting)
    assert store.told("made") == (told, "1.2.3", AT.date()) and store.case_watch("made") == setting
    store.keep_told(replace(told, direction={"s": -1}), "1.2.4", AT.date())
    assert store.case_watch("made") == setting and store.told("made")[1] == "1.2.4"


def test_sources_keep_their_instants_to_the_microsecond(store: SqlWatchStore) -> None:
    state = SourceState(source=WATCH.source, next_due=AT, since=AT, wait=900.5, etag='"é"', last_ok=AT, cursor="7")
    store.keep_source(state)
    store.keep_source(replace(state, failures=2))
    assert store.source_states() == {WATCH.source: replace(state, failures=2)}


def test_items_change_state_and_keep_the_day_they_were_first_seen(store: SqlWatchStore) -> None:
    item = Item(source=WATCH.source, id="é" * 400, version="1", state=ItemState.WAITING, first_seen=AT, retry_at=AT)
    store.keep_items("made", [item, replace(item, id="b", state=ItemState.READ, retry_at=None, document="doc-1")])
    assert store.versions("made", WATCH.source) == {"b": "1"} and list(store.waiting("made", WATCH.source)) == [item.id]
    later = replace(item, state=ItemState.FAILED, version="2", tries=8, first_seen=AT + dt.timedelta(days=9))
    store.keep_items("made", [later])
    assert store.items("made", [ItemState.FAILED], limit=9)[0].first_seen == AT
    assert store.item_counts() == {("made", WATCH.source): {"read": 1, "failed": 1}}
    assert store.versions("other", WATCH.source) == {}


def test_a_thing_is_told_once_whatever_the_key(store: SqlWatchStore) -> None:
    store.add_alerts([alert(1)], [message(1), message(1, channel="atom")])
    with pytest.raises(CaseRefused, match="told already"):
        store.add_alerts([alert(1)], [])
    with pytest.raises(CaseRefused, match="told already"):
        store.add_alerts([alert(2, covers=("cover1", "cover2"))], [message(2)])
    assert [a.key for a in store.alerts()] == ["key1"] and len(list(store.messages())) == 2, "nothing of a refused one"
    store.add_alerts([replace(alert(3), case="other", covers=("cover1",))], [])
    assert store.covered("made", ["cover1", "cover2"]) == {"cover1"}
    assert [a.key for a in store.alerts("made")] == ["key1"] and store.alerts(limit=1)[0].key == "key3"
    assert store.alerts(since=AT + dt.timedelta(minutes=2))[0].key == "key3"
    assert store.alerts_by_key(["key1", "nothing"]) == {"key1": alert(1)}


def test_the_outbox_gives_what_is_due_in_order_and_never_what_is_done(store: SqlWatchStore) -> None:
    store.add_alerts(
        [alert(n) for n in range(4)],
        [message(0), message(1, not_before=AT + dt.timedelta(hours=1)), message(2, next_try=AT), message(3)],
    )
    assert [m.key for m in store.due_messages(AT)] == ["key0", "key2", "key3"]
    store.keep_message(message(0, state="sent", sent_at=AT, tries=1))
    store.keep_message(message(2, tries=3, next_try=AT + dt.timedelta(minutes=5), why="the receiver answers 500"))
    assert [m.key for m in store.due_messages(AT)] == ["key3"]
    assert [m.key for m in store.due_messages(AT + dt.timedelta(hours=2))] == ["key1", "key2", "key3"]
    store.bundle(message(9, alerts=("key1", "key3"), digest=True), ["key1", "key3"])
    assert [m.key for m in store.due_messages(AT + dt.timedelta(hours=2))] == ["key2", "key9"]
    assert store.message_counts() == {("desk", "sent"): 1, ("desk", "bundled"): 2, ("desk", "waiting"): 2}
    assert next(store.messages(state="waiting", limit=1)).alerts == ("key1", "key3")


def test_a_document_and_its_alert_are_one_transaction_with_the_cases(store: SqlWatchStore, backend: Backend) -> None:
    database = backend.open_database()
    from vedette.stores.cases import SqlCaseStore

    cases, watching = SqlCaseStore(database, backend.clock), SqlWatchStore(database)
    with pytest.raises(RuntimeError, match="dies"), watching.transaction():
        cases.create(full_case())
        watching.add_alerts([alert(1)], [message(1)])
        raise RuntimeError("the process dies here")
    assert backend.cases().case_ids() == () and SqlWatchStore(backend.open_database()).alerts() == ()
    with watching.transaction():
        cases.create(full_case())
        watching.add_alerts([alert(1)], [message(1)])
    assert backend.cases().case_ids() == ("made",) and len(SqlWatchStore(backend.open_database()).alerts()) == 1


def test_alerts_are_never_changed_or_removed(store: SqlWatchStore, backend: Backend) -> None:
    store.add_alerts([alert(1)], [message(1)])
    engine = backend.engine()
    for statement in (
        "UPDATE watch_alerts SET record = ''", "DELETE FROM watch_alerts", "DELETE FROM watch_covered"
    ):  # fmt: skip
        with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_the_words_of_a_forgotten_document_go_from_what_was_told(backend: Backend) -> None:
    from vedette.stores.cases import SqlCaseStore

    database = backend.open_database()
    cases, watching = SqlCaseStore(database, backend.clock), SqlWatchStore(database)
    case = full_case()
    cases.create(case)
    item = next(e for e in case.evidence if e.quote is not None)
    assert item.quote is not None
    secret = "Secret words of the report"
    share = Share(id=item.id, what=secret, log_odds=0.1)
    told = Told(case="made", at=AT, scenarios=(ScenarioLine(id="s", label="S", probability=0.3, shares=(share,)),))
    both = [
        replace(alert(1), headline=secret, evidence=(item.id,), reasons=(Reason(id=item.id, what=secret),)),
        replace(
            alert(2), kind=AlertKind.PROBABILITY, headline="S: 20 % to 30 %", evidence=(),
            reasons=(Reason(id=item.id, what=secret, log_odds=0.1), Reason(id="e9", what="Other", log_odds=0.2)),
        ),
        alert(3),
    ]  # fmt: skip
    source = "feed:https://news.example/feed"
    watching.add_alerts(both, [])
    watching.keep_told(told, "1", AT.date())
    watching.keep_items(
        "made",
        [Item(source=source, id="https://news.example/secret", version="1", state=ItemState.READ, first_seen=AT,
              document=item.quote.document.id)],
    )  # fmt: skip
    cases.forget("made", item.quote.document.id, author="a", reason="asked to", words=True)
    after = SqlWatchStore(backend.open_database())
    third, second, first = after.alerts()
    assert (first.key, first.headline, first.reasons[0].what) == ("key1", "[removed]", "[removed]")
    assert second.headline == "S: 20 % to 30 %" and [r.what for r in second.reasons] == ["[removed]", "Other"]
    assert second.reasons[0].log_odds == 0.1 and third == both[2]
    assert "secret" not in str(after.versions("made", source)) and after.versions("made", source)
    found = after.told("made")[0]
    assert found is not None and found.scenarios[0].shares[0].what == "[removed]"
    with pytest.raises(CaseRefused, match="told already"):
        after.add_alerts([replace(alert(7), covers=("cover1",))], [])
