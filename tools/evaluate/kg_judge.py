"""Does a reply meet what a question file expects of it? One small check a field; every field must hold."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan_text import quantity_text
from chatbot.reply import GraphEvidence, Reply
from chatbot.session.base import Memory

_OP = {"group": {"list"}, "aggregate": {"range", "average"}}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(万)?")


@dataclass(frozen=True, slots=True)
class Turn:
    """One reply, the memory after it, and the graph it was made over."""

    reply: Reply
    memory: Memory
    graph: KnowledgeGraph

    @property
    def rows(self) -> list[str]:
        return [row.entity for row in self.reply.rows or ()]

    @property
    def ops(self) -> set[str]:
        op = self.reply.plan.op if self.reply.plan else ""
        return {op, *_OP.get(op, set())}

    @property
    def values(self) -> set[tuple[str, str, str]]:
        """(entity, leaf, raw) of everything that the reply states."""
        found = {(r.entity, leaf, raw) for r in self.reply.rows or () for leaf, raw in r.values.items()}
        evidence = [e for e in self.reply.evidence if isinstance(e, GraphEvidence)]
        return found | {(e.entity, e.path[-1], e.value) for e in evidence}


Expect = Mapping[str, Any]


def faults(turn: Turn, expect: Expect) -> list[str]:
    """The names of the fields that do not hold; empty when the reply is right."""
    found = [name for name, check in _CHECKS.items() if name in expect and not check(turn, expect)]
    if "any_of" in expect:
        outer = {k: v for k, v in expect.items() if k != "any_of"}
        kept = [name for name in found if name not in ("op",)]
        if not any(not faults(turn, {**_op_of(outer), **inner}) for inner in expect["any_of"]):
            return [*kept, "any_of"]
        return (
            kept if not any("op" in inner for inner in expect["any_of"]) else [f for f in kept if f != "op"]
        )
    return found


def _op_of(expect: Expect) -> dict[str, Any]:
    return {k: v for k, v in expect.items() if k in ("op", "op_also")}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _op(turn: Turn, e: Expect) -> bool:
    wanted = {e["op"], *e.get("op_also", [])}
    if turn.reply.answer_type in ("clarify", "fallback") and turn.reply.plan is None:
        return True  # a question back or an honest reply has no plan; its type is checked by itself
    return bool(turn.ops & wanted) or ("list" in wanted and "filter" in turn.ops)


def _rows(turn: Turn, e: Expect) -> bool:
    rows, wanted, optional = turn.rows, e["rows"], set(e.get("rows_optional", []))
    if e.get("match") == "prefix":
        return rows[: len(wanted)] == wanted if e.get("ordered") else set(wanted) <= set(rows)
    core = [row for row in rows if row in wanted or row not in optional]
    return core == wanted if e.get("ordered") else set(core) == set(wanted)


def _total(turn: Turn, e: Expect) -> bool:
    total = turn.reply.rows_total
    return (total or 0) == e["rows_total"] or (
        bool(e.get("rows_optional")) and e["rows_total"] <= (total or 0) <= e["rows_total"] + len(e["rows_optional"])
    )  # fmt: skip


def _values(turn: Turn, e: Expect) -> bool:
    said = turn.values
    text = turn.reply.answer
    return all(
        (v["entity"], v["attribute"], v["value"]) in said
        or (turn.reply.answer_source == "kg" and v["value"] in text)
        for v in e["values"]
    )


def _winner(turn: Turn, e: Expect) -> bool:
    answer = turn.reply.answer
    if e["winner"] is None:
        return "一样" in answer or "更" not in answer
    name = turn.graph.short_names[e["winner"]]
    return (
        f"{name}更" in answer
        or f"、{name}更" in answer
        or (turn.ops == {"superlative"} and turn.rows[:1] == [e["winner"]])
    )


def _difference(turn: Turn, e: Expect) -> bool:
    if not e["difference"] or turn.ops != {"compare"}:
        return True
    if not e["difference"]["value"] and "一样" in turn.reply.answer:
        return True
    said = quantity_text(float(e["difference"]["value"]), e["difference"]["unit"])
    numbers = [
        float(n) * (10_000 if wan else 1)
        for n, wan in re.findall(r"差 ?(\d+(?:\.\d+)?)(万)?", turn.reply.answer)
    ]
    return said in turn.reply.answer or any(
        abs(n - e["difference"]["value"]) < 1e-6 * max(n, 1) for n in numbers
    )


def _verdict(turn: Turn, e: Expect) -> bool:
    answer = (
        turn.reply.answer.split("：", 1)[-1] if turn.reply.answer.startswith("接着") else turn.reply.answer
    )
    no = any(word in answer for word in ("不是", "没有", "不支持", "不够"))
    yes = not no and any(word in answer for word in ("是的", "有的", "有", "支持", "符合"))
    return yes if e["verdict"] == "yes" else no


def _groups(turn: Turn, e: Expect) -> bool:
    return all(value in turn.reply.answer for value in e["groups"]) and (
        f"{len(e['groups'])} 种" in turn.reply.answer or turn.ops == {"filter"}
    )


def _nearest(turn: Turn, e: Expect) -> bool:
    named = [x.entity for x in turn.reply.evidence if isinstance(x, GraphEvidence)]
    return turn.reply.answer_source != "kg" or not named or bool(set(named) & set(e["nearest_any"]))


def _entities(turn: Turn, e: Expect) -> bool:
    return set(turn.reply.entities) == set(e["entities"]) or (
        not e["entities"] and turn.reply.answer_source in ("faq", "guide", "none")
    )


def _stats(turn: Turn, e: Expect) -> bool:
    stats, text = e["stats"], turn.reply.answer
    average = stats["average"]
    numbers = [float(n) * (10_000 if wan else 1) for n, wan in _NUMBER.findall(text)]
    near = any(abs(n - average) <= max(stats.get("tolerance", 0.01) * average, 0) for n in numbers)
    return near or (stats["min"] in text and stats["max"] in text)


_CHECKS: dict[str, Callable[[Turn, Expect], bool]] = {
    "op": _op,
    "answer_type": lambda t, e: t.reply.answer_type in _list(e["answer_type"]),
    "answer_source": lambda t, e: t.reply.answer_source in _list(e["answer_source"]),
    "rows": _rows,
    "rows_total": _total,
    "rows_total_range": lambda t, e: (
        e["rows_total_range"][0] <= (t.reply.rows_total or 0) <= e["rows_total_range"][1]
    ),
    "rows_first_of": lambda t, e: bool(t.rows) and t.rows[0] in e["rows_first_of"],
    "rows_include": lambda t, e: set(e["rows_include"]) <= set(t.rows),
    "rows_exclude": lambda t, e: not set(e["rows_exclude"]) & set(t.rows),
    "rows_within": lambda t, e: set(t.rows) <= set(e["rows_within"]),
    "rows_min": lambda t, e: len(t.rows) >= e["rows_min"],
    "values": _values,
    "values_any": lambda t, e: any(
        (v["entity"], v["attribute"], v["value"]) in t.values for v in e["values_any"]
    ),
    "no_values_of": lambda t, e: not any(leaf in e["no_values_of"] for _, leaf, _ in t.values),
    "winner": _winner,
    "difference": _difference,
    "verdict": _verdict,
    "stats": _stats,
    "groups": _groups,
    "answer_contains": lambda t, e: all(word in t.reply.answer for word in e["answer_contains"]),
    "answer_contains_any": lambda t, e: any(word in t.reply.answer for word in e["answer_contains_any"]),
    "nearest_any": _nearest,
    "entities": _entities,
    "attribute": lambda t, e: not t.reply.attribute or t.reply.attribute.endswith(e["attribute"]),
    "not_entities": lambda t, e: not set(t.reply.entities) & set(e["not_entities"]),
    "no_values": lambda t, e: not any(isinstance(x, GraphEvidence) for x in t.reply.evidence),
    "reset": lambda t, e: not t.memory.entities and t.memory.plan is None,
    "candidates": lambda t, e: t.reply.rows_total == e["candidates"] or t.reply.plan is None,
}
