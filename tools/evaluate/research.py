"""Measuring on labelled sentences (folds) and on a benchmark of one standard question each."""

import csv
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from chatbot.encoders.base import Encoder
from chatbot.encoders.load import load_encoder
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.dataset import LabelledText
from chatbot.faq_modules.retrieval import DEFAULT_MODULES, FaqRetriever, build_index, make_retriever
from chatbot.normalization.text import normalize
from tools.evaluate.datasets import labelled_corpus, load_benchmark, load_labelled
from tools.evaluate.faq import rival_top1
from tools.evaluate.measures import Question
from tools.evaluate.rivals import rivals
from tools.evaluate.signals_alone import top1_by_signal
from tools.index.fit import FitData, Labelled, fit_choice
from tools.index.held_out import stratified_folds

_DEVELOPMENT_FOLDS = 8


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over folds."""

    mean: float
    deviation: float
    by_fold: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Training:
    """How the encoder of a fold is trained; ``None`` in place of it leaves the encoder as it is."""

    epochs: int
    learning_rate: float
    base: str = "ngram"


def evaluate_benchmark(path: Path, encoder: Encoder) -> Mapping[str, float]:
    """Top-1 of every signal, of all fused with the prior weights, and of the rivals."""
    corpus, questions = load_benchmark(path)
    retriever = make_retriever(build_index(corpus, encoder.encode(corpus.texts)), encoder)
    return {**top1_by_signal(retriever, questions, corpus.labels), **_rivals(corpus, questions)}


def evaluate_folds(
    path: Path, encoder_dir: Path, folds: int, training: Training | None, seed: int = 0
) -> Mapping[str, Spread]:
    """Each fold's sentences asked of a knowledge base made of the others, all fitted on the others alone."""
    rows = _unambiguous(load_labelled(path))
    names = tuple(dict.fromkeys(row.label for row in rows))
    owners = np.array([names.index(row.label) for row in rows], dtype=np.int32)
    assigned = stratified_folds(owners, folds, seed)
    figures: list[Mapping[str, float]] = []
    for fold in range(folds):
        print(f"第 {fold + 1}/{folds} 折", file=sys.stderr)
        known = [row for row, place in zip(rows, assigned, strict=True) if place != fold]
        tested = [row for row, place in zip(rows, assigned, strict=True) if place == fold]
        retriever = _fitted(known, names, encoder_dir, training, seed)
        questions = [Question(row.text, names.index(row.label)) for row in tested]
        corpus = retriever.corpus
        figures.append({**top1_by_signal(retriever, questions, corpus.labels), **_rivals(corpus, questions)})
    return {name: _spread([one[name] for one in figures]) for name in figures[0]}


def _unambiguous(rows: Sequence[LabelledText]) -> tuple[LabelledText, ...]:
    """``rows`` without those whose sentence stands under another label too: nothing can be right about them."""
    labels: dict[str, set[str]] = {}
    for row in rows:
        labels.setdefault(normalize(row.text), set()).add(row.label)
    kept = tuple(row for row in rows if len(labels[normalize(row.text)]) == 1)
    if len(kept) < len(rows):
        print(f"{len(rows) - len(kept)} 句同时属于两个标签，不参加评测", file=sys.stderr)
    return kept


def _fitted(
    known: Sequence[LabelledText],
    names: Sequence[str],
    encoder_dir: Path,
    training: Training | None,
    seed: int,
) -> FaqRetriever:
    """The retriever over ``known``, as an operator makes one: a part is kept for development."""
    owners = np.array([names.index(row.label) for row in known], dtype=np.int32)
    held = stratified_folds(owners, _DEVELOPMENT_FOLDS, seed) == 0
    held &= np.bincount(owners, minlength=len(names))[owners] >= _DEVELOPMENT_FOLDS // 2
    train = [row for row, out in zip(known, held, strict=True) if not out]
    dev = [row for row, out in zip(known, held, strict=True) if out]
    with tempfile.TemporaryDirectory() as folder:
        encoder = load_encoder(_trained(train, dev, Path(folder), training) if training else encoder_dir)
    smaller = labelled_corpus(train, names)
    data = FitData(tuple(Labelled(row.text, names.index(row.label)) for row in dev), seed=seed)
    choice = fit_choice(build_index(smaller, encoder.encode(smaller.texts)), encoder, DEFAULT_MODULES, data)
    corpus = labelled_corpus(known, names)
    index = replace(build_index(corpus, encoder.encode(corpus.texts)), choice=choice)
    return make_retriever(index, encoder)


def _trained(
    train: Sequence[LabelledText], dev: Sequence[LabelledText], folder: Path, training: Training
) -> Path:
    from tools.train_two_tower.run import train as train_two_tower  # torch, 2 s
    from tools.train_two_tower.settings import TrainFiles, TrainSettings

    for name, rows in (("train.csv", train), ("dev.csv", dev)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["sent", "label"])
            writer.writerows([row.text, row.label] for row in rows)
    settings = TrainSettings(
        pretrain_model_name_or_path=training.base,
        epochs=training.epochs,
        learning_rate=training.learning_rate,
    )
    files = TrainFiles(folder / "train.csv", folder / "dev.csv", folder / "model")
    train_two_tower(settings, files, lambda status: None)
    return folder / "model"


def _rivals(corpus: Corpus, questions: Sequence[Question]) -> dict[str, float]:
    return {name: rival_top1(predict, questions, corpus.labels) for name, predict in rivals(corpus).items()}


def _spread(figures: Sequence[float]) -> Spread:
    mean = float(np.mean(figures))
    return Spread(round(mean, 4), round(float(np.std(figures)), 4), tuple(figures))
