"""Questions whose answer is known and that the index has not seen: what the choice is fitted and measured on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.retrieval import FaqIndex, FaqRetriever, build_index, make_retriever
from chatbot.faq_modules.signals import SignalTable
from tools.index.logit import Example
from tools.index.scope import CrossedScope

FOLDS, MOST_ROWS = 5, 64
CLEAN, TAKEN_AWAY, AUTHORED, SMALL_TALK = "clean", "answer taken away", "no answer", "small talk"
GRAPH = "for the graph"


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


def without_questions(corpus: Corpus, left_out: NDArray[np.int64], kept: NDArray[np.bool_]) -> Corpus:
    """``corpus`` without the standard questions ``left_out``; of the texts of the others with only those ``kept``."""
    rows = np.delete(np.arange(len(corpus.questions)), left_out)
    smaller = without(corpus, kept)
    return replace(
        smaller,
        questions=tuple(corpus.questions[row] for row in rows.tolist()),
        labels=tuple(corpus.labels[row] for row in rows.tolist()),
        owners=rows.searchsorted(smaller.owners).astype(np.int32),
    )


def held_out_examples(
    index: FaqIndex,
    encoder: Encoder,
    modules: Sequence[str],
    scope: CrossedScope,
    *,
    most: int,
    seed: int = 0,
) -> Iterator[Example]:
    """Each paraphrase, ``most`` at most, asked of an index without it and a fifth of the others, as it is and with noise.

    Each is also asked, as it is, of an index without its standard question: what strangers ask that the FAQ has nothing
    for. That no text has its words any more is what tells, so that leaving out a row of the signals would not do.
    """
    from tools.evaluate.noise import any_noise  # jieba and OpenCC, that a rebuild without a fit does without

    corpus = index.corpus
    assigned = stratified_folds(corpus.owners, FOLDS, seed)
    group = np.random.default_rng(seed).permutation(len(corpus.questions)) % FOLDS
    chosen = np.random.default_rng(seed).permutation(len(corpus.owners))[:most]
    first = np.unique(corpus.owners, return_index=True)[1]
    for fold in range(FOLDS):
        kept = assigned != fold
        kept[first[~np.isin(np.arange(len(corpus.questions)), corpus.owners[kept])]] = True

        def retriever(smaller: Corpus, kept: NDArray[np.bool_]) -> FaqRetriever:
            built = build_index(smaller, index.vectors[kept], classified=index.evidence is not None)
            return make_retriever(built, encoder, modules=modules, respells=False)

        others = retriever(without(corpus, kept), kept)
        for place in np.sort(chosen[~kept[chosen]]).tolist():
            text, owner = corpus.originals[place], int(corpus.owners[place])
            kind, noisy = any_noise(text, seed)
            asking = Asking(others, scope, text)
            yield _answered(*asking.signals(text), owner, CLEAN)
            yield _answered(*asking.signals(noisy), owner, kind)
        left_out = np.flatnonzero(group == fold)
        if 0 < len(left_out) < len(corpus.questions):
            kept &= group[corpus.owners] != fold
            others = retriever(without_questions(corpus, left_out, kept), kept)
            for place in np.sort(chosen[group[corpus.owners[chosen]] == fold]).tolist():
                yield refused(Asking(others, scope, corpus.originals[place]), TAKEN_AWAY)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asked, and the question as it was written before any noise."""

    retriever: FaqRetriever
    scope: CrossedScope
    source: str

    def signals(self, text: str) -> tuple[SignalTable, NDArray[np.float32]]:
        """The signals for ``text``, a writing of ``source``, the evidence of scope among them, and probabilities without it."""
        table, probabilities = self.retriever.signals(text)
        beyond = self.scope.score(self.retriever.heard(text), self.retriever.heard(self.source))
        return replace(table, query=(*table.query[:-1], beyond)), probabilities


def asked(asking: Asking, text: str, owner: int, kind: str) -> Iterator[Example]:
    """``text`` as an example whose answer is ``owner``, and as one whose answer is not there."""
    table, probabilities = asking.signals(text)
    yield _answered(table, probabilities, owner, kind)
    rows = _likeliest(probabilities)
    yield Example(table.only(rows[table.owners[rows] != owner]), -1, False, 1.0, TAKEN_AWAY)


def _answered(table: SignalTable, probabilities: NDArray[np.float32], owner: int, kind: str) -> Example:
    rows = _likeliest(probabilities)
    found = np.flatnonzero(table.owners[rows] == owner).tolist()
    return Example(table.only(rows), found[0] if found else -1, True, 1.0, kind)


def refused(asking: Asking, kind: str) -> Example:
    """The question as an example that nothing answers."""
    table, probabilities = asking.signals(asking.source)
    return Example(table.only(_likeliest(probabilities)), -1, False, 1.0, kind)


def _likeliest(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """The rows of the ``MOST_ROWS`` highest, in their order: the others have no part in a fit."""
    if len(probabilities) <= MOST_ROWS:
        return np.arange(len(probabilities))
    return np.sort(np.argpartition(probabilities, -MOST_ROWS)[-MOST_ROWS:])
