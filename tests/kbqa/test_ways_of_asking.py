"""The same question in the words of hurried people: what each way of asking comes to, over the demo graph."""

from functools import lru_cache
from pathlib import Path

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.explain.links import scan_links
from chatbot.knowledge_graph.plan_text import plan_text
from chatbot.knowledge_source import graph_knowledge
from chatbot.planning.context import Context
from chatbot.reply import Reply
from chatbot.session.base import Memory

ROOT = Path(__file__).parents[2]
GRAPH = ROOT / "user_datasets" / "car_knowledge_graph"


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return graph_knowledge(GRAPH, ROOT / "user_datasets" / "lexicon")


def talk(*said: str) -> Reply:
    """The reply to the last of ``said``."""
    machine, memory = build_machine(), Memory(state="question_intake")
    for utterance in said:
        step = machine.step(memory, Hearing(utterance, knowledge(), DialogSettings(), 100))
        memory = step.memory
    return step.reply


def rows(*said: str) -> set[str]:
    return {row.entity for row in talk(*said).rows or ()}


SAME = {
    "a bare number beside its attribute": ("续航600以上的车", "续航大于等于600公里的车"),
    "a bound that follows another": ("功率200千瓦以上300以下的车", "功率200千瓦到300千瓦的车"),
    "litres called 个": ("油耗5个以下的车", "油耗5升以下的车"),
    "a feature not wanted": ("不带激光雷达的车", "没有激光雷达的车有哪些"),
    "several brands not wanted": ("除了青羽北辰，其他的SUV", "不要青羽，不要北辰，SUV有哪些"),
    "simply not": ("不烧油的车有哪些", "不是汽油的车有哪些"),
    "manual gears": ("手动挡的车", "变速箱类型是手动变速箱的车有哪些"),
    "half a year": ("2025年下半年上市的车", "2025年7月到2025年12月上市的车有哪些"),
    "homophones within": ("零百在4瞄到6秒之间的有哪些", "零百在4秒到6秒之间的有哪些"),
    "doubled characters": ("最最便宜的的SUV", "最便宜的SUV"),
    "pinyin": ("zuipianyi de suv", "最便宜的SUV"),
    "slang": ("最能装的SUV", "后备厢最大的SUV"),
    "a hundred ten thousand": ("百万以内最快的", "100万以内加速最快的车"),
    "a word that only names a kind of gearbox": ("自动挡最便宜的车", "不是手动的车里最便宜的"),
    "pinyin with spaces": ("zui pianyi de suv", "最便宜的SUV"),
    "a slip in Latin letters": ("20万以内的SUW", "20万以内的SUV"),
    "letters swapped": ("20万以内的SVU", "20万以内的SUV"),
    "a family for seats": ("家里六口人，30万以内的车", "6座以上，30万以内的车"),
    "people for seats": ("能坐六个人的车", "6座以上的车有哪些"),
    "hundreds in characters": ("续航五百以上的车", "续航500公里以上的车"),
    "a unit that begins with 千": ("功率三百千瓦以上的SUV", "功率300千瓦以上的SUV"),
    "the bound said twice": ("六座以及六座以上的车", "六座以上的车"),
    "a colour": ("有绿色的吗", "车身颜色是绿色的车有哪些"),
    "a year of the model": ("24年的老款有哪些", "2024款有哪些"),
    "chatter in a clause of its own": ("家里俩娃，七座的车有哪些", "七座的车有哪些"),
    "the better first of a few": ("续航前五", "续航最长的5款"),
    "the dearest trim": ("顶配的SUV", "最贵的SUV"),
    "the bottom of a ranking": ("续航垫底的纯电是谁", "续航最短的纯电车"),
    "the bottom in time is the slowest": ("加速倒数第一的是谁", "加速最慢的车"),
    "numerals as banks write them": ("柒万到玖万之间能买啥呢", "7万到9万的车有哪些"),
    "a verb that lists": ("电池不低于80度的都拉出来", "电池容量80度以上的车有哪些"),
    "a kind of energy beside a distance": ("哪款纯电能上700", "纯电续航700公里以上的车有哪些"),
    "a predicate for an attribute": ("空调还是手动的是哪几个", "手动空调的车有哪些"),
    "rather the other": ("要SUV，算了还是MPV吧，35万以内", "35万以内的MPV有哪些"),
    "rather the other, behind a bound": ("想要轿车 20万以内 算了还是SUV", "20万以内的SUV有哪些"),
    "a code in pinyin": ("qingyu e6 changxuhang ban duoshao qian", "青羽E6长续航版多少钱"),
    "seats for persons": ("星屿M9商务版能坐几位", "星屿M9商务版座位数"),
    "cores for a chip": ("疾风版车机用的几核芯片", "E6疾风版车机芯片"),
    "all of a series": ("T3三个版本价格对比一下", "T3手动畅行版、自动畅行版、自动精英版的价格"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_two_ways_of_asking_find_the_same(one: str, other: str) -> None:
    if "7月到" in other:
        wanted = {
            e.name
            for e in knowledge().graph.entities
            if "2025.07" <= next((v for p, v in e.leaves.items() if p[-1] == "上市时间"), "") <= "2025.12"
        }
        assert rows(one) == wanted != set()
    else:
        assert rows(one) == rows(other) != set()


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("云岚S5赛道版多少钱", "云岚S5赛道版"),
        ("松峦Q5 2026款多少钱", "2026款"),
        ("法拉利有哪些车", "法拉利"),
        ("柴油车有吗", "柴油车"),
        ("柴油的SUV有哪些", "柴油"),
        ("小鹏P7多少钱", "小鹏P7"),
        ("X7旗舰版的雨刷是什么牌子", "雨刷"),
    ],
)
def test_what_the_graph_lacks_is_said_and_nothing_else_is_answered(said: str, subject: str) -> None:
    reply = talk(said)
    assert subject in reply.answer
    assert not reply.evidence


