"""Measuring material in other forms than a FAQ folder: labelled sentences, and the benchmark of pairs."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from chatbot.errors import DataError
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.dataset import LabelledText, load_csv
from chatbot.faq_modules.lines import numbered_lines
from chatbot.normalization.text import normalize
from tools.evaluate.measures import Question


def load_labelled(path: Path) -> tuple[LabelledText, ...]:
    """The rows of a csv, or of a tsv, with the columns ``sent`` and ``label``.

    Raises:
        DataError: a column is missing, or a row is faulty.
    """
    if path.suffix != ".tsv":
        return load_csv(path)
    lines = numbered_lines(path)
    _, first = next(lines)
    if first.split("\t") != ["sent", "label"]:
        raise DataError(path, f"第一行是“{first[:40]}”", line=1, hint="第一行写 sent⇥label")
    rows = []
    for number, line in lines:
        text, tab, label = line.partition("\t")
        if not tab or not text.strip() or not label.strip():
            raise DataError(
                path, f"“{line[:40]}”不是“句子⇥标签”", line=number, hint="句子与标签之间用一个 Tab"
            )
        rows.append(LabelledText(text.strip(), label.strip(), number))
    return tuple(rows)


def labelled_corpus(rows: Sequence[LabelledText], questions: Sequence[str]) -> Corpus:
    """``rows`` as a knowledge base over the standard questions ``questions``, each of which is a text of its own too."""
    texts = {question: {normalize(question): question} for question in questions}
    for row in rows:
        texts[row.label].setdefault(normalize(row.text), row.text)
    return Corpus(
        questions=tuple(questions),
        labels=tuple(range(len(questions))),
        texts=tuple(text for found in texts.values() for text in found),
        originals=tuple(original for found in texts.values() for original in found.values()),
        owners=np.repeat(np.arange(len(questions), dtype=np.int32), [len(found) for found in texts.values()]),
    )


def load_benchmark(path: Path) -> tuple[Corpus, tuple[Question, ...]]:
    """``{"standard": […], "queries": [[text, index], …]}``: one standard question each, and questions to ask.

    Raises:
        DataError: broken JSON, or an index out of range.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        standard = [str(text) for text in raw["standard"]]
        questions = tuple(Question(str(text), int(place)) for text, place in raw["queries"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            path, f"不是评测集（{error}）", hint='写成 {"standard": […], "queries": [[句子, 序号], …]}'
        ) from error
    if any(not 0 <= (question.label or 0) < len(standard) for question in questions):
        raise DataError(path, "有序号超出 standard 的范围", hint="序号从 0 开始")
    corpus = Corpus(
        questions=tuple(standard),
        labels=tuple(range(len(standard))),
        texts=tuple(normalize(text) for text in standard),
        originals=tuple(standard),
        owners=np.arange(len(standard), dtype=np.int32),
    )
    return corpus, questions
