"""The state machine: it alone applies what a state has decided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chatbot.dialog.state import BadCase, Hearing, State, Turn
from chatbot.reply import Reply
from chatbot.session.base import Memory

MAX_HOPS = 8


@dataclass(frozen=True, slots=True)
class Step:
    """The end of a turn: what is said, what is remembered, what the operator should see."""

    reply: Reply
    memory: Memory
    bad_case: BadCase | None = None


class DialogMachine:
    """闲聊 → 问题接收 → 归一化 → 问答 → 异常处理, by the names in ``states``."""

    def __init__(self, states: Mapping[str, State]) -> None:
        self._states = states

    def step(self, memory: Memory, hearing: Hearing) -> Step:
        """Walk from the remembered state until one replies.

        Raises:
            RuntimeError: the states pass the turn round without replying (a defect of a state).
        """
        turn = Turn(hearing, memory)
        name = memory.state if memory.state in self._states else "question_intake"
        for _ in range(MAX_HOPS):
            decision = self._states[name].handle(turn)
            turn, name = decision.turn, decision.next_state
            if decision.reply is not None:
                kept = replace(
                    turn.memory, state=name, turns=memory.turns + 1, suggestions=decision.reply.suggestions
                )
                return Step(decision.reply, kept, decision.bad_case)
        raise RuntimeError(f"no state replied within {MAX_HOPS} hops; the last was {name!r}")
