"""The operator's system on loopback: takes, refuses or stalls, and verifies signatures as a receiver would."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    def verified_with(self, secret: str) -> bool:
        """Whether signature and timestamp are right, by the specification's own library."""
        try:
            Webhook(secret).verify(self.body.decode(), self.headers)
        except WebhookVerificationError:
            return False
        return True


class Desk:
    """Answers ``statuses`` one after the other, then 200. A status of 0 closes the connection without an answer."""

    def __init__(self, *statuses: int, stall: float = 0.0) -> None:
        self.calls: list[Call] = []
        self.taken: list[Call] = []
        self._statuses = list(statuses)
        self._release = threading.Event()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                call = Call({name.lower(): value for name, value in self.headers.items()}, body)
                desk.calls.append(call)
                if stall:
                    desk._release.wait(stall)
                status = desk._statuses.pop(0) if desk._statuses else 200
                if status:
                    self.send_response(status)
                    self.send_header("Location", "/elsewhere")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                if status == 200:
                    desk.taken.append(call)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/handoff"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._release.set()
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()
