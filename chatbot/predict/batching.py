"""Adaptive micro-batching: requests that wait at the same time are predicted on together.

A batch takes what waits, and is not held back for company that is not coming: it waits (``max_wait_seconds`` at most)
only while fewer items stand in line than the last batches held, which is what clients that ask again after each answer
look like. A request that comes alone, to a model that is known to be quick, is predicted on by its own thread: to hand
it to another and wake up again takes longer than a small model does. Requests take turns for places in a batch, so that a list of a thousand does not stand before the next
caller; each has its own deadline, and whoever gave up takes no place. The idea of a bounded wait for a full batch is
that of Clipper (Crankshaw et al., NSDI 2017, section 4.3).
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chatbot.errors import DeadlineError, NotReadyError, OverloadedError
from chatbot.predict.base import Item, ItemError, Outcome

_LOG = logging.getLogger("chatbot.predict")
_SMOOTHING = 0.3
_WAIT_SHARE = 0.25
"""A batch waits for company no longer than this share of what predicting takes."""
_ALONE = 1.5
"""Requests come alone while batches held fewer items than this."""
_QUICK_SECONDS = 0.025
"""A model that takes longer for a batch is never run by the request's thread, which could not keep its deadline."""

Predict = Callable[[Sequence[Item]], Sequence[Outcome]]
Observe = Callable[[int, float, float], None]
"""Told of each batch: items, seconds, processor seconds of the thread that predicted."""


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """``max_queue`` counts items in line; ``threads`` batches are predicted at once."""

    max_batch_size: int = 16
    max_wait_seconds: float = 0.05
    max_queue: int = 1024
    threads: int = 1


@dataclass(slots=True, eq=False)
class _Waiting:
    """One request in line. ``taken`` of its items are in batches; ``given_up`` once its caller went away."""

    items: Sequence[Item]
    deadline: float
    outcomes: list[Outcome | None] = field(default_factory=list)
    taken: int = 0
    left: int = 0
    given_up: bool = False
    done: threading.Event = field(default_factory=threading.Event)


