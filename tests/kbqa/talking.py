"""A talk over the demo's graph, turn by turn, judged by the oracle over the raw JSON."""

from collections.abc import Sequence
from pathlib import Path

from chatbot.answering.knowledge import Knowledge
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.dialog.machine import DialogMachine
from chatbot.session.base import Memory
from tests.kbqa.carry_table import Next, Spec
from tools.evaluate.kg import ROWS
from tools.evaluate.kg_judge import Turn, faults
from tools.evaluate.kg_spec import Expectations

ROOT = Path(__file__).parents[2]
Demo = tuple[DialogMachine, Knowledge, Expectations]


def told(demo: Demo, memory: Memory, said: str) -> tuple[Memory, Turn]:
    machine, known, _ = demo
    step = machine.step(memory, Hearing(said, known, DialogSettings(), ROWS))
    return step.memory, Turn(step.reply, step.memory, known.graph)


def wrong_in(demo: Demo, memory: Memory, follow: Next, shown: list[str]) -> dict[str, list[str]]:
    expected: Spec = demo[2].expect(follow.meant(shown))
    return {
        said: wrong for said in follow.wordings if (wrong := faults(told(demo, memory, said)[1], expected))
    }


def talked(demo: Demo, turns: Sequence[str]) -> tuple[Memory, list[str], Turn]:
    """What is remembered after ``turns``, the rows of the last list that was shown, and the last turn."""
    memory, shown = Memory(state="question_intake"), list[str]()
    for said in turns:
        memory, turn = told(demo, memory, said)
        shown = turn.rows if len(turn.rows) > 1 else shown
    return memory, shown, turn
