"""Tells the operator's system that a person is wanted: one JSON POST, in the background."""

import json
import logging
import queue
import threading
import urllib.request

from chatbot.conversation import FinishedTurn
from chatbot.errors import ConfigError

TIMEOUT_SECONDS = 3.0
ATTEMPTS = 3
QUEUE_LENGTH = 100
_LOG = logging.getLogger("chatbot.handoff")


class HandoffWebhook:
    """Posts ``{"trace_id", "session_id", "sent", "entities", "reason", "kb_version"}`` on each handoff.

    A turn never waits for it: a bounded queue and one thread, started on the first handoff of the process.
    """

    def __init__(self, url: str) -> None:
        """Raises ``ConfigError`` when ``url`` is not http(s)."""
        if not url.startswith(("http://", "https://")):
            raise ConfigError(f"handoff_webhook: “{url}”不是 http(s) 地址 → 写成 https://…，或删掉这一项")
        self._url = url
        self._queue: queue.Queue[bytes] = queue.Queue(QUEUE_LENGTH)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def finished(self, turn: FinishedTurn) -> None:
        """Queue the call when the turn ended in a handoff; a full queue drops it with a warning."""
        message, step = turn.message, turn.step
        if step.reply.answer_type != "handoff":
            return
        body = {
            "trace_id": message.trace_id,
            "session_id": message.session_id,
            "sent": message.sent,
            "entities": list(step.memory.entities),
            "reason": step.bad_case.reason if step.bad_case else "handoff",
            "kb_version": turn.kb_version,
        }
        self._start()
        try:
            self._queue.put_nowait(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
        except queue.Full:
            _LOG.warning("handoff %s dropped: %d are waiting", message.trace_id, QUEUE_LENGTH)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="handoff", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            body = self._queue.get()
            for attempt in range(1, ATTEMPTS + 1):
                if self._post(body, attempt):
                    break

    def _post(self, body: bytes, attempt: int) -> bool:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        request = urllib.request.Request(self._url, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
                return True
        except OSError as error:
            _LOG.warning("handoff webhook failed (attempt %d of %d): %s", attempt, ATTEMPTS, error)
            return False
