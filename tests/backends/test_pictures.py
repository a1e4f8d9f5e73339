"""A picture in the chat, against an image service on loopback: put into words, and answered with what it stands on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.backends.picture_service import HttpPictureService, Seen, read_seen
from chatbot.backends.pictures import PictureRules, Pictures, read_picture_labels
from chatbot.conversation import Conversation, FinishedTurn
from chatbot.dialog.hearing import DialogSettings
from chatbot.errors import DataError
from chatbot.reply import Message, PictureEvidence, Reply
from tests.backends.picture_desk import PictureDesk
from tests.dialog.world import A_LONG, A_STANDARD, S5, knowledge
from tests.fakes import InMemorySessionStore

MakeDesk = Callable[..., PictureDesk]
NAMES = {"a_long": A_LONG, "a": "A型号", "ship": "轮船"}


@pytest.fixture
def make_desk() -> Iterator[MakeDesk]:
    desks: list[PictureDesk] = []

    def make(*arguments: object, **options: object) -> PictureDesk:
        desks.append(PictureDesk(*arguments, **options))  # type: ignore[arg-type]
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


class Recorder:
    """Keeps what reached the store."""

    def __init__(self) -> None:
        self.turns: list[FinishedTurn] = []

    def finished(self, turn: FinishedTurn) -> None:
        self.turns.append(turn)


@dataclass
class Talk:
    """One session with a bot that looks at pictures."""

    desk: PictureDesk
    risk: PictureDesk | None = None
    fail_open: bool = True
    seconds: float = 2.0

    def __post_init__(self) -> None:
        self.recorder = Recorder()
        known: Knowledge = knowledge()
        conversation = Conversation(
            build_machine(), InMemorySessionStore(), lambda: known, DialogSettings(), (self.recorder,)
        )
        self.services = [
            HttpPictureService(desk.url, "secret", self.seconds, "image_service_url")
            for desk in (self.desk, self.risk)
            if desk
        ]
        rules = PictureRules(NAMES, 0.6, "正常", self.fail_open, "")
        risk = self.services[1] if self.risk else None
        self.turn = Pictures(self.services[0], risk, rules, lambda: known).seeing(conversation.turn)

    def say(self, sent: str, picture: str = "aGk=") -> Reply:
        try:
            return self.turn(Message(sent, "s1", "t1", picture=picture))
        finally:
            for service in self.services:
                service.close()


def test_what_a_picture_shows_is_told_and_what_can_be_asked_of_it(make_desk: MakeDesk) -> None:
    desk = make_desk({"a_long": 0.93, "ship": 0.07})
    reply = Talk(desk).say("这是什么车")
    assert reply.answer.startswith(f"图里看起来是{A_LONG}（把握 93%）。")
    assert reply.evidence == (PictureEvidence("a_long", A_LONG, 0.93, "cars"),)
    assert reply.answer_type == "clarify" and reply.entities == (A_LONG,) and reply.suggestions
    assert desk.pictures == ["aGk="] and desk.tokens == ["secret"]


def test_the_question_beside_it_is_answered_of_what_it_shows_and_the_talk_goes_on(
    make_desk: MakeDesk,
) -> None:
    talk = Talk(make_desk({"a_long": 0.9}))
    reply = talk.say("这车多少钱")
    assert "30.9万" in reply.answer and reply.answer_source == "kg"
    assert [evidence.source for evidence in reply.evidence] == ["image", "kg"]
    assert "610km" in talk.say("那续航里程呢", picture="").answer


def test_a_picture_without_words_is_enough(make_desk: MakeDesk) -> None:
    assert Talk(make_desk({"a_long": 0.9})).say("").entities == (A_LONG,)


def test_a_label_that_fits_several_asks_which(make_desk: MakeDesk) -> None:
    reply = Talk(make_desk({"a": 0.9})).say("这车多少钱")
    assert reply.answer_type == "clarify" and len(reply.suggestions) == 2
    assert not any(value in reply.answer for value in ("27.6万", "30.9万"))


def test_the_store_gets_the_words_and_never_the_picture(make_desk: MakeDesk) -> None:
    talk = Talk(make_desk({"a_long": 0.9}))
    talk.say("这车多少钱")
    (kept,) = talk.recorder.turns
    assert (kept.message.sent, kept.message.picture) == (f"{A_LONG}多少钱", "")
    assert [evidence.source for evidence in kept.step.reply.evidence] == ["kg"]


def test_below_the_threshold_it_asks_and_a_click_asks_the_same_of_each(make_desk: MakeDesk) -> None:
    talk = Talk(make_desk({"a_long": 0.5, S5: 0.4, "ship": 0.1}))
    reply = talk.say("这车多少钱")
    assert reply.answer_type == "clarify" and f"{A_LONG}（50%）或{S5}（40%）" in reply.answer
    assert reply.suggestions == (f"{A_LONG}多少钱", f"{S5}多少钱", "转人工")
    assert talk.recorder.turns == [] and "12.58万" in talk.say(reply.suggestions[1], picture="").answer


@pytest.mark.parametrize("classes", [{"ship": 0.9}, {"ship": 0.5, "boat": 0.5}], ids=["sure", "unsure"])
def test_what_is_no_entity_is_said_and_nothing_is_answered_of_another(
    make_desk: MakeDesk, classes: dict[str, float]
) -> None:
    talk = Talk(make_desk(classes))
    talk.say(f"{A_STANDARD}多少钱", picture="")
    reply = talk.say("这车多少钱")
    assert reply.answer_type == "fallback" and "27.6万" not in reply.answer and reply.suggestions
    assert "请直接说名字" in reply.answer


def test_without_the_service_what_names_its_subject_is_answered_all_the_same(make_desk: MakeDesk) -> None:
    talk = Talk(make_desk({}, status=500))
    assert talk.say("这车多少钱").why == "image service unavailable"
    reply = talk.say(f"{A_STANDARD}多少钱")
    assert reply.answer.startswith("现在看不了图片。") and "27.6万" in reply.answer


def test_a_slow_service_is_waited_for_no_longer_than_set(make_desk: MakeDesk) -> None:
    reply = Talk(make_desk({"a": 1.0}, stall=30.0), seconds=0.1).say("这是什么车")
    assert reply.why == "image service unavailable"


def test_a_picture_that_cannot_be_read_is_the_pictures_fault_and_no_failure_of_the_service(
    make_desk: MakeDesk,
) -> None:
    talk = Talk(make_desk({}, status=400))
    for _ in range(8):  # more than open the circuit breaker
        assert "请换一张" in talk.say("这是什么车").answer


def test_a_risky_picture_is_refused_and_not_looked_at_further(make_desk: MakeDesk) -> None:
    desk = make_desk({"a_long": 1.0})
    reply = Talk(desk, make_desk({"色情": 0.9, "正常": 0.1})).say("这是什么车")
    assert (reply.why, reply.answer_type, desk.pictures) == ("risk: 色情", "fallback", [])


@pytest.mark.parametrize(("fail_open", "looked"), [(True, 1), (False, 0)])
def test_without_the_risk_service_it_goes_as_configured(
    make_desk: MakeDesk, fail_open: bool, looked: int
) -> None:
    desk = make_desk({"a_long": 1.0})
    Talk(desk, make_desk({}, status=503), fail_open).say("这是什么车")
    assert len(desk.pictures) == looked


@pytest.mark.parametrize(
    "told",
    [
        b"nonsense",
        b"[]",
        b'{"class_probs": {}}',
        b'{"class_probs": {"a": "1"}}',
        b'{"class_probs": {"a": true}}',
    ],
)
def test_a_reply_of_another_form_is_none(told: bytes) -> None:
    with pytest.raises(ValueError):
        read_seen(told)


def test_classes_come_likeliest_first() -> None:
    assert read_seen(b'{"class_probs": {"a": 0.1, "b": 0.9}}') == (Seen("b", 0.9), Seen("a", 0.1))


def test_labels_are_read_and_faults_name_the_line(tmp_path: Path) -> None:
    file = tmp_path / "labels.txt"
    file.write_text("# 标签\n\na_long\tA型号 长续航版\nb\t云岚S5\n", "utf-8")
    assert read_picture_labels(file) == {"a_long": "A型号 长续航版", "b": "云岚S5"}
    for line in ("没有制表符", "\t名字", "标签\t", "b\t又一次"):
        file.write_text(f"b\t云岚S5\n{line}\n", "utf-8")
        with pytest.raises(DataError, match=r"labels\.txt:2: .* → "):
            read_picture_labels(file)
