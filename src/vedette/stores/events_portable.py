"""The portable questions about events, written once with Ibis: the same expression runs on DuckDB, Spark or BigQuery.

The store's own answers are hand-written SQL on DuckDB, which is faster on one machine. These expressions read the same
parquet files (`frames.events`), so that a cluster can answer over more rows than one machine holds, and fill the daily
counts again from the rows. Needs the extra ``scale``; Spark needs Java 17.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from vedette.domain.events import DyadDay, EventQuery
from vedette.domain.time import AsOf
from vedette.errors import BadInput, MissingExtra, SourceFailed
from vedette.frames.contract import Dtype
from vedette.frames.events import TABLES

Engine = Literal["duckdb", "spark"]
Expression = Any
"""An Ibis table; Ibis is imported only when it is used."""

# Ibis names of our dtypes.
_TYPES: Mapping[Dtype, str] = {
    "int": "int32", "long": "int64", "float": "float64", "text": "string", "date": "date", "time": "timestamp",
}  # fmt: skip
_VERSION = ("dataset", "key", "file_id", "row")
_DAY = ("dataset", "day", "source", "target", "root")
# Weeks of history that an expected count rests on: a year (METHOD 4.3.9).
HISTORY_WEEKS = 52


def ibis() -> Any:
    """The module; raises ``MissingExtra`` when it is not installed."""
    if find_spec("ibis") is None:
        raise MissingExtra("the package ibis is not installed", fix="Install it with: pip install 'vedette[scale]'")
    return import_module("ibis")


def table(name: str) -> Expression:
    """One of the store's tables without rows, for expressions that are bound later or compiled to SQL."""
    contract = TABLES[name]
    return ibis().table({c.name: _TYPES[c.dtype] for c in contract.columns}, name=name)


# --- expressions -----------------------------------------------------------------------------------------------------


def in_force(events: Expression, superseded: Expression, as_of: AsOf | None) -> Expression:
    """The versions in force at the end of a day (None: the newest)."""
    if as_of is not None:
        cut = as_of.cutoff.replace(tzinfo=None)
        events = events.filter(events.available_at < cut)
        superseded = superseded.filter(superseded.superseded_at < cut)
    return events.anti_join(superseded, list(_VERSION))


def daily_counts(changes: Expression, query: EventQuery) -> Expression:
    """Daily counts by data set, pair and class as of a day: the sums of the changes available by then."""
    for column, value in (("source", query.source), ("target", query.target)):
        if value is not None and not query.both_ways:
            changes = changes.filter(changes[column] == value)
    if query.both_ways and query.source is not None and query.target is not None:
        there = (changes.source == query.source) & (changes.target == query.target)
        back = (changes.source == query.target) & (changes.target == query.source)
        changes = changes.filter(there | back)
    if query.roots:
        changes = changes.filter(changes.root.isin(query.roots))
    if query.datasets:
        changes = changes.filter(changes.dataset.isin(query.datasets))
    if query.since is not None:
        changes = changes.filter(changes.day >= query.since)
    if query.until is not None:
        changes = changes.filter(changes.day <= query.until)
    if query.as_of is not None:
        changes = changes.filter(changes.available_on <= query.as_of.date)
    counts = ("events", "mentions", "with_mentions", "fatalities", "with_fatalities")
    sums = {name: changes[name].sum() for name in counts}
    counted = changes.group_by(list(_DAY)).aggregate(**sums)
    return counted.filter(counted.events > 0).order_by(list(_DAY))


def day_changes(events: Expression, superseded: Expression) -> Expression:
    """The table of changes, made again from the rows: what a back-fill on a cluster writes."""
    acts = events.filter(events.kind == "event")
    replaced = superseded.group_by(list(_VERSION)).aggregate(superseded_at=superseded.superseded_at.min())
    gone = acts.inner_join(replaced, list(_VERSION))
    parts = []
    for rows, moment, sign in ((acts, "available_at", 1), (gone, "superseded_at", -1)):
        parts.append(
            rows.select(
                "dataset", "source", "target", "root", day=rows.occurred_from, available_on=rows[moment].date(),
                events=ibis().literal(sign).cast("int64"), mentions=(sign * rows.mentions).cast("int64"),
                fatalities=(sign * rows.fatalities).cast("int64"),
            )
        )  # fmt: skip
    rows = parts[0].union(parts[1])
    signed = rows.events
    changes = rows.group_by([*_DAY, "available_on"]).aggregate(
        events=signed.sum(),
        mentions=rows.mentions.sum().fill_null(0),
        with_mentions=signed.sum(where=rows.mentions.notnull()).fill_null(0),
        fatalities=rows.fatalities.sum().fill_null(0),
        with_fatalities=signed.sum(where=rows.fatalities.notnull()).fill_null(0),
    )
    return changes.order_by([*_DAY, "available_on"])


