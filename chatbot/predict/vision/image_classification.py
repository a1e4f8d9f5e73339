"""Image classification on ONNX Runtime: pictures in base64 to classes; on request, why (``explaining``, which needs torch).

On a CPU a batch takes as long as its pictures one by one (measured: 14.5 against 14.8 ms each), so each is run by
itself: what else is in a batch changes no bit, and no more than one decoded picture a thread is in memory.
"""

import base64
import io
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from chatbot.errors import ModelError
from chatbot.json_file import Json
from chatbot.predict.base import UNTIL, Description, Input, Item, ItemError, Outcome, Predictor, Schema
from chatbot.predict.processors import Processor
from chatbot.predict.settings import ModelSettings
from chatbot.predict.vision.asked import ALGORITHMS, EXPLAIN, IMAGE, explanation_of
from chatbot.predict.vision.chances import Chances, chosen, probabilities
from chatbot.predict.vision.explanations import LAZY, OFF, READY, Explanations, Seen
from chatbot.predict.vision.image_card import (
    ONNX_FILE,
    ONNX_INPUT,
    ONNX_OUTPUT,
    TASK,
    ImageCard,
    read_image_card,
)
from chatbot.predict.vision.pictures import LIMITS, MIB, Limits, Picture, PictureError, decode, from_base64
from chatbot.predict.vision.preparing import Pixels
from chatbot.predict.vision.wires import FORMS, INVALID_PICTURE, PictureForms

BODY_BYTES = 32 * MIB
"""One picture of 20 MB in base64, or many small ones."""
_DIGITS = 6
_KEYS = ("threads", "explain", "wire_formats", "picture_bytes", "picture_pixels")


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """``threads`` pictures of a batch at once; ``explain`` is *lazy* (torch when first asked), *ready* or *off*."""

    threads: int = 1
    explain: str = LAZY
    forms: tuple[str, ...] = FORMS
    limits: Limits = LIMITS


class ImageClassifier:
    """The model in ``folder``. Files of pictures may also be classified directly: ``classify``."""

    def __init__(
        self, folder: Path, card: ImageCard, options: Options, explanations: Explanations | None = None
    ) -> None:
        self.card = card
        self._folder, self._options = folder, options
        self._session: Any = None
        self._side_by_side: ThreadPoolExecutor | None = None
        self._explanations = explanations or Explanations(folder, card, options.explain, options.threads)

    def load(self) -> None:
        self._session = open_session(self._folder / ONNX_FILE)
        found = self._session.get_outputs()[0].shape[-1]
        if found != len(self.card.labels):
            raise ModelError(
                f"{self._folder / ONNX_FILE}: 模型有 {found} 个类，标签表有 {len(self.card.labels)} 个 → 一起重新导出"
            )
        if self._options.threads > 1:
            self._side_by_side = ThreadPoolExecutor(self._options.threads, "picture")
        self._explanations.start()

    def predict(self, items: Sequence[Item]) -> Sequence[Outcome]:
        return self._each(self._answer, items)

    def classify(self, files: Sequence[bytes]) -> Sequence[Outcome]:
        """As ``predict``, of pictures that need no base64."""
        return self._each(self._of_file, files)

    def describe(self) -> Description:
        limits = self._options.limits
        about: dict[str, Json] = {
            "takes": IMAGE,
            "wire_formats": list(self._options.forms),
            "explanations": list(ALGORITHMS) if self._explanations.can else [],
            "multi_label": self.card.multi_label,
            "crop": self.card.preparation.size,
            "picture": {"bytes": limits.bytes, "pixels": limits.pixels, "side": limits.side},
        }
        return Description(TASK, self.card.version, schema(self._options.forms), self.card.labels, about)

    def prepare_explanations(self) -> None:
        """What the first explanation would wait for; nothing where there are none."""
        self._explanations.prepare()

    def unload(self) -> None:
        pool, self._side_by_side, self._session = self._side_by_side, None, None
        if pool is not None:
            pool.shutdown()
        self._explanations.stop()

    def _each(self, answer: Callable[[T], Outcome], given: Sequence[T]) -> list[Outcome]:
        if self._side_by_side is None or len(given) == 1:
            return [answer(one) for one in given]
        return list(self._side_by_side.map(answer, given))

    def _answer(self, item: Item) -> Outcome:
        try:
            picture = self._decode(from_base64(str(item[IMAGE]), self._options.limits))
        except PictureError as error:
            return ItemError(INVALID_PICTURE, error.message)
        pixels = self.card.preparation.prepare(picture.image)
        chances = self._run(pixels)
        outcome = self._outcome(chances, picture)
        if EXPLAIN not in item:
            return outcome
        seen = Seen(pixels, self.card.preparation.square(picture.image), chances[0])
        until = item.get(UNTIL)
        more = self._explanations.explain(
            seen, explanation_of(item[EXPLAIN]), float(until) if isinstance(until, int | float) else None
        )
        return more if isinstance(more, ItemError) else {**outcome, **more}

    def _of_file(self, data: bytes) -> Outcome:
        try:
            picture = self._decode(data)
        except PictureError as error:
            return ItemError(INVALID_PICTURE, error.message)
        return self._outcome(self._run(self.card.preparation.prepare(picture.image)), picture)

    def _decode(self, data: bytes) -> Picture:
        return decode(data, self._options.limits, self.card.preparation.enough)

    def _run(self, pixels: Pixels) -> Chances:
        logits = self._session.run([ONNX_OUTPUT], {ONNX_INPUT: pixels[None]})[0]
        return probabilities(logits, self.card)

    def _outcome(self, chances: Chances, picture: Picture) -> dict[str, Json]:
        labels = self.card.labels
        rounded = chances[0].round(_DIGITS).tolist()
        picked = [int(one) for one in np.flatnonzero(chosen(chances, self.card)[0])]
        names = [labels[one] for one in picked]
        many = self.card.multi_label
        return {
            "class": [*picked] if many else picked[0],
            "class_name": [*names] if many else names[0],
            "probs": rounded,
            "class_probs": dict(zip(labels, rounded, strict=True)),
            "meta": {"height": picture.height, "width": picture.width},
        }


