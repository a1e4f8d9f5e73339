"""Brand, series, year and version named one within the other: which of them is meant, left out, or not on record."""

import pytest

from chatbot.knowledge_graph.plan import Condition, Not
from chatbot.planning.called_so import called_so, stands_in, wanted
from chatbot.planning.spoken_names import SpokenNames
from chatbot.session.base import Memory
from tests.kbqa.carry_table import Next, always, compared, filtered, looked_up, ranked
from tests.kbqa.talking import Demo, talked, wrong_in
from tests.real_cars import needs_cars

GP = "厂商指导价(元)"

OPENINGS: tuple[Next, ...] = (
    Next("a series left out of its brand", "比亚迪20万以内的SUV，不要宋PLUS新能源|除了宋PLUS新能源，比亚迪20万以内的SUV|比亚迪的SUV 20万以内 宋PLUS新能源除外", always(filtered("品牌=比亚迪", "级别~SUV", "厂商指导价(元)<=200000", "!品牌系列=宋PLUS新能源"))),
    Next("the best but for one series", "别克除了微蓝6最便宜的是哪款", always(ranked(GP, "asc", "品牌=别克", "!关键词~|微蓝6|"))),
    Next("a version that a gearbox is written before", "锋兰达CVT运动版多少钱", always(looked_up(["锋兰达|2.0L CVT运动版"], GP))),
    Next("a number of a name in words", "宝马五百三十li领先型豪华套装价格", always(looked_up(["宝马5系|2024款|530Li 领先型 豪华套装"], GP))),
    Next("beside the only one that has a price", "和途观L出众款300TSI价位差不多的紧凑型SUV", always({"op": "near", "ent": "途观L|出众款 300TSI 自动两驱龙腾版", "attr": GP, "where": ["级别=紧凑型SUV"]})),
    Next("a kind with its engine before it", "雅阁2.0插混旗舰版价格", always(looked_up(["雅阁新能源|2.0L e:PHEV 旗舰版"], GP))),
)  # fmt: skip


@needs_cars
@pytest.mark.parametrize("opening", OPENINGS, ids=[opening.kind for opening in OPENINGS])
def test_an_opening_names_what_it_means(real: Demo, opening: Next) -> None:
    assert wrong_in(real, Memory(state="question_intake"), opening, []) == {}


@needs_cars
def test_another_make_keeps_what_else_is_said(real: Demo) -> None:
    memory, shown, _ = talked(real, ("本田30万以内的SUV",))
    follow = Next(
        "", "别的牌子20万以内的", always(filtered("!品牌=本田", "级别~SUV", "厂商指导价(元)<=200000"))
    )
    assert wrong_in(real, memory, follow, shown) == {}


@needs_cars
@pytest.mark.parametrize(
    ("turns", "said", "unsaid"),
    [
        (("宝来手动挡多少钱",), "宝来 200TSI 手动畅行版", "没有找到"),
        (("迈腾280豪华型价格",), "迈腾 众享款 280TSI DSG豪华型", "迈腾 2025款的"),
        (("小米SU7 Pro版续航", "max的零百"), "小米SU7 800km", "铂智"),
        (("红旗国悦7座多少钱",), "红旗国悦", "59.80万的"),
        (("奥迪A4L有四驱的吗",), "有的", "不是"),
        (("宋L EV 550km卓越型多少钱", "DM-i的呢"), "宋L DM-i 智驾版 112km 领先型", "29 款"),
        (("别克GL8 2025款", "最便宜的"), "26.99万", "25.89万"),
        (("比亚迪的MPV有哪些", "夏180km的呢", "座位几个"), "夏 DM-i 1.5T 180km 超越型", "宋MAX"),
        (("途观L出众款330多少", "智领版的呢"), "智领版", "不会"),
        (("型格混动豪华版多少钱",), "17.79万", "帕萨特"),
        (("GLE350时尚型多少钱", "豪华型有吗"), "有的", "暂时没有"),
    ],
    ids=[
        "a gear in the name", "those that have none", "of the series spoken of", "no piece of a number",
        "whether there are some", "the other kind", "of a year", "of those offered",
        "a version where nothing was asked", "no car of another series", "there are some",
    ],
)  # fmt: skip
def test_a_reply_is_about_the_cars_that_are_meant(
    real: Demo, turns: tuple[str, ...], said: str, unsaid: str
) -> None:
    answer = talked(real, turns)[2].reply.answer
    assert said in answer
    assert unsaid not in answer


@needs_cars
def test_one_is_compared_with_the_few_of_another_series(real: Demo) -> None:
    memory, shown, _ = talked(real, ("途岳300TSI两驱月尊版多少钱",))
    two = "探影|200TSI DSG R-Line智联版", "探影|200TSI DSG 悦智联版"
    follow = Next("", "和探影比|和探影相比", always(compared(GP, "途岳|300TSI 两驱月尊版", *two)))
    assert wrong_in(real, memory, follow, shown) == {}


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("三十五tfsi", "35tfsi"),
        ("三百三十tsi", "330tsi"),
        ("q7五十五尊贵型", "q755尊贵型"),
        ("五十五万以内", "五十五万以内"),
        ("两千零二十四款", "2024款"),
        ("四十四tfsi", "四十四tfsi"),
    ],
)
def test_numbers_of_names_are_heard_in_words(said: str, written: str) -> None:
    names = SpokenNames(["35 tfsi", "330tsi", "q7", "55 尊贵型", "2024款"])
    assert names.written(said).replace(" ", "") == written


def test_a_word_stands_in_a_name_but_not_in_its_numbers() -> None:
    assert stands_in("旗畅版7座", "7座")
    assert not stands_in("旗舰版17座", "7座")
    assert called_so(("宝马3系 325Li xDrive", "宝马3系 325Li"), ["四驱"]) == ("宝马3系 325Li xDrive",)


def test_what_a_value_must_hold_is_a_word_for_it() -> None:
    assert wanted(Condition(("变速箱",), "contains", "手动")) == {"手动"}
    assert wanted(Not(Condition(("变速箱",), "contains", "手动"))) == set()
    assert wanted(Condition(("座位数",), ">=", 7.0)) == set()
