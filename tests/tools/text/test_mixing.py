"""How much of a mixture is the n-grams' is read off the dev part."""

import numpy as np
import pytest

from chatbot.classifying.mixture import log_chances, mixed
from chatbot.classifying.scoring import probabilities
from tools.text.calibration import fit_calibration, log_loss
from tools.text.mixing import fit_mixture

RNG = np.random.default_rng(3)
COUNT, LABELS = 600, 4
TRUTH = np.eye(LABELS, dtype=np.bool_)[RNG.integers(0, LABELS, COUNT)]
SEVERAL = RNG.random((COUNT, LABELS)) < 0.4


def scores(truth: np.ndarray, signal: float, seed: int) -> np.ndarray:
    """What a model says that is right with a chance that grows with ``signal``."""
    noise = np.random.default_rng(seed).normal(0, 1, truth.shape)
    return (signal * truth + noise).astype(np.float32)


def test_two_models_of_like_worth_share_evenly_and_beat_each() -> None:
    one, two = scores(TRUTH, 1.2, 1), scores(TRUTH, 1.2, 2)
    found = fit_mixture(one, two, TRUTH, multi_label=False)
    both = mixed(found.parts, found.mixture.weight)
    right = (both.argmax(1) == TRUTH.argmax(1)).mean()
    assert 0.4 < found.mixture.weight < 0.6
    assert right > max(found.accuracy.values()) + 0.02


@pytest.mark.parametrize(("truth", "multi_label"), [(TRUTH, False), (SEVERAL, True)], ids=["one", "several"])
def test_a_part_that_knows_nothing_gets_next_to_nothing(truth: np.ndarray, multi_label: bool) -> None:
    good, noise = scores(truth, 2.0, 1), scores(truth, 0.0, 2)
    assert fit_mixture(good, noise, truth, multi_label=multi_label).mixture.weight < 0.15
    assert fit_mixture(noise, good, truth, multi_label=multi_label).mixture.weight > 0.85


def test_no_other_weight_loses_less_on_the_dev_part() -> None:
    one, two = scores(TRUTH, 1.6, 1), scores(TRUTH, 0.9, 2)
    found = fit_mixture(one, two, TRUTH, multi_label=False)

    def lost(weight: float) -> float:
        both = mixed(found.parts, weight)
        return log_loss(both, TRUTH, fit_calibration(both, TRUTH, multi_label=False))

    best = lost(found.mixture.weight)
    assert all(best < lost(weight) + 1e-4 for weight in np.linspace(0, 1, 11))


def test_each_part_keeps_the_calibration_it_would_have_alone() -> None:
    one, two = scores(TRUTH, 1.6, 1), 9 * scores(TRUTH, 0.9, 2)
    found = fit_mixture(one, two, TRUTH, multi_label=False)
    alone = fit_calibration(two, TRUTH, multi_label=False)
    assert found.mixture.ngrams == alone
    np.testing.assert_allclose(np.exp(found.parts.ngrams), probabilities(two, alone, multi_label=False))
    np.testing.assert_array_equal(found.parts.ngrams, log_chances(two, alone, multi_label=False))
