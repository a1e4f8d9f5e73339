"""One request to a service, whatever way it came: admitted, read, predicted on, counted."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from chatbot.errors import OverloadedError, UnauthorizedError
from chatbot.json_file import Json
from chatbot.predict.base import CALLERS, ItemError, Outcome
from chatbot.predict.body_room import BodyRoom
from chatbot.predict.hosting import HostedService
from chatbot.predict.http_errors import status_of_error
from chatbot.predict.metrics import PredictMetrics


@dataclass(frozen=True, slots=True)
class Body:
    """``length`` bytes that are in memory once they were ``read``."""

    length: int
    read: Callable[[], bytes]


class Answering:
    """What answers the requests to all services of a process, and counts them."""

    def __init__(self, metrics: PredictMetrics, room: BodyRoom) -> None:
        self._metrics, self._room = metrics, room

    def answered(
        self, service: HostedService, body: Body, authorization: str, request_id: str
    ) -> tuple[Json, int]:
        """The reply's JSON value and its status. ``body`` is read once the caller is admitted and there is room for it.

        Raises:
            UnauthorizedError: ``authorization`` (a token, with or without ``Bearer``) does not open the service.
            RefusedError: there is no room, in the words of the service's wire formats.
            InvalidMessageError, NotReadyError, OverloadedError, DeadlineError: as ``HostedService``.
        """
        begun, status, outcomes = time.perf_counter(), 500, list[Outcome]()
        try:
            if not service.admits(authorization.removeprefix("Bearer ").strip()):
                raise UnauthorizedError("令牌不对或没有 → 请求头加 Authorization: <令牌>，令牌请管理员发")
            try:
                self._room.take(body.length)
            except OverloadedError as error:
                raise service.refused(error, request_id) from error
            try:
                parsed = service.parse(body.read())
                reply, outcomes = service.answer(parsed, request_id)
            finally:
                self._room.give_back(body.length)
            status = 200 if parsed.many else _status_of(outcomes[0])
            return reply, status
        except Exception as error:
            status = status_of_error(error)
            raise
        finally:
            bad = sum(isinstance(one, ItemError) for one in outcomes)
            seconds = time.perf_counter() - begun
            self._metrics.request(service.name, status, seconds, len(outcomes) - bad, bad)


def _status_of(outcome: Outcome) -> int:
    if not isinstance(outcome, ItemError):
        return 200
    return 400 if outcome.code.startswith(CALLERS) else 500
