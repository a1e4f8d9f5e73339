"""What Prometheus is told. Right with several workers: they share files in ``PROMETHEUS_MULTIPROC_DIR``."""

import logging
import math
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from chatbot.reply import Reply
from chatbot.service import ChatService

_LOG = logging.getLogger("chatbot.metrics")
SLOT_VARIABLE = "CHATBOT_METRICS_SLOT"
COUNTER_FILES = ("counter", "histogram")
FILE_BYTES = 1 << 16
"""What ``prometheus_client`` makes its files; our label values fill a tenth of it."""

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class ChatMetrics:
    """The counters of one process. ``multiprocess_dir`` is the folder all workers share, or empty for one process.

    The runner sets the environment variable before ``prometheus_client`` is imported: that is when it is read.
    """

    def __init__(self, multiprocess_dir: str = "") -> None:
        self._multiprocess_dir = multiprocess_dir
        if multiprocess_dir:
            share_by_slot()
        self._registry = CollectorRegistry()
        self._turns = Counter(
            "chatbot_turns", "Turns by dialogue state, answer source and outcome (answer type)",
            ("state", "source", "outcome"), registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "chatbot_turn_seconds", "Time from the request read to the reply written, in seconds", ("source",),
            registry=self._registry, buckets=_BUCKETS,
        )  # fmt: skip
        self._turn_counters: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        self._store_errors = Counter(
            "chatbot_session_store_errors",
            "Turns whose session could not be loaded or saved (unavailable: answered all the same; busy: refused)",
            ("kind",), registry=self._registry,
        )  # fmt: skip
        self._errors = Counter(
            "chatbot_http_errors", "Error replies by code", ("code",), registry=self._registry
        )

        self._stored = Counter(
            "chatbot_stored_turns", "Turns for the store by what became of them (written, dropped)", ("fate",),
            registry=self._registry,
        )  # fmt: skip

    def rows_written(self, count: int) -> None:
        """Turns are in the store."""
        with _harmless:
            self._stored.labels("written").inc(count)

    def rows_dropped(self, count: int) -> None:
        """Turns did not get into the store."""
        with _harmless:
            self._stored.labels("dropped").inc(count)

    def turn(self, reply: Reply, seconds: float) -> None:
        """Count one answered turn."""
        with _harmless:
            key = (reply.state, reply.answer_source, reply.answer_type)
            counters = self._turn_counters.get(key)
            if counters is None:
                counters = self._turns.labels(*key), self._seconds.labels(reply.answer_source)
                self._turn_counters[key] = counters
            counters[0].inc()
            counters[1].observe(seconds)
            if reply.degraded:
                self._store_errors.labels("unavailable").inc()

    def error(self, code: str) -> None:
        """Count one error reply."""
        with _harmless:
            self._errors.labels(code).inc()
            if code == "session_busy":
                self._store_errors.labels("busy").inc()

    def exposition(self, service: ChatService) -> bytes:
        """All workers' counters and the state of ``service``, in the Prometheus text format."""
        registry = self._all_workers()
        registry.register(_ServiceState(service))
        return generate_latest(registry)

    def latency_ms(self) -> tuple[float, float] | None:
        """p50 and p99 of all turns so far, read off the histogram (linear between its bounds); ``None`` without turns."""
        counts: dict[float, float] = defaultdict(float)
        for metric in self._all_workers().collect():
            for sample in metric.samples:
                if sample.name == "chatbot_turn_seconds_bucket":
                    counts[float(sample.labels["le"])] += sample.value
        return (quantile(counts, 0.5) * 1000, quantile(counts, 0.99) * 1000) if any(counts.values()) else None

    def _all_workers(self) -> CollectorRegistry:
        registry = CollectorRegistry()
        if self._multiprocess_dir:
            MultiProcessCollector(registry, path=self._multiprocess_dir)  # type: ignore[no-untyped-call]
        else:
            registry.register(_Passed(self._registry))
        return registry


def quantile(counts: Mapping[float, float], share: float) -> float:
    """The value below which ``share`` of the observations lie; ``counts`` are cumulative by upper bound."""
    bounds = sorted(counts)
    wanted, below, lower = share * counts[bounds[-1]], 0.0, 0.0
    for bound in bounds:
        if counts[bound] >= wanted:
            if math.isinf(bound):
                return lower
            inside = counts[bound] - below
            return lower + (bound - lower) * ((wanted - below) / inside if inside else 1.0)
        below, lower = counts[bound], bound
    return lower


def share_by_slot() -> None:
    """Counters made from now on are kept by slot, not by process: the successor of a worker counts on in its file."""
    values.ValueClass = values.MultiProcessValue(_slot)  # type: ignore[no-untyped-call]


def _slot() -> str:
    """What no two living processes share: the slot that the runner gave, or the process id."""
    return os.environ.get(SLOT_VARIABLE) or str(os.getpid())


def reserve_files(folder: str, slot: int) -> None:
    """Take the disk space of a slot's files. They are mapped into memory, and a page that the disk has no room for
    would end the process.

    Raises:
        OSError: the disk is full.
    """
    for kind in COUNTER_FILES:
        descriptor = os.open(os.path.join(folder, f"{kind}_{slot}.db"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, FILE_BYTES)
        finally:
            os.close(descriptor)


class _Harmless:
    """A full disk or a folder that someone removed costs the counters, never an answer."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: object, _: object) -> bool:
        if isinstance(error, OSError):
            _LOG.warning("not counted: %s", error)
            return True
        return False


_harmless = _Harmless()


class _Passed(Collector):
    """Passes another registry's metrics on."""

    def __init__(self, source: CollectorRegistry) -> None:
        self._source = source

    def collect(self) -> Iterable[Metric]:
        return self._source.collect()


class _ServiceState(Collector):
    """What is true now, asked at the scrape: which knowledge answers, which components are ready."""

    def __init__(self, service: ChatService) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        version = GaugeMetricFamily(
            "chatbot_kb_info", "The knowledge base that answers", labels=("kb_version",)
        )
        version.add_metric((self._service.kb_version,), 1)
        yield version
        ready = GaugeMetricFamily(
            "chatbot_component_ready", "1 when the component is ready", labels=("component",)
        )
        for component, reason in self._service.readiness().items():
            ready.add_metric((component,), 0 if reason else 1)
        yield ready
