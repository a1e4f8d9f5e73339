"""What the characters, pairs of them and syllables of a text say for every standard question, read in one pass.

BM25, class evidence and evidence of scope go by the same grams: each of these is looked up once for all of them, since
looking up takes longer than the arithmetic on what is found.
"""

from collections.abc import Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.class_evidence import ClassEvidence
from chatbot.faq_modules.grams import Grams, grams
from chatbot.faq_modules.question_index import QuestionIndex, TwinIndex
from chatbot.faq_modules.scope import ScopeEvidence
from chatbot.faq_modules.sound import SoundTable


class OwnSignalReader:
    """Reads them from one corpus. Immutable."""

    def __init__(
        self,
        texts: Sequence[str],
        owners: NDArray[np.int32],
        questions: QuestionIndex,
        evidence: ClassEvidence | None,
        scope: ScopeEvidence | None,
    ) -> None:
        """``questions`` and ``evidence`` are those of ``texts``, of which ``owners`` are the standard questions."""
        weights = {} if scope is None else scope.weights
        self._questions, self._scope = questions, scope
        self._evidence = None if evidence is None else evidence.beside(weights)
        sounds = SoundTable()
        spoken = [text.translate(sounds) for text in texts]
        by_sound = QuestionIndex(spoken, owners, questions.questions)
        self._twins = TwinIndex(questions, by_sound)
        self._units = _Units(sounds, questions, by_sound, self._twins)
        names: Sequence[str] = () if evidence is None else evidence.names
        self._rows, self._unseen = dict(zip(names, range(len(names)), strict=True)), len(names)
        self._weights = weights

    def read(self, text: str, into: NDArray[np.float32]) -> tuple[float, float]:
        """Those of a normalised ``text``, written ``into`` (5, questions): BM25 and coverage by character, class evidence, BM25
        and coverage by syllable. ``questions`` is told as well.

        Gives the share of the idf that was ever seen, and the evidence of scope, 0 without any.
        """
        counts = grams(text)
        rows = [*map(self._rows.get, counts, repeat(self._unseen))]
        units = [*map(self._units.__getitem__, dict.fromkeys(text))]
        syllables = [*dict.fromkeys([syllable for _, syllable in units])]
        written, into[3:5], known = self._twins.scores_of([char for char, _ in units], syllables)
        into[0:2] = written
        self._questions.keep(text, (written, known))
        into[2], worth = (0.0, 0.0) if self._evidence is None else self._evidence.scores_of(rows, counts)
        if self._scope is None:
            return known, 0.0
        if self._unseen in rows:
            worth += self._beside(counts, rows)
        return known, self._scope.of(worth, len(rows))

    def _beside(self, counts: Grams, rows: list[int]) -> float:
        """What those grams are worth to the evidence of scope that class evidence never saw."""
        unseen, weight_of = self._unseen, self._weights.get
        return sum([weight_of(gram, 0.0) for gram, row in zip(counts, rows, strict=True) if row == unseen])


class _Units(dict[str, tuple[int, int]]):
    """Character → its row and that of its syllable in a twin index, filled as characters are met; for a syllable that the
    index has not, a number of its own behind all rows."""

    def __init__(
        self, sounds: SoundTable, written: QuestionIndex, spoken: QuestionIndex, twins: TwinIndex
    ) -> None:
        super().__init__()
        self._sounds, self._written, self._spoken, self._twins = sounds, written, spoken, twins

    def __missing__(self, char: str) -> tuple[int, int]:
        sound = char.translate(self._sounds)
        row = self._spoken.rows.get(sound)
        syllable = self._twins.unseen + 1 + ord(sound) if row is None else self._twins.offset + row
        self[char] = found = self._written.rows.get(char, self._written.unseen), syllable
        return found
