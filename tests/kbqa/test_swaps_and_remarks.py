"""Talks as strangers lead them: one of a pair is swapped, the newer one is asked for, a story stands behind the question."""

import pytest

from tests.kbqa.talking import Demo, talked
from tests.real_cars import needs_cars

E6, C2, B = "青羽汽车 青羽E6", "云岚汽车 云岚C2", "某汽车品牌 B型号"
PEAK, LONG = f"{E6} 2026款 智驾巅峰版", f"{E6} 2026款 长续航版"


@pytest.mark.parametrize(
    ("said", "pair"),
    [
        ("把疾风换成长续航版再比比", (LONG, "某汽车品牌 C型号 2026款 四驱性能版")),
        ("疾风换成巅峰版呢", (PEAK, "某汽车品牌 C型号 2026款 四驱性能版")),
        ("换成巅峰版再比", (PEAK, "某汽车品牌 C型号 2026款 四驱性能版")),
        ("把C型号换成V4都市版", ("松峦汽车 松峦V4 2025款 都市版", f"{E6} 2025款 四驱疾风版")),
    ],
)  # fmt: skip
def test_one_of_two_that_are_compared_is_swapped_and_the_new_one_comes_first(
    said: str, pair: tuple[str, ...], demo: Demo
) -> None:
    _, _, turn = talked(demo, ["C四驱性能版和E6疾风哪个加速快", said])
    assert turn.reply.entities == pair
    assert turn.reply.plan
    assert turn.reply.plan.op == "compare"


def test_what_is_swapped_for_a_kind_is_no_swap_of_two(demo: Demo) -> None:
    _, _, turn = talked(demo, ["E6先锋版和C型号智享版续航谁强", "换成SUV呢"])
    assert turn.reply.rows_total == 18


@pytest.mark.parametrize(
    ("talk", "entity"),
    [
        (["云岚c2青春版能跑多少公里", "活力版呢新的那款"], f"{C2} 2025款 活力版"),
        (["B型号豪华版25款和24款马力各多少", "老款有座椅通风么"], f"{B} 2024款 豪华版"),
        (["e3智行26款和25款快充哪个快", "老的那款续航"], "青羽汽车 青羽E3 2025款 智行版"),
        (["M9行政版25和26差多少钱", "新的那款快充多久", "老的呢"], "星屿汽车 星屿M9 2025款 七座行政版"),
        (["L8两款哪个马力大", "大的那个多少钱"], "云岚汽车 云岚L8 2025款 御享版"),
        (["L8两款哪个马力大", "大的那个多少钱", "另一个呢"], "云岚汽车 云岚L8 2025款 雅尚版"),
        (["Q5尊贵版、M9商务版、A型号长续航版哪个油耗最低", "七座那个多少钱"], "星屿汽车 星屿M9 2025款 七座商务版"),
        (["B型号24豪华和25豪华哪个省油", "该款支持自动泊车吗"], f"{B} 2025款 豪华版"),
        (["Q5四驱的那个多少钱来着", "25款两驱的呢"], "松峦汽车 松峦Q5 2025款 两驱乐享版"),
        (["Q5 25款两驱多少钱", "四驱的离地间隙多高"], "松峦汽车 松峦Q5 2025款 四驱尊贵版"),
        (["你们T3有没有四驱的", "那X7呢", "最便宜的多少钱", "它油耗呢"], "北辰汽车 北辰X7 2024款 进阶版"),
    ],
)  # fmt: skip
def test_which_of_those_told_is_meant(talk: list[str], entity: str, demo: Demo) -> None:
    _, _, turn = talked(demo, talk)
    assert turn.reply.entities == (entity,)


def test_the_other_two_of_three(demo: Demo) -> None:
    talk = ["Q5尊贵版、M9商务版、A型号长续航版哪个油耗最低", "七座那个多少钱", "另外两个呢"]
    _, _, turn = talked(demo, talk)
    assert len(turn.reply.entities) == 2


def test_whether_there_are_any_others_is_asked_of_the_series(demo: Demo) -> None:
    _, _, turn = talked(demo, ["E6先锋版多少钱", "有没有四驱的"])
    assert turn.rows == [f"{E6} 2025款 四驱疾风版", PEAK]


