"""Image risk: an operator's labels by a classifier of their own, and a default score of what is not safe for work.

Either alone will do. The classifier decides first, since its labels are the operator's; the score stands beside it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import ConfigError, ModelError
from chatbot.json_file import Json
from chatbot.predict.base import Description, Item, ItemError, Outcome
from chatbot.predict.processors import Processor
from chatbot.predict.settings import ModelSettings
from chatbot.predict.vision.asked import EXPLAIN, IMAGE
from chatbot.predict.vision.image_card import read_image_card
from chatbot.predict.vision.image_classification import (
    BODY_BYTES,
    ImageClassifier,
    read_options,
    schema,
    wants_explanation,
)
from chatbot.predict.vision.nsfw import NsfwScorer
from chatbot.predict.vision.pictures import Limits, PictureError, decode, from_base64
from chatbot.predict.vision.wires import FORMS, INVALID_PICTURE, PictureForms

TASK = "image_risk"
SAFE, NSFW = "正常", "不雅"
_KEYS = ("safe_label", "threshold", "nsfw_model", "nsfw_label", "nsfw_threshold")
_NSFW_SIZE = 512
"""A JPEG may be decoded no smaller than this: twice what the network's picture is scaled to."""
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """A class other than ``safe`` is a risk from ``threshold`` on; the score counts as ``nsfw`` from ``nsfw_threshold``."""

    safe: str = SAFE
    threshold: float = 0.5
    nsfw: str = NSFW
    nsfw_threshold: float = 0.8


class ImageRisk:
    """``class_probs`` holds what each judge says, so that the numbers of two judges do not add up to 1."""

    def __init__(
        self,
        settings: RiskSettings,
        limits: Limits,
        classifier: ImageClassifier | None,
        scorer: NsfwScorer | None,
        forms: tuple[str, ...] = FORMS,
    ) -> None:
        self._settings, self._limits, self._forms = settings, limits, forms
        self._classifier, self._scorer = classifier, scorer
        known = classifier.card.labels if classifier else (settings.safe,)
        if settings.safe not in known:
            raise ConfigError(
                f"model_config: 分类模型没有标签“{settings.safe}”，只有 {'、'.join(known)}"
                " → 用 safe_label 指出哪个标签表示没有风险"
            )
        self._labels = tuple(dict.fromkeys((*known, settings.nsfw) if scorer else known))

    def load(self) -> None:
        if self._classifier:
            self._classifier.load()
        if self._scorer:
            self._scorer.load()

    def predict(self, items: Sequence[Item]) -> Sequence[Outcome]:
        judged: Sequence[Outcome | None] = (
            self._classifier.predict(items) if self._classifier else [None] * len(items)
        )
        return [self._outcome(item, one) for item, one in zip(items, judged, strict=True)]

    def describe(self) -> Description:
        about: dict[str, Json] = {
            "takes": IMAGE,
            "wire_formats": list(self._forms),
            "explanations": [],
            "multi_label": False,
            "picture": {
                "bytes": self._limits.bytes,
                "pixels": self._limits.pixels,
                "side": self._limits.side,
            },
        }
        if self._classifier:
            about |= self._classifier.describe().about
        about |= {"nsfw": self._scorer is not None, "safe_label": self._settings.safe}
        return Description(TASK, self._version(), schema(self._forms), self._labels, about)

    def unload(self) -> None:
        if self._classifier:
            self._classifier.unload()
        if self._scorer:
            self._scorer.unload()

    def _outcome(self, item: Item, judged: Outcome | None) -> Outcome:
        if isinstance(judged, ItemError):
            return judged
        if judged is None and EXPLAIN in item:
            return ItemError("invalid_item", "不雅评分不能解释 → 配上自己的分类模型（model_path），再要解释")
        chances: dict[str, float] = {}
        if judged is not None:
            shares = judged["class_probs"]
            assert isinstance(shares, Mapping)
            chances = {str(label): float(str(share)) for label, share in shares.items()}
        more: dict[str, Json] = {}
        if self._scorer:
            try:
                picture = decode(from_base64(str(item[IMAGE]), self._limits), self._limits, _NSFW_SIZE)
            except PictureError as error:
                return ItemError(INVALID_PICTURE, error.message)
            score = round(self._scorer.score(picture.image), _DIGITS)
            more = {"nsfw": score, "meta": {"height": picture.height, "width": picture.width}}
            chances = self._with_score(chances, score)
        risk, decided_by = self._decided(chances, judged is not None, more.get("nsfw"))
        return {
            **(judged or {}),
            **more,
            "class": self._labels.index(risk),
            "class_name": risk,
            "probs": [chances[label] for label in self._labels],
            "class_probs": {label: chances[label] for label in self._labels},
            "risk": risk,
            "decided_by": decided_by,
        }

    def _with_score(self, chances: Mapping[str, float], score: float) -> dict[str, float]:
        """A classifier's own label of the same name keeps its own number."""
        if not chances:
            return {self._settings.safe: round(1 - score, _DIGITS), self._settings.nsfw: score}
        return {self._settings.nsfw: score, **chances}

    def _decided(self, chances: Mapping[str, float], classified: bool, score: Json) -> tuple[str, str]:
        settings = self._settings
        if classified and self._classifier:
            risks = {
                label: chances[label] for label in self._classifier.card.labels if label != settings.safe
            }
            likeliest = max(risks, key=lambda label: risks[label])
            if risks[likeliest] >= settings.threshold:
                return likeliest, "classifier"
        if isinstance(score, float) and score >= settings.nsfw_threshold:
            return settings.nsfw, "nsfw"
        return settings.safe, "nothing"

    def _version(self) -> str:
        if self._classifier:
            return self._classifier.card.version
        if self._scorer is None or not self._scorer.path.is_file():
            return "none"
        with self._scorer.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def make_image_risk(model_path: Path | None, settings: Mapping[str, Json]) -> ImageRisk:
    """From the directory of a classifier, where there is one, and the file of open_nsfw, where there is one.

    Raises:
        ConfigError, ModelError: neither is given; a setting or a model is not what it should be.
    """
    options = read_options(settings, _KEYS)
    own = {key: value for key, value in settings.items() if key in _KEYS}
    given = ModelSettings(own, _KEYS)
    file = given.file("nsfw_model", model_path)
    if file is None and model_path is None:
        raise ModelError(
            "image_risk 没有可依据的 → 写 model_path（自己的分类模型），或 model_config.nsfw_model"
            "（python -m tools image fetch nsfw 取来的文件）"
        )
    read = RiskSettings(
        given.text("safe_label", SAFE),
        given.number("threshold", 0.5, 0, 1),
        given.text("nsfw_label", NSFW),
        given.number("nsfw_threshold", 0.8, 0, 1),
    )
    classifier = ImageClassifier(model_path, read_image_card(model_path), options) if model_path else None
    return ImageRisk(read, options.limits, classifier, NsfwScorer(file) if file else None, options.forms)


PROCESSOR = Processor(TASK, make_image_risk, PictureForms(), body_bytes=BODY_BYTES, apart=wants_explanation)
