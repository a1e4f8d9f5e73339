"""Texts, units and vectors of a large index, each against brute force."""

from collections.abc import Sequence
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.large import vector_search
from chatbot.faq_modules.large.candidates import CandidateReader
from chatbot.faq_modules.large.index import LargeIndex, calibration_questions
from chatbot.faq_modules.large.texts import CodedTexts, ExactTexts, Lines
from chatbot.faq_modules.large.units import Units, build_units, count_chars
from chatbot.faq_modules.large.vector_search import (
    EXACT,
    HITS,
    IvfSearch,
    SearchPlan,
    Vectors,
    assign,
    build_search,
    calibrate,
    exact_nearest,
    lists_for,
    recall_at_1,
    surely_hit,
    train_centroids,
)
from chatbot.faq_modules.question_index import QuestionIndex
from tools.bench.questions import SyntheticFaq, held_out_questions

TEXTS = ("怎么办理", "", "a b", "𠮷野家在哪", "怎么办理", "é", "办")


@pytest.mark.parametrize("kind", [CodedTexts, Lines])
def test_texts_in_arrays_read_like_a_tuple(kind: type[CodedTexts] | type[Lines]) -> None:
    stored = kind.of(TEXTS)
    assert (len(stored), tuple(stored), stored[-1], stored[1:4]) == (7, TEXTS, "办", TEXTS[1:4])
    assert stored.every() == list(TEXTS)
    with pytest.raises(IndexError):
        stored[7]


def test_some_texts_are_those_one_by_one() -> None:
    stored = CodedTexts.of(TEXTS)
    places = np.array([5, 1, 3, 3, 0])
    assert stored.some(places) == [TEXTS[place] for place in places]
    assert stored.some(places[:0]) == []


def test_a_text_is_found_word_for_word_wherever_it_stands() -> None:
    texts = CodedTexts.of(TEXTS)
    exact = ExactTexts.of(texts)
    assert exact.find("怎么办理", texts) == [0, 4]
    assert exact.find("", texts) == [1]
    assert exact.find("理办么怎", texts) == exact.find("没有", texts) == exact.find("\ud800", texts) == []


def test_two_texts_of_the_same_hash_are_told_apart() -> None:
    texts = CodedTexts.of(("甲", "乙"))
    same = ExactTexts(np.zeros(2, dtype=np.uint64), np.array([0, 1], dtype=np.int32))
    whole = ExactTexts.of(texts)
    assert whole.find("乙", texts) == [1]
    assert same.find("甲", texts) == []


@pytest.mark.parametrize("asked", ["医保卡怎么补办", "贷记卡𠮷𠮷龘", "没龘有", "", "？", "卡"])
def test_bm25_and_coverage_are_those_of_the_exact_index(
    corpus: Corpus, index: LargeIndex, asked: str
) -> None:
    reader = CandidateReader(index, _Never(), ())
    every = np.arange(len(corpus.questions))
    bm25, coverage, known = index.chars.scores(reader._units(asked)[0], every)
    wanted, wanted_known = QuestionIndex(corpus.texts, corpus.owners, len(corpus.questions)).scores(asked)
    assert np.allclose(bm25, wanted[0], atol=1e-5) and np.allclose(coverage, wanted[1], atol=1e-5)
    assert known == pytest.approx(wanted_known, abs=1e-6)
    some = np.array([3, 140])
    assert np.allclose(index.chars.scores(reader._units(asked)[0], some)[0], wanted[0][some], atol=1e-5)


def test_the_likeliest_share_the_rarest_grams_as_brute_force_says(faq: SyntheticFaq, corpus: Corpus) -> None:
    texts = CodedTexts.of(corpus.texts)
    counted = count_chars(texts, corpus.owners, len(corpus.questions))
    units = build_units(counted, np.arange(len(texts.alphabet), dtype=np.int32))
    id_of = {chr(code): place for place, code in enumerate(texts.alphabet.tolist())}
    has = [set[str]() for _ in corpus.questions]
    for text, owner in zip(corpus.texts, corpus.owners.tolist(), strict=True):
        has[owner] |= _grams(text)
    for text, _ in held_out_questions(faq, 20):
        scores = np.zeros(len(has))
        for gram in _grams(text):
            owners = [owner for owner, own in enumerate(has) if gram in own]
            scores[owners] += np.log(1 + len(has) / (len(owners) + 0.5))
        found = units.likely(np.array([id_of.get(char, -1) for char in text]), 10)
        assert sorted(scores[found]) == pytest.approx(sorted(scores)[-10:])


def test_syllables_are_counted_as_if_the_texts_were_written_in_them(corpus: Corpus) -> None:
    texts = CodedTexts.of(corpus.texts)
    of = (np.arange(len(texts.alphabet)) % 40).astype(np.int32)
    spelled = CodedTexts(np.arange(40, dtype=np.uint32), of[texts.chars].astype(np.uint16), texts.starts)
    every = np.arange(40, dtype=np.int32)
    found = build_units(count_chars(texts, corpus.owners, len(corpus.questions)), of)
    wanted = build_units(count_chars(spelled, corpus.owners, len(corpus.questions)), every)
    for field in fields(Units):
        if field.name != "of":
            assert np.array_equal(getattr(found, field.name), getattr(wanted, field.name)), field.name


def test_nothing_is_likely_for_what_shares_no_gram(index: LargeIndex) -> None:
    assert len(index.chars.likely(np.array([-1, -2]), 10)) == 0
    assert len(index.chars.likely(np.zeros(0, dtype=np.int64), 10)) == 0


