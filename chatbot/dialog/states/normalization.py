"""实体归一化、属性归一化: links names, carries over what the session knows, asks when several fit."""

import re
from collections.abc import Container, Sequence

from chatbot.answering.inquiry import Inquiry, NeedAttribute, NeedEntity, NeedTopic, Topic
from chatbot.answering.narrowing import entity_options, narrow
from chatbot.answering.suggestions import Suggestions
from chatbot.dialog.faq_or_graph import ALIKE, alike, asks_how, means_a_standard_question, says_what_for
from chatbot.dialog.intents import evidence_of
from chatbot.dialog.offered import (
    among_offered,
    asked_besides,
    choose_again,
    fitting,
    none_of_them,
    told_by_pieces,
    wants_all,
    wants_none,
)
from chatbot.dialog.other_series import heard_otherwise, of_another_series
from chatbot.dialog.pointed import of_what_is_pointed_at
from chatbot.dialog.state import Decision, Turn, option_value, path_of
from chatbot.dialog.thread import goes_on
from chatbot.dialog.versions_there import whole_make
from chatbot.frozen import changed
from chatbot.knowledge_graph.graph import display_name
from chatbot.messages import say, shown_question
from chatbot.normalization.selection import choose
from chatbot.planning.other_measures import asks_a_measure
from chatbot.planning.part_names import asks_of_a_part
from chatbot.planning.query import Asked, Planned, Query
from chatbot.planning.weighing import asks_which_is_best
from chatbot.reply import FaqEvidence, Reply
from chatbot.session.base import Option, Pending

Path = tuple[str, ...]
MAX_RECENT, FEW = 4, 10
_LISTS = re.compile("[和跟与及、,， /+]|还有")
_WORTH_PLANNING = re.compile(
    r"[比谁差够最更俩两那这第换错\d]|哪|吗|么$|吧$|[不没]$|是不是|有没有|vs|pk|各|[怎咋]|[多少]多少"
)
_LOOKS_FOR = re.compile(
    "有.{1,6}的车[吗么没嘛]|^(?:我们?)?(?:最近)?(?:想|打算|准备|考虑)"
)  # 有红色的车吗, 想买车
_TELLS_APART = re.compile("[四两全前后]轮?驱|[二两三四五六七八九2-9]座")  # 四驱智享版, where it is 后驱


def _worth_planning(turn: Turn) -> bool:
    """Whether a look-up of something named may be more than that, or of something else."""
    reading = turn.hearing.reading
    listed = len(reading.attributes) < 2 or _LISTS.search(reading.question)  # 轮胎什么牌子 is no list
    return bool(
        not listed
        or _WORTH_PLANNING.search(reading.question)
        or of_another_series(turn)
        or asks_of_a_part(reading.question)
        or _TELLS_APART.search(turn.hearing.text)
    )


def _looks_for(turn: Turn) -> bool:
    """Whether cars are looked for, it is said what for, or those spoken of are to be weighed."""
    text = turn.hearing.in_grammar
    weighs = not turn.context.empty and asks_which_is_best(text)
    return weighs or _LOOKS_FOR.search(text) is not None or says_what_for(turn)


def _node(path: Path, tree: Container[Path]) -> Path:
    """The attribute that a look-up of ``path`` reads: a part of a leaf (the height in 长*宽*高) stands in that leaf."""
    return path if path in tree else path[:-1]


