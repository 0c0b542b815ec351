"""The case page as plain objects, without HTTP: numbers, sums, what is left out, the day, hostile text."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import replace

import pytest
from starlette.datastructures import QueryParams
from tests.made_cases import AS_OF, host_case, item

from vedette.bootstrap import open_workspace
from vedette.domain.claims import Direction, Place
from vedette.domain.time import instant
from vedette.errors import AfterCutOff, BadInput, UnknownName
from vedette.reference.estimative import figure
from vedette.web.desk import Desk, Kept
from vedette.web.views.case import case_view
from vedette.web.views.moment import moment
from vedette.web.views.query import CaseQuery, address
from vedette.web.views.timeline import days_of, time_view
from vedette.web.views.what_if import answer
from vedette.workflows.assess import assess_case, what_if
from vedette.workflows.undo import without

CASE = "belarus-2022"
HOSTILE = '<img src=x onerror="alert(1)">\u202e"\'--><script>alert(2)</script>'


@pytest.fixture(scope="module")
def bundled() -> Desk:
    """A desk on the bundled cases; nothing is written, so the tests may share it."""
    return Desk(open_workspace())


def made_desk(case_evidence: list[object] = [], **changes: object) -> Desk:  # noqa: B006  never changed
    """A desk on a workspace with one made case."""
    workspace = open_workspace()
    case = host_case(case_evidence, framework="five-conditions", **changes)  # type: ignore[arg-type]
    workspace.cases.create(case, author="Test Analyst", reason="made for the test")
    return Desk(workspace)


# -- addresses ---------------------------------------------------------------------------------------------


def test_an_address_carries_the_whole_view_and_reads_back() -> None:
    query = CaseQuery(
        as_of=dt.date(2021, 12, 1), mode="author", scenario="attack", without=("B1", "B2"), set=("main.low_costs=met",)
    )
    text = query.text()
    assert CaseQuery.of(QueryParams(text)) == query
    assert address("x/../y", query).startswith("/cases/x%2F..%2Fy?as_of=2021-12-01")
    assert CaseQuery().text() == ""
    assert dict(query.fields("as_of")).get("as_of") is None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("as_of=yesterday", BadInput),
        ("mode=both", UnknownName),
        ("without=" + ",".join(f"e{n}" for n in range(201)), BadInput),
    ],
)
def test_an_address_that_cannot_be_read_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        CaseQuery.of(QueryParams(text))


# -- numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["recommended", "author"])
def test_the_page_prints_the_numbers_of_the_assessment(bundled: Desk, mode: str) -> None:
    view = case_view(bundled, CASE, CaseQuery(mode=mode))
    same = assess_case(bundled.case(CASE), "2022-01-20", mode=mode)
    assert [s.probability for s in view.scenarios] == [figure(s.probability) for s in same.scenarios]
    assert view.confidence == same.confidence.level
    assert view.warnings
    assert view.confidence_reasons == same.confidence.reasons


def test_the_bars_sum_exactly_to_the_estimate(bundled: Desk) -> None:
    for scenario in ("attack_from_belarus", "lasting_presence", "neither"):
        view = case_view(bundled, CASE, CaseQuery(scenario=scenario))
        assert view.fall is not None
        assert abs(view.fall.gap) < 1e-9
        ends = [r.bar for r in view.fall.rows]
        for before, after in itertools.pairwise(ends[1:]):
            assert after.start == pytest.approx(before.end, abs=1e-12)
        p = bundled.assessment(CASE).scenario(scenario).probability
        assert ends[-1].end == pytest.approx(math.log(p / (1 - p)), abs=1e-9)


def test_every_bar_that_rests_on_evidence_opens_to_it(bundled: Desk) -> None:
    view = case_view(bundled, CASE, CaseQuery())
    assert view.fall is not None
    shown = {i.id for r in view.fall.rows for i in r.items}
    assert shown == {
        e for c in bundled.assessment(CASE).contributions["attack_from_belarus"] for e in c.evidence
    }
    assert all(i.weight and i.quote and i.grade and i.toggle for r in view.fall.rows for i in r.items)


def test_leaving_out_gives_the_number_of_the_command_line_beside_the_original(bundled: Desk) -> None:
    left = ("B051", "B026")
    view = case_view(bundled, CASE, CaseQuery(without=left))
    case = bundled.case(CASE)
    whole = assess_case(case, "2022-01-20")
    expected = without(case, whole, left)["scenarios"]
    assert [s.probability for s in view.scenarios] == [figure(s["probability"]) for s in expected]
    assert [s.change.rpartition(" ")[2] for s in view.scenarios] == [figure(s["original"]) for s in expected]
    assert [i.id for i in view.left_out] == list(left)
    assert all(i.out for i in view.left_out)
    # Taking one back is the address without it.
    assert "without=B026" in view.left_out[0].toggle
    assert "without" not in view.put_back
    assert "without 2 items" in view.finding


def test_what_is_left_out_must_exist_but_need_not_be_known_yet(bundled: Desk) -> None:
    with pytest.raises(UnknownName) as error:
        case_view(bundled, CASE, CaseQuery(without=("B999",)))
    assert error.value.nearest
    view = case_view(bundled, CASE, CaseQuery(as_of=dt.date(2021, 12, 1), without=("B051",)))
    assert view.not_yet == ("B051",)
    assert view.left_out == ()


def test_a_what_if_is_the_answer_of_the_command_line(bundled: Desk) -> None:
    changes = ("main.low_costs=met", "stay.local_support=-1")
    m = moment(bundled, CASE, CaseQuery(set=changes))
    found = answer(bundled, m, changes)
    expected = what_if(bundled.case(CASE), changes)["scenarios"]
    assert [x.line.value for x in found] == pytest.approx([s["what_if"] for s in expected], abs=1e-12)
    assert found[0].change.startswith("+")


def test_a_what_if_that_cannot_be_set_is_said_and_the_page_stays(bundled: Desk) -> None:
    view = case_view(bundled, CASE, CaseQuery(set=("main.nonsense=met",)))
    assert "nonsense" in view.sliders.failed
    assert view.sliders.answers == ()
    assert view.scenarios


def test_a_scenario_that_is_not_there_names_the_nearest(bundled: Desk) -> None:
    with pytest.raises(UnknownName) as error:
        case_view(bundled, CASE, CaseQuery(scenario="atack"))
    assert "attack" in error.value.nearest


def test_after_the_deadline_there_is_nothing_to_assess(bundled: Desk) -> None:
    with pytest.raises(AfterCutOff):
        case_view(bundled, CASE, CaseQuery(as_of=dt.date(2022, 4, 1)))


def test_a_case_without_evidence_says_so_and_keeps_its_base_rate() -> None:
    view = case_view(made_desk(), "made-host", CaseQuery())
    assert view.matrix is None
    assert view.scenarios[0].base
    assert "0 accepted items" in view.counts


# -- the time machine --------------------------------------------------------------------------------------


def _words(desk: Desk, query: CaseQuery, case: str = "made-host") -> str:
    """Everything the page and its line print, but for the note that counts later records."""
    view = case_view(desk, case, query)
    line = time_view(desk, moment(desk, case, query))
    return repr(replace(view, time=replace(view.time, note="", first=""))) + repr(line)


def test_later_evidence_changes_no_part_of_an_earlier_page() -> None:
    early = [item("E1", day=dt.date(2022, 1, 5)), item("E2", day=dt.date(2022, 1, 12), direction=Direction.LOWERS)]
    query = CaseQuery(as_of=dt.date(2022, 1, 15))
    before = _words(made_desk(early), query)
    late = replace(
        item("E3", day=dt.date(2022, 1, 18), claim="The secret that comes later"),
        place=Place(name="Brest", lat=52.1, lon=23.7, country="BLR"),
    )
    workspace = open_workspace()
    workspace.cases.add_evidence("made-host", [late, item("E4", day=dt.date(2022, 2, 1), condition="local_support")])
    after = _words(Desk(workspace), query)
    assert "secret" not in after
    assert "E3" not in after
    assert after == before
    view = case_view(Desk(workspace), "made-host", query)
    assert "2 later records" in view.time.note


def test_the_days_of_the_line_end_with_the_day_shown(bundled: Desk) -> None:
    m = moment(bundled, CASE, CaseQuery(as_of=dt.date(2021, 12, 20)))
    days = days_of(m)
    assert days[-1] == dt.date(2021, 12, 20)
    assert days == tuple(sorted(set(days)))
    assert len(days) <= 30
    line = time_view(bundled, m)
    assert line.rows[0].day == "20 December 2021"
    p = assess_case(bundled.case(CASE), "2021-12-20").scenarios[0].probability
    assert line.rows[0].probability == figure(p)
    # Each pin puts the page at its day.
    assert all("as_of=2021-1" in x.href for x in line.pins)


def test_one_day_back_and_forward_stay_within_the_case(bundled: Desk) -> None:
    last = case_view(bundled, CASE, CaseQuery(as_of=dt.date(2022, 3, 31))).time
    assert last.after == ""
    assert "as_of=2022-03-30" in last.before
    case = bundled.case(CASE)
    first = min(e.times.available_at.date() for e in case.evidence)
    assert case_view(bundled, CASE, CaseQuery(as_of=min(first, case.opened))).time.before == ""


def test_an_open_case_is_shown_today_and_a_closed_one_at_its_own_day() -> None:
    class Clock:
        def now(self) -> dt.datetime:
            return instant(dt.date(2022, 2, 1))

    workspace = open_workspace()
    workspace.cases.create(host_case(framework="five-conditions"), author="a", reason="b")
    assert Desk(open_workspace(clock=Clock())).day(workspace.cases.load("made-host")) == dt.date(2022, 2, 1)
    assert Desk(workspace).day(workspace.cases.load("made-host")) == AS_OF


# -- versions ----------------------------------------------------------------------------------------------


def test_a_new_record_makes_a_new_page_at_once() -> None:
    desk = made_desk([item("E1", day=dt.date(2022, 1, 5))])
    before = case_view(desk, "made-host", CaseQuery())
    stamp = desk.version("made-host")
    open_workspace().cases.add_evidence("made-host", [item("E2", day=dt.date(2022, 1, 6), condition="local_support")])
    assert desk.version("made-host") != stamp
    after = case_view(desk, "made-host", CaseQuery())
    assert "1 accepted item," in before.counts
    assert "2 accepted items," in after.counts


def test_caches_stay_within_their_bounds() -> None:
    desk = made_desk([item("E1", day=dt.date(2022, 1, 5))])
    desk._assessments.most, desk.parts.most = 3, 2
    for n in range(6):
        case_view(desk, "made-host", CaseQuery(as_of=dt.date(2022, 1, 10) + dt.timedelta(days=n)))
        desk.parts.get(n, lambda: "a part")
    assert len(desk._cases) == 1
    assert len(desk._assessments) == 3
    assert (len(desk.parts), desk.parts.peek(5), desk.parts.peek(3)) == (2, "a part", None)


def test_an_entry_is_made_once_however_many_ask_and_not_kept_when_it_fails() -> None:
    import threading

    kept: Kept[int] = Kept(4)
    made: list[int] = []
    gate = threading.Barrier(8)

    def make() -> int:
        made.append(1)
        return 7

    def ask() -> None:
        gate.wait()
        assert kept.get("x", make) == 7

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert made == [1]
    with pytest.raises(ZeroDivisionError):
        kept.get("y", lambda: 1 // 0)
    assert kept.get("y", lambda: 3) == 3


def test_hostile_text_stays_text() -> None:
    hostile = item("E1", day=dt.date(2022, 1, 5), claim=HOSTILE, attribution=HOSTILE)
    view = case_view(made_desk([hostile], title=HOSTILE, question=HOSTILE), "made-host", CaseQuery())
    # Direction marks and controls are out; the rest is left to the template, which escapes everything.
    assert "\u202e" not in repr(view)
    assert "<script>" in view.title


def test_a_long_list_of_items_is_cut_and_says_how_many_more_there_are() -> None:
    many = [item(f"E{n:03}", day=dt.date(2022, 1, 5)) for n in range(45)]
    view = case_view(made_desk(many), "made-host", CaseQuery(scenario="attack"))
    assert view.matrix is not None
    assert view.fall is not None
    row = next(r for r in view.matrix.rows if r.items)
    assert (len(row.items), row.more, row.summary) == (40, 5, "45 items")
    bar = next(r for r in view.fall.rows if r.items)
    assert (len(bar.items), bar.more) == (40, 5)
