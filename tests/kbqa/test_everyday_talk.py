"""Ways of going on and of mixing words that the ninth question set showed, each in words that are in no set."""

import pytest

from chatbot.planning.english import EnglishWords
from chatbot.planning.notation import in_words
from chatbot.session.base import Memory
from tests.kbqa.carry_table import (
    AC,
    E6,
    FU,
    TRACK,
    Next,
    P,
    always,
    asked_whether,
    compared,
    filtered,
    looked_up,
    ranked,
)
from tests.kbqa.talking import Demo, talked, told, wrong_in
from tests.kbqa.test_ways_of_asking import rows
from tests.real_cars import needs_cars

ELITE, PEAK, GALE = "北辰T3|自动精英版", "青羽E6|智驾巅峰版", "青羽E6|四驱疾风版"
SUVS = ("经销商报价<=200000", "级别~SUV")
GP = "厂商指导价(元)"
SEAL_605, SEAL_505 = "海豹06GT|智驾版 605热浪版", "海豹06GT|505海浪版"

TALKS: tuple[tuple[str, tuple[str, ...], Next], ...] = (
    ("of a whole series, after one of it", ("青羽E6长续航版续航",), Next("", "E6里面四驱的有哪些|E6里哪几款是四驱的|青羽E6有四驱的哪几款", always(filtered("名称~青羽E6", "驱动方式~四驱")))),
    ("the cheapest of a series, after one of it", ("北辰X7旗舰版多少钱",), Next("", "X7里面便宜的是哪款|X7最便宜的是哪个", always(ranked(P, "asc", "名称~北辰X7")))),
    ("the one in focus again, by its series", ("E6长续航多少钱",), Next("", "E6的加速呢|青羽E6加速几秒", always(looked_up([E6], AC)))),
    ("a wish with 得能", ("20万以内的SUV",), Next("", "方向盘要能加热的|方向盘得能加热|方向盘必须能加热", always(filtered(*SUVS, "方向盘加热?有")))),
    ("a boot that opens by itself", ("30万以内的车",), Next("", "后备箱得能电动开", always(filtered("经销商报价<=300000", "电动尾门?有")))),
    ("what it runs on", ("30万以内的车",), Next("", "电动的|要电动的", always(filtered("经销商报价<=300000", "能源类型=纯电动")))),
    ("of what is left", ("20万以下的SUV", "云岚的不要"), Next("", "剩下里头最省油的|余下的里油耗最低的|剩下这些当中谁油耗最低", always(ranked(FU, "asc", *SUVS, "!品牌=云岚汽车")))),
    ("taken to be so of the one in focus", ("T3自动精英版气囊几个",), Next("", "天窗总该有吧|才这么点。天窗总有吧|6个啊，行吧。那天窗肯定有吧", always(asked_whether([ELITE], "天窗类型")))),
    ("a wish of a list", ("20万以内的SUV",), Next("", "总得有天窗吧|得有天窗吧", always(filtered(*SUVS, "天窗类型?有")))),
    ("by how much, than the one before", ("E6疾风版加速几秒", "巅峰版呢"), Next("", "它慢多少|那它慢多少|这款慢几秒", always(compared(AC, PEAK, GALE)))),
    ("nothing before it to be dearer than", ("R1赛道版续航",), Next("", "它贵多少|那它多少钱", always(looked_up([TRACK], P)))),
    ("another than was understood", ("E6长续航多少钱",), Next("", "不是这款，我要的是疾风版|不是这个，是疾风版|不对，不是那个，是疾风版", always(looked_up([GALE], P)))),
)  # fmt: skip

REAL: tuple[tuple[str, tuple[str, ...], Next], ...] = (
    ("by how much, than the one before", ("海豹06GT 505海浪版多少钱", "605热浪版呢"), Next("", "它贵多少|它又贵多少", always(compared(GP, SEAL_605, SEAL_505)))),
)  # fmt: skip

OPENINGS: tuple[Next, ...] = (
    Next("a piece of letters with 版 behind it", "普拉多2025款WX版6座价格|2025款普拉多悍野WX版6座的价格", always(looked_up(["普拉多|2025款|2.4T 悍野WX版 6座"], GP))),
    Next("four-wheel drive as its maker calls it", "奔驰GLC260L动感型四驱价格|奔驰GLC260L动感型四驱的什么价", always(looked_up(["奔驰GLC|GLC 260 L 4MATIC 动感型"], GP))),
    Next("a make as it is called elsewhere", "賓士G 500璀璨傳奇特別版油耗", always(looked_up(["奔驰G级|G 500 璀璨传奇特别版"], "WLTC综合油耗(L/100km)"))),
    Next("bounds in English", "大众 纯电 SUV，under 20万|大众纯电SUV below 20万", always(filtered("品牌=大众", "能源类型=纯电动", "级别~SUV", "厂商指导价(元)<=200000"))),
)  # fmt: skip