def open_session(path: Path) -> Any:
    """``path`` on ONNX Runtime, one thread a run: pictures are what is done side by side.

    Raises:
        ModelError: missing, damaged, or ONNX Runtime is not installed.
    """
    try:
        import onnxruntime  # an optional extra
    except ModuleNotFoundError as error:
        raise ModelError(
            f"{path}: 图片模型要 ONNX Runtime → pip install 'whitebox-chatbot[vision]'"
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = 1, 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library raises bare Exception subclasses of its own
        raise ModelError(f"{path}: 读不了（{error}）→ 重新导出，或补全模型目录") from error


def make_image_classifier(model_path: Path | None, settings: Mapping[str, Json]) -> ImageClassifier:
    """The predictor of the model in ``model_path``.

    Raises:
        ModelError, ConfigError: not such a model, or settings that do not fit.
    """
    if model_path is None:
        raise ModelError("model_path: image_classification 要一个模型目录 → 先训练，再写上它")
    return ImageClassifier(model_path, read_image_card(model_path), read_options(settings))


def read_options(settings: Mapping[str, Json], others: tuple[str, ...] = ()) -> Options:
    """``model_config``; ``others`` are keys that somebody else reads.

    Raises:
        ConfigError: a key or value that does not fit.
    """
    given = ModelSettings(settings, (*_KEYS, *others))
    return Options(
        threads=given.integer("threads", len(os.sched_getaffinity(0)), 1, 256),
        explain=given.choice("explain", LAZY, (LAZY, READY, OFF)),
        forms=given.some("wire_formats", FORMS),
        limits=Limits(
            bytes=given.integer("picture_bytes", LIMITS.bytes, 1, LIMITS.bytes),
            pixels=given.integer("picture_pixels", LIMITS.pixels, 1, 10**9),
        ),
    )


def schema(forms: tuple[str, ...]) -> Schema:
    """Of all image services."""
    numbers: dict[str, Json] = {"type": "object", "additionalProperties": {"type": "number"}}
    return Schema(
        inputs=(
            Input(IMAGE, "image", about="图片文件的 base64 · a picture's file in base64", most=LIMITS.bytes),
        ),
        outputs={"type": "object", "properties": {"class_probs": numbers}, "required": ["class_probs"]},
        example={IMAGE: example_picture()},
        forms=forms,
    )


def example_picture() -> str:
    """A small picture in base64: a shade from dark to light."""
    shade: NDArray[np.uint8] = (
        np.linspace(0, 255, 32, dtype=np.uint8)[None, :, None].repeat(32, 0).repeat(3, 2)
    )
    file = io.BytesIO()
    Image.fromarray(shade).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def load_explanations(predictor: Predictor) -> None:
    """Have torch loaded, where it is not, before a request's time is shared out."""
    if isinstance(predictor, ImageClassifier):
        predictor.prepare_explanations()


def wants_explanation(item: Item) -> bool:
    """Whether others should not wait for this item."""
    return EXPLAIN in item


PROCESSOR = Processor(
    TASK,
    make_image_classifier,
    PictureForms(),
    body_bytes=BODY_BYTES,
    apart=wants_explanation,
    before_apart=load_explanations,
)
