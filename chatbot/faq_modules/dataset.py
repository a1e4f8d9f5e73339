"""A FAQ folder in memory: the standard questions, their paraphrases, and where each of them stands.

The formats are those of the public contract; every fault names file, line and way out.
"""

import csv
import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import process

from chatbot.errors import DataError
from chatbot.faq_modules.lines import Report, file_name, folder_files, hidden_files, numbered_lines, stop
from chatbot.frozen import dataclass
from chatbot.normalization.text import content, normalize

MAP_FILE, QUESTIONS, ANSWERS = "query_label_idx_map.txt", "questions", "answers"
_FAULTY = -1  # labels below it stand for faulty rows, so that what belongs to them is not reported as well
_LABEL_BEHIND = re.compile(r"[\s,，:：]*\d*$")


@dataclass(frozen=True, slots=True)
class StandardQuestion:
    """One standard question (标准问) and the line of the map it stands in."""

    label: int
    text: str
    file: str = ""
    line: int = 0


class Paraphrase(NamedTuple):
    """One similar question (相似问) of the standard question ``label``.

    A tuple: a large FAQ has hundreds of thousands, and a frozen dataclass takes three times as long to make.
    """

    text: str
    label: int
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """A paraphrase that stands under more than one standard question: all of its places."""

    text: str
    places: tuple[Paraphrase, ...]


@dataclass(frozen=True)
class FaqDataset:
    """Standard questions in the order of the map, paraphrases in the order of the files.

    ``notices`` says what was seen and left out (a repeated line, a hidden file), one sentence each.
    """

    folder: Path
    questions: tuple[StandardQuestion, ...]
    paraphrases: tuple[Paraphrase, ...]
    notices: tuple[str, ...] = ()

    @cached_property
    def by_label(self) -> dict[int, StandardQuestion]:
        """Label id → standard question."""
        return {question.label: question for question in self.questions}

    @cached_property
    def label_of(self) -> dict[str, int]:
        """Text of a standard question → label id."""
        return {question.text: question.label for question in self.questions}

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Paraphrases that, normalised and without marks, stand under two standard questions or more."""
        places: dict[str, list[Paraphrase]] = {}
        for paraphrase in self.paraphrases:
            places.setdefault(content(normalize(paraphrase.text)), []).append(paraphrase)
        return tuple(
            Conflict(text, tuple(found))
            for text, found in places.items()
            if len({paraphrase.label for paraphrase in found}) > 1
        )

    @cached_property
    def fingerprint(self) -> str:
        """A short hash of everything that is indexed: questions, labels, paraphrases, in order."""
        digest = hashlib.sha256()
        for rows in (self.questions, self.paraphrases):
            digest.update("\n".join([row.text for row in rows]).encode())
            digest.update(",".join([str(row.label) for row in rows]).encode() + b"\n")
        return digest.hexdigest()[:16]


def load_dataset(folder: Path, label_map: Path | None = None, report: Report = stop) -> FaqDataset:
    """The FAQ in ``folder``; ``label_map`` is another place for ``query_label_idx_map.txt``.

    ``report`` is told of every fault; when it returns, what is faulty is left out.

    Raises:
        DataError: A folder or file is missing, or a line is not what the contract says.
    """
    if not folder.is_dir():
        report(DataError(folder, "FAQ 目录不存在", hint="检查 faq_data_dir"))
        return FaqDataset(folder, (), ())
    questions = load_label_map(label_map or folder / MAP_FILE, report)
    paraphrases, notices = _paraphrases(folder, questions, report) if questions else ((), ())
    return FaqDataset(folder, questions, paraphrases, notices)


def load_label_map(path: Path, report: Report = stop) -> tuple[StandardQuestion, ...]:
    """``standard question ⇥ integer id`` a line, in file order.

    Raises:
        DataError: No Tab, an id that is no integer or is taken, a question that is there twice.
    """
    found: dict[str, StandardQuestion] = {}
    taken: dict[int, StandardQuestion] = {}
    for number, line in numbered_lines(path, report):
        text, _, label = (part.strip() for part in line.partition("\t"))
        fault = _fault_of_row(path, number, line, text, label) or _fault_of_twin(
            path, StandardQuestion(int(label), text, path.name, number), found, taken
        )
        if fault:
            report(fault)
            text = _LABEL_BEHIND.sub("", text)
            found.setdefault(text, StandardQuestion(_FAULTY - number, text, path.name, number))
        else:
            question = StandardQuestion(int(label), text, path.name, number)
            found[text] = taken[question.label] = question
    return tuple(question for text, question in found.items() if text)


def _fault_of_row(path: Path, number: int, line: str, text: str, label: str) -> DataError | None:
    if "\t" not in line or not text:
        problem = f"“{line[:40]}”不是“标准问⇥编号”"
        return DataError(path, problem, line=number, hint="标准问与编号之间用一个 Tab")
    if not label.isascii() or not label.isdigit():
        problem = f"编号“{label[:40]}”不是非负整数"
        return DataError(path, problem, line=number, hint="改成 0、1、2 这样的整数")
    return None


def _fault_of_twin(
    path: Path,
    question: StandardQuestion,
    found: dict[str, StandardQuestion],
    taken: dict[int, StandardQuestion],
) -> DataError | None:
    if twin := found.get(question.text):
        problem = f"标准问“{question.text}”与第 {twin.line} 行重复"
        return DataError(path, problem, line=question.line, hint="删除其中一行")
    if twin := taken.get(question.label):
        problem = f"编号 {question.label} 与第 {twin.line} 行“{twin.text}”重复"
        return DataError(path, problem, line=question.line, hint="换一个没有用过的编号")
    return None


def _paraphrases(
    folder: Path, questions: tuple[StandardQuestion, ...], report: Report
) -> tuple[tuple[Paraphrase, ...], tuple[str, ...]]:
    by_text = {question.text: question for question in questions}
    found: dict[int, list[Paraphrase]] = {}
    notices = [f"{path}: 隐藏文件，没有读取" for path in hidden_files_of(folder / QUESTIONS)]
    files = folder_files(folder / QUESTIONS, report)
    for name, path in files:
        if name not in by_text:
            hint = nearest(name, by_text, "加进去，或改文件名")
            report(DataError(path, f"“{name}”不在 {MAP_FILE} 里", hint=hint))
            continue
        label = by_text[name].label
        found[label] = _paraphrases_of(path, label, notices, report)
    for question in questions:
        if question.label not in found and question.label > _FAULTY:
            report(
                DataError(
                    folder / QUESTIONS / file_name(question.text),
                    f"标准问“{question.text}”没有相似问",
                    hint="新建这个文件，一行一个问法；没有别的问法就写标准问本身",
                )
            )
    return tuple(p for question in questions for p in found.get(question.label, ())), tuple(notices)


def _paraphrases_of(path: Path, label: int, notices: list[str], report: Report) -> list[Paraphrase]:
    """The paraphrases of one file; a line that is there twice counts once, with a notice."""
    seen: dict[str, int] = {}
    found, file = [], f"{QUESTIONS}/{path.name}"
    faults: list[DataError] = []
    numbers, texts = [], []
    for number, line in numbered_lines(path, faults.append):
        numbers.append(number)
        texts.append(line.strip())
    if not faults and len(set(texts)) == len(texts) and "\t" not in "".join(texts):  # as it should be
        return list(map(Paraphrase, texts, repeat(label), repeat(file), numbers))
    for number, text in zip(numbers, texts, strict=True):
        if "\t" in text:
            faults.append(DataError(path, "相似问里有 Tab", line=number, hint="换成空格"))
        elif text in seen:
            notices.append(f"{path}:{number}: 与第 {seen[text]} 行重复，只算一次")
        else:
            seen[text] = number
            found.append(Paraphrase(text, label, file, number))
    for fault in sorted(faults, key=lambda fault: fault.line or 0):
        report(fault)
    return found


def hidden_files_of(folder: Path) -> tuple[Path, ...]:
    """Like ``hidden_files``, but nothing for a folder that is missing (its own error comes next)."""
    return hidden_files(folder) if folder.is_dir() else ()


def nearest(name: str, known: dict[str, StandardQuestion], otherwise: str) -> str:
    """A way out for an unknown standard question: the nearest known one, else ``otherwise``."""
    best = process.extractOne(name, list(known), score_cutoff=60)
    return f"是不是“{best[0]}”？{otherwise}" if best else otherwise


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A row of ``train.csv``, ``dev.csv`` or ``test.csv``."""

    text: str
    label: str
    line: int


