"""Event classes: made sentences on the shipped coefficients, features, the packed file, and the real sentences."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.made_events import SENTENCES

import vedette
from vedette.errors import BadInput, Unavailable
from vedette.extraction import events
from vedette.extraction.event_features import CUES_AT, SIZE, SOURCE, TARGET, features, mask, weighted
from vedette.extraction.events import load_event_model, pack, unpack
from vedette.reference.plover import QUADS, ROOTS, event_cues, quad_of


def test_made_sentences_get_their_root_and_quad_class() -> None:
    found = [vedette.classify_event(sentence, source, target) for sentence, source, target, _ in SENTENCES]
    wrong = [(s[0], f.root) for s, f in zip(SENTENCES, found, strict=True) if f.root != s[3]]
    assert len(wrong) <= len(SENTENCES) // 8, wrong
    quads = sum(f.quad == quad_of(s[3]) for s, f in zip(SENTENCES, found, strict=True))
    assert quads >= 0.9 * len(SENTENCES)


def test_every_root_is_made_and_found() -> None:
    assert {s[3] for s in SENTENCES} == set(ROOTS)
    assert {vedette.classify_event(*s[:3]).root for s in SENTENCES} == set(ROOTS)


def test_probabilities_are_shares_and_plain() -> None:
    found = vedette.classify_event("Norlandia accused Estmark of lying.", "Norlandia", "Estmark")
    plain = found.to_dict()
    assert sum(plain["roots"].values()) == pytest.approx(1)
    assert set(plain["roots"]) == set(ROOTS)
    assert plain["roots"][found.root] == plain["probability"] == max(plain["roots"].values())
    of_quad = sum(p for root, p in plain["roots"].items() if quad_of(root) == found.quad)
    assert plain["quad_probability"] == pytest.approx(of_quad)
    assert found.quad in QUADS


def test_who_acts_does_not_matter_only_the_deed() -> None:
    one = vedette.classify_event("Russia condemned Ukraine over the law.", "Russia", "Ukraine")
    other = vedette.classify_event("Peru condemned Chad over the law.", "Peru", "Chad")
    assert one == other


def test_without_actors_the_sentence_is_read_all_the_same() -> None:
    assert vedette.classify_event("Rebels shelled the town and killed 12 people.").root == "ASSAULT"
    assert vedette.classify_event("Rebels shelled the town.", "nobody here", "").quad == "material conflict"


@pytest.mark.parametrize("sentence", ["", "  \n ", "1234 -- !"])
def test_a_sentence_without_words_is_refused(sentence: str) -> None:
    with pytest.raises(BadInput, match="no words"):
        vedette.classify_event(sentence)


def test_masking_takes_the_longer_name_first_and_whole_words() -> None:
    masked = mask("Iran told the Iranian foreign minister of Iran", "Iran", "Iranian foreign minister")
    assert masked.split() == [SOURCE, "told", "the", TARGET, "of", "Iran"]
    assert mask("Oman met (Iran)", None, "Iran)").split() == ["Oman", "met", "(", TARGET]
    assert mask("Oman met Iran", "Peru", None) == "Oman met Iran"


def test_features_stay_inside_the_vector_and_blocks_have_length_one() -> None:
    raw = features("Norlandia’s army won't withdraw troops from Estmark.", "Norlandia", "Estmark")
    positions, values = weighted(raw, [1.0] * SIZE)
    assert all(0 <= p < SIZE for p in positions)
    hashed = sum(v * v for p, v in zip(positions, values, strict=True) if p < CUES_AT)
    assert hashed == pytest.approx(3.0)
    assert weighted(features("!", None, None), [1.0] * SIZE)[0] == [SIZE - 3, SIZE - 2], "no words: no actors found"


def test_cues_are_found_by_beginnings_phrases_and_negation() -> None:
    names = [name for name, _ in event_cues()]

    def fired(sentence: str) -> set[str]:
        return {names[(p - CUES_AT) // 6] for p in features(sentence) if CUES_AT <= p < SIZE - 3}

    assert "SANCTION" in fired("They severed relations.")
    assert "YIELD" in fired("They stepped down.")
    assert "YIELD" not in fired("They walked slowly.")
    assert "x.not" in fired("They don't know.")


def test_the_packed_file_keeps_the_answers_and_refuses_other_features() -> None:
    model = load_event_model()
    again = unpack(pack(model))
    for sentence, source, target, _ in SENTENCES[:10]:
        one, two = model.probabilities(sentence, source, target), again.probabilities(sentence, source, target)
        assert np.abs(one - two).max() < 1e-3
    small = replace(model, coefficients=model.coefficients[:-1])
    with pytest.raises(BadInput, match=r"evals/events\.py --fit"):
        unpack(pack(small))


def test_the_shipped_file_is_small_and_a_missing_one_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = Path(events.__file__).parents[1] / "reference" / "coefficients" / events.FILE
    assert file.stat().st_size < 1_500_000
    load_event_model.cache_clear()
    monkeypatch.setattr(events, "files", lambda _: tmp_path)
    try:
        with pytest.raises(Unavailable, match="not installed"):
            load_event_model()
    finally:
        load_event_model.cache_clear()


def test_numpy_is_all_it_needs() -> None:
    program = (
        "import sys; import vedette; vedette.classify_event('Rebels shelled the town.'); "
        "print([m for m in ('sklearn', 'scipy', 'duckdb', 'spacy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_events_of_a_document_carry_their_class_and_other_kinds_none() -> None:
    text = (
        "Norland paper. Russian forces shelled Kharkiv and seized the border post on 24 February 2022. "
        "Ukraine's army says that Russia will attack again. Russian troops entered Belarus for drills on 17 January."
    )
    claims = vedette.extract(text, published="2022-02-25").to_dict()["evidence"]
    events_found = [c for c in claims if c["kind"] == "event"]
    assert any(c["event_class"] == "ASSAULT" and c["quad"] == "material conflict" for c in events_found)
    assert all((c["event_class"] is not None) == (c["kind"] == "event") for c in claims)


@pytest.mark.shared
def test_real_sentences_fit_and_are_read_fast(shared: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    file = shared / "data" / "text" / "plv_sentences.parquet"
    if not file.is_file():
        pytest.skip("the coded sentences are not in the shared data")
    rows = duckdb.sql(f"select sentence, source, target, gold_root from '{file}'").fetchall()
    model = load_event_model()
    start = time.process_time()
    found = [model.roots[int(model.probabilities(s, a, b).argmax())] for s, a, b, _ in rows]
    assert len(rows) / (time.process_time() - start) > 300, "far below the speed that evals/events.py reports"
    # The model was fitted on these sentences: this checks the shipped file, not its quality (evals/events.py does).
    assert np.mean([f == row[3] for f, row in zip(found, rows, strict=True)]) > 0.9
