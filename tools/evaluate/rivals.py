"""The methods to beat, in the same run on the same texts: BM25, TF-IDF, RapidFuzz, a linear classifier.

Needs scikit-learn (the extra ``train``). Each rival scores every standard question; the best wins.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence

import jieba
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from chatbot.faq_modules.corpus import Corpus
from chatbot.normalization.text import normalize

K1, B = 1.5, 0.75
Tokens = Callable[[str], Sequence[str]]
Predict = Callable[[Sequence[str]], NDArray[np.int64]]


def rivals(corpus: Corpus) -> dict[str, Predict]:
    """Name → a function from questions to places of standard questions."""
    found: dict[str, Predict] = {
        "bm25_jieba": _nearest(corpus, _bm25(corpus.texts, jieba.lcut)),
        "bm25_characters": _nearest(corpus, _bm25(corpus.texts, list)),
        "tfidf_nearest": _nearest(corpus, _tfidf(corpus.texts)),
        "rapidfuzz": _nearest(corpus, _fuzzy(corpus.texts)),
    }
    if len(corpus.texts) >= 4 * len(corpus.questions):
        found["tfidf_logistic_regression"] = _logistic(corpus)
    return found


def _nearest(corpus: Corpus, score: Callable[[str], NDArray[np.float64]]) -> Predict:
    def predict(texts: Sequence[str]) -> NDArray[np.int64]:
        return np.array([int(corpus.owners[int(score(normalize(text)).argmax())]) for text in texts])

    return predict


def _bm25(texts: Sequence[str], tokens: Tokens) -> Callable[[str], NDArray[np.float64]]:
    documents = [Counter(tokens(text)) for text in texts]
    lengths = np.array([sum(document.values()) for document in documents])
    relative = K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-9))
    postings: dict[str, list[tuple[int, int]]] = {}
    for place, document in enumerate(documents):
        for token, count in document.items():
            postings.setdefault(token, []).append((place, count))
    weights: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}
    for token, found in postings.items():
        places, counts = np.array(found).T
        idf = math.log(1 + (len(texts) - len(found) + 0.5) / (len(found) + 0.5))
        weights[token] = places, idf * counts * (K1 + 1) / (counts + relative[places])

    def score(text: str) -> NDArray[np.float64]:
        scores = np.zeros(len(texts))
        for token in set(tokens(text)) & weights.keys():
            places, values = weights[token]
            scores[places] += values
        return scores

    return score


def _tfidf(texts: Sequence[str]) -> Callable[[str], NDArray[np.float64]]:
    from sklearn.feature_extraction.text import TfidfVectorizer  # the extra "train"

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    matrix = vectorizer.fit_transform(texts)

    def score(text: str) -> NDArray[np.float64]:
        found: NDArray[np.float64] = (matrix @ vectorizer.transform([text]).T).toarray()[:, 0]
        return found

    return score


def _fuzzy(texts: Sequence[str]) -> Callable[[str], NDArray[np.float64]]:
    def score(text: str) -> NDArray[np.float64]:
        found: NDArray[np.float64] = process.cdist([text], texts, scorer=fuzz.ratio, dtype=np.float64)[0]
        return found

    return score


def _logistic(corpus: Corpus) -> Predict:
    from sklearn.feature_extraction.text import TfidfVectorizer  # the extra "train"
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(C=10, max_iter=300).fit(vectorizer.fit_transform(corpus.texts), corpus.owners)

    def predict(texts: Sequence[str]) -> NDArray[np.int64]:
        found: NDArray[np.int64] = model.predict(vectorizer.transform([normalize(text) for text in texts]))
        return found

    return predict
