"""Asks an image service what a picture shows, or whether it may be looked at at all."""

from collections.abc import Mapping
from typing import Protocol

from chatbot.backends.breaker import CircuitBreaker
from chatbot.backends.predict_client import PredictClient
from chatbot.frozen import dataclass
from chatbot.json_bytes import dumps, loads


@dataclass(frozen=True, slots=True)
class Seen:
    """One class of the service and how likely it is, 0 to 1."""

    label: str
    probability: float


class PictureService(Protocol):
    """Looks at pictures."""

    @property
    def name(self) -> str:
        """What the service is called in evidence."""

    def look(self, picture: str) -> tuple[Seen, ...]:
        """The classes of a base64 picture, likeliest first; at least one.

        Raises:
            PredictUnavailable: after at most the time that was set.
            PredictRefused: the picture cannot be read.
        """


class HttpPictureService:
    """A ``PictureService`` over HTTP: ``{"image": …}`` → ``{"success": true, "class_probs": {label: p}}``."""

    def __init__(
        self, url: str, token: str, seconds: float, setting: str, breaker: CircuitBreaker | None = None
    ) -> None:
        """``setting`` is the configuration's name for ``url``. Raises ``ConfigError`` when that is not http(s)."""
        self._client = PredictClient(url, token, seconds, setting, breaker)
        self.name = url.split("?")[0].rstrip("/").rpartition("/")[2]

    def look(self, picture: str) -> tuple[Seen, ...]:
        return self._client.ask(dumps({"image": picture}), read_seen)

    def close(self) -> None:
        """Let connections and threads go."""
        self._client.close()


def read_seen(told: bytes) -> tuple[Seen, ...]:
    """The classes in a reply, likeliest first.

    Raises:
        ValueError: it is not such a reply.
    """
    reply = loads(told)
    probabilities = reply.get("class_probs") if isinstance(reply, Mapping) else None
    if not isinstance(probabilities, Mapping) or not probabilities:
        raise ValueError("the reply has no class_probs")
    seen = []
    for label, probability in probabilities.items():
        if isinstance(probability, bool) or not isinstance(probability, int | float):
            raise ValueError(f"the probability of {label} is no number")
        seen.append(Seen(label, float(probability)))
    return tuple(sorted(seen, key=lambda one: -one.probability))
