"""Write docs/reference from the code: commands, settings, errors, frameworks, cases, sources, Python, record.

By hand: ``make docs``, or ``python buildtools/reference_docs.py``. ``--check`` writes nothing and names the pages that
would change (exit status 1). tests/architecture/test_docs.py does the same, so an undocumented command, setting,
error, indicator or source fails the suite.
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Written by `make docs` from the code. Edit the code, not this page. -->"


def cell(text: object) -> str:
    """One table cell: a single line, with the bar escaped."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(cell(c) for c in row) + " |" for row in rows)]


def page(title: str, *lines: str) -> str:
    """A page with its heading and the note that it is written by a program."""
    return "\n".join([f"# {title}", "", MADE, "", *lines]).rstrip() + "\n"


# --------------------------------------------------------------------------------------------------
# commands


def click_commands() -> dict[str, Any]:
    """Every command by its full name ("case new"), as the option parser holds it."""
    import typer

    from vedette.cli import COMMANDS

    found: dict[str, Any] = {}
    for name, (target, _) in COMMANDS.items():
        module, _, attribute = target.partition(":")
        app = getattr(import_module(module), attribute)
        if not isinstance(app, typer.Typer):
            single = typer.Typer(add_completion=False, rich_markup_mode=None)
            single.command()(app)
            app = single
        _walk(name, typer.main.get_command(app), found)
    return found


def _walk(name: str, command: Any, found: dict[str, Any]) -> None:
    children = getattr(command, "commands", None)
    if children:
        for child, sub in children.items():
            _walk(f"{name} {child}", sub, found)
    else:
        found[name] = command


def commands_page() -> str:
    """Usage, arguments and options of every command."""
    from vedette.cli import COMMANDS

    lines = [
        "Every command takes `--help`. Data go to standard output, messages to standard error. Exit status: 0 done,",
        "2 bad input or misuse (one line says what, where and how to fix it), 1 an internal failure. `--debug`",
        "shows the traceback of an internal failure. `vedette --version` prints the version.",
        "",
    ]
    lines += table(("command", "what it does"), ((f"`vedette {n}`", text) for n, (_, text) in COMMANDS.items()))
    for name, command in click_commands().items():
        lines += ["", f"## vedette {name}", ""]
        lines += [inspect.cleandoc(command.help or command.short_help or "").strip(), ""]
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        usage = " ".join(["vedette", name, *(_argument(a) for a in arguments), *(["[OPTIONS]"] if options else [])])
        lines += ["```", usage, "```", ""]
        rows = [(f"`{_name(a)}`", getattr(a, "help", "") or "") for a in arguments]
        rows += [(f"`{_option(o)}`", _option_help(o)) for o in options]
        if rows:
            lines += table(("argument or option", "meaning"), rows)
    return page("Commands", *lines)


def _name(argument: Any) -> str:
    return str(argument.metavar or argument.name).strip("[]").removesuffix("...").upper()


def _argument(argument: Any) -> str:
    shown = _name(argument) + ("..." if argument.nargs == -1 else "")
    return shown if argument.required else f"[{shown}]"


def _option(option: Any) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    return f"{names} {option.metavar}" if option.metavar else names


def _option_help(option: Any) -> str:
    text = (option.help or "").strip()
    default = option.default
    told = isinstance(default, str | int | float) and not isinstance(default, bool) and default != ""
    return f"{text} Default: `{default}`." if told else text


# --------------------------------------------------------------------------------------------------
# settings, errors


def settings_page() -> str:
    """Every environment variable."""
    from vedette.settings import SETTINGS

    rows = ((f"`{s.variable}`", s.doc, s.default, s.unit) for s in SETTINGS)
    return page(
        "Settings",
        "Settings come from the environment. No secret is read from, or written to, a file; the key of a second reader",
        "may also lie in the keyring of the system.",
        "",
        *table(("variable", "meaning", "default", "unit"), rows),
        "",
        "A translation command that you set up is told the language of the text in `VEDETTE_LANGUAGE`.",
        "",
        "`NO_COLOR` is respected. At build time `VEDETTE_WORLD_ATLAS` names a local copy of the package with the",
        "country boundaries ([decision 0004](../decisions/0004-boundaries-from-packages.md)).",
    )


