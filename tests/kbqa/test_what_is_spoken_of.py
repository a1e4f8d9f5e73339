"""What the talk is about stays so: what was named, set side by side, offered to choose from, or said before in a clause."""

import pytest

from chatbot.knowledge_graph.plan import AnyOf, Condition, Plan, keyword_level
from chatbot.knowledge_graph.plan_text import plan_text
from chatbot.planning.context import Context
from chatbot.planning.sides import named_again
from tests.kbqa.talking import Demo, talked
from tests.kbqa.test_ways_of_asking import rows, talk

X7, M9, V4, S5 = "北辰X7", "星屿M9", "松峦V4", "云岚S5"


def series(*said: str) -> set[str]:
    return {name.split()[1] for name in rows(*said)}


@pytest.mark.parametrize("asked", ["油耗呢", "轴距呢", "油耗差多少"])
def test_two_series_that_were_compared_are_both_told_of_again(asked: str) -> None:
    answer = talk("帮我对比一下北辰X7和星屿M9", asked).answer
    assert X7 in answer
    assert M9 in answer


def test_which_of_two_series_is_better_is_of_both() -> None:
    assert series("帮我对比一下北辰X7和星屿M9", "哪个更省油") == {M9}


def test_what_one_asks_of_both_after_one_of_them_ranked_first_is_told_of_both() -> None:
    answer = talk("L8跟E6哪个大", "后备箱呢").answer
    assert "云岚L8" in answer
    assert "青羽E6" in answer


def test_what_all_of_a_series_have_is_no_range() -> None:
    assert "都是 560 L" in talk("L8跟E6哪个大", "后备箱呢").answer


@pytest.mark.parametrize("first", ["X7能拖房车吗", "我想试驾X7", "X7坐七个人挤不挤"])
def test_a_series_is_spoken_of_though_what_was_asked_of_it_is_told_of_none(first: str) -> None:
    assert series(first, "快充功率多大") == {X7}


def test_a_car_named_with_a_standard_question_is_in_focus(demo: Demo) -> None:
    memory, _, _ = talked(demo, ["E6长续航版能分期吗"])
    assert memory.entities == ("青羽汽车 青羽E6 2026款 长续航版",)


@pytest.mark.parametrize("asked", ["松峦V4油耗", "V4几个气囊"])
def test_a_series_named_after_a_list_is_all_of_it(asked: str) -> None:
    found = talk("松峦有轿车吗", asked)
    assert found.answer_type == "clarify"
    assert len(found.suggestions) == 2


def test_whether_is_asked_of_each_that_was_offered() -> None:
    found = talk("8万以内自动挡", "C2气囊几个", "倒车影像有没有")
    assert {name.split()[1] for name in found.entities} == {"云岚C2"}
    assert len(found.entities) == 3


@pytest.mark.parametrize(
    "said", ["差在哪", "贵在哪里", "有啥不一样", "差价这么大，差在哪", "尊享版多了啥配置", "贵的那个多了什么"]
)
def test_how_two_differ_is_told_of_all_there_is(said: str) -> None:
    found = talk("S5 25款尊享和舒享差多少钱", said)
    assert found.plan is not None
    assert found.plan.op == "compare"
    assert len(found.plan.attributes) > 3


def test_what_is_said_of_a_category_of_two_is_what_there_is_in_it() -> None:
    found = talk("E6长续航和X7旗舰谁快", "智驾谁好")
    assert "辅助驾驶级别" in found.answer
    assert "百公里" not in found.answer


def test_that_only_one_has_it_is_answered_by_all_that_do() -> None:
    assert len(rows("X7的紫色只有旗舰版才有吗")) == 3


def test_is_it_so_is_asked_of_the_car_in_focus() -> None:
    found = talk("L8御享版多少钱", "天窗是全景的吗")
    assert found.plan is not None
    assert found.plan.op == "verify"


def test_a_price_that_is_asked_for_is_of_the_list_and_not_of_the_one_it_came_to() -> None:
    assert "≤30万元" in plan_text(talk("四驱纯电25万以内的", "15万以下有吗", "30万以下有吗").plan)  # type: ignore[arg-type]


def test_what_nothing_met_is_not_gone_on_with() -> None:
    found = talk("15万以内的7座车", "要混动的")
    assert found.rows_total
    assert found.plan is not None
    assert "座位" not in plan_text(found.plan)


