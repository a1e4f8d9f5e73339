"""问题接收: takes the question. What is no question is answered here; the rest goes on to be linked."""

import re
from dataclasses import replace

from chatbot.dialog.clauses import clauses
from chatbot.dialog.intents import act_on, hand_off
from chatbot.dialog.offered import choose_again
from chatbot.dialog.state import Decision, Turn
from chatbot.frozen import changed
from chatbot.messages import say
from chatbot.normalization.intent import PhraseIntent
from chatbot.normalization.selection import choose, ordinal
from chatbot.planning.context import Context
from chatbot.planning.query import Asked, Query
from chatbot.reply import AnswerType, Reply
from chatbot.session.base import Memory

_FEWEST, _SURE = 4, 0.8  # letters of a clause that may ask; how likely the question is then
_MARKS = re.compile(r"[\s?!.,。、…~]*")  # ？？ asks, and is no emoji


def _asks_besides(turn: Turn) -> bool:
    """不看了，怎么预约试驾: a clause more than what takes leave, and a standard question beyond doubt."""
    text, cancel = turn.hearing.text, turn.hearing.knowledge.cancel
    rest = [piece for piece in clauses(text) if len(piece) >= _FEWEST and not cancel.fits(piece)]
    best = next(iter(turn.hearing.faq), None) if rest and rest != [text] else None
    return best is not None and best.confidence >= _SURE


def _starts_afresh(text: str, cancel: PhraseIntent) -> bool:
    """不考虑电车了，重来: a clause at the beginning or the end that asks to start over."""
    if "重" not in text and "从头" not in text:
        return False
    said = clauses(text)
    ends = [piece for piece in (*said[:1], *said[-1:]) if piece.startswith(("重", "从头"))]
    return len(said) > 1 and any(map(cancel.fits, ends))


def _leaves_one_out(turn: Turn) -> bool:
    """Q3不看了: a car is named that is left out, and nothing more; 换个话题，北辰有哪些车系 starts anew."""
    return bool(turn.hearing.reading.entities) and len(clauses(turn.hearing.text)) == 1


class QuestionIntakeState:
    """A person wanted, a fresh start, no words at all, small talk, another language, or a question."""

    name = "question_intake"

    def handle(self, turn: Turn) -> Decision:
        knowledge, text = turn.hearing.knowledge, turn.hearing.text
        turn = changed(turn, heard=True)
        if turn.hearing.reading.empty:
            return self._guide(turn, "puzzled" if _MARKS.fullmatch(text) else "emoji", "chitchat")
        if knowledge.handoff.fits(text):
            return hand_off(turn, self.name)
        if knowledge.handoff.declined(text):
            return self._guide(turn, "no_handoff", "chitchat")
        if (knowledge.cancel.fits(text) and not _leaves_one_out(turn)) or _starts_afresh(
            text, knowledge.cancel
        ):
            afresh = isinstance(turn.hearing.planned(Context()), Query | Asked) or _asks_besides(turn)
            return (
                Decision("normalization", replace(turn, memory=Memory()))
                if afresh
                else self._start_over(turn)
            )
        if (pending := turn.memory.pending) and ordinal(text) is not None:
            chosen = choose(text, [option.text for option in pending.options])
            means_more = isinstance(turn.hearing.planned(turn.context), Query | Asked)  # 25的 is a year
            again = chosen is None and not means_more
            reply = choose_again(turn, pending, "normalization") if again else None
            return Decision("normalization", turn, reply)
        if heard := turn.intent:
            return act_on(turn, heard, self.name)
        if turn.small_talk:
            return Decision("chitchat", turn)
        if turn.hearing.language == "en" and not self._understood(turn):
            return self._guide(turn, "english", "recommend")
        return Decision("normalization", turn)

    @staticmethod
    def _understood(turn: Turn) -> bool:
        reading, best = turn.hearing.reading, next(iter(turn.hearing.faq), None)
        sure = best is not None and best.confidence >= turn.hearing.settings.faq_confidence_threshold
        known = bool(reading.entities or reading.attributes) or sure
        return known or isinstance(turn.hearing.planned(turn.context), Query | Asked)

    def _guide(self, turn: Turn, message: str, answer_type: AnswerType) -> Decision:
        suggestions = turn.hearing.knowledge.examples[:3]
        if message == "english":
            suggestions = (*suggestions, say("chip_handoff"))
        reply = Reply(
            answer=say(message, turn.hearing.language),
            answer_type=answer_type,
            answer_source="guide",
            state=self.name,
            suggestions=suggestions,
        )
        return Decision(self.name, turn, reply)

    def _start_over(self, turn: Turn) -> Decision:
        reply = Reply(
            answer=say("cancelled", turn.hearing.language),
            answer_type="chitchat",
            answer_source="guide",
            state=self.name,
            suggestions=turn.hearing.knowledge.examples[:3],
            why="start over",
        )
        return Decision(self.name, replace(turn, memory=Memory()), reply)
