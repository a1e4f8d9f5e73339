"""The *precise* algorithm's runtime: a fine-tuned transformer in int8 on ONNX Runtime, no torch. Needs the extra ``onnx``.

Texts are run together with those that are padded to the same length, a multiple of ``_STEP``: what is computed for a
text then has the same shape whatever came with it, and its scores are the same to the last bit. Activations are
quantised by ranges that stand in the model (``tools.text.quantize``), never by the batch. No more are run together than
the core's cache holds: beyond, a batch costs more for each text, not less.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from chatbot.classifying.scoring import Pair, Scores
from chatbot.errors import ModelError
from chatbot.predict.nlp.pieces import Pieces, load_tokenizer, pieces

ONNX_FILE = "model.onnx"
_STEP = 8
_MOST_PIECES = 256
"""Word pieces, padding included, of texts that are run together; a longer text runs alone."""


class TransformerScorer:
    """``session`` gives scores (n, labels) for ids, mask and types (n, length)."""

    def __init__(self, session: Any, tokenizer: Tokenizer, labels: int) -> None:
        self._session, self._tokenizer, self._labels = session, tokenizer, labels
        self._inputs = [each.name for each in session.get_inputs()]

    def scores(self, pairs: Sequence[Pair]) -> Scores:
        by_length: dict[int, list[tuple[int, Pieces]]] = defaultdict(list)
        for place, one in enumerate(pairs):
            found = pieces(self._tokenizer, one.first, one.second, one.length)
            by_length[-(-len(found.ids) // _STEP) * _STEP].append((place, found))
        scores = np.empty((len(pairs), self._labels), dtype=np.float32)
        for length, group in by_length.items():
            many = max(1, _MOST_PIECES // length)
            for at in range(0, len(group), many):
                part = group[at : at + many]
                scores[[place for place, _ in part]] = self._run([found for _, found in part], length)
        return scores

    def _run(self, batch: Sequence[Pieces], length: int) -> NDArray[np.float32]:
        feed = {
            name: np.zeros((len(batch), length), dtype=np.int64)
            for name in ("input_ids", "attention_mask", "token_type_ids")
        }
        for row, one in enumerate(batch):
            feed["input_ids"][row, : len(one.ids)] = one.ids
            feed["token_type_ids"][row, : len(one.types)] = one.types
            feed["attention_mask"][row, : len(one.ids)] = 1
        found = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
        return np.asarray(found, dtype=np.float32)


def load_transformer(folder: Path, labels: int, threads: int) -> TransformerScorer:
    """The model in ``folder``; ``threads`` compute one batch.

    Raises:
        ModelError: missing, damaged, another number of labels, or ONNX Runtime is not installed.
    """
    try:
        import onnxruntime  # an optional extra
    except ModuleNotFoundError as error:
        raise ModelError(
            f"{folder}: precise 的模型要 ONNX Runtime → pip install 'whitebox-chatbot[onnx]'"
        ) from error
    path = folder / ONNX_FILE
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library raises bare Exception subclasses of its own
        raise ModelError(f"{path}: 读不了（{error}）→ 重新导出，或补全模型目录") from error
    outputs = session.get_outputs()[0].shape[-1]
    if outputs != labels:
        raise ModelError(f"{path}: 模型有 {outputs} 个标签，标签表有 {labels} 个 → 两者不是一次训练的")
    return TransformerScorer(session, load_tokenizer(folder), labels)
