"""News: the counts against the annotators' program, the annotation's form, and a whole run on made texts."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))

from evals import claim_scoring, extraction, news  # noqa: E402

TEXT = "Russian troops massed on the border of Ukraine. The bakery on Main Street opened a second shop."
CLAIM = {"start": 0, "end": 46, "kind": "fact", "actors": ["RUS", "UKR"], "optional": False,
         "conditions": [{"condition": "technical_feasibility", "direction": "raises"}]}  # fmt: skip


def test_a_perfect_reader_has_every_share_one_and_an_empty_one_none() -> None:
    all_right = claim_scoring.counts([CLAIM], [CLAIM])
    for name in ("claim_f1", "condition_f1", "direction", "triples_f1", "kind", "actors_f1"):
        assert claim_scoring.MEASURES[name](all_right) == 1.0
    nothing = claim_scoring.counts([CLAIM], [])
    assert {name: take(nothing) for name, take in claim_scoring.MEASURES.items()} == dict.fromkeys(
        claim_scoring.MEASURES, 0.0)  # fmt: skip


def test_optional_claims_cost_nothing_and_wrong_directions_cost_twice() -> None:
    optional = {**CLAIM, "optional": True}
    assert claim_scoring.counts([optional], []) == claim_scoring.counts([optional], [CLAIM]) + Counter()
    turned = {**CLAIM, "conditions": [{"condition": "technical_feasibility", "direction": "lowers"}]}
    found = claim_scoring.counts([CLAIM], [turned])
    assert (found["claim_tp"], found["condition_tp"], found["direction_right"]) == (1, 1, 0)
    assert (found["triple_fp"], found["triple_fn"]) == (1, 1)


def test_every_proposal_in_an_unrelated_document_is_false() -> None:
    found = claim_scoring.counts([], [CLAIM, CLAIM])
    assert claim_scoring.MEASURES["false_per_unrelated"](found) == 2.0


def test_intervals_hold_the_value_and_gains_over_oneself_are_nothing() -> None:
    each = [claim_scoring.counts([CLAIM], [CLAIM] if k % 3 else []) for k in range(30)]
    low, high = claim_scoring.interval(each, "claim_recall")
    assert low < 20 / 30 < high
    assert claim_scoring.gain(each, each, "claim_f1") == (0.0, 0.0, 0.0)


def test_annotations_are_labels_without_text() -> None:
    rows = news.annotations()
    assert len({row["doc_id"] for row in rows}) == len(rows) >= 70
    assert all(set(row) == {"doc_id", "sha256", "date", "case", "claims"} for row in rows)
    kept = {"start", "end", "kind", "speaker", "actors", "conditions", "optional", "negated"}
    claims = [claim for row in rows for claim in row["claims"]]
    assert all(set(claim) == kept for claim in claims)
    assert all(0 <= claim["start"] < claim["end"] for claim in claims)
    kinds = {"fact", "event", "speech", "judgement", "forecast", "argument"}
    assert {claim["kind"] for claim in claims} <= kinds
    assert sum(not claim["optional"] for claim in claims) >= 170


def made_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Corpora of a few made articles in the form of the real ones, one of them annotated."""
    import duckdb

    folder = home / "data" / "text"
    folder.mkdir(parents=True)
    articles = {"TR-News": {"1": TEXT}, "lgl": {str(n): "The council met. A shop opened in town." for n in range(8)}}
    for name, texts in articles.items():
        made = "".join(f"<article docid='{n}'><text>{t}</text></article>" for n, t in texts.items())
        (folder / f"{name}.xml.gz").write_bytes(gzip.compress(f"<articles>{made}</articles>".encode()))
    duckdb.connect().execute(
        f"""COPY (SELECT '7' AS id, '2015-09-01' AS date, 'Sports' AS "category.name", 'A team won.' AS description)
            TO '{folder / news.ITEMS}' (FORMAT parquet)"""
    )
    row = {"doc_id": "TR-News:1", "sha256": hashlib.sha256(TEXT.encode()).hexdigest(), "date": "2022-01-20",
           "case": {"intervener": "RUS", "target": "UKR", "host": ""}, "claims": [CLAIM]}  # fmt: skip
    labels = home / "labels.jsonl"
    labels.write_text(json.dumps(row) + "\n", encoding="utf-8")
    monkeypatch.setattr(news, "ANNOTATIONS", labels)
    monkeypatch.setattr(extraction, "FLOORS", home / "floors.json")
    monkeypatch.setenv("VEDETTE_SHARED", str(home))
    return folder


