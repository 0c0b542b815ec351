"""Copies, excerpts and look-alikes; reports of one origin; denials and contradictions."""

from __future__ import annotations

import random
import zlib
from dataclasses import replace

import pytest
from evals.stories import assign, figures
from evals.story_corpus import HOW, corpus, edited, sentence
from hypothesis import given
from hypothesis import strategies as st

from vedette.assessment import stories
from vedette.assessment.disputes import apart, disputes
from vedette.domain.claims import Bound, Citation, ClaimKind, Grade, Place, Quantity
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence
from vedette.domain.stories import Placed, Relation, Signature
from vedette.domain.time import Times, instant


def document(text: str, name: str = "d", day: str = "2022-01-18") -> Document:
    at = instant(day)
    return Document(
        id=name, sha256=name.ljust(64, "0"), title="", text=text, author="A. Writer",
        citation=Citation(publisher="Press"), times=Times(published_at=at, available_at=at),
    )  # fmt: skip


def signature(text: str, name: str = "d") -> Signature:
    return stories.sign(document(text, name))


def report(seed: int, n: int = 14) -> list[str]:
    rng = random.Random(seed)
    return [sentence(rng) for _ in range(n)]


def test_the_floors_hold_on_a_made_corpus() -> None:
    made = corpus(3, 60)
    precision, recall, said, true = figures(made, assign(made))
    assert said > 300 and true > 300
    assert precision >= 0.98 and recall >= 0.95


@pytest.mark.parametrize("how", HOW)
def test_every_edit_is_recognised(how: str) -> None:
    base = report(1)
    found = stories.related(signature(edited(random.Random(2), base, how), "copy"), signature("\n".join(base)))
    assert found is not None
    if how == "same words":
        assert found == (Relation.SAME_TEXT, 1.0)


def test_a_shared_statement_makes_no_copy() -> None:
    quote = report(5, 2)
    one, other = [*report(6), *quote], [*report(7), *quote]
    assert stories.related(signature(" ".join(one)), signature(" ".join(other), "e")) is None


def test_parts_are_told_from_wholes() -> None:
    base = report(8, 30)
    whole, part = signature(" ".join(base)), signature(" ".join(base[:9]), "e")
    assert stories.related(part, whole) == (Relation.EXCERPT, pytest.approx(1.0))
    assert stories.related(whole, part) == (Relation.CONTAINS, pytest.approx(1.0))


def test_long_texts_are_compared_by_their_sketches() -> None:
    base = report(9, 400)
    whole, half = signature(" ".join(base)), signature(" ".join(base[:200]), "e")
    assert whole.shingles > 4 * stories.SKETCH
    like = stories.likeness(half, whole)
    assert like.shorter == pytest.approx(1, abs=0.1) and like.longer == pytest.approx(0.5, abs=0.08)


@given(st.text(max_size=300), st.text(max_size=300))
def test_likeness_is_a_share_and_symmetric(one: str, other: str) -> None:
    a, b = (stories.sign(replace(document("x", n), text=t + " x")) for n, t in (("a", one), ("b", other)))
    there, back = stories.likeness(a, b), stories.likeness(b, a)
    for share in (there.shorter, there.longer, there.both, there.spread):
        assert 0 <= share <= 1
    assert there.both == back.both and there.shorter == pytest.approx(back.shorter)
    assert stories.likeness(a, a).both == 1


def test_a_later_document_names_a_story_only_for_a_mutual_copy() -> None:
    base = report(10, 30)
    whole, part, same = (signature(" ".join(t), n) for n, t in (("w", base), ("p", base[:9]), ("s", base[:29])))
    later = Placed(document="w", story="w", relation=Relation.FIRST, of="w", share=1)
    assert stories.find_story(part, [(whole, later, True)]).story == "w"
    assert stories.find_story(part, [(whole, later, False)]).story == "p"
    assert stories.find_story(same, [(whole, later, False)]).story == "w"


def test_anchors_that_tell_nothing_are_not_kept() -> None:
    runs = stories.look_up(stories.shingles(" ".join(report(11))))
    copy = Placed(document="b", story="a", relation=Relation.SAME_TEXT, of="a", share=1)
    first = replace(copy, relation=Relation.FIRST)
    assert stories.anchors_kept(copy, runs, {}) == ()
    assert stories.anchors_kept(first, runs, {}) == tuple(runs[: stories.ANCHORS])
    kept = stories.anchors_kept(first, runs, {runs[0]: stories.FULL, runs[1]: stories.FULL - 1})
    assert kept == tuple(runs[1 : stories.ANCHORS + 1])


