"""View models of history, watch, palette, components, tour and map data."""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.made_cases import host_case

from vedette.domain.alerts import Alert, AlertKind, Move, Reason
from vedette.domain.time import AsOf
from vedette.errors import BadInput, UnknownState
from vedette.reference.bundled import bundled_case
from vedette.web.desk import STATIC
from vedette.web.views.components import USES, components_view, contrast, pairs, tokens
from vedette.web.views.history import history_view
from vedette.web.views.history_class import backtest_view
from vedette.web.views.map import SHAPE, map_data
from vedette.web.views.palette import LENGTH, palette
from vedette.web.views.tour import STOPS, steps
from vedette.web.views.watch import ORDER, STATES, watch_view

NOW = dt.datetime(2022, 1, 21, 12, 0, tzinfo=dt.UTC)

# -- history --------------------------------------------------------------------------------------------------


def test_a_base_rate_has_its_interval_class_rank_and_parts_that_sum() -> None:
    view = history_view({"intervener": "RUS", "target": "UKR", "outcome": "force", "as_of": "2022-01-20"})
    a = view.answer
    assert a is not None
    assert a.finding.startswith("Russia uses force") and "Ukraine" in a.finding and a.probability in a.finding
    assert a.interval.startswith("90 %: ") and "politically relevant" in a.class_words and a.rank.startswith("rank ")
    numbers = [float(p.value.replace("−", "-")) for p in a.parts]
    assert sum(numbers) == pytest.approx(float(a.sum.replace("−", "-")), abs=0.05)
    assert [p.tone for p in a.parts[1:]] == sorted((p.tone for p in a.parts[1:]), reverse=True), "raising ones first"
    assert a.builder == "/history/class?intervener=RUS&target=UKR&as_of=2022-01-20"


def test_a_pair_that_was_not_ranked_gets_the_class_and_is_told_so() -> None:
    a = history_view({"intervener": "Bhutan", "target": "Uruguay"}).answer
    assert a is not None
    assert a.parts == () and a.rank == "" and any("not among" in n for n in a.notes)


