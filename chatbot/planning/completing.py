"""What is asked beyond what is written: 综合的呢, both ends of what has two, the usual attributes for 怎么样."""

import re
from dataclasses import replace

from chatbot.knowledge_graph.graph import display_name
from chatbot.knowledge_graph.plan import Path, leaf_conditions
from chatbot.knowledge_graph.units import DATE
from chatbot.normalization.text import normalize
from chatbot.planning.carry import lists
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.read_parts import is_brand
from chatbot.planning.scan import Scan
from chatbot.planning.vocabulary import Vocabulary
from chatbot.regex import regex

_OVERVIEW = regex("怎么样|咋样|怎样|如何|好不好")
_HOW_MUCH = regex("(?:现在|目前|大概|到底|一共|一台|一辆|要|得|卖|是)*多少[啊呀呢]?")
_EACH_HOW_MUCH = regex("(?:各|分别|都)(?:自)?(?:是|要|得|卖)?多少[啊呀呢]?")
_COUNTED = regex("(?:那|那么)?(?P<of>.{2,12}?)的?有?(?:几|多少)[颗台块根只](?:呢|啊|呀)?")
_MORE_OF_IT = regex("还有(?:啥|什么|哪些|哪几[种个])(?P<what>[\u4e00-\u9fff]{1,4})$")
_COUNTED_OF_EACH = regex(
    "(?:那|那么|它们)?(?P<of>各|分别)(?:自|都)?(?:有|是|带)?(?:几|多少)[个颗台块根只](?:呢|啊|呀)?"
)
_DOUBTED = regex(
    r"(?:那|哦|啊|咦)?(?P<says>不是|是不是|有没有|是|有|没有)?(?P<number>\d+(?:\.\d+)?)(?:吗|么|吧|嘛|不)[啊呀?？]?"
)
_WITHOUT = regex("(?:那|那么)?(?P<says>没有?|不带|没带|不配|没配)的?(?:那|这)[个款台]")
_NUMBER = regex(r"(?:那|那么|换)?(?P<number>\d+(?:\.\d+)?)的?呢?")
_COUNTED_VALUE = regex(r"\d+(?:\.\d+)?(?P<unit>[^\d.]{1,3})")
_HAN = regex("[\u4e00-\u9fff]+")
_PIECES = regex("[0-9]+[个颗台]")
_NEAR_NAME = 3  # characters between a name and 怎么样
_OTHER_KIND = regex(
    r"(?:(?:不对|不是|错了)[,，]?)?(?:我(?:要|问|说|想|指)的是|我是[问说]|我要)?(?:那|那么)?([\u4e00-\u9fff]{1,4}?)的?呢?"
)  # 综合的呢
_OTHER_PART = regex(
    r"(?:那|那么)?(?:(?P<end>[前后])[面边头轮排]?|(?P<kind>[\u4e00-\u9fff]{2,4}?))的?"
    r"(?P<asks>呢|也?(?:有没有|有吗|有没|有么|支持吗|支不支持|多少|几个|多大|什么样)[呢啊]?)"
)  # 膝部的有吗 after the 安全气囊个数
_SAME_END = 2  # characters that the names of two kinds of one thing end in


