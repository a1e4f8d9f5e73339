"""The allocator's heaps: few of them, and as many as the operator says where they say."""

import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import threading
from chatbot.process_memory import few_arenas
few_arenas()
held, ready, done = [], threading.Barrier(9), threading.Event()
def work():
    held.append([bytes(500) for _ in range(2000)])
    ready.wait(); done.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[thread.start() for thread in threads]
ready.wait()
print(open("/proc/self/maps").read().count("---p 00000000 00:00 0"))
done.set()
"""


def reserved(arenas: str | None) -> int:
    """Reserved parts of the address space in a process with eight busy threads; each further heap has one."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONMALLOC": "malloc",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    if arenas:
        environment["MALLOC_ARENA_MAX"] = arenas
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc's malloc has arenas to limit")
def test_many_threads_share_few_heaps_unless_the_environment_says_how_many() -> None:
    assert reserved(None) < reserved("16")