def weekly_tempo(changes: Expression, as_of: AsOf) -> Expression:
    """How often a pair acts in a class in a week, against its own share of all reporting in the year before.

    ``expected`` = volume of the week x (events of the year before / volume of the year before); null when nothing was
    reported in that year. Weeks are counted from Monday, 5 January 1970 (week 0); weeks in which the pair has no event
    are not rows.
    """
    lib = ibis()
    known = changes.filter(changes.available_on <= as_of.date)
    epoch = lib.date(1970, 1, 5)
    dated = known.mutate(week=(known.day.delta(epoch, unit="day") / 7).floor().cast("int64"))
    volume = dated.group_by(["dataset", "week"]).aggregate(volume=dated.events.sum())
    before = (HISTORY_WEEKS, 1)
    past = lib.range_window(group_by="dataset", order_by="week", preceding=before)
    volume = volume.mutate(past_volume=volume.volume.sum().over(past))
    pairs = dated.group_by(["dataset", "source", "target", "root", "week"]).aggregate(events=dated.events.sum())
    own = lib.range_window(group_by=["dataset", "source", "target", "root"], order_by="week", preceding=before)
    pairs = pairs.mutate(past_events=pairs.events.sum().over(own).fill_null(0))
    joined = pairs.filter(pairs.events > 0).inner_join(volume, ["dataset", "week"])
    return joined.mutate(expected=joined.volume * joined.past_events / joined.past_volume).order_by(
        ["dataset", "week", "source", "target", "root"]
    )


def gdelt_bigquery_changes(events: Expression | None = None) -> Expression:
    """The table of changes from GDELT's own table in BigQuery (``gdelt-bq.gdeltv2.events``), for `daily_counts`.

    Countries are CAMEO's three letters and classes quad numbers as text: the code tables are not there.
    """
    lib = ibis()
    if events is None:
        events = lib.table(
            {"SQLDATE": "int64", "Actor1CountryCode": "string", "Actor2CountryCode": "string", "QuadClass": "int64",
             "NumMentions": "int64", "DATEADDED": "int64"},
            name="events", catalog="gdelt-bq", database="gdeltv2",
        )  # fmt: skip
    rows = events.select(
        dataset=lib.literal("gdelt2"), day=events.SQLDATE.cast("string").as_date("%Y%m%d"),
        source=events.Actor1CountryCode, target=events.Actor2CountryCode, root=events.QuadClass.cast("string"),
        available_on=events.DATEADDED.cast("string").substr(0, 8).as_date("%Y%m%d"), NumMentions=events.NumMentions,
    )  # fmt: skip
    counted = rows.group_by([*_DAY, "available_on"]).aggregate(
        events=rows.count(), mentions=rows.NumMentions.sum(), with_mentions=rows.NumMentions.count()
    )
    none = lib.literal(0).cast("int64")  # GDELT reports no deaths
    return counted.mutate(fatalities=none, with_fatalities=none)


# --- engines ---------------------------------------------------------------------------------------------------------


class PortableEvents:
    """The store's parquet files under an engine. ``master``: Spark's master address, ``local[2]`` by default."""

    def __init__(self, files: Mapping[str, Sequence[Path]], engine: Engine | str, *, master: str = "local[2]") -> None:
        if engine not in ("duckdb", "spark"):
            raise BadInput(f"{engine!r} is no engine", where="--engine", fix="Use store, duckdb or spark")
        lib = ibis()
        self.engine = engine
        self._session = _spark(master) if engine == "spark" else None
        self._backend = lib.pyspark.connect(self._session) if self._session else lib.duckdb.connect()
        self._tables: dict[str, Expression] = {}
        for name in TABLES:
            paths = [str(p) for p in files.get(name, ())]
            empty = table(name)
            if paths and self._session is not None:
                self._session.read.parquet(*paths).createOrReplaceTempView(name)
                self._tables[name] = self._backend.table(name).select(*empty.columns)
            elif paths:
                self._tables[name] = self._backend.read_parquet(paths, table_name=name).select(*empty.columns)
            else:
                self._tables[name] = self._backend.create_table(f"no_{name}", schema=empty.schema(), temp=True)

    def __getitem__(self, name: str) -> Expression:
        """One of the tables, bound to the engine."""
        return self._tables[name]

    def rows(self, expression: Expression) -> list[tuple[Any, ...]]:
        """The rows of an expression, as plain values; a missing value is None."""
        table = self._backend.to_pyarrow(expression)
        return [tuple(_plain(v) for v in row.values()) for row in table.to_pylist()]

    def dyad_days(self, query: EventQuery) -> list[DyadDay]:
        """As the store's own `dyad_days`, from the same parquet files."""
        found = self.rows(daily_counts(self["dyad_days"], query))
        return sorted(
            (
                DyadDay(
                    dataset=d, day=day, source=s, target=t, root=r, events=int(n),
                    mentions=int(m) if with_m > 0 else None, fatalities=int(f) if with_f > 0 else None,
                )
                for d, day, s, t, r, n, m, with_m, f, with_f in found
            ),
            key=lambda d: (d.day, d.dataset, d.source or "~", d.target or "~", d.root or "~"),
        )  # fmt: skip

    def close(self) -> None:
        """Stop the engine."""
        self._backend.disconnect()
        if self._session is not None:
            self._session.stop()


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value


def _spark(master: str) -> Any:
    if find_spec("pyspark") is None:
        raise MissingExtra("the package pyspark is not installed", fix="Install it with: pip install 'vedette[scale]'")
    import shutil

    if shutil.which("java") is None:
        raise SourceFailed("Spark needs Java, and there is none", fix="Install Java 17, or use the engine duckdb")
    builder = import_module("pyspark.sql").SparkSession.builder.master(master).appName("vedette")
    options = {
        "spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "4",
        # Our instants have no zone in the files: they are UTC, and stay as they are.
        "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    }  # fmt: skip
    if master.startswith("local"):
        options |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    else:
        options.pop("spark.sql.shuffle.partitions")  # a cluster knows better
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
