"""Base rates computed beforehand for every politically relevant dyad, shipped with the package.

One compressed file holds, for each outcome and as-of date, the contributions of every directed dyad in
thousandths of log-odds; probability, interval and rank follow from them. They are our own computed figures:
no third-party data are in the file. Looking one up needs numpy only.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vedette.errors import Damaged, DateRefused, UnknownName
from vedette.forecasting.structural.dyads import DyadYears
from vedette.forecasting.structural.features import COVARIATE, build_features
from vedette.forecasting.structural.fit import fit_structural
from vedette.forecasting.structural.model import StructuralModel
from vedette.forecasting.structural.spec import GROUPS
from vedette.forecasting.structural.walk import sigmoid

Floats = NDArray[np.float64]

FOLDER = "coefficients"
RATES_FILE = "base-rates.npz"
# Names on the command line and the panel columns that stand for them.
OUTCOMES = {"force": "y_force_init", "mid": "y_mid_init", "hostile_intervention": "y_ucdp_hostile"}
UNIT = 1000  # contributions are stored in thousandths of log-odds
LEVEL = 0.9
AS_OF_YEARS = (2021, 2022, 2024)  # the bundled cases' dates, and the last vintage
# Last year each source speaks of; later values in the panel repeat it (coverage of the editions in CITATIONS).
INPUT_ENDS = {
    "disputes (CoW MID 5)": 2014,
    "conflicts (UCDP/PRIO 25.1)": 2024,
    "material capabilities (NMC 7)": 2022,
    "contiguity (3.2)": 2016,
    "minimum distance (CShapes 2)": 2019,
    "alliances (ATOP 5.1)": 2018,
    "shared organisations (IGO 3)": 2014,
    "rivalries (TSS)": 2015,
    "leaders (Archigos 4.1)": 2015,
    "trade openness (CoW 4)": 2014,
    "income": 2019,
    "democracy (V-Dem)": 2024,
    "UN voting": 2020,
    "ethnic fractionalisation (HIEF)": 2013,
}
# Initiations by pairs that are not politically relevant, 1946-2014: 2,406 disputes and 1,487 uses of force in
# all, of which the panel holds 1,973 and 1,224; dyad-years from the dates of system membership (CoW 2016).
OTHER_DYADS = {"mid": (433, 1_433_508), "force": (263, 1_433_508)}
CLASS_YEARS = 25  # the class rate is that of the last 25 known years: older decades had two to three times more


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRate:
    """Observed frequency of the outcome in a stated class, with its Wilson interval."""

    name: str
    outcome: str
    first_year: int
    last_year: int
    n: int
    positives: int
    p: float
    low: float
    high: float
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledRate:
    """The base rate of one directed dyad for the twelve months after `as_of`.

    `contributions` are in log-odds and sum to `logit(p)`; `rank` 1 is the highest of `ranked` dyads; `vintage`
    is the last year each group of inputs speaks of, `inputs` the same for each source.
    """

    ccode1: int
    ccode2: int
    outcome: str
    as_of: str
    year: int
    p: float
    low: float
    high: float
    level: float
    rank: int
    ranked: int
    contributions: Mapping[str, float]
    vintage: Mapping[str, int]
    inputs: Mapping[str, int]
    carried_forward: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def wilson(positives: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Score interval of a proportion (Wilson 1927, JASA 22)."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    p = positives / n
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def over_horizon(p: float, months: float) -> float:
    """Chance within `months` when the yearly chance is `p` and the hazard constant: `1 - (1 - p)^(months/12)`."""
    if months <= 0:
        raise DateRefused(f"a horizon of {months} months is not in the future", fix="Give a positive horizon")
    return float(-np.expm1(months / 12.0 * np.log1p(-p)))


def carry_forward(panel: DyadYears) -> DyadYears:
    """The panel with one more year, whose pairs and covariates repeat the last; outcomes of it are unknown."""
    last = panel.year == panel.last_year
    extra = panel.rows(last)
    columns = {}
    for name, values in panel.columns.items():
        new = extra.columns[name] if not name.startswith(("y_", "ucdp_")) else np.full(extra.n, np.nan)
        columns[name] = np.concatenate([values, new])
    return DyadYears(
        states=panel.states, i=np.concatenate([panel.i, extra.i]), j=np.concatenate([panel.j, extra.j]),
        year=np.concatenate([panel.year, extra.year + 1]), columns=columns,
    )  # fmt: skip


def known_by(panel: DyadYears, last_known: int) -> tuple[DyadYears, bool]:
    """The panel as a forecaster had it at the end of `last_known`: rows up to the next year, outcomes to
    `last_known`. The second value says whether the forecast year had to be carried forward."""
    kept = panel.rows(panel.year <= last_known + 1)
    hidden = {
        name: np.where(kept.year <= last_known, values, np.nan)
        for name, values in kept.columns.items()
        if not COVARIATE.match(name) and name.startswith(("y_", "ucdp_"))
    }
    kept = kept.with_columns(hidden)
    if kept.last_year == last_known + 1:
        return kept, False
    if kept.last_year < last_known:
        raise DateRefused(f"the panel ends in {kept.last_year}, before {last_known}", where="panel",
                          fix=f"Ask for a date up to {kept.last_year}-12-31")  # fmt: skip
    return carry_forward(kept), True


def class_rate(panel: DyadYears, outcome: str, name: str, years: int = CLASS_YEARS) -> ClassRate:
    """Frequency of the outcome over the last known years of all dyads in the panel."""
    y = panel.column(OUTCOMES.get(outcome, outcome))
    known = np.isfinite(y)
    last = int(panel.year[known].max())
    use = known & (panel.year > last - years)
    n, positives = int(use.sum()), int(y[use].sum())
    low, high = wilson(positives, n)
    return ClassRate(
        name=name, outcome=outcome, first_year=int(panel.year[use].min()), last_year=last, n=n,
        positives=positives, p=positives / n, low=low, high=high, level=LEVEL,
    )  # fmt: skip


def compute_rates(
    panel: DyadYears, outcome: str, last_known: int, *, boosting: bool = False
) -> tuple[StructuralModel, dict[str, Any]]:
    """Fit on what was known at the end of `last_known` and forecast every dyad of the next year.

    Returns the model and one entry of the bundled file: codes, contributions and spread in thousandths.
    """
    seen, carried = known_by(panel, last_known)
    column = OUTCOMES[outcome]
    model = fit_structural(seen, column, boosting=boosting)
    table = build_features(seen, column)
    begin = int(np.searchsorted(seen.year, last_known + 1))
    part = table.values[begin:]
    rates = model.predict(
        type(table)(names=table.names, groups=table.groups, uses=table.uses, values=part), level=LEVEL
    )
    return model, {
        "as_of": f"{last_known}-12-31",
        "outcome": outcome,
        "carried": carried,
        "vintage": dict(model.training.vintage),
        "class": class_rate(seen, outcome, "politically relevant dyads").to_dict(),
        "ccode1": seen.states[seen.i[begin:]].astype(np.int16),
        "ccode2": seen.states[seen.j[begin:]].astype(np.int16),
        "parts": np.round(rates.contributions * UNIT).astype(np.int16),
        "spread": np.round(rates.spread * UNIT).astype(np.int16),
    }


def write_rates(entries: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write entries of `compute_rates` as one compressed file."""
    arrays: dict[str, Any] = {}
    index = []
    for k, entry in enumerate(entries):
        for name in ("ccode1", "ccode2", "parts", "spread"):
            arrays[f"{name}{k}"] = entry[name]
        index.append({n: entry[n] for n in ("as_of", "outcome", "carried", "vintage", "class")})
    text = json.dumps({"groups": [*GROUPS, "start"], "unit": UNIT, "entries": index}, separators=(",", ":"))
    np.savez_compressed(path, index=np.frombuffer(text.encode(), dtype=np.uint8), **arrays)


