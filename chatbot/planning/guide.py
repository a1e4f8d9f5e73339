"""Guided choice: which attribute to ask about next, so that the answer narrows the candidates down most.

The one with the greatest information gain (entropy of its values among the candidates, Shannon 1948), where a
candidate without a value tells nothing.
"""

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.columns import Column, Mask, how_many
from chatbot.knowledge_graph.plan import KEYWORDS, NAME, Clause, Condition, Path, keyword_level
from chatbot.knowledge_graph.plan_text import attribute_text, quantity_text
from chatbot.planning.vocabulary import Vocabulary

# What people choose by, where a graph has it; the operator's graph decides which of them split.
_ASKED = ("价格", "能源", "级别", "座位", "驱动", "品牌", "续航")
_ENOUGH = 3  # of these, below which a graph is of something else, and any attribute that classifies may be asked about
MAX_CHOICES = 6
MIN_KNOWN = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: its words, how many candidates it leaves, and what it demands."""

    words: str
    count: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """The attribute to ask about, as people say it, its choices, and what it tells in bits."""

    path: Path
    name: str
    choices: tuple[Choice, ...]
    gain: float


class Guide:
    """Built once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._columns = vocabulary.columns
        self._level_names = vocabulary.graph.level_names
        found = [path for name in _ASKED for path in vocabulary.concepts.paths(name)]
        self._dimension = vocabulary.dimension
        named = tuple(dict.fromkeys(found))
        self._askable = named if len(named) >= _ENOUGH else (*named, *self._classifying(), keyword_level(1))

    def next_question(self, names: Sequence[str], besides: Sequence[Path]) -> NextQuestion | None:
        """The best question about ``names``, not about ``besides``; ``None`` when nothing splits them."""
        mask = np.zeros(len(self._columns), np.bool_)
        mask[[self._columns.position[name] for name in names]] = True
        questions = [self._question(path, mask) for path in self._askable if path not in besides]
        useful = [question for question in questions if question and len(question.choices) > 1]
        return max(useful, key=lambda question: question.gain, default=None)

    def _classifying(self) -> Iterator[Path]:
        """Attributes that most have, with a few values that many share."""
        fewest = MIN_KNOWN * len(self._columns)
        for path in self._columns.paths:
            column = self._columns.column(path) if path[0] != NAME[0] else None
            few = column is not None and 1 < column.distinct <= min(MAX_CHOICES, len(column.rows) // 2)
            if column is not None and few and len(column.rows) >= fewest:
                yield path

    def _question(self, path: Path, mask: Mask) -> NextQuestion | None:
        column = self._columns.column(path)
        if column is None:
            return None
        among = mask[column.rows]
        total = how_many(mask)
        if how_many(among) < MIN_KNOWN * total:
            return None
        codes = column.codes[among]
        choices = (
            self._bounds(path, column, codes)
            if self._is_continuous(path, column)
            else _values(path, column, codes)
        )
        known = len(codes)
        rest = known - sum(choice.count for choice in choices)
        parts = [choice.count for choice in choices] + ([rest] if rest else [])
        gain = -sum(n / known * math.log2(n / known) for n in parts if n) * known / total
        name = attribute_text(path, self._level_names)
        return NextQuestion(path, name, choices, gain)

    def _is_continuous(self, path: Path, column: Column) -> bool:
        return path[:2] != KEYWORDS and self._dimension(path) not in ("", "数量")

    def _bounds(
        self, path: Path, column: Column, codes: "np.ndarray[tuple[int], np.dtype[np.int32]]"
    ) -> tuple[Choice, ...]:
        """A third, two thirds and the rest, at round numbers: 15万以内, 15万以上25万以下, 25万以上."""
        main = column.main
        if main is None:
            return ()
        low, _, has = column.measures(main.dimension)
        keys = np.sort(low[codes[has[codes]]] / float(main.factor))
        if len(keys) < 3:
            return ()
        ends = sorted({_rounded(float(np.quantile(keys, share))) for share in (1 / 3, 2 / 3)})
        edges = [-math.inf, *ends, math.inf]
        choices = []
        for bottom, top in itertools.pairwise(edges):
            count = how_many((keys > bottom) & (keys <= top))
            if count:
                choices.append(_between(path, bottom, top, main.unit, count))
        return tuple(choices)


def _values(
    path: Path, column: Column, codes: "np.ndarray[tuple[int], np.dtype[np.int32]]"
) -> tuple[Choice, ...]:
    counts = np.bincount(codes, minlength=column.distinct)
    order = np.argsort(-counts, kind="stable")[:MAX_CHOICES]
    choices = []
    for code in order.tolist():
        if counts[code]:
            raw = column.texts[code]
            word = f"{raw}座" if "座" in path[-1] and raw.isdigit() else raw
            choices.append(Choice(word, int(counts[code]), Condition(path, "=", raw)))
    return tuple(choices)


def _between(path: Path, bottom: float, top: float, unit: str, count: int) -> Choice:
    if bottom == -math.inf:
        return Choice(f"{_said(top, unit)}以内", count, Condition(path, "<=", top, unit))
    if top == math.inf:
        return Choice(f"{_said(bottom, unit)}以上", count, Condition(path, ">", bottom, unit))
    return Choice(f"{_said(bottom, unit)}到{_said(top, unit)}", count, Condition(path, "<=", top, unit))


def _said(number: float, unit: str) -> str:
    return quantity_text(number, unit).removesuffix("元")


def _rounded(number: float) -> float:
    """To two significant digits, or to a round step of 5."""
    size = 10 ** max(math.floor(math.log10(abs(number) or 1)) - 1, 0)
    step = size * 5 if number / size > 25 else size
    return float(round(number / step) * step)
