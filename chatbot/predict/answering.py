"""One request to a service, whatever way it came: admitted, read, predicted on, counted."""

import time
from collections.abc import Callable

from chatbot.errors import UnauthorizedError
from chatbot.json_file import Json
from chatbot.predict.base import CALLERS, ItemError, Outcome
from chatbot.predict.hosting import HostedService
from chatbot.predict.http_errors import status_of_error
from chatbot.predict.metrics import PredictMetrics


def answered(
    service: HostedService,
    body: Callable[[], bytes],
    authorization: str,
    request_id: str,
    metrics: PredictMetrics,
) -> tuple[Json, int]:
    """The reply's JSON value and its status. ``body`` is read once the caller is admitted.

    Raises:
        UnauthorizedError: ``authorization`` (a token, with or without ``Bearer``) does not open the service.
        InvalidMessageError, NotReadyError, OverloadedError, DeadlineError: as ``HostedService``.
    """
    begun, status, outcomes = time.perf_counter(), 500, list[Outcome]()
    try:
        if not service.admits(authorization.removeprefix("Bearer ").strip()):
            raise UnauthorizedError("令牌不对或没有 → 请求头加 Authorization: <令牌>，令牌请管理员发")
        parsed = service.parse(body())
        reply, outcomes = service.answer(parsed, request_id)
        status = 200 if parsed.many else _status_of(outcomes[0])
        return reply, status
    except Exception as error:
        status = status_of_error(error)
        raise
    finally:
        bad = sum(isinstance(one, ItemError) for one in outcomes)
        metrics.request(service.name, status, time.perf_counter() - begun, len(outcomes) - bad, bad)


def _status_of(outcome: Outcome) -> int:
    if not isinstance(outcome, ItemError):
        return 200
    return 400 if outcome.code.startswith(CALLERS) else 500
