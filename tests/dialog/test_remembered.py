"""Steps that come again: the same as the machine's own, of the right knowledge base, and none too many."""

from dataclasses import replace

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.dialog.machine import DialogMachine
from chatbot.dialog.remembered import RememberedSteps
from chatbot.dialog.state import Step
from chatbot.session.base import Memory
from tests.dialog.world import knowledge

SAID = (
    "您好",
    "A型号有几个排气管",
    "第二个",
    "那充电时间呢",
    "空调怎么样",
    "这车能飞吗",
    "这车能飞吗",
    "转人工",
)


class Counted:
    """The machine, and how often it was asked."""

    def __init__(self) -> None:
        self.machine: DialogMachine = build_machine()
        self.steps = 0

    def step(self, memory: Memory, hearing: Hearing) -> Step:
        self.steps += 1
        return self.machine.step(memory, hearing)


def heard(said: str, known: Knowledge, rows: int = 20) -> Hearing:
    return Hearing(said, known, DialogSettings(), rows)


def test_a_conversation_that_comes_again_is_answered_the_same_without_the_machine() -> None:
    known, counted = knowledge(), Counted()
    remembered = RememberedSteps(counted)  # type: ignore[arg-type]
    for _ in range(3):
        memory = Memory()
        for said in SAID:
            own = counted.machine.step(memory, heard(said, known))
            found = remembered.step(memory, heard(said, known))
            assert found == own
            memory = found.memory
        assert memory.turns == len(SAID)
    assert counted.steps == len(SAID)


def test_the_same_words_at_another_point_of_a_conversation_are_decided_anew() -> None:
    known, counted = knowledge(), Counted()
    remembered = RememberedSteps(counted)  # type: ignore[arg-type]
    asked = remembered.step(Memory(), heard("A型号有几个排气管", known))
    assert remembered.step(asked.memory, heard("第二个", known)) != remembered.step(
        Memory(), heard("第二个", known)
    )
    remembered.step(Memory(), heard("第二个", known, rows=5))
    assert counted.steps == 4


def test_what_was_remembered_is_forgotten_with_its_knowledge_base() -> None:
    counted = Counted()
    remembered = RememberedSteps(counted)  # type: ignore[arg-type]
    old, new = knowledge(), replace(knowledge(), examples=("别的例子",))
    for _ in range(3):
        first = remembered.step(Memory(), heard("您好", old))
    assert counted.steps == 1
    second = remembered.step(Memory(), heard("您好", new))
    assert "别的例子" in second.reply.suggestions
    assert "别的例子" not in first.reply.suggestions


def test_what_comes_once_pushes_nothing_out_and_no_more_is_kept_than_allowed() -> None:
    known, counted = knowledge(), Counted()
    remembered = RememberedSteps(counted, size=2)  # type: ignore[arg-type]
    for said in ("您好", "您好", "首付多少", "提车要多久", "您好"):
        remembered.step(Memory(), heard(said, known))
    assert counted.steps == 3
    for said in ("谢谢", "谢谢", "再见", "再见", "您好"):
        remembered.step(Memory(), heard(said, known))
    assert counted.steps == 8
