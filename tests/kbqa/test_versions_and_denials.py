"""What a conversation means by versions of a series, by what is said behind a thing, and by both ends of a ranking."""

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.knowledge_graph.plan import Not, leaf_conditions
from chatbot.reply import Reply
from chatbot.session.base import Memory


@pytest.fixture(scope="module")
def known(demo_graph: Knowledge) -> Knowledge:
    return demo_graph


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


@pytest.mark.parametrize(
    ("turns", "op", "entities"),
    [
        pytest.param(("青羽E6怎么样", "有几个版本"), "count", None, id="of the series asked about"),
        pytest.param(("E6长续航版多少钱", "有哪些版本"), "filter", None, id="of the one in focus"),
        pytest.param(
            ("E6四驱吗", "哪个版本四驱"), "filter", {"四驱疾风版", "智驾巅峰版"}, id="those with a value"
        ),
        pytest.param(
            ("A型号续航多少", "第二个", "哪个版本最便宜"),
            "superlative",
            {"标准续航升级版"},
            id="the cheapest",
        ),
    ],
)
def test_versions_are_those_of_the_series_that_is_spoken_of(
    turns: tuple[str, ...], op: str, entities: set[str] | None, known: Knowledge
) -> None:
    reply = said(known, *turns)
    assert reply.plan is not None
    assert reply.plan.op == op
    assert all("E6" in row.entity or "A型号" in row.entity for row in reply.rows or ())
    if entities:
        assert {row.entity.split()[-1] for row in reply.rows or ()} == entities
    else:
        assert reply.rows_total == 4


@pytest.mark.parametrize("text", ["你们有什么车", "有哪些车", "都有什么车型", "你们卖什么车"])
def test_what_there_is_at_all_guides_a_choice(text: str, known: Knowledge) -> None:
    reply = said(known, text)
    assert (reply.answer_type, reply.rows_total) == ("clarify", 42)
    assert "42" in reply.answer and reply.suggestions


def test_as_many_as_rank_first_together_are_all_spoken_of(known: Knowledge) -> None:
    first = said(known, "空间最大的SUV")
    assert len(first.entities) == 4
    assert set(said(known, "空间最大的SUV", "多少钱").entities) == set(first.entities)


def test_one_in_focus_is_compared_with_one_of_the_list(known: Knowledge) -> None:
    reply = said(known, "续航500以上的有哪些", "第二款多少钱", "和第一款比呢")
    assert reply.plan is not None
    assert (reply.plan.op, len(reply.plan.entities)) == ("compare", 2)


@pytest.mark.parametrize(
    "text", ["座椅通风都没有的车", "座椅通风没有的有哪些", "连座椅通风也没带的，数数有几款"]
)
def test_what_is_said_not_to_be_there_behind_its_name_is_not_wanted(text: str, known: Knowledge) -> None:
    reply = said(known, text)
    assert reply.plan is not None
    assert [type(clause) for clause in reply.plan.conditions] == [Not]


def test_a_word_against_one_thing_is_none_against_what_stands_before_it(known: Knowledge) -> None:
    reply = said(known, "有HUD的轿车 选配不算")  # what is optional does not count: nothing against saloons
    assert reply.plan is not None
    assert not any(isinstance(clause, Not) for clause in reply.plan.conditions)


@pytest.mark.parametrize("verb", ["排", "挑", "找", "列"])
def test_so_many_to_be_listed_are_no_price(verb: str, known: Knowledge) -> None:
    reply = said(known, f"插混车按纯电续航从长到短给我{verb}五个")
    assert reply.plan is not None
    assert reply.plan.limit == 5
    assert len(list(leaf_conditions(reply.plan.conditions))) == 1


def test_safety_first_points_at_nothing(known: Knowledge) -> None:
    reply = said(known, "9个气囊的车 给娃安全第一")
    assert reply.plan is not None
    assert "第一" not in reply.answer


@pytest.mark.parametrize("text", ["巅峰版E6的方向盘有加热没", "E6巅峰版方向盘有加热吗"])
def test_a_feature_whose_name_is_taken_apart_is_asked_of_the_car(text: str, known: Knowledge) -> None:
    reply = said(known, text)
    assert reply.plan is not None
    assert (reply.plan.op, reply.entities) == ("verify", ("青羽汽车 青羽E6 2026款 智驾巅峰版",))
