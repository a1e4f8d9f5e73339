"""What is spoken of beside something else: 比旗舰版便宜多少, 跟最便宜的差多少, 再加上B型号呢, 把C2换成E3."""

from collections.abc import Callable
from dataclasses import replace

from chatbot.knowledge_graph.plan import Plan
from chatbot.planning.beyond import beside_the_other
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider
from chatbot.planning.money import says_money
from chatbot.planning.parts import Parts, Ranking, Thing
from chatbot.planning.query import Asked, Query
from chatbot.planning.read_parts import numeric
from chatbot.planning.whether import asks_by_how_much
from chatbot.regex import regex

_PAIR = 2
MAX_MORE = 3
_ONE_MORE = regex("再?加上|还有|再加|再算上|算上|也比|一起比|再看|再来")
_AGAINST_ONE = regex(
    "(?:那|那么)?(?:和|跟|与|同|比)(?:第|最|前|上|刚).+?(?:比|相比|比较|对比|差|贵|便宜|快|慢|远|多|少|省)"
)  # 和第一款比呢
_THE_FORMER = regex(
    "(?:那|那么)?(?:它|他|她|这[个款台辆]|那[个款台辆])(?:要|得|会|能|又)?[贵便快慢短低省小远轻]"
)
_THAN_THE_FORMER = regex("(?:那|那么)?比(?:它|他|她)(?!们)")
_MORE_OR_LESS = regex(
    "(?:便宜|[少多差贵快慢省高低])(?:了|出|花|个)?(?:多少|几[千万百秒])"
)  # 城市版少多少, 尊享快几秒
_ON_WITH = regex("(?:那|那么)?(?:和|跟|与|同|比|比起|换成?).{2,}?(?:比|相比|比较|对比)?呢")
_AGAINST = regex(r"(?:那|那么)?\s?(?:和|跟|与|同|比|比起|相比|vs|pk|对比)")
_THAN = regex("[比跟和与]$")
_LEAVES_OUT = regex("(?:去掉|排除|不看|不要|不考虑|不比|算了|拿掉|除外|划掉|pass)了?(?:吧)?$")
DIFFER = regex("差(?:了|得|距)?(?:多少|多大|几)")  # in the price, where nothing else was asked


