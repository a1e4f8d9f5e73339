"""One training run: pictures in; a model directory with its report out."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.predict.vision.chances import Logits, probabilities
from chatbot.predict.vision.image_card import ONNX_FILE, ImageCard, write_image_card
from chatbot.predict.vision.networks import Classifier
from chatbot.predict.vision.preparing import CROP, SQUASH, Preparation
from tools.image import checkpoint
from tools.image.calibration import temperature
from tools.image.curve import Point
from tools.image.data import ImageData, read_training, targets
from tools.image.features import FeatureCache
from tools.image.frozen import train_head
from tools.image.loop import Status, Trainer
from tools.image.onnx_export import export, session_of
from tools.image.pretrained import network
from tools.image.report import FILE as REPORT_FILE
from tools.image.report import Page, write_report
from tools.image.served import served_logits
from tools.image.settings import Algorithm, TrainFiles, TrainSettings
from tools.text.measures import Measures, measure
from tools.text.progress import Watcher

SUMMARY_FILE = "training.json"
THRESHOLD = 0.5
"""From which chance on a class of several counts as predicted."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What ``--json`` prints; ``seconds`` are those of learning alone, of all parts of an interrupted run."""

    output_dir: str
    version: str
    accuracy: float
    macro_f1: float
    ece: float
    train: int
    dev: int
    skipped: int
    classes: int
    parameters: int
    seconds: float
    report: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """A trained network, and what else there is to say of it."""

    model: Classifier
    seconds: float
    facts: Mapping[str, object]
    points: tuple[Point, ...] = ()


def train(
    settings: TrainSettings, files: TrainFiles, watch: Watcher, *, resume: bool = True
) -> tuple[Summary, Measures]:
    """Train, calibrate on the dev part, export what is served, measure it there, and write all into the directory.

    Raises:
        DataError: the pictures cannot train anything, or the loss is no number.
        ConfigError: weights to start from cannot be had, or a checkpoint there belongs to another run.
    """
    watch("读图片", 0.0)
    data = read_training(files, settings)
    for warning in data.warnings:
        print(f"提示：{warning}", file=sys.stderr)
    files.output_dir.mkdir(parents=True, exist_ok=True)
    preparation = preparation_of(settings, settings.image_size)
    model, origin = network(settings, len(data.labels))
    if settings.algorithm == Algorithm.LINEAR:
        learned = _frozen(settings, files, data, model, watch)
    else:
        learned = _fine_tuned(settings, files, data, model, watch, resume=resume)
    difference = export(learned.model, settings.image_size, files.output_dir)
    session = session_of(files.output_dir / ONNX_FILE)
    logits = served_logits(session, data.dev, preparation, settings.eval_batch_size)
    card, chances = _carded(settings, files.output_dir, data, preparation, logits)
    facts = {"权重来自": origin, **learned.facts, "ONNX 与 torch 之差": f"{difference:.1e}"}
    measures = measured(card, targets(data.dev, len(data.labels)), chances)
    page = Page(measures, facts, learned.points, data.warnings, data.dev, chances, data.labels)
    summary = _summary(settings, files, data, replace(learned, facts=facts), card, page)
    checkpoint.remove(files.output_dir)
    return summary, measures


def preparation_of(settings: TrainSettings, size: int) -> Preparation:
    """How pictures are prepared for a network of ``settings``, at ``size``."""
    return Preparation(size=size, resize=CROP if settings.use_crop else SQUASH)


def score_of(logits: Logits, truth: NDArray[np.bool_], *, multi_label: bool) -> float:
    """What decides which weights are kept: accuracy, or micro-averaged F1 where several classes may hold."""
    if not multi_label:
        return float(truth[np.arange(len(truth)), logits.argmax(1)].mean())
    predicted = logits >= 0
    right = float((predicted & truth).sum())
    return 2 * right / max(1.0, float(predicted.sum() + truth.sum()))


