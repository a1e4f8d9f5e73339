"""The allocator's heaps, few of them or as many as the operator says; and when garbage is looked for."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from chatbot import knowledge_source
from chatbot.process_memory import nothing_collected

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


def test_nothing_is_collected_while_what_stays_is_loaded() -> None:
    gc.enable()
    with nothing_collected():
        assert not gc.isenabled()
        with nothing_collected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(OSError), nothing_collected():
        raise OSError
    assert gc.isenabled()


def test_a_knowledge_base_is_read_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def told(*_: object) -> None:
        raise OSError(gc.isenabled())

    monkeypatch.setattr(knowledge_source, "read_graph_files", told)
    with pytest.raises(OSError, match="False"):
        knowledge_source.graph_knowledge(tmp_path, None)
