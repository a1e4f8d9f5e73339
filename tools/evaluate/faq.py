"""``evaluate faq``: the public figures of a configuration, and what stands behind them."""

import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from chatbot.config import EngineConfig
from chatbot.encoders.load import load_encoder
from chatbot.errors import DataError
from chatbot.faq_modules.dataset import labels_of, load_csv, load_dataset
from chatbot.faq_modules.lines import numbered_lines
from chatbot.faq_modules.opening import open_retriever
from chatbot.faq_modules.retrieval import FaqRetriever
from tools.evaluate.measures import Asked, FaqScores, Question, ask_all, scores
from tools.evaluate.noise import KINDS, perturb
from tools.evaluate.rivals import Predict, rivals
from tools.evaluate.signals_alone import top1_by_signal
from tools.index.conformal import Outcome, area_under_roc


@dataclass(frozen=True, slots=True)
class NoiseScore:
    """``points``: top-1 on the noisy questions less top-1 on the same questions clean, in percentage points.

    All are means over the seeds, ``points_by_seed`` each of them and ``deviation`` how they spread.
    """

    kind: str
    changed: float
    top1: float
    points: float
    points_of_changed: float
    deviation: float
    points_by_seed: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RefusalScore:
    """Questions that nothing answers: how well confidence tells them, and how many would be answered."""

    n: int
    auroc: float
    answered: float
    auroc_by_kind: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PromiseScore:
    """A promised rate of wrong answers, its threshold, and what was measured at it."""

    target: float
    threshold: float
    coverage: float
    wrong_answer_rate: float
    wrong_with_out_of_scope: float | None


@dataclass(frozen=True, slots=True)
class FaqEvaluation:
    """Everything ``evaluate faq`` measured; only ``scores`` is always there."""

    scores: FaqScores
    noise: Sequence[NoiseScore] = ()
    refusal: RefusalScore | None = None
    promises: Sequence[PromiseScore] = ()
    signals: Mapping[str, float] = field(default_factory=dict)
    rivals: Mapping[str, float] = field(default_factory=dict)
    asked: Sequence[Asked] = ()
    refused: Sequence[Asked] = ()


def evaluate_config(
    config: EngineConfig,
    test: Path,
    *,
    out_of_scope: Path | None = None,
    everything: bool = False,
    noise_seeds: int = 0,
) -> FaqEvaluation:
    """Asks the configuration's FAQ the questions of ``test``; those without a label must not be answered.

    ``out_of_scope`` is a csv with ``sent`` and perhaps ``kind``, or a text file. ``everything`` adds noise by kind, the
    signals alone and the rivals; ``noise_seeds`` the noise alone, drawn so many times (with ``everything`` once at least).

    Raises:
        ChatbotError: a file of the configuration or of the test is faulty.
    """
    dataset = load_dataset(config.faq_data_dir, config.faq_query_label_idx_map)
    every = load_csv(test, unlabelled=True)
    rows = tuple(row for row in every if row.label)
    if not rows:
        raise DataError(test, "没有一句有标签", hint="不该回答的问题写进 --out-of-scope 的文件")
    labels = labels_of(rows, dataset, test)
    questions = [Question(row.text, label) for row, label in zip(rows, labels, strict=True)]
    retriever = open_retriever(
        config.faq_data_dir,
        load_encoder(config.feature_generator_model_dir),
        label_map=config.faq_query_label_idx_map,
        features=config.pretrained_feature_vectors_path,
        modules=config.faq_modules,
    )
    ask_all(retriever, questions[:20])  # what is loaded on first use is not what is measured
    asked = ask_all(retriever, questions)
    refused, kinds = _refused(retriever, out_of_scope) if out_of_scope else ((), ())
    unlabelled = ask_all(retriever, [Question(row.text, None) for row in every if not row.label])
    refused, kinds = (*refused, *unlabelled), (*kinds, *("" for _ in unlabelled))
    corpus = retriever.corpus
    predictions = rivals(corpus, transformer=True) if everything else {}
    seeds = max(noise_seeds, int(everything))
    return FaqEvaluation(
        scores=scores(asked, config.faq_confidence_threshold),
        noise=noise_scores(retriever, asked, seeds) if seeds else (),
        refusal=refusal_score(asked, refused, kinds, config.faq_confidence_threshold) if refused else None,
        promises=promise_scores(retriever, asked, refused),
        signals=top1_by_signal(retriever, questions, corpus.labels) if everything else {},
        rivals={name: rival_top1(predict, questions, corpus.labels) for name, predict in predictions.items()},
        asked=asked,
        refused=refused,
    )


