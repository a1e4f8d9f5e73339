"""The networks are the published ones, explainable, and loaded only with weights that fit."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from chatbot.errors import ConfigError, ModelError
from chatbot.predict.vision.backbones import BACKBONES
from chatbot.predict.vision.image_card import WEIGHTS_FILE, ImageCard, write_image_card
from chatbot.predict.vision.networks import build, gradcam_layer, load_network
from chatbot.predict.vision.networks.classifier import SamePadding
from chatbot.predict.vision.preparing import Preparation

PARAMETERS = {
    "efficientnet_lite0": 4_652_008,
    "efficientnet_lite1": 5_416_680,
    "efficientnet_lite2": 6_092_072,
    "efficientnet_lite3": 8_197_096,
    "efficientnet_lite4": 13_006_568,
    "mobilenet_v1": 4_231_976,
    "mobilenet_v1_025": 470_072,
    "mobilenet_v2": 3_504_872,
    "resnet_v1_50": 25_557_032,
    "resnet_v1_101": 44_549_160,
    "resnet_v1_152": 60_192_808,
    "vgg_16": 138_357_544,
    "vgg_19": 143_667_240,
}


def test_every_network_that_is_offered_has_a_published_number_of_parameters() -> None:
    assert set(PARAMETERS) == set(BACKBONES)


@pytest.mark.parametrize("name", BACKBONES)
def test_a_network_has_as_many_parameters_as_was_published(name: str) -> None:
    with torch.device("meta"):
        model = build(name, 1000)
    assert sum(one.numel() for one in model.parameters()) == PARAMETERS[name]


@pytest.mark.parametrize("name", BACKBONES)
def test_the_last_maps_are_found_and_no_activation_is_shared_or_in_place(name: str) -> None:
    with torch.device("meta"):
        model = build(name, 7)
        seen: list[tuple[int, ...]] = []
        gradcam_layer(model).register_forward_hook(lambda *call: seen.append(tuple(call[2].shape)))
        calls: list[int] = []
        for module in model.modules():
            if isinstance(module, nn.ReLU | nn.ReLU6):
                assert not module.inplace
                module.register_forward_hook(lambda module, *call: calls.append(id(module)))
        assert model.eval()(torch.empty(2, 3, 224, 224)).shape == (2, 7)
    assert len(seen) == 1 and len(seen[0]) == 4 and seen[0][2] in (7, 14)
    assert len(calls) == len(set(calls)) > 10


def test_padding_is_that_of_the_network_s_origin() -> None:
    """TensorFlow's SAME: ⌈side / stride⌉ out, and the odd pixel at the end."""
    padded = SamePadding(3, 2)(torch.ones(1, 1, 4, 5))
    assert padded.shape == (1, 1, 5, 7)
    assert padded[0, 0, 0].tolist() == [0, 1, 1, 1, 1, 1, 0] and padded[0, 0, -1].sum() == 0


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("inception_v1", "mobilenet_v1"),
        ("resnet_v1_51", "resnet_v1_50"),
        ("vgg16", "vgg_16"),
        ("mobilenet_v3", "mobilenet_v1"),
    ],
)
def test_a_network_that_is_not_offered_is_refused_with_those_that_are(asked: str, nearest: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build(asked, 2)
    offered = caught.value.message.partition("可用：")[2].split("、")
    assert sorted(offered) == sorted(BACKBONES)
    assert nearest in offered[:3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    model = build("mobilenet_v1_025", 3).eval()
    save_file(model.state_dict(), tmp_path / WEIGHTS_FILE)
    write_image_card(tmp_path, ImageCard("mobilenet_v1_025", ("a", "b", "c"), Preparation(32)))
    return tmp_path


def test_a_model_directory_gives_the_network_that_was_saved(folder: Path) -> None:
    torch.manual_seed(0)
    wanted = build("mobilenet_v1_025", 3).eval()
    images = torch.ones(1, 3, 32, 32)
    found = load_network(folder)
    assert not found.training
    with torch.inference_mode():
        assert np.array_equal(found(images).numpy(), wanted(images).numpy())


def test_weights_of_another_network_are_refused(folder: Path) -> None:
    write_image_card(folder, ImageCard("mobilenet_v2", ("a", "b", "c"), Preparation(32)))
    with pytest.raises(ModelError, match="不是 mobilenet_v2 的权重"):
        load_network(folder)


def test_a_directory_without_weights_says_so(folder: Path) -> None:
    (folder / WEIGHTS_FILE).unlink()
    with pytest.raises(ModelError, match="没有权重"):
        load_network(folder)
