"""One expression on DuckDB and on a real local Spark: the same rows, and those of the store's own SQL."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from tests.made_gdelt import Desk, gdelt2, write

from vedette.domain.events import EventQuery
from vedette.domain.time import AsOf
from vedette.errors import BadInput, MissingExtra
from vedette.stores import events_portable as portable

needs_ibis = pytest.mark.skipif(find_spec("ibis") is None, reason="the extra scale is not installed (make test-spark)")
CODES = ("154", "040", "190", "010")
QUERIES = (
    EventQuery(),
    EventQuery(source="RUS", target="UKR"),
    EventQuery(source="RUS", target="UKR", both_ways=True, as_of=AsOf.of("2022-02-01")),
    EventQuery(roots=("MOBILIZE", "ASSAULT"), since=dt.date(2022, 1, 12), until=dt.date(2022, 3, 1)),
    EventQuery(as_of=AsOf.of("2022-01-20"), datasets=("gdelt2",)),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Made rows over three months, with corrections, unknown actors and rows without class."""
    folder = tmp_path_factory.mktemp("events")
    desk = Desk(folder / "store")

    def line(n: int, **cells: str) -> str:
        day = dt.date(2022, 1, 3) + dt.timedelta(days=n % 90)
        who, whom = ("RUS", "UKR") if n % 3 else ("UKR", "RUS")
        return gdelt2(
            globaleventid=str(n), sqldate=f"{day:%Y%m%d}", dateadded=f"{day + dt.timedelta(days=n % 5):%Y%m%d}120000",
            eventcode=CODES[n % 4], actor1countrycode="" if n % 11 == 0 else who, actor2countrycode=whom,
            nummentions="" if n % 7 == 0 else str(n % 9), **cells,
        )  # fmt: skip

    desk.take("gdelt2", write(folder / "a.csv", [line(n) for n in range(1, 600)]))
    later = [line(n).replace(f"{dt.date(2022, 1, 3):%Y%m%d}", "20220103") for n in range(1, 40)]
    corrected = [row.split("\t") for row in later]
    for cells in corrected:
        cells[31] = "77"
        cells[59] = "20220415000000"
    desk.take("gdelt2", write(folder / "b.csv", ["\t".join(c) for c in corrected]))
    return desk


def open_engine(desk: Desk, engine: portable.Engine) -> portable.PortableEvents:
    store = desk.store()
    return portable.PortableEvents({name: store.parquet_files(name) for name in portable.TABLES}, engine)


@pytest.fixture(scope="module")
def on_duckdb(desk: Desk) -> Iterator[portable.PortableEvents]:
    found = open_engine(desk, "duckdb")
    yield found
    found.close()


@pytest.fixture(scope="module")
def on_spark(desk: Desk) -> Iterator[portable.PortableEvents]:
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none")
    found = open_engine(desk, "spark")
    yield found
    found.close()


