"""Memory of the serving processes: what is shared after the fork, what the allocator keeps, how much it is."""

import ctypes
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

YOUNG_OBJECTS = 20_000
"""Objects made before the collector looks for cycles. A turn makes none of its own; Python's default of 700 has it look
through the objects of turns in progress several times a turn."""

ARENAS = 2
_M_ARENA_MAX = -8  # of glibc's malloc.h


def few_arenas() -> None:
    """Have glibc keep ``ARENAS`` heaps a process rather than one a thread: 12 MB less in each worker, and no slower.

    Does nothing under another C library, or where ``MALLOC_ARENA_MAX`` already says how many.
    """
    if "MALLOC_ARENA_MAX" not in os.environ:
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, ARENAS)


@contextmanager
def nothing_collected() -> Iterator[None]:
    """While what stays is loaded: looking for garbage among ever more objects that are none takes two fifths of a large
    graph's time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def settle_memory() -> None:
    """What the master holds now is never scanned again, so workers do not copy its pages; what loading left free goes
    back to the system (5 MB, where the C library has a way to).

    Nothing is collected first: loading leaves next to no garbage, and looking for it would take a tenth of a second.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    gc.enable()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def resident_mb() -> int:
    """Resident memory of this process, in MB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20