def rival_top1(predict: Predict, questions: Sequence[Question], labels: Sequence[int]) -> float:
    """Top-1 of a rival of ``tools.evaluate.rivals``."""
    places = predict([question.text for question in questions]).tolist()
    right = sum(labels[place] == question.label for place, question in zip(places, questions, strict=True))
    return round(float(right) / max(len(questions), 1), 4)


def _refused(retriever: FaqRetriever, path: Path) -> tuple[tuple[Asked, ...], tuple[str, ...]]:
    if path.suffix == ".csv":
        lines = [line for _, line in numbered_lines(path)]
        rows = [(row["sent"], row.get("kind") or "") for row in csv.DictReader(lines)]
    else:
        rows = [(line.strip(), "") for _, line in numbered_lines(path) if not line.startswith("#")]
    asked = ask_all(retriever, [Question(text, None) for text, _ in rows])
    return asked, tuple(kind for _, kind in rows)


def noise_scores(retriever: FaqRetriever, asked: Sequence[Asked], seeds: int = 1) -> tuple[NoiseScore, ...]:
    """Every question once more with noise of each kind, and once more for each of the seeds 0 to ``seeds`` - 1."""
    found = []
    for kind in KINDS:
        print(f"噪声 {kind}", file=sys.stderr)
        drawn = np.array([_noisy(retriever, asked, kind, seed) for seed in range(seeds)])
        changed, top1, points, of_changed = drawn.mean(axis=0).tolist()
        found.append(
            NoiseScore(
                kind=kind,
                changed=round(changed, 1),
                top1=round(top1, 4),
                points=round(points, 2),
                points_of_changed=round(of_changed, 2),
                deviation=round(float(drawn[:, 2].std()), 2),
                points_by_seed=tuple(drawn[:, 2].round(2).tolist()),
            )
        )
    return tuple(found)


def _noisy(
    retriever: FaqRetriever, asked: Sequence[Asked], kind: str, seed: int
) -> tuple[int, float, float, float]:
    """How many questions one drawing of noise changes, top-1, and the points of all and of those."""
    noisy = [Question(perturb(one.question.text, kind, seed), one.question.label) for one in asked]
    right = [one.rank == 1 for one in ask_all(retriever, noisy)]
    lost_of = [
        after - (one.rank == 1)
        for one, other, after in zip(asked, noisy, right, strict=True)
        if one.question.text != other.text
    ]
    lost = sum(right) - sum(one.rank == 1 for one in asked)
    points = 100 * lost / len(asked), 100 * sum(lost_of) / max(len(lost_of), 1)
    return len(lost_of), sum(right) / len(asked), *points


def refusal_score(
    asked: Sequence[Asked], refused: Sequence[Asked], kinds: Sequence[str], threshold: float
) -> RefusalScore:
    """How far the confidence in answers lies above that in questions without one."""

    def auroc(outside: Sequence[Asked]) -> float:
        inside = [Outcome(one.confidence, one.rank == 1, True) for one in asked]
        return round(
            area_under_roc([*inside, *(Outcome(one.confidence, False, False) for one in outside)]), 4
        )

    by_kind = {
        kind: auroc([one for one, of_kind in zip(refused, kinds, strict=True) if of_kind == kind])
        for kind in sorted(set(kinds) - {""})
    }
    answered = sum(one.confidence >= threshold for one in refused) / len(refused)
    return RefusalScore(len(refused), auroc(refused), round(answered, 4), by_kind)


def promise_scores(
    retriever: FaqRetriever, asked: Sequence[Asked], refused: Sequence[Asked]
) -> tuple[PromiseScore, ...]:
    """What each promised threshold keeps on these questions."""
    found = []
    for promise in retriever.choice.thresholds:
        answered = [one for one in asked if one.confidence >= promise.answer]
        wrong = sum(one.rank != 1 for one in answered)
        astray = sum(one.confidence >= promise.answer for one in refused)
        mixed = round((wrong + astray) / (len(asked) + len(refused)), 4) if refused else None
        found.append(
            PromiseScore(
                promise.target,
                promise.answer,
                round(len(answered) / len(asked), 4),
                round(wrong / len(asked), 4),
                mixed,
            )
        )
    return tuple(found)
