"""A copy of the demo domain that a test may change, and its store."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.app import build_machine, open_replayer
from chatbot.config import EngineConfig, load_engine_config
from chatbot.conversation import FinishedTurn
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.learning.proposals import Proposals
from chatbot.learning.rebuilding import ToolRebuilder
from chatbot.learning.replay import Replayer
from chatbot.reply import Message
from chatbot.session.base import Memory
from chatbot.store.pii import Masker
from chatbot.store.recorder import bad_case_row, digest, turn_row
from chatbot.store.sql_store import SqlStore, open_store
from tests.worked_out import give_worked_out

DEMO = Path(__file__).parents[2] / "user_datasets"


def demo_copy(folder: Path) -> EngineConfig:
    """The demo domain in ``folder``, its state beside it; the encoder is shared, and what is worked out of the graph."""
    give_worked_out(folder / "state")
    ignored = shutil.ignore_patterns("text_match_two_tower_model_dir", ".versions", "*.cache")
    shutil.copytree(DEMO, folder / "data", ignore=ignored)
    model = DEMO / "car_faqs" / "text_match_two_tower_model_dir"
    environ = {"CHATBOT_STATE_DIR": str(folder / "state"), "CHATBOT_FEATURE_GENERATOR_MODEL_DIR": str(model)}
    return load_engine_config(folder / "data" / "chatbot_deploy_eas.json", environ)


@pytest.fixture
def config(tmp_path: Path) -> EngineConfig:
    return demo_copy(tmp_path)


@pytest.fixture(scope="session")
def replayer(tmp_path_factory: pytest.TempPathFactory) -> Replayer:
    """The demo as it is; changes nothing."""
    return open_replayer(demo_copy(tmp_path_factory.mktemp("demo")))


@pytest.fixture
def store(config: EngineConfig) -> Iterator[SqlStore]:
    store = open_store(config)
    yield store
    store.close()


@pytest.fixture
def proposals(config: EngineConfig, store: SqlStore) -> Proposals:
    return Proposals(config, store, open_replayer, ToolRebuilder())


class Talk:
    """A conversation over one knowledge base whose turns go into a store as the service would put them there."""

    def __init__(self, replayer: Replayer, store: SqlStore, session: str) -> None:
        self._replayer, self._store, self._session = replayer, store, session
        self._machine, self._memory, self._count = build_machine(), Memory(), 0

    def say(self, sent: str) -> str:
        """Says it and stores the turn; its trace id."""
        self._count += 1
        trace = f"{self._session}-{self._count}"
        step = self._machine.step(self._memory, Hearing(sent, self._replayer.knowledge, DialogSettings()))
        message = Message(sent, self._session, trace)
        turn = FinishedTurn(message, self._memory, step, self._replayer.version)
        row = turn_row(trace, self._count, turn, Masker())
        row = replace(row, digest=digest(step.reply, row.rows_limit))
        self._store.turns.add([row], [bad_case_row(row, turn)] if row.bad_reason else [])
        self._memory = step.memory
        return trace
