"""The handoff webhook, against a real HTTP server on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chatbot.backends.handoff import HandoffWebhook
from chatbot.conversation import FinishedTurn
from chatbot.dialog.machine import Step
from chatbot.dialog.state import BadCase
from chatbot.errors import ConfigError
from chatbot.reply import Message, Reply
from chatbot.session.base import Memory


class Desk:
    """The operator's system: keeps what it is told, and can refuse the first calls."""

    def __init__(self, refusals: int = 0) -> None:
        self.told: list[dict[str, object]] = []
        self.refusals = refusals
        self.arrived = threading.Event()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = 503 if desk.refusals > 0 else 200
                desk.refusals -= 1
                self.send_response(status)
                self.end_headers()
                if status == 200:
                    desk.told.append(json.loads(body))
                    desk.arrived.set()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/handoff"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk(refusals=1)
    yield desk
    desk.close()


def finished(message: Message, answer_type: str) -> FinishedTurn:
    reply = Reply("好的", answer_type, "guide", "question_intake")  # type: ignore[arg-type]
    return FinishedTurn(message, Memory(), Step(reply, Memory(entities=("甲",)), BadCase("handoff")), "v1")


def test_a_handoff_reaches_the_desk_also_when_it_refuses_once(desk: Desk) -> None:
    webhook = HandoffWebhook(desk.url)
    webhook.finished(finished(Message("您好", "s", "t0"), "chitchat"))
    webhook.finished(finished(Message("转人工", "s", "t1"), "handoff"))
    assert desk.arrived.wait(10)
    assert desk.told == [
        {
            "trace_id": "t1",
            "session_id": "s",
            "sent": "转人工",
            "entities": ["甲"],
            "reason": "handoff",
            "kb_version": "v1",
        }
    ]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "desk.example", ""])
def test_an_address_that_is_not_http_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="handoff_webhook"):
        HandoffWebhook(url)
