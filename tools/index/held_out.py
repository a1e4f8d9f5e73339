"""Questions whose answer is known and that the index has not seen: what the choice is fitted and measured on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.retrieval import FaqIndex, FaqRetriever, build_index, make_retriever
from tools.evaluate.noise import any_noise
from tools.index.logit import Example

FOLDS, MOST_ROWS = 5, 64
CLEAN, TAKEN_AWAY, AUTHORED, SMALL_TALK = "clean", "answer taken away", "no answer", "small talk"


def stratified_folds(owners: NDArray[np.int32], folds: int, seed: int) -> NDArray[np.int64]:
    """A fold for each text, the texts of one standard question spread evenly."""
    rng = np.random.default_rng(seed)
    assigned = np.empty(len(owners), dtype=np.int64)
    for owner in np.unique(owners):
        places = rng.permutation(np.flatnonzero(owners == owner))
        assigned[places] = (np.arange(len(places)) + rng.integers(folds)) % folds
    return assigned


def without(corpus: Corpus, kept: NDArray[np.bool_]) -> Corpus:
    """``corpus`` with only the texts that are ``kept``; a standard question always keeps at least one."""
    places = np.flatnonzero(kept).tolist()
    return replace(
        corpus,
        texts=tuple(corpus.texts[place] for place in places),
        originals=tuple(corpus.originals[place] for place in places),
        owners=corpus.owners[kept],
    )


def held_out_examples(
    index: FaqIndex, encoder: Encoder, modules: Sequence[str], *, most: int, seed: int = 0
) -> Iterator[Example]:
    """Each paraphrase, ``most`` at most, asked of an index without it and a fifth of the others, as it is and with noise.

    Each is also asked with its answer taken away.
    """
    corpus = index.corpus
    assigned = stratified_folds(corpus.owners, FOLDS, seed)
    chosen = np.random.default_rng(seed).permutation(len(corpus.owners))[:most]
    first = np.unique(corpus.owners, return_index=True)[1]
    for fold in range(FOLDS):
        kept = assigned != fold
        kept[first[~np.isin(np.arange(len(corpus.questions)), corpus.owners[kept])]] = True
        smaller = build_index(without(corpus, kept), index.vectors[kept])
        retriever = make_retriever(smaller, encoder, modules=modules)
        for place in np.sort(chosen[~kept[chosen]]).tolist():
            text, owner = corpus.originals[place], int(corpus.owners[place])
            kind, noisy = any_noise(text, seed)
            yield from asked(retriever, text, owner, CLEAN)
            yield from asked(retriever, noisy, owner, kind)


def asked(retriever: FaqRetriever, text: str, owner: int, kind: str) -> Iterator[Example]:
    """``text`` as an example whose answer is ``owner``, and as one whose answer is not there."""
    table, probabilities = retriever.signals(text)
    rows = _likeliest(probabilities)
    found = np.flatnonzero(table.owners[rows] == owner).tolist()
    yield Example(table.only(rows), found[0] if found else -1, True, 1.0, kind)
    yield Example(table.only(rows[table.owners[rows] != owner]), -1, False, 1.0, TAKEN_AWAY)


def refused(retriever: FaqRetriever, text: str, kind: str) -> Example:
    """``text`` as an example that nothing answers."""
    table, probabilities = retriever.signals(text)
    return Example(table.only(_likeliest(probabilities)), -1, False, 1.0, kind)


def _likeliest(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """The rows of the ``MOST_ROWS`` highest, in their order: the others have no part in a fit."""
    if len(probabilities) <= MOST_ROWS:
        return np.arange(len(probabilities))
    return np.sort(np.argpartition(probabilities, -MOST_ROWS)[-MOST_ROWS:])
