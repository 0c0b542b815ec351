"""Files of other people's forecasts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vedette.codec.forecast_files import FORMATS, ForecastFile, read_forecasts, write_refused
from vedette.errors import BadInput


def table(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def test_plain_rows_and_the_broken_ones_beside_them() -> None:
    found = read_forecasts(
        table(
            "question,forecaster,date,probability,scenario",
            "q1,ana,2022-01-01,30%,attack", "q1,ana,2022-01-01,1.2,attack", "q1,,2022-01-01,0.2,", "q1,bob,soon,0.2,",
            "q1,bob,2022-01-02T10:00:00+02:00,0.2,", "q1,bob,2022-01-02,0.2,attack,more,values",
        ),
        "f.csv", "csv",
    )  # fmt: skip
    assert [f.probabilities["yes"] for f in found.forecasts] == [0.3, 0.2]
    assert found.forecasts[1].at.isoformat() == "2022-01-02T08:00:00+00:00"
    assert [r.row for r in found.refused] == [2, 3, 4, 6] and found.rows == 6
    assert ["outside" in found.refused[0].reason, "no forecaster" in found.refused[1].reason] == [True, True]
    kept = [json.loads(line) for line in write_refused(found.refused).splitlines()]
    assert kept[0]["record"]["probability"] == "1.2"


def test_metaculus_in_both_layouts() -> None:
    old = {"id": 1, "title": "Will it?", "close_time": "2022-12-31T00:00:00Z", "possibilities": {"type": "binary"},
           "community_prediction": {"history": [{"t": 1640995200, "x1": {"q1": 0.1, "q2": 0.4}}]}}  # fmt: skip
    new = {"id": 2, "title": "Will it now?", "question": {
        "type": "binary", "scheduled_close_time": "2022-12-31T00:00:00Z", "resolution": "yes",
        "actual_resolve_time": "2022-02-24T00:00:00Z",
        "aggregations": {"recency_weighted": {"history": [{"start_time": 1640995200.0, "centers": [0.6]}]}},
    }}  # fmt: skip
    date = {"id": 3, "title": "When?", "possibilities": {"type": "date"}}
    found = read_forecasts(json.dumps({"results": [old, new, date]}).encode(), "m.json", "metaculus")
    assert [(f.question, f.probabilities["yes"], f.at.date().isoformat()) for f in found.forecasts] == [
        ("metaculus-1", 0.4, "2022-01-01"), ("metaculus-2", 0.6, "2022-01-01")
    ]  # fmt: skip
    (settled,) = found.resolutions
    assert (settled.atom, settled.on.isoformat()) == ("yes", "2022-02-24")
    assert "type date" in found.refused[0].reason


def test_good_judgment_answers_of_one_forecast_belong_together() -> None:
    found = ForecastFile()
    read_forecasts(
        table("ifp_id,q_text,options,date_to_close,date_closed,outcome,q_desc",
              '1001-0,Who wins?,"(a) One, (b) Other, (c) None",2012-01-31,2012-01-20,b,fine print'),
        "ifps.csv", "good-judgment", found,
    )  # fmt: skip
    read_forecasts(
        table("ifp_id,user_id,answer_option,value,fcast_date", "1001-0,7,a,0.2,2011-12-01", "1001-0,7,b,0.7,2011-12-01",
              "1001-0,7,c,0.1,2011-12-01", "1001-0,8,a,0.5,2011-12-02"),
        "survey.csv", "good-judgment", found,
    )  # fmt: skip
    assert found.questions["gjp-1001-0"].atoms == ("a", "b", "c")
    assert found.forecasts[0].probabilities == {"a": 0.2, "b": 0.7, "c": 0.1}
    assert found.resolutions[0].atom == "b"


def test_forecastbench_sets() -> None:
    found = ForecastFile()
    questions: dict[str, Any] = {"question_set": "2024-07-21-human.json", "questions": [
        {"id": "A", "source": "manifold", "question": "Will it?", "freeze_datetime": "2024-07-12T00:00:00+00:00",
         "freeze_datetime_value": "0.75", "market_info_close_datetime": "2025-01-01T04:59:00+00:00"},
        {"id": "B", "source": "fred", "question": "Level?", "freeze_datetime": "2024-07-12T00:00:00+00:00",
         "freeze_datetime_value": "5.3"},
        {"id": ["A", "B"], "source": "manifold", "question": "Both?"}]}  # fmt: skip
    resolutions = {"resolutions": [
        {"id": "A", "source": "manifold", "resolution_date": "2024-12-31", "resolved_to": 1.0, "resolved": True},
        {"id": "C", "source": "manifold", "resolution_date": "2024-12-31", "resolved_to": 0.4, "resolved": False},
    ]}  # fmt: skip
    read_forecasts(json.dumps(questions).encode(), "q.json", "forecastbench", found)
    read_forecasts(json.dumps(resolutions).encode(), "r.json", "forecastbench", found)
    assert [(f.forecaster, f.probabilities["yes"]) for f in found.forecasts] == [("manifold", 0.75)]
    assert [(r.question, r.atom) for r in found.resolutions] == [("forecastbench-manifold-A", "yes")]
    assert len(found.refused) == 3


def test_predictionbook_resolves_once_and_autocast_keeps_the_negated_twin() -> None:
    book = read_forecasts(
        table("question_id,user_id,probability,timestamp,outcome,close_time,resolve_time",
              "1,u,0.8,2008-06-20 03:46:16+00:00,1.0,2008-06-23,2008-08-14",
              "1,v,0.6,2008-06-20 04:46:16+00:00,1.0,2008-06-23,2008-08-14"),
        "p.csv", "predictionbook",
    )  # fmt: skip
    assert len(book.forecasts) == 2 and len(book.resolutions) == 1
    rows = [
        {
            "id": "G1",
            "question": q,
            "qtype": "t/f",
            "close_time": "2021-07-01",
            "crowd": [{"timestamp": "2021-05-01", "forecast": 0.2}],
        }
        for q in ("Will it?", "Will it not?")
    ]
    cast = read_forecasts(json.dumps(rows).encode(), "a.json", "autocast")
    assert [f.question for f in cast.forecasts] == ["autocast-G1", "autocast-G1-negated"]
    assert {f.forecaster for f in cast.forecasts} == {"good judgment"}


def test_one_broken_line_of_many_is_one_broken_row() -> None:
    found = read_forecasts(
        b'{"question": "q", "forecaster": "a", "date": "2022-01-01", "probability": 0.1}\n{broken\n',
        "x.jsonl",
        "csv",
    )
    assert len(found.forecasts) == 1 and found.refused[0].reason == "not a record"


@pytest.mark.parametrize(
    ("form", "row"),
    [
        ("metaculus", {"id": 1, "title": "Will it?", "community_prediction": {"history": 3}}),
        ("metaculus", {"id": 1, "title": "Will it?", "community_prediction": {"history": ["x"]}}),
        ("autocast", {"id": "G1", "question": "Will it?", "qtype": "t/f", "crowd": 7}),
        ("csv", {"question": "q", "forecaster": "a", "date": "9" * 30, "probability": 0.1}),
    ],
)
def test_a_value_of_the_wrong_kind_keeps_its_row_aside(form: str, row: dict[str, Any]) -> None:
    found = read_forecasts(json.dumps([row]).encode(), "x.json", form)
    assert found.forecasts == [] and len(found.refused) == 1


def test_a_row_that_fails_in_the_middle_leaves_nothing() -> None:
    points = [{"timestamp": "2021-05-01", "forecast": 0.2}, {"timestamp": "2021-05-02", "forecast": 7}]
    row = {"id": "G1", "question": "Will it?", "qtype": "t/f", "crowd": points}
    found = read_forecasts(json.dumps([row]).encode(), "x.json", "autocast")
    assert found.forecasts == [] and "outside" in found.refused[0].reason


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"{", b"one column\n1\n", b"PAR1 no"])
@pytest.mark.parametrize("form", list(FORMATS))
def test_files_of_no_known_shape_are_refused_in_one_line(data: bytes, form: str) -> None:
    with pytest.raises(BadInput):
        read_forecasts(data, "x", form)


@pytest.mark.shared
def test_the_real_files_are_read(shared: Path) -> None:
    folder = shared / "data" / "forecast"
    found = read_forecasts((folder / "autocast_test_questions.parquet").read_bytes(), "a.parquet", "autocast")
    assert found.rows == 1364 and len(found.questions) == 816  # ten rows repeat another
    read_forecasts(
        (folder / "forecastbench_resolutions.parquet").read_bytes(), "r.parquet", "forecastbench", found
    )
    assert found.rows == 1364 + 40595
