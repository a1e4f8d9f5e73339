"""The networks, in torch: built by name, and loaded from a model directory. Serving does not need them."""

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

from chatbot.errors import ModelError
from chatbot.predict.vision.backbones import check_backbone
from chatbot.predict.vision.image_card import WEIGHTS_FILE, ImageCard, read_image_card
from chatbot.predict.vision.networks.classifier import Classifier
from chatbot.predict.vision.networks.efficientnet_lite import SCALES, efficientnet_lite
from chatbot.predict.vision.networks.mobilenet import WIDTHS, mobilenet_v1, mobilenet_v2
from chatbot.predict.vision.networks.resnet import DEPTHS, resnet
from chatbot.predict.vision.networks.vgg import CONVOLUTIONS, vgg

__all__ = ["Classifier", "build", "gradcam_layer", "load_network"]

_MAKERS: dict[str, Callable[[str, int], Classifier]] = {
    **dict.fromkeys(SCALES, efficientnet_lite),
    **dict.fromkeys(DEPTHS, resnet),
    **dict.fromkeys(CONVOLUTIONS, vgg),
    **dict.fromkeys(WIDTHS, mobilenet_v1),
    "mobilenet_v2": mobilenet_v2,
}


def build(backbone: str, classes: int) -> Classifier:
    """A network with fresh weights, drawn from torch's generator.

    Raises:
        ConfigError: no such network; the message lists those that are offered.
    """
    return _MAKERS[check_backbone(backbone)](backbone, classes)


def gradcam_layer(model: Classifier) -> nn.Module:
    """The layer that gives the last maps (N, F, h, w), after its activation."""
    return model.get_submodule(model.last_map)


def load_network(folder: Path, card: ImageCard | None = None) -> Classifier:
    """The network of the model in ``folder``, in eval mode.

    Raises:
        ModelError: no weights there, or not those of the network that ``predictor.json`` names.
    """
    card = card or read_image_card(folder)
    path = folder / WEIGHTS_FILE
    try:
        weights = load_file(path)
        with torch.device("meta"):  # no time is spent on drawing weights that are replaced
            model = build(card.backbone, len(card.labels))
        model.load_state_dict(weights, assign=True)
    except FileNotFoundError as error:
        raise ModelError(f"{path}: 没有权重 → 补上它；只做预测时 model.onnx 就够") from error
    except Exception as error:  # safetensors and torch have many kinds for a damaged or foreign file
        raise ModelError(f"{path}: 不是 {card.backbone} 的权重（{error}）→ 重新导出模型") from error
    return model.eval()
