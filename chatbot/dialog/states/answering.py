"""问答: FAQ retrieval or graph look-up; the answer with its evidence, and what to ask next."""

from dataclasses import replace

from chatbot.answering.answerer import Answerer
from chatbot.answering.inquiry import Answered, Missing, Refused, Unsure
from chatbot.answering.query_answer import Found, QueryAnswerer
from chatbot.answering.query_suggestions import choices, suggestions
from chatbot.answering.query_text import Wording
from chatbot.answering.suggestions import Suggestions
from chatbot.dialog.intents import evidence_of
from chatbot.dialog.state import Decision, Turn
from chatbot.frozen import changed
from chatbot.knowledge_graph.execute import MAX_ROWS
from chatbot.knowledge_graph.plan import Plan, leaf_conditions
from chatbot.knowledge_graph.plan_text import plan_text
from chatbot.messages import say, shown_question
from chatbot.planning.carry import is_exclusion, lists
from chatbot.planning.clauses import flat
from chatbot.planning.guide import NextQuestion
from chatbot.planning.query import Query
from chatbot.planning.scan import Scan
from chatbot.planning.sides import all_sides
from chatbot.reply import Reply
from chatbot.session.base import Memory

FEW_ENOUGH = 5  # candidates that a reply shows anyway; no further question narrows them down
MAX_RECENT = 4
SURE = 0.7  # below it an FAQ answer says which question it answers


class AnsweringState:
    """An answer is given here; a missing piece goes back to be asked for; anything unsure is an exception."""

    name = "answering"

    def handle(self, turn: Turn) -> Decision:
        hearing, inquiry = turn.hearing, turn.inquiry
        assert inquiry is not None
        if inquiry.query:
            return self._queried(turn, inquiry.query)
        answerer = Answerer(hearing.knowledge, hearing.settings.faq_confidence_threshold)
        outcome = answerer.answer(inquiry)
        turn = changed(turn, outcome=outcome)
        if isinstance(outcome, Answered):
            return self._reply(turn, outcome)
        if isinstance(outcome, Unsure | Missing | Refused):
            return Decision("exception", turn)
        return Decision("normalization", turn)

    def _reply(self, turn: Turn, found: Answered) -> Decision:
        limit = turn.hearing.settings.max_suggestions
        offer = Suggestions(turn.hearing.knowledge)
        faq = turn.inquiry.faq if turn.inquiry else ()
        chips = offer.besides(found, faq) if _hedged(found) else offer.after(found)
        reply = Reply(
            answer=_corrected(turn.inquiry.scan if turn.inquiry else None) + self._worded(turn, found),
            answer_type="answer",
            answer_source=found.source,
            state=self.name,
            confidence=round(found.confidence, 4),
            entities=found.entities,
            attribute="/".join(found.attributes[0]) if found.attributes else None,
            evidence=(*found.evidence, *evidence_of(turn)),
            plan=found.plan,
            rows=found.rows,
            rows_total=None if found.rows is None else len(found.rows),
            suggestions=chips[:limit],
            why=found.why,
        )
        decision = Decision("question_intake", turn, reply)
        if _hedged(found) and not found.entities:  # it may well be about what was spoken of
            return decision.remembering(pending=None, failures=0)
        question = found.question if found.entities else None
        return decision.remembering(
            entities=found.entities,
            attributes=found.attributes,
            question=question,
            pending=None,
            failures=0,
            **self._kept(turn, found),
        )

    @staticmethod
    def _worded(turn: Turn, found: Answered) -> str:
        if not _hedged(found):
            return found.text
        question = shown_question(found.question or "")
        return say("hedged", turn.hearing.language, question=question, answer=found.text)

    @staticmethod
    def _kept(turn: Turn, found: Answered) -> dict[str, object]:
        """What of the queries before stays: all of it when the look-up pointed into them, else nothing."""
        memory, inquiry = turn.memory, turn.inquiry
        recent = _recent(memory, found.entities)
        if found.source != "kg":  # a new topic; what one points at (它, 第二个) is still there
            kept = None if found.entities else _listed(memory)  # 那就油车吧, with what was wished for before
            before = () if found.entities else memory.attributes or memory.before  # 那城市版呢
            return {
                "recent": recent, "plan": None, "guiding": False, "asked": (), "listed": kept, "before": before,
            }  # fmt: skip
        if inquiry and (inquiry.referred or not inquiry.named):
            return {"recent": recent, "guiding": False, "before": ()}
        if found.entities and _among_listed(turn, found.entities):
            return {
                "recent": recent, "plan": None, "guiding": False, "asked": (), "listed": _listed(memory),
                "before": (),
            }  # fmt: skip
        shown = found.entities if len(found.entities) > 1 else ()
        return {
            "recent": recent, "shown": shown, "plan": None, "guiding": False, "asked": (), "listed": None,
            "before": (),
        }  # fmt: skip

    def _queried(self, turn: Turn, query: Query) -> Decision:
        """The answer to a planned query; while a choice is being narrowed down, with the next question."""
        hearing, memory = turn.hearing, turn.memory
        planner = hearing.knowledge.planner
        found = QueryAnswerer(hearing.knowledge.graph, planner.engine).answer(query, hearing.rows_limit)
        question = self._next_question(turn, query, found)
        reply = Reply(
            answer=_corrected(query.scan) + found.text + _left_aside(query),
            answer_type=found.answer_type,
            answer_source="kg",
            state=self.name,
            confidence=found.confidence,
            entities=found.entities,
            attribute="/".join(found.attributes[0]) if found.attributes else None,
            evidence=found.evidence,
            plan=found.plan,
            rows=found.rows,
            rows_total=found.rows_total,
            suggestions=suggestions(found, planner) or hearing.knowledge.examples[:3],
            why=plan_text(found.plan, hearing.knowledge.graph.level_names),
        )
        if question:
            words = Wording(hearing.knowledge.graph).conditions(found.plan.conditions)
            ask = say("choose_by", attribute=question.name)
            kind = "choose_next" if words else "choose_first"
            text = say(kind, conditions=words, count=found.rows_total, question=ask)
            reply = replace(reply, answer=text, answer_type="clarify", suggestions=choices(question))
        return Decision("question_intake", turn, reply).remembering(
            entities=found.entities,
            attributes=tuple(p for p in found.attributes if p in hearing.knowledge.graph.tree),
            question=None,
            pending=None,
            failures=0,
            recent=_recent(memory, found.entities),
            shown=memory.shown if (seen := _all_seen(memory, query, found)) else _shown(memory, found),
            plan=memory.plan if seen else all_sides((query.plan, *query.also)),
            listed=_listed(memory)
            if set(found.entities) <= set(memory.shown) and query.plan.entities
            else None,
            before=(),
            guiding=question is not None,
            asked=(*memory.asked, question.path)
            if question and memory.guiding
            else (question.path,)
            if question
            else (),
        )

    @staticmethod
    def _next_question(turn: Turn, query: Query, found: Found) -> NextQuestion | None:
        if not query.guiding or found.rows_total <= FEW_ENOUGH:
            return None
        planner = turn.hearing.knowledge.planner
        names = [row.entity for row in planner.engine.run(query.plan, MAX_ROWS).rows]
        told = [one.attribute for one in leaf_conditions(query.plan.conditions)]
        asked = turn.memory.asked if turn.memory.guiding else ()
        return planner.guide.next_question(names, (*told, *asked))


