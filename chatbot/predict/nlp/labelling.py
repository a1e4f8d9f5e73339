"""A classification model, asked by another service: texts in, the probability of each label out."""

from collections.abc import Mapping, Sequence

from chatbot.predict.base import Item, ItemError, Predictor

CLASSIFICATION = "text_classification"
"""The processor whose models other text services are given."""


def probabilities(classifier: Predictor, texts: Sequence[str]) -> list[Mapping[str, float] | ItemError]:
    """For each text, the probability of each label; or why there is none."""
    items: list[Item] = [{"first_sequence": text} for text in texts]
    judged: list[Mapping[str, float] | ItemError] = []
    for outcome in classifier.predict(items):
        if isinstance(outcome, ItemError):
            judged.append(outcome)
            continue
        shares = outcome["probabilities"]
        assert isinstance(shares, dict)
        judged.append(
            {label: float(share) for label, share in shares.items() if isinstance(share, int | float)}
        )
    return judged
