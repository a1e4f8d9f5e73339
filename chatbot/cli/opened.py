"""The store and the proposals of a configuration, open for one verb."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chatbot.app import open_replayer
from chatbot.cli.outcome import config_file
from chatbot.config import EngineConfig, load_engine_config
from chatbot.learning.proposals import Proposals
from chatbot.learning.rebuilding import ToolRebuilder
from chatbot.log import configure_logging
from chatbot.store.base import Store
from chatbot.store.sql_store import open_store

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Opened:
    config: EngineConfig
    store: Store
    proposals: Proposals


@contextmanager
def opened_loop(config: Path | None) -> Iterator[Opened]:
    engine = load_engine_config(config_file(config), os.environ, require_built=False)
    configure_logging("error" if engine.log_level == "error" else "warning")
    store = open_store(engine)
    try:
        yield Opened(engine, store, Proposals(engine, store, open_replayer, ToolRebuilder()))
    finally:
        store.close()


def moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000).strftime("%Y-%m-%d %H:%M")
