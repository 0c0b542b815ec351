"""Known vulnerabilities of what is locked: every ``requirements/*.txt`` and the JavaScript lock file.

    python buildtools/audit.py                           pip-audit, which asks the package index
    python buildtools/audit.py --advisories DIR          a copy of an advisory database: a folder or a git
    python buildtools/audit.py [...] --page              also write docs/reference/audit.md

A database is a folder of OSV entries (YAML or JSON), such as the one of PyPA, https://github.com/pypa/advisory-database
(CC-BY 4.0). Both ways first compare with ``requirements/advisories.toml``: what was looked up by hand, and what is
passed over, each with its reason.

Status 0 nothing known, 1 a locked version is known to be vulnerable, 2 nothing could be looked up.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "audit.md"
BY_HAND = ROOT / "requirements" / "advisories.toml"
PIN = re.compile(r"^[A-Za-z0-9._-]+==[^ ;\\]+[^\\]*")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# The files that pip-audit is asked about: what users install, and the development tools on top of it.
ASKED = ("run.txt", "dev.txt")


class Unreadable(Exception):
    """The advisories cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Pin:
    """One locked version. `ecosystem` is OSV's word: PyPI or npm; `files` are the lock files that name it."""

    ecosystem: str
    name: str
    version: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A locked version that an advisory names. `ids` holds the advisory and every alias."""

    pin: Pin
    ids: tuple[str, ...]
    fixed: tuple[str, ...]
    severity: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Entries of an advisory database, with its date (None when neither git nor an entry gives one) and commit."""

    entries: tuple[dict[str, Any], ...]
    total: int
    date: dt.date | None
    commit: str


@dataclass(slots=True, kw_only=True)
class Report:
    """What was found, and how far the answer reaches."""

    hits: list[Hit] = field(default_factory=list)
    passed_over: list[tuple[Hit, str]] = field(default_factory=list)
    looked_up: int = 0
    never_named: list[Pin] = field(default_factory=list)
    newer: list[Pin] = field(default_factory=list)


# -- what is locked ---------------------------------------------------------------------------------------


