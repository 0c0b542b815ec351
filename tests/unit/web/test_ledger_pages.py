"""Ledger, history, watch, palette, map and tour over HTTP: forms keep what was typed, others' cases stay hidden."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.made_history import world
from tests.made_watch import open_case_of
from tests.unit.web.workbench import CASE, Page, Workbench

from vedette.domain.accounts import Access, Account, Role
from vedette.ports.watching import Watch, WatchKind
from vedette.web.access import person_of

HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}'
GIVEN = {"p_0": "30 %", "p_1": "20", "p_2": "0.2", "p_3": "10%", "p_4": "10%", "p_5": "10%"}
PAGES = (
    "/ledger", "/history", "/history?intervener=RUS&target=UKR", "/history/class", "/history/backtest", "/watch",
    f"/watch?case={CASE}", "/components", "/tour", f"/ledger/new?case={CASE}", f"/cases/{CASE}?tour=1",
)  # fmt: skip


def question_form(page: Page, action: str) -> dict[str, Any]:
    """The form that asks something and changes nothing."""
    return next(f for f in page.forms if f["action"] == action)


def committed(bench: Workbench, **fields: str) -> Page:
    form = bench.get(f"/ledger/new?case={CASE}").form("/ledger/forecast")
    return bench.send(form, as_of="2022-01-20", **fields)


@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_nothing_that_the_policy_would_stop(bench: Workbench, path: str) -> None:
    page = bench.get(path)
    assert page.scripts == []
    assert page.words


def test_a_forecast_goes_from_the_form_to_the_scores(bench: Workbench) -> None:
    page = committed(bench, kind="assessment", note="first look")
    assert bench.path == f"/ledger/{CASE}" and "first look" in page.words and "retrospective" in page.words
    form = page.form("/ledger/forecast")
    page = bench.send(form, as_of="2022-01-25", kind="own", **GIVEN | {"p_1": "20%"})
    assert "2 forecasts of it" in page.words and "Test Analyst" in page.words
    told = {"atom": "a1", "source": "two news agencies", "occurred": "2022-02-24", "evidence": "B001"}
    page = bench.send(page.form("/resolve"), **told)
    assert "a1 , 24 February 2022. two news agencies (evidence: B001)" in page.words
    assert "came true" in page.words
    assert [f for f in page.forms if "/resolve" in f["action"]] == [], "it cannot be resolved twice"
    ledger = bench.get("/ledger")
    assert "Too few to say how good: 1 of 30 resolved questions" in ledger.words
    assert "chain holds 4 entries" in ledger.words
    rows = list(csv.DictReader(io.StringIO(bench.client.get("/ledger.csv").text)))
    assert {r["forecaster"] for r in rows} == {"vedette recommended (retrospective)", "Test Analyst (retrospective)"}
    scores = json.loads(bench.client.get("/ledger.json").text)
    assert scores["questions"]["resolved"] == 1


def test_a_post_mortem_says_what_misled_and_what_helped(bench: Workbench) -> None:
    page = committed(bench, kind="assessment")
    page = bench.send(page.form("/resolve"), atom="a1", source="agencies", occurred="2022-02-24")
    assert f"/ledger/{CASE}/postmortem" in page.links
    page = bench.get(f"/ledger/{CASE}/postmortem")
    assert "Post-mortem: a1 came true" in page.words and "misled" in page.words and "helped" in page.words
    assert "absence_of_resistance" not in page.words.split("What misled")[1], "conditions go by their names"
    bench.get(f"/ledger/{CASE}/postmortem?scenario=nothing", status=404)


def test_an_open_question_has_no_post_mortem_yet(bench: Workbench) -> None:
    committed(bench, kind="assessment")
    assert "still open" in bench.get(f"/ledger/{CASE}/postmortem", status=422).words


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"kind": "own", "p_0": "bad"}, "'bad' is not a number"),
     ({"kind": "own", "p_0": "30 %"}, "no probability for"),
     ({"kind": "own", **GIVEN, "p_1": "90%"}, "sum"),
     ({"kind": "assessment", "as_of": "soon"}, "soon"),
     ({"kind": "assessment", "as_of": "2023-01-01"}, "after the deadline")],
)  # fmt: skip
def test_a_forecast_that_is_refused_keeps_what_was_typed(bench: Workbench, fields: dict[str, str], said: str) -> None:
    form = bench.get(f"/ledger/new?case={CASE}").form("/ledger/forecast")
    page = bench.send(form, status=422, **{"as_of": "2022-01-20", "note": HOSTILE, **fields})
    assert said in page.words and "What you typed is kept below" in page.words
    kept = page.form("/ledger/forecast")["fields"]
    assert kept["note"] == HOSTILE and all(kept[k] == v for k, v in fields.items())
    assert page.scripts == []
    assert "Nothing is in the ledger yet" in bench.get("/ledger").words


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"source": "x"}, "no answer was chosen"), ({"atom": "a1"}, "needs its source"),
     ({"atom": "void"}, "needs the reason"), ({"atom": "a1", "source": "x", "occurred": "2999-01-01"}, "has not come"),
     ({"atom": "nothing", "source": "x"}, "nothing")],
)  # fmt: skip
def test_a_resolution_that_is_refused_keeps_what_was_typed(bench: Workbench, fields: dict[str, str], said: str) -> None:
    form = committed(bench, kind="assessment").form("/resolve")
    page = bench.send(form, status=422, **{"evidence": [], **fields})
    assert said in page.words
    kept = page.form("/resolve")["fields"]
    assert kept["source"] == fields.get("source", "") and kept["occurred"] == fields.get("occurred", "")
    assert "--source" not in page.words, "the way out is on this page, not on the command line"


def test_a_question_can_be_void(bench: Workbench) -> None:
    form = committed(bench, kind="assessment").form("/resolve")
    page = bench.send(form, atom="void", void="the sources ended")
    assert "Void: the sources ended" in page.words


def test_forecasts_of_others_come_in_and_what_cannot_be_used_is_kept(bench: Workbench) -> None:
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow("question forecaster date probability statement deadline outcome resolved".split())
    write.writerow(["f1", "bob", "2022-01-01", 0.2, "Will it rain?", "2022-02-01", "no", "2022-02-02"])
    write.writerow(["f1", "=cmd", "2022-01-05", 0.4, "", "", "", ""])
    write.writerow(["f1", HOSTILE, "soon", 0.4, "", "", "", ""])
    text = out.getvalue()
    form = bench.get("/ledger").form("/ledger/import")
    page = bench.send(form, files={"file": ("../../crowd.csv", text.encode())}, format="csv")
    assert "2 forecasts came in, 1 rows were kept aside" in page.words and "'soon' is not a date" in page.words
    assert page.scripts == []
    (kept,) = (bench.desk.settings.home / "aside").glob("*.jsonl")
    assert kept.name.startswith("crowd-") and HOSTILE[:4] in json.loads(kept.read_text())["record"]["forecaster"]
    assert "'=cmd" in bench.client.get("/ledger.csv").text, "no spreadsheet may run a name"
    page = bench.send(form, files={"file": ("crowd.csv", text.encode())}, format="csv")
    assert "No new forecast came in" in page.words and "known already 3" in page.words.replace("  ", " ")


@pytest.mark.parametrize(
    ("data", "fields", "said"),
    [(b"", {}, "empty"), (b"\x00\xff\xfe binary", {}, ""), (b"a,b\n1,2\n", {"base_rate": "much"}, "not a number"),
     (b"question,forecaster,date,probability\nf,b,2022-01-01,0.1\n", {"maps": "f=nowhere"}, "nowhere"),
     (b"x", {"format": "nonsense"}, "nonsense")],
)  # fmt: skip
def test_an_import_that_is_refused_says_why_and_keeps_the_form(
    bench: Workbench, data: bytes, fields: dict[str, str], said: str
) -> None:
    form = bench.get("/ledger").form("/ledger/import")
    page = bench.send(form, status=422, files={"file": ("x.csv", data)}, **fields)
    assert said in page.words
    kept = page.form("/ledger/import")["fields"]
    assert all(kept[k] == v for k, v in fields.items() if k != "format")


def test_an_unknown_question_is_said_so_with_the_nearest(bench: Workbench) -> None:
    committed(bench, kind="assessment")
    page = bench.get("/ledger/belarus-2021", status=404)
    assert "Unknown question: belarus-2021" in page.words
    bench.get("/ledger/new?case=nowhere", status=404)


def test_a_changed_entry_is_told_on_the_page_and_nothing_is_scored(bench: Workbench) -> None:
    import sqlite3

    committed(bench, kind="assessment")
    path = bench.desk.settings.home / "vedette.sqlite3"
    with sqlite3.connect(path) as db:
        for (trigger,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            db.execute(f'drop trigger "{trigger}"')
        (table,) = db.execute("select name from sqlite_master where type='table' and name like '%ledger%'").fetchone()
        columns = [r[1] for r in db.execute(f"pragma table_info({table})")]
        text = next(c for c in columns if c in ("body", "record", "data", "text", "content", "payload"))
        db.execute(f"update {table} set {text} = replace({text}, 'vedette recommended', 'somebody else')")
    db.close()
    page = bench.get("/ledger")
    assert "chain broken" in page.words and "nothing is scored from it" in page.words


# -- history --------------------------------------------------------------------------------------------------


def test_a_base_rate_is_looked_up_in_words_and_leads_to_its_class(bench: Workbench) -> None:
    page = bench.get("/history?intervener=Russia&target=Ukraine&as_of=2022-01-20&horizon=12m")
    assert "Russia uses force in a dispute it begins against Ukraine within 12 months" in page.words
    assert any(link.startswith("/history/class?intervener=RUS&target=UKR") for link in page.links)


@pytest.mark.parametrize(
    ("query", "said"),
    [("intervener=Atlantis&target=UKR", "Atlantis"), ("intervener=RUS&target=RUS", "cannot intervene in itself"),
     ("intervener=RUS&target=UKR&horizon=soon", "soon"), ("intervener=RUS&target=UKR&as_of=never", "never")],
)  # fmt: skip
def test_a_base_rate_that_cannot_be_given_says_why_and_keeps_the_question(
    bench: Workbench, query: str, said: str
) -> None:
    page = bench.get(f"/history?{query}", status=422)
    assert "no answer" in page.words and said in page.words
    assert question_form(page, "/history")["fields"]["intervener"] in ("Atlantis", "RUS")


def test_without_data_the_class_builder_says_what_to_run(bench: Workbench) -> None:
    page = bench.get("/history/class")
    assert "No historical data are here" in page.words and "vedette history fetch" in page.words


@pytest.fixture
def panel(bench: Workbench) -> Iterator[Workbench]:
    world(bench.desk.settings.data / "frames", months=12)
    yield bench
    shelf = bench.desk.parts.peek(("panel",))
    if shelf is not None:
        shelf.close()


def counted(page: Page) -> tuple[int, int]:
    import re

    found = re.search(r"(\d+) of ([\d,]+) pair-years", page.words)
    assert found, page.words[:600]
    return int(found[1]), int(found[2].replace(",", ""))


def test_a_class_starts_from_a_pair_and_counts_as_filters_go(panel: Workbench) -> None:
    asked = "/history/class?intervener=RUS&target=CHN&year=2010"
    page = panel.get(asked)
    filters = question_form(page, "/history/class")["fields"]["f"]
    assert len(filters) >= 2
    events, n = counted(page)
    from urllib.parse import quote

    fewer = panel.get(asked + "".join(f"&f={quote(f)}" for f in filters[1:]))
    more_events, more = counted(fewer)
    assert more >= n and more_events >= events, "a class without a filter holds the one with it"
    assert f"{more_events} of {more:,}" in page.words, "the page said beforehand what dropping it would give"
    added = panel.get(asked + "".join(f"&f={quote(f)}" for f in filters) + "&add=" + quote("c1_mid10>=0"))
    assert counted(added)[1] <= n
    assert "● " in page.words or "○ " in page.words


def test_a_filter_that_cannot_be_read_is_said_and_the_rest_kept(panel: Workbench) -> None:
    page = panel.get("/history/class?intervener=RUS&target=CHN&year=2010&add=rivals", status=422)
    assert "not counted" in page.words and "rivals" in page.words
    page = panel.get("/history/class?f=no_such_column%3D%3D1", status=422)
    assert "no_such_column" in page.words


def test_new_tables_are_noticed(panel: Workbench) -> None:
    first = counted(panel.get("/history/class?f=c1_mid10%3E0"))
    world(panel.desk.settings.data / "frames", seed=9, months=12)
    assert counted(panel.get("/history/class?f=c1_mid10%3E0")) != first


# -- watch ----------------------------------------------------------------------------------------------------


def test_a_look_at_an_indicator_is_recorded_and_shown(bench: Workbench) -> None:
    page = bench.get(f"/watch?case={CASE}")
    form = page.form(f"/cases/{CASE}/indicators/")
    assert form["fields"]["on"] == "2022-01-20", "a look is offered for the day that the case is shown at"
    page = bench.send(form, state="present", why="columns seen", source="agency")
    assert bench.path == "/watch" and "columns seen" in page.words and "1 seen" in page.words


@pytest.mark.parametrize(
    ("fields", "said"), [({"state": "maybe"}, "maybe"), ({"state": "present", "on": "2999-01-01"}, "has not come")]
)
def test_a_look_that_is_refused_keeps_what_was_typed(bench: Workbench, fields: dict[str, str], said: str) -> None:
    form = bench.get(f"/watch?case={CASE}").form(f"/cases/{CASE}/indicators/")
    page = bench.send(form, status=422, why=HOSTILE, **fields)
    assert said in page.words and page.scripts == []
    assert page.form(form["action"])["fields"]["why"] == HOSTILE


def test_a_source_is_watched_from_the_page_but_no_folder_of_the_server(bench: Workbench) -> None:
    form = bench.get(f"/watch?case={CASE}").form(f"/cases/{CASE}/watches")
    for fields, said in (
        ({"kind": "folder", "source": "/etc"}, "cannot be watched from here"),
        ({"source": "file:///etc/passwd"}, "no address"),
        ({"kind": "events", "source": "RUS"}, "no pair"), ({"source": "https://a.example/f", "every": "0"}, "minutes"),
    ):  # fmt: skip
        page = bench.send(form, status=422, **fields)
        assert said in page.words and page.form("/watches")["fields"]["source"] == fields["source"]
    page = bench.send(form, source="https://news.example/feed", every="30")
    assert "https://news.example/feed" in page.words and "never looked at" in page.words
    (watch,) = bench.desk.workspace.watching.watches(CASE)
    assert watch == Watch(case=CASE, kind=WatchKind.FEED, address="https://news.example/feed", every=1800.0)


def test_an_unknown_case_cannot_be_watched(bench: Workbench) -> None:
    bench.get("/watch?case=nowhere", status=404)


# -- palette, map, tour ---------------------------------------------------------------------------------------


def test_everything_in_the_palette_leads_somewhere(bench: Workbench) -> None:
    committed(bench, kind="assessment")
    entries = bench.client.get("/palette.json").json()["entries"]
    kinds = {e["kind"] for e in entries}
    assert {"page", "command", "case", "scenario", "document", "evidence", "question"} <= kinds
    shown: dict[str, list[str]] = {}
    for e in entries:
        shown.setdefault(e["kind"], []).append(e["href"])
    for hrefs in shown.values():
        for href in dict.fromkeys(h.partition("#")[0] for h in (hrefs if len(hrefs) < 20 else hrefs[::80])):
            assert bench.client.get(href).status_code == 200, href


def test_the_map_and_its_land_are_data(bench: Workbench) -> None:
    found = bench.client.get(f"/cases/{CASE}/map.json?as_of=2022-01-20").json()
    land = bench.client.get(found["land"])
    assert land.status_code == 200 and land.headers["content-type"].startswith("application/geo+json")
    assert land.headers["cache-control"].startswith("private")
    assert {f["properties"]["kind"] for f in land.json()["features"]} == {"state", "border", "coast", "disputed"}
    for path in ("window=1,2,3", "window=a,b,c,d", "window=9,9,1,1", "window=0,0,1,1&on=never"):
        assert bench.client.get(f"/map/land.json?{path}", headers={"accept": "application/json"}).status_code == 422
    assert bench.client.get("/cases/nowhere/map.json").status_code == 404
    assert bench.client.get(f"/cases/{CASE}/map.json?as_of=never").status_code == 422


def test_the_tour_is_offered_once(bench: Workbench) -> None:
    assert "Walk through the demo case" in bench.get("/").words
    walking = bench.get(f"/cases/{CASE}?tour=1")
    assert "tour-steps" in walking.ids
    bench.send(bench.get("/").form("/tour"), seen="yes")
    assert "Walk through the demo case" not in bench.get("/").words
    assert "tour-steps" not in bench.get("/cases/niger-2023?tour=1").ids, "its stops are those of the demo case"


# -- other people's cases -------------------------------------------------------------------------------------


def test_questions_and_alerts_of_a_hidden_case_are_not_told(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = open_case_of("zanzibar")
    bench.desk.workspace.cases.create(hidden)
    form = bench.get("/ledger/new?case=zanzibar").form("/ledger/forecast")
    bench.send(form, as_of=hidden.as_of.isoformat(), kind="assessment")
    bench.send(bench.get("/watch?case=zanzibar").form("/watches"), source="https://news.example/zanzibar", every="15")
    assert "Made case zanzibar" in bench.get("/ledger/zanzibar").words

    made = Account(name="rea", role=Role.ANALYST, created_at=bench.desk.workspace.clock.now())
    reader = person_of(made, {CASE: Access.READ})
    monkeypatch.setattr(bench.desk, "person", lambda request: reader)
    bench.get("/ledger/zanzibar", status=404)
    assert "zanzibar" not in bench.get("/ledger").words
    assert "zanzibar" not in bench.client.get("/ledger.json").text
    assert "zanzibar" not in bench.client.get("/palette.json").text
    assert "zanzibar" not in bench.get("/watch").words
    assert bench.client.get("/cases/zanzibar/map.json").status_code == 404
    bench.get("/ledger/new?case=zanzibar", status=404)
    bench.send(form, status=404, as_of=hidden.as_of.isoformat(), kind="assessment")
    # Shared for reading only: the question may be read, not answered.
    bench.send(form, status=403, case=CASE, question=CASE, as_of="2022-01-20", kind="assessment")
