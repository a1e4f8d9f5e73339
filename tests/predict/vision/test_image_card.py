"""A model directory says what it is, and its label map must be that of its weights."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from chatbot.errors import ModelError
from chatbot.predict.model_dir import FILE
from chatbot.predict.vision.chances import chosen, probabilities
from chatbot.predict.vision.image_card import (
    HEAD,
    LABEL_MAP_FILE,
    WEIGHTS_FILE,
    ImageCard,
    read_image_card,
    write_image_card,
)
from chatbot.predict.vision.preparing import Preparation

CARD = ImageCard("mobilenet_v2", ("cat", "dog", "鸟"), Preparation(64, "squash"), temperature=1.5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_file({HEAD: np.zeros((3, 8), np.float32)}, tmp_path / WEIGHTS_FILE)
    return tmp_path


def test_what_is_written_is_read_back(folder: Path) -> None:
    written = write_image_card(folder, CARD)
    assert written == replace(CARD, version=written.version, thresholds=(0.5, 0.5, 0.5))
    assert read_image_card(folder) == written
    assert json.loads((folder / LABEL_MAP_FILE).read_text()) == {"0": "cat", "1": "dog", "2": "鸟"}


def test_other_weights_are_another_version(folder: Path) -> None:
    first = write_image_card(folder, CARD).version
    save_file({HEAD: np.ones((3, 8), np.float32)}, folder / WEIGHTS_FILE)
    assert write_image_card(folder, CARD).version != first


@pytest.mark.parametrize(
    "labels",
    [{"0": "cat", "1": "dog"}, {"0": "cat", "1": "dog", "2": "鸟", "3": "fish"}],
    ids=["too few", "too many"],
)
def test_a_label_map_that_does_not_match_the_weights_is_refused(folder: Path, labels: dict[str, str]) -> None:
    write_image_card(folder, CARD)
    (folder / LABEL_MAP_FILE).write_text(json.dumps(labels))
    with pytest.raises(ModelError, match=rf"有 {len(labels)} 个类，权重有 3 个"):
        read_image_card(folder)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"0": "cat", "2": "dog"}, "没有第 1 类"),
        ({"0": "cat", "1": "cat"}, "互不相同"),
        ({"0": "cat"}, "至少两个"),
        ({"0": "cat", "1": 5}, "没有第 1 类"),
    ],
)
def test_a_label_map_that_is_none_is_refused(folder: Path, labels: dict[str, object], said: str) -> None:
    write_image_card(folder, CARD)
    (folder / LABEL_MAP_FILE).write_text(json.dumps(labels))
    with pytest.raises(ModelError, match=said):
        read_image_card(folder)


def _with(**changes: object) -> Callable[[dict[str, object]], None]:
    return lambda about: about.update(changes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_with(temperature=0), "temperature"),
        (_with(thresholds=[0.5]), "thresholds"),
        (_with(preparation={"size": 64}), "preparation"),
        (_with(backbone=None), "backbone"),
        (_with(task="text_ner"), "text_ner"),
    ],
    ids=["temperature", "thresholds", "preparation", "backbone", "task"],
)
def test_a_setting_that_does_not_fit_is_named(
    folder: Path, change: Callable[[dict[str, object]], None], said: str
) -> None:
    write_image_card(folder, CARD)
    about = json.loads((folder / FILE).read_text())
    change(about)
    (folder / FILE).write_text(json.dumps(about))
    with pytest.raises(ModelError, match=said):
        read_image_card(folder)


def test_damaged_weights_are_refused(folder: Path) -> None:
    write_image_card(folder, CARD)
    (folder / WEIGHTS_FILE).write_bytes(b"\xff" * 100)
    with pytest.raises(ModelError, match=WEIGHTS_FILE):
        read_image_card(folder)


def test_probabilities_are_softmax_at_the_temperature() -> None:
    logits = np.array([[3.0, 0.0, -3.0]], np.float32)
    powers = np.exp(np.array([2.0, 0.0, -2.0]))
    assert np.allclose(probabilities(logits, CARD), powers / powers.sum())
    assert chosen(probabilities(logits, CARD), CARD).tolist() == [[True, False, False]]


def test_of_several_labels_each_has_its_own_chance_and_threshold() -> None:
    card = replace(CARD, multi_label=True, temperature=1.0, thresholds=(0.4, 0.6, 0.5))
    chances = probabilities(np.zeros((1, 3), np.float32), card)
    assert np.allclose(chances, 0.5)
    assert chosen(chances, card).tolist() == [[True, False, True]]
