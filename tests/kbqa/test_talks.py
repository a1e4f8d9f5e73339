"""Talks as people have them who were never asked before: pointing, correcting, widening, going back; and what must hold of any."""

import re
from collections.abc import Iterator

import pytest

from chatbot.reply import GraphEvidence
from chatbot.session.base import Memory
from tests.kbqa.carry_table import (
    AC,
    DRIFT,
    E6,
    FU,
    Q5,
    RG,
    TRACK,
    TRUNK,
    WB,
    X7,
    Next,
    P,
    always,
    asked_whether,
    compared,
    either,
    filtered,
    looked_up,
    ranked,
)  # fmt: skip
from tests.kbqa.talking import Demo, talked, told, wrong_in
from tools.evaluate.kg_judge import Turn

PEAK, GALE, VAN = "青羽E6|智驾巅峰版", "青羽E6|四驱疾风版", "青羽E6|后驱先锋版"
S5_25, S5_24 = "云岚S5|2025款|尊享版", "云岚S5|2024款|尊享版"
S5_LOW = "云岚S5|2025款|舒享版"
C2_24, C2_25 = "云岚C2|2024款|活力版", "云岚C2|2025款|活力版"
B24, B24_LOW, B25 = "B型号|2024款|豪华版", "B型号|舒适版", "B型号|2025款|豪华版"
M9_CHEAP, M9_DEAR = "星屿M9|七座商务版", "星屿M9|2026款|七座行政版"
NOT_SONGLUAN = ("能源类型=插电式混合动力", "级别~SUV", "!品牌=松峦汽车")
SEVEN = ("座位数(个)=7",)

