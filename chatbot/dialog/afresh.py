"""手动开着累 重新看 本田插混: the wish behind 重新看 is a query of its own, whatever was spoken of before it."""

import re
from collections.abc import Callable
from dataclasses import replace

from chatbot.dialog.hearing import Hearing
from chatbot.dialog.state import Step
from chatbot.session.base import Memory

_ANEW = re.compile(
    r"重新(?:看|找|选|挑|查|搜)(?:一?下|一遍|看|过|个|点|吧|啊)*[\s,，:：]*(?P<wish>[^,，。!！?？]{2,}.*)$"
)


def looked_for_afresh(
    walk: Callable[[Memory, Hearing], Step], memory: Memory, hearing: Hearing
) -> Step | None:
    """What the wish comes to by itself; ``None`` where it is none, or leans on what was spoken of (重新看看它的油耗)."""
    found = _ANEW.search(hearing.utterance) if "重新" in hearing.utterance else None
    if found is None:
        return None
    wish = Hearing(found["wish"].strip(), hearing.knowledge, hearing.settings, hearing.rows_limit)
    step = walk(Memory(state=memory.state, turns=memory.turns), wish)
    reply = step.reply
    of_its_own = bool(wish.reading.entities) or (reply.plan is not None and bool(reply.plan.conditions))
    heard = reply.answer_type in ("answer", "clarify") and reply.answer_source in ("kg", "guide")
    return (
        replace(step, memory=replace(step.memory, turns=memory.turns + 1)) if of_its_own and heard else None
    )
