"""What the choice weighs: each signal against a brute-force reading of its formula."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from chatbot.faq_modules.class_evidence import ClassEvidence, fit_dual, fits, may_fit, text_features
from chatbot.faq_modules.latin import LatinDecoder
from chatbot.faq_modules.question_index import K1, B, QuestionIndex
from chatbot.faq_modules.sound import SoundTable

TEXTS = ["首付几成", "首付最少多少", "怎么预约试驾", "试驾怎么约", "多久能提车", "提车要多久", "提车等几天"]
OWNERS = np.array([0, 0, 1, 1, 2, 2, 2], dtype=np.int32)
ASKED = ["首付要几成", "提车提车", "约个时间", "🦄", "completely else", "提"]


def brute_bm25_and_coverage(text: str) -> tuple[list[float], list[float]]:
    documents = [
        Counter("".join(t for t, o in zip(TEXTS, OWNERS, strict=True) if o == place)) for place in range(3)
    ]
    mean = sum(d.total() for d in documents) / 3

    def idf(char: str) -> float:
        return math.log(1 + 3 / (sum(char in d for d in documents) + 0.5))

    total = sum(map(idf, set(text)))
    bm25, coverage = [], []
    for document in documents:
        damping = K1 * (1 - B + B * document.total() / mean)
        weights = [
            idf(c) * document[c] * (K1 + 1) / (document[c] + damping) for c in set(text) if c in document
        ]
        bm25.append(sum(weights) / total)
        coverage.append(sum(idf(c) for c in set(text) if c in document) / total)
    return bm25, coverage


@pytest.mark.parametrize("text", ASKED)
@pytest.mark.parametrize("dense", [True, False], ids=["dense", "postings"])
def test_bm25_and_coverage_are_those_of_the_formula(
    text: str, dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not dense:
        monkeypatch.setattr("chatbot.faq_modules.question_index.DENSE_CELLS", 0)
    bm25, coverage, known = QuestionIndex(TEXTS, OWNERS, 3).scores(text)
    wanted_bm25, wanted_coverage = brute_bm25_and_coverage(text)
    np.testing.assert_allclose(bm25, wanted_bm25, atol=1e-5)
    np.testing.assert_allclose(coverage, wanted_coverage, atol=1e-5)
    assert 0 <= known <= 1
    assert known == pytest.approx(max(0, sum(c in "".join(TEXTS) for c in set(text)) and known))


def test_an_empty_text_scores_nothing() -> None:
    bm25, coverage, known = QuestionIndex(TEXTS, OWNERS, 3).scores("")
    assert not bm25.any() and not coverage.any() and known == 0


def brute_vectors(texts: list[str]) -> tuple[list[str], NDArray[np.float64]]:
    features = [Counter([*t, *[a + b for a, b in pairwise(t)]]) for t in TEXTS]
    names = sorted(set().union(*features))
    unseen = 1 + math.log(1 + len(TEXTS))
    table = np.zeros((len(texts), len(names)))
    for row, text in enumerate(texts):
        counts = Counter([*text, *[a + b for a, b in pairwise(text)]])
        length = 0.0
        for name, count in counts.items():
            seen = sum(name in f for f in features)
            weight = (1 + math.log(count)) * (1 + math.log((1 + len(TEXTS)) / (1 + seen)) if seen else unseen)
            length += weight**2
            if name in names:
                table[row, names.index(name)] = weight
        table[row] /= math.sqrt(length) or 1
    return names, table


def test_text_features_are_tf_idf_vectors_of_length_1() -> None:
    features = text_features(TEXTS)
    names, table = brute_vectors(TEXTS)
    order = [features.names.index(name) for name in names]
    np.testing.assert_allclose(features.dense()[:, order], table, atol=1e-6)


def test_class_evidence_is_kernel_ridge_on_the_cosines() -> None:
    features = text_features(TEXTS)
    evidence = ClassEvidence(fit_dual(features, OWNERS, 3), features)
    table = brute_vectors(TEXTS)[1]
    dual = np.linalg.inv(table @ table.T + np.eye(len(TEXTS))) @ np.eye(3)[OWNERS]
    for text in ASKED:
        wanted = brute_vectors([text])[1] @ table.T @ dual
        np.testing.assert_allclose(evidence.scores(text), wanted[0], atol=2e-3)  # A is kept in half precision


def test_class_evidence_needs_enough_paraphrases_and_not_too_many() -> None:
    assert may_fit(40, 10) and not may_fit(39, 10)
    assert not may_fit(100, 1) and not may_fit(100_000, 10)
    assert fits(text_features(TEXTS), 3)


def test_homophones_are_written_alike_and_other_letters_stay() -> None:
    sounds = SoundTable()
    assert "续航里程".translate(sounds) == "续航里城".translate(sounds)
    assert "续航a1".translate(sounds)[2:] == "a1"
    assert "续航".translate(sounds) != "价格".translate(sounds)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shoufu几成", "首付几成"),
        ("sf几成", "sf几成"),
        ("zmyysj", "怎么预约试驾"),
        ("zenme yue", "怎么约"),
        ("app怎么用", "app怎么用"),
        ("hello", "hello"),
        ("没有拼音", "没有拼音"),
        ("", ""),
    ],
    ids=[
        "in full",
        "two letters are too few",
        "initials",
        "with spaces",
        "a known word",
        "no pinyin",
        "none",
        "empty",
    ],
)
def test_pinyin_is_read_in_the_words_of_the_faq(typed: str, meant: str) -> None:
    assert LatinDecoder([*TEXTS, "app打不开"]).decode(typed) == meant
