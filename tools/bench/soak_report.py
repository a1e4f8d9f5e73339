"""What a soak came to: failures by cause, latency against the bare route, rows that are missing afterwards."""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tools.bench.load import LoadResult
from tools.bench.servers import Server
from tools.bench.talk_load import Failure, TalkLoad

IN_FLIGHT = "in flight on a killed worker"
IN_FLIGHT_SECONDS = 2.0
"""A connection of a killed worker fails at once; this long for the news to reach the client."""


@dataclass(frozen=True, slots=True)
class Publish:
    """A new knowledge version: when its files were in place, its name, seconds until a reply named it."""

    at: float
    version: str
    live_after: float | None


@dataclass(frozen=True, slots=True)
class Kill:
    """A worker killed: when, and the clients' ports of its connections."""

    at: float
    ports: frozenset[int]


@dataclass(frozen=True, slots=True)
class SoakResult:
    """All figures of one run. ``rows_*``: answered turns that the log or the store does not hold afterwards; ``None``
    where there is no store."""

    seconds: float
    turns: int
    per_second: float
    failed: int
    error_rate: float
    failures: dict[str, int]
    degraded: int
    p50_ms: float
    p99_ms: float
    p999_ms: float
    slowest_ms: float
    bare_p50_ms: float
    bare_p99_ms: float
    p99_to_bare: float
    publishes: int
    publishes_live: int
    live_after_s: tuple[float, ...]
    kills: int
    connections_of_killed: int
    rows_missing_in_log: int
    rows_missing_in_store: int | None
    faults: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Nothing failed but what was in flight on killed workers, all publishes went live, all else happened."""
        others = sum(count for cause, count in self.failures.items() if cause != IN_FLIGHT)
        return not others and not self.faults and self.publishes_live == self.publishes


def summary(
    server: Server,
    talk: TalkLoad,
    events: tuple[Sequence[Publish], Sequence[Kill], Sequence[str]],
    bare: LoadResult,
) -> SoakResult:
    """Put the figures of a run together; call it when the service has stopped."""
    (publishes, kills, faults), result = events, talk.result
    causes = Counter(cause_of(failure, kills) for failure in result.failures)
    live = [publish.live_after for publish in publishes if publish.live_after is not None]
    bare_p99 = bare.percentile(0.99) * 1000
    return SoakResult(
        seconds=round(result.seconds, 1),
        turns=result.sent,
        per_second=round(len(result.answered) / result.seconds, 1),
        failed=len(result.failures),
        error_rate=round(len(result.failures) / max(1, result.sent), 7),
        failures=dict(causes),
        degraded=result.degraded,
        p50_ms=result.percentile_ms(0.5),
        p99_ms=result.percentile_ms(0.99),
        p999_ms=result.percentile_ms(0.999),
        slowest_ms=result.percentile_ms(1),
        bare_p50_ms=round(bare.percentile(0.5) * 1000, 3),
        bare_p99_ms=round(bare_p99, 3),
        p99_to_bare=round(result.percentile_ms(0.99) / bare_p99, 2),
        publishes=len(publishes),
        publishes_live=len(live),
        live_after_s=tuple(round(seconds, 2) for seconds in live),
        kills=len(kills),
        connections_of_killed=sum(len(kill.ports) for kill in kills),
        rows_missing_in_log=len(set(result.answered) - logged_traces(server)),
        rows_missing_in_store=missing_in_store(server, set(result.answered)),
        faults=tuple(faults),
    )


def cause_of(failure: Failure, kills: Sequence[Kill]) -> str:
    """What a failure is put down to: a killed worker when it was on one of its connections, else what was seen."""
    for kill in kills:
        if failure.port in kill.ports and 0 <= failure.at - kill.at < IN_FLIGHT_SECONDS:
            return IN_FLIGHT
    return failure.cause


def logged_traces(server: Server) -> set[int]:
    """Trace numbers of the turns that have a line in the log."""
    traces = (line.get("trace_id") for line in server.log_lines() if line.get("event") == "turn")
    return {int(trace[5:]) for trace in traces if isinstance(trace, str) and trace.startswith("soak-")}


def missing_in_store(server: Server, answered: set[int]) -> int | None:
    """Answered turns that are not in the store; ``None`` without one."""
    file = server.state / "store.db"
    if not file.exists():
        return None
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        traces = database.execute("SELECT trace_id FROM turns WHERE trace_id LIKE 'soak-%'")
        return len(answered - {int(trace[5:]) for (trace,) in traces})


def as_text(result: SoakResult) -> str:
    """The figures for a person, the worse first."""
    causes = "，".join(f"{cause} {count}" for cause, count in sorted(result.failures.items())) or "none"
    others = sum(count for cause, count in result.failures.items() if cause != IN_FLIGHT)
    stored = "no store" if result.rows_missing_in_store is None else str(result.rows_missing_in_store)
    rows = [
        f"failed turns                {result.failed} of {result.turns} (error rate {result.error_rate:.2e}): {causes}",
        f"… beside those in flight    {others} (wanted 0); killed workers had {result.connections_of_killed} connections",
        f"answered without session    {result.degraded}",
        f"rows missing in log, store  {result.rows_missing_in_log}, {stored}",
        f"p50, p99, p99.9, slowest    {result.p50_ms}, {result.p99_ms}, {result.p999_ms}, {result.slowest_ms} ms",
        f"bare route p50, p99         {result.bare_p50_ms}, {result.bare_p99_ms} ms; p99 ratio {result.p99_to_bare}",
        f"turns a second              {result.per_second} for {result.seconds} s",
        f"publishes live              {result.publishes_live} of {result.publishes}, after {max(result.live_after_s, default=0)} s at most",
        f"workers killed              {result.kills}",
        *(f"fault                       {fault}" for fault in result.faults),
    ]
    return "\n".join(rows)