@pytest.mark.parametrize(("turns", "follow"), [pytest.param(*rest, id=name) for name, *rest in TALKS])
def test_a_talk_goes_on_as_people_go_on(demo: Demo, turns: tuple[str, ...], follow: Next) -> None:
    memory, shown, _ = talked(demo, turns)
    assert wrong_in(demo, memory, follow, shown) == {}


@needs_cars
@pytest.mark.parametrize(("turns", "follow"), [pytest.param(*rest, id=name) for name, *rest in REAL])
def test_a_talk_about_real_cars_goes_on(real: Demo, turns: tuple[str, ...], follow: Next) -> None:
    memory, shown, _ = talked(real, turns)
    assert wrong_in(real, memory, follow, shown) == {}


@needs_cars
@pytest.mark.parametrize("opening", OPENINGS, ids=[opening.kind for opening in OPENINGS])
def test_an_opening_about_real_cars_is_read(real: Demo, opening: Next) -> None:
    assert wrong_in(real, Memory(state="question_intake"), opening, []) == {}


@needs_cars
def test_the_price_of_another_series_is_never_given_for_a_kind_that_has_none(real: Demo) -> None:
    _, turn = told(real, Memory(state="question_intake"), "cayenne e-hybrid 价格")
    assert not turn.values
    assert "Panamera" not in turn.reply.answer


SAME = {
    "both makes, said again": ("云岚和北辰这两个牌子，八万以下的有哪几款", "云岚和北辰八万以下的车有哪些"),
    "both makes as two houses": ("青羽和云岚两家的纯电车都有啥", "青羽和云岚的纯电车有哪些"),
    "a name that goes on": ("支持OTA但没有360全景影像的有哪些", "有OTA升级，没有360度全景影像的车"),
    "a feature called one": ("有座椅通风功能和方向盘加热功能的车", "有座椅通风和方向盘加热的车"),
    "what is burnt": ("百公里烧油不到5个的有哪些", "油耗低于5升的车有哪些"),
    "first few from one end": ("SUV，从便宜往贵数前三台", "最便宜的三款SUV"),
    "from the other end": ("从贵往便宜数，纯电的前两款", "最贵的两款纯电车"),
    "a budget in English": ("budget 25w以内，要SUV，不要插混的", "25万以内的SUV，不要插混的"),
    "the cheapest in English": ("紧凑型轿车里 cheapest 的 EV 是哪个", "紧凑型轿车里最便宜的纯电是哪个"),
    "both ends in English": ("between 15万 and 20万 的 sedan", "15到20万的轿车有哪些"),
    "seats in English": ("6 seats SUV", "6座SUV有哪些"),
    "pinyin by syllables": ("zui gui 的轿车是哪款", "最贵的轿车是哪款"),
    "a letter and a year": ("b25豪华 破百", "B型号2025款豪华版破百"),
    "a full tank": ("V4都市版加满一箱油总共能跑多远", "V4都市版综合续航"),
    "how much more it burns": ("T3自动畅行版跟V4都市版，百公里差几个油", "T3自动畅行版和V4都市版油耗差多少"),
}


@pytest.mark.parametrize("said, plain", SAME.values(), ids=SAME)
def test_an_everyday_way_of_saying_it_comes_to_the_same_rows(said: str, plain: str) -> None:
    assert rows(said) == rows(plain) != set()


def test_which_of_two_makes_has_more_cars_is_still_counted_by_make(demo: Demo) -> None:
    _, turn = told(demo, Memory(state="question_intake"), "北辰和云岚这两个品牌哪个车多")
    assert turn.reply.plan is not None
    assert turn.reply.plan.op == "group"


def test_an_english_word_of_a_name_stays() -> None:
    words = EnglishWords(("range rover", "price 5"))
    assert words.in_chinese("range rover多少钱") == "range rover多少钱"
    assert words.in_chinese("price 5的battery") == "price 5的电池容量"
    assert words.in_chinese("follow under way") == "follow under way"


@pytest.mark.parametrize("text", ["从上海往北京开", "不是这个意思", "百公里油耗多少"])
def test_no_other_text_is_taken_for_an_order_a_correction_or_a_difference(text: str) -> None:
    assert in_words(text) == text
