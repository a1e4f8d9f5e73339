"""Which of those told is meant, and that it is asked of that one: by a piece of its name, a value, a rank, its place, its year."""

import pytest

from tests.kbqa.talking import Demo, talked

E6, Q5, S5, X7 = "青羽汽车 青羽E6", "松峦汽车 松峦Q5", "云岚汽车 云岚S5", "北辰汽车 北辰X7"
FAST, LONG, VAN = f"{E6} 2025款 四驱疾风版", f"{E6} 2026款 长续航版", f"{E6} 2025款 后驱先锋版"
Q5_4, Q5_2 = f"{Q5} 2025款 四驱尊贵版", f"{Q5} 2025款 两驱乐享版"
TRACK = "星屿汽车 星屿R1 2026款 赛道版"
A_STANDARD, A_LONG = "某汽车品牌 A型号 2021款 标准续航升级版", "某汽车品牌 A型号 2021款 长续航版"
FLAG, GUEST, X7_25 = f"{X7} 2025款 旗舰版", f"{X7} 2025款 六座礼遇版", f"{X7} 2025款 进阶版"
S5_25, S5_LOW = f"{S5} 2025款 尊享版", f"{S5} 2025款 舒享版"

ONE = {
    "the other one, after the former": (("E6疾风多少钱", "Q5四驱呢", "前面那款油耗多少", "后面那款呢"), Q5_4, ""),
    "a piece of a name": (("E6疾风和R1赛道版哪个快", "赛道那个轴距多少"), TRACK, "轴距"),
    "a letter": (("A型号标准续航和X7旗舰版哪个便宜", "A那个车重多少"), A_STANDARD, "整备质量"),
    "a year": (("S5 24款尊享和25款尊享哪个贵", "那25那个油箱多大"), S5_25, "油箱容积"),
    "a rank, after another of them": (("X7旗舰、礼遇和进阶25款报价", "最便宜的那个轴距", "最贵的呢"), FLAG, "39.68万"),
    "a rank and what is asked": (("X7旗舰、礼遇和进阶25款报价", "最便宜的多重"), X7_25, "整备质量"),
    "a rank among those counted": (("X7旗舰、礼遇和进阶25款报价", "三个里最重的呢"), FLAG, "整备质量"),
    "the dearer one, after the cheaper": (("S5和Q5哪个便宜", "贵的轴距多少"), Q5_4, "轴距"),
    "a value, of which one has it too": (("Q5四驱尊贵版有HUD吗", "两驱有没有"), Q5_2, "HUD"),
    "a year and a value": (("Q5四驱尊贵版有HUD吗", "25款两驱的有吗"), Q5_2, "HUD"),
    "whether it is the same": (("Q5四驱的轴距", "两驱的也一样吗"), Q5_2, "轴距"),
    "whether it is like it": (("Q5四驱的轴距", "两驱也差不多吗"), Q5_2, "轴距"),
    "a value and a number": (("Q5四驱的轴距", "两驱呢 多少钱"), Q5_2, "16.98万"),
    "the one too dear": (("S5 25尊享油耗", "尊享太贵了 看舒享"), S5_LOW, "综合油耗"),
    "the one that was put in": (("E6疾风和Q5四驱哪个便宜", "疾风换成长续航", "它轴距多少"), LONG, "轴距"),
    "the first of a series": (("E6疾风和先锋差多少", "顶配是哪款"), f"{E6} 2026款 智驾巅峰版", ""),
    "a name typed with that": (("E6疾风和先锋差多少", "便宜内个轴距多少"), VAN, "轴距"),
    "a slip beside the car in focus": (("E6疾风多少钱", "慢冲要多久"), FAST, "慢充"),
    "a number and no more": (("E6疾风多少钱", "轴距", "快充"), FAST, "快充"),
    "the end of the last name": (("E6疾风座椅加热有吗", "先锋版有加热不"), VAN, "座椅加热"),
    "the value that was asked last": (("A型号标准续航是什么变速箱", "长续航版也是手动吗"), A_LONG, "不是"),
    "a value of what was asked last": (("B型号25豪华方向盘什么材质", "24豪华也是真皮吗"), "某汽车品牌 B型号 2024款 豪华版", "方向盘材质"),
    "whether the cheapest has it": (("七座的车哪个最便宜", "轴距多少", "有没有全景天窗"), "星屿汽车 星屿M9 2025款 七座商务版", "天窗类型"),
    "an extent, behind that car": (("E6疾风和先锋差多少", "疾风那个车长多少"), FAST, "长*宽*高"),
    "as it is said in Sichuan": (("E6疾风车重好多公斤", "先锋喃"), VAN, "整备质量"),
    "the range on electricity, corrected": (("X7 24进阶纯电多少", "打错了 25进阶"), X7_25, "纯电续航里程"),
    "whether it is so": (("E6疾风多少钱", "四驱的吗", "先锋呢"), VAN, "不是"),
    "the range on both": (("Q5四驱多少钱", "油电综合能跑多少", "光靠电呢"), Q5_4, "纯电续航里程"),
    "a year, over a standard question": (("Q5两驱25款油耗", "24款呢", "爆胎了怎么办", "24款轮胎多大"), f"{Q5} 2024款 两驱乐享版", "前轮胎规格"),
    "a rank, after a rank and what is asked": (("E6先锋、疾风、长续航 报价", "最贵的轴距", "最便宜的呢"), VAN, "17.98万"),
    "a remark beside what is asked": (("小型车有哪些", "青春版多少钱", "轴距多少 好停车不"), "云岚汽车 云岚C2 2024款 青春版", "轴距"),
    "the first, as the last": (("L8低配多少钱", "高配天窗什么样", "低配也是吗"), "云岚汽车 云岚L8 2025款 雅尚版", "普通电动天窗"),
    "back to the one before": (("S5 25舒享多少钱", "尊享呢", "那还是舒享吧 油耗多少"), S5_LOW, "综合油耗"),
    "the cheapest, names with a space between": (
        ("E6先锋 疾风 长续航 零百各多少", "最便宜那个续航"),
        VAN,
        "602",
    ),
    "more of what was asked": (("E6疾风有白的吗", "还有哪些颜色"), FAST, "车身颜色"),
    "another car taken back": (("S5 25尊享多少钱", "不是S5是Q5四驱尊贵"), Q5_4, "21.88万"),
}  # fmt: skip


