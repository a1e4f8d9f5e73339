"""Links and what they point back to → the parts of a question."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.directions import Directions
from chatbot.knowledge_graph.graph import KnowledgeGraph, display_name
from chatbot.knowledge_graph.plan import Clause, Condition, Path, Plan, keyword_level
from chatbot.normalization.text import normalize
from chatbot.planning.atom import Atom
from chatbot.planning.atoms import AtomReader
from chatbot.planning.context import Context, nearest_kin
from chatbot.planning.denials import denied_behind
from chatbot.planning.ellipsis import shared_out
from chatbot.planning.links import Link, roles_played
from chatbot.planning.parts import Parts, Thing, rankings
from chatbot.planning.refer import Reference, references
from chatbot.planning.scan import Scan
from chatbot.planning.sizes import of_their_size
from chatbot.planning.vocabulary import Vocabulary
from chatbot.planning.whom_it_fits import without_whom_it_fits
from chatbot.regex import regex

_OF = regex(
    "(?:的|是|为|属于|用的|什么|啥|哪个|哪种|几|能|会|可以|带|有|支持|一共|总共|合计|加起来|到底|大概|最大|最高)*"
)
_SAYS = regex("是|为|属于|=|等于")
_WITHIN = regex(
    r"[^和跟与及、,/比或]{0,8}|的?呢?,(?:那个?|我)?(?:也|就|都)?(?:是|要|说的是|问的是)?(?:那个)?"
)  # 舒享版呢，也是25款的
_LISTED = regex(r"[、/]?(?:和|跟|与|及|还有|以及)?(?:的|家)?")
_THAT_ONE = regex("的?[那这](?:一)?[个款台辆]呢$")  # 四驱的那个呢, 四驱那款呢
_WISHES = frozenset(
    "带 带有 配 配有 配备 标配 具备 搭载 要有 要带 得有 得带 自带 必须有 没有 不带 没带 不要".split()
)
_ASKS = regex("几|多|什么|啥|哪|怎|吗|么$|还是")
_STEM = 2  # characters of a name that say what is measured
_ABLE = regex("(?<![性功智])能(?![源量力耗效级])|可以")
_REFUSED = regex("(?:不想|不爱|不愿意?|不乐意|懒得|讨厌|不喜欢)(?:老|再|去|总是?)?$")  # 不想充电
_ASKING = ("吗", "么", "不", "没", "是不是", "够不够", "够", "够吗", "嘛", "能拿下", "拿下")

_ASKED_OF_IT = regex("(?:都|分别|各自?)?(?:是|有)?(?:多少|几|什么|啥|哪|怎)|[呢吗]|$")


class PartsReader:
    """Built once for a vocabulary."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        atoms: AtomReader,
        winner: Callable[[Plan], str | None],
        directions: Directions,
    ) -> None:
        self._vocabulary, self._atoms, self._winner = vocabulary, atoms, winner
        self._directions = directions

    def read(self, scan: Scan, context: Context) -> Parts:
        """The parts of ``scan``; the same scan in the same context gives the same parts."""
        links, text = scan.links, scan.text
        pointed = references(links, text, context, self._winner)
        rest = tuple(link for i, link in enumerate(links) if i not in pointed.used)
        verify = any(link.text in _ASKING for link in rest[-3:]) or "是不是" in text or text.endswith("没有")
        before = context.plan.conditions if context.plan else ()
        looked_up = context.plan is None or context.plan.op in ("compare", "verify", "lookup")
        asking = bool(context.entities) and looked_up and text.endswith("呢") and not text.endswith("的呢")
        asking = asking and not (
            _THAT_ONE.search(text) or _of_all_such(links, text)
        )  # 四驱的那个呢, 四驱那款呢
        asking = asking or self._only_measures(links, text, context)
        asked = context.attributes
        read = self._atoms.read(rest, text, verify=verify, before=before, last=asked, asking=asking)
        ranks, used = rankings(rest, text, read.used, self._vocabulary, context.measured, self._directions)
        ranks = of_their_size(ranks, links, context, self._vocabulary)
        atoms = _without_features(read.atoms, rest, used - read.used)
        attributes = tuple(
            self._within_category(i, rest, text) or link.attribute.paths
            for i, link in enumerate(rest)
            if link.attribute
            and i not in used
            and not (link.value and i in read.used)
            and not _is_told(link, atoms, rest, text)
            and not _REFUSED.search(text, 0, link.start)
        )
        categories = dict.fromkeys(
            link.category.paths
            for i, link in enumerate(rest)
            if link.category
            and not link.plays("so", "filler")
            and not self._qualifies(i, rest, text)
            and not any(a.path[: len(p)] == p for a in atoms for p in link.category.paths)
        )
        scan = without_whom_it_fits(scan, atoms, self._vocabulary.columns)
        return Parts(
            scan, self._things(rest, text, pointed, context), atoms, ranks, _told_once(attributes),
            tuple(categories), read.misfits, _count(rest, "top", "reverse"), any(link.plays("reverse") for link in rest), bool(pointed.used), read.loose,
            _dangling(links, pointed), _count(rest, "kth") or 0, _wishes_for_more(rest, text, used, atoms),
            roles_played(rest, self._vocabulary.columns),
        )  # fmt: skip

    def _only_measures(self, links: Sequence[Link], text: str, context: Context) -> bool:
        """快充, and no more, while one number after the other is asked of a car: the number of that."""
        named = links[0].attribute if len(links) == 1 and links[0].text == text else None
        one = len(context.entities) == 1 and (context.plan is None or context.plan.op in ("verify", "lookup"))
        paths = (*named.paths, *context.attributes[:1]) if named and one and context.attributes else ()
        return bool(paths) and all(map(self._vocabulary.dimension, paths))

    def _within_category(self, at: int, links: Sequence[Link], text: str) -> tuple[Path, ...]:
        """辅助驾驶是什么级别: 辅助驾驶级别, not 级别, for the category that stands before says which."""
        behind = links[at]
        passing = ("filler", "so", "has", "enough", "verify")
        before = next((x for x in reversed(links[:at]) if x.category or not x.plays(*passing)), None)
        if before is None or before.category is None or not _OF.fullmatch(text[before.end : behind.start]):
            return ()
        node_of, found = self._vocabulary.graph.tree, []
        for category in before.category.paths:
            below = [p for p, node in node_of.items() if node.is_leaf and p[: len(category)] == category]
            whole = normalize(display_name(category[-1])) + behind.text
            names = [(p, normalize(display_name(p[-1]))) for p in below]
            exact = [p for p, name in names if name == whole] or [p for p, n in names if behind.text in n]
            found += exact or _of_the_same(behind, names)
        return tuple(found)

    def _qualifies(self, at: int, links: Sequence[Link], text: str) -> bool:
        """Whether the category ``links[at]`` only says whose attribute is meant that is named behind it."""
        behind = (i for i in range(at + 1, len(links)) if links[i].attribute)
        return any(self._within_category(i, links, text) for i in behind)

    def _things(
        self, links: Sequence[Link], text: str, pointed: Reference, context: Context
    ) -> tuple[Thing, ...]:
        """What is named, then narrowed by what was named before it; what is pointed at in its place."""
        graph = self._vocabulary.graph
        things = list(pointed.things)
        for at, link in enumerate(links):
            if link.entity and link.entity.names:
                before = links[at - 1] if at else None
                negated = bool(before and before.plays("not") and link.start - before.end <= 1)
                negated = negated or denied_behind(text, _whole(at, links))
                last = things[-1] if things else None
                if last and last.negated and _LISTED.fullmatch(text[last.end : link.start]):
                    negated = True  # 不要奔驰宝马和奥迪
                sense = link.entity
                things.append(
                    Thing(sense.names, sense.clause, link.start, _whole(at, links), negated=negated)
                )
        things.sort(key=lambda thing: thing.start)
        things = _all_denied(things, text)
        known: list[tuple[str, ...]] = []
        narrowed = []
        for thing in things:
            wide = not known or is_brand(thing.clause) or is_ranged_over(thing, links, text)
            names = thing.names if wide else _kin_of_each(graph, thing.names, known)
            narrowed.append(replace(thing, names=names) if len(names) < len(thing.names) else thing)
            if len(narrowed[-1].names) <= 3:
                known.insert(0, narrowed[-1].names)
        return shared_out(_without_wholes(narrowed, text), graph, text)


