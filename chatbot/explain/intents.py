"""The operator's intents, as an explanation shows them."""

from collections.abc import Mapping

from chatbot.dialog.hearing import Hearing
from chatbot.dialog.state import Step
from chatbot.explain.explanation import IntentChance, IntentsShown
from chatbot.normalization.intent_model import likeliest
from chatbot.normalization.text import content

FEW = 3


def intents_shown(hearing: Hearing, step: Step) -> IntentsShown | None:
    """How likely each is, and whether one was acted on; ``None`` where the operator has none."""
    intents = hearing.knowledge.intents
    if intents is None:
        return None
    asked = hearing.reading.question
    every = intents.chances(asked) if content(asked) else {}
    ranked = sorted(every.items(), key=lambda one: -one[1])
    chances = tuple(IntentChance(name, chance) for name, chance in ranked[:FEW])
    meant = step.turn.meant if step.turn else None
    if meant:
        return IntentsShown(
            asked, chances, intents.card.threshold, meant.intent, meant.matched, meant.file, ""
        )
    return IntentsShown(asked, chances, intents.card.threshold, "", "", "", _why_not(hearing, every))


def _why_not(hearing: Hearing, chances: Mapping[str, float]) -> str:
    """Why no intent was acted on."""
    intents = hearing.knowledge.intents
    if intents is None or not chances:
        return "没有可读的字"
    if likeliest(chances)[1] < intents.card.threshold:
        return "没有意图到门槛"
    if hearing.intent is None:
        return "标准问或闲聊更可能"
    return "这一轮先按转人工词、候选项、查询或取消处理了"
