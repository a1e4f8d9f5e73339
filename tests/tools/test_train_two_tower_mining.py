import random

import numpy as np

from tools.train_two_tower.mining import hard_negatives, plan_epoch

LABELS = [label for label in range(6) for _ in range(5)] + [6]


def vectors(seed: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    found = np.random.default_rng(seed).standard_normal((len(LABELS), 8)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def test_hard_negatives_are_the_nearest_sentences_of_other_labels() -> None:
    points = vectors()
    for place, found in enumerate(hard_negatives(LABELS, points, random.Random(0))):
        others = [j for j in range(len(LABELS)) if LABELS[j] != LABELS[place]]
        expected = sorted(others, key=lambda j: -float(points[place] @ points[j]))[:8]
        assert list(found) == expected


def test_every_sentence_stands_in_the_epoch_once_beside_another_of_its_label() -> None:
    batches = plan_epoch(LABELS, vectors(), 8, random.Random(0))
    clean = [p for b in batches for p, noisy in zip(b.places, b.noisy, strict=True) if not noisy]
    assert sorted(clean) == list(range(len(LABELS)))
    for batch in batches:
        labels = [LABELS[place] for place in batch.places]
        assert len(set(labels)) > 1
        assert all(labels.count(label) >= 2 for label in labels)
        assert len(batch.places) <= 8


def test_the_last_and_the_lonely_sentence_are_paired_with_a_noisy_copy() -> None:
    batches = plan_epoch(LABELS, vectors(), 8, random.Random(0))
    noisy = [p for b in batches for p, marked in zip(b.places, b.noisy, strict=True) if marked]
    assert len(noisy) == 7  # one of each five, and the one alone
    assert len(LABELS) - 1 in noisy


def test_confusable_labels_meet_in_a_batch_more_often_than_by_chance() -> None:
    labels = [label for label in range(20) for _ in range(4)]
    axis = np.repeat(np.eye(10, dtype=np.float32), 8, axis=0)  # labels 2k and 2k+1 share a direction
    tilt = np.random.default_rng(1).standard_normal(axis.shape).astype(np.float32) * 0.01
    batches = plan_epoch(labels, axis + tilt, 8, random.Random(3))
    met = sum(any(labels[p] ^ 1 in {labels[q] for q in b.places} for p in b.places) for b in batches)
    assert met >= 0.7 * len(batches)


def test_the_same_seed_gives_the_same_plan() -> None:
    assert plan_epoch(LABELS, vectors(), 8, random.Random(5)) == plan_epoch(
        LABELS, vectors(), 8, random.Random(5)
    )
