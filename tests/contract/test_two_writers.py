"""Two writers at the same moment, on a workspace file and on a server: of two that contradict each other one is told
of the other, and of two that only add both stand. Nothing is ever lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from tests.made_records import EVEN, document, evidence, full_case

from vedette.bootstrap import Workspace, open_workspace
from vedette.domain.accounts import Comment
from vedette.domain.evidence import Verdict
from vedette.domain.judgment import JudgmentKind
from vedette.domain.ledger import Resolution
from vedette.errors import EditConflict
from vedette.ports.briefs import Issued
from vedette.workflows.commit import Stated, commit_forecast, resolve_question
from vedette.workflows.conflicts import case_mark, refuse_moved, round_mark
from vedette.workflows.elicit import ASKED, Answer, give
from vedette.workflows.indicators import NewIndicator, add_indicator, set_state
from vedette.workflows.open_case import import_case
from vedette.workflows.review import Decision
from vedette.workflows.triage import decide, seen_token

ROUNDS = 5
"""Meetings of each kind: with one alone the second writer could simply have come later."""
WHO = ("ana", "bo")


@pytest.fixture(autouse=True, params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace of each kind with a case and a question that is open."""
    if request.param == "postgresql":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgres_database"))
    monkeypatch.setenv("VEDETTE_BUSY_SECONDS", "30")
    made = open_workspace()
    case = full_case()
    loose = tuple(evidence(f"loose-{n}", document()) for n in range(ROUNDS))
    made.cases.create(replace(case, evidence=(*case.evidence, *loose)), author="vedette", reason="made")
    commit_forecast(made.ledger, made.clock, case, stated(case), forecaster="first")
    return made


def stated(case: Any) -> Stated:
    return Stated(distribution=EVEN, base_rate=EVEN, as_of=case.as_of, inputs_digest="", method="stated by a person")


def meet(*writers: Callable[[], object]) -> list[str]:
    """Run writers at the same moment; "stored" or "told" of each. Anything else that is raised is raised."""
    gate = threading.Barrier(len(writers))

    def run(write: Callable[[], object]) -> str:
        gate.wait(30)
        try:
            write()
        except EditConflict as error:
            assert error.what and error.fix, "whoever is refused hears what was done and how to go on"
            return "told"
        return "stored"

    with ThreadPoolExecutor(len(writers)) as pool:
        return [f.result(120) for f in [pool.submit(run, w) for w in writers]]


# -- what contradicts --------------------------------------------------------------------------------------


def test_two_answers_to_one_question(desk: Workspace) -> None:
    ledger, clock, after = desk.ledger, desk.clock, ""
    for n in range(ROUNDS):

        def answer(atom: str, source: str = f"round {n}", seen: str = after) -> object:
            return resolve_question(ledger, clock, "made", atom=atom, source=source, after=seen)

        assert sorted(meet(lambda a=answer: a("a1"), lambda a=answer: a("a3"))) == ["stored", "told"]  # type: ignore[misc]
        after = [e.digest for e in ledger.entries() if isinstance(e.noun, Resolution)][-1]
    found = ledger.entries()
    assert sum(isinstance(e.noun, Resolution) for e in found) == ROUNDS and not any(e.fault for e in found)


def test_two_forecasts_of_one_forecaster(desk: Workspace) -> None:
    case, after = full_case(), ""
    for n in range(ROUNDS):

        def commit(note: str, seen: str = after) -> object:
            return commit_forecast(
                desk.ledger, desk.clock, case, stated(case), forecaster="the desk", note=note, after=seen
            )

        assert sorted(meet(lambda c=commit: c("x"), lambda c=commit: c("y"))) == ["stored", "told"], n  # type: ignore[misc]
        after = [d for d, f in desk.ledger.forecasts("made") if f.forecaster == "the desk"][-1]
    assert len(desk.ledger.forecasts("made")) == ROUNDS + 1


def test_two_decisions_on_one_item(desk: Workspace) -> None:
    for n in range(ROUNDS):
        name = f"loose-{n}"
        token = seen_token(desk.cases.load("made"), name)

        def verdict(v: Verdict, who: str, item: str = name, seen: str = token) -> object:
            return decide(desk.cases, desk.clock, "made", Decision(evidence=item, verdict=v), author=who, seen=seen)

        both = (lambda d=verdict: d(Verdict.ACCEPT, "ana"), lambda d=verdict: d(Verdict.REJECT, "bo"))  # type: ignore[misc]
        assert sorted(meet(*both)) == ["stored", "told"]
    assert len(desk.cases.load("made").reviews) == ROUNDS


