"""One training run from files to a model directory."""

import json
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from chatbot.encoders.fingerprint import directory_fingerprint
from chatbot.encoders.load import DOCUMENT_TOWER
from tools.train_two_tower import checkpoint
from tools.train_two_tower.bases import towers
from tools.train_two_tower.data import TrainingData, read_data, truncate
from tools.train_two_tower.loop import Outcome, Status, Trainer
from tools.train_two_tower.processes import join_processes
from tools.train_two_tower.report import write_report
from tools.train_two_tower.settings import TrainFiles, TrainSettings
from tools.train_two_tower.towers import Tower

SUMMARY_FILE, REPORT_FILE = "training.json", "report/index.html"


@dataclass(frozen=True, slots=True)
class Summary:
    """What ``--json`` prints, and ``training.json`` keeps."""

    output_dir: str
    fingerprint: str
    recall_at_1: float
    recall_at_5: float
    best_step: int
    steps: int
    train: int
    dev: int
    labels: int
    truncated: int
    seconds: float
    report: str
    warnings: tuple[str, ...]


def train(
    settings: TrainSettings,
    files: TrainFiles,
    watch: Callable[[Status], None],
    *,
    resume: bool = True,
    accept_licence: bool = False,
) -> Summary | None:
    """Trains, keeps the best weights by dev recall@1, and writes model, summary and report into the output directory.

    Raises:
        ConfigError: The base cannot be had, or a checkpoint there belongs to another run.
        DataError: The sentences cannot train anything, or the loss ceased to be a number.
    """
    began = time.monotonic()
    data, truncated = _read(settings, files)
    processes = join_processes()
    texts = [example.text for example in (*data.train, *data.dev)]
    query, document = towers(settings, texts, accept_licence=accept_licence, device=processes.device)
    trainer = Trainer(settings, data, query, document, processes)
    outcome = trainer.run(files.output_dir, watch, resume=resume)
    if processes.rank == 0:
        _write(files.output_dir, query, document)
    processes.part()
    if processes.rank:
        return None  # the first process tells
    return _summary(files.output_dir, settings, data, outcome, truncated, time.monotonic() - began)


def _read(settings: TrainSettings, files: TrainFiles) -> tuple[TrainingData, int]:
    data = read_data(files)
    train_part, long_train = truncate(data.train, settings.sequence_length)
    dev_part, long_dev = truncate(data.dev, settings.sequence_length)
    warnings = data.warnings
    if long := long_train + long_dev:
        warnings += (
            f"{long} sentences are longer than --sequence-length {settings.sequence_length} and were cut",
        )
    for warning in warnings:
        print(f"提示：{warning}", file=sys.stderr)
    return replace(data, train=train_part, dev=dev_part, warnings=warnings), long


def _write(output_dir: Path, query: Tower, document: Tower) -> None:
    output_dir.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(output_dir / DOCUMENT_TOWER, ignore_errors=True)
    query.write(output_dir, {})
    if document is not query:
        document.write(output_dir / DOCUMENT_TOWER, {})
    checkpoint.remove(output_dir)


def _summary(
    output_dir: Path,
    settings: TrainSettings,
    data: TrainingData,
    outcome: Outcome,
    truncated: int,
    seconds: float,
) -> Summary:
    summary = Summary(
        output_dir=str(output_dir),
        fingerprint=directory_fingerprint(output_dir),
        recall_at_1=round(outcome.score.recall_at_1, 6),
        recall_at_5=round(outcome.score.recall_at_5, 6),
        best_step=outcome.best_step,
        steps=outcome.steps,
        train=len(data.train),
        dev=len(data.dev),
        labels=len(data.labels),
        truncated=truncated,
        seconds=round(seconds, 1),
        report=str(output_dir / REPORT_FILE),
        warnings=data.warnings,
    )
    facts: dict[str, object] = {**settings.as_dict(), "train": summary.train, "dev": summary.dev}
    facts |= {"labels": summary.labels, "truncated": truncated, "seconds": summary.seconds}
    write_report(output_dir / REPORT_FILE, outcome, facts, data.warnings)
    points = [[p.step, round(p.loss, 6), p.recall_at_1, p.recall_at_5] for p in outcome.points]
    kept = {"settings": settings.as_dict(), "best_step": outcome.best_step, "points": points}
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    (output_dir / SUMMARY_FILE).write_text(text + "\n", encoding="utf-8")
    return summary
