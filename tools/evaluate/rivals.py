"""The methods to beat, in the same run on the same texts: BM25, TF-IDF, RapidFuzz, a linear classifier, m3e-small.

Needs scikit-learn (the extra ``train``). Each rival scores every standard question; the best wins. m3e-small with FAISS is
among them where ``train-two-tower`` has fetched it, after its licence notice; where not, that is said.
"""

import math
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import jieba
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from chatbot.faq_modules.corpus import Corpus
from chatbot.normalization.text import normalize
from tools.train_two_tower.m3e import cache_dir

K1, B = 1.5, 0.75
Tokens = Callable[[str], Sequence[str]]
Predict = Callable[[Sequence[str]], NDArray[np.int64]]


def rivals(corpus: Corpus, *, transformer: bool = False) -> dict[str, Predict]:
    """Name → a function from questions to places of standard questions; ``transformer``: m3e-small among them."""
    found: dict[str, Predict] = {
        "bm25_jieba": _nearest(corpus, _bm25(corpus.texts, jieba.lcut)),
        "bm25_characters": _nearest(corpus, _bm25(corpus.texts, list)),
        "tfidf_nearest": _nearest(corpus, _tfidf(corpus.texts)),
        "rapidfuzz": _nearest(corpus, _fuzzy(corpus.texts)),
    }
    if len(corpus.texts) >= 4 * len(corpus.questions):
        found["tfidf_logistic_regression"] = _logistic(corpus)
    if transformer and (cache_dir() / "config.json").is_file() and find_spec("sentence_transformers"):
        found["m3e_small_faiss"] = _sentence_vectors(corpus, cache_dir())
    elif transformer:
        print(
            "对照方法里没有 m3e-small：还没有下载，或没有安装 train 附加项（见 docs/training.md）",
            file=sys.stderr,
        )
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


def _sentence_vectors(corpus: Corpus, model_dir: Path) -> Predict:
    """Mean-pooled vectors of a sentence-transformers model, the nearest paraphrase by FAISS flat; nothing is trained."""
    import faiss
    from sentence_transformers import SentenceTransformer  # 6 s, and only this rival needs it

    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    model = SentenceTransformer(str(model_dir), device="cpu", local_files_only=True)

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        found = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)

    vectors = encode(corpus.texts)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)

    def predict(texts: Sequence[str]) -> NDArray[np.int64]:
        nearest = index.search(encode([normalize(text) for text in texts]), 1)[1][:, 0]
        return np.asarray(corpus.owners[nearest], dtype=np.int64)

    return predict


def _logistic(corpus: Corpus) -> Predict:
    from sklearn.feature_extraction.text import TfidfVectorizer  # the extra "train"
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(C=10, max_iter=300).fit(vectorizer.fit_transform(corpus.texts), corpus.owners)

    def predict(texts: Sequence[str]) -> NDArray[np.int64]:
        found: NDArray[np.int64] = model.predict(vectorizer.transform([normalize(text) for text in texts]))
        return found

    return predict
