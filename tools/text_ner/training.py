"""One training run of a named-entity model: csv in, model directory out."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chatbot.errors import DataError
from chatbot.json_file import Json
from chatbot.predict.model_dir import ModelCard, write_model_card
from chatbot.predict.nlp.ner import TASK
from chatbot.predict.nlp.ner_features import ABSENT, Keys, Names
from chatbot.predict.nlp.ner_model import NerModel, NerWeights, quantized, save_ner, template_count
from chatbot.predict.nlp.ner_tags import allowed, chain_of_spans
from chatbot.predict.nlp.segmenter import segmenter
from tools.text.settings import TrainFiles
from tools.text_ner.crf import Chain, CrfSettings, CrfTrainer, Sentence
from tools.text_ner.data import Annotated, kinds_of
from tools.text_ner.scoring import EntityScores, score
from tools.text_ner.seen import count_names, names_of, training_features

LEANS = (0.0, 0.25, 0.5, 0.75)
"""How much less each O may be worth, in log-probability; the best on the held-out part is kept."""

FEWEST = 2
"""A feature must stand in this many places of the training texts."""

Tell = Callable[[str, float], None]
"""Is told what goes on, and the share of the work that is done."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run made. ``dev`` is ``None`` where nothing was held out; ``losses`` are those of each epoch."""

    kinds: tuple[str, ...]
    features: int
    seconds: float
    version: str
    dev: EntityScores | None
    losses: tuple[float, ...] = ()
    model: NerModel | None = None


def train_ner(
    train: Sequence[Annotated], dev: Sequence[Annotated], files: TrainFiles, settings: CrfSettings, tell: Tell
) -> Trained:
    """Learn from ``train``, measure on ``dev``, write the model to the directory of ``files``.

    Raises:
        DataError: the training texts have no entity, or ``dev`` one of a type that they have not.
    """
    begun = time.monotonic()
    kinds = kinds_of(train)
    if not kinds:
        raise DataError("--train", "没有一个实体", hint="标记里要有 B-类型 和 I-类型")
    if unknown := [kind for kind in kinds_of(dev) if kind not in kinds]:
        raise DataError("--dev", f"类型“{unknown[0]}”是训练集没有的", hint="改正标记，或把这种例子放进训练集")
    seen = count_names(train, kinds)
    features = list(training_features(train, kinds, seen, segmenter()))
    tell(f"特征 {time.monotonic() - begun:.0f} 秒，{len(train)} 条，{len(kinds)} 种实体", 0.1)
    keys = known_features(features)
    sentences = [
        Sentence(columns_of(found, keys), chain_of_spans(one.spans, len(one.text), kinds))
        for found, one in zip(features, train, strict=True)
    ]
    features.clear()
    trainer = CrfTrainer(sentences, len(keys), Chain(*allowed(len(kinds))), settings)
    losses = []
    for epoch in range(settings.epochs):
        loss = trainer.epoch(settings.learning_rate * (1 - epoch / settings.epochs))
        losses.append(float(loss))
        tell(
            f"第 {epoch + 1}/{settings.epochs} 遍，损失 {loss:.3f}，共 {time.monotonic() - begun:.0f} 秒",
            0.1 + 0.9 * (epoch + 1) / settings.epochs,
        )
    rows = trainer.weights.features[1:]
    told = np.abs(rows).max(axis=1, initial=0) > 0
    weights, names = quantized(keys[told], rows[told], trainer.weights.moves), names_of(seen)
    weights, result = leant(weights, kinds, names, dev)
    version = _write(files, kinds, weights, names, settings)
    seconds = round(time.monotonic() - begun, 1)
    model = NerModel(kinds, weights, names)
    return Trained(kinds, len(weights.keys), seconds, version, result, tuple(losses), model)


def leant(
    weights: NerWeights, kinds: Sequence[str], names: Names, dev: Sequence[Annotated]
) -> tuple[NerWeights, EntityScores | None]:
    """The weights with the lean away from O that is best on ``dev``, and its scores there.

    A likelihood is learnt a character at a time, and most are O; whole entities are what is measured, and too few are
    found (the precision is above the recall). Each step into O costs so much more (Jansche 2005, on F as an aim).
    """
    if not dev:
        return weights, None
    best: tuple[NerWeights, EntityScores] | None = None
    for lean in LEANS:
        moves = weights.moves.copy()
        moves[:, 0] -= np.float32(lean)
        tried = replace(weights, moves=moves)
        scores = score(NerModel(kinds, tried, names), dev)
        if best is None or scores.whole.f1 > best[1].whole.f1:
            best = tried, scores
    return best or (weights, None)


def known_features(features: Sequence[Keys]) -> Keys:
    """The features that count, sorted: those in at least ``FEWEST`` places."""
    keys, counts = np.unique(np.concatenate([one.ravel() for one in features]), return_counts=True)
    return np.asarray(keys[(counts >= FEWEST) & (keys != ABSENT)], dtype=np.uint64)


def columns_of(features: Keys, keys: Keys) -> NDArray[np.int32]:
    """Each feature's number among ``keys``, counted from 1; 0 for one that is not known."""
    if not len(keys):
        return np.zeros(features.shape, dtype=np.int32)
    places = np.searchsorted(keys, features)
    places[places == len(keys)] = 0
    return np.where(keys[places] == features, places + 1, 0).astype(np.int32)


def _write(
    files: TrainFiles, kinds: tuple[str, ...], weights: NerWeights, names: Names, settings: CrfSettings
) -> str:
    """The model's files, the card last; the model's version."""
    folder = files.output_dir
    folder.mkdir(parents=True, exist_ok=True)
    save_ner(folder, weights, names)
    digest = hashlib.sha256(weights.keys.tobytes() + weights.rows.tobytes() + weights.moves.tobytes())
    version = digest.hexdigest()[:12]
    about: dict[str, Json] = {
        "kinds": list(kinds), "templates": template_count(), "training": asdict(settings),
        "first_sequence": files.columns.first, "label_name": files.columns.label,
    }  # fmt: skip
    write_model_card(folder, ModelCard(TASK, version, about))
    return version
