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
    TRUNK,
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
    ("the upper end moves, the lower holds", ("10到12万的SUV",), Next("", "没有的话15万也行|没有的话15万以内也行", always(filtered("级别~SUV", "经销商报价>=100000", "经销商报价<=150000")))),
    ("just so many seats", ("15万左右的SUV有哪些", "要能拉7个人的"), Next("", "那6座的呢|6座的呢", always(filtered("经销商报价>=135000", "经销商报价<=165000", "级别~SUV", "座位数(个)=6")))),
    ("which of those compared", ("B型号25款豪华版和舒适版有啥区别",), Next("", "要天窗的话选哪个|要天窗选哪款", always(filtered("名称~B型号", "名称~2025款", "天窗类型?有")))),
    ("beside the few of a series", ("L8御享版后备箱多大",), Next("", "和R1比呢|跟星屿R1比呢", always(compared(TRUNK, "云岚L8|御享版", "星屿R1|后驱逐风版", TRACK)))),
    ("the difference where nothing was asked", ("S5 2025款尊享版", "舒享版"), Next("", "和尊享差多少|跟尊享版差多少", always(compared(P, "云岚S5|2025款|舒享版", "云岚S5|2025款|尊享版")))),
    ("the second by what the first was by", ("续航600以上的电车", "快充最快的"), Next("", "第二快的呢", always(looked_up([E6], "快充时间")))),
    ("another than was understood", ("E6长续航多少钱",), Next("", "不是这款，我要的是疾风版|不是这个，是疾风版|不对，不是那个，是疾风版", always(looked_up([GALE], P)))),
)  # fmt: skip

REAL: tuple[tuple[str, tuple[str, ...], Next], ...] = (
    ("beside the cheapest of another series", ("雅阁2025款有哪些版本", "最便宜那个"), Next("", "和凯美瑞最便宜的比呢|跟最便宜的凯美瑞比呢", always(compared(GP, "雅阁|2025款|260TURBO 舒适版", "凯美瑞|双擎 2.0HGVP 豪华版")))),
    ("the electric kind of a series", ("Macan多少钱",), Next("", "电动的呢|纯电的呢", always(looked_up(["Macan新能源|长续航版"], GP)))),
    ("the year of two series", ("帕萨特和雅阁怎么选", "长度呢"), Next("", "2025款的|就要2025款的", always(filtered("关键词~|帕萨特| || 关键词~|雅阁|", "名称~2025款")))),
    ("those of another year", ("奥迪A4L 40 TFSI 豪华动感型马力",), Next("", "有没有2025款的|2025款的有吗", always(filtered("关键词~|奥迪A4L|", "名称~2025款")))),
    ("a part of the size", ("宝马X5 xDrive 40Li M运动曜夜套装长度",), Next("", "宽呢|那高是多少|车宽呢", always(looked_up(["宝马X5|xDrive 40Li M运动曜夜套装"], "长*宽*高(mm)")))),
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
@pytest.mark.parametrize(
    ("turns", "name"),
    [
        (("Model Y后驱版多少钱", "性能版呢"), "Model Y 性能版"),
        (("奔驰C级2025款 C 260 L 运动版价格", "豪华版呢"), "奔驰C级 豪华版"),
        (("迈腾2025款380TSI豪华多少钱",), "迈腾2025款380TSI豪华"),
    ],
    ids=["of one other series", "of many", "beside its series"],
)
def test_a_version_that_the_series_has_not_is_said_not_to_be_there(
    real: Demo, turns: tuple[str, ...], name: str
) -> None:
    reply = talked(real, turns)[2].reply
    assert reply.answer_type == "fallback"
    assert f"“{name}”" in reply.answer


@needs_cars
def test_the_rear_driven_one_of_a_series_is_no_car_that_is_called_so(real: Demo) -> None:
    turn = talked(real, ("Model Y后驱版多少钱",))[2]
    assert turn.reply.entities == () or "天工" not in turn.reply.answer
    assert "Model Y 后轮驱动版" in turn.reply.answer


@needs_cars
def test_a_recommendation_ends_the_narrowing_down(real: Demo) -> None:
    turn = talked(real, ("我想买个10万以内代步车", "自动的", "推荐一个"))[2]
    assert turn.reply.answer_type == "answer"
    assert 0 < len(turn.rows) < 20


@needs_cars
def test_nothing_found_of_a_series_shows_cars_of_that_series(real: Demo) -> None:
    turn = talked(real, ("雅阁有混动的吗",))[2]
    assert turn.rows and all("雅阁" in row for row in turn.rows)


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
