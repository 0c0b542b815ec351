"""Files of forecasts, however broken: every row is read or kept aside, and nothing else is ever raised."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vedette.codec.forecast_files import FORMATS, read_forecasts, write_refused
from vedette.errors import BadInput

FIELDS = (
    "question", "forecaster", "date", "probability", "scenario", "base_rate", "statement", "deadline", "outcome",
    "resolved", "id", "title", "type", "possibilities", "community_prediction", "aggregations", "ifp_id", "q_text",
    "options", "user_id", "answer_option", "value", "fcast_date", "source", "resolved_to", "resolution_date",
    "freeze_datetime", "freeze_datetime_value", "question_id", "timestamp", "close_time", "resolve_time", "qtype",
    "crowd", "answer", "forecast", "model", "forecast_due_date", "date_closed",
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=True), st.text(max_size=8),
    st.sampled_from(["2022-01-01", "1e400", "t/f", "binary", "manifold", "0.3", "30%", "nan", "-1", "9" * 30]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["history", "t", "x1", "q2", "centers", "timestamp", "forecast", "type"]), inner
        ),
    ),
    max_leaves=6,
)
ROWS = st.lists(
    st.one_of(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=14), SCALARS), min_size=1, max_size=5
)


@given(ROWS, st.sampled_from(list(FORMATS)))
def test_every_row_is_used_or_kept_aside(rows: list[Any], form: str) -> None:
    data = json.dumps(rows).encode()
    found = read_forecasts(data, "made.json", form)
    assert found.rows == len(rows)
    aside = {r.row for r in found.refused}
    assert len(aside) == len(found.refused) <= found.rows
    for f in found.forecasts:
        assert all(0 <= p <= 1 for p in f.probabilities.values()) and f.at.tzinfo is not None
    assert len(write_refused(found.refused).splitlines()) == max(len(found.refused), 1)


@given(st.binary(max_size=200), st.sampled_from(list(FORMATS)))
def test_any_bytes_are_read_or_refused(data: bytes, form: str) -> None:
    try:
        found = read_forecasts(data, "made", form)
    except BadInput:
        return
    assert found.rows >= 1
