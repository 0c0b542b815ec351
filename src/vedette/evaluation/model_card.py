"""A model card as one HTML file: what was forecast, how well, where it fails. No scripts, no outside files."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vedette import scoring
from vedette.evaluation.backtest import BacktestReport
from vedette.evaluation.conditions import ConditionRow, LinkRow
from vedette.evaluation.leaks import LeakReport

Floats = NDArray[np.float64]

WIDTH, HEIGHT, MARGIN = 420, 300, 48

STYLE = """
:root{color-scheme:light dark;--ink:#1d2733;--soft:#5b6876;--line:#d5dbe1;--paper:#fff;--mark:#1f5fa8;--other:#a85a1f}
@media (prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9aa7b4;--line:#36414d;--paper:#12181f;--mark:#74b0ee;
--other:#e8a46c}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:62rem;margin:2rem auto;
padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}p.note,figcaption{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding-bottom:.3rem}
th,td{padding:.3rem .5rem;border-bottom:1px solid var(--line);text-align:right}
th:first-child,td:first-child{text-align:left}
.wide{overflow-x:auto}figure{margin:0}.pair{display:flex;flex-wrap:wrap;gap:1.5rem}
svg{max-width:100%;height:auto}svg text{fill:var(--soft);font-size:11px}
.axis{stroke:var(--line);fill:none}.mark{stroke:var(--mark);fill:none;stroke-width:2}.dot{fill:var(--mark)}
.other{stroke:var(--other);fill:none;stroke-width:1.5;stroke-dasharray:5 3}.band{fill:var(--line);opacity:.7}
"""


def model_card(
    report: BacktestReport,
    *,
    conditions: Sequence[ConditionRow] = (),
    links: Sequence[LinkRow] = (),
    leaks: Sequence[LeakReport] = (),
    title: str = "",
) -> str:
    """The card as HTML text. Tables that were not computed are left out, and the card says so."""
    heading = title or f"Structural model: {report.outcome}"
    s = report.scores
    rate = s.positives / s.n
    parts = [
        f"<h1>{_t(heading)}</h1>",
        f"<p>Trained on years up to {report.train_until}, tested on {report.train_until + 1}-{report.test_until}, "
        f"{'refitted every year' if report.rolling else 'fitted once'}. {s.n:,} dyad-years, {s.positives:,} events "
        f"({rate:.2%}). Learner: {_t(report.learner)}. {len(report.features)} features.</p>",
        "<h2>Scores</h2>", _score_table(report),
        "<h2>Gain over what is usual</h2>", _gain_table(report),
        "<h2>Calibration and discrimination</h2>",
        f'<div class="pair">{reliability_svg(report.y, report.p)}{pr_svg(report)}</div>',
        "<h2>Year by year</h2>", _year_section(report),
        "<h2>Which conditions this panel can identify</h2>", _condition_table(conditions),
        "<h2>Do the conditions multiply or add?</h2>", _link_table(links),
        "<h2>Leak tests</h2>", _leak_section(leaks),
        "<h2>Limits</h2>",
        "<p>Dispute and conflict data are coded after the fact and published years later. A yearly base rate says "
        "nothing about a crisis already under way. Coalition members are separate rows, so the conflict interval "
        "is the one to trust. Conditions that the table above does not identify must come from evidence.</p>",
    ]  # fmt: skip
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{_t(heading)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main>\n" + "\n".join(parts) + "\n</main></body></html>\n"
    )


def _t(text: str) -> str:
    return html.escape(text)


def _f(value: float | None, digits: int = 3) -> str:
    return "not defined" if value is None or not np.isfinite(value) else f"{value:.{digits}f}"


def _span(low: float, high: float, digits: int) -> str:
    return f"{_f(low, digits)} to {_f(high, digits)}"


def _table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{_t(h)}</th>' for h in head)
    body = "".join(
        "<tr>" + f'<th scope="row">{_t(r[0])}</th>' + "".join(f"<td>{_t(c)}</td>" for c in r[1:]) + "</tr>"
        for r in rows
    )
    return (
        f'<div class="wide"><table><caption>{_t(caption)}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _score_table(report: BacktestReport) -> str:
    rows = []
    for name, s in {"this model": report.scores, **report.baselines}.items():
        low, high = s.calibration_slope_interval
        rows.append([
            name.replace("_", " "), _f(s.roc_auc), _f(s.pr_auc), _f(s.brier, 5), _f(s.brier_skill), _f(s.log_loss, 5),
            _f(s.expected_over_observed, 2), f"{_f(s.calibration_slope, 2)} ({_f(low, 2)}-{_f(high, 2)})",
        ])  # fmt: skip
    head = ["forecast", "ROC", "PR", "Brier", "Brier skill", "log loss", "expected/observed", "slope (95 %)"]
    out = _table("Skill is measured against the constant rate of the training years.", head, rows)
    if report.intervals:
        rows = [
            [m.replace("_", " "), *(_span(per[m].low, per[m].high, 4) for per in report.intervals.values())]
            for m in next(iter(report.intervals.values()))
        ]
        out += _table("95 % intervals of this model", ["score", *(f"by {c}" for c in report.intervals)], rows)
    return out


def _gain_table(report: BacktestReport) -> str:
    rows = [
        [f"{metric.replace('_', ' ')} over {rival.replace('_', ' ')}", system, _f(d.gain, 5),
         f"{_f(d.low, 5)} to {_f(d.high, 5)}", f"{d.share_positive:.0%}"]
        for rival, systems in report.paired.items()
        for system, per in systems.items()
        for metric, d in per.items()
    ]  # fmt: skip
    if not rows:
        return '<p class="note">No bootstrap was asked for.</p>'
    head = ["score", "resampled by", "gain", "95 % interval", "ahead in"]
    return _table("Positive is better; both forecasts are scored on the same resampled clusters.", head, rows)


def _axes(x_label: str, y_label: str, x_max: float, y_max: float) -> str:
    w, h, m = WIDTH, HEIGHT, MARGIN
    ticks = []
    for k in range(5):
        x, y = m + k / 4 * (w - m - 10), h - m - k / 4 * (h - m - 10)
        ticks.append(f'<text x="{x:.0f}" y="{h - m + 16}" text-anchor="middle">{k / 4 * x_max:.3g}</text>')
        ticks.append(f'<text x="{m - 6}" y="{y + 4:.0f}" text-anchor="end">{k / 4 * y_max:.3g}</text>')
    return (
        f'<path class="axis" d="M{m} 10V{h - m}H{w - 10}"/>{"".join(ticks)}'
        f'<text x="{(w + m) / 2:.0f}" y="{h - 8}" text-anchor="middle">{_t(x_label)}</text>'
        f'<text x="12" y="{h / 2:.0f}" text-anchor="middle" transform="rotate(-90 12 {h / 2:.0f})">{_t(y_label)}</text>'
    )


def _at(x: float, y: float, x_max: float, y_max: float) -> tuple[float, float]:
    w, h, m = WIDTH, HEIGHT, MARGIN
    return m + x / x_max * (w - m - 10), h - m - y / y_max * (h - m - 10)


def _line(points: Sequence[tuple[float, float]], kind: str) -> str:
    path = "".join(f"{'L' if k else 'M'}{x:.1f} {y:.1f}" for k, (x, y) in enumerate(points))
    return f'<path class="{kind}" d="{path}"/>'


def _figure(label: str, body: str, caption: str) -> str:
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" aria-label="{_t(label)}">{body}</svg>'
        f"<figcaption>{_t(caption)}</figcaption></figure>"
    )


def reliability_svg(y: Floats, p: Floats, bins: int = 12) -> str:
    """Reliability diagram on square-root axes, because nearly all forecasts of rare events are near zero."""
    # Equal counts would put every bin below one per cent; equal steps of the square root spread them.
    edges = np.linspace(0.0, float(np.sqrt(p.max())) + 1e-12, bins + 1)
    index = np.clip(np.searchsorted(edges, np.sqrt(p), side="right") - 1, 0, bins - 1)
    found = []
    for k in range(bins):
        mine = index == k
        if mine.any():
            (only,) = scoring.reliability_bins(y[mine], p[mine], bins=1)
            found.append(only)
    top = max(float(np.sqrt(max(max(b.observed_rate, b.high, b.mean_forecast) for b in found))), 1e-3)
    body = _axes("forecast (square root)", "observed (square root)", top, top)
    body += _line([_at(0, 0, top, top), _at(top, top, top, top)], "axis")
    for b in found:
        x, low = _at(float(np.sqrt(b.mean_forecast)), float(np.sqrt(b.low)), top, top)
        _, high = _at(0, float(np.sqrt(b.high)), top, top)
        _, seen = _at(0, float(np.sqrt(b.observed_rate)), top, top)
        body += f'<rect class="band" x="{x - 4:.1f}" y="{high:.1f}" width="8" height="{max(low - high, 1):.1f}"/>'
        body += (
            f'<circle class="dot" cx="{x:.1f}" cy="{seen:.1f}" r="3.5"><title>forecast {b.mean_forecast:.4f}, '
            f"observed {b.observed_rate:.4f}, n {b.n}</title></circle>"
        )
    caption = "Dots: observed rate. Bars: where 95 % of dots fall if the forecasts are right."
    return _figure("Reliability diagram", body, caption)


def pr_svg(report: BacktestReport) -> str:
    """Precision-recall curve of the model and, dashed, of the plain logit."""
    curves = [("mark", report.p)]
    if "plain_logit" in report.rivals:
        curves.append(("other", report.rivals["plain_logit"]))
    lines, top = [], 0.0
    for kind, p in curves:
        recall, precision, _ = scoring.pr_curve(report.y, p)
        use = recall >= 0.02  # the first few events make precision jump between 0 and 1
        lines.append((kind, recall[use], precision[use]))
        top = max(top, float(precision[use].max()) if use.any() else 0.0)
    top = top or 1.0
    body = _axes("share of events found (recall)", "precision", 1.0, top)
    for kind, recall, precision in lines:
        step = max(1, recall.size // 250)
        points = zip(recall[::step].tolist(), precision[::step].tolist(), strict=True)
        body += _line([_at(r, v, 1.0, top) for r, v in points], kind)
    return _figure("Precision-recall curve", body, "Solid: this model. Dashed: plain logit.")


def _year_section(report: BacktestReport) -> str:
    years = np.unique(report.test.year)
    rows, points, seen = [], [], []
    for t in years:
        now = report.test.year == t
        y, p = report.y[now], report.p[now]
        rows.append([str(t), f"{y.size:,}", f"{int(y.sum())}", _f(float(p.sum()), 1), _f(scoring.roc_auc(y, p)),
                     _f(scoring.log_score(y, p), 4)])  # fmt: skip
        points.append(float(p.sum()))
        seen.append(float(y.sum()))
    top = max(*points, *seen, 1.0)
    span = max(float(years.size - 1), 1.0)
    w, h, m = WIDTH, HEIGHT, MARGIN
    body = f'<path class="axis" d="M{m} 10V{h - m}H{w - 10}"/>'
    for share in (0.0, 0.5, 1.0):
        y_at = _at(0, share * top, 1, top)[1] + 4
        body += f'<text x="{m - 6}" y="{y_at:.0f}" text-anchor="end">{share * top:.0f}</text>'
    for k in {0, years.size // 2, years.size - 1}:
        body += f'<text x="{_at(k, 0, span, 1)[0]:.0f}" y="{h - m + 16}" text-anchor="middle">{years[k]}</text>'
    body += _line([_at(k, v, span, top) for k, v in enumerate(points)], "mark")
    for k, v in enumerate(seen):
        x, cy = _at(k, v, span, top)
        body += f'<circle class="dot" cx="{x:.1f}" cy="{cy:.1f}" r="3"/>'
    figure = _figure("Events by year", body, "Line: expected events. Dots: observed.")
    return figure + _table("Test years", ["year", "dyads", "events", "expected", "ROC", "log loss"], rows)


def _condition_table(rows: Sequence[ConditionRow]) -> str:
    if not rows:
        return '<p class="note">Not computed for this card.</p>'
    body = [
        [r.group.replace("_", " "), str(r.columns), _f(r.without["roc_auc"]), _f(r.without["pr_auc"]),
         _f(r.alone["roc_auc"]), _f(r.alone["pr_auc"]), f"{_f(r.loss.gain, 5)} ({_span(r.loss.low, r.loss.high, 5)})",
         "yes" if r.identified else "no"]
        for r in rows
    ]  # fmt: skip
    head = ["dropped", "columns", "ROC without", "PR without", "ROC alone", "PR alone", "log score lost (95 %)",
            "identified"]  # fmt: skip
    return _table("Products that need a condition are dropped with it.", head, body)


def _link_table(rows: Sequence[LinkRow]) -> str:
    if not rows:
        return '<p class="note">Not computed for this card.</p>'
    body = [
        [r.link.replace("_", " "), *(_f(r.scores[k], 3 if "auc" in k else 5) for k in r.scores),
         "reference" if r.gain is None else f"{_f(r.gain.gain, 5)} ({_span(r.gain.low, r.gain.high, 5)})"]
        for r in rows
    ]  # fmt: skip
    head = ["link", "ROC", "PR", "Brier", "log loss", "log score gained over additive (95 %)"]
    return _table("The same five condition scores, combined in four ways.", head, body)


def _leak_section(rows: Sequence[LeakReport]) -> str:
    if not rows:
        return '<p class="note">Not run for this card.</p>'
    body = [[str(r.year), f"{r.forecasts:,}", f"{r.permuted:g}", f"{r.deleted:g}"] for r in rows]
    head = ["year forecast", "forecasts", "future permuted", "future deleted"]
    return _table("Largest change of any forecast when what came later is tampered with; it must be 0.", head, body)
