"""A text-risk service on loopback: judges by one word, or stalls, trickles, fails; keeps connections."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class RiskDesk:
    """Calls 坏话 a risk. ``statuses`` come first, one a request; ``stall`` seconds pass before, ``trickle`` between bytes."""

    def __init__(self, *statuses: int, stall: float = 0.0, trickle: float = 0.0, body: bytes = b"") -> None:
        self.tokens: list[str | None] = []
        self.batches: list[list[str]] = []
        self.connections = 0
        self.stall, self.trickle, self.body = stall, trickle, body
        self.statuses = list(statuses)
        self._closing = threading.Event()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                desk.connections += 1

            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                desk.tokens.append(self.headers.get("Authorization"))
                desk.batches.append([one["content"] for one in sent])
                desk._closing.wait(desk.stall)
                status = desk.statuses.pop(0) if desk.statuses else 200
                told = desk.body or json.dumps([judged(one["content"]) for one in sent]).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                for byte in told if desk.trickle else ():
                    self.wfile.write(bytes([byte]))
                    time.sleep(desk.trickle)
                self.wfile.write(b"" if desk.trickle else told)

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # the client went away, as it should

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/predict/risk"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(5)


def judged(text: str) -> dict[str, object]:
    if "坏话" not in text:
        return {"risk": "正常", "words": []}
    return {"risk": "低俗", "words": [{"word": "坏话", "as_written": "坏话"}]}
