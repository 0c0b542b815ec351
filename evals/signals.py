"""Whether the tempo of events adds to what is known of a pair without it: ``python evals/signals.py``.

Yearly. Directed pairs of states, ICEWS counts 2002-2014 by quad class, surprise of a year against the pair's own
years before it for the volume of the year (`vedette.warning.tempo`); outcomes: the pair's initiation of the use of
force in the *next* year (Correlates of War MID 5), and a hostile intervention begun then (UCDP). What is known
without the signal is a logit on rivalry, contiguity, past disputes and peace years, refitted on the years before each
test year. Rolling folds: every test year is judged by ratios fitted on earlier outcomes only. The gain is in log
score a dyad-year, paired, with a 95 % interval over pairs.

Monthly, 2012-2014, from the benchmark set of ICEWS facts (all classes together): surprise of a month against the
pair's months before, outcome a dispute with force that starts in the next month. Printed with its n.

The data lie in the folder that VEDETTE_SHARED names; without it made pairs with a known slope are used, and the fit has
to find that slope.

``--sweep``: the choices of the tempo (share trimmed) on made pairs, where the truth is known.

Exit status 1 when the fit misses the made slope, or a fold learns from its own future.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vedette.scoring.averages import mean_interval
from vedette.warning import tempo
from vedette.warning.ratios import RatioFit, fit_ratio
from vedette.warning.tempo import normal_score, surprise

Array = npt.NDArray[np.float64]
SEED = 20220224
# Years of own past a year is compared with, at least. Three leave 2005 as the first year with a surprise.
PAST_YEARS = 3
FIRST_TEST = 2009
QUADS = ("matlConf", "verbConf", "matlCoop", "verbCoop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Dyad-years: outcome year, pair number, outcome, features known without the signal, surprises by quad."""

    year: Array
    pair: Array
    happened: Array
    known: Array
    z: dict[str, Array]
    fitting: tuple[Array, Array, Array]


def yearly_surprise(counts: Array, volumes: Array) -> Array:
    """Surprises (pairs, years) of yearly counts against at least `PAST_YEARS` own years before; NaN before that.

    The same model as the weekly one (prior, overdispersion); the yearly floor of weeks does not apply.
    """
    out = np.full(counts.shape, np.nan)
    for t in range(PAST_YEARS, counts.shape[1]):
        past, v = counts[:, :t], volumes[:t]
        a = tempo.PRIOR_EVENTS + past.sum(axis=1)
        mean = a / (v.sum() + tempo.PRIOR_EVENTS * v.mean()) * volumes[t]
        for i in range(counts.shape[0]):
            phi = tempo.dispersion(past[i], v, float(past[i].sum()) / float(v.sum()))
            out[i, t] = normal_score(counts[i, t], float(mean[i]), phi + 1.0 / float(a[i]))
    held: Array = np.clip(out, -tempo.LARGEST, tempo.LARGEST)
    return held


OUTCOMES = {
    "y_force_init": "initiations of force (Correlates of War MID 5)",
    "y_ucdp_hostile": "hostile interventions begun (UCDP: interstate, or for rebels)",
}


