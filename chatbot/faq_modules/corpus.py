"""What is searched: every paraphrase of a FAQ, normalised, with the standard question it belongs to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
