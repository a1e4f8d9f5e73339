"""The authored answers: who answers what, in which words, from which file and line."""

import re
from collections.abc import Sequence
from pathlib import Path

from chatbot.errors import DataError
from chatbot.faq_modules.dataset import ANSWERS, StandardQuestion, nearest
from chatbot.faq_modules.lines import Report, folder_files, numbered_lines, stop
from chatbot.frozen import dataclass

GENERAL = "通用"
_LINE = re.compile(r"\[(.+?)\]\t(.*\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """The words an operator wrote; ``file`` is relative to the FAQ folder, like ``answers/通用``."""

    text: str
    file: str
    line: int
    entity: str | None = None


class AnswerBook:
    """Answers by standard question and entity; ``None`` stands for 通用, an answer that holds for all."""

    def __init__(self, answers: dict[str, dict[str | None, Answer]]) -> None:
        """``answers`` maps a standard question to its answers by entity."""
        self._answers = answers
        self._entities = {
            question: tuple(entity for entity in by_entity if entity is not None)
            for question, by_entity in answers.items()
        }

    def answer_for(self, question: str, entity: str | None) -> Answer | None:
        """The answer for exactly this ``entity`` (``None``: the general one); there is no falling back."""
        return self._answers.get(question, {}).get(entity)

    def entities_answering(self, question: str) -> Sequence[str]:
        """The entities that have their own answer, by name."""
        return self._entities.get(question, ())

    @property
    def questions(self) -> frozenset[str]:
        """The standard questions that any file answers."""
        return frozenset(self._answers)


def load_answers(folder: Path, questions: Sequence[StandardQuestion], report: Report = stop) -> AnswerBook:
    """The answers under ``folder/answers``. ``report`` is told of every fault.

    Raises:
        DataError: A line not of the form ``[standard question]⇥answer``, a question that is not in
            ``questions``, or two answers of one entity to one question.
    """
    known = {question.text: question for question in questions}
    book: dict[str, dict[str | None, Answer]] = {}
    for name, path in folder_files(folder / ANSWERS, report):
        entity = None if name == GENERAL else name
        for number, line in numbered_lines(path, report):
            form = _LINE.fullmatch(line)
            question, text = (form[1], form[2].strip()) if form else ("", line)
            if fault := _fault(path, number, question, text, known):
                report(fault)
                continue
            answers = book.setdefault(question, {})
            if entity in answers:
                problem = f"“{question}”在第 {answers[entity].line} 行已有答案"
                report(DataError(path, problem, line=number, hint="删除其中一行"))
                continue
            answers[entity] = Answer(text, f"{ANSWERS}/{path.name}", number, entity)
    return AnswerBook(book)


def _fault(
    path: Path, number: int, question: str, text: str, known: dict[str, StandardQuestion]
) -> DataError | None:
    if not question:
        problem = f"“{text[:40]}”不是“[标准问]⇥答案”"
        return DataError(path, problem, line=number, hint="方括号里写标准问，后面一个 Tab，再写答案")
    if question not in known:
        hint = nearest(question, known, "改正它，或先在 query_label_idx_map.txt 里加上")
        return DataError(path, f"没有标准问“{question}”", line=number, hint=hint)
    return None
