"""The servers under test, each as an operator starts it: own process, own state folder, its log in a file."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from compileall import compile_dir
from dataclasses import dataclass
from pathlib import Path

import psutil

import chatbot

STOP_SECONDS = 40
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running service: the master's process, where it listens, what it writes on standard error.

    ``first_answer_s`` are the seconds from its start to its first answer.
    """

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path
    state: Path
    first_answer_s: float

    def workers(self) -> list[psutil.Process]:
        """The worker processes that live now."""
        with contextlib.suppress(psutil.Error):
            children = psutil.Process(self.process.pid).children()
            return [child for child in children if "redis" not in child.name()]
        return []

    def log_lines(self) -> Iterator[dict[str, object]]:
        """What it logged so far."""
        with self.log.open("rb") as lines:
            for line in lines:
                with contextlib.suppress(ValueError):
                    yield json.loads(line)


@contextlib.contextmanager
def chatbot_server(
    config: Path, folder: Path, workers: int, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """``chatbot serve`` with its state in ``folder``, once it has answered; stopped by SIGTERM afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "chatbot", "serve", "--config", str(config), "--port", str(port),
               "--workers", str(workers)]  # fmt: skip
    with running(command, folder, port, {"CHATBOT_LOG_LEVEL": "info", **(environment or {})}) as server:
        yield server


@contextlib.contextmanager
def bare_server(folder: Path, workers: int) -> Iterator[Server]:
    """The bare route of ``bench chat``."""
    port = free_port()
    command = [sys.executable, "-m", "tools.bench.bare", str(folder / "redis"), str(port), str(workers)]
    with running(command, folder, port, {}) as server:
        yield server


@contextlib.contextmanager
def running(
    command: list[str], folder: Path, port: int, environment: Mapping[str, str], path: str = ""
) -> Iterator[Server]:
    """What ``command`` serves on ``port``, once it has answered; ``path`` is asked by GET until then, else a turn is."""
    folder.mkdir(parents=True, exist_ok=True)
    log, state = folder / "serve.log", Path(environment.get("CHATBOT_STATE_DIR", folder / "state"))
    started = time.perf_counter()
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=file,
            env={**_as_installed(), "CHATBOT_STATE_DIR": str(state), **environment},
        )
    try:
        try:
            _await_answer(process, port, path)
        except RuntimeError as error:
            raise RuntimeError(f"{error}: {log.read_text('utf-8', 'replace')[-2500:]}") from error
        yield Server(process, port, log, state, time.perf_counter() - started)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _as_installed() -> dict[str, str]:
    """The environment of a server: an installed package was compiled by its installer, not at every start."""
    compile_dir(str(Path(chatbot.__file__).parent), quiet=2)
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def wait_until(holds: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Whether ``holds`` came true within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def _await_answer(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    """Ask until answered.

    Raises:
        RuntimeError: the server ended, or did not answer in ``START_SECONDS``.
    """
    body = None if path else json.dumps({"sent": "您好", "session_id": "first"}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path or '/'}", body, {"Content-Type": "application/json"}
    )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=5) as answer:
            answer.read()
            return
        time.sleep(0.01)
    raise RuntimeError(f"the server did not answer on port {port} (exit {process.poll()})")


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
