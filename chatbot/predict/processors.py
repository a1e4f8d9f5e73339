"""Which kinds of model there are: each a name, how to make one, and its wire format.

Built-in ones are named below and imported when a description asks for them; others come from packages with an entry
point in the group ``chatbot.predictors`` that names a ``Processor``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.json_file import Json
from chatbot.predict.base import Item, Predictor
from chatbot.predict.wire import JsonItems, WireFormat

GROUP = "chatbot.predictors"
Make = Callable[[Path | None, Mapping[str, Json]], Predictor]
"""A predictor from its model directory (where it needs one) and ``model_config``. Looks at files, loads nothing.

Raises ``ModelError`` or ``ConfigError``."""


MAX_BODY_BYTES = 16 * 2**20


def _nothing(predictor: Predictor) -> None:
    """Most kinds of model need nothing more than ``load``."""


@dataclass(frozen=True, slots=True)
class Processor:
    """One kind of model. A request's body has ``body_bytes`` at most.

    ``file_names``: how parts of a prediction are called in a file, where not as in a reply. Items that are ``apart``
    take so long that others must not wait for them: they have a line of their own, are predicted one by one, and are
    told by when (``base.UNTIL``). ``before_apart`` makes ready what only they need; it does nothing from the second time
    on, and its time is not the request's.
    """

    name: str
    make: Make
    wire: WireFormat = field(default_factory=JsonItems)
    file_names: Mapping[str, str] = field(default_factory=dict)
    body_bytes: int = MAX_BODY_BYTES
    apart: Callable[[Item], bool] | None = None
    before_apart: Callable[[Predictor], None] = _nothing


_BUILT_IN: Mapping[str, str] = {
    "text_risk": "chatbot.predict.nlp.text_risk:PROCESSOR",
    "text_tagging": "chatbot.predict.nlp.text_tagging:PROCESSOR",
    "text_ner": "chatbot.predict.nlp.ner:PROCESSOR",
    "text_classification": "chatbot.predict.nlp.text_classification:PROCESSOR",
    "image_classification": "chatbot.predict.vision.image_classification:PROCESSOR",
    "image_risk": "chatbot.predict.vision.image_risk:PROCESSOR",
}
"""Name → ``module:attribute`` of its ``Processor``."""


def processor(name: str) -> Processor:
    """The processor called ``name``.

    Raises:
        ConfigError: there is none; the message lists those that there are.
    """
    if place := _BUILT_IN.get(name):
        module, attribute = place.split(":")
        found = getattr(import_module(module), attribute)
    else:
        found = next((point.load() for point in entry_points(group=GROUP) if point.name == name), None)
    if found is None:
        raise ConfigError(f"processor: 没有 {name} → 现有 {'、'.join(processor_names())}")
    if not isinstance(found, Processor):
        raise ConfigError(f"processor {name}: 入口点给出的不是 Processor → 见 docs/predict.md")
    return found


def processor_names() -> tuple[str, ...]:
    """All there are, sorted."""
    return tuple(sorted({*_BUILT_IN, *(point.name for point in entry_points(group=GROUP))}))
