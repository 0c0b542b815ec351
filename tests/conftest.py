"""What every test may use: the real data when they are there, a workspace of its own, the command line."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parents[1]

# The same examples in every run: a failure here is a failure there. `make soak` looks further.
SOAK = 10_000
settings.register_profile(
    "suite", derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", deadline=None, max_examples=SOAK, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def examples(few: int) -> int:
    """How many examples a heavy property is tried on: ``few`` in the suite, as many as any other under `make soak`."""
    return few if os.environ.get("HYPOTHESIS_PROFILE", "suite") == "suite" else SOAK


def shared_dir() -> Path | None:
    """Folder of the real data (VEDETTE_SHARED, by default beside the repository); None when it is not there."""
    folder = Path(os.environ.get("VEDETTE_SHARED", REPOSITORY.parent / "shared"))
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data; the test is skipped, saying so, where they are absent. Mark it with ``shared`` too."""
    folder = shared_dir()
    if folder is None:
        pytest.skip("the real data are not here (set VEDETTE_SHARED to their folder)")
    return folder


@pytest.fixture(autouse=True)
def workspace_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace folder of the test's own, not made yet: no test ever touches the user's."""
    home = tmp_path / "home"
    monkeypatch.setenv("VEDETTE_HOME", str(home))
    for name in ("DATABASE_URL", "VEDETTE_DATA", "VEDETTE_BUSY_SECONDS", "VEDETTE_MAX_DOCUMENT_MB"):
        monkeypatch.delenv(name, raising=False)
    for name in [n for n in os.environ if n.startswith("VEDETTE_LLM_")]:
        monkeypatch.delenv(name)  # no test may send anything to the user's own model
    # No test asks the user's own keyring: a null one has nothing in it.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("VEDETTE_AUTHOR", "Test Analyst")
    monkeypatch.setenv("NO_COLOR", "1")
    return home


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a real PostgreSQL, started when the first test asks for it."""
    from tests.postgres_server import running_server

    with running_server() as address:
        yield address


@pytest.fixture
def postgres_database(postgres_server: str, worker_id: str) -> str:
    """Address of an empty database of the test's own."""
    from tests.postgres_server import new_database

    return new_database(postgres_server, f"vedette_test_{worker_id}")


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    status: int
    out: str
    err: str


class CommandLine:
    """Runs ``vedette`` in this process: fast, and with coverage of the real entry point."""

    def __call__(self, *args: str | Path, stdin: bytes = b"") -> Outcome:
        """Run one command; standard input, output and error are pipes, as in a script."""
        from vedette.cli import main

        out, err = io.StringIO(), io.StringIO()
        before = sys.stdin
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
        try:
            with redirect_stdout(out), redirect_stderr(err):
                status = main([str(a) for a in args])
        finally:
            sys.stdin = before
        assert "Traceback" not in err.getvalue()
        return Outcome(status=status, out=out.getvalue(), err=err.getvalue())

    def ok(self, *args: str | Path, stdin: bytes = b"") -> str:
        """Standard output of a command that must succeed."""
        done = self(*args, stdin=stdin)
        assert done.status == 0, done.err
        return done.out

    def refused(self, *args: str | Path, stdin: bytes = b"") -> str:
        """The one line of a command that must be refused with status 2 and no data."""
        done = self(*args, stdin=stdin)
        assert done.status == 2, (done.status, done.out, done.err)
        lines = [line for line in done.err.splitlines() if line.strip()]
        assert len(lines) == 1, done.err
        return lines[0]


@pytest.fixture
def vedette() -> Iterator[CommandLine]:
    """The command line, in a workspace of the test's own."""
    yield CommandLine()
