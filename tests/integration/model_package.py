"""A package with a processor of its own, as an engineer would install one: a module and an entry point."""

from pathlib import Path

MODULE = '''
import time
from chatbot.predict.base import Description, Input, Schema
from chatbot.predict.model_dir import read_model_card
from chatbot.predict.processors import Processor


class Counter:
    """Says how long a text is, and which model said so."""

    def __init__(self, place, settings):
        self.card = read_model_card(place, "counter")

    def load(self):
        if self.card.settings.get("broken"):
            raise ValueError("no such weights")
        time.sleep(self.card.settings.get("load_seconds", 0.0))

    def predict(self, items):
        time.sleep(0.002)
        return [{"length": len(i["first_sequence"]), "version": self.card.version, "together": len(items)} for i in items]

    def describe(self):
        return Description("counter", self.card.version, Schema((Input("first_sequence"),), {"type": "object"}, {"first_sequence": "a"}))

    def unload(self):
        pass


PROCESSOR = Processor("counter", Counter)
'''


def install(folder: Path) -> None:
    """Put the package into ``folder``, which then belongs on ``PYTHONPATH``."""
    (folder / "counter_model.py").write_text(MODULE, encoding="utf-8")
    about = folder / "counter_model-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: counter-model\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[chatbot.predictors]\ncounter = counter_model:PROCESSOR\n")