def locked(root: Path = ROOT) -> list[Pin]:
    """Every pin of the lock files of Python and JavaScript; one that several files name appears once."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for path in sorted((root / "requirements").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := PIN.match(line):
                wanted = Requirement(match[0].strip())
                version = next(iter(wanted.specifier)).version
                found.setdefault(("PyPI", canonicalize_name(wanted.name), version), []).append(path.name)
    for path in sorted((root / "src" / "vedette" / "web" / "assets").glob("package-lock.json")):
        packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
        for place, entry in packages.items():
            if place:  # "" is the project itself
                name = entry.get("name") or place.rpartition("node_modules/")[2]
                found.setdefault(("npm", name, entry["version"]), []).append(path.name)
    return sorted(
        Pin(ecosystem=e, name=n, version=v, files=tuple(dict.fromkeys(files))) for (e, n, v), files in found.items()
    )


# -- advisories -------------------------------------------------------------------------------------------


def read(place: Path, wanted: set[str]) -> Snapshot:
    """The entries for the packages `wanted` (normalized names) from a folder or a git repository, bare or not.

    A folder ``vulns/NAME/`` that is none of them is counted and not parsed. Raises `Unreadable`.
    """
    if not place.is_dir():
        raise Unreadable(f"{place}: no such folder")
    bare = (place / "HEAD").is_file() and (place / "objects").is_dir()
    texts = list(_from_git(place) if bare else _from_folder(place))
    entries = []
    for name, text in texts:
        parts = name.split("/")
        if len(parts) > 2 and parts[-3] == "vulns" and canonicalize_name(parts[-2]) not in wanted:
            continue
        try:
            entry = json.loads(text()) if name.endswith(".json") else yaml.load(text(), Loader=LOADER)
        except (ValueError, yaml.YAMLError) as why:
            raise Unreadable(f"{name}: not an entry of an advisory database: {str(why).splitlines()[0]}") from None
        if isinstance(entry, dict) and "id" in entry and "affected" in entry:
            entries.append(entry)
    commit, date = _commit(place)
    if date is None:
        stamps = [str(e["modified"])[:10] for e in entries if e.get("modified")]
        date = max((dt.date.fromisoformat(s) for s in stamps), default=None)
    return Snapshot(entries=tuple(entries), total=len(texts), date=date, commit=commit)


def _git(place: Path, *words: str, given: str | None = None) -> str:
    # Whoever owns the copy: nothing of it is run, objects are only read.
    command = ["git", "-c", f"safe.directory={place.resolve()}", "-C", str(place), *words]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, encoding="utf-8")
    if done.returncode:
        raise Unreadable(f"{place}: git {words[0]}: {done.stderr.strip() or 'failed'}")
    return done.stdout


def _from_git(place: Path) -> Iterator[tuple[str, Any]]:
    for name in _git(place, "ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0"):
        if name.endswith((".yaml", ".yml", ".json")) and not name.startswith("."):
            yield name, lambda name=name: _git(place, "show", f"HEAD:{name}")


def _from_folder(place: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted(place.rglob("*")):
        inside = path.relative_to(place).parts
        if path.suffix in (".yaml", ".yml", ".json") and not any(p.startswith(".") for p in inside) and path.is_file():
            yield path.as_posix(), lambda path=path: path.read_text(encoding="utf-8")


def _commit(place: Path) -> tuple[str, dt.date | None]:
    if not ((place / ".git").exists() or (place / "HEAD").is_file()):
        return "", None
    said = _git(place, "log", "-1", "--format=%H %cs").split()
    return said[0], dt.date.fromisoformat(said[1])


# -- matching ---------------------------------------------------------------------------------------------


def match(pins: Iterable[Pin], entries: Iterable[dict[str, Any]]) -> list[Hit]:
    """Locked versions that an entry names. Withdrawn entries are skipped; entries that share an id or alias are one."""
    by_name: dict[tuple[str, str], list[tuple[dict[str, Any], dict[str, Any]]]] = {}
    for entry in entries:
        for affected in entry["affected"] if not entry.get("withdrawn") else ():
            package = affected.get("package", {})
            name = str(package.get("name", ""))
            key = (str(package.get("ecosystem", "")), canonicalize_name(name) if name else "")
            by_name.setdefault(key, []).append((entry, affected))
    hits: list[Hit] = []
    for pin in pins:
        found = [
            Hit(
                pin=pin, ids=(str(entry["id"]), *map(str, entry.get("aliases") or ())), fixed=_fixed(affected),
                severity=_severity(entry, affected),
                summary=" ".join(str(entry.get("summary") or entry.get("details") or "").split())[:120],
            )
            for entry, affected in by_name.get((pin.ecosystem, canonicalize_name(pin.name)), ())
            if is_affected(pin, affected)
        ]  # fmt: skip
        hits.extend(_merged(found))
    return hits


def is_affected(pin: Pin, affected: dict[str, Any]) -> bool:
    """Whether a version is listed, or lies in a range of versions (ranges of commits say nothing about a release)."""
    if pin.version in map(str, affected.get("versions") or ()):
        return True
    kinds = {"ECOSYSTEM", "SEMVER"} if pin.ecosystem == "npm" else {"ECOSYSTEM"}
    return any(
        _in_range(pin, r.get("events") or ()) for r in affected.get("ranges") or () if r.get("type") in kinds
    )


def _in_range(pin: Pin, events: Iterable[dict[str, Any]]) -> bool:
    """OSV's rule: in order of version, `introduced` opens, `fixed` closes, `last_affected` closes after itself."""
    here = _order(pin.ecosystem, pin.version)
    if here is None:
        return False
    inside = False
    steps = []
    for event in events:
        for kind, text in event.items():
            at = _order(pin.ecosystem, str(text))
            if at is not None:
                steps.append((at, kind))
    for at, kind in sorted(steps, key=lambda step: (step[0], step[1] != "introduced")):
        if kind == "introduced" and here >= at:
            inside = True
        elif (kind == "fixed" and here >= at) or (kind == "last_affected" and here > at):
            inside = False
    return inside


