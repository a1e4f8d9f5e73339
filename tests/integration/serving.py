"""``chatbot serve`` as an operator starts it: a process of its own, on the demo domain."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.worked_out import give_worked_out

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


@dataclass(frozen=True)
class Running:
    """A service that has said it is ready."""

    process: "subprocess.Popen[str]"
    announced: dict[str, Any]
    log: Path

    @property
    def port(self) -> int:
        return int(self.announced["url"].rstrip("/").rpartition(":")[2])

    def request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def ask(self, sent: str, session_id: str, path: str = "/") -> dict[str, Any]:
        status, body = self.request(
            "POST", path, json.dumps({"sent": sent, "session_id": session_id}).encode()
        )
        assert status == 200, body
        reply: dict[str, Any] = json.loads(body)
        return reply

    def workers(self) -> list[int]:
        return [child.pid for child in psutil.Process(self.process.pid).children()]

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """A service with its state in ``folder``, on a free port unless ``arguments`` say otherwise.

    What is worked out of the demo's graph is there already, as after an earlier start.
    """
    give_worked_out(folder / "state")
    log = folder / "serve.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "chatbot",
                "serve",
                "--json",
                *(arguments or ("--port", "0", "--workers", "2")),
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "CHATBOT_STATE_DIR": str(folder / "state"),
                "TMPDIR": str(folder),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert '"url"' in line, line + log.read_text(encoding="utf-8")
        yield Running(process, json.loads(line), log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(20)
        process.stdout.close()


def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
