"""A model directory names itself: ``predictor.json`` says which task it is for, and which version of its format."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.errors import ConfigError, ModelError
from chatbot.json_file import Json, read_json_object, shown

FILE = "predictor.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class ModelCard:
    """``task`` is the processor's name, ``version`` names this very model, ``settings`` are the task's own."""

    task: str
    version: str
    settings: Mapping[str, Json] = field(default_factory=dict)


def write_model_card(folder: Path, card: ModelCard) -> None:
    """State in ``folder`` what it holds; written last, in one piece, so that half a model is none."""
    about = {"format": FORMAT, "task": card.task, "version": card.version, **card.settings}
    beside = folder / f".{FILE}.{os.getpid()}"
    beside.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(folder / FILE)


def task_of(folder: Path) -> str:
    """The task that ``folder`` is for, which is the name of its processor.

    Raises:
        ModelError: no model directory, or it does not say.
    """
    task = _about(folder).get("task")
    if not isinstance(task, str) or not task:
        raise ModelError(f"{folder / FILE}: task 的值是 {shown(task)} → 应是处理器的名字")
    return task


def read_model_card(folder: Path, task: str) -> ModelCard:
    """What ``folder`` says of itself.

    Raises:
        ModelError: no model directory, one of another task, or of a newer format.
    """
    about = _about(folder)
    found, made_by = about.pop("task", None), about.pop("format", None)
    if made_by != FORMAT:
        raise ModelError(
            f"{folder / FILE}: format 是 {shown(made_by)}，这里只认识 {FORMAT} → 用写它的那个版本，或重新训练"
        )
    if found != task:
        raise ModelError(
            f"{folder / FILE}: 这是 {shown(found)} 的模型，不是 {task} 的 → 换一个模型目录，或改 processor"
        )
    version = about.pop("version", None)
    if not isinstance(version, str) or not version:
        raise ModelError(f"{folder / FILE}: version 的值是 {shown(version)} → 应是文字")
    return ModelCard(task, version, about)


def _about(folder: Path) -> dict[str, Json]:
    if not folder.is_dir():
        raise ModelError(f"{folder}: 没有这个模型目录 → 检查 model_path，或先训练")
    try:
        return read_json_object(folder / FILE, "模型说明")
    except ConfigError as error:
        raise ModelError(error.message) from error