def _order(ecosystem: str, text: str) -> Any:
    """A key that sorts as the ecosystem does: PEP 440, or semantic versioning 2.0; None for no version at all."""
    if ecosystem != "npm":
        try:
            return Version(text)
        except InvalidVersion:
            return None
    core, _, rest = text.lstrip("v").partition("+")[0].partition("-")
    numbers = core.split(".")
    if not all(n.isdigit() for n in numbers):
        return None
    head = tuple(int(n) for n in (*numbers, "0", "0")[:3])
    before = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in rest.split(".")) if rest else ()
    return head, not rest, before


def _fixed(affected: dict[str, Any]) -> tuple[str, ...]:
    found = [
        str(event["fixed"]) for r in affected.get("ranges") or () if r.get("type") != "GIT"
        for event in r.get("events") or () if "fixed" in event
    ]  # fmt: skip
    return tuple(dict.fromkeys(found))


def _severity(entry: dict[str, Any], affected: dict[str, Any]) -> str:
    for stated in (entry.get("severity"), affected.get("severity")):
        if stated:
            return str(stated[0].get("score", ""))
    return str((entry.get("database_specific") or {}).get("severity") or "not stated")


def _merged(hits: list[Hit]) -> list[Hit]:
    merged: list[Hit] = []
    for hit in hits:
        same = [m for m in merged if set(m.ids) & set(hit.ids)]
        every = (*same, hit)
        for other in same:
            merged.remove(other)
        merged.append(
            Hit(
                pin=hit.pin, ids=tuple(dict.fromkeys(i for h in every for i in h.ids)),
                fixed=tuple(dict.fromkeys(f for h in every for f in h.fixed)),
                severity=next((h.severity for h in every if h.severity != "not stated"), "not stated"),
                summary=next((h.summary for h in every if h.summary), ""),
            )
        )  # fmt: skip
    return merged


def compare(pins: list[Pin], snapshot: Snapshot, ignored: Iterable[dict[str, Any]], today: dt.date) -> Report:
    """Hits, what is passed over and why, and the pins that the snapshot cannot clear."""
    held = {str(a.get("package", {}).get("ecosystem")) for e in snapshot.entries for a in e["affected"]}
    asked = [p for p in pins if p.ecosystem in held]
    report = Report(looked_up=len(asked))
    for hit in match(asked, snapshot.entries):
        reason = _reason(hit, ignored, today)
        if reason:
            report.passed_over.append((hit, reason))
        else:
            report.hits.append(hit)
    named: dict[tuple[str, str], list[Any]] = {}
    for entry in snapshot.entries:
        for affected in entry["affected"]:
            package = affected.get("package", {})
            key = (str(package.get("ecosystem")), canonicalize_name(str(package.get("name", "?"))))
            texts = [*map(str, affected.get("versions") or ()), *_fixed(affected)]
            named.setdefault(key, []).extend(v for t in texts if (v := _order(key[0], t)) is not None)
    for pin in asked:
        versions = named.get((pin.ecosystem, canonicalize_name(pin.name)))
        if not versions:
            report.never_named.append(pin)
        elif _order(pin.ecosystem, pin.version) > max(versions):
            report.newer.append(pin)
    return report


def _reason(hit: Hit, ignored: Iterable[dict[str, Any]], today: dt.date) -> str:
    for entry in ignored:
        if entry["id"] in hit.ids and canonicalize_name(entry["package"]) == canonicalize_name(hit.pin.name):
            return str(entry["reason"]) if today <= entry["until"] else ""
    return ""


# -- by hand ----------------------------------------------------------------------------------------------


def by_hand(path: Path = BY_HAND) -> dict[str, Any]:
    """The file of what was looked up. Raises `Unreadable` when an ignored advisory has no reason or no last day."""
    said = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for entry in said.get("ignore", ()):
        missing = [k for k in ("id", "package", "reason", "until") if not entry.get(k)]
        if missing:
            raise Unreadable(f"{path.name}: an ignored advisory says no {missing[0]}")
    return said


