"""The dialogue, turn by turn, on a small knowledge base."""

from dataclasses import replace

import pytest

from chatbot.dialog.hearing import DialogSettings
from chatbot.reply import FaqEvidence, GraphEvidence
from chatbot.session.base import Memory
from tests.dialog.world import (
    A_LONG,
    A_STANDARD,
    CHARGE,
    E6_LONG,
    GEARBOX,
    PIPES,
    PRICE,
    RANGE,
    S5,
    VENT,
    Talk,
    knowledge,
)

GENERAL = {("怎么预约试驾", None): "在门店或小程序预约。"}
PER_CAR = {("问提车周期", A_STANDARD): "两周。", ("问提车周期", A_LONG): "四周。"}


def test_a_greeting_shows_three_examples() -> None:
    reply = Talk(knowledge()).say("您好").reply
    assert (reply.answer, reply.answer_type, reply.state) == ("您好！", "chitchat", "chitchat")
    assert len(reply.suggestions) == 3
    assert isinstance(reply.evidence[0], FaqEvidence) and reply.evidence[0].source == "chitchat"


def test_a_trim_and_an_attribute_give_the_value_with_its_evidence() -> None:
    reply = Talk(knowledge()).say("标准续航升级版的变速箱是什么类型").reply
    assert reply.evidence == (GraphEvidence(A_STANDARD, GEARBOX, "手动", f"{A_STANDARD}.json"),)
    assert reply.attribute == "变速箱/变速箱类型"
    assert reply.plan is not None and reply.plan.op == "lookup"
    assert reply.suggestions


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("第二个", id="ordinal"),
        pytest.param("长续航版", id="name"),
        pytest.param("长续航", id="partial name"),
        pytest.param("要长续航版的", id="name in a sentence"),
        pytest.param("后者", id="the latter"),
    ],
)
def test_two_trims_fit_so_it_asks_and_the_question_goes_on(answer: str) -> None:
    talk = Talk(knowledge())
    asked = talk.say("A型号有几个排气管").reply
    assert asked.answer_type == "clarify"
    assert asked.suggestions == ("标准续航升级版", "长续航版")
    reply = talk.say(answer).reply
    assert (reply.entities, reply.attribute) == ((A_LONG,), "/".join(PIPES))
    assert talk.memory.pending is None


def test_an_ordinal_out_of_range_asks_again_and_keeps_the_options() -> None:
    talk = Talk(knowledge())
    talk.say("A型号有几个排气管")
    again = talk.say("第五个").reply
    assert (again.answer_type, again.suggestions) == ("clarify", ("标准续航升级版", "长续航版"))
    assert talk.say("第一个").reply.entities == (A_STANDARD,)


def test_a_category_guides_down_to_a_leaf_then_topics_carry_over_and_a_new_topic_drops_them() -> None:
    talk = Talk(knowledge({"怎么约试驾": [("怎么预约试驾", 0.9)]}, GENERAL))
    talk.say("标准续航升级版的报价")
    asked = talk.say("空调怎么样").reply
    assert asked.suggestions == ("空调控制方式", "后座出风口")
    assert talk.say("后座出风口").reply.attribute == "/".join(VENT)
    assert talk.say("那充电时间呢").reply.entities == (A_STANDARD,)
    other = talk.say("那长续航版呢").reply
    assert (other.entities, other.attribute) == ((A_LONG,), "/".join(CHARGE))
    assert talk.say("怎么约试驾").reply.answer_source == "faq"
    assert talk.memory.entities == ()
    assert talk.say("那充电时间呢").reply.answer_type == "clarify"


def test_small_talk_in_between_forgets_nothing() -> None:
    talk = Talk(knowledge())
    talk.say("A型号有几个排气管")
    talk.say("谢谢")
    assert talk.say("第二个").reply.entities == (A_LONG,)


def test_without_a_car_it_asks_which_by_names_that_tell_them_apart() -> None:
    reply = Talk(knowledge()).say("报价").reply
    assert reply.suggestions == ("A型号 标准续航升级版", "A型号 长续航版", "青羽E6 长续航版", "云岚S5 尊享版")


def test_more_cars_than_chips_are_split_level_by_level_until_one_is_left() -> None:
    cars = {
        f"{brand} {brand[0]}系列{number} 2025款 {trim}": {PRICE: "1万"}
        for brand in ("甲牌", "乙牌")
        for number in "一二三四"
        for trim in ("标准版", "豪华版")
    }
    talk = Talk(knowledge(cars=cars))
    assert talk.say("报价").reply.suggestions == ("甲牌", "乙牌")
    assert talk.say("乙牌").reply.suggestions == ("乙系列一", "乙系列二", "乙系列三", "乙系列四")
    assert talk.say("第三个").reply.suggestions == ("标准版", "豪华版")
    assert talk.say("豪华版").reply.entities == ("乙牌 乙系列三 2025款 豪华版",)


