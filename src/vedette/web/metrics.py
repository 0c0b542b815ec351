"""Numbers of a running workbench, in the text format of Prometheus (version 0.0.4)."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets of durations, in seconds: the ones Prometheus clients use by default."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Counted by name. Whoever asks can send any word as the method: the rest is one line, so that none adds another."""
TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts of requests and their durations, by the pattern of the route: never by address, which names cases."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, str]] = Counter()
        self._buckets: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()
        self._counted: Counter[str] = Counter()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        name = method if method in METHODS else "other"
        with self._lock:
            self._requests[name, route, str(status)] += 1
            self._buckets.setdefault(route, [0] * (len(BOUNDS) + 1))[bisect_left(BOUNDS, seconds)] += 1
            self._seconds[route] += seconds  # type: ignore[assignment]  # a Counter adds floats as well

    def count(self, name: str, by: int = 1) -> None:
        """Count something else that happened."""
        with self._lock:
            self._counted[name] += by

    def counted(self, name: str) -> int:
        """How often it happened."""
        return self._counted[name]

    def text(self, gauges: Mapping[str, tuple[str, float]], version: str) -> str:
        """Everything, with ``gauges`` (name: help and present value)."""
        with self._lock:
            requests, seconds = dict(self._requests), dict(self._seconds)
            buckets = {route: list(row) for route, row in self._buckets.items()}
            counted = dict(self._counted)
        lines = [*_family("vedette_info", "gauge", "Version of the program.", [({"version": version}, 1)])]
        lines += _family(
            "vedette_requests_total", "counter", "Requests answered.",
            [({"method": m, "route": r, "status": s}, n) for (m, r, s), n in sorted(requests.items())],
        )  # fmt: skip
        lines += ["# HELP vedette_request_seconds Time to the end of the answer.",
                  "# TYPE vedette_request_seconds histogram"]  # fmt: skip
        for route, row in sorted(buckets.items()):
            total = 0
            for bound, n in zip((*map(str, BOUNDS), "+Inf"), row, strict=True):
                total += n
                lines.append(_line("vedette_request_seconds_bucket", {"route": route, "le": bound}, total))
            lines.append(_line("vedette_request_seconds_sum", {"route": route}, seconds.get(route, 0.0)))
            lines.append(_line("vedette_request_seconds_count", {"route": route}, total))
        lines += _family(
            "vedette_assessments_total", "counter", "Assessments computed, those kept from before not counted.",
            [({}, counted.get("assessments", 0))],
        )  # fmt: skip
        for name, (said, value) in gauges.items():
            lines += _family(f"vedette_{name}", "gauge", said, [({}, value)])
        return "\n".join(lines) + "\n"


def _family(
    name: str, kind: str, said: str, rows: Iterable[tuple[Mapping[str, str], float]]
) -> list[str]:
    return [f"# HELP {name} {said}", f"# TYPE {name} {kind}", *(_line(name, labels, value) for labels, value in rows)]


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    inside = ",".join(f'{k}="{_escaped(v)}"' for k, v in labels.items())
    return f"{name}{{{inside}}} {value!r}" if inside else f"{name} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
