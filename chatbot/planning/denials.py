"""What is not wanted: 不要, 除了, 没有 before it, 的不要, 也别推荐, 以外的 behind it, and what is joined to it."""

from collections.abc import Container, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.columns import Columns
from chatbot.knowledge_graph.graph import Path, asked_whether
from chatbot.knowledge_graph.plan import Condition
from chatbot.planning.atom import Atom
from chatbot.planning.links import Link
from chatbot.regex import regex

_SIMPLY_NOT = regex(r"(?<![是要能会])不(?:用|需要?|必)?$")  # 不烧油的, 有没有不烧油的, 不用充电的
_NEEDS_NOT = regex("(?:(?<![用需])不(?:用|需要?|须|必|得)?|免)$")  # 不用空腹的, not 用不用空腹
_PLAINLY_NOT = regex("(?<![是要能会可])不$")  # 不进店的, not 要不要进店
_BREAK = regex(r"[,;。!?]")
_DENIED_BEHIND = regex(
    "(?:的|家|车|款|这些|那些|系列|牌子|版本)*(?:(?:看|开|坐|用)?(?:腻|够|烦|怕|厌)了)?(?:咱|我)?(?:也|都|就|全|通通|统统|一律|先|可|直接)*"
    "(?:(?<![级区性类差特])别(?!的|克)(?:给我|给|再)?(?:看|推|来|算|列|选)?|不要|不想要|不考虑|不看|不买|不喜欢|不行|排除|除外|算了|去掉|剔除|免了|免谈|滚蛋?|滚开|拉黑|靠边站?|pass|不算|不想看|刨掉|踢掉|划掉)"
    "(?:了|掉|吧|啊|哈|的|推荐)*(?=$|[,。;!?、]|还有|其[他它余]|别的|剩下)"
    "|(?:的|家的|的车)(?:都|全部?|通通|统统|一律)(?:不要|不考虑|不看)"
    "|(?:也|都|全|就|还)*(?:没有|没得|没配|没装|没带|不带|不配|不支持)的"  # 座椅通风都没有的车
)
_TOO = regex("(?:的|的话|也|都|又|还是|有点)*太[^,，。太]{1,2}了?(?=$|[,，。!])")  # 两座太小了
_ENDS_IN_BIE = regex("[级区性类差特]$")
_BEYOND = ("以外", "之外", "除外的")
_BEHIND = "除外"  # stands behind what it is said of: X5除外的SUV
_REACHED_OVER = regex("[的车款家个台辆那这些种也都就全了吧]*")
_NEED = "需要"
_SHORT_GAP = 2  # characters between a name and the word that says it is not wanted: 的都
_NEAR_DENIAL = 4  # characters before the word that says it is not wanted
_LACKS = ("没", "没有")
_SOMETHING_ELSE = regex("(?:啥|什么|多少|几个?)?(?:钱|预算|存款|收入|要求|意见|[^的]{0,3}经验)")
_JOINED = regex(r"[、/和或跟与及以者是还要么也的车型|\s]*")


def denied_behind(text: str, end: int) -> bool:
    """Whether what ends at ``end`` is not wanted, as is said behind it: 宝马的不要, 北辰的别给我看, 轿车以外的."""
    if text.startswith(_BEYOND, end):
        return "除" not in text[:end]  # 除了轿车以外的 says so before
    return _DENIED_BEHIND.match(text, end) is not None


def _denied(atoms: Sequence[Atom], text: str) -> set[int]:
    """Those that are not wanted, as is said behind them, with what is joined to them: 纯电和燃油都不要."""
    found: set[int] = set()
    for at in range(len(atoms) - 1, -1, -1):
        gap = text[atoms[at].end : atoms[at + 1].start] if at + 1 < len(atoms) else ""
        joined = at + 1 in found and _JOINED.fullmatch(gap) is not None and joins(gap)
        behind = joined or denied_behind(text, atoms[at].end) or _TOO.match(text, atoms[at].end)
        if behind and (atoms[at].kind == "feature" or _is_one_of_many(atoms[at])):
            found.add(at)
    return found


def needed_or_not(columns: Columns) -> frozenset[Path]:
    """The attributes that say whether a thing is needed: 家长陪同 is 需要 or 不需要."""
    found = ((path, columns.column(path)) for path in columns.paths)
    return frozenset(path for path, column in found if column is not None and _NEED in column.plain)


