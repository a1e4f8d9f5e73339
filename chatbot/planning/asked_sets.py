"""Whether a question is about all that match, and how plainly it says so."""

import itertools

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.plan import AnyOf, Clause, Condition, Path
from chatbot.planning.atom import Atom
from chatbot.planning.clauses import flat
from chatbot.planning.context import Context
from chatbot.planning.parts import Parts
from chatbot.planning.read_parts import is_brand
from chatbot.regex import regex

_SEVERAL = 2
_FEW = 12  # values that are told one by one, though they are numbers
_EACH = regex("各有?|分别有?|每[个种]有?")  # 宝马和奔驰各有多少款
_ROUGHLY = regex(
    "多少(?:钱|万)?(?:到|至|~|-)多少|(?:大概|大约|一般|通常|普遍|基本)(?:在|是|要|得|都)?(?:多少|几|什么价)"
)
# how, why or where, which no table answers
_ADVICE = regex(
    "怎么(?!样)|如何|咋(?!样)|为什么|为啥|区别|(?:啥|什么|哪些?)(?:地方)?(?:不一样|不同|差别)|在哪|哪里|哪儿|上哪(?!一?[个款台辆])|行不行|什么是|啥是|什么意思|一样吗|哪个好|好还是|还是.{0,6}好|保价|伤不伤"
)

_FROM = regex("(?:多少钱?|什么价|几万|几万块)起(?![来步])|(?:多少钱|什么价|几万)起步|起售价|起步价|起价")
_WHICH_ARE = regex("(?:总共|一共|分别)?都?[有是](?:哪些|什么|啥)[吗呢啊呀]?$")
_WHAT_THERE_IS = regex("[么些啥种类]$|几个$")
_WISHED = regex("[^,，。]{0,6}(?:要|得|最好)[^,，。]{1,4}")
_OF_SUCH = regex("的(?:车|款)?(?:还)?(?:有吗|有么|有没有|有没|有不)$")  # 不带天窗的有吗 asks for cars

_SOME = regex(
    r"(?:来|给|推荐|找|挑|选|看|列|整|弄|搞|拉|荐|介绍|扒)几(?:款|台|辆|个)"
)  # 来几台 counts nothing


def asks_otherwise(parts: Parts) -> bool:
    """Whether it asks for advice, or of single things, or for what no one number tells."""
    if parts.categories and not parts.attributes:
        return True
    if parts.loose or parts.unmet or _ADVICE.search(parts.text):
        return True
    if parts.has("each") and parts.has("average") and len(parts.attributes) > 1:
        return True  # 各级别平均价格 is more than one number
    named = [t for t in parts.things if not (t.referred or t.negated or is_brand(t.clause))]
    listed = parts.has("list") and parts.has("head")  # v8的车有哪些
    wide = parts.rankings and any(not t.single for t in named)
    return any(t.single for t in named) and not wide and not listed


def is_solid(parts: Parts) -> bool:
    """Whether more than a word or two says that it is a query."""
    solid = len(parts.atoms) > 1 or any(atom.kind == "quantity" for atom in parts.atoms)
    solid = solid or parts.has("head") or any(rank.strength == "most" for rank in parts.rankings)
    spoken = bool(parts.things or parts.atoms)
    solid = solid or (spoken and parts.has("buy"))  # 推荐个电车吧 recommends no friend
    solid = solid or (spoken and parts.has("list", "count", "typical", "average"))
    solid = solid or (
        spoken and parts.text.endswith(("的", "的吗", "的么", "的没", "的没有", "的不", "的吧"))
    )
    return solid


