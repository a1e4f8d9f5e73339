"""A query can be made of the words, and a standard question is likely too: which of them is meant."""

import re
from typing import TypeGuard

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from chatbot.dialog.state import Turn
from chatbot.faq_modules.base import FaqCandidate
from chatbot.knowledge_graph.plan import keyword_level, leaf_conditions
from chatbot.normalization.text import content
from chatbot.planning.function_words import carries_nothing
from chatbot.planning.links import Link
from chatbot.planning.pointing import points
from chatbot.planning.purposes import only_a_purpose
from chatbot.planning.query import Asked, Query, Refusal
from chatbot.planning.weighing import asks_which_is_best

SURE_FAQ = 0.9  # above it a standard question may be meant, even where a query can be made of its words
BESIDE_A_NAME_FAQ = 0.97  # the same where the message itself names a car
LIKELY_HOW_TO = 0.6  # where it asks how to do something, and names no car
OPEN_FAQ = 0.5  # the same where some words of the query stay unexplained
MORE_SAID_FAQ = 0.75  # where it has words of the question that the query makes nothing of
LEFT_OUT_FAQ = 0.8  # where these can be left out, and much else is said
ALL_CARS_FAQ = 0.95  # the same where the query would list every car: 提车得带哪些东西
ALIKE = 80  # percent of its letters
_WORD = 2  # characters: a shorter link alone is a weak one
NEARLY = 95  # the same where every word is one of the graph's: 续航多少公里 asks nothing about winter
_OF_CARS = re.compile("车型?的?$|[款的]$")
_WEIGHED = re.compile(
    "还是|区别|差异|差别|不同|怎么选|选哪|可以|能不能|还能|纠结|犹豫"
)  # 买油的还是电的 lists no cars
_MUCH_MORE = 4  # characters beside the name of a branch
_ASKING = re.compile("[多少久么怎样要几啥哪吗呢了啊呀吧咋]")
_EXPLAINS = re.compile("(?:是什么|是啥|什么意思|啥意思|是什么意思|是啥意思)[呀啊呢]?$")
_WHETHER = re.compile("(?:有没)?[有带].+[吗么嘛没]$|.{0,4}(?:有没有|带不带).+")
_WHICH_HAVE = re.compile("(?:哪些|哪几?款|哪几?个|什么)车型?(?:都)?[有带配]")
_MEASURES = re.compile("多少(?!钱)|几|多[大高重长宽久快远]|什么|哪")
_ASKS_ABOUT = re.compile("怎么|咋|如何|哪|多少|几|什么|啥|多久|为什么")
# what is done with a thing, or has befallen it: no graph of attributes tells
_HOW_TO = re.compile(
    "怎么(?!样|卖|[选比])|咋(?!样|卖|[选比])|如何(?![选比])|怎么办|教程"
    "|[死黑卡坏亮响漏爆]了|报警(?!的(?:车|suv|轿|有))|失灵|没反应|不灵了?$|异响|打不着"
)


def asks_how(turn: Turn) -> bool:
    """Whether it asks how to do something or what to do about something, and a standard question surely tells."""
    if not _HOW_TO.search(turn.hearing.text) and not _asks_what_it_is(turn):
        return False  # before the FAQ is searched: what is plainly a look-up needs it not
    best = next(iter(turn.hearing.faq), None)
    if best is None or best.confidence < LIKELY_HOW_TO:
        return False
    return best.confidence >= SURE_FAQ or not turn.hearing.reading.entities  # 怎么ota asks for no car's value


def _asks_what_it_is(turn: Turn) -> bool:
    """增程是什么: what a value means, not what has it."""
    reading = turn.hearing.reading
    return not (reading.attributes or reading.entities) and _EXPLAINS.search(turn.hearing.text) is not None


def means_a_standard_question(turn: Turn, planned: Query | Asked | Refusal) -> bool:
    """Whether a standard question is meant after all: its words are nearly these, or the query leaves some open."""
    if isinstance(planned, Refusal):
        return _instead_of_refusing(turn, planned)
    best = next(iter(turn.hearing.faq), None)
    if best is not None and _weighs(turn, planned):
        return turn.hearing.verbatim or (
            best.confidence >= MORE_SAID_FAQ and not _of_those_spoken_of(turn, planned)
        )
    if best is None or says_what_for(turn) or (_only_wishes(turn, planned) and not turn.hearing.verbatim):
        return False
    leaning = _leans(planned)
    if (
        _of_no_car(planned, best)
        or _speaks_of_else(turn, planned, best)
        or (not leaning and _of_a_kind(turn, planned, best))
    ):
        return True
    if best.confidence >= (SURE_FAQ if leaning else BESIDE_A_NAME_FAQ) and _explains_more(
        turn, planned, best
    ):
        return True
    if planned.scan.mended and _badly_mended(turn, planned, best):
        return True
    if turn.hearing.verbatim and not leaning:
        return not _of_one_car(planned) or _own_answer(turn, best.question, planned)
    if leaning and sum(map(len, planned.scan.unknown)) < _WORD:
        return False
    if isinstance(planned, Asked):
        meant = planned.scan.unknown or alike(turn) >= NEARLY
        return bool(meant) and best.confidence >= SURE_FAQ and _own_answer(turn, best.question, planned)
    return _outweighs(turn, planned, best)


