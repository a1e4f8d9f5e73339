"""The copy that was proven: taken once, as it was sealed, and only by the proposal it was proven for."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.config import EngineConfig
from chatbot.learning.layout import Layout
from chatbot.learning.proven import ProvenCopies, seal

ANSWERS = "faq/answers/通用"


@pytest.fixture
def copy(config: EngineConfig, tmp_path: Path) -> Layout:
    return Layout(config).copy_in(tmp_path / "copy")


@pytest.fixture
def kept(config: EngineConfig) -> ProvenCopies:
    return ProvenCopies(Layout(config))


def test_a_copy_is_taken_once_with_all_its_files(
    kept: ProvenCopies, copy: Layout, config: EngineConfig
) -> None:
    kept.keep("a1", copy)
    with kept.taken("a1", seal(copy)) as taken:
        assert taken is not None and taken.hashes() == copy.hashes()
    with kept.taken("a1", seal(copy)) as taken:
        assert taken is None
    assert not list((config.state_dir / "proven").iterdir())


def test_a_copy_that_is_not_as_it_was_sealed_is_given_to_nobody(
    kept: ProvenCopies, copy: Layout, config: EngineConfig
) -> None:
    sealed = seal(copy)
    kept.keep("a1", copy)
    file = Layout(config).inside(config.state_dir / "proven" / "a1").path(ANSWERS)
    file.write_text(file.read_text("utf-8").replace("2000元", "2元"), "utf-8")
    with kept.taken("a1", sealed) as taken:
        assert taken is None


def test_an_index_of_other_modules_is_another_one(copy: Layout) -> None:
    other = Layout(replace(copy.config, faq_modules=copy.config.faq_modules[:1]))
    assert other.hashes() == copy.hashes() and seal(other) != seal(copy)


def test_the_next_proof_takes_the_place_of_the_last_and_what_a_kill_left_goes(
    kept: ProvenCopies, copy: Layout, config: EngineConfig
) -> None:
    folder = config.state_dir / "proven"
    left = folder / ".a0.7"
    left.mkdir(parents=True)
    kept.keep("a1", copy)
    assert left.exists()  # it may be at work
    os.utime(left, (time.time() - 100_000,) * 2)
    kept.keep("a2", copy)
    assert [one.name for one in folder.iterdir()] == ["a2"]
    with kept.taken("a1", seal(copy)) as taken:
        assert taken is None


def test_a_folder_that_cannot_be_written_keeps_none(
    kept: ProvenCopies, copy: Layout, config: EngineConfig
) -> None:
    (config.state_dir / "proven").write_text("no folder")
    kept.keep("a1", copy)
    with kept.taken("a1", seal(copy)) as taken:
        assert taken is None
