"""前者, 后者 of two series or brands that were spoken of together: by name, for no one car is meant."""

import re

from chatbot.knowledge_graph.plan import KEYWORDS, AnyOf, Clause, Condition, Plan
from chatbot.normalization.text import normalize
from chatbot.planning.clauses import flat
from chatbot.planning.context import Context
from chatbot.regex import regex

_PAIR = 2
_SAID = regex(
    "(?P<former>前者|前一个|^那?前[面边头]的?那[个款台](?=呢?$))|(?P<latter>后者|后一个|^那?后[面边头]的?那[个款台](?=呢?$))"
)


def named_again(text: str, context: Context) -> str:
    """A normalised ``text`` with the name of the one of two series that it points at; unchanged where none were told."""
    said = _SAID.search(text)
    if said is None:
        return text
    two = _two_of(context.plan) or _two_of(context.listed)
    return _SAID.sub(lambda found: _name(found, two), text) if two else text


def _name(found: re.Match[str], two: tuple[str, ...]) -> str:
    return two[0] if found["former"] else two[1]


def _two_of(plan: Plan | None) -> tuple[str, ...]:
    """The names of the two, in the order they were said."""
    told = [names for clause in flat(plan.conditions) if (names := _alternatives(clause))] if plan else []
    return told[0] if len(told) == 1 else ()


def _alternatives(clause: Clause) -> tuple[str, ...]:
    inner = clause.clauses if isinstance(clause, AnyOf) else ()
    names = tuple(
        normalize(str(c.value)) for c in inner if isinstance(c, Condition) and c.attribute[:2] == KEYWORDS
    )
    return names if len(names) == len(inner) == _PAIR else ()
