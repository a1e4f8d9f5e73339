"""Names with numbers in them, kinds of things of several makers, and values that a shop of any trade may have."""

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.knowledge_source import graph_knowledge
from tests.kbqa.test_other_products import known, replies
from tests.kbqa.test_tours import TOURS
from tests.kbqa.test_trades import last_words
from tests.kbqa.trades import gadgets


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("gadgets")
    return graph_knowledge(gadgets(folder / "kg"), known(folder, "产品\n"))


@pytest.fixture(scope="module")
def tours() -> Knowledge:
    return graph_knowledge(TOURS / "graph", TOURS / "lexicon")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("远行三多少钱", "899元"),
        ("潮汐十多重", "52克"),
        ("潮汐二十的颜色", "墨黑"),
        ("Q7 8加256多少钱", "2999元"),
        ("G2 16+1t多重", "380克"),
    ],
)
def test_numbers_of_names_are_said_in_words_and_cut_short(shop: Knowledge, said: str, value: str) -> None:
    assert value in replies(shop, said)[0].answer


@pytest.mark.parametrize(
    ("said", "value"), [("Q7多少钱", "2999元"), ("Q7 Pro多少钱", "3999元"), ("岚川Q7多重", "320克")]
)
def test_a_name_that_is_said_whole_is_not_a_longer_one(shop: Knowledge, said: str, value: str) -> None:
    assert value in replies(shop, said)[0].answer


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("霜蓝色的有哪些", {"8+256"}),
        ("蓝色的有哪些", {"8+256", "8+512", "潮汐10"}),
        ("用岭芯5 Pro的是哪款", {"8+512"}),
        ("Q系列有哪几款", {"8+256", "8+512"}),
        ("镜头像素最高的相机是哪款", {"8+512"}),
        ("充电最快的相机", {"16+1TB"}),
        ("送背带的相机有哪些", {"8+512"}),
        ("有背带的相机有哪些", {"8+512", "16+1TB"}),
    ],
)
def test_values_are_read_to_their_ends(shop: Knowledge, said: str, wanted: set[str]) -> None:
    assert last_words(shop, said) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("岚川或者极屿的相机哪个最贵", {"16+1TB"}),
        ("岚川、极屿的相机哪个最轻", {"8+256"}),
        ("和Q7 8+256价格最接近的手表", {"潮汐20"}),
    ],
)
def test_a_kind_is_said_of_each_maker_and_of_what_is_near(
    shop: Knowledge, said: str, wanted: set[str]
) -> None:
    assert last_words(shop, said) == wanted


def test_a_measure_with_a_unit_is_no_piece_of_a_name(shop: Knowledge) -> None:
    assert last_words(shop, "512G的相机有哪些") == {"8+512"}


def test_what_only_cars_are_is_not_said_to_be_missing_here(shop: Knowledge) -> None:
    assert "资料里没有" not in replies(shop, "插电的吗")[0].answer


def test_a_maker_of_a_kind_is_set_against_nothing(shop: Knowledge) -> None:
    asked = replies(shop, "比Q7 Pro便宜的相机")[0]
    assert last_words(shop, "比Q7 Pro便宜的相机") == {"8+256"}, asked.answer


@pytest.mark.parametrize(
    ("said", "total"),
    [
        ("不进店的跟团游有哪些", 4),
        ("没有购物店的跟团游有哪些", 4),
        ("进店的跟团游有哪些", 7),
        ("不需要家长陪同的亲子营有哪些", 4),
        ("3餐都含的亲子营有哪些", 7),
        ("一团最多6个人的有哪些", 3),
        ("团队不超过6人的私家团", 3),
        ("1000元以内的自由行", 1),
        ("目的地是新疆的有哪些", 2),
    ],
)
def test_what_is_denied_counted_and_listed(tours: Knowledge, said: str, total: int) -> None:
    assert replies(tours, said)[0].rows_total == total


@pytest.mark.parametrize(
    ("talk", "value"),
    [
        (("大峰单房差多少", "雨崩住什么样的"), "客栈"),
        (("雨崩多少钱", "每天走多少公里"), "16公里"),
        (("厦门土楼多少钱", "要进几家店"), "购物店"),
        (("三餐全含的亲子营", "不用家长陪的"), "没有家长陪同"),
    ],
)
def test_what_is_asked_next_is_not_what_was_asked_before(
    tours: Knowledge, talk: tuple[str, ...], value: str
) -> None:
    assert value in replies(tours, *talk)[-1].answer
