"""FAQ and graph candidates → one calibrated choice, or a question back, or an honest refusal."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.answering.inquiry import (
    Answered,
    Inquiry,
    Missing,
    NeedAttribute,
    NeedEntity,
    NeedTopic,
    Outcome,
    Path,
    Refused,
    Topic,
    Unsure,
)
from chatbot.answering.knowledge import AuthoredAnswer, Knowledge
from chatbot.faq_modules.base import FaqCandidate
from chatbot.faq_modules.dataset import ANSWERS
from chatbot.knowledge_graph.lookup import lookup
from chatbot.planning.part_names import of_the_same_measure
from chatbot.planning.query import Refusal
from chatbot.reply import FaqEvidence

GRAPH_THRESHOLD = 0.6
EXACT_FAQ = 0.97
VERBATIM, ALIKE, SOME = 100, 80, 35  # percent of the letters of a paraphrase
WORTH_ASKING = 0.5  # what is less likely than not is offered; it is not asked which car it is about
MAX_ENTITIES = 20
SURE_OF_TWO, NEARLY, _TWO = 0.9, 0.25, 2
FEW = 3  # things whose written answers are given one below the other


class Answerer:
    """Chooses between the standard question and the graph look-up an inquiry may mean, and says why."""

    def __init__(self, knowledge: Knowledge, faq_confidence_threshold: float) -> None:
        self._knowledge = knowledge
        self._graph, self._concepts = knowledge.graph, knowledge.planner.vocabulary.concepts
        self._threshold = faq_confidence_threshold

    def answer(self, inquiry: Inquiry) -> Outcome:
        """One of the outcomes; never an answer below the thresholds."""
        if inquiry.refusal and inquiry.refusal.code in (
            "unknown_entity",
            "no_such_kind",
            "wrong_dimension",
            "nothing_to_point_at",
        ):
            return Refused(inquiry.refusal)
        best = inquiry.faq[0] if inquiry.faq else None
        sure_of_graph = self.graph_confidence(inquiry)
        sure_of_faq = best.confidence if best else 0.0
        why = f"kg {sure_of_graph:.2f}, faq {sure_of_faq:.2f}"
        if inquiry.question:
            return self._standard_question(inquiry, inquiry.question, None, "carried or chosen")
        lacking = _lacks(inquiry)
        if lacking and inquiry.refusal and not (best and self._tells_of(best, inquiry.refusal)):
            return self._of_that_measure(inquiry, inquiry.refusal, why)
        if not lacking and self._graph_wins(inquiry, sure_of_graph, sure_of_faq):
            told = self._graph_answer(inquiry, sure_of_graph, f"{why}: names the attribute")
            if inquiry.named or not isinstance(told, Missing) or sure_of_faq < EXACT_FAQ:
                return told  # else 加什么油, of an electric car that was spoken of before
        if best and sure_of_faq >= self._threshold:
            found = self._standard_question(inquiry, best.question, best, f"{why}: nearest question")
            if not isinstance(found, NeedEntity) or sure_of_faq >= WORTH_ASKING:
                return found
        if (inquiry.named or inquiry.referred) and not inquiry.reading.core:
            return self._entity_alone(inquiry)
        if inquiry.refusal:
            return Refused(inquiry.refusal)
        return Unsure(inquiry.faq, tuple(name for group in inquiry.groups for name in group[:1]))

    def _tells_of(self, best: FaqCandidate, refusal: Refusal) -> bool:
        """Whether a standard question is likely, and about what the graph has no record of."""
        asks = of_the_same_measure(refusal.subject, best.matched + best.question)
        return best.confidence >= self._threshold and asks

    def _of_that_measure(self, inquiry: Inquiry, refusal: Refusal, why: str) -> Outcome:
        """装充电桩什么价: of two questions about it that together are sure, the one that tells what is asked; else refused."""
        two = inquiry.faq[:_TWO]
        fits = [one for one in two if of_the_same_measure(refusal.subject, one.question)]
        if sum(one.confidence for one in two) < SURE_OF_TWO or not fits or fits[0].confidence < NEARLY:
            return Refused(refusal)
        return self._standard_question(inquiry, fits[0].question, fits[0], f"{why}: of what is asked")

    def graph_confidence(self, inquiry: Inquiry) -> float:
        """How sure it is that an attribute is asked for: the weakest link, times what it explains."""
        if not inquiry.topics:
            return 0.0
        explained = 1.0 - (inquiry.reading.leftover if inquiry.topical else float(bool(inquiry.reading.core)))
        return min(topic.score for topic in inquiry.topics) * inquiry.entity_score * explained

    def _graph_wins(self, inquiry: Inquiry, graph: float, faq: float) -> bool:
        if graph < GRAPH_THRESHOLD:
            return False
        if inquiry.alike == VERBATIM and (
            not inquiry.groups or any(self._children(one, ()) for one in inquiry.topics)
        ):
            return False  # the operator has said what these words mean
        if inquiry.whole and inquiry.alike >= ALIKE:
            return False  # 空调安装收费吗, which is a question of all air conditioners
        if inquiry.topical and not inquiry.reading.leftover and faq < EXACT_FAQ:
            return True
        if not inquiry.groups and faq >= EXACT_FAQ and (inquiry.reading.leftover or inquiry.alike >= SOME):
            return False  # of no car in particular: 怎么自动泊车, 胎压报警了; but 快充要多久 is no 天天快充伤电池么
        return graph >= faq

    def _graph_answer(self, inquiry: Inquiry, confidence: float, why: str) -> Outcome:
        attributes = tuple(dict.fromkeys(topic.paths[0] for topic in inquiry.topics))
        entities = tuple(group[0] for group in inquiry.groups if len(group) == 1)
        for topic in inquiry.topics:
            if children := self._children(topic, entities):
                return NeedAttribute(topic.paths[0], children, entities)
        unclear = next((group for group in inquiry.groups if len(group) > 1), None)
        if unclear or not inquiry.groups:
            among = unclear or tuple(self._graph.by_name)
            able = self._able(among, inquiry.topics)
            if not able or (len(able) == 1 and len(inquiry.topics) > 1 and self._graph.is_series(among)):
                # none has all that is asked for, or but one car of a series has: those that have some of it
                some = {name for topic in inquiry.topics for name in self._able(among, (topic,))}
                able = tuple(name for name in among if name in some)
            elliptic = inquiry.scan is not None and not any(link.attribute for link in inquiry.scan.links)
            if len(able) == 1 and unclear and elliptic and self._of_several_series(unclear):
                return NeedEntity(unclear, attributes)  # X5, of which only the X5 M has a price, asks no X5 M
            if len(able) != 1:
                return NeedEntity(able, attributes) if able else Missing(unclear or (), attributes)
            entities = (*entities, able[0])
        topics = [self._leaves(topic) for topic in inquiry.topics]
        found = lookup(self._graph, entities[:MAX_ENTITIES], topics, self._concepts.needed)
        if not found.evidence:
            return Missing(entities, attributes)
        return Answered(
            text=found.text,
            source="kg",
            confidence=confidence,
            evidence=found.evidence,
            entities=entities,
            attributes=found.plan.attributes,
            plan=found.plan,
            rows=found.rows,
            why=why,
        )

    def _of_several_series(self, names: Sequence[str]) -> bool:
        return not self._graph.of_one_series(names)

    def _children(self, topic: Topic, entities: Sequence[str]) -> tuple[Path, ...]:
        """The parts of a category to choose among; nothing when it is a leaf or leads to just one."""
        path = topic.paths[0]
        node = self._graph.tree[path]
        while not node.is_leaf:
            children = tuple(
                child
                for child in node.children
                if not entities or any(self._graph.has(entity, child) for entity in entities)
            )
            if len(children) != 1:
                return children or node.children
            node = self._graph.tree[children[0]]
        return ()

    def _leaves(self, topic: Topic) -> tuple[Path, ...]:
        """Every leaf it may stand in; behind them those that measure the same by another name."""
        places = self._knowledge.planner.engine.columns.places
        leaves = [
            place for path in topic.paths for leaf in self._graph.leaves_below(path) for place in places(leaf)
        ]
        others = (other for leaf in leaves for other in self._concepts.kin(leaf))
        return tuple(dict.fromkeys([*leaves, *others]))

    def _able(self, entities: Sequence[str], topics: Sequence[Topic]) -> tuple[str, ...]:
        """Those of ``entities`` that have a value for every topic."""
        wanted = [self._leaves(topic) for topic in topics]
        return tuple(name for name in entities if all(self._has_value(name, paths) for paths in wanted))

    def _has_value(self, name: str, paths: tuple[Path, ...]) -> bool:
        leaves = self._graph.by_name[name].leaves
        return any(p in leaves and self._concepts.needed(paths[0], p) in leaves[p] for p in paths)

    def _standard_question(
        self, inquiry: Inquiry, question: str, best: FaqCandidate | None, why: str
    ) -> Outcome:
        answers = self._knowledge.answers
        clear = [group[0] for group in inquiry.groups if len(group) == 1]
        own = [(one, answer) for one in clear if (answer := answers.answer_for(question, one))]
        if 1 < len(own) == len(clear) <= FEW:
            return self._of_each(question, own, best, why)
        for entity, answer in own[:1]:
            return self._authored(question, answer.text, answer.file, best, why, entity)
        general = answers.answer_for(question, None)
        if general:
            return self._authored(question, general.text, general.file, best, why, None)
        able = tuple(name for name in answers.entities_answering(question) if name in self._graph.by_name)
        if clear:
            return Missing(tuple(clear), question=question)
        fitting = next((group for group in inquiry.groups), ()) or able
        choices = tuple(name for name in fitting if name in set(able))
        if len(choices) == 1 and (answer := answers.answer_for(question, choices[0])):
            return self._authored(question, answer.text, answer.file, best, why, choices[0])
        if not choices:
            return Missing((), question=question)
        return NeedEntity(choices, question=question, evidence=(_faq_evidence(question, ANSWERS, best),))

    def _of_each(
        self, question: str, own: Sequence[tuple[str, AuthoredAnswer]], best: FaqCandidate | None, why: str
    ) -> Answered:
        """What is written of each of several things that are spoken of, one below the other."""
        told = [self._authored(question, a.text, a.file, best, why, entity) for entity, a in own]
        return replace(
            told[0],
            text="\n".join(one.text for one in told),
            evidence=tuple(evidence for one in told for evidence in one.evidence),
            entities=tuple(entity for entity, _ in own),
        )

    def _authored(
        self, question: str, text: str, file: str, best: FaqCandidate | None, why: str, entity: str | None
    ) -> Answered:
        matched = _matching(question, best)
        return Answered(
            text=text,
            source="faq",
            confidence=matched.confidence if matched else 1.0,
            evidence=(_faq_evidence(question, file, best),),
            entities=(entity,) if entity else (),
            question=question,
            why=why,
        )

    def _entity_alone(self, inquiry: Inquiry) -> Outcome:
        unclear = next((group for group in inquiry.groups if len(group) > 1), None)
        if unclear:
            return NeedEntity(unclear)
        return NeedTopic(tuple(group[0] for group in inquiry.groups))


def _lacks(inquiry: Inquiry) -> bool:
    """Whether an attribute is asked for that is not on record: either reading leaves something, or the plan's nothing."""
    refusal = inquiry.refusal
    if refusal is None or refusal.code != "no_attribute":
        return False
    return bool(inquiry.reading.leftover) or not refusal.scan.unknown  # 音响是什么牌子: all of it is known


def _matching(question: str, best: FaqCandidate | None) -> FaqCandidate | None:
    """``best``, if it is what led to ``question``; ``None`` for one that was chosen from a list."""
    return best if best and best.question == question else None


def _faq_evidence(question: str, file: str, best: FaqCandidate | None) -> FaqEvidence:
    matched = _matching(question, best)
    return FaqEvidence(
        question=question,
        label=matched.label if matched else -1,
        matched=matched.matched if matched else question,
        score=round(matched.score, 4) if matched else 1.0,
        module=matched.module if matched else "chosen",
        file=file,
    )
