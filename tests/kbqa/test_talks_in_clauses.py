"""What a message of several clauses comes to, and how the next one goes on: with bounds, versions, names and either-or."""

import pytest

from tests.kbqa.talking import Demo, talked

S5, Q5, E6, C = "云岚汽车 云岚S5", "松峦汽车 松峦Q5", "青羽汽车 青羽E6", "某汽车品牌 C型号"
A_BOTH = {"某汽车品牌 A型号 2021款 标准续航升级版", "某汽车品牌 A型号 2021款 长续航版"}


def test_a_standard_question_behind_a_choice_is_of_the_one_taken(demo: Demo) -> None:
    memory, _, turn = talked(demo, ["C型号多少钱", "那买性能版吧，多久能提车"])
    assert turn.reply.answer_source == "faq"
    assert memory.entities == (f"{C} 2026款 四驱性能版",)


def test_a_reaction_before_a_standard_question_leaves_the_car_in_focus(demo: Demo) -> None:
    memory, _, turn = talked(demo, ["E6长续航版多少钱", "有点贵啊，有优惠吗"])
    assert turn.reply.answer_source == "faq"
    assert memory.entities == (f"{E6} 2026款 长续航版",)


def test_wishes_before_a_standard_question_are_gone_on_with(demo: Demo) -> None:
    _, _, turn = talked(demo, ["想买个20万的SUV，能贷款吗", "里面最便宜的"])
    assert turn.reply.entities == ("某汽车品牌 B型号 2025款 豪华版",)


def test_a_wish_is_no_scene_that_may_be_dropped(demo: Demo) -> None:
    _, _, turn = talked(demo, ["俺就稀罕大屏，15寸往上的，12万拿得下不"])
    assert turn.reply.rows_total == 0


def test_what_one_does_not_want_to_do_is_not_asked(demo: Demo) -> None:
    _, _, turn = talked(demo, ["预算20万左右", "不想充电，只看汽油的"])
    assert turn.reply.rows_total == 1


@pytest.mark.parametrize(
    ("turns", "rows"),
    [
        pytest.param(["15万左右的", "预算15万吧"], 16, id="a bound in the place of about so much"),
        pytest.param(["预算15万吧", "20万也行"], 23, id="the wider of two bounds"),
        pytest.param(["20到25万的", "没有的话30万也行"], 9, id="the lower end stays"),
        pytest.param(["后备箱600升以上的", "20万以内没有？", "那放宽到30"], 1, id="a bare number widens"),
        pytest.param(["30到40万", "六座七座都可以"], 5, id="either of two values"),
        pytest.param(["六座七座的都有啥"], 7, id="two values side by side"),
        pytest.param(["E6长续航版多少钱", "比它再便宜一万的有没有"], 23, id="cheaper by so much"),
        pytest.param(["X7坐几个人", "有7座的吗", "那七座的有哪些"], 3, id="a series that has none"),
        pytest.param(["青羽有什么车", "那轿车", "25万以内能买哪个"], 5, id="which of those to buy"),
        pytest.param(["带高速领航的", "L2+级别"], 5, id="a word that ends in 别"),
        pytest.param(["SUV太大了，要轿车"], 16, id="too large"),
    ],
)
def test_conditions_go_on_as_they_are_meant(turns: list[str], rows: int, demo: Demo) -> None:
    _, _, turn = talked(demo, turns)
    assert turn.reply.rows_total == rows


@pytest.mark.parametrize(
    ("turns", "compared"),
    [
        (["松峦Q5四驱尊贵版多少钱", "比两驱贵多少"], {f"{Q5} 2025款 四驱尊贵版", f"{Q5} 2025款 两驱乐享版"}),
        (["C型号智享版座椅通风", "性能版多多少钱"], {f"{C} 2026款 后驱智享版", f"{C} 2026款 四驱性能版"}),
        (["A型号俩版本续航", "油耗呢", "长续航贵多少"], A_BOTH),
        (
            ["C型号四驱性能版几秒破百", "跟E6疾风比呢", "跟E6巅峰呢"],
            {f"{C} 2026款 四驱性能版", f"{E6} 2026款 智驾巅峰版"},
        ),
        (
            ["北辰X7 2025款进阶版多少钱", "它跟旗舰差多少钱"],
            {"北辰汽车 北辰X7 2025款 进阶版", "北辰汽车 北辰X7 2025款 旗舰版"},
        ),
    ],
    ids=["a version by its value", "多多少", "one of two", "another one after a comparison", "它跟"],
)
def test_a_difference_is_told_of_both(turns: list[str], compared: set[str], demo: Demo) -> None:
    _, _, turn = talked(demo, turns)
    assert set(turn.reply.entities) == compared


def test_each_of_the_two_spoken_of_is_told_and_verified(demo: Demo) -> None:
    before = ["A型号长续航版电池几度", "标准续航升级版呢"]
    assert set(talked(demo, [*before, "快充各要多久"])[2].reply.entities) == A_BOTH
    assert set(talked(demo, [*before, "都是四驱？"])[2].reply.entities) == A_BOTH


