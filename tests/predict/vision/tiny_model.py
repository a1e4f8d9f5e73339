"""A model directory made in milliseconds: a network of two convolutions that knows red, green and blue."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

from chatbot.predict.vision.image_card import ONNX_FILE, WEIGHTS_FILE, ImageCard, write_image_card
from chatbot.predict.vision.preparing import Preparation

LABELS = ("red", "green", "blue")
SIZE = 32
Weights = dict[str, NDArray[np.float32]]


def tiny_weights() -> Weights:
    """Channels of the first convolution are the colours; the second smooths each; the head adds up."""
    random = np.random.default_rng(0)
    first = np.zeros((3, 3, 3, 3), np.float32)
    second = np.zeros((3, 3, 3, 3), np.float32)
    for colour in range(3):
        first[colour, :, 1, 1] = -0.5
        first[colour, colour, 1, 1] = 1.0
        second[colour, colour] = 1 / 9
    noise = random.normal(0, 0.02, (2, 3, 3, 3, 3)).astype(np.float32)
    return {
        "features.0.weight": first + noise[0],
        "features.2.weight": second + noise[1],
        "head.weight": 4 * np.eye(3, dtype=np.float32) - 1,
        "head.bias": np.array([0.1, 0.0, -0.1], np.float32),
    }


def write_tiny(
    folder: Path,
    *,
    labels: tuple[str, ...] = LABELS,
    multi_label: bool = False,
    weights: bool = True,
    resize: str = "squash",
) -> Path:
    """The directory of such a model."""
    folder.mkdir(parents=True, exist_ok=True)
    values = tiny_weights()
    onnx.save(_graph(values), folder / ONNX_FILE)
    if weights:
        save_file(values, folder / WEIGHTS_FILE)
    preparation = Preparation(SIZE, resize, 1.0, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    write_image_card(folder, ImageCard("mobilenet_v2", labels, preparation, multi_label, algorithm="tiny"))
    return folder


def _graph(values: Weights) -> onnx.ModelProto:
    nodes = [
        helper.make_node("Conv", ["images", "features.0.weight"], ["a"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "features.2.weight"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["d"]),
        helper.make_node("GlobalAveragePool", ["d"], ["e"]),
        helper.make_node("Flatten", ["e"], ["f"]),
        helper.make_node("Gemm", ["f", "head.weight", "head.bias"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes, "tiny",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
