"""Counters never cost an answer."""

import logging

import pytest

from chatbot.metrics import ChatMetrics
from chatbot.reply import Reply
from tests.fakes import FakeChatService

REPLY = Reply("您好！", "chitchat", "chitchat", "chitchat")


def broken(metrics: ChatMetrics, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: str) -> None:
        raise error

    for name in ("_turns", "_errors"):
        monkeypatch.setattr(getattr(metrics, name), "labels", fail)


def test_a_disk_that_is_full_is_logged_and_no_more(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = ChatMetrics()
    broken(metrics, OSError(28, "No space left on device"), monkeypatch)
    with caplog.at_level(logging.WARNING):
        metrics.turn(REPLY, 0.001)
        metrics.error("not_found")
    assert caplog.text.count("No space left on device") == 2


def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = ChatMetrics()
    broken(metrics, ValueError("wrong labels"), monkeypatch)
    with pytest.raises(ValueError, match="wrong labels"):
        metrics.turn(REPLY, 0.001)


def test_two_services_in_one_process_count_apart() -> None:
    first, second = ChatMetrics(), ChatMetrics()
    first.turn(REPLY, 0.001)
    assert b"chatbot_turns_total{" in first.exposition(FakeChatService())
    assert b"chatbot_turns_total{" not in second.exposition(FakeChatService())
