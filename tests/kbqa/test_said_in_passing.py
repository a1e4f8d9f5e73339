"""What a message leaves to its tone, its mark or the talk before it, and what it says beside the question."""

import pytest

from chatbot.knowledge_graph.plan_text import plan_text
from chatbot.reply import Reply
from tests.kbqa.test_ways_of_asking import rows, talk

SAME = {
    "about how much its own is": (("M9七座商务版多少钱", "油耗大概呢"), ("M9七座商务版油耗",)),
    "what is usual of one car": (("M9七座商务版多少钱", "油耗一般呢"), ("M9七座商务版油耗",)),
    "how far it can go": (("E6后驱先锋版能跑多少",), ("E6后驱先锋版续航",)),
    "how far it can go, of the one spoken of": (("E3悦动多少钱", "能跑多少"), ("E3悦动续航",)),
    "a bare attribute of both sides": (
        ("Q5两驱和S5舒享哪个省油", "价格"),
        ("Q5两驱和S5舒享哪个省油", "价格呢"),
    ),
    "may be listened to": (("E6后驱先锋版价格说来听听",), ("E6后驱先锋版价格",)),
    "no money, then a bound": (("没啥钱 9万以内的车有哪些",), ("9万以内的车有哪些",)),
    "no money, in a clause": (("没多少预算，11万以下的电车有哪些",), ("11万以下的电车有哪些",)),
    "not wanted, and what else": (("C2青春版不要，还有哪些",), ("C2除了青春版还有哪些",)),
    "not wanted, and what else of a kind": (("松峦不要 还有哪些suv",), ("除了松峦的SUV有哪些",)),
    "none of these": (("松峦的都不要 混动的有哪些",), ("除了松峦的混动有哪些",)),
    "two years with a unit behind": (("Q5两驱乐享24跟25马力差几匹",), ("Q5两驱乐享版24款跟25款马力差几匹",)),
    "a version without its ending": (("雅尚零百多少",), ("雅尚版零百多少",)),
    "two such": (("智行续航比悦动多多少",), ("智行版续航比悦动版多多少",)),
    "so many on electricity": (("M9七座商务版纯电几公里",), ("M9七座商务版纯电续航",)),
    "a colour at length": (("蓝颜色的车有哪些",), ("蓝色的车有哪些",)),
    "a colour it has": (("X7旗舰版有黑颜色吗",), ("X7旗舰版有黑色吗",)),
    "only these": (("混动车油耗一般多少", "光看SUV呢"), ("混动车油耗一般多少", "只看SUV呢")),
    "two things with what there is of one": (
        ("X7旗舰版轴距", "多少钱 有啥颜色"),
        ("X7旗舰版价格和车身颜色",),
    ),
    "a bound of what was named first": (("底盘高一点的suv 195以上",), ("离地间隙195以上的suv，底盘高一点",)),
    "whether it has that": (("L8雅尚版多少钱", "带天窗？"), ("L8雅尚版多少钱", "带天窗吗")),
    "whether it reaches that": (("E3悦动版有500公里续航？",), ("E3悦动版有500公里续航吗",)),
    "whether it is so": (("L8雅尚版多少钱", "四驱的？"), ("L8雅尚版多少钱", "是四驱吗")),
    "a value that is also a name": (("E6疾风和E6先锋快充差多少",), ("E6疾风和E6先锋快充时间差多少",)),
    "the same, of two told": (("E6疾风零百", "先锋的呢", "快充差多少"), ("E6疾风和E6先锋快充时间差多少",)),
    "a series by its letter": (("E6疾风零百", "那c性能呢"), ("C型号四驱性能版零百",)),
    "the one behind": (("X7旗舰多少钱", "M9商务呢", "前面这个轴距", "后面这个呢"), ("M9七座商务版轴距",)),
    "one of the series that was counted": (
        ("Q5有几款", "四驱那个续航多少", "两驱25的呢"),
        ("Q5两驱乐享25款续航",),
    ),
    "of the make that is told": (("E3悦动多少钱", "X7旗舰呢", "青羽那个续航"), ("E3悦动续航",)),
}


def values(reply: Reply) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    return {(row.entity, tuple(row.values.items())) for row in reply.rows or ()}


@pytest.mark.parametrize(("said", "plainly"), SAME.values(), ids=SAME)
def test_it_is_answered_as_what_is_said_plainly(said: tuple[str, ...], plainly: tuple[str, ...]) -> None:
    reply, meant = talk(*said), talk(*plainly)
    assert values(reply) == values(meant)
    assert reply.rows or reply.answer == meant.answer
    assert reply.plan is not None
    assert meant.plan is not None
    assert reply.plan.op == meant.plan.op


def test_what_is_usual_of_a_kind_is_still_told_of_all_of_it() -> None:
    plan = talk("M9七座商务版多少钱", "轿车一般多少钱").plan
    assert plan is not None
    assert plan.op == "aggregate"


def test_which_is_meant_is_asked_again_of_those_offered() -> None:
    assert talk("Q5两驱多少钱", "油耗大概呢").answer_type == "clarify"


@pytest.mark.parametrize("said", ["续航？", "24的？", "多少钱？"])
def test_a_mark_alone_makes_no_doubt(said: str) -> None:
    plan = talk("C2 25款活力版轴距", said).plan
    assert plan is None or plan.op != "verify"


def test_the_two_of_a_year_are_compared_of_all_that_were_told() -> None:
    turns = ("S5尊享25多少钱", "S5舒享25呢", "24尊享呢", "25的俩差在哪")
    assert set(talk(*turns).entities) == {
        "云岚汽车 云岚S5 2025款 尊享版",
        "云岚汽车 云岚S5 2025款 舒享版",
    }


def test_by_how_much_before_what_it_is_compared_with() -> None:
    plan = talk("Q5四驱尊贵多少钱", "两驱25的呢", "贵了多少 四驱的").plan
    assert plan is not None
    assert plan.op == "compare"
    assert "两驱乐享版、松峦汽车 松峦Q5 2025款 四驱尊贵版" in plan_text(plan)


def test_an_ordinary_word_is_no_version_without_its_ending() -> None:
    assert not any("城市版" in name for name in talk("城市油耗多少").entities)


def test_what_is_lacking_is_no_bound_turned_round() -> None:
    assert rows("没有续航550以上的车吗") != rows("续航550以上的车") != set()


def test_a_value_that_is_not_wanted_is_a_wish_though_names_say_it_too() -> None:
    assert rows("Q5不要两驱的多少钱") == {"松峦汽车 松峦Q5 2025款 四驱尊贵版"}