def _hedged(found: Answered) -> bool:
    """Whether a standard question is answered that is likely, and not sure to be what was asked."""
    return found.source == "faq" and found.confidence < SURE


def _corrected(scan: Scan | None) -> str:
    """What the question was taken for, when it was corrected in mid-sentence."""
    if scan is None or not scan.instead:
        return ""
    return say("corrected", instead=scan.instead, took_back=scan.took_back.strip(" ,.。…"))


def _left_aside(query: Query) -> str:
    """What was said beside a question about all that match, and is no condition of it."""
    if not query.scan.asides or query.plan.entities:
        return ""
    return "\n" + say("left_aside", what="，".join(query.scan.asides))


def _shown(memory: Memory, found: Found) -> tuple[str, ...]:
    """The rows one may point at: those just given, or the longer list that they were picked from."""
    picked = found.plan.op == "superlative" and len(found.shown) == 1  # 最便宜的 of those
    picked = picked or found.plan.op in ("compare", "verify", "lookup")
    within = picked and set(found.shown) <= set(memory.shown)
    return memory.shown if within else found.shown


def _all_seen(memory: Memory, query: Query, found: Found) -> bool:
    """还有呢, where there are no more than those that were shown: these are still the ones to point at."""
    left_out = {c.value for c in leaf_conditions(tuple(filter(is_exclusion, flat(query.plan.conditions))))}
    return not found.rows_total and bool(memory.shown) and left_out >= set(memory.shown)


def _among_listed(turn: Turn, entities: tuple[str, ...]) -> bool:
    """Whether they are some of those shown or offered, or of those that match and were not shown for want of room."""
    if set(entities) < set(turn.memory.shown):
        return True
    listed, engine = _listed(turn.memory), turn.hearing.knowledge.planner.engine
    if listed is None or not listed.conditions or listed.op == "group":
        return False  # what colours there are lists no cars
    among = Plan("filter", entities, (), listed.conditions)
    return len(engine.run(among, len(entities)).rows) == len(entities)


def _listed(memory: Memory) -> Plan | None:
    """The query over all that match whose rows one may still point at."""
    plan = memory.plan
    return plan if lists(plan) else memory.listed


def _recent(memory: Memory, entities: tuple[str, ...]) -> tuple[str, ...]:
    """What was spoken of before ``entities``, latest first."""
    before = dict.fromkeys((*memory.entities, *memory.recent))
    return tuple(name for name in before if name not in entities)[:MAX_RECENT]
