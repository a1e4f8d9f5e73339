"""Groups of one meaning, against brute force."""

import numpy as np
import pytest
from numpy.typing import NDArray

from chatbot.learning import grouping
from chatbot.learning.grouping import linked, meaning_groups, variance_ratio, word_vectors
from chatbot.learning.stars import star_groups

Vectors = NDArray[np.float32]


def some_vectors(seed: int, size: int = 60, around: int = 6) -> Vectors:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(around, 16))
    found = centres[rng.integers(around, size=size)] + 0.5 * rng.normal(size=(size, 16))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def sets(owners: NDArray[np.int64]) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(owners == owner).tolist()) for owner in set(owners.tolist())}


def by_hand(vectors: Vectors, owners: NDArray[np.int64], stop: float) -> set[frozenset[int]]:
    """Average linkage, every pair looked at each time."""
    groups = [sorted(group) for group in sets(owners)]
    while len(groups) > 1:
        likeness = {
            (a, b): float((vectors[groups[a]] @ vectors[groups[b]].T).mean())
            for a in range(len(groups)) for b in range(a)
        }  # fmt: skip
        (a, b), best = max(likeness.items(), key=lambda found: found[1])
        if best < stop:
            break
        groups[a] += groups.pop(b) if b > a else []
        if b < a:
            groups[a] += groups[b]
            del groups[b]
    return {frozenset(group) for group in groups}


@pytest.mark.parametrize("seed", range(6))
def test_linkage_is_that_of_every_pair(seed: int) -> None:
    vectors = some_vectors(seed)
    owners = star_groups(vectors, np.ones(len(vectors), dtype=np.int64), 0.9)
    stops = (0.7, 0.4, 0.1)
    for stop, cut in zip(stops, linked(vectors, owners, stops), strict=True):
        assert sets(cut) == by_hand(vectors, owners, stop)


def test_the_variance_ratio_is_that_of_the_definition() -> None:
    vectors, owners = some_vectors(3, 30), np.arange(30, dtype=np.int64) % 4
    owners[7] = 9  # alone
    middle, between, within = vectors.mean(axis=0), 0.0, 0.0
    for group in sets(owners):
        members = vectors[sorted(group)]
        between += len(members) * float(((members.mean(axis=0) - middle) ** 2).sum())
        within += float(((members - members.mean(axis=0)) ** 2).sum())
    assert variance_ratio(vectors, owners) == pytest.approx((between / 4) / (within / 25), rel=1e-4)
    assert variance_ratio(vectors, np.zeros(30, dtype=np.int64)) == 0.0
    assert variance_ratio(vectors, np.arange(30, dtype=np.int64)) == 0.0


def test_a_centre_is_a_member_and_the_same_input_gives_the_same_groups() -> None:
    vectors = some_vectors(5, 90)
    texts, weights = [f"问题{number}号" for number in range(90)], np.ones(90, dtype=np.int64)
    owners = meaning_groups(texts, vectors, weights)
    assert (owners[owners] == owners).all()
    assert (meaning_groups(texts, vectors, weights) == owners).all()


def test_too_many_stars_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOST", 2)
    vectors, weights = some_vectors(1, 40), np.ones(40, dtype=np.int64)
    owners = meaning_groups(["问"] * 40, vectors, weights)
    assert (owners == star_groups(vectors, weights, 0.55)).all()


def test_rare_characters_tell_texts_apart_and_empty_ones_are_no_error() -> None:
    found = word_vectors(["贷款利率多少", "贷款利率几何", "轮胎气压多少", ""])
    assert found[0] @ found[1] > found[0] @ found[2]
    assert np.linalg.norm(found[3]) == 0
    assert variance_ratio(np.ones((1, 2), dtype=np.float32), np.zeros(1, dtype=np.int64)) == 0.0
