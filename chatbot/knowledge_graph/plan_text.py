"""A plan and its result's notes in Chinese, from the typed values alone."""

from collections.abc import Mapping

from chatbot.knowledge_graph.graph import asked_whether, display_name
from chatbot.knowledge_graph.plan import KEYWORDS, NAME, AllOf, AnyOf, Clause, Condition, Not, Path, Plan
from chatbot.knowledge_graph.result import LeftOut, Note

_SIGNS = {"=": "＝", "!=": "≠", "<": "＜", "<=": "≤", ">": "＞", ">=": "≥"}
_SHOWN, _FIGURES = 5, 4
_MAX_DEPTH = 50
_OPS = {
    "lookup": "查询{entities}的{attributes}",
    "compare": "对比{entities}的{attributes}",
    "filter": "筛选{scope}{conditions}{order}",
    "superlative": "{scope}{conditions}按{first}取{order_word}的{limit}个",
    "count": "统计{scope}{conditions}的数量",
    "verify": "核对{entities}是否满足{conditions}",
    "group": "{scope}{conditions}按{first}分组计数",
    "aggregate": "{scope}{conditions}{first}的范围与平均",
    "nearest": "找与{entities}的{first}最接近的{limit}个{conditions}",
}
_NOTES = {
    "unknown_entity": "没有“{subject}”这个实体",
    "unknown_attribute": "资料里没有“{attribute}”这一项",
    "wrong_dimension": "“{attribute}”是{detail}，不能和“{subject}”比较",
    "bad_value": "“{attribute}”不能和“{subject}”比大小",
    "contradiction": "对“{attribute}”的几个条件互相矛盾",
    "part_assumed": "“{attribute}”有{detail}几项，这里按“{subject}”",
    "no_direction": "不知道“{attribute}”怎样算好，这里按从高到低",
    "optional": "另有 {count} 个可以选装“{attribute}”",
    "too_deep": "条件嵌套超过 {count} 层",
    "too_many": "条件超过 {count} 个",
    "tie": "“{attribute}”有 {count} 个并列",
    "empty_plan": "计划里缺少{subject}",
}
_IS_SO = {"有": "是", "无": "否", "没有": "否", "选配": "可选"}  # 是否空腹（是）
_LEVELS: Mapping[str, str] = {"1": "品牌", "2": "系列"}  # what the first of the 关键词 mostly are
_LACKS = {"attributes": "属性", "entities": "实体"}


def attribute_text(path: Path, levels: Mapping[str, str] = _LEVELS) -> str:
    """An attribute as people say it; a keyword level by what ``levels`` call it, else by its number."""
    if path[:2] == KEYWORDS:
        return levels.get(path[2], f"第{path[2]}级名称") if len(path) > 2 else "名称"
    return "全名" if path == NAME else display_name(path[-1]) if path else ""


def quantity_text(number: float, unit: str) -> str:
    """``300000 元`` → ``30万元``; ``3000000`` → ``300万``; ``500 km`` → ``500km``; at most 4 decimals."""
    if unit in ("元", "") and abs(number) >= 10_000:
        return f"{_plain(number / 10_000)}万{unit}"
    return f"{_plain(number)}{unit}"


def rough_text(number: float, unit: str) -> str:
    """``number`` to four figures, as an average is told: ``204422.22 元`` → ``20.44万元``; no whole figure is lost."""
    scale = 10_000 if unit in ("元", "") and abs(number) >= 10_000 else 1
    whole = len(str(int(abs(number) / scale)))
    return quantity_text(round(number / scale, max(0, _FIGURES - whole)) * scale, unit)


def _plain(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".") if abs(number) < 1e15 else f"{number:g}"


def clause_text(clause: Clause, depth: int = 0, levels: Mapping[str, str] = _LEVELS) -> str:
    """One clause; 或 and nested 且 in brackets. Deeper than 50 levels is cut short with ``…``."""
    if depth > _MAX_DEPTH:
        return "…"
    match clause:
        case Condition():
            return _condition_text(clause, levels)
        case Not(Condition(op="has", value="有") as inner) if asked_whether(inner.attribute[-1]):
            return f"{attribute_text(inner.attribute)}（否）"
        case Not(inner):
            return f"非（{clause_text(inner, depth + 1, levels)}）"
        case AllOf(clauses):
            return f"（{' 且 '.join(clause_text(one, depth + 1, levels) for one in clauses)}）"
        case AnyOf(clauses):
            return f"（{' 或 '.join(clause_text(one, depth + 1, levels) for one in clauses)}）"


def _condition_text(condition: Condition, levels: Mapping[str, str]) -> str:
    name = attribute_text(condition.attribute, levels)
    if condition.op == "has":
        return (
            f"{name}（{_IS_SO[str(condition.value)]}）" if asked_whether(name) else f"{condition.value}{name}"
        )
    value = condition.value
    said = value if isinstance(value, str) else quantity_text(value, condition.unit)
    return f"{name}含“{said}”" if condition.op == "contains" else f"{name}{_SIGNS[condition.op]}{said}"


def plan_text(plan: Plan, levels: Mapping[str, str] = _LEVELS) -> str:
    """The whole plan in one line: ``筛选：经销商报价≤30万元 且 纯电续航里程≥500km``."""
    conditions = " 且 ".join(clause_text(clause, levels=levels) for clause in plan.conditions)
    shown = [attribute_text(path, levels) for path in plan.attributes]
    entities = _listed(plan.entities)
    listing = plan.op in ("lookup", "compare", "verify", "nearest")
    words = {"asc": "最低", "desc": "最高", None: "最好"}
    return _OPS[plan.op].format(
        entities=entities or "全部",
        scope="" if listing or not entities else f"在{entities}中：",
        attributes="、".join(shown) or "资料",
        first=shown[0] if shown else "",
        conditions=f"（{conditions}）" if conditions else "",
        order=f"，按{shown[0]}{'升序' if plan.order == 'asc' else '降序'}" if plan.order and shown else "",
        order_word=words[plan.order],
        limit=plan.limit or 1 if plan.op == "superlative" else plan.limit or "若干",
    )


def _listed(names: tuple[str, ...]) -> str:
    more = f"等 {len(names)} 个" if len(names) > _SHOWN else ""
    return "、".join(names[:_SHOWN]) + more


def note_text(note: Note) -> str:
    """One note as a sentence."""
    return _NOTES[note.code].format(
        attribute=attribute_text(note.attribute),
        subject=_LACKS.get(note.subject, note.subject)
        if note.code == "empty_plan"
        else note.subject or "数值",
        detail=note.detail,
        count=note.count,
    )


def left_out_text(left: LeftOut) -> str:
    """Who was left out, why, and how many."""
    why = "缺少“{name}”" if left.reason == "missing" else "“{name}”无法比较"
    return f"有 {left.count} 个{why.format(name=attribute_text(left.attribute))}，未计入"
