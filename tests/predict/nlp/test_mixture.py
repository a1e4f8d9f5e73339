"""Two models as one: what is mixed are log-chances, and a weight of 0 or 1 is one model alone."""

from collections.abc import Sequence

import numpy as np
import pytest

from chatbot.classifying.mixture import MixedScorer, Mixture, Parts, log_chances, mixed
from chatbot.classifying.scoring import Calibration, Pair, Scores, probabilities

LINE = Calibration(slope=0.7, offset=-0.4, scale=2.5)
RNG = np.random.default_rng(5)
SCORES = RNG.normal(0, 3, (40, 6)).astype(np.float32)
OTHERS = RNG.normal(0, 3, (40, 6)).astype(np.float32)


class Fixed:
    """A model that knows its scores by the number that each text is."""

    def __init__(self, scores: Scores) -> None:
        self._scores = scores

    def scores(self, pairs: Sequence[Pair]) -> Scores:
        return self._scores[[int(one.first) for one in pairs]]


def pairs(*numbers: int) -> list[Pair]:
    return [Pair(str(one), "", 8) for one in numbers]


def test_log_chances_are_the_logarithms_of_the_probabilities() -> None:
    chances = probabilities(SCORES, LINE, multi_label=False)
    np.testing.assert_allclose(np.exp(log_chances(SCORES, LINE, multi_label=False)), chances, rtol=1e-9)
    odds = np.exp(log_chances(SCORES, LINE, multi_label=True))
    np.testing.assert_allclose(odds / (1 + odds), probabilities(SCORES, LINE, multi_label=True), rtol=1e-9)


def test_a_chance_of_nothing_has_a_logarithm() -> None:
    found = log_chances(np.array([[9e5, -9e5]], dtype=np.float32), Calibration(scale=50.0), multi_label=False)
    assert np.isfinite(found).all() and found[0, 1] < -1e6


@pytest.mark.parametrize("multi_label", [False, True], ids=["one label", "several labels"])
def test_the_weight_goes_from_one_model_to_the_other(multi_label: bool) -> None:
    everything = pairs(*range(40))
    for weight, alone in ((0.0, SCORES), (1.0, OTHERS)):
        model = MixedScorer(
            Fixed(SCORES), Fixed(OTHERS), Mixture(weight, LINE, LINE), multi_label=multi_label
        )
        expected = log_chances(alone, LINE, multi_label=multi_label)
        np.testing.assert_allclose(model.scores(everything), expected, rtol=1e-6)


def test_half_and_half_is_the_geometric_mean_of_the_chances() -> None:
    parts = Parts(*(log_chances(one, LINE, multi_label=False) for one in (SCORES, OTHERS)))
    product = np.sqrt(np.exp(parts.transformer) * np.exp(parts.ngrams))
    found = probabilities(mixed(parts, 0.5), Calibration(slope=1e-4, scale=2e4), multi_label=False)
    np.testing.assert_allclose(found, product / product.sum(1, keepdims=True), rtol=2e-3, atol=1e-6)


def test_no_bit_of_a_row_depends_on_the_other_rows() -> None:
    model = MixedScorer(Fixed(SCORES), Fixed(OTHERS), Mixture(0.37, LINE, Calibration()), multi_label=False)
    whole = model.scores(pairs(*range(40)))
    for size in (1, 3, 7, 16):
        for at in range(0, 40, size):
            part = range(at, min(at + size, 40))
            assert np.array_equal(model.scores(pairs(*part)), whole[list(part)])
