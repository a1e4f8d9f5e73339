"""The service of an operator's own named entities: text in, spans with their types out."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from chatbot.errors import ConfigError, ModelError
from chatbot.json_file import Json, shown
from chatbot.predict.base import Description, Input, Item, Outcome, Schema
from chatbot.predict.model_dir import FILE, ModelCard, read_model_card
from chatbot.predict.nlp.ner_model import NerModel, load_ner, template_count
from chatbot.predict.nlp.ner_tags import Span
from chatbot.predict.processors import Processor
from chatbot.predict.settings import ModelSettings

TASK = "text_ner"
ENTITY: dict[str, Json] = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "type": {"type": "string"},
        "start": {"type": "integer"},
        "end": {"type": "integer"},
    },
}
"""The JSON Schema of one entity."""

SCHEMA = Schema(
    inputs=(Input("content", about="要标注的文字"),),
    outputs={
        "type": "object",
        "properties": {"entities": {"type": "array", "items": ENTITY}},
        "required": ["entities"],
    },
    example={"content": "明天去北京看展览"},
)


def shown_entities(text: str, spans: Sequence[Span]) -> list[Json]:
    """``spans`` of ``text`` as a reply holds them."""
    return [
        {"text": text[one.start : one.end], "type": one.kind, "start": one.start, "end": one.end}
        for one in spans
    ]


class NamedEntities:
    """A ``Predictor`` over a directory that ``text train --task ner`` wrote."""

    def __init__(self, place: Path) -> None:
        """Raises ``ModelError`` when ``place`` is not such a directory."""
        self._place, self._card = place, read_model_card(place, TASK)
        self.kinds = entity_kinds(place, self._card)
        self._model: NerModel | None = None

    def load(self) -> None:
        self._model = load_ner(self._place, self.kinds)

    def spans(self, text: str) -> list[Span]:
        """The entities of one text. Called after ``load``."""
        assert self._model is not None
        return self._model.spans(text)

    def predict(self, items: Sequence[Item]) -> Sequence[Outcome]:
        texts = [str(item["content"]) for item in items]
        return [{"entities": shown_entities(text, self.spans(text))} for text in texts]

    def describe(self) -> Description:
        return Description(TASK, self._card.version, SCHEMA, self.kinds)

    def unload(self) -> None:
        self._model = None


def entity_kinds(place: Path, card: ModelCard) -> tuple[str, ...]:
    """The types of entity that a model directory states.

    Raises:
        ModelError: they are not there, or the model was made by another version's features.
    """
    kinds, templates = card.settings.get("kinds"), card.settings.get("templates")
    if not isinstance(kinds, list) or not kinds or not all(isinstance(kind, str) for kind in kinds):
        raise ModelError(f"{place / FILE}: kinds 的值是 {shown(kinds)} → 应是实体类型的列表；重新训练")
    if templates != template_count():
        raise ModelError(
            f"{place / FILE}: 模型用 {shown(templates)} 种特征，这里是 {template_count()} 种 → 用这个版本重新训练"
        )
    return tuple(str(kind) for kind in kinds)


def make(place: Path | None, settings: Mapping[str, Json]) -> NamedEntities:
    """Raises ``ConfigError`` or ``ModelError``: no directory, or not one of this task."""
    ModelSettings(settings, ())
    if place is None:
        raise ConfigError("text_ner 要有 model_path → 写上 python -m tools text train --task ner 的输出目录")
    return NamedEntities(place)


PROCESSOR = Processor(TASK, make)
