"""``--llm`` on the command line, against a server on loopback that plays transcripts we wrote."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.chat_server import Answer, ChatServer, bearing, chat_server, claims, item
from tests.conftest import CommandLine

from vedette.bootstrap import open_workspace
from vedette.domain.case import Case
from vedette.domain.evidence import Status

CASE = "belarus-2022"
KEY = "sk-made-for-the-tests-0123456789"
RECORDED = Path(__file__).resolve().parents[1] / "transcripts"
DATED = ("--published", "2022-01-14")
A_QUOTE = (
    "Russian troops began arriving at Belarusian railway stations near Yelsk on Jan. 12 ahead of announced drills."
)


@dataclass
class Recorded:
    """A transcript we wrote: the document it is about, and the server's replies in turn."""

    path: Path
    replies: list[Answer]


def recorded(name: str, folder: Path) -> Recorded:
    made = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))
    path = folder / f"{name}.txt"
    path.write_text(made["document"], encoding="utf-8")
    return Recorded(path, [Answer(status=e["status"], body=e["response"].encode()) for e in made["exchanges"]])


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    def point(server: ChatServer, **more: str) -> None:
        given = {"URL": server.url, "MODEL": "made-1", "KEY": KEY, "CHUNK": "2000", **more}
        for name, value in given.items():
            monkeypatch.setenv(f"VEDETTE_LLM_{name}", value)

    return point


def stored() -> Case:
    return open_workspace().cases.load(CASE)


def by_model(case: Case) -> list[Any]:
    return [e for e in case.evidence if e.provenance is not None and e.provenance.author == "llm:made-1"]


def test_a_second_reading_with_its_table_transcript_and_cost(
    vedette: CommandLine, tmp_path: Path, workspace_home: Path, use: Any
) -> None:
    made = recorded("careful-model", tmp_path)
    with chat_server(made.replies) as server:
        use(server, PRICE_IN="2.5", PRICE_OUT="10")
        done = vedette("read", made.path, "--case", CASE, *DATED, "--llm")
    assert done.status == 0, done.err
    rows = dict(
        line.rsplit(maxsplit=1) for line in done.out.splitlines() if line.startswith(("both", "rules only", "llm only"))
    )
    assert rows == {"both": "3", "rules only": "1", "llm only": "1"}
    assert "1180 tokens in, 402 out, cost 0.0070" in done.out and "Dropped of its answers: nothing." in done.out
    assert "Same first condition:  100% of pairs, Cohen's kappa 1.00, n = 3" in done.out
    assert "Same direction:        67% of pairs" in done.out and "local_support lowers" in done.out
    assert "Sending" not in done.err, "nothing leaves this machine"
    (only,) = by_model(stored())
    assert only.quote.text == "Russian troops moved toward the Belarusian border on Jan. 12"
    assert only.status is Status.PROPOSED and only.confidence is None and only.times.recorded_at is not None
    (path,) = (p for p in (workspace_home / "transcripts").rglob("*") if p.is_file())
    assert path.stem in only.provenance.reason and hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
    assert {e.provenance.author for e in stored().evidence if e.status is Status.PROPOSED and e.provenance} == {
        "rules", "llm:made-1",
    }  # fmt: skip
    assert "transcript" in vedette.ok("review", CASE, "--json")


def test_the_key_is_nowhere_but_in_its_header(
    vedette: CommandLine, tmp_path: Path, workspace_home: Path, use: Any
) -> None:
    made = recorded("careful-model", tmp_path)
    with chat_server(made.replies) as server:
        use(server)
        said = [vedette("read", made.path, "--case", CASE, *DATED, "--llm", "--json"), vedette("doctor", "--json")]
        assert server.seen[0].headers["Authorization"] == f"Bearer {KEY}" and KEY not in json.dumps(server.seen[0].body)
    assert all(KEY not in d.out + d.err for d in said) and "set, not shown" in said[1].out
    assert not [p for p in workspace_home.rglob("*") if p.is_file() and KEY.encode() in p.read_bytes()]


