"""``bench chat``: a whole turn against the bare route, the dialogue alone, start-up and memory, in one run."""

import contextlib
import csv
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

from chatbot.app import build_machine, dialog_settings
from chatbot.config import EngineConfig, load_engine_config
from chatbot.dialog.state import Hearing
from chatbot.knowledge_source import load_knowledge
from chatbot.session.base import Memory
from tools.bench.load import LoadResult, joined, post_request, run_load

SESSIONS = 64
WARM_UP = 2_000
ROUNDS = 10
START_SECONDS = 30.0
IMPORTS = ("flask", "flask_openapi3", "pydantic", "numpy", "faiss", "rapidfuzz", "redis", "opencc", "pypinyin",
           "prometheus_client", "gunicorn.app.base", "typer", "chatbot.app")  # fmt: skip


_BEFORE = ("", "请问", "你好", "麻烦问下", "那个", "我想问", "嗯", "想问一下", "咨询下", "hi", "老师", "在吗")
_AFTER = ("", "呀", "呢", "啊", "谢谢", "？", "~", "哦", "。。", "哈", "急", "的")


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
    """All figures of one run. ``ratio_*`` are throughputs against the bare route at the same connections."""

    routes: tuple[Route, ...]
    ratio_faq: float
    ratio_faq_repeated: float
    ratio_graph: float
    p99_to_p50: float
    errors: int
    dialogue_faq_p50_ms: float
    dialogue_graph_p50_ms: float
    start_to_first_answer_s: float
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
        """Every figure, in one run on one machine."""
        with tempfile.TemporaryDirectory(prefix="chat-bench-") as folder:
            state = Path(folder)
            config = load_engine_config(self._config, {**os.environ, "CHATBOT_STATE_DIR": folder})
            faq, graph = faq_questions(config), graph_questions(config)
            dialogue = self._dialogue(config, faq, graph)
            with self._bare(state) as bare_port, self._chatbot(state) as (port, first_answer, pid):
                half, again_turns, alone = self._turns // 2, self._turns // 4, self._turns // 20
                bare, faq_route, again, graph_route = self._in_turns(
                    (
                        Asked("bare", bare_port, as_requests(faq, bare_port), half),
                        Asked("faq new", port, as_requests(written_anew(faq), port), half),
                        Asked("faq again", port, as_requests(faq, port), again_turns),
                        Asked("graph", port, as_requests(graph, port), half),
                    )
                )
                single = Asked("faq", port, as_requests(faq, port), alone)
                one = _route(single, 1, run_load(port, single.requests, alone, 1))
                rss, pss = worker_memory(pid)
            return ChatBenchResult(
                routes=(bare, faq_route, again, graph_route, one),
                ratio_faq=round(faq_route.per_second / bare.per_second, 3),
                ratio_faq_repeated=round(again.per_second / bare.per_second, 3),
                ratio_graph=round(graph_route.per_second / bare.per_second, 3),
                p99_to_p50=round(max(r.p99_ms / r.p50_ms for r in (faq_route, graph_route)), 2),
                errors=faq_route.errors + again.errors + graph_route.errors + one.errors,
                dialogue_faq_p50_ms=dialogue[0],
                dialogue_graph_p50_ms=dialogue[1],
                start_to_first_answer_s=round(first_answer, 2),
                worker_rss_mb=rss,
                worker_pss_mb=pss,
                import_ms=import_costs(),
            )

    def _in_turns(self, asked: Sequence["Asked"]) -> list["Route"]:
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
    ) -> tuple[float, float]:
        """Median milliseconds of the state machine alone: no HTTP, no session store."""
        self._say("bench chat: dialogue in process")
        knowledge, machine, settings = load_knowledge(config), build_machine(), dialog_settings(config)

        def median(questions: Sequence[str]) -> float:
            times = []
            for question in written_anew(questions)[
                : 2 * len(questions)
            ]:  # a warm-up pass, then the one that counts
                started = time.perf_counter()
                machine.step(Memory(state="question_intake"), Hearing(question, knowledge, settings))
                times.append(time.perf_counter() - started)
            return round(statistics.median(times[len(questions) :]) * 1000, 3)

        return median(faq), median(graph)

    @contextlib.contextmanager
    def _bare(self, state: Path) -> Iterator[int]:
        """The bare Flask route with one Redis GET and one SET; yields its port."""
        port = free_port()
        with running(
            [sys.executable, "-m", "tools.bench.bare", str(state / "bare"), str(port), str(self._workers)],
            port,
        ):
            yield port

    @contextlib.contextmanager
    def _chatbot(self, state: Path) -> Iterator[tuple[int, float, int]]:
        """The service under its own command; yields port, seconds to the first answer, master's pid."""
        port = free_port()
        command = [sys.executable, "-m", "chatbot", "serve", "--config", str(self._config), "--port", str(port),
                   "--workers", str(self._workers)]  # fmt: skip
        started = time.perf_counter()
        environment = {"CHATBOT_STATE_DIR": str(state / "chatbot"), "CHATBOT_LOG_LEVEL": "info"}
        with running(command, port, environment) as process:
            yield port, time.perf_counter() - started, process.pid


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