class NormalizationState:
    """Comes in twice: to make an inquiry of what was said, and to ask for what the answer still needs."""

    name = "normalization"

    def handle(self, turn: Turn) -> Decision:
        if turn.outcome is not None:
            return self._ask(turn)
        if turn.memory.pending and (chosen := self._chosen(turn)):
            return chosen
        if not turn.heard:
            return Decision("question_intake", turn)
        if asks_how(turn):
            inquiry = changed(self._inquire(turn), faq=turn.hearing.faq, topics=(), topical=False)
            return Decision("answering", changed(turn, inquiry=inquiry))
        planned = self._planned(turn)
        if pointed := of_what_is_pointed_at(turn, planned):
            return Decision("answering", changed(turn, inquiry=pointed))
        if turn.memory.topic and (meant := goes_on(turn.hearing, turn.memory.topic, planned)):
            inquiry = Inquiry(turn.hearing.knowledge.reader.read(""), faq=meant)
            return Decision("answering", changed(turn, inquiry=inquiry))
        if isinstance(planned, Query):
            return Decision("answering", changed(turn, inquiry=Inquiry(turn.hearing.reading, query=planned)))
        if isinstance(planned, Asked):
            tree = turn.hearing.knowledge.graph.tree
            topics = tuple(Topic(tuple(_node(path, tree) for path in paths)) for paths in planned.topics)
            reading = turn.hearing.knowledge.reader.read("")
            groups = tuple(among_offered(turn, group) for group in planned.entities)
            question = None if topics else turn.memory.question  # 24的呢, after 25尊享有哪些颜色
            inquiry = Inquiry(
                reading, groups, topics, question, topical=bool(topics),
                named=not planned.referred, referred=planned.referred, scan=planned.scan,
            )  # fmt: skip
            return Decision("answering", changed(turn, inquiry=inquiry))
        inquiry = self._inquire(turn)
        return Decision("answering", changed(turn, inquiry=changed(inquiry, refusal=planned)))

    @staticmethod
    def _planned(turn: Turn) -> Planned:
        """What the planner makes of it, unless it is plainly a look-up, or surely a standard question."""
        reading = turn.hearing.reading
        if turn.hearing.surely_faq and alike(turn) >= ALIKE and not _looks_for(turn):
            return None
        clear = all(len(link.candidates) == 1 and link.score == 1 for link in reading.entities)
        clear = clear and all(link.score == 1 for link in reading.attributes)
        tree = turn.hearing.knowledge.graph.tree
        leaves = all(tree[link.paths[0]].is_leaf for link in reading.attributes)
        plain = bool(reading.attributes) and not reading.leftover and clear
        ends = any(link.paths[0][-1][0] in "前后" for link in reading.attributes)  # 轮胎规格 may ask for both
        plain = plain and not (ends and not re.search("[前后]", reading.question))
        if plain and leaves and reading.entities and not _worth_planning(turn):
            return None
        planned = turn.hearing.planned(turn.context)
        if isinstance(planned, Asked) and not planned.needed and plain and leaves:
            return planned if heard_otherwise(turn, planned) else None
        if isinstance(planned, Asked) and not planned.topics and turn.memory.question and reading.entities:
            return None  # 那智驾巅峰版呢: the standard question asked before, of another car
        return None if planned and means_a_standard_question(turn, planned) else planned

    # -- what was said -------------------------------------------------------------------------------------

    def _chosen(self, turn: Turn) -> Decision | None:
        """The inquiry that goes on with the option just chosen, or ``None`` when none was."""
        pending, memory = turn.memory.pending, turn.memory
        assert pending is not None
        index = choose(turn.hearing.text, [option.text for option in pending.options])
        if index is None:
            return self._in_other_words(turn, pending) if pending.kind == "entity" else None
        value, reading = pending.options[index].value, turn.hearing.knowledge.reader.read("")
        carried = tuple((name,) for name in memory.entities)
        topics = tuple(Topic((path,)) for path in memory.attributes)
        if pending.kind == "entity":
            inquiry = Inquiry(reading, (fitting(turn, value),), topics, memory.question, named=True)
        elif pending.kind == "attribute":
            inquiry = Inquiry(reading, carried, (Topic((path_of(value),)),), topical=True)
        else:
            inquiry = Inquiry(reading, carried, question=value)
        return Decision("answering", changed(turn, heard=True, inquiry=inquiry))

    def _in_other_words(self, turn: Turn, pending: Pending) -> Decision | None:
        """都说说, 都不是, or a piece of an option's name."""
        memory, values = turn.memory, [option.value for option in pending.options]
        named = all(value in turn.hearing.knowledge.graph.by_name for value in values)
        if wants_none(turn.hearing.text):
            decision = Decision("question_intake", turn, none_of_them(turn, self.name))
            return decision.remembering(pending=None, shown=())
        if wants_all(turn.hearing.text) and named and memory.question is None:
            groups: tuple[tuple[str, ...], ...] = tuple((value,) for value in values)
        elif wants_all(turn.hearing.text):
            return Decision(self.name, turn, choose_again(turn, pending, self.name))
        elif told := told_by_pieces(turn.hearing.text, values if named else []):
            groups = (tuple(values[i] for i in told),)
        else:
            return None
        topics = tuple(Topic((path,)) for path in memory.attributes)
        asked = asked_besides(turn, values)  # 基础的几项, when the price was asked
        reading = turn.hearing.knowledge.reader.read("")
        inquiry = Inquiry(reading, groups, asked or topics, None if asked else memory.question, named=True)
        return Decision("answering", changed(turn, heard=True, inquiry=inquiry))

    def _inquire(self, turn: Turn) -> Inquiry:
        reading, memory = turn.hearing.reading, turn.memory
        groups = self._groups(turn)
        once = {one.paths[0]: one for one in reversed(reading.attributes)}  # 音响几个喇叭 asks for one thing
        topics = tuple(Topic(x.paths, x.score) for x in reading.attributes if once[x.paths[0]] is x)
        named, topical, question = bool(groups), bool(topics), None
        if not groups:
            offered = turn.context.offered if topics and not memory.entities else ()
            groups = (offered,) if offered else tuple((name,) for name in memory.entities)
        elif not topics and not reading.core and not asks_a_measure(reading.question):
            topics = tuple(Topic((path,)) for path in memory.attributes or memory.before)
            question = memory.question
        score = min((link.score for link in reading.entities), default=1.0)
        explained = (topical and not reading.leftover) or not reading.core
        faq = () if named and explained and score == 1.0 else turn.hearing.faq
        near = alike(turn) if topical and faq else 0.0  # where the graph might win over it
        return Inquiry(
            reading, groups, topics, question, faq, named, topical, score, alike=near,
            whole=bool(faq) and turn.hearing.names_with_the_faq,
        )  # fmt: skip

    @staticmethod
    def _groups(turn: Turn) -> tuple[tuple[str, ...], ...]:
        """Each thing named, narrowed by what was named before it and by what the session speaks of."""
        graph, memory = turn.hearing.knowledge.graph, turn.memory
        offered = memory.pending.options if memory.pending and memory.pending.kind == "entity" else ()
        known = [*memory.entities, *(o.value for o in offered if o.value in graph.by_name)]
        groups = []
        for link in turn.hearing.reading.entities:
            group = narrow(graph, link.candidates, known)
            if len(group) == 1:
                known.insert(0, group[0])
            groups.append(group)
        return tuple(dict.fromkeys(groups))

    # -- what the answer needs -----------------------------------------------------------------------------

    def _ask(self, turn: Turn) -> Decision:
        outcome = turn.outcome
        if isinstance(outcome, NeedEntity):
            return self._ask_entity(turn, outcome)
        if isinstance(outcome, NeedAttribute):
            return self._ask_attribute(turn, outcome)
        assert isinstance(outcome, NeedTopic)
        return self._ask_topic(turn, outcome)

    def _ask_entity(self, turn: Turn, need: NeedEntity) -> Decision:
        graph = turn.hearing.knowledge.graph
        listed = tuple(name for name in need.candidates if name in turn.memory.shown)
        if 1 < len(listed) <= FEW < len(need.candidates) and not turn.hearing.reading.entities:
            need = changed(need, candidates=listed)  # 交车要等多久, of those that were listed
        options = self._and_the_last(turn, need.candidates, entity_options(graph, need.candidates))
        named = say("and").join(display_name(path[-1]) for path in need.attributes)
        topic = shown_question(need.question) if need.question else named
        kind = "which_entity" if len(options) == len(need.candidates) else "which_group"
        answer = say(
            f"{kind}_asked" if need.question else kind,
            turn.hearing.language,
            topic=say("about", topic=topic) if topic else say("about", topic=turn.hearing.utterance.strip()),
            count=len(need.candidates),
        )
        decision = self._asked(turn, answer, "entity", options, need.evidence)
        keep = tuple(need.attributes) or (turn.memory.attributes if not need.question else ())
        offered = tuple(option.value for option in options if option.value in graph.by_name)
        shown = offered if len(offered) == len(need.candidates) else turn.memory.shown  # 第一个呢, later on
        before = dict.fromkeys((*turn.memory.entities, *turn.memory.recent))
        told = offered if len(offered) == len(need.candidates) <= FEW else ()
        recent = tuple(name for name in before if name not in told)[:MAX_RECENT]
        decision = decision.remembering(
            attributes=keep, question=need.question, entities=(), shown=shown, recent=recent
        )
        make = whole_make(turn, keep) if kind == "which_group" else None
        return decision.remembering(plan=make) if make else decision

    @staticmethod
    def _and_the_last(turn: Turn, candidates: Sequence[str], options: Sequence[Option]) -> Sequence[Option]:
        """``options`` behind the car that was spoken of before a standard question, where any car may be meant."""
        graph, last = turn.hearing.knowledge.graph, next(iter(turn.memory.recent), None)
        anew = turn.memory.entities or turn.memory.shown or turn.hearing.reading.entities
        if last not in candidates or anew or len(candidates) <= FEW:
            return options
        assert last is not None
        return (Option(graph.short_names[last], last), *options)

    def _ask_attribute(self, turn: Turn, need: NeedAttribute) -> Decision:
        name = display_name(need.path[-1])
        names = turn.hearing.knowledge.graph.short_names
        subject = say("chip_of", entity=names[need.entities[0]], attribute=name) if need.entities else name
        options = tuple(Option(display_name(child[-1]), option_value(child)) for child in need.children)
        answer = say("which_attribute", turn.hearing.language, subject=subject)
        decision = self._asked(turn, answer, "attribute", options)
        return decision.remembering(attributes=(need.path,), entities=need.entities, question=None)

    def _ask_topic(self, turn: Turn, need: NeedTopic) -> Decision:
        knowledge = turn.hearing.knowledge
        entity = say("and").join(knowledge.graph.short_names[name] for name in need.entities)
        reply = Reply(
            answer=say("which_topic", turn.hearing.language, entity=entity),
            answer_type="clarify",
            answer_source="guide",
            state=self.name,
            entities=need.entities,
            suggestions=Suggestions(knowledge).about(need.entities[0]),
        )
        decision = Decision("question_intake", turn, reply)
        return decision.remembering(entities=need.entities, attributes=(), question=None, pending=None)

    def _asked(
        self,
        turn: Turn,
        answer: str,
        kind: str,
        options: Sequence[Option],
        evidence: tuple[FaqEvidence, ...] = (),
    ) -> Decision:
        pending = Pending(kind, tuple(options), turn.hearing.utterance)  # type: ignore[arg-type]
        reply = Reply(
            answer=answer,
            answer_type="clarify",
            answer_source="guide",
            state=self.name,
            evidence=(*evidence, *evidence_of(turn)),
            suggestions=tuple(option.text for option in options),
        )
        return Decision(self.name, turn, reply).remembering(pending=pending, failures=0)
