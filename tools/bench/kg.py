"""``bench kg``: plans over a graph and over a synthesised large one, beside pandas for the same filter and sort."""

import multiprocessing
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chatbot.knowledge_graph.build_columns import build_columns
from chatbot.knowledge_graph.columns import Column, Columns
from chatbot.knowledge_graph.execute import Engine
from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph
from chatbot.knowledge_graph.loader import load_graph
from chatbot.knowledge_graph.plan import AnyOf, Condition, Not, Plan, keyword_level
from chatbot.knowledge_graph.plan import Path as Attribute
from chatbot.knowledge_graph.snapshot import load_columns, save_columns
from chatbot.knowledge_graph.units import DATE, load_units

SEED = 7
TOP = 20
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LEAVES = 60  # an entity of the synthesised graph keeps about so many


@dataclass(frozen=True, slots=True)
class Speed:
    """What a fresh process saw. Milliseconds a plan; memory in MiB, the process and what the graph added to it.

    ``ours_ms``/``pandas_ms``: p50 of the same filter and sort, 20 rows out (``None`` without pandas). ``agree``:
    both found the same numbers of rows.
    """

    load_ms: float
    first_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    memory_mib: float
    memory_added_mib: float
    ours_ms: float
    pandas_ms: float | None
    agree: bool | None


@dataclass(frozen=True, slots=True)
class KgBench:
    """Figures of one graph: its size, what building and storing its columns cost, and how fast they answer."""

    name: str
    entities: int
    attributes: int
    leaves: int
    snapshot_mib: float
    build_s: float
    plans: int
    speed: Speed


def bench_kg(
    kg: Path, lexicon: Path, entities: int, plans: int, progress: Callable[[str], None]
) -> list[KgBench]:
    """The graph in ``kg``, then ``entities`` synthesised from it (0: none); ``plans`` plans each.

    Raises:
        DataError: the graph or the units cannot be read, or the snapshot cannot be written.
    """
    graph = load_graph(kg)
    results = [measure(kg.name, graph, lexicon, plans, progress)]
    if entities:
        progress(f"合成 {entities} 个实体……")
        results.append(measure(f"合成 {entities}", synthesised(graph, entities), lexicon, plans, progress))
    return results


def measure(
    name: str, graph: KnowledgeGraph, lexicon: Path, plans: int, progress: Callable[[str], None]
) -> KgBench:
    """Builds and saves the columns here; loads and asks them in a fresh process."""
    progress(f"{name}：建列、存快照……")
    started = time.perf_counter()
    columns = build_columns(graph, load_units(lexicon / "units.txt"))
    built = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as root:
        folder = save_columns(columns, Path(root))
        size = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
        progress(f"{name}：在新进程里载入并执行 {plans} 个计划……")
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            asked = pool.apply(ask, (str(folder), str(lexicon), plans))
    return KgBench(
        name, len(columns), len(columns.paths), len(columns.block.rows), round(size, 2), round(built, 3),
        plans, asked,
    )  # fmt: skip


def ask(folder: str, lexicon: str, plans: int) -> Speed:
    """In a fresh process: load time, memory, plan times, and pandas beside."""
    units = load_units(Path(lexicon) / "units.txt")
    before = _resident_mib()
    started = time.perf_counter()
    columns = load_columns(Path(folder))
    loaded = time.perf_counter() - started
    engine = Engine(columns, units)
    maker = BenchPlans(columns, SEED)
    first = _timed(lambda: engine.run(maker.plan()))
    todo = [maker.plan() for _ in range(plans)]
    times = [_timed(lambda plan=plan: engine.run(plan)) for plan in todo]  # type: ignore[misc]
    cuts = statistics.quantiles(times, n=100)
    memory = _resident_mib()
    ours, theirs, agree = beside_pandas(engine, maker)
    return Speed(
        round(loaded * 1e3, 2), round(first, 2), round(cuts[49], 3), round(cuts[94], 3), round(cuts[98], 3),
        round(memory, 1), round(memory - before, 1), ours, theirs, agree,
    )  # fmt: skip


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e3


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _plain_numbers(column: Column) -> bool:
    """Whether a column is one number an entity: no parts, dates or ranges (which pandas has no notion of)."""
    return (
        len(column.groups) == 1
        and column.groups[0].dimension != DATE
        and column.groups[0].label == ""
        and bool((column.low == column.high).all())
    )


