"""What is understood of the grammar and of the units, whatever the words: each in two ways that must come to the same."""

from pathlib import Path

import pytest

from chatbot.knowledge_graph.plan import AnyOf, Condition, keyword_level
from chatbot.planning.groups import BrandGroup, brand_groups, group_clauses
from tests.kbqa.test_ways_of_asking import rows, talk

SAME = {
    "metres alone are the length": ("5米以上的车", "车长5米以上的车"),
    "a width in metres": ("宽1.9米以上的", "车宽不低于1900毫米的车"),
    "metres and tenths": ("长度不到4米6的车", "车长小于4.6米的车"),
    "a unit before Latin letters": ("25万到30万 SUV", "25万到30万的SUV有哪些"),
    "either of two, and a bound": ("7座或者6座的都行，30万以内", "30万以内的7座或6座的车"),
    "not, behind a question word": ("有没有不烧油的SUV", "不是汽油的SUV有哪些"),
    "those without": ("不带天窗的有吗", "没有天窗的车有哪些"),
    "one is enough to be not wanted": ("SUV，20万以内，油车就算了", "20万以内不要油车的SUV"),
    "no more than": ("带天窗的SUV，价格别超过20万", "带天窗的SUV，20万以内"),
    "a bare budget": ("轿车优先，预算25", "预算25万以内的轿车"),
    "one character for a kind": ("suv 20w内 油", "20万以内的汽油SUV"),
    "some ten thousands": ("几万块的车有没有", "10万以内的车有哪些"),
    "both ends of one attribute": ("油耗最低和最高分别是谁", "油耗最低的和油耗最高的分别是哪款"),
    "longer than a car": ("比X7旗舰版长的车", "车长超过5090毫米的车"),
    "the first syllable in letters": ("zui便宜的SUV", "最便宜的SUV"),
    "a count that begins a value": ("HUD标配 12核芯片", "有HUD，车机芯片是12核的车"),
    "a feature's name taken apart by a verb": (
        "哪款车是方向盘能加热的，20万以下",
        "有方向盘加热，20万以下的车",
    ),
    "what one can drive": ("我只会开自动挡的，10万以内", "10万以内的自动挡"),
    "a dialect's particle": ("有激光雷达滴有哪些", "有激光雷达的车有哪些"),
    "two features of one seat, and no word between": (
        "座椅通风加热都有的二十万以内的SUV",
        "有座椅通风和座椅加热，20万以内的SUV",
    ),
    "for somebody else": (
        "客户预算二十五到三十五，要六座以上，有哪些车可推",
        "预算25万到35万，6座以上的车有哪些",
    ),
    "a bound by its sound": ("SUV 15万一下", "SUV 15万以下"),
    "where they are listed": ("你们系统里有哪些增程的", "增程的车有哪些"),
    "which of two, twice said": ("V4省油还是Q5省油", "V4和Q5哪个省油"),
}


@pytest.mark.parametrize("said, plain", SAME.values(), ids=SAME)
def test_a_way_of_asking_comes_to_the_same_rows_as_the_plain_one(said: str, plain: str) -> None:
    assert rows(said) == rows(plain) != set()