def _frozen(
    settings: TrainSettings, files: TrainFiles, data: ImageData, model: Classifier, watch: Watcher
) -> Learned:
    began = time.monotonic()
    cache = FeatureCache(
        files.output_dir, model, preparation_of(settings, settings.image_size), settings.eval_batch_size
    )
    features = cache.features(data.train, lambda told, done: watch(told, 0.9 * done))
    facts = train_head(
        model,
        features.astype(np.float64),
        targets(data.train, len(data.labels)),
        multi_label=settings.multi_label,
        seed=settings.seed,
        watch=lambda told, done: watch(told, 0.9 + 0.1 * done),
    )
    return Learned(model, time.monotonic() - began, facts)


def _fine_tuned(
    settings: TrainSettings,
    files: TrainFiles,
    data: ImageData,
    model: Classifier,
    watch: Watcher,
    *,
    resume: bool,
) -> Learned:
    truth = targets(data.dev, len(data.labels))
    trainer = Trainer(
        settings,
        data,
        model,
        (preparation_of(settings, settings.side), preparation_of(settings, settings.image_size)),
        lambda logits: score_of(logits, truth, multi_label=settings.multi_label),
    )
    points = trainer.run(files.output_dir, _shown(watch), resume=resume)
    return Learned(model, trainer.seconds, {"步数": trainer.steps}, points)


def _shown(watch: Watcher) -> Callable[[Status], None]:
    def show(status: Status) -> None:
        told = f"第 {status.epoch} 轮 · 步 {status.step}/{status.steps} · loss {status.loss:.4f}"
        if status.score is not None:
            told += f" · 验证集 {status.score:.4f}"
        done, scored = status.step / status.steps, status.score is not None
        watch(told, done, status.seconds_left, now=scored)

    return show


def _carded(
    settings: TrainSettings, folder: Path, data: ImageData, preparation: Preparation, logits: Logits
) -> tuple[ImageCard, NDArray[np.float64]]:
    """The card, written, and the chances (n, C) of the dev part that it gives."""
    truth = targets(data.dev, len(data.labels))
    card = ImageCard(
        backbone=settings.backbone,
        labels=data.labels,
        preparation=preparation,
        multi_label=settings.multi_label,
        temperature=temperature(logits, truth, multi_label=settings.multi_label),
        thresholds=(THRESHOLD,) * len(data.labels) if settings.multi_label else (),
        algorithm=str(settings.algorithm),
    )
    card = write_image_card(folder, card)
    return card, probabilities(logits, card)


def _summary(
    settings: TrainSettings,
    files: TrainFiles,
    data: ImageData,
    learned: Learned,
    card: ImageCard,
    page: Page,
) -> Summary:
    measures = page.measures
    summary = Summary(
        output_dir=str(files.output_dir),
        version=card.version,
        accuracy=round(measures.accuracy, 6),
        macro_f1=round(measures.macro_f1, 6),
        ece=round(measures.calibration_error, 6),
        train=len(data.train),
        dev=len(data.dev),
        skipped=data.skipped,
        classes=len(data.labels),
        parameters=sum(one.numel() for one in learned.model.parameters()),
        seconds=round(learned.seconds, 1),
        report=str(files.output_dir / REPORT_FILE),
        warnings=data.warnings,
    )
    facts = {
        **settings.as_dict(),
        **learned.facts,
        "训练集": summary.train,
        "验证集": summary.dev,
        "参数": summary.parameters,
        "用时（秒）": summary.seconds,
        "温度": f"{card.temperature:.4f}",
    }
    write_report(files.output_dir / REPORT_FILE, replace(page, facts=facts))
    kept = {**asdict(summary), "measures": measures.as_dict(), "settings": settings.as_dict()}
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    (files.output_dir / SUMMARY_FILE).write_text(text + "\n", encoding="utf-8")
    return summary


def measured(card: ImageCard, truth: NDArray[np.bool_], chances: NDArray[np.float64]) -> Measures:
    """How good ``chances`` (n, C) are against ``truth`` (n, C)."""
    return measure(truth, chances, card.labels, multi_label=card.multi_label, threshold=THRESHOLD)
