"""A question in which a few words are not understood, and all else makes a full query: answered without them, and said so.

Only words that can hardly be a condition, a negation, a number, a name or what is asked for are left out.
"""

from collections.abc import Callable
from dataclasses import replace

from chatbot.planning.context import Context
from chatbot.planning.parts import Parts
from chatbot.planning.query import Asked, Planned, Query
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

MIN_COVERAGE = 0.5
MAX_PIECES = 3
MAX_PIECE = 5
MIN_TOLD = 2
_NO_CHATTER = regex(
    "[不没无非别除未甭莫勿吗么怎哪谁啥几多少比最差第零一二两三四五六七八九十百千万半]|[^\u4e00-\u9fff]"
)
_ASKS_MORE = regex(
    "怎么|如何|为什么|为啥|咋|区别|原因|哪里|哪儿|在哪|什么意思|办理?|流程|手续|优惠|活动|保养|维修|贷款|分期|置换|二手|准新|展车|租|试驾|提车|定金|保险"
)
_ASKED_FOR = regex("(?:多少|几|什么|啥|哪)$")
_CLINGS = ("has", "exists", "not", "compare", "or", "nearest", "keep")
_MARKS = ",;。!?"


class Salvage:
    """Built once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def plan(self, parts: Parts, context: Context, decide: Callable[[Parts, Context], Planned]) -> Planned:
        """What ``decide`` makes of an opening question without the words that say little."""
        idle = self.idle(parts) if context.empty else ()
        if not idle:
            return None
        scan = replace(parts.scan, unknown=(), coverage=1.0)
        planned = decide(replace(parts, scan=scan), context)
        if isinstance(planned, Query):
            return replace(planned, scan=parts.scan, ignored=idle, solid=False)
        return planned if isinstance(planned, Asked) and planned.topics else None

    def idle(self, parts: Parts) -> tuple[str, ...]:
        """The words that are not understood, where every one of them may be left out; else nothing."""
        unknown, scan = parts.scan.unknown, parts.scan
        if not unknown or len(unknown) > MAX_PIECES or scan.coverage < MIN_COVERAGE or scan.mended:
            return ()
        firm = any(atom.kind == "quantity" for atom in parts.atoms) or any(
            rank.strength == "most" for rank in parts.rankings
        )
        told = len(parts.atoms) + len(parts.things) + len(parts.rankings) + len(parts.attributes)
        told += parts.has("head", "list", "buy")
        if told < MIN_TOLD or not (firm or parts.things or len(parts.atoms) > 1):
            return ()
        denied = any(atom.negated for atom in parts.atoms) or any(thing.negated for thing in parts.things)
        if _ASKS_MORE.search(parts.text) or (parts.has("not") and not denied):
            return ()  # 别克看腻了不要: it may be what is not wanted
        return unknown if all(self._says_little(piece, parts) for piece in unknown) else ()

    def _says_little(self, piece: str, parts: Parts) -> bool:
        if len(piece) > MAX_PIECE or _NO_CHATTER.search(piece) or self._vocabulary.may_be_of_it(piece):
            return False
        start = parts.text.find(piece)
        end = start + len(piece)
        if _ASKED_FOR.search(parts.text[:start]):
            return False  # 交多少税
        before = next((x for x in reversed(parts.scan.links) if x.end <= start), None)
        behind = next((x for x in parts.scan.links if x.start >= end), None)
        if before and start - before.end <= 1 and (before.entity or before.plays("part")):
            return False  # more of a name, or what is asked of it
        if before and before.end == start and before.plays(*_CLINGS) and not before.plays("so"):
            return False
        apart = behind is None or any(mark in parts.text[end : behind.start] for mark in _MARKS)
        close = behind is not None and not apart and behind.start - end <= 1
        return not (close and behind and (behind.attribute or (behind.degree and behind.degree.path is None)))