def as_entries(said: dict[str, Any]) -> list[dict[str, Any]]:
    """What was looked up by hand, in the form of OSV."""
    return [
        {
            "id": a["ids"][0], "aliases": a["ids"][1:], "summary": a["what"], "database_specific": {},
            "affected": [
                {
                    "package": {"ecosystem": a.get("ecosystem", "PyPI"), "name": a["package"]},
                    "ranges": [
                        {"type": "ECOSYSTEM", "events": [
                            {"introduced": a.get("from", "0")}, *([{"fixed": a["fixed"]}] if "fixed" in a else ()),
                        ]}
                    ],
                }
            ],
        }
        for a in said.get("advisory", ())
    ]  # fmt: skip


# -- saying it --------------------------------------------------------------------------------------------


def table(hits: Iterable[Hit]) -> str:
    """Plain columns: package, version, advisory, fixed in, severity, lock files."""
    rows = [("package", "locked", "advisory", "fixed in", "severity", "in")]
    rows += [
        (h.pin.name, h.pin.version, " ".join(h.ids), ", ".join(h.fixed) or "not fixed", h.severity,
         ", ".join(h.pin.files))
        for h in hits
    ]  # fmt: skip
    widths = [max(len(r[i]) for r in rows) for i in range(6)]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows)


def reach(pins: list[Pin], snapshot: Snapshot, report: Report, today: dt.date) -> list[str]:
    """How far the answer reaches, as plain sentences."""
    others = sorted({p.ecosystem for p in pins})
    lines = [
        f"Looked up: {report.looked_up} of {len(pins)} locked versions "
        f"({', '.join(f'{sum(p.ecosystem == e for p in pins)} {e}' for e in others)}) against "
        f"{snapshot.total:,} entries, {len(snapshot.entries)} of them about packages that are locked."
    ]
    if report.looked_up < len(pins):
        rest = len(pins) - report.looked_up
        lines.append(f"Not looked up: {rest}; the database holds nothing about their ecosystem.")
    when = f"{snapshot.date}" if snapshot.date else "not known"
    lines.append(f"Snapshot: {when}" + (f", commit {snapshot.commit[:12]}" if snapshot.commit else "") + ".")
    if snapshot.date and (age := (today - snapshot.date).days) > 1:
        lines.append(f"WARNING: the snapshot is {age} days old. What was published since then is not in it.")
    lines.append(
        f"It cannot clear {len(report.newer) + len(report.never_named)} of {report.looked_up}: "
        f"{len(report.newer)} are newer than any version it mentions, {len(report.never_named)} it never names."
    )
    return lines


