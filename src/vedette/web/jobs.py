"""Work that may take longer than a reader waits: run in a thread, followed on a page that shows every step."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from starlette.requests import Request

KEPT: Final = 50
"""Jobs whose outcome is kept. [assumption]: a morning of adding documents."""
AT_ONCE: Final = 2
"""Jobs that run side by side; others wait their turn. [assumption]: a laptop's cores."""
PATIENCE: Final = 1.5
"""Seconds a request waits for its job before the page with the steps is shown. [assumption]"""

Say = Callable[[str], None]


@dataclass(slots=True)
class Job:
    """One piece of work. ``steps`` with seconds since its start; ``to``: where to go on when it is done.

    ``given`` is what it was started with, so that a refusal gives it back; ``about`` the case it belongs to.
    """

    id: str
    title: str
    owner: str
    started: float
    steps: list[tuple[float, str]] = field(default_factory=list)
    given: Any = None
    about: str = ""
    to: str = ""
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def say(self, text: str) -> None:
        """Note the step that begins now."""
        self.steps.append((time.monotonic() - self.started, text))


class Jobs:
    """The jobs of one running workbench."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._turn = threading.Semaphore(AT_ONCE)

    def start(
        self, title: str, owner: str, work: Callable[[Say], str], *, given: Any = None, about: str = ""
    ) -> Job:
        """Run ``work``, which says its steps and returns the address to go on to."""
        job = Job(id=secrets.token_hex(8), title=title, owner=owner, started=time.monotonic(), given=given,
                  about=about)
        with self._lock:
            self._held[job.id] = job
            for old in [k for k, j in self._held.items() if j.done.is_set()][: max(0, len(self._held) - KEPT)]:
                del self._held[old]
        threading.Thread(target=self._run, args=(job, work), daemon=True, name=f"job-{job.id}").start()
        return job

    def _run(self, job: Job, work: Callable[[Say], str]) -> None:
        try:
            with self._turn:
                job.to = work(job.say)
        except Exception as error:
            job.error = error
        finally:
            job.done.set()

    def unfinished(self) -> int:
        """Jobs that run or wait."""
        with self._lock:
            return sum(not j.done.is_set() for j in self._held.values())

    def find(self, name: str) -> Job | None:
        """A job that is still kept."""
        with self._lock:
            return self._held.get(name)


def jobs_of(request: Request) -> Jobs:
    """The jobs of the running application."""
    state = request.app.state
    if not hasattr(state, "jobs"):
        state.jobs = Jobs()
    found: Jobs = state.jobs
    return found
