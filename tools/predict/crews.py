"""Workers on one machine, and how pieces are handed out so that results come back in order."""

import gc
import multiprocessing
import queue
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Protocol

from chatbot.errors import ModelError
from tools.predict.work import Done, Piece, Ready, Trouble, Work, Worker

AHEAD = 2
"""Pieces a worker has: the one it works on, and the next, so that it never waits."""
_KEPT = 8
_SECONDS_TO_END = 5.0


class Crew(Protocol):
    """Workers. Promises: each piece that was submitted comes back once, from the worker it went to, in its order."""

    size: int

    def start(self) -> tuple[str, ...]:
        """Load the models; what a prediction holds.

        Raises:
            ModelError: a model cannot be loaded.
        """

    def submit(self, worker: int, piece: Piece) -> None:
        """Give a piece to a worker; at most ``AHEAD`` at a time."""

    def next_done(self) -> tuple[int, Done]:
        """Wait for the next that is done; which worker did it.

        Raises:
            ModelError: a worker died, or cannot go on.
        """

    def close(self) -> None:
        """End all workers. May be called twice."""


def in_order(crew: Crew, pieces: Iterable[Piece]) -> Iterator[Done]:
    """The results of ``pieces`` in their order; few are read ahead, so that a file of any size may be worked on."""
    source, loads = iter(pieces), [0] * crew.size
    sent, given, ended = 0, 0, False
    held: list[deque[int]] = [deque() for _ in loads]
    done: dict[int, Done] = {}
    while True:
        while not ended and min(loads) < AHEAD and sent - given < crew.size * (AHEAD + _KEPT):
            piece = next(source, None)
            if piece is None:
                ended = True
                break
            worker = loads.index(min(loads))
            crew.submit(worker, piece)
            loads[worker] += 1
            held[worker].append(sent)
            sent += 1
        if given in done:
            yield done.pop(given)
            given += 1
        elif any(loads):
            worker, result = crew.next_done()
            loads[worker] -= 1
            done[held[worker].popleft()] = result
        else:
            return


class Here:
    """No process at all: the work is done where it is asked for."""

    size = 1

    def __init__(self, work: Work) -> None:
        self._worker = Worker(work)
        self._pieces: deque[Piece] = deque()

    def start(self) -> tuple[str, ...]:
        return ready_of(self._worker.load()).columns

    def submit(self, worker: int, piece: Piece) -> None:
        self._pieces.append(piece)

    def next_done(self) -> tuple[int, Done]:
        return 0, done_of(self._worker.run(self._pieces.popleft()))

    def close(self) -> None:
        self._pieces.clear()
        self._worker.unload()


class Processes:
    """Processes of this machine, each with its own model. They end with the one that started them."""

    def __init__(self, work: Work, size: int) -> None:
        self.size = size
        self._work = work
        self._members: list[tuple[SpawnProcess, Connection]] = []

    def start(self) -> tuple[str, ...]:
        context = multiprocessing.get_context("spawn")
        for number in range(self.size):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_serve, args=(theirs, self._work), name=f"predict-{number}", daemon=True
            )
            process.start()
            theirs.close()
            self._members.append((process, ours))
        columns, *_ = [ready_of(self._answer(number)).columns for number in range(self.size)]
        return columns

    def submit(self, worker: int, piece: Piece) -> None:
        try:
            self._members[worker][1].send(piece)
        except OSError:
            raise self._death(worker) from None

    def next_done(self) -> tuple[int, Done]:
        connections = [connection for _, connection in self._members]
        ready = wait(connections)[0]
        worker = next(number for number, one in enumerate(connections) if one is ready)
        return worker, done_of(self._answer(worker))

    def close(self) -> None:
        members, self._members = self._members, []
        for _, connection in members:
            connection.close()  # the worker reads the end, and ends
        for process, _ in members:
            process.join(_SECONDS_TO_END)
            if process.is_alive():
                process.kill()
                process.join()

    def _answer(self, worker: int) -> object:
        try:
            answer: object = self._members[worker][1].recv()
        except (EOFError, OSError):
            raise self._death(worker) from None
        return answer

    def _death(self, worker: int) -> ModelError:
        process = self._members[worker][0]
        process.join(_SECONDS_TO_END)
        return ModelError(
            f"第 {worker + 1} 个工作进程没了（退出码 {process.exitcode}）→ 内存不够就减小 --num-workers 或 --batch-size；"
            "写好的行都在，重跑会接着写"
        )


def _serve(connection: Connection, work: Work) -> None:
    """A worker process. It reads ahead in a thread, so that neither side ever waits for the other to read."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who started it decides
    worker = Worker(work)
    inbox: queue.Queue[Piece | None] = queue.Queue()
    try:
        loaded = worker.load()
        connection.send(loaded)
        if isinstance(loaded, Trouble):
            return
        gc.freeze()  # the model is there to stay: it need not be looked through for garbage again
        threading.Thread(target=_receive, args=(connection, inbox), daemon=True).start()
        while (piece := inbox.get()) is not None:
            connection.send(worker.run(piece))
        worker.unload()
    except OSError:  # the one who asked has gone
        return


def _receive(connection: Connection, inbox: "queue.Queue[Piece | None]") -> None:
    try:
        while True:
            inbox.put(connection.recv())
    except (EOFError, OSError):
        inbox.put(None)


def ready_of(answer: object) -> Ready:
    """What a worker said after loading.

    Raises:
        ModelError: that it cannot load.
    """
    if isinstance(answer, Trouble):
        raise ModelError(answer.message)
    assert isinstance(answer, Ready)
    return answer


def done_of(answer: object) -> Done:
    """What a worker made of a piece.

    Raises:
        ModelError: it cannot go on.
    """
    if isinstance(answer, Trouble):
        raise ModelError(answer.message)
    assert isinstance(answer, Done)
    return answer
