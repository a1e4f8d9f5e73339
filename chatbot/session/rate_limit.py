"""Rate limits in Redis, shared by all workers and replicas: one script, one round trip, whatever is counted."""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

from redis.exceptions import NoScriptError

from chatbot.security.limits import Refusal, Subject
from chatbot.session import keys
from chatbot.session.scripts import Script
from chatbot.session.transport import FOREIGN_ERRORS, Argument, Transport

CALL_SECONDS = 0.05
"""A limit is not worth a longer wait: the turn goes on uncounted."""

PAUSE_SECONDS = 1.0
"""For how long nothing is asked of a Redis that did not answer."""

_LOG = logging.getLogger("chatbot.limits")

TAKE = Script("""
-- KEYS one a subject; ARGV for each: µs a request, µs from empty to full
-- → {0, 0} and all are counted, or {place of the first that is over, µs to wait} and none is
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full = {}
for i, key in ipairs(KEYS) do
  local at = tonumber(redis.call('GET', key)) or 0
  if at < now or at > now + tonumber(ARGV[2 * i]) then at = now end  -- further off only after a clock jump
  full[i] = at + tonumber(ARGV[2 * i - 1])
  local early = full[i] - tonumber(ARGV[2 * i]) - now
  if early > 0 then return {i, early} end
end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000))
end
return {0, 0}
""")


class RedisRateLimiter:
    """A ``RateLimiter`` on the Redis that holds the sessions; owns its transport."""

    def __init__(self, transport: Transport, *, prefix: str = keys.PREFIX) -> None:
        self._transport, self._prefix = transport, prefix
        self._closed_until = 0.0
        self._saying = threading.Lock()

    def take(self, subjects: Sequence[Subject]) -> Refusal | None:
        """Count, or refuse. Without Redis nothing is refused: that is logged once each time it goes."""
        if time.monotonic() < self._closed_until:
            return None
        names = [keys.limit_key(self._prefix, subject.kind, subject.name) for subject in subjects]
        numbers = [n for subject in subjects for n in (subject.limit.interval_us, subject.limit.burst_us)]
        try:
            over, wait_us = self._run(names, numbers)
        except FOREIGN_ERRORS as error:
            self._give_up(error)
            return None
        return Refusal(subjects[over - 1], wait_us / 1_000_000) if over else None

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _run(self, names: list[str], numbers: list[int]) -> Any:
        rest: tuple[Argument, ...] = (len(names), *names, *numbers)
        try:
            return self._transport.call("EVALSHA", TAKE.sha, *rest, seconds=CALL_SECONDS)
        except NoScriptError:
            return self._transport.call("EVAL", TAKE.source, *rest, seconds=CALL_SECONDS)

    def _give_up(self, error: BaseException) -> None:
        now = time.monotonic()
        with self._saying:
            first = now >= self._closed_until + PAUSE_SECONDS
            self._closed_until = now + PAUSE_SECONDS
        if first:
            _LOG.warning("rate limits are not kept while Redis does not answer: %s", error)
