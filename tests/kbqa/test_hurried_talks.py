"""Talks as they are typed on the way: taken back, cut short, with a standard question in between, and gone on with."""

import pytest

from chatbot.session.base import Memory
from tests.kbqa.carry_table import (
    AC,
    E6,
    FU,
    Q5,
    RG,
    Next,
    P,
    always,
    asked_whether,
    compared,
    filtered,
    looked_up,
    ranked,
)  # fmt: skip
from tests.kbqa.talking import Demo, talked, told, wrong_in

PEAK, VAN = "青羽E6|智驾巅峰版", "青羽E6|后驱先锋版"
E3, E3_26 = "青羽E3|2025款|智行版", "青羽E3|2026款"
X7_25, X7_GUEST = "北辰X7|2025款|进阶版", "北辰X7|六座礼遇版"
Q5_25, B25, Q3_CITY = "松峦Q5|2025款|两驱乐享版", "B型号|2025款|豪华版", "星屿Q3|城市版"
C_LOW, C_FAST = "C型号|后驱智享版", "C型号|四驱性能版"
T3_MID, T3_TOP, S5_25 = "北辰T3|自动畅行版", "北辰T3|自动精英版", "云岚S5|2025款|尊享版"
LIST_PRICE, HUD, LIDAR, COLOURS = "厂商指导价(元)", "HUD抬头显示", "激光雷达", "车身颜色"
SIX_25 = ("座位数(个)=6", "名称~2025款")

