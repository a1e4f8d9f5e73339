"""Names of real cars as people type and say them, and questions that no attribute of them tells."""

import pytest

from tests.kbqa.talking import Demo, talked
from tests.real_cars import needs_cars

TOLD = (
    ("宋plusdmi112尊贵型智驾版破百要几秒", "7.7"),  # run together
    ("hai bao 06 gt 505 hai lang ban duo shao qian", "13.68万"),  # spaced pinyin
    ("海狮o7ev 610长续航版价位", "19.98万"),  # o for 0
    ("宝马叉五四十li曜夜套装多重", "2271"),  # dictated
    ("奔驰c260l4matic运动版2025改款零百", "7.6"),
    ("Macan T多少钱", "62.80万"),  # a letter that is a word of one name
    ("Model 3 2025款后驱版最大功率", "后轮驱动版"),
    ("途岳月尊板多少钱", "19.76万"),
    (
        "25款奥迪q5l 45豪华动感 报价 非典藏",
        "奥迪Q5L 2025款 45 TFSI 豪华动感型的厂商指导价是45.38万",
    ),  # a piece denied
    ("奔驰C260L皓夜（不是改款）油耗", "奔驰C级 C 260 L 皓夜运动版的WLTC综合油耗是6.45"),
    ("凌渡炫辣版二百八的油耗", "5.88"),  # a number said short, behind the version
    (
        "帕拉梅拉4S行政加长2.9t马力",
        "它的发动机是2.9T 441马力 V6",
    ),  # a piece of every name is no condition
    (
        "唐L ev 670旗舰几座的",
        "没有单列唐L EV 670KM激光雷达旗舰型的座位数，它的车身结构是5门7座SUV",
    ),  # the body tells it where the seats are not on record
)
TOLD += (
    ("911 carrera 3.0t最大功率", "283"),  # its T is that of the engine
    ("macan 2.0t多少钱", "57.80万"),
    ("911达卡版多少钱", "228.80万"),  # a word of the maker's, as it sounds
    ("911塔加4s最大功率", "331"),
    (
        "雅阁旗舰e:phev价格",
        "25.88万",
    ),  # of the other kind of the series, though pieces of the name come before it
    ("途锐锐尊版不要火山岩的零百", "锐尊版的官方0-100km/h加速是5.9"),  # a piece that is not wanted
    ("途锐 火山岩不要 就普通锐尊零百", "锐尊版的官方0-100km/h加速是5.9"),
    ("普通途昂530龙耀多少钱", "35.90万"),  # and no 途昂X
    ("海狮07四驱智航比610长续航贵多少", "差 4万元"),  # 610长续航 is a name, and no bound
    ("cltc690以上的suv", "CLTC纯电续航里程≥690km"),  # a number right behind a word of letters
    ("特斯拉几款", "一共 8 款"),  # 拉几款 would be a wish
    ("比汉EV605KM尊贵型便宜的汉有哪些", "汉：找到 4 款"),  # a series of one character, said again
)
NOT_TOLD = ("迈腾280TSI舒适型保养一次多少钱", "迈腾280TSI舒适型洗车要花多少钱", "迈腾280TSI舒适型充电线多长")
TALKS = (
    (("型格15万以内的", "思域呢"), "劲骋版"),  # the series' place is taken
    (("奔驰EQE 500先锋版续航够不够700", "那到底多少"), "681"),
    (("奥迪A6L改款45四驱臻选动感零百", "不是45，我问55旗舰动感", "多少钱"), "65.68万"),
    (("红旗轿车30万以下有啥", "电的呢", "eh7那款充电要多久"), "0.33"),  # of the list, not of all EH7
    (("思域22款劲控和燃擎哪个重", "型格手动极速25款两厢的呢"), "1341"),
    (("奔驰s400l商务25款多少钱", "740li领先豪华呢"), "106.90万"),  # a code of one series alone
    (("model 3高性能版续航", "汉ev智驾701尊荣呢"), "701"),  # a series of one character
    (("crv混动四驱智尊多少钱", "汽油的四驱臻享呢"), "23.19万"),  # of what kind, then the version
    (("gl8插混尊享7座多少钱", "油的先享呢"), "26.99万"),  # of the other kind of its series
    (("汉ev智驾605尊荣多少钱", "701尊荣呢", "比605便宜的汉还有吗"), "厂商指导价＜18.98万、汉：找到 3 款"),
    (("红旗H5智联旗悦版油耗", "那个混动旗畅的呢", "那混动的多少钱"), "智联旗畅版的厂商指导价是19.98万"),
    (("别克世纪有几款", "四座那个多少钱", "七座的呢"), "46.99万"),
    (("海狮07ev610长续航版多少钱", "550四驱版呢"), "23.98万"),
    (("汉兰达四驱至尊双擎跟380t至尊油耗差多少", "双擎的贵多少"), "差 1.4万元"),  # of others too, of one told
    (
        ("汉兰达四驱至尊双擎跟380t至尊油耗差多少", "双擎的贵多少", "双擎那款油箱多大"),
        "四驱至尊版 7座的油箱容积是65 L",
    ),
)


