"""Names of parts and accessories, and the ways to ask for a price, a weight, a size, a maker, a power of one of them."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.units import MONEY
from chatbot.needed import all_needed
from chatbot.once import once
from chatbot.planning.concepts import spelled_out
from chatbot.planning.words import built_in
from chatbot.regex import regex

_END = r"(?=(?:一?[个条块套对只片根副台]|来着|左右|[的啊呀呢吗嘛哦呐咧])*(?:$|[,，。?？!！;；\s]))"
_SAID_OF = regex(r"(?:是|用的|装的|到底|大概|差不多|能?有|它|本身|要|得|卖|能|\s)*")
_SIZED = regex("尺寸|规格|大小|容积|容量|直径|面积")
_MAKERS = regex("品牌|厂商|供应商|牌子|厂家")
_FAR = 8  # characters between a part and what is asked of it
_EXTENTS = {"长": "长", "宽": "宽", "高": "高", "厚": "厚", "粗": "粗径", "细": "细径", "深": "深"}


@dataclass(frozen=True)
class Measure:
    """How it is asked for, in which dimensions it is told, or by which words of an attribute's name.

    What holds no character of ``said`` is about another measure.
    """

    asked: re.Pattern[str]
    said: frozenset[str]
    dimensions: frozenset[str] = frozenset()
    named: re.Pattern[str] | None = None

    def asks(self, text: str) -> Iterator[re.Match[str]]:
        """Where it is asked for in ``text``; mostly nowhere, which the characters tell."""
        return (
            iter(()) if any(needed.isdisjoint(text) for needed in self._needed) else self.asked.finditer(text)
        )

    @once
    def _needed(self) -> tuple[frozenset[str], ...]:
        return all_needed(self.asked.pattern)


def _measure(asked: str, said: str, dimensions: str = "", named: str = "") -> Measure:
    pattern = regex(f"(?:{asked}){_END}")
    known = regex(named) if named else None
    return Measure(pattern, frozenset(said), frozenset(dimensions.split()), known)


_PRICE = "贵不贵|贵[吗么]|多少钱|多少米|几个钱|几块钱|几多钱|几钱|多少块|什么价钱?|啥价钱?|什么价位|多贵|怎么卖|咋卖|(?:的)?(?:价格|售价|报价|价钱)(?:是?多少)?"
_WEIGHT = "重不重|沉不沉|轻不轻|[重沉][吗么]|多重|多沉|几斤重?|多少公斤|多少斤|几公斤|多少千克|(?:的)?(?:重量|自重)(?:是?多少)?"
_MAKER = "(?:的)?(?:厂家|厂商|品牌|牌子|供应商)(?:是|用的?是?)(?:谁家?|哪家|哪个|什么)的?|(?:谁家|哪家|哪一家|哪个厂家?|什么厂家?)(?:公司)?(?:的|出的|产的|生产的|制造的|造的|做的|供的)?|(?:什么|啥|哪个|哪种)(?:牌子|品牌|牌)的?|(?:的)(?:品牌|牌子|供应商)(?:是?什么)?"
_WARRANTY = "(?:质保|保修|包修|保)(?:期|期限)?(?:是|有)?(?:几年|多久|多少年|多长时间)|(?:几年|多久|多少年)的?(?:质保|保修)"
_POWER = "多少瓦|几瓦|几十瓦|多少w|多大(?:的)?功率|功率多大|(?:的)?功率(?:是?多少)?"
_SIZE = "多大|几寸|多少寸|几英寸|多少英寸|(?:的)?(?:尺寸|大小)(?:是?多少)?"
MEASURES = (
    _measure(_PRICE, "钱价费贵块", MONEY),
    _measure(_WEIGHT, "重沉斤轻", "重量"),
    _measure(_MAKER, "牌厂家商", named=_MAKERS.pattern),
    _measure(_WARRANTY, "保", named="质保|保修"),
    _measure(_POWER, "瓦率w", "功率"),
    _measure("多少万?像素|几百万像素", "像", named="像素"),
    _measure(_SIZE, "大寸尺", "长度 容积 电量 面积", _SIZED.pattern),
    *(
        _measure(f"多{one}", one, named=f"[{words}]" + ("|规格" if one == "宽" else ""))
        for one, words in _EXTENTS.items()
    ),
)


@cache
def _part_names() -> re.Pattern[str]:
    """Every name of a part at the end of what stands before a measure; the longest wins."""
    words = {said for line in built_in("parts") for word in line.split() for said in spelled_out(word)}
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("(?:" + "|".join(map(re.escape, longest_first)) + ")$")


def part_before(text: str, start: int) -> tuple[int, int] | None:
    """The longest name of a part that ends right before ``start``, what joins them left out: its span."""
    for end in joined_before(text, start):
        if found := _part_names().search(text, 0, end):
            return found.span()
    return None


def joined_before(text: str, start: int) -> Sequence[int]:
    """Where a name may end before ``start``: the words between say nothing (轮胎到底多重)."""
    ends = []
    for end in range(start, max(1, start - _FAR), -1):
        if not _SAID_OF.fullmatch(text[end:start]):
            break
        ends.append(end)
    return ends


def asks_of_a_part(text: str) -> bool:
    """Whether a price, a weight, … of a part is asked for in a normalised ``text``."""
    return bool(spans_of_parts(text))


def of_the_same_measure(asked: str, other: str) -> bool:
    """Whether ``other`` may be about what ``asked`` asks of a part: 充电会折寿吗 is not about a price."""
    measure = next((one for one in MEASURES if one.asked.search(asked)), None)
    return measure is None or not measure.said.isdisjoint(other)


def spans_of_parts(text: str) -> list[tuple[int, int]]:
    """Where a part and what is asked of it stand together: no word of these is a slip."""
    found = ((part_before(text, hit.start()), hit) for one in MEASURES for hit in one.asks(text))
    return [(part[0], hit.end()) for part, hit in found if part]