TALKS: tuple[tuple[str, tuple[str, ...], Next], ...] = (
    ("particles only colour", ("R1赛道版撒价",), Next("", "逐风的呢撒|逐风的咧|逐风版嘞|那逐风的喃", always(looked_up([DRIFT], P)))),
    ("the dearer one is told by its price", ("想看看跑车", "赛道版多少钱"), Next("", "太贵了，便宜的那个呢|便宜那款呢|便宜的呢", always(looked_up([DRIFT], P)))),
    ("dearer of all that the cheapest was of", ("七座的车哪个便宜", "多少钱"), Next("", "贵的那个呢|最贵的那个呢", always(either(looked_up([M9_DEAR], P), ranked(P, "desc", *SEVEN))))),
    ("an excluded version", ("20万以上的车", "六座的", "2025款的"), Next("", "旗舰版就算了|旗舰版不要|不要旗舰版", always(filtered("经销商报价>=200000", "座位数(个)=6", "名称~2025款", "!名称~旗舰版")))),
    ("an excluded series", ("纯电的",), Next("", "不要C型号|C型号就算了|去掉C型号", always(filtered("能源类型=纯电动", "!名称~C型号")))),
    ("what was excluded is wanted again", ("插混SUV有哪些", "不看松峦"), Next("", "算了松峦也看|松峦也行|加上松峦也行", always(filtered(*NOT_SONGLUAN[:2])))),
    ("the first two of a list", ("续航最长的三款车", "第一个多少钱", "第三个呢"), Next("", "前两个差多少钱|前面两个差多少钱|头两款差多少钱", always(compared(P, E6, PEAK)))),
    ("all of a list, after one of it", ("15到20万的SUV", "第一个的轴距"), Next("", "上面那几个哪个最省油|这几款哪个最省油", always(compared(FU, "松峦Q5|2024款|两驱乐享版", "松峦Q5|2025款|两驱乐享版", B24, B25)))),
    ("the last but one", ("9万到13万的车有哪些",), Next("", "倒数第二个是什么|倒数第二个多少钱", lambda s: looked_up(s[-2:-1], P))),
    ("the middle one", ("B型号三款都多少钱",), Next("", "中间那个呢|中间那款呢", lambda s: looked_up(s[1:2], P))),
    ("of three told one by one", ("E6巅峰版多少钱", "疾风呢", "先锋版呢"), Next("", "三个那个最便宜|三个里面哪个最便宜|三款里头最便宜的", always(compared(P, PEAK, GALE, VAN)))),
    ("the price of three", ("B型号25款豪华版油耗", "24款豪华版呢", "舒适版呢"), Next("", "三个价格|三个价格呢", always(looked_up([B25, B24, B24_LOW], P)))),
    ("the dearest against the cheapest", ("插混的有几款", "最贵那款"), Next("", "跟最便宜那款差多少|和最便宜的差多少", always(compared(P, M9_DEAR, "星屿Q3|城市版")))),
    ("by a unit", ("E6巅峰版加速几秒", "疾风版呢"), Next("", "差几秒|这俩差几秒|慢几秒", always(compared(AC, PEAK, GALE)))),
    ("how much more it burns", ("云岚S5舒享25的油耗", "尊享呢"), Next("", "多烧多少|差多少|差多少油耗", always(compared(FU, S5_LOW, S5_25)))),
    ("two of one name", ("云岚C2 25款活力版续航",), Next("", "两个活力版差多少钱|两款活力版差多少钱", always(compared(P, C2_24, C2_25)))),
    ("against what is in focus", ("C型号四驱性能版的快充功率",), Next("", "vs E6巅峰版|跟E6巅峰版比呢", always(compared("快充功率(kW)", "C型号|四驱性能版", PEAK)))),
    ("one of two by its degree first", ("E6长续航版加速", "先锋版呢", "他们两个谁快"), Next("", "好那个快的续航多少|那个快的续航呢", always(looked_up([E6], RG)))),
    ("which of two has it", ("云岚S5尊享版25款多少钱", "舒享版呢"), Next("", "哪个带天窗|有天窗的是哪款|哪款有天窗", always(filtered("名称~云岚S5", "名称~2025款", "天窗类型?有")))),
    ("taken to be so", ("B型号25款豪华版多少钱", "那24款豪华版呢", "两个都有座椅通风吗"), Next("", "那就是说有天窗咯|都有天窗对吧|有天窗是吧", always(asked_whether([B25, B24], "天窗类型")))),
    ("as many as are said", ("星屿的车有哪些", "MPV的"), Next("", "两台25款的差多少|两台25款的差多少钱", always(compared(P, M9_CHEAP, "星屿M9|2025款|七座行政版")))),
    ("cheaper ones of the same list", ("15万以内的SUV", "天窗必须有", "油耗最低的是哪个"), Next("", "还有比它便宜的吗|还有没有比它便宜的", always({"op": "better", "where": ["级别~SUV", "天窗类型?有", "经销商报价<143800"]}))),
    ("the budget goes up", ("12万以内的轿车",), Next("", "预算再加3万|再加3万呢|再涨三万", always(filtered("级别~轿车", "经销商报价<=150000")))),
    ("the budget goes down", ("25万以内的轿车",), Next("", "预算降五万|再降5万|预算减五万", always(filtered("级别~轿车", "经销商报价<=200000")))),
    ("or else", ("20万以内的车", "四驱最好"), Next("", "没有就两驱吧|没有的话两驱也行", always(filtered("经销商报价<=200000", "驱动方式~四驱 || 驱动方式~前驱 || 驱动方式~后驱")))),
    ("whom it is for", ("预算15万左右",), Next("", "给老婆开|给我媳妇儿买的|上下班用|平时接送孩子", always(filtered("经销商报价>=135000", "经销商报价<=165000")))),
    ("an answer of the FAQ between", ("Q3探索版多少钱", "首付最低多少"), Next("", "那它油耗多少|它的油耗|这台油耗多少", always(looked_up(["星屿Q3|探索版"], FU)))),
    ("pointed at with another word beside", ("10万以内的车", "续航300以上"), Next("", "就第二个吧，它续航多少|第二个吧 它续航多少", lambda s: looked_up(s[1:2], RG))),
    ("whether of one", ("Q5四驱尊贵版油耗",), Next("", "那个后备箱大不大|然后那个后备箱大不大呢", always(looked_up([Q5], TRUNK)))),
    ("thirty is not ten", ("六座的车有哪些",), Next("", "那三十二万以内的呢|三十二万以内的", always(filtered("座位数(个)=6", "经销商报价<=320000")))),
    ("back to one of before", ("E6长续航多少钱", "E3 25款智行呢"), Next("", "回到E6，它加速多少|再说回E6，加速呢", always(looked_up([E6], AC)))),
    ("no jump by the year", ("E6长续航多少钱",), Next("", "E3悦动呢|那E3悦动版呢", always(looked_up(["青羽E3|悦动版"], P)))),
)  # fmt: skip

