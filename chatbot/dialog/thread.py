"""A message that goes on with the standard question answered last: 收费吗, 要带什么证件 after 怎么预约试驾.

It is read with what that question is about before it; where that makes nothing sure and the words alone do not either, the
neighbours of that question are offered.
"""

import re
from dataclasses import replace

from chatbot.answering.knowledge import Knowledge
from chatbot.dialog.hearing import Hearing
from chatbot.faq_modules.base import FaqCandidate
from chatbot.normalization.text import content, normalize
from chatbot.planning.function_words import carries_nothing
from chatbot.planning.query import Asked, Planned, Query

LONGEST = 8  # characters: what says more stands alone
SURE = 0.7  # as below which an answer of the FAQ says which question it answers
VERY_SURE = 0.9
WORTH_SAYING = 0.5  # as below which a question is not answered for itself while the topic is near
_HEAD, _FEW = 2, 5
MAX_OFFERED = 3
_ASKS_HOW = re.compile(
    "怎么样?|[是对]吗|如何|怎样|是怎样的|多少|什么|哪些|哪个|几年|几点|多久|吗|可以|能不能|会不会|需要|最[低长高短]|在哪查?|要(?=.{1,3}$)|和|有"
)
_POINTS = re.compile("[它他她]|[这那][个款台辆]|这车|那车|第.")
_PRICE = re.compile("多少钱|价格|贵不贵")
_COST = re.compile("多少钱|要钱|收费|费用|价格|贵不贵|花钱")


def goes_on(hearing: Hearing, topic: str, planned: Planned) -> tuple[FaqCandidate, ...]:
    """The standard questions that ``hearing`` may mean after ``topic``, surest first; none where it stands alone."""
    said = content(hearing.reading.text)
    if (
        not 1 < len(said) <= LONGEST
        or _POINTS.search(said)
        or hearing.reading.entities
        or hearing.verbatim
        or topic.startswith("问")
    ):
        return ()
    cost = _COST.search(said) is not None
    if hearing.reading.attributes and not cost and _core(said):
        return ()
    if _pairs(said) & _pairs(_subject(topic)):
        return ()  # 试驾能带狗吗 says itself what it is about
    alone = hearing.faq[0] if hearing.faq else None
    if alone and _names_it(alone, said):
        return ()
    together = _together(hearing.knowledge, topic, said)
    if alone and _stands_alone(alone, together, said, topic, cost=cost):
        return ()
    sure = SURE if planned is None and not _PRICE.search(said) else VERY_SURE  # a car has a price, too
    if together and together.confidence >= sure and (planned is None or _hardly_a_query(planned, said)):
        return (together,)
    if alone is None or alone.confidence >= SURE or planned is not None or hearing.reading.attributes:
        return ()
    near = (topic, *hearing.knowledge.related(topic, MAX_OFFERED))[:MAX_OFFERED]
    return tuple(replace(alone, question=question, confidence=0.0) for question in near)


def _names_it(alone: FaqCandidate, said: str) -> bool:
    """Whether all that ``said`` is about stands in another question: 可以试驾吗 after 门店几点营业."""
    core = _core(said)
    return alone.confidence >= WORTH_SAYING and len(core) >= _HEAD and core in alone.question


def _stands_alone(
    alone: FaqCandidate, together: FaqCandidate | None, said: str, topic: str, *, cost: bool
) -> bool:
    """Whether ``said`` is surer by itself than with the topic, which makes any words look like the topic's own."""
    if together is None:
        return alone.confidence >= WORTH_SAYING
    if alone.confidence >= SURE and _tells_itself(alone, together, said, topic):
        return True
    if cost or together.question == alone.question:
        return False
    of_topic = together.question == topic
    by_its_name = of_topic and _subject(together.matched) == _subject(topic)
    if alone.confidence < (SURE if by_its_name else VERY_SURE):
        return False
    return of_topic or together.confidence < alone.confidence


def _hardly_a_query(planned: Planned, said: str) -> bool:
    """最长几年, 多少钱: words that a query is made of, of no car and without a condition."""
    if isinstance(planned, Query):
        plan = planned.plan
        alone = not (planned.carried or planned.kept or plan.conditions or plan.entities)
        return alone and plan.op == "superlative" and len(said) <= _FEW
    return isinstance(planned, Asked) and not planned.entities


def _together(knowledge: Knowledge, topic: str, said: str) -> FaqCandidate | None:
    """The standard question that ``said`` is nearest to with what ``topic`` is about before it, whole or in part."""
    subject = _subject(topic)
    best: FaqCandidate | None = None
    for head in dict.fromkeys((subject, subject[:_HEAD], subject[-_HEAD:])):
        for one in knowledge.faq.retrieve(head + said, 1):
            fits = _about(one, subject, head) and _speaks_of(knowledge, one, said)
            if fits and (best is None or one.confidence > best.confidence):
                best = one
    return best


def _about(found: FaqCandidate, subject: str, head: str) -> bool:
    return head in found.matched or bool(_pairs(_subject(found.question)) & _pairs(subject))


def _speaks_of(knowledge: Knowledge, found: FaqCandidate, said: str) -> bool:
    """Whether the question, its paraphrase or its answer holds what is asked: 免费 of 收费吗; what only asks is in all."""
    core = _core(said)
    answer = knowledge.answers.answer_for(found.question, None)
    told = found.question + found.matched + (answer.text if answer else "")
    if len(core) <= _HEAD:
        return not core or any(char in told for char in core)
    return any(pair in told for pair in _pairs(core))


def _tells_itself(alone: FaqCandidate, together: FaqCandidate | None, said: str, topic: str) -> bool:
    """Whether ``said`` has a word of the question it is nearest to that neither the topic nor a question about it has."""
    shared = _pairs(_subject(topic)) | (_pairs(normalize(together.question)) if together else set())
    own = _pairs(normalize(alone.question)) - shared
    return any(pair in said and not carries_nothing(pair) and not _ASKS_HOW.search(pair) for pair in own)


def _core(said: str) -> str:
    """What is left of ``said`` without the words that only ask: 试驾 of 可以试驾吗."""
    return "".join(char for char in _subject(said) if not carries_nothing(char))


def _subject(question: str) -> str:
    """What a standard question is about: 预约试驾 of 怎么预约试驾."""
    return _ASKS_HOW.sub("", normalize(question))


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
