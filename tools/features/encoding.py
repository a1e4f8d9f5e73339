"""Encoding many texts ahead of the one who writes them, in processes of their own where there are cores for it."""

import math
import multiprocessing
import os
import pickle
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from ctypes import Array, c_char
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.features import number_lines
from chatbot.normalization.text import normalize

BATCH = 1024
PARALLEL_FROM = 20_000
_AHEAD = 3
_REMEMBERED = 128  # ``normalize`` remembers more than these: what the encoder asks for again costs nothing
_BYTES_A_NUMBER, _BYTES_A_KEY = 14, 256  # as they are written; what is longer is sent and not shared
Bytes = NDArray[np.uint8]
_encoder: Encoder | None = None
_rooms: Bytes | None = None


@dataclass(frozen=True, slots=True)
class Encoded:
    """Of each text of a batch: its row of ``vectors``, its line in ``block``, ``sizes`` bytes each, and its normal form.

    The block may be written over once the next batch is asked for.
    """

    vectors: NDArray[np.float32]
    block: bytes | memoryview
    sizes: list[int]
    forms: list[str]

    def lines(self) -> Iterator[memoryview]:
        """The lines of ``block`` one by one."""
        block, end = memoryview(self.block), 0
        for size in self.sizes:
            start, end = end, end + size
            yield block[start:end]


@dataclass(frozen=True, slots=True)
class _Shared:
    """An ``Encoded`` whose vectors, and behind them ``block`` bytes of lines, stand in the room of its batch."""

    block: int
    sizes: list[int]
    forms: list[str]


class Encoding:
    """The processes that an encoder encodes many texts in; they end with the ``with`` block.

    A batch is a hundred times as large as what it is made of, so its numbers are not sent: each batch under way has a room
    in memory that all of them see.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._pool: ProcessPoolExecutor | None = None
        self._rooms: Bytes = np.zeros((0, 0), dtype=np.uint8)

    def start(self, total: int) -> ProcessPoolExecutor | None:
        """The processes for ``total`` texts, where they pay; they take as long to start as it takes to read a large FAQ."""
        processes = encoding_processes(total)
        if self._pool is None and processes > 1 and (copy := _copied(self._encoder)):
            context = multiprocessing.get_context("spawn")
            shared = context.RawArray(c_char, len(copy))  # a pipe would be read when the other end is awake
            shared.raw = copy
            room = BATCH * (self._encoder.dimension * (4 + _BYTES_A_NUMBER) + _BYTES_A_KEY)
            rooms = _AHEAD * processes + 1, room
            memory = context.RawArray(c_char, rooms[0] * rooms[1])
            self._rooms = _as_rooms(memory, rooms)
            self._pool = ProcessPoolExecutor(processes, context, _start, (shared, memory, rooms))
            for _ in range(processes):
                self._pool.submit(_encode, [], 0)
        return self._pool if processes > 1 else None

    def batches(self, keys: Iterable[Sequence[bytes]], pool: ProcessPoolExecutor) -> Iterator[Encoded]:
        """What each batch of ``keys`` gives, in order; some more than the one that is asked for are under way."""
        waiting: deque[tuple[Future[Encoded | _Shared], Bytes]] = deque()
        for number, batch in enumerate(keys):
            room = number % len(self._rooms)
            waiting.append((pool.submit(_encode, list(batch), room), self._rooms[room]))
            if len(waiting) == len(self._rooms):
                yield self._taken(*waiting.popleft())
        while waiting:
            yield self._taken(*waiting.popleft())

    def _taken(self, found: "Future[Encoded | _Shared]", room: Bytes) -> Encoded:
        result = found.result()
        if isinstance(result, Encoded):
            return result
        shape = len(result.sizes), self._encoder.dimension
        end = 4 * math.prod(shape)
        vectors = room[:end].view(np.float32).reshape(shape).copy()
        return Encoded(vectors, room[end : end + result.block].data, result.sizes, result.forms)

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
    batches: Iterable[Sequence[bytes]], encoder: Encoder, total: int, ahead: Encoding | None = None
) -> Generator[Encoded, None, None]:
    """What each batch of ``row_keys`` gives, in order; ``total`` texts in all decide whether processes pay.

    ``ahead`` may have some running.
    """
    with ahead or Encoding(encoder) as encoding:
        pool = encoding.start(total)
        if pool is None:
            yield from (_encode_with(encoder, batch) for batch in batches)
        else:
            yield from encoding.batches(batches, pool)


def encoding_processes(total: int) -> int:
    """How many processes encode ``total`` texts: a core each, or one where so few do not pay for their start."""
    return (os.cpu_count() or 1) if total >= PARALLEL_FROM else 1


def _encode_with(encoder: Encoder, keys: Sequence[bytes]) -> Encoded:
    parts: list[NDArray[np.float32]] = []
    forms: list[str] = []
    texts = [key[: key.index(b"\t")].decode() for key in keys]
    for start in range(0, len(texts), _REMEMBERED):
        some = texts[start : start + _REMEMBERED]
        forms += map(normalize, some)
        parts.append(encoder.encode(some))
    vectors = np.concatenate(parts) if parts else encoder.encode([])
    lines = [b"%s%s\n" % line for line in zip(keys, number_lines(vectors), strict=True)]
    return Encoded(vectors, b"".join(lines), list(map(len, lines)), forms)


def _copied(encoder: Encoder) -> bytes | None:
    """The encoder for another process; ``None`` where it cannot be copied (ONNX Runtime has threads of its own)."""
    try:
        return pickle.dumps(encoder)
    except (pickle.PicklingError, TypeError, AttributeError):
        return None


def _start(copy: "Array[c_char]", memory: "Array[c_char]", rooms: tuple[int, int]) -> None:
    global _encoder, _rooms  # a process of the pool keeps one encoder for all its batches
    _encoder = pickle.loads(copy)
    _rooms = _as_rooms(memory, rooms)


def _as_rooms(memory: "Array[c_char]", rooms: tuple[int, int]) -> Bytes:
    return np.frombuffer(memoryview(memory), dtype=np.uint8).reshape(rooms)


def _encode(keys: Sequence[bytes], room: int) -> Encoded | _Shared:
    assert _encoder is not None and _rooms is not None
    made = _encode_with(_encoder, keys)
    if made.vectors.nbytes + len(made.block) > len(_rooms[room]):
        return made
    end = made.vectors.nbytes
    _rooms[room, :end] = np.ascontiguousarray(made.vectors).view(np.uint8).ravel()
    _rooms[room, end : end + len(made.block)] = np.frombuffer(made.block, dtype=np.uint8)
    return _Shared(len(made.block), made.sizes, made.forms)