@needs_cars
@pytest.mark.parametrize(("said", "value"), TOLD)
def test_a_name_as_it_is_typed_or_said_finds_its_car(said: str, value: str, real: Demo) -> None:
    assert value in talked(real, (said,))[2].reply.answer


@needs_cars
@pytest.mark.parametrize("said", NOT_TOLD)
def test_what_no_attribute_tells_is_no_acceleration(said: str, real: Demo) -> None:
    reply = talked(real, (said,))[2].reply
    assert reply.answer_type != "answer"
    assert not reply.evidence


@needs_cars
@pytest.mark.parametrize(("turns", "value"), TALKS)
def test_a_talk_goes_on_with_what_takes_its_place(turns: tuple[str, ...], value: str, real: Demo) -> None:
    assert value in talked(real, turns)[2].reply.answer


@needs_cars
@pytest.mark.parametrize("asked", ["宝马有什么能源类型的车", "宝马有啥能源类型", "宝马有什么能源的车"])
def test_what_there_is_of_a_make_is_told_as_by_which(asked: str, real: Demo) -> None:
    assert talked(real, (asked,))[2].reply.answer == talked(real, ("宝马有哪些能源类型",))[2].reply.answer


@needs_cars
@pytest.mark.parametrize("said", ["宝马有什么变速箱", "宝马有什么驱动方式的车"])
def test_what_few_have_on_record_is_not_told_as_what_there_is(said: str, real: Demo) -> None:
    assert talked(real, (said,))[2].reply.answer_type == "clarify"


@needs_cars
@pytest.mark.parametrize("asked", ["纯电的有哪些", "SUV有几款", "最便宜的呢"])
def test_a_make_of_which_one_was_to_be_picked_stays_the_scope(asked: str, real: Demo) -> None:
    _, _, turn = talked(real, ("宝马多少马力", asked))
    assert "宝马" in turn.reply.answer
    assert turn.reply.plan is not None
    assert "宝马" in str(turn.reply.plan.conditions)


@needs_cars
def test_another_make_is_asked_the_same_where_one_was_to_be_picked(real: Demo) -> None:
    reply = talked(real, ("宝马多少马力", "奔驰呢"))[2].reply
    assert reply.answer_type == "clarify"
    assert "马力" in reply.answer


@needs_cars
@pytest.mark.parametrize(
    "said",
    [
        "30万以内的劳斯莱斯",
        "纯电或增程，25万到30万",
        "宋plusdmi冠军版多少钱",
        "海豚19款最便宜的",
        "海豹08多少钱",
    ],
)
def test_what_is_not_there_is_said_not_to_be_there(said: str, real: Demo) -> None:
    reply = talked(real, (said,))[2].reply
    assert "资料里没有" in reply.answer
    assert not reply.evidence
