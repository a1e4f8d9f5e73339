"""Text classification: one processor for *fast* and *precise* models; the directory says which it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from chatbot.classifying.linear import load_linear
from chatbot.classifying.mixture import MixedScorer, Parts
from chatbot.classifying.scoring import Pair, Scorer, Scores, probabilities
from chatbot.errors import ModelError
from chatbot.json_file import Json
from chatbot.normalization.text import normalize
from chatbot.predict.base import Description, Input, Item, ItemError, Outcome, Schema
from chatbot.predict.columns import Column, Numbers, Picks
from chatbot.predict.nlp.classifier_card import (
    FAST,
    PRECISE,
    SHORTEST,
    TASK,
    ClassifierCard,
    read_classifier,
)
from chatbot.predict.processors import Processor

_DIGITS = 6
_KEYS = ("pred", "prob")
"""What a label and its chance are called in ``output``."""


class TextClassifier:
    """The ``Predictor`` of a text classification model."""

    def __init__(self, folder: Path, card: ClassifierCard) -> None:
        self._folder, self.card = folder, card
        self._scorer: Scorer | None = None

    def load(self) -> None:
        self._scorer = _load(self._folder, self.card)

    def predict(self, items: Sequence[Item]) -> Sequence[Outcome]:
        pairs = [self._pair(item) for item in items]
        good = [pair for pair in pairs if isinstance(pair, Pair)]
        rows = iter(self._outcomes(self.scores(good)) if good else ())
        return [next(rows) if isinstance(pair, Pair) else pair for pair in pairs]

    def predict_columns(self, items: Sequence[Item]) -> Mapping[str, Column] | None:
        """As ``ColumnPredictor``."""
        pairs = [self._pair(item) for item in items]
        good = [pair for pair in pairs if isinstance(pair, Pair)]
        if len(good) < len(pairs):
            return None
        told = self._told(self.scores(good))
        predictions, output = self._several(told) if self.card.multi_label else self._one(told)
        return {
            "predictions": predictions,
            "probabilities": Numbers(self.card.labels, told.chances),
            "logits": Numbers(self.card.labels, told.logits),
            "output": output,
        }

    def scores(self, pairs: Sequence[Pair]) -> Scores:
        """Scores (n, labels), not calibrated.

        Raises:
            ModelError: not loaded.
        """
        return self._loaded().scores(pairs)

    def parts(self, pairs: Sequence[Pair]) -> Parts | None:
        """What each part of a mixture says; None if the model is none.

        Raises:
            ModelError: not loaded.
        """
        scorer = self._loaded()
        return scorer.parts(pairs) if isinstance(scorer, MixedScorer) else None

    def describe(self) -> Description:
        card = self.card
        about: dict[str, Json] = {
            "algorithm": card.algorithm,
            "multi_label": card.multi_label,
            "sequence_length": card.sequence_length,
        }
        if card.multi_label:
            about["threshold"] = card.threshold
        if card.mixture:
            about["mixture"] = card.mixture.weight
        side_by_side = card.algorithm == PRECISE and card.threads == 1
        return Description(TASK, card.version, _schema(card), card.labels, about, side_by_side)

    def unload(self) -> None:
        self._scorer = None

    def _loaded(self) -> Scorer:
        if self._scorer is None:
            raise ModelError(f"{self._folder}: 模型还没有载入 → 先调用 load")
        return self._scorer

    def _pair(self, item: Item) -> Pair | ItemError:
        length = item.get("sequence_length", self.card.sequence_length)
        if not isinstance(length, int) or length < 1:
            return ItemError("invalid_item", f"sequence_length 是 {length} → 应是 {SHORTEST} 以上的整数")
        first = normalize(str(item["first_sequence"]))
        if not first:
            return ItemError("invalid_item", "first_sequence 里没有能读的字 → 写上文字")
        second = normalize(str(item.get("second_sequence", "")))
        return Pair(first, second, min(max(length, SHORTEST), self.card.most))

    def _told(self, scores: Scores) -> "_Told":
        chances = probabilities(scores, self.card.calibration, multi_label=self.card.multi_label)
        return _Told(scores.astype(np.float64).round(_DIGITS), chances.round(_DIGITS), chances)

    def _picked(self, told: "_Told") -> list[list[int]]:
        """The labels of each text, as places."""
        if self.card.multi_label:
            return [np.flatnonzero(row).tolist() for row in told.exact >= self.card.threshold]
        picked: list[list[int]] = told.exact.argmax(axis=1)[:, np.newaxis].tolist()
        return picked

    def _one(self, told: "_Told") -> tuple[Column, Column]:
        """The columns of predictions and output where each text has one label."""
        labels, picked = self.card.labels, told.exact.argmax(axis=1)
        chances = told.chances[np.arange(len(picked)), picked]
        return [labels[one] for one in picked.tolist()], Picks(_KEYS, labels, picked, chances)

    def _several(self, told: "_Told") -> tuple[Column, Column]:
        """The same where it may have any number of them."""
        labels, picked = self.card.labels, self._picked(told)
        output = [_output(labels, *row) for row in zip(told.chances.tolist(), picked, strict=True)]
        return cast("list[Json]", [[labels[one] for one in row] for row in picked]), output

    def _outcomes(self, scores: Scores) -> list[Outcome]:
        told, labels = self._told(scores), self.card.labels
        outcomes: list[Outcome] = []
        for logits, chance, picked in zip(
            told.logits.tolist(), told.chances.tolist(), self._picked(told), strict=True
        ):
            outcomes.append(
                {
                    "predictions": [labels[one] for one in picked]
                    if self.card.multi_label
                    else labels[picked[0]],
                    "probabilities": dict(zip(labels, chance, strict=True)),
                    "logits": dict(zip(labels, logits, strict=True)),
                    "output": _output(labels, chance, picked),
                }
            )
        return outcomes


@dataclass(frozen=True, slots=True)
class _Told:
    """What scores come to: ``logits`` and ``chances`` (n, labels), rounded as they are told; ``exact`` chances decide."""

    logits: NDArray[np.float64]
    chances: NDArray[np.float64]
    exact: NDArray[np.float64]


def _output(labels: Sequence[str], chances: Sequence[float], picked: Sequence[int]) -> Json:
    name, chance = _KEYS
    return [{name: labels[one], chance: chances[one]} for one in picked]


def make_text_classifier(model_path: Path | None, settings: Mapping[str, Json]) -> TextClassifier:
    """The predictor of the model in ``model_path``.

    Raises:
        ModelError, ConfigError: not such a model, or settings that do not fit.
    """
    if model_path is None:
        raise ModelError("model_path: text_classification 要一个模型目录 → 先训练，再写上它")
    return TextClassifier(model_path, read_classifier(model_path, settings))


PROCESSOR = Processor(TASK, make_text_classifier)


def _load(folder: Path, card: ClassifierCard) -> Scorer:
    if card.algorithm == FAST:
        return load_linear(folder, len(card.labels), card.longest)
    from chatbot.predict.nlp.transformer import load_transformer  # tokenizers is part of the extra `onnx`

    transformer = load_transformer(folder, len(card.labels), card.threads)
    if card.mixture is None:
        return transformer
    ngrams = load_linear(folder, len(card.labels), card.longest)
    return MixedScorer(transformer, ngrams, card.mixture, multi_label=card.multi_label)


def _schema(card: ClassifierCard) -> Schema:
    numbers: dict[str, Json] = {"type": "object", "additionalProperties": {"type": "number"}}
    label: dict[str, Json] = {"type": "string", "enum": list(card.labels)}
    one: dict[str, Json] = {"type": "object", "properties": {"pred": label, "prob": {"type": "number"}}}
    return Schema(
        inputs=(
            Input("first_sequence", about="要分类的文字 · the text"),
            Input("second_sequence", required=False, about="第二段文字 · a second text", may_be_empty=True),
            Input("sequence_length", "integer", required=False, about="最多读多少 · how much is read", most=card.most),
        ),
        outputs={
            "type": "object",
            "properties": {
                "predictions": {"type": "array", "items": label} if card.multi_label else label,
                "probabilities": numbers,
                "logits": numbers,
                "output": {"type": "array", "items": one},
            },
        },
        example={"first_sequence": "这款车的续航有多少公里？"},
    )  # fmt: skip