def error_classes() -> list[tuple[int, type]]:
    """(depth, class) of the exception tree, in order."""
    from vedette.errors import VedetteError

    found: list[tuple[int, type]] = []

    def visit(kind: type, depth: int) -> None:
        found.append((depth, kind))
        for child in kind.__subclasses__():
            visit(child, depth + 1)

    visit(VedetteError, 0)
    # The tree of the errors module. Rooms above may have finer ones, which exist only once they are imported.
    return [(d, k) for d, k in found if k.__module__ == VedetteError.__module__]


def errors_page() -> str:
    """The exception tree."""
    lines = [
        "Every error that Vedette raises on purpose is one of these. Its text is one line: where, what was wrong, and",
        "the way out. On the command line it goes to standard error and the exit status is 2. Anything else is an",
        "internal failure, status 1.",
        "",
    ]
    for depth, kind in error_classes():
        said = inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0]
        lines.append(f"{'  ' * depth}- `{kind.__name__}`: {' '.join(said.split())}")
    return page("Errors", *lines)


# --------------------------------------------------------------------------------------------------
# frameworks, cases, sources


def frameworks_page() -> str:
    """Conditions, indicators and weights of every framework."""
    from vedette.reference.frameworks import framework, framework_ids

    lines = [
        "A framework is a data file under `src/vedette/reference/frameworks`. `vedette assess CASE --framework ID`",
        "reads a case's evidence under another one. Weights count by their ratios.",
    ]
    for name in framework_ids():
        f = framework(name)
        lines += ["", f"## {f.title} (`{f.id}`)", "", f"Source: {f.source}", ""]
        postures = list(f.weights)
        rows = [
            (f"{c.number} {c.label}", *(f"{f.weights[p][i]:g}" for p in postures)) for i, c in enumerate(f.conditions)
        ]
        lines += table(("weight", *(p.value for p in postures)), rows)
        if f.reads:
            pairs = ", ".join(f"`{theirs}` as `{ours}`" for theirs, ours in f.reads.items())
            lines += ["", f"Reads evidence coded on other conditions: {pairs}."]
        for c in (*f.conditions, *((f.stakes,) if f.stakes else ())):
            apart = " (stands outside the conjunction)" if c is f.stakes else ""
            lines += ["", f"### {c.number} {c.label} (`{c.id}`){apart}", "", c.definition, ""]
            if c.aliases:
                lines += [f"Also called: {', '.join(c.aliases)}.", ""]
            if c.structural_note:
                lines += [f"What history can tell: {c.structural_note}", ""]
            if c.indicators:
                lines += table(
                    ("indicator", "observable", "direction", "lead time (days)", "threshold", "where to look"),
                    (
                        (
                            f"`{i.id}`", i.observable, i.direction.value,
                            "" if i.lead_time_days is None else i.lead_time_days, i.threshold, i.collection,
                        )
                        for i in c.indicators
                    ),
                )  # fmt: skip
    return page("Frameworks, conditions, indicators", *lines)


def cases_page() -> str:
    """Question, options, scenarios and size of every bundled case."""
    from vedette.reference.bundled import bundled_case, bundled_case_ids

    lines = ["Cases that ship with the package. `vedette case show ID` prints one; they work offline."]
    for name in bundled_case_ids():
        case = bundled_case(name)
        scenario_set = case.scenario_set
        lines += ["", f"## {case.title} (`{case.id}`)", "", case.question, ""]
        lines += [
            f"Deadline {scenario_set.deadline}; threshold profile {scenario_set.threshold_profile};"
            f" framework `{case.framework}`; {len(case.evidence)} items of evidence.",
            "",
        ]
        scenarios = ((f"`{s.id}`", s.label, ", ".join(sorted(s.atoms))) for s in scenario_set.scenarios)
        atoms = ((f"`{a.id}`", a.statement, a.rule) for a in scenario_set.atoms)
        lines += [*table(("scenario", "label", "atoms"), scenarios), ""]
        lines += table(("atom", "statement", "rule"), atoms)
    return page("Bundled cases", *lines)


