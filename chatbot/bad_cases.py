"""The bad-case log: a JSON line for every turn that did not help, for the operator to learn from."""

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from chatbot.conversation import FinishedTurn

_LOG = logging.getLogger("chatbot.bad_cases")


class BadCaseLog:
    """Appends to one file, shared by all workers: each case is one ``write`` in append mode."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def finished(self, turn: FinishedTurn) -> None:
        """Write the turn down when it is a bad case. A full or read-only disk is logged, never raised."""
        message, step = turn.message, turn.step
        if step.bad_case is None:
            return
        row = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "trace_id": message.trace_id,
            "session_id": message.session_id,
            "reason": step.bad_case.reason,
            "sent": message.sent.encode("utf-8", "replace").decode(),
            "answer_type": step.reply.answer_type,
            "nearest": list(step.bad_case.nearest),
            "entities": list(step.reply.entities),
            "kb_version": turn.kb_version,
        }
        line = (json.dumps(row, ensure_ascii=False) + "\n").encode()
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError as error:
            _LOG.warning("bad case not written to %s: %s", self._file, error.strerror)