TALKS: tuple[tuple[str, tuple[str, ...], Next], ...] = (
    ("a bound taken back", ("十五万左右的SUV",), Next("", "哦不 是十五万以内|哦不是 十五万以内|写错了 十五万以内|少打了个字 十五万以内", always(filtered("级别~SUV", "经销商报价<=150000")))),
    ("a car taken back", ("E3 25款智行版续航",), Next("", "哦不 是E6长续航版|啊不是 E6长续航版", always(looked_up([E6], RG)))),
    ("an attribute taken back", ("E3 25款智行版续航",), Next("", "不是续航 是加速|不是续航，是加速", always(looked_up([E3], AC)))),
    ("the cheapest, where it was asked which", ("E6能跑多远",), Next("", "丐版|最便宜那个|最便宜的|低配", always(looked_up([VAN], RG)))),
    ("and then the dearest", ("E6能跑多远", "丐版"), Next("", "最贵那个呢|最贵的那款呢", always(looked_up([PEAK], RG)))),
    ("over a standard question", ("X7旗舰版加速多少", "怎么预约试驾"), Next("", "那六座礼遇呢|六座礼遇版呢", always(looked_up([X7_GUEST], AC)))),
    ("over two of them", ("Q3探索版油耗", "贷款利率多少", "怎么预约试驾"), Next("", "那城市版呢|城市版", always(looked_up([Q3_CITY], FU)))),
    ("an option is not there yet", ("X7几个版本",), Next("", "选配HUD的有哪些|HUD选装的有哪些", always(filtered("车系=北辰X7", f"{HUD}=选配")))),
    ("the one with it as an option", ("X7几个版本", "哪些标配HUD", "便宜那个多少钱"), Next("", "选配HUD的那款呢", always(filtered("车系=北辰X7", f"{HUD}=选配")))),
    ("a year of a list", ("六座的有哪些",), Next("", "25的|25的就行|25的呢|24的不要", always(filtered(*SIX_25)))),
    ("the best of a year", ("六座的有哪些",), Next("", "25的最便宜的|25的就行 最便宜的", always(ranked(P, "asc", *SIX_25)))),
    ("a colour of the one in focus", ("S5 25款尊享版多少钱",), Next("", "有白色的吗|有没有白的|有红的没", always(looked_up([S5_25], COLOURS)))),
    ("all versions", ("T3手动畅行版多少钱",), Next("", "这车全系都有天窗吗|所有版本都有天窗吗|全系都有天窗吗", always(asked_whether(["北辰T3"], "天窗类型")))),
    ("the other version", ("C型号四驱性能版续航",), Next("", "另一个呢|另一个版本呢", always(looked_up([C_LOW], RG)))),
    ("the other has none", ("C型号哪个版本有激光雷达",), Next("", "另一个没有是吧|另一个也有吗", always(asked_whether([C_LOW], LIDAR)))),
    ("the one without", ("C型号哪个版本有激光雷达",), Next("", "没有的那个呢|不带的那款多少钱", always(filtered("车系=C型号", f"{LIDAR}?无")))),
    ("by the letter", ("A型号标准续航升级版几座",), Next("", "B呢|b呢", always(looked_up(["B型号"], "座位数(个)")))),
    ("one word for several values", ("混动的车有哪些",), Next("", "不用充电的", always(filtered("能源类型=油电混合")))),
    ("a price that both have", ("E3 25款智行版多少钱",), Next("", "26款贵多少|26款的贵多少", always(compared(LIST_PRICE, E3, E3_26)))),
    ("dearer, and not by what", ("B型号25款豪华版多少钱",), Next("", "跟Q5顶配比哪个省油|和Q5最贵的比哪个省油", always(compared(FU, B25, Q5)))),
    ("cheaper versions of it", ("X7旗舰版多少钱",), Next("", "有便宜点的版本吗|有没有便宜点的版本", always({"op": "better", "where": ["车系=北辰X7", "经销商报价<396800"]}))),
    ("one of three left out", ("B型号25款豪华版、Q5 25款两驱和Q3探索版哪个油耗低",), Next("", "Q3去掉|第三个不要了|Q3不看了", always(compared(FU, B25, Q5_25)))),
    ("one of two left out", ("B型号25款豪华版和Q3探索版哪个油耗低",), Next("", "Q3不看了|Q3去掉", always(looked_up([B25], FU)))),
    ("a bare number of what was told", ("E6长续航版续航",), Next("", "不是800吗|有800吗", always({"op": "verify", "ents": [E6], "where": [f"{RG}>=800"]}))),
    ("a bare number of the list", ("能加92号油的SUV有哪些",), Next("", "95的呢|那95的", always(filtered("级别~SUV", "燃油标号~95")))),
    ("the same of another in other words", ("Q5四驱尊贵版有HUD吗",), Next("", "25款两驱也有吗|25款两驱呢", always(asked_whether([Q5_25], HUD)))),
    ("the cheaper of two has none", ("T3自动畅行版和自动精英版差多少钱", "贵的那个有天窗吗"), Next("", "便宜的没有是吧|便宜的呢", always(asked_whether([T3_MID], "天窗类型")))),
    ("none besides those shown", ("续航500公里以上20万以下的车", "还有呢"), Next("", "贵的那个续航多少", always(looked_up([VAN], RG)))),
    ("a value of the same thing gives way", ("轿车里带普通天窗的",), Next("", "没天窗的|没有天窗的", always(filtered("级别~轿车", "天窗类型?无")))),
    ("struck out", ("20万以内的混动SUV",), Next("", "松峦的划掉|松峦划掉", always(filtered("级别~SUV", "经销商报价<=200000", "!能源类型=汽油", "!品牌=松峦汽车")))),
    ("half a word", ("轿车", "油的"), Next("", "自动", always(filtered("级别~轿车", "能源类型=汽油", "!变速箱类型=手动变速箱")))),
    ("a budget after a standard question", ("想买个SUV", "怎么预约试驾"), Next("", "预算15万左右", always(filtered("级别~SUV", "经销商报价>=135000", "经销商报价<=165000")))),
    ("near it", ("C型号后驱智享版多少钱",), Next("", "差不多价的还有啥", always({"op": "near", "ent": C_LOW, "attr": P, "where": []}))),
    ("each of two series", ("你好",), Next("", "S5和Q3油耗各多少", always(filtered("车系=云岚S5 || 车系=星屿Q3")))),
    ("what one drives now", ("你好",), Next("", "我现在开北辰T3手动的 想换个自动挡SUV", always({"op": "guide", "where": ["级别~SUV", "!变速箱类型=手动变速箱"]}))),
    ("the one that is taken", ("T3自动畅行版和自动精英版差多少钱",), Next("", "那就要贵的|那就要贵的吧", always(looked_up([T3_TOP], P)))),
    ("a version after a standard question", ("C型号后驱智享版多少钱", "分三年月供多少"), Next("", "四驱那款呢|四驱的呢", always(looked_up([C_FAST], P)))),
    ("the top version of a series that lacks the one named", ("Q5旗舰版多少钱",), Next("", "那顶配呢|最贵的呢", always(ranked(P, "desc", "车系=松峦Q5")))),
    ("the two cheapest of a list", ("增程的SUV", "25款的"), Next("", "最便宜两款差多少|最便宜的两款差多少钱", always(compared(P, X7_25, X7_GUEST)))),
    ("and the top version", ("L8有几个配置", "低配有天窗吗"), Next("", "高配呢|那高配呢", always(looked_up(["云岚L8|御享版"], "天窗类型")))),
    ("the top version of the one in focus", ("云岚L8雅尚版油耗多少",), Next("", "高配呢|顶配呢", always(looked_up(["云岚L8|御享版"], FU)))),
    ("whether one of a year has the colour", ("云岚C2 25款活力版续航",), Next("", "24款有樱花粉吧|24款有樱花粉吗", always({"op": "verify", "ents": ["云岚C2|2024款|活力版"], "where": [f"{COLOURS}~樱花粉"]}))),
    ("which cars have it, whatever stands before", ("你好",), Next("", "夏天热 哪些车有座椅通风", always(filtered("主驾座椅通风?有")))),
    ("better within what was wished for", ("20万左右的纯电轿车", "续航七百公里以上的"), Next("", "有没有比它便宜的", always({"op": "ask"}))),
)  # fmt: skip

