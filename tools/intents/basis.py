"""What a trained model of the intents stands on: told without training, and without the libraries that it takes."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from chatbot.config import EngineConfig
from chatbot.errors import ModelError
from chatbot.normalization.intent_files import MODEL_FILE, Intents, load_intents
from chatbot.normalization.intent_model import IntentCard, read_card
from tools.intents.others import others

_RECIPE = "2"
"""Part of the basis: a model of another recipe is trained anew."""


def is_stale(config: EngineConfig) -> bool:
    """Whether there is no model of the present examples and sentences.

    Raises:
        DataError: a fault in the files.
    """
    if config.intents_dir is None:
        return False
    intents = load_intents(config.intents_dir)
    card = readable_card(config.intents_dir / MODEL_FILE)
    return card is None or card.basis != basis_of(intents, others(config, intents))


def basis_of(intents: Intents, rest: Sequence[str]) -> str:
    """A hash of all that is learnt from."""
    digest = hashlib.sha256(_RECIPE.encode())
    for one in intents.examples:
        digest.update(f"{one.text}\t{one.intent}\n".encode())
    for name in intents.actions:
        digest.update(f"\0{name}".encode())
    for text in rest:
        digest.update(f"\n{text}".encode())
    return digest.hexdigest()[:16]


def readable_card(path: Path) -> IntentCard | None:
    """What the model in ``path`` says of itself; ``None`` where there is none that can be read."""
    try:
        return read_card(path)
    except ModelError:
        return None  # a damaged one is trained anew
