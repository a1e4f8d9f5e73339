"""异常处理: nothing certain enough. Candidates first, then a guided way, then a person; never a guess."""

import re

from chatbot.answering.inquiry import Missing, Refused, Unsure
from chatbot.answering.narrowing import common_name
from chatbot.answering.suggestions import Suggestions
from chatbot.dialog.state import BadCase, Decision, Turn
from chatbot.dialog.versions_there import chips_of, listing, series_meant
from chatbot.knowledge_graph.graph import Path, display_name
from chatbot.messages import say, shown_question
from chatbot.planning.part_names import asks_of_a_part, of_the_same_measure
from chatbot.planning.query import Refusal
from chatbot.reply import Reply
from chatbot.session.base import Option, Pending

_UNHEARD = ("unknown_entity", "unknown_subject")
_NAME_LIKE = re.compile("[a-z0-9]")
MAX_NEAREST = 3
MAX_RECENT = 4


class ExceptionState:
    """Counts failures in a row; each is a bad case for the operator."""

    name = "exception"

    def handle(self, turn: Turn) -> Decision:
        outcome = turn.outcome
        if isinstance(outcome, Missing):
            return self._missing(turn, outcome)
        if isinstance(outcome, Refused):
            return self._refused(turn, outcome)
        assert isinstance(outcome, Unsure)
        nearest = tuple(candidate.question for candidate in outcome.nearest[:MAX_NEAREST])
        steps = (self._recommend, self._guide, self._hand_over)
        failures = turn.memory.failures
        reply = steps[min(failures, len(steps) - 1)](turn, nearest)
        bad_case = BadCase(f"unsure_{min(failures, len(steps) - 1) + 1}", nearest)
        decision = Decision("question_intake", turn, reply, bad_case)
        decision = decision.remembering(failures=failures + 1, pending=self._pending(turn, reply, nearest))
        if not (turn.memory.entities or turn.memory.shown or turn.memory.plan):
            # asked of nothing known, and not gone on with at once
            decision = decision.remembering(attributes=())
        return decision

    @staticmethod
    def _pending(turn: Turn, reply: Reply, nearest: tuple[str, ...]) -> Pending | None:
        if reply.answer_type != "recommend" or not nearest:
            return None
        return Pending(
            "question", tuple(Option(shown_question(q), q) for q in nearest), turn.hearing.utterance
        )

    def _recommend(self, turn: Turn, nearest: tuple[str, ...]) -> Reply:
        if meant := _may_be_meant(turn):
            return self._did_you_mean(turn, meant, nearest)
        suggestions = tuple(map(shown_question, nearest)) or turn.hearing.knowledge.examples[:MAX_NEAREST]
        return Reply(
            answer=say("nearest" if nearest else "nothing_near", turn.hearing.language),
            answer_type="recommend",
            answer_source="guide",
            state=self.name,
            suggestions=(*suggestions, say("chip_handoff")),
        )

    def _did_you_mean(self, turn: Turn, meant: tuple[Path, ...], nearest: tuple[str, ...]) -> Reply:
        """The attributes that may be meant, as a question, and the nearest standard question behind them."""
        entity, knowledge = _focus(turn), turn.hearing.knowledge
        chips = Suggestions(knowledge).of_each(entity, meant)
        return Reply(
            answer=say(
                "near_attribute",
                turn.hearing.language,
                entity=knowledge.graph.short_names[entity],
                attributes=_listed(meant, turn),
            ),
            answer_type="recommend",
            answer_source="guide",
            state=self.name,
            suggestions=(*chips, *map(shown_question, nearest[:1]), say("chip_handoff")),
        )

    def _guide(self, turn: Turn, nearest: tuple[str, ...]) -> Reply:
        examples = turn.hearing.knowledge.examples[:MAX_NEAREST]
        return Reply(
            answer=say("guided", turn.hearing.language, example=examples[0] if examples else ""),
            answer_type="fallback",
            answer_source="guide",
            state=self.name,
            suggestions=(*examples, say("chip_handoff")),
        )

    def _hand_over(self, turn: Turn, nearest: tuple[str, ...]) -> Reply:
        language = turn.hearing.language
        text = turn.hearing.settings.handoff_text or say("handoff", language)
        return Reply(
            answer=say("handoff_after_failures", language, handoff=text),
            answer_type="handoff",
            answer_source="guide",
            state=self.name,
            suggestions=(say("chip_restart"), *turn.hearing.knowledge.examples[:2]),
        )

    def _refused(self, turn: Turn, refused: Refused) -> Decision:
        """An unknown name, an attribute the graph lacks, a wrong unit: said as it is, with what can be asked."""
        knowledge, refusal = turn.hearing.knowledge, refused.refusal
        key = "misfit" if refusal.code == "wrong_dimension" else refusal.code
        attribute = display_name(refusal.attribute[-1]) if refusal.attribute else ""
        meant = _may_be_meant(turn) if key == "no_attribute" else ()
        asked = tuple(link.attribute.paths[0] for link in refusal.scan.links if link.attribute)
        cars = series_meant(turn, refusal)
        there = chips_of(turn, cars, asked or turn.memory.attributes) or _of_its_kind(turn, refusal)
        chips = Suggestions(knowledge).of_each(_focus(turn), meant) if meant else there
        reply = Reply(
            answer=say(
                "no_attribute_near" if meant else key,
                turn.hearing.language,
                subject=refusal.subject,
                attribute=attribute,
                attributes=_listed(meant, turn),
            ),
            answer_type="fallback",
            answer_source="none",
            state=self.name,
            suggestions=(*chips, say("chip_handoff")),
            why=f"refused: {refusal.code}",
        )
        decision = Decision("question_intake", turn, reply, BadCase(refusal.code, (refusal.subject,)))
        if refusal.code == "unknown_entity" and asked:
            # 那先锋版的 goes on with what was asked of the other
            decision = decision.remembering(attributes=asked)
        if cars and not turn.memory.entities and not turn.memory.plan:
            decision = decision.remembering(plan=listing(turn, cars, asked), shown=cars)
        if refusal.code in _UNHEARD:
            decision = decision.remembering(unheard=refusal.subject)
        return decision.remembering(pending=None)

    def _missing(self, turn: Turn, missing: Missing) -> Decision:
        knowledge, language = turn.hearing.knowledge, turn.hearing.language
        attributes = say("and").join(display_name(path[-1]) for path in missing.attributes)
        subject = common_name(knowledge.graph, missing.entities) if missing.entities else ""
        if attributes and subject:
            answer = say("missing_value", language, entity=subject, attribute=attributes)
        else:
            answer = say(
                "no_answer_text", language, question=shown_question(missing.question or "") or attributes
            )
        focus = missing.entities if len(missing.entities) == 1 else ()
        reply = Reply(
            answer=answer,
            answer_type="fallback",
            answer_source="none",
            state=self.name,
            entities=focus,
            attribute="/".join(missing.attributes[0]) if missing.attributes else None,
            suggestions=Suggestions(knowledge).instead_of(missing),
        )
        decision = Decision("question_intake", turn, reply, BadCase("missing_value"))
        recent = _before(turn, focus) if focus else turn.memory.recent
        return decision.remembering(
            entities=focus, attributes=missing.attributes, question=missing.question, pending=None, recent=recent,
            shown=turn.memory.shown if focus else missing.entities,
        )  # fmt: skip