def _instead_of_refusing(turn: Turn, planned: Refusal) -> bool:
    """Whether what the graph cannot answer is a standard question."""
    nowhere = planned.code == "nothing_to_point_at"  # 老带新 is no slip of 老大, where nothing was listed
    if planned.code == "wrong_dimension" and turn.hearing.likely_faq:
        return True  # 多少钱一个月 贷款的话 asks for no price
    return turn.hearing.verbatim or (planned.scan.mended and (nowhere or turn.hearing.likely_faq))


def _weighs(turn: Turn, planned: Query | Asked) -> bool:
    """哪个好, of what is said or was spoken of."""
    weighing = isinstance(planned, Query) and planned.weighing
    return weighing or asks_which_is_best(turn.hearing.in_grammar)


def _of_those_spoken_of(turn: Turn, planned: Query | Asked) -> bool:
    """哪个好 after a list, L8哪个版本好: of these, and a standard question tells of all there are."""
    named = isinstance(planned, Query) and bool(planned.plan.entities)
    return named or (asks_which_is_best(turn.hearing.in_grammar) and not turn.context.empty)


def says_what_for(turn: Turn) -> bool:
    """跑长途多, while it is asked what the car should be like: no question, however like one it is."""
    return turn.context.guiding and only_a_purpose(turn.hearing.text)


def _only_wishes(turn: Turn, planned: Query | Asked) -> bool:
    """想买车, and 你推荐呢 while it is asked what it should be like: that one is wanted; no word of how it is done."""
    said = planned.scan.links
    guiding = isinstance(planned, Query) and (planned.guiding or turn.context.guiding)
    wishes = guiding and not planned.scan.unknown
    return wishes and all(link.plays("buy", "head", "so", "filler") for link in said)


def tells(link: Link) -> bool:
    """Whether a word names what is asked for; of those of degree, one that is more than a letter (the 多 of 多久)."""
    if link.attribute or link.category or link.value or link.quantity or link.entity:
        return True
    says = link.degree is not None or link.plays("compare", "nearest")
    return says and link.end - link.start >= _WORD


def _of_no_car(planned: Query | Asked, best: FaqCandidate) -> bool:
    """油耗高吗, where no car was spoken of, and a standard question tells."""
    return isinstance(planned, Asked) and not planned.entities and best.confidence >= SURE_FAQ


def _of_a_kind(turn: Turn, planned: Query | Asked, best: FaqCandidate) -> bool:
    """空调不制冷了, 空调安装要钱吗: a standard question of all things of a kind, and no measure of them is asked for."""
    kind = isinstance(planned, Asked) and turn.hearing.names_with_the_faq
    return kind and best.confidence >= SURE_FAQ and _MEASURES.search(turn.hearing.text) is None


def _speaks_of_else(turn: Turn, planned: Query | Asked, best: FaqCandidate) -> bool:
    """下单了还能换颜色吗, after a car: the standard question has words of it too (能换) that the graph's reading lacks."""
    free = not (turn.context.empty or turn.hearing.reading.entities or points(turn.hearing.text))
    if (
        not free
        or best.confidence < MORE_SAID_FAQ
        or (isinstance(planned, Query) and _of_its_series(planned))
    ):
        return False
    said, links = planned.scan.text, planned.scan.links
    if any(link.value or link.quantity for link in links):
        return False  # 要能加油的汽油车 is a wish, whatever else is said of it
    told = {
        x
        for link in links
        if tells(link) or link.plays("each", "others")
        for x in range(link.start, link.end)
    }
    if not told and len(content(said)) >= _MUCH_MORE and best.confidence >= SURE_FAQ:
        return True  # 跟同级比怎么样, which was told of what was asked before
    also = best.matched + "|" + best.question
    beside = (
        said[at : at + _WORD]
        for at in range(len(said) - 1)
        if any(_says_something(said[i]) for i in {at, at + 1} - told)
    )
    if any(pair in also and _says_something(pair) for pair in beside):
        return True  # but not for the 电的 of 有无线充电的
    return (
        len({one for at, one in enumerate(said) if at not in told and one in also and _says_something(one)})
        > 1
    )


def _says_something(piece: str) -> bool:
    return not (_ASKING.search(piece) or carries_nothing(piece))


def _leans(planned: Query | Asked) -> bool:
    """Whether it is read with what the conversation speaks of, or names something itself."""
    if isinstance(planned, Query):
        return bool(planned.carried or planned.kept or planned.plan.entities) or _of_its_series(planned)
    return planned.referred


