"""A model whose behaviour its items ask for."""

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatbot.errors import ModelError
from chatbot.json_file import Json
from chatbot.predict.base import Description, Input, Item, Outcome, Schema
from chatbot.predict.processors import Processor

SCHEMA = Schema(
    inputs=(
        Input("first_sequence", most=100),
        Input("second_sequence", required=False, may_be_empty=True),
        Input("repeat", kind="integer", required=False, most=10),
    ),
    outputs={"type": "object", "properties": {"length": {"type": "integer"}}, "required": ["length"]},
    example={"first_sequence": "您好"},
)


class FakePredictor:
    """Says how long a text is. ``boom`` raises, ``slow`` takes ``slow_seconds``, every batch ``seconds``; batches are kept,
    and by which thread each was predicted on."""

    def __init__(self, version: str = "1", slow_seconds: float = 0.2) -> None:
        self.version, self.slow_seconds = version, slow_seconds
        self.batches: list[list[str]] = []
        self.threads: list[int] = []
        self.begun = 0
        self.seconds = 0.0
        self.loaded, self.trouble, self.unloaded = False, "", 0
        self.hold = threading.Event()
        self.hold.set()

    def load(self) -> None:
        if self.trouble:
            raise ModelError(self.trouble)
        self.loaded = True

    def predict(self, items: Sequence[Item]) -> Sequence[Outcome]:
        self.begun += 1
        self.hold.wait(10)
        texts = [str(item["first_sequence"]) for item in items]
        self.batches.append(texts)
        self.threads.append(threading.get_ident())
        time.sleep(self.seconds)
        if any("boom" in text for text in texts):
            raise ValueError("a secret of the model")
        if any("slow" in text for text in texts):
            time.sleep(self.slow_seconds)
        return [{"length": len(text), "version": self.version} for text in texts]

    def describe(self) -> Description:
        return Description("fake", self.version, SCHEMA, labels=("a", "b"))

    def unload(self) -> None:
        self.unloaded += 1


def fake_processor(predictor: FakePredictor) -> Processor:
    def make(place: Path | None, settings: Mapping[str, Json]) -> FakePredictor:
        return predictor

    return Processor("fake", make)
