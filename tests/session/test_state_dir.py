"""Where the bundled Redis keeps its files and its socket."""

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.errors import ConfigError
from chatbot.session.state_dir import MAX_SOCKET_PATH, private_temp_dir, socket_path, writable_state_dir


@pytest.fixture
def temp_root(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The temporary folder of this test."""
    root = state_dir / "t"
    root.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(root))
    yield root


def deep(directory: Path) -> Path:
    """A directory below whose path is too long for a socket."""
    return directory / ("d" * 60) / ("e" * 60)


def test_a_missing_state_directory_is_created_for_us_alone(state_dir: Path) -> None:
    made = writable_state_dir(state_dir / "a" / "b")
    assert made == (state_dir / "a" / "b").resolve()
    assert made.stat().st_mode & 0o777 == 0o700


def test_a_state_directory_that_cannot_be_made_has_one_stand_in_for_all(
    state_dir: Path, temp_root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (state_dir / "file").write_text("in the way")
    wanted = state_dir / "file" / "state"
    with caplog.at_level(logging.WARNING, logger="chatbot.session"):
        first, second = writable_state_dir(wanted), writable_state_dir(wanted)
    assert first == second
    assert first.parent == temp_root
    assert str(wanted) in caplog.text
    assert str(first) in caplog.text


def test_a_read_only_state_directory_has_a_stand_in(state_dir: Path, temp_root: Path) -> None:
    wanted = Path("/proc/self")  # a folder in which not even root makes a file
    if os.getuid():
        wanted = state_dir / "read-only"
        wanted.mkdir(mode=0o500)
    assert writable_state_dir(wanted).parent == temp_root


def test_a_short_path_holds_its_socket(state_dir: Path) -> None:
    assert socket_path(state_dir) == state_dir / "redis.sock"


def test_a_long_path_records_a_short_socket_and_finds_it_again(
    state_dir: Path, temp_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = deep(state_dir)
    long.mkdir(parents=True)
    first = socket_path(long)
    assert len(str(first)) <= MAX_SOCKET_PATH
    assert first.parent.parent == temp_root
    elsewhere = state_dir / "u"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    assert socket_path(long) == first


@pytest.mark.parametrize(
    "recorded", ["", "/nowhere/redis.sock", "x" * 300], ids=["empty", "gone", "too long"]
)
def test_a_record_that_cannot_be_used_is_replaced(state_dir: Path, temp_root: Path, recorded: str) -> None:
    long = deep(state_dir)
    long.mkdir(parents=True)
    (long / "socket-path").write_text(recorded)
    path = socket_path(long)
    assert path.parent.parent == temp_root
    assert (long / "socket-path").read_text().strip() == str(path)


def test_a_long_temporary_folder_gives_way_to_a_short_one(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(deep(state_dir)))
    directory = private_temp_dir(state_dir)
    directory.rmdir()
    assert directory.parent == Path("/tmp")


@pytest.mark.parametrize("intruder", ["open to others", "a link"])
def test_a_temporary_directory_that_is_not_ours_alone_is_refused(
    state_dir: Path, temp_root: Path, intruder: str
) -> None:
    directory = private_temp_dir(state_dir)
    if intruder == "a link":
        directory.rmdir()
        directory.symlink_to(state_dir)
    else:
        directory.chmod(0o755)
    with pytest.raises(ConfigError, match="不只属于"):
        private_temp_dir(state_dir)