def _simply_not(atom: Atom, text: str, needed: Container[Path]) -> bool:
    """Whether 不 stands right before it, or 不用 and 不需要 before a value and what is ``needed`` or is so (是否空腹)."""
    before = text[: atom.start]
    if before.removesuffix("不").endswith((text[atom.start : atom.start + 1], text[atom.start : atom.end])):
        return False  # 进不进店 asks whether
    if atom.kind == "feature":
        whether = atom.path in needed or asked_whether(atom.path[-1])
        return (_NEEDS_NOT if whether else _PLAINLY_NOT).search(before) is not None
    return atom.kind == "value" and _SIMPLY_NOT.search(before) is not None


def _is_one_of_many(atom: Atom) -> bool:
    """Whether it names one of several values, and no bound: 两座, SUV; 20万 is no such thing."""
    clause = atom.clause
    return atom.kind == "value" or (isinstance(clause, Condition) and clause.op == "=")


def negated(atoms: list[Atom], links: Sequence[Link], text: str, needed: Container[Path] = ()) -> list[Atom]:
    """``atoms`` with those that 不要, 除了, 没有 … apply to turned round; ``needed`` may be said not to be."""
    result = [replace(a, negated=not a.negated) if _simply_not(a, text, needed) else a for a in atoms]
    denied = _denied(result, text)
    result = [replace(a, negated=not a.negated) if i in denied else a for i, a in enumerate(result)]
    for at, link in enumerate(links):
        near = (0 <= link.start - result[i].end <= _NEAR_DENIAL for i in denied)
        if not _denies(link, text) or any(near) or _denied_a_name(link, links, text):
            continue
        following = [i for i, atom in enumerate(result) if atom.start >= link.end and link.text != _BEHIND]
        head = following[:1]
        between = [x for x in links if head and x.start >= link.end and x.end <= result[head[0]].start]
        if any(x.entity for x in between) or (head and _lacks_another(link, result[head[0]], text)):
            continue  # 除了云岚的SUV leaves the SUV alone
        if head and not _BREAK.search(text[link.end : result[head[0]].start]):
            if any(
                x.plays("keep", "swap")
                for x in links[at + 1 :]
                if x.end <= result[head[0]].start and x.text in ("要", "换")
            ):
                continue
            reach = head
            for i in following[1:]:
                if not _JOINED.fullmatch(text[result[reach[-1]].end : result[i].start]) or not joins(
                    text[result[reach[-1]].end : result[i].start]
                ):
                    break
                reach = [*reach, i]
        else:
            behind = [i for i, atom in enumerate(result) if atom.end <= link.start]
            reach = [] if _denies_a_name(link, links) else behind[-1:]
            gap = text[result[reach[0]].end : link.start] if reach else ""
            if not reach or not _REACHED_OVER.fullmatch(gap) or link.text in ("没", "不", "没有"):
                continue  # 轿车 选配不算 is no word against 轿车
        for i in reach:
            result[i] = replace(result[i], negated=not result[i].negated)
    return result


def _denies(link: Link, text: str) -> bool:
    """Whether it is a word against something; 别 of L2+级别 is none, nor is 不要 of 要不要."""
    either_way = link.text[0] == "不" and text[link.start - 1 : link.start] == link.text[1:]
    of_a_word = link.text == "别" and _ENDS_IN_BIE.search(text, 0, link.start)
    return link.plays("not") and not (either_way and link.start) and not of_a_word


def _lacks_another(link: Link, atom: Atom, text: str) -> bool:
    """没啥钱 8万以内, 没房 15万的SUV: what is lacking is what is named right behind it, and no bound further on."""
    gap = text[link.end : atom.start] if link.text in _LACKS else ""
    return _SOMETHING_ELSE.match(gap) is not None or (atom.kind == "quantity" and len(gap) > 1)


def _denied_a_name(link: Link, links: Sequence[Link], text: str) -> bool:
    """不要 of S5不要，还有哪些suv: said of the name before it, and of nothing behind it."""
    names = (x.end for x in links if x.entity or x.plays("part"))
    return any(0 <= link.start - end <= _SHORT_GAP and denied_behind(text, end) for end in names)


def _denies_a_name(link: Link, links: Sequence[Link]) -> bool:
    """不要 of 12万以内 不要博越L."""
    return any(x.entity and 0 <= x.start - link.end <= 1 for x in links)


def joins(gap: str) -> bool:
    """Whether what stands on both sides of ``gap`` is said of together."""
    return any(mark in gap for mark in "、/和或跟与及")
