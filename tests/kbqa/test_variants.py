"""Metamorphic: what is asked stays the same whatever stands around it, and in whatever order its pieces are said."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.knowledge_graph.plan import Plan, leaf_conditions
from chatbot.planning.context import Context
from chatbot.planning.frames import without_frame
from chatbot.planning.function_words import carries_nothing
from chatbot.planning.query import Asked, Planned, Query
from tests.kbqa.talking import Demo
from tests.kbqa.variants import COMPARE_FORMS, FILTER_JOINS, TOP_FORMS, around

ROOT = Path(__file__).parents[2]
SETS = [f"blind{number}_single_demo" for number in (3, 4, 5, 6, 7)]
CONDITIONS = {
    "20万以内": "经销商报价", "四驱": "驱动方式", "纯电": "能源类型", "SUV": "级别", "续航500以上": "纯电续航里程", "带天窗": "天窗类型",
    "轴距2米8以上": "轴距(mm)", "六座以上": "座位数(个)", "加速7秒以内": "百公里加速时间", "后备箱500升以上": "后备厢容积(L)",
}  # fmt: skip
ENDS = {
    "最便宜": ("经销商报价", "asc"), "最贵": ("经销商报价", "desc"), "续航最长": ("纯电续航里程", "desc"), "加速最快": ("百公里加速时间", "asc"),
    "最省油": ("综合油耗(L/100km)", "asc"), "轴距最长": ("轴距(mm)", "desc"), "最重": ("整备质量(kg)", "desc"), "马力最猛": ("最大马力(Ps)", "desc"),
    "续航最顶": ("纯电续航里程", "desc"), "油耗最拉胯": ("综合油耗(L/100km)", "desc"), "油耗最优秀": ("综合油耗(L/100km)", "asc"),
}  # fmt: skip
THINGS = {
    "青羽E6长续航版": "青羽汽车 青羽E6 2026款 长续航版",
    "X7旗舰版": "北辰汽车 北辰X7 2025款 旗舰版",
    "Q3探索版": "星屿汽车 星屿Q3 2025款 探索版",
}
LESS = {"便宜": "经销商报价", "快": "百公里加速时间", "轴距长": "轴距(mm)", "重": "整备质量(kg)"}


@pytest.fixture(scope="module")
def known(demo: Demo) -> Knowledge:
    return demo[1]


def meaning(planned: Planned) -> object:
    if isinstance(planned, Query):
        plan = planned.plan
        op = "filter" if plan.op == "verify" and not plan.entities else plan.op
        asked = plan.attributes[:1] if op not in ("filter", "count", "verify") else ()
        return op, sorted(plan.entities), sorted(map(repr, plan.conditions)), asked, plan.limit
    return (planned.entities, planned.topics) if isinstance(planned, Asked) else None


def plan_of(known: Knowledge, said: str) -> Plan | None:
    planned = known.planner.plan(said, Context())
    return planned.plan if isinstance(planned, Query) else None


def attributes(plan: Plan) -> list[str]:
    return sorted(condition.attribute[-1] for condition in leaf_conditions(plan.conditions))


def test_what_is_said_around_a_question_does_not_change_it(known: Knowledge) -> None:
    asked, same, lost = Counter[str](), Counter[str](), []
    for name in SETS:
        for number, line in enumerate(
            (ROOT / f"tests/data/kbqa/tune/{name}.jsonl").read_text("utf-8").splitlines()
        ):
            question = json.loads(line)["turns"][0]
            if (meant := meaning(known.planner.plan(question, Context()))) is None:
                continue
            for kind, variant in around(question, number):
                asked[kind] += 1
                same[kind] += (kept := meaning(known.planner.plan(variant, Context())) == meant)
                lost += [] if kept else [variant]
    shares = {kind: round(same[kind] / asked[kind], 3) for kind in asked}
    assert asked.total() >= 1200
    assert same.total() / asked.total() >= 0.97, (shares, lost[:40])
    assert min(shares.values()) >= 0.9, shares


@pytest.mark.parametrize("form", FILTER_JOINS)
def test_conditions_make_the_same_plan_in_any_order_and_form(known: Knowledge, form: str) -> None:
    draw, lost = random.Random(form), []
    for _ in range(8):
        said = draw.sample(sorted(CONDITIONS), draw.choice((1, 2, 3)))
        question = form.format(draw.choice("、，的 ").join(said))
        plan = plan_of(known, question)
        if plan is None or attributes(plan) != sorted(CONDITIONS[one] for one in said):
            lost.append(question)
    assert len(lost) <= 1, lost


@pytest.mark.parametrize("form", TOP_FORMS)
def test_a_superlative_reads_the_same_in_any_form(known: Knowledge, form: str) -> None:
    draw, lost = random.Random(form), []
    for _ in range(8):
        end, among = draw.choice(sorted(ENDS)), draw.choice(("SUV", "轿车", "四驱车", "插混车型", "MPV"))
        question = form.format(c=among, d=end)
        plan = plan_of(known, question)
        path, order = ENDS[end]
        right = plan and plan.op == "superlative" and plan.attributes[0][-1] == path and plan.order == order
        if not right or len(plan.conditions if plan else ()) != 1:
            lost.append(question)
    assert len(lost) <= 1, lost


@pytest.mark.parametrize("form", COMPARE_FORMS)
def test_a_comparison_reads_the_same_in_any_form(known: Knowledge, form: str) -> None:
    for first, second in (("青羽E6长续航版", "X7旗舰版"), ("Q3探索版", "青羽E6长续航版")):
        for word, path in LESS.items():
            plan = plan_of(known, form.format(a=first, b=second, d=word))
            assert plan is not None, word
            assert (plan.op, set(plan.entities)) == ("compare", {THINGS[first], THINGS[second]})
            assert plan.attributes[0][-1] == path


@pytest.mark.parametrize("left", ["俺", "烦请告知一下", "掌柜的", "求列表", "这嘎达", "具体数据"])
def test_closed_class_words_carry_nothing(left: str) -> None:
    assert carries_nothing(left)


@pytest.mark.parametrize("left", ["保险", "车钥匙", "不", "没有", "召回", "婴儿车", "续航"])
def test_what_has_a_meaning_of_its_own_is_never_left_out(left: str) -> None:
    assert not carries_nothing(left)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("能否告知两座的跑车", "两座的跑车"),
        ("劳烦您给瞧瞧c2", "c2"),
        ("刚才说的那款多少钱", "刚才说的那款多少钱"),
        ("我问的是油耗", "我问的是油耗"),
        ("想看看20万的suv", "想看看20万的suv"),
    ],
)
def test_a_frame_is_cut_off_and_a_wish_or_a_correction_is_none(said: str, asked: str) -> None:
    assert without_frame(said) == asked
