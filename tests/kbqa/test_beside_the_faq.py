"""Which of the demo's two sources answers, where the words are good for both."""

import pytest

from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.session.base import Memory
from tests.kbqa.talking import Demo


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("增程的车", "kg"),  # though it looks like 插混和增程有什么区别
        ("增程车", "kg"),
        ("插混和增程有啥区别呀", "faq"),
        ("总用快充好吗", "faq"),
        ("提车得带哪些东西", "faq"),
        ("纠结油车电车", "faq"),
        ("有什么推荐的车", "kg"),
    ],
)
def test_the_source_that_is_meant_answers(said: str, source: str, demo: Demo) -> None:
    machine, known, _ = demo
    step = machine.step(Memory(state="question_intake"), Hearing(said, known, DialogSettings()))
    assert step.reply.answer_source == source
