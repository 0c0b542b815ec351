"""Whatever a model answers: what is stored is a verbatim slice, proposed, and moves nothing."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import examples
from tests.made_texts import ARTICLE

from vedette import extract
from vedette.domain.claims import ClaimKind, Direction
from vedette.domain.evidence import Status
from vedette.domain.reading import Claim
from vedette.errors import BadInput
from vedette.extraction.second_reader import HINTS, STRENGTHS, SecondReader, answer_schema, chunks, conditions
from vedette.extraction.two_readers import SAME, agree, overlap, without_copies
from vedette.ports import ModelAnswer
from vedette.reference.bundled import bundled_case
from vedette.sources.language_model import _AgainError, _check_reply, _error_text, _object_in
from vedette.stores.transcripts import TranscriptFiles
from vedette.workflows.ingest import propose
from vedette.workflows.second_read import Reader, merged, read_again

READ = extract(ARTICLE, published="2022-01-14")
TEXT = READ.document.text

slices = st.tuples(st.integers(0, len(TEXT)), st.integers(0, 400)).map(lambda p: TEXT[p[0] : p[0] + p[1]])
texts = st.one_of(slices, st.text(max_size=60), st.sampled_from(["author", "decisive", "accepted", "ignore", "stakes"]))
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)


def usually(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What a good model gives, or anything at all."""
    return st.one_of(strategy, strategy, strategy, json_values)


bearings = st.fixed_dictionaries(
    {
        "condition": usually(st.sampled_from(conditions())),
        "direction": usually(st.sampled_from([d.value for d in Direction])),
        "scenario_hint": usually(st.sampled_from(HINTS)),
        "strength": usually(st.sampled_from([*(s.value for s in STRENGTHS), "decisive"])),
    }
)
items = st.fixed_dictionaries(
    {
        "quote": usually(slices),
        "paragraph": usually(st.integers(0, 20)),
        "kind": usually(st.sampled_from([k.value for k in ClaimKind])),
        "attribution": usually(st.one_of(st.just("author"), slices)),
        "conditions": usually(st.lists(bearings, max_size=4)),
        "negated": usually(st.booleans()),
        "hypothetical": usually(st.booleans()),
    },
    optional={"status": st.just("accepted"), "confidence": st.just(1.0), "start": st.just(0), "end": st.just(9)},
)
answers = usually(st.fixed_dictionaries({"claims": usually(st.lists(usually(items), max_size=6))})).map(
    lambda value: value if isinstance(value, dict) else {"claims": value}
)


class Parrot:
    """A model that gives these answers, whatever it is asked."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.value = value

    def answer(self, schema: Mapping[str, Any], messages: Sequence[Mapping[str, str]]) -> ModelAnswer:
        kept = json.dumps(self.value).encode()
        return ModelAnswer(value=self.value, transcript=kept, tokens_in=None, tokens_out=None)


class Clock:
    def now(self) -> Any:
        import datetime as dt

        return dt.datetime(2022, 1, 21, tzinfo=dt.UTC)


@given(answers)
@settings(max_examples=examples(150))
def test_whatever_a_model_answers_quotes_are_slices_and_nothing_is_accepted(value: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(
            model=Parrot(value), name="made", transcripts=TranscriptFiles(Path(folder)), host="localhost", local=True,
            chunk=12_000, most=200_000,
        )  # fmt: skip
        second = read_again(READ, reader)
    found = merged(READ, second).claims
    assert [c for c in found if c.reader == "rules"] == list(READ.claims), "the rules' reading is not touched"
    case = bundled_case("belarus-2022")
    added = [c for c in found if c.reader != "rules"]
    for claim in added:
        assert claim.quote == TEXT[claim.start : claim.end] and claim.quote.strip()
        assert claim.confidence is None and claim.reader == "llm:made"
        assert claim.attribution == "author" or claim.attribution in " ".join(TEXT.split("\n"))
        assert all(b.condition in conditions() and b.strength in STRENGTHS for b in claim.conditions)
        assert all(overlap(claim, rule) < SAME for rule in READ.claims)
    proposed, _ = propose(case, replace(READ, claims=tuple(added)), Clock())
    for item in proposed:
        assert item.status is Status.PROPOSED and item.confidence is None
        assert item.quote is not None and item.quote.text == TEXT[item.quote.start : item.quote.end]
        assert item.provenance is not None and item.provenance.author == "llm:made"
    a = second.agreement
    assert len(a.both) + len(a.rules_only) == len(READ.claims)


@given(
    st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("  \n\n\nab."), max_size=900), st.integers(40, 200)
)
def test_parts_hold_every_letter_in_its_place(text: str, size: int) -> None:
    parts = chunks(text, size=size, overlap=20)
    held = set()
    for part in parts:
        assert sum(b - a for _, a, b in part.paragraphs) <= size
        for _, a, b in part.paragraphs:
            assert part.start <= a < b <= part.end
            held |= set(range(a, b))
    assert all(i in held or c.isspace() for i, c in enumerate(text))


@given(st.integers(-5, 39))
def test_parts_too_small_to_overlap_are_refused(size: int) -> None:
    try:
        chunks("text", size=size, overlap=20)
    except BadInput:
        return
    raise AssertionError(size)


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=8)


@given(spans, spans)
def test_pairing_is_one_to_one_and_loses_nobody(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    def made(pairs: list[tuple[int, int]]) -> list[Claim]:
        return [
            Claim(start=a, end=a + n, quote="", kind=ClaimKind.FACT, attribution=str(k))
            for k, (a, n) in enumerate(pairs)
        ]

    rules, theirs = made(first), without_copies(made(second))[0]
    found = agree(rules, theirs)
    left = [a.attribution for a, _ in found.both] + [c.attribution for c in found.rules_only]
    assert sorted(left) == sorted(c.attribution for c in rules)
    assert all(overlap(a, b) >= SAME for a, b in found.both)
    assert all(overlap(c, r) < SAME for c in found.second_only for r in rules)
    assert len({id(b) for _, b in found.both}) == len(found.both)


def test_the_reader_counts_what_it_drops() -> None:
    second = SecondReader(READ, "made")
    (chunk,) = chunks(TEXT, size=12_000)
    second.read({"claims": [{"quote": "x" * 50}, {"quote": TEXT[:300].split("\n")[0] + " and more of it"}]}, chunk, "")
    assert sum(second.dropped.values()) == 2


@given(st.one_of(st.text(max_size=200), json_values.map(json.dumps), st.just('{"claims": [' + "{" * 5000)))
def test_any_words_of_a_model_are_an_object_or_refused(content: str) -> None:
    try:
        value = _object_in(content, answer_schema())
    except ValueError as error:
        assert "\n" not in str(error)
        return
    assert isinstance(value["claims"], list)


@given(st.one_of(st.binary(max_size=200).map(lambda b: b.decode("utf-8", "replace")), json_values.map(json.dumps)))
def test_any_reply_of_a_server_is_a_completion_or_refused(text: str) -> None:
    assert isinstance(_error_text(text), str)
    try:
        _check_reply(text)
    except _AgainError:
        return
    assert isinstance(json.loads(text)["choices"][0]["message"]["content"], str)
