"""What a process holds is moved onto large pages, where the kernel has and allows them."""

import mmap
import threading
from pathlib import Path

import pytest

from chatbot import large_pages
from chatbot.large_pages import SIZE, beside, onto_large_pages


def large_kb() -> int:
    """What of this process lies on large pages."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages"))


def kernel_collapses() -> bool:
    """Whether this kernel can: of 6.1 or later, with such pages and not forbidden."""
    with mmap.mmap(-1, 2 * SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as held:
        held[:] = b"1" * (2 * SIZE)
        return onto_large_pages() > 0


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").is_file(), reason="only Linux tells of its pages")
def test_what_is_held_moves_and_stays_as_it_was() -> None:
    if not kernel_collapses():
        pytest.skip("this kernel moves nothing onto large pages")
    text = bytes(range(256)) * (6 * SIZE // 256)
    with mmap.mmap(-1, len(text), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as held:
        held[:] = text
        before = large_kb()
        moved = onto_large_pages(500)
        assert moved > 0 and large_kb() >= before
        assert held[:] == text


def test_only_whole_large_pages_of_no_file_are_moved() -> None:
    maps = (
        f"{SIZE - 4096:x}-{3 * SIZE + 4096:x} rw-p 00000000 00:00 0 [heap]\n"
        f"{4 * SIZE:x}-{5 * SIZE:x} rw-p 00000000 00:00 0 \n"
        f"{6 * SIZE:x}-{7 * SIZE:x} rw-p 00000000 08:01 11 /usr/lib/libpython.so\n"
        f"{8 * SIZE:x}-{9 * SIZE:x} r-xp 00000000 00:00 0 [vdso]\n"
        f"{10 * SIZE:x}-{11 * SIZE:x} rw-p 00000000 00:00 0 [stack]\n"
        f"{12 * SIZE + 4096:x}-{13 * SIZE:x} rw-p 00000000 00:00 0 \n"
    )
    assert [*large_pages._places(maps)] == [SIZE, 2 * SIZE, 4 * SIZE]


@pytest.mark.parametrize("setting", ["always madvise [never]\n", None], ids=["forbidden", "none"])
def test_nothing_is_moved_where_the_system_has_none(
    setting: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    maps = tmp_path / "maps"
    maps.write_text(f"{SIZE:x}-{2 * SIZE:x} rw-p 00000000 00:00 0 [heap]\n")
    monkeypatch.setattr(large_pages, "_MAPS", maps)
    monkeypatch.setattr(large_pages, "_SETTING", tmp_path / "enabled")
    if setting:
        (tmp_path / "enabled").write_text(setting)
    assert onto_large_pages() == 0


def test_work_beside_keeps_nobody_waiting() -> None:
    go, done = threading.Event(), threading.Event()

    def work() -> None:
        go.wait(5)
        done.set()

    beside(work, after=0)
    assert not done.is_set()
    go.set()
    assert done.wait(5)


def test_work_beside_leaves_the_first_turns_alone() -> None:
    done = threading.Event()
    beside(done.set, after=0.2)
    assert not done.wait(0.05)
    assert done.wait(5)
