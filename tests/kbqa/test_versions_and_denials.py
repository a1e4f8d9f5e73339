"""What a conversation means by versions of a series, by what is said behind a thing, and by both ends of a ranking."""

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.knowledge_graph.plan import Not, leaf_conditions
from chatbot.knowledge_source import graph_knowledge
from chatbot.reply import Reply
from chatbot.session.base import Memory
from tests.kbqa.test_question_sets import ROOT


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return graph_knowledge(ROOT / "user_datasets" / "car_knowledge_graph", ROOT / "user_datasets" / "lexicon")


def said(known: Knowledge, *turns: str) -> Reply:
    machine, memory = build_machine(), Memory(state="question_intake")
    for turn in turns:
        step = machine.step(memory, Hearing(turn, known, DialogSettings()))
        memory = step.memory
    return step.reply


@pytest.mark.parametrize(
    ("turns", "entities"),
    [
        (("Q5四驱尊贵版加速", "不，两驱的"), {"松峦汽车 松峦Q5 2025款 两驱乐享版"}),
        (("Q5四驱尊贵版多少钱", "那2025款两驱的呢"), {"松峦汽车 松峦Q5 2025款 两驱乐享版"}),
        (("L8雅尚版的最大功率", "不是雅尚，是御享"), {"云岚汽车 云岚L8 2025款 御享版"}),
        (("S5尊享多少钱", "25的"), {"云岚汽车 云岚S5 2025款 尊享版"}),
        (("E6巅峰和E6疾风哪个快", "疾风的续航"), {"青羽汽车 青羽E6 2025款 四驱疾风版"}),
    ],
    ids=["by value", "by year and value", "not this but that", "a year of those offered", "one of two"],
)
def test_a_version_is_one_of_the_series_that_is_spoken_of(
    turns: tuple[str, ...], entities: set[str], known: Knowledge
) -> None:
    assert set(said(known, *turns).entities) == entities


def test_two_versions_told_apart_by_a_value_are_compared(known: Knowledge) -> None:
    reply = said(known, "Q5 25款两驱和四驱的百公里加速差几秒")
    assert reply.plan is not None
    assert reply.plan.op == "compare"
    assert {name.split()[-1] for name in reply.plan.entities} == {"两驱乐享版", "四驱尊贵版"}


@pytest.mark.parametrize(
    "text",
    ["长续航版比标准续航升级版贵多少", "标准续航升级版和长续航版哪个贵", "长续航版跟标准续航升级版哪个快"],
)
def test_a_version_of_two_series_is_of_the_one_it_is_compared_within(text: str, known: Knowledge) -> None:
    reply = said(known, text)
    assert reply.plan is not None
    assert {name.split()[1] for name in reply.plan.entities} == {"A型号"}


@pytest.mark.parametrize(
    "text",
    [
        "六座及以上，北辰的别给我看",
        "北辰的不要，六座以上",
        "北辰和星屿都不要，20万以内",
        "手动挡就算了，10万左右",
    ],
)
def test_what_is_not_wanted_may_be_said_behind_it(text: str, known: Knowledge) -> None:
    plan = said(known, text).plan
    assert plan is not None
    assert any(isinstance(clause, Not) for clause in plan.conditions)
    denied = [c for c in plan.conditions if isinstance(c, Not)]
    wished = [one.value for one in leaf_conditions(tuple(c for c in plan.conditions if c not in denied))]
    assert "北辰汽车" not in wished


def test_no_less_than_is_a_lower_bound(known: Knowledge) -> None:
    plan = said(known, "续航不能低于500的电车").plan
    assert plan is not None
    assert {(one.op, one.value) for one in leaf_conditions(plan.conditions)} >= {(">=", 500.0)}


def test_both_ends_of_a_ranking_are_set_side_by_side(known: Knowledge) -> None:
    reply = said(known, "续航最长的比最短的多多少")
    assert reply.plan is not None
    assert reply.plan.op == "compare"
    assert len(reply.plan.entities) == 2


def test_nothing_cheaper_than_the_cheapest_is_said_so_and_it_is_not_offered_again(known: Knowledge) -> None:
    reply = said(known, "最便宜的四驱", "再便宜点")
    assert reply.answer_type == "fallback"
    assert "已经是最低" in reply.answer
    assert not reply.rows


def test_a_word_of_the_graphs_values_is_not_taken_for_a_slip(known: Knowledge) -> None:
    plan = said(known, "铁锂的电车有哪些").plan
    assert plan is not None
    assert "铁锂" in {one.value for one in leaf_conditions(plan.conditions)}


def test_a_year_after_a_list_narrows_the_list(known: Knowledge) -> None:
    reply = said(known, "云岚的SUV", "25款的")
    assert reply.plan is not None
    assert reply.plan.op == "filter"
    assert {row.entity for row in reply.rows or ()} == {
        "云岚汽车 云岚S5 2025款 尊享版",
        "云岚汽车 云岚S5 2025款 舒享版",
    }
