"""What a question of a file means, worked out from the raw JSON by plain loops: independent of the engine it judges.

A turn may hold ``spec`` instead of ``expect``: the meaning, in attributes' own names, and no row of the graph::

    {"op": "filter", "where": ["厂商指导价(元)<=300000", "级别~SUV", "!品牌=比亚迪"]}
    {"op": "top", "where": [...], "by": "最大功率(kW)", "dir": "desc", "k": 3}

A ``compare`` may say by ``dir`` (asc, desc) which end wins; else the directions lexicon does.
``where`` joins by 且; ``a || b`` inside one string is 或, ``!`` in front is 非. ``~`` is contains, ``?有`` and ``?无`` ask
whether a feature is there.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.errors import DataError
from chatbot.knowledge_graph.directions import Direction, Directions, built_in_directions

_CONDITION = re.compile(r"(!?)(.+?)(<=|>=|<|>|=|~|\?)(.*)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WAYS: Mapping[str, Direction] = {"asc": "down", "desc": "up"}
_SORRY = ["没有", "暂无", "没找到", "没收录", "没查到", "查不到", "不认识", "不能", "抱歉", "请问", "哪", "矛盾", "冲突",
          "不可能", "单位", "没能", "不支持", "不知道", "说不清"]  # fmt: skip
_ANY_TYPE = ["answer", "fallback", "clarify", "recommend"]

Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """One file of the graph: its name, and each leaf's text by its last key."""

    name: str
    leaves: Mapping[str, str]


def read_raw(folder: Path) -> list[Raw]:
    """Every file of the folder, in the order of their names."""
    found = []
    for file in sorted(folder.glob("*.json")):
        data = json.loads(file.read_text(encoding="utf-8-sig"))
        leaves: dict[str, str] = {}
        for key, value in _leaves(data):
            leaves.setdefault(key, value)
        found.append(Raw(leaves["名称"], leaves))
    return found


