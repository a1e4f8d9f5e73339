"""How a message that leans on the query before it changes that query."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.plan import (
    KEYWORDS,
    NAME,
    AnyOf,
    Clause,
    Condition,
    Not,
    Path,
    Plan,
    leaf_conditions,
)
from chatbot.planning.bounds import apart, end_of, other_end, wider, without_rough
from chatbot.planning.clauses import flat, paths_of
from chatbot.planning.context import Context
from chatbot.planning.parts import Parts
from chatbot.planning.read_parts import is_brand, is_year
from chatbot.regex import regex

CARRIES = ("filter", "superlative", "count", "verify", "nearest", "group", "aggregate")


_WISHES = ("要", "不要", "得", "最好", "预算")
_PICKS = regex("(?:帮我|给我|就)?[挑选](?!择)")
_CHOOSES = regex("[选挑买上]哪")  # 要天窗的话选哪个
_THAT_ONE = regex("的[那这][个款台辆]")
_ADDS = regex("加上|算上|加进来|算进来")  # 再加上插混的: those too
_GOING_ON = ("除", "只", "那", "呢", "再", "还", "里面", "其中", "这些", "也行", "就要", "也可以", "换")


def lists(plan: Plan | None) -> bool:
    """Whether it is about all that match, so that a message may go on with it."""
    return plan is not None and plan.op in CARRIES and not plan.entities


def leans(parts: Parts, previous: Plan | None) -> bool:
    """Whether the message goes on with ``previous`` rather than asking anew."""
    if previous is None or previous.op not in CARRIES or (previous.op == "verify" and previous.entities):
        return False
    marked = any(word in _besides_names(parts) for word in _GOING_ON)
    if any(thing.single and not (thing.referred or thing.negated) for thing in parts.things):
        return False
    named = [thing for thing in parts.things if not (thing.referred or thing.negated)]
    if not marked and any(not is_brand(thing.clause) and not is_year(thing.clause) for thing in named):
        return False
    if parts.has("upward", "downward", "swap", "widen", "others", "wrong", "done", "any") or _asks_for_more(
        parts
    ):
        return True
    if parts.has("total") and parts.has("head") and not parts.atoms:
        return False
    if marked:
        return True
    if _picks(parts):
        return True
    if parts.has("head", "buy") and not parts.text.startswith(("要", "不要", "得", "就", "除")):
        return False
    if parts.has("list") and len(parts.atoms) + len(parts.things) > 1:
        return False
    return len(parts.atoms) + len(parts.things) <= 2 or parts.text.startswith(("要", "不要", "得"))


def _picks(parts: Parts) -> bool:
    """挑续航最长的两台, 25万以内能买哪个: of those that were listed."""
    if parts.rankings and not (parts.atoms or parts.things) and _PICKS.match(parts.text):
        return True
    return bool(parts.atoms) and _CHOOSES.search(parts.text) is not None and not parts.has("head")


def _besides_names(parts: Parts) -> str:
    """The text without the names in it: 赛那有几款 goes on with nothing."""
    text = parts.text.replace("还是", "|")  # 还是贵: that it is so, and nothing more
    for link in parts.scan.links:
        if link.entity:
            text = text[: link.start] + "|" * (link.end - link.start) + text[link.end :]
    return text


def _asks_for_more(parts: Parts) -> bool:
    return any(rank.strength == "more" for rank in parts.rankings) and not parts.atoms


def which_of_these(parts: Parts, context: Context) -> bool:
    """有天窗的是哪一款, while several are side by side: which of these."""
    asks = parts.atoms and parts.has("which") and not parts.things
    several = len(context.entities) > 1 or (context.plan is None and len(side_by_side(context)) > 1)
    bought = parts.has("buy") and _CHOOSES.search(parts.text) is None
    return bool(asks) and several and not (bought or parts.has("head", "list", "total"))


def side_by_side(context: Context) -> tuple[str, ...]:
    """The several in focus, or the two that were spoken of one after the other."""
    return context.entities if len(context.entities) > 1 or not context.entities else context.last(0)


def of_what_is_offered(parts: Parts, context: Context) -> Context:
    """座位几个, when it was asked which of some is meant: of these, and not of the list before."""
    if not context.offered or not parts.attributes or parts.atoms or parts.things or parts.rankings:
        return context
    return replace(context, plan=None, listed=None)


def goes_back(parts: Parts, context: Context) -> bool:
    """Whether a message goes on with the list that the one in focus was picked from: 第二便宜的呢, 还有别的吗."""
    few = len(parts.atoms) + len([thing for thing in parts.things if not thing.referred]) <= 1
    if context.listed is None or not few:
        return False
    spoken_of = context.entities or context.attributes or context.offered
    if not spoken_of and not _says_that_it_goes_on(parts):
        return False  # 七座的有哪些, after a standard question in between
    return leans(parts, context.listed)


def _says_that_it_goes_on(parts: Parts) -> bool:
    """那就油车吧, 里面最便宜的, 还有别的吗: by its words, or a ranking that names nothing it is of."""
    if parts.text.startswith(_WISHES) or parts.has("others", "swap", "widen"):
        return True
    if parts.has("keep") or any(x in _besides_names(parts) for x in _GOING_ON):
        return True
    return bool(parts.rankings) and not (parts.atoms or parts.things or parts.has("head", "total"))


def merged(
    previous: Plan, added: Sequence[Clause], parts: Parts, together: Callable[[Condition, Condition], bool]
) -> tuple[Clause, ...]:
    """The conditions of ``previous`` with ``added`` in the place of what they contradict.

    ``together``: whether some value of the attribute meets both conditions (中型 and SUV, not SUV and 轿车).
    """
    base = list(flat(previous.conditions))
    replaced = parts.has("swap", "wrong")
    if replaced or parts.has("widen"):
        base = [old for old in base if not is_exclusion(old)]
    loose = ((parts.has("or") and not parts.has("widen")) or _ADDS.search(parts.text) is not None) and len(
        added
    ) == 1
    base = base if loose else without_rough(base, added, parts.text)
    fresh: list[Clause] = []  # 换成15到20万: one end does not push out the other
    for clause in flat(added):
        about = {_subject(path) for path in paths_of(clause)}
        if loose and Not(clause) in base:  # 松峦也看: it was excluded before
            base.remove(Not(clause))
            continue
        if loose and not isinstance(clause, Not):
            base = _with_alternative(base, clause, about)
            continue
        if isinstance(clause, Not):
            if clause.clause in base:  # 不要天窗了 takes the wish back; 不要两座的 has none of them
                base.remove(clause.clause)
                if _of_a_feature(clause.clause) and not _THAT_ONE.search(parts.text):
                    continue  # 没有天窗的那个 is one that has none
            elif _of_a_feature(clause.clause):  # 没天窗的, after 普通天窗的
                base = [old for old in base if isinstance(old, Not) or paths_of(old) != paths_of(clause)]
        else:
            clause = clause if replaced or len(parts.atoms) != 1 else _of_both(base, clause)
            base = [
                old for old in base if old in fresh or not _gives_way(old, clause, about, replaced, together)
            ]
        base.append(clause)
        fresh.append(clause)
    return tuple(dict.fromkeys(base))


def _of_both(base: Sequence[Clause], clause: Clause) -> Clause:
    """不用充电的 of 混动的: one word for several values, after another one, leaves those that both are for."""
    if not isinstance(clause, AnyOf):
        return clause
    for old in base:
        both = tuple(one for one in clause.clauses if isinstance(old, AnyOf) and one in old.clauses)
        if both:
            return both[0] if len(both) == 1 else AnyOf(both)
    return clause


def _of_a_feature(clause: Clause) -> bool:
    return isinstance(clause, Condition) and clause.op == "has"


def _subject(path: Path) -> Path:
    return path[:2] if path[:2] == KEYWORDS else path


def _with_alternative(base: list[Clause], clause: Clause, about: set[Path]) -> list[Clause]:
    for i, old in enumerate(base):
        if other_end(old, clause):
            continue  # 没有的话30万也行, of 20到25万: 20万以上 still holds
        if {_subject(path) for path in paths_of(old)} & about and not isinstance(old, Not):
            if more := wider(old, clause):  # 20万也行, of 15万以内
                base[i] = more
                return base
            inner = old.clauses if isinstance(old, AnyOf) else (old,)
            base[i] = AnyOf(tuple(dict.fromkeys((*inner, clause))))
            return base
    return [*base, clause]


def is_exclusion(clause: Clause) -> bool:
    """One of the rows that 还有别的吗 left out."""
    return (
        isinstance(clause, Not) and isinstance(clause.clause, Condition) and clause.clause.attribute == NAME
    )


def _gives_way(
    old: Clause, new: Clause, about: set[Path], replaced: bool,
    together: Callable[[Condition, Condition], bool],
) -> bool:  # fmt: skip
    """Whether ``old`` is about the same and cannot, or should not, stand beside ``new``."""
    if not {_subject(path) for path in paths_of(old)} & about or _goes_with(old, new, together):
        return False
    if replaced:
        return True
    if isinstance(old, Not):
        return old.clause == new
    if _is_wider(old, new):
        return False
    if not (isinstance(old, Condition) and isinstance(new, Condition)):
        return True
    if end_of(old) or end_of(new):  # 6座的呢 after 能坐7个人的
        return end_of(old) == end_of(new) or "=" in (old.op, new.op) or apart(old, new)
    if old.attribute[:2] == KEYWORDS:
        return old.attribute == new.attribute or old.attribute[2:] > new.attribute[2:]
    if old.op == new.op == "contains":
        return not together(old, new)
    return old.op == new.op or {old.op, new.op} == {"contains", "="}


def _goes_with(old: Clause, new: Clause, together: Callable[[Condition, Condition], bool]) -> bool:
    """换成贝仕顿的, of 凛川的空调: a kind of thing, and another brand that has it."""
    if not (isinstance(old, Condition) and isinstance(new, Condition)) or old.attribute == new.attribute:
        return False
    return old.attribute[:2] == new.attribute[:2] == KEYWORDS and together(old, new)


def _is_wider(old: Clause, new: Clause) -> bool:
    """Two series, beside a model year: 2025款的 is of both."""
    if not (isinstance(new, Condition) and new.attribute[:2] == KEYWORDS):
        return False
    named = tuple(leaf_conditions((old,)))
    return all(c.attribute[:2] == KEYWORDS and c.attribute < new.attribute for c in named)


def within(entities: tuple[str, ...]) -> tuple[Clause, ...]:
    """The named entities as a condition, for plans that name another one."""
    return (AnyOf(tuple(Condition(NAME, "=", name) for name in entities)),) if entities else ()


_COUNTED = ("座", "门")


def without(conditions: Sequence[Clause], paths: Sequence[Path]) -> tuple[Clause, ...]:
    """``conditions`` but those about ``paths``, or that say how many of what they count: 7座 of the body's structure."""
    counted = {word for path in paths for word in _COUNTED if word in path[-1]}
    return tuple(
        clause
        for clause in flat(conditions)
        if not paths_of(clause) & set(paths) and not any(_counts(clause, word) for word in counted)
    )


def _counts(clause: Clause, word: str) -> bool:
    """Whether it demands a number of seats or doors in words."""
    said = (str(c.value) for c in leaf_conditions((clause,)))
    return any(re.fullmatch(rf"\d+{word}", value) for value in said)


def without_seen(context: Context) -> Plan:
    """The query before; where nothing was left besides what had been shown, that counts again."""
    assert context.plan is not None
    if context.shown:
        return context.plan
    kept = tuple(c for c in flat(context.plan.conditions) if not is_exclusion(c))
    return replace(context.plan, conditions=kept)
