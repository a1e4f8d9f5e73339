"""What a network sees of a picture."""

import numpy as np
import pytest
from PIL import Image

from chatbot.errors import ModelError
from chatbot.predict.vision.preparing import CROP, SQUASH, Preparation, read_preparation


def halves(width: int, height: int) -> Image.Image:
    """Left half black, right half white."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, width // 2 :] = 255
    return Image.fromarray(pixels)


@pytest.mark.parametrize("resize", [CROP, SQUASH])
def test_a_picture_becomes_channels_first_numbers_around_zero(resize: str) -> None:
    found = Preparation(32, resize).prepare(halves(90, 60))
    assert found.shape == (3, 32, 32) and found.dtype == np.float32 and found.flags.c_contiguous
    assert np.allclose(found[:, :, 2], (0 - 0.498) / 0.502, atol=1e-3)
    assert np.allclose(found[:, :, -3], (1 - 0.498) / 0.502, atol=1e-3)


def test_numbers_are_those_of_the_formula_for_each_channel() -> None:
    preparation = Preparation(16, SQUASH, mean=(0.1, 0.2, 0.3), std=(0.5, 1.0, 2.0))
    found = preparation.prepare(Image.new("RGB", (16, 16), (255, 51, 0)))
    assert np.allclose(found[:, 0, 0], [(1 - 0.1) / 0.5, (0.2 - 0.2) / 1.0, (0 - 0.3) / 2.0], atol=1e-6)


def test_the_middle_square_is_seen_or_all() -> None:
    assert Preparation(224, CROP).box((320, 240)) == (55.0, 15.0, 265.0, 225.0)
    assert Preparation(224, CROP, crop_ratio=1.0).box((100, 300)) == (0.0, 100.0, 100.0, 200.0)
    assert Preparation(224, SQUASH).box((320, 240)) == (0.0, 0.0, 320.0, 240.0)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (7, 3)])
@pytest.mark.parametrize("resize", [CROP, SQUASH])
def test_a_picture_of_any_shape_is_prepared(shape: tuple[int, int], resize: str) -> None:
    assert np.isfinite(Preparation(32, resize).prepare(Image.new("RGB", shape))).all()


def test_a_preparation_is_read_back_from_its_json() -> None:
    wanted = Preparation(160, SQUASH, 0.9, (0.1, 0.2, 0.3), (0.4, 0.5, 0.6))
    assert read_preparation(wanted.as_json(), "x") == wanted


@pytest.mark.parametrize(
    "change",
    [{"size": 5000}, {"size": True}, {"resize": "pad"}, {"crop_ratio": 0}, {"mean": [1, 2]}, {"std": [0, 1, 1]}, {"more": 1}],
    ids=str,
)  # fmt: skip
def test_a_preparation_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="preparation"):
        read_preparation({**Preparation().as_json(), **change}, "predictor.json")  # type: ignore[dict-item]  # wrong on purpose