def test_an_faq_that_depends_on_the_car_asks_for_it_and_goes_on() -> None:
    talk = Talk(knowledge({"多久能提车": [("问提车周期", 0.9)]}, PER_CAR))
    asked = talk.say("多久能提车").reply
    assert asked.suggestions == ("标准续航升级版", "长续航版")
    assert talk.say("第一个").reply.answer == "两周。"
    assert talk.say("那长续航版呢").reply.answer == "四周。"


def test_an_faq_of_the_car_in_focus_is_answered_for_it() -> None:
    talk = Talk(knowledge({"多久能提车": [("问提车周期", 0.9)]}, PER_CAR))
    talk.say("长续航版A型号的报价")
    reply = talk.say("多久能提车").reply
    assert (reply.answer, reply.entities) == ("四周。", (A_LONG,))
    assert reply.evidence[0].file == f"answers/{A_LONG}"


def test_an_faq_nobody_answered_for_that_car_says_so() -> None:
    talk = Talk(knowledge({"多久能提车": [("问提车周期", 0.9)]}, PER_CAR))
    talk.say("云岚S5的报价")
    step = talk.say("多久能提车")
    assert step.reply.answer_type == "fallback"
    assert step.bad_case is not None and step.bad_case.reason == "missing_value"


def test_below_the_threshold_it_offers_the_nearest_then_guides_then_hands_over() -> None:
    talk = Talk(knowledge({"这车能飞吗": [("怎么预约试驾", 0.2)]}, GENERAL))
    steps = [talk.say("这车能飞吗") for _ in range(3)]
    assert [step.reply.answer_type for step in steps] == ["recommend", "fallback", "handoff"]
    assert steps[0].reply.suggestions[0] == "怎么预约试驾"
    assert [step.bad_case.reason for step in steps if step.bad_case] == ["unsure_1", "unsure_2", "unsure_3"]
    assert all(step.reply.suggestions and step.reply.state == "exception" for step in steps)


def test_a_recommended_question_can_be_chosen_by_its_place() -> None:
    talk = Talk(knowledge({"这车能飞吗": [("怎么预约试驾", 0.2)]}, GENERAL))
    talk.say("这车能飞吗")
    assert talk.say("第一个").reply.answer == "在门店或小程序预约。"
    assert talk.memory.failures == 0


def test_a_confident_faq_beats_a_graph_reading_that_explains_little() -> None:
    talk = Talk(knowledge({"充电时间长会不会伤电池": [("怎么预约试驾", 0.8)]}, GENERAL))
    assert talk.say("充电时间长会不会伤电池").reply.answer_source == "faq"


def test_a_named_attribute_beats_an_uncertain_faq() -> None:
    talk = Talk(knowledge({"的充电时间": [("怎么预约试驾", 0.8)]}, GENERAL))
    assert talk.say("长续航版A型号的充电时间").reply.answer_source == "kg"


def test_a_value_the_files_do_not_have_is_not_made_up() -> None:
    reply = Talk(knowledge()).say("云岚S5的续航里程").reply
    assert (reply.answer_type, reply.evidence) == ("fallback", ())
    assert reply.suggestions


def test_a_value_that_no_trim_of_a_series_has_is_said_of_the_series() -> None:
    cars = {f"甲牌 甲系 2025款 {trim}": {GEARBOX: "自动"} for trim in ("标准版", "豪华版", "旗舰版")}
    talk = Talk(knowledge(cars={**cars, S5: {PRICE: "1万"}}))
    reply = talk.say("甲系的报价").reply
    assert reply.answer.startswith("资料里暂时没有甲系 2025款的报价")
    assert talk.memory.entities == ()


def test_several_entities_and_attributes_make_rows() -> None:
    reply = Talk(knowledge()).say("标准续航升级版和云岚S5的报价和变速箱类型").reply
    assert reply.entities == (A_STANDARD, S5)
    assert reply.rows is not None and reply.rows_total == 2
    assert reply.rows[1].values == {"报价": "12.58万", "变速箱类型": "双离合"}


def test_a_person_is_reached_at_any_point_and_in_the_configured_words() -> None:
    talk = Talk(knowledge(), DialogSettings(handoff_text="请稍等，客服马上到。"))
    talk.say("A型号有几个排气管")
    step = talk.say("我要转人工")
    assert (step.reply.answer_type, step.reply.answer) == ("handoff", "请稍等，客服马上到。")
    assert talk.memory.pending is None


