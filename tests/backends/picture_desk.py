"""An image service on loopback that sees what it is told to see, or refuses, stalls, talks nonsense."""

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class PictureDesk:
    """Answers each picture with ``classes``; ``status`` and ``body`` stand in for what a service may say instead."""

    def __init__(
        self, classes: Mapping[str, float], *, status: int = 200, body: bytes = b"", stall: float = 0.0
    ) -> None:
        self.classes, self.status, self.body, self.stall = classes, status, body, stall
        self.pictures: list[str] = []
        self.tokens: list[str | None] = []
        self._closing = threading.Event()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                desk.pictures.append(sent["image"])
                desk.tokens.append(self.headers.get("Authorization"))
                desk._closing.wait(desk.stall)
                told = desk.body or json.dumps({"success": True, "class_probs": desk.classes}).encode()
                self.send_response(desk.status)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/predict/cars"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(5)
