"""Type-ahead: how long a suggestion takes, typed letter by letter, in Chinese, pinyin and initials."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chatbot.answering.type_ahead import Attributes, TypeAhead
from chatbot.config import load_engine_config
from chatbot.faq_modules.dataset import load_dataset
from chatbot.knowledge_graph.graph import display_name
from chatbot.knowledge_graph.loader import load_graph
from chatbot.normalization.pinyin import readings


@dataclass(frozen=True, slots=True)
class SuggestBench:
    """Milliseconds a call. ``texts`` paraphrases were searched, each typed text from its first letter on."""

    texts: int
    entities: int
    build_seconds: float
    calls: int
    ms_p50: float
    ms_p99: float
    ms_max: float


def bench_suggest(config: Path, texts: int, calls: int) -> SuggestBench:
    """The demo's questions and cars; with more ``texts`` than it has, its paraphrases with other endings."""
    engine = load_engine_config(config, {}, require_built=False)
    dataset = load_dataset(engine.faq_data_dir, engine.faq_query_label_idx_map)
    graph = load_graph(engine.knowledge_graph_data_dir)
    words = _enough([one.text for one in dataset.paraphrases], texts)
    questions = [(words[at], words[at + 1 : at + 20]) for at in range(0, len(words), 20)]
    entities = [
        Attributes(graph.short_names[one.name], tuple(display_name(path[-1]) for path in one.leaves))
        for one in graph.entities
    ]
    begun = time.perf_counter()
    ahead = TypeAhead(questions, entities)
    built = time.perf_counter() - begun
    spent = [_ms(ahead, typed) for typed in _typing(words, calls)]
    p50, p99 = np.percentile(spent, [50, 99]).tolist()
    return SuggestBench(
        len(words),
        len(entities),
        round(built, 2),
        len(spent),
        round(p50, 3),
        round(p99, 3),
        round(max(spent), 3),
    )


def _enough(texts: Sequence[str], wanted: int) -> list[str]:
    rng, found = random.Random(5), dict.fromkeys(texts)
    while len(found) < wanted:
        head, tail = rng.choice(texts), rng.choice(texts)
        found.setdefault(head[: rng.randint(2, len(head))] + tail[-rng.randint(2, 6) :])
    return list(found)[:wanted]


def _typing(texts: Sequence[str], calls: int) -> Iterator[str]:
    """Beginnings of texts, from a random place, growing: as people type."""
    rng = random.Random(6)
    while calls > 0:
        text = rng.choice(texts)
        part = text[rng.randrange(len(text)) :]
        spelled = "".join(readings(char)[0] for char in part)
        initials = "".join(readings(char)[0][0] for char in part)
        whole = rng.choice((part, part, spelled, initials))
        for end in range(1, min(len(whole), 8) + 1):
            yield whole[:end]
            calls -= 1


def _ms(ahead: TypeAhead, typed: str) -> float:
    begun = time.perf_counter()
    ahead.suggest(typed)
    return (time.perf_counter() - begun) * 1000
