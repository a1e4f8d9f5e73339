"""Explanations as a service gives them: which classes, how many steps the time allows, what the reply says of it."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from chatbot.errors import ModelError
from chatbot.json_file import Json
from chatbot.predict.base import ItemError
from chatbot.predict.vision.asked import INTEGRATED, XRAI, Explanation
from chatbot.predict.vision.heat import overlay
from chatbot.predict.vision.image_card import WEIGHTS_FILE, ImageCard
from chatbot.predict.vision.preparing import Pixels

LAZY, READY, OFF = "lazy", "ready", "off"
MOST_CLASSES = 5
LEAST_STEPS = 8
"""Fewer are not worth the name of an integral."""

_SHARE = 0.7
"""Of the time that is left, what is planned for: machines have other things to do."""
_PASSES = {XRAI: 2, INTEGRATED: 1}
"""Gradients a step: xrai integrates from black and from white."""
_SEGMENT_SECONDS = 2.0
_SMOOTHING = 0.3
_DIGITS = 8
_LOG = logging.getLogger("chatbot.predict")


class Explains(Protocol):
    """What ``explaining.Explainer`` does; a name for it that needs no torch."""

    def attribute(self, pixels: Pixels, target: int, wanted: Explanation) -> Any: ...

    def gradient_seconds(self, size: int) -> float: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as the network saw it: ``pixels`` (3, S, S) prepared, ``square`` (S, S, 3) of 0 to 255, ``chances`` (C)."""

    pixels: Pixels
    square: NDArray[np.uint8]
    chances: NDArray[np.float64]


