"""The soft conjunction: near the weakest condition, yet more of any condition always helps (METHOD 4.3.3).

``S(theta) = -(1/kappa) ln sum_k w_k exp(-kappa theta_k)``, weights summing to 1. ``kappa -> 0`` gives the weighted mean
(additive form), ``kappa -> inf`` the minimum.
"""

from __future__ import annotations

import numpy as np

from vedette.forecasting.draws import Array


def soft_minimum(theta: Array, weights: Array, kappa: Array) -> Array:
    """S for states ``theta`` (K, n), ``weights`` (K,) summing to 1, ``kappa`` (n,) positive. Returns (n,)."""
    x = -kappa * theta
    top = x.max(axis=0)
    s: Array = -(top + np.log(weights @ np.exp(x - top))) / kappa
    return s


def gradient(theta: Array, weights: Array, kappa: Array) -> Array:
    """dS/dtheta_k, (K, n): shares that sum to 1 over k. ``w_k exp(-kappa theta_k) / sum``."""
    x = -kappa * theta
    e = weights[:, None] * np.exp(x - x.max(axis=0))
    g: Array = e / e.sum(axis=0)
    return g


def soft_minimum_and_gradient(theta: Array, weights: Array, kappa: Array) -> tuple[Array, Array]:
    """Both at once, for the price of one exponential."""
    x = -kappa * theta
    top = x.max(axis=0)
    e = np.exp(x - top)
    total = weights @ e
    s: Array = -(top + np.log(total)) / kappa
    e *= weights[:, None]
    e /= total
    return s, e


def weighted_mean(theta: Array, weights: Array) -> Array:
    """The additive form, (n,)."""
    m: Array = weights @ theta
    return m
