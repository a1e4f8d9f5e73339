"""Text risk: an operator's words found however they are written, and a classifier where one is given."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import ConfigError, DataError, ModelError
from chatbot.json_file import Json
from chatbot.normalization.common_words import common_words
from chatbot.normalization.listed_words import FoundWord, ListedWord, WordMatcher
from chatbot.predict.base import Description, Input, Item, ItemError, Outcome, Predictor, Schema
from chatbot.predict.nlp.labelling import CLASSIFICATION, probabilities
from chatbot.predict.processors import Processor, processor
from chatbot.predict.settings import ModelSettings
from chatbot.sensitive_words import read_sensitive_words

TASK = "text_risk"
SAFE, OTHER = "正常", "其他风险"
LABELS = (SAFE, "低俗", "成人", OTHER)
_KEYS = ("sensitive_words", "safe_label", "word_label", "threshold")
SCHEMA = Schema(
    inputs=(Input("content", about="要检查的文字"),),
    outputs={
        "type": "object",
        "properties": {
            "risk": {"type": "string"},
            "decided_by": {"enum": ["words", "classifier", "nothing"]},
            "probabilities": {"type": "object", "additionalProperties": {"type": "number"}},
            "words": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "word": {"type": "string"},
                        "as_written": {"type": "string"},
                        "start": {"type": "integer"},
                        "end": {"type": "integer"},
                        "kind": {"enum": ["exact", "variant", "split", "pinyin", "homophone"]},
                        "label": {"type": "string"},
                    },
                },
            },
            "output": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["risk", "decided_by", "probabilities", "words", "output"],
    },
    example={"content": "今天天气真好"},
)


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """``safe`` is the label of what is no risk, ``word_label`` that of words without one of their own.

    A risk that the classifier sees counts from the probability ``threshold`` on.
    """

    words: Path | None
    safe: str = SAFE
    word_label: str = OTHER
    threshold: float = 0.5


class TextRisk:
    """A listed word decides alone; else the likeliest risk of the classifier, from the threshold on; else no risk.

    ``probabilities`` are those of what decided: of a word 1, of the classifier its own.
    """

    def __init__(self, settings: RiskSettings, classifier: Predictor | None) -> None:
        self._settings, self._classifier = settings, classifier
        self._matcher = WordMatcher(())
        about = classifier.describe() if classifier else None
        if about and settings.safe not in about.labels:
            raise ConfigError(
                f"model_config: 分类模型没有标签“{settings.safe}”，只有 {'、'.join(about.labels)}"
                " → 用 safe_label 指出哪个标签表示没有风险"
            )
        self._words = read_sensitive_words(settings.words) if settings.words else []
        known = about.labels if about else (settings.safe,)
        others = (word.label or settings.word_label for word in self._words)
        self._labels = tuple(dict.fromkeys((*known, *others)))
        self._version = about.version if about else _digest(self._words)

    def load(self) -> None:
        if self._classifier:
            self._classifier.load()
        self._matcher = WordMatcher(self._words, common_words() if self._words else None)

    def predict(self, items: Sequence[Item]) -> Sequence[Outcome]:
        judged: Sequence[Mapping[str, float] | ItemError]
        if self._classifier:
            judged = probabilities(self._classifier, [str(item["content"]) for item in items])
        else:
            judged = [{self._settings.safe: 1.0}] * len(items)
        return [self._outcome(str(item["content"]), one) for item, one in zip(items, judged, strict=True)]

    def describe(self) -> Description:
        about: dict[str, Json] = {"words": len(self._words), "classifier": self._classifier is not None}
        return Description(TASK, self._version, SCHEMA, self._labels, about)

    def unload(self) -> None:
        self._matcher = WordMatcher(())
        if self._classifier:
            self._classifier.unload()

    def _outcome(self, text: str, judged: Mapping[str, float] | ItemError) -> Outcome:
        words = self._matcher.find(text)
        if words:
            return self._shown(words[0].listed.label or self._settings.word_label, "words", None, words)
        if isinstance(judged, ItemError):
            return judged
        risks = {label: share for label, share in judged.items() if label != self._settings.safe}
        likeliest = max(risks, key=lambda label: risks[label], default=self._settings.safe)
        risky = risks.get(likeliest, 0.0) >= self._settings.threshold
        decided_by = "classifier" if self._classifier else "nothing"
        return self._shown(likeliest if risky else self._settings.safe, decided_by, judged, words)

    def _shown(
        self, risk: str, decided_by: str, judged: Mapping[str, float] | None, words: Sequence[FoundWord]
    ) -> Outcome:
        shares = {label: 0.0 for label in self._labels} | dict(judged or {risk: 1.0})
        ranked = sorted(shares, key=lambda label: (label != risk, -shares[label]))
        told: list[Json] = [
            {
                "word": one.listed.word, "as_written": one.as_written, "start": one.start, "end": one.end,
                "kind": one.way, "label": one.listed.label or self._settings.word_label,
            }
            for one in words
        ]  # fmt: skip
        output: list[Json] = [{"pred": label, "prob": shares[label]} for label in ranked]
        return {
            "risk": risk,
            "decided_by": decided_by,
            "probabilities": dict(shares),
            "words": told,
            "output": output,
        }


def make(place: Path | None, settings: Mapping[str, Json]) -> TextRisk:
    """From the directory of a classification model, where there is one, and a list of words, where there is one.

    Raises:
        ConfigError, ModelError: neither is given; a setting, the list or the model is not what it should be.
    """
    given = ModelSettings(settings, _KEYS)
    words = given.file("sensitive_words", place)
    if words is None and place is None:
        raise ConfigError(
            "text_risk 没有可依据的 → 写 model_path（分类模型）或 model_config.sensitive_words（词表）"
        )
    read = RiskSettings(
        words,
        given.text("safe_label", SAFE),
        given.text("word_label", OTHER),
        given.number("threshold", 0.5, 0, 1),
    )
    classifier = processor(CLASSIFICATION).make(place, {}) if place else None
    try:
        return TextRisk(read, classifier)
    except DataError as error:
        raise ModelError(error.message) from error


def _digest(words: Sequence[ListedWord]) -> str:
    listed = "\n".join(f"{one.word}\t{one.label}" for one in words)
    return hashlib.sha256(listed.encode("utf-8", "surrogatepass")).hexdigest()[:12]


PROCESSOR = Processor(TASK, make)
