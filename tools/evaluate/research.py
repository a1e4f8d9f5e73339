"""Measuring on labelled sentences (folds) and on a benchmark of one standard question each."""

import csv
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.encoders.load import load_encoder
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.dataset import LabelledText
from chatbot.faq_modules.retrieval import DEFAULT_MODULES, FaqRetriever, build_index, make_retriever
from chatbot.normalization.text import normalize
from tools.evaluate.datasets import labelled_corpus, load_benchmark, load_labelled
from tools.evaluate.faq import rival_top1
from tools.evaluate.measures import Question, ask_all
from tools.evaluate.rivals import rivals
from tools.evaluate.signals_alone import top1_by_signal
from tools.index.fit import FitData, Labelled, fit_choice
from tools.index.held_out import stratified_folds

_DEVELOPMENT_FOLDS = 8
_LINEAR = "tfidf_logistic_regression"


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over splits."""

    mean: float
    deviation: float
    by_fold: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Training:
    """How the encoder of a fold is trained; ``None`` in place of it leaves the encoder as it is.

    ``accept_licence``: of a base that is fetched under one.
    """

    epochs: int
    learning_rate: float
    base: str = "ngram"
    accept_licence: bool = False


@dataclass(frozen=True, slots=True)
class Splits:
    """Which sentences are asked: each of ``folds`` once for each seed, or ``held_out`` drawn at random for each seed.

    The seeds are 0 to ``seeds`` - 1. Folds are spread evenly over the labels; a random draw is not, and a label may then
    have no sentence left but its own name.
    """

    folds: int = 5
    held_out: int = 0
    seeds: int = 1

    def of(self, owners: NDArray[np.int32]) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """Seed, and which sentences are held out; ``owners`` are their labels."""
        for seed in range(self.seeds):
            if self.held_out:
                order = np.random.default_rng(seed).permutation(len(owners))
                yield seed, np.isin(np.arange(len(owners)), order[: self.held_out])
                continue
            assigned = stratified_folds(owners, self.folds, seed)
            yield from ((seed, assigned == fold) for fold in range(self.folds))


def evaluate_benchmark(path: Path, encoder: Encoder) -> Mapping[str, float]:
    """Top-1 of every signal, of all fused with the prior weights, and of the rivals."""
    corpus, questions = load_benchmark(path)
    retriever = make_retriever(build_index(corpus, encoder.encode(corpus.texts)), encoder)
    beside = _rivals(corpus, questions, transformer=True)
    return {**top1_by_signal(retriever, questions, corpus.labels), **beside}


def evaluate_splits(
    path: Path, encoder_dir: Path, splits: Splits, training: Training | None
) -> Mapping[str, Spread]:
    """The sentences that a split holds out, asked of a knowledge base made of the others; all is fitted on those alone.

    Beside the signals and the rivals: the share right among the first two, and how far ahead of the linear rival, split
    by split.
    """
    rows = _unambiguous(load_labelled(path))
    names = tuple(dict.fromkeys(row.label for row in rows))
    owners = np.array([names.index(row.label) for row in rows], dtype=np.int32)
    figures: list[Mapping[str, float]] = []
    for seed, held_out in splits.of(owners):
        print(f"第 {len(figures) + 1} 次，问 {held_out.sum()} 句", file=sys.stderr)
        known = [row for row, out in zip(rows, held_out, strict=True) if not out]
        tested = [row for row, out in zip(rows, held_out, strict=True) if out]
        retriever = _fitted(known, names, encoder_dir, training, seed)
        questions = [Question(row.text, names.index(row.label)) for row in tested]
        corpus = retriever.corpus
        found = {**top1_by_signal(retriever, questions, corpus.labels), **_rivals(corpus, questions)}
        found["fused_top2"] = round(
            float(np.mean([0 < one.rank <= 2 for one in ask_all(retriever, questions)])), 4
        )
        if _LINEAR in found:
            found[f"fused - {_LINEAR}"] = round(found["fused"] - found[_LINEAR], 4)
        figures.append(found)
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
    train_two_tower(settings, files, lambda status: None, accept_licence=training.accept_licence)
    return folder / "model"


def _rivals(corpus: Corpus, questions: Sequence[Question], *, transformer: bool = False) -> dict[str, float]:
    found = rivals(corpus, transformer=transformer)
    return {name: rival_top1(predict, questions, corpus.labels) for name, predict in found.items()}


def _spread(figures: Sequence[float]) -> Spread:
    mean = float(np.mean(figures))
    return Spread(round(mean, 4), round(float(np.std(figures)), 4), tuple(figures))
