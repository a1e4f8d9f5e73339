"""A trained named-entity model: its files, and reading a text with it (Viterbi 1967), in numpy alone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from chatbot.errors import ModelError
from chatbot.predict.nlp.ner_features import ABSENT, Keys, Names, read_features, width
from chatbot.predict.nlp.ner_tags import Span, allowed, chain_tags, spans_of_chain
from chatbot.predict.nlp.segmenter import Segmenter, segmenter

WEIGHTS_FILE, NAMES_FILE = "model.safetensors", "names.tsv"
_SHAPES = {"keys": (1, np.uint64), "rows": (2, np.int8), "scales": (1, np.float32), "moves": (2, np.float32)}
_NEVER = np.float32(-1e9)
_LONGEST_PIECE = 400
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]*")


@dataclass(frozen=True, slots=True)
class NerWeights:
    """``keys`` (features,) sorted; ``rows`` (features, tags) int8 with a float of ``scales`` each; ``moves`` (tags, tags)."""

    keys: Keys
    rows: NDArray[np.int8]
    scales: NDArray[np.float32]
    moves: NDArray[np.float32]


def quantized(keys: Keys, rows: NDArray[np.float32], moves: NDArray[np.float32]) -> NerWeights:
    """The weights as they are kept: one byte each, every row with the scale of its largest."""
    scales = np.maximum(np.abs(rows).max(axis=1, initial=0), 1e-12).astype(np.float32) / 127
    return NerWeights(keys, np.rint(rows / scales[:, None]).astype(np.int8), scales, moves.astype(np.float32))


class NerModel:
    """Names the entities of a text. May be used by several threads at once."""

    def __init__(
        self, kinds: Sequence[str], weights: NerWeights, names: Names, words: Segmenter | None = None
    ) -> None:
        self._kinds, self._weights, self._names = tuple(kinds), weights, names
        self._segmenter = words or segmenter()
        follows, begins, ends = allowed(len(kinds))
        self._moves = np.where(follows, weights.moves, _NEVER)
        self._begins = np.where(begins, np.float32(0), _NEVER)
        self._ends = np.where(ends, np.float32(0), _NEVER)

    def spans(self, text: str) -> list[Span]:
        """The entities of ``text`` in their order; they do not overlap."""
        found: list[Span] = []
        for start, piece in pieces(text):
            for span in self._of_piece(piece):
                found.append(Span(span.start + start, span.end + start, span.kind))
        return found

    def _of_piece(self, piece: str) -> list[Span]:
        features = read_features(piece, self._segmenter, self._names)
        return spans_of_chain(self._likeliest(self._scores(features)), self._kinds)

    def _scores(self, features: Keys) -> NDArray[np.float32]:
        """One score for each character and tag (characters, tags): the sum over its known features."""
        weights = self._weights
        if not len(weights.keys):
            return np.zeros((len(features), len(self._begins)), dtype=np.float32)
        flat = features.ravel()
        places = np.searchsorted(weights.keys, flat)
        places[places == len(weights.keys)] = 0
        scales = np.where((weights.keys[places] == flat) & (flat != ABSENT), weights.scales[places], 0)
        rows = weights.rows[places].astype(np.float32) * scales[:, None].astype(np.float32)
        return np.asarray(rows.reshape(*features.shape, -1).sum(axis=1), dtype=np.float32)

    def _likeliest(self, scores: NDArray[np.float32]) -> list[int]:
        """The likeliest well-formed chain of tags."""
        best = scores[0] + self._begins
        before: list[NDArray[np.intp]] = []
        for row in scores[1:]:
            paths = best[:, None] + self._moves
            choice = paths.argmax(axis=0)
            before.append(choice)
            best = paths[choice, np.arange(len(choice))] + row
        chain = [int((best + self._ends).argmax())]
        for choice in reversed(before):
            chain.append(int(choice[chain[-1]]))
        return chain[::-1]


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """``text`` in pieces of bounded length with their starts; whole where it is short, else by sentences."""
    if len(text) <= _LONGEST_PIECE:
        if text:
            yield 0, text
        return
    for found in _SENTENCE.finditer(text):
        for start in range(found.start(), found.end(), _LONGEST_PIECE):
            yield start, text[start : min(found.end(), start + _LONGEST_PIECE)]


def save_ner(folder: Path, weights: NerWeights, names: Names) -> None:
    """Write the model's files; the model card is the trainer's."""
    tensors = {"keys": weights.keys, "rows": weights.rows, "scales": weights.scales, "moves": weights.moves}
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, folder / WEIGHTS_FILE)
    lines = (f"{name}\t{','.join(map(str, types))}\n" for name, types in sorted(names.types.items()))
    (folder / NAMES_FILE).write_text("".join(lines), encoding="utf-8")


def load_ner(folder: Path, kinds: Sequence[str]) -> NerModel:
    """The model in ``folder``, for entities of ``kinds``.

    Raises:
        ModelError: missing, damaged, or its shapes fit neither each other nor the kinds.
    """
    path = folder / WEIGHTS_FILE
    tensors = _read_tensors(path)
    weights = NerWeights(tensors["keys"], tensors["rows"], tensors["scales"], tensors["moves"])
    tags = len(chain_tags(kinds))
    if not len(weights.keys) == len(weights.rows) == len(weights.scales):
        raise ModelError(f"{path}: 各张量的长度不一 → 文件坏了，重新训练")
    if weights.rows.shape[1] != tags or weights.moves.shape != (tags, tags):
        raise ModelError(
            f"{path}: 权重有 {weights.rows.shape[1]} 个标记，类型表要 {tags} 个 → 两者不是一次训练的"
        )
    return NerModel(kinds, weights, _read_names(folder / NAMES_FILE, len(kinds)))


def _read_tensors(path: Path) -> Mapping[str, NDArray[Any]]:
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path}: 读不了（{error}）→ 重新训练，或补全模型目录") from error
    for name, (dimensions, kind) in _SHAPES.items():
        tensor = tensors.get(name)
        if tensor is None or tensor.ndim != dimensions or tensor.dtype != kind:
            raise ModelError(f"{path}: {name} 没有或不对 → 这不是实体识别的权重，重新训练")
    return tensors


def _read_names(path: Path, kinds: int) -> Names:
    types: dict[str, tuple[int, ...]] = {}
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            name, _, numbers = line.partition("\t")
            types[name] = tuple(int(number) for number in numbers.split(","))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: 读不了（{error}）→ 重新训练，或补全模型目录") from error
    if any(not 0 <= number < kinds for found in types.values() for number in found):
        raise ModelError(f"{path}: 里面的类型和模型的不符 → 两者不是一次训练的")
    return Names.of(types)


def template_count() -> int:
    """How many features a character has in this version; a model is bound to it."""
    return width()
