"""How a reply came about: every link with span and score, the plan, what each condition does, the choice."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.app import build_machine
from chatbot.conversation import Conversation
from chatbot.dialog.hearing import DialogSettings
from chatbot.explain.explanation import Candidate, Explanation
from chatbot.explain.text import lines
from chatbot.faq_modules.dataset import load_dataset
from chatbot.faq_modules.retrieval import build_retriever
from chatbot.knowledge_source import Remembering
from chatbot.reply import Message, Reply
from tests.dialog.world import A_LONG, A_STANDARD, PRICE, RANGE, S5, knowledge
from tests.fakes import InMemorySessionStore
from tests.faq_modules.small_faq import HashEncoder, write_faq

FAQ = {"怎么预约试驾": [("怎么预约试驾", 0.99)], "能不能约试驾呀朋友": [("怎么预约试驾", 0.2)]}
ANSWERS: dict[tuple[str, str | None], str] = {("怎么预约试驾", None): "线上预约。"}


class Talk:
    """A conversation that explains itself."""

    def __init__(self) -> None:
        self.store, self.known = InMemorySessionStore(), knowledge(FAQ, ANSWERS)
        self._talk = Conversation(build_machine(), self.store, lambda: self.known, DialogSettings())

    def explained(self, text: str) -> tuple[Reply, Explanation]:
        return self._talk.explained(Message(text, "one", "t"))

    def said(self, text: str) -> Reply:
        return self._talk.turn(Message(text, "one", "t"))


def explained(text: str) -> Explanation:
    return Talk().explained(text)[1]


def of_kind(links: tuple[Candidate, ...], kind: str) -> list[Candidate]:
    return [link for link in links if link.kind == kind]


def test_each_link_has_its_span_and_score_and_the_attribute_its_path() -> None:
    read = explained("标准续航升级版的报价").read
    entity, attribute = of_kind(read.links, "entity")[0], of_kind(read.links, "attribute")[0]
    assert (entity.entities, entity.entities_total, entity.score) == ((A_STANDARD,), 1, 1.0)
    assert attribute.paths == ("/".join(PRICE),)
    for link in read.links:
        assert link.spans and 0 < link.score <= 1
        for span in link.spans:
            assert read.text[span.start : span.end] == span.text


def test_an_attribute_said_in_two_pieces_has_two_spans() -> None:
    read = explained("标准续航升级版的变速箱是什么类型").read
    assert [span.text for span in of_kind(read.links, "attribute")[0].spans] == ["变速箱", "类型"]


def test_a_name_that_fits_several_lists_them_all() -> None:
    entity = of_kind(explained("A型号的报价").read.links, "entity")[0]
    assert (set(entity.entities), entity.entities_total) == ({A_STANDARD, A_LONG}, 2)


def test_a_homophone_is_linked_with_less_than_full_score() -> None:
    attribute = of_kind(explained("标准续航升级版的续行里程").read.links, "attribute")[0]
    assert attribute.score == pytest.approx(0.95)


def test_words_of_quantity_say_bound_unit_and_what_was_assumed() -> None:
    quantity = of_kind(explained("25万以内的有哪些").scanned.links, "quantity")[0]
    assert quantity.spans[0].text == "25万以内"
    assert "≤ 25万元" in quantity.meaning and "货币" in quantity.meaning and "没说单位" in quantity.meaning


def test_the_plan_is_given_in_chinese_and_as_the_contracts_object() -> None:
    explanation = explained("25万以内续航600公里以上的有哪些")
    shown = explanation.planned.plans[0]
    assert explanation.planned.kind == "query" and explanation.planned.consulted
    assert "≤25万元" in shown.text and "≥600km" in shown.text
    body = json.loads(json.dumps(explanation.as_json()))
    assert body["planned"]["plans"][0]["plan"] == shown.plan.as_json()


def test_execution_counts_each_condition_and_names_who_was_left_out() -> None:
    execution = explained("30万以内续航600公里以上的有哪些").executions[0]
    price, distance = execution.narrowing
    assert execution.scope == 4
    assert (price.alone, price.so_far, price.undecided) == (3, 3, 0)
    assert (distance.alone, distance.so_far, distance.undecided) == (2, 1, 1)
    assert execution.total == 1 == len(execution.first)
    left = execution.left_out[0]
    assert (left.attribute, left.reason, left.count, left.entities) == (RANGE[-1], "missing", 1, (S5,))


def test_a_look_up_is_executed_too() -> None:
    execution = explained("标准续航升级版的报价").executions[0]
    assert (execution.plan.op, execution.first) == ("lookup", (A_STANDARD,))


@pytest.mark.parametrize(
    ("said", "why", "state"),
    [
        ("30万以内的有哪些", "规划器解释了 100% 的字", "问答"),
        ("标准续航升级版的报价", "问句点名了属性", "问答"),
        ("A型号的报价", "2 个实体都符合", "归一化"),
        ("标准续航升级版的空调", "是一类属性", "归一化"),
        ("云岚S5的续航里程", "资料里没有这个值", "异常处理"),
        ("怎么预约试驾", "不低于门槛 0.40", "问答"),
        ("能不能约试驾呀朋友", "低于门槛 0.40", "异常处理"),
        ("您好", "闲聊", "闲聊"),
        ("转人工", "转人工", "问题接收"),
        ("D9型号的报价", "资料里没有这个实体", "异常处理"),
    ],
)
def test_the_choice_says_why_and_which_states_it_went_through(said: str, why: str, state: str) -> None:
    choice = explained(said).choice
    assert why in choice.why
    assert choice.states[0] == "闲聊" and choice.states[-1] == state


def test_what_earlier_turns_left_is_shown() -> None:
    talk = Talk()
    talk.said("标准续航升级版的报价")
    carried = talk.explained("续航呢")[1].carried
    assert any(A_STANDARD in line for line in carried) and any(PRICE[-1] in line for line in carried)


def test_a_plain_standard_question_is_said_not_to_have_been_put_to_the_planner() -> None:
    assert not explained("怎么预约试驾").planned.consulted


@pytest.mark.parametrize(
    "said",
    ["30万以内的有哪些", "标准续航升级版的报价", "A型号的报价", "怎么预约试驾", "您好", "……", "转人工"],
)
def test_explaining_changes_neither_the_reply_nor_what_is_remembered(said: str) -> None:
    plain, told = Talk(), Talk()
    assert told.explained(said)[0] == plain.said(said)
    memories = [one.store.acquire("one").memory for one in (plain, told)]
    assert memories[0] == memories[1]


def test_a_standard_question_comes_with_every_signal_and_they_add_up(tmp_path: Path) -> None:
    retriever = build_retriever(load_dataset(write_faq(tmp_path / "faq")), HashEncoder())
    talk = Talk()
    talk.known = replace(talk.known, faq=Remembering(retriever))
    asked = retriever.corpus.questions[0]
    faq = talk.explained(asked)[1].faq
    assert faq.candidates[0].question == asked and faq.candidates[0].exact
    assert [signal.name for signal in faq.candidates[0].signals] == list(retriever.signal_names)
    table, probabilities = retriever.signals(asked)
    for candidate in faq.candidates:
        row = list(retriever.corpus.questions).index(candidate.question)
        assert [s.value for s in candidate.signals] == pytest.approx(table.values[row].tolist())
        assert candidate.confidence == pytest.approx(float(probabilities[row]), abs=1e-6)
    assert faq.nothing + float(probabilities.sum()) == pytest.approx(1, abs=1e-5)


def test_the_printed_explanation_has_every_section_in_order() -> None:
    text = "\n".join(lines(explained("30万以内续航600公里以上的有哪些")))
    sections = [
        "【听到】",
        "【链接】",
        "【分段】",
        "【计划】",
        "【执行】",
        "【FAQ】",
        "【选择】",
        "经过：",
        "理由：",
    ]
    places = [text.index(section) for section in sections]
    assert places == sorted(places)
    assert "未计入 1 个，“续航里程”缺少这个值" in text and "单独 3 个，累计 3 个" in text


@pytest.mark.parametrize("said", ["\U0001f600", "?" * 50, "a" * 2000, "不是A型号，是云岚S5的报价", "第二个"])
def test_any_text_is_explained_without_an_error(said: str) -> None:
    explanation = explained(said)
    assert json.dumps(explanation.as_json()) and list(lines(explanation))