def as_requests(questions: Sequence[str], port: int) -> list[bytes]:
    """One request a question; each question of a session of its own, so that no turn waits for another's lock."""
    bodies = (
        json.dumps({"sent": question, "session_id": f"bench-{i}"}, ensure_ascii=False).encode()
        for i, question in enumerate(questions)
    )
    return [post_request("/", body, f"127.0.0.1:{port}") for body in bodies]


def faq_questions(config: EngineConfig) -> list[str]:
    """The held-out questions beside the FAQ, or its paraphrases when there are none."""
    held_out = config.faq_data_dir / "test.csv"
    if held_out.is_file():
        with held_out.open(encoding="utf-8-sig", newline="") as file:
            return [row["sent"] for row in csv.DictReader(file)]
    files = sorted((config.faq_data_dir / "questions").iterdir())
    return [line for file in files for line in islice(file.read_text("utf-8-sig").splitlines(), 4)]


def written_anew(questions: Sequence[str]) -> list[str]:
    """Each question in many writings: courtesies around it, and slips of the finger in it, so that no request of a run
    is like another, not even once the courtesies are taken off."""
    return [
        f"{before}{slipped(question, turn)}{after}"
        for turn, (after, before) in enumerate(product(_AFTER, _BEFORE))
        for question in questions
    ]


def slipped(question: str, turn: int) -> str:
    """``question`` with the ``turn``-th slip of the finger: a letter twice, left out, or after the next one; past the
    last of these, two slips."""
    again, (place, kind) = turn // (3 * len(question)), divmod(turn % (3 * len(question)), 3)
    before, letter, after = question[:place], question[place], question[place + 1 :]
    written = (before + letter * 2 + after, before + after, before + after[:1] + letter + after[1:])[kind]
    return slipped(written, again - 1) if again and len(written) > 1 else written


def graph_questions(config: EngineConfig) -> list[str]:
    """Entity × attribute questions over the whole graph."""
    graph = load_knowledge(config).graph
    asked = []
    for index, entity in enumerate(graph.entities):
        leaves = list(entity.leaves)
        for step in range(10):
            leaf = leaves[(index * 7 + step * 11) % len(leaves)]
            asked.append(f"{graph.short_names[entity.name]}的{leaf[-1].split('(')[0]}是多少")
    return asked


@contextlib.contextmanager
def running(
    command: Sequence[str], port: int, environment: dict[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """The server's process, once it has answered a first request; ended afterwards."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
        try:
            await_answer(process, port, log)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def await_answer(process: "subprocess.Popen[bytes]", port: int, log: object) -> None:
    """Ask until answered.

    Raises:
        RuntimeError: the server ended, or did not answer in ``START_SECONDS``.
    """
    body = json.dumps({"sent": "您好", "session_id": "first"}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", body, {"Content-Type": "application/json"})
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=5) as answer:
            answer.read()
            return
        time.sleep(0.01)
    raise RuntimeError(f"the server did not answer on port {port} (exit {process.poll()})")


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def worker_memory(master: int) -> tuple[float, float]:
    """Resident and proportional memory of the largest worker, in MB."""
    sizes = []
    for task in Path(f"/proc/{master}/task").iterdir():
        for child in (task / "children").read_text().split():
            rollup = Path(f"/proc/{child}/smaps_rollup").read_text()
            command = Path(f"/proc/{child}/cmdline").read_text()
            if "redis" not in command:
                fields = {line.split(":")[0]: line.split()[1] for line in rollup.splitlines()[1:]}
                sizes.append((int(fields["Rss"]) / 1024, int(fields["Pss"]) / 1024))
    rss, pss = max(sizes)
    return round(rss, 1), round(pss, 1)


def import_costs() -> dict[str, float]:
    """Milliseconds to import each package in a fresh interpreter, interpreter start taken off."""

    def seconds(program: str) -> float:
        def once() -> float:
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            return time.perf_counter() - started

        return min(once() for _ in range(3))

    empty = seconds("pass")
    return {name: round((seconds(f"import {name}") - empty) * 1000, 1) for name in IMPORTS}


def as_text(result: ChatBenchResult) -> str:
    """The figures as a table for a person."""
    rows = [f"{'route':<10}{'conns':>6}{'turns':>8}{'req/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}"]
    rows += [
        f"{r.name:<10}{r.connections:>6}{r.turns:>8}{r.per_second:>10.1f}{r.p50_ms:>9.3f}{r.p99_ms:>9.3f}{r.errors:>8}"
        for r in result.routes
    ]
    rows += [
        f"FAQ turn / bare route           {result.ratio_faq:.3f} each written anew, "
        f"{result.ratio_faq_repeated:.3f} repeated (wanted ≥ 0.4)",
        f"graph turn / bare route         {result.ratio_graph:.3f} (wanted ≥ 0.35)",
        f"p99 / p50, worst of the two     {result.p99_to_p50:.2f} (wanted ≤ 5)",
        f"errors                          {result.errors} (wanted 0)",
        f"dialogue alone, p50             FAQ {result.dialogue_faq_p50_ms} ms, graph {result.dialogue_graph_p50_ms} ms (wanted ≤ 0.8)",
        f"start to first answer           {result.start_to_first_answer_s} s (wanted ≤ 2)",
        f"memory of a worker              {result.worker_rss_mb} MB resident, {result.worker_pss_mb} MB proportional (wanted ≤ 200)",
        "imports, ms                     " + ", ".join(f"{k} {v}" for k, v in result.import_ms.items()),
    ]
    return "\n".join(rows)
