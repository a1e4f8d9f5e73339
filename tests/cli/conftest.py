"""The command line over a stand-in service."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from chatbot.cli.verbs import app
from tests.fakes import FakeChatService

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    """Entry points set up logging for the process; tests share one."""
    root, ours = logging.getLogger(), logging.getLogger("chatbot")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose paths exist, in the place where it is looked for."""
    data = tmp_path / "user_datasets"
    for name in ("faqs/questions", "faqs/answers", "graph"):
        (data / name).mkdir(parents=True)
    (data / "faqs" / "query_label_idx_map.txt").touch()
    file = data / "chatbot_deploy_eas.json"
    file.write_text(
        json.dumps(
            {
                "faq_modules": ["fuzzy_closest_faq_match"],
                "faq_data_dir": "faqs",
                "knowledge_graph_data_dir": "graph",
            }
        )
    )
    return file


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeChatService:
    """What the verbs talk to."""
    service = FakeChatService()

    def build(config: Any) -> FakeChatService:
        service.config = config  # type: ignore[attr-defined]
        return service

    monkeypatch.setattr("chatbot.app.build_service", build)
    monkeypatch.setattr("chatbot.cli.talking.build_service", build)
    return service


@pytest.fixture
def run(config: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``chatbot …`` in the folder above the configuration."""
    for name in [name for name in os.environ if name.startswith("CHATBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(config.parents[1])
    return lambda *arguments, typed=None: CliRunner().invoke(app, [*map(str, arguments)], input=typed)
