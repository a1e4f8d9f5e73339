"""What every ``RateLimiter`` promises. A subclass gives ``limiter`` and ``wait`` (let seconds pass)."""

from collections.abc import Callable

import pytest

from chatbot.security.limits import Limit, RateLimiter, Subject


class RateLimiterContract:
    """The promises, over whatever keeps the counts."""

    def test_the_count_may_come_at_once_and_then_no_more(self, limiter: RateLimiter) -> None:
        subject = Subject("address", "10.0.0.1", Limit(5, 3600))
        taken = [limiter.take([subject]) for _ in range(7)]
        assert taken[:5] == [None] * 5
        for refusal in taken[5:]:
            assert refusal is not None and refusal.subject == subject
            assert refusal.seconds == pytest.approx(720, abs=5)

    def test_one_more_comes_back_after_its_share_of_the_time(
        self, limiter: RateLimiter, wait: Callable[[float], None]
    ) -> None:
        subject = [Subject("session", "s", Limit(4, 0.8))]
        assert [limiter.take(subject) is None for _ in range(5)] == [True] * 4 + [False]
        wait(0.21)
        assert [limiter.take(subject) is None for _ in range(2)] == [True, False]
        wait(0.85)
        assert [limiter.take(subject) is None for _ in range(5)] == [True] * 4 + [False]

    def test_a_refused_request_counts_for_nobody(self, limiter: RateLimiter) -> None:
        narrow, wide = Subject("session", "s", Limit(1, 3600)), Subject("address", "a", Limit(3, 3600))
        assert limiter.take([wide, narrow]) is None
        for _ in range(5):
            refusal = limiter.take([wide, narrow])
            assert refusal is not None and refusal.subject == narrow
        assert [limiter.take([wide]) is None for _ in range(3)] == [True, True, False]

    def test_kinds_and_names_are_counted_apart(self, limiter: RateLimiter) -> None:
        limit = Limit(1, 3600)
        subjects = [
            Subject("session", "a", limit),
            Subject("address", "a", limit),
            Subject("session", "b", limit),
        ]
        assert [limiter.take([subject]) for subject in subjects] == [None] * 3
        assert all(limiter.take([subject]) for subject in subjects)

    def test_nothing_counted_is_nothing_refused(self, limiter: RateLimiter) -> None:
        assert limiter.take([]) is None
