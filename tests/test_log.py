"""Logs: JSON lines with the ids of the turn they belong to."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from chatbot.log import JsonFormatter, TurnLog, configure_logging, turn_ids
from chatbot.reply import Message, Reply

MESSAGE = Message("秘密的话", "s1", "t1")
REPLY = Reply("您好！", "chitchat", "chitchat", "chitchat", 0.98765)


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("chatbot")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_what_any_module_logs_is_a_json_line_with_the_ids_of_its_turn() -> None:
    stream = io.StringIO()
    configure_logging("info", stream)
    logger = logging.getLogger("chatbot.session")
    with turn_ids(MESSAGE):
        logger.warning("gone: %s", "会话")
    logger.info("later")
    first, second = lines(stream)
    assert first.pop("timestamp") and second.pop("timestamp")
    assert first == {
        "event": "gone: 会话", "level": "warning", "logger": "chatbot.session", "trace_id": "t1", "session_id": "s1",
    }  # fmt: skip
    assert "trace_id" not in second


def test_a_traceback_stays_in_its_line() -> None:
    stream = io.StringIO()
    configure_logging("info", stream)
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("chatbot.web").exception("failed")
    (line,) = lines(stream)
    assert "ValueError: two\nlines" in str(line["exception"])


@pytest.mark.parametrize(("level", "heard"), [("debug", 3), ("info", 2), ("warning", 1), ("error", 0)])
def test_the_level_is_for_our_own_modules(level: str, heard: int) -> None:
    stream = io.StringIO()
    configure_logging(level, stream)
    logger = logging.getLogger("chatbot.x")
    logger.debug("a")
    logger.info("b")
    logger.warning("c")
    logging.getLogger("a.library").info("chatter")
    assert len(lines(stream)) == heard


def test_a_lone_surrogate_does_not_stop_a_line() -> None:
    stream = io.BytesIO()
    TurnLog("info", log_utterances=True, stream=stream).turn(Message("坏\ud800", "s", "t"), REPLY, 1.5)
    line = json.loads(stream.getvalue())
    assert (line["sent"], line["confidence"], line["elapsed_ms"]) == ("坏?", 0.9877, 1.5)


EVIL = 'a\nb\r{"event":"fake"}\x1b[2J\x9b2J\x7f\u2028c\u202eevil'


def test_what_someone_says_cannot_end_a_line_or_draw_over_it() -> None:
    stream = io.BytesIO()
    reply = Reply(EVIL, "answer", "faq", "answering")
    TurnLog("info", log_utterances=True, stream=stream).turn(Message(EVIL, "s", "t"), reply, 1.0)
    (line,) = stream.getvalue().decode().splitlines()
    assert json.loads(line)["sent"] == json.loads(line)["answer"] == EVIL
    assert line.isprintable()


def test_a_message_of_any_module_cannot_either() -> None:
    record = logging.LogRecord("chatbot.x", logging.WARNING, "f", 1, "failed: %s", (EVIL,), None)
    line = JsonFormatter().format(record)
    assert json.loads(line)["event"] == f"failed: {EVIL}"
    assert line.isprintable()
