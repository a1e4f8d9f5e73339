"""``text train --task ner``: files in, a model directory and figures out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from chatbot.errors import ConfigError
from chatbot.predict.nlp.ner import TASK
from tools.text.settings import TrainFiles
from tools.text_ner.crf import CrfSettings
from tools.text_ner.data import Annotated, read_annotated
from tools.text_ner.report import FILE as REPORT_FILE
from tools.text_ner.report import confusion, write_report
from tools.text_ner.training import Tell, Trained, train_ner

DEV_SHARE = 0.1
_LEAST_HELD_OUT = 20


def train_from_files(files: TrainFiles, settings: CrfSettings, tell: Tell) -> dict[str, object]:
    """A training run; what it made, for ``--json``.

    Raises:
        DataError: what the files hold cannot train a model. ConfigError: a setting makes no sense.
    """
    check(settings)
    train = read_annotated(files.train, files.columns.first, files.columns.label)
    if files.dev is not None:
        dev = read_annotated(files.dev, files.columns.first, files.columns.label)
    else:
        train, dev = held_out(train, settings.seed)
    made = train_ner(train, dev, files, settings, tell)
    report = files.output_dir / REPORT_FILE
    _report(
        report,
        made,
        dev,
        {
            "训练集": len(train),
            "验证集": len(dev),
            "特征": made.features,
            "用时（秒）": made.seconds,
            **asdict(settings),
        },
    )
    found: dict[str, object] = {
        "task": TASK, "output_dir": str(files.output_dir), "version": made.version, "kinds": list(made.kinds),
        "features": made.features, "train": len(train), "dev": len(dev), "seconds": made.seconds,
        "report": str(report),
    }  # fmt: skip
    return found | (made.dev.as_dict() if made.dev else {})


def _report(path: Path, made: Trained, dev: Sequence[Annotated], facts: Mapping[str, object]) -> None:
    model = made.model
    mixed = (
        confusion(made.kinds, ((one.text, model.spans(one.text), one.spans) for one in dev))
        if model
        else None
    )
    write_report(path, made.dev, mixed, made.losses, facts)


def held_out(sentences: list[Annotated], seed: int) -> tuple[list[Annotated], list[Annotated]]:
    """A tenth for measuring, by the seed; none where there are too few. A text that stands twice is on one side only."""
    texts = sorted({one.text for one in sentences})
    if len(texts) < _LEAST_HELD_OUT:
        return sentences, []
    chosen = np.random.default_rng(seed).choice(len(texts), round(len(texts) * DEV_SHARE), replace=False)
    apart = {texts[number] for number in chosen}
    return [one for one in sentences if one.text not in apart], [
        one for one in sentences if one.text in apart
    ]


def check(settings: CrfSettings) -> None:
    """Raises ``ConfigError`` for what cannot be learned by."""
    for name in ("epochs", "batch_size", "learning_rate"):
        value = getattr(settings, name)
        if not value > 0:
            raise ConfigError(f"--{name.replace('_', '-')} {value}: 应大于 0")


def settings_of(
    epochs: int | None, batch_size: int | None, learning_rate: float | None, seed: int
) -> CrfSettings:
    """The settings with what the command line gives in place of the defaults."""
    default = CrfSettings()
    return CrfSettings(
        epochs=default.epochs if epochs is None else epochs,
        batch_size=default.batch_size if batch_size is None else batch_size,
        learning_rate=default.learning_rate if learning_rate is None else learning_rate,
        seed=seed,
    )
