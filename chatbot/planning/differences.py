"""What one has over the other, asked of all there is to tell: 贵在哪, 差在哪里, 尊享版多了什么配置."""

from chatbot.knowledge_graph.graph import display_name
from chatbot.knowledge_graph.plan import AnyOf, Path, Plan
from chatbot.planning.context import Context, spoken_two
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts
from chatbot.planning.query import Query
from chatbot.regex import regex

_ALL_OF_IT = regex(
    "(?:差|贵|便宜|强|弱|好|高级?|区别|差别|差距|不同|不一样|优势)(?:都|主要|到底|究竟|具体|就)?(?:是)?(?:在|到)(?:哪|什么|啥)"
    "|(?:有|是)?(?:啥|什么|哪些?)(?:地方)?(?:不一样|不同|区别|差别)|也?不(?:一样|同)(?:吗|么|的|吧)*$"
    "|(?:多|少|升级|提升|增加|减|改)(?:了|出)(?:来)?(?:些|的|哪些?|几?个?)?(?:什么|啥|哪)"
)
_PAIR, _FEW, _MOST = 2, 3, 6
_LACKS = ("", "无", "-", "○")


def differences(parts: Parts, context: Context, decider: Decider) -> Query | None:
    """The two or more that are spoken of side by side: what people compare, and what one has and the other lacks."""
    told = parts.atoms or parts.scan.unknown or parts.has("count", "head")
    if told or not _ALL_OF_IT.search(parts.text):
        return None
    several = context.entities if len(context.entities) >= _PAIR else spoken_two(context)
    other = parts.things[0] if len(parts.things) == 1 and parts.things[0].single else None
    if other and len(context.entities) == 1 and other.names != context.entities:
        several = (*context.entities, *other.names)  # 比25款贵在哪
    several = _of_those_named(parts, context) or several
    named = [name for thing in parts.things for name in several if name in thing.names]
    if not _PAIR <= len(several) <= _MOST or (parts.things and not named):
        return None
    asked = tuple(paths[0] for paths in parts.attributes)
    paths = asked or (*decider.usual(several), *_has_and_lacks(several, decider))
    plan = Plan("compare", several, tuple(dict.fromkeys(paths)))
    return Query(plan, parts.scan, carried=several) if paths else None


def _of_those_named(parts: Parts, context: Context) -> tuple[str, ...]:
    """25的俩有啥不一样: of all that were told, the several that go by the name that is said."""
    thing = parts.things[0] if len(parts.things) == 1 and not parts.things[0].single else None
    told = dict.fromkeys((*context.entities, *context.recent, *context.shown))
    named = tuple(name for name in told if thing and name in thing.names)
    return named if len(named) >= _PAIR else ()


def by_a_value(parts: Parts, context: Context, decider: Decider) -> Query | None:
    """快充差多少, A和B快充差多少, 纯电多跑多少 of two: by the number that the word begins the name of, and no condition."""
    named_here = tuple(thing.names[0] for thing in parts.things if thing.single)
    in_turn = len(context.entities) == 1 and context.plan is None  # E6疾风零百, 先锋呢, 快充差多少
    focus = named_here or (context.last(_PAIR) if in_turn else context.entities)
    atom = parts.atoms[0] if len(parts.atoms) == 1 else None
    told = len(named_here) < len(parts.things) or parts.attributes or parts.rankings or parts.scan.unknown
    if atom is None or atom.kind != "value" or told or len(focus) < _PAIR or not parts.has("compare"):
        return None
    said, graph = parts.text[atom.start : atom.end], decider.vocabulary.graph
    named = (p for p, node in graph.tree.items() if node.is_leaf and display_name(p[-1]).startswith(said))
    for path in named:
        if decider.vocabulary.dimension(path) and all(decider.raw(name, path) for name in focus):
            return Query(Plan("compare", focus, (path,)), parts.scan, carried=() if named_here else focus)
    return None


def within_a_category(parts: Parts, context: Context, decider: Decider) -> Query | None:
    """智驾哪个强, of two: what there is of the 辅助驾驶 side by side, those first in which they differ."""
    free = parts.categories and not (parts.attributes or parts.atoms or parts.scan.unknown)
    if not free or not parts.has("which", "compare") or parts.has("list", "count", "head"):
        return None
    named = tuple(dict.fromkeys(name for thing in parts.things if thing.single for name in thing.names))
    graph = decider.vocabulary.graph
    leaves = [leaf for paths in parts.categories for path in paths for leaf in graph.leaves_below(path)]
    if len(parts.things) >= _PAIR and len(named) < len(parts.things):
        scopes = tuple(scope for thing in parts.things if (scope := decider.scope(thing)))
        return Query(Plan("filter", (), tuple(leaves[:_FEW]), (AnyOf(scopes),)), parts.scan)
    names = named if parts.things else context.entities
    if len(names) < _PAIR:
        return None
    told = [leaf for leaf in leaves if any(decider.raw(name, leaf) for name in names)]
    told.sort(key=lambda leaf: len({decider.raw(name, leaf) for name in names}) == 1)
    carried = () if parts.things else names
    return Query(Plan("compare", names, tuple(told[:_MOST])), parts.scan, carried=carried) if told else None


def _has_and_lacks(names: tuple[str, ...], decider: Decider) -> tuple[Path, ...]:
    """The first few attributes that only some of ``names`` have."""
    tree = decider.vocabulary.graph.tree
    found = []
    for path in (path for path, node in tree.items() if node.is_leaf):
        there = {(decider.raw(name, path) or "") not in _LACKS for name in names}
        if len(there) == _PAIR and all(decider.raw(name, path) is not None for name in names):
            found.append(path)
    return tuple(found[:_MOST])
