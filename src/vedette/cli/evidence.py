"""``vedette evidence calibrate``: the scale of the evidence layer on a bank of dossiers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True,
                  help="The evidence layer: its scale, learnt on a bank of coded episodes.")


@app.callback()
def _group() -> None:
    """The evidence layer: its scale, learnt on a bank of coded episodes."""


@app.command()
def calibrate(
    bank: Annotated[Path, typer.Argument(help="Folder of dossiers with outcomes.json.")],
    second_codes: Annotated[Path | None, typer.Option(help="Second coding, JSON lines: case, evidence, condition, direction, strength.")] = None,
    write: Annotated[Path | None, typer.Option(help="Write the learnt scale and its report to this JSON file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Learn the scale of the evidence layer, leaving one episode out, and show how sure that is."""
    from vedette.workflows.calibrate import calibrate as learn
    from vedette.workflows.calibrate import load_bank

    if not bank.is_dir():
        raise typer.BadParameter(f"{bank} is not a folder")
    episodes, digest = load_bank(bank, second_codes)

    def progress(done: int, total: int) -> None:
        print(f"\revaluated {done} of {total} episodes", end="" if done < total else "\n", file=sys.stderr, flush=True)

    report = learn(episodes, digest, progress=progress)
    if write is not None:
        write.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {write}", file=sys.stderr)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    print(_text(report))


def _text(report: dict[str, Any]) -> str:
    s = report["scale"]
    lines = [
        f"{report['n']} episodes, {report['happened']} in which it happened; {s['codings']} codings. {report['note']}",
        "",
        "Scale learnt (median, lognormal spread):",
        f"  conditions {s['beta']:.2f} ({s['beta_log_sd']:.2f}), visible {s['visible_scale']:.2f} "
        f"({s['visible_log_sd']:.2f}), stakes {s['gamma']:.2f} ({s['gamma_log_sd']:.2f}), topic correlation {s['topic']:.2f}, "
        f"conjunctive share {s['conjunctive_share']:.2f}",
        "",
        f"{'leave one episode out':<26}{'log':>8}{'Brier':>8}{'AUC':>7}{'slope':>7}",
    ]
    names = (("left_out", "evidence and base rate"), ("base_rate", "base rate alone"), ("others_share", "share of the others"))
    for key, label in names:
        r = report["scores"][key]
        lines.append(f"  {label:<24}{r['log_score']:>8.3f}{r['brier']:>8.3f}{r['roc_auc']:>7.2f}{_slope(r):>7}")
    for key, label in (("base_rate", "base rate"), ("others_share", "share of the others")):
        for metric in ("log_score", "brier"):
            g = report["scores"][f"gain_over_{key}_{metric}"]
            lines.append(f"  gain over {label} in {metric}: {g['gain']:+.3f} ({g['low']:+.3f} to {g['high']:+.3f}, 95 %, n = {report['n']})")
    lines += ["", "Each coding alone (left out):"]
    lines += [f"  coding {r['coding']} (n = {r['n']}): log {r['log_score']:.3f}, Brier {r['brier']:.3f}, AUC {r['roc_auc']:.2f}" for r in report["codings"]]
    lines += ["", "Form of the link (left out):"]
    lines += [f"  {r['form']:<12} posterior {r['posterior_share']:.2f}: log {r['log_score']:.3f}, Brier {r['brier']:.3f}, AUC {r['roc_auc']:.2f}" for r in report["forms"]]
    lines += ["", "From inert to overconfident (every scale times a factor; in sample):"]
    lines += [f"  x{r['factor']:<6g} log {r['log_score']:.3f}  Brier {r['brier']:.3f}  AUC {r['roc_auc']:.2f}  spread {r['spread']:.2f}" for r in report["curve"]]
    lines += ["", "Forecasts, each from the other episodes:"]
    lines += [
        f"  {f['episode']:<18} {f['scenario']:<10} {'yes' if f['happened'] else 'no ':<4} base {f['base_rate']:.2f} -> {f['left_out']:.2f}"
        for f in report["forecasts"]
    ]
    return "\n".join(lines)


def _slope(row: dict[str, float]) -> str:
    """The calibration slope; a (nearly) constant forecast has none."""
    slope = row["calibration_slope"]
    return f"{slope:.2f}" if abs(slope) < 20 else "none"
