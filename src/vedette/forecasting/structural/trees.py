"""Boosted trees as plain arrays: fitted with scikit-learn (extra `ml`), read and run with numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vedette.errors import MissingExtra
from vedette.forecasting.structural.spec import Boosting

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAF = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """All nodes of all trees in one table; a row goes left when its value is <= threshold.

    `feature` is LEAF (-1) in leaves; `value` is a node's mean contribution in log-odds (for a leaf: what it
    adds); `missing_left` says where a missing value goes; `roots` (trees,) start each tree; `start` is the
    log-odds before any tree.
    """

    roots: Ints
    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    missing_left: NDArray[np.bool_]
    value: Floats
    start: float

    def walk(self, values: Floats, groups: Sequence[int], count: int) -> Floats:
        """Contributions (n, count + 1) in log-odds: one column a group of features, the last for the start.

        A split's share is the change of the node mean it causes, so that a row's columns sum exactly to its
        log-odds (path attribution of Saabas 2014). `values` (n, p) may hold NaN; `groups` (p,) numbers them.
        """
        n = values.shape[0]
        out = np.zeros((n, count + 1))
        out[:, count] = self.start
        number = np.asarray(groups, dtype=np.int64)
        everyone = np.arange(n)
        for root in self.roots:
            node = np.full(n, root)
            out[:, count] += self.value[root]
            active = everyone
            while active.size:
                here = node[active]
                inner = self.feature[here] != LEAF
                active, here = active[inner], here[inner]
                if not active.size:
                    break
                x = values[active, self.feature[here]]
                go_left = np.where(np.isnan(x), self.missing_left[here], x <= self.threshold[here])
                there = np.where(go_left, self.left[here], self.right[here])
                out[active, number[self.feature[here]]] += self.value[there] - self.value[here]
                node[active] = there
        return out

    def margin(self, values: Floats) -> Floats:
        """Log-odds (n,)."""
        return np.asarray(self.walk(values, [0] * values.shape[1], 1).sum(axis=1), dtype=np.float64)

    def to_dict(self) -> dict[str, Any]:
        """Arrays as lists; thresholds in full, values to 9 digits."""
        return {
            "roots": self.roots.tolist(),
            "feature": self.feature.tolist(),
            "threshold": self.threshold.tolist(),
            "left": self.left.tolist(),
            "right": self.right.tolist(),
            "missing_left": self.missing_left.astype(int).tolist(),
            "value": [float(f"{v:.9g}") for v in self.value],
            "start": self.start,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Trees:
        """Inverse of `to_dict`."""
        whole = {k: np.array(data[k], dtype=np.int64) for k in ("roots", "feature", "left", "right")}
        return cls(
            **whole,
            threshold=np.array(data["threshold"], dtype=np.float64),
            missing_left=np.array(data["missing_left"], dtype=bool),
            value=np.array(data["value"], dtype=np.float64),
            start=float(data["start"]),
        )


def boosting_available() -> bool:
    """Whether scikit-learn is installed, without importing it."""
    from importlib.util import find_spec

    return find_spec("sklearn") is not None


def fit_boosting(values: Floats, y: Floats, settings: Boosting) -> Any:
    """A fitted HistGradientBoostingClassifier; MissingExtra when scikit-learn is not installed."""
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ImportError:
        raise MissingExtra("boosting needs scikit-learn", fix="pip install 'vedette[ml]'") from None
    return HistGradientBoostingClassifier(
        learning_rate=settings.learning_rate,
        max_iter=settings.rounds,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.smallest_leaf,
        l2_regularization=settings.l2,
        max_features=settings.feature_share,
        early_stopping=False,
        random_state=settings.seed,
    ).fit(values, y)


def to_trees(fitted: Any, columns_used: Ints) -> Trees:
    """Copy a fitted classifier into plain arrays; inner values are count-weighted means of their leaves.

    `columns_used` (q,) gives, for each column the trees were fitted on, its number in the feature table.
    """
    columns: dict[str, list[Any]] = {k: [] for k in ("feature", "threshold", "left", "right", "missing", "value")}
    roots = []
    for (predictor,) in fitted._predictors:  # the public API does not expose the trees
        nodes, offset = predictor.nodes, len(columns["value"])
        roots.append(offset)
        leaf = nodes["is_leaf"].astype(bool)
        value = nodes["value"].astype(np.float64).copy()
        left, right = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
        count = nodes["count"].astype(np.float64)
        for k in range(len(nodes) - 1, -1, -1):  # children always follow their parent
            if not leaf[k]:
                a, b = left[k], right[k]
                value[k] = (value[a] * count[a] + value[b] * count[b]) / (count[a] + count[b])
        split = columns_used[np.where(leaf, 0, nodes["feature_idx"].astype(np.int64))]
        columns["feature"].extend(np.where(leaf, LEAF, split))
        columns["threshold"].extend(np.where(leaf, 0.0, nodes["num_threshold"]))
        columns["left"].extend(np.where(leaf, 0, left + offset))
        columns["right"].extend(np.where(leaf, 0, right + offset))
        columns["missing"].extend(nodes["missing_go_to_left"].astype(bool))
        columns["value"].extend(value)
    return Trees(
        roots=np.array(roots, dtype=np.int64),
        feature=np.array(columns["feature"], dtype=np.int64),
        threshold=np.array(columns["threshold"], dtype=np.float64),
        left=np.array(columns["left"], dtype=np.int64),
        right=np.array(columns["right"], dtype=np.int64),
        missing_left=np.array(columns["missing"], dtype=bool),
        value=np.array(columns["value"], dtype=np.float64),
        start=float(np.asarray(fitted._baseline_prediction).ravel()[0]),
    )
