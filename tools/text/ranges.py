"""What stands before each matrix of an ONNX model on sample texts: what static quantisation is fitted to.

The model is run in float, text by text without padding; of every text a few word pieces are kept, and of all of them
the largest value in each channel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from chatbot.predict.nlp.pieces import Pieces

_ROWS_A_TEXT = 8
_STEPS = np.linspace(0.2, 1.0, 33)
_SMALLEST = 1e-8
_LEVELS = 255
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """``rows`` (some word pieces, channels); ``most`` (channels,) the largest magnitude in all word pieces."""

    rows: Matrix
    most: Matrix


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes stand for (byte − ``middle``) · ``step``."""

    step: float
    middle: int


def watch(
    model: onnx.ModelProto, names: Sequence[str], samples: Sequence[Pieces], seed: int = 0
) -> dict[str, Seen]:
    """The values called ``names`` in ``model`` while it reads ``samples``."""
    told = onnx.ModelProto()
    told.CopyFrom(model)
    told.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(
        told.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    rng = np.random.default_rng(seed)
    kept: dict[str, list[Matrix]] = {name: [] for name in names}
    most: dict[str, Matrix] = {}
    for one in samples:
        for name, value in zip(names, session.run(list(names), _feed(session, one)), strict=True):
            rows = value.reshape(-1, value.shape[-1])
            kept[name].append(rows[rng.permutation(len(rows))[:_ROWS_A_TEXT]])
            highest = np.abs(rows).max(axis=0)
            most[name] = np.maximum(most.get(name, highest), highest)
    return {name: Seen(np.concatenate(kept[name]), most[name]) for name in names}


def _feed(session: Any, one: Pieces) -> Mapping[str, NDArray[np.int64]]:
    made = {
        "input_ids": np.array([one.ids], dtype=np.int64),
        "attention_mask": np.ones((1, len(one.ids)), dtype=np.int64),
        "token_type_ids": np.array([one.types], dtype=np.int64),
    }
    return {each.name: made[each.name] for each in session.get_inputs()}


def best_range(values: Matrix) -> Range:
    """The range of 256 levels, zero among them, that loses least of ``values`` (mean square); outliers may be cut."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    bound = max(-low, high, _SMALLEST)
    ranges = [_range(max(low, -bound * share), min(high, bound * share)) for share in _STEPS]
    lost = [float(np.square(back(values, one) - values).mean()) for one in ranges]
    return ranges[int(np.argmin(lost))]


def back(values: Matrix, one: Range) -> Matrix:
    """``values`` as they are after they were bytes."""
    integers = np.clip(np.rint(values / np.float32(one.step)) + one.middle, 0, _LEVELS)
    return np.asarray((integers - one.middle) * np.float32(one.step), dtype=np.float32)


def _range(low: float, high: float) -> Range:
    step = max((high - low) / _LEVELS, _SMALLEST)
    return Range(step, round(-low / step))
