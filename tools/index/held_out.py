"""Questions whose answer is known and that the index has not seen: what the choice is fitted and measured on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.retrieval import FaqRetriever, build_index, make_retriever
from chatbot.faq_modules.signals import SignalTable
from tools.index.logit import Example

FOLDS = 5
Noise = Callable[[str], tuple[str, str]]


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
    corpus: Corpus,
    vectors: NDArray[np.float32],
    encoder: Encoder,
    modules: Sequence[str],
    *,
    noise: Noise | None = None,
    seed: int = 0,
) -> Iterator[Example]:
    """Each paraphrase asked of an index without it and a fifth of the others; each also with its answer taken away.

    With ``noise`` (text → kind, noisy text) each is asked once more in a noisy form.
    """
    assigned = stratified_folds(corpus.owners, FOLDS, seed)
    for fold in range(FOLDS):
        kept = assigned != fold
        first = np.unique(corpus.owners, return_index=True)[1]
        lonely = first[~np.isin(np.arange(len(corpus.questions)), corpus.owners[kept])]
        kept[lonely] = True
        retriever = make_retriever(
            build_index(without(corpus, kept), vectors[kept]), encoder, modules=modules
        )
        for place in np.flatnonzero(~kept).tolist():
            owner = int(corpus.owners[place])
            yield from _asked(retriever, corpus.originals[place], owner, "clean")
            if noise:
                kind, text = noise(corpus.originals[place])
                yield from _asked(retriever, text, owner, kind)


def _asked(retriever: FaqRetriever, text: str, owner: int, kind: str) -> Iterator[Example]:
    table, _ = retriever.signals(text)
    found = np.flatnonzero(table.owners == owner).tolist()
    yield Example(table, found[0] if found else -1, 1.0, kind)
    if found:
        yield Example(unanswered(table, found[0]), -1, 1.0, f"{kind}, no answer")


def unanswered(table: SignalTable, gold: int) -> SignalTable:
    """``table`` as if the standard question of row ``gold`` were not in the knowledge base."""
    kept = np.arange(len(table.owners)) != gold
    return SignalTable(
        owners=table.owners[kept],
        values=table.values[kept],
        query=table.query,
        exact=table.exact[kept],
        matched=table.matched[kept],
    )
