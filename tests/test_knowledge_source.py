"""The knowledge base's hot swap."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot import knowledge_source
from chatbot.answering.knowledge import Knowledge
from chatbot.errors import DataError
from chatbot.knowledge_source import KnowledgeSource
from tests.dialog.world import knowledge


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge_source, "CHECK_SECONDS", 0.01)


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


class Loader:
    """Gives version 1, 2, 3 …; raises ``error`` instead while it is set."""

    def __init__(self) -> None:
        self.loads = 0
        self.error: Exception | None = None

    def __call__(self) -> Knowledge:
        if self.error:
            raise self.error
        self.loads += 1
        return replace(knowledge(), version=str(self.loads))


def test_a_new_version_is_swapped_in_when_what_is_watched_changes(tmp_path: Path) -> None:
    watched, load = tmp_path / "features", Loader()
    watched.write_text("one")
    source = KnowledgeSource(load, (watched,))
    assert source.current().version == "1"
    watched.write_text("two, longer")
    assert until(lambda: source.current().version == "2")


def test_nothing_is_loaded_again_while_nothing_changes(tmp_path: Path) -> None:
    watched, load = tmp_path / "features", Loader()
    watched.write_text("one")
    source = KnowledgeSource(load, (watched,))
    for _ in range(5):
        time.sleep(0.02)
        source.current()
    assert load.loads == 1


def test_a_version_that_cannot_be_loaded_leaves_the_old_one_and_says_why(tmp_path: Path) -> None:
    watched, load = tmp_path / "features", Loader()
    source = KnowledgeSource(load, (watched,))
    load.error = DataError("answers/通用", "缺少 Tab", line=3)
    watched.write_text("broken")
    assert until(lambda: source.current() is not None and source.last_error is not None)
    assert source.current().version == "1"
    assert "通用:3" in str(source.last_error)


def test_after_a_broken_version_a_good_one_is_taken(tmp_path: Path) -> None:
    watched, load = tmp_path / "features", Loader()
    source = KnowledgeSource(load, (watched,))
    load.error = DataError("x", "broken")
    watched.write_text("broken")
    assert until(lambda: source.current() is not None and source.last_error is not None)
    load.error = None
    watched.write_text("good again")
    assert until(lambda: source.current().version == "2" and source.last_error is None)
