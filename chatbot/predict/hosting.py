"""One named service: its model, its line of requests, its token; and the house that several of them share."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.errors import ChatbotError, NotReadyError
from chatbot.json_file import Json
from chatbot.predict.archive import unpacked
from chatbot.predict.base import UNTIL, Description, Item, ItemError, Outcome, Predictor
from chatbot.predict.batching import Batcher, BatchLimits
from chatbot.predict.description import PredictService
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.processors import Processor, processor
from chatbot.predict.wire import Parsed, RefusedError
from chatbot.process_memory import resident_mb
from chatbot.security.credentials import same, token_hash

_LOG = logging.getLogger("chatbot.predict")
_APART = BatchLimits(max_batch_size=1, max_wait_seconds=0.0, max_queue=64)
_SPARE = 0.1
"""Share of a request's time that is left, after what was predicted apart, for writing the reply."""


@dataclass(slots=True)
class HostedService:
    """A service that is described; ``start`` makes it answer. ``kept_token`` is the hash of the token, or empty."""

    service: PredictService
    processor: Processor
    predictor: Predictor
    description: Description
    kept_token: str
    metrics: PredictMetrics
    _batcher: Batcher | None = None
    _apart: Batcher | None = None
    _trouble: str = "还在载入 · still loading"
    _starting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        return self.service.name

    def trouble(self) -> str:
        """Why it does not answer; empty when it does."""
        return self._trouble

    def admits(self, token: str | None) -> bool:
        """Whether ``token`` opens this service; in constant time."""
        return not self.kept_token or same(token_hash(token or ""), self.kept_token)

    def start(self) -> None:
        """Load the model, predict once on its example, then be ready. What fails is kept as the reason."""
        with self._starting:
            if self._batcher is not None:
                return
            begun, before = time.monotonic(), resident_mb()
            try:
                self.predictor.load()
                warm_up(self.predictor, self.description)
            except (
                Exception
            ) as error:  # a model that cannot be loaded must not take the other services with it
                self._trouble = (
                    error.message if isinstance(error, ChatbotError) else f"{type(error).__name__}: {error}"
                )
                _LOG.error("service %s does not answer: %s", self.name, self._trouble)
                return
            self.metrics.loaded(self.name, resident_mb() - before)
            self._batcher = Batcher(
                self.predictor.predict, self.service.limits_for(self.description), self._observe
            )
            if self.processor.apart is not None:
                self._apart = Batcher(self.predictor.predict, _APART, self._observe)
            self._trouble = ""
            _LOG.info("service %s is ready after %.2f s", self.name, time.monotonic() - begun)

    def stop(self) -> None:
        """Answer what is in line, give the model's memory back. May be called twice."""
        batcher, self._batcher, self._trouble = self._batcher, None, "正在停止 · stopping"
        apart, self._apart = self._apart, None
        if batcher is not None:
            batcher.close()
            if apart is not None:
                apart.close()
            self.predictor.unload()

    def parse(self, body: bytes) -> Parsed:
        """What ``body`` asks.

        Raises:
            InvalidMessageError: it cannot be read as a whole.
        """
        return self.processor.wire.parse(body, self.description.schema)

    def answer(self, parsed: Parsed, request_id: str) -> tuple[Json, list[Outcome]]:
        """The reply's JSON value, and the outcomes it shows.

        Raises:
            NotReadyError, OverloadedError, DeadlineError: nothing could be predicted now.
            RefusedError: one of these, in the words of the wire format.
        """
        try:
            outcomes = self._outcomes(parsed.items)
        except ChatbotError as error:
            if reply := self.processor.wire.refusal(parsed, error):
                raise RefusedError(error, reply) from error
            raise
        return self.processor.wire.render(parsed, outcomes, request_id), outcomes

    def refused(self, error: ChatbotError, request_id: str) -> ChatbotError:
        """``error``, before the body was read, in the words of the service's wire formats."""
        reply = self.processor.wire.refusal(None, error)
        return RefusedError(error, {**reply, "request_id": request_id}) if isinstance(reply, dict) else error

    def _outcomes(self, items: Sequence[Item | ItemError]) -> list[Outcome]:
        good = [item for item in items if not isinstance(item, ItemError)]
        if not good:
            return list(items)
        batcher = self._batcher
        if batcher is None:
            raise NotReadyError(f"服务 {self.name} 还不能回答：{self._trouble}")
        is_apart = self.processor.apart
        if is_apart is not None and any(slow := [is_apart(item) for item in good]):
            predicted = iter(self._apart_from_others(batcher, good, slow))
        else:
            predicted = iter(batcher.submit(good, self.service.seconds))
        return [item if isinstance(item, ItemError) else next(predicted) for item in items]

    def _apart_from_others(self, batcher: Batcher, items: list[Item], slow: list[bool]) -> list[Outcome]:
        """What is quick is predicted first; what is left of the time is shared out among what is slow. What is slow for
        the first time only (loading) takes nothing of it."""
        begun, whole = time.monotonic(), self.service.seconds
        quick = iter(batcher.submit([one for one, late in zip(items, slow, strict=True) if not late], whole))
        left = whole - (time.monotonic() - begun)
        self.processor.before_apart(self.predictor)
        count, now, asked = sum(slow), time.monotonic(), list[Item]()
        for item in (one for one, late in zip(items, slow, strict=True) if late):
            share = left * (1 - _SPARE) * (len(asked) + 1) / count
            asked.append({**item, UNTIL: now + share})
        if self._apart is None:
            raise NotReadyError(f"服务 {self.name} 正在停止 → 稍后再试")
        late_ones = iter(self._apart.submit(asked, left))
        return [next(late_ones) if late else next(quick) for late in slow]

    def _observe(self, items: int, seconds: float, cpu_seconds: float) -> None:
        self.metrics.batch(self.name, items, seconds, cpu_seconds)
        if self._batcher is not None:
            self.metrics.queue(self.name, self._batcher.in_line)


def warm_up(predictor: Predictor, description: Description) -> None:
    """Predict on the schema's own example, alone and together: what is made at first use is made now.

    Raises:
        Exception: whatever the model raises; a model that fails on its own example is not served.
    """
    example = description.schema.example
    for batch in ([example], [example, example]):
        outcomes = predictor.predict(batch)
        if len(outcomes) != len(batch):
            raise ValueError(f"{len(batch)} items, {len(outcomes)} outcomes")


def host(service: PredictService, kept_token: str, metrics: PredictMetrics, models: Path) -> HostedService:
    """``service`` as it will be hosted, nothing loaded yet; archives are unpacked below ``models``.

    Raises:
        ConfigError, ModelError: no such processor, or the model is not what it should be.
    """
    kind = processor(service.processor)
    place = None if service.model_path is None else unpacked(service.model_path, models)
    predictor = kind.make(place, service.settings)
    return HostedService(service, kind, predictor, predictor.describe(), kept_token, metrics)


class House:
    """All services of one process, by name."""

    def __init__(self, services: Sequence[HostedService]) -> None:
        self.services: Mapping[str, HostedService] = {one.name: one for one in services}

    def start(self) -> None:
        """Load all; one after the other, since loading is limited by disk and processor."""
        for service in self.services.values():
            service.start()

    def stop(self) -> None:
        for service in self.services.values():
            service.stop()

    def troubles(self) -> dict[str, str]:
        """By service, why it does not answer; empty texts are good news."""
        return {name: service.trouble() for name, service in self.services.items()}
