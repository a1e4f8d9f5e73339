"""What ``bench faq`` sees from within a fresh process: an index opened and asked, one thread, nothing else in memory."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chatbot.encoders.load import load_encoder
from chatbot.faq_modules.large.files import index_folder, open_index
from chatbot.faq_modules.large.vector_search import exact_nearest, recall_at_1
from chatbot.faq_modules.opening import open_retriever


@dataclass(frozen=True, slots=True)
class Asked:
    """What a fresh process saw: seconds to open; MiB before and after all questions; milliseconds a question.

    ``cpu_p50_ms`` is the thread's own time, which others on the machine do not add to. ``recall_at_1`` is the vector search against exact search over all vectors; ``top1`` the whole retrieval against
    the standard question that the utterance was made from.
    """

    open_s: float
    rss_mib: float
    pss_mib: float
    rss_added_mib: float
    first_ms: float
    p50_ms: float
    p99_ms: float
    cpu_p50_ms: float
    recall_at_1: float
    top1: float


def ask(folder: str, model: str, utterances: Sequence[tuple[str, int]]) -> Asked:
    """In a fresh process: open the index, ask everything, and compare the vector search with exact search."""
    import faiss  # one thread for what is measured here

    faiss.omp_set_num_threads(1)
    encoder = load_encoder(Path(model))
    encoder.encode(["热身"])
    before = _memory()[0]
    features = Path(folder) / "query_features.out"
    started = time.perf_counter()
    retriever = open_retriever(Path(folder), encoder, features=features)
    opened = time.perf_counter() - started
    first = timed(lambda: retriever.retrieve("怎么办理"))
    walls, own, right = [], [], 0
    for text, place in utterances:
        started, busy = time.perf_counter(), time.thread_time()
        found = retriever.retrieve(text)
        walls.append((time.perf_counter() - started) * 1e3)
        own.append((time.thread_time() - busy) * 1e3)
        right += bool(found) and found[0].label == place
    rss, pss = _memory()
    return Asked(
        open_s=round(opened, 3),
        rss_mib=rss,
        pss_mib=pss,
        rss_added_mib=round(rss - before, 1),
        first_ms=round(first, 2),
        p50_ms=quantile(walls, 0.5),
        p99_ms=quantile(walls, 0.99),
        cpu_p50_ms=quantile(own, 0.5),
        recall_at_1=_recall(features, encoder.encode([text for text, _ in utterances])),
        top1=round(right / len(utterances), 4),
    )


def _recall(features: Path, questions: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> float:
    folder = index_folder(features)
    if not folder.is_dir():
        return 1.0  # exact search
    search = open_index(folder).search
    return round(recall_at_1(search, questions, exact_nearest(search.vectors, questions)[0]), 4)


def _memory() -> tuple[float, float]:
    """Resident and proportional set size of this process, MiB."""
    rows = dict(line.split(":", 1) for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    rss, pss = (round(int(rows[name].split()[0]) / 1024, 1) for name in ("Rss", "Pss"))
    return rss, pss


def timed(action: Callable[[], object]) -> float:
    """Milliseconds that ``action`` takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3


def times(action: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Milliseconds that ``action`` takes for each of ``texts``."""
    return [timed(lambda: action(text)) for text in texts]  # noqa: B023 (called at once)


def quantile(measured: Sequence[float], share: float) -> float:
    """The ``share`` quantile of what was ``measured``, to three places."""
    return round(float(np.quantile(measured, share)), 3)