def _leaves(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield key, str(value)


def number(text: str) -> float | None:
    """The first number, ten thousandfold before 万."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    return float(found.group()) * (10_000 if text[found.end() :].startswith("万") else 1)


def holds(raw: Raw, condition: str) -> bool:
    """Whether one ``where`` string is known to hold."""
    return any(_one(raw, part) for part in condition.split(" || "))


def _one(raw: Raw, condition: str) -> bool:
    found = _CONDITION.fullmatch(condition)
    if found is None:
        raise DataError("", f"题目里的条件“{condition}”读不了")
    negated, leaf, op, wanted = found.groups()
    text = raw.leaves.get(leaf)
    if text is None:
        return False
    return _met(text, op, wanted) is not bool(negated)


def _met(text: str, op: str, wanted: str) -> bool:
    if op == "?":
        there = text not in ("无", "不支持", "-") and "选配" not in text
        return there if wanted == "有" else not there and "选配" not in text
    if op == "~":
        return wanted.lower() in text.lower()
    if op == "=":
        return text == wanted
    left, right = number(text), float(wanted)
    if left is None:
        return False
    return {"<=": left <= right, ">=": left >= right, "<": left < right, ">": left > right}[op]


class Expectations:
    """Specs → what ``kg_judge`` checks, over one folder."""

    def __init__(self, folder: Path, directions: Directions | None = None) -> None:
        """``directions`` say which way an attribute is better, where a spec says no ``dir`` of its own."""
        self._all, self._directions = read_raw(folder), directions or built_in_directions()
        self._kinds: dict[str, Callable[[Spec], dict[str, Any]]] = {
            "lookup": self._lookup, "filter": self._filter, "top": self._top, "count": self._count,
            "group": self._group, "verify": self._verify, "compare": self._compare, "range": self._range,
            "near": self._near, "about": self._about, "better": self._better, "honest": self._honest,
            "reset": self._reset, "faq": self._faq, "guide": self._guide, "ask": self._ask,
        }  # fmt: skip

    def expect(self, spec: Spec) -> dict[str, Any]:
        """The expectation of a spec; of several (``either``) any one is enough."""
        if "either" in spec:
            return {"any_of": [self.expect(one) for one in spec["either"]]} | _carried(spec)
        return self._kinds[spec["op"]](spec) | _carried(spec)

    def _named(self, said: str) -> list[Raw]:
        """The entities whose name, or keywords, hold every part of ``said``."""
        parts = said.split("|")
        found = [r for r in self._all if all(p in f"{r.name} {r.leaves['关键词']}" for p in parts)]
        exact = [r for r in found if r.name == said]
        if not found:
            raise DataError("", f"题目里的“{said}”图谱里没有")
        return exact or found

    def _where(self, spec: Spec) -> list[Raw]:
        return [raw for raw in self._all if all(holds(raw, c) for c in spec.get("where", ()))]

    def _lookup(self, spec: Spec) -> dict[str, Any]:
        raws = [raw for said in spec["ents"] for raw in self._named(said)]
        have = [(raw, leaf) for raw in raws for leaf in spec["attrs"] if leaf in raw.leaves]
        if not have:
            return {"op": "lookup", "op_also": ["verify"], "no_values_of": spec["attrs"], **_sorry()}
        rows = list(dict.fromkeys(raw.name for raw, _ in have))
        asked = {
            "op": "lookup", "op_also": ["verify", "compare", "superlative", "filter"], "answer_type": "answer", "rows": rows,
            "rows_optional": [raw.name for raw in raws],
            "values": [_value(raw, leaf) for raw, leaf in have],
        }  # fmt: skip
        many = any(len(self._named(said)) > 1 for said in spec["ents"])
        return {"any_of": [asked, {"answer_type": "clarify"}]} if many else asked

    def _filter(self, spec: Spec) -> dict[str, Any]:
        rows = [raw.name for raw in self._where(spec)]
        if not rows:
            return {
                "op": "filter",
                "op_also": ["verify", "count", "superlative"],
                "rows_total": 0,
                **_sorry(),
            }
        found: dict[str, Any] = {
            "op": "filter", "op_also": ["verify", "superlative", "nearest"], "answer_type": "answer", "rows": rows,
            "rows_total": len(rows),
        }  # fmt: skip
        return found | ({"verdict": "yes"} if spec.get("yes") else {})

    def _top(self, spec: Spec) -> dict[str, Any]:
        k, by = spec.get("k", 1), spec["by"]
        rows = [(number(raw.leaves[by]), raw) for raw in self._where(spec) if by in raw.leaves]
        known = [(value, raw) for value, raw in rows if value is not None]
        known.sort(key=lambda row: row[0], reverse=spec["dir"] == "desc")
        last = known[min(k, len(known)) - 1][0]
        better = [raw for value, raw in known if value != last and known.index((value, raw)) < k]
        tied = [raw.name for value, raw in known if value == last]
        found: dict[str, Any] = {
            "op": "superlative",
            "op_also": ["filter", "lookup"],
            "answer_type": "answer",
        }
        if k == 1:
            return found | {
                "rows_first_of": tied,
                "values_any": [_value(r, by) for v, r in known if v == last],
            }
        return found | {
            "rows_include": [raw.name for raw in better],
            "rows_within": [*(raw.name for raw in better), *tied],
            "rows_min": min(k, len(known)),
        }

    def _count(self, spec: Spec) -> dict[str, Any]:
        total = len(self._where(spec))
        also = {"op_also": ["filter", "verify"]} if spec.get("loose") else {}
        return {"op": "count", "rows_total": total, "answer_contains": [str(total)], **also}

    def _group(self, spec: Spec) -> dict[str, Any]:
        leaf = spec["attr"]
        values = list(dict.fromkeys(r.leaves[leaf] for r in self._where(spec) if leaf in r.leaves))
        return {"op": "list", "op_also": ["filter", "count"], "answer_type": "answer", "groups": values}

    def _verify(self, spec: Spec) -> dict[str, Any]:
        raws = [raw for said in spec["ents"] for raw in self._named(said)]
        answers = {all(holds(raw, c) for c in spec["where"]) for raw in raws}
        found: dict[str, Any] = {"op": "verify", "op_also": ["lookup"], "answer_type": "answer"}
        found["rows"] = [raw.name for raw in raws]
        return found | ({"verdict": "yes" if answers.pop() else "no"} if len(answers) == 1 else {})

    def _compare(self, spec: Spec) -> dict[str, Any]:
        raws = [self._named(said)[0] for said in spec["ents"]]
        leaf = spec["attr"]
        known = [(number(raw.leaves[leaf]), raw) for raw in raws if leaf in raw.leaves]
        found: dict[str, Any] = {"op": "compare", "op_also": ["superlative"], "answer_type": "answer"}
        found["values"] = [_value(raw, leaf) for _, raw in known]
        found["rows"] = [raw.name for raw in raws]
        numbers = sorted({value for value, _ in known if value is not None})
        if len(known) == len(raws) and len(numbers) > 1:
            better = _WAYS.get(str(spec.get("dir", "")), self._directions.of(leaf))
            best = numbers[0] if better == "down" else numbers[-1]
            winners = [raw.name for value, raw in known if value == best]
            if better and len(winners) == 1:
                found["winner"] = winners[0]
        return found

    def _range(self, spec: Spec) -> dict[str, Any]:
        leaf = spec["attr"]
        rows = [(number(r.leaves[leaf]), r.leaves[leaf]) for r in self._where(spec) if leaf in r.leaves]
        known = sorted((value, text) for value, text in rows if value is not None)
        stats = {"min": known[0][1], "max": known[-1][1], "average": sum(v for v, _ in known) / len(known)}
        return {"op": "range", "op_also": ["average"], "answer_type": "answer", "stats": stats}

    def _near(self, spec: Spec) -> dict[str, Any]:
        raw = self._named(spec["ent"])[0]
        middle = number(raw.leaves[spec["attr"]]) or 0.0
        found = self._around(spec, middle)
        found["rows_include"] = [name for name in found["rows_include"] if name != raw.name]
        return found | {"op": "nearest", "op_also": ["filter"]}

    def _about(self, spec: Spec) -> dict[str, Any]:
        return self._around(spec, float(spec["value"])) | {"op": "filter", "op_also": ["nearest", "verify"]}

    def _around(self, spec: Spec, middle: float) -> dict[str, Any]:
        rows = [
            (number(r.leaves[spec["attr"]]) or 0.0, r.name)
            for r in self._where(spec)
            if spec["attr"] in r.leaves
        ]
        near = [name for value, name in rows if abs(value - middle) <= 0.05 * middle]
        wide = [name for value, name in rows if abs(value - middle) <= 0.2 * middle]
        return {"answer_type": ["answer", "recommend", "fallback"], "rows_include": near, "rows_within": wide}

    def _better(self, spec: Spec) -> dict[str, Any]:
        """再便宜点: some that are better, none that is not."""
        rows = [raw.name for raw in self._where(spec)]
        if not rows:
            return _sorry() | {"rows_total": 0}
        return {"op": "filter", "op_also": ["superlative", "nearest"], "answer_type": ["answer", "recommend", "clarify"],
                "rows_within": rows, "rows_min": 1}  # fmt: skip

    def _guide(self, spec: Spec) -> dict[str, Any]:
        rows = [raw.name for raw in self._where(spec)]
        return {
            "answer_type": ["clarify", "recommend", "answer"],
            "rows_within": rows,
            "candidates": len(rows),
        }

    @staticmethod
    def _honest(spec: Spec) -> dict[str, Any]:
        return {"no_values": True, **_sorry()}

    @staticmethod
    def _ask(spec: Spec) -> dict[str, Any]:
        return {"answer_type": ["clarify", "fallback", "recommend"], "no_values": True}

    @staticmethod
    def _reset(spec: Spec) -> dict[str, Any]:
        return {"reset": True, "no_values": True}

    @staticmethod
    def _faq(spec: Spec) -> dict[str, Any]:
        return {"answer_source": ["faq", "guide", "none"], "no_values": True}


def _carried(spec: Spec) -> dict[str, Any]:
    return {"carried": spec["carried"]} if "carried" in spec else {}


def _sorry() -> dict[str, Any]:
    return {"answer_type": _ANY_TYPE, "answer_contains_any": _SORRY}


def _value(raw: Raw, leaf: str) -> dict[str, str]:
    return {"entity": raw.name, "attribute": leaf, "value": raw.leaves[leaf]}


def expected(turn: Mapping[str, Any], known: "Expectations | None") -> Mapping[str, Any]:
    """The expectation a turn states, or the one its spec means."""
    if "spec" in turn and known is not None:
        return known.expect(turn["spec"])
    stated: Mapping[str, Any] = turn["expect"]
    return stated
