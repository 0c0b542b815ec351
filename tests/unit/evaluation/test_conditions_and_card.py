"""Links between conditions, drop-one tables, and the model card."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from vedette.evaluation import backtest_panel
from vedette.evaluation.conditions import LINKS, compare_links, drop_one, fit_link, soft_minimum
from vedette.evaluation.leaks import leak_check
from vedette.evaluation.model_card import model_card
from vedette.evaluation.simulate import simulated_panel

PANEL = simulated_panel(8, states=26, last_year=2000)
RNG = np.random.default_rng(9)
S = RNG.normal(size=(12000, 5))
REST = RNG.normal(size=12000)
ONES = np.ones(12000)


def logistic(eta: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-eta))


def test_soft_minimum_lies_between_minimum_and_mean_and_reaches_both() -> None:
    assert np.all(soft_minimum(S, 0.8) <= S.mean(axis=1) + 1e-12)
    assert np.all(soft_minimum(S, 0.8) >= S.min(axis=1) - 1e-12)
    assert soft_minimum(S, 1e-6) == pytest.approx(S.mean(axis=1), abs=1e-4)
    assert soft_minimum(S, 500.0) == pytest.approx(S.min(axis=1), abs=0.01)


@pytest.mark.parametrize("truth", ["additive", "soft_minimum"])
def test_the_link_that_made_the_data_fits_them_best(truth: str) -> None:
    # Unequal weights: with equal ones the soft minimum of a small kappa is the additive link.
    weights = np.array([1.2, 0.8, 0.0, -0.6, 0.3])
    eta = -3 + S @ weights if truth == "additive" else -1.5 + 2.5 * soft_minimum(S, 4.0)
    y = (np.random.default_rng(11).random(12000) < logistic(eta + 0.5 * REST)).astype(float)
    half = slice(0, 6000), slice(6000, None)
    losses = {}
    for link in ("additive", "soft_minimum"):
        forecast, _ = fit_link(link, S[half[0]], REST[half[0]], y[half[0]], ONES[half[0]])
        p = np.clip(forecast(S[half[1]], REST[half[1]]), 1e-9, 1 - 1e-9)
        losses[link] = -np.mean(y[half[1]] * np.log(p) + (1 - y[half[1]]) * np.log(1 - p))
    assert min(losses, key=lambda k: losses[k]) == truth


def test_noisy_and_finds_gates_and_stays_a_probability() -> None:
    both = logistic(2 * S[:, 0] + 1) * logistic(2 * S[:, 1] + 1)
    y = (np.random.default_rng(12).random(12000) < 0.6 * both).astype(float)
    forecast, values = fit_link("noisy_and", S, REST, y, ONES)
    p = forecast(S, REST)
    assert np.all((p > 0) & (p < 1)) and p.mean() == pytest.approx(y.mean(), rel=0.1)
    assert min(values["slope0"], values["slope1"]) > max(values["slope3"], values["slope4"])


def test_unknown_link_is_refused() -> None:
    with pytest.raises(ValueError, match="additive"):
        fit_link("magic", S, REST, np.zeros(12000), ONES)


def test_tables_and_card() -> None:
    report = backtest_panel(PANEL, "y_mid_init", 1985, learner="logit", replicates=30)
    conditions = drop_one(PANEL, "y_mid_init", 1985, replicates=30, full=report)
    links = compare_links(PANEL, "y_mid_init", 1985, replicates=30)
    assert {r.group for r in conditions} >= {"perceived_justification", "technical_feasibility", "memory"}
    by_name = {r.group: r for r in conditions}
    # In the made panel rivalry and memory matter and the target's ethnic fraction does not.
    assert by_name["perceived_justification"].loss.gain > by_name["local_support"].loss.gain
    assert not by_name["local_support"].identified
    assert tuple(r.link for r in links) == LINKS and links[0].gain is None
    assert all(0.5 < r.scores["roc_auc"] < 1 for r in links)
    leak = leak_check(PANEL, "y_mid_init", 1990)
    page = model_card(report, conditions=conditions, links=links, leaks=[leak], title="A <made> panel")
    assert "A &lt;made&gt; panel" in page and "<made>" not in page
    assert "prefers-color-scheme:dark" in page and page.count("<svg") == 3
    assert not re.search(r"<script|https?://|src=|@import", page)
    for name in ("perceived justification", "soft minimum", "plain logit", "peace years cubic"):
        assert name in page
    check_tags(page)
    bare = model_card(report)
    assert bare.count("Not computed for this card") == 2 and "Not run for this card" in bare
    assert [r.to_dict()["group"] for r in conditions] and links[1].to_dict()["gain"]["metric"] == "log_score"


def check_tags(page: str) -> None:
    """Every opened element is closed, in order."""
    open_tags: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "path", "circle", "rect"):
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if tag not in ("meta", "path", "circle", "rect"):
                assert open_tags and open_tags.pop() == tag

    Checker().feed(page)
    assert open_tags == []
