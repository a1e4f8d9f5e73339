"""Limits in a real Redis: the promises, many at once, and that nothing is refused when it is gone."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from chatbot.security.limits import Limit, Subject
from chatbot.session.connect import RedisSettings, connect
from chatbot.session.embedded import EmbeddedRedis
from chatbot.session.open_store import open_rate_limiter
from chatbot.session.rate_limit import PAUSE_SECONDS, RedisRateLimiter
from chatbot.session.transport import Transport
from tests.contracts.rate_limiter import RateLimiterContract

ONE = [Subject("address", "a", Limit(1, 3600))]


@pytest.fixture
def limiter(server: EmbeddedRedis) -> Iterator[RedisRateLimiter]:
    made = RedisRateLimiter(connect(RedisSettings(host=f"unix://{server.socket}")))
    yield made
    made.close()


@pytest.fixture
def wait() -> Callable[[float], None]:
    return time.sleep


class TestRedisRateLimiter(RateLimiterContract):
    pass


def test_all_workers_count_together(server: EmbeddedRedis) -> None:
    limiters = [RedisRateLimiter(connect(RedisSettings(host=f"unix://{server.socket}"))) for _ in range(4)]
    subject, admitted = [Subject("session", "s", Limit(50, 3600))], []

    def ask(limiter: RedisRateLimiter) -> None:
        for _ in range(40):
            admitted.append(limiter.take(subject) is None)

    threads = [threading.Thread(target=ask, args=(limiter,)) for limiter in limiters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for limiter in limiters:
        limiter.close()
    assert (len(admitted), sum(admitted)) == (160, 50)


def test_one_round_trip_however_many_are_counted(
    limiter: RedisRateLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter.take(ONE)
    sent: list[tuple[object, ...]] = []
    call = limiter._transport.call
    monkeypatch.setattr(
        limiter._transport,
        "call",
        lambda *command, **options: sent.append(command) or call(*command, **options),
    )
    limiter.take([Subject(kind, "x", Limit(9, 60)) for kind in ("token", "session", "address")])
    assert [command[0] for command in sent] == ["EVALSHA"]


def test_counts_go_when_they_no_longer_matter_and_share_one_slot(
    limiter: RedisRateLimiter, transport: Transport
) -> None:
    limiter.take([Subject("address", "10.0.0.1", Limit(2, 100))])
    (key,) = transport.call("KEYS", "*")
    assert key == b"chatbot:{limit}:address:10.0.0.1"
    assert 49_000 <= transport.call("PTTL", key) <= 50_000


def test_a_count_far_in_the_future_is_a_clock_that_jumped_not_a_debt(
    limiter: RedisRateLimiter, transport: Transport
) -> None:
    transport.call("SET", "chatbot:{limit}:address:a", "99999999999999999")
    assert limiter.take(ONE) is None
    assert limiter.take(ONE) is not None


def test_without_redis_nothing_is_refused_and_nobody_waits(
    limiter: RedisRateLimiter, server: EmbeddedRedis, caplog: pytest.LogCaptureFixture
) -> None:
    assert [limiter.take(ONE) is None for _ in range(2)] == [True, False]
    server.close()
    begun = time.monotonic()
    assert [limiter.take(ONE) for _ in range(1000)] == [None] * 1000
    assert time.monotonic() - begun < 0.5
    assert len([record for record in caplog.records if record.name == "chatbot.limits"]) == 1


def test_it_counts_again_when_redis_is_back(
    state_dir: object, server: EmbeddedRedis, limiter: RedisRateLimiter
) -> None:
    server.close()
    assert limiter.take(ONE) is None
    again = EmbeddedRedis(server.state_dir)
    again.ensure_running()
    time.sleep(PAUSE_SECONDS)
    limiter.take(ONE)
    refused = limiter.take(ONE)
    again.close()
    assert refused is not None


def test_the_limits_of_a_service_are_kept_where_its_sessions_are(
    server: EmbeddedRedis, transport: Transport
) -> None:
    opened = open_rate_limiter(RedisSettings(state_dir=server.state_dir))
    opened.take(ONE)
    opened.close()
    assert transport.call("EXISTS", "chatbot:{limit}:address:a") == 1