def _of_its_kind(turn: Turn, refusal: Refusal) -> tuple[str, ...]:
    """The nearest standard questions that ask for the same of something, then the operator's examples."""
    examples = turn.hearing.knowledge.examples
    if refusal.code != "no_attribute" or not asks_of_a_part(refusal.subject):
        return examples[:MAX_NEAREST]
    near = (one for one in turn.hearing.faq if of_the_same_measure(refusal.subject, one.question))
    return (*(shown_question(one.question) for one in near), *examples)[:MAX_NEAREST]


def _focus(turn: Turn) -> str:
    """The one entity that is named, else the one that is spoken of; empty where there is none."""
    named = [link.candidates for link in turn.hearing.reading.entities if link.score == 1]
    goes_on = not named and not _NAME_LIKE.search(turn.hearing.text)  # rline那台25的呢 names another one
    spoken = named[0] if len(named) == 1 else turn.memory.entities if goes_on else ()
    return spoken[0] if len(spoken) == 1 or (spoken and not named) else ""


def _may_be_meant(turn: Turn) -> tuple[Path, ...]:
    """What of the entity in focus may be meant, as far as the words say."""
    entity = _focus(turn)
    return (
        Suggestions(turn.hearing.knowledge).may_be_meant(turn.hearing.reading.core, entity) if entity else ()
    )


def _listed(paths: tuple[Path, ...], turn: Turn) -> str:
    return say("any_of_these", turn.hearing.language).join(display_name(path[-1]) for path in paths)


def _before(turn: Turn, focus: tuple[str, ...]) -> tuple[str, ...]:
    """What was spoken of before ``focus``, latest first."""
    before = dict.fromkeys((*turn.memory.entities, *turn.memory.recent))
    return tuple(name for name in before if name not in focus)[:MAX_RECENT]