def write_bundle(panel: DyadYears, folder: Path, years: Sequence[int] = AS_OF_YEARS) -> tuple[Path, ...]:
    """Fit every outcome, write its coefficients and the base rates at the end of each of `years`."""
    entries, written = [], []
    for outcome in OUTCOMES:
        for last_known in sorted(years):
            model, entry = compute_rates(panel, outcome, last_known)
            entries.append(entry)
        written.append(folder / f"structural-{outcome}.json")  # of the last vintage
        model.save(written[-1])
    write_rates(entries, folder / RATES_FILE)
    return (*written, folder / RATES_FILE)


def load_model(outcome: str) -> StructuralModel:
    """The shipped coefficients of an outcome: force, mid or hostile_intervention."""
    if outcome not in OUTCOMES:
        raise UnknownName("outcome", outcome, nearest=tuple(OUTCOMES))
    name = f"structural-{outcome}.json"
    text = resources.files("vedette.reference").joinpath(FOLDER, name).read_text(encoding="utf-8")
    return StructuralModel.from_dict(json.loads(text), where=name)


@lru_cache(maxsize=1)
def _bundle() -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    with resources.as_file(resources.files("vedette.reference").joinpath(FOLDER, RATES_FILE)) as path:
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            return json.loads(arrays.pop("index").tobytes()), arrays
        except (OSError, ValueError, KeyError) as cause:
            raise Damaged(f"cannot be read ({cause})", where=RATES_FILE, fix="Install the package again") from cause