@pytest.mark.parametrize("case", ONE, ids=str)
def test_the_one_that_is_meant_is_told_of(case: str, demo: Demo) -> None:
    turns, name, told = ONE[case]
    memory, _, turn = talked(demo, turns)
    assert memory.entities == (name,)
    assert turn.reply.answer_type == "answer"
    assert told in turn.reply.answer


BOTH = {
    "the first of its series against a named one": (
        ("E6先锋和疾风轴距", "顶配比先锋贵多少"),
        {f"{E6} 2026款 智驾巅峰版", VAN},
    ),
    "the first of three against a named one": (
        ("E6先锋、疾风、长续航 各多少", "最贵的比先锋贵多少"),
        {FAST, VAN},
    ),
    "one of the two, by a piece of its name": (
        ("S5 25尊享和Q5四驱尊贵哪个便宜", "松峦的贵多少"),
        {S5_25, Q5_4},
    ),
    "one of the two, by its value": (("Q5四驱和25两驱价格", "四驱贵多少"), {Q5_4, Q5_2}),
    "the one in focus, named again": (("E6长续航多少钱", "疾风呢", "疾风贵多少"), {FAST, LONG}),
    "the first of its series, by how much": (
        ("E6长续航多少钱", "顶配贵多少"),
        {f"{E6} 2026款 智驾巅峰版", LONG},
    ),
    "by how much, after whether it has it": (("S5舒享25有天窗没", "尊享的呢", "尊享贵多少"), {S5_25, S5_LOW}),
    "two, as Cantonese counts them": (("E6疾风几多钱", "先锋呢", "两部差几多"), {FAST, VAN}),
    "the range on the battery": (("E6疾风和先锋 纯电谁跑得远",), {FAST, VAN}),
    "all of them, names one after the other": (("X7旗舰 礼遇 进阶25款 轴距各多少",), {FLAG, GUEST, X7_25}),
    "what each costs": (("E6疾风、先锋 各多少",), {FAST, VAN}),
    "each of those with a space between": (("E6先锋 疾风 长续航 零百各多少",), {VAN, FAST, LONG}),
    "each of those behind their series": (("E6 先锋 疾风 长续航 都多少钱",), {VAN, FAST, LONG}),
    "all that were told, with what is asked next": (
        ("X7旗舰 礼遇 进阶各跑多少公里", "价格也报下"),
        {FLAG, GUEST, X7_25},
    ),
    "which car, of the two": (("E6疾风和先锋差多少", "哪个车更重"), {FAST, VAN}),
}


