"""Values as other trades write them: one attribute in several sections, money signs, 是否…, ages and areas that are ranges."""

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.knowledge_source import graph_knowledge
from tests.kbqa.test_other_products import known, replies
from tests.kbqa.trades import courses, machines


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("machines")
    return graph_knowledge(machines(folder / "kg"), known(folder, "机器\n"))


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("courses")
    return graph_knowledge(courses(folder / "kg"), known(folder, "课\n课程\n"))


def last_words(known: Knowledge, *said: str) -> set[str]:
    """The last word of each name in the last reply's rows."""
    reply = replies(known, *said)[-1]
    assert reply.rows is not None, reply.answer
    return {row.entity.split(" ")[-1] for row in reply.rows}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("变频的洗衣机有哪些", {"泽川A8", "泽川A10"}),
        ("变频的干衣机有哪些", {"泽川D9", "岚山F10"}),
        ("没有变频的机器", {"岚山S1", "岚山F7"}),
        ("容量最大的机器", {"泽川A10", "岚山F10"}),
        ("1500元以内的机器", {"泽川A8", "岚山S1"}),
        ("￥2500以上的机器", {"泽川D9", "岚山F10"}),
    ],
)
def test_an_attribute_of_several_sections_and_money_with_a_sign(
    shop: Knowledge, said: str, wanted: set[str]
) -> None:
    assert last_words(shop, said) == wanted


def test_nobody_lacks_what_stands_in_another_section(shop: Knowledge) -> None:
    counted = replies(shop, "变频干衣机有几台")[0]
    assert counted.rows_total == 2 and "缺少" not in counted.answer


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("不用自备舞鞋的课有哪些", {"少年街舞课", "形体课", "健身操课", "银龄广场舞课"}),
        ("不需要自备舞鞋的", {"少年街舞课", "形体课", "健身操课", "银龄广场舞课"}),
        ("要自备舞鞋的课", {"启蒙舞蹈课", "国标舞课"}),
        ("含考级的课", {"启蒙舞蹈课", "形体课"}),
        ("不含考级的课", {"少年街舞课", "国标舞课", "健身操课", "银龄广场舞课"}),
    ],
)
def test_what_an_attribute_asks_whether_it_is_so_is_a_feature(
    school: Knowledge, said: str, wanted: set[str]
) -> None:
    assert last_words(school, said) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("形体课要自备舞鞋吗", "不是"), ("国标舞课需不需要自备舞鞋", "是的"), ("国标舞课含考级吗", "不是")],
)
def test_the_answer_to_whether_is_yes_or_no(school: Knowledge, said: str, wanted: str) -> None:
    assert replies(school, said)[0].answer.startswith(wanted)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("70岁能上的课", {"国标舞课", "健身操课", "银龄广场舞课"}),
        ("10岁的课有哪些", {"少年街舞课", "健身操课"}),
        ("60岁以上的课有哪些", {"形体课", "国标舞课", "健身操课", "银龄广场舞课"}),
        ("适用年龄6岁以下的课", {"启蒙舞蹈课", "健身操课"}),
        ("5岁到8岁的课", {"启蒙舞蹈课", "少年街舞课", "健身操课"}),
    ],
)
def test_an_age_lies_within_the_range_of_what_fits_it(school: Knowledge, said: str, wanted: set[str]) -> None:
    assert last_words(school, said) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("20平米用的机器有哪些", {"泽川A8", "泽川A10", "泽川D9", "岚山F7"}),
        ("适用面积25平以上的机器", {"泽川A10", "泽川D9", "岚山F10"}),
        ("变频的洗衣机", {"泽川A8", "泽川A10"}),
        ("噪音3000以内的机器", {"泽川A8", "泽川A10", "泽川D9", "岚山S1", "岚山F7"}),
        ("9公斤以上2000以内的机器", {"泽川A10"}),
    ],
)
def test_an_area_lies_within_its_range_and_a_number_is_of_what_it_can_be(
    shop: Knowledge, said: str, wanted: set[str]
) -> None:
    assert last_words(shop, said) == wanted


def test_from_which_age_asks_for_the_value(school: Knowledge) -> None:
    assert "18-60岁" in replies(school, "形体课多少岁以上能上")[0].answer
    assert "18-60岁" in replies(school, "形体课多少钱", "多少岁能上")[1].answer


def test_what_the_area_is_of_is_no_condition(shop: Knowledge) -> None:
    found = replies(shop, "适合32平米的阳台用的机器")[0]
    assert last_words(shop, "适合32平米的阳台用的机器") == {"泽川D9", "岚山F10"}
    assert "没听懂" not in found.answer


def test_a_keyword_level_is_called_what_the_graph_calls_it(school: Knowledge, shop: Knowledge) -> None:
    assert (school.graph.level_names["1"], shop.graph.level_names["1"]) == ("系列", "品牌")
    told = replies(school, "有哪些系列")[0]
    assert "系列有 3 种" in told.answer and "按系列分组" in told.why
