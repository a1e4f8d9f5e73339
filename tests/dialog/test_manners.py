"""What is offered beside a reply, how it is put, and whose words win where two ways of answering are open."""

from dataclasses import replace

import pytest

from chatbot.messages import shown_question
from tests.dialog.world import RANGE, RetrievalTable, Talk, knowledge

BOOK, PAPERS, DELIVERY = "怎么预约试驾", "试驾要带什么证件", "问提车周期"
GENERAL = {(BOOK, None): "在门店或小程序预约。", (PAPERS, None): "带驾驶证。"}


def _related(question: str, most: int) -> tuple[str, ...]:
    return {BOOK: (PAPERS, DELIVERY)}.get(question, ())[:most]


def test_after_an_answer_come_the_questions_near_it() -> None:
    talk = Talk(replace(knowledge({"想试驾": [(BOOK, 0.95)]}, GENERAL), related=_related))
    assert talk.say("想试驾").reply.suggestions[:2] == (PAPERS, "提车周期")


def test_an_unsure_answer_says_to_what_and_offers_what_else_may_be_meant_and_a_person() -> None:
    rows = [(BOOK, 0.6), (PAPERS, 0.2), (DELIVERY, 0.01)]
    reply = Talk(replace(knowledge({"试驾呢": rows}, GENERAL), related=_related)).say("试驾呢").reply
    assert BOOK in reply.answer and "在门店或小程序预约。" in reply.answer
    assert reply.suggestions[0] == PAPERS
    assert reply.suggestions[-1] == "转人工"
    assert "提车周期" not in reply.suggestions


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        pytest.param("问提车周期", "提车周期", id="a topic"),
        pytest.param("怎么预约试驾", "怎么预约试驾", id="a question"),
        pytest.param("问题件怎么查", "问题件怎么查", id="another word"),
        pytest.param("问一下能试驾吗", "问一下能试驾吗", id="a whole sentence"),
        pytest.param("问价", "问价", id="one character would be left"),
    ],
)
def test_a_standard_question_is_shown_without_the_operators_prefix(question: str, shown: str) -> None:
    assert shown_question(question) == shown


def test_a_question_that_depends_on_the_car_says_so_by_its_topic() -> None:
    cars = {(DELIVERY, name): "两周。" for name in knowledge().graph.by_name}
    asked = Talk(knowledge({"多久能提车": [(DELIVERY, 0.9)]}, cars)).say("多久能提车").reply
    assert asked.answer.startswith("“提车周期”每款不一样")


def test_which_car_is_only_asked_for_a_question_more_likely_than_not() -> None:
    cars = {(DELIVERY, name): "两周。" for name in knowledge().graph.by_name}
    reply = Talk(knowledge({"多久能提车": [(DELIVERY, 0.45)]}, cars)).say("多久能提车").reply
    assert (reply.answer_type, reply.suggestions[0]) == ("recommend", "提车周期")


def test_a_recommended_topic_that_is_clicked_is_answered() -> None:
    talk = Talk(knowledge({"这车能飞吗": [(DELIVERY, 0.2)]}, {(DELIVERY, None): "两周。"}))
    assert talk.say("这车能飞吗").reply.suggestions[0] == "提车周期"
    assert talk.say("提车周期").reply.answer == "两周。"


def test_an_operators_paraphrase_word_for_word_wins_over_the_graph_unless_a_car_is_in_focus() -> None:
    said = "续航里程"
    known = knowledge({said: [(said, 1.0)]}, {(said, None): "少开空调。"})
    assert Talk(known).say(said).reply.answer == "少开空调。"
    assert Talk(known).say("续航里程多少公里").reply.answer_source == "guide"
    talk = Talk(known)
    talk.say("标准续航升级版的报价")
    assert talk.say(said).reply.attribute == "/".join(RANGE)


def test_small_talk_word_for_word_wins_over_a_likely_standard_question() -> None:
    said = "你是不是机器人"
    known = knowledge({said: [("客服电话是多少", 0.75)]}, {("客服电话是多少", None): "拨打热线。"})
    assert Talk(known).say(said).reply.answer == "拨打热线。"
    talk = replace(known, small_talk=RetrievalTable({said: [("问候", 1.0)]}))
    assert Talk(talk).say(said).reply.answer == "您好！"


@pytest.mark.parametrize("said", ["不要转人工", "别转人工", "不用人工客服了"])
def test_a_person_who_is_not_wanted_is_not_called(said: str) -> None:
    reply = Talk(knowledge()).say(said).reply
    assert (reply.answer_type, reply.suggestions != ()) == ("chitchat", True)
    assert "不转人工" in reply.answer


@pytest.mark.parametrize("said", ["我不是要转人工，是转速", "转人工"])
def test_only_saying_no_to_a_person_is_taken_as_that(said: str) -> None:
    assert "不转人工" not in Talk(knowledge()).say(said).reply.answer


def test_marks_alone_are_no_emoji() -> None:
    assert "表情" in Talk(knowledge()).say("😀").reply.answer
    for said in ("？", "？？！", "。。。"):
        assert "表情" not in Talk(knowledge()).say(said).reply.answer


@pytest.mark.parametrize(
    ("said", "likely", "source"),
    [("提车得带哪些东西", 0.98, "faq"), ("提车得带哪些东西", 0.9, "kg"), ("有什么推荐的车", 0.98, "kg")],
)
def test_a_query_for_all_cars_gives_way_to_a_standard_question_that_is_as_good_as_certain(
    said: str, likely: float, source: str
) -> None:
    talk = Talk(knowledge({said: [(PAPERS, likely)]}, GENERAL))
    assert talk.say(said).reply.answer_source == source


def test_a_slip_is_not_mended_into_a_word_that_points_at_nothing() -> None:
    said = "老带新有啥福利"  # 老大, the first of a list, sounds like it
    talk = Talk(knowledge({said: [(PAPERS, 0.2)]}, GENERAL))
    assert PAPERS in talk.say(said).reply.suggestions
    assert "没有列出" in talk.say("老大呢").reply.answer
