"""Bounds and ranges in every wording and unit: the rows are those that plain loops over the raw values find."""

import itertools
import re
from collections.abc import Callable, Iterator

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.planning.context import Context
from chatbot.planning.query import Query
from tests.real_cars import CARS, needs_cars
from tools.evaluate.kg_spec import number, read_raw

Test = Callable[[float, float], bool]

MEASURES = [
    ("厂商指导价(元)", "", (200_000.0, 300_000.0), ("{w:g}万", "{w:g}w", "{w:g}万块", "{v:g}元")),
    ("CLTC纯电续航里程(km)", "续航", (500.0, 600.0), ("{v:g}公里", "{v:g}km", "{v:g}千米")),
    ("官方0-100km/h加速(s)", "零百", (5.0, 8.0), ("{v:g}秒", "{v:g}s")),
    ("WLTC综合油耗(L/100km)", "油耗", (5.0, 8.0), ("{v:g}L", "{v:g}升", "{v:g}个油")),
    ("最大马力(Ps)", "马力", (150.0, 400.0), ("{v:g}匹", "{v:g}马力", "{v:g}ps")),
    ("最大扭矩(N·m)", "扭矩", (250.0, 500.0), ("{v:g}牛米", "{v:g}N·m")),
    ("最高车速(km/h)", "最高车速", (200.0, 250.0), ("{v:g}km/h", "{v:g}码")),
    ("整备质量(kg)", "整备质量", (1500.0, 2000.0), ("{v:g}公斤", "{t:g}吨")),
    ("排量(L)", "排量", (1.5, 3.0), ("{v:.1f}L", "{v:.1f}升", "{v:.1f}T")),
    ("轴距(mm)", "轴距", (2700.0, 2900.0), ("{v:g}mm", "{v:g}毫米", "{t:g}米")),
]
BOUNDS: dict[str, Test] = {
    "{}以上": lambda x, v: x >= v, "{}起": lambda x, v: x >= v, "至少{}": lambda x, v: x >= v, "≥{}": lambda x, v: x >= v,
    "不低于{}": lambda x, v: x >= v, "超过{}": lambda x, v: x > v, "高于{}": lambda x, v: x > v, "{}以下": lambda x, v: x <= v,
    "{}封顶": lambda x, v: x <= v, "不超过{}": lambda x, v: x <= v, "控制在{}以内": lambda x, v: x <= v,
    "不到{}": lambda x, v: x < v, "低于{}": lambda x, v: x < v, "比{}低": lambda x, v: x < v, "比{}高": lambda x, v: x > v,
}  # fmt: skip
RANGES = ("{}到{}", "{}至{}", "{}~{}", "{}-{}之间", "介于{}和{}之间", "{}以上{}以下")


def _said(form: str, value: float) -> str:
    return form.format(v=value, w=value / 10_000, t=value / 1000)


def _asked() -> Iterator[tuple[str, str, float, float]]:
    """(question, attribute, low, high); one open end is infinite, and just beyond the bound where it is not meant."""
    tiny = 1e-9
    for leaf, name, (low, high), forms in MEASURES:
        for form, (words, met) in itertools.product(forms, BOUNDS.items()):
            at = words.format(_said(form, high))
            upper, itself = met(high + 1, high), met(high, high)
            ends = (
                (high if itself else high + tiny, float("inf"))
                if upper
                else (0.0, high if itself else high - tiny)
            )
            yield f"找{name}{at}的车", leaf, *ends
        for form, words in itertools.product(forms, RANGES):
            yield f"{name}{words.format(_said(form, low), _said(form, high))}的车有哪些", leaf, low, high


@needs_cars
def test_every_wording_and_unit_of_a_bound_finds_what_plain_loops_find(cars: Knowledge) -> None:
    values = {
        leaf: {raw.name: found for raw in read_raw(CARS) if leaf in raw.leaves and (found := number(raw.leaves[leaf])) is not None}
        for leaf, *_ in MEASURES
    }  # fmt: skip
    wrong, asked = [], list(_asked())
    for said, leaf, low, high in asked:
        planned = cars.planner.plan(said, Context())
        rows = cars.planner.engine.run(planned.plan, 2000).rows if isinstance(planned, Query) else ()
        meant = {name for name, value in values[leaf].items() if low <= value <= high}
        if {row.entity for row in rows} != meant:
            wrong.append(said)
    assert len(asked) > 400
    assert len(wrong) <= 0.02 * len(asked), wrong


@needs_cars
@pytest.mark.parametrize(
    ("said", "bound"),
    [("小二十万的车", "180000~200000"), ("快30万的车", "270000~300000"), ("上百万的车", "1000000~"), ("几十万的车", "200000~1000000")],
)  # fmt: skip
def test_amounts_said_roughly_are_read_as_the_range_they_mean(cars: Knowledge, said: str, bound: str) -> None:
    planned = cars.planner.plan(said, Context())
    assert isinstance(planned, Query)
    low, high = bound.split("~")
    shown = re.findall(r"value=(\d+)\.0", str(planned.plan.conditions))
    assert shown[0] == low or float(shown[0]) > float(low)
    assert not high or shown[-1] == high