def test_a_document_that_gives_orders_changes_nothing(
    vedette: CommandLine, tmp_path: Path, use: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, doctor = vedette.ok("assess", CASE, "--json"), None
    made = recorded("obeys-the-document", tmp_path)
    with chat_server(made.replies) as server:
        use(server)
        doctor = vedette.ok("doctor", "--json")
        out = json.loads(vedette.ok("read", made.path, "--case", CASE, *DATED, "--llm", "--json"))
        settings = json.loads(vedette.ok("doctor", "--json"))["settings"]
    assert settings == json.loads(doctor)["settings"]
    (question,) = server.seen
    assert "tools" not in question.body and [m["role"] for m in question.body["messages"]] == ["system", "user"]
    second = out["readings"][0]["second_reader"]
    assert second["dropped"] == {
        "field that was not asked for": 8, "condition with an unknown condition, direction, scenario or strength": 1,
        "quote not in the source": 1,
    }  # fmt: skip
    case = stored()
    assert not case.reviews
    new = [
        e for e in case.evidence if e.quote is not None and e.quote.document.id == out["readings"][0]["document"]["id"]
    ]
    text = case.documents[-1].text
    assert new and all(e.status is Status.PROPOSED for e in new)
    assert all(e.quote is not None and text[e.quote.start : e.quote.end] == e.quote.text for e in new)
    assert all(b.strength.value != "decisive" for e in new for b in e.bearings)
    assert vedette.ok("assess", CASE, "--json") == before
    # Not even the widest threshold accepts what the model proposed: it has no confidence of ours.
    vedette.ok("review", CASE, "--accept-all-above", "0")
    accepted = {r.evidence for r in stored().reviews}
    assert by_model(case) and not accepted & {e.id for e in by_model(case)}


def test_a_small_model_is_sifted(vedette: CommandLine, tmp_path: Path, use: Any) -> None:
    made = recorded("small-local-model", tmp_path)
    with chat_server(made.replies) as server:
        use(server)
        done = vedette("extract", made.path, *DATED, "--llm")
        out = json.loads(vedette.ok("extract", made.path, *DATED, "--llm", "--json"))
    assert done.status == 0 and "tokens not counted by the server" in done.out
    second = out["second_reader"]
    assert second["dropped"] == {
        "quote not in the source": 1, "claim of an unknown kind": 1, "claim by a speaker not named in the source": 1,
        "quote of fewer than 20 or more than 1200 characters": 1,
        "condition with an unknown condition, direction, scenario or strength": 2,
    }  # fmt: skip
    assert (second["agreement"]["both"], second["agreement"]["llm_only"]) == (1, 0)
    assert (second["tokens_in"], second["cost"]) == (None, None)
    assert {e["reader"] for e in out["evidence"]} == {"rules"}


def test_an_answer_that_comes_at_the_second_try(vedette: CommandLine, tmp_path: Path, use: Any) -> None:
    made = recorded("needs-two-tries", tmp_path)
    with chat_server(made.replies) as server:
        use(server)
        out = json.loads(vedette.ok("extract", made.path, *DATED, "--llm", "--json"))
    assert out["second_reader"]["tokens_in"] == 2390 and out["second_reader"]["agreement"]["both"] == 1


def test_a_document_read_before_gets_its_second_reader_once(vedette: CommandLine, tmp_path: Path, use: Any) -> None:
    made = recorded("careful-model", tmp_path)
    vedette.ok("read", made.path, "--case", CASE, *DATED)
    rules = [e for e in stored().evidence if e.status is Status.PROPOSED]
    with chat_server(made.replies) as server:
        use(server)
        assert "llm only" in vedette.ok("read", made.path, "--case", CASE, *DATED, "--llm")
        case = stored()
        again = vedette.ok("read", made.path, "--case", CASE, *DATED, "--llm")
        assert "has read it already" in again and len(server.seen) == 1 and stored() == case
        use(server, MODEL="made-2")
        third = json.loads(vedette.ok("read", made.path, "--case", CASE, *DATED, "--llm", "--json"))
    assert [e for e in case.evidence if e.status is Status.PROPOSED and e not in by_model(case)] == rules
    assert third["readings"][0]["second_reader"]["already_proposed"] == 1 and stored() == case


def test_a_server_that_fails_leaves_the_rules_reading(
    vedette: CommandLine, tmp_path: Path, use: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = recorded("careful-model", tmp_path)
    other = tmp_path / "other.txt"
    other.write_text("Russian tanks are near the border of Ukraine, officials said. Kyiv fears an attack by Russia.")
    with chat_server([Answer(status=401, body=b'{"error": {"message": "bad key"}}')]) as server:
        use(server)
        done = vedette("read", made.path, other, "--case", CASE, *DATED, "--llm", "--json")
        assert len(server.seen) == 1, "the second document is not sent to a server that has just failed"
    out = json.loads(done.out)
    assert done.status == 2 and [r["second_reader"] for r in out["readings"]] == [None, None]
    assert len(out["refused"]) == 2 and "bad key" in out["refused"][0]["error"] and "VEDETTE_LLM_KEY" in done.err
    assert len(out["readings"]) == 2 and out["readings"][0]["proposals"] and not by_model(stored())
    with chat_server(made.replies) as server:
        use(server)
        vedette.ok("read", made.path, "--case", CASE, *DATED, "--llm")
    assert len(by_model(stored())) == 1


def test_transcripts_are_forgotten_with_their_document(
    vedette: CommandLine, tmp_path: Path, workspace_home: Path, use: Any
) -> None:
    made = recorded("careful-model", tmp_path)
    with chat_server(made.replies) as server:
        use(server)
        out = json.loads(vedette.ok("read", made.path, "--case", CASE, *DATED, "--llm", "--json"))
    assert any((workspace_home / "transcripts").iterdir())
    name = out["readings"][0]["document"]["id"]
    said = vedette.ok("case", "forget", CASE, "--document", name, "--reason", "the owner asked")
    assert "1 transcript of second readers removed" in said
    assert not list((workspace_home / "transcripts").iterdir())
    assert all(e.quote is None for e in by_model(stored()))


def test_a_long_document_goes_in_parts_and_a_repeated_claim_counts_once(
    vedette: CommandLine, tmp_path: Path, use: Any
) -> None:
    path = tmp_path / "long.txt"
    filler = "The river was quiet that week, people in the town of Gomel said, and the market stayed open."
    path.write_text(f"{A_QUOTE}\n\n" + "\n\n".join(f"{filler} Day {n} passed." for n in range(60)))

    def script(body: dict[str, Any]) -> str:
        said = body["messages"][1]["content"]
        return claims(item(A_QUOTE, paragraph=1, conditions=[bearing("technical_feasibility")]), item(A_QUOTE)) if (
            A_QUOTE in said
        ) else claims(item(A_QUOTE))  # fmt: skip

    with chat_server(script) as server:
        use(server)
        out = json.loads(vedette.ok("extract", path, *DATED, "--llm", "--json"))["second_reader"]
    assert len(server.seen) == len(out["transcripts"]) > 3
    assert all(len(s.body["messages"][1]["content"]) < 2600 for s in server.seen)
    assert out["dropped"]["claim proposed twice"] == 1, "the same answer twice is one claim"
    assert out["dropped"]["quote not in the source"] == len(server.seen) - 1, "a quote from a part it was not shown"
    assert out["tokens_in"] == 100 * len(server.seen)


def test_another_language_is_not_sent(vedette: CommandLine, tmp_path: Path, use: Any) -> None:
    from tests.made_texts import FRENCH

    path = tmp_path / "fr.txt"
    path.write_text(FRENCH)
    with chat_server([claims()]) as server:
        use(server)
        assert "nothing was sent" in vedette.ok("extract", path, *DATED, "--llm")
    assert server.seen == []


def test_what_is_missing_or_wrong_is_one_line(
    vedette: CommandLine, tmp_path: Path, use: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = recorded("careful-model", tmp_path)
    ask = ("extract", made.path, *DATED, "--llm")
    line = vedette.refused(*ask)
    assert "VEDETTE_LLM_URL" in line and "VEDETTE_LLM_MODEL" in line
    with chat_server(made.replies) as server:
        use(server, MAX_CHARACTERS="100")
        assert "VEDETTE_LLM_MAX_CHARACTERS" in vedette.refused(*ask)
        use(server, MAX_CHARACTERS="200000", CHUNK="500")
        assert "VEDETTE_LLM_CHUNK" in vedette.refused(*ask)
        use(server, URL="https://user:pass@example.org/v1")
        line = vedette.refused(*ask)
        assert "VEDETTE_LLM_URL" in line and "pass" not in line
        use(server, URL=server.url, KEY="two\nlines of a secret")
        line = vedette.refused(*ask)
        assert "VEDETTE_LLM_KEY" in line and "secret" not in line
        use(server, URL="http://169.254.169.254/v1")
        done = vedette(*ask)
        assert done.status == 2 and "private address" in done.err and not done.out
    assert server.seen == []


def test_the_doctor_says_where_documents_would_go(vedette: CommandLine, use: Any) -> None:
    def told() -> dict[str, str]:
        checks = json.loads(vedette("doctor", "--json").out)["checks"]
        (found,) = (c for c in checks if c["name"] == "second reader")
        return dict(found)

    assert told()["state"] == "optional" and "VEDETTE_LLM_URL" in told()["detail"]
    with chat_server([claims()]) as server:
        use(server)
        assert (told()["state"], told()["detail"]) == ("ok", "made-1 at 127.0.0.1 (on this machine)")
        use(server, URL="https://models.example/v1")
        assert "models.example (ANOTHER MACHINE" in told()["detail"]
    assert server.seen == []


def test_every_field_of_the_json_is_documented(vedette: CommandLine, tmp_path: Path, use: Any) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "json.md").read_text("utf-8")
    section = page.split("## second_reader, with --llm\n")[1].split("\n## ")[0]
    made = recorded("careful-model", tmp_path)
    with chat_server(made.replies) as server:
        use(server)
        out = json.loads(vedette.ok("extract", made.path, *DATED, "--llm", "--json"))
    second = out["second_reader"]
    agreement = second["agreement"]
    fields = [*second, *agreement, *agreement["condition"], *agreement["differences"][0]]
    told = {"quote", "start", "end"}  # as everywhere
    assert not [f for f in fields if f"`{f}`" not in section and f not in told]
    assert "`reader`" in page.split("## vedette extract --json\n")[1].split("\n## ")[0]
    assert {e["reader"] for e in out["evidence"]} == {"rules", "llm:made-1"}
    assert all((e["confidence"] is None) == (e["reader"] != "rules") for e in out["evidence"])
