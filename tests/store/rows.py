"""Rows for tests: what a test does not say is filled in."""

from dataclasses import replace

from chatbot.conversation import FinishedTurn
from chatbot.dialog.state import BadCase, Step
from chatbot.reply import Message, Reply
from chatbot.session.base import Memory
from chatbot.session.codec import encode_memory
from chatbot.store.records import BadCaseRow, TurnRow

_TURN = TurnRow(
    turn_id="1", at_ms=1000, trace_id="t1", session_id="s1", sent="多少钱", masked=False, rows_limit=20, memory=encode_memory(Memory()).decode(),
    kb_version="v1", answer="27.6万", answer_type="answer", answer_source="kg", state="answering", confidence=0.9,
    question="", entities="", attribute="", digest="d",
)  # fmt: skip
_CASE = BadCaseRow("1", 1000, "t1", "s1", "能飞吗", "unsure_1", "问续航\n问价格", "v1")


def turn(turn_id: str, **changes: object) -> TurnRow:
    return replace(_TURN, turn_id=turn_id, **changes)  # type: ignore[arg-type]


def case(case_id: str, **changes: object) -> BadCaseRow:
    return replace(_CASE, case_id=case_id, **changes)  # type: ignore[arg-type]


def finished(sent: str, trace: str = "t", *, reply: Reply | None = None, bad: str = "") -> FinishedTurn:
    """A turn that was answered, or that did not help for the reason ``bad``."""
    reply = reply or Reply("27.6万", "answer", "kg", "answering", 1.0)
    step = Step(reply, Memory(turns=1), BadCase(bad, ("问续航",)) if bad else None)
    return FinishedTurn(Message(sent, "s", trace), Memory(), step, "v1")
