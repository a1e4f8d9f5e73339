"""What was set side by side, each of it several cars: 差多少 and 油耗呢, said next, are of the same sides again."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.plan import NAME, AnyOf, Clause, Condition, Plan, leaf_conditions
from chatbot.planning.context import Context
from chatbot.planning.follow import DIFFERENCES
from chatbot.planning.money import says_money
from chatbot.planning.parts import Parts, Thing
from chatbot.planning.read_parts import numeric
from chatbot.planning.vocabulary import Vocabulary
from chatbot.planning.whether import asks_whether
from chatbot.regex import regex

_PAIR, _FEW = 2, 6
_OF_BOTH = regex("呢$|^(?:那|它们|两边|两个)*(?:都|各|分别)")
_OF_CARS = ("的吗", "的么", "的没", "的有吗", "的没有")
_RANGED, _RANKED = "aggregate", ("filter", "superlative")


def all_sides(plans: Sequence[Plan]) -> Plan:
    """One plan over all that ``plans``, the ranges of one attribute, are over: what the next question may lean on."""
    first, sides = plans[0], tuple(plan.conditions[0] for plan in plans if len(plan.conditions) == 1)
    told = {(plan.op, plan.attributes) for plan in plans}
    if len(plans) < _PAIR or len(sides) < len(plans) or told != {(_RANGED, first.attributes)}:
        return first
    return replace(first, conditions=(AnyOf(sides),))


def sides_of(plan: Plan | None) -> tuple[Clause, ...]:
    """What stands side by side in ``plan``; nothing where it is over one kind of cars."""
    if plan is None or plan.entities or len(plan.conditions) != 1 or plan.op not in (_RANGED, *_RANKED):
        return ()
    either = plan.conditions[0]
    if not isinstance(either, AnyOf) or len(either.clauses) < _PAIR:
        return ()
    by_name = all(one.attribute[:1] == NAME[:1] for one in leaf_conditions((either,)))
    return either.clauses if by_name or plan.op == _RANGED else ()  # 插混或增程 is one kind of cars


def named_again(
    parts: Parts, context: Context, found: Callable[[Plan], tuple[str, ...]], vocabulary: Vocabulary
) -> Parts:
    """``parts`` with the sides as its things, where it asks how they differ, or for another number of each."""
    if _of_each_offered(parts, context):
        return replace(parts, things=(Thing(context.offered, None, len(parts.text), len(parts.text)),))
    told = parts.things or parts.atoms or parts.scan.unknown
    category = parts.categories and parts.has("which") and not parts.attributes  # 智能驾驶谁好
    asks = parts.has("compare") or category or _of_both(parts, context, vocabulary)
    if told or not asks or (parts.has("which", "list", "count", "sort") and not category):
        return parts
    end, sides = len(parts.text), sides_of(context.plan)
    things = tuple(Thing(found(Plan("filter", (), (), (side,))), side, end, end) for side in sides)
    cars = tuple(dict.fromkeys(name for thing in things for name in thing.names))
    listed = all(isinstance(side, Condition) and side.attribute == NAME for side in sides)
    if _bare(parts) and (listed or vocabulary.graph.of_one_series(cars)):
        return parts  # 油耗, after the cheapest of several versions, or of the nearest rows
    if any(thing.single for thing in things):  # R1和C型号性能版谁快: the few of them one by one
        things = tuple(Thing((name,), None, end, end) for name in cars) if len(cars) <= _FEW else ()
    things = tuple(thing for thing in things if thing.names)  # of a side there may be none
    if not things:
        return parts
    before = context.attributes[:1]
    open_ = not (
        parts.attributes or parts.rankings or DIFFERENCES.search(parts.text) or says_money(parts.text)
    )
    attributes = (before,) if open_ and before else parts.attributes
    roles = parts._roles | {"versions", "both"}
    return replace(parts, things=things, attributes=attributes, _roles=roles)


def _of_both(parts: Parts, context: Context, vocabulary: Vocabulary) -> bool:
    """Whether another number of each is asked for: 油耗呢 after what each costs, and after which of them is larger."""
    op = context.plan.op if context.plan else ""
    of_both = _OF_BOTH.search(parts.text) is not None or _bare(parts)
    goes_on = op == _RANGED or (op == "superlative" and of_both)
    return goes_on and len(numeric(vocabulary, parts.attributes)) == len(parts.attributes) > 0


def _bare(parts: Parts) -> bool:
    """价格: attributes, and not one word more."""
    return all(link.attribute for link in parts.scan.links) and not _OF_BOTH.search(parts.text)


def _of_each_offered(parts: Parts, context: Context) -> bool:
    """倒车影像有没有, where it was asked which C2 is meant: whether each of these has it, and no other car."""
    asks = bool(parts.atoms) and asks_whether(parts) and not parts.text.endswith(_OF_CARS)
    free = not (parts.things or parts.rankings or parts.scan.unknown or context.entities)
    return (
        asks
        and free
        and len(context.offered) >= _PAIR
        and not parts.has("list", "which", "count", "head", "buy")
    )
