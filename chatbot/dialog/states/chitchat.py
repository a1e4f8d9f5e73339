"""闲聊: the first state. Greets, answers small talk, shows what can be asked."""

from chatbot.dialog.state import Decision, Turn
from chatbot.reply import FaqEvidence, Reply


class ChitchatState:
    """Small talk gets its authored answer and example questions; anything else is a question."""

    name = "chitchat"

    def handle(self, turn: Turn) -> Decision:
        hearing, talk = turn.hearing, turn.small_talk
        knowledge = hearing.knowledge
        answer = knowledge.small_talk_answers.answer_for(talk.question, None) if talk else None
        if talk is None or answer is None:
            return Decision("question_intake", turn)
        evidence = FaqEvidence(
            question=talk.question,
            label=talk.label,
            matched=talk.matched,
            score=round(talk.score, 4),
            module=talk.module,
            file=f"chitchat/{answer.file}",
            source="chitchat",
        )
        reply = Reply(
            answer=answer.text,
            answer_type="chitchat",
            answer_source="chitchat",
            state=self.name,
            confidence=talk.confidence,
            evidence=(evidence,),
            suggestions=knowledge.examples[:3],
            why="small talk",
        )
        return Decision("question_intake", turn, reply)
