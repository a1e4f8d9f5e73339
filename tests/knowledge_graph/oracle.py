"""A second, independent evaluator of plans: plain loops over the raw JSON, exact fractions, no numpy, no index.

It shares with the engine only the plan classes and ``normalize``. It reads few forms of value, and says so:
``readable`` attributes are those of which every value is one of them.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from statistics import median

from chatbot.knowledge_graph.plan import AllOf, AnyOf, Clause, Condition, Not, Path, Plan
from chatbot.normalization import text as shared_text

UNITS = {
    "元": ("货币", Fraction(1)), "块": ("货币", Fraction(1)), "万元": ("货币", Fraction(10000)),
    "km": ("长度", Fraction(1000)), "公里": ("长度", Fraction(1000)), "m": ("长度", Fraction(1)),
    "米": ("长度", Fraction(1)), "mm": ("长度", Fraction(1, 1000)), "英寸": ("长度", Fraction(254, 10000)),
    "s": ("时间", Fraction(1)), "秒": ("时间", Fraction(1)), "分钟": ("时间", Fraction(60)),
    "小时": ("时间", Fraction(3600)), "kW": ("功率", Fraction(1000)), "千瓦": ("功率", Fraction(1000)),
    "Ps": ("功率", Fraction(73549875, 100000)), "马力": ("功率", Fraction(73549875, 100000)),
    "L": ("容积", Fraction(1)), "升": ("容积", Fraction(1)), "mL": ("容积", Fraction(1, 1000)),
    "kg": ("重量", Fraction(1)), "吨": ("重量", Fraction(1000)), "kWh": ("电量", Fraction(1)),
    "度": ("电量", Fraction(1)), "N·m": ("扭矩", Fraction(1)), "km/h": ("速度", Fraction(1)),
    "L/100km": ("油耗", Fraction(1)), "个": ("数量", Fraction(1)), "rpm": ("转速", Fraction(1)),
}  # fmt: skip
SAME = {  # other ways to say a unit, for questions
    "货币": ("元", "万元", "块"), "长度": ("km", "公里", "m", "米", "mm", "英寸"), "时间": ("s", "秒", "分钟", "小时"),
    "功率": ("kW", "马力"), "容积": ("L", "mL"), "重量": ("kg", "吨"), "电量": ("kWh", "度"),
}  # fmt: skip
FLAGS = {
    "有": "有",
    "支持": "有",
    "标配": "有",
    "(标配)": "有",
    "无": "无",
    "不支持": "无",
    "选配": "选配",
    "(选配)": "选配",
}
_NUMBER = re.compile(
    r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?(万)?\s?((?!x\d)(?:[A-Za-z·]+(?:/100km|/[A-Za-z]+)?)?|[\u4e00-\u9fff]{0,2})"
)
_NUMERAL = re.compile("[0-9零一二两三四五六七八九十半]")
_MONTH = re.compile(r"(20\d\d)\.(\d\d)")
_IN_NAME = re.compile(r"\(([^()]*)\)$")

normalize = cache(shared_text.normalize)
Interval = tuple[str, Fraction, Fraction]


@dataclass(frozen=True)
class Car:
    """One raw file: its name, keywords and leaves."""

    name: str
    words: tuple[str, ...]
    leaves: Mapping[Path, str]


def cars_of(trees: Sequence[object]) -> list[Car]:
    cars = []
    for tree in trees:
        assert isinstance(tree, dict)
        leaves = dict(_walk({k: v for k, v in tree.items() if k != "实体"}, ()))
        cars.append(Car(tree["实体"]["名称"], tuple(tree["实体"]["关键词"].split("|")), leaves))
    return cars


def _walk(tree: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(tree, dict):
        for key, below in tree.items():
            yield from _walk(below, (*path, key))
    else:
        yield path, str(tree)


@cache
def read(path: Path, raw: str) -> Interval | None:
    """The one number or range ``raw`` is, as (dimension, low, high), or ``None``."""
    month = _MONTH.fullmatch(raw)
    if month and not _IN_NAME.search(path[-1]):
        at = Fraction(int(month[1]) * 12 + int(month[2]))
        return "日期", at, at
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", raw).removeprefix("(标配)"))
    if found is None:
        return None
    low, high = Fraction(found[1]), Fraction(found[2] or found[1])
    scale = 10000 if found[3] else 1
    in_name = _IN_NAME.search(path[-1])
    spelled = found[4] or (in_name[1] if in_name else "元" if "价" in path[-1] else "")
    dimension, factor = UNITS.get(spelled, (spelled or "数量", Fraction(1)))
    return dimension, low * scale * factor, high * scale * factor


def readable(path: Path, cars: Sequence[Car]) -> bool:
    """Whether this evaluator understands all values of the attribute."""
    values = [car.leaves[path] for car in cars if path in car.leaves]
    return all(read(path, raw) or raw in FLAGS or not _NUMERAL.search(raw) for raw in values)


class Oracle:
    """Plans over raw cars, by loops."""

    def __init__(self, cars: Sequence[Car], plan: Plan) -> None:
        self.plan = plan
        self.main: dict[Path, str | None] = {}
        self.cars = list(cars)
        scoped = plan.entities and plan.op != "nearest"
        self.scope = [car for car in cars if not scoped or car.name in plan.entities]
        self.gaps: dict[tuple[str, Path, str], None] = {}
        self.truth = {car.name: self.holds(AllOf(plan.conditions), car) for car in cars}
        self.matched = [car for car in self.scope if self.truth[car.name] is True]

    def main_dimension(self, path: Path) -> str | None:
        if path in self.main:
            return self.main[path]
        counts: dict[str, int] = {}
        for car in self.cars:
            found = read(path, car.leaves[path]) if path in car.leaves else None
            if found:
                counts[found[0]] = counts.get(found[0], 0) + 1
        self.main[path] = max(counts, key=lambda d: counts[d]) if counts else None
        return self.main[path]

    def number(self, car: Car, path: Path) -> tuple[Fraction, Fraction] | None:
        found = read(path, car.leaves[path]) if path in car.leaves else None
        return found[1:] if found and found[0] == self.main_dimension(path) else None

    def key(self, car: Car, path: Path) -> Fraction | None:
        found = self.number(car, path)
        return (found[0] + found[1]) / 2 if found else None

    def holds(self, clause: Clause, car: Car) -> bool | None:
        if isinstance(clause, Not):
            inner = self.holds(clause.clause, car)
            return None if inner is None else not inner
        if isinstance(clause, AllOf):
            answers = [self.holds(one, car) for one in clause.clauses]
            return False if False in answers else None if None in answers else True
        if isinstance(clause, AnyOf):
            answers = [self.holds(one, car) for one in clause.clauses]
            return True if True in answers else None if None in answers else False
        answer = self._condition(clause, car)
        if isinstance(answer, str):
            self.gaps[car.name, clause.attribute, answer] = None
            return None
        return answer

    def _condition(self, condition: Condition, car: Car) -> bool | str:
        path, op, value = condition.attribute, condition.op, condition.value
        if path[0] == "实体":
            texts = [normalize(word) for word in car.words]
            wanted = normalize(str(value))
            return any(wanted in text if op == "contains" else wanted == text for text in texts)
        if path not in car.leaves:
            return "missing"
        raw = car.leaves[path]
        if op == "has":
            number = read(path, raw)
            state = FLAGS.get(raw) or ("无" if number and number[2] == 0 else "有")
            return state == value
        if isinstance(value, str):
            date = read(path, raw)
            if date and date[0] == "日期":
                return _compare_months(op, date[1], value)
            equal = normalize(str(value)) == normalize(raw)
            return normalize(value) in normalize(raw) if op == "contains" else equal is (op == "=")
        dimension, factor = UNITS.get(condition.unit, (condition.unit, Fraction(1)))
        asked = Fraction(repr(value)) * factor
        found = read(path, raw)
        if found is None or found[0] != dimension:
            return "incomparable"
        answer = _compare(op, found[1], found[2], asked)
        return "incomparable" if answer is None else answer

    def left_out(self) -> dict[tuple[Path, str], int]:
        counts: dict[tuple[Path, str], int] = {}
        within = {car.name for car in self.scope if self.truth[car.name] is None}
        for name, path, reason in self.gaps:
            if name in within:
                counts[path, reason] = counts.get((path, reason), 0) + 1
        return counts

    def unmeasured(self, path: Path, among: Sequence[Car]) -> dict[tuple[Path, str], int]:
        missing = sum(path not in car.leaves for car in among)
        without = sum(self.number(car, path) is None for car in among)
        return {
            key: n
            for key, n in {(path, "missing"): missing, (path, "incomparable"): without - missing}.items()
            if n
        }

    def ranked(self, path: Path, descending: bool, limit: int | None) -> list[str]:
        """Names by the attribute, ties in file order, all that tie with the last included."""
        keyed = [(key, car.name) for car in self.matched if (key := self.key(car, path)) is not None]
        ordered = sorted(keyed, key=lambda pair: -pair[0] if descending else pair[0])
        if limit is not None and len(ordered) > limit:
            last = ordered[limit - 1][0]
            ordered = [pair for i, pair in enumerate(ordered) if i < limit or pair[0] == last]
        return [name for _, name in ordered]

    def closest(self, path: Path, limit: int) -> list[str] | None:
        """The others by distance to the plan's first entity; ``None`` when that has no number."""
        reference = next(car for car in self.cars if car.name == self.plan.entities[0])
        centre = self.key(reference, path)
        if centre is None:
            return None
        keyed = [
            (abs(key - centre), car.name)
            for car in self.matched
            if car is not reference and (key := self.key(car, path)) is not None
        ]
        return [name for _, name in sorted(keyed, key=lambda pair: pair[0])][:limit]

    def groups(self, path: Path) -> dict[str, int]:
        counts: dict[str, int] = {}
        for car in self.matched:
            if path in car.leaves:
                counts[car.leaves[path]] = counts.get(car.leaves[path], 0) + 1
        return counts

    def aggregate(self, path: Path) -> tuple[int, Fraction, Fraction, Fraction, Fraction] | None:
        """Count, lowest, highest, mean and median of what is matched, in base units."""
        numbers = [found for car in self.matched if (found := self.number(car, path))]
        if not numbers:
            return None
        keys = [(low + high) / 2 for low, high in numbers]
        lows, highs = [low for low, _ in numbers], [high for _, high in numbers]
        return len(keys), min(lows), max(highs), sum(keys, Fraction(0)) / len(keys), median(keys)


def _compare(op: str, low: Fraction, high: Fraction, asked: Fraction) -> bool | None:
    """Certain answers only: a range that straddles what was asked is ``None``; it contains what lies in it."""
    if op in ("=", "!="):
        return (low <= asked <= high) is (op == "=")
    answers = {
        {"<": end < asked, "<=": end <= asked, ">": end > asked, ">=": end >= asked}[op]
        for end in (low, high)
    }
    return answers.pop() if len(answers) == 1 else None


def _compare_months(op: str, month: Fraction, asked: str) -> bool:
    year, _, number = asked.partition(".")
    first = int(year) * 12 + int(number or 1)
    last = int(year) * 12 + int(number or 12)
    return {
        "<": month < first, "<=": month <= last, ">": month > last, ">=": month >= first,
        "=": first <= month <= last, "!=": not first <= month <= last,
    }[op]  # fmt: skip