def test_a_run_on_made_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
                             ) -> None:  # fmt: skip
    made_folder(tmp_path, monkeypatch)
    monkeypatch.setattr(news, "held", lambda name: name.endswith("3"))
    assert news.main(["--held-out"]) == 0
    told = capsys.readouterr().out
    assert "tuning part: 1 annotated (1 required claims), 8 unrelated" in told
    assert "held_out part: 0 annotated (0 required claims), 1 unrelated" in told
    row = next(line.split() for line in told.splitlines() if line.split()[:1] == ["claim_f1"])
    assert float(row[1]) == 1.0  # the product finds the one claim; every sentence also takes the bakery
    assert float(row[3].rstrip(",")) < 1.0


def test_a_changed_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made_folder(tmp_path, monkeypatch)
    monkeypatch.setattr(news, "held", lambda name: False)
    row = json.loads(news.ANNOTATIONS.read_text(encoding="utf-8"))
    news.ANNOTATIONS.write_text(json.dumps({**row, "sha256": "0" * 64}) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="TR-News:1: the text is not the one that was annotated"):
        news.load(folder, held_out=False)


def test_without_texts_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
                                  ) -> None:  # fmt: skip
    monkeypatch.setenv("VEDETTE_SHARED", str(tmp_path))
    assert news.main([]) == 0
    assert capsys.readouterr().out.startswith("not measured: the news texts are not in")


@pytest.mark.shared
def test_counts_are_those_of_the_annotators_program(shared: Path) -> None:
    if not (shared / "eval" / "score.py").is_file():
        pytest.skip("the annotators' program is not here")
    spec = importlib.util.spec_from_file_location("_score", shared / "eval" / "score.py")
    assert spec is not None and spec.loader is not None
    program: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    statements = extraction.Statements(shared / "eval")
    names = [n for n in statements.texts if not statements.held(n)][:12]
    for reader in (extraction.by_keyword, extraction.every_sentence):
        own: Counter[str] = Counter()
        theirs = []
        for name in names:
            found = reader(statements.texts[name])["evidence"]
            gold = {"claims": statements.gold[name]["claims"]}
            own.update(claim_scoring.counts(gold["claims"], found))
            theirs.append(program.count(gold, {"evidence": found}, statements.texts[name]["text"]))
        want = program.finish(theirs)
        take = claim_scoring.MEASURES
        assert take["claim_f1"](own) == pytest.approx(want["claim"]["f1"])
        assert take["condition_f1"](own) == pytest.approx(want["condition_micro"]["f1"])
        assert take["direction"](own) == pytest.approx(want["direction_accuracy"])
        assert take["triples_f1"](own) == pytest.approx(want["triples"]["f1"])
        assert take["false_per_unrelated"](own) == pytest.approx(want["false_evidence_per_negative_doc"])


@pytest.mark.shared
def test_every_annotated_quote_lies_in_its_text(shared: Path) -> None:
    folder = shared / "data" / "text"
    if not (folder / news.ITEMS).is_file():
        pytest.skip("the news texts are not here")
    found, quiet = news.load(folder, held_out=False)
    assert len(found) >= 70
    assert len(quiet) >= 100
    assert all(claim["end"] <= len(article.text) for article in found for claim in article.claims)
