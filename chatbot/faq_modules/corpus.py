"""What is searched: every paraphrase of a FAQ, normalised, with the standard question it belongs to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.base import FaqCandidate
from chatbot.faq_modules.dataset import FaqDataset
from chatbot.normalization.text import normalize


@dataclass(frozen=True)
class Corpus:
    """Aligned columns: ``texts[i]`` (normalised) was written as ``originals[i]``.

    ``owners[i]`` is the place of its standard question in ``questions`` and ``labels``, ascending in ``i``.
    """

    questions: tuple[str, ...]
    labels: tuple[int, ...]
    texts: Sequence[str]
    originals: Sequence[str]
    owners: NDArray[np.int32]

    @cached_property
    def owner_list(self) -> list[int]:
        """``owners`` as plain integers."""
        owners: list[int] = self.owners.tolist()
        return owners

    @property
    def version(self) -> str:
        """A short hash of the columns."""
        digest = hashlib.sha256("\n".join(self.questions).encode())
        digest.update("\n".join(self.originals).encode())
        digest.update(np.asarray(self.labels, dtype=np.int64).tobytes() + self.owners.tobytes())
        return digest.hexdigest()[:16]


def build_corpus(dataset: FaqDataset) -> Corpus:
    """The paraphrases of ``dataset``, each standard question itself among them, by label."""
    by_label: dict[int, dict[str, str]] = {
        question.label: {normalize(question.text): question.text} for question in dataset.questions
    }
    for paraphrase in dataset.paraphrases:
        by_label[paraphrase.label].setdefault(normalize(paraphrase.text), paraphrase.text)
    texts: list[str] = []
    originals: list[str] = []
    owners: list[int] = []
    for place, question in enumerate(dataset.questions):
        for text, original in by_label[question.label].items():
            texts.append(text)
            originals.append(original)
            owners.append(place)
    return Corpus(
        questions=tuple(question.text for question in dataset.questions),
        labels=tuple(question.label for question in dataset.questions),
        texts=tuple(texts),
        originals=tuple(originals),
        owners=np.array(owners, dtype=np.int32),
    )


def best_by_question(
    corpus: Corpus, places: Sequence[int], scores: Sequence[float], k: int, module: str
) -> tuple[FaqCandidate, ...]:
    """At most ``k`` candidates from the texts at ``places``, whose ``scores`` descend: each standard question by
    its first, above 0.

    A loop, not arrays: for the few dozen texts that are left here it costs a third.
    """
    owner_of, seen = corpus.owner_list, set()
    found: list[FaqCandidate] = []
    for place, score in zip(places, scores, strict=True):
        owner = owner_of[place]
        if owner in seen:
            continue
        if score <= 0 or len(found) == k:
            break
        seen.add(owner)
        label, question = corpus.labels[owner], corpus.questions[owner]
        found.append(FaqCandidate(label, question, corpus.originals[place], score, module))
    return tuple(found)