def real_rows(shared: Path, outcome: str = "y_force_init") -> Rows:
    """Pairs of the panel of politically relevant dyads that ICEWS counts, with outcome years 2006-2014."""
    import duckdb

    panel = str(shared / "data" / "panel_prdyad_1946_2024.parquet")
    events = str(shared / "data" / "events" / "icews_dyad_year_2002_2014.parquet")
    states = str(shared / "data" / "crosswalk" / "countrycode_codelist.parquet")
    columns = "c1_rivalry, c4_land_contig, c1_mid10, c1_peaceyrs, c4_major_init"
    with duckdb.connect() as c:
        c.execute(
            f"create temp table e as select cast(a.cown as int) i, cast(b.cown as int) j, e.year, {', '.join(QUADS)} "
            "from read_parquet($e) e join read_parquet($s) a on a.iso3c = e.i_iso3c "
            "join read_parquet($s) b on b.iso3c = e.j_iso3c where a.cown is not null and b.cown is not null",
            {"e": events, "s": states},
        )
        sums = ", ".join(f"sum({q})" for q in QUADS)
        volume = c.execute(f"select year, {sums} from e group by 1 order by 1").fetchall()
        rows = c.execute(
            f"select p.ccode1, p.ccode2, p.year, p.{outcome} happened, {columns}, {', '.join(QUADS)} "
            "from read_parquet($p) p join e on e.i = p.ccode1 and e.j = p.ccode2 and e.year = p.year "
            "where p.year between 2002 and 2014 order by 1, 2, 3", {"p": panel},
        ).fetchnumpy()
        before = c.execute(
            f"select year, {outcome} happened, {columns} from read_parquet($p) where year between 1980 and 2014 "
            f"and {outcome} is not null", {"p": panel},
        ).fetchnumpy()
    years = [r[0] for r in volume]
    pairs = sorted(set(zip(rows["ccode1"].tolist(), rows["ccode2"].tolist(), strict=True)))
    number = {p: k for k, p in enumerate(pairs)}
    k = np.array([number[p] for p in zip(rows["ccode1"].tolist(), rows["ccode2"].tolist(), strict=True)])
    t = np.array([years.index(y) for y in rows["year"].tolist()])
    z = {}
    for q, name in enumerate(QUADS):
        grid = np.full((len(pairs), len(years)), 0.0)
        grid[k, t] = np.asarray(rows[name], dtype=float)
        z[name] = yearly_surprise(grid, np.array([float(r[q + 1]) for r in volume]))
    names = columns.split(", ")
    known = _features(*(np.ma.filled(rows[n].astype(float), np.nan) for n in names))
    happened = np.ma.filled(rows["happened"].astype(float), np.nan)
    keep = (t >= PAST_YEARS + 1) & np.isfinite(happened)
    return Rows(
        year=rows["year"][keep].astype(float), pair=k[keep].astype(float), happened=happened[keep], known=known[keep],
        z={n: v[k[keep], t[keep] - 1] for n, v in z.items()},
        fitting=(
            np.asarray(before["year"], dtype=float), np.ma.filled(before["happened"].astype(float), np.nan),
            _features(*(np.ma.filled(before[n].astype(float), np.nan) for n in names)),
        ),
    )  # fmt: skip


def _features(rivalry: Array, contiguous: Array, disputes: Array, peace: Array, major: Array) -> Array:
    parts = [rivalry, contiguous, np.log1p(disputes), np.log1p(peace), major]
    x = np.column_stack([np.ones(rivalry.size), *(np.nan_to_num(p, nan=0.0) for p in parts)])
    return np.column_stack([x, x[:, 1] * x[:, 2]])


def monthly(shared: Path) -> tuple[RatioFit, int]:
    """(fit, pairs) on months of 2012-2014: every counted pair of the panel, at least eight months of past."""
    import duckdb

    from vedette.errors import UnknownState
    from vedette.reference.states import find_state

    events = str(shared / "data" / "events" / "icews_2012_2015.parquet")
    disputes = str(shared / "data" / "structural" / "cow_mid_ddydisps.parquet")
    panel = str(shared / "data" / "panel_prdyad_1946_2024.parquet")
    with duckdb.connect() as c:
        rows = c.execute("select date, source, target from read_parquet(?) where date < '2015'", [events]).fetchall()
        began = c.execute(
            "select ccode1, ccode2, year, stmon from read_parquet(?) where cowmidonset = 1 and hostlev1 >= 4 "
            "and year between 2012 and 2014", [disputes],
        ).fetchall()  # fmt: skip
        counted = c.execute(
            "select distinct ccode1, ccode2 from read_parquet(?) where year between 2012 and 2014", [panel]
        ).fetchall()
    codes: dict[str, int | None] = {}

    def code(actor: str) -> int | None:
        name = actor.rsplit("(", 1)[1].rstrip(")") if "(" in actor else actor
        if name not in codes:
            try:
                codes[name] = find_state(name, dt.date(2013, 6, 30)).cowcode
            except UnknownState:
                codes[name] = None
        return codes[name]

    pairs = {p: k for k, p in enumerate(sorted(counted))}
    grid, volume = np.zeros((len(pairs), 36)), np.zeros(36)
    for day, source, target in rows:
        month = (int(day[:4]) - 2012) * 12 + int(day[5:7]) - 1
        volume[month] += 1
        k = pairs.get((code(source), code(target)))
        if k is not None:
            grid[k, month] += 1
    happened = np.zeros_like(grid)
    for one, other, year, month in began:
        if (one, other) in pairs:
            happened[pairs[one, other], (year - 2012) * 12 + month - 1] = 1.0
    active = np.flatnonzero(grid.sum(axis=1) > 0)
    z = [
        [surprise(grid[k, :t], volume[:t], grid[k, t], volume[t]).z or 0.0 for t in range(tempo.LEAST_WEEKS, 35)]
        for k in active
    ]
    y = happened[active, tempo.LEAST_WEEKS + 1 :]
    flat = np.array(z).ravel()
    rate = np.full(flat.size, np.log((y.sum() + 0.5) / y.size))
    return fit_ratio(flat, y.ravel(), rate), int(active.size)


