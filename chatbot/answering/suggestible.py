"""What a knowledge base has to suggest while someone types: its questions, its entities and what they have."""

from collections.abc import Sequence

from chatbot.answering.type_ahead import Attributes, TypeAhead
from chatbot.faq_modules.dataset import Paraphrase, StandardQuestion
from chatbot.knowledge_graph.graph import KnowledgeGraph, Path, display_name


def type_ahead_of(
    questions: Sequence[StandardQuestion], paraphrases: Sequence[Paraphrase], graph: KnowledgeGraph
) -> TypeAhead:
    """Standard questions in the order of the map; of each entity its leaves, those most entities have first."""
    texts: dict[int, list[str]] = {question.label: [] for question in questions}
    for paraphrase in paraphrases:
        texts[paraphrase.label].append(paraphrase.text)
    known = [(question.text, texts[question.label]) for question in questions]

    def common_first(path: Path) -> int:
        return -graph.tree[path].count

    entities = [
        Attributes(
            graph.short_names[entity.name],
            tuple(dict.fromkeys(display_name(path[-1]) for path in sorted(entity.leaves, key=common_first))),
        )
        for entity in graph.entities
    ]
    return TypeAhead(known, entities)