def test_a_series_named_in_what_is_not_understood_is_spoken_of(demo: Demo) -> None:
    _, _, turn = talked(demo, ["A型号现在还卖吗", "多少钱"])
    assert {row.entity for row in turn.reply.rows or ()} == A_BOTH


def test_nearest_rows_are_asked_about_where_nothing_matched(demo: Demo) -> None:
    _, _, turn = talked(demo, ["十来万的SUV", "带座椅加热的有不", "哪个最便宜"])
    assert turn.reply.entities == (f"{S5} 2024款 尊享版",)


def test_a_second_question_of_a_car_without_the_value_is_not_asked_of_others(demo: Demo) -> None:
    _, _, turn = talked(demo, ["想买个纯电suv，二十来万的预算", "那就里面最便宜的那台，跑多远"])
    assert turn.reply.entities in ((), ("某汽车品牌 B型号 2025款 豪华版",))


@pytest.mark.parametrize(
    ("turns", "entity"),
    [
        (["X7进阶版和旗舰版有啥区别", "那就买便宜的吧"], "北辰汽车 北辰X7 2024款 进阶版"),
        (
            ["北辰T3自动精英版跟畅行版差在哪", "手动那个多少", "要自动的便宜那个"],
            "北辰汽车 北辰T3 2024款 自动畅行版",
        ),
        (["C2最长续航版本"], "云岚汽车 云岚C2 2025款 活力版"),
    ],
    ids=["the one taken", "of those with a value", "最长 begins no name"],
)
def test_the_one_that_is_meant_is_found(turns: list[str], entity: str, demo: Demo) -> None:
    assert talked(demo, turns)[2].reply.entities == (entity,)


@pytest.mark.parametrize(
    ("turns", "attribute"),
    [
        (["续航600以上的轿车", "其中20万出头的", "快的那个是哪款"], "属性/百公里加速时间"),
        (["汽油SUV", "新的", "尊享版多少"], "属性/经销商报价"),
        (["E6长续航现在多少"], "属性/经销商报价"),
        (["MPV", "最便宜", "油电还是插电"], "属性/能源类型"),
        (["50w能买啥好车", "要快"], "属性/百公里加速时间"),
        (["30万以内", "续航要长"], "属性/纯电续航里程"),
        (["要短一点的车"], "车身/长*宽*高(mm)/长"),
    ],
)
def test_what_is_asked_is_told(turns: list[str], attribute: str, demo: Demo) -> None:
    assert talked(demo, turns)[2].reply.attribute == attribute


def test_a_name_and_nothing_else_is_asked_about(demo: Demo) -> None:
    _, _, turn = talked(demo, ["想看下E6，长续航"])
    assert turn.reply.answer_type == "clarify"
    assert turn.reply.entities == (f"{E6} 2026款 长续航版",)


def test_the_most_of_something_unknown_is_not_the_most_of_what_was_asked_last(demo: Demo) -> None:
    _, _, turn = talked(demo, ["有激光雷达的有哪几款", "25-35万", "哪个雷达最多"])
    assert turn.reply.answer_type != "answer"


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("星屿Q3探索版 纯电能跑多远 加满油总共呢", ("125km", "1260km")),
        ("星屿Q3探索版 油箱多大 一箱油一共呢", ("50 L", "1260km")),
        ("E6疾风多快 多重", ("3.9s", "2030 kg")),
        ("E6疾风多少千瓦 价格也报一下", ("360 kW", "22.68万")),
    ],
)
def test_both_are_told_where_a_space_is_all_that_parts_two_questions(
    said: str, values: tuple[str, str], demo: Demo
) -> None:
    _, _, turn = talked(demo, [said])
    assert all(value in turn.reply.answer for value in values)


def test_what_is_said_behind_a_space_of_another_matter_leaves_the_answer_as_it_is(demo: Demo) -> None:
    _, _, turn = talked(demo, ["E6疾风轴距多少 我家车位多大来着"])
    assert turn.reply.answer.startswith("青羽E6 四驱疾风版的轴距是2960")


@pytest.mark.parametrize(
    ("turns", "plain"),
    [
        (["增程SUV有哪些", "算了充电麻烦 重新看 汽油轿车"], "汽油轿车"),
        (["四驱的车有哪些", "预算不够，重新挑个10万以下的吧"], "10万以下的"),
        (["纯电轿车有哪些", "不要轿车了 重新找 北辰的SUV"], "北辰的SUV"),
    ],
)
def test_what_is_looked_for_afresh_is_a_query_of_its_own(turns: list[str], plain: str, demo: Demo) -> None:
    assert talked(demo, turns)[2].rows == talked(demo, [plain])[2].rows != []


@pytest.mark.parametrize("asked", ["重新看看它的轴距", "重新看下轴距"])
def test_what_is_looked_at_again_is_of_the_car_in_focus(asked: str, demo: Demo) -> None:
    _, _, turn = talked(demo, ["E6疾风多少钱", asked])
    assert turn.reply.answer == "青羽E6 四驱疾风版的轴距是2960 mm。"


def test_the_cheapest_looked_for_again_is_of_those_listed(demo: Demo) -> None:
    turns = ["纯电轿车有哪些", "重新看看最便宜的"]
    assert talked(demo, turns)[2].rows == talked(demo, [turns[0], "最便宜的"])[2].rows
