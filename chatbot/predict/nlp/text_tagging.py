"""Text tagging: keywords, named entities and labels of one text, each switched by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import ConfigError, DataError
from chatbot.json_file import Json
from chatbot.predict.base import Description, Input, Item, ItemError, Outcome, Predictor, Schema
from chatbot.predict.nlp.default_ner import DefaultNer
from chatbot.predict.nlp.keywords import Keywords, read_user_words
from chatbot.predict.nlp.labelling import CLASSIFICATION, probabilities
from chatbot.predict.nlp.ner import ENTITY, NamedEntities, shown_entities
from chatbot.predict.nlp.text_labels import read_mapping, shown_labels, text_labels, unmapped
from chatbot.predict.processors import Processor, processor
from chatbot.predict.settings import ModelSettings

TASK = "text_tagging"
VERSION = "1"
_PARTS = ("user_ner", "default_text_label", "user_text_label")
_KEYS = (
    "use_keyword", "use_ner", "use_default_ner", "use_text_label", "alpha", "top_k", "user_dict", "threshold",
    "append_root", "label_mapping", *(f"{part}_model" for part in _PARTS),
)  # fmt: skip
_KEYWORD: dict[str, Json] = {
    "type": "object",
    "properties": {"word": {"type": "string"}, "weight": {"type": "number"}},
}
_LABEL: dict[str, Json] = {
    "type": "object",
    "properties": {"label": {"type": "string"}, "root": {"type": "string"}, "weight": {"type": "number"}},
}
_COLUMNS: Mapping[str, dict[str, Json]] = {
    "keywords": _KEYWORD,
    "default_ner": ENTITY,
    "user_ner": ENTITY,
    "default_text_label": _LABEL,
    "user_text_label": _LABEL,
}
SCHEMA = Schema(
    inputs=(Input("content", about="要打标签的文字"),),
    outputs={
        "type": "object",
        "properties": {name: {"type": "array", "items": item} for name, item in _COLUMNS.items()},
        "required": list(_COLUMNS),
    },
    example={"content": "周末在上海吃了一顿重庆火锅，味道很好"},
)


@dataclass(frozen=True, slots=True)
class TaggingSettings:
    """``alpha`` is TF-IDF's part of a keyword's weight, ``threshold`` the least probability of a label."""

    use_keyword: bool
    use_default_ner: bool
    alpha: float
    top_k: int
    threshold: float
    append_root: bool
    user_words: tuple[str, ...]
    mapping: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Models:
    """What an operator trained; ``None`` where there is none or its part is switched off."""

    user_ner: NamedEntities | None = None
    default_labels: Predictor | None = None
    user_labels: Predictor | None = None

    def present(self) -> list[Predictor]:
        return [one for one in (self.user_ner, self.default_labels, self.user_labels) if one is not None]


class TextTagging:
    """Each part answers with an empty list where it is switched off or has no model."""

    def __init__(self, settings: TaggingSettings, models: Models) -> None:
        """Raises ``ConfigError`` when the mapping names labels that no model has."""
        self._settings, self._models = settings, models
        self._keywords: Keywords | None = None
        self._default_ner: DefaultNer | None = None
        classifiers = [one for one in (models.default_labels, models.user_labels) if one]
        labels = tuple(dict.fromkeys(label for one in classifiers for label in one.describe().labels))
        if classifiers and (unknown := unmapped(labels, settings.mapping)):
            raise ConfigError(
                f"model_config: label_mapping 里的“{unknown[0]}”不是模型的标签，模型有 {'、'.join(labels[:20])}"
                " → 改正它，或删掉这一项"
            )
        self._labels = labels

    def load(self) -> None:
        if self._settings.use_keyword:
            self._keywords = Keywords(self._settings.user_words)
        if self._settings.use_default_ner:
            self._default_ner = DefaultNer()
        for model in self._models.present():
            model.load()

    def predict(self, items: Sequence[Item]) -> Sequence[Outcome]:
        texts = [str(item["content"]) for item in items]
        default = self._text_labels(self._models.default_labels, texts)
        user = self._text_labels(self._models.user_labels, texts)
        return [self._outcome(text, one, two) for text, one, two in zip(texts, default, user, strict=True)]

    def describe(self) -> Description:
        about: dict[str, Json] = {
            "keywords": self._settings.use_keyword,
            "default_ner": self._settings.use_default_ner,
            "user_ner": list(self._models.user_ner.kinds) if self._models.user_ner else [],
            "default_text_label": self._models.default_labels is not None,
            "user_text_label": self._models.user_labels is not None,
        }
        versions = [one.describe().version for one in self._models.present()]
        return Description(TASK, "-".join(versions) or VERSION, SCHEMA, self._labels, about)

    def unload(self) -> None:
        self._keywords = self._default_ner = None
        for model in self._models.present():
            model.unload()

    def _outcome(self, text: str, default: list[Json] | ItemError, user: list[Json] | ItemError) -> Outcome:
        if isinstance(default, ItemError):
            return default
        if isinstance(user, ItemError):
            return user
        settings, ner = self._settings, self._models.user_ner
        words = self._keywords.of(text, settings.alpha, settings.top_k) if self._keywords else []
        return {
            "keywords": [{"word": one.word, "weight": one.weight} for one in words],
            "default_ner": shown_entities(text, self._default_ner.spans(text)) if self._default_ner else [],
            "user_ner": shown_entities(text, ner.spans(text)) if ner else [],
            "default_text_label": default,
            "user_text_label": user,
        }

    def _text_labels(self, model: Predictor | None, texts: Sequence[str]) -> list[list[Json] | ItemError]:
        if model is None:
            return [[] for _ in texts]
        settings = self._settings
        return [
            judged
            if isinstance(judged, ItemError)
            else shown_labels(text_labels(judged, settings.threshold, settings.mapping, settings.append_root))
            for judged in probabilities(model, texts)
        ]


def make(place: Path | None, settings: Mapping[str, Json]) -> TextTagging:
    """From ``model_config``; ``model_path``, where given, may hold ``user_ner/``, ``user_text_label/`` and the like.

    Raises:
        ConfigError, ModelError, DataError: a setting, a file or a model is not what it should be.
    """
    given = ModelSettings(settings, _KEYS)
    user_dict = given.file("user_dict", place)
    use_ner, use_labels = given.switch("use_ner", True), given.switch("use_text_label", True)
    try:
        user_words = read_user_words(user_dict) if user_dict else ()
    except DataError as error:
        raise ConfigError(error.message) from error
    read = TaggingSettings(
        use_keyword=given.switch("use_keyword", True),
        use_default_ner=use_ner and given.switch("use_default_ner", True),
        alpha=given.number("alpha", 0.5, 0, 1),
        top_k=given.integer("top_k", 10, 1, 1000),
        threshold=given.number("threshold", 0.5, 0, 1),
        append_root=given.switch("append_root", False),
        user_words=user_words,
        mapping=read_mapping(given.file("label_mapping", place)),
    )
    places = {part: _place_of(given, part, place) for part in _PARTS}
    ner = places["user_ner"] if use_ner else None
    labels = [places[part] if use_labels else None for part in _PARTS[1:]]
    classifiers = [processor(CLASSIFICATION).make(one, {}) if one else None for one in labels]
    return TextTagging(read, Models(NamedEntities(ner) if ner else None, *classifiers))


def _place_of(given: ModelSettings, part: str, place: Path | None) -> Path | None:
    """The directory of a part's model: as ``model_config`` names it, or of its name below ``model_path``."""
    named = given.directory(f"{part}_model", place)
    if named is None and place is not None and (place / part).is_dir():
        return place / part
    return named


PROCESSOR = Processor(TASK, make, file_names={"keywords": "keyword"})
