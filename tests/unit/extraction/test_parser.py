"""The grammatical parser: who it is, what it may change, and that the rules need none."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.made_texts import ARTICLE

from vedette.errors import BadInput, Damaged, MissingExtra
from vedette.extraction import extract, spacy_parser
from vedette.extraction.parser import RULES, Word, parser_named

WITH_MODEL = pytest.mark.skipif(not spacy_parser.installed(), reason="the extra vedette[nlp] is not installed")
DENIED = "The Kremlin denied that Russian troops would invade Ukraine from Belarus."


class Flat:
    """A parser that finds no grammar: every word is a root. It also keeps what it was asked."""

    name = "flat"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def parse(self, sentences: Sequence[str]) -> Sequence[tuple[Word, ...]]:
        self.asked += sentences
        return [(Word(0, len(s), 0, "ROOT"),) for s in sentences]


class Made:
    """A parser whose grammar the test gives: (word, head, relation) for one sentence."""

    name = "made"

    def __init__(self, words: list[tuple[str, int, str]]) -> None:
        self._words = words

    def parse(self, sentences: Sequence[str]) -> Sequence[tuple[Word, ...]]:
        (sentence,) = sentences
        at, found = 0, []
        for text, head, relation in self._words:
            start = sentence.index(text, at)
            at = start + len(text)
            found.append(Word(start, at, head, relation))
        return [tuple(found)]


def test_the_rules_need_no_parser_and_say_so() -> None:
    assert parser_named(RULES) is None
    plain = extract(ARTICLE, published="2022-01-20").to_dict()
    assert plain["parser"] == {"name": "rules", "sentences": 0}


def test_a_name_that_is_no_parser_is_refused() -> None:
    with pytest.raises(BadInput, match=r"rules, spacy, auto"):
        parser_named("stanza")


def test_without_the_extra_auto_means_the_rules_and_spacy_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    spacy_parser.load_spacy.cache_clear()
    monkeypatch.setattr(spacy_parser, "installed", lambda: False)
    assert parser_named("auto") is None
    with pytest.raises(MissingExtra, match="vedette"):
        parser_named("spacy")


def test_only_sentences_with_unsure_claims_are_parsed() -> None:
    flat = Flat()
    text = f"{ARTICLE}\n\nThe weather in the valley stayed mild all week.\n"
    read = extract(text, published="2022-01-20", parser=flat)
    assert read.parsed == len(flat.asked) > 0 and read.parser == "flat"
    assert not any("weather" in sentence for sentence in flat.asked)


def test_a_parser_adds_no_evidence_and_takes_none_away() -> None:
    plain, parsed = (extract(ARTICLE, published="2022-01-20", parser=p) for p in (None, Flat()))
    kept = [(c.start, c.end, c.quote, c.conditions, c.confidence) for c in plain.claims]
    assert kept == [(c.start, c.end, c.quote, c.conditions, c.confidence) for c in parsed.claims] and kept


def test_a_denial_gets_its_speaker_kind_and_a_reason_from_the_grammar() -> None:
    grammar = [
        ("The", 1, "det"), ("Kremlin", 2, "nsubj"), ("denied", 2, "ROOT"), ("that", 7, "mark"), ("Russian", 5, "amod"),
        ("troops", 7, "nsubj"), ("would", 7, "aux"), ("invade", 2, "ccomp"), ("Ukraine", 7, "dobj"),
        ("from", 7, "prep"), ("Belarus", 9, "pobj"), (".", 2, "punct"),
    ]  # fmt: skip
    text = f"Russian troops are massing near the border. {DENIED}"
    (rules,) = [c for c in extract(text, published="2022-02-20").claims if "denied" in c.quote]
    flat = extract(DENIED, published="2022-02-20", parser=Made(grammar))
    assert rules.attribution == "author" and rules.negated
    (claim,) = flat.claims
    assert (claim.attribution, claim.kind, claim.negated, claim.target) == ("The Kremlin", "speech", True, "UKR")
    assert "speaker, kind as made parses the sentence" in claim.reasons


def test_who_only_acts_is_no_target_and_whoever_is_acted_on_is() -> None:
    text = "Ukraine attacked Russia with drones at the border on Friday."
    grammar = [
        ("Ukraine", 1, "nsubj"), ("attacked", 1, "ROOT"), ("Russia", 1, "dobj"), ("with", 1, "prep"),
        ("drones", 3, "pobj"), ("at", 1, "prep"), ("the", 7, "det"), ("border", 5, "pobj"), ("on", 1, "prep"),
        ("Friday", 8, "pobj"), (".", 1, "punct"),
    ]  # fmt: skip
    swapped = [(w, h, {"nsubj": "dobj", "dobj": "nsubj"}.get(r, r)) for w, h, r in grammar]
    ahead = extract(text, published="2022-02-20", parser=Made(grammar)).claims
    behind = extract(text, published="2022-02-20", parser=Made(swapped)).claims
    assert [c.target for c in ahead] == ["RUS"] and [c.target for c in behind] == ["UKR"]


def test_negation_of_a_phrase_is_not_a_denial() -> None:
    text = "Moscow reinforced its troops at the border without any announcement."
    grammar = [
        ("Moscow", 1, "nsubj"), ("reinforced", 1, "ROOT"), ("its", 3, "poss"), ("troops", 1, "dobj"), ("at", 1, "prep"),
        ("the", 6, "det"), ("border", 4, "pobj"), ("without", 1, "prep"), ("any", 9, "det"),
        ("announcement", 7, "pobj"), (".", 1, "punct"),
    ]  # fmt: skip
    assert [c.negated for c in extract(text, published="2022-02-20").claims] == [True]
    assert [c.negated for c in extract(text, published="2022-02-20", parser=Made(grammar)).claims] == [False]


def test_not_only_denies_nothing() -> None:
    text = "Russian troops are massing not only near the Ukrainian border. Russian troops did not attack Sumy."
    assert [c.negated for c in extract(text, published="2022-03-01").claims] == [False, True]


def test_a_model_of_another_version_or_with_other_bytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{}")
    with pytest.raises(Damaged, match=r"version 3\.7\.0"):
        spacy_parser.check_model(tmp_path, "3.7.0")
    with pytest.raises(Damaged, match=r"not the ones this release was measured with.*--parser rules"):
        spacy_parser.check_model(tmp_path, spacy_parser.VERSION)


def test_the_digest_covers_names_and_bytes_and_nothing_compiled(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    first = spacy_parser.digest_of(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_bytes(b"2")
    assert spacy_parser.digest_of(tmp_path) == first
    (tmp_path / "a").rename(tmp_path / "b")
    assert spacy_parser.digest_of(tmp_path) != first


def test_the_rules_import_no_parser() -> None:
    program = (
        "import sys; from vedette.extraction import extract; "
        f"extract({ARTICLE!r}, published='2022-01-20'); "
        "print([m for m in ('spacy', 'thinc', 'vedette.extraction.syntax') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@WITH_MODEL
def test_the_pinned_model_reads_denials_and_roles() -> None:
    parser = parser_named("spacy")
    assert parser is not None
    text = (
        f"{DENIED} Ukrainian forces attacked Russian troops near Kherson. "
        "Belarus denied that Russian troops would attack Ukraine from its territory."
    )
    found = {c.quote[:12]: c for c in extract(text, published="2022-02-20", parser=parser).claims}
    assert found["The Kremlin "].attribution == "The Kremlin"
    assert found["Belarus deni"].attribution == "Belarus"
    assert found["Ukrainian fo"].target == "RUS"


@WITH_MODEL
def test_the_command_says_which_parser_was_used(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DENIED)
    code = "import sys; from vedette.cli import main; sys.exit(main(sys.argv[1:]))"
    given = ["extract", str(tmp_path / "a.txt"), "--published", "2022-02-20", "--json"]
    command = [sys.executable, "-c", code, *given]
    names = []
    for more in ([], ["--parser", "auto"], ["--parser", "rules"]):
        done = subprocess.run([*command, *more], check=True, capture_output=True, text=True)
        names.append(json.loads(done.stdout)["parser"]["name"])
    assert names == ["rules", f"spacy {spacy_parser.MODEL} {spacy_parser.VERSION}", "rules"]
