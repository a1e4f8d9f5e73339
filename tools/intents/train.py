"""Training of the operator's intents: held out by folds to see how sure it may be, then learnt from everything.

The threshold is the least probability that at most ``SWALLOWED`` of all that is no intent (``tools/intents/others.py``)
reaches while it is held out; never below ``LEAST``. That is before the dialogue's own guard: a standard question or a
query that is understood goes before any intent (``chatbot/dialog/state.py``), and most of what reaches the threshold is a
paraphrase that the FAQ answers. What the dialogue itself then swallows, ``tools evaluate intents`` tells.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.classifying.linear import Vocabulary, features, linear_bytes
from chatbot.classifying.scoring import Scores, probabilities
from chatbot.config import EngineConfig
from chatbot.errors import DataError
from chatbot.normalization.intent_files import MODEL_FILE, Intents, load_intents
from chatbot.normalization.intent_model import MOST, OTHER, IntentCard
from tools.index.held_out import stratified_folds
from tools.intents.basis import basis_of, readable_card
from tools.intents.others import others
from tools.text.calibration import fit_calibration
from tools.text.data import Example
from tools.text.fast import Matrix, fit_svm, matrix, targets, vocabulary_of

FOLDS = 5
SWALLOWED = 0.02
LEAST = 0.4
_COST = 1.0
_SEED = 7


@dataclass(frozen=True, slots=True)
class IntentFigures:
    """One intent, its examples held out: ``found`` of ``examples`` reach the threshold as this intent, ``mistaken`` as
    another."""

    intent: str
    examples: int
    found: int
    mistaken: int


@dataclass(frozen=True, slots=True)
class IntentsResult:
    """``others`` are the sentences that are no intent; ``swallowed`` of them reach the threshold while held out, and
    ``nearest`` come nearest: sentence, intent, probability. ``trained`` is false where nothing has changed."""

    trained: bool
    threshold: float
    recall: float
    others: int
    swallowed: int
    intents: tuple[IntentFigures, ...]
    nearest: tuple[tuple[str, str, float], ...]
    seconds: float


def train_intents(config: EngineConfig, *, anew: bool = False) -> IntentsResult | None:
    """Train the intents of ``config`` and publish the model by one rename; ``None`` where it has none.

    A model of the same examples and sentences is kept, unless ``anew``.

    Raises:
        DataError: a fault in the files, or a disk that is full.
    """
    if config.intents_dir is None:
        return None
    started = time.monotonic()
    intents = load_intents(config.intents_dir)
    rest = others(config, intents)
    basis = basis_of(intents, rest)
    path = config.intents_dir / MODEL_FILE
    old = None if anew else readable_card(path)
    if old and old.basis == basis:
        return IntentsResult(False, old.threshold, 0.0, len(rest), 0, (), (), 0.0)
    labels = (*intents.actions, OTHER)
    examples = _numbered(intents, rest, labels)
    chances, card = _held_out(examples, labels, basis)
    vocabulary, weights, bias = _learn(examples, len(labels))
    _publish(path, linear_bytes(vocabulary, weights, bias, card.about()))
    return _result(examples, labels, chances, card.threshold, time.monotonic() - started)


def _numbered(intents: Intents, rest: Sequence[str], labels: Sequence[str]) -> list[Example]:
    """What is learnt from; the sentences of an intent together weigh as much as a quarter of all the others."""
    counts = {name: sum(one.intent == name for one in intents.examples) for name in intents.actions}
    share = max(1.0, len(rest) / 4)
    found = [
        Example(one.text, "", (labels.index(one.intent),), max(1.0, share / counts[one.intent] / len(counts)), one.line)
        for one in intents.examples
    ]  # fmt: skip
    return found + [Example(text, "", (len(labels) - 1,), 1.0, 0) for text in rest]


def _held_out(
    examples: Sequence[Example], labels: Sequence[str], basis: str
) -> tuple[NDArray[np.float64], IntentCard]:
    """The calibrated chances (examples, labels) of each example by a model that has not seen it; and the card."""
    owners = np.array([one.labels[0] for one in examples], dtype=np.int32)
    folds = stratified_folds(owners, FOLDS, _SEED)
    scores = np.zeros((len(examples), len(labels)), dtype=np.float32)
    for fold in range(FOLDS):
        seen = [one for one, place in zip(examples, folds, strict=True) if place != fold]
        unseen = [one for one, place in zip(examples, folds, strict=True) if place == fold]
        scores[folds == fold] = _scores(unseen, *_learn(seen, len(labels)))
    truth = targets(examples, len(labels))
    calibration = fit_calibration(scores, truth, multi_label=False)
    chances = probabilities(scores, calibration, multi_label=False)
    none = chances[owners == len(labels) - 1, :-1].max(axis=1)
    threshold = max(LEAST, float(np.quantile(none, 1 - SWALLOWED, method="higher")) + 1e-6)
    return chances, IntentCard(tuple(labels), min(threshold, 0.999), calibration, basis)


def _learn(examples: Sequence[Example], labels: int) -> tuple[Vocabulary, Matrix, Matrix]:
    vocabulary = vocabulary_of(examples, MOST)
    weights = np.array([one.weight for one in examples], dtype=np.float64)
    x = matrix(features(*_texts(examples), vocabulary), vocabulary)
    return vocabulary, *fit_svm(x, targets(examples, labels), weights, _SEED, _COST)


def _scores(examples: Sequence[Example], vocabulary: Vocabulary, weights: Matrix, bias: Matrix) -> Scores:
    return np.asarray(
        matrix(features(*_texts(examples), vocabulary), vocabulary) @ weights + bias, np.float32
    )


def _texts(examples: Sequence[Example]) -> tuple[list[str], list[str]]:
    return [one.first[:MOST] for one in examples], [""] * len(examples)


def _result(
    examples: Sequence[Example], labels: Sequence[str], chances: NDArray[np.float64], threshold: float, seconds: float
) -> IntentsResult:  # fmt: skip
    owners = np.array([one.labels[0] for one in examples])
    best, other = chances[:, :-1].argmax(axis=1), len(labels) - 1
    sure = chances[:, :-1].max(axis=1) >= threshold
    figures = tuple(
        IntentFigures(
            name,
            int((owners == number).sum()),
            int((sure & (owners == number) & (best == number)).sum()),
            int((sure & (owners == number) & (best != number)).sum()),
        )
        for number, name in enumerate(labels[:-1])
    )
    nearness = np.where(owners == other, chances[:, :-1].max(axis=1), 0.0)
    nearest = tuple(
        (examples[at].first, labels[int(chances[at, :-1].argmax())], round(float(nearness[at]), 4))
        for at in np.argsort(-nearness, kind="stable")[:5].tolist()
    )
    examples_of_intents = sum(one.examples for one in figures)
    return IntentsResult(
        trained=True,
        threshold=round(threshold, 4),
        recall=round(sum(one.found for one in figures) / examples_of_intents, 4),
        others=int((owners == other).sum()),
        swallowed=int((sure & (owners == other)).sum()),
        intents=figures,
        nearest=nearest,
        seconds=round(seconds, 2),
    )


def _publish(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise DataError(
            path, f"写不了（{error.strerror}）", hint="旧的意图模型未动；检查权限和空间"
        ) from error
    finally:
        beside.unlink(missing_ok=True)