def test_a_forecast_and_a_decision_never_cross(desk: Workspace) -> None:
    """Either the forecast was first, or it is told of the decision: it never stands on a case it did not see."""
    case = desk.cases.load("made")
    mark = case_mark(desk.cases, case)

    def forecast() -> None:
        with desk.cases.transaction():
            refuse_moved(desk.cases, desk.cases.load("made"), mark)
            commit_forecast(desk.ledger, desk.clock, case, stated(case), forecaster="ana")

    def accept() -> None:
        decide(desk.cases, desk.clock, "made", Decision(evidence="loose-0", verdict=Verdict.ACCEPT), author="bo")

    first, second = meet(forecast, accept)
    assert second == "stored"
    review, entries = desk.cases.load("made").reviews[0], desk.ledger.entries()
    if first == "stored":
        assert entries[-1].recorded_at <= review.at
    else:
        assert len(desk.ledger.forecasts("made")) == 1
    with pytest.raises(EditConflict, match="bo"):
        forecast()


def test_two_answers_under_one_name(desk: Workspace) -> None:
    token = round_mark(desk.cases.load("made"), "cy", ASKED)

    def answer(value: float) -> object:
        said = [Answer(kind=JudgmentKind.PROBABILITY, subject="attack", value=value)]
        return give(desk.cases, desk.clock, "made", said, analyst="cy", seen=token)

    assert sorted(meet(lambda: answer(0.2), lambda: answer(0.7))) == ["stored", "told"]
    assert sum(j.analyst == "cy" for j in desk.cases.load("made").judgments) == 1


def test_two_looks_for_one_indicator(desk: Workspace) -> None:
    new = NewIndicator(observable="Field hospitals", scenario="attack", condition="technical_feasibility", present=3.0,
                       id="hospitals")  # fmt: skip
    add_indicator(desk.cases, desk.clock, "made", new, author="vedette")
    for n in range(ROUNDS):

        def look(who: str, state: str, seen: str = str(n)) -> object:
            return set_state(desk.cases, desk.clock, "made", "hospitals", state, author=who, why="looked", seen=seen)

        both = (lambda s=look: s("ana", "present"), lambda s=look: s("bo", "absent"))  # type: ignore[misc]
        assert sorted(meet(*both)) == ["stored", "told"]
    assert len(desk.cases.load("made").checks) == ROUNDS


def test_two_files_for_one_case(desk: Workspace, tmp_path: Any) -> None:
    from vedette.codec.case_writer import encode_case

    stored = desk.cases.load("made")
    paths = {}
    for who in WHO:
        paths[who] = tmp_path / f"{who}.toml"
        paths[who].write_text(encode_case(replace(stored, title=f"What {who} calls it")))
    done = meet(*(lambda w=who: import_case(desk.cases, paths[w], author=w) for who in WHO))  # type: ignore[misc]
    assert sorted(done) == ["stored", "told"]
    first = WHO[done.index("stored")]
    assert desk.cases.load("made").title == f"What {first} calls it"
    assert [e.author for e in desk.cases.edits("made")] == ["vedette", first]


def brief(who: str) -> Issued:
    import datetime as dt

    return Issued(
        case="made", revision=0, at=dt.datetime(2022, 1, 20, 9, tzinfo=dt.UTC), author=who, sha256="",
        inputs_digest="d" * 64, request={"as_of": "2022-01-20"}, scenarios={"attack": 0.25}, evidence=(), note=who,
    )  # fmt: skip


def test_two_briefs_after_the_same_revision(desk: Workspace) -> None:
    for n in range(ROUNDS):
        both = (lambda w=who, a=n: desk.briefs.issue(brief(w), w.encode(), after=a) for who in WHO)  # type: ignore[misc]
        assert sorted(meet(*both)) == ["stored", "told"]
    kept = desk.briefs.of("made")
    assert [b.revision for b in kept] == list(range(1, ROUNDS + 1))
    assert all(desk.briefs.html("made", b.revision) == b.author.encode() for b in kept)


# -- what only adds: no conflict can occur, and the claim is tried -------------------------------------------


