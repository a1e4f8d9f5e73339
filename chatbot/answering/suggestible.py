"""What a knowledge base has to suggest while someone types: its questions, its entities and what they have."""

from chatbot.answering.type_ahead import Attributes, TypeAhead
from chatbot.faq_modules.dataset import FaqDataset
from chatbot.knowledge_graph.graph import KnowledgeGraph, Path, display_name


def type_ahead_of(dataset: FaqDataset, graph: KnowledgeGraph) -> TypeAhead:
    """Standard questions in the order of the map; of each entity its leaves, those most entities have first."""
    texts: dict[int, list[str]] = {question.label: [] for question in dataset.questions}
    for paraphrase in dataset.paraphrases:
        texts[paraphrase.label].append(paraphrase.text)
    questions = [(question.text, texts[question.label]) for question in dataset.questions]

    def common_first(path: Path) -> int:
        return -graph.tree[path].count

    entities = [
        Attributes(
            graph.short_names[entity.name],
            tuple(dict.fromkeys(display_name(path[-1]) for path in sorted(entity.leaves, key=common_first))),
        )
        for entity in graph.entities
    ]
    return TypeAhead(questions, entities)
