"""Asks the text-risk service whether a text may be said."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from chatbot.backends.breaker import CircuitBreaker
from chatbot.backends.predict_client import PredictClient, PredictRefused, PredictUnavailable
from chatbot.frozen import dataclass
from chatbot.json_bytes import dumps, loads
from chatbot.json_file import Json


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the service says of one text: the label, and the listed words that it found as they are written."""

    risk: str
    words: tuple[str, ...] = ()


class RiskUnavailable(Exception):
    """No verdict in time, or none that can be read; says why."""


class RiskService(Protocol):
    """Judges texts."""

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """One verdict a text, in order.

        Raises:
            RiskUnavailable: after at most the time that was set.
        """


class HttpRiskService:
    """A ``RiskService`` over HTTP."""

    def __init__(
        self, url: str, token: str = "", seconds: float = 0.2, breaker: CircuitBreaker | None = None
    ) -> None:
        """Raises ``ConfigError`` when ``url`` is not http(s)."""
        self._client = PredictClient(url, token, seconds, "risk_service_url", breaker)

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        if not texts:
            return []
        body = dumps([{"content": text} for text in texts])
        try:
            return self._client.ask(body, lambda told: read_verdicts(told, len(texts)))
        except (PredictUnavailable, PredictRefused) as error:
            raise RiskUnavailable(str(error)) from error

    def close(self) -> None:
        """Let connections and threads go."""
        self._client.close()


def read_verdicts(told: bytes, count: int) -> list[Verdict]:
    """The verdicts in a reply to ``count`` texts.

    Raises:
        ValueError: it is not such a reply.
    """
    value: Json = loads(told)
    if not isinstance(value, list) or len(value) != count:
        raise ValueError("the reply is no list of as many verdicts as texts were sent")
    return [_verdict(one) for one in value]


def _verdict(one: Json) -> Verdict:
    if not isinstance(one, dict) or not isinstance(risk := one.get("risk"), str):
        raise ValueError("a verdict without risk")
    words = one.get("words")
    found = words if isinstance(words, list) else []
    written = (word.get("as_written") for word in found if isinstance(word, Mapping))
    return Verdict(risk, tuple(word for word in written if isinstance(word, str)))