def made_rows(slope: float = 0.3, pairs: int = 4000, seed: int = SEED) -> Rows:
    """Pairs whose events speed up before force begins, with a known slope."""
    rng = np.random.default_rng(seed)
    years = np.arange(2002, 2015)
    base = rng.gamma(0.4, 20.0, pairs)
    burst = rng.normal(size=(pairs, years.size))
    counts = rng.poisson(base[:, None] * np.exp(0.4 * burst)).astype(float)
    noise = {q: rng.poisson(base[:, None], counts.shape).astype(float) for q in QUADS[1:]}
    z = {q: yearly_surprise(noise.get(q, counts), np.ones(years.size)) for q in QUADS}
    latent = rng.normal(-4.0, 0.8, pairs)
    k, t = np.indices(counts.shape)
    keep = t >= PAST_YEARS + 1
    before = z[QUADS[0]][:, :-1]
    eta = latent[:, None] + np.column_stack([np.zeros((pairs, 1)), slope * np.nan_to_num(before)])
    happened = (rng.random(counts.shape) < 1 / (1 + np.exp(-eta))).astype(float)
    known = np.column_stack([np.ones(k.size), latent[k.ravel()]])
    flat = keep.ravel()
    early = np.column_stack([np.ones(20_000), rng.normal(-4.0, 0.8, 20_000)])
    past = (rng.random(20_000) < 1 / (1 + np.exp(-early[:, 1]))).astype(float)
    return Rows(
        year=years[t.ravel()[flat]].astype(float), pair=k.ravel()[flat].astype(float), happened=happened.ravel()[flat],
        known=known[flat], z={q: v.ravel()[np.arange(k.size)[flat] - 1] for q, v in z.items()},
        fitting=(np.full(20_000, 2001.0), past, early),
    )  # fmt: skip


def logit_fit(x: Array, y: Array, ridge: float = 0.1) -> Array:
    """Plain penalised logit (the intercept free)."""
    w = np.zeros(x.shape[1])
    penalty = np.diag([1e-6, *([ridge] * (x.shape[1] - 1))])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(x @ w)))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + penalty, x.T @ (y - p) - penalty @ w)
        w = w + step
        if np.abs(step).max() < 1e-9:
            break
    return w


def folds(rows: Rows, name: str) -> tuple[list[dict[str, Any]], Array, Array]:
    """(one line a test year, paired gains, their pairs): everything for a year is fitted on the years before."""
    lines: list[dict[str, Any]] = []
    gains, pairs = [], []
    years, happened, x = rows.fitting
    for year in sorted({int(y) for y in rows.year if y >= FIRST_TEST}):
        w = logit_fit(x[years < year], happened[years < year])
        train, test = rows.year < year, rows.year == year
        assert not np.any(train & test), "a fold saw its own year"
        offset = rows.known @ w
        fit = fit_ratio(rows.z[name][train], rows.happened[train], offset[train])
        # The rival gets the same free intercept, so that only the surprise is judged.
        plain = fit_ratio(np.zeros(int(train.sum())), rows.happened[train], offset[train])
        y = rows.happened[test]
        score = [
            _log_score(offset[test] + f.log_ratio(v), y) for f, v in ((fit, rows.z[name][test]), (plain, 0.0))
        ]
        gains.append(score[0] - score[1])
        pairs.append(rows.pair[test])
        lines.append({"year": year, "n": int(test.sum()), "events": int(y.sum()), "slope": fit.slope,
                      "sd": fit.slope_sd, "gain": float(gains[-1].mean())})  # fmt: skip
    return lines, np.concatenate(gains), np.concatenate(pairs)


def _log_score(eta: Array, y: Array) -> Array:
    p = np.clip(1 / (1 + np.exp(-eta)), 1e-9, 1 - 1e-9)
    out: Array = np.where(y > 0, np.log(p), np.log1p(-p))
    return out


def whole(rows: Rows, name: str) -> RatioFit:
    """The fit on all years, for the record; folds judge it, not itself."""
    years, happened, x = rows.fitting
    w = logit_fit(x[years < 2006], happened[years < 2006])
    return fit_ratio(rows.z[name], rows.happened, rows.known @ w)


