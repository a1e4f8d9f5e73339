"""What is searched: every paraphrase of a FAQ, normalised, with the standard question it belongs to."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chatbot.faq_modules.base import FaqCandidate
from chatbot.faq_modules.dataset import FaqDataset
from chatbot.frozen import dataclass
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


def build_corpus(
    dataset: FaqDataset, normalised: Mapping[str, str] | None = None, before: Corpus | None = None
) -> Corpus:
    """The paraphrases of ``dataset``, each standard question itself among them, by label.

    ``normalised`` are texts whose normal form is known already; what is as it was in the corpus ``before`` is taken over
    from there, a standard question at a time.
    """
    written = {question.label: [question.text] for question in dataset.questions}
    for label, rows in groupby(dataset.paraphrases, itemgetter(1)):
        written[label] += map(itemgetter(0), rows)
    last, known = {} if before is None else _blocks(before), normalised or {}
    texts, originals, sizes = list[str](), list[str](), list[int]()
    for label, asked in written.items():
        own = tuple(dict.fromkeys(asked))
        forms, kept = last.get(label, ((), ()))
        if own != tuple(kept):
            forms, kept = _distinct(own, known, dict(zip(kept, forms, strict=True)))
        texts += forms
        originals += kept
        sizes.append(len(kept))
    return Corpus(
        questions=tuple(question.text for question in dataset.questions),
        labels=tuple(question.label for question in dataset.questions),
        texts=tuple(texts),
        originals=tuple(originals),
        owners=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
    )


_Block: TypeAlias = tuple[Sequence[str], Sequence[str]]
"""Texts and originals of one standard question."""


def _blocks(corpus: Corpus) -> dict[int, _Block]:
    """The block of each label."""
    spans = pairwise(corpus.starts.tolist())
    return {
        label: (corpus.texts[first:end], corpus.originals[first:end])
        for label, (first, end) in zip(corpus.labels, spans, strict=True)
    }


def _distinct(originals: Sequence[str], normalised: Mapping[str, str], before: Mapping[str, str]) -> _Block:
    """Of ``originals`` those that are not another in its normal form, which ``normalised`` or else ``before`` may know."""
    found: dict[str, str] = {}
    for original in originals:
        form = normalised.get(original)
        if form is None and (form := before.get(original)) is None:
            form = normalize(original)
        found.setdefault(form, original)
    return list(found), list(found.values())


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
