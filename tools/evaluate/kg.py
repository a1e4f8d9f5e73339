"""``python -m tools evaluate kg``: question files over a knowledge graph, turn by turn, judged and timed."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.config import load_engine_config
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.errors import DataError
from chatbot.knowledge_source import graph_knowledge, load_knowledge
from chatbot.session.base import Memory
from tools.evaluate.kg_judge import Turn, faults
from tools.evaluate.kg_spec import Expectations, expected

ROWS = 1000
_EXACT = {"rows", "rows_total", "rows_total_range", "rows_first_of", "rows_include", "rows_exclude", "rows_within", "groups", "candidates"}  # fmt: skip


@dataclass(slots=True)
class Tally:
    """Counts over turns; ``ms`` one entry a turn."""

    turns: int = 0
    right: int = 0
    plans: list[bool] = field(default_factory=list)
    rows: list[bool] = field(default_factory=list)
    values: list[bool] = field(default_factory=list)
    wrong_values: int = 0
    fresh_expected: int = 0
    wrong_carry: int = 0
    ms: list[float] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """What the command prints; rates are shares of the turns that expect the thing."""
        return {
            "turns": self.turns,
            "turn_accuracy": _share(self.right, self.turns),
            "plan_accuracy": _share(sum(self.plans), len(self.plans)),
            "exact_rows": _share(sum(self.rows), len(self.rows)),
            "value_accuracy": _share(sum(self.values), len(self.values)),
            "wrong_values": self.wrong_values,
            "wrong_carry_over_rate": _share(self.wrong_carry, self.turns),
            "ms_p50": round(median(self.ms), 3) if self.ms else None,
            "ms_p95": round(quantiles(self.ms, n=20)[-1], 3) if len(self.ms) > 1 else None,
        }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def evaluate_kg(
    folder: Path, tests: list[Path], graph: str, lexicon: Path | None, config: Path | None
) -> Tally:
    """Every turn of the files whose ``graph`` is the one named, over the graph in ``folder``.

    Raises:
        DataError: a file that cannot be read.
    """
    known = knowledge_of(folder, lexicon, config)
    return asked_of(known, Expectations(folder, known.planner.engine.directions), tests, graph)


def asked_of(known: Knowledge, meant: Expectations, tests: list[Path], graph: str) -> Tally:
    """The same of a knowledge base that is loaded already; ``meant`` is over the folder of its graph.

    Raises:
        DataError: a question file that cannot be read.
    """
    tally = Tally()
    for file in tests:
        for line in _lines(file):
            if line.get("graph", graph) == graph:
                _run(line, known, meant, tally)
    return tally


def knowledge_of(folder: Path, lexicon: Path | None, config: Path | None) -> Knowledge:
    if config is None:
        return graph_knowledge(folder, lexicon)
    return load_knowledge(replace(load_engine_config(config, {}), knowledge_graph_data_dir=folder))


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DataError(file, f"读不了文件：{error.strerror}") from error
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                yield json.loads(line)
        except ValueError as error:
            raise DataError(file, "不是 JSON Lines", line=number, hint="每行一个 JSON 对象") from error


def _run(line: dict[str, Any], known: Knowledge, meant: Expectations, tally: Tally) -> None:
    """One question or conversation; the memory of one turn goes into the next."""
    machine, settings = build_machine(), DialogSettings()
    memory = Memory(state="question_intake")
    turns = [{**line, "say": said} if isinstance(said, str) else said for said in line["turns"]]
    for number, turn in enumerate(turns, 1):
        started = time.perf_counter()
        step = machine.step(memory, Hearing(turn["say"], known, settings, ROWS))
        tally.ms.append((time.perf_counter() - started) * 1000)
        memory = step.memory
        expect, seen = expected(turn, meant), Turn(step.reply, step.memory, known.graph)
        wrong = faults(seen, expect)
        _count(tally, seen, expect, wrong)
        if wrong:
            fresh = machine.step(Memory(state="question_intake"), Hearing(turn["say"], known, settings, ROWS))
            carried = (
                number > 1 and expect.get("carried") is False and fresh.reply.answer != step.reply.answer
            )
            tally.wrong_carry += carried
            tally.failed.append(
                {"id": line["id"], "turn": number, "say": turn["say"], "wrong": wrong, "carry": carried,
                 "answer": step.reply.answer[:160], "op": step.reply.plan.op if step.reply.plan else None,
                 "why": step.reply.why[:160]}
            )  # fmt: skip


def _count(tally: Tally, seen: Turn, expect: Mapping[str, Any], wrong: list[str]) -> None:
    tally.turns += 1
    tally.right += not wrong
    if "op" in expect:
        tally.plans.append("op" not in wrong and "any_of" not in wrong)
    if _EXACT & expect.keys() or "any_of" in expect:
        tally.rows.append(not ((_EXACT | {"any_of"}) & set(wrong)))
    if "values" in expect:
        tally.values.append("values" not in wrong)
        tally.wrong_values += _states_another(seen, expect) if "values" in wrong else 0
    tally.wrong_values += sum(not _in_graph(seen, item) for item in seen.values)


def _states_another(seen: Turn, expect: Mapping[str, Any]) -> bool:
    """An answer that gives values of the attribute asked for, and none of them is the expected one."""
    asked = {value["attribute"] for value in expect["values"]}
    return seen.reply.answer_type == "answer" and any(leaf in asked for _, leaf, _ in seen.values)


def _in_graph(seen: Turn, item: tuple[str, str, str]) -> bool:
    entity, leaf, raw = item
    return any(path[-1] == leaf and value == raw for path, value in seen.graph.by_name[entity].leaves.items())