@pytest.mark.parametrize(
    ("turns", "plan"),
    [
        (("X7旗舰版价格", "24款进阶版呢", "比旗舰版便宜多少"), "对比"),
        (("E6长续航版多少钱", "快充呢"), "查询"),
        (("松峦Q5尊贵版30万够吗", "20万呢"), "核对"),
        (("C型号性能版和E6疾风版对比", "前者有热泵吗"), "核对"),
        (("轿车平均多少钱", "SUV呢"), "平均"),
        (("纯电轿车", "按价格排序", "从高到低"), "降序"),
        (("增程SUV有哪些", "再加上插混的"), "或"),
        (("20万以内的SUV", "那油耗呢"), "筛选"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else value,
)
def test_a_conversation_goes_on(turns: tuple[str, ...], plan: str) -> None:
    found = talk(*turns).plan
    assert found is not None
    assert plan in plan_text(found)


@pytest.mark.parametrize(
    ("turns", "row", "value"),
    [
        (("e6疾风什么价",), "青羽汽车 青羽E6 2025款 四驱疾风版", "22.68万"),
        (("X7礼遇和X7旗舰哪个快",), "北辰汽车 北辰X7 2025款 六座礼遇版", "34.88万"),
        (("E6长续航 续航多少公里",), "青羽汽车 青羽E6 2026款 长续航版", "735km"),
        (("X7旗舰版變速箱是什麼",), "北辰汽车 北辰X7 2025款 旗舰版", "固定齿比变速箱"),
        (("E6巅峰版辅助驾驶是什么级别",), "青羽汽车 青羽E6 2026款 智驾巅峰版", "L2+"),
        (("长续航版多少钱", "E6的"), "青羽汽车 青羽E6 2026款 长续航版", "21.38万"),
        (("E6长续航版多少钱", "A型号那个呢"), "某汽车品牌 A型号 2021款 长续航版", "30.9万"),
        (
            ("M9行政版26款轴距", "订金能退吗", "刚才那台M9多少钱"),
            "星屿汽车 星屿M9 2026款 七座行政版",
            "34.58万",
        ),
    ],
)
def test_a_name_cut_short_is_that_one_car(turns: tuple[str, ...], row: str, value: str) -> None:
    found = {one.entity: one.values for one in talk(*turns).rows or ()}
    assert row in found
    assert value in found[row].values() or len(found) > 1


def test_what_is_left_out_of_the_conditions_is_said() -> None:
    assert "娃" in talk("家里俩娃，七座的车有哪些").answer


def test_another_one_is_compared_beside_those_compared_before() -> None:
    turns = ("松峦Q5 2025两驱乐享版和星屿Q3探索版哪个省油", "再加上B型号2025款豪华版呢")
    assert rows(*turns) == rows(turns[0]) | {"某汽车品牌 B型号 2025款 豪华版"}


def test_a_car_of_two_years_stands_twice_beside_another_one() -> None:
    found = rows("北辰X7六座礼遇比松峦q5两驱乐享谁贵")
    assert {name.split()[1] for name in found} == {"北辰X7", "松峦Q5"}
    assert len(found) == 3


def test_a_pair_that_was_never_named_is_asked_for_and_nothing_ranked_instead() -> None:
    for pair in ("这俩谁轻", "这两个哪个便宜"):
        reply = talk("X7旗舰版价格", pair)
        assert not reply.rows
        assert not reply.evidence


def test_what_was_shown_counts_again_once_nothing_else_is_left() -> None:
    turns = ("不要北辰的增程车有哪些", "还有别的吗", "30万以内的")
    assert rows(*turns) == rows("不要北辰的增程车，30万以内的") != set()


def test_the_few_that_ranked_first_are_what_the_next_ranking_is_among() -> None:
    first = rows("加速最快的3款")
    assert rows("加速最快的3款", "哪个最便宜") < first
    assert rows("加速最快的3款", "都多少钱") == first


def test_a_wish_that_no_longer_matters_is_dropped() -> None:
    assert rows("20万以内的车，要有天窗", "天窗无所谓了") == rows("20万以内的车")


def test_a_misfit_is_refused_even_beside_a_condition_that_fits() -> None:
    reply = talk("续航20万的SUV")
    assert "单位" in reply.answer
    assert not reply.evidence


def test_a_category_is_explained_like_any_other_word() -> None:
    planner = knowledge().planner
    scan = planner.explain("X7旗舰版的座椅", Context()).scan
    assert any("类别" in one.meaning for one in scan_links(scan).links)


@pytest.mark.parametrize(
    "said", ["x7旗舰 纯电真有三百公里？", "X7旗舰版纯电真能跑300公里吗", "X7旗舰版纯电有没有300公里"]
)
def test_whether_it_really_goes_as_far_is_verified(said: str) -> None:
    reply = talk(said)
    assert reply.plan is not None
    assert reply.plan.op == "verify"
    assert reply.answer.startswith("是的")


def test_an_alternative_question_takes_nothing_back() -> None:
    assert "改口" not in talk("想买SUV，还是轿车好呢").answer


def test_what_all_of_a_brand_are_is_told_value_by_value() -> None:
    found = talk("松峦的车都是什么动力形式").plan
    assert found is not None
    assert found.op == "group"


def test_both_ranges_of_a_hybrid_are_told_and_no_kind_of_energy_is_filtered_by() -> None:
    (row,) = talk("Q3探索版光用电能跑多远，油电加一块儿呢").rows or ()
    assert set(row.values) == {"纯电续航里程", "综合续航里程"}


def test_what_was_asked_of_an_unknown_car_is_answered_of_the_next_one() -> None:
    turns = ("小鹏P7续航多少", "那青羽E6先锋版的", "疾风版的")
    assert "565km" in talk(*turns).answer
    assert len(rows(*turns, "哪个便宜")) == 2


def test_what_was_asked_of_nothing_known_lasts_one_turn_only() -> None:
    assert "纯电续航" not in talk("小鹏P7续航多少", "你会跳舞唱歌画画不", "青羽E6先锋版").answer


def test_a_yes_or_no_question_is_answered_so_of_another_car_too() -> None:
    assert "无" in talk("C型号智享版有激光雷达没").answer
    reply = talk("C型号智享版有激光雷达没", "性能版呢")
    assert reply.plan is not None
    assert reply.plan.op == "verify"
    assert "有的" in reply.answer
