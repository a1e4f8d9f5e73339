"""The parts of learning against what they are defined as: rates, views, the linear head, the temperature, settings."""

import random
from collections.abc import Mapping

import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression

from chatbot.errors import ConfigError
from chatbot.predict.vision.preparing import SQUASH, Preparation
from tools.image.augment import augmented
from tools.image.calibration import temperature
from tools.image.frozen import fitted
from tools.image.rates import rate_factor
from tools.image.settings import Decay, TrainSettings
from tools.image.shapes import SHAPES, picture


def rates(lr_decay: Decay, epochs: tuple[float, ...], **named: object) -> list[float]:
    told: Mapping[str, object] = {"warm_up_epochs": 0.0, "num_epochs": 8, **named}
    settings = TrainSettings(lr_decay=lr_decay, **told)  # type: ignore[arg-type]  # by name
    return [round(rate_factor(settings, epoch), 6) for epoch in epochs]


def test_rates_fall_as_they_are_defined() -> None:
    at = (0.0, 1.0, 2.0, 4.0, 8.0)
    halved = {"decay_epochs": (2.0,), "decay_factor": 0.5}
    assert rates(Decay.EXPONENTIAL, at, **halved) == [1.0, 0.707107, 0.5, 0.25, 0.0625]
    assert rates(Decay.EXPONENTIAL, at, staircase=True, **halved) == [1.0, 1.0, 0.5, 0.25, 0.0625]
    assert rates(Decay.POLYNOMIAL, at, decay_epochs=(4.0,), decay_factor=0.2) == [1.0, 0.8, 0.6, 0.2, 0.2]
    assert rates(Decay.MANUAL, at, decay_epochs=(2.0, 4.0)) == [1.0, 1.0, 0.1, 0.01, 0.01]
    listed = {"decay_epochs": (2.0, 4.0), "decay_factors": (0.3, 0.05)}
    assert rates(Decay.MANUAL, at, **listed) == [1.0, 1.0, 0.3, 0.05, 0.05]
    assert rates(Decay.COSINE, at) == [1.0, 0.96194, 0.853553, 0.5, 0.0]
    assert rates(Decay.MANUAL, (0.0, 0.5, 1.0), decay_epochs=(9.0,), warm_up_epochs=1.0) == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"backbone": "inception_v3"}, "--backbone inception_v3"),
        ({"num_epochs": 0}, "--num-epochs 0"),
        ({"initial_learning_rate": float("nan")}, "--initial-learning-rate nan"),
        ({"image_size": 8}, "--image-size 8"),
        ({"label_smoothing": 1.0}, "--label-smoothing"),
        ({"lr_decay": Decay.MANUAL}, "--decay-epochs"),
        ({"decay_epochs": (3.0, 2.0)}, "--decay-epochs 3,2"),
        ({"decay_epochs": (float("nan"),)}, "--decay-epochs nan"),
        (
            {"lr_decay": Decay.MANUAL, "decay_epochs": (2.0,), "decay_factors": (0.1, 0.01)},
            "--decay-factor 0.1,0.01: 有 2 个，--decay-epochs 2 有 1 个",
        ),
        (
            {"lr_decay": Decay.MANUAL, "decay_epochs": (2.0, 4.0), "decay_factors": (0.1, -1.0)},
            "--decay-factor 0.1,-1",
        ),
        ({"decay_epochs": (2.0, 4.0), "decay_factors": (0.1, 0.01)}, "cosine_decay 只要一个数"),
        ({"backbone": "vgg_16", "image_size": 160}, "vgg_16"),
        ({"frozen_stages": 99}, "--frozen-stages 99"),
    ],
    ids=lambda value: str(value),
)
def test_settings_that_cannot_be_are_refused_by_their_option(named: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        TrainSettings(**named)  # type: ignore[arg-type]  # by name


def test_a_view_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    image, seen = picture("star", 64, random.Random(1)), Preparation(32, SQUASH)
    views = [augmented(image, seen, 1.0, random.Random(seed)) for seed in (1, 1, 2)]
    assert views[0].shape == (3, 32, 32) and np.isfinite(views[0]).all()
    assert np.array_equal(views[0], views[1]) and not np.array_equal(views[0], views[2])
    assert np.array_equal(augmented(image, seen, 0.0, random.Random(3)), seen.prepare(image))


def test_views_keep_half_of_the_picture_or_more_and_half_of_them_are_mirrored() -> None:
    ramp = Image.fromarray(np.tile(np.arange(128, dtype=np.uint8)[None, :, None], (128, 1, 3)))
    seen = Preparation(32, SQUASH, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    mirrored, widths = 0, []
    for seed in range(200):
        row = augmented(ramp, seen, 0.999, random.Random(seed))[0].mean(0)
        mirrored += row[0] > row[-1]
        widths.append(abs(float(row[-1] - row[0])))
    assert 75 <= mirrored <= 125
    assert np.quantile(widths, 0.05) > 0.15 < np.median(widths)  # the whole ramp is 0.5


def test_the_linear_head_is_the_logistic_regression_of_a_kept_library() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(3), 40)
    features = rng.normal(size=(120, 5)) + np.eye(3, 5)[truth]
    ours = fitted(features, np.eye(3, dtype=bool)[truth], 0.05, multi_label=False)
    theirs = LogisticRegression(C=1 / (0.05 * len(truth)), tol=1e-8, max_iter=1000).fit(features, truth)
    weights = ours.weights - ours.weights.mean(1, keepdims=True)
    assert np.allclose(weights.T, theirs.coef_ - theirs.coef_.mean(0), atol=2e-3)


def test_heads_of_several_labels_are_one_logistic_regression_each() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(150, 4))
    truth = features @ rng.normal(size=(4, 2)) + rng.normal(size=(150, 2)) > 0
    ours = fitted(features, truth, 0.05, multi_label=True)
    for label in range(2):
        theirs = LogisticRegression(C=1 / (0.05 * 150), tol=1e-8).fit(features, truth[:, label])
        assert np.allclose(ours.weights[:, label], theirs.coef_[0], atol=2e-3)
        assert np.isclose(ours.bias[label], theirs.intercept_[0], atol=2e-3)


def test_the_temperature_undoes_a_scale() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 3)) * 2
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truth = np.array([rng.multinomial(1, row) for row in chances]).astype(bool)
    assert temperature((logits * 3).astype(np.float32), truth, multi_label=False) == pytest.approx(3, rel=0.1)


def test_shapes_are_drawn_from_their_seed() -> None:
    for name in SHAPES:
        first, again, other = (np.asarray(picture(name, 32, random.Random(seed))) for seed in (1, 1, 2))
        assert first.shape == (32, 32, 3) and first.std() > 20
        assert np.array_equal(first, again) and not np.array_equal(first, other)
