"""Encoding many texts ahead of the one who writes them, in processes of their own where there are cores for it."""

import multiprocessing
import os
import pickle
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from ctypes import Array, c_char
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.features import number_lines
from chatbot.normalization.text import normalize

PARALLEL_FROM = 20_000
_AHEAD = 3
_REMEMBERED = 128  # ``normalize`` remembers more than these: what the encoder asks for again costs nothing
_encoder: Encoder | None = None


@dataclass(frozen=True, slots=True)
class Encoded:
    """Of each text of a batch: its row of ``vectors``, the ``numbers`` as they are written, and its normal form."""

    vectors: NDArray[np.float32]
    numbers: list[bytes]
    forms: list[str]


class Encoding:
    """The processes that an encoder encodes many texts in; they end with the ``with`` block."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._pool: ProcessPoolExecutor | None = None

    def start(self, total: int) -> ProcessPoolExecutor | None:
        """The processes for ``total`` texts, where they pay; they take as long to start as it takes to read a large FAQ."""
        processes = encoding_processes(total)
        if self._pool is None and processes > 1 and (copy := _copied(self._encoder)):
            context = multiprocessing.get_context("spawn")
            shared = context.RawArray(c_char, len(copy))  # a pipe would be read when the other end is awake
            shared.raw = copy
            self._pool = ProcessPoolExecutor(processes, context, _start, (shared,))
            for _ in range(processes):
                self._pool.submit(_encode, [])
        return self._pool if processes > 1 else None

    def __enter__(self) -> "Encoding":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the processes go; whoever has work in them waits for it first."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def encoded(
    batches: Iterable[Sequence[str]], encoder: Encoder, total: int, ahead: Encoding | None = None
) -> Generator[Encoded, None, None]:
    """What each batch gives, in order; ``total`` texts in all decide whether processes pay. ``ahead`` may have some running."""
    with ahead or Encoding(encoder) as encoding:
        pool = encoding.start(total)
        if pool is None:
            yield from (_encode_with(encoder, batch) for batch in batches)
            return
        waiting: deque[Future[Encoded]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_encode, list(batch)))
            if len(waiting) > _AHEAD * encoding_processes(total):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def encoding_processes(total: int) -> int:
    """How many processes encode ``total`` texts: a core each, or one where so few do not pay for their start."""
    return (os.cpu_count() or 1) if total >= PARALLEL_FROM else 1


def _encode_with(encoder: Encoder, texts: Sequence[str]) -> Encoded:
    parts: list[NDArray[np.float32]] = []
    forms: list[str] = []
    for start in range(0, len(texts), _REMEMBERED):
        some = texts[start : start + _REMEMBERED]
        forms += map(normalize, some)
        parts.append(encoder.encode(some))
    vectors = np.concatenate(parts) if parts else encoder.encode([])
    return Encoded(vectors, number_lines(vectors), forms)


def _copied(encoder: Encoder) -> bytes | None:
    """The encoder for another process; ``None`` where it cannot be copied (ONNX Runtime has threads of its own)."""
    try:
        return pickle.dumps(encoder)
    except (pickle.PicklingError, TypeError, AttributeError):
        return None


def _start(copy: "Array[c_char]") -> None:
    global _encoder  # a process of the pool keeps one encoder for all its batches
    _encoder = pickle.loads(copy)


def _encode(texts: Sequence[str]) -> Encoded:
    assert _encoder is not None
    return _encode_with(_encoder, texts)