def load_csv(
    path: Path, text_column: str = "sent", label_column: str = "label", *, unlabelled: bool = False
) -> tuple[LabelledText, ...]:
    """The rows of a csv with a header; further columns are left alone, and labels may be empty where ``unlabelled``.

    Raises:
        DataError: A column is missing, a row has too few or too many fields, or a field is empty.
    """
    numbers: list[int] = []
    rows = csv.reader(_csv_lines(path, numbers))
    header = [name.strip() for name in next(rows)]
    for column in (text_column, label_column):
        if column not in header:
            raise DataError(
                path, f"没有列“{column}”，只有 {'、'.join(header)}", line=1, hint="第一行写 sent,label"
            )
    at_text, at_label = header.index(text_column), header.index(label_column)
    found = []
    for row in rows:
        line = numbers[-1]
        if len(row) != len(header):
            told = f"有 {len(row)} 列，表头有 {len(header)} 列"
            raise DataError(path, told, line=line, hint="含逗号的句子用英文双引号括起来")
        text, label = row[at_text].strip(), row[at_label].strip()
        if not text or not (label or unlabelled):
            raise DataError(path, "句子或标签是空的", line=line, hint="补上，或删除这一行")
        found.append(LabelledText(text, label, line))
    if not found:
        raise DataError(path, "只有表头，没有数据", hint="至少写一行")
    return tuple(found)


def _csv_lines(path: Path, numbers: list[int]) -> Iterator[str]:
    """The lines of ``path``; the number of each is appended to ``numbers`` (blank lines are not counted by csv)."""
    for number, line in numbered_lines(path):
        numbers.append(number)
        if "\0" in line:
            raise DataError(path, "含有 NUL 字符", line=number, hint="删除它")
        yield line + "\n"


def labels_of(rows: tuple[LabelledText, ...], dataset: FaqDataset, path: Path) -> tuple[int, ...]:
    """Label ids of csv rows, whose label is the text of a standard question or its id.

    Raises:
        DataError: A label that the map does not have.
    """
    found = []
    for row in rows:
        label = dataset.label_of.get(row.label)
        if (
            label is None
            and row.label.isascii()
            and row.label.isdigit()
            and int(row.label) in dataset.by_label
        ):
            label = int(row.label)
        if label is None:
            known = {question.text: question for question in dataset.questions}
            hint = nearest(row.label, known, f"改成 {MAP_FILE} 里的标准问或编号")
            raise DataError(path, f"标签“{row.label}”不在 {MAP_FILE} 里", line=row.line, hint=hint)
        found.append(label)
    return tuple(found)
