"""``python -m tools evaluate intents``: an operator's intents in the dialogue itself, each sentence a first turn.

``heard``: acted on as the intent that it is. ``served``: that, or answered as the intent's action would anyway (a person
for ``handoff``, the same standard question for ``faq`` and ``chitchat``), because another part of the dialogue was surer.
``swallowed``: a sentence that is no intent, acted on as one, and answered in other words than without intents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.normalization.intent_files import IntentAction
from chatbot.reply import FaqEvidence, IntentEvidence, Reply
from chatbot.session.base import Memory


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, what it is (empty: no intent), and what it was taken for."""

    text: str
    intent: str
    taken_for: str


@dataclass(frozen=True, slots=True)
class IntentFigures:
    """Counts of ``n`` sentences with an intent and of ``others`` without; ``wrong`` were taken for another intent.
    ``missed`` are the sentences not served, ``lost`` those swallowed."""

    n: int
    heard: int
    served: int
    wrong: int
    others: int
    swallowed: int
    missed: tuple[Said, ...]
    lost: tuple[Said, ...]


def measure(knowledge: Knowledge, rows: Sequence[tuple[str, str]], others: Sequence[str]) -> IntentFigures:
    """Ask everything; ``rows`` are (sentence, intent)."""
    assert knowledge.intents is not None, "loaded with intents"
    actions = knowledge.intents.actions
    replies = [(text, intent, _reply(knowledge, text)) for text, intent in rows]
    found = [(Said(text, intent, _taken_for(reply)), reply) for text, intent, reply in replies]
    served = [_served(one, reply, actions) for one, reply in found]
    without = replace(knowledge, intents=None)
    taken = [
        (Said(text, "", _taken_for(reply)), reply) for text in others if (reply := _reply(knowledge, text))
    ]
    lost = tuple(
        one for one, reply in taken if one.taken_for and _reply(without, one.text).answer != reply.answer
    )
    return IntentFigures(
        n=len(rows),
        heard=sum(one.taken_for == one.intent for one, _ in found),
        served=sum(served),
        wrong=sum(one.taken_for not in ("", one.intent) for one, _ in found),
        others=len(others),
        swallowed=len(lost),
        missed=tuple(one for (one, _), well in zip(found, served, strict=True) if not well),
        lost=lost,
    )


def _reply(knowledge: Knowledge, text: str) -> Reply:
    return build_machine().step(Memory(), Hearing(text, knowledge, DialogSettings())).reply


def _taken_for(reply: Reply) -> str:
    return next((one.intent for one in reply.evidence if isinstance(one, IntentEvidence)), "")


def _served(one: Said, reply: Reply, actions: Mapping[str, IntentAction]) -> bool:
    if one.taken_for:
        return one.taken_for == one.intent
    action = actions[one.intent]
    if action.kind == "handoff":
        return reply.answer_type == "handoff"
    questions = [each.question for each in reply.evidence if isinstance(each, FaqEvidence)]
    return action.kind in ("faq", "chitchat") and questions[:1] == [action.content]
