"""Answers that are missing, contradict the graph, or speak of a time that is over."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from chatbot.knowledge_graph.graph import Entity, Path, display_name
from chatbot.knowledge_graph.quantities import read_span
from chatbot.knowledge_graph.values import Measure, measure_of, parse_value
from chatbot.lint.base import Issue, Subject, WrittenAnswer
from chatbot.normalization.text import normalize

TOLERANCE = 0.005
_SENTENCE = re.compile(r"[。；！？;!?\n]")
_CLAUSE = re.compile(r"[，。；！？,;!?\n（）()]")
_BETWEEN = re.compile(
    r"(?:[的是为约达在到:：]|大约|大概|左右|只要|只需|仅|可达|标称|官方|能跑|可以跑|达到|高达|低至|现在|目前|共|有|数据|参数){0,4}\s*"
)
_OTHERWISE = re.compile(
    "冬|夏|零度|低温|高温|高速|市区|实际|实测|空调|满载|优惠|补贴|首付|月供|落地|以前|原来|上一代"
)
_DATE = re.compile(
    r"(20\d\d)\s?[年.\-/]\s?(1[0-2]|0?[1-9])(?:\s?[月.\-/]\s?(3[01]|[12]\d|0?[1-9]))?[日号月]?"
)
_UNTIL = re.compile(
    r"截至|截止|到期|之前|以前|[日月底]前|有效期|活动期|活动时间|结束|限时|[起从].{0,12}[至到]|即将|预计|将于"
)


class UnansweredQuestions:
    """A standard question that no file answers."""

    name = "unanswered_question"

    def run(self, subject: Subject) -> Iterator[Issue]:
        answered = {answer.question for answer in subject.answers}
        for question in subject.dataset.questions:
            if question.text not in answered:
                yield Issue(
                    "notice", self.name, subject.shown(subject.config.faq_query_label_idx_map), question.line,
                    f"标准问“{question.text}”还没有任何答案",
                    f"在 answers/通用 或 answers/<实体名> 里加一行 [{question.text}]⇥答案",
                )  # fmt: skip


class ContradictingAnswers:
    """An answer of one entity that gives a quantity for an attribute other than the graph does."""

    name = "contradicting_answer"

    def run(self, subject: Subject) -> Iterator[Issue]:
        names = _attribute_names(subject)
        if not names:
            return
        pattern = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
        words = {word for entity in subject.graph.entities for word in entity.keywords[1:]}
        for answer in subject.answers:
            entity = subject.graph.by_name.get(answer.entity)
            if entity:
                others = {normalize(word) for word in words} - {normalize(word) for word in entity.keywords}
                yield from self._of_answer(subject, answer, entity, (pattern, names, others))

    def _of_answer(
        self,
        subject: Subject,
        answer: WrittenAnswer,
        entity: Entity,
        known: tuple[re.Pattern[str], Mapping[str, Sequence[Path]], set[str]],
    ) -> Iterator[Issue]:
        pattern, names, others = known
        for clause in _own_clauses(normalize(answer.text), others):
            for found in pattern.finditer(clause):
                paths = [path for path in names[found[0]] if path in entity.leaves]
                start = _BETWEEN.match(clause, found.end())
                wrong = self._wrong(subject, clause, start.end() if start else found.end(), entity, paths)
                if wrong:
                    path, said = wrong
                    value = entity.leaves[path]
                    yield Issue(
                        "fault", self.name, answer.file, answer.line,
                        f"答案说“{found[0]}{said}”，知识图谱里 {'/'.join(path)} 是“{value}”"
                        f"（{subject.graph_file(entity.file)}）",
                        f"核实后把答案改成 {value}，或改知识图谱",
                    )  # fmt: skip

    @staticmethod
    def _wrong(
        subject: Subject, clause: str, start: int, entity: Entity, paths: Sequence[Path]
    ) -> tuple[Path, str] | None:
        """The leaf that is contradicted and what is said; nothing when any leaf of the name agrees."""
        span = read_span(clause, start, subject.units)
        if span is None or (span.unit is None and span.scale == 1):
            return None  # a number without any unit may count anything
        comparable: Path | None = None
        for path in paths:
            said = measure_of(span, path[-1], subject.units)
            held = [
                m
                for m in parse_value(entity.leaves[path], path[-1], subject.units).measures
                if m.dimension == said.dimension
            ]
            if any(_agrees(said, measure) for measure in held):
                return None
            comparable = comparable or (path if held else None)
        return (comparable, clause[start : span.end]) if comparable else None


def _own_clauses(text: str, others: set[str]) -> Iterator[str]:
    """The clauses of ``text`` that are about the entity under the graph's conditions.

    A sentence that has named another entity is a comparison from there on.
    """
    for sentence in _SENTENCE.split(text):
        for clause in _CLAUSE.split(sentence):
            if any(word in clause for word in others):
                break
            if not _OTHERWISE.search(clause):
                yield clause


def _agrees(said: Measure, held: Measure) -> bool:
    """Whether the two overlap, give or take what rounding does."""
    slack = TOLERANCE * max(abs(held.low), abs(held.high), 1e-9)
    return said.low <= held.high + slack and said.high >= held.low - slack


def _attribute_names(subject: Subject) -> dict[str, list[Path]]:
    """Every name and synonym of a leaf, normalised, with the leaves it may stand for."""
    names: dict[str, list[Path]] = {}
    by_name: dict[str, list[Path]] = {}
    for path, node in subject.graph.tree.items():
        if path and node.is_leaf:
            for name in dict.fromkeys((normalize(path[-1]), normalize(display_name(path[-1])))):
                by_name.setdefault(name, []).append(path)
    for name, paths in by_name.items():
        names.setdefault(name, []).extend(paths)
    for name, words in subject.lexicon.attribute_synonyms.items():
        for word in words:
            names.setdefault(word, []).extend(by_name.get(normalize(name), ()))
    return {name: paths for name, paths in names.items() if len(name) >= 2 and paths}


class StaleDates:
    """An answer that speaks of an end or a beginning that is past."""

    name = "stale_date"

    def run(self, subject: Subject) -> Iterator[Issue]:
        for answer in subject.answers:
            for clause in _CLAUSE.split(answer.text):
                if not _UNTIL.search(clause):
                    continue
                ends = [_last_day(found) for found in _DATE.finditer(clause)]
                latest = max((day for day in ends if day), default=None)
                if latest and latest < subject.today:
                    yield Issue(
                        "notice", self.name, answer.file, answer.line,
                        f"“{answer.question}”的答案里“{clause.strip()[:40]}”说的是 {latest}，已经过去了",
                        "核实后更新日期，或删掉这句话",
                    )  # fmt: skip


def _last_day(found: re.Match[str]) -> date | None:
    year, month, day = int(found[1]), int(found[2]), int(found[3] or 0)
    try:
        if day:
            return date(year, month, day)
        return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)
    except ValueError:
        return None
