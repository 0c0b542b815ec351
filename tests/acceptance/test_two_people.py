"""Two people at one record over HTTP: whoever comes second is told who was first and what it was, and loses no word.

Every form that can overwrite or contradict is sent twice from the same page: by bo first, then by ana.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.made_records import document, evidence, full_case
from tests.made_texts import ARTICLE
from tests.unit.web.workbench import Page

from vedette.bootstrap import open_workspace
from vedette.domain.accounts import Access, Account, Role, Share
from vedette.domain.ledger import Forecast, Resolution
from vedette.web.app import create_app
from vedette.web.desk import Desk
from vedette.web.security import ACCOUNT

HOSTILE = "<b>because</b>"
API = "/api/v1"


class Two:
    """A workbench with ana, bo and root, who share the case ``made``. ``page`` is what was answered last."""

    def __init__(self) -> None:
        workspace = open_workspace()
        self.desk = Desk(workspace)
        app = create_app(self.desk)
        now = workspace.clock.now()
        self.clients = {}
        case = full_case()
        loose = evidence("loose")
        workspace.cases.create(replace(case, evidence=(*case.evidence, loose)), author="ana", reason="made")
        for name, role in (("root", Role.ADMIN), ("ana", Role.ANALYST), ("bo", Role.ANALYST)):
            workspace.accounts.add_account(Account(name=name, role=role, created_at=now), "no password")
            client = TestClient(app, base_url="http://localhost")
            client.cookies.set(ACCOUNT, workspace.accounts.open_session(name, now))
            self.clients[name] = client
        for name in ("ana", "bo"):
            workspace.accounts.share(Share(case="made", account=name, access=Access.OWNER))
        self.workspace = workspace

    def get(self, who: str, path: str) -> Page:
        answer = self.clients[who].get(path)
        assert answer.status_code == 200, answer.text[:2000]
        return Page(answer.text)

    def send(self, who: str, form: dict[str, Any], status: int = 200, *, part: bool = False, **fields: Any) -> Page:
        headers = {"HX-Request": "true"} if part else {}
        answer = self.clients[who].post(form["action"], data={**form["fields"], **fields}, headers=headers)
        assert answer.status_code == status, (answer.status_code, Page(answer.text).words[:9000])
        page = Page(answer.text)
        assert page.scripts == [] and ("</html>" in answer.text) is not part
        return page

    def take(self, who: str, page: Page, status: int = 200, **fields: Any) -> Page:
        """Press "take mine on top of theirs"."""
        return self.send(who, own_form(page), status, **fields)

    def forms(self, path: str, action: str) -> dict[str, dict[str, Any]]:
        """The same form as ana and bo see it."""
        return {who: self.get(who, path).form(action) for who in ("ana", "bo")}


def own_form(page: Page) -> dict[str, Any]:
    """The form of the page itself, not one of the shell around it."""
    return [f for f in page.forms if f["action"] not in ("/sign-out", "/look")][-1]


@pytest.fixture
def two() -> Iterator[Two]:
    made = Two()
    yield made
    for client in made.clients.values():
        client.close()


def met(page: Page, *said: str) -> None:
    """The page names bo, shows both sides and offers three ways on."""
    for text in ("Changed meanwhile", "Nothing of yours was stored", "bo", "You were about to store", *said):
        assert text in page.words, (text, page.words)


# -- the ledger --------------------------------------------------------------------------------------------


def committed(two: Two) -> None:
    form = two.get("bo", "/ledger/new?case=made").form("/ledger/forecast")
    two.send("bo", form, kind="assessment", as_of="2022-01-20", note="first")


def test_two_people_resolve_a_question_differently(two: Two) -> None:
    committed(two)
    form = two.forms("/ledger/made", "/resolve")
    two.send("bo", form["bo"], atom="a1", source="two agencies", occurred="2022-02-24", evidence=[])
    page = two.send("ana", form["ana"], 409, atom="a3", source=HOSTILE, evidence=[])
    met(page, "said what happened", "open", "a1, on 2022-02-24", "Why: two agencies", "a3", HOSTILE, "Keep theirs")
    assert page.form("/resolve")["fields"]["source"] == HOSTILE, "ana's words are kept"
    assert len(answers(two)) == 1
    shown = two.take("ana", page, source="the United Nations")
    assert "a3" in shown.words and "the United Nations" in shown.words, "the later answer counts and is the one shown"
    assert [a.atom for a in answers(two)] == ["a1", "a3"], "both stand in the record"
    assert "An earlier answer no longer counts: a1, said on" in shown.words and "two agencies" in shown.words


def test_a_third_change_is_asked_about_again(two: Two) -> None:
    committed(two)
    form = two.forms("/ledger/made", "/resolve")
    two.send("bo", form["bo"], atom="a1", source="one", evidence=[])
    first = two.send("ana", form["ana"], 409, atom="a3", source="two", evidence=[])
    again = two.send("bo", form["bo"], 409, atom="a2", source="three", evidence=[])
    two.take("bo", again)
    page = two.take("ana", first, 409)
    met(page, "a1", "a2", "Why: three")
    two.take("ana", page)
    assert [a.atom for a in answers(two)] == ["a1", "a2", "a3"]


def answers(two: Two) -> list[Resolution]:
    return [e.noun for e in two.workspace.ledger.entries() if isinstance(e.noun, Resolution)]


def forecasts(two: Two) -> list[Forecast]:
    return [e.noun for e in two.workspace.ledger.entries() if isinstance(e.noun, Forecast)]


@pytest.mark.parametrize("kind", ["assessment", "own"])
def test_a_forecast_is_not_committed_from_a_case_that_has_changed_since(two: Two, kind: str) -> None:
    own = {f"p_{i}": "10 %" for i in range(5)} | {"p_5": "50 %"} if kind == "own" else {}
    form = two.forms("/ledger/new?case=made", "/ledger/forecast")["ana"]
    decide = two.get("bo", "/cases/made/evidence").form("/evidence/loose")
    two.send("bo", decide, verdict="accept")
    page = two.send("ana", form, 409, kind=kind, as_of="2022-01-20", note="my note", **own)
    met(page, "accepted loose", "proposed", "accepted", "my note")
    assert forecasts(two) == [] and page.form("/ledger/forecast")["fields"]["note"] == "my note"
    if own:
        assert page.form("/ledger/forecast")["fields"]["p_5"] == "50 %"
    two.take("ana", page, note="my note, after reading bo's")
    assert [f.note for f in forecasts(two)] == ["my note, after reading bo's"]


def test_a_proposal_that_nobody_decided_on_is_no_conflict(two: Two) -> None:
    form = two.forms("/ledger/new?case=made", "/ledger/forecast")["ana"]
    two.workspace.cases.add_evidence("made", [evidence("late", document())])
    two.send("ana", form, kind="assessment", as_of="2022-01-20")
    assert len(forecasts(two)) == 1


def test_the_same_forecaster_twice_from_one_page_is_asked_about(two: Two) -> None:
    form = two.forms("/ledger/new?case=made", "/ledger/forecast")
    two.send("bo", form["bo"], kind="assessment", as_of="2022-01-20", note="mine")
    page = two.send("ana", form["ana"], 409, kind="assessment", as_of="2022-01-21")
    assert "vedette recommended" in page.words and "no forecast" in page.words and "Why: mine" in page.words
    own = {f"p_{i}": "10 %" for i in range(5)} | {"p_5": "50 %"}
    two.send("ana", form["ana"], kind="own", as_of="2022-01-20", **own)  # somebody else's forecast stands beside it
    assert [f.forecaster for f in forecasts(two)] == ["vedette recommended", "ana"]


def test_nothing_can_be_put_on_top_of_an_answer(two: Two) -> None:
    committed(two)
    form = two.forms("/ledger/made", "/ledger/forecast")["ana"]
    two.send("bo", two.get("bo", "/ledger/made").form("/resolve"), atom="a1", source="two agencies", evidence=[])
    page = two.send("ana", form, 409, kind="assessment", as_of="2022-01-21", note="too late")
    met(page, "a1", "too late", "no forecast")
    assert not [f for f in page.forms if "/ledger/forecast" in f["action"]] and len(forecasts(two)) == 1


# -- evidence ----------------------------------------------------------------------------------------------


def test_two_decisions_on_one_item_in_the_list(two: Two) -> None:
    form = two.forms("/cases/made/evidence", "/evidence/loose")
    two.send("bo", form["bo"], verdict="reject")
    page = two.send("ana", form["ana"], 409, verdict="accept")
    met(page, "rejected loose", "accept loose", "Troops were moved.")
    two.take("ana", page)
    reviews = two.workspace.cases.load("made").reviews
    assert [(r.author, r.verdict.value) for r in reviews] == [("bo", "reject"), ("ana", "accept")]


def test_a_script_gets_the_page_as_a_part(two: Two) -> None:
    form = two.forms("/cases/made/evidence", "/evidence/loose")
    two.send("bo", form["bo"], verdict="reject")
    met(two.send("ana", form["ana"], 409, part=True, verdict="accept"), "rejected loose")


def in_reader(two: Two, who: str) -> tuple[str, Page]:
    path = f"/cases/made/documents/{document().id}?item=e1&as_of=2022-01-20"
    return path, two.get(who, path)


def test_two_decisions_in_the_reader_stand_side_by_side_above_the_form(two: Two) -> None:
    _, page = in_reader(two, "ana")
    form = page.form("/items/e1")
    two.send("bo", in_reader(two, "bo")[1].form("/items/e1"), verdict="reject", reason="a copy of another report")
    page = two.send("ana", form, 409, verdict="accept", strength="decisive", reason="seen twice")
    for text in ("bo rejected e1", "Why: a copy of another report", "You were about to store", "decisive", "twice"):
        assert text in page.words, page.words
    two.send("ana", page.form("/items/e1"), force="mine")
    assert [r.author for r in two.workspace.cases.load("made").reviews] == ["bo", "ana"]


def test_a_weight_is_not_given_to_an_item_that_was_decided_on_meanwhile(two: Two) -> None:
    _, page = in_reader(two, "ana")
    two.send("bo", in_reader(two, "bo")[1].form("/items/e1"), verdict="reject")
    page = two.send("ana", page.form("/items/e1"), 409, verdict="importance", importance="0.7")
    assert "bo rejected e1" in page.words and "your own weight" in page.words
    assert len(two.workspace.cases.load("made").judgments) == 1


def test_undo_takes_back_what_it_said_and_nothing_else(two: Two) -> None:
    """ana decides on two items; bo decides on the second. Undo must not reach for the first."""
    two.workspace.cases.add_evidence("made", [evidence("e9", document())])
    path = f"/cases/made/documents/{document().id}?as_of=2022-01-20&since=0"
    for item in ("e9", "e1"):
        two.send("ana", two.get("ana", f"{path}&item={item}").form(f"/items/{item}"), verdict="accept")
    page = two.get("ana", path)
    assert "last: accepted e1" in page.words
    two.send("bo", two.get("bo", f"{path}&item=e1").form("/items/e1"), verdict="reject", reason="no")
    page = two.send("ana", page.form("/undo"), 409)
    met(page, "rejected e1", "accepted e1")
    assert [r.verdict.value for r in two.workspace.cases.load("made").reviews] == ["accept", "accept", "reject"]


# -- answers, looks, briefs --------------------------------------------------------------------------------


def test_an_answer_given_twice_and_a_round_that_moved_on(two: Two) -> None:
    path = "/cases/made/elicit"
    first = two.forms(path, path)["bo"]
    two.send("bo", first, p_attack="20", reason="railways")
    page = two.send("bo", first, 409, p_attack="40", reason="other window")
    met(page, "answered, round 1", "attack 20 %", "other window")
    assert page.form(path)["fields"]["p_attack"] == "40"
    two.send("ana", two.get("ana", path).form(path), p_attack="90", reason="rumours", action="keep")
    second = two.get("bo", path).form(path)
    two.workspace.accounts.add_account(Account(name="cy", role=Role.ANALYST, created_at=two.workspace.clock.now()), "-")
    third = two.get("ana", path).form(path)
    two.send("ana", third, p_attack="60", reason="bo is right about railways", action="keep")
    page = two.send("bo", second, 409, p_attack="50", reason="closer to ana's 90", action="keep")
    for text in ("ana", "answered, round", "attack 60 %", "bo is right about railways", "closer to ana's 90"):
        assert text in page.words, page.words
    two.take("bo", page, reason="closer to ana's 60")
    assert two.workspace.cases.load("made").judgments[-1].reason == "closer to ana's 60"


def test_a_blind_answer_is_not_stopped_by_the_answers_of_others(two: Two) -> None:
    path = "/cases/made/elicit"
    form = two.forms(path, path)["bo"]
    root = two.get("root", path).form(path)
    two.send("root", root, p_attack="70", action="keep")
    two.send("bo", form, p_attack="20", action="keep")
    assert {j.analyst for j in two.workspace.cases.load("made").judgments} == {"ana", "root", "bo"}


def test_two_looks_for_one_indicator(two: Two) -> None:
    from vedette.workflows.indicators import NewIndicator, add_indicator

    new = NewIndicator(observable="Field hospitals are set up", scenario="attack", condition="technical_feasibility",
                       present=3.0, id="hospitals")  # fmt: skip
    add_indicator(two.workspace.cases, two.workspace.clock, "made", new, author="root", since=dt.date(2022, 1, 1))
    form = two.forms("/watch?case=made", "/indicators/hospitals")
    two.send("bo", form["bo"], state="present", why="seen from the road", on="2022-01-18")
    page = two.send("ana", form["ana"], 409, state="absent", why="nothing on pictures", on="2022-01-18")
    met(page, "looked for hospitals", "nobody had looked", "present", "seen from the road", "nothing on pictures")
    two.take("ana", page)
    assert [c.author for c in two.workspace.cases.load("made").checks] == ["bo", "ana"]


def test_a_source_is_not_watched_otherwise_unseen(two: Two) -> None:
    from vedette.ports.watching import Watch, WatchKind

    two.workspace.watching.add_watch(
        Watch(case="made", kind=WatchKind.EVENTS, address="RUS:UKR", every=3600.0)
    )
    form = two.get("ana", "/watch?case=made").form("/cases/made/watches")
    page = two.send("ana", form, 409, kind="events", source="RUS:UKR", every="5")
    assert "every 60 minutes" in page.words and "Keep theirs" in page.words
    assert [w.every for w in two.workspace.watching.watches("made")] == [3600.0]
    two.take("ana", page)
    assert [w.every for w in two.workspace.watching.watches("made")] == [300.0]


def test_two_briefs_issued_from_the_same_page(two: Two) -> None:
    path = "/cases/made/brief?as_of=2022-01-20"
    form = two.forms(path, "/brief/issue")
    two.send("bo", form["bo"], remark="for the morning")
    page = two.send("ana", form["ana"], 409, remark="for the evening")
    met(page, "issued revision 1", "Why: for the morning", "for the evening")
    two.take("ana", page)
    assert [(b.revision, b.author) for b in two.workspace.briefs.of("made")] == [(1, "bo"), (2, "ana")]


# -- the case itself, sharing, accounts --------------------------------------------------------------------


def upload(two: Two, who: str, case: Any, status: int) -> Page:
    from vedette.codec.case_writer import encode_case

    csrf = two.get(who, "/new-case").form("/import-case")["fields"]["csrf"]
    files = {"file": ("made.toml", encode_case(case).encode())}
    answer = two.clients[who].post("/import-case", data={"csrf": csrf}, files=files)
    assert answer.status_code == status, answer.text[:3000]
    return Page(answer.text)


def test_a_case_file_does_not_set_back_what_somebody_else_wrote(two: Two) -> None:
    stored = two.workspace.cases.load("made")
    upload(two, "bo", replace(stored, title="The question of January"), 409)  # ana wrote the case
    two.workspace.cases.revise(replace(stored, title="What bo calls it"), author="bo", reason="clearer")
    page = upload(two, "ana", replace(stored, coding_note="ana's note\non two lines"), 409)
    met(page, "changed title", "What bo calls it", "Why: clearer", "ana's note")
    assert two.workspace.cases.load("made").title == "What bo calls it"
    two.take("ana", page)
    now = two.workspace.cases.load("made")
    assert (now.title, now.coding_note) == (stored.title, "ana's note\non two lines")
    assert [e.author for e in two.workspace.cases.edits("made")] == ["ana", "bo", "ana"], "bo's version stays"


def test_two_owners_share_a_case(two: Two) -> None:
    path = "/cases/made/sharing"
    two.workspace.accounts.add_account(Account(name="cy", role=Role.ANALYST, created_at=two.workspace.clock.now()), "-")
    form = two.forms(path, path)
    give = {who: [f for f in two.get(who, path).forms if f["action"] == path][-1] for who in form}
    two.send("bo", give["bo"], account="cy", access="write", reason="joins us")
    page = two.send("ana", give["ana"], 409, account="cy", access="read", reason="only looks")
    met(page, "changed what cy may do", "none", "write", "Why: joins us", "only looks")
    two.take("ana", page)
    assert {s.account: s.access for s in two.workspace.accounts.shares("made")}["cy"] is Access.READ


def test_two_admins_change_one_account(two: Two) -> None:
    two.workspace.accounts.add_account(Account(name="cy", role=Role.ADMIN, created_at=two.workspace.clock.now()), "-")
    one = two.get("root", "/accounts")
    forms = [f for f in one.forms if f["action"] == "/accounts/bo"]
    two.send("root", forms[0], do="role", role="reader", reason="leaves the desk")
    page = two.send("root", forms[0], 409, do="role", role="admin", reason="leads it")
    assert "root" in page.words and "reader" in page.words and "leaves the desk" in page.words
    two.take("root", page)
    assert two.workspace.accounts.account("bo").role is Role.ADMIN
    late = two.send("root", forms[1], 409, do="password", password="a new one for bo", again="a new one for bo")
    assert "a new one for bo" not in late.words and own_form(late)["fields"]["password"] == "", "never sent back"


# -- the same over the API and on the command line ---------------------------------------------------------


def test_the_api_says_who_was_first(two: Two) -> None:
    ana, bo = two.clients["ana"], two.clients["bo"]
    where = f"{API}/cases/made/evidence/loose"
    tag = {"if-match": ana.get(where).headers["etag"]}
    assert bo.post(f"{where}/reviews", json={"verdict": "reject"}, headers=tag).status_code == 201
    late = ana.post(f"{where}/reviews", json={"verdict": "accept"}, headers=tag)
    assert late.status_code == 412 and "bo rejected it at" in late.json()["error"]
    case = {"if-match": ana.get(f"{API}/cases/made").headers["etag"]}
    judged = {"probabilities": ["attack=0.4"]}
    assert ana.post(f"{API}/cases/made/judgments", json=judged, headers=case).status_code == 201
    for path, body in (("/cases/made/judgments", judged), ("/ledger/forecasts", {"case": "made"})):
        assert bo.post(API + path, json=body, headers=case).status_code == 412, path
    assert bo.post(f"{API}/ledger/forecasts", json={"case": "made"}).status_code == 201
    question = f"{API}/ledger/questions/made"
    said = {"answer": "a1", "source": "x"}
    assert bo.post(f"{question}/resolutions", json=said).status_code == 201
    twice = ana.post(f"{question}/resolutions", json={"answer": "a3", "source": "y"})
    assert twice.status_code == 409 and "a1" in twice.json()["error"] and twice.json()["fix"]
    tag = {"if-match": ana.get(question).headers["etag"]}
    assert ana.post(f"{question}/resolutions", json={"answer": "a3", "source": "y"}, headers=tag).status_code == 201
    assert bo.post(f"{question}/resolutions", json=said, headers=tag).status_code == 412
    assert ana.get(question).json()["answer"] == "a3"


def test_the_command_line_says_what_was_answered_and_the_way_out(vedette: Any) -> None:
    vedette.ok("ledger", "add", "belarus-2022")
    vedette.ok("ledger", "resolve", "belarus-2022", "--atom", "a1", "--source", "agencies", "--occurred", "2022-02-24")
    told = vedette("ledger", "resolve", "belarus-2022", "--atom", "a3", "--source", "the UN")
    assert told.status == 2 and "a1" in told.err and "agencies" in told.err and "--replaces " in told.err
    digest = told.err.split("--replaces ")[1].split()[0].strip(".")
    vedette.ok("ledger", "resolve", "belarus-2022", "--atom", "a3", "--source", "the UN", "--replaces", digest)
    late = vedette("ledger", "resolve", "belarus-2022", "--atom", "a1", "--source", "x", "--replaces", digest)
    assert late.status == 2 and "a3" in late.err
    assert "unknown answer" in vedette("ledger", "resolve", "belarus-2022", "--atom", "a1", "--source", "x",
                                       "--replaces", "0123").err  # fmt: skip


def test_the_command_line_does_not_set_back_a_case_unseen(vedette: Any, tmp_path: Any) -> None:
    from vedette.codec.dossier import encode_dossier

    path = tmp_path / "made.json"
    path.write_text(json.dumps(encode_dossier(full_case())))
    vedette.ok("case", "import", path, "--author", "ana")
    store = open_workspace().cases
    store.revise(replace(store.load("made"), title="What bo calls it"), author="bo", reason="clearer")
    told = vedette("case", "import", path, "--author", "ana")
    assert told.status == 2 and "bo" in told.err and "What bo calls it" in told.err and "--onto 2" in told.err
    assert store.load("made").title == "What bo calls it"
    vedette.ok("case", "import", path, "--author", "ana", "--onto", "2")
    assert store.load("made").title == full_case().title
    assert vedette("case", "import", path, path, "--onto", "2").status == 2


def test_a_sitting_at_the_terminal_is_told_who_was_faster(capsys: pytest.CaptureFixture[str]) -> None:
    from vedette.cli.review import Session
    from vedette.domain.evidence import Verdict
    from vedette.domain.time import parse_date
    from vedette.workflows.ingest import Source, read_document
    from vedette.workflows.open_case import open_case
    from vedette.workflows.review import Decision, proposals
    from vedette.workflows.triage import decide, seen_token

    workspace = open_workspace()
    source = Source(content=ARTICLE.encode(), name="a.txt", published=parse_date("2022-01-14"))
    read_document(workspace.cases, workspace.clock, "belarus-2022", source)
    case = open_case(workspace.cases, "belarus-2022")
    first, second = [e.id for e in proposals(case)[:2]]
    tokens = {name: seen_token(case, name) for name in (first, second)}
    session = Session(workspace, "belarus-2022", "ana", None, tokens)  # type: ignore[arg-type]
    theirs = Decision(evidence=first, verdict=Verdict.REJECT)
    decide(workspace.cases, workspace.clock, "belarus-2022", theirs, author="bo")
    session.decide(Decision(evidence=first, verdict=Verdict.ACCEPT))
    session.decide(Decision(evidence=second, verdict=Verdict.ACCEPT))
    session.keep()
    told = capsys.readouterr().err
    assert f"bo rejected {first}" in told and f"vedette review belarus-2022 --accept {first}" in told
    assert session.summary() == "Recorded: 1 accepted."
    reviews = open_case(workspace.cases, "belarus-2022").reviews
    assert [(r.author, r.evidence) for r in reviews] == [("bo", first), ("ana", second)]


# -- a taken id --------------------------------------------------------------------------------------------


def test_a_new_case_tells_nothing_of_one_that_is_not_shared(two: Two) -> None:
    for name, owner in (("foreign", "bo"), ("own", "ana")):
        two.workspace.cases.create(replace(full_case(), id=name), author=owner, reason="made")
        two.workspace.accounts.share(Share(case=name, account=owner, access=Access.OWNER))
    given = {"interveners": "RUS", "target": "KAZ", "until": "2027-06-01", "opened": "2026-12-01", "posture": "hostile"}
    form = two.get("ana", "/new-case").form("/new-case")
    said = {
        name: two.send("ana", form, 422, **given, id=name).words.replace(name, "X") for name in ("foreign", "own")
    }
    assert said["foreign"] == said["own"], "one of your own and one that is not shared: the same words"
    two.send("bo", two.get("bo", "/new-case").form("/new-case"), **given)
    two.send("ana", form, **given)
    ids = [i for i in two.workspace.cases.case_ids() if i.startswith("rus-kaz")]
    assert ids == ["rus-kaz-2027", "rus-kaz-2027-2"], "an id that nobody chose gets a number"
    assert {s.account for s in two.workspace.accounts.shares("rus-kaz-2027-2")} == {"ana"}
