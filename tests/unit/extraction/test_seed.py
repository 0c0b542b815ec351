"""The seed article, where the shared data are: spans are named by their identifiers, never by their words."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from vedette.domain.reading import Extraction
from vedette.extraction import extract

pytestmark = pytest.mark.shared
REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def evaluation() -> object:
    sys.path.insert(0, str(REPOSITORY / "evals"))
    import extraction

    sys.path.pop(0)
    return extraction


@pytest.fixture(scope="module")
def reading(shared: Path) -> Extraction:
    return extract((shared / "seed" / "article.txt").read_bytes(), published="2022-01-20")


def test_floors_of_the_issue(shared: Path, evaluation: object) -> None:
    figures = evaluation.seed_figures(shared / "seed", misses=False)  # type: ignore[attr-defined]
    assert figures["seed.recall_of_facts"] >= 0.75
    assert figures["seed.precision"] >= 0.70
    assert figures["seed.condition_f1"] >= 0.65
    assert figures["seed.quotes_exact"] == 1.0
    assert figures["seed.forbidden_kept_out"] == 1.0
    assert figures["seed.names"] >= 0.95


def test_traps(shared: Path, reading: Extraction) -> None:
    gold = {i["id"]: i for i in json.loads((shared / "seed" / "gold.json").read_text(encoding="utf-8"))["items"]}
    text = reading.document.text

    def found(identifier: str) -> list[object]:
        words = gold[identifier]["quote"]
        at = text.find(words)
        return [c for c in reading.claims if c.start < at + len(words) and at < c.end]

    (distance,) = found("G08")
    assert distance.quantities[0].bound.value == "less_than"  # type: ignore[attr-defined]
    assert any("Lukashenko" in c.attribution for c in found("G36"))  # type: ignore[attr-defined]
    assert {d.iso for c in found("G27") for d in c.dates} == {"2022-01"}  # type: ignore[attr-defined]
    (soured,) = found("G16")
    assert {(b.condition, b.direction.value) for b in soured.conditions} == {("local_support", "raises")}  # type: ignore[attr-defined]
    (thirty,) = [c for c in reading.claims for q in c.quantities if q.value == 30_000]
    assert "Lukashenko" in thirty.attribution
    assert "Baltic" in thirty.quantities[0].of  # the other side's troops, not those in Belarus
    for identifier in ("G03", "G05"):  # the repeated paragraph counts once
        assert text.count(gold[identifier]["quote"]) == 1


def test_government_or_city(shared: Path, reading: Extraction) -> None:
    gold = {i["id"]: i for i in json.loads((shared / "seed" / "gold.json").read_text(encoding="utf-8"))["items"]}
    text = reading.document.text
    deck, venue = text.find(gold["G01"]["quote"]), text.find(gold["G14"]["quote"])
    assert [a.role for a in reading.actors if a.start == deck] == ["government"]
    assert [p.level for p in reading.places if venue <= p.start < venue + 100 and p.country == "BLR"] == ["city"]
