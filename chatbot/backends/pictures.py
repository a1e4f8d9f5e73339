"""A turn with a picture: looked at, put into words, and answered as if the words had been typed."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from chatbot.answering.knowledge import Knowledge
from chatbot.backends.picture_service import PictureService, Seen
from chatbot.backends.predict_client import PredictRefused, PredictUnavailable
from chatbot.errors import DataError
from chatbot.faq_modules.lines import numbered_lines
from chatbot.frozen import dataclass
from chatbot.messages import Language, say
from chatbot.normalization.picture import named_for_pointed
from chatbot.normalization.text import language_of
from chatbot.reply import AnswerType, Message, PictureEvidence, Reply

Turn = Callable[[Message], Reply]
_RUNNERS_UP = 3
_WORTH_NAMING = 0.1
_LOG = logging.getLogger("chatbot.pictures")


@dataclass(frozen=True, slots=True)
class PictureRules:
    """What an operator sets: the name of each label, how sure is sure, and which label of the risk service is no risk."""

    names: Mapping[str, str]
    sure: float
    safe: str
    risk_fail_open: bool
    refusal_text: str


class Pictures:
    """Goes on with what a picture shows. A picture is kept nowhere: the dialogue and the store see the words alone."""

    def __init__(
        self,
        service: PictureService,
        risk: PictureService | None,
        rules: PictureRules,
        knowledge: Callable[[], Knowledge],
    ) -> None:
        self._service, self._risk, self._rules, self._knowledge = service, risk, rules, knowledge

    def seeing(self, turn: Turn) -> Turn:
        """``turn`` for messages that may carry a picture."""

        def seeing_turn(message: Message) -> Reply:
            return self._seen(message, turn) if message.picture else turn(message)

        return seeing_turn

    def _seen(self, message: Message, turn: Turn) -> Reply:
        try:
            if (refused := self._refused(message)) is not None:
                return refused
            seen = self._service.look(message.picture)
        except PredictRefused as error:
            _LOG.info("a picture could not be read: %s", error)
            return self._without(message, turn, "picture_unreadable", "picture could not be read")
        except PredictUnavailable as error:
            _LOG.warning("image service: %s", error)
            return self._without(message, turn, "picture_unseen", "image service unavailable")
        best = seen[0]
        if best.probability < self._rules.sure:
            return self._unsure(message, turn, seen)
        name = self._name(best.label)
        if name is None:
            _LOG.info("a picture shows %s, which no entity is named for", best.label)
            return self._without(message, turn, "picture_unknown", f"image: {best.label}")
        return self._of(name, best, message, turn)

    def _of(self, name: str, best: Seen, message: Message, turn: Turn) -> Reply:
        reply = turn(replace(message, sent=self._words(message.sent, name), picture=""))
        shown = say(
            "picture_shows", _language(message), name=name, percent=min(99, int(best.probability * 100))
        )
        evidence = PictureEvidence(best.label, name, round(best.probability, 4), self._service.name)
        return replace(reply, answer=shown + reply.answer, evidence=(evidence, *reply.evidence))

    def _unsure(self, message: Message, turn: Turn, seen: tuple[Seen, ...]) -> Reply:
        """Which of the likeliest it may be; a chip asks the same of each."""
        likely = [
            (one, self._name(one.label)) for one in seen[:_RUNNERS_UP] if one.probability >= _WORTH_NAMING
        ]
        named = {name: one for one, name in reversed(likely) if name is not None}
        if not named:
            return self._without(message, turn, "picture_unsure", f"image: unsure, {seen[0].label}")
        listed = [f"{name}（{int(one.probability * 100)}%）" for name, one in reversed(named.items())]
        answer = say("picture_may_be", _language(message), names=say("or", _language(message)).join(listed))
        asked = tuple(self._words(message.sent, name) for name in reversed(named))
        return self._said(answer, "clarify", asked, "image: unsure")

    def _without(self, message: Message, turn: Turn, key: str, why: str) -> Reply:
        """Without the picture: what was written beside it goes on where it names what it is about, and only there."""
        note = say(key, _language(message))
        reader = self._knowledge().reader
        if message.sent.strip() and reader.read(message.sent).entities:
            reply = turn(replace(message, picture=""))
            return replace(reply, answer=note + reply.answer)
        answer = note + say("picture_say_name", _language(message))
        return self._said(answer, "fallback", self._knowledge().examples[:3], why)

    def _refused(self, message: Message) -> Reply | None:
        """The reply to a picture with a risk; ``None`` when it may be looked at."""
        if self._risk is None:
            return None
        try:
            found = self._risk.look(message.picture)[0].label
        except PredictUnavailable as error:
            _LOG.warning("image risk service: %s", error)
            if self._rules.risk_fail_open:
                return None
            return self._said(
                say("picture_unchecked", _language(message)), "fallback", (), "risk service unavailable"
            )
        if found == self._rules.safe:
            return None
        _LOG.info("picture refused for risk: %s", found)
        answer = self._rules.refusal_text or say("picture_refused", _language(message))
        return self._said(answer, "fallback", (), f"risk: {found}")

    def _said(self, answer: str, kind: AnswerType, suggestions: tuple[str, ...], why: str) -> Reply:
        asks = kind == "clarify"
        return Reply(
            answer,
            kind,
            "guide" if asks else "none",
            "normalization" if asks else "exception",
            suggestions=(*(suggestions or self._knowledge().examples[:3]), say("chip_handoff")),
            why=why,
        )

    def _name(self, label: str) -> str | None:
        """What ``label`` is called; ``None`` when that names nothing in the knowledge base of this moment."""
        name = self._rules.names.get(label, label)
        return name if self._knowledge().reader.read(name).entities else None

    def _words(self, said: str, name: str) -> str:
        reader = self._knowledge().reader
        return named_for_pointed(said, name, lambda text: bool(reader.read(text).attributes))


def read_picture_labels(path: Path) -> dict[str, str]:
    """The names of labels. Raises ``DataError`` as ``picture_label_lines``."""
    return {label: name for _, label, name in picture_label_lines(path)}


def picture_label_lines(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line number, label and name of each ``label<Tab>name``; ``#`` begins a comment.

    Raises:
        DataError: a line without a Tab, with an empty side, or with a label that an earlier line has.
    """
    known: set[str] = set()
    for number, line in numbered_lines(path):
        if line.startswith("#"):
            continue
        label, tab, name = (part.strip(" ") for part in line.partition("\t"))
        if not (label and tab and name.strip()):
            raise DataError(path, "不是 标签、Tab、实体名", line=number, hint="写成 标签<Tab>实体名")
        if label in known:
            raise DataError(path, f"标签 {label} 上面已经写过", line=number, hint="删掉其中一行")
        known.add(label)
        yield number, label, name.strip()


def _language(message: Message) -> Language:
    return language_of(message.sent)
