"""A trade whose things are named after a place and a time: how they are called, and what is asked of them."""

from pathlib import Path

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.knowledge_graph.loader import read_graph_files
from chatbot.knowledge_source import graph_knowledge
from chatbot.normalization.short_names import short_names
from tests.kbqa.test_other_products import replies
from tests.real_cars import CARS, needs_cars

ROOT = Path(__file__).parents[2]
TOURS = ROOT / "tests" / "data" / "trades" / "tours"


@pytest.fixture(scope="module")
def tours() -> Knowledge:
    return graph_knowledge(TOURS / "graph", TOURS / "lexicon")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("三亚5日", ()),
        ("恐龙化石营5日", ("恐龙营", "恐龙", "化石营")),
        ("安娜普尔纳徒步12日", ("安娜普尔纳",)),
        ("川西小环线7日", ("川西小环线", "小环线")),
        ("张家界凤凰5日", ("张家界凤凰", "张家界")),
        ("滇西环线6日", ("滇西",)),
    ],
)
def test_names_without_their_measure_and_by_their_words(said: str, wanted: tuple[str, ...]) -> None:
    called = short_names(read_graph_files(TOURS / "graph").graph().entities, ["线路", "团"])
    assert set(wanted) <= set(called[said])
    assert "环线" not in called["滇西环线6日"]  # 西北大环线 and 川西小环线 are called so too


def test_no_car_is_called_by_a_part_of_its_trim() -> None:
    demo = read_graph_files(ROOT / "user_datasets" / "car_knowledge_graph").graph()
    assert short_names(demo.entities, ["车"]) == {}


@needs_cars
def test_no_real_car_is_called_by_a_part_of_its_trim() -> None:
    assert short_names(read_graph_files(CARS).graph().entities, ["车"]) == {}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("茶山营几天", "茶山自然营3日的天数是3天"),
        ("安娜普尔纳玩几天", "安娜普尔纳徒步12日的天数是12天"),
        ("川西小环线住的是几钻的", "酒店标准是四钻"),
        ("普吉岛那个住几晚", "普吉岛6日的晚数是4晚"),
        ("大峰最高到多少米", "最高海拔是5025米"),
        ("虎跳峡走多少公里", "日均步行是13公里"),
        ("西北大环线管几顿饭", "含餐是7早7正"),
        ("武功山从哪出发", "出发城市是长沙、南昌"),
        ("新马双城小朋友啥价", "新马双城6日的儿童价是4280 元"),
        ("新马双城大人多少钱", "新马双城6日的成人价是4680 元"),
        ("恐龙营有哪几期", "发团日期是7月6日、7月20日、8月3日"),
        ("景德镇那个多少钱", "景德镇陶艺3日的成人价是1980 元"),
        ("徒步里头海拔最低的哪条", "徽杭古道2日：1050米"),
        ("徒步团里哪条最便宜", "徽杭古道2日：398 元"),
    ],
)
def test_what_is_asked_of_one_by_a_short_name(tours: Knowledge, said: str, wanted: str) -> None:
    assert wanted in replies(tours, said)[0].answer


def test_a_value_that_sounds_like_what_was_typed_takes_no_word_of_the_grammar_with_it(
    tours: Knowledge,
) -> None:
    found = replies(tours, "去云楠的线路有哪些")[0]
    assert found.rows_total == 4 and found.answer.startswith("云南：")


def test_how_many_there_may_be_is_no_ranking_by_what_was_asked_before(tours: Knowledge) -> None:
    *_, last = replies(tours, "喀纳斯商务车版多少钱", "最多能坐几个")
    assert last.answer_type != "answer"
    assert "全部型号" not in last.answer


def test_a_wish_to_go_there_asks_what_is_wanted_to_be_known(tours: Knowledge) -> None:
    assert replies(tours, "我想去虎跳峡")[0].answer == "您想了解徒步团 虎跳峡徒步3日的哪方面？"
