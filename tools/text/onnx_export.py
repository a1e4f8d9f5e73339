"""A trained classifier as ONNX: from torch in float32, then its weights in int8 (``tools.text.quantize``)."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import torch

from chatbot.errors import ConfigError
from chatbot.predict.nlp.pieces import Pieces
from chatbot.predict.nlp.transformer import ONNX_FILE
from tools.text.transformer import Classifier

FLOAT_FILE = "model.float32.onnx"
_OPSET = 17


def export_onnx(
    model: Classifier, folder: Path, samples: Sequence[Pieces], *, keep_float: bool = False
) -> None:
    """Write ``model`` into ``folder``; how its values are rounded is fitted to ``samples``.

    Raises:
        ConfigError: the ``onnx`` package is missing.
    """
    try:
        from tools.text.quantize import quantize  # needs onnx, which serving does not
    except ModuleNotFoundError as error:
        raise ConfigError(f"导出要 {error.name} → pip install 'whitebox-chatbot[train]'") from error
    path = folder / FLOAT_FILE
    _export_float(model, path)
    quantize(path, folder / ONNX_FILE, samples)
    if not keep_float:
        path.unlink()


def _export_float(model: Classifier, path: Path) -> None:
    names = ["input_ids", "attention_mask", "token_type_ids"][: 3 if model.typed else 2]
    ids = torch.ones(2, 6, dtype=torch.long)
    axes = {name: {0: "texts", 1: "pieces"} for name in names}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that needs no further package is deprecated
        torch.onnx.export(
            model.eval(),
            (ids, ids, torch.zeros_like(ids)),
            str(path),
            input_names=["input_ids", "attention_mask", "token_type_ids"],
            output_names=["scores"],
            dynamic_axes={**axes, "scores": {0: "texts"}},
            opset_version=_OPSET,
            dynamo=False,
        )