ASKED_BACK: tuple[tuple[str, tuple[str, ...], Next], ...] = (
    ("a year", ("云岚S5尊享版的价格",), Next("", "是二〇二五款的|25款的那个|25年那个|25的吧|二五款", always(looked_up([S5_25], P)))),
    ("a piece of the name", ("青羽E6多少钱",), Next("", "先锋的|先锋那款|就是先锋版|后驱先锋那个", always(looked_up([VAN], P)))),
    ("its place", ("云岚S5尊享版的价格",), Next("", "第一个|1|前面那个", always(looked_up([S5_24], P)))),
    ("all of them", ("云岚S5尊享版的价格",), Next("", "都说说|两个都说说|都报一下吧|都行|随便", always(looked_up([S5_24, S5_25], P)))),
    ("the cheaper one", ("云岚S5尊享版的价格",), Next("", "便宜的那个|便宜那个", always(looked_up([S5_24], P)))),
    ("the whole series", ("青羽E6多少钱",), Next("", "最便宜的是哪款|哪款最便宜", always(ranked(P, "asc", "名称~青羽E6")))),
)  # fmt: skip


@pytest.mark.parametrize(("turns", "follow"), [pytest.param(*rest, id=name) for name, *rest in TALKS])
def test_a_talk_goes_on(demo: Demo, turns: tuple[str, ...], follow: Next) -> None:
    memory, shown, _ = talked(demo, turns)
    assert wrong_in(demo, memory, follow, shown) == {}


@pytest.mark.parametrize("said", ["那第二便宜的呢", "次便宜的呢"])
def test_the_second_cheapest_is_of_the_list_that_was_shown(demo: Demo, said: str) -> None:
    talk = ("20万以内的SUV有哪些", "最便宜的", "它有天窗吗", said)
    assert talked(demo, talk)[2].rows == [_whole(demo, "云岚S5 2025款 舒享版")]


@pytest.mark.parametrize(("turns", "follow"), [pytest.param(*rest, id=name) for name, *rest in ASKED_BACK])
def test_which_is_meant_may_be_said_in_any_way(demo: Demo, turns: tuple[str, ...], follow: Next) -> None:
    memory, shown, asked = talked(demo, turns)
    assert asked.reply.answer_type == "clarify"
    assert wrong_in(demo, memory, follow, shown) == {}


@pytest.mark.parametrize("said", ["都不是", "不是这几个", "都不对"])
def test_none_of_those_offered_is_asked_again_and_nothing_is_carried(demo: Demo, said: str) -> None:
    memory, _, turn = talked(demo, ("云岚S5尊享版的价格", said))
    assert turn.reply.answer_type == "clarify"
    assert memory.pending is None and not turn.values


@pytest.mark.parametrize(
    "opening",
    ["20万以内的SUV有哪些", "六座以上的车都有啥", "纯电轿车按价格从低到高", "有天窗的车", "续航最长的五款", "星屿的车有哪些"],
)  # fmt: skip
def test_pointing_by_place_gives_exactly_that_row(demo: Demo, opening: str) -> None:
    memory, rows, _ = talked(demo, (opening,))
    assert len(rows) > 1
    for place, row in enumerate(rows[:5], 1):
        for said in (f"第{place}个轴距多少", f"第{'一二三四五'[place - 1]}款的轴距"):
            turn = told(demo, memory, said)[1]
            assert turn.rows == [row], (opening, said)
    assert told(demo, memory, "最后一个轴距多少")[1].rows == [rows[-1]] or len(rows) > 20


def test_after_a_switch_of_car_no_value_of_the_old_one_is_stated(demo: Demo) -> None:
    for first, second in _pairs(demo):
        for said in (f"那{second}呢", f"换成{second}", f"不是这个，我说的是{second}"):
            memory, _, turn = talked(demo, (f"{first}的轴距", said))
            spoken = {entity for entity, _, _ in turn.values}
            assert spoken <= {_whole(demo, second)} and memory.entities == (_whole(demo, second),), said


def test_a_reply_names_the_car_whose_value_it_gives(demo: Demo) -> None:
    short = demo[1].graph.short_names
    for turns in [(*rest[0], rest[1].wordings[0]) for _, *rest in (*TALKS, *ASKED_BACK)]:
        memory = Memory(state="question_intake")
        for said in turns:
            memory, turn = told(demo, memory, said)
            for entity in _told_of(turn):
                assert short[entity] in turn.reply.answer or entity in turn.reply.answer, (turns, said)


def test_the_rest_of_an_ask_back_is_not_lost_by_a_word_that_is_not_understood(demo: Demo) -> None:
    _, _, turn = talked(demo, ("云岚S5尊享版的价格", "嘟噜嘟噜", "25款的"))
    assert [entity for entity, _, _ in turn.values] == [_whole(demo, "云岚S5 2025款 尊享版")]


