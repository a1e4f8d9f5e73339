"""Keywords of one text: TF-IDF over jieba's document frequencies and TextRank (Mihalcea & Tarau 2004), mixed."""

import copy
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.errors import DataError
from chatbot.predict.nlp.segmenter import Segmenter

NAMING = ("n", "nr", "nrt", "nrfg", "ns", "nt", "nz", "nw", "vn", "v", "j", "l", "i", "an", "eng")
"""Parts of speech that may be keywords."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """``weight`` is 0 to 1: the best of both measures has 1 in each."""

    word: str
    weight: float


class Keywords:
    """Both measures over one segmenter. May be used by several threads at once: nothing is changed by a text."""

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        """``user_words`` are kept whole and may be keywords."""
        words = tuple(user_words)
        segmenter = Segmenter(words)
        for word in words:
            segmenter.tokenizer.add_word(word, tag="nz")
        self._frequency, self._rank = _measures(segmenter)

    def of(self, text: str, alpha: float, most: int) -> list[Keyword]:
        """At most ``most`` keywords, best first: ``alpha`` times TF-IDF and the rest TextRank, each of its own best."""
        frequency = _of_best(self._frequency.extract_tags(text, None, True, NAMING)) if alpha > 0 else {}
        rank = _of_best(self._rank.extract_tags(text, None, True, NAMING)) if alpha < 1 else {}
        mixed = {
            word: alpha * frequency.get(word, 0.0) + (1 - alpha) * rank.get(word, 0.0)
            for word in {**frequency, **rank}
        }
        best = sorted(mixed, key=lambda word: (-mixed[word], text.find(word), word))[:most]
        return [Keyword(word, round(mixed[word], 4)) for word in best if mixed[word] > 0]


def _measures(segmenter: Segmenter) -> tuple[Any, Any]:
    """jieba's two extractors over ``segmenter``; its own stay as they are for others in the process."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # it leaves the closing of a file to the garbage collector
        from jieba import analyse  # reads 8 MB when it is imported
        from jieba.posseg import POSTokenizer

    tagger = POSTokenizer(segmenter.tokenizer)
    frequency, rank = copy.copy(analyse.default_tfidf), copy.copy(analyse.default_textrank)
    frequency.tokenizer, frequency.postokenizer = segmenter.tokenizer, tagger
    rank.tokenizer = rank.postokenizer = tagger
    return frequency, rank


def read_user_words(file: Path) -> tuple[str, ...]:
    """The words of a user dictionary: one a line, what follows a space (frequency, part of speech) is left out.

    Raises:
        DataError: unreadable or not UTF-8.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(file, "用户词典读不了，或不是 UTF-8", hint="检查 user_dict；用 UTF-8 另存") from error
    words = (line.split()[0] for line in lines if line.strip() and not line.startswith("#"))
    return tuple(dict.fromkeys(words))


def _of_best(weighted: Sequence[tuple[str, float]]) -> Mapping[str, float]:
    """Weights as parts of the largest."""
    best = max((weight for _, weight in weighted), default=0.0)
    return {str(word): weight / best for word, weight in weighted} if best > 0 else {}