def test_whether_one_is_so_retells_nothing(demo: Demo) -> None:
    _, _, turn = talked(demo, ["M9行政版25和26差多少钱", "26款是不是四驱"])
    assert turn.reply.plan
    assert turn.reply.plan.op == "verify"


def test_a_kind_asked_for_while_a_car_is_spoken_of_is_looked_for(demo: Demo) -> None:
    _, _, turn = talked(demo, ["B型号舒适版后备箱多大", "后备箱530升以上的suv 20万内有吗"])
    assert turn.reply.rows_total == 2
    _, _, turn = talked(demo, ["B型号舒适版后备箱多大", "后备箱530升以上的suv 20万内有吗", "这两个离地多少"])
    assert {"松峦Q5" in name for name in turn.reply.entities} == {True}


def test_how_many_are_so_called_is_no_price_of_one(demo: Demo) -> None:
    _, _, turn = talked(demo, ["MPV有哪几款", "行政版的有几款"])
    assert "2 款" in turn.reply.answer


@pytest.mark.parametrize("said", ["充电时间都发我", "充电时间各多少"])
def test_both_of_two_told_one_after_the_other(said: str, demo: Demo) -> None:
    _, _, turn = talked(demo, ["Q3城市版多少钱", "探索版呢", said])
    assert len(turn.reply.entities) == 2


@pytest.mark.parametrize(
    ("said", "told"), [("B型号24豪华和25豪华上市时间差多少", "更晚，前后差约 14 个月"), ("B型号24豪华和25豪华哪个上市早", "更早")]
)  # fmt: skip
def test_dates_are_later_or_earlier(said: str, told: str, demo: Demo) -> None:
    _, _, turn = talked(demo, [said])
    assert told in turn.reply.answer


@pytest.mark.parametrize("said", ["快充要多久", "快充功率"])
def test_an_attribute_by_its_name_is_no_standard_question_that_holds_the_word(said: str, demo: Demo) -> None:
    _, _, turn = talked(demo, [said])
    assert turn.reply.answer_type == "clarify"


@pytest.mark.parametrize("said", ["你们代理哪些品牌", "贵公司都卖什么牌子"])
def test_what_is_sold_here(said: str, demo: Demo) -> None:
    _, _, turn = talked(demo, [said])
    assert "品牌有 6 种" in turn.reply.answer


def test_a_remark_behind_a_question_of_one_car_is_left_aside(demo: Demo) -> None:
    _, _, turn = talked(demo, ["E6长续航多高 我家地库限高一米八"])
    assert "4905*1900*1445" in turn.reply.answer


def test_what_a_search_leaves_aside_is_named(demo: Demo) -> None:
    _, _, turn = talked(demo, ["最便宜的SUV 要能放婴儿车"])
    assert turn.reply.answer.startswith("SUV里，经销商报价最低的是云岚S5 2024款 舒享版")
    assert "“要能放婴儿车”没有当作条件" in turn.reply.answer


def test_starting_over_is_no_remark(demo: Demo) -> None:
    _, _, turn = talked(demo, ["E6长续航多少钱", "太贵了 不看这个了 重新来"])
    assert turn.reply.why == "start over"


@needs_cars
@pytest.mark.parametrize(
    ("talk", "value"),
    [
        (["gl8陆尊先享版车长多少 怕车位停不下"], "5219"),
        (["红旗国耀尊爵旗舰四座车长报一下 怕地库拐不过弯"], "5695"),
        (["唐L纯电670旗舰多重"], "2675"),
        (["秦L插混80领先多少钱"], "DM-i 80KM领先型"),
        (["途昂x三八零四驱龙耀版多少钱"], "28.90万"),
        (["普拉多24悍野六座刹车距离"], "40.17"),
        (["海狮07 EV 610长续航版多宽"], "4830*1925*1620"),
        (["25汉ev智驾605尊荣多少钱", "打错了 是701尊荣"], "19.98万"),
        (["揽境24款豪华佳境pro六座多少钱", "七座的呢"], "豪华佳境Pro 众享款 7座"),
        (["威然旗舰版多少钱", "豪华版能省多少"], "差 9.3万元"),
        (["亚洲狮 2.0L 先锋版多少钱", "入门款和顶配差多少"], "差 3.8万元"),
    ],
)
def test_real_cars_in_strangers_words(talk: list[str], value: str, real: Demo) -> None:
    assert value in talked(real, talk)[2].reply.answer
