"""A query can be made of the words, and a standard question is likely too: which of them is meant."""

import re

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from chatbot.dialog.state import Turn
from chatbot.planning.query import Asked, Query, Refusal

SURE_FAQ = 0.9  # above it a standard question may be meant, even where a query can be made of its words
OPEN_FAQ = 0.5  # the same where some words of the query stay unexplained
LEFT_OUT_FAQ = 0.8  # where these can be left out, and much else is said
ALL_CARS_FAQ = 0.95  # the same where the query would list every car: 提车得带哪些东西
ALIKE = 80  # percent of its letters
NEARLY = 95  # the same where every word is one of the graph's: 续航多少公里 asks nothing about winter
_OF_CARS = re.compile("车型?的?$|[款的]$")
_WEIGHED = re.compile(
    "还是|区别|差异|差别|不同|怎么选|选哪|可以|能不能|还能|纠结|犹豫"
)  # 买油的还是电的 lists no cars


def means_a_standard_question(turn: Turn, planned: Query | Asked | Refusal) -> bool:
    """Whether a standard question is meant after all: its words are nearly these, or the query leaves some open."""
    if isinstance(planned, Refusal):
        points = planned.code == "nothing_to_point_at"  # 老带新 is no slip of 老大, where nothing was listed
        return turn.hearing.verbatim or (planned.scan.mended and (points or turn.hearing.likely_faq))
    leaning = (
        planned.carried or planned.kept or planned.plan.entities
        if isinstance(planned, Query)
        else planned.referred
    )
    best = next(iter(turn.hearing.faq), None)
    if best is None:
        return False
    if planned.scan.mended and best.confidence >= SURE_FAQ and _no_slip(turn, planned.scan.text):
        return True  # 有现车吗, as people ask, is no slip of 有厢车吗
    if turn.hearing.verbatim and not leaning:
        return True
    if leaning and sum(map(len, planned.scan.unknown)) < 2:
        return False
    if isinstance(planned, Asked):
        meant = planned.scan.unknown or alike(turn) >= NEARLY
        return bool(meant) and best.confidence >= SURE_FAQ and _own_answer(turn, best.question, planned)
    if _names_a_kind(planned):
        return alike(turn) >= NEARLY  # 增程车 asks for cars, not how they differ from others
    if planned.scan.unknown:
        return best.confidence >= (LEFT_OUT_FAQ if planned.ignored and planned.solid else OPEN_FAQ)
    if _lists_all(planned):
        return best.confidence >= ALL_CARS_FAQ
    weighed = planned.plan.op in ("filter", "superlative") and _WEIGHED.search(turn.hearing.text)
    return best.confidence >= SURE_FAQ and bool(alike(turn) >= ALIKE or not planned.solid or weighed)


def _lists_all(query: Query) -> bool:
    """Whether it would list every car, and not because a car is looked for."""
    looked_for = any(link.plays("buy") for link in query.scan.links)
    return query.plan.op == "filter" and not query.plan.conditions and not looked_for


def _names_a_kind(query: Query) -> bool:
    """Whether it is a kind of car and nothing else: 增程的车."""
    said = query.scan
    plain = _OF_CARS.search(said.text) and all(link.value or link.plays("head", "so") for link in said.links)
    return bool(plain) and query.plan.op == "filter" and len(query.plan.conditions) == 1 and not said.unknown


def alike(turn: Turn) -> float:
    """How much the question looks like the paraphrase that matched best, in percent, courtesies aside."""
    return fuzz.ratio(*turn.hearing.side_by_side)


def _no_slip(turn: Turn, mended: str) -> bool:
    """Whether what was ``mended`` as a slip is a word of the paraphrase that matched best, as it was typed."""
    typed, matched = turn.hearing.text, turn.hearing.faq[0].matched
    swaps = [edit.src_pos for edit in Levenshtein.editops(typed, mended) if edit.tag == "replace"]
    return bool(swaps) and all(
        typed[at : at + 2] in matched or typed[max(0, at - 1) : at + 1] in matched for at in swaps
    )


def _own_answer(turn: Turn, question: str, asked: Asked) -> bool:
    """Whether someone wrote an answer to the question for just this entity."""
    answers = turn.hearing.knowledge.answers
    general = answers.answer_for(question, None)
    names = [group[0] for group in asked.entities if len(group) == 1]
    own = [answers.answer_for(question, name) for name in names]
    return any(answer is not None and answer != general for answer in own)
