"""``bench kg``, in words: questions about a graph from text to answer, in a fresh process that starts from a snapshot."""

import multiprocessing
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.knowledge_graph.columns import Column
from chatbot.knowledge_graph.graph import display_name
from chatbot.knowledge_source import graph_knowledge
from chatbot.session.base import Memory

SEED = 11


@dataclass(frozen=True, slots=True)
class InWords:
    """Seconds from nothing to ready, with the columns' snapshot there; milliseconds a question, text to reply.

    ``answered`` is the share that got an answer from the graph: figures of questions that are not understood mean little.
    """

    questions: int
    load_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    answered: float


def bench_in_words(kg: Path, lexicon: Path, count: int, progress: Callable[[str], None]) -> InWords:
    """``ask_in_words`` in a fresh process.

    Raises:
        DataError: the graph or a lexicon cannot be read.
    """
    progress(f"{kg.name}：在新进程里从快照启动，用文字问 {count} 句……")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(ask_in_words, (str(kg), str(lexicon), count))


def ask_in_words(kg: str, lexicon: str, count: int) -> InWords:
    """``count`` questions over the graph in ``kg``, each put once, in a conversation of its own."""
    with tempfile.TemporaryDirectory() as snapshots:
        graph_knowledge(Path(kg), Path(lexicon), Path(snapshots))  # writes the snapshot
        started = time.perf_counter()
        knowledge = graph_knowledge(Path(kg), Path(lexicon), Path(snapshots))
        loaded = time.perf_counter() - started
        machine, settings, times, answered = build_machine(), DialogSettings(), [], 0
        for text in (*questions(knowledge, 10, SEED + 1), *questions(knowledge, count, SEED)):
            began = time.perf_counter()
            reply = machine.step(Memory(), Hearing(text, knowledge, settings)).reply
            times.append((time.perf_counter() - began) * 1e3)
            answered += reply.answer_source == "kg"
    cuts = statistics.quantiles(times[10:], n=100)  # the first ten fill tables that are made on demand
    share = round(answered / len(times), 3)
    return InWords(count, round(loaded, 3), round(cuts[49], 3), round(cuts[94], 3), round(cuts[98], 3), share)


def questions(knowledge: Knowledge, count: int, seed: int) -> Iterator[str]:
    """Look-ups, comparisons, bounds, rankings, counts and lists over the graph's own names and values; seeded."""
    rng = random.Random(seed)
    graph, columns = knowledge.graph, knowledge.planner.engine.columns
    names = [graph.short_names[entity.name] for entity in graph.entities]
    brands = [entity.keywords[0] for entity in graph.entities]
    made = [c for path in columns.paths if path[0] != "实体" and (c := columns.column(path))]
    made.sort(key=lambda column: -len(column.rows))
    attributes = [display_name(column.path[-1]) for column in made[:30]]
    numbers = [column for column in made if column.main and column.main.unit][:8]
    for _ in range(count):
        bound, other = _bound(rng.choice(numbers), rng), _bound(rng.choice(numbers), rng)
        ranked = display_name(rng.choice(numbers).path[-1])
        yield rng.choice(
            (
                f"{rng.choice(names)}的{rng.choice(attributes)}是多少",
                f"{rng.choice(names)}和{rng.choice(names)}哪个{ranked}高",
                f"{bound}的有哪些",
                f"{bound}、{other}的{rng.choice(brands)}有几款",
                f"{rng.choice(brands)}里{ranked}最高的是哪款",
                f"{other}的里面{ranked}最低的三款",
            )
        )


def _bound(column: Column, rng: random.Random) -> str:
    """``轴距2900mm以上``: a bound that some value of the column has."""
    assert column.main is not None
    low, _, has = column.measures(column.main.dimension)
    number = rng.choice(low[has].tolist()) / float(column.main.factor)
    return f"{display_name(column.path[-1])}{number:g}{column.main.unit}{rng.choice(('以上', '以下'))}"


def as_text(asked: InWords) -> str:
    """The figures for a person, in a line."""
    return (
        f"从文字到答案：从快照启动 {asked.load_s} s；{asked.questions} 句，p50 {asked.p50_ms} ms，p95 {asked.p95_ms} ms，"
        f"p99 {asked.p99_ms} ms（{asked.answered:.1%} 由图谱回答）"
    )
