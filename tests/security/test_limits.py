"""Limits of one process: the promises, a brute force, and that memory is bounded."""

import random
from collections.abc import Callable

import pytest

from chatbot.security.limits import Limit, LocalLimiter, RateLimiter, Subject
from tests.contracts.rate_limiter import RateLimiterContract


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> RateLimiter:
    return LocalLimiter(clock=clock)


@pytest.fixture
def wait(clock: Clock) -> Callable[[float], None]:
    return clock.wait


class TestLocalLimiter(RateLimiterContract):
    pass


@pytest.mark.parametrize("seed", range(20))
def test_it_admits_what_a_bucket_of_tokens_admits(seed: int) -> None:
    """The brute force keeps the bucket itself: full at first, one more each interval, never above full."""
    rng, clock = random.Random(seed), Clock()
    limit = Limit(rng.randint(1, 8), rng.choice((1.0, 10.0, 60.0)))
    limiter, subject = LocalLimiter(clock=clock), Subject("address", "a", limit)
    level_us, filled = limit.burst_us, clock.now
    for _ in range(400):
        clock.wait(rng.choice((0.0, 0.0, limit.seconds / limit.count * rng.random() * 2)))
        clock.now = round(clock.now, 6)
        level_us = min(limit.burst_us, level_us + round((clock.now - filled) * 1_000_000))
        filled = clock.now
        expected = level_us >= limit.interval_us
        level_us -= limit.interval_us if expected else 0
        assert (limiter.take([subject]) is None) == expected


def test_only_those_seen_last_are_remembered() -> None:
    limiter = LocalLimiter(bound=100)
    for number in range(1000):
        limiter.take([Subject("address", f"{number}", Limit(1, 3600))])
    assert len(limiter._full_at) == 100
    assert limiter.take([Subject("address", "999", Limit(1, 3600))]) is not None
