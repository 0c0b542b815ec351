"""The command line: parse, call a workflow, render.

Start-up is part of the interface: this module imports nothing but ``sys`` until a command is known, and a command
loads only its own module.
"""

import sys

COMMANDS = {
    # command: (module:function or Typer app, one line of help), in the order of an analyst's day
    "demo": ("vedette.cli.demo:demo", "The bundled case, end to end, offline; writes brief.html."),
    "serve": ("vedette.cli.serve:serve", "The workbench in a browser, on this machine."),
    "doctor": ("vedette.cli.doctor:doctor", "What is installed, where data live, what is missing."),
    "case": ("vedette.cli.case:app", "Open, list, show, compare, import and export cases."),
    "extract": ("vedette.cli.extract:extract", "Read a document into evidence, without storing anything."),
    "read": ("vedette.cli.read:read", "Read documents into a case as proposed evidence."),
    "review": ("vedette.cli.review:review", "Accept, reject or correct proposed evidence."),
    "assess": ("vedette.cli.assess:assess", "Scenario probabilities as of a date, and why."),
    "whatif": ("vedette.cli.assess:whatif", "What the probabilities would be if conditions stood otherwise."),
    "base-rate": ("vedette.cli.base_rate:base_rate", "The chance from history alone, for a pair of states."),
    "events": ("vedette.cli.events:app", "Coded events: take in, ask about pairs and places, see what is there."),
    "history": ("vedette.cli.history:app", "Base rates learnt from history: data, panel, classes, analogues."),
    "backtest": ("vedette.cli.history:backtest", "Fit on the past, forecast the next years, score it."),
    "evidence": ("vedette.cli.evidence:app", "Scenarios against evidence; the scale of the evidence layer."),
    "indicators": ("vedette.cli.indicators:app", "What a case watches for: states, looks, suggestions."),
    "brief": ("vedette.cli.brief:brief", "Write the brief of a case: HTML, Markdown, PDF or DOCX."),
    "verify": ("vedette.cli.brief:verify", "Recompute every number of a brief."),
    "elicit": ("vedette.cli.elicit:app", "Ask several analysts: a blind round, then one with reasons."),
    "watch": ("vedette.cli.watch:app", "Watch sources on schedule; alerts on what moved, and why."),
    "ledger": ("vedette.cli.ledger:app", "Commit forecasts, list them, say what happened."),
    "mcp": ("vedette.cli.mcp:mcp", "Cases, base rates and the ledger for an assistant, which may propose evidence."),
    "export": ("vedette.cli.export:export", "Cases and the ledger as tables, STIX 2.1 or for forecasting services."),
    "account": ("vedette.cli.account:app", "Who may sign in to a shared workspace, and to which cases."),
    "audit": ("vedette.cli.account:audit", "Who changed what in a shared workspace, and why."),
    "migrate": ("vedette.cli.upkeep:migrate", "Bring the workspace's tables up to date, or back."),
    "backup": ("vedette.cli.upkeep:backup", "Everything recorded, as one file."),
    "restore": ("vedette.cli.upkeep:restore", "A backup into an empty workspace, here or on a server."),
}

ABOUT = "Will this state send its forces into, or through, that one, and as what?"


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 2 bad input or misuse, 1 an internal failure."""
    args = list(sys.argv[1:] if argv is None else argv)
    if args in (["--version"], ["-V"]):
        from vedette._version import __version__

        print(f"vedette {__version__}")
        return 0
    from vedette.cli.run import run

    return run(args, COMMANDS, ABOUT)