class BenchPlans:
    """Plans over the attributes that most entities have; every operator, seeded."""

    def __init__(self, columns: Columns, seed: int) -> None:
        self.random = random.Random(seed)
        self.names = columns.names
        made = [column for path in columns.paths if path[0] != "实体" and (column := columns.column(path))]
        made.sort(key=lambda column: -len(column.rows))
        self.numbers = [column for column in made if _plain_numbers(column)][:8]
        self.texts = [column for column in made if not column.groups and 3 <= column.distinct <= 200][:6]
        self.flags = [column for column in made if column.flags.any()][:6]

    def bound(self, column: Column, op: str) -> Condition:
        """A bound in the middle of the column's own values, in its base unit's shown unit."""
        low, _, has = column.measures(column.main.dimension if column.main else "")
        value = float(np.quantile(low[has], self.random.uniform(0.2, 0.8)))
        factor = float(column.main.factor) if column.main else 1.0
        return Condition(column.path, "<=" if op == "<=" else ">=", float(f"{value / factor:.6g}"))

    def contains(self) -> Condition:
        column = self.random.choice(self.texts)
        return Condition(column.path, "contains", self.random.choice(column.normal)[:2])

    def has(self) -> Condition:
        return Condition(self.random.choice(self.flags).path, "has", "有")

    def plan(self) -> Plan:
        one, two, three = self.random.sample(self.numbers, 3)
        bounds = (self.bound(one, "<="), self.bound(two, ">="))
        names = tuple(self.random.sample(self.names, 2))
        choices = (
            Plan("filter", (), (three.path,), (*bounds, self.contains()), "asc"),
            Plan("superlative", (), (three.path,), (*bounds, self.contains()), "desc", 3),
            Plan("superlative", (), (three.path,), (), "asc", TOP),
            Plan("count", (), (), (AnyOf((bounds[0], self.has())), Not(self.contains()))),
            Plan("group", (), (keyword_level(1),), bounds),
            Plan("aggregate", (), (three.path,), (self.contains(),)),
            Plan("nearest", names[:1], (three.path,), (bounds[0],), None, 5),
            Plan("compare", names, (one.path, two.path, three.path)),
            Plan("lookup", names, (one.path, two.path)),
            Plan("verify", names, (), bounds),
            Plan(
                "filter", (), (), (self.bound(one, "<="), self.bound(one, ">="), self.contains(), self.has())
            ),
        )
        return self.random.choice(choices)


def beside_pandas(
    engine: Engine, maker: BenchPlans, rounds: int = 60
) -> tuple[float, float | None, bool | None]:
    """p50 of filter + sort + first 20, ours and pandas on the same numbers already parsed; whether they agree."""
    plans = []
    for _ in range(rounds):
        one, two, three = maker.random.sample(maker.numbers, 3)
        conditions = (maker.bound(one, "<="), maker.bound(two, ">="), maker.contains())
        plans.append(Plan("filter", (), (three.path,), conditions, "asc"))
    ours = statistics.median(_timed(lambda plan=plan: engine.run(plan, TOP)) for plan in plans)  # type: ignore[misc]
    try:
        import pandas as pd  # the rival, a dev extra: not there in a plain install
    except ImportError:
        return round(ours, 3), None, None
    series: dict[str, object] = {"/".join(c.path): _numbers(engine.columns, c) for c in maker.numbers}
    series |= {"/".join(c.path): _texts(engine.columns, c) for c in maker.texts}
    frame = pd.DataFrame(series)

    def theirs(plan: Plan) -> tuple[int, float]:
        below, above, text = (one for one in plan.conditions if isinstance(one, Condition))
        name = "/".join(text.attribute)
        mask = (
            (frame["/".join(below.attribute)] <= below.value)
            & (frame["/".join(above.attribute)] >= above.value)
            & frame[name].str.contains(str(text.value), regex=False, na=False)
        )
        ranked = frame[mask].sort_values("/".join(plan.attributes[0]), kind="stable").head(TOP)
        ranked.to_dict("records")
        return int(mask.sum()), len(ranked)

    times = statistics.median(_timed(lambda plan=plan: theirs(plan)) for plan in plans)  # type: ignore[misc]
    agree = all(theirs(plan)[0] == engine.run(plan, TOP).total for plan in plans)
    return round(ours, 3), round(times, 3), agree


