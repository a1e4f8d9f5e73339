"""What is done about an operator's intent: a person, an answer of the small talk or of the FAQ, or words of their own."""

from dataclasses import replace

from chatbot.answering.inquiry import Inquiry
from chatbot.dialog.state import BadCase, Decision, Turn
from chatbot.messages import say
from chatbot.normalization.intent_model import Heard
from chatbot.reply import AnswerSource, AnswerType, IntentEvidence, Reply

ASKED_FOR = "a person was asked for"


def act_on(turn: Turn, heard: Heard, state: str) -> Decision:
    """The decision of the intent's action; a standard question is answered as if it had been asked."""
    turn = replace(turn, meant=heard)
    action = heard.action
    if action.kind == "handoff":
        return hand_off(turn, state, action.content)
    if action.kind == "faq":
        names = turn.hearing.reading.entities
        groups = tuple(link.candidates for link in names) or tuple((name,) for name in turn.memory.entities)
        inquiry = Inquiry(turn.hearing.knowledge.reader.read(""), groups, question=action.content)
        return Decision("answering", replace(turn, inquiry=inquiry))
    if action.kind == "reply":
        return _said(turn, action.content, "answer", "guide", state)
    answer = turn.hearing.knowledge.small_talk_answers.answer_for(action.content, None)
    if answer is None:  # the small talk changed while this version was loaded: lint and loading refuse it
        return Decision("normalization", turn)
    return _said(turn, answer.text, "chitchat", "chitchat", state)


def hand_off(turn: Turn, state: str, words: str = "") -> Decision:
    """A person is wanted. ``words`` are said in place of the usual ones."""
    hearing = turn.hearing
    reply = Reply(
        answer=words or hearing.settings.handoff_text or say("handoff", hearing.language),
        answer_type="handoff",
        answer_source="guide",
        state=state,
        confidence=turn.meant.probability if turn.meant else 1.0,
        evidence=evidence_of(turn),
        suggestions=(say("chip_restart"),),
        why=why_of(turn) or ASKED_FOR,
    )
    decision = Decision(state, turn, reply, BadCase("handoff"))
    return decision.remembering(pending=None, failures=0)


def evidence_of(turn: Turn) -> tuple[IntentEvidence, ...]:
    """The intent that was acted on, as the reply shows it."""
    meant = turn.meant
    if meant is None:
        return ()
    score = round(meant.probability, 4)
    return (IntentEvidence(meant.intent, meant.action.kind, meant.matched, score, meant.file),)


def why_of(turn: Turn) -> str:
    """The intent that was acted on; empty without one."""
    return f"intent {turn.meant.intent} {turn.meant.probability:.2f}" if turn.meant else ""


def _said(turn: Turn, text: str, kind: AnswerType, source: AnswerSource, state: str) -> Decision:
    reply = Reply(
        answer=text,
        answer_type=kind,
        answer_source=source,
        state=state,
        confidence=turn.meant.probability if turn.meant else 0.0,
        evidence=evidence_of(turn),
        suggestions=turn.hearing.knowledge.examples[:3],
        why=why_of(turn),
    )
    return Decision(state, turn, reply).remembering(pending=None, failures=0)