class Completer:
    """Built once for a planner."""

    def __init__(self, vocabulary: Vocabulary, decider: Decider) -> None:
        self._vocabulary, self._decider = vocabulary, decider

    def told(self, parts: Parts, context: Context) -> Parts:
        """``parts`` with the attributes that are asked for with those that are named."""
        parts = self._both_ends(self._priced(parts, context))
        return self._overviewed(parts, context)

    def _priced(self, parts: Parts, context: Context) -> Parts:
        """E6长续航版现在多少: the price, where nothing else was asked before."""
        told = parts.attributes or parts.rankings or parts.atoms or parts.categories or parts.scan.unknown
        price = self._decider.price
        counted = any(self._vocabulary.dimension(path) not in (DATE, "") for path in context.attributes[:1])
        if told or price is None or counted or not parts.things or parts.has("compare"):
            return parts
        last = parts.things[-1]
        end = _end_of(last, parts)
        each = all(thing.single for thing in parts.things) and _EACH_HOW_MUCH.fullmatch(parts.text, end)
        if last.referred or not (each or _HOW_MUCH.fullmatch(parts.text, end)):
            return parts
        return replace(parts, attributes=((price,),), _roles=parts._roles | {"overview"})

    def same_kind(self, scan: Scan, context: Context) -> str:
        """综合的呢 after the 纯电续航里程: the attribute that begins so and ends as the one asked before."""
        ways = (self._counted, self._doubted, self._without_it, self._other_number, self._one_of_a_list)
        for told in (*ways, self._its_value, self._more_of_it, self._its_name):
            if again := told(scan, context):
                return again
        if not context.attributes or any(link.entity for link in scan.links):
            return ""
        return self._other_of_a_kind(scan, context) or self._other_part(scan, context)

    def _counted(self, scan: Scan, context: Context) -> str:
        """第二个几颗, of those with a 激光雷达: how many of that it has."""
        found = _COUNTED.fullmatch(scan.text) or _COUNTED_OF_EACH.fullmatch(scan.text)
        last = context.plan or context.listed
        if found is None or last is None:
            return ""
        for condition in leaf_conditions(last.conditions):
            column = self._vocabulary.columns.column(condition.attribute)
            if column and any(_PIECES.fullmatch(text) for text in column.texts):
                of_them = found["of"] + ("" if found.re is _COUNTED_OF_EACH else "的")
                return f"{of_them}{display_name(condition.attribute[-1])}"
        return ""

    def _other_number(self, scan: Scan, context: Context) -> str:
        """95的呢, after those that take 92号."""
        found = _NUMBER.fullmatch(scan.text)
        last = context.plan or context.listed
        if found is None or last is None:
            return ""
        for condition in leaf_conditions(last.conditions):
            said = _COUNTED_VALUE.fullmatch(str(condition.value))
            column = self._vocabulary.columns.column(condition.attribute) if said else None
            if said and column and f"{found['number']}{said['unit']}" in column.texts:
                return f"{found['number']}{said['unit']}的呢"
        return ""

    def _one_of_a_list(self, scan: Scan, context: Context) -> str:
        """自动, of those that were listed, where 自动的 is the word."""
        known, alone = self._vocabulary.finder.aliases, scan.unknown == (scan.text,)
        goes_on = alone and (lists(context.plan) or context.listed)
        return f"{scan.text}的" if goes_on and f"{scan.text}的" in known else ""

    def _its_value(self, scan: Scan, context: Context) -> str:
        """长续航版也是手动吗 after the 变速箱类型: the one value of what was asked last that begins so."""
        column = self._vocabulary.columns.column(context.attributes[0]) if context.attributes else None
        piece = scan.unknown[0] if len(scan.unknown) == 1 else ""
        if column is None or len(piece) < _SAME_END or not _HAN.fullmatch(piece):
            return ""
        found = {text for text in map(normalize, column.texts) if text.startswith(piece)}
        return scan.text.replace(piece, found.pop(), 1) if len(found) == 1 else ""

    @staticmethod
    def _more_of_it(scan: Scan, context: Context) -> str:
        """25尊享还有啥色, after 有红色的吗: all that there is of what was asked last."""
        found = _MORE_OF_IT.search(scan.text)
        name = display_name(context.attributes[0][-1]) if found and context.attributes else ""
        return f"{scan.text[: found.start()]}{name}" if found and found["what"] in name else ""

    @staticmethod
    def _its_name(scan: Scan, context: Context) -> str:
        """舒适版有加热不 after the 主驾座椅加热: the end of the name of what was asked last."""
        name = (
            normalize(display_name(context.attributes[0][-1])) if context.attributes and scan.unknown else ""
        )
        ends = (name[-size:] for size in range(len(name) - 1, _SAME_END - 1, -1))
        said = next((end for end in ends if end in scan.text and any(x in end for x in scan.unknown)), "")
        return scan.text.replace(said, name, 1) if said else ""

    @staticmethod
    def _without_it(scan: Scan, context: Context) -> str:
        """没有的那个呢, after 哪个带天窗: the one without that."""
        found = _WITHOUT.match(scan.text)
        last = context.plan or context.listed
        if found is None or last is None:
            return ""
        wished = {c.attribute for c in leaf_conditions(last.conditions) if c.op == "has"}
        if len(wished) != 1:
            return ""
        return f"{found['says']}{display_name(wished.pop()[-1])}{scan.text[found.end('says') :]}"

    def _doubted(self, scan: Scan, context: Context) -> str:
        """不是800吗 after its range was told: a bare number, of what was asked last."""
        found = _DOUBTED.fullmatch(scan.text) if len(context.entities) == 1 else None
        measured = {self._vocabulary.dimension(path) for path in context.attributes[:1]} - {"", DATE}
        if found is None or not measured:
            return ""
        says = "有" if found["says"] in ("有", "有没有") else "是"
        return f"{display_name(context.attributes[0][-1])}{says}{found['number']}吗"

    def _other_part(self, scan: Scan, context: Context) -> str:
        """膝部的有吗 after the 安全气囊个数: the attribute that begins so, and goes on as that one's name does."""
        found = _OTHER_PART.fullmatch(scan.text)
        last = display_name(context.attributes[0][-1])
        if found is None or (found["end"] and last[0] not in "前后") or not (found["end"] or scan.unknown):
            return ""
        kind = found["end"] or found["kind"]
        names = {display_name(path[-1]) for path in self._vocabulary.columns.paths}
        rests = {name: name.removeprefix(kind) for name in names if name != last and name.startswith(kind)}
        fitting = [name for name, rest in rests.items() if len(rest) >= _SAME_END and rest in last]
        return f"{fitting[0]}{found['asks']}" if len(fitting) == 1 else ""

    def _other_of_a_kind(self, scan: Scan, context: Context) -> str:
        found = _OTHER_KIND.fullmatch(scan.text)
        if found is None:
            return ""
        last, kind = display_name(context.attributes[0][-1]), found.group(1)
        names = {display_name(path[-1]) for path in self._vocabulary.columns.paths}
        fitting = [
            n for n in names if n != last and n.startswith(kind) and n[-_SAME_END:] == last[-_SAME_END:]
        ]
        return f"{fitting[0]}呢" if len(fitting) == 1 else ""

    def _both_ends(self, parts: Parts) -> Parts:
        """轮胎规格, where there are a 前轮胎规格 and a 后轮胎规格: both of them."""
        if re.search("前|后|背", parts.text) or not parts.attributes:
            return parts
        asked: list[tuple[Path, ...]] = []
        for paths in parts.attributes:
            asked += [paths, *((other,) for other in self._other_end(paths[0]))]
        if len(asked) == len(parts.attributes):
            return parts
        return replace(parts, attributes=tuple(dict.fromkeys(asked)), _roles=parts._roles | {"both"})

    def _other_end(self, path: Path) -> tuple[Path, ...]:
        name = path[-1]
        other = (*path[:-1], {"前": "后", "后": "前"}.get(name[0], "") + name[1:])
        return (other,) if name[0] in "前后" and self._vocabulary.columns.column(other) else ()

    def _overviewed(self, parts: Parts, context: Context) -> Parts:
        """V4怎么样，多少钱: the usual attributes too; 油耗怎么样 asks for the one only."""
        found = _OVERVIEW.search(parts.text)
        named = [t for t in parts.things if not is_brand(t.clause)]
        near = [t for t in named if found and t.end <= found.start() <= t.end + _NEAR_NAME]
        told = (
            found
            and near
            and not any(
                link.attribute and near[-1].end <= link.start < found.start() for link in parts.scan.links
            )
        )
        of_it = parts.attributes or not context.empty  # 那E3悦动版怎么样, whatever was asked before
        if not told or not of_it or parts.atoms or parts.rankings or parts.scan.unknown:
            return parts
        names = tuple(name for thing in named for name in thing.names)
        usual = tuple((path,) for path in self._decider.usual(names))
        attributes = tuple(dict.fromkeys((*parts.attributes, *usual)))
        return replace(parts, attributes=attributes, _roles=parts._roles | {"overview"})


def _end_of(thing: Thing, parts: Parts) -> int:
    """Where the name of ``thing`` ends, its pieces included."""
    end = thing.end
    for link in parts.scan.links:
        if link.plays("part") and 0 <= link.start - end <= 1:
            end = link.end
    return end