def test_what_somebody_cares_for_ranks() -> None:
    found = talk("20万以内的SUV", "我更看重油耗")
    assert found.entities == ("星屿汽车 星屿Q3 2025款 城市版",)


def test_any_will_do_leaves_what_is_said_besides() -> None:
    assert "≤20万元" in plan_text(talk("哪些车有座椅按摩", "随便说一款20万内带座椅通风的").plan)  # type: ignore[arg-type]


@pytest.mark.parametrize("mark", [" ", "，"])
def test_a_clause_that_comes_to_nothing_is_left_aside_and_named(mark: str) -> None:
    found = talk(f"有3个娃{mark}想要7座的")
    assert found.rows_total == 3
    assert "有3个娃" in found.answer


def test_a_series_taken_behind_a_space_is_the_one_spoken_of(demo: Demo) -> None:
    found = talked(demo, ["E6和E3区别大吗", "E3太小了 看E6吧"])[2].reply
    assert found.answer_type == "clarify"
    assert "4 款" in found.answer


def test_small_talk_before_a_question_hides_it_not(demo: Demo) -> None:
    assert talked(demo, ["换个话题 你们店在哪"])[2].reply.answer_source == "faq"


def test_what_costs_extra_is_no_question_of_whether_it_is_there() -> None:
    assert not talk("C型号四驱性能版有哪些颜色", "熔岩橙要加钱吗").answer.startswith("接着刚才的")


def test_a_standard_question_of_the_one_pointed_at_is_no_slip_of_a_value(demo: Demo) -> None:
    assert talked(demo, ["青羽E6有几个版本", "最便宜那款有现车不"])[2].reply.answer_source == "faq"


def test_one_character_is_not_mended_out_of_a_longer_word() -> None:
    assert "粉" not in talk("c2青春版能快充吗", "哪个年份的续航长").answer


def test_both_ends_of_a_ranking_are_compared_by_what_is_asked() -> None:
    assert "纯电续航里程" in talk("E3最低配多少钱", "顶配比低配续航多多少").answer


def test_the_last_of_a_list_is_named_though_its_price_is_not_on_record() -> None:
    assert V4 in talk("松峦有轿车吗", "最后一个是啥车").answer


def test_two_words_for_one_attribute_ask_for_it_once() -> None:
    assert talk("M9商务版几座", "音响几个喇叭").answer.count("扬声器个数") == 1


def test_texts_that_are_all_on_record_lack_nothing() -> None:
    assert "缺少资料" not in talk("E6长续航和X7旗舰谁快", "有几个颜色").answer


@pytest.mark.parametrize(("said", "told"), [("快充差多少", "快充时间"), ("纯电多跑多少", "纯电续航里程")])
def test_a_value_that_begins_an_attributes_name_is_what_two_are_compared_by(said: str, told: str) -> None:
    found = talk("X7进阶24款和25款有什么区别", said)
    assert found.answer.count(told) == 1
    assert len(found.entities) == 2


def test_one_that_is_named_is_set_beside_the_one_in_focus() -> None:
    found = talk("M9 26款多少钱", "比25款行政贵在哪")
    assert len(found.entities) == 2
    assert "续航" in found.answer


def test_a_series_beside_one_car_is_told_car_by_car() -> None:
    assert len(talk("R1和C型号性能版谁跑得快", "价格差多少").entities) == 3


def test_two_series_and_no_more_are_set_side_by_side() -> None:
    assert series("C2和E3") == {"云岚C2", "青羽E3"}


def test_the_better_of_two_series_after_a_list_is_asked_of_these() -> None:
    assert series("20万左右的混动SUV", "松峦Q5和B型号哪个好") == {"松峦Q5", "B型号"}


def test_a_side_that_no_car_is_of_is_no_side(demo: Demo) -> None:
    planner = demo[1].planner
    price, power = ("属性", "经销商报价"), "最大功率呢"
    sides = AnyOf(
        (Condition(keyword_level(2), "=", "北辰X7"), Condition(keyword_level(2), "=", "没有这个车系"))
    )
    context = Context(attributes=(price,), plan=Plan("aggregate", (), (price,), (sides,)))
    parts = planner.explain(power, Context()).parts
    found = planner.engine.run
    told = named_again(
        parts, context, lambda plan: tuple(r.entity for r in found(plan).rows), planner.vocabulary
    )
    assert [{name.split()[1] for name in thing.names} for thing in told.things] == [{X7}]
    assert planner.plan(power, context) is not None
