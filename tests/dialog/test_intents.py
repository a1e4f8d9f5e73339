"""An operator's intents in the dialogue: what each action does, and what is never swallowed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.classifying.linear import LinearScorer, Vocabulary
from chatbot.classifying.ngrams import read_ngrams
from chatbot.classifying.scoring import Calibration
from chatbot.dialog.hearing import Hearing
from chatbot.explain.build import explain
from chatbot.explain.text import lines
from chatbot.messages import say
from chatbot.normalization.intent_files import IntentAction, IntentExample, Intents
from chatbot.normalization.intent_model import OTHER, IntentCard, IntentRecogniser
from chatbot.reply import IntentEvidence, Reply
from chatbot.reply_json import outcome_object
from chatbot.session.base import Memory
from tests.dialog.world import Talk, knowledge

FAQ = {"差在哪里呢": [("怎么选车", 0.65)], "太差了怎么选": [("怎么选车", 0.5)], "差": [("怎么选车", 0.45)]}
ANSWERS: dict[tuple[str, str | None], str] = {("怎么选车", None): "看预算。"}
ACTIONS = {
    "投诉": IntentAction("handoff", "马上转接。", 1),
    "合作": IntentAction("reply", "请发邮件。", 2),
    "夸": IntentAction("chitchat", "感谢", 3),
    "选车": IntentAction("faq", "怎么选车", 4),
    "转人工": IntentAction("handoff", "", 5),
}
WORD = {"投诉": "差", "合作": "谈", "夸": "棒", "选车": "挑", "转人工": "找"}
"""The one character that speaks for each intent."""


def recogniser() -> IntentRecogniser:
    """One character makes an intent as good as certain; without any it is none."""
    labels = (*ACTIONS, OTHER)
    pairs = sorted((int(read_ngrams([WORD[name]], 1).keys[0]), number) for number, name in enumerate(ACTIONS))
    keys = np.array([key for key, _ in pairs], dtype=np.uint64)
    rows = np.zeros((len(keys), len(labels)), dtype=np.int8)
    rows[range(len(keys)), [number for _, number in pairs]] = 100
    bias = np.array([0.0] * len(ACTIONS) + [1.0], dtype=np.float32)
    ones = np.ones(len(keys), dtype=np.float32)
    scorer = LinearScorer(Vocabulary(keys, ones, 1), rows, ones * 0.06, bias)
    examples = [
        IntentExample(f"{word}{word}的", f"{word}{word}的", name, n)
        for n, (name, word) in enumerate(WORD.items(), 2)
    ]
    examples.append(IntentExample("报价", "报价", "投诉", 9))
    return IntentRecogniser(
        Intents(Path("intents"), ACTIONS, tuple(examples)),
        IntentCard(labels, 0.7, Calibration(scale=10.0), "b"),
        scorer,
    )


@pytest.fixture
def known() -> Knowledge:
    return replace(knowledge(FAQ, ANSWERS), intents=recogniser())


def reply_to(known: Knowledge, text: str) -> Reply:
    return Talk(known).say(text).reply


@pytest.mark.parametrize(
    ("text", "intent", "answer", "answer_type", "answer_source"),
    [
        ("服务太差", "投诉", "马上转接。", "handoff", "guide"),
        ("想谈点事", "合作", "请发邮件。", "answer", "guide"),
        ("你真棒", "夸", "不客气。", "chitchat", "chitchat"),
        ("该怎么个挑法", "选车", "看预算。", "answer", "faq"),
        ("找人来", "转人工", say("handoff"), "handoff", "guide"),
    ],
)
def test_each_action_is_done_and_the_intent_is_in_the_evidence(
    known: Knowledge, text: str, intent: str, answer: str, answer_type: str, answer_source: str
) -> None:
    reply = reply_to(known, text)
    assert (reply.answer, reply.answer_type, reply.answer_source) == (answer, answer_type, answer_source)
    (evidence,) = (one for one in reply.evidence if isinstance(one, IntentEvidence))
    assert (evidence.intent, evidence.action) == (intent, ACTIONS[intent].kind)
    assert evidence.file == f"intents/examples.csv:{2 + list(ACTIONS).index(intent)}"
    assert 0.7 <= evidence.score <= 1
    shown = outcome_object(reply, 20)["evidence"][-1]
    assert shown["source"] == "intent" and shown["matched"] == evidence.matched


def test_a_handoff_by_intent_is_logged_as_one(known: Knowledge) -> None:
    step = Talk(known).say("服务太差")
    assert step.bad_case and step.bad_case.reason == "handoff"
    assert step.reply.suggestions and step.reply.confidence >= 0.7


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("标准续航升级版的报价差不差", "kg"),
        ("找报价最低的车", "kg"),
        ("差在哪里呢", "faq"),
        ("您好", "chitchat"),
    ],
    ids=["look-up", "query", "likely standard question", "small talk word for word"],
)
def test_what_is_understood_otherwise_is_never_swallowed(known: Knowledge, text: str, source: str) -> None:
    without = reply_to(replace(known, intents=None), text)
    assert without.answer_source == source
    assert reply_to(known, text) == without


def test_a_less_likely_standard_question_gives_way(known: Knowledge) -> None:
    assert reply_to(known, "太差了怎么选").answer == "马上转接。"


def test_an_option_that_is_offered_goes_before_an_intent(known: Knowledge) -> None:
    talk = Talk(known)
    offered = talk.say("空调怎么样").reply.suggestions
    assert talk.memory.pending and offered
    reply = talk.say(offered[0]).reply
    assert not any(isinstance(one, IntentEvidence) for one in reply.evidence)


def test_the_operators_own_words_are_an_intent_whatever_else_they_may_be(known: Knowledge) -> None:
    reply = reply_to(known, "报价！")
    assert reply.answer == "马上转接。" and reply.confidence == 1.0


def test_what_is_no_intent_is_answered_as_without_them(known: Knowledge) -> None:
    for text in ("今天天气", "标准续航升级版", "谢谢", "转人工", "👍"):
        assert reply_to(known, text) == reply_to(replace(known, intents=None), text)


def explained(known: Knowledge, text: str) -> str:
    talk = Talk(known)
    hearing = Hearing(text, known, talk.settings)
    step = talk.machine.step(Memory(), hearing)
    return "\n".join(lines(explain(hearing, Memory(), step)))


def test_the_explanation_shows_chances_threshold_and_example(known: Knowledge) -> None:
    text = explained(known, "服务太差")
    assert "【意图】服务太差：投诉 " in text and "（门槛 0.70）" in text
    assert "投诉，最像“差差的”（intents/examples.csv:2）" in text
    assert "听出运营者的意图“投诉”" in text


def test_the_explanation_says_why_no_intent_was_taken(known: Knowledge) -> None:
    assert "没有采用：没有意图到门槛" in explained(known, "今天天气")
    assert "没有采用：标准问或闲聊更可能" in explained(known, "差在哪里呢")
    assert "【意图】" not in explained(replace(known, intents=None), "今天天气")
