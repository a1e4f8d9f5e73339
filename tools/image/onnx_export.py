"""A trained network as the files that are served: safetensors and ONNX, the one checked against the other."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

from chatbot.errors import ConfigError, ModelError
from chatbot.predict.vision.image_card import ONNX_FILE, ONNX_INPUT, ONNX_OUTPUT, WEIGHTS_FILE
from chatbot.predict.vision.networks import Classifier

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

TOLERANCE = 1e-4
_OPSET = 17
_CHECKED = (1, 3)
"""Batches that are compared: the number of pictures must be free."""


def export(model: Classifier, size: int, folder: Path) -> float:
    """Write ``model`` for pictures of ``size`` × ``size`` into ``folder``; returns the largest difference of logits.

    Raises:
        ConfigError: a package is missing.
        ModelError: the ONNX form computes something else.
    """
    model = model.to(memory_format=torch.contiguous_format).eval()  # type: ignore[call-overload]  # torch knows it
    weights = {name: value.contiguous() for name, value in model.state_dict().items()}
    (folder / WEIGHTS_FILE).write_bytes(save(weights))  # as readable as the files beside it
    path = folder / ONNX_FILE
    try:
        write_onnx(model, size, path, ONNX_OUTPUT)
        difference = _difference(model, size, path)
    except ModuleNotFoundError as error:
        raise ConfigError(f"导出要 {error.name} → pip install 'whitebox-chatbot[train,vision]'") from error
    if not difference <= TOLERANCE:
        raise ModelError(
            f"{path}: 和 torch 的结果相差 {difference:.2g}，应不超过 {TOLERANCE:g} → 请报告这个问题"
        )
    return difference


def write_onnx(model: nn.Module, size: int, path: Path, output: str) -> None:
    """``model`` (in eval mode) for any number of pictures of ``size`` × ``size``, as ONNX.

    Raises:
        ModuleNotFoundError: the onnx package is missing.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that needs no further package is deprecated
        torch.onnx.export(
            model,
            (torch.zeros(1, 3, size, size),),
            str(path),
            input_names=[ONNX_INPUT],
            output_names=[output],
            dynamic_axes={ONNX_INPUT: {0: "pictures"}, output: {0: "pictures"}},
            opset_version=_OPSET,
            dynamo=False,
        )


def session_of(path: Path, threads: int = 1) -> "InferenceSession":
    """The runtime's session of ``path``; its threads wait asleep, as other work is on the same cores."""
    import onnxruntime  # an extra, asked for only here

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _difference(model: Classifier, size: int, path: Path) -> float:
    """Relative to the largest logit where that is over 1."""
    session = session_of(path)
    worst = 0.0
    for count in _CHECKED:
        images = torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(count))
        with torch.inference_mode():
            wanted = model(images).numpy()
        (found,) = session.run([ONNX_OUTPUT], {ONNX_INPUT: images.numpy()})
        worst = max(worst, float(np.abs(found - wanted).max() / max(1.0, float(np.abs(wanted).max()))))
    return worst