class Batcher:
    """Answers requests by batches. Made after the fork; ``close`` when no more come."""

    def __init__(self, predict: Predict, limits: BatchLimits, observe: Observe = lambda *_: None) -> None:
        self._predict, self._limits, self._observe = predict, limits, observe
        self._line: deque[_Waiting] = deque()
        self._in_line = 0
        self._usual_size, self._usual_seconds = 1.0, 0.0
        self._busy = 0
        self._closed = False
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"predict-{number}", daemon=True)
            for number in range(limits.threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def in_line(self) -> int:
        """Items that wait."""
        return self._in_line

    def submit(self, items: Sequence[Item], seconds: float) -> list[Outcome]:
        """The outcomes of ``items``, in their order.

        Raises:
            OverloadedError: the line is full, or too long for ``seconds``.
            DeadlineError: no answer within ``seconds``.
            NotReadyError: closed.
        """
        if not items:
            return []
        if len(items) == 1 and self._may_run_here():
            return self._run_here(items, seconds)
        request = _Waiting(items, time.monotonic() + seconds, [None] * len(items), left=len(items))
        with self._changed:
            self._admit(len(items), seconds)
            self._line.append(request)
            self._in_line += len(items)
            self._changed.notify()
        if not request.done.wait(seconds):
            with self._changed:
                if request.left:
                    self._give_up(request)
                    raise _late(seconds)
        return [outcome for outcome in request.outcomes if outcome is not None]

    def _may_run_here(self) -> bool:
        """Whether a request of one item may be predicted on at once; if so, a place is taken for it."""
        with self._changed:
            free = not self._line and self._busy < self._limits.threads and not self._closed
            quick = 0 < self._usual_seconds < _QUICK_SECONDS and self._usual_size < _ALONE
            self._busy += free and quick
            return free and quick

    def _run_here(self, items: Sequence[Item], seconds: float) -> list[Outcome]:
        begun, used = time.monotonic(), time.thread_time()
        outcomes, took = list[Outcome](), 0.0
        try:
            outcomes = predict_each(self._predict, items, _told)
            took = time.monotonic() - begun
            self._observe(1, took, time.thread_time() - used)
        finally:
            with self._changed:
                self._learn(1, took)
                self._busy -= 1
                if self._line or self._closed:
                    self._changed.notify_all()
        if took > seconds:
            raise _late(seconds)
        return outcomes

    def close(self) -> None:
        """Answer what is in line, then stop. May be called twice."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        with self._changed:
            while self._busy:
                self._changed.wait()

    def _admit(self, count: int, seconds: float) -> None:
        if self._closed:
            raise NotReadyError("服务正在停止 → 换一个地址或稍后再试")
        ahead = self._in_line
        wait = self._seconds_for(ahead)
        if ahead and (ahead + count > self._limits.max_queue or wait > seconds):
            raise OverloadedError(f"排队的有 {ahead} 条，来不及算 → 过一会儿再试", max(wait, 0.05))

    def _seconds_for(self, ahead: int) -> float:
        """How long until what is in line will have been predicted."""
        return ahead / max(1.0, self._usual_size) * self._usual_seconds / self._limits.threads

    def _give_up(self, request: _Waiting) -> None:
        request.given_up = True
        self._in_line -= len(request.items) - request.taken
        if request in self._line:
            self._line.remove(request)

    # ------------------------------------------------------------------ the predicting threads

    def _work(self) -> None:
        while True:
            with self._changed:
                while self._idle():
                    self._changed.wait()
                if not self._line:
                    return
                self._await_company()
                if self._busy >= self._limits.threads:
                    continue  # while company was awaited, another began
                places = self._take()
                self._busy += bool(places)
                if self._line:
                    self._changed.notify()  # a list is one request, and may be work for several threads
            if places:
                self._answer(places)

    def _idle(self) -> bool:
        """Nothing to do, or nobody may begin yet."""
        if self._line:
            return self._busy >= self._limits.threads
        return not self._closed

    def _await_company(self) -> None:
        limits = self._limits
        wanted = min(limits.max_batch_size, int(self._usual_size + 0.5))
        until = time.monotonic() + min(limits.max_wait_seconds, self._usual_seconds * _WAIT_SHARE)
        while 0 < self._in_line < wanted and not self._closed:
            left = until - time.monotonic()
            if left <= 0 or not self._changed.wait(left):
                self._usual_size = max(
                    1.0, float(self._in_line)
                )  # the others have gone: wait for them once, not ten times
                return

    def _take(self) -> list[tuple[_Waiting, int]]:
        """The places of the next batch, shared out by turns; the requests' own order is kept. Threads that have nothing
        to do share what waits: none takes all of it while another's core stands idle."""
        counts: dict[_Waiting, int] = {}
        idle = self._limits.threads - self._busy
        room = min(self._limits.max_batch_size, -(-self._in_line // idle))
        while room and self._line:
            share = max(1, room // len(self._line))
            for _ in range(len(self._line)):
                request = self._line.popleft()
                many = min(share, room, len(request.items) - request.taken - counts.get(request, 0))
                counts[request] = counts.get(request, 0) + many
                room -= many
                if counts[request] + request.taken < len(request.items):
                    self._line.append(request)
        places = []
        for request, many in counts.items():
            places += [(request, request.taken + number) for number in range(many)]
            request.taken += many
        self._in_line -= len(places)
        return places

    def _answer(self, places: list[tuple[_Waiting, int]]) -> None:
        begun, used = time.monotonic(), time.thread_time()
        outcomes = self._outcomes([request.items[number] for request, number in places])
        seconds = time.monotonic() - begun
        self._observe(len(places), seconds, time.thread_time() - used)
        with self._changed:
            self._learn(len(places), seconds)
            self._busy -= 1
            if self._line:
                self._changed.notify()
            for (request, number), outcome in zip(places, outcomes, strict=True):
                request.outcomes[number] = outcome
                request.left -= 1
                if not request.left:
                    request.done.set()

    def _learn(self, items: int, seconds: float) -> None:
        self._usual_size += _SMOOTHING * (items - self._usual_size)
        before = self._usual_seconds or seconds  # the first is all that is known
        self._usual_seconds = before + _SMOOTHING * (seconds - before)

    def _outcomes(self, items: list[Item]) -> list[Outcome]:
        return predict_each(self._predict, items, _told)


def predict_each(
    predict: Predict, items: Sequence[Item], failed: Callable[[Exception], ItemError]
) -> list[Outcome]:
    """The outcomes of one batch. When it fails as a whole, each item is tried alone: the bad one fails by itself.

    ``failed`` says what is told of an item that the model cannot predict on.
    """
    try:
        return _checked(predict(items), len(items))
    except Exception as error:  # whatever a model raises, its callers are told and the others are answered
        if len(items) == 1:
            return [failed(error)]
    return [outcome for item in items for outcome in predict_each(predict, [item], failed)]


def _late(seconds: float) -> DeadlineError:
    return DeadlineError(f"{seconds:g} 秒内没有算完 → 一次少发几条，或稍后再试")


def _told(error: Exception) -> ItemError:
    """What a client is told: nothing of the model's inside, which goes to the log."""
    _LOG.error("prediction failed: %s: %s", type(error).__name__, error)
    return ItemError("prediction_failed", "这一条算不出来 → 换一条，或把 request_id 告诉管理员")


def _checked(outcomes: Sequence[Outcome], count: int) -> list[Outcome]:
    if len(outcomes) != count:
        raise ValueError(f"{count} items, {len(outcomes)} outcomes")
    return list(outcomes)
