"""A made case whose window is open now, articles published today, and feeds that hold them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from tests.made_cases import host_case, item

from vedette.domain.case import Case
from vedette.domain.evidence import Evidence


def today() -> dt.date:
    """Today in UTC: the service under test runs on the machine's clock."""
    return dt.datetime.now(dt.UTC).date()


def open_case_of(name: str = "watched", day: dt.date | None = None, evidence: Iterable[Evidence] = ()) -> Case:
    """The host case with a window of two months around ``day``."""
    day = day or today()
    base = host_case()
    return host_case(
        evidence=(item("e1", day=day - dt.timedelta(days=9)), *evidence), id=name, framework="five-conditions",
        title=f"Made case {name}", opened=day - dt.timedelta(days=10), as_of=day - dt.timedelta(days=1),
        scenario_set=replace(base.scenario_set, deadline=day + dt.timedelta(days=50)),
    )  # fmt: skip


UNITS = ("tank", "field hospital", "railway", "air defence", "bridging", "artillery", "signals", "engineer")
PLACES = ("Yelsk", "Rechitsa", "Mozyr", "Gomel", "Brest", "Pinsk", "Luninets", "Baranovichi")


PLAIN = (
    "the market of this small town was open and many people came with apples pears bread and honey while others stood "
    "in line for a ticket to the evening concert where an old teacher played songs about rivers fields and the long "
    "winter her neighbours had asked for them again because they remembered how she used to sing when the school was "
    "new nobody minded that it rained or that some lamps did not work since friends shared tea under the wooden roof"
).split()


def words(n: int, count: int) -> list[str]:
    """Plain words in an order of their own for every ``n``."""
    import random

    return random.Random(n).choices(PLAIN, k=count)


def article(n: int) -> str:
    """A made article, different for every ``n``: long enough that the feed carries all of it; no copy of another."""
    unit, place = UNITS[n % len(UNITS)], PLACES[(n // len(UNITS)) % len(PLACES)]
    own = words(n, 300)
    filler = "\n\n".join(" ".join(own[i : i + 20]).capitalize() + "." for i in range(0, 300, 20))
    return (
        f"Russian {unit} troops number {n} began arriving at Belarusian railway stations near {place} on Monday ahead "
        f"of announced drills.\n\nBelarusian President Aleksandr Lukashenko said in speech {n} that Belarus would not "
        f"let its territory be used for an attack on Ukraine.\n\n{filler}\n"
    )


@dataclass(frozen=True)
class Entry:
    """One item of a made feed."""

    url: str
    title: str
    text: str
    day: dt.datetime


def entry(n: int, *, base: str = "https://news.example", day: dt.datetime | None = None, text: str = "") -> Entry:
    """Item ``n``, published at the start of today."""
    at = day or dt.datetime.combine(today(), dt.time(), tzinfo=dt.UTC)
    return Entry(url=f"{base}/item/{n}", title=f"Item {n}", text=text or article(n), day=at)


def rss(entries: Iterable[Entry], title: str = "Made News") -> bytes:
    """An RSS 2.0 feed."""
    from email.utils import format_datetime

    items = "".join(
        f"<item><title>{escape(e.title)}</title><link>{escape(e.url)}</link><pubDate>{format_datetime(e.day)}</pubDate>"
        f"<description>{escape(e.text)}</description></item>"
        for e in entries
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{escape(title)}</title>'
        f"{items}</channel></rss>"
    ).encode()
