"""How people ask in any trade: how long, when, how old they are, what a name says is done, and what is left of a name."""

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.knowledge_source import graph_knowledge
from tests.kbqa.test_other_products import known, replies
from tests.kbqa.test_trades import last_words
from tests.kbqa.trades import covers, machines, stays


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("stays")
    return graph_knowledge(stays(folder / "kg"), known(folder, "房间\n房\n", "床型\t床\n"))


@pytest.fixture(scope="module")
def insurer(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("covers")
    return graph_knowledge(covers(folder / "kg"), known(folder, "产品\n保险\n"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("machines")
    return graph_knowledge(machines(folder / "kg"), known(folder, "机器\n"))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("守心重疾经典版等待期多久", "90天"),
        ("守心重疾经典版等待期几天", "90天"),
        ("守心重疾经典版多久理赔到账", "5个工作日"),
        ("守心重疾经典版几天能到账", "5个工作日"),
        ("守心重疾经典版理赔要多少天", "5个工作日"),
        ("守心重疾经典版保多久", "10年"),
        ("守心重疾经典版一年多少钱", "3200元/年"),
    ],
)
def test_how_long_is_asked_beside_what_is_done(insurer: Knowledge, said: str, value: str) -> None:
    assert value in replies(insurer, said)[0].answer


@pytest.mark.parametrize(
    "said", ["田园标准房几点退房", "什么时候退房 田园标准房", "田园标准房最晚几点钟退房"]
)
def test_when_is_asked_beside_what_is_done(house: Knowledge, said: str) -> None:
    assert "12:00前" in replies(house, said)[0].answer


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("理赔最快的产品", {"守心重疾尊享版"}),
        ("理赔到账时间最快的产品", {"守心重疾尊享版"}),
        ("到账最慢的产品", {"暮年安防癌险"}),
        ("我妈今年62了有什么产品", {"康乐医疗标准版", "暮年安防癌险"}),
        ("给我爸买个保险 他七十了", {"暮年安防癌险"}),
        ("孩子3岁了 能买什么保险", {"守心重疾经典版", "守心重疾尊享版", "康乐医疗标准版"}),
    ],
)
def test_a_short_time_is_fast_and_an_age_is_said_of_people(
    insurer: Knowledge, said: str, wanted: set[str]
) -> None:
    assert last_words(insurer, said) == wanted


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("守心重疾经典版有身故吗", "有的"),
        ("守心重疾尊享版有hpv没", "没有"),
        ("暮年安防癌险含不含HPV", "有的"),
        ("我今年58，守心重疾经典版能买吗", "不"),
        ("我今年58，守心重疾尊享版能买吗", "是的"),
    ],
)
def test_what_begins_a_features_name_names_it(insurer: Knowledge, said: str, begins: str) -> None:
    assert replies(insurer, said)[0].answer.startswith(begins)


@pytest.mark.parametrize(
    ("talk", "value"),
    [
        (("山景亲子基础房多少钱", "豪华的呢"), "588元/晚"),
        (("山景情侣豪华房几点退房", "说错了 是亲子的"), "13:00前"),
        (("山景亲子基础房多少钱", "有什么床"), "大床、小床"),
        (("山景亲子基础房多少钱", "多大"), "35㎡"),
        (("田园标准房多少钱", "可以加床吗"), "不可加床"),
        (("最大的房间是哪个", "多少钱"), "588元/晚"),
    ],
)
def test_what_is_said_in_part_is_of_what_is_spoken_of(
    house: Knowledge, talk: tuple[str, ...], value: str
) -> None:
    assert value in replies(house, *talk)[-1].answer


def test_whether_a_thing_can_be_had_is_told_by_its_words(house: Knowledge) -> None:
    assert last_words(house, "可以加床的房间有哪些") == {"山景亲子基础房", "山景亲子豪华房"}


def test_a_feature_asked_for_is_no_name(house: Knowledge) -> None:
    assert last_words(house, "有山景的房间") == {"山景亲子豪华房", "山景情侣豪华房"}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("zui pianyi de jiqi", {"岚山S1"}),
        ("zui gui de xiyiji", {"泽川A10"}),
    ],
)
def test_pinyin_for_what_is_sold_is_understood(shop: Knowledge, said: str, wanted: set[str]) -> None:
    assert last_words(shop, said) == wanted


def test_all_of_a_kind_that_are_so_are_listed_while_one_is_spoken_of(shop: Knowledge) -> None:
    assert last_words(shop, "泽川A8多少钱", "2000以内能变频的洗衣机呢") == {"泽川A8", "泽川A10"}