def page(said: dict[str, Any], pins: list[Pin], lines: list[str], clean: bool) -> str:
    """docs/reference/audit.md."""
    versions: dict[tuple[str, str], list[str]] = {}
    for pin in pins:
        versions.setdefault((pin.ecosystem, pin.name), []).append(pin.version)

    def here(ecosystem: str, name: str) -> str:
        return ", ".join(versions.get((ecosystem, name), ["not locked"]))

    out = [
        "# Audit of what is locked", "",
        "<!-- Written by `python buildtools/audit.py --advisories DIR --page`; requirements/advisories.toml. -->", "",
        "Two looks at the locked versions: a machine's, at a copy of the advisory database of PyPA",
        "(https://github.com/pypa/advisory-database, CC-BY 4.0), and a person's, at what was published since.", "",
        "## The snapshot", "", *(f"- {line}" for line in lines), "",
        "No locked version is named by an advisory of the snapshot." if clean else
        "Locked versions are named: see the output of the command.", "",
        "## Looked up by hand", "", f"On {said['looked_up']}. {said['how']}", "",
        "| package | locked | advisory | what | fixed in | our verdict | source |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for a in said.get("advisory", ()):
        ecosystem = a.get("ecosystem", "PyPI")
        pinned = versions.get((ecosystem, a["package"]), [])
        here_now = [Pin(ecosystem=ecosystem, name=a["package"], version=v) for v in pinned]
        hit = match(here_now, as_entries({"advisory": [a]}))
        over = hit and all(_reason(h, said.get("ignore", ()), said["looked_up"]) for h in hit)
        verdict = "not locked" if not pinned else "passed over" if over else "VULNERABLE" if hit else "has the fix"
        out.append(
            f"| {a['package']} | {here(ecosystem, a['package'])} | {', '.join(a['ids'])} | {a['what']} "
            f"| {a.get('fixed', 'no release')} | {verdict} | {a['source']} |"
        )
    out += ["", "Looked for, and nothing found that concerns a version as new as the locked one:", ""]
    for ecosystem, key in (("PyPI", "nothing_found"), ("npm", "nothing_found_npm")):
        out.append(f"- {ecosystem}: " + ", ".join(f"{n} {here(ecosystem, n)}" for n in said.get(key, ())))
    out += ["", "## Not checked", "", *(f"- {line}" for line in said.get("not_checked", ())), ""]
    ignored = said.get("ignore", ())
    out += ["## Passed over", ""]
    out += [f"- {i['package']} {i['id']}, until {i['until']}: {i['reason']}" for i in ignored] or ["None."]
    return "\n".join(out) + "\n"


def ask_index(ignored: Iterable[dict[str, Any]], today: dt.date, root: Path = ROOT) -> int:
    """pip-audit over what users install and the development tools. It fails when a package cannot be looked up."""
    program = Path(sys.executable).parent / "pip-audit"
    over = [word for entry in ignored if today <= entry["until"] for word in ("--ignore-vuln", entry["id"])]
    status = 0
    for name in ASKED:
        words = ["--strict", "--disable-pip", "--require-hashes", *over, "-r", str(root / "requirements" / name)]
        status = max(status, subprocess.run([str(program), *words], check=False).returncode)
    return status


def main(arguments: list[str] | None = None, *, root: Path = ROOT, today: dt.date | None = None) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description="Known vulnerabilities of what is locked.")
    parser.add_argument("--advisories", type=Path, metavar="DIR", help="a copy of an advisory database (OSV)")
    parser.add_argument("--page", action="store_true", help="also write docs/reference/audit.md")
    options = parser.parse_args(arguments)
    today = today or dt.datetime.now(dt.UTC).date()
    try:
        pins, said = locked(root), by_hand(root / "requirements" / BY_HAND.name)
        if not pins:
            raise Unreadable(f"{root}: nothing is locked")
        known, over = [], []
        for hit in match(pins, as_entries(said)):
            reason = _reason(hit, said.get("ignore", ()), today)
            over.append((hit, reason)) if reason else known.append(hit)
        print(f"By hand: {len(said.get('advisory', ()))} advisories, looked up on {said.get('looked_up', 'no day')}: "
              f"{len(known)} concern a locked version, {len(over)} are passed over.")  # fmt: skip
        if options.advisories is None:
            if known:
                print(table(known))
            return max(ask_index(said.get("ignore", ()), today, root), 1 if known else 0)
        snapshot = read(options.advisories, {canonicalize_name(p.name) for p in pins})
        report = compare(pins, snapshot, said.get("ignore", ()), today)
        if not report.looked_up:
            raise Unreadable(f"{options.advisories}: no entry about any package that is locked; nothing was looked up")
    except Unreadable as why:
        print(f"audit: {why}", file=sys.stderr)
        return 2
    same = {(h.pin, i) for h in known for i in h.ids}
    hits = [*known, *(h for h in report.hits if not same & {(h.pin, i) for i in h.ids})]
    lines = reach(pins, snapshot, report, today)
    if hits:
        print(table(hits))
    for hit, reason in (*over, *report.passed_over):
        print(f"passed over: {hit.pin.name} {hit.pin.version} {hit.ids[0]}: {reason}")
    print("\n".join(lines))
    print(f"{len(hits)} known vulnerabilities" if hits else "No known vulnerability.")
    if options.page:
        target = root / "docs" / "reference" / PAGE.name
        target.write_text(page(said, pins, lines, not hits), encoding="utf-8")
    return 1 if hits else 0


if __name__ == "__main__":
    raise SystemExit(main())