@pytest.mark.parametrize("case", BOTH, ids=str)
def test_those_that_are_meant_stand_side_by_side(case: str, demo: Demo) -> None:
    turns, names = BOTH[case]
    _, _, turn = talked(demo, turns)
    assert set(turn.reply.entities) == names


@pytest.mark.parametrize(
    "asked", ["有没有更便宜的S5", "有便宜点的S5吗", "S5还有更便宜的吗", "太贵了，有便宜点的S5吗"]
)
def test_those_cheaper_than_the_one_in_focus_are_listed_of_its_series(asked: str, demo: Demo) -> None:
    _, _, turn = talked(demo, ["S5 25尊享啥价", asked])
    assert len(turn.rows) == turn.reply.rows_total == 3


def test_which_of_one_alone_is_asked_about(demo: Demo) -> None:
    _, _, turn = talked(demo, ["E6长续航版多少钱", "哪个便宜"])
    assert turn.reply.answer_type == "fallback"


def test_by_how_much_one_is_larger_is_no_question_of_the_price(demo: Demo) -> None:
    _, _, turn = talked(demo, ["S5和L8都是油车吧", "哪个省油", "大多少"])
    assert turn.reply.answer_type != "answer"


def test_which_of_two_unknown_names_is_not_told_of_all(demo: Demo) -> None:
    _, _, turn = talked(demo, ["先锋和疾风 哪个划算"])
    assert turn.reply.answer_type != "answer"


def test_a_version_of_another_kind_is_said_not_to_be_there(demo: Demo) -> None:
    _, _, turn = talked(demo, ["Q5四驱尊贵多少钱", "燃油四驱尊贵呢"])
    assert turn.reply.answer_type == "fallback"


def test_what_was_spoken_of_before_a_standard_question_stays_over_what_was_asked_back(demo: Demo) -> None:
    turns = ["A型号长续航版车重", "怎么下定", "车多长", "标准续航升级版的呢", "哪个便宜"]
    _, _, turn = talked(demo, turns)
    assert set(turn.reply.entities) == {A_LONG, A_STANDARD}


def test_a_value_asked_after_a_standard_question_is_asked_back(demo: Demo) -> None:
    _, _, turn = talked(demo, ["Q3探索版多少钱", "怎么下定", "座椅是真皮吗"])
    assert turn.reply.answer_type == "clarify"
    assert turn.reply.suggestions[0] == "星屿Q3 探索版"


def test_how_many_each_has_is_told_of_all_that_were_listed(demo: Demo) -> None:
    _, _, turn = talked(demo, ["有激光雷达的车有哪些", "各有几颗"])
    assert turn.reply.rows_total == 4
    assert "3个" in turn.reply.answer


def test_an_average_after_a_range_is_of_the_same(demo: Demo) -> None:
    _, _, turn = talked(demo, ["轿车的价格区间", "那平均呢"])
    assert "16.34万元" in turn.reply.answer


@pytest.mark.parametrize("asked", ["车多宽", "多重", "快充功率"])
def test_an_attribute_alone_after_a_standard_question_is_asked_back_however_it_is_said(
    asked: str, demo: Demo
) -> None:
    _, _, turn = talked(demo, ["E6长续航版多少钱", "怎么下定", asked])
    assert turn.reply.answer_type == "clarify"
    assert turn.reply.suggestions[0] == "青羽E6 长续航版"


@pytest.mark.parametrize(
    "asked", ["有现车吗", "可以试驾马", "有现车马", "电池会自燃马", "家里没车位能装桩吗"]
)
def test_a_slip_in_a_standard_question_is_none_in_a_query(asked: str, demo: Demo) -> None:
    _, _, turn = talked(demo, ["E6长续航版多少钱", asked])
    assert turn.reply.answer_source == "faq"
