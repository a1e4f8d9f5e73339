"""油耗大概呢 of what is spoken of: about how much its own is, and not what is usual among all."""

from dataclasses import replace

from chatbot.planning.context import Context
from chatbot.planning.parts import Parts
from chatbot.regex import regex

_ROUGHLY = regex("大概|大约|大致|一般|通常|普遍")


def of_its_own(parts: Parts, context: Context) -> Parts:
    """``parts`` without the wish for what is usual, where an attribute of what is spoken of is asked for, and no more."""
    if not parts.has("typical") or not (context.entities or context.offered):
        return parts
    said = (link.text for link in parts.scan.links if link.plays("typical"))
    told = parts.things or parts.atoms or parts.has("head", "average", "count", "list", "which", "nearest")
    if told or not parts.attributes or not all(map(_ROUGHLY.fullmatch, said)):
        return parts
    return replace(parts, _roles=parts._roles - {"typical"})
