"""What names say, and values among several: conditions over a graph that has few values on record."""

import pytest

from chatbot.knowledge_graph.plan import NAME, leaf_conditions
from chatbot.session.base import Memory
from tests.kbqa.carry_table import Next, always, asked_whether, compared, filtered, looked_up
from tests.kbqa.talking import Demo, talked, wrong_in
from tests.real_cars import needs_cars

GP = "厂商指导价(元)"
_DRIVEN = ("四驱", "4matic", "quattro", "xdrive", "全轮驱动")
ALL_WHEELS = " || ".join(("驱动方式~四驱", *(f"名称~{word}" for word in _DRIVEN)))
HYBRID = "能源类型=油电混合 || 能源类型=插电式混合动力"

OPENINGS: tuple[Next, ...] = (
    Next("few values, many names", "四驱的SUV有哪些|哪些SUV是四轮驱动的", always(filtered(ALL_WHEELS, "级别~SUV"))),
    Next("a make's word in the name", "四驱的宝马有哪些", always(filtered(ALL_WHEELS, "品牌=宝马"))),
    Next("of one car by its name", "奥迪A4L 200万辆悦享版 45 TFSI quattro 臻选动感型是四驱吗", always(asked_whether(["奥迪A4L|45 TFSI quattro 臻选动感型"], ALL_WHEELS))),
    Next("a word for values with a tail", "本田混动车型有哪些|本田有哪些混动车型", always(filtered("品牌=本田", HYBRID))),
    Next("one of several values", "宁德时代电池的车|电池是宁德时代的车有哪些", always(filtered("电芯品牌~宁德时代"))),
    Next("a letter that is a value", "V型六缸的车有哪些", always(filtered("气缸排列形式=V", "气缸数(个)=6"))),
    Next("whose value it is", "L2级辅助驾驶的车有哪些|有L2级辅助驾驶的车", always(filtered("辅助驾驶等级~L2"))),
    Next("a value before 车身", "非承载式车身的车|非承载式车身的有哪些", always(filtered("车体结构=非承载式"))),
    Next("a value, though it is a word for the thing", "全景天窗的SUV|带全景天窗的SUV有哪些", always(filtered("天窗类型~全景天窗", "级别~SUV"))),
    Next("an extra of several values", "有全景影像的车|带360全景影像的车有哪些", always(filtered("驾驶辅助影像~全景"))),
)  # fmt: skip


@needs_cars
@pytest.mark.parametrize("opening", OPENINGS, ids=[opening.kind for opening in OPENINGS])
def test_an_opening_finds_the_cars(real: Demo, opening: Next) -> None:
    assert wrong_in(real, Memory(state="question_intake"), opening, []) == {}


@needs_cars
def test_what_names_say_gives_way_to_another_value(real: Demo) -> None:
    memory, shown, turn = talked(real, ("四驱的SUV有哪些",))
    assert "全名" not in turn.reply.answer and "xdrive" not in turn.reply.answer.lower().split("\n")[0]
    behind = "驱动方式~后驱 || 名称~后驱 || 名称~后轮驱动"
    follow = Next("", "后驱的呢|换成后驱的", always(filtered(behind, "级别~SUV")))
    assert wrong_in(real, memory, follow, shown) == {}


@needs_cars
def test_names_say_nothing_of_what_many_have_on_record(real: Demo) -> None:
    vocabulary = real[1].planner.vocabulary
    about = {c.attribute for s in vocabulary.values_of("敞篷") for c in leaf_conditions((s.clause,))}
    assert about and NAME not in about


@needs_cars
def test_of_several_things_asked_none_is_told_of_the_one_that_has_all(real: Demo) -> None:
    reply = talked(real, ("宝马3系的价格、马力、油耗分别是多少",))[2].reply
    assert reply.answer_type == "clarify"
    assert len(reply.suggestions) > 1


@needs_cars
@pytest.mark.parametrize(
    ("turns", "said", "unsaid"),
    [
        (("锋兰达2.0领先油耗",), "锋兰达 2.0L CVT领先版", "暂时没有"),
        (("zrv锐尊享油耗",), "5.26", "不会"),
        (("君越25T油耗",), "君越25T", "28T 白金版的"),
        (("铂智4x是啥电池",), "电池类型", "不会"),
        (("朗逸 1.5L 自动星空五百万版油耗", "跟宝来比呢"), "暂时没有宝来", "不会"),
        (("保时捷911最便宜的是哪个", "最快的是哪个", "比它慢多少"), "3.1 s", "找到"),
    ],
    ids=["the size of an engine", "no piece of the next word", "no year", "which battery",
         "beside a series that has no value", "by how much, of one alone"],
)  # fmt: skip
def test_a_reply_is_about_what_was_said(real: Demo, turns: tuple[str, ...], said: str, unsaid: str) -> None:
    answer = talked(real, turns)[2].reply.answer
    assert said in answer
    assert unsaid not in answer


@needs_cars
def test_how_much_is_counted_from_the_one_spoken_of_before(real: Demo) -> None:
    memory, shown, _ = talked(real, ("红旗H9最贵的", "最便宜的呢"))
    two = "红旗H9|2.0T 旗享 私享风尚版", "红旗H9|3.0T 旗领四驱 豪华商务版"
    follow = Next("", "比它慢多少|那比它慢多少", always(compared("官方0-100km/h加速(s)", *two)))
    assert wrong_in(real, memory, follow, shown) == {}


@needs_cars
def test_another_with_the_same_value_is_of_the_series(real: Demo) -> None:
    memory, shown, _ = talked(real, ("红旗h5 hev多少钱",))
    follow = Next("", "1.5t的呢", always(looked_up(["红旗H5|2024款|1.5T DCT智联旗悦版"], GP)))
    assert wrong_in(real, memory, follow, shown) == {}


@needs_cars
def test_a_series_is_set_beside_those_it_was_asked_of(real: Demo) -> None:
    reply = talked(real, ("赛那多少钱", "跟格瑞维亚比哪个便宜"))[2].reply
    assert reply.answer_type == "answer"
    assert "33.58万" in reply.answer


def test_how_much_asks_for_no_cars(demo: Demo) -> None:
    answer = talked(demo, ("R1赛道版续航", "比它贵多少"))[2].reply.answer
    assert "找到" not in answer


@needs_cars
def test_what_is_beyond_the_one_spoken_of_is_still_a_list(real: Demo) -> None:
    answer = talked(real, ("红旗H9最贵的", "最便宜的呢", "比它快的还有谁"))[2].reply.answer
    assert "找到" in answer
