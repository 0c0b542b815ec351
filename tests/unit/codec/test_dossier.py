"""Dossiers: default trees, moves, round trip, refusals; the real bank when it is there, made ones always."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tests import made_dossiers

from vedette.codec.default_rates import CRISIS_LOOKBACK_DAYS, VETO, counted, counted_names, stated, stated_names
from vedette.codec.dossier import decode_dossier, encode_dossier, read_dossier
from vedette.domain.scenarios import Basis, Branch, Leaf
from vedette.domain.time import AsOf, DateInterval
from vedette.errors import BadInput, CaseRefused, DateRefused, NewerSchema, UnknownName, UnknownState
from vedette.reference.bundled import bundled_case
from vedette.reference.case_files import NAMES, read_case


def tree_of(node: Branch | Leaf) -> Any:
    return node.atom if isinstance(node, Leaf) else (node.chance, tree_of(node.yes), tree_of(node.no))


def test_force_is_asked_first_when_most_items_speak_of_it() -> None:
    case = decode_dossier(made_dossiers.force_first())
    assert tree_of(case.scenario_set.tree) == (
        "force", ("full", "full_scale", "intervention"), ("unplaced", "other", ("presence", "presence", "none")),
    )  # fmt: skip
    assert case.chance_moved("main", "A", "low_costs") == ("force", 1)
    assert case.chance_moved("main", "B", "stakes") == ("force", -1)
    assert case.chance_moved("main", "other", "option") is None
    force = case.scenario_set.chance("force")
    assert force.history is not None
    assert (force.history.outcome, force.history.interveners, force.history.target) == ("force", ("TUR",), "SYR")
    assert [b.basis for b in force.applicable(dt.date(2019, 3, 10))] == [Basis.CRISIS, Basis.STRUCTURE]
    # Before the first item the case is not a crisis yet.
    assert [b.basis for b in force.applicable(dt.date(2019, 1, 1))] == [Basis.STRUCTURE]


def test_deployment_is_asked_first_when_most_items_speak_of_it() -> None:
    case = decode_dossier(made_dossiers.deploy_first())
    assert tree_of(case.scenario_set.tree) == (
        "deploy", ("force", ("full", "full_scale", "intervention"), "presence"), ("unplaced", "other", "none"),
    )  # fmt: skip
    assert case.options[0].interveners == ("RUS", "ARM")
    assert case.chance_moved("main", "deploy", "option") == ("deploy", 1)
    assert case.chance_moved("main", "force", "option") == ("force", 1)
    assert case.chance_moved("main", "none", "option") == ("deploy", -1)
    # Invited troops are no use of force between states: history is not asked for a force initiation.
    assert case.scenario_set.chance("deploy").history is None


def test_a_host_has_a_door_a_route_and_a_way_round() -> None:
    case = decode_dossier(made_dossiers.through_host())
    off, away = ("stay", "stay", "go"), ("stay", "elsewhere_stay", "elsewhere_go")
    not_by_host = ("elsewhere", away, off)
    assert tree_of(case.scenario_set.tree) == (
        "attack", ("access", ("route", "from_there", not_by_host), not_by_host), ("unplaced", "unclear", off),
    )  # fmt: skip
    assert case.scenario_set.chance("access").veto == (0.8, 0.5, 0.95)
    assert case.scenario_set.chance("attack").rate_of == "attack"
    assert case.scenario_set.chance("stay").option == "base"
    expected = {
        ("main", "attack", "low_costs"): ("attack", 1),
        ("main", "from_host", "low_costs"): ("attack", 1),
        ("main", "from_host", "technical_feasibility"): ("route", 1),
        ("main", "from_host", "option"): ("route", 1),
        ("main", "from_host", "local_support"): ("access", 1),
        ("main", "neither", "option"): ("attack", -1),
        ("main", "lasting", "option"): None,
        ("base", "lasting", "low_costs"): ("stay", 1),
        ("base", "troops", "option"): ("stay", 1),
        ("base", "neither", "option"): ("stay", -1),
        ("base", "attack", "option"): None,
    }
    assert {key: case.chance_moved(*key) for key in expected} == expected


def test_a_dossier_that_says_nothing_of_the_host_gets_the_wide_veto() -> None:
    data = made_dossiers.through_host()
    del data["options"][0]["veto"]
    assert decode_dossier(data).scenario_set.chance("access").veto == VETO


def test_outcomes_of_another_kind_get_a_tree_too() -> None:
    case = decode_dossier(made_dossiers.named())
    assert {path.atom for path in case.scenario_set.paths} == {"blockade", "seizure", "talks", "rest"}
    assert case.chance_moved("main", "coercion", "option") == ("named", 1)
    assert case.chance_moved("main", "calm", "option") == ("named", -1)


def test_levels_that_are_not_there_are_not_asked() -> None:
    data = made_dossiers.force_first()
    data["atoms"] = [a for a in data["atoms"] if a["id"] in ("none", "intervention")]
    data["scenarios"] = [{"id": "A", "atoms": ["intervention"]}, {"id": "B", "atoms": ["none"]}]
    data["evidence"] = data["evidence"][:3]
    assert tree_of(decode_dossier(data).scenario_set.tree) == ("force", "intervention", "none")


@pytest.mark.parametrize("name", made_dossiers.ALL)
def test_made_dossiers_come_back_as_they_went(name: str) -> None:
    data = made_dossiers.ALL[name]()
    case = decode_dossier(data)
    out = json.loads(json.dumps(encode_dossier(case)))
    assert decode_dossier(out) == case
    for key in ("id", "title", "question", "as_of", "deadline", "threshold_profile", "atoms", "structure", "crowd"):
        assert out[key] == data[key], key
    assert out["evidence"] == data["evidence"]


def test_a_dossier_counts_only_what_was_available(tmp_path: Path) -> None:
    data = made_dossiers.force_first()
    data["evidence"][0] |= {"occurred": "2019-03-20", "published": "2019-03-20", "available": "2019-03-21"}
    path = tmp_path / "made-2019.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    case = decode_dossier(path)
    assert "E01" not in {e.id for e in case.known(AsOf.of("2019-03-20")).evidence}
    assert "E01" in {e.id for e in case.known(AsOf.of("2019-03-21")).evidence}


def test_what_a_dossier_has_no_room_for_travels_under_keys_of_our_own() -> None:
    data = made_dossiers.force_first()
    figure = {"value": 5, "unit": "ships", "bound": "about", "of": "ships"}
    data["evidence"][0] |= {
        "occurred": None, "occurred_between": "2019-02-01/..", "available_at": "2019-03-02T15:30:00+00:00",
        "quantity": figure, "more_quantities": [figure | {"value": 6.5, "text": "6.5"}],
        "also": [],
    }  # fmt: skip
    item = decode_dossier(data).evidence[0]
    assert item.times.occurred_at == DateInterval(start=dt.date(2019, 2, 1), end=None)
    assert item.times.available_at.hour == 15
    assert [q.value for q in item.quantities] == [5, 6.5]
    out = encode_dossier(decode_dossier(data))["evidence"][0]
    del data["evidence"][0]["also"]
    assert out == data["evidence"][0]
    assert (out["published"], out["available"]) == ("2019-03-02", "2019-03-02")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("2019-02", "2019-02-01", "2019-02-28"),
        ("2018-12", "2018-12-01", "2018-12-31"),
        ("2019-02-03", "2019-02-03", "2019-02-03"),
        ("2019-01-30/2019-02-02", "2019-01-30", "2019-02-02"),
    ],
)
def test_a_fact_may_be_dated_by_day_month_year_or_span(text: str, start: str, end: str) -> None:
    item = decode_dossier(broken("evidence/0/occurred", text)).evidence[0]
    assert item.times.occurred_at == DateInterval(start=dt.date.fromisoformat(start), end=dt.date.fromisoformat(end))
    with pytest.raises(DateRefused, match="is not a date"):
        decode_dossier(broken("evidence/0/occurred", "2019-13"))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["belarus-2022", "niger-2023"])
def test_an_exported_case_passes_the_banks_own_check(name: str, shared: Path, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps(encode_dossier(bundled_case(name)), ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, str(shared / "cases" / "validate.py"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 errors" in done.stdout
    assert "long quote" not in done.stdout


def test_the_crisis_starts_with_the_first_item_of_the_last_half_year() -> None:
    data = made_dossiers.force_first()
    old = dt.date(2019, 3, 10) - dt.timedelta(days=CRISIS_LOOKBACK_DAYS + 1)
    data["evidence"][0] |= {"occurred": str(old), "published": str(old), "available": str(old)}
    assert decode_dossier(data).opened == dt.date(2019, 3, 2)


def test_unknown_keys_are_reported_with_their_place() -> None:
    data = made_dossiers.force_first() | {"mood": "tense"}
    data["evidence"][1]["weather"] = "rain"
    reading = read_dossier(data)
    assert reading.unknown_keys == ("dossier: mood", "dossier [[evidence]] 2 (E02): weather")
    assert reading.case == decode_dossier(made_dossiers.force_first())


def broken(path: str, value: Any) -> dict[str, Any]:
    data: Any = made_dossiers.force_first()
    node = data
    *steps, last = [int(s) if s.isdecimal() else s for s in path.split("/")]
    for step in steps:
        node = node[step]
    if value is None:
        del node[last]
    else:
        node[last] = value
    whole: dict[str, Any] = data
    return whole


@pytest.mark.parametrize(
    ("path", "value", "error", "words"),
    [
        ("schema", None, CaseRefused, "names no schema"),
        ("schema", "dossier/2", NewerSchema, "newer than 'dossier/1'"),
        ("schema", "letter/1", CaseRefused, "is not 'dossier/1'"),
        ("title", None, CaseRefused, "missing key 'title'"),
        ("as_of", "10 March", DateRefused, "as_of: '10 March' is not a date. Write it as YYYY-MM-DD"),
        ("as_of", "2019-07-01", CaseRefused, "after the deadline"),
        ("options", [], CaseRefused, "at least one option"),
        ("options/0/posture", "hostil", CaseRefused, "Nearest: hostile"),
        ("options/0/target", "SYX", UnknownState, "'SYX'"),
        ("options/0/intervener", ["TUR", "TUR"], CaseRefused, "named twice"),
        ("atoms/4/id", "rest", UnknownName, "unknown atom 'other'"),
        ("scenarios/2/id", "A", CaseRefused, "scenario ids repeat"),
        ("scenarios/0/atoms", ["interventon"], UnknownName, "unknown atom 'interventon'"),
        ("evidence/0/condition", "low_cost", UnknownName, "low_costs"),
        ("evidence/0/scenario", "C", UnknownName, "unknown scenario 'C'. Nearest: "),
        ("evidence/0/option", "mane", UnknownName, "main"),
        ("evidence/0/direction", "raise", CaseRefused, "Nearest: raises"),
        ("evidence/0/reliability", "G", BadInput, "not one of A B C D E F"),
        ("evidence/0/available", "2019-03-01", DateRefused, "before published"),
        ("evidence/0/place", {"name": "X", "lat": 99, "lon": 0, "country": None}, BadInput, "outside -90..90"),
        ("evidence/0/source", None, CaseRefused, "missing key 'source'"),
        ("evidence/1/id", "E01", CaseRefused, "ids repeat: E01"),
        ("evidence/0/fact", " ", BadInput, "needs a claim"),
        ("evidence", {"a": 1}, CaseRefused, "should be a list of tables"),
        ("crowd", [{"date": "2019-03-01", "source": "s", "question": "q", "probability": 1.5}], CaseRefused, "outside"),
    ],
)  # fmt: skip
def test_refusals_say_what_where_and_how(path: str, value: Any, error: type[BadInput], words: str) -> None:
    with pytest.raises(error) as caught:
        decode_dossier(broken(path, value), names=NAMES)
    text = str(caught.value)
    assert words in text
    assert text.startswith("dossier")
    assert "\n" not in text


def test_an_item_is_named_in_its_refusal() -> None:
    with pytest.raises(CaseRefused, match=r"dossier \[\[evidence\]\] 1 \(E01\): direction 'raise'"):
        decode_dossier(broken("evidence/0/direction", "raise"))


def test_files_that_are_no_dossier(tmp_path: Path) -> None:
    cases = {
        b"": "broken JSON at line 1",
        b"[1]": "one JSON object",
        b'{"schema": "dossier/1",\n "id": }': "broken JSON at line 2",
        b"\xff\xfe{}": "not UTF-8 text (byte 0)",
    }
    for raw, words in cases.items():
        path = tmp_path / "x.json"
        path.write_bytes(raw)
        with pytest.raises(CaseRefused) as caught:
            decode_dossier(path)
        assert words in str(caught.value)
        assert str(caught.value).startswith("x.json")
    with pytest.raises(CaseRefused, match="no such file"):
        decode_dossier(tmp_path / "absent.json")


def test_older_names_of_conditions_are_understood() -> None:
    reaction = "anticipated military reaction"
    names = {"trigger": "perceived_justification", reaction: "absence_of_resistance", "5": "low_costs"}
    for old, new in names.items():
        case = decode_dossier(broken("evidence/0/condition", old), names=NAMES)
        assert case.evidence[0].bearings[0].condition == new


def test_every_counted_rate_has_its_jeffreys_interval() -> None:
    from scipy.stats import beta

    for name in counted_names():
        rate = counted(name)
        assert rate.n is not None
        assert rate.events is not None
        assert rate.p == pytest.approx(rate.events / rate.n, rel=2e-3)
        for end, share in ((rate.low, 0.05), (rate.high, 0.95)):
            exact = float(beta.ppf(share, rate.events + 0.5, rate.n - rate.events + 0.5))
            assert end == pytest.approx(exact, abs=1e-5), name
        assert rate.source
        if name.startswith("crisis"):
            # A crisis is counted over its own length, months at most, never over a year.
            assert rate.period_days is None or rate.period_days < 200
        else:
            assert rate.period_days == 365.25


def test_crisis_classes_agree_with_those_computed_from_the_data() -> None:
    text = files("vedette.reference").joinpath("coefficients/crisis-classes.json").read_text(encoding="utf-8")
    computed = {c["id"]: c["serious_or_worse"] for c in json.loads(text)["classes"]}
    ours = {
        "crisis": "not-directly-violent", "crisis_military_act": "non-violent-military",
        "crisis_external_change": "external-change", "crisis_political_act": "political-act",
    }  # fmt: skip
    assert {n for n in counted_names() if n.startswith("crisis")} == set(ours)
    for name, theirs in ours.items():
        rate, row = counted(name), computed[theirs]
        assert (rate.events, rate.n) == (row["k"], row["n"])
        assert (rate.low, rate.high) == pytest.approx(tuple(row["interval"]), abs=1e-5)


def test_every_stated_rate_is_marked_and_wide() -> None:
    for name in stated_names():
        rate = stated(name)
        assert rate.source.startswith("[assumption]")
        assert (rate.n, rate.events) == (None, None)
        odds_ratio = (rate.high / (1 - rate.high)) / (rate.low / (1 - rate.low))
        assert odds_ratio > 10


@pytest.mark.shared
def test_the_whole_bank_is_read_and_written_back(shared: Path) -> None:
    files = [f for f in sorted((shared / "cases" / "dossiers").glob("*.json")) if f.stem != "outcomes"]
    assert len(files) == 22
    items = 0
    for file in files:
        data = json.loads(file.read_text(encoding="utf-8"))
        case = read_case(file)
        items += len(case.evidence)
        assert len(case.evidence) == len(data["evidence"])
        assert read_dossier(file, names=NAMES).unknown_keys == ()
        out = encode_dossier(decode_dossier(file))
        assert "vedette" not in out
        assert decode_dossier(out) == decode_dossier(file)
        assert out["structure"] == data["structure"]
        # Every item on a scenario that can move something moves something.
        spoken = {(b.option, b.scenario) for e in case.evidence for b in e.bearings}
        assert all(case.chance_moved(o, s, "*") for o, s in spoken)
        # Whatever kind of tree: its atoms are those of the dossier, and it has a starting point on every day.
        for chance in case.scenario_set.chances:
            assert chance.applicable(dt.date(2000, 1, 1))
    assert items == 700


@pytest.mark.shared
def test_the_bank_gets_the_trees_it_should(shared: Path) -> None:
    folder = shared / "cases" / "dossiers"
    roots = {}
    for file in sorted(folder.glob("*.json")):
        if file.stem != "outcomes":
            tree = read_case(file).scenario_set.tree
            assert isinstance(tree, Branch)
            roots[file.stem] = tree.chance
    assert {k for k, v in roots.items() if v == "deploy"} == {"kaz-2022", "tur-lby-2019"}
    assert {k for k, v in roots.items() if v == "attack"} == {"blr-2022"}
    labels = {s.id: s.label for s in read_case(folder / "blr-2022.json").scenario_set.scenarios}
    assert labels["attack_from_belarus"] == "Attack from Belarus"
