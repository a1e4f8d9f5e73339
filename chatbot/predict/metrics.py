"""What Prometheus and the live page are told of each service. Right with several workers, as ``chatbot.metrics`` is.

Processor time of a service is that of the threads that predict for it; its memory is what the process grew by when the
model was loaded. Both leave out what all services of a process share.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from chatbot.json_file import Json
from chatbot.metrics import quantile, share_by_slot
from chatbot.predict.gpu import gpu_figures
from chatbot.process_memory import resident_mb

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
_MB = 2**20


class PredictMetrics:
    """The counters of one process. ``folder`` is what all workers share, or empty for one process."""

    def __init__(self, folder: str = "") -> None:
        self._folder = folder
        if folder:
            share_by_slot()
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "predict_requests", "Requests by HTTP status", ("service", "status"), registry=registry
        )
        self._items = Counter(
            "predict_items", "Items by what became of them", ("service", "fate"), registry=registry
        )
        self._seconds = Histogram(
            "predict_request_seconds", "Time from the request read to the reply written", ("service",),
            registry=registry, buckets=_SECONDS,
        )  # fmt: skip
        self._batches = Histogram(
            "predict_batch_size",
            "Items predicted on together",
            ("service",),
            registry=registry,
            buckets=_SIZES,
        )
        self._batch_seconds = Histogram(
            "predict_batch_seconds", "Time one batch took", ("service",), registry=registry, buckets=_SECONDS
        )
        self._cpu = Counter(
            "predict_cpu_seconds",
            "Processor time of the threads that predict",
            ("service",),
            registry=registry,
        )
        self._queue = Gauge(
            "predict_queue_items",
            "Items in line",
            ("service",),
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._model_memory = Gauge(
            "predict_model_memory_bytes", "What loading the model took, all workers", ("service",),
            registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip
        self._memory = Gauge(
            "predict_process_memory_bytes", "Resident memory of all workers", registry=registry,
            multiprocess_mode="livesum",
        )  # fmt: skip
        self._memory_at = 0.0
        self._of = cache(
            lambda metric, *labels: metric.labels(*labels)
        )  # to look one up costs as much as to count

    def request(self, service: str, status: int, seconds: float, good: int, bad: int) -> None:
        """One request was answered; ``good`` and ``bad`` count its items."""
        self._of(self._requests, service, str(status)).inc()
        self._of(self._seconds, service).observe(seconds)
        if good:
            self._of(self._items, service, "predicted").inc(good)
        if bad:
            self._of(self._items, service, "refused").inc(bad)

    def batch(self, service: str, items: int, seconds: float, cpu_seconds: float) -> None:
        """One batch was predicted."""
        self._of(self._batches, service).observe(items)
        self._of(self._batch_seconds, service).observe(seconds)
        self._of(self._cpu, service).inc(cpu_seconds)
        self._remember_memory()

    def queue(self, service: str, items: int) -> None:
        """So many items stand in line now."""
        self._of(self._queue, service).set(items)

    def loaded(self, service: str, grown_mb: float) -> None:
        """A model was loaded; the process grew by ``grown_mb``."""
        self._of(self._model_memory, service).set(max(0.0, grown_mb) * _MB)
        self._remember_memory()

    def exposition(self) -> bytes:
        """All workers' figures, in the Prometheus text format."""
        return generate_latest(self._all_workers())

    def figures(self) -> dict[str, Json]:
        """The same for the live page: by service, counters since the start (the page plots differences) and gauges."""
        services: dict[str, dict[str, Json]] = defaultdict(dict)
        buckets: dict[str, dict[float, float]] = defaultdict(dict)
        shared: dict[str, Json] = {}
        for metric in self._all_workers().collect():
            for sample in metric.samples:
                service = sample.labels.get("service")
                if service is None:
                    name = sample.name + "".join(f":{value}" for value in sample.labels.values())
                    shared[name] = sample.value
                elif sample.name == "predict_request_seconds_bucket":
                    buckets[service][float(sample.labels["le"])] = sample.value
                elif not sample.name.endswith(("_bucket", "_created")):
                    rest = [value for key, value in sample.labels.items() if key != "service"]
                    services[service][":".join([sample.name, *rest])] = sample.value
        for service, counts in buckets.items():
            if any(counts.values()):
                services[service]["p50_ms"] = quantile(counts, 0.5) * 1000
                services[service]["p99_ms"] = quantile(counts, 0.99) * 1000
        return {"at": time.time(), "services": dict(services), "process": shared}

    def _remember_memory(self) -> None:
        now = time.monotonic()
        if now - self._memory_at > 1.0:
            self._memory_at = now
            self._memory.set(resident_mb() * _MB)

    def _all_workers(self) -> CollectorRegistry:
        registry = CollectorRegistry()
        if self._folder:
            MultiProcessCollector(registry, path=self._folder)  # type: ignore[no-untyped-call]
        else:
            registry.register(_Passed(self._registry))
        registry.register(_Gpu())
        return registry


class _Passed(Collector):
    """Passes another registry's metrics on."""

    def __init__(self, source: CollectorRegistry) -> None:
        self._source = source

    def collect(self) -> Iterator[Metric]:
        yield from self._source.collect()


class _Gpu(Collector):
    """Graphics processors, where there are any."""

    def collect(self) -> Iterator[Metric]:
        used = GaugeMetricFamily("predict_gpu_utilisation", "0 to 1", labels=("gpu",))
        memory = GaugeMetricFamily("predict_gpu_memory_bytes", "Memory in use", labels=("gpu",))
        for index, share, taken in gpu_figures():
            used.add_metric((index,), share)
            memory.add_metric((index,), taken)
        yield used
        yield memory
