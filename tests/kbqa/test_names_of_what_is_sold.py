"""Names in other trades than the demo's: said without the word for what is sold, by a model, by a kind, and pointed back at."""

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.knowledge_graph.plan import Condition, Plan, keyword_level, leaf_conditions
from chatbot.knowledge_source import graph_knowledge
from tests.kbqa.other_products import courses, lamps
from tests.kbqa.test_other_products import known, replies, rows


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("courses")
    return graph_knowledge(courses(folder / "kg"), known(folder, "课程\n"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("lamps")
    return graph_knowledge(lamps(folder / "kg"), known(folder, "灯具\n", "噪音\t静音\n"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("围棋多少钱",), "围棋课程的学费是560元"),
        (("围棋那个课程多少钱",), "围棋课程的学费是560元"),
        (("数学课程的课时数多少",), "冲刺数学课程的课时数是36节"),
        (("启航学费多少",), "启航绘画课程的学费是680元"),
        (
            ("冲刺多少钱", "围棋呢"),
            "围棋课程的学费是560元",
        ),  # a piece of a name by itself, and another one after it
        (("培优多少钱", "深度的"), "培优深度课程的学费是2380元"),
        (
            ("培优多少钱", "深度的课时数"),
            "培优深度课程的课时数是45节",
        ),  # what is asked now, not what was asked before
        (("培优基础多少钱", "深度的呢"), "培优深度课程的学费是2380元"),
    ],
)
def test_a_course_is_named_without_the_word_for_what_it_is(
    school: Knowledge, said: tuple[str, ...], told: str
) -> None:
    assert told in replies(school, *said)[-1].answer


def test_a_name_that_shares_no_more_than_its_end_is_not_known(school: Knowledge) -> None:
    assert "没有“象棋”" in replies(school, "象棋课程多少钱")[-1].answer


@pytest.mark.parametrize("asked", ["它的课时数是多少", "这个在哪上课"])
def test_it_is_of_nothing_else_than_a_name_that_was_not_known(school: Knowledge, asked: str) -> None:
    first, unknown, reply = replies(school, "围棋多少钱", "象棋课程多少钱", asked)
    assert first.answer_source == "kg" and unknown.answer_type == reply.answer_type == "fallback"
    assert "象棋" in reply.answer and "围棋" not in reply.answer


def test_it_is_of_what_is_named_since(school: Knowledge) -> None:
    told = replies(school, "象棋课程多少钱", "围棋多少钱", "它的课时数是多少")[-1].answer
    assert "围棋课程的课时数是10节" in told


def test_it_is_none_of_those_that_it_was_asked_which_is_meant(school: Knowledge) -> None:
    asked, reply = replies(school, "培优多少钱", "它的课时数是多少")
    assert asked.answer_type == reply.answer_type == "clarify"


def test_who_wants_one_is_asked_about_the_series_by_that_word(school: Knowledge) -> None:
    asked = replies(school, "想报个课程", "学费不限", "上课地点不限")[-1]
    assert "您对系列有什么要求" in asked.answer
    assert "系列不限" in asked.suggestions and "兴趣系列 (3)" in asked.suggestions


def test_what_an_attribute_counts_is_compared_by_it(school: Knowledge) -> None:
    reply = replies(school, "冲刺数学和围棋哪个课时多")[-1]
    assert isinstance(reply.plan, Plan) and reply.plan.op in ("compare", "superlative")
    assert "冲刺数学课程" in reply.answer and "36节" in reply.answer


@pytest.mark.parametrize(
    ("turns", "name"),
    [
        (("亮居的灯有哪些", "30那个多少钱"), "亮居 台灯 护目30"),
        (("亮居的灯有哪些", "30那个多少钱", "60那个呢"), "亮居 吊灯 星环60"),
        (("暮光的灯有哪些", "15那个多少钱"), "暮光 台灯 晨读15"),
    ],
)
def test_a_number_in_a_name_says_which_of_those_listed_is_meant(
    shop: Knowledge, turns: tuple[str, ...], name: str
) -> None:
    assert replies(shop, *turns)[-1].entities == (name,)


def test_a_number_that_is_in_no_name_of_those_listed_means_none_of_them(shop: Knowledge) -> None:
    assert replies(shop, "亮居的灯有哪些", "15那个多少钱")[-1].answer_type == "fallback"


def test_no_two_lamps_have_the_same_short_name_and_each_keeps_its_model(shop: Knowledge) -> None:
    short = shop.graph.short_names
    assert len({*short.values()}) == len(short)
    assert short["亮居 台灯 护目20 标准版"] == "台灯 护目20 标准版"
    assert all(entity.keywords[2] in short[entity.name] for entity in shop.graph.entities)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("护目20标准多少钱",), "护目20 标准版的价格是199元"),
        (("20旗舰版多少钱",), "护目20 旗舰版的价格是299元"),
        (("护目30多少钱", "说错了 是20旗舰版"), "护目20 旗舰版的价格是299元"),
        (("云顶80标准版多少钱", "静音版的呢", "哪个静音"), "云顶80 静音版更低"),
    ],
)
def test_a_lamp_is_named_by_pieces_of_its_model(shop: Knowledge, said: tuple[str, ...], told: str) -> None:
    assert told in replies(shop, *said)[-1].answer


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (("暮光的吊灯有哪些",), {"暮光 吊灯 云顶80 标准版", "暮光 吊灯 云顶80 静音版"}),
        (("台灯有哪些", "200以内的", "暮光的"), {"暮光 台灯 晨读15"}),
        (("暮光的吊灯有哪些", "换成亮居的"), {"亮居 吊灯 星环60"}),
        (("吊灯有哪些", "不要暮光牌的"), {"亮居 吊灯 星环60"}),
    ],
)
def test_a_kind_stays_while_the_brand_changes(
    shop: Knowledge, said: tuple[str, ...], wanted: set[str]
) -> None:
    assert rows(shop, *said) == wanted


def test_a_brand_that_has_none_of_the_kind_is_asked_about_by_itself(shop: Knowledge) -> None:
    reply = replies(shop, "吊灯有哪些", "亮居的")[-1]
    assert isinstance(reply.plan, Plan)
    assert Condition(keyword_level(2), "=", "吊灯") in tuple(leaf_conditions(reply.plan.conditions))


def test_what_is_done_more_is_not_measured_by_what_was_asked_before(shop: Knowledge) -> None:
    last = replies(shop, "护目20标准版多少钱", "旗舰版的呢", "这两个哪个卖得多")[-1]
    assert "299" not in last.answer


def test_a_measure_that_is_not_on_record_is_not_answered_with_what_was_asked_before(
    school: Knowledge,
) -> None:
    reply = replies(school, "围棋多少钱", "它多大能学")[-1]
    assert "560" not in reply.answer