def _numbers(columns: Columns, column: Column) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The column in the unit it is shown in, rounded as a person would have stored it; NaN where missing."""
    low, _, has = column.measures(column.main.dimension if column.main else "")
    factor = float(column.main.factor) if column.main else 1.0
    numbers = np.full(len(columns), np.nan)
    numbers[column.rows] = np.where(has, np.round(low / factor, 9), np.nan)[column.codes]
    return numbers


def _texts(columns: Columns, column: Column) -> list[str | None]:
    texts: list[str | None] = [None] * len(columns)
    for row, code in zip(column.rows.tolist(), column.codes.tolist(), strict=True):
        texts[row] = column.normal[code]
    return texts


def synthesised(graph: KnowledgeGraph, count: int, seed: int = SEED) -> KnowledgeGraph:
    """``count`` entities made from the graph's own by changing their numbers by up to 20 % and dropping leaves."""
    rng = random.Random(seed)
    entities = []
    for i in range(count):
        model = graph.entities[rng.randrange(len(graph.entities))]
        keep = min(1.0, _LEAVES / max(len(model.leaves), 1))
        leaves: dict[Attribute, str] = {
            path: _changed(path, text, rng) for path, text in model.leaves.items() if rng.random() < keep
        }
        keywords = (*model.keywords[:-1], f"{model.keywords[-1]} {i}")
        entities.append(Entity(f"{model.name} {i}", keywords, leaves, f"{i}.json"))
    return KnowledgeGraph(tuple(entities), f"synthesised {graph.version} {count} {seed}")


def _changed(path: Attribute, text: str, rng: random.Random) -> str:
    """A number at the start of ``text`` changed; dates, counts below 20 and other text as they are."""
    found = _NUMBER.match(text)
    if found is None or (float(found.group()) < 20 and "." not in found.group()) or text[:2] in ("19", "20"):
        return text
    decimals = len(found.group().partition(".")[2])
    return f"{float(found.group()) * rng.uniform(0.8, 1.2):.{decimals}f}{text[found.end() :]}"


def as_text(results: Sequence[KgBench]) -> str:
    """The figures for a person, a paragraph a graph."""
    return "\n".join(_paragraph(one, one.speed) for one in results)


def _paragraph(one: KgBench, speed: Speed) -> str:
    rival = "未安装" if speed.pandas_ms is None else f"{speed.pandas_ms} ms"
    if speed.pandas_ms:
        rival += f"（{speed.pandas_ms / speed.ours_ms:.1f} 倍，结果{'一致' if speed.agree else '不一致'}）"
    return (
        f"{one.name}：{one.entities} 个实体，{one.attributes} 个属性，{one.leaves} 个值\n"
        f"  建列 {one.build_s} s，快照 {one.snapshot_mib} MiB，载入 {speed.load_ms} ms，"
        f"进程内存 {speed.memory_mib} MiB（其中图谱 {speed.memory_added_mib}）\n"
        f"  {one.plans} 个计划：p50 {speed.p50_ms} ms，p95 {speed.p95_ms} ms，p99 {speed.p99_ms} ms"
        f"（第一个 {speed.first_ms} ms）\n"
        f"  同样的筛选加排序：本引擎 {speed.ours_ms} ms，pandas {rival}"
    )