@pytest.mark.parametrize("said", ["这车能飞吗", "它能不能在水里开", "那它会游泳吗"])
def test_what_is_not_understood_is_not_answered_with_what_was_asked_before(said: str) -> None:
    talk = Talk(knowledge())
    talk.say("标准续航升级版的续航里程")
    assert talk.say(said).reply.answer_type in {"recommend", "fallback"}


def test_starting_over_forgets_everything() -> None:
    talk = Talk(knowledge())
    talk.say("标准续航升级版的报价")
    talk.say("重新来")
    assert (talk.memory.entities, talk.memory.attributes) == ((), ())


@pytest.mark.parametrize(
    ("said", "answer_type"),
    [
        pytest.param("😀😀", "chitchat", id="emoji only"),
        pytest.param("？？？", "chitchat", id="marks only"),
        pytest.param("where can I buy a boat", "recommend", id="English"),
        pytest.param("asdkjh", "recommend", id="gibberish"),
        pytest.param("啊" * 2000, "recommend", id="two thousand characters"),
        pytest.param("標準續航升級版的報價", "answer", id="traditional"),
        pytest.param("Ａ型号长续航版的报价", "answer", id="full width"),
    ],
)
def test_whatever_is_typed_gets_a_sensible_reply_with_something_to_click(said: str, answer_type: str) -> None:
    reply = Talk(knowledge()).say(said).reply
    assert reply.answer_type == answer_type
    assert reply.suggestions


def test_pinyin_keeps_the_car_in_focus() -> None:
    talk = Talk(knowledge())
    talk.say("标准续航升级版")
    assert talk.say("xu hang duo shao").reply.attribute == "/".join(RANGE)


def test_an_entity_alone_asks_what_about_it() -> None:
    talk = Talk(knowledge())
    reply = talk.say("标准续航升级版").reply
    assert (reply.answer_type, reply.entities) == ("clarify", (A_STANDARD,))
    assert talk.say(reply.suggestions[0]).reply.answer_type == "answer"


def test_a_trim_name_of_two_brands_follows_the_conversation() -> None:
    talk = Talk(knowledge())
    talk.say("标准续航升级版的报价")
    assert talk.say("长续航版呢").reply.entities == (A_LONG,)
    assert talk.say("青羽的长续航版呢").reply.entities == (E6_LONG,)


def test_the_same_turn_on_the_same_memory_gives_the_same_reply() -> None:
    one, two = Talk(knowledge()), Talk(knowledge())
    assert one.say("A型号有几个排气管") == two.say("A型号有几个排气管")


def test_a_remembered_state_that_no_longer_exists_starts_at_question_intake() -> None:
    talk = Talk(knowledge())
    talk.memory = Memory(state="gone")
    assert talk.say("标准续航升级版的报价").reply.answer_type == "answer"


def test_what_a_new_version_no_longer_has_is_forgotten_instead_of_breaking_the_turn() -> None:
    talk = Talk(knowledge())
    talk.say("A型号有几个排气管")
    talk.memory = replace(talk.memory, entities=("旧车",), attributes=(("旧", "项"),))
    talk.known = knowledge(cars={S5: {PRICE: "12.58万", GEARBOX: "双离合"}})
    assert talk.say("第二个").reply.answer_type != "answer"
    assert talk.memory.entities == ()
    assert talk.say("云岚S5的报价").reply.entities == (S5,)


def test_an_attribute_name_with_a_slash_can_be_chosen() -> None:
    path = ("属性", "音响品牌/型号")
    talk = Talk(knowledge(cars={S5: {path: "无名", ("属性", "报价"): "1万"}}))
    asked = talk.say("云岚S5的属性").reply
    assert asked.answer_type == "clarify"
    assert talk.say("第一个").reply.evidence[0].value == "无名"  # type: ignore[union-attr]


def test_a_standard_question_beyond_doubt_is_not_read_for_parts_of_names() -> None:
    answers = {("清洗", None): "温水就好。"}
    sure = Talk(knowledge(faq={"排气管清洗": [("清洗", 0.96)]}, answers=answers))
    assert sure.say("排气管清洗").reply.answer.endswith("温水就好。")
    assert sure.last is not None and sure.last.turn is not None
    assert sure.last.turn.hearing.reading.attributes == ()
    unsure = Talk(knowledge(faq={"排气管清洗": [("清洗", 0.94)]}, answers=answers))
    unsure.say("排气管清洗")
    assert unsure.last is not None and unsure.last.turn is not None
    assert unsure.last.turn.hearing.reading.attributes[0].paths == (PIPES,)
