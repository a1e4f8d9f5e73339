"""``bench faults``: what breaks around the service, one thing at a time, while users talk to it.

Every case starts its own service on loopback with its own state folder, is bounded in time, and undoes what it did.
"""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from chatbot.session.embedded import redis_server_binary
from tools.bench.clock import build_clock, compiler, set_offset
from tools.bench.servers import Server, chatbot_server, free_port, wait_until
from tools.bench.soak_report import missing_in_store
from tools.bench.talk_load import Conversation, TalkLoad, TalkResult

BEFORE, FAULT, AFTER = 2.0, 4.0, 12.0
CONNECTIONS = 4
CONVERSATIONS: tuple[Conversation, ...] = (
    ("您好", "标准续航升级版的变速箱是什么类型", "那百公里加速呢"),
    ("保养灯怎么归零",),
    ("A型号有几个排气管", "第二个"),
    ("你能做什么", "谢谢"),
)


@dataclass(frozen=True, slots=True)
class FaultResult:
    """One case. ``recovered_s``: from the end of the fault until a turn was answered with its session again and
    ``/readyz`` was content. ``rows_lost``: answered turns that are not in the store afterwards."""

    fault: str
    turns: int
    failed: int
    causes: tuple[str, ...]
    degraded: int
    slowest_ms: float
    recovered_s: float | None
    rows_lost: int | None
    note: str = ""


@dataclass(slots=True)
class Case:
    """What a fault needs: the service's environment, how to break it, how to mend it."""

    name: str
    broken: Callable[["Stage"], contextlib.AbstractContextManager[object]]
    environment: dict[str, str] = field(default_factory=dict)
    needs: Callable[[], str] = lambda: ""
    """Why the case cannot be run here; empty when it can."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a case plays: the service, its copy of the knowledge base, a folder of its own."""

    server: Server
    config: Path
    folder: Path


class Faults:
    """Runs the cases one after the other on copies of the knowledge base."""

    def __init__(self, config: Path, say: Callable[[str], None]) -> None:
        self._config, self._say = config, say

    def run(self, names: tuple[str, ...] = ()) -> list[FaultResult]:
        """All cases, or those whose name is in ``names``."""
        return [self._one(case) for case in cases() if not names or case.name in names]

    def _one(self, case: Case) -> FaultResult:
        self._say(f"bench faults: {case.name}")
        if reason := case.needs():
            return FaultResult(case.name, 0, 0, (), 0, 0.0, None, None, f"not run: {reason}")
        with tempfile.TemporaryDirectory(prefix="cf-") as name, contextlib.ExitStack() as stack:
            folder = Path(name)
            environment = dict(case.environment)
            _prepare(case, folder, environment, stack)
            config = folder / "data" / self._config.name
            shutil.copytree(self._config.parent, config.parent, ignore=shutil.ignore_patterns(".versions"))
            with chatbot_server(config, folder / "run", 2, environment) as server:
                stage = Stage(server, config, folder)
                talk, recovered = self._talk_through(case, stage)
            return _result(case, talk, recovered, server)

    def _talk_through(self, case: Case, stage: Stage) -> tuple[TalkResult, float | None]:
        load = TalkLoad(stage.server.port, CONVERSATIONS, CONNECTIONS, pause=0.02)
        users = threading.Thread(target=load.run, args=(BEFORE + FAULT + AFTER,), daemon=True)
        users.start()
        time.sleep(BEFORE)
        with case.broken(stage):
            time.sleep(FAULT)
        mended = time.monotonic()
        recovered = wait_until(lambda: healthy(stage.server.port), AFTER, 0.05)
        after = time.monotonic() - mended
        users.join(BEFORE + FAULT + AFTER + 60)
        return load.result, round(after, 2) if recovered else None


def _prepare(case: Case, folder: Path, environment: dict[str, str], stack: contextlib.ExitStack) -> None:
    """What must stand before the service starts."""
    if "CHATBOT_REDIS_PORT" in environment:
        port = free_port()
        environment["CHATBOT_REDIS_PORT"] = str(port)
        stack.callback(stop_redis, start_redis(folder, port))
    if environment.pop("SMALL_DISK", ""):
        disk = folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=True)
        stack.callback(subprocess.run, ["umount", "--lazy", str(disk)], check=False)
        environment["CHATBOT_STATE_DIR"] = str(disk / "state")
    if environment.pop("CLOCK", ""):
        environment |= build_clock(folder)


def _result(case: Case, talk: TalkResult, recovered: float | None, server: Server) -> FaultResult:
    state = Path(str(server.state))
    causes = sorted({failure.cause for failure in talk.failures})
    return FaultResult(
        case.name, talk.sent, len(talk.failures), tuple(causes), talk.degraded, talk.percentile_ms(1), recovered,
        missing_in_store(server, set(talk.answered)) if state.is_dir() else None,
    )  # fmt: skip


def healthy(port: int) -> bool:
    """Whether a turn is answered with its session, and the service calls itself ready."""
    body = json.dumps({"sent": "您好", "session_id": f"probe-{time.monotonic_ns()}"}).encode()
    with contextlib.suppress(OSError):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
            pass
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", body, timeout=2) as answer:
            return "degraded" not in json.loads(answer.read())
    return False


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
    )


def as_text(results: list[FaultResult]) -> str:
    """A table for a person."""
    rows = [
        f"{'fault':<28}{'turns':>7}{'failed':>8}{'degraded':>10}{'slowest ms':>12}{'recovered s':>13}{'rows lost':>11}"
    ]
    for r in results:
        if r.note:
            rows.append(f"{r.fault:<28}{r.note}")
            continue
        recovered = "not" if r.recovered_s is None else f"{r.recovered_s:.2f}"
        lost = "-" if r.rows_lost is None else str(r.rows_lost)
        rows.append(
            f"{r.fault:<28}{r.turns:>7}{r.failed:>8}{r.degraded:>10}{r.slowest_ms:>12.1f}{recovered:>13}{lost:>11}"
            + (f"  {', '.join(r.causes)}" if r.causes else "")
        )
    return "\n".join(rows)