def _of_its_series(query: Query) -> bool:
    """有几个版本, of the series spoken of: it is in the query, and in no word of the message."""
    named = any(link.entity for link in query.scan.links)
    levels = (c.attribute for c in leaf_conditions(query.plan.conditions))
    return not named and any(path == keyword_level(2) for path in levels)


def _outweighs(turn: Turn, planned: Query, best: FaqCandidate) -> bool:
    """Whether the standard question is so likely that the query can be left."""
    if _names_a_kind(planned):
        return alike(turn) >= NEARLY  # 增程车 asks for cars, not how they differ from others
    if _is_there(turn, planned, best):
        return False
    if planned.scan.unknown:
        return best.confidence >= (LEFT_OUT_FAQ if planned.ignored and planned.solid else OPEN_FAQ)
    if _lists_all(planned):
        return best.confidence >= ALL_CARS_FAQ
    weighed = planned.plan.op in ("filter", "superlative") and _WEIGHED.search(turn.hearing.text)
    return best.confidence >= SURE_FAQ and bool(alike(turn) >= ALIKE or not planned.solid or weighed)


def _explains_more(turn: Turn, planned: Query | Asked, best: FaqCandidate) -> bool:
    """Whether the standard question has what the graph's reading leaves open, or reads a character or a branch into."""
    unknown = planned.scan.unknown
    if unknown and all(piece in best.matched + best.question for piece in unknown):
        return True  # 配件多少钱 asks for no car's price, whatever car was spoken of
    if not isinstance(planned, Asked):
        return False
    links = [link for link in planned.scan.links if link.attribute or link.degree]
    if links and all(link.end - link.start < _WORD for link in links):
        return True  # 新车能跑高速吗 asks for no date
    tree = turn.hearing.knowledge.graph.tree
    branches = all(path in tree and not tree[path].is_leaf for topic in planned.topics for path in topic[:1])
    more = len(content(planned.scan.text)) - sum(x.end - x.start for x in planned.scan.links if tells(x))
    asks = alike(turn) >= ALIKE or (best.confidence >= MORE_SAID_FAQ and more >= _MUCH_MORE)
    return bool(planned.topics) and branches and asks  # 电池安全吗, 电池几年就不行了 is no way to 电池


def _of_one_car(planned: Query | Asked) -> TypeGuard[Asked]:
    """Whether an attribute of one car is asked for, and all of it understood: what holds for all cars may not be so of it."""
    if not isinstance(planned, Asked) or planned.scan.unknown:
        return False
    return bool(planned.topics) and len(planned.entities) == 1 and len(planned.entities[0]) == 1


def _lists_all(query: Query) -> bool:
    """Whether it would list every car, and not because a car is looked for."""
    looked_for = any(link.plays("buy") for link in query.scan.links)
    return query.plan.op == "filter" and not query.plan.conditions and not looked_for


def _is_there(turn: Turn, planned: Query, best: FaqCandidate) -> bool:
    """有座椅通风吗, all of it understood, where the standard question tells how it is used: 座椅通风在哪.

    So does 哪些车有座椅通风, whatever stands before it.
    """
    said = planned.scan
    whether = planned.plan.op == "filter" and not said.unknown and _WHETHER.match(said.text)
    whether = whether or (planned.plan.op == "filter" and _WHICH_HAVE.search(said.text))
    return bool(whether) and _ASKS_ABOUT.search(best.matched) is not None


def _names_a_kind(query: Query) -> bool:
    """Whether it is a kind of car and nothing else: 增程的车."""
    said = query.scan
    text = said.text.rstrip("吗么嘛呀啊呢")
    told = ("head", "so", "has", "exists", "verify")  # 有红色的车吗
    plain = _OF_CARS.search(text) and all(link.value or link.plays(*told) for link in said.links)
    return bool(plain) and query.plan.op == "filter" and len(query.plan.conditions) == 1 and not said.unknown


def alike(turn: Turn) -> float:
    """How much the question looks like the paraphrase that matched best, in percent, courtesies aside."""
    return fuzz.ratio(*turn.hearing.side_by_side)


def _badly_mended(turn: Turn, planned: Query | Asked, best: FaqCandidate) -> bool:
    """有现车吗, as people ask, is no slip of 有厢车吗; 没车位能装桩吗, with 车机 for 车位, is still not understood.

    Of the car in focus a number may be asked with a slip (快冲要多久); 电池会自燃马 is no 自然 of its.
    """
    said, likely = planned.scan, turn.hearing.likely_faq
    if best.confidence >= SURE_FAQ and _no_slip(turn, said.text):
        return True
    checks = isinstance(planned, Query) and not turn.hearing.worth_mending()
    return likely and not said.asides and bool(said.unknown or checks)


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