def test_the_ranking_is_in_order_and_says_what_moved_each_pair() -> None:
    view = history_view({}, most=30)
    assert [r.rank for r in view.ranking] == list(range(1, 31))
    assert view.answer is None and view.error == ""
    assert all("_" not in r.moved_by for r in view.ranking)
    assert view.ranking_finding.startswith(view.ranking[0].pair)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [({"intervener": "Atlantis", "target": "UKR"}, UnknownState), ({"intervener": "UKR", "target": "UKR"}, BadInput),
     ({"intervener": "RUS", "target": "UKR", "horizon": "soon"}, BadInput)],
)  # fmt: skip
def test_what_cannot_be_asked_is_an_error_with_a_way_out(asked: dict[str, str], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        history_view(asked)


def made_forecasts(path: Path, rows: int = 4000) -> None:
    rng = np.random.default_rng(7)
    p = rng.beta(0.3, 6, rows)
    y = rng.random(rows) < p
    with path.open("w", newline="") as out:
        write = csv.writer(out)
        write.writerow(["ccode1", "ccode2", "year", "outcome", "p", "constant_rate"])
        for i in range(rows):
            write.writerow([2 + i % 50, 100 + i % 71, 1990 + i % 20, int(y[i]), round(float(p[i]), 6), 0.05])


def test_a_back_test_is_scored_from_its_own_file_beside_its_rivals(tmp_path: Path) -> None:
    made_forecasts(tmp_path / "backtest-y_force_init.csv")
    (tmp_path / "backtest-broken.csv").write_text("a,b\n1,2\n")
    view = backtest_view(tmp_path)
    (test,) = view.tests
    assert len(view.unreadable) == 1 and "backtest-broken.csv" in view.unreadable[0]
    ours, rival = test.rows
    assert float(ours.roc) > 0.6 > float(rival.roc) and ours.gain == ""
    assert re.fullmatch(r"[+−]?[\d.]+ \(−?[\d.]+ to −?[\d.]+\)", rival.gain)
    assert "4,000 pair-years" in test.basis and "events" in test.basis
    assert sum(n for _, n, *_ in test.bins) == 4000
    assert len(view.fits) == 3


def test_without_a_back_test_there_is_none(tmp_path: Path) -> None:
    view = backtest_view(tmp_path)
    assert view.tests == () and view.unreadable == () and view.fits


# -- watch ----------------------------------------------------------------------------------------------------


def alert(at: dt.datetime = NOW, **changes: Any) -> Alert:
    fields: dict[str, Any] = {
        "key": "k1", "case": "made", "kind": AlertKind.PROBABILITY, "subject": "s", "at": at, "as_of": at.date(),
        "headline": "A rose", "covers": ("c",),
        "moves": (Move(scenario="a", label="Attack", before=0.2, after=0.31, log_odds=0.6),),
        "reasons": (Reason(id="e1", what="Columns seen", log_odds=0.6),),
    }  # fmt: skip
    return Alert(**{**fields, **changes})


def status(**changes: Any) -> dict[str, Any]:
    source = {
        "case": "made", "kind": "feed", "source": "https://example.org/feed", "every": 900.0, "state": "ok",
        "since": NOW, "why": "", "failures": 0, "last_ok": NOW, "last_new": None, "next": NOW, "overdue": False,
        "items": {"read": 3},
    }  # fmt: skip
    return {"sources": [{**source, **changes}], "poor": int(changes.get("state", "ok") != "ok"), "channels": {},
            "waiting": []}  # fmt: skip


NOTHING: dict[str, Any] = {"sources": [], "poor": 0, "channels": {}, "waiting": []}


def test_nothing_watched_is_not_nothing_happened() -> None:
    view = watch_view((), NOTHING, (), NOW)
    assert view.finding == "Nothing is watched yet" and view.sources_finding == "No source is watched"
    quiet = watch_view((), status(), (), NOW)
    assert quiet.finding == "Nothing has been told yet" and quiet.sources_finding == "The one source answers"
    assert quiet.sources[0].last_new == "never"


def test_a_source_that_is_not_well_is_said_with_its_reason() -> None:
    view = watch_view((), status(state="failing", why="timed out", failures=3), (), NOW)
    assert view.sources_finding == "1 of 1 sources are not well: no reporting is not no event"
    assert not view.sources[0].well and view.sources[0].why == "timed out (3 times)"


def test_an_alert_says_what_moved_and_why_and_old_ones_are_called_quiet() -> None:
    row = watch_view([alert(urgent=True)], status(), (), NOW)
    assert row.finding == "1 alert in the last week, 1 urgent"
    (a,) = row.alerts
    assert a.moves[0].text.endswith("points)") and "→" in a.moves[0].text and a.moves[0].tone == "up"
    assert a.reasons == (("Columns seen", "+0.60"),) and a.href == "/cases/made?as_of=2022-01-21"
    old = watch_view([alert(at=NOW - dt.timedelta(days=30))], status(), (), NOW)
    assert old.finding == "Quiet since 22 December 2021"


def test_indicators_are_grouped_seen_first_and_not_looked_is_never_absent() -> None:
    def row(name: str, state: str) -> dict[str, Any]:
        return {"id": name, "observable": name, "state": state, "since": None, "why": "", "reason": "", "stale": False,
                "overdue": state == "absent", "log_ratio": 0.4 if state == "present" else 0.0}  # fmt: skip

    rows = [row(s, s) for s in reversed(ORDER)]
    view = watch_view((), NOTHING, [(host_case(), rows, AsOf(date=NOW.date()))], NOW)
    (case,) = view.cases
    assert [r.state for r in case.rows] == list(ORDER)
    words = {r.state: r.word for r in case.rows}
    assert words["not_looked"] != words["absent"] and len({g for g, _ in STATES.values()}) == len(STATES)
    assert case.rows[0].weight == "+0.40" and case.rows[2].tags == ("look is overdue",)
    assert case.counts == tuple((STATES[s][1], 1) for s in ORDER)


# -- palette, components, tour --------------------------------------------------------------------------------


def test_the_palette_leads_to_pages_commands_cases_scenarios_documents_evidence() -> None:
    case = bundled_case("belarus-2022")
    found = palette([(case.id, case.title)], [case], [])
    kinds = {e["kind"] for e in found}
    assert {"page", "command", "case", "scenario", "document", "evidence"} <= kinds
    assert all(e["href"].startswith("/") and e["label"] for e in found)
    assert all(len(e["label"]) <= LENGTH for e in found)
    assert sum(e["kind"] == "scenario" for e in found) == len(case.scenario_set.scenarios)


def test_every_pair_of_colours_in_use_reaches_its_contrast_in_both_themes() -> None:
    low = [(p.token, p.ground, round(p.light_ratio, 2), round(p.dark_ratio, 2)) for p in pairs() if not p.enough]
    assert low == []
    assert len(pairs()) == len(USES)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#fff", "#777777") == contrast("#777777", "#fff")


def test_dark_is_the_same_by_preference_and_by_choice() -> None:
    text = (STATIC / "tokens.css").read_text("utf-8")
    preferred = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', text, re.DOTALL)
    chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', text, re.DOTALL)
    assert preferred and chosen
    find = r"--([a-z0-9-]+):\s*(#[0-9a-f]+)"
    assert dict(re.findall(find, preferred[1])) == dict(re.findall(find, chosen[1]))
    light, dark = tokens()
    assert set(light) == set(dark)


def test_components_show_every_step_of_the_scale() -> None:
    view = components_view()
    assert [w for w, _ in view.conditions] == ["strong", "met", "mixed", "weak", "absent"]


def test_every_stop_of_the_tour_is_on_the_case_page() -> None:
    text = "".join(p.read_text("utf-8") for p in (STATIC.parent / "templates").glob("case/*.html"))
    text += (STATIC.parent / "templates" / "base.html").read_text("utf-8")
    assert len(STOPS) == 9 == len(steps())
    for stop in STOPS:
        name = stop.at.lstrip("#.")
        wanted = {"#": f'id="{name}"', ".": name}.get(stop.at[0], 'aria-label="Pages of this case"')
        assert wanted in text, stop.at
        assert f'id="{stop.anchor}"' in text, stop.anchor


# -- map ------------------------------------------------------------------------------------------------------


def test_the_map_measures_with_both_endpoints_and_a_spread() -> None:
    case = bundled_case("belarus-2022")
    found = map_data(case, AsOf(date=case.as_of))
    d = found["distance"]
    assert d["label"] == "87\u202fkm" and d["spread"][0] < d["km"] < d["spread"][1]
    assert [x["drawing"] for x in d["by_resolution"]] == ["1:10 million", "1:50 million", "1:110 million"]
    assert re.fullmatch(r"\d+\.\d{3}° N \d+\.\d{3}° E", d["from"]["text"])
    assert d["line"][0] == pytest.approx(d["from"]["at"], abs=1e-3)
    west, south, east, north = found["window"]
    for at in (d["from"]["at"], d["to"]["at"], *(s["at"] for s in found["sightings"])):
        assert west < at[0] < east and south < at[1] < north
    assert {s["role"] for s in found["states"]} == {"host", "target", "intervener"}


def test_the_map_shows_nothing_that_became_known_later() -> None:
    case = bundled_case("belarus-2022")
    day = dt.date(2021, 12, 1)
    early = map_data(case, AsOf(date=day))
    assert early["as_of"] == "2021-12-01" and early["land"].endswith("on=2021-12-01")
    known = {e.id for e in case.known(AsOf(date=day)).evidence}
    assert {s["evidence"] for s in early["sightings"]} <= known
    assert len(map_data(case, AsOf(date=case.as_of))["sightings"]) > len(early["sightings"])


def test_sightings_are_numbered_from_the_latest_report() -> None:
    found = map_data(bundled_case("belarus-2022"), AsOf(date=dt.date(2022, 1, 20)))["sightings"]
    assert [s["number"] for s in found] == list(range(1, len(found) + 1))
    assert [s["known"] for s in found] == sorted((s["known"] for s in found), reverse=True)


def test_a_long_distance_is_framed_with_both_its_ends() -> None:
    base = bundled_case("belarus-2022")
    far = replace(base.options[0], interveners=("USA",), host=None, target="SYR")
    others = tuple(replace(o, interveners=("USA",), host=None, target="SYR") for o in base.options[1:])
    found = map_data(replace(base, options=(far, *others)), AsOf(date=base.as_of))
    west, south, east, north = found["frame"]
    for end in ("from", "to"):
        lon, lat = found["distance"][end]["at"]
        assert west < lon < east and south < lat < north
    assert found["window"][0] <= west and found["window"][2] >= east
    assert {s["shown"] for s in found["sightings"]} <= {True, False}


@pytest.mark.parametrize("name", ["belarus-2022", "niger-2023"])
def test_the_window_has_the_shape_of_the_box_it_is_drawn_in(name: str) -> None:
    case = bundled_case(name)
    west, south, east, north = map_data(case, AsOf(date=case.as_of))["window"]
    low, high = (np.degrees(np.arcsinh(np.tan(np.radians(v)))) for v in (south, north))
    assert (east - west) / (high - low) == pytest.approx(SHAPE, rel=0.02)
    css = (STATIC.parent / "assets" / "map-look.css").read_text("utf-8")
    assert "aspect-ratio: 56 / 43" in css


def test_a_case_that_cannot_be_placed_says_why() -> None:
    base = host_case()
    # An intervention at home: no state enters another, so there is no way to measure.
    home = tuple(replace(o, interveners=("UKR",), host=None, target="UKR") for o in base.options)
    found = map_data(replace(base, options=home), AsOf(date=dt.date(2022, 1, 20)))
    assert found == {"missing": "the case has no option in which one state enters another", "as_of": "2022-01-20"}