class Explanations:
    """Of one model. ``when`` torch is loaded: *lazy* (when first asked), *ready* (with the model), or *off*."""

    def __init__(
        self,
        folder: Path,
        card: ImageCard,
        when: str,
        threads: int = 1,
        load: Callable[[Path, ImageCard, int], Explains] | None = None,
    ) -> None:
        self._folder, self._card, self._when, self._threads = folder, card, when, threads
        self._load_explainer = load or _load
        self._explainer: Explains | None = None
        self._loading = threading.Lock()
        self._gradient_seconds, self._segment_seconds = 0.0, _SEGMENT_SECONDS
        self._untold_loading = 0.0  # seconds that a caller waited for it, until a reply says so

    @property
    def can(self) -> bool:
        """Whether this model can be explained."""
        return self._when != OFF and (self._folder / WEIGHTS_FILE).is_file()

    def start(self) -> None:
        """Raises ``ModelError`` where torch is wanted at once and cannot be had."""
        if self._when == READY:
            self._loaded()

    def prepare(self) -> None:
        """Load what is loaded when first asked, so that it does not take of the time of whoever asks."""
        if self.can and self._explainer is None:
            begun = time.monotonic()
            with contextlib.suppress(Exception):  # ``explain`` meets it again, and says it
                self._loaded()
                self._untold_loading = time.monotonic() - begun

    def stop(self) -> None:
        self._explainer = None

    def explain(self, seen: Seen, wanted: Explanation, until: float | None) -> dict[str, Json] | ItemError:
        """What the reply adds, computed before ``until`` (of ``time.monotonic``), or why there is none."""
        if not self.can:
            return ItemError("invalid_item", self._why_not())
        try:
            explainer = self._loaded()
        except ModelError as error:
            return ItemError("explanation_failed", error.message)
        begun = time.monotonic()
        targets = self._targets(seen.chances, wanted)
        steps = self._steps(wanted, len(targets), None if until is None else until - begun)
        if steps < 1:
            return ItemError("deadline_exceeded", self._too_late(wanted))
        bounded = replace(wanted, steps=steps)
        found = [self._timed(explainer, seen, target, bounded) for target in targets]
        reply = self._reply(seen, found, wanted)
        about: dict[str, Json] = {
            "algorithm": wanted.algorithm,
            "classes": [self._card.labels[target] for target in targets],
            "seconds": round(time.monotonic() - begun, 3),
        }
        if wanted.algorithm in _PASSES:
            about |= {"steps": steps, "steps_asked": wanted.steps, "bounded": steps < wanted.steps}
        if self._untold_loading:
            about["loading_seconds"], self._untold_loading = round(self._untold_loading, 3), 0.0
        errors = [one.completeness_error for one in found if one.completeness_error is not None]
        if errors:
            about["completeness_error"] = round(max(errors), 6)
        return {**reply, "explanation": about}

    def _targets(self, chances: NDArray[np.float64], wanted: Explanation) -> list[int]:
        """The likeliest class; of several, those from the threshold on, the likeliest first."""
        ranked = [int(one) for one in np.argsort(-chances, kind="stable")]
        if not self._card.multi_label:
            return ranked[:1]
        return [one for one in ranked if chances[one] >= wanted.threshold][:MOST_CLASSES]

    def _steps(self, wanted: Explanation, classes: int, left: float | None) -> int:
        """How many there is time for, for each of ``classes``; 0 when there is none for the least."""
        passes = _PASSES.get(wanted.algorithm)
        if left is None or not classes:
            return wanted.steps
        if passes is None:
            return wanted.steps if left > 2 * self._gradient_seconds * classes else 0
        fixed = self._segment_seconds if wanted.algorithm == XRAI else 0.0
        room = (left * _SHARE / classes - fixed) / (passes * max(self._gradient_seconds, 1e-6))
        return min(wanted.steps, int(room)) if room >= min(LEAST_STEPS, wanted.steps) else 0

    def _timed(self, explainer: Explains, seen: Seen, target: int, wanted: Explanation) -> Any:
        begun = time.monotonic()
        found = explainer.attribute(seen.pixels, target, wanted)
        seconds = time.monotonic() - begun
        if wanted.algorithm == INTEGRATED:
            self._gradient_seconds += _SMOOTHING * (seconds / wanted.steps - self._gradient_seconds)
        elif wanted.algorithm == XRAI:
            fixed = max(0.0, seconds - _PASSES[XRAI] * wanted.steps * self._gradient_seconds)
            self._segment_seconds += _SMOOTHING * (fixed - self._segment_seconds)
        return found

    def _reply(self, seen: Seen, found: list[Any], wanted: Explanation) -> dict[str, Json]:
        reply: dict[str, Json] = {}
        many = self._card.multi_label
        if wanted.visualizations:
            drawn: list[Json] = [overlay(seen.square, one.values, wanted.algorithm == XRAI) for one in found]
            reply["visualizations"] = drawn if many else drawn[0]
        if wanted.attributions:
            numbers: list[Json] = [one.values.astype(np.float64).round(_DIGITS).tolist() for one in found]
            reply["attributions"] = numbers if many else numbers[0]
        return reply

    def _loaded(self) -> Explains:
        with self._loading:
            if self._explainer is None:
                begun = time.monotonic()
                explainer = self._load_explainer(self._folder, self._card, self._threads)
                self._gradient_seconds = explainer.gradient_seconds(self._card.preparation.size)
                self._explainer = explainer
                _LOG.info("explanations are ready after %.2f s", time.monotonic() - begun)
            return self._explainer

    def _why_not(self) -> str:
        if self._when == OFF:
            return "这个服务不做解释 → 不带 model_explainability，或请管理员改 model_config.explain"
        return f"这个模型没有 {WEIGHTS_FILE}，只能预测，不能解释 → 导出模型时带上权重"

    def _too_late(self, wanted: Explanation) -> str:
        return (
            f"剩下的时间不够 {wanted.algorithm} 走 {LEAST_STEPS} 步 → 一次少发几张，用 guided_gradcam，"
            "或请管理员调大 metadata.rpc.keepalive"
        )


def _load(folder: Path, card: ImageCard, threads: int) -> Explains:
    try:
        from chatbot.predict.vision.explaining import load_explainer  # torch: only where it is asked for
    except ModuleNotFoundError as error:
        raise ModelError(f"解释要 {error.name} → pip install 'whitebox-chatbot[explain]'") from error
    return load_explainer(folder, card, threads)
