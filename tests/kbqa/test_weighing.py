"""哪个好, and by what is not said: nothing is called the best; it is told who leads in what."""

import pytest

from chatbot.planning.weighing import asks_which_is_best, weighed_in
from tests.kbqa.talking import Demo, talked


@pytest.mark.parametrize(
    "said",
    [
        "哪个好",
        "哪款更值得买",
        "选哪个好呢",
        "那你推荐哪款",
        "性价比最高的呢",
        "这三款里哪个比较好",
        "怎么选",
        "谁更强",
        "到底买哪个",
    ],
)
def test_the_best_is_asked_for_and_by_what_is_not(said: str) -> None:
    assert asks_which_is_best(said)


@pytest.mark.parametrize(
    "said", ["哪个便宜", "智驾哪个好", "哪个有天窗", "e6和a型号哪个好", "好吗", "怎么选颜色", "推荐个车"]
)
def test_what_names_a_measure_or_a_thing_is_another_question(said: str) -> None:
    assert not asks_which_is_best(said)


@pytest.mark.parametrize("said", ["哪个好", "你觉得哪款值得买", "性价比最高的呢", "选哪个"])
def test_of_a_long_list_it_is_told_who_leads_in_what(said: str, demo: Demo) -> None:
    _, _, turn = talked(demo, ["电车有哪些", said])
    reply = turn.reply
    assert "纯电的 14 款里" in reply.answer
    assert "经销商报价最低：云岚C2 青春版，6.18万" in reply.answer
    assert "纯电续航里程最高：青羽E6 长续航版，735km" in reply.answer
    assert reply.entities == ()
    values = {one.value for one in reply.evidence}
    assert {"6.18万", "735km", "2.5s"} <= values


def test_who_leads_can_be_pointed_at_and_the_list_goes_on(demo: Demo) -> None:
    _, _, turn = talked(demo, ["电车有哪些", "哪个好", "第二个多少钱"])
    assert turn.reply.entities == ("青羽汽车 青羽E6 2026款 长续航版",)
    _, _, turn = talked(demo, ["电车有哪些", "哪个好", "只要suv"])
    assert "纯电、SUV" in turn.reply.answer


@pytest.mark.parametrize("first", ["15万左右的SUV", "标准续航升级版和长续航版", "R1两款比一下"])
def test_a_few_are_set_side_by_side(first: str, demo: Demo) -> None:
    _, _, turn = talked(demo, [first, "哪个好"])
    assert turn.reply.answer.startswith("哪个好，看您最看重哪一点：\n经销商报价：")
    assert 1 < len(turn.reply.entities) < 4


@pytest.mark.parametrize(
    ("said", "of"),
    [
        ("30万以内的SUV哪个好", "经销商报价≤30万元、SUV的 14 款里"),
        ("20万左右买哪个好", "经销商报价18万元到22万元的 5 款里"),
        ("性价比高的SUV", "SUV的 18 款里"),
        ("七座的咋选", "座位数＝7个的 3 款里"),
    ],
)
def test_what_is_to_be_weighed_may_be_said_with_it(said: str, of: str, demo: Demo) -> None:
    _, _, turn = talked(demo, [said])
    assert of in turn.reply.answer
    assert "经销商报价最低" in turn.reply.answer
    assert "厂商指导价" not in turn.reply.answer


def test_the_versions_of_a_series_are_set_side_by_side(demo: Demo) -> None:
    _, _, turn = talked(demo, ["L8哪个版本好"])
    assert set(turn.reply.entities) == {"云岚汽车 云岚L8 2025款 御享版", "云岚汽车 云岚L8 2025款 雅尚版"}


@pytest.mark.parametrize("said", ["省油的哪款好", "加速快的哪款好"])
def test_what_ranks_by_itself_is_ranked(said: str, demo: Demo) -> None:
    _, _, turn = talked(demo, [said])
    assert len(turn.reply.entities) == 1


def test_while_a_choice_is_narrowed_down_it_tells_who_leads_of_all(demo: Demo) -> None:
    _, _, turn = talked(demo, ["想买个车", "哪个好"])
    assert "全部的 42 款里" in turn.reply.answer


def test_where_nothing_was_spoken_of_a_choice_is_begun(demo: Demo) -> None:
    _, _, turn = talked(demo, ["买哪个好呢"])
    assert turn.reply.answer_type == "clarify"
    assert turn.reply.rows_total == 42


def test_a_standard_question_that_says_so_answers(demo: Demo) -> None:
    _, _, turn = talked(demo, ["电车有哪些", "哪个配置值得买"])
    assert turn.reply.answer_source != "kg"


@pytest.mark.parametrize("many", ["说", "看", "那么", "的", "里"])
def test_what_repeats_a_word_without_end_is_soon_done_with(many: str) -> None:
    for text in (many * 35 + "x", many * 1000 + "哪个好x"):
        assert not asks_which_is_best(text)
        assert weighed_in(text) == ""
