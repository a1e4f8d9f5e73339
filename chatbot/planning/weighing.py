"""哪个好, 推荐哪个, 性价比高的呢, of those that the conversation has come to, and no word of what is to count.

Nothing in a graph says which is best, so nothing is: a few are set side by side, and of many it is told which of them
leads in each of the things that people choose by.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from chatbot.knowledge_graph.directions import Direction
from chatbot.knowledge_graph.plan import Order, Path, Plan
from chatbot.knowledge_graph.units import MONEY
from chatbot.planning.carry import lists
from chatbot.planning.context import Context
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts
from chatbot.planning.query import Asked, Planned, Query
from chatbot.planning.scan import Scan
from chatbot.regex import regex

_ONE = "(?:哪(?:一?[个款台辆种家间套条]|个)?(?:版本|配置|车型|型号|系列|车系|车|版)?|谁)"
_BETTER = "(?:更|最|比较|会|相对|还是)?(?:好(?:一?[点些])?|值得?(?:买|入手?|选|推荐|下手|考虑)?|划算|合适|靠谱|强(?:一?[点些])?|香|推荐)"
_TAKE = "(?:选|买|挑|要|拿|入手?|推荐|建议|考虑|下手|选择)"
_BEST = (
    f"(?:{_ONE}(?:你|您)?(?:的)?{_BETTER}|{_TAKE}(?:买|选)?{_ONE}{_BETTER}?|{_ONE}(?:你|您)?{_TAKE}"
    "|(?:怎么|咋|如何|怎样)(?:选|挑|选择)(?:比较|才|更)?(?:好|合适)?"
    f"|{_ONE}?(?:的)?性价比(?:比较|更|最)?(?:高|好)(?:一?[点些])?(?:的)?(?:是)?{_ONE}?)"
    "(?:的|呢|啊|呀|吧|嘛|哈|些|一点|点|吗|[?？!。~])*"
)
_SPEAKING = "(?:那|那么|所以|嗯|你|您|你们|帮我|给我|麻烦|觉得|认为|看|说|来说|我|会|应?该|到底|究竟|综合|总的|整体|来看|一下|[,，、\\s])*"
_AMONG = "(?:(?:这|那|它|他)(?:们|里面|里|中)?[些几俩两三四五六]*[个款台辆种家间套条]?(?:车)?(?:里面|里|中|当中|之间|之中)?(?:的)?[,，、\\s]*)?"
_WHICH_IS_BEST = regex(f"{_SPEAKING}{_AMONG}{_SPEAKING}{_BEST}")
_OF_WHAT = regex(
    f"(?P<what>.{{2,}}?)(?:里面|里|中|当中)?(?:的)?(?:话)?{_SPEAKING}{_BEST}|性价比(?:比较|更|最)?(?:高|好)(?:一?[点些])?的(?P<such>.{{2,}})"
)
_LONGEST = (
    80  # characters: what is longer asks for more than that, and its parts would be tried in too many ways
)
_BY_PRICE = "划算"  # L8哪个版本划算 ranks by that
_RECOMMEND = "推荐"  # while a choice is being narrowed down it goes on with that
_PAIR, _FEW, _MOST = 2, 4, 4
_MOSTLY = 0.5
_FIRST: dict[Direction, Order] = {"up": "desc", "down": "asc"}


def asks_which_is_best(text: str) -> bool:
    """Whether a normalised ``text`` asks for the best one and for nothing else, nor by what."""
    return len(text) <= _LONGEST and _WHICH_IS_BEST.fullmatch(text) is not None


def weighed_in(text: str) -> str:
    """What is to be weighed in 30万以内的suv哪个好; empty where no such thing is asked."""
    if (
        len(text) > _LONGEST
        or asks_which_is_best(text)
        or (found := _OF_WHAT.fullmatch(text)) is None
        or _BY_PRICE in text
    ):
        return ""
    return found["what"] or found["such"]


class Weigher:
    """Built once for a planner; ``found`` gives the entities that meet a plan."""

    def __init__(self, decider: Decider, found: Callable[[Plan], tuple[str, ...]]) -> None:
        self._decider, self._found = decider, found

    def plan(self, parts: Parts, context: Context) -> Query | None:
        """Those spoken of, weighed against each other; ``None`` where that is not asked, or fewer than two are."""
        scope = _spoken_of(context) if asks_which_is_best(parts.text) else None
        if scope is None or (context.guiding and _RECOMMEND in parts.text):
            return None
        names = self._found(scope)
        if len(names) <= _FEW:
            few = self._beside(names, parts.scan)
            return few and replace(few, carried=names)
        leads = tuple(islice(self._leads(names, scope), _MOST))
        if len(leads) < _PAIR:
            return Query(scope, parts.scan, kept=scope.conditions, guiding=True)
        kept = scope.conditions
        return Query(scope, parts.scan, also=leads, carried=scope.entities, kept=kept, weighing=True)

    def of(self, planned: Planned) -> Query | None:
        """What was asked for, weighed: all that meet some conditions, or the versions of the one series that was named."""
        if isinstance(planned, Asked):
            alone = len(planned.entities) == 1 and not planned.topics
            return self._beside(planned.entities[0], planned.scan) if alone else None
        if not isinstance(planned, Query) or planned.plan.op != "filter" or planned.guiding:
            return None
        names = self._found(planned.plan)
        leads = tuple(islice(self._leads(names, planned.plan), _MOST)) if len(names) >= _PAIR else ()
        return replace(planned, also=leads, weighing=True) if len(leads) >= _PAIR else None

    def _beside(self, names: tuple[str, ...], scan: Scan) -> Query | None:
        """A few of them side by side, by what is measured of what people compare; by all of that where nothing is."""
        usual = self._decider.usual(names) if _PAIR <= len(names) <= _FEW else ()
        paths = tuple(filter(self._decider.vocabulary.dimension, usual)) or usual
        return Query(Plan("compare", names, paths), scan, weighing=True) if paths else None

    def _leads(self, names: tuple[str, ...], scope: Plan) -> Iterator[Plan]:
        """Who leads in what people choose by, where most of ``names`` have it and one end of it is the better one."""
        paths = (*self._decider.usual(names), *self._decider.columns.paths)
        price = self._decider.price
        for path in dict.fromkeys(paths):
            better = self._decider.directions.of(path[-1])
            another = price not in (None, path) and self._decider.vocabulary.dimension(path) == MONEY  # 原价
            if better and not another and self._is_known(path, names):
                yield replace(scope, op="superlative", attributes=(path,), order=_FIRST[better])

    def _is_known(self, path: Path, names: tuple[str, ...]) -> bool:
        known = sum(self._decider.raw(name, path) is not None for name in names)
        return known >= _MOSTLY * len(names)


def _spoken_of(context: Context) -> Plan | None:
    """The two or more in focus, those that were offered, else all of the list that the conversation has come to."""
    if several := next((some for some in (context.entities, context.offered) if len(some) >= _PAIR), ()):
        return Plan("filter", several)
    last = context.listed or context.plan
    if last is None or not lists(last) or not (last.conditions or context.guiding):
        return None
    return Plan("filter", (), (), last.conditions)