def sources_page() -> str:
    """Licence, citation, coverage, lag and address of every data set."""
    from vedette.sources.registry import all_datasets

    lines = [
        "Data sets that `vedette history fetch` can obtain or read from a local copy. None is part of the package.",
        "Cite those you use. An address marked *unverified* has not been checked by anybody for this version.",
    ]
    for d in all_datasets().values():
        lines += ["", f"## {d.title} (`{d.id}`)", ""]
        lines += table(
            ("", ""),
            [
                ("provider", d.provider), ("edition", d.edition), ("licence", d.licence),
                ("redistribution", d.redistribution), ("citation", d.citation),
                ("coverage", f"{d.coverage.first_year}-{d.coverage.last_year}: {d.coverage.units}"),
                ("available from", d.lag.basis), ("note", d.note),
                *(("address", f"{a.url} ({a.status})") for a in d.addresses),
            ],
        )  # fmt: skip
    return page("Data sources", *lines, *event_sources())


def event_sources() -> list[str]:
    """The same for coded events, and what each layout was checked against."""
    from vedette.sources.events.registry import all_event_datasets

    lines = [
        "", "## Coded events", "",
        "Data sets that `vedette events ingest` takes in. What a row could be known from is the time its source gives, "
        "or the stated delay.",
    ]  # fmt: skip
    for d in all_event_datasets().values():
        lines += ["", f"## {d.title} (`{d.id}`)", ""]
        lines += table(
            ("", ""),
            [
                ("provider", d.provider), ("licence", d.licence), ("redistribution", d.redistribution),
                ("citation", d.citation),
                ("coverage", f"{d.coverage.first_year}-{d.coverage.last_year}: {d.coverage.units}"),
                ("delay", f"{d.lag_days} days: {d.lag_basis}"), ("note", d.note),
                *((f"layout {layout.name}", layout.checked) for layout in d.layouts),
                ("address", f"{d.address} ({d.address_status})"),
            ],
        )  # fmt: skip
    return lines


# --------------------------------------------------------------------------------------------------
# the record on the bank

RIVALS = {
    "left_out": "this episode left out when the scale was set",
    "base_rate": "the base rate each episode starts from",
    "others_share": "the share of the other episodes that happened",
}


