"""问答: FAQ retrieval or graph look-up; the answer with its evidence, and what to ask next."""

from dataclasses import replace

from chatbot.answering.answerer import Answerer
from chatbot.answering.inquiry import Answered, Missing, Unsure
from chatbot.answering.suggestions import Suggestions
from chatbot.dialog.state import Decision, Turn
from chatbot.reply import Reply


class AnsweringState:
    """An answer is given here; a missing piece goes back to be asked for; anything unsure is an exception."""

    name = "answering"

    def handle(self, turn: Turn) -> Decision:
        hearing, inquiry = turn.hearing, turn.inquiry
        assert inquiry is not None
        answerer = Answerer(hearing.knowledge, hearing.settings.faq_confidence_threshold)
        outcome = answerer.answer(inquiry)
        turn = replace(turn, outcome=outcome)
        if isinstance(outcome, Answered):
            return self._reply(turn, outcome)
        if isinstance(outcome, Unsure | Missing):
            return Decision("exception", turn)
        return Decision("normalization", turn)

    def _reply(self, turn: Turn, found: Answered) -> Decision:
        limit = turn.hearing.settings.max_suggestions
        follow_ups = Suggestions(turn.hearing.knowledge).after(
            found, turn.inquiry.faq if turn.inquiry else ()
        )
        reply = Reply(
            answer=found.text,
            answer_type="answer",
            answer_source=found.source,
            state=self.name,
            confidence=round(found.confidence, 4),
            entities=found.entities,
            attribute="/".join(found.attributes[0]) if found.attributes else None,
            evidence=found.evidence,
            plan=found.plan,
            rows=found.rows,
            rows_total=None if found.rows is None else len(found.rows),
            suggestions=follow_ups[:limit],
            why=found.why,
        )
        decision = Decision("question_intake", turn, reply)
        question = found.question if found.entities else None
        return decision.remembering(
            entities=found.entities, attributes=found.attributes, question=question, pending=None, failures=0
        )
