"""One training run: files in; a model directory with its report out."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from chatbot.classifying.linear import load_linear, save_linear
from chatbot.classifying.mixture import NGRAMS, TRANSFORMER, Parts, mixed
from chatbot.classifying.scoring import Pair, Scorer, Scores, probabilities
from chatbot.predict.nlp.classifier_card import (
    LONGEST,
    ClassifierCard,
    write_classifier,
)
from chatbot.predict.nlp.text_classification import TextClassifier
from tools.text.calibration import fit_calibration
from tools.text.curve import Point
from tools.text.data import Example, TextData, read_training
from tools.text.fast import LONGEST_NGRAM, targets, train_fast
from tools.text.measures import Measures, measure
from tools.text.mixing import add_ngrams, drop_ngrams, fit_mixture, ngram_settings
from tools.text.progress import Watcher
from tools.text.report import FILE as REPORT_FILE
from tools.text.report import write_report
from tools.text.settings import Algorithm, TrainFiles, TrainSettings

SUMMARY_FILE = "training.json"
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Summary:
    """What ``--json`` prints; ``seconds`` are those of learning alone, of all parts of an interrupted run.

    ``parts``: of a mixture, what each part is right in by itself on the dev part, and the n-grams' ``weight``.
    """

    output_dir: str
    version: str
    accuracy: float
    macro_f1: float
    calibration_error: float
    train: int
    dev: int
    labels: int
    seconds: float
    report: str
    parts: Mapping[str, float]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """The files of a model lie in the directory; this is what else there is to say of it."""

    most: int
    seconds: float
    facts: Mapping[str, object]
    points: tuple[Point, ...] = ()
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class _Finished:
    """The model as it will be served, what it is worth on the dev part, and each part of a mixture by itself."""

    card: ClassifierCard
    measures: Measures
    parts: Mapping[str, float]


def train(
    settings: TrainSettings,
    files: TrainFiles,
    watch: Watcher,
    *,
    resume: bool = True,
    accept_licence: bool = False,
) -> Summary:
    """Train, calibrate on the dev part what will be served, measure it there, and write all into the directory.

    Raises:
        DataError: the files cannot train anything.
        ConfigError: the base cannot be had, or a checkpoint there belongs to another run.
    """
    data = read_training(files, settings.multi_label, settings.seed)
    for warning in data.warnings:
        print(f"提示：{warning}", file=sys.stderr)
    files.output_dir.mkdir(parents=True, exist_ok=True)
    if settings.algorithm == Algorithm.FAST:
        learned = _fast(settings, data, files.output_dir, watch)
    else:
        from tools.text.precise import train_precise  # torch and transformers, which *fast* does not need

        learned = train_precise(
            settings, data, files.output_dir, watch, resume=resume, accept_licence=accept_licence
        )
        learned = _with_ngrams(settings, data, files.output_dir, watch, learned)
    return _summary(settings, files, data, learned, _finish(settings, files, data, learned))


def pairs_of(card: ClassifierCard, examples: Sequence[Example]) -> list[Pair]:
    """What the model reads of each example."""
    length = min(card.sequence_length, card.most)
    return [Pair(one.first, one.second, length) for one in examples]


def scores_of(model: Scorer, pairs: Sequence[Pair]) -> Scores:
    """Scores (n, labels) of the model as it is served."""
    return np.concatenate([model.scores(pairs[at : at + _BATCH]) for at in range(0, len(pairs), _BATCH)])


def parts_of(model: TextClassifier, pairs: Sequence[Pair]) -> Parts | None:
    """What each part of a mixture says of ``pairs``; None if the model is none."""
    found = [model.parts(pairs[at : at + _BATCH]) for at in range(0, len(pairs), _BATCH)]
    parts = [one for one in found if one is not None]
    if not parts:
        return None
    return Parts(
        np.concatenate([one.transformer for one in parts]), np.concatenate([one.ngrams for one in parts])
    )


def _fast(settings: TrainSettings, data: TextData, folder: Path, watch: Watcher) -> Learned:
    began = time.monotonic()
    model, shares = train_fast(settings, data, watch)
    save_linear(folder, model.vocabulary, model.weights, model.bias)
    facts: dict[str, object] = {f"占比 {name}": f"{share:.2f}" for name, share in shares.items()}
    return Learned(LONGEST, time.monotonic() - began, {"n-gram": len(model.vocabulary.keys), **facts})


def _with_ngrams(
    settings: TrainSettings, data: TextData, folder: Path, watch: Watcher, learned: Learned
) -> Learned:
    """The transformer that was ``learned``, with an n-gram model beside it if that is asked and can be."""
    if not settings.mixture:
        drop_ngrams(folder)
        return learned
    seconds = add_ngrams(ngram_settings(settings, learned.most), data, folder, watch)
    return learned if seconds is None else replace(learned, seconds=learned.seconds + seconds, mixed=True)


def _finish(settings: TrainSettings, files: TrainFiles, data: TextData, learned: Learned) -> _Finished:
    card = ClassifierCard(
        algorithm=str(settings.algorithm),
        labels=data.labels,
        multi_label=settings.multi_label,
        threshold=settings.threshold,
        sequence_length=min(settings.sequence_length, learned.most),
        most=learned.most,
        longest=LONGEST_NGRAM,
        first_sequence=files.columns.first,
        second_sequence=files.columns.second,
        label_name=files.columns.label,
    )
    model = TextClassifier(files.output_dir, card)
    model.load()
    truth, pairs = targets(data.dev, len(data.labels)), pairs_of(card, data.dev)
    scores, parts = scores_of(model, pairs), dict[str, float]()
    if learned.mixed:
        ngrams = scores_of(load_linear(files.output_dir, len(card.labels), card.longest), pairs)
        found = fit_mixture(scores, ngrams, truth, multi_label=settings.multi_label)
        card, scores = replace(card, mixture=found.mixture), mixed(found.parts, found.mixture.weight)
        parts = {**found.accuracy, "weight": found.mixture.weight}
    calibration = fit_calibration(scores, truth, multi_label=settings.multi_label)
    card = write_classifier(files.output_dir, replace(card, calibration=calibration))
    chances = probabilities(scores, calibration, multi_label=settings.multi_label)
    measures = measure(
        truth, chances, data.labels, multi_label=settings.multi_label, threshold=settings.threshold
    )
    return _Finished(card, measures, {name: round(value, 6) for name, value in parts.items()})


def _summary(
    settings: TrainSettings, files: TrainFiles, data: TextData, learned: Learned, finished: _Finished
) -> Summary:
    card, measures, parts = finished.card, finished.measures, finished.parts
    summary = Summary(
        output_dir=str(files.output_dir),
        version=card.version,
        accuracy=round(measures.accuracy, 6),
        macro_f1=round(measures.macro_f1, 6),
        calibration_error=round(measures.calibration_error, 6),
        train=len(data.train),
        dev=len(data.dev),
        labels=len(data.labels),
        seconds=round(learned.seconds, 1),
        report=str(files.output_dir / REPORT_FILE),
        parts=parts,
        warnings=data.warnings,
    )
    facts = {
        **settings.as_dict(),
        **learned.facts,
        "训练集": summary.train,
        "验证集": summary.dev,
        "用时（秒）": summary.seconds,
        **_told(parts),
        "概率刻度": "，".join(f"{name} {value:.4f}" for name, value in asdict(card.calibration).items()),
    }
    write_report(files.output_dir / REPORT_FILE, measures, facts, learned.points, data.warnings)
    kept = {
        "settings": settings.as_dict(),
        "dev": measures.as_dict(),
        "parts": dict(parts),
        "seconds": summary.seconds,
    }
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    (files.output_dir / SUMMARY_FILE).write_text(text + "\n", encoding="utf-8")
    return summary


def _told(parts: Mapping[str, float]) -> dict[str, object]:
    """A line of the report for each part of a mixture."""
    if not parts:
        return {}
    return {
        "混合 transformer（单独，验证集）": f"{parts[TRANSFORMER]:.4f}",
        "混合 n-gram（单独，验证集）": f"{parts[NGRAMS]:.4f}",
        "混合 n-gram 的权重": f"{parts['weight']:.4f}",
    }
