"""The ranges that bytes stand for, against brute force; and how channels are evened out."""

import numpy as np
import pytest

from tools.text.quantize import smoothing
from tools.text.ranges import Range, back, best_range


def lost(values: np.ndarray, one: Range) -> float:
    return float(np.square(back(values, one) - values).mean())


def test_zero_stays_zero_and_no_value_is_off_by_more_than_half_a_step() -> None:
    values = np.random.default_rng(1).uniform(-0.2, 3, (50, 8)).astype(np.float32)
    found = best_range(values)
    assert back(np.zeros(1, np.float32), found)[0] == 0
    assert np.abs(back(values, found) - values).max() <= found.step * 0.51


def test_an_outlier_among_very_many_values_is_cut() -> None:
    values = np.random.default_rng(2).normal(size=(1000, 1000)).astype(np.float32)
    values[0, 0] = 12
    found = best_range(values)
    assert found.step * 255 < 12
    whole = (12 - float(values.min())) / 255
    assert lost(values, found) < lost(values, Range(whole, round(-float(values.min()) / whole)))


@pytest.mark.parametrize("seed", range(3))
def test_no_range_of_a_fine_grid_is_much_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = (rng.standard_t(4, (60, 30)) + rng.normal()).astype(np.float32)
    low, high = float(values.min()), float(values.max())
    grid = [
        Range((b - a) / 255, round(-a * 255 / (b - a)))
        for a in np.linspace(low, low * 0.1, 40)
        for b in np.linspace(high, high * 0.1, 40)
        if a < 0 < b
    ]
    assert lost(values, best_range(values)) <= 1.5 * min(lost(values, one) for one in grid)


def test_values_that_are_all_nothing_have_a_range_too() -> None:
    values = np.zeros((3, 4), np.float32)
    assert (back(values, best_range(values)) == 0).all()


def test_smoothing_moves_large_channels_into_the_weights_and_changes_no_product() -> None:
    rng = np.random.default_rng(3)
    values, matrix = rng.normal(size=(20, 6)), rng.normal(size=(6, 4))
    values[:, 2] *= 50
    divisors = smoothing(
        np.abs(values).max(0).astype(np.float32), np.abs(matrix).max(1).astype(np.float32)
    ).astype(np.float64)
    even = values / divisors
    assert np.abs(even).max(0).max() / np.abs(even).max(0).min() < 8
    np.testing.assert_allclose(even @ (matrix * divisors[:, None]), values @ matrix, rtol=1e-6)
    assert np.log(divisors).mean() == pytest.approx(0, abs=1e-6)
