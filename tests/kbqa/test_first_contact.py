"""Questions as strangers type them: each comes to the same rows as a plain one, or is left unanswered, never half read."""

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.session.base import Memory
from tests.kbqa.test_ways_of_asking import rows, talk
from tests.real_cars import needs_cars

SAME = {
    "a value within an attribute's name": ("真皮座椅的有哪些", "座椅材质是真皮的有哪些"),
    "a value in a name, and a bound": ("LED大灯的15万以内的", "前大灯光源是LED，15万以内的车"),
    "a value of what is said beside it": ("方向盘真皮的车有哪些", "方向盘材质是真皮的车有哪些"),
    "the size of a charged engine": ("2.0T的车有哪些", "排量2.0、涡轮增压的车有哪些"),
    "a value that others deny": ("独立悬架的轿车有哪些", "后悬架不是非独立悬架的轿车"),
    "a mark that is more": ("L2+的车有哪些", "辅助驾驶级别是L2+的车有哪些"),
    "not too dear is no denial": ("不要太贵的，七八万的车", "7万到8万的车"),
    "a bare budget behind a feature": ("四驱 30以内", "30万以内的四驱车"),
    "a budget beside a feature that counts": ("有氛围灯的10万以内", "10万以内有氛围灯的车"),
    "a wish before a bound": ("想要红色，20万以内", "20万以内的红色车"),
    "what it is for": ("后排能吹到空调的SUV有哪些", "有后座出风口的SUV有哪些"),
    "chatter is left out": ("30w 增程 奶爸车", "30万左右的增程车"),
    "what one does now": ("开了十来年了，20万以内的新能源", "20万以内的新能源有哪些"),
    "this year": ("今年上市的有哪些", "2026年上市的有哪些"),
    "not tired of": ("轿车，云岚看腻了不要", "不是云岚的轿车"),
    "as many as are named": ("S5、Q5、Q3三个哪个后备厢最大", "S5、Q5、Q3哪个后备厢最大"),
    "a unit that is asked of a difference": ("A型号标续跟长续差多少公里", "A型号标续和长续的续航差多少"),
    "the other version of one that is named": ("C型号后驱和四驱百公里加速差几秒", "C型号后驱智享版和四驱性能版加速差多少"),
    "this year's and last year's": ("S5今年款尊享比去年款贵多少", "S5 2025款尊享版比2024款尊享版贵多少"),
    "a kind in letters and a budget run together": ("suv20w以内", "20万以内的SUV"),
    "a kind in letters, seats and a budget run together": ("6座suv40万以内", "40万以内的6座SUV"),
    "a kind in letters and a budget in numerals": ("suv三十万以内", "30万以内的SUV"),
    "letters by their sound": ("星屿埃姆九商务版几座", "星屿M9商务版几座"),
    "one value, and one that the graph has not": ("T3精英是CVT还是AT", "T3精英版的变速箱类型"),
}  # fmt: skip


@pytest.mark.parametrize("said, plain", SAME.values(), ids=SAME)
def test_what_a_stranger_types_comes_to_the_same_rows_as_the_plain_question(said: str, plain: str) -> None:
    assert rows(said) == rows(plain) != set()


def test_two_rankings_of_two_kinds_are_two_answers() -> None:
    answer = talk("最便宜的SUV和最贵的轿车分别是哪个").answer
    assert "SUV里，经销商报价最低的是云岚S5 2024款 舒享版" in answer
    assert "轿车里，经销商报价最高的是C型号 四驱性能版" in answer


@pytest.mark.parametrize("said", ["永磁同步的SUV，20万以内", "后排能放平的SUV", "星屿R1胎重多少"])
def test_what_may_be_a_condition_is_never_dropped(said: str) -> None:
    reply = talk(said)
    assert not reply.rows, reply.answer


REAL_CARS = {
    "a name that the graph has not": ("宝马320li和奔驰c260l哪个快", "没有“宝马320LI”"),
    "a trim that the series has not": ("宋plus dmi 112 旗舰版多少钱", "没有“宋PLUS DMI 112"),
    "a year that the series has not": ("24款海豚几个版本", "没有“24款海豚”"),
    "a make that begins like a request": ("问界m9价格", "没有“问界M9”"),
    "an engine's code is no weight": ("红旗h5 28t", "没有“红旗H5 28T”"),
    "the other kind of a series": ("雅阁插混旗舰版什么油耗", "雅阁新能源 2.0L e:PHEV 旗舰版"),
    "letters and a number run together": ("25款G63多少钱", "奔驰G级AMG AMG G 63"),
    "a value that few cars have on record": ("支持carplay的车有哪些", "CARPLAY：找到"),
    "a colour is that of the outside": ("蓝色的宝马", "外观颜色"),
    "a series that goes by the word for a class": ("c级和e级哪个便宜", "最低的是奔驰C级"),
    "no price beside a series": ("比宝马x3便宜的奔驰suv", "您想问哪一款"),
    "a part of a part is no kind of drive": ("电动后备箱的suv", "有电动后备厢"),
}  # fmt: skip


@needs_cars
@pytest.mark.parametrize("said, told", REAL_CARS.values(), ids=REAL_CARS)
def test_a_question_about_real_cars_is_read_whole(cars: Knowledge, said: str, told: str) -> None:
    hearing = Hearing(said, cars, DialogSettings(), 100)
    reply = build_machine().step(Memory(state="question_intake"), hearing).reply
    assert told in reply.answer + reply.why


@pytest.mark.parametrize("said", ["C63", "GLA 180", "M760le"])
def test_a_code_of_letters_and_digits_is_answered_in_chinese(said: str) -> None:
    assert "speak" not in talk(said).answer
