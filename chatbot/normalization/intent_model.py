"""An operator's intents, recognised: a linear classifier over character n-grams that was trained from examples.

Beside the intents the model knows one more label, ``OTHER``: everything else that is said here, learnt from the standard
questions, the small talk and the graph. An intent holds from ``threshold`` on, which the training chose so that hardly
any of that reaches it (``tools/intents``), even where ``OTHER`` is likelier: most of that is answered before an intent is
thought of, so of what is left more is an intent than the model knows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

from rapidfuzz import fuzz, process
from safetensors import SafetensorError, safe_open

from chatbot.classifying.linear import LinearScorer, read_linear
from chatbot.classifying.scoring import Calibration, Pair, probabilities
from chatbot.errors import DataError, ModelError, StaleIndexError
from chatbot.frozen import dataclass
from chatbot.normalization.intent_files import (
    ACTIONS_FILE,
    EXAMPLES_FILE,
    MODEL_FILE,
    IntentAction,
    IntentExample,
    Intents,
)
from chatbot.normalization.text import content

OTHER = ""
"""The label of what is none of the intents; no operator's intent has an empty name."""
MOST = 100
"""Characters of an utterance that are looked at."""
LONGEST = 3
_REBUILD = "用 python -m tools rebuild-index 重新训练"


@dataclass(frozen=True, slots=True)
class IntentCard:
    """What the model's file says of itself. ``basis`` is a hash of all that it was trained from."""

    labels: tuple[str, ...]
    threshold: float
    calibration: Calibration
    basis: str

    def about(self) -> dict[str, str]:
        """As text, for the file."""
        return {"intents": json.dumps(asdict(self), ensure_ascii=False)}


@dataclass(frozen=True, slots=True)
class Heard:
    """An intent that was heard: its action, how likely it is, the example that is most like what was said, and where it
    stands. ``verbatim``: word for word."""

    intent: str
    action: IntentAction
    probability: float
    matched: str
    file: str
    verbatim: bool


class IntentRecogniser:
    """The intents of one knowledge version; immutable."""

    def __init__(self, intents: Intents, card: IntentCard, scorer: LinearScorer) -> None:
        self._intents, self.card, self._scorer = intents, card, scorer
        self._by_text = {one.text: one for one in intents.examples}

    @property
    def actions(self) -> Mapping[str, IntentAction]:
        """What each intent does."""
        return self._intents.actions

    def verbatim(self, text: str) -> Heard | None:
        """The intent that has a normalised ``text`` as an example, marks aside."""
        found = self._by_text.get(content(text))
        return self._heard(found, 1.0, verbatim=True) if found else None

    def recognise(self, text: str) -> Heard | None:
        """The intent of a normalised ``text``, where one reaches the threshold."""
        if not content(text):
            return None
        intent, chance = likeliest(self.chances(text))
        if chance < self.card.threshold:
            return None
        return self._heard(self._nearest(text, intent), chance, verbatim=False)

    def chances(self, text: str) -> Mapping[str, float]:
        """The calibrated probability of each intent, and of ``OTHER``."""
        scores = self._scorer.scores([Pair(content(text), "", MOST)])
        chances = probabilities(scores, self.card.calibration, multi_label=False)[0]
        return dict(zip(self.card.labels, chances.tolist(), strict=True))

    def _nearest(self, text: str, intent: str) -> IntentExample:
        own = self._by_intent[intent]
        found = process.extractOne(content(text), [one.text for one in own], scorer=fuzz.ratio)
        return own[found[2]]

    @cached_property
    def _by_intent(self) -> dict[str, list[IntentExample]]:
        grouped: dict[str, list[IntentExample]] = {name: [] for name in self._intents.actions}
        for one in self._intents.examples:
            grouped[one.intent].append(one)
        return grouped

    def _heard(self, example: IntentExample, probability: float, *, verbatim: bool) -> Heard:
        action = self._intents.actions[example.intent]
        place = f"{self._intents.folder.name}/{EXAMPLES_FILE}:{example.line}"
        return Heard(example.intent, action, probability, example.said, place, verbatim)


def likeliest(chances: Mapping[str, float]) -> tuple[str, float]:
    """Of the intents, not of ``OTHER``, the likeliest and its chance."""
    return max(((name, chance) for name, chance in chances.items() if name != OTHER), key=lambda one: one[1])


def open_intents(intents: Intents) -> IntentRecogniser:
    """The trained model of ``intents``, ready.

    Raises:
        StaleIndexError: not trained yet, or for other intents.
        ModelError: the file is damaged.
    """
    path = intents.folder / MODEL_FILE
    card = read_card(path)
    if card is None:
        raise StaleIndexError(f"{path}: 意图还没有训练 → {_REBUILD}")
    if set(card.labels) != {OTHER, *intents.actions}:
        names = set(card.labels) ^ {OTHER, *intents.actions}
        raise StaleIndexError(
            f"{path}: 训练之后改过意图（{'、'.join(sorted(names)[:5])}，见 {ACTIONS_FILE}）→ {_REBUILD}"
        )
    return IntentRecogniser(intents, card, read_linear(path, len(card.labels), LONGEST))


def check_targets(intents: Intents, faq: Sequence[str], small_talk: Sequence[str]) -> list[DataError]:
    """Actions that lead to a standard question without an answer: ``faq`` and ``small_talk`` are those that have one."""
    places = {"faq": (faq, "FAQ"), "chitchat": (small_talk, "闲聊")}
    faults = []
    for name, action in intents.actions.items():
        if action.kind not in places:
            continue
        known, where = places[action.kind]
        if action.content in known:
            continue
        near = process.extractOne(action.content, known, score_cutoff=50)
        hint = f"是不是“{near[0]}”？" if near else f"先在{where}里写上它和它的答案"
        problem = f"意图“{name}”指向的“{action.content}”，{where}里没有，或还没有答案"
        faults.append(DataError(intents.folder / ACTIONS_FILE, problem, line=action.line, hint=hint))
    return faults


def read_card(path: Path) -> IntentCard | None:
    """What the model in ``path`` says of itself; ``None`` where there is no file.

    Raises:
        ModelError: the file is damaged, or no model of intents.
    """
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            told = json.loads((file.metadata() or {})["intents"])
        calibration = Calibration(**{key: float(value) for key, value in told["calibration"].items()})
        return IntentCard(tuple(told["labels"]), float(told["threshold"]), calibration, str(told["basis"]))
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: 不是意图的模型（{error}）→ 删掉它，{_REBUILD}") from error