TOLD = {
    "the year of the other": ("S5尊享和舒享2025款的价格", {"云岚S5 2025款 尊享版", "云岚S5 2025款 舒享版"}),
    "the version of the other": ("M9 25款和26款行政版差价", {"星屿M9 2025款 七座行政版", "星屿M9 2026款 七座行政版"}),
    "only the years differ": ("S5 24和25款尊享有啥变化", {"云岚S5 2024款 尊享版", "云岚S5 2025款 尊享版"}),
    "a year run on to a code": ("云岚S525款尊享版保修多久", {"云岚S5 2025款 尊享版"}),
    "a version before a year run on": ("七座行政版的M925款车重", {"星屿M9 2025款 七座行政版"}),
    "names of different cars stay apart": (
        "E6疾风版和C型号四驱性能版谁快",
        {"青羽E6 2025款 四驱疾风版", "C型号 2026款 四驱性能版"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("said, cars", TOLD.values(), ids=TOLD)
def test_what_is_said_of_one_name_is_meant_of_its_neighbour(said: str, cars: set[str]) -> None:
    assert {row.split(" ", 1)[1] for row in rows(said)} == cars


def test_several_values_are_counted_each() -> None:
    answer = talk("云岚和青羽各有多少款").answer
    assert "云岚汽车（9）" in answer and "青羽汽车（7）" in answer


def test_the_end_of_a_year_is_its_last_three_months() -> None:
    assert rows("2025年底上市的车") == {"松峦汽车 松峦V4 2025款 雅致版"}


def test_a_version_may_be_of_a_series_spoken_of_before() -> None:
    reply = talk("R1逐风多少钱", "20万以下的跑得快的", "第一个零百", "和逐风差几秒")
    assert "后驱逐风版 3.4s" in reply.answer


def test_the_one_with_a_value_is_another_than_the_one_in_focus() -> None:
    assert "四驱疾风版" in talk("青羽E6多少钱", "长续航的", "四驱的那个呢").answer


def test_a_value_picks_one_of_the_cars_offered_and_keeps_what_was_asked() -> None:
    assert "经销商报价是21.88万" in talk("松峦Q5价格", "四驱的").answer


def test_a_price_range_may_take_the_place_of_a_bound_as_a_whole() -> None:
    assert rows("预算15万", "混动", "换成15到20万") == rows("15万到20万的混动")


def test_one_of_the_cars_offered_may_be_picked_after_another() -> None:
    first, second = rows("北辰X7油耗多少", "第一个"), rows("北辰X7油耗多少", "第二个", "第一个呢")
    assert first == second != set()


def test_the_one_in_focus_stands_beside_the_cheapest_of_the_list() -> None:
    reply = talk("X7有哪些版本", "最贵的那个", "跟最便宜的差多少")
    assert "旗舰版 39.68万" in reply.answer and "2024款 进阶版 28.88万" in reply.answer


def test_the_first_few_are_all_meant_by_what_is_asked_next() -> None:
    assert rows("跑得最远的三款", "多少钱") == rows("跑得最远的三款")


def test_how_a_car_is_tells_the_usual_beside_what_is_asked() -> None:
    values = (talk("X7旗舰版怎么样，多少钱").rows or ())[0].values
    assert {"经销商报价", "轴距", "百公里加速时间"} <= {name.partition("(")[0] for name in values}


def test_of_two_attributes_that_no_version_has_both_of_it_is_asked_which() -> None:
    assert talk("V4价格和零百").answer_type == "clarify"


def test_both_ends_are_told_of_what_a_car_has_two_of() -> None:
    values = (talk("R1赛道版轮胎规格").rows or ())[0].values
    assert list(values) == ["前轮胎规格", "后轮胎规格"]


def test_the_other_kind_of_what_was_asked_needs_but_its_first_word() -> None:
    assert "综合续航里程" in talk("X7旗舰版纯电续航", "综合的呢").answer


def test_the_difference_of_two_is_in_what_was_asked_last() -> None:
    assert "最大扭矩" in talk("R1赛道版扭矩", "逐风版的扭矩", "俩差多少").answer


def test_a_misspelt_make_before_a_series_does_not_hide_what_is_asked() -> None:
    assert "4.9s" in talk("松蛮Q5四驱尊贵版百里加素几秒").answer


@pytest.mark.parametrize("said", ["销量最高的是哪款", "口碑最好的SUV", "颜值最高"])
def test_what_is_not_on_file_ranks_nothing(said: str) -> None:
    reply = talk(said)
    assert (reply.answer_type, reply.rows) == ("fallback", None)


@pytest.mark.parametrize("said", ["韩系有吗", "旅行车有没有"])
def test_a_kind_that_the_graph_has_none_of_is_said_to_be_missing(said: str) -> None:
    assert "没有“" in talk(said).answer


# -- groups of makes -----------------------------------------------------------------------------------------

_BRANDS = ("比亚迪", "吉利汽车", "宝马", "奔驰", "丰田")


def _brand(name: str) -> Condition:
    return Condition(keyword_level(1), "=", name)


@pytest.mark.parametrize(
    "word, brands",
    [("bba", ("奔驰", "宝马")), ("德系车", ("奔驰", "宝马")), ("国产", ("吉利汽车", "比亚迪")), ("日系的", ("丰田",))],
)  # fmt: skip
def test_a_group_is_any_of_its_makes_that_the_graph_has(word: str, brands: tuple[str, ...]) -> None:
    meant = group_clauses(brand_groups(), _BRANDS)[word]
    found = meant.clauses if isinstance(meant, AnyOf) else (meant,)
    assert set(found) == {_brand(name) for name in brands}


def test_of_a_group_without_a_make_in_the_graph_nothing_is_meant() -> None:
    assert group_clauses(brand_groups(), _BRANDS)["韩系"] is None


def test_the_operators_groups_add_to_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "groups.txt").write_text("# 自家\n自家: 比亚迪: 自家 自家的牌子\n", encoding="utf-8")
    groups = brand_groups(tmp_path)
    assert groups[-1] == BrandGroup(("比亚迪",), ("自家", "自家的牌子"))
    assert group_clauses(groups, _BRANDS)["自家的牌子"] == _brand("比亚迪")


def test_after_one_of_four_was_picked_which_ranks_all_four_and_two_are_not_guessed() -> None:
    asked = ("青羽E6多少钱", "长续航的")
    assert len(rows(*asked, "哪款续航长")) == 4
    assert "这4款里，纯电续航里程最高的是青羽E6 长续航版" in talk(*asked, "哪款续航最长").answer
    assert talk(*asked, "这俩差多少").answer_type == "fallback"


def test_a_number_of_a_list_is_not_told_beside_the_list() -> None:
    (evidence,) = talk("北辰T3自动精英版这车有多宽多长").evidence
    assert evidence.value == "4650*1800*1475"
    assert len(talk("北辰T3自动精英版多宽，轴距多少").evidence) == 2


@pytest.mark.parametrize(
    ("said", "attribute"),
    [
        ("R1赛道版 NM", "最大扭矩(N·m)"),
        ("北辰X7旗舰版 kw", "最大功率(kW)"),
        ("北辰X7旗舰版有350千瓦", "最大功率(kW)"),
        ("北辰X7旗舰版超没超过两吨半", "整备质量(kg)"),
        ("北辰X7旗舰版多少大洋", "经销商报价"),
        ("青羽E6智驾巅峰版现金报价", "经销商报价"),
        ("V4雅致版的整车质保期限", "整车质保"),
        ("C2青春版充满一回电得多长时间啊", "充电时间"),
        ("Q3探索版一箱油能跑老远不", "综合续航里程"),
        ("星屿M9行政版26年那款坐垫能不能加热", "主驾座椅加热"),
        ("赶时间 q5四驱尊贵 价", "经销商报价"),
    ],
)
def test_an_attribute_is_asked_for_in_few_words_or_in_everyday_ones(said: str, attribute: str) -> None:
    assert {one.path[-1] for one in talk(said).evidence} == {attribute}


@pytest.mark.parametrize("said", ["星屿都做些什么级别的车", "星屿主要出哪些级别的车", "星屿都有什么级别的车"])
def test_what_a_make_builds_is_told_by_kind(said: str) -> None:
    reply = talk(said)
    assert reply.answer.startswith("星屿汽车里，级别有 3 种")
