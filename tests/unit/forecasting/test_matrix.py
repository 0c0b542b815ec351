"""The matrix is the assessment's own likelihood ratios, laid out; it adds and counts nothing of its own."""

from __future__ import annotations

import pytest
from tests.made_cases import CONDITIONS, five, host_case, item

from vedette.domain.claims import Direction, Strength
from vedette.domain.evidence import Evidence
from vedette.domain.forecast import Assessment
from vedette.domain.plain import to_plain
from vedette.forecasting.assess import Setting, assess
from vedette.forecasting.matrix import Matrix, matrix_of
from vedette.forecasting.parameters import Parameters
from vedette.reporting.labels import display_width
from vedette.reporting.matrix import render_matrix

SETTING = Setting(framework=five(), parameters=Parameters(draws=400))


def made(*evidence: Evidence) -> tuple[Assessment, Matrix]:
    """An assessment of a made case and its matrix."""
    case = host_case(evidence)
    result = assess(case, f"{case.as_of}", SETTING, with_sensitivity=False)
    return result, matrix_of(result)


def test_cells_are_the_shares_and_add_up_to_what_the_evidence_did() -> None:
    result, matrix = made(
        item("E1", strength=Strength.STRONG),
        item("E2", condition="perceived_justification", direction=Direction.LOWERS),
        item("E3", option="stay", scenario="lasting_presence"),
    )
    shares = {e["id"]: e["log_odds"] for e in result.evidence}
    for column in matrix.columns:
        assert dict(zip((r.scenario for r in matrix.rows), column.cells, strict=True)) == shares[column.evidence]
    for i, row in enumerate(matrix.rows):
        bars = result.contributions[row.scenario]
        moved = sum(b.log_odds for b in bars if b.kind in ("condition", "evidence"))
        assert sum(c.cells[i] for c in matrix.columns) == pytest.approx(moved, abs=1e-9)
        assert row.for_it + row.against_it == pytest.approx(moved, abs=1e-9)


def test_diagnosticity_is_the_spread_over_scenarios_that_exclude_each_other() -> None:
    _, matrix = made(item("E1", strength=Strength.WEAK), item("E2", strength=Strength.DECISIVE))
    assert [r.scenario for r in matrix.rows if r.exclusive] == ["attack_from_host", "lasting_presence", "neither"]
    assert [c.evidence for c in matrix.columns] == ["E2", "E1"]
    for column in matrix.columns:
        rivals = column.cells[:3]
        assert column.diagnosticity == pytest.approx(max(rivals) - min(rivals))


def test_an_item_on_staying_tells_staying_from_leaving_and_nothing_of_an_attack() -> None:
    _, matrix = made(item("E1", option="stay", scenario="lasting_presence"), item("E2"))
    by_id = {c.evidence: c for c in matrix.columns}
    assert abs(by_id["E1"].cells[0]) < 0.005  # a stay says nothing of an attack
    assert by_id["E1"].diagnosticity > 0.1  # but it tells a stay from a departure


@pytest.mark.parametrize(("lowering", "warned"), [(0, True), (1, False), (3, False)])
def test_one_sided_evidence_is_warned_of(lowering: int, warned: bool) -> None:
    evidence = [item(f"U{i}", condition=CONDITIONS[i % 5]) for i in range(5)]
    evidence += [item(f"D{i}", condition=CONDITIONS[i], direction=Direction.LOWERS) for i in range(lowering)]
    _, matrix = made(*evidence)
    assert any("One-sided evidence on attack:" in w and "move it" in w for w in matrix.warnings) is warned


def test_evidence_coded_one_way_is_warned_of_even_where_other_items_balance_it() -> None:
    evidence = [item(f"U{i}", condition=CONDITIONS[i]) for i in range(5)]
    evidence += [
        item(f"D{i}", condition=CONDITIONS[i], scenario="neither", strength=Strength.WEAK) for i in range(3)
    ]
    result, matrix = made(*evidence)
    attack = next(r for r in matrix.rows if r.scenario == "attack")
    assert attack.lowers == 3 and not attack.one_sided
    assert any("One-sided evidence on attack:" in w for w in result.warnings)
    assert any("One-sided evidence on attack:" in w and "coded on it" in w for w in matrix.warnings)


@pytest.mark.parametrize("width", [60, 80, 118])
def test_the_text_fits_the_terminal_and_holds_every_item(width: int) -> None:
    evidence = [item(f"E{i:02}", condition=CONDITIONS[i % 5], claim="claim " * 40) for i in range(30)]
    _, matrix = made(*evidence)
    text = render_matrix(to_plain(matrix), width)
    assert max(display_width(line) for line in text.splitlines()) <= width
    for column in matrix.columns:
        assert column.evidence in text
    fewer = render_matrix(to_plain(matrix), width, top=3)
    assert "27 less diagnostic items are not shown" in fewer


def test_nothing_to_show_is_said() -> None:
    _, matrix = made()
    assert "No accepted item moves a scenario" in render_matrix(to_plain(matrix))


def test_escape_codes_in_a_claim_do_not_reach_the_terminal() -> None:
    _, matrix = made(item("E1", claim="red \x1b[31malert\x1b[0m \u202egnp.exe"))
    text = render_matrix(to_plain(matrix))
    assert "\x1b" not in text and "\u202e" not in text