STANDARD = (
    (("云岚L8御享版多少钱", "能便宜点吗"), "问厂家优惠"),
    (("B型号25款豪华版轴距", "想看看现车"), "问现车情况"),
    (("白色的Q3探索版有现车吗",), "问现车情况"),
    (("S5 25尊享还有啥色", "24的呢"), "问车身颜色"),
)


@pytest.mark.parametrize(("turns", "follow"), [pytest.param(*rest, id=name) for name, *rest in TALKS])
def test_a_hurried_talk_goes_on(demo: Demo, turns: tuple[str, ...], follow: Next) -> None:
    memory, shown, _ = talked(demo, turns)
    assert wrong_in(demo, memory, follow, shown) == {}


@pytest.mark.parametrize(("turns", "question"), STANDARD, ids=lambda case: str(case)[:30])
def test_a_standard_question_in_these_words_is_heard(
    demo: Demo, turns: tuple[str, ...], question: str
) -> None:
    _, _, turn = talked(demo, turns)
    assert turn.reply.answer_source == "faq"
    assert question in [getattr(one, "question", "") for one in turn.reply.evidence]


@pytest.mark.parametrize("said", ["好 那我想想", "我再想想吧", "我想想啊"])
def test_who_thinks_it_over_is_led_through_no_choice(demo: Demo, said: str) -> None:
    memory, _, _ = talked(demo, ("R1后驱逐风版多少钱",))
    kept, turn = told(demo, memory, said)
    assert turn.reply.answer_type == "chitchat" and kept.entities == memory.entities


def test_a_standard_question_asked_of_each_car_is_not_answered_with_what_was_asked_before(demo: Demo) -> None:
    _, _, turn = talked(demo, ("Q3探索版油耗", "贷款利率多少", "有优惠吗", "城市版"))
    assert turn.reply.answer_source == "faq"


def test_a_car_that_has_no_such_value_is_asked_about(demo: Demo) -> None:
    _, _, turn = talked(demo, ("Q3探索版油耗", "怎么预约试驾", "E6长续航版"))
    assert turn.reply.answer_type == "clarify" and not turn.values


def test_a_change_of_subject_is_no_car_left_out(demo: Demo) -> None:
    _, _, turn = talked(demo, ("最便宜的七座车", "换个话题，北辰有哪些车系"))
    assert "北辰T3" in turn.reply.answer and turn.memory.recent == ()


def test_who_asks_back_what_to_take_is_told_those_that_are_left(demo: Demo) -> None:
    memory = Memory(state="question_intake")
    for said in ("想买个SUV", "你推荐呢"):
        memory, turn = told(demo, memory, said)
    assert turn.reply.rows_total == len(demo[2].expect(filtered("级别~SUV"))["rows"])
