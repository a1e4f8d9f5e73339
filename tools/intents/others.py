"""What people say here that is none of the operator's intents: the intents must leave all of it alone."""

from collections.abc import Container, Iterator
from itertools import islice

from chatbot.config import EngineConfig
from chatbot.faq_modules.dataset import FaqDataset, labels_of, load_csv, load_dataset
from chatbot.knowledge_graph.graph import KnowledgeGraph, display_name
from chatbot.knowledge_graph.loader import load_graph
from chatbot.normalization.intent_files import Intents
from chatbot.normalization.lexicon import load_lexicon, read_lines
from chatbot.normalization.text import content, normalize
from tools.index.graph_questions import graph_questions, kinds_of

MOST = 6000
"""So many are enough; of more, every n-th is taken."""
_ASKED = ("{}", "{}是多少", "{}怎么样", "有没有{}", "什么是{}", "{}多少", "{}好不好", "哪款车{}最好")
_PRICED = (
    "最便宜的{}", "{}哪款便宜", "有没有便宜一点的{}", "{}价格是多少", "{}最便宜的多少钱", "便宜的{}推荐几款", "{}价",
)  # fmt: skip
"""Prices are asked for in the words of who haggles over them."""
DEVELOPMENT, OUT_OF_SCOPE = "dev.csv", "out_of_scope.txt"


def others(config: EngineConfig, intents: Intents) -> tuple[str, ...]:
    """Normalised, without marks, each once: standard questions and paraphrases, small talk, ``dev.csv``, questions for
    each attribute of the graph, what is out of scope, and the examples that are shown.

    What the operator wrote as an example is not among them, nor what belongs to a standard question that an intent
    leads to.
    """
    ours = {one.text for one in intents.examples}
    texts = dict.fromkeys(content(normalize(text)) for text in _said(config, intents))
    found = [text for text in texts if text and text not in ours]
    return tuple(islice(found[:: max(1, len(found) // MOST)], MOST))


def _said(config: EngineConfig, intents: Intents) -> Iterator[str]:
    led_to = {(one.kind, one.content) for one in intents.actions.values()}
    faq = load_dataset(config.faq_data_dir, config.faq_query_label_idx_map)
    yield from _of_dataset(faq, {content for kind, content in led_to if kind == "faq"})
    if config.chitchat_data_dir:
        talk = load_dataset(config.chitchat_data_dir)
        yield from _of_dataset(talk, {content for kind, content in led_to if kind == "chitchat"})
    if config.lexicon_dir:
        yield from (text for _, text in read_lines(config.lexicon_dir / OUT_OF_SCOPE))
    yield from load_lexicon(config.lexicon_dir).examples
    graph = load_graph(config.knowledge_graph_data_dir)
    yield from _of_graph(graph)
    yield from graph_questions(graph, load_lexicon(config.lexicon_dir).attribute_synonyms)


def _of_dataset(dataset: FaqDataset, led_to: Container[str]) -> Iterator[str]:
    names = {one.label: one.text for one in dataset.questions}
    yield from (one.text for one in dataset.questions if one.text not in led_to)
    yield from (one.text for one in dataset.paraphrases if names[one.label] not in led_to)
    development = dataset.folder / DEVELOPMENT
    if development.is_file():
        rows = load_csv(development)
        labels = labels_of(rows, dataset, development)
        yield from (row.text for row, label in zip(rows, labels, strict=True) if names[label] not in led_to)


def _of_graph(graph: KnowledgeGraph) -> Iterator[str]:
    for number, path in enumerate(graph.tree):
        if path:
            name = display_name(path[-1])
            yield from (form.format(name) for form in (_ASKED[0], _ASKED[1 + number % (len(_ASKED) - 1)]))
            for at, kind in kinds_of(graph, path):
                yield from (_PRICED[(number + at + step) % len(_PRICED)].format(kind) for step in (0, 3))