def close(one: list[tuple[Any, ...]], two: list[tuple[Any, ...]]) -> bool:
    """Equal rows in any order, numbers to twelve digits."""
    def rounded(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(float(f"{v:.12g}") if isinstance(v, float) else v for v in row)

    return Counter(map(rounded, one)) == Counter(map(rounded, two))


def expressions(on: portable.PortableEvents) -> list[Any]:
    force = portable.in_force(on["events"], on["superseded"], AsOf.of("2022-02-01"))
    return [
        force.select("dataset", "key", "row", "available_at", "source", "target", "mentions"),
        portable.in_force(on["events"], on["superseded"], None).select("key", "row", "mentions"),
        portable.day_changes(on["events"], on["superseded"]),
        portable.weekly_tempo(on["dyad_days"], AsOf.of("2022-03-31")),
    ]


@needs_ibis
@pytest.mark.parametrize("n", range(len(QUERIES)))
def test_ibis_on_duckdb_answers_as_the_store(desk: Desk, on_duckdb: portable.PortableEvents, n: int) -> None:
    ours = desk.store().dyad_days(QUERIES[n])
    assert ours and Counter(on_duckdb.dyad_days(QUERIES[n])) == Counter(ours)


@needs_ibis
def test_versions_in_force_and_a_back_fill_equal_the_store(desk: Desk, on_duckdb: portable.PortableEvents) -> None:
    for as_of in (None, AsOf.of("2022-02-01"), AsOf.of("2022-05-01")):
        expression = portable.in_force(on_duckdb["events"], on_duckdb["superseded"], as_of).select("key", "mentions")
        assert Counter(on_duckdb.rows(expression)) == Counter(
            (int(e.id), e.mentions) for e in desk.store().query(EventQuery(as_of=as_of))
        )
    again = portable.day_changes(on_duckdb["events"], on_duckdb["superseded"])
    for query in QUERIES:
        one, two = (on_duckdb.rows(portable.daily_counts(t, query)) for t in (again, on_duckdb["dyad_days"]))
        assert one and close(one, two), "counts filled in again are the counts that are there"


@needs_ibis
def test_a_weekly_tempo_knows_only_the_year_before(on_duckdb: portable.PortableEvents) -> None:
    rows = on_duckdb.rows(portable.weekly_tempo(on_duckdb["dyad_days"], AsOf.of("2022-03-31")))
    first = min(r[4] for r in rows)
    names = portable.weekly_tempo(on_duckdb["dyad_days"], AsOf.of("2022-03-31")).columns
    for row in rows:
        v = dict(zip(names, row, strict=True))
        assert (v["expected"] is None) == (v["week"] == first), "no history, no expectation"
        past = [dict(zip(names, r, strict=True)) for r in rows]
        mine = [p for p in past if all(p[k] == v[k] for k in ("source", "target", "root"))]
        assert v["past_events"] == sum(p["events"] for p in mine if v["week"] - 52 <= p["week"] < v["week"])


@needs_ibis
def test_bigquery_is_asked_in_its_own_words() -> None:
    import ibis

    query = EventQuery(source="RUS", target="UKR", as_of=AsOf.of("2022-01-20"))
    sql = str(ibis.to_sql(portable.daily_counts(portable.gdelt_bigquery_changes(), query), dialect="bigquery"))
    assert "`gdelt-bq`.`gdeltv2`.`events`" in sql.replace("`gdelt-bq.gdeltv2.events`", "`gdelt-bq`.`gdeltv2`.`events`")
    assert "PARSE_DATE" in sql.upper() and "Actor1CountryCode" in sql and "GROUP BY" in sql
    for name in ("dyad_days", "events", "superseded"):
        portable.table(name)
    force = portable.in_force(portable.table("events"), portable.table("superseded"), AsOf.of("2022-01-20"))
    assert "NOT EXISTS" in (text := str(ibis.to_sql(force, dialect="bigquery")).upper()) or "ANTI JOIN" in text


@needs_ibis
@pytest.mark.spark
@pytest.mark.parametrize("n", range(len(QUERIES)))
def test_daily_counts_are_the_same_on_spark(
    on_duckdb: portable.PortableEvents, on_spark: portable.PortableEvents, n: int
) -> None:
    assert on_spark.dyad_days(QUERIES[n]) == on_duckdb.dyad_days(QUERIES[n]) != []


@needs_ibis
@pytest.mark.spark
@pytest.mark.parametrize("n", range(4))
def test_every_expression_is_the_same_on_spark(
    on_duckdb: portable.PortableEvents, on_spark: portable.PortableEvents, n: int
) -> None:
    one, two = on_duckdb.rows(expressions(on_duckdb)[n]), on_spark.rows(expressions(on_spark)[n])
    assert one and close(one, two)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "find_spec", lambda _name: None)
    with pytest.raises(MissingExtra, match=r"vedette\[scale\]"):
        portable.ibis()


@needs_ibis
def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(BadInput, match="duckdb or spark"):
        portable.PortableEvents({}, "hadoop")  # type: ignore[arg-type]
