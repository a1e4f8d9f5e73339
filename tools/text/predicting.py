"""``text predict``: what a model was trained from says which columns it reads; the rest is the engine of ``tools/predict``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chatbot.json_file import Json
from chatbot.predict.model_dir import read_model_card, task_of
from chatbot.predict.nlp.ner import TASK as NER
from tools.predict.asked import Asked, job_of
from tools.predict.cli import do
from tools.predict.run import Job

OUTPUTS: tuple[str, ...] = ("predictions", "probabilities", "logits")
ENTITIES: tuple[str, ...] = ("entities",)


@dataclass(frozen=True, slots=True)
class Texts:
    """What is asked; columns that are not given are those the model was trained from."""

    model_dir: Path
    source: Path
    target: Path
    first: str = ""
    second: str = ""
    appended: str = ""
    threads: int = 1


def predict_texts(given: Texts, *, batch_size: int, workers: int, restart: bool, as_json: bool) -> None:
    """Write a prediction for each line, in order, as ``tools predict`` does.

    Raises:
        ModelError, DataError, ConfigError: the model, the file or a column is not what it should be.
    """
    do(texts_job(given, batch_size, workers, restart=restart), as_json=as_json)


def texts_job(given: Texts, batch_size: int, workers: int, *, restart: bool) -> Job:
    """The engine's job."""
    task = task_of(given.model_dir)
    stated = read_model_card(given.model_dir, task).settings
    first = given.first or str(stated.get("first_sequence") or "sentence")
    second = given.second or str(stated.get("second_sequence") or "")
    settings: Mapping[str, Json] = {}
    if task == NER:
        columns, only = f"content={first}", ENTITIES
    else:
        columns, only = f"first_sequence={first}" + (f",second_sequence={second}" if second else ""), OUTPUTS
        settings = {"threads": given.threads}
    asked = Asked(
        given.model_dir, given.source, given.target, settings=settings, columns=columns,
        append_columns=given.appended, batch_size=batch_size, workers=workers, restart=restart, only=only,
    )  # fmt: skip
    return job_of(asked)
