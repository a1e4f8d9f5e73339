"""Paraphrases that say the same, or stand under the wrong standard question."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from chatbot.faq_modules.dataset import Paraphrase
from chatbot.lint.base import Issue, Subject
from chatbot.normalization.text import content, normalize

CONFUSABLE, CONFUSABLE_FUZZ = 0.86, 75.0
NEARER_BY, NEAR = (
    0.04,
    0.75,
)  # at 0.6 an encoder that never saw the trade names 17 of 240, all of them in place
MOST = 500
_BLOCK = 512


class DuplicateParaphrases:
    """The same words, marks and width apart, under one standard question or under two.

    A standard question is a way to ask itself, so that it is found under another one too.
    """

    name = "duplicate_paraphrase"

    def run(self, subject: Subject) -> Iterator[Issue]:
        questions = subject.dataset.by_label
        map_file = subject.config.faq_query_label_idx_map
        standard = {
            content(normalize(one.text)) or one.text: Paraphrase(one.text, one.label, map_file.name, one.line)
            for one in subject.dataset.questions
        }
        seen = dict(standard)
        for paraphrase, text in zip(subject.dataset.paraphrases, subject.texts, strict=True):
            key = content(text) or text
            first = seen.setdefault(key, paraphrase)
            if first is paraphrase or (key in standard and first.label == paraphrase.label):
                continue
            apart = first.label != paraphrase.label
            place = (
                f"{subject.faq_file(first.file)}:{first.line}“{first.text}”（{questions[first.label].text}）"
            )
            yield Issue(
                "notice", self.name, subject.faq_file(paraphrase.file), paraphrase.line,
                f"“{paraphrase.text}”{'同时属于几个标准问，另一处是' if apart else '重复了'} {place}",
                "只留一处：它真正问的那个标准问" if apart else "删除这一行", 1.0,
            )  # fmt: skip


class NearParaphrases:
    """Pairs of two standard questions that are hard to tell apart, and paraphrases nearer to another than to their own.

    By the encoder's vectors, so that it finds nothing where the configuration has no encoder.
    """

    name = "confusable_paraphrase"
    misplaced = "misplaced_paraphrase"

    def run(self, subject: Subject) -> Iterator[Issue]:
        labels = np.array([paraphrase.label for paraphrase in subject.dataset.paraphrases], dtype=np.int64)
        vectors = subject.vectors
        if len(labels) < 2 or vectors is None:
            return
        owners = np.cumsum(np.r_[0, labels[1:] != labels[:-1]])  # the dataset lists them question by question
        starts = np.r_[0, np.flatnonzero(np.diff(owners)) + 1]
        pairs: list[tuple[float, int, int]] = []
        for begin in range(0, len(labels), _BLOCK):
            near = vectors[begin : begin + _BLOCK] @ vectors.T
            rows = np.arange(len(near))
            near[rows, begin + rows] = -1.0
            yield from self._misplaced(subject, near, owners, starts, begin)
            pairs += self._pairs(subject, near, owners, begin)
        pairs.sort(key=lambda pair: (-pair[0], pair[1:]))
        for score, one, other in pairs[:MOST]:
            yield self._confusable(subject, score, one, other)

    def _misplaced(
        self,
        subject: Subject,
        near: NDArray[np.float32],
        owners: NDArray[np.int64],
        starts: NDArray[np.int64],
        begin: int,
    ) -> Iterator[Issue]:
        best = np.maximum.reduceat(near, starts, axis=1)
        rows = np.arange(len(near))
        own = owners[begin : begin + len(near)]
        by_own = best[rows, own].copy()
        best[rows, own] = -1.0
        others = best.argmax(axis=1)
        by_other = best[rows, others]
        single = np.bincount(owners)[own] == 1
        wrong = (by_other >= NEAR) & (by_other > by_own + NEARER_BY) & ~single
        for row in np.flatnonzero(wrong).tolist():
            start = int(starts[others[row]])
            end = int(starts[others[row] + 1]) if others[row] + 1 < len(starts) else len(owners)
            nearest = subject.dataset.paraphrases[start + int(near[row, start:end].argmax())]
            paraphrase = subject.dataset.paraphrases[begin + row]
            questions = subject.dataset.by_label
            yield Issue(
                "notice", self.misplaced, subject.faq_file(paraphrase.file), paraphrase.line,
                f"“{paraphrase.text}”更像“{questions[nearest.label].text}”（“{nearest.text}”，{by_other[row]:.2f}），"
                f"不像自己的“{questions[paraphrase.label].text}”（{by_own[row]:.2f}）",
                f"问的是“{questions[nearest.label].text}”吗？是就移到 questions/{questions[nearest.label].text}；不是就不用改",
                round(float(by_other[row]), 4),
            )  # fmt: skip

    @staticmethod
    def _pairs(
        subject: Subject, near: NDArray[np.float32], owners: NDArray[np.int64], begin: int
    ) -> list[tuple[float, int, int]]:
        """Pairs of two standard questions, alike in vector and in letters; each once."""
        rows, columns = np.nonzero(near >= CONFUSABLE)
        keep = (columns > rows + begin) & (owners[rows + begin] != owners[columns])
        found = []
        for row, column in zip(rows[keep].tolist(), columns[keep].tolist(), strict=True):
            one, other = subject.texts[begin + row], subject.texts[column]
            if content(one) != content(other) and fuzz.ratio(one, other) >= CONFUSABLE_FUZZ:
                found.append((round(float(near[row, column]), 4), begin + row, column))
        return found

    def _confusable(self, subject: Subject, score: float, one: int, other: int) -> Issue:
        first, second = subject.dataset.paraphrases[one], subject.dataset.paraphrases[other]
        questions = subject.dataset.by_label
        return Issue(
            "notice", self.name, subject.faq_file(second.file), second.line,
            f"“{second.text}”（{questions[second.label].text}）与 {subject.faq_file(first.file)}:{first.line}"
            f"“{first.text}”（{questions[first.label].text}）难以区分，相似度 {score:.2f}",
            "改写其中一个，说出两个标准问的差别", score,
        )  # fmt: skip
