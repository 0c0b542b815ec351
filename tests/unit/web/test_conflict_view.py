"""The two sides of a conflict as plain objects: who, when, why, what it was and what it is; every word kept."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.web.workbench import Page, Workbench

from vedette.errors import Deed, EditConflict
from vedette.web.meeting import last_deed, signed
from vedette.web.views.conflict import MOST, UNNAMED, Attempt, Kept, conflict_view, deed_row, kept_fields

AT = dt.datetime(2026, 3, 1, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}'


def attempt(**changes: object) -> Attempt:
    values: dict[str, object] = {
        "action": "/there", "kept": kept_fields({"csrf": "old", "seen": "v1", "why": "mine", "day": "2026"},
                                                {"why": "Why"}, ["why"]),
        "mine": (("Why", "mine"), ("Empty", "")), "keep": ("Keep theirs", "/here"), "back": ("Back", "/list"),
    }  # fmt: skip
    return Attempt(**{**values, **changes})  # type: ignore[arg-type]


def test_a_deed_says_who_when_why_and_from_what_to_what() -> None:
    row = deed_row(Deed(who="bo", what="rejected e1", at=AT, why="a copy", before="proposed", after="rejected"))
    assert (row.who, row.at, row.at_text) == ("bo", "2026-03-01T08:30+00:00", "2026-03-01 08:30 UTC")
    assert (row.what, row.why, row.before, row.after) == ("rejected e1", "a copy", "proposed", "rejected")
    bare = deed_row(Deed(who="", what="changed it"))
    assert (bare.who, bare.at, bare.at_text) == (UNNAMED, "", ""), "what the record does not say is not invented"


def test_the_repeated_attempt_names_the_version_that_was_found() -> None:
    view = conflict_view(EditConflict("it moved", version="v2", deeds=[Deed(who="bo", what="x")]), attempt())
    assert [(k.name, k.value) for k in view.hidden] == [("day", "2026"), ("seen", "v2")]
    assert view.words == (Kept(name="why", value="mine", kind="area", label="Why"),)
    assert view.mine == (("Why", "mine"),) and view.what == "It moved."


def test_a_field_sent_more_than_once_stays_so() -> None:
    kept = kept_fields({"evidence": ["e1", "e2"], "atom": "a1"})
    assert [(k.name, k.value, k.kind) for k in kept] == [
        ("evidence", "e1", "hidden"), ("evidence", "e2", "hidden"), ("atom", "a1", "hidden")
    ]  # fmt: skip


def test_the_title_names_the_people() -> None:
    def finding(*names: str) -> str:
        deeds = [Deed(who=n, what="x") for n in names]
        return conflict_view(EditConflict("w", deeds=deeds), attempt()).finding

    assert finding() == "This was changed after your page was loaded"
    assert finding("bo", "bo").startswith("Bo changed this")
    assert finding("bo", "cy").startswith("Bo and cy changed this")
    assert finding("bo", "cy", "di", "ed").startswith("Bo, cy, di and others changed this")
    assert finding("").startswith("Somebody in this workspace changed")


def test_many_deeds_are_cut_and_counted_the_newest_kept() -> None:
    deeds = [Deed(who="bo", what=str(n)) for n in range(MOST + 7)]
    view = conflict_view(EditConflict("w", deeds=deeds), attempt())
    assert (len(view.theirs), view.earlier, view.theirs[-1].what) == (MOST, 7, str(MOST + 6))


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_word_is_lost_whatever_it_is(name: str, words: str) -> None:
    kept = kept_fields({"note": words, "other": name}, {"note": "Note"})
    view = conflict_view(EditConflict("w", version=name), attempt(kept=kept))
    assert view.words[0].value == words and {k.name: k.value for k in view.hidden} == {"other": name, "seen": name}


def test_hostile_words_are_words_on_the_page(bench: Workbench) -> None:
    template = bench.desk.templates.get_template("conflict.html")
    deed = Deed(who=HOSTILE, what=HOSTILE, why=HOSTILE, before=HOSTILE, after=HOSTILE, at=AT)
    secret = Kept(name="password", value="", kind="secret", label="New password")
    kept = kept_fields({"why": HOSTILE, "note": HOSTILE, "id": HOSTILE}, {"why": HOSTILE, "note": "N"}, ["why"])
    asked = attempt(kept=(*kept, secret), mine=((HOSTILE, HOSTILE),))
    view = conflict_view(EditConflict(HOSTILE, deeds=[deed], version=HOSTILE), asked)
    page = Page(template.render(v=view, layout="_part.html", csrf="t"))
    assert page.scripts == [] and page.words.count("alert(1)") >= 8
    fields = page.form("/there")["fields"]
    assert fields == {"csrf": "t", "id": HOSTILE, "seen": HOSTILE, "why": HOSTILE, "note": HOSTILE, "password": ""}


def test_without_a_way_to_put_it_on_top_there_is_no_form(bench: Workbench) -> None:
    view = conflict_view(EditConflict("it ended", fix="Nothing can follow"), attempt(take=""))
    text = bench.desk.templates.get_template("conflict.html").render(v=view, layout="_part.html", csrf="t")
    page = Page(text)
    assert page.forms == [] and page.links == ["/here", "/list"] and "Nothing can follow." in page.words


def test_a_laptop_has_no_log_and_names_nobody(bench: Workbench) -> None:
    error = EditConflict("w", deeds=[Deed(who="", what="said what happened", at=AT)])
    assert signed(bench.desk, error, "q", "resolve").deeds[0].who == ""
    assert last_deed(bench.desk, "x", ("share",), before="none", after="read").at is None
