"""Encoding many texts ahead of the one who writes them, in processes of their own where there are cores for it."""

import multiprocessing
import os
import pickle
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.features import number_lines

PARALLEL_FROM = 20_000
_AHEAD = 3
Encoded = tuple[NDArray[np.float32], list[bytes]]
_encoder: Encoder | None = None


def encoded(batches: Iterable[Sequence[str]], encoder: Encoder, total: int) -> Generator[Encoded, None, None]:
    """Vectors and written numbers of each batch, in order; ``total`` texts in all decide whether processes pay."""
    processes = os.cpu_count() or 1
    copy = _copied(encoder) if total >= PARALLEL_FROM and processes > 1 else None
    if copy is None:
        yield from (_encode_with(encoder, batch) for batch in batches)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _start, (copy,)) as pool:
        waiting: deque[Future[Encoded]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_encode, list(batch)))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _encode_with(encoder: Encoder, texts: Sequence[str]) -> Encoded:
    vectors = encoder.encode(texts)
    return vectors, number_lines(vectors)


def _copied(encoder: Encoder) -> bytes | None:
    """The encoder for another process; ``None`` where it cannot be copied (ONNX Runtime has threads of its own)."""
    try:
        return pickle.dumps(encoder)
    except (pickle.PicklingError, TypeError, AttributeError):
        return None


def _start(copy: bytes) -> None:
    global _encoder  # a process of the pool keeps one encoder for all its batches
    _encoder = pickle.loads(copy)


def _encode(texts: Sequence[str]) -> Encoded:
    assert _encoder is not None
    return _encode_with(_encoder, texts)