def test_comments_of_two_people_both_stand(desk: Workspace) -> None:
    def say(who: str, n: int) -> None:
        desk.accounts.add_comment(
            Comment(id=f"{who}-{n}", case="made", subject="", author=who, at=desk.clock.now(), text="words")
        )

    for n in range(ROUNDS):
        assert meet(*(lambda w=who, k=n: say(w, k) for who in WHO)) == ["stored", "stored"]  # type: ignore[misc]
    assert {c.id for c in desk.accounts.comments("made")} == {f"{w}-{n}" for w in WHO for n in range(ROUNDS)}


def test_answers_of_two_analysts_both_stand_however_they_meet(desk: Workspace) -> None:
    """The case names the number of a judgment: two at once must not get the same one."""

    def answer(who: str) -> object:
        said = [Answer(kind=JudgmentKind.PROBABILITY, subject="attack", value=0.4)]
        token = round_mark(desk.cases.load("made"), who, ASKED)
        return give(desk.cases, desk.clock, "made", said, analyst=who, seen=token)

    for n in range(ROUNDS):
        assert meet(*(lambda w=f"{who}-{n}": answer(w) for who in WHO)) == ["stored", "stored"]  # type: ignore[misc]
    given = desk.cases.load("made").judgments
    assert len(given) == len({j.id for j in given}) == 1 + 2 * ROUNDS


def test_forecasts_of_two_forecasters_both_stand_in_one_chain(desk: Workspace) -> None:
    case = full_case()

    def commit(who: str) -> object:
        return commit_forecast(desk.ledger, desk.clock, case, stated(case), forecaster=who, after="")

    for n in range(ROUNDS):
        assert meet(*(lambda w=f"{who}-{n}": commit(w) for who in WHO)) == ["stored", "stored"]  # type: ignore[misc]
    entries = desk.ledger.entries()
    assert len(entries) == 2 + 2 * ROUNDS and not any(e.fault for e in entries)


def test_two_files_of_forecasts_bring_one_answer_and_the_other_is_kept_aside(desk: Workspace) -> None:
    """What contradicts an answer is never counted as known: it is named with the answer that is there."""
    from vedette.workflows.import_forecasts import import_forecasts

    head = "question,forecaster,date,probability,statement,outcome,resolved,deadline\n"
    asides = []

    def bring(who: str, outcome: str, n: int) -> None:
        row = f"rain-{n},{who},2022-01-10,0.4,Will it rain?,{outcome},2022-02-01,2022-03-01\n"
        made = import_forecasts(
            desk.ledger, desk.clock, [(f"{who}.csv", (head + row).encode())], "csv", lambda _: None, base_rate=0.3
        )
        asides.extend(a.reason for a in made.aside)

    for n in range(ROUNDS):
        meet(lambda k=n: bring("ana", "1", k), lambda k=n: bring("bo", "0", k))  # type: ignore[misc]
    entries = desk.ledger.entries()
    answers = [e.question for e in entries if isinstance(e.noun, Resolution)]
    assert answers == sorted(set(answers)) and len(answers) == ROUNDS, "one answer each"
    assert sum("answered otherwise here" in a for a in asides) == ROUNDS, asides
    assert not any(e.fault for e in entries)


def test_proposals_and_documents_of_two_people_both_stand(desk: Workspace) -> None:
    def bring(who: str, n: int) -> None:
        raw = f"Report {n} of {who}.".encode()
        desk.cases.add_document("made", document(raw, id=f"doc-{who}-{n}"), raw, [])
        desk.cases.add_evidence("made", [evidence(f"p-{who}-{n}")])

    for n in range(ROUNDS):
        assert meet(*(lambda w=who, k=n: bring(w, k) for who in WHO)) == ["stored", "stored"]  # type: ignore[misc]
    case = desk.cases.load("made")
    assert sum(d.id.startswith("doc-") for d in case.documents) == 1 + 2 * ROUNDS
    assert sum(e.id.startswith("p-") for e in case.evidence) == 2 * ROUNDS


def test_what_is_added_to_a_case_while_its_file_is_brought_in_stays(desk: Workspace, tmp_path: Any) -> None:
    from vedette.codec.case_writer import encode_case

    path = tmp_path / "made.toml"
    path.write_text(encode_case(replace(desk.cases.load("made"), title="Another title")))

    def bring() -> None:
        import_case(desk.cases, path, author="ana")

    def add() -> None:
        desk.cases.add_evidence("made", [evidence("meanwhile")])

    assert meet(bring, add) == ["stored", "stored"]
    case = desk.cases.load("made")
    assert case.title == "Another title" and "meanwhile" in {e.id for e in case.evidence}