def is_filter(parts: Parts, said: tuple[Clause, ...], leaning: bool, alone: bool) -> bool:
    """Whether all that meet the conditions ``said`` are asked for; ``alone``: no car was spoken of before."""
    if leaning:
        plain = bool(parts.rankings) and parts.text.rstrip("呢吧").endswith(("的", "点", "些"))
        plain = plain or wishes_for(parts)
        return bool(said) or plain or parts.has("done", "any", "list", "sort", "upward", "downward")
    told = [atom for atom in parts.atoms if atom.kind != "feature"]
    if told:
        return True
    if parts.atoms:
        asks = parts.text.endswith(("吗", "没", "不", "么")) and not parts.has("head", "list")
        asks = asks and not (_OF_SUCH.search(parts.text) or (alone and parts.has("has", "exists")))
        described = alone and parts.text.endswith("的")  # 能自动泊车的
        described = described or any(is_such(atom, parts) for atom in parts.atoms)
        return (parts.has("has", "not", "list", "head", "exists", "which") or described) and not asks
    if parts.rankings and said and "的" in parts.text:  # 省油的丰田
        return True
    if parts.rankings and alone and parts.has("head") and not (parts.attributes or parts.atoms):
        return True  # 又大又省油的车
    versions = parts.has("count") and bool(parts.attributes)  # E6几个版本，都多少钱
    named = parts.has("exists") and bool(parts.things) and not parts.attributes  # 有没有乌尼莫克
    listed = parts.has("list", "head", "buy", "sort", "upward", "downward")
    return bool(said or parts.has("total")) and (listed or versions or named)


def is_such(atom: Atom, parts: Parts) -> bool:
    """变频的空调: a feature of the things of a kind that are named right behind it."""
    kinds = {thing.start for thing in parts.things if not thing.single}
    return parts.text.startswith("的", atom.end) and atom.end + 1 in kinds


def wishes_for(parts: Parts) -> bool:
    """要快, 续航要长: a ranking and nothing else, said to be wanted."""
    told = parts.atoms or parts.things or parts.attributes or parts.scan.unknown
    return (
        bool(parts.rankings)
        and not told
        and _WISHED.fullmatch(parts.text, 0, parts.rankings[-1].end) is not None
    )


def asks_for_all(parts: Parts) -> bool:
    """你们有什么车: nothing but what there is; too many to list, so a choice is guided."""
    told = parts.atoms or parts.things or parts.rankings or parts.attributes or parts.categories
    return parts.has("list") and parts.has("head") and not (told or parts.scan.unknown)


def asks_range(parts: Parts) -> bool:
    """大概多少钱, 从多少到多少."""
    return _ROUGHLY.search(parts.text) is not None


def each_of_these(parts: Parts, conditions: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The conditions where each of several values is counted: 宝马和奔驰各有多少款; 增程几款，插混几款."""
    if _EACH.search(parts.text):
        return conditions
    counted = sum(link.plays("count") for link in parts.scan.links)
    plain = [c for c in flat(conditions) if isinstance(c, Condition) and not c.unit]
    about = {c.attribute for c in plain}
    if counted < _SEVERAL or len(about) != 1 or len(plain) != counted:
        return ()
    return (AnyOf(tuple(plain)), *(c for c in flat(conditions) if c not in plain))


def wants_some(parts: Parts) -> bool:
    """推荐几款, and not 特斯拉几款, whose name ends in a word for it."""
    said = _SOME.search(parts.text)
    return said is not None and not any(t.start < said.start() < t.end for t in parts.things)


def of_what_was_told(parts: Parts, context: Context) -> bool:
    """有没有橙色 after the colours of one car: whether that one has it."""
    one = len(context.entities) == 1 and context.plan is None and len(context.attributes) == 1
    if (
        not one
        or parts.things
        or not parts.has("exists")
        or parts.has("which", "list", "head", "buy", "count")
    ):
        return False
    told = [atom.path for atom in parts.atoms]
    return bool(told) and all(path == context.attributes[0] for path in told)


def asks_from(parts: Parts) -> bool:
    """多少钱起, 起售价: the lowest of all that are meant."""
    return _FROM.search(parts.text) is not None


def asks_which_values(path: Path, parts: Parts, columns: Columns) -> bool:
    """SUV的轮圈尺寸有哪些, 都有哪些排量: few values of what is measured, and it is these that are asked for."""
    column = columns.column(path)
    if column is None or column.distinct > min(_FEW, len(column.rows) // 2):
        return False
    behind = (
        link.attribute and path in link.attribute.paths and _WHICH_ARE.match(parts.text, link.end)
        for link in parts.scan.links
    )
    return asked_right_before(path, parts) or any(behind)


def asked_right_before(path: Path, parts: Parts) -> bool:
    """SUV有哪些级别: what there are is asked right before the attribute's name."""
    pairs = itertools.pairwise(parts.scan.links)
    return any(
        before.plays("list", "filler") and before.end == link.start and _WHAT_THERE_IS.search(before.text)
        for before, link in pairs
        if link.attribute and path in link.attribute.paths
    )
