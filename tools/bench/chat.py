"""``bench chat``: a whole turn against the bare route, the dialogue alone, start-up and memory, in one run."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.app import build_machine, dialog_settings
from chatbot.config import EngineConfig, load_engine_config
from chatbot.dialog.hearing import Hearing
from chatbot.knowledge_source import load_knowledge
from chatbot.large_pages import onto_large_pages
from chatbot.session.base import Memory
from tools.bench.footprint import import_costs, worker_memory
from tools.bench.load import LoadResult, joined, run_load
from tools.bench.said import as_requests, faq_questions, graph_questions, politely, written_anew
from tools.bench.servers import bare_server, chatbot_server

WARM_UP = 2_000
ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Route:
    """One route under load: requests a second, latency in milliseconds, failed requests."""

    name: str
    connections: int
    turns: int
    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What one route is to be asked: ``requests`` in order, over and over, ``turns`` in all."""

    name: str
    port: int
    requests: Sequence[bytes]
    turns: int

    def part(self, turn: int) -> Sequence[bytes]:
        """The requests of round ``turn``, from where the warm-up and the rounds before it have left off."""
        at = (WARM_UP + turn * (self.turns // ROUNDS)) % len(self.requests)
        return [*self.requests[at:], *self.requests[:at]]


@dataclass(frozen=True, slots=True)
class ChatBenchResult:
    """All figures of one run. ``ratio_*`` are throughputs against the bare route at the same connections.

    A FAQ question comes in three ways: word for word as before (``again``: what is popular, and every chip), in other
    courtesies (``politely``), and with a slip of the finger that nobody has made before (``new``: nothing of it is
    remembered). The first start works out what a later one reads.
    """

    routes: tuple[Route, ...]
    ratio_faq_again: float
    ratio_faq_politely: float
    ratio_faq_new: float
    ratio_graph: float
    p99_to_p50: float
    errors: int
    dialogue_faq_p50_ms: float
    dialogue_polite_p50_ms: float
    dialogue_graph_p50_ms: float
    start_to_first_answer_s: float
    later_start_to_first_answer_s: float
    worker_rss_mb: float
    worker_pss_mb: float
    import_ms: dict[str, float]


class ChatBench:
    """Runs the servers as an operator would (own processes, own state folder) and asks them."""

    def __init__(
        self, config: Path, turns: int, connections: int, workers: int, say: Callable[[str], None]
    ) -> None:
        self._config, self._turns, self._connections = config, turns, connections
        self._workers, self._say = workers, say

    def run(self) -> ChatBenchResult:
        """Every figure, in one run on one machine; ``turns`` of the chatbot, a quarter to each of its routes."""
        with tempfile.TemporaryDirectory(prefix="chat-bench-") as folder:
            state = Path(folder)
            config = load_engine_config(self._config, {**os.environ, "CHATBOT_STATE_DIR": folder})
            faq, graph = faq_questions(config), graph_questions(config)
            dialogue = self._dialogue(config, faq, graph)
            with (
                bare_server(state / "bare", self._workers) as bare,
                chatbot_server(self._config, state / "chatbot", self._workers) as chatbot,
            ):
                each, port = self._turns // 4, chatbot.port
                told = (
                    Asked("bare", bare.port, as_requests(faq, bare.port), each),
                    Asked("faq again", port, as_requests(faq, port), each),
                    Asked("politely", port, as_requests(politely(faq), port), each),
                    Asked("faq new", port, as_requests(written_anew(faq), port), each),
                    Asked("graph", port, as_requests(graph, port), each),
                )
                floor, again, polite, new, graph_route = self._in_turns(told)
                alone = Asked("alone", port, as_requests(faq, port), max(1, each // 10))
                one = _route(alone, 1, run_load(port, alone.requests, alone.turns, 1))
                rss, pss = worker_memory(chatbot.process.pid)
                first_answer = chatbot.first_answer_s
            with chatbot_server(self._config, state / "chatbot", self._workers) as chatbot:
                later = chatbot.first_answer_s
        loaded = (again, polite, new, graph_route)
        return ChatBenchResult(
            routes=(floor, *loaded, one),
            ratio_faq_again=round(again.per_second / floor.per_second, 3),
            ratio_faq_politely=round(polite.per_second / floor.per_second, 3),
            ratio_faq_new=round(new.per_second / floor.per_second, 3),
            ratio_graph=round(graph_route.per_second / floor.per_second, 3),
            p99_to_p50=round(max(route.p99_ms / route.p50_ms for route in loaded), 2),
            errors=sum(route.errors for route in (*loaded, one)),
            dialogue_faq_p50_ms=dialogue[0],
            dialogue_polite_p50_ms=dialogue[1],
            dialogue_graph_p50_ms=dialogue[2],
            start_to_first_answer_s=round(first_answer, 2),
            later_start_to_first_answer_s=round(later, 2),
            worker_rss_mb=rss,
            worker_pss_mb=pss,
            import_ms=import_costs(),
        )

    def _in_turns(self, asked: Sequence[Asked]) -> list[Route]:
        """Each route's load in ``ROUNDS`` parts, one route after the other: a slow minute of the machine hits them all."""
        for one in asked:
            run_load(one.port, one.requests, WARM_UP, self._connections)
        parts: list[list[LoadResult]] = [[] for _ in asked]
        for turn in range(ROUNDS):
            self._say(f"bench chat: round {turn + 1} of {ROUNDS}")
            for one, results in zip(asked, parts, strict=True):
                results.append(run_load(one.port, one.part(turn), one.turns // ROUNDS, self._connections))
        return [
            _route(one, self._connections, joined(results)) for one, results in zip(asked, parts, strict=True)
        ]

    def _dialogue(
        self, config: EngineConfig, faq: Sequence[str], graph: Sequence[str]
    ) -> tuple[float, float, float]:
        """Median milliseconds of the state machine alone, no HTTP, no session store, no turn remembered: questions
        written anew, the same and look-ups in the graph in other courtesies."""
        self._say("bench chat: dialogue in process")
        knowledge, machine, settings = load_knowledge(config), build_machine(), dialog_settings(config)
        onto_large_pages()  # as in a worker

        def median(questions: Sequence[str], warm_up: int) -> float:
            times = []
            for question in questions[: 3 * warm_up]:
                started = time.perf_counter()
                machine.step(Memory(state="question_intake"), Hearing(question, knowledge, settings))
                times.append(time.perf_counter() - started)
            return round(statistics.median(times[warm_up:]) * 1000, 3)

        return (
            median(written_anew(faq), len(faq)),
            median(politely(faq), len(faq)),
            median(politely(graph), len(graph)),
        )


def _route(asked: Asked, connections: int, found: LoadResult) -> Route:
    return Route(
        asked.name,
        connections,
        len(found.latencies),
        round(found.per_second, 1),
        round(found.percentile(0.5) * 1000, 3),
        round(found.percentile(0.99) * 1000, 3),
        found.errors,
    )


def as_text(result: ChatBenchResult) -> str:
    """The figures as a table for a person."""
    rows = [f"{'route':<10}{'conns':>6}{'turns':>8}{'req/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}"]
    rows += [
        f"{r.name:<10}{r.connections:>6}{r.turns:>8}{r.per_second:>10.1f}{r.p50_ms:>9.3f}{r.p99_ms:>9.3f}{r.errors:>8}"
        for r in result.routes
    ]
    rows += [
        f"FAQ turn / bare route           {result.ratio_faq_again:.3f} word for word as before, "
        f"{result.ratio_faq_politely:.3f} in other courtesies, {result.ratio_faq_new:.3f} never so before (wanted ≥ 0.4)",
        f"graph turn / bare route         {result.ratio_graph:.3f} (wanted ≥ 0.35)",
        f"p99 / p50, worst of the routes  {result.p99_to_p50:.2f} (wanted ≤ 5)",
        f"errors                          {result.errors} (wanted 0)",
        f"dialogue alone, p50             FAQ {result.dialogue_faq_p50_ms} ms written anew, "
        f"{result.dialogue_polite_p50_ms} ms in other courtesies, graph {result.dialogue_graph_p50_ms} ms (wanted ≤ 0.8)",
        f"start to first answer           {result.start_to_first_answer_s} s in an empty state folder (wanted ≤ 2), "
        f"{result.later_start_to_first_answer_s} s later",
        f"memory of a worker              {result.worker_rss_mb} MB resident, {result.worker_pss_mb} MB proportional (wanted ≤ 200)",
        "imports, ms                     " + ", ".join(f"{k} {v}" for k, v in result.import_ms.items()),
    ]
    return "\n".join(rows)
