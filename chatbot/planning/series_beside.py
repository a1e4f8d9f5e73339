"""A series whose short name is the word for a value too: C级 of C级和E级 is the series, C级车 a kind of car."""

from collections.abc import Container, Iterable, Sequence

from chatbot.planning.links import Link
from chatbot.regex import regex

_JOINT = regex(r"\s*(?:和|跟|与|同|比|对比|、|vs|pk|还是|或者?)\s*")


def with_its_make(
    text: str, links: Sequence[Link], makes: Iterable[str], names: Container[str]
) -> str | None:
    """``text`` with the make before a value's word that is joined to a car; ``None`` where there is none.

    Only where one of the ``makes`` and the word are together one of the ``names``.
    """
    named = [link for link in links if link.entity]
    for word in (link for link in links if link.value and not link.entity) if named else ():
        for thing in named:
            first, second = sorted((word, thing), key=lambda link: link.start)
            if first.end <= second.start and _JOINT.fullmatch(text, first.end, second.start):
                found = [make for make in makes if make + word.text in names]
                return text[: word.start] + found[0] + text[word.start :] if len(found) == 1 else None
    return None
