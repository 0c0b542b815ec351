"""Other people's forecasts become ledger entries, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from tests.made_ledger import Noun, answered, asked, entries, ledger_case, no_case, said

from vedette.domain.case import Case
from vedette.domain.ledger import Forecast
from vedette.errors import BadInput, EditConflict
from vedette.ports import LedgerEntry
from vedette.workflows.import_forecasts import Imported, import_forecasts, parse_maps
from vedette.workflows.score import score_ledger
from vedette.workflows.standing import EVEN, FindCase

ATOMS = ("a1", "a2", "a3", "a4", "a5", "other")
BASE = {"a1": 0.05, "a2": 0.1, "a3": 0.3, "a4": 0.45, "a5": 0.08, "other": 0.02}


@dataclass
class Book:
    """A ledger in memory, with the calls an import makes. ``meanwhile``: what others add, one before each call."""

    nouns: list[Noun] = field(default_factory=list)
    meanwhile: list[Noun] = field(default_factory=list)

    def entries(self) -> Sequence[LedgerEntry]:
        return entries(self.nouns)

    def stamp(self) -> str:
        return str(len(self.nouns))

    def append_all(self, nouns: Sequence[Noun], *, after: str | None = None) -> Sequence[str]:
        if self.meanwhile:
            self.nouns.append(self.meanwhile.pop(0))
        if after != self.stamp():
            raise EditConflict("somebody added to the ledger meanwhile")
        self.nouns += nouns
        return [str(i) for i in range(len(nouns))]


class Clock:
    """Long after everything."""

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def bring(
    book: Book, *lines: str, find: FindCase = no_case, maps: Sequence[str] = (), base: float | None = None
) -> Imported:
    data = "\n".join(lines).encode()
    return import_forecasts(
        book, Clock(), [("f.csv", data)], "csv", find, maps=parse_maps(maps), base_rate=base
    )  # type: ignore[arg-type]


HEAD = "question,forecaster,date,probability,scenario,statement,deadline,outcome,resolved"


def test_foreign_questions_are_made_resolved_and_recognised() -> None:
    book = Book()
    lines = (
        HEAD,
        "x,ana,2022-01-01,0.3,,Will it rain by 2022-02-01?,,1,2022-01-20",
        "x,bob,2022-01-02,0.4,,,,,",
    )
    first = bring(book, *lines, base=0.25)
    assert (first.questions, first.forecasts, first.resolutions, len(first.aside)) == (1, 2, 1, 0)
    before = list(book.nouns)
    again = bring(book, *lines, base=0.25)
    assert (again.questions, again.forecasts, again.resolutions) == (0, 0, 0) and again.known == 3
    assert book.nouns == before
    record = score_ledger(book.entries(), no_case, dt.date(2026, 1, 1))
    assert [r["imported"] for r in record["rows"]] == [True, True]
    assert record["rows"][0]["base_rate"]["brier"] == pytest.approx(2 * 0.75**2)


def test_an_answer_that_contradicts_the_one_here_is_named_and_not_counted_as_known() -> None:
    book = Book()
    ask = "x,ana,2022-01-01,0.3,,Will it rain by 2022-02-01?,,{},2022-01-20"
    bring(book, HEAD, ask.format(1), base=0.25)
    again = bring(book, HEAD, ask.format(0), base=0.25)
    assert (again.resolutions, again.known) == (0, 1), "the forecast is known, the other answer is not"
    assert [a.reason for a in again.aside] == ["it is answered otherwise here: yes (import)"]


def test_an_import_is_worked_out_anew_when_somebody_adds_meanwhile() -> None:
    book = Book(meanwhile=[asked("y"), asked("z")])
    done = bring(book, HEAD, "x,ana,2022-01-01,0.3,,Will it rain by 2022-02-01?,,1,2022-01-20", base=0.25)
    assert (done.questions, done.forecasts, done.resolutions) == (1, 1, 1) and len(book.nouns) == 5
    busy = Book(meanwhile=[asked(f"q{n}") for n in range(20)])
    with pytest.raises(EditConflict):
        bring(busy, HEAD, "x,ana,2022-01-01,0.3,,Will it rain by 2022-02-01?,,,", base=0.25)


def test_a_forecast_made_when_the_answer_was_known_is_kept_aside() -> None:
    done = bring(Book(), HEAD, "x,ana,2022-01-20,0.9,,Will it?,2022-02-01,1,2022-01-20")
    assert done.forecasts == 0 and "answer was known" in done.aside[0].reason


def test_without_a_rate_the_reference_is_even_odds_and_says_so() -> None:
    book = Book()
    bring(book, HEAD, "x,ana,2022-01-01,0.9,,Will it?,2022-02-01,,")
    (made,) = [n for n in book.nouns if isinstance(n, Forecast)]
    assert made.base_rate == {"yes": 0.5, "no": 0.5} and EVEN in made.method
    book.nouns.append(answered("no", question="x"))
    record = score_ledger(book.entries(), no_case, dt.date(2026, 1, 1))
    assert record["rows"][0]["reference"] == "even odds"
    assert "On 1 of 1 questions no base rate was given" in record["forecasters"][0]["note"]


def our_book() -> tuple[Book, Case]:
    case = ledger_case()
    nouns: list[Noun] = [
        asked("ours", ATOMS, case=case.id),
        said("2022-01-05", BASE, question="ours", base=BASE, who="vedette"),
    ]
    return Book(nouns), case


def test_scenarios_of_one_person_and_time_become_one_coherent_distribution() -> None:
    book, case = our_book()
    done = bring(
        book,
        HEAD,
        "ours,metaculus,2022-01-10,0.4,attack,,,,",
        "ours,metaculus,2022-01-10,0.3,attack_from_host,,,,",
        find=lambda _: case,
    )
    assert done.forecasts == 1
    made = book.nouns[-1]
    assert isinstance(made, Forecast)
    assert sum(made.distribution.values()) == pytest.approx(1)
    assert made.distribution["a1"] == pytest.approx(0.3, abs=1e-3)
    assert sum(made.distribution[a] for a in ("a1", "a2", "a5")) == pytest.approx(0.4, abs=1e-3)
    assert made.base_rate == BASE


def test_only_what_was_said_is_scored_of_a_figure_on_one_scenario() -> None:
    book, case = our_book()
    bring(book, HEAD, "ours,metaculus,2022-01-10,0.4,attack,,,,", find=lambda _: case)
    book.nouns.append(answered("a1", "2022-02-24", question="ours"))
    record = score_ledger(book.entries(), lambda _: case, dt.date(2026, 1, 1))
    row = next(r for r in record["rows"] if r["forecaster"] == "metaculus")
    assert row["scores"]["brier"] is None and [s["id"] for s in row["scenarios"]] == ["attack"]
    ours = next(r for r in record["rows"] if r["forecaster"] == "vedette")
    assert [(x["rival"], x["scenario"]) for x in ours["rivals"]] == [("crowd", "attack")]


def test_a_mapped_question_is_used_only_when_it_is_ours() -> None:
    book, case = our_book()
    lines = (
        HEAD, "M1,metaculus,2022-01-10,0.4,,Will Russia attack Ukraine by 31 March 2022?,2022-03-31,,",
        "M2,metaculus,2022-01-10,0.6,,Will Russia attack Ukraine before 2023?,2022-12-31,,",
        "M3,metaculus,2022-01-11,0.7,,Will Russia not attack Ukraine by 31 March 2022?,2022-03-31,,",
    )  # fmt: skip
    maps = [f"M{i}=ours:attack" for i in (1, 2, 3)]
    done = bring(book, *lines, find=lambda _: case, maps=maps)
    assert done.forecasts == 2 and [c["fits"] for c in done.checks] == [True, False, True]
    assert "275 days later" in done.aside[0].reason
    turned = book.nouns[-1]
    assert isinstance(turned, Forecast)
    assert sum(turned.distribution[a] for a in ("a1", "a2", "a5")) == pytest.approx(0.3, abs=1e-3)


def test_what_cannot_be_placed_is_kept_aside_with_its_reason() -> None:
    book, _ = our_book()
    done = bring(book, HEAD, "ours,ana,2022-01-10,0.4,,,,,", "nowhere,ana,2022-01-10,0.4,,,,,",
                 "x,ana,2022-01-10,0.4,,Will it?,,,", "ours,ana,2022-01-10,0.4,attack,,,,",
                 "ours,ana,2027-01-10,0.4,,,,,")  # fmt: skip
    assert done.forecasts == 0
    text = " ".join(r.reason for r in done.aside)
    for reason in ("map it to a scenario", "not in the ledger", "no deadline", "is not here", "in the future"):
        assert reason in text
    assert sum(done.reasons.values()) == len(done.aside) == 5


def test_mappings_and_rates_that_make_no_sense_are_refused() -> None:
    for text in ("M1", "M1=", "=ours"):
        with pytest.raises(BadInput, match="FOREIGN=QUESTION"):
            parse_maps([text])
    with pytest.raises(BadInput, match="no such question"):
        bring(Book(), HEAD, "x,ana,2022-01-01,0.3,,Will it?,2022-02-01,,", maps=["x=ours"])
    with pytest.raises(BadInput, match="strictly between"):
        bring(Book(), HEAD, "x,ana,2022-01-01,0.3,,,,,", base=1.0)