def by_surprise(rows: Rows, name: str) -> list[tuple[str, int, int, float]]:
    """(range of z, dyad-years, events, ratio of observed to expected without the signal)."""
    years, happened, x = rows.fitting
    p = 1 / (1 + np.exp(-(rows.known @ logit_fit(x[years < 2006], happened[years < 2006]))))
    out = []
    for low, high in ((-9, -1), (-1, 1), (1, 2), (2, 3), (3, 9)):
        at = (rows.z[name] >= low) & (rows.z[name] < high)
        out.append((f"{low} to {high}", int(at.sum()), int(rows.happened[at].sum()),
                    float(rows.happened[at].sum() / max(p[at].sum(), 1e-9))))  # fmt: skip
    return out


def sweep() -> None:
    """False alarms and hits of the tempo on made weekly pairs, by the share of the past that is trimmed."""
    rng = np.random.default_rng(SEED)
    print("share trimmed; false alarms a week at z >= 3 (n = 20,000 quiet weeks); hits of a threefold rate;")
    print("the same within a year of a crisis of 6 weeks at tenfold (n = 2,000 each)")
    kept = tempo.TRIM
    for trim in (0.0, 0.05, 0.1, 0.2):
        tempo.TRIM = trim
        rates = rng.gamma(0.7, 4.0, 2000)
        quiet, burst, scarred = [], [], []
        for rate in rates:
            weekly = rng.poisson(rate * rng.gamma(4.0, 0.25, 62)).astype(float)
            v = np.full(62, 100.0)
            quiet += [surprise(weekly[t - 52 : t], v[:52], weekly[t], 100.0).z for t in range(52, 62)]
            hit = float(rng.poisson(3 * rate * rng.gamma(4.0, 0.25)))
            burst.append(surprise(weekly[:52], v[:52], hit, 100.0).z)
            old = weekly[:52].copy()
            old[4:10] = rng.poisson(10 * rate, 6)
            scarred.append(surprise(old, v[:52], hit, 100.0).z)
        told = [float(np.mean(np.array(x) >= 3)) for x in (quiet, burst, scarred)]
        print(f"  {trim:.2f}  {told[0]:.4f}  {told[1]:.3f}  {told[2]:.3f}")
    tempo.TRIM = kept


def report(rows: Rows, outcome: str) -> None:
    """Slopes, folds and ranges of surprise for one outcome."""
    print(f"\nICEWS dyad-years, outcome years 2006-2014: {rows.year.size} directed pairs x years, "
          f"{int(rows.happened.sum())} {outcome}; surprise of the year before")  # fmt: skip
    for name in QUADS:
        lines, gains, pairs = folds(rows, name)
        fit, gain = whole(rows, name), mean_interval(gains, pairs)
        print(f"\n{name}: slope on all years {fit.slope:+.3f} (sd {fit.slope_sd:.3f}); rolling folds "
              f"{FIRST_TEST}-2014,")  # fmt: skip
        print(f"  gain in log score a dyad-year {gain.estimate:+.6f} ({gain.low:+.6f} to {gain.high:+.6f}, "
              f"{gain.clusters} pairs)")  # fmt: skip
        print("  test year: n, events, slope learnt before (sd), gain")
        for x in lines:
            print(f"  {x['year']}: {x['n']}, {x['events']}, {x['slope']:+.3f} ({x['sd']:.3f}), {x['gain']:+.5f}")
        print("  surprise: dyad-years, events, observed / expected without it")
        for words, n, events, ratio in by_surprise(rows, name):
            print(f"  {words}: {n}, {events}, {ratio:.2f}")


def main() -> int:
    """Print the tables; exit status as the module says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sweep", action="store_true")
    args = parser.parse_args()
    if args.sweep:
        sweep()
        return 0
    shared = Path(os.environ.get("VEDETTE_SHARED", "../shared"))
    made = made_rows()
    found = whole(made, QUADS[0])
    fine = abs(found.slope - 0.3) <= 3 * found.slope_sd + 0.05
    print(f"made pairs: slope put in 0.30, found {found.slope:.2f} (sd {found.slope_sd:.2f}), n {found.n}: "
          f"{'found' if fine else 'MISSED'}")  # fmt: skip
    if (shared / "data" / "events" / "icews_dyad_year_2002_2014.parquet").is_file():
        for outcome, words in OUTCOMES.items():
            report(real_rows(shared, outcome), words)
        fit, pairs_counted = monthly(shared)
        print(f"\nICEWS facts by month 2012-2014: {fit.n} months of {pairs_counted} pairs, {fit.events} disputes with "
              f"force begun the month after; slope {fit.slope:+.3f} (sd {fit.slope_sd:.3f})")  # fmt: skip
    else:
        print("no real data: VEDETTE_SHARED names no folder with data/events/icews_dyad_year_2002_2014.parquet")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
