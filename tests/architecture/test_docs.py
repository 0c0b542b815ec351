"""The documents say what is there: a command, setting, error, indicator, case or source that they miss fails here."""

from __future__ import annotations

import functools
import importlib.util
import json
import re
import shlex
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.conftest import CommandLine

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
WRITTEN = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changelog.d/*.md")])
GENERATED = (
    "commands.md", "settings.md", "errors.md", "frameworks.md", "cases.md", "sources.md", "python.md", "record.md",
)  # fmt: skip
# A page of the reference is compared with its generator, so the checks of prose look at the others.
PROSE = [p for p in WRITTEN if p.parent != REFERENCE or p.name not in GENERATED]


@functools.cache
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("_reference_docs", ROOT / "buildtools" / "reference_docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def commands() -> dict[str, Any]:
    return dict(generator().click_commands())


def reference(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


@pytest.mark.parametrize("name", GENERATED)
def test_reference_page_is_what_the_code_says(name: str) -> None:
    assert name in generator().PAGES
    assert reference(name) == generator().PAGES[name](), f"docs/reference/{name} is out of date: run make docs"


def test_every_page_of_the_generator_is_compared() -> None:
    assert set(generator().PAGES) == set(GENERATED)


def test_every_command_and_option_is_documented() -> None:
    page = reference("commands.md")
    assert len(commands()) >= 10
    for name, command in commands().items():
        assert f"## vedette {name}\n" in page
        assert (command.help or "").strip(), f"vedette {name} has no help"
        for option in command.params:
            if option.name == "help":
                continue
            assert (getattr(option, "help", "") or "").strip(), f"vedette {name}: {option.opts[0]} has no help"
            if option.param_type_name == "option":
                assert f"`{option.opts[0]}" in page


def test_every_command_takes_json() -> None:
    missing = [n for n, c in commands().items() if "--json" not in {o for p in c.params for o in p.opts}]
    assert not missing, f"without --json: {missing}"


def test_every_environment_variable_is_documented() -> None:
    page = reference("settings.md")
    used = set()
    for path in [*ROOT.glob("src/**/*.py"), *ROOT.glob("buildtools/*.py")]:
        used |= set(re.findall(r"""["'](VEDETTE_[A-Z0-9_]+)["']""", path.read_text("utf-8")))
    assert used, "no variable found: the pattern is wrong"
    assert not sorted(v for v in used if f"`{v}`" not in page)


def test_every_error_is_documented() -> None:
    page = reference("errors.md")
    names = [kind.__name__ for _, kind in generator().error_classes()]
    assert len(names) >= 15
    assert not [n for n in names if f"`{n}`" not in page]


def test_every_indicator_is_documented() -> None:
    from vedette.reference.frameworks import framework, framework_ids

    page = reference("frameworks.md")
    for name in framework_ids():
        f = framework(name)
        for condition in (*f.conditions, *((f.stakes,) if f.stakes else ())):
            assert f"(`{condition.id}`)" in page
            for indicator in condition.indicators:
                assert f"| `{indicator.id}` |" in page, f"{name}: {indicator.id}"


def test_every_source_is_documented_with_its_terms() -> None:
    from vedette.sources.registry import all_datasets

    page = reference("sources.md")
    for dataset in all_datasets().values():
        assert f"(`{dataset.id}`)" in page
        assert generator().cell(dataset.citation) in page


def test_every_event_source_is_documented_with_its_terms() -> None:
    from vedette.sources.events.registry import all_event_datasets

    page = reference("sources.md")
    for dataset in all_event_datasets().values():
        assert f"(`{dataset.id}`)" in page
        assert generator().cell(dataset.citation) in page
        assert all(generator().cell(layout.checked) in page for layout in dataset.layouts)


def test_the_example_in_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(generator().EXAMPLE, "python.md", "exec"), {})
    assert "attack_from_belarus 0." in capsys.readouterr().out


def test_every_public_name_says_what_it_does() -> None:
    import vedette

    page = reference("python.md")
    for name in vedette.__all__:
        if callable(getattr(vedette, name)):
            assert f"## vedette.{name}(" in page
            assert (getattr(vedette, name).__doc__ or "").strip()


def test_every_bundled_case_is_documented() -> None:
    from vedette.reference.bundled import bundled_case_ids

    assert "belarus-2022" in bundled_case_ids()
    assert not [c for c in bundled_case_ids() if f"(`{c}`)" not in reference("cases.md")]


def section(page: str, heading: str) -> str:
    return page.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]


def test_every_field_of_the_json_is_documented(vedette: CommandLine, tmp_path: Path) -> None:
    page = reference("json.md")
    assessed = json.loads(vedette.ok("assess", "belarus-2022", "--json"))
    known = section(page, "vedette assess --json")
    assert not [k for k in assessed if f"`{k}`" not in known]
    article = tmp_path / "a.txt"
    article.write_text(
        "Russian troops crossed the border of Ukraine on 24 February 2022. NATO ministers condemned the attack and "
        "said that they would send weapons. Ukraine's army fought back near Kyiv, its ministry of defence said.\n"
    )
    extracted = json.loads(vedette.ok("extract", article, "--published", "2022-02-25", "--json"))
    known = section(page, "vedette extract --json")
    assert extracted["evidence"], "the article must yield something, or the fields of evidence go unchecked"
    fields = [*extracted, *extracted["document"], *extracted["evidence"][0], *extracted["mentions"]]
    assert not [k for k in fields if f"`{k}`" not in known]


# --------------------------------------------------------------------------------------------------
# prose


@pytest.mark.parametrize("path", WRITTEN, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            continue
        assert (path.parent / target.split("#")[0]).exists(), f"{path.name}: {target}"


def code_of(path: Path) -> list[str]:
    """Command lines of fenced blocks (of a console session those after ``$``), and inline code."""
    text = path.read_text("utf-8")
    lines = []
    for language, block in re.findall(r"```([a-z]*)\n(.*?)```", text, flags=re.DOTALL):
        every = block.replace("\\\n", " ").splitlines()
        lines += [e[2:] for e in every if e.startswith("$ ")] if language == "console" else every
    rest = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return lines + [" ".join(c.split()) for c in re.findall(r"`([^`]+)`", rest)]


def calls(line: str) -> list[list[str]]:
    """The words after ``vedette`` of every call in a command line."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # prose with an apostrophe
        words = line.split()
    found: list[list[str]] = []
    start = True
    for word in words:
        if word in ("|", "&&", "||", ";", ">"):
            start = True
        elif start and word == "vedette":
            found.append([])
            start = False
        elif start or not found:
            start = False
        else:
            found[-1].append(word)
    return found


def check_command(line: str) -> str | None:
    """What is wrong with a documented command line, if anything."""
    wrong = [problem for words in calls(line) if (problem := check_call(words))]
    return "; ".join(wrong) or None


def check_call(words: list[str]) -> str | None:
    """The same for one call."""
    if not words or words[0][0].isdigit():
        return None  # "vedette 0.1.0": a version, not a command
    if words[0].startswith("--"):
        return None if words[0] in ("--version", "--help", "--debug") else f"no option {words[0]}"
    names = [n for n in commands() if words[: len(n.split())] == n.split()]
    if not names:
        group = [n for n in commands() if n.split()[0] == words[0]]
        return None if group and len(words) == 1 else f"no command {' '.join(words[:2])}"
    known = {o for p in commands()[names[0]].params for o in (*p.opts, *p.secondary_opts)} | {"--help", "--debug"}
    wrong = [w for w in words if w.startswith("--") and w.split("=")[0] not in known]
    return f"no option {wrong}" if wrong else None


@pytest.mark.parametrize("path", PROSE, ids=lambda p: str(p.relative_to(ROOT)))
def test_documented_commands_exist(path: Path) -> None:
    wrong = {line: problem for line in code_of(path) if (problem := check_command(line))}
    assert not wrong


def test_the_check_of_commands_bites() -> None:
    assert check_command("vedette assess belarus-2022 --as-of 2022-01-20") is None
    assert check_command("vedette asess belarus-2022") is not None
    assert check_command("vedette assess belarus-2022 --asof 2022-01-20") is not None
    assert check_command("vedette case frobnicate") is not None
    assert check_command("cd x && vedette assess belarus-2022 --asof 2022-01-20 | head -3") is not None
    assert check_command("python -m vedette asess") is None, "not a call of the command"


@pytest.mark.parametrize("path", PROSE, ids=lambda p: str(p.relative_to(ROOT)))
def test_named_places_in_the_code_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    for name in re.findall(r"\bvedette(?:\.[A-Za-z_][A-Za-z0-9_]*)+", text):
        if name.endswith((".py", ".toml", ".service", ".conf")):  # files
            continue
        assert resolves(name), f"{path.name} names {name}"


def resolves(name: str) -> bool:
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: Any = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


@pytest.mark.parametrize("path", PROSE, ids=lambda p: str(p.relative_to(ROOT)))
def test_named_files_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    for name in re.findall(r"`((?:src|docs|tests|benchmarks|evals|buildtools|requirements)/[\w./-]+)`", text):
        assert (ROOT / name).exists() or name.endswith("_built"), f"{path.name} names {name}"
    for name in re.findall(r"\b(?:benchmarks|evals|buildtools)/\w+\.py\b", text):
        assert (ROOT / name).exists(), f"{path.name} names {name}"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_promises_and_no_paths_of_one_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    for pattern in (r"\bTODO\b", r"future work", r"coming soon", r"roadmap", r"planned for a later", r"\.\./shared\b",
                    r"(?<![\w.])/(?:work|root|tmp|home)/"):
        assert not re.search(pattern, text, flags=re.IGNORECASE), f"{path.name}: {pattern}"


def test_makefile_targets_named_in_prose_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    named = {t for p in PROSE for c in code_of(p) for t in re.findall(r"^make ([a-z-]+)", c)}
    assert named and named <= targets, sorted(named - targets)


def test_every_field_a_correction_may_set_is_documented() -> None:
    from vedette.workflows.review import FIELDS

    page = (ROOT / "docs" / "how-to" / "review-evidence.md").read_text("utf-8")
    assert not [f for f in FIELDS if f"`{f}`" not in page]


def test_every_design_note_that_the_code_cites_is_explained() -> None:
    page = (ROOT / "docs" / "explanation" / "design-notes.md").read_text("utf-8")
    explained = set(re.findall(r"^\| ([^|]+?) \|", page, flags=re.MULTILINE))
    cited = set()
    for path in [*ROOT.glob("src/**/*.py"), *ROOT.glob("src/**/*.toml"), *ROOT.glob("benchmarks/*.py")]:
        text = path.read_text("utf-8")
        cited |= {f"METHOD {n}" for n in re.findall(r"\bMETHOD (\d+(?:\.\d+)*[a-c]?)", text)}
        cited |= {f"UI, section {n}" for n in re.findall(r"\bUI,? section (\d+)", text)}
    assert len(cited) > 10
    # 4.3.1b is a part of 4.3.1
    assert not sorted(c for c in cited if c not in explained and c.rstrip("abc") not in explained)


def test_every_program_that_prints_figures_is_listed() -> None:
    page = reference("figures.md")
    every = [*ROOT.glob("benchmarks/*.py"), *ROOT.glob("evals/*.py")]
    programs = [p for p in every if '"__main__"' in p.read_text("utf-8")]
    assert len(programs) >= 5
    assert not [p.name for p in programs if f"{p.parent.name}/{p.name}" not in page]
