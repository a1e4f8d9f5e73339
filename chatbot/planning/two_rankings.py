"""Two rankings of two kinds in one question: 最便宜的SUV和最贵的轿车; each half is a question of its own."""

from collections.abc import Callable
from dataclasses import replace

from chatbot.knowledge_graph.plan import Plan
from chatbot.planning.query import Planned, Query
from chatbot.regex import regex

_JOINT = regex("和|跟|与|以及|还有|、|,|，|比")
_MOST = regex("最")
_DIFFERENCE = regex("差|比[一较个下]|相比|对比|[贵高宜低快慢]多少")
_PAIR = 2


def halves(text: str) -> tuple[str, str] | None:
    """The two halves of a text that ranks twice, cut at the last joining word before the second ranking."""
    places = [found.start() for found in _MOST.finditer(text)]
    if len(places) != _PAIR:
        return None
    joints = list(_JOINT.finditer(text, places[0], places[1]))
    return (text[: joints[-1].start()], text[joints[-1].end() :]) if joints else None


def both(text: str, ask: Callable[[str], Planned], winner: Callable[[Plan], str | None]) -> Query | None:
    """One query for both; ``None`` where the halves do not each name what they rank.

    ``ask`` plans a half, ``winner`` gives the entity that ranks first.
    """
    cut = halves(text)
    if cut is None:
        return None
    one, other = ask(cut[0]), ask(cut[1])
    if not (_ranks(one) and _ranks(other)):
        return None
    assert isinstance(one, Query) and isinstance(other, Query)
    if one.plan.conditions == other.plan.conditions:
        return None
    same = one.plan.attributes[0] == other.plan.attributes[0]
    if _DIFFERENCE.search(text) and same:
        names = tuple(name for name in (winner(one.plan), winner(other.plan)) if name)
        return replace(one, plan=Plan("compare", names, one.plan.attributes)) if len(set(names)) > 1 else None
    asked = other.asked_for or one.asked_for
    first, second = (
        replace(query.plan, attributes=tuple(dict.fromkeys((*query.plan.attributes, *asked))))
        for query in (one, other)
    )
    return replace(one, plan=first, also=(second,), asked_for=())


def _ranks(planned: Planned) -> bool:
    """Whether it is one ranking of those that meet some condition."""
    if not isinstance(planned, Query) or planned.plan.op != "superlative":
        return False
    return bool(planned.plan.conditions) and not planned.also and not planned.ignored
