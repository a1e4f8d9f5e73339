"""A text classifier that goes by the words it is told, in place of a trained one."""

from collections.abc import Mapping, Sequence

from chatbot.json_file import Json
from chatbot.predict.base import Description, Input, Item, ItemError, Outcome, Schema


class FakeClassifier:
    """The probability of a label is that of the first of its words in the text, else ``rest``."""

    def __init__(self, words: Mapping[str, Mapping[str, float]], labels: Sequence[str], rest: str) -> None:
        self._words, self._labels, self._rest = words, tuple(labels), rest
        self.loaded = 0

    def load(self) -> None:
        self.loaded += 1

    def predict(self, items: Sequence[Item]) -> Sequence[Outcome]:
        return [self._one(str(item["first_sequence"])) for item in items]

    def _one(self, text: str) -> Outcome:
        if "炸" in text:
            return ItemError("broken", "cannot")
        found = next((shares for word, shares in self._words.items() if word in text), {self._rest: 1.0})
        shares: dict[str, Json] = {label: found.get(label, 0.0) for label in self._labels}
        return {"predictions": "", "probabilities": shares, "logits": {}, "output": []}

    def describe(self) -> Description:
        inputs = (Input("first_sequence"),)
        return Description(
            "text_classification", "v3", Schema(inputs, {}, {"first_sequence": "好"}), self._labels
        )

    def unload(self) -> None:
        self.loaded = 0