def item(name: str, claim: str, *, day: str = "2022-01-18", who: str = "the Kremlin", **changes: object) -> Evidence:
    home = document(f"{claim} {name}", f"doc-{name}", day)
    values: dict[str, object] = {
        "id": name, "claim": claim, "kind": ClaimKind.SPEECH, "attribution": who, "bearings": (), "grade": Grade(),
        "times": home.times, "origin": f"doc-{name}/kremlin", "quote": home.quote(0, len(claim)), "actors": ("RUS",),
        "target": "UKR",
    }  # fmt: skip
    return Evidence(**{**values, **changes})  # type: ignore[arg-type]


def test_one_statement_in_two_papers_is_one_voice() -> None:
    first = item("a", "Russian forces will return to their bases when the drills in Belarus end, the Kremlin said.")
    words = "When drills end in Belarus the forces return to bases, according to the Kremlin."
    second = item("b", words, day="2022-01-19")
    assert stories.same_report(second, first)
    assert stories.origins([second], [first]) == {"b": "doc-a/kremlin"}
    assert set(stories.report_keys([first])) & set(stories.keys_around([second]))
    for change in (
        {"who": "the Pentagon"}, {"day": "2022-01-25"}, {"negated": True}, {"actors": ("POL",), "target": "DEU"},
    ):  # fmt: skip
        other = item("c", second.claim, **{"day": "2022-01-19", **change})  # type: ignore[arg-type]
        assert not stories.same_report(other, first)
    assert not stories.same_report(item("d", "Gas prices are not our concern, the Kremlin said."), first)


def test_a_copy_speaks_with_the_voice_of_its_story() -> None:
    said = item("b", "Forces will return.", origin="doc-b/kremlin")
    own = item("c", "It is tense.", origin="doc-c", who="author")
    assert stories.origins([said], [], "doc-a") == {"b": "doc-a/kremlin"}
    assert stories.origins([own], [], "doc-a") == {"c": "doc-a"}


def test_denials_are_paired_with_what_they_deny() -> None:
    claim = item("a", "Russia plans an attack with tanks near Kharkiv.", who="the Pentagon", day="2022-01-10")
    denial = item("b", "The Kremlin denied any attack plans near Kharkiv.")
    old = item("c", claim.claim, who="the Pentagon", day="2021-10-01")
    (found,) = disputes([claim, denial, old])
    assert (found.kind, found.first, found.second) == ("denial", "b", "a")
    assert "kharki" in found.why and "attack" in found.why
    assert disputes([replace(claim, origin=denial.origin), denial]) == ()


def test_counts_that_cannot_both_hold() -> None:
    def counted(name: str, value: float, bound: Bound = Bound.EXACT, day: str = "2022-01-18") -> Evidence:
        amount = Quantity(text=f"{value:g} soldiers", value=value, unit="soldiers", bound=bound, of="near Yelsk")
        return item(name, f"{value:g} soldiers gathered near Yelsk.", quantities=(amount,), day=day, who=name,
                    place=Place(name="Yelsk"), origin=name)  # fmt: skip

    (found,) = disputes([counted("a", 5000), counted("b", 30000, day="2022-01-20")])
    assert (found.kind, found.first, found.second) == ("contradiction", "a", "b")
    assert disputes([counted("a", 5000), counted("b", 30000, day="2022-02-20")]) == ()
    assert disputes([counted("a", 5000), counted("b", 4000, Bound.MORE_THAN)]) == ()


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ((100, Bound.EXACT), (105, Bound.ABOUT), False), ((100, Bound.EXACT), (200, Bound.EXACT), True),
        ((100, Bound.LESS_THAN), (200, Bound.MORE_THAN), True), ((100, Bound.MORE_THAN), (200, Bound.EXACT), False),
    ],
)  # fmt: skip
def test_numbers_that_differ(one: tuple[float, Bound], other: tuple[float, Bound], differ: bool) -> None:
    a, b = (Quantity(text="x", value=v, unit="soldiers", bound=bound) for v, bound in (one, other))
    assert apart(a, b) is apart(b, a) is differ




@pytest.mark.parametrize("words", [0, 1, 2, 3, 4, 63, 64, 70, 700])
def test_runs_have_the_hashes_of_the_formula(words: int) -> None:
    """SplitMix64's last steps over a polynomial of CRC-32 codes, word by word in plain whole numbers."""

    def mixed(codes: list[int]) -> int:
        value = 0
        for code in codes:
            value = (value * 0x9E3779B97F4A7C15 + code) % 2**64
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
        return (value ^ value >> 31) % 2**63

    text = " ".join(f"Word{n * n % 101}" for n in range(words))
    codes = [zlib.crc32(word.casefold().encode()) + 1 for word in text.split()]
    expected = [mixed(codes[i : i + 3]) for i in range(max(1, words - 2))] if words else []
    assert stories.shingles(text) == expected
    assert stories._mixed(expected) == mixed(expected)
