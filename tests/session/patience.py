"""A store that waits longer than a turn may: for tests that ask what is kept, not how soon it answers."""

from dataclasses import dataclass
from typing import Any

from chatbot.session.connect import RedisSettings, connect
from chatbot.session.transport import CALL_SECONDS, Argument, Transport

PATIENCE_SECONDS = 10.0
"""What a command may take on a machine whose cores are busy with other tests."""


@dataclass(frozen=True, slots=True)
class PatientTransport:
    """The transport it wraps, with deadlines that a loaded machine can keep."""

    inner: Transport

    def call(self, *command: Argument, seconds: float = CALL_SECONDS) -> Any:
        return self.inner.call(*command, seconds=max(seconds, PATIENCE_SECONDS))

    def close(self) -> None:
        self.inner.close()


def patient(settings: RedisSettings) -> PatientTransport:
    """``connect``, patiently."""
    return PatientTransport(connect(settings))
