"""What is searched: every paraphrase of a FAQ, normalised, with the standard question it belongs to."""

import hashlib
from collections.abc import Mapping, Sequence
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

    ``owners[i]`` is the place of its standard question in ``questions`` and ``labels``, ascending in ``i``; every
    standard question has a text.
    """

    questions: tuple[str, ...]
    labels: tuple[int, ...]
    texts: Sequence[str]
    originals: Sequence[str]
    owners: NDArray[np.int32]

    @cached_property
    def version(self) -> str:
        """A short hash of the columns."""
        digest = hashlib.sha256("\n".join(self.questions).encode())
        digest.update("\n".join(self.originals).encode())
        digest.update(np.asarray(self.labels, dtype=np.int64).tobytes() + self.owners.tobytes())
        return digest.hexdigest()[:16]

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The first text of each standard question, and the number of texts at the end."""
        return self.owners.searchsorted(np.arange(len(self.questions) + 1))


def build_corpus(dataset: FaqDataset, normalised: Mapping[str, str] | None = None) -> Corpus:
    """The paraphrases of ``dataset``, each standard question itself among them, by label.

    ``normalised`` are texts whose normal form is known already.
    """
    known = normalised or {}
    by_label: dict[int, dict[str, str]] = {
        question.label: {normalize(question.text): question.text} for question in dataset.questions
    }
    for original, label, _, _ in dataset.paraphrases:
        text = known.get(original)
        by_label[label].setdefault(normalize(original) if text is None else text, original)
    texts: list[str] = []
    originals: list[str] = []
    for found in by_label.values():
        texts += found
        originals += found.values()
    sizes = [len(found) for found in by_label.values()]
    return Corpus(
        questions=tuple(question.text for question in dataset.questions),
        labels=tuple(question.label for question in dataset.questions),
        texts=tuple(texts),
        originals=tuple(originals),
        owners=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
    )


def best_by_question(
    corpus: Corpus, places: NDArray[np.int64], scores: NDArray[np.float32], k: int, module: str
) -> tuple[FaqCandidate, ...]:
    """At most ``k`` candidates from the texts at ``places``: each standard question by its best, above 0, best first.

    Of equal scores the text that comes first in ``places`` counts.
    """
    order = np.argsort(-scores, kind="stable")
    owners = corpus.owners[places[order]]
    firsts = np.sort(np.unique(owners, return_index=True)[1])[:k]
    chosen = order[firsts]
    return tuple(
        FaqCandidate(corpus.labels[owner], corpus.questions[owner], corpus.originals[place], score, module)
        for owner, place, score in zip(
            owners[firsts].tolist(), places[chosen].tolist(), scores[chosen].tolist(), strict=True
        )
        if score > 0
    )
