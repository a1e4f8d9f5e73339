"""How each fault of ``bench faults`` is made, and undone."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from chatbot.session.embedded import redis_server_binary
from tools.bench.clock import compiler, set_offset
from tools.bench.servers import Server, wait_until

BEFORE, FAULT, AFTER = 2.0, 4.0, 12.0


@dataclass(slots=True)
class Case:
    """What a fault needs: the service's environment, how to break it, how to mend it."""

    name: str
    broken: Callable[["Stage"], contextlib.AbstractContextManager[object]]
    environment: dict[str, str] = field(default_factory=dict)
    needs: Callable[[], str] = lambda: ""
    """Why the case cannot be run here; empty when it can."""
    kills: int = 0
    """Workers killed: each may cost what is in flight on its connections."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a case plays: the service, its copy of the knowledge base, a folder of its own."""

    server: Server
    config: Path
    folder: Path


def start_redis(folder: Path, port: int) -> psutil.Process:
    """A Redis of our own on loopback, with its files in ``folder``; answering when this returns."""
    command = [str(redis_server_binary()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
               "--appendonly", "yes", "--save", ""]  # fmt: skip
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process = psutil.Process(started.pid)
    wait_until(lambda: bool(process.net_connections("tcp")), 10)
    return process


def stop_redis(process: psutil.Process) -> None:
    """End it if it still runs."""
    with contextlib.suppress(psutil.Error):
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait(5)


def bundled_redis(stage: Stage) -> psutil.Process:
    """The redis-server that the service under test started."""
    lock = stage.server.state / "redis" / "server.lock"
    return psutil.Process(int(lock.read_text().strip()))


@contextlib.contextmanager
def redis_killed(stage: Stage) -> Iterator[None]:
    """The bundled Redis is killed again and again; the service brings it back."""
    for _ in range(3):
        with contextlib.suppress(psutil.Error, OSError, ValueError):
            bundled_redis(stage).kill()
        time.sleep(0.5)
    yield


@contextlib.contextmanager
def redis_paused(stage: Stage) -> Iterator[None]:
    """The bundled Redis stops answering without closing anything."""
    process = bundled_redis(stage)
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def redis_restarted(stage: Stage) -> Iterator[None]:
    """An external Redis is shut down and started again from its files."""
    process = _redis_in(stage.folder)
    port = process.net_connections("tcp")[0].laddr.port
    process.terminate()
    process.wait(10)
    yield
    again = start_redis(stage.folder, port)
    threading.Timer(AFTER + 30, stop_redis, (again,)).start()


def _redis_in(folder: Path) -> psutil.Process:
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == "redis-server" and process.info["cwd"] == str(folder):
            return process
    raise RuntimeError(f"no redis-server runs in {folder}")


@contextlib.contextmanager
def index_corrupted(stage: Stage) -> Iterator[None]:
    """The published features are cut in half in place; later the good file is put back."""
    features = stage.config.parent / "car_faqs" / "query_features.out"
    good = features.read_bytes()
    features.write_bytes(good[: len(good) // 2])
    try:
        yield
    finally:
        beside = features.with_suffix(".good")
        beside.write_bytes(good)
        beside.replace(features)


@contextlib.contextmanager
def clock_jumps(stage: Stage) -> Iterator[None]:
    """Wall-clock time of all processes jumps a day ahead, then two hours behind."""
    set_offset(stage.folder, 86_400)
    time.sleep(FAULT / 2)
    days = {str(line.get("timestamp", ""))[:10] for line in stage.server.log_lines()}
    if len(days) < 2:
        raise RuntimeError("the service's clock did not jump")
    set_offset(stage.folder, -7_200)
    yield


@contextlib.contextmanager
def disk_full(stage: Stage) -> Iterator[None]:
    """The file system of the state folder is filled to the last byte."""
    filler = stage.server.state.parent / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(b"\0" * 65536)
            file.flush()
    try:
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def disk_read_only(stage: Stage) -> Iterator[None]:
    """The file system of the state folder refuses all writes (a kernel does that on its own after an I/O error)."""
    disk = stage.server.state.parent
    done = subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=False, capture_output=True)
    if done.returncode:  # files are open for writing: take the rights away instead of the file system
        subprocess.run(["mount", "--bind", str(disk), str(disk)], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", str(disk)], check=True)
    try:
        yield
    finally:
        if done.returncode:
            subprocess.run(["umount", "--lazy", str(disk)], check=True)
        else:
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


@contextlib.contextmanager
def database_locked(stage: Stage) -> Iterator[None]:
    """Another process holds the store's write lock."""
    wait_until((stage.server.state / "store.db").exists, 5)
    with contextlib.closing(
        sqlite3.connect(stage.server.state / "store.db", isolation_level=None, timeout=10)
    ) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextlib.contextmanager
def workers_killed(stage: Stage) -> Iterator[None]:
    """Each worker in turn is killed by SIGKILL, twice; the master replaces them."""
    for _ in range(4):
        with contextlib.suppress(psutil.Error, IndexError):
            min(stage.server.workers(), key=psutil.Process.create_time).kill()
        time.sleep(FAULT / 4)
    yield


@contextlib.contextmanager
def workers_killed_while_locked(stage: Stage) -> Iterator[None]:
    """All workers are killed while the database takes nothing, so that all their rows are waiting."""
    with database_locked(stage):
        time.sleep(FAULT / 2)
        for worker in stage.server.workers():
            with contextlib.suppress(psutil.Error):
                worker.kill()
        yield


def _needs_mount() -> str:
    return "" if os.geteuid() == 0 and shutil.which("mount") else "needs root, to mount a small file system"


def _needs_compiler() -> str:
    return "" if compiler() else "needs a C compiler, to make a clock that can be set"


def cases() -> tuple[Case, ...]:
    """Every fault, in the order they are run."""
    small = {"SMALL_DISK": "1"}
    return (
        Case("redis killed three times", redis_killed),
        Case("redis paused", redis_paused),
        Case(
            "redis restarted (external)",
            redis_restarted,
            {"CHATBOT_REDIS_HOST": "127.0.0.1", "CHATBOT_REDIS_PORT": "0"},
        ),
        Case("index corrupted", index_corrupted),
        Case("clock jumps +1 d, -2 h", clock_jumps, {"CLOCK": "1"}, _needs_compiler),
        Case("disk full", disk_full, small, _needs_mount),
        Case("disk read-only", disk_read_only, small, _needs_mount),
        Case("database locked", database_locked),
        Case("workers killed", workers_killed, kills=4),
        Case("database locked, workers killed", workers_killed_while_locked, kills=2),
    )
