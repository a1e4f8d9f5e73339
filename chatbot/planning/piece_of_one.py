"""赛道那个, A那个 of those spoken of: a piece of a name that is too short to be known by itself says which of them is meant."""

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.normalization.text import normalize
from chatbot.planning.context import Context
from chatbot.planning.links import Link
from chatbot.planning.scan import Scan
from chatbot.regex import regex

_PAIR, _FEW = 2, 6
_BY_HOW_MUCH = "(?:要|能|会)?(?:贵|便宜|快|慢|省|重|轻|大|小|高|低|长|短)(?:了|出)?(?:多少|几)"
_THAT = regex(f"(?P<piece>[^,，。的]{{1,6}}?)的?(?=[那这]一?[个款台辆](?!车)|(?<=..){_BY_HOW_MUCH})")
_AGAINST = regex(
    r"(?<=比)(?:那个|这个)?(?P<number>\d{3,4})(?:的|那[个款台])?(?=便宜|[贵快慢省大小长短远多少高低重轻])"
)
_NUMBERS = regex(r"\d+")
_TELLS_HOW = frozenset("新老旧大小高低好差贵快慢长短轻重")  # 新的这个 is the newer one, not the 新风版
_LEAD = regex("(?:那|那么|就|还是|[,，])*")


def called_that(scan: Scan, context: Context, graph: KnowledgeGraph) -> str:
    """The text of ``scan`` with the name of the one that is pointed at; empty where none is, or more than one might be.

    35那个 of those listed is no other thing that is called so, and was not spoken of.
    """
    lead = _LEAD.match(scan.text)
    said = _THAT.match(scan.text, lead.end()) if lead and not context.empty else None
    told = context.last(0) if len(context.last(0)) >= _PAIR else context.shown
    if said is None or said["piece"] in _TELLS_HOW or not _PAIR <= len(told) <= _FEW:
        return ""
    named = [link.entity.names for link in scan.links if link.entity]
    elsewhere = bool(named) and set(told).isdisjoint(name for names in named for name in names)
    of_others_too = any(_of_others_too(link, said["piece"], told) for link in scan.links)
    if not (elsewhere or of_others_too) and (named or said["piece"] not in scan.unknown):
        return ""
    found = [name for name in told if _holds(graph.by_name[name].keywords, said["piece"])]
    return (
        scan.text[: said.start()] + normalize(found[0]) + scan.text[said.end() :] if len(found) == 1 else ""
    )


def against_that(said: str, context: Context, graph: KnowledgeGraph) -> str:
    """比605便宜的 with the name of the one spoken of that has the number in it: what is said is no price."""
    found = _AGAINST.search(said)
    if found is None or context.empty:
        return said
    told = dict.fromkeys((*context.entities, *context.recent[:_PAIR]))
    names = [one for one in told if found["number"] in _NUMBERS.findall(normalize(one))]
    return said[: found.start()] + names[0] + said[found.end() :] if len(names) == 1 else said


def _of_others_too(link: Link, piece: str, told: tuple[str, ...]) -> bool:
    """Whether it names one of those ``told``, and others that were not: 双擎 of two, one of which is a 双擎."""
    names = set(link.entity.names) if link.entity and link.text == piece else set()
    return len(names & set(told)) == 1 and len(names) > 1


def _holds(keywords: tuple[str, ...], piece: str) -> bool:
    """Whether one of the names begins so, or, where it is no single letter, has it anywhere."""
    names = [normalize(keyword) for keyword in keywords]
    if piece.isdigit():
        return any(piece in _NUMBERS.findall(name) for name in names)
    if len(piece) >= _PAIR or not piece.isascii():
        return any(piece in name for name in names)
    return any(name.startswith(piece) and not (name[1:2].isascii() and name[1:2].isalnum()) for name in names)