def _entry(outcome: str, as_of: dt.date) -> int:
    if outcome not in OUTCOMES:
        raise UnknownName("outcome", outcome, nearest=tuple(OUTCOMES))
    index, _ = _bundle()
    dated = [(e["as_of"], k) for k, e in enumerate(index["entries"]) if e["outcome"] == outcome]
    usable = [d for d in dated if d[0] <= as_of.isoformat()]
    if not usable:
        raise DateRefused(
            f"no base rates were computed for {as_of}", where=outcome,
            fix=f"The first bundled date is {min(dated)[0]}; with data, `vedette history build` reaches further",
        )  # fmt: skip
    return max(usable)[1]


def bundled_dates(outcome: str) -> tuple[str, ...]:
    """As-of dates for which rates are shipped, in order."""
    index, _ = _bundle()
    return tuple(sorted(e["as_of"] for e in index["entries"] if e["outcome"] == outcome))


def bundled_class_rate(outcome: str, as_of: dt.date, *, relevant: bool = True) -> ClassRate | None:
    """Class rate at the newest bundled date that is not after `as_of`: of politically relevant dyads, or of all
    others (None for an outcome that was not counted among them)."""
    own = ClassRate(**_bundle()[0]["entries"][_entry(outcome, as_of)]["class"])
    if relevant:
        return own
    if outcome not in OTHER_DYADS:
        return None
    positives, n = OTHER_DYADS[outcome]
    low, high = wilson(positives, n)
    return ClassRate(
        name="dyads that are not politically relevant", outcome=outcome, first_year=1946, last_year=2014, n=n,
        positives=positives, p=positives / n, low=low, high=high, level=LEVEL,
    )  # fmt: skip


def bundled_rate(ccode1: int, ccode2: int, outcome: str, as_of: dt.date) -> BundledRate | None:
    """The dyad's rate at the newest bundled date that is not after `as_of`; None when the pair was not among
    the politically relevant dyads then. DateRefused before the first bundled date."""
    k = _entry(outcome, as_of)
    index, arrays = _bundle()
    at = np.flatnonzero((arrays[f"ccode1{k}"] == ccode1) & (arrays[f"ccode2{k}"] == ccode2))
    return _rate(index, arrays, k, int(at[0])) if at.size else None


def bundled_ranking(outcome: str, as_of: dt.date) -> tuple[BundledRate, ...]:
    """Every dyad of the newest bundled date that is not after `as_of`, highest first."""
    k = _entry(outcome, as_of)
    index, arrays = _bundle()
    order = np.argsort(-arrays[f"parts{k}"].sum(axis=1, dtype=np.int64), kind="stable")
    return tuple(_rate(index, arrays, k, int(row)) for row in order)


def _rate(index: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], k: int, row: int) -> BundledRate:
    entry, unit = index["entries"][k], index["unit"]
    parts = arrays[f"parts{k}"]
    total = _totals(k)
    eta = total[row] / unit
    half = NormalDist().inv_cdf((1 + LEVEL) / 2) * float(arrays[f"spread{k}"][row]) / unit
    p, low, high = (float(v) for v in sigmoid(np.array([eta, eta - half, eta + half])))
    return BundledRate(
        ccode1=int(arrays[f"ccode1{k}"][row]), ccode2=int(arrays[f"ccode2{k}"][row]), outcome=entry["outcome"],
        as_of=entry["as_of"], year=int(entry["as_of"][:4]) + 1, p=p, low=low, high=high, level=LEVEL,
        rank=1 + int(np.sum(total > total[row])), ranked=int(total.size),
        contributions={g: float(v) / unit for g, v in zip(index["groups"], parts[row], strict=True)},
        vintage=entry["vintage"],
        inputs={k: min(v, int(entry["as_of"][:4])) for k, v in INPUT_ENDS.items()},
        carried_forward=bool(entry["carried"]),
    )  # fmt: skip


@lru_cache(maxsize=16)
def _totals(k: int) -> NDArray[np.int64]:
    return np.asarray(_bundle()[1][f"parts{k}"].sum(axis=1, dtype=np.int64), dtype=np.int64)