def test_the_search_has_at_least_the_recall_that_is_wanted_and_exact_scores(
    faq: SyntheticFaq, index: LargeIndex, encoder: Encoder
) -> None:
    questions = encoder.encode([text for text, _ in held_out_questions(faq, 300)])
    best = (questions @ index.vectors.T).max(axis=1)
    assert np.allclose(exact_nearest(index.vectors, questions)[0], best)
    assert recall_at_1(index.search, questions, best) >= 0.97  # of 300, and far from any text
    firsts = [index.search.search(question)[1][0] for question in questions]
    assert np.allclose(index.search.best(questions[:16]), firsts[:16])  # many at once find what one finds
    assert index.search.plan.recall_at_1 >= 0.99
    places, scores = index.search.search(questions[0])
    assert len(places) == HITS and np.all(scores[:-1] >= scores[1:])
    assert np.allclose(scores, index.vectors[places] @ questions[0])


def test_recall_is_measured_and_not_assumed(index: LargeIndex, encoder: Encoder) -> None:
    asked = encoder.encode(calibration_questions(index.texts))
    vectors = index.vectors
    centroids = train_centroids(vectors, 64)
    cells = (assign(vectors, centroids) + 1) % np.int32(64)  # every vector lies in a wrong list
    search = calibrate(build_search(vectors, centroids, cells, SearchPlan("ivf", 64, 1, 0.0, 0)), asked)
    right = calibrate(
        build_search(vectors, centroids, assign(vectors, centroids), SearchPlan("ivf", 64, 1, 0.0, 0)), asked
    )
    assert search.plan.probes > right.plan.probes
    assert recall_at_1(right.with_probes(1), asked, exact_nearest(vectors, asked)[0]) < right.plan.recall_at_1


def test_what_is_surely_hit_is_found_and_is_not_searched_for_to_measure_recall(
    index: LargeIndex, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, search = encoder.encode(calibration_questions(index.texts)), index.search
    best, places = exact_nearest(index.vectors, asked)
    sure = surely_hit(search, asked, places)
    every = search.with_probes(search.plan.lists)
    found = [place in every.search(question)[0] for place, question in zip(places, asked, strict=True)]
    assert np.all(np.array(found)[sure]) and sure.mean() > 0.9
    searched: list[int] = []

    def counted(tried: IvfSearch, questions: Vectors, nearest: Vectors) -> float:
        searched.append(len(questions))
        return recall_at_1(tried, questions, nearest)

    monkeypatch.setattr(vector_search, "recall_at_1", counted)
    plan = calibrate(search, asked).plan
    assert plan.recall_at_1 == round(recall_at_1(search.with_probes(plan.probes), asked, best), 4)
    assert searched and searched[0] < len(asked) / 5


def test_a_vector_among_more_of_its_like_than_are_compared_is_not_surely_hit(index: LargeIndex) -> None:
    rng = np.random.default_rng(3)
    vectors = index.vectors[np.concatenate([np.arange(500), np.full(HITS, 7)])]
    vectors = np.ascontiguousarray(vectors + rng.normal(0, 1e-7, vectors.shape).astype(np.float32))
    centroids = train_centroids(vectors, 8)
    search = build_search(vectors, centroids, assign(vectors, centroids), SearchPlan("ivf", 8, 8, 0.0, 0))
    assert surely_hit(search, vectors[[7, 8]], np.array([7, 8])).tolist() == [False, True]


def test_very_many_vectors_get_shorter_codes_that_find_as_much_and_open_from_the_disk(
    index: LargeIndex, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(vector_search, "PRODUCT_CODES_FROM", 100)
    long, cells = index.search, index.search.cells
    short = build_search(index.vectors, long.centroids(), cells, long.plan)
    assert (long.plan.kind, short.plan.kind) == ("ivf", "ivf_pq")
    asked = encoder.encode(calibration_questions(index.texts))
    best = exact_nearest(index.vectors, asked)[0]
    assert recall_at_1(short, asked, best) >= recall_at_1(long, asked, best) - 0.005
    assert not surely_hit(short, asked, exact_nearest(index.vectors, asked)[1]).any()
    for search in (short, long):
        search.save(tmp_path / search.plan.kind)
    assert (tmp_path / "ivf_pq").stat().st_size < (tmp_path / "ivf").stat().st_size
    opened = IvfSearch.open(tmp_path / "ivf_pq", index.vectors, cells, short.plan)
    assert np.array_equal(opened.search(asked[0])[0], short.search(asked[0])[0])
    assert np.array_equal(opened.centroids(), long.centroids())


@pytest.mark.parametrize(
    ("count", "lists"), [(10, 8), (1000, 31), (20_000, 256), (100_000, 512), (1_000_000, 2048)]
)
def test_the_number_of_lists_grows_with_the_root_and_each_has_enough_to_train_on(
    count: int, lists: int
) -> None:
    assert lists_for(count) == lists


def test_exact_search_is_stated_as_such() -> None:
    assert (EXACT.kind, EXACT.recall_at_1) == ("flat", 1.0)


def test_calibration_questions_are_near_the_texts_and_not_they(corpus: Corpus) -> None:
    asked = calibration_questions(corpus.texts, 50)
    assert len(asked) == 50 and not set(asked) & set(corpus.texts)


def _grams(text: str) -> set[str]:
    return {*text, *(first + second for first, second in pairwise(text))}


class _Never:
    fingerprint, dimension = "never", 8

    def encode(self, texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        raise AssertionError(texts)
