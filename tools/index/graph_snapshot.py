"""The graph's columns, read and stored when the index is rebuilt, so that the services that take it over only map them."""

from chatbot.config import EngineConfig
from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.loader import load_graph
from chatbot.knowledge_graph.snapshot import SNAPSHOTS, forget_old, open_columns
from chatbot.knowledge_graph.units import load_units


def snapshot_graph(config: EngineConfig) -> tuple[KnowledgeGraph, str]:
    """The graph, and the version of its files and units; its columns are on disk when this returns.

    Raises:
        DataError: a fault in the graph or in the units, or a disk that cannot be written.
    """
    units = load_units(config.lexicon_dir / "units.txt" if config.lexicon_dir else None)
    graph = load_graph(config.knowledge_graph_data_dir)
    return graph, open_columns(graph, units, config.state_dir / SNAPSHOTS).version


def forget_old_snapshots(config: EngineConfig, kept: str) -> None:
    """Leaves ``kept`` and the latest before it, which services that have not yet swapped may open once more."""
    forget_old(config.state_dir / SNAPSHOTS, kept)
