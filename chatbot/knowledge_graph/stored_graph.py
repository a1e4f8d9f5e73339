"""A graph as plain data: each path once, an entity as the numbers of its paths beside its texts.

Reading that takes a quarter of the time of the entities' own files, and entities share their paths.
"""

from collections.abc import Callable
from typing import TypedDict

from chatbot.derived import Derived
from chatbot.knowledge_graph.graph import AttributeNode, Entity, KnowledgeGraph, Path


class _Stored(TypedDict):
    """A node of the tree: its path, the numbers of its children, how many entities have it.

    An entity: its name, keywords and file, the numbers of its leaves, and their texts.
    """

    nodes: list[tuple[Path, list[int], int]]
    entities: list[tuple[str, tuple[str, ...], str, list[int], list[str]]]


def kept_graph(derived: Derived, version: str, read: Callable[[], KnowledgeGraph]) -> KnowledgeGraph:
    """The graph that ``read`` gives where it is not ``derived`` already; ``version`` is that of its files."""
    return _made(derived.json("graph", lambda: _stored(read())), version)


def _stored(graph: KnowledgeGraph) -> _Stored:
    number = {path: at for at, path in enumerate(graph.tree)}
    return _Stored(
        nodes=[
            (path, [number[child] for child in node.children], node.count)
            for path, node in graph.tree.items()
        ],
        entities=[
            (one.name, one.keywords, one.file, [number[path] for path in one.leaves], [*one.leaves.values()])
            for one in graph.entities
        ],
    )


def _made(stored: _Stored, version: str) -> KnowledgeGraph:
    paths = [tuple(path) for path, _, _ in stored["nodes"]]
    tree = {
        path: AttributeNode(path, tuple([paths[child] for child in children]), count)
        for path, (_, children, count) in zip(paths, stored["nodes"], strict=True)
    }
    entities = tuple(
        Entity(name, tuple(words), dict(zip([paths[at] for at in leaves], texts, strict=True)), file)
        for name, words, file, leaves, texts in stored["entities"]
    )
    return KnowledgeGraph(entities, version, tree)
