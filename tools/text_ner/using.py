"""A trained named-entity model over files: measured, applied, handed on."""

import shutil
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.predict.model_dir import FILE, ModelCard, read_model_card
from chatbot.predict.nlp.ner import TASK, NamedEntities, entity_kinds
from chatbot.predict.nlp.ner_model import NAMES_FILE, WEIGHTS_FILE, NerModel, load_ner
from tools.text_ner.data import read_annotated
from tools.text_ner.scoring import score


def evaluate_model(
    model_dir: Path, test: Path, text_column: str = "", tag_column: str = ""
) -> dict[str, object]:
    """Entity F1 of a model on annotated texts; columns that are not given are those it was trained from.

    Raises:
        ModelError, DataError: the directory or the file is not what it should be.
    """
    model, card = _opened(model_dir)
    sentences = read_annotated(
        test, _column(card, "first_sequence", text_column), _column(card, "label_name", tag_column)
    )
    return {"task": TASK, "sentences": len(sentences), **score(model, sentences).as_dict()}


def export_ner(model_dir: Path, output: Path) -> tuple[str, ...]:
    """Copy what serving needs to a new directory, the card last.

    Raises:
        ModelError: it does not load. ConfigError: ``output`` holds something already.
    """
    NamedEntities(model_dir).load()
    if output.exists() and any(output.iterdir()):
        raise ConfigError(f"--output {output}: 里面已有文件 → 给一个空目录")
    output.mkdir(parents=True, exist_ok=True)
    names = (WEIGHTS_FILE, NAMES_FILE, FILE)
    for name in names:
        shutil.copyfile(model_dir / name, output / name)
    return names


def _opened(model_dir: Path) -> tuple[NerModel, ModelCard]:
    card = read_model_card(model_dir, TASK)
    return load_ner(model_dir, entity_kinds(model_dir, card)), card


def _column(card: ModelCard, name: str, given: str) -> str:
    return given or str(card.settings.get(name, ""))
