"""A message of several clauses, read one after the other: each in the context that those before it leave.

What is asked in each is told in one reply. A clause that asks nothing sets the scene for the next: 那就买便宜的吧，多久能提车 asks
of the one that is taken. A message that one query answers, or one standard question, is not taken apart.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from chatbot.dialog.afresh import looked_for_afresh
from chatbot.dialog.clauses import at_a_space, halves, last_clause
from chatbot.dialog.hearing import Hearing
from chatbot.dialog.state import Step
from chatbot.knowledge_graph.plan import leaf_conditions
from chatbot.messages import say
from chatbot.planning.corrections import takes_back
from chatbot.reply import Reply
from chatbot.session.base import Memory

Walk = Callable[[Memory, Hearing], Step]
MAX_ASKED = 200  # characters of a message that is taken apart
SURELY = 0.9  # a last clause that is a standard question beyond doubt
SURE = 0.7  # a half that is answered by a standard question must be it nearly word for word
_MOST = r"最(?!后|近|[多少高低]?不?[\d一二三四五六七八九十]|好(?:是|有|要|带|能|别|不)|[少低]要)"  # 最多20万 ranks nothing
_ASKS = re.compile(
    rf"多少|几|哪|什么|啥|谁|吗|么(?![样时])|怎么|咋|如何|{_MOST}|多[大长久远重快高宽贵]|呢|有没有|能不能|可不可以|是不是|带不带|[？?]"
)
_TO_BE_TOLD = re.compile("(?:[说报讲]|告诉)(?:一?下|一?声|一报|一说|我)?(?:吧|呗)?$")  # 价格也说下
_WHICH_CAR = re.compile("(?<!最)(?:是|叫)(?:什么|哪一?[款个台辆])车?$")
_JOINED = re.compile("[和跟与、]|还是|vs|pk", re.IGNORECASE)
_WHICH_OF_THEM = re.compile("[这那]?[两俩]?[个款台]?(?:里|之间)?(?:哪|谁|怎么选|咋选|选)")
_COUNTS = re.compile("(?<![a-zA-Z])[0-9](?!个)|[一二两三四五六七八九十百]+(?:来)?万")
_TAKES = re.compile("(?:(?:好|行|嗯|ok|可以|得)的?吧?)?(?:那我?|我)?(?:就|要|选|定|订|还是|买)")
_OF_SOME = ("lookup", "verify", "compare")
_PUZZLED = ("recommend", "fallback", "clarify")
_OPEN = (*_PUZZLED, "chitchat")


def read_in_clauses(walk: Walk, memory: Memory, hearing: Hearing) -> Step:
    """What a message comes to: as a whole, or clause by clause where that answers more of it."""
    if len(hearing.utterance) > MAX_ASKED:
        return walk(memory, hearing)
    if first := looked_for_afresh(walk, memory, hearing) or _standard_question_last(walk, memory, hearing):
        return first
    whole = walk(memory, hearing)
    if whole.reply.answer_type in _PUZZLED and (told := _without_a_remark(walk, memory, hearing)):
        return told
    if whole.reply.answer_type in _OPEN and (told := _scene_first(walk, memory, hearing, whole.reply)):
        return told
    behind = _asked_behind_a_space(walk, memory, hearing, whole.reply)
    return behind or _two_questions(walk, memory, hearing, whole) or whole


def _standard_question_last(walk: Walk, memory: Memory, hearing: Hearing) -> Step | None:
    """有点贵啊，有优惠吗: what is said last surely is a standard question, and the whole is none."""
    last = last_clause(hearing.utterance)
    names = hearing.reading.entities or _TAKES.match(hearing.utterance)
    if not last or (hearing.likely_faq and not names):
        return None
    asked = _part(hearing, last)
    if not asked.faq or asked.faq[0].confidence < SURELY:
        return None
    if hearing.likely_faq and hearing.faq[0].question != asked.faq[0].question:
        return None
    first = hearing.utterance[: hearing.utterance.rindex(last)]
    one = walk(memory, _part(hearing, first))
    two = walk(_left_by(one, memory), asked)
    if two.reply.answer_source != "faq" or not _answers(two.reply):
        return None
    return _both(one, two) if _asks(first) and _answers(one.reply) else _one_turn(two, memory)


def _without_a_remark(walk: Walk, memory: Memory, hearing: Hearing) -> Step | None:
    """车长多少 怕停不下, 多重 我们车库限重2.5吨: of something told what is asked, without why it is asked.

    Whoever looks for something may say with it what it should be like: what is no condition is named there.
    """
    said = hearing.utterance
    for first, second in [*[*halves(said)][-1:], *at_a_space(said)]:
        remark = _part(hearing, second).reading
        if _asks(second) or remark.entities or any(link.score == 1 for link in remark.attributes):
            continue
        one = read_in_clauses(walk, memory, _part(hearing, first))
        plan = one.reply.plan
        if not _answers(one.reply) or plan is None:
            continue
        if one.reply.entities and plan.op in _OF_SOME:
            return one
        if not (_may_bound(_part(hearing, second)) or remark.attributes):
            return _left_aside(one, second)
    return None


def _scene_first(walk: Walk, memory: Memory, hearing: Hearing, whole: Reply) -> Step | None:
    """那就探索版吧 几天能提, 我家有两个孩子 想要空间大的: what is said behind, in the context of what stands before it.

    Where the whole comes to nothing, so may what stands before: it is left aside then, and the reply says so; but for
    what may be a condition.
    """
    lost = not whole.entities and whole.answer_source != "kg" and whole.answer_type != "clarify"
    for first, second in [*halves(hearing.utterance)][-1:] or at_a_space(hearing.utterance):
        takes, asks = _TAKES.match(first) is not None, _asks(first)
        if not (lost or takes or asks):
            continue
        scene = _part(hearing, first)
        one = walk(memory, scene)
        takes = takes and len(one.memory.entities) == 1
        wishes = lost and _wishes(one.reply)
        told = takes or (asks and _answers(one.reply)) or wishes
        statement = one.reply.answer_source == "faq" and not asks  # 刚拿驾照 asks for nothing
        if not told and _JOINED.search(first) and _WHICH_OF_THEM.match(second):
            continue  # 先锋和疾风 哪个划算: of these, which are not known, and not of all
        if not told and (not lost or _may_bound(scene) or (_answers(one.reply) and not statement)):
            continue
        turns = takes or wishes or (lost and scene.reading.entities)  # 看B型号吧，油耗高不高
        two = walk(one.memory if turns else _left_by(one, memory), _part(hearing, second))
        if told and _answers(two.reply):
            return _one_turn(two, memory)
        if lost and _told_or_asked_which(two.reply):
            return _one_turn(
                two if told or one.reply.answer_type == "chitchat" else _left_aside(two, first), memory
            )
    return None


def _may_bound(scene: Hearing) -> bool:
    """Whether it holds a number or a value of the graph, and so may be a condition: 永磁同步的SUV, 20万以内."""
    if scene.reading.entities:  # E3太小了 is about that one
        return _COUNTS.search(scene.utterance) is not None
    return _COUNTS.search(scene.utterance) is not None or scene.knowledge.planner.names_a_value(scene.text)


def _wishes(reply: Reply) -> bool:
    """Whether it is about all that meet some condition, which what is said behind goes on with."""
    return reply.answer_source == "kg" and reply.plan is not None and bool(reply.plan.conditions)


def _told_or_asked_which(reply: Reply) -> bool:
    return _answers(reply) or (reply.answer_type == "clarify" and reply.answer_source in ("kg", "guide"))


def _left_aside(step: Step, first: str) -> Step:
    """``step``, with what was said before it and not understood named."""
    aside = say("left_aside", what=first)
    return replace(step, reply=replace(step.reply, answer=f"{step.reply.answer}\n{aside}"))


def _one_turn(step: Step, before: Memory) -> Step:
    """``step``, which came behind another of the same message, counted as the one turn that it is."""
    return replace(step, memory=replace(step.memory, turns=before.turns + 1))


def _left_by(one: Step, memory: Memory) -> Memory:
    """The memory behind a clause: as before where it was not understood, or turned from a car to many (有点贵啊)."""
    understood = one.reply.answer_source in ("kg", "guide") and one.reply.answer_type in ("answer", "clarify")
    turned = bool(memory.entities) and not one.memory.entities
    return one.memory if understood and not turned else memory


def _two_questions(walk: Walk, memory: Memory, hearing: Hearing, whole: Step) -> Step | None:
    """Each of two questions, and what stays open named; ``None`` where ``whole``, which took them as one, is better."""
    said = hearing.utterance
    if memory.pending or len(_ASKS.findall(said)) < 2 or takes_back(hearing.text):
        return None
    if whole.reply.answer_source == "faq" and not hearing.reading.entities:
        return None  # 安全座椅装哪个位置，怎么固定 is one standard question
    best: Step | None = None
    for first, second in halves(said):
        if not (_asks(first) and _asks(second)) or _is_one(whole.reply, first, second):
            continue
        one = walk(memory, _part(hearing, first))
        two = walk(one.memory if _answers(one.reply) else memory, _part(hearing, second))
        if _answers(one.reply) and not _answers(two.reply):
            if two.reply.entities:
                return None  # that the one spoken of has no such value is said of the whole
            two = walk(memory, _part(hearing, second))  # it may not lean on the first at all
        if _answers(one.reply) and _answers(two.reply):
            return _both(one, two) if _goes_on(one.reply, two) else None
        best = best or _one_of_them(one, two, (first, second), whole.reply)
    return best


def _asked_behind_a_space(walk: Walk, memory: Memory, hearing: Hearing, whole: Reply) -> Step | None:
    """HS5多少千瓦 价格也说下: both, where the whole was taken for no more than one value, and they are of the same."""
    one_value = len(whole.evidence) == 1 and whole.plan is not None and whole.plan.op in _OF_SOME
    if not one_value or memory.pending:
        return None
    for first, second in at_a_space(hearing.utterance):
        if takes_back(hearing.text) or not (_asks(first) and (_asks(second) or _TO_BE_TOLD.search(second))):
            continue
        one = walk(memory, _part(hearing, first))
        two = walk(one.memory, _part(hearing, second))
        told = {*one.reply.evidence, *two.reply.evidence}
        answered = all(_answers(step.reply) and step.reply.answer_source == "kg" for step in (one, two))
        same = one.reply.entities == two.reply.entities == whole.entities
        if answered and same and told > set(whole.evidence):
            return _both(one, two)
    return None


def _goes_on(first: Reply, second: Step) -> bool:
    """Whether the second answer says something new, of what is named in it or in the first."""
    if not set(second.reply.evidence) - set(first.evidence):
        return False
    plan, heard = second.reply.plan, second.turn
    pointed = plan is not None and bool(plan.entities) and not (heard and heard.hearing.reading.entities)
    return not pointed or not first.entities or set(second.reply.entities) <= set(first.entities)


def _one_of_them(one: Step, two: Step, said: tuple[str, str], whole: Reply) -> Step | None:
    """Where only one half can be answered, and the whole is no better."""
    if whole.answer_type == "clarify" or (_answers(whole) and whole.evidence != one.reply.evidence):
        return None
    if _answers(one.reply):
        return _half(one, said[1])
    return _half(two, said[0]) if _answers(two.reply) else None


def _asks(said: str) -> bool:
    """Whether it asks for more than which car is spoken of: 最后一个是什么车 alone asks nothing of it."""
    return _ASKS.search(_WHICH_CAR.sub("", said)) is not None


def _part(hearing: Hearing, said: str) -> Hearing:
    return Hearing(said, hearing.knowledge, hearing.settings, hearing.rows_limit)


def _is_one(reply: Reply, first: str, second: str) -> bool:
    """Whether ``reply`` to the whole message answers both halves: it holds as much as they ask for."""
    plan = reply.plan
    if reply.answer_type != "answer" or plan is None:
        return False
    if plan.op not in ("lookup", "verify"):
        return not (re.search(_MOST, first) and re.search(_MOST, second))  # each half ranks by itself
    told = len(plan.attributes) or sum(1 for _ in leaf_conditions(plan.conditions))
    return told * max(len(reply.entities), 1) > 1


def _answers(reply: Reply) -> bool:
    sure = reply.answer_source == "kg" or (reply.confidence or 0.0) >= SURE
    return reply.answer_type == "answer" and sure


def _both(one: Step, two: Step) -> Step:
    first, second = one.reply, two.reply
    rows = None if first.rows is None and second.rows is None else (*(first.rows or ()), *(second.rows or ()))
    reply = replace(
        first,
        answer=f"{first.answer}\n{second.answer}",
        confidence=min(first.confidence or 0.0, second.confidence or 0.0),
        entities=tuple(dict.fromkeys((*first.entities, *second.entities))),
        evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence))),
        rows=rows,
        rows_total=None if rows is None else (first.rows_total or 0) + (second.rows_total or 0),
        plan=first.plan or second.plan,
        suggestions=second.suggestions,
        why=f"{first.why}; {second.why}",
    )
    turns = two.memory.turns - 1
    return replace(
        two, reply=reply, memory=replace(two.memory, turns=turns), states=(*one.states, *two.states)
    )


def _half(step: Step, other: str) -> Step:
    """The half that could be answered; the other one is named, and offered as a chip."""
    reply = step.reply
    left = say("left_open", question=other)
    suggestions = (other, *(s for s in reply.suggestions if s != other))[: max(len(reply.suggestions), 1)]
    memory = replace(step.memory, suggestions=suggestions)
    return replace(
        step, reply=replace(reply, answer=f"{reply.answer}\n{left}", suggestions=suggestions), memory=memory
    )