def record_page() -> str:
    """Scores of the evidence layer on the bank of episodes, from the report that ships with the package."""
    report = json.loads((ROOT / "src/vedette/reference/coefficients/evidence-scale.json").read_text("utf-8"))
    scores = report["scores"]
    lines = [
        "How the evidence layer did on the bank of past crises that sets its scale. Printed and written by",
        "`vedette evidence calibrate`; the bank itself is not part of the package.",
        "",
        f"n = {report['n']} episodes, {report['happened']} of which happened. {report['note']}",
        "It is no estimate of skill on new questions.",
        "",
        *table(
            ("forecast", "log score", "Brier score", "ROC area"),
            (
                (words, *(f"{scores[name][m]:.3f}" for m in ("log_score", "brier", "roc_auc")))
                for name, words in RIVALS.items()
            ),
        ),
        "",
        "Smaller scores are better; a larger area is. (The area of the last row is zero by construction: leaving out",
        "an episode that happened lowers the share of the others.) The paired gain of the first row over the others,",
        "with its interval from a bootstrap over episodes:",
        "",
        *table(
            ("over", "metric", "gain", "interval", "level"),
            (
                (RIVALS[name], metric, f"{g['gain']:.3f}", f"{g['low']:.3f} to {g['high']:.3f}", f"{g['level']:.0%}")
                for name in ("base_rate", "others_share")
                for metric in ("log_score", "brier")
                if (g := scores[f"gain_over_{name}_{metric}"])
            ),
        ),
        "",
        "By coding of the same episodes:",
        "",
        *table(
            ("coding", "n", "log score", "Brier score", "ROC area"),
            (
                (c["coding"], c["n"], *(f"{c[m]:.3f}" for m in ("log_score", "brier", "roc_auc")))
                for c in report["codings"]
            ),
        ),
        "",
        "By form of the link, and how much of the posterior each has. The episodes do not settle which is right:",
        "",
        *table(
            ("form", "share", "log score", "Brier score"),
            (
                (f["form"], f"{f['posterior_share']:.2f}", f"{f['log_score']:.3f}", f"{f['brier']:.3f}")
                for f in report["forms"]
            ),
        ),
        "",
        "By part of the forecast, and under the rival framework of two conditions on the same items, its scale fitted",
        "for itself (the items were coded for the five conditions). The gain is that of the five over the rival in log",
        "score, with its 95 % interval:",
        "",
        *table(
            ("part", "log score", "Brier score", "ROC area", "gain", "interval"),
            (
                (
                    r["part"], *(f"{r[m]:.3f}" for m in ("log_score", "brier", "roc_auc")),
                    *((f"{g['gain']:.3f}", f"{g['low']:.3f} to {g['high']:.3f}") if (g := r.get("gain")) else ("", "")),
                )
                for r in report["parts"]
            ),
        ),
        "",
        "## Every episode",
        "",
        *table(
            ("episode", "scenario", "base rate", "left out", "happened"),
            (
                (
                    f["episode"], f["scenario"], f"{f['base_rate']:.2f}", f"{f['left_out']:.2f}",
                    "yes" if f["happened"] else "no",
                )
                for f in report["forecasts"]
            ),
        ),
    ]  # fmt: skip
    return page("The record on the bank of episodes", *lines)


# --------------------------------------------------------------------------------------------------
# Python

EXAMPLE = """\
import vedette

reading = vedette.extract("Russian troops crossed the border on 24 February 2022.", published="2022-02-25")
assessment = vedette.assess("belarus-2022", as_of="2022-01-20")
for scenario in assessment.to_dict()["scenarios"]:
    print(scenario["id"], scenario["probability"], scenario["interval90"])
"""


def python_page() -> str:
    """Every public name of the package with its signature and the first paragraph of its docstring."""
    import vedette

    lines = [
        "Importable from `vedette`; each name is loaded on first use, so `import vedette` costs nothing. What they",
        "return is frozen, and `to_dict()` gives the objects of [the JSON output](json.md). Errors are those of",
        "[the exception tree](errors.md).",
        "",
        "```python",
        *EXAMPLE.splitlines(),
        "```",
    ]
    for name in sorted(vedette.__all__):
        found = getattr(vedette, name)
        if not callable(found):
            continue
        said = inspect.cleandoc(found.__doc__ or "").split("\n\n")[0]
        names = ", ".join(str(p).split(":")[0].split("=")[0] for p in inspect.signature(found).parameters.values())
        lines += ["", f"## vedette.{name}({names})", "", " ".join(said.split())]
    return page("Python", *lines)


PAGES: dict[str, Callable[[], str]] = {
    "python.md": python_page,
    "record.md": record_page,
    "commands.md": commands_page,
    "settings.md": settings_page,
    "errors.md": errors_page,
    "frameworks.md": frameworks_page,
    "cases.md": cases_page,
    "sources.md": sources_page,
}


def main(arguments: list[str] | None = None) -> int:
    """Write the pages; with ``--check``, only say which would change."""
    parser = argparse.ArgumentParser(description="Write docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if a page would change")
    check = parser.parse_args(arguments).check
    changed = []
    for name, make in PAGES.items():
        path = REFERENCE / name
        text = make()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        changed.append(name)
        if not check:
            path.write_text(text, "utf-8")
    print(("would change: " if check else "wrote: ") + (", ".join(changed) or "nothing"), file=sys.stderr)
    return 1 if check and changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
