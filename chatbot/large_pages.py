"""What a worker holds, on pages of 2 MB: a turn reads a little of much, and the processor keeps the places of few pages.

Of pages of 4 kB a loaded knowledge base has forty thousand, twenty times as many as a processor remembers where they
are; looking the others up, which takes longest in a virtual machine, was up to a tenth of a turn's time.
"""

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

SIZE = 2 << 20
MOST = 64
"""Pages at most. Each is the worker's own from then on, where one of 4 kB that nobody writes to stays shared."""
SETTLED_SECONDS = 2.0
"""After which a worker has what its first turns need."""
_COLLAPSE = 25  # MADV_COLLAPSE of Linux 6.1 and later; older ones refuse it
_MAPS, _SETTING = Path("/proc/self/maps"), Path("/sys/kernel/mm/transparent_hugepage/enabled")


def onto_large_pages(most: int = MOST) -> int:
    """Move ``most`` pages' worth of what this process holds; gives how many there came to be.

    None where the system has no such pages or does not allow them (``never``). Takes some 2 ms a page, in which other
    threads go on.
    """
    try:
        maps, setting = _MAPS.read_text(), _SETTING.read_text()
    except OSError:
        return 0
    advise = getattr(ctypes.CDLL(None), "madvise", None)
    if advise is None or "[never]" in setting:
        return 0
    moved = 0
    for place in _places(maps):
        if moved == most:
            break
        moved += advise(ctypes.c_void_p(place), ctypes.c_size_t(SIZE), _COLLAPSE) == 0
    return moved


def beside(work: Callable[[], object], after: float = SETTLED_SECONDS) -> None:
    """Have ``work`` done in a thread of its own, once the worker has served for ``after`` seconds.

    While pages move, a thread that needs a new one waits, and the first turns after a fork need many.
    """
    timer = Timer(after, work)
    timer.daemon = True
    timer.start()


def _places(maps: str) -> Iterator[int]:
    """Where a whole large page of the heap or of other memory that belongs to no file lies, by the lines of ``maps``."""
    for line in maps.splitlines():
        span, allowed, _, _, _, *name = line.split()
        if allowed == "rw-p" and name in ([], ["[heap]"]):
            start, end = (int(address, 16) for address in span.split("-"))
            yield from range(-(-start // SIZE) * SIZE, end - SIZE + 1, SIZE)
