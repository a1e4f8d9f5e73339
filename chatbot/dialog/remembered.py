"""Turns that come again: the same words at the same point of a conversation are decided once."""

from operator import attrgetter

from chatbot.answering.knowledge import Knowledge
from chatbot.dialog.hearing import Hearing
from chatbot.dialog.machine import DialogMachine
from chatbot.dialog.state import Step
from chatbot.frozen import changed, dataclass
from chatbot.recent import Recent
from chatbot.session.base import Memory

REMEMBERED = 1024  # steps, of about 2 KB each

# all of a memory but ``turns``, which only counts
_point = attrgetter(
    "state", "entities", "attributes", "question", "pending", "failures", "suggestions", "recent", "shown",
    "plan", "guiding", "asked", "listed", "topic", "before", "unheard",
)  # fmt: skip


class RememberedSteps:
    """A ``DialogMachine`` that keeps its last steps: popular questions and chips come word for word, again and again.

    States promise that the same turn gives the same decision, so a step that is remembered is the step. What is kept
    is of one knowledge base, and forgotten with it. A remembered step has no ``turn``: whoever explains asks the
    machine itself.
    """

    def __init__(self, machine: DialogMachine, size: int = REMEMBERED) -> None:
        self._machine, self._size = machine, size
        self._book = _Book(None, Recent(size))

    def step(self, memory: Memory, hearing: Hearing) -> Step:
        """As ``DialogMachine.step``, with ``hearing`` of the same settings at every call."""
        book = self._of(hearing.knowledge)
        key = (hearing.utterance, hearing.rows_limit, _point(memory))
        known = book.steps.get(key, None)
        if known is not None:
            return changed(known, memory=changed(known.memory, turns=memory.turns + 1))
        step = changed(self._machine.step(memory, hearing), turn=None)
        book.steps.keep(key, step)
        return step

    def _of(self, knowledge: Knowledge) -> "_Book":
        book = self._book
        if book.of is not knowledge:
            book = self._book = _Book(knowledge, Recent(self._size))
        return book


@dataclass(frozen=True, slots=True)
class _Book:
    """The steps over one knowledge base."""

    of: Knowledge | None
    steps: Recent[object, Step]
