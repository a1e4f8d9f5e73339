"""Every signal of the choice alone, beside all of them fused: what each is worth."""

from collections.abc import Sequence

from chatbot.faq_modules.retrieval import FaqRetriever
from tools.evaluate.measures import Question


def top1_by_signal(
    retriever: FaqRetriever, questions: Sequence[Question], labels: Sequence[int]
) -> dict[str, float]:
    """Top-1 accuracy of each signal among the candidates; ``labels`` are the retriever's, by place."""
    hits = dict.fromkeys([*retriever.signal_names, "fused", "among_candidates"], 0)
    for question in questions:
        table, probabilities = retriever.signals(question.text)
        if not len(table.owners):
            continue
        found = [labels[owner] for owner in table.owners.tolist()]
        hits["among_candidates"] += question.label in found
        hits["fused"] += found[int(probabilities.argmax())] == question.label
        for column, name in enumerate(retriever.signal_names):
            hits[name] += found[int(table.values[:, column].argmax())] == question.label
    return {name: round(count / max(len(questions), 1), 4) for name, count in hits.items()}