FAQ_TALKS = (
    (("怎么预约试驾", "要带什么证件"), "试驾要带什么证件"),
    (("怎么预约试驾", "提车要带什么证件"), "提车要带什么证件"),
    (("家用充电桩怎么安装", "多少钱"), "安装充电桩要花多少钱"),
    (("附近的门店在哪", "几点关门"), "门店几点营业"),
    (("怎么预约试驾", "要多久"), "怎么预约试驾"),
    (("怎么预约试驾", "收费吗"), "怎么预约试驾"),
    (("门店几点营业", "可以试驾吗"), "怎么预约试驾"),
    (("辅助驾驶怎么开启", "怎么订车"), "怎么下定买车"),
    (("购车发票怎么开", "油电怎么选"), "油车和电车怎么选"),
)
_CAR = "青羽E6 2026款长续航版的价格"
BESIDE_A_CAR = (
    ("配件多少钱", "配件价格在哪查"),
    ("装个桩贵不贵", "安装充电桩要花多少钱"),
    ("儿童座椅怎么装", "儿童座椅怎么安装"),
    ("屏幕卡死了", "车机卡顿怎么办"),
    ("能以旧换新吗", "旧车怎么以旧换新"),
    ("电池安全吗", "电池会不会着火"),
    ("加什么油", "加多少号汽油"),
    ("有点贵啊，有优惠吗", "问厂家优惠"),
    ("那买长续航的吧，多久能提", "问提车周期"),
)


@pytest.mark.parametrize(("turns", "question"), FAQ_TALKS, ids=lambda case: str(case)[:30])
def test_what_follows_an_answer_is_read_with_what_it_was_about(
    demo: Demo, turns: tuple[str, ...], question: str
) -> None:
    _, _, turn = talked(demo, turns)
    assert question in [getattr(one, "question", "") for one in turn.reply.evidence]


@pytest.mark.parametrize(("said", "question"), BESIDE_A_CAR)
def test_a_standard_question_is_heard_while_a_car_is_spoken_of(demo: Demo, said: str, question: str) -> None:
    _, _, turn = talked(demo, (_CAR, said))
    assert turn.reply.answer_source == "faq"
    assert question in [getattr(one, "question", "") for one in turn.reply.evidence]


@pytest.mark.parametrize("said", ["质保几年", "能自动泊车吗", "充电要多久"])
def test_what_the_graph_tells_of_the_car_spoken_of_is_told_of_it(demo: Demo, said: str) -> None:
    _, _, turn = talked(demo, (_CAR, said))
    assert turn.reply.answer_source == "kg" and {entity for entity, _, _ in turn.values} == {
        _whole(demo, "青羽E6 2026款 长续航版")
    }


def test_a_word_that_no_answer_speaks_of_is_asked_about_and_not_guessed(demo: Demo) -> None:
    _, _, turn = talked(demo, ("首付最低多少", "收费吗"))
    assert turn.reply.answer_type == "recommend"


def test_a_value_that_only_names_a_version_is_no_attribute_that_is_asked_for(demo: Demo) -> None:
    _, _, turn = talked(demo, ("松峦Q5四驱尊贵版多少钱",))
    assert {leaf for _, leaf, _ in turn.values} == {P}


def _pairs(demo: Demo) -> Iterator[tuple[str, str]]:
    """Cars whose short names are unambiguous, each with one of another series that has a wheelbase too."""
    names = [e.name.partition(" ")[2] for e in demo[1].graph.entities if re.search("[A-Z]", e.name)]
    return zip(names, names[7:], strict=False)


def _whole(demo: Demo, name: str) -> str:
    return next(e.name for e in demo[1].graph.entities if e.name.endswith(name))


def _told_of(turn: Turn) -> set[str]:
    """The cars of the first values that a reply states: the rest of a long table is a click away."""
    if turn.reply.plan is None or turn.reply.plan.op not in ("lookup", "verify"):
        return set()
    return {one.entity for one in turn.reply.evidence if isinstance(one, GraphEvidence)}


def test_the_car_before_is_x7_of_all(demo: Demo) -> None:
    _, _, turn = talked(demo, ("X7旗舰版多重", "那Q5四驱尊贵版呢", "前面那款的轴距"))
    expected = demo[2].expect(looked_up([X7], WB))
    assert not turn.rows or expected["rows"] == turn.rows


def test_two_that_won_are_not_swapped(demo: Demo) -> None:
    _, _, turn = talked(demo, ("星屿R1赛道版和逐风版哪个快", "贵的那个多少钱", "另一个呢"))
    assert turn.rows == demo[2].expect(looked_up([DRIFT], P))["rows"]
    assert TRACK.split("|")[1] not in "".join(turn.rows)