def is_ranged_over(thing: Thing, links: Sequence[Link], text: str) -> bool:
    """GL8 of 比这个便宜的GL8, 平板 of 和它最接近的平板: among what is looked for, not what it is set against."""
    before = next((x for x in links if (x.degree or x.plays("nearest")) and x.end + 1 == thing.start), None)
    if before is None or text[before.end] != "的":
        return False
    return before.plays("nearest") or "比" in text[: before.start]


def _told_once(asked: Sequence[tuple[Path, ...]]) -> tuple[tuple[Path, ...], ...]:
    """多宽多长: the width is told with 长*宽*高, of which it is one number."""
    whole = {paths[0] for paths in asked}
    return tuple(paths for paths in dict.fromkeys(asked) if paths[0][:-1] not in whole)


def _of_the_same(link: Link, names: Sequence[tuple[Path, str]]) -> list[Path]:
    """电动机总扭矩 for 扭力 of the motors: what is measured is the end of both names."""
    called = normalize(display_name(link.attribute.paths[0][-1])) if link.attribute else ""
    return [path for path, name in names if len(called) > _STEM and name.endswith(called[-_STEM:])]


def _kin_of_each(
    graph: KnowledgeGraph, names: tuple[str, ...], known: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    """The nearest kin of any of those named last: S5 2024款和2025款 are all of both years."""
    leads = list(itertools.islice(itertools.zip_longest(*known), len(known[0])))
    firsts = [[name or those[0] for name, those in zip(lead, known, strict=True)] for lead in leads]
    found = {name for first in firsts for name in nearest_kin(graph, names, first)}
    return tuple(name for name in names if name in found)


def _all_denied(things: Sequence[Thing], text: str) -> list[Thing]:
    """奔驰和宝马都不要: what is said behind the last of several joined names goes for each."""
    result = list(things)
    for at in range(len(result) - 1, 0, -1):
        thing, before = result[at], result[at - 1]
        joined = _LISTED.fullmatch(text[before.end : thing.start]) and denied_behind(text, thing.end)
        if thing.negated and joined:
            result[at - 1] = replace(before, negated=True)
    return result


def _whole(at: int, links: Sequence[Link]) -> int:
    """Where the name that begins with ``links[at]`` ends."""
    end = links[at].end
    for link in links[at + 1 :]:
        if link.text == "的":
            continue  # 吉利的博越L
        if not link.plays("part") or not 0 <= link.start - end <= 1:
            break
        end = link.end
    return end


def _without_wholes(things: Sequence[Thing], text: str) -> tuple[Thing, ...]:
    """海豚智驾版的420km自由版 is one thing: what only narrows the one right before it stands for both."""
    kept: list[Thing] = []
    for thing in things:
        last = kept[-1] if kept else None
        if any(one.single and one.names == thing.names and not one.referred for one in kept):
            continue  # 汉EV605尊贵型价钱，25的
        between = text[last.end : thing.start] if last else ""
        left_out = thing.negated and last is not None and last.clause is not None  # 比亚迪除了海鸥
        within = last is not None and set(thing.names) < set(last.names) and not (last.negated or left_out)
        if within and _WITHIN.fullmatch(between):
            kept.pop()
        kept.append(thing)
    return tuple(kept)


def _is_told(link: Link, atoms: tuple[Atom, ...], links: Sequence[Link], text: str) -> bool:
    """级别 of 级别是中型SUV, 品牌 of 品牌是青羽: it says what is demanded, and asks for nothing."""
    paths = link.attribute.paths if link.attribute else ()
    if any(a.kind == "quantity" and a.path in paths and a.start == link.end for a in atoms):
        return True  # 续航 of 续航能跑300公里吗, which 能跑 says again
    own = [a for a in atoms if a.kind == "value" and a.path in paths]
    ends = [max(link.end, a.end) for a in own if a.start == link.end or a.end == link.start]
    if any(not _ASKED_OF_IT.match(text, end) for end in ends):
        return True  # 一级能效挂机空调, 能效1级的
    feature = any(a.kind == "feature" and (a.start, a.end) == (link.start, link.end) for a in atoms)
    of_these = (x.entity for x in links if x.start == link.end + 1 and text[link.end] == "的")
    if feature and any(entity and len(entity.names) > 1 for entity in of_these):
        return True  # 变频的空调
    values = [atom.start for atom in atoms if atom.path in paths]
    values += [other.start for other in links if other.entity]
    return any(start >= link.end and _SAYS.fullmatch(text[link.end : start]) for start in values)


def _wishes_for_more(links: Sequence[Link], text: str, used: frozenset[int], atoms: Sequence[Atom]) -> bool:
    """Whether 带, 配有 … stand right before the name of an attribute that comes to no condition, or 能 in it: 后排能放平的."""
    met = {(atom.start, atom.end) for atom in atoms}
    measured = {atom.path for atom in atoms if atom.kind == "quantity"}  # 能塞下婴儿车的，起码500升
    for i, link in enumerate(links):
        before = links[i - 1].text if i and links[i - 1].end == link.start else ""
        able = _ABLE.search(link.text) or _ABLE.search(before)
        wished = before in _WISHES or (able and text[link.end : link.end + 1] == "的")
        plain = link.attribute and not link.value and not _ASKS.search(link.text)
        plain = plain and measured.isdisjoint(link.attribute.paths if link.attribute else ())
        if wished and plain and i not in used and (link.start, link.end) not in met:
            return True
    return False


def _without_features(
    atoms: tuple[Atom, ...], links: Sequence[Link], ranked: frozenset[int]
) -> tuple[Atom, ...]:
    """Atoms but those of attributes that are ranked by."""
    spans = {(links[i].start, links[i].end) for i in ranked if links[i].degree or links[i].attribute}
    return tuple(a for a in atoms if a.kind != "feature" or (a.start, a.end) not in spans)


def _dangling(links: Sequence[Link], pointed: Reference) -> str:
    """The words that point at nothing the conversation has listed."""
    return "、".join(links[i].text for i in sorted(pointed.used)) if pointed.dangling else ""


def _count(links: Sequence[Link], *roles: str) -> int | None:
    """The number said with one of ``roles``: 前三 is 3."""
    for link in links:
        if link.plays(*roles):
            for sense in link.senses:
                role = getattr(sense, "role", "")
                if role.startswith("n:"):
                    return int(role[2:])
    return None


def is_brand(clause: Clause | None) -> bool:
    """Whether it names the most general keyword only: that is a group of things, not one of them."""
    return isinstance(clause, Condition) and clause.attribute == keyword_level(1)


def is_series(clause: Clause | None) -> bool:
    """Whether it names a series, and no version of it."""
    return isinstance(clause, Condition) and clause.attribute == keyword_level(2)


def is_year(clause: Clause | None) -> bool:
    """Whether it names a model year only."""
    return isinstance(clause, Condition) and clause.attribute == keyword_level(3)


def numeric(vocabulary: Vocabulary, groups: Sequence[tuple[Path, ...]]) -> tuple[Path, ...]:
    """For each attribute asked for, the first place that holds numbers."""
    found = (next((p for p in paths if vocabulary.dimension(p)), None) for paths in groups)
    return tuple(dict.fromkeys(path for path in found if path))


def _of_all_such(links: Sequence[Link], text: str) -> bool:
    """能手机控制的洗衣机呢: all of a kind that are so, and not what is spoken of."""
    last = next((link for link in reversed(links) if link.start < len(text) - 1), None)
    kind = last is not None and (last.plays("head") or (last.entity and len(last.entity.names) > 1))
    return bool(kind and last and text.endswith("的", 0, last.start) and last.end == len(text) - 1)
