"""What the choice weighs: each signal against a brute-force reading of its formula."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from chatbot.faq_modules.class_evidence import (
    STRENGTH,
    UNIT,
    ClassEvidence,
    fit_dual,
    fits,
    may_fit,
    text_features,
)
from chatbot.faq_modules.latin import LatinDecoder
from chatbot.faq_modules.length_ratios import LengthRatios
from chatbot.faq_modules.own_signals import OwnSignalReader
from chatbot.faq_modules.question_index import K1, B, QuestionIndex, TwinIndex
from chatbot.faq_modules.question_vectors import EXACT, QuestionVectors
from chatbot.faq_modules.scope import ScopeEvidence
from chatbot.faq_modules.signals import apart
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
    (bm25, coverage), known = QuestionIndex(TEXTS, OWNERS, 3).scores(text)
    wanted_bm25, wanted_coverage = brute_bm25_and_coverage(text)
    np.testing.assert_allclose(bm25, wanted_bm25, atol=1e-5)
    np.testing.assert_allclose(coverage, wanted_coverage, atol=1e-5)
    assert 0 <= known <= 1
    assert known == pytest.approx(max(0, sum(c in "".join(TEXTS) for c in set(text)) and known))


def test_an_empty_text_scores_nothing() -> None:
    (bm25, coverage), known = QuestionIndex(TEXTS, OWNERS, 3).scores("")
    assert not bm25.any() and not coverage.any() and known == 0


def grams(text: str) -> list[str]:
    return [*text, *[first + second for first, second in pairwise(text)]]


def brute_values() -> dict[str, float]:
    """What each character and pair is worth, and ``""``: one that no text has."""
    share = np.bincount(OWNERS) / len(OWNERS)
    told, count = {}, {}
    for name in {name for text in TEXTS for name in grams(text)}:
        has = np.bincount([o for t, o in zip(TEXTS, OWNERS, strict=True) if name in grams(t)], minlength=3)
        smooth = (has + 2 * share) / (has.sum() + 2)
        count[name] = has.sum()
        told[name] = math.sqrt(max(float(np.sum(smooth * np.log(smooth / share))), 1e-3))
    told[""] = math.sqrt(float(np.mean([told[name] ** 2 for name in count if count[name] == 1])))
    idf = {name: 1 + math.log((1 + len(TEXTS)) / (1 + count.get(name, 0))) for name in told}
    return {name: math.sqrt(idf[name] * told[name]) for name in told}


def brute_vectors(texts: list[str]) -> tuple[list[str], NDArray[np.float64]]:
    value = brute_values()
    names = sorted(name for name in value if name)
    table = np.zeros((len(texts), len(names)))
    for row, text in enumerate(texts):
        length = 0.0
        for name, count in Counter(grams(text)).items():
            weight = (1 + math.log(count)) * value.get(name, value[""])
            length += weight**2
            if name in value:
                table[row, names.index(name)] = weight
        table[row] /= math.sqrt(length) or 1
    return names, table


def test_text_features_weigh_by_rarity_and_by_what_they_tell() -> None:
    features = text_features(TEXTS, OWNERS, 3)
    names, table = brute_vectors(TEXTS)
    order = [features.names.index(name) for name in names]
    np.testing.assert_allclose(features.dense()[:, order], table, atol=1e-5)


def test_class_evidence_is_at_the_optimum_of_kernel_logistic_regression() -> None:
    """There ``A = C (Y - softmax(K A))``, where the gradient vanishes; the objective is strictly convex."""
    features = text_features(TEXTS, OWNERS, 3)
    dual = fit_dual(features, OWNERS, 3).astype(np.float64)
    table = brute_vectors(TEXTS)[1]
    odds = np.exp(table @ table.T @ dual)
    shares = odds / odds.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        dual, STRENGTH * (np.eye(3)[OWNERS] - shares), atol=0.02
    )  # A is kept in half precision


def test_class_evidence_scores_are_the_log_odds_of_the_kernel() -> None:
    features = text_features(TEXTS, OWNERS, 3)
    dual = fit_dual(features, OWNERS, 3)
    evidence, table = ClassEvidence(dual, features), brute_vectors(TEXTS)[1]
    for text in ASKED:
        wanted = brute_vectors([text])[1] @ table.T @ dual.astype(np.float64) / UNIT
        np.testing.assert_allclose(evidence.scores(text), wanted[0], atol=1e-5)


@pytest.mark.parametrize("dense", [True, False], ids=["dense", "postings"])
def test_two_indexes_read_at_once_say_what_each_says_alone(
    dense: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not dense:
        monkeypatch.setattr("chatbot.faq_modules.question_index.DENSE_CELLS", 0)
    first, second = QuestionIndex(TEXTS, OWNERS, 3), QuestionIndex([text[::2] for text in TEXTS], OWNERS, 3)
    twins = TwinIndex(first, second)
    rows, others = [0, 3, first.unseen], [1, second.unseen, 2]
    behind = [twins.offset + 1, twins.unseen + 77, twins.offset + 2]
    written, spoken, known = twins.scores_of(rows, behind)
    np.testing.assert_allclose(written, first.scores_of(rows)[0], atol=1e-6)
    np.testing.assert_allclose(spoken, second.scores_of(others)[0], atol=1e-6)
    assert known == pytest.approx(first.scores_of(rows)[1])
    assert twins.scores_of([], [])[2] == 0


@pytest.mark.parametrize("classified", [True, False], ids=["class evidence", "none"])
@pytest.mark.parametrize("text", [*ASKED, "房贷首付", "多多少少多少", "首付受付", ""])
def test_what_is_read_in_one_pass_is_what_each_part_says_alone(text: str, classified: bool) -> None:
    features = text_features(TEXTS, OWNERS, 3)
    evidence = ClassEvidence(fit_dual(features, OWNERS, 3), features) if classified else None
    questions, sounds = QuestionIndex(TEXTS, OWNERS, 3), SoundTable()
    by_sound = QuestionIndex([one.translate(sounds) for one in TEXTS], OWNERS, 3)
    scope = ScopeEvidence({"首": -1.0, "少": 0.3, "房": 2.0, "房贷": 3.0, "提车": -0.7}, 0.2)
    found = np.full((5, 3), np.nan, dtype=np.float32)
    known, beyond = OwnSignalReader(TEXTS, OWNERS, questions, evidence, scope).read(text, found)
    (bm25, coverage), wanted_known = QuestionIndex(TEXTS, OWNERS, 3).scores(text)
    heard, _ = by_sound.scores(text.translate(sounds))
    told = evidence.scores(text) if evidence else np.zeros(3)
    np.testing.assert_allclose(found, [bm25, coverage, told, *heard], atol=1e-5)
    np.testing.assert_allclose(questions.scores(text)[0], [bm25, coverage], atol=1e-6)
    assert known == pytest.approx(wanted_known)
    assert beyond == pytest.approx(scope.score(text), abs=1e-5)


def test_a_word_of_one_standard_question_is_worth_more_than_one_that_stands_everywhere() -> None:
    texts, owners = ["首付多少", "首付几成", "月供多少", "月供几个点"], np.array([0, 0, 1, 1], dtype=np.int32)
    features = text_features(texts, owners, 2)
    worth = dict(zip(features.names, features.value[:-1].tolist(), strict=True))
    assert worth["首付"] > 2 * worth["多少"]


def test_class_evidence_needs_enough_paraphrases_and_not_too_many() -> None:
    assert may_fit(40, 10) and not may_fit(39, 10)
    assert not may_fit(100, 1) and not may_fit(100_000, 10)
    assert fits(text_features(TEXTS, OWNERS, 3), 3)


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
        ("sfjc", "首付几成"),
        ("sfsj", "sfsj"),
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
        "initials of a whole question",
        "initials of pieces that stand nowhere together, as a hand on the keyboard makes them",
        "with spaces",
        "a known word",
        "no pinyin",
        "none",
        "empty",
    ],
)
def test_pinyin_is_read_in_the_words_of_the_faq(typed: str, meant: str) -> None:
    assert LatinDecoder([*TEXTS, "app打不开"]).decode(typed) == meant


def test_question_vectors_take_the_nearest_paraphrase_of_the_likeliest_and_the_mean_of_the_others() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(120, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    starts = np.arange(0, 121, 6)
    asked = vectors[37] + 0.1 * vectors[5]
    every = (vectors @ asked).reshape(20, 6)
    found = QuestionVectors(vectors, starts)
    likeliest = np.argsort(every.mean(axis=1))[-EXACT:]
    wanted = every.mean(axis=1)
    wanted[likeliest] = every[likeliest].max(axis=1)
    scores, nearest = found.scores(asked)
    np.testing.assert_allclose(scores, wanted, atol=1e-5)
    assert nearest == {owner: 6 * owner + int(every[owner].argmax()) for owner in likeliest.tolist()}
    assert found.nearest(6, asked) == 37


def test_few_paraphrases_a_question_are_all_read() -> None:
    vectors = np.eye(9, dtype=np.float32)
    found = QuestionVectors(vectors, np.array([0, 1, 3, 9]))
    np.testing.assert_array_equal(found.scores(np.arange(9, dtype=np.float32))[0], [0, 2, 8])


def test_what_is_meant_stands_apart_however_low_it_scores() -> None:
    high = np.array([0.1, 0.7, 0.3, 0.1], dtype=np.float32)
    assert apart(high) == pytest.approx((high.max() - high.mean()) / high.std(), rel=0.01)
    assert apart(high / 4) == pytest.approx(apart(high), rel=0.03)
    assert apart(high) > apart(np.array([0.6, 0.7, 0.3, 0.1], dtype=np.float32))
    assert apart(np.full(3, 0.25, dtype=np.float32)) == apart(np.zeros(0, dtype=np.float32)) == 0.0


@pytest.mark.parametrize("length", [0, 3, 5, 40, 400])
def test_lengths_are_compared_by_the_shorter_over_the_longer(length: int) -> None:
    means = np.array([4.0, 8.0, 20.0], dtype=np.float32)
    own = max(length, 1)
    expected = [min(own, mean) / max(own, mean) for mean in means]
    ratios = LengthRatios(means)
    np.testing.assert_allclose(ratios.of(length, np.array([2, 0])), [expected[2], expected[0]], atol=1e-6)
    assert ratios.highest(length) == pytest.approx(max(expected))