class Comparer:
    """Built once for a planner; ``winner`` gives the entity that a superlative finds."""

    def __init__(self, decider: Decider, winner: Callable[[Plan], str | None]) -> None:
        self._decider, self._winner = decider, winner

    def against_focus(self, parts: Parts, context: Context, things: tuple[Thing, ...]) -> Query | None:
        """比旗舰版便宜多少, 和城市版比呢: what is in focus beside the one that is named."""
        if compared := beside_the_other(parts, context, self._decider):
            return compared
        on_with = _compares(context) and _ON_WITH.fullmatch(parts.text) is not None
        focus = self._against(parts, context, things)[: 1 if on_with else None]  # 跟E6巅峰呢: another
        if len(things) != 1 or not things[0].single or len(focus) != 1:
            return None
        than_it = asks_by_how_much(parts) and _THAN_THE_FORMER.match(parts.text)
        former = _THE_FORMER.match(parts.text) or than_it
        named_again = not parts.referred and "比" not in parts.text and _MORE_OR_LESS.search(parts.text)
        if things[0].names == focus and ((parts.referred and former) or named_again):
            return self._beside_the_former(parts, context)
        if parts.referred and not _AGAINST_ONE.match(parts.text):
            return None
        asks_many = parts.has("list", "head", "nearest", "exists", "others", "buy")
        beside = (
            "比" in parts.text
            or parts.text.strip().startswith(("vs", "pk"))
            or (parts.rankings and parts.has("which"))
            or parts.has("compare")
            or on_with
        )
        much = (parts.rankings and parts.has("much")) or _MORE_OR_LESS.search(parts.text)  # 旗舰版贵多少
        if asks_many or parts.atoms or not (much or (beside and _AGAINST.match(parts.text))):
            return None
        plain = parts.rankings and not (much or parts.has("which", "compare"))
        if plain and not parts.text.endswith("呢"):
            return None
        entities = (focus[0], things[0].names[0])
        asked = numeric(self._decider.vocabulary, parts.attributes)
        price = (self._decider.price,) if self._decider.price and says_money(parts.text) else ()
        told = tuple(dict.fromkeys((*(rank.path for rank in parts.rankings), *asked)))
        told = told or (self._decider.in_units(parts.text) if much else ())
        usual = (self._decider.price,) if self._decider.price and DIFFER.search(parts.text) else ()
        paths = told or price or context.attributes[:1] or usual
        if entities[0] == entities[1] or not paths:
            return None
        paths = tuple(dict.fromkeys(self._decider.told_of(entities, path) for path in paths))
        return Query(Plan("compare", entities, paths), parts.scan, carried=context.entities or focus)

    def _against(self, parts: Parts, context: Context, things: tuple[Thing, ...]) -> tuple[str, ...]:
        """What in focus a thing is set beside; of two the other one, or the one named last."""
        if len(context.entities) > _PAIR:
            return self._of_many(context, things)
        before = context.recent[:1] if context.plan is None else ()  # a standard question came in between
        focus, names = context.entities or before, things[0].names if things else ()
        if len(focus) != _PAIR:
            return focus
        if not set(names) & set(focus):
            return focus[-1:] if parts.has("much") else focus  # 26款的又贵多少
        told = parts.rankings or parts.has("compare")
        differs = told and _MORE_OR_LESS.search(parts.text)  # 长续航贵多少, of the two
        return tuple(name for name in focus if name not in names) if differs else focus

    def _beside_the_former(self, parts: Parts, context: Context) -> Query | None:
        """它贵多少, of two that were asked about one after the other: than the one before."""
        before = next((name for name in context.recent if name not in context.entities), None)
        paths = tuple(rank.path for rank in parts.rankings) or self._decider.in_units(parts.text)
        last = context.plan
        asks = last is None or last.op == "verify" or (last.op == "superlative" and "比" in parts.text)
        if before is None or not asks or len(paths) != 1 or not parts.has("much", "compare"):
            return None
        names = (context.entities[0], before)
        return Query(Plan("compare", names, paths), parts.scan, carried=names)

    def _of_many(self, context: Context, things: tuple[Thing, ...]) -> tuple[str, ...]:
        """The one that won of several compared, where another of them is named: 比疾风版多多少."""
        last = context.plan
        among = bool(things) and set(things[0].names) <= set(context.entities)
        if last is None or last.op != "compare" or not (among and last.attributes):
            return ()
        best = self._winner(replace(last, op="superlative", attributes=last.attributes[:1], limit=1))
        return (best,) if best else ()

    def against_the_first(self, parts: Parts, context: Context) -> Query | Asked | None:
        """跟最便宜的差多少, 比最贵的便宜多少: what is in focus beside the one that ranks first of those listed."""
        most = [rank for rank in parts.rankings if rank.strength == "most"]
        focus = [t for t in parts.things if t.referred and t.names == context.entities]  # 它和最贵的差多少
        start = focus[0].end if focus else 0
        asks = parts.has("compare", "much") and _AGAINST.match(parts.text, start)
        others = [thing for thing in parts.things if not thing.single]  # 和凯美瑞最便宜的比呢
        told = len(others) + len(focus) == len(parts.things) and len(others) <= 1 and len(focus) <= 1
        if not told or parts.atoms or len(most) != 1 or len(context.entities) != 1 or not asks:
            return None
        last = context.plan
        among = context.shown if len(context.shown) > 1 and not others else ()
        conditions = last.conditions if last and not among else ()
        conditions = tuple(filter(None, map(self._decider.scope, others))) or conditions
        path = most[0].path
        best = self._winner(Plan("superlative", among, (path,), conditions, most[0].order, 1))
        if best is not None and best == context.entities[0]:  # it is the first itself
            return Asked(((best,),), ((path,),), parts.scan, referred=True)
        if best is None:
            return None
        asked = numeric(self._decider.vocabulary, parts.attributes)
        besides = tuple(rank.path for rank in parts.rankings if rank is not most[0])  # 跟顶配比哪个省油
        paths = tuple(dict.fromkeys((*besides, *asked) if besides else (*asked, path)))
        plan = Plan("compare", (context.entities[0], best), paths)
        return Query(plan, parts.scan, carried=context.entities)

    def first_against(self, parts: Parts, context: Context) -> Query | None:
        """顶配比先锋多花多少, 高配贵多少: what ranks first of those told, or of its series, beside the named or the one in focus."""
        first, thing = next(iter(parts.rankings), None), next(iter(parts.things), None)
        if first is None or first.strength != "most" or parts.atoms or parts.scan.unknown:
            return None
        name = self._set_beside(first, thing, parts, context)
        if not name or len(parts.things) > 1:
            return None
        told = context.shown if name in context.shown and len(context.shown) > _PAIR else ()
        among = told or self._decider.vocabulary.graph.kin(name)
        best = self._winner(Plan("superlative", among, (first.path,), order=first.order, limit=1))
        if best is None or best == name:
            return None
        paths = tuple(rank.path for rank in parts.rankings[1:])
        paths = paths or numeric(self._decider.vocabulary, parts.attributes) or (first.path,)
        return Query(
            Plan("compare", (best, name), tuple(dict.fromkeys(paths))), parts.scan, carried=context.entities
        )

    @staticmethod
    def _set_beside(first: Ranking, thing: Thing | None, parts: Parts, context: Context) -> str:
        """What the one that ranks first is set beside; empty where that is nothing, or several."""
        if thing is None:
            behind = _MORE_OR_LESS.match(parts.text, first.end) and len(context.entities) == 1
            return context.entities[0] if behind else ""
        joined = _THAN.search(parts.text, first.end, thing.start)
        asks = parts.has("much", "compare")
        return thing.names[0] if joined and asks and thing.single else ""

    def widened(self, parts: Parts, context: Context, things: tuple[Thing, ...]) -> Query | None:
        """再加上B型号呢 in a comparison: one thing more side by side."""
        last = context.plan
        if last is None or last.op != "compare" or not _ONE_MORE.search(parts.text):
            return None
        new = [t.names[0] for t in things if t.single and t.names[0] not in context.entities]
        if len(new) != len(things) or not 0 < len(new) <= MAX_MORE or parts.atoms or parts.attributes:
            return None
        entities = (*context.entities, *new)
        return Query(replace(last, entities=entities), parts.scan, carried=context.entities)

    def without_one(self, parts: Parts, context: Context) -> Query | Asked | None:
        """Q3去掉 in a comparison of three: the others side by side."""
        last, out = context.plan, {name for thing in parts.things for name in thing.names}
        if last is None or last.op != "compare" or not parts.things or parts.atoms or parts.rankings:
            return None
        refuses = all(thing.negated for thing in parts.things) or _LEAVES_OUT.search(parts.text)
        left = tuple(name for name in last.entities if name not in out)
        if not refuses or parts.attributes or not left or len(left) == len(last.entities):
            return None
        if len(left) == 1:
            return Asked((left,), tuple((path,) for path in last.attributes), parts.scan, referred=True)
        return Query(replace(last, entities=left), parts.scan, carried=left)


def _compares(context: Context) -> bool:
    return context.plan is not None and context.plan.op == "compare"
