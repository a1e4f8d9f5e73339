"""``bench soak``: users talk for minutes while knowledge is published and workers are killed under them.

Everything runs on this machine's loopback, is bounded in time and count, and stops by itself.
"""

import contextlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from chatbot.config import EngineConfig, load_engine_config
from chatbot.faq_modules.dataset import load_dataset
from chatbot.knowledge_source import load_knowledge
from tools.bench.load import LoadResult, joined, run_load
from tools.bench.said import as_requests, faq_questions, graph_questions, written_anew
from tools.bench.servers import Server, bare_server, chatbot_server, wait_until
from tools.bench.soak_report import Kill, Publish, SoakResult, summary
from tools.bench.talk_load import Conversation, TalkLoad

BARE_SECONDS = 15.0
BARE_TURNS_A_SECOND = 1_500
LIVE_SECONDS = 30.0
SEED = 20261126


@dataclass(frozen=True, slots=True)
class SoakPlan:
    """What happens during ``minutes``."""

    minutes: float
    connections: int
    workers: int
    publishes: int
    kills: int


@dataclass(slots=True)
class _Events:
    """What was done to the service while it was talking."""

    publishes: list[Publish] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Soak:
    """One run on a copy of the knowledge base; nothing of the operator's is touched."""

    def __init__(self, config: Path, plan: SoakPlan, say: Callable[[str], None]) -> None:
        self._config, self._plan, self._say = config, plan, say
        self._over = threading.Event()

    def run(self) -> SoakResult:
        """The bare route, the soak, the bare route again; then the log and the store are counted."""
        with tempfile.TemporaryDirectory(prefix="chat-soak-") as name:
            folder = Path(name)
            config = self._copied(folder)
            engine = load_engine_config(config, {"CHATBOT_STATE_DIR": str(folder / "offline")})
            bare = [self._bare(folder / "bare-before", engine)]
            with chatbot_server(config, folder / "chatbot", self._plan.workers) as server:
                conversations = mixed_conversations(engine)
                talk, events = self._talk(server, config, conversations)
            bare.append(self._bare(folder / "bare-after", engine))
            return summary(server, talk, (events.publishes, events.kills, events.faults), joined(bare))

    def _copied(self, folder: Path) -> Path:
        data = folder / "data"
        shutil.copytree(self._config.parent, data, ignore=shutil.ignore_patterns(".versions"))
        return data / self._config.name

    def _bare(self, folder: Path, engine: EngineConfig) -> LoadResult:
        self._say("bench soak: bare route")
        with bare_server(folder, self._plan.workers) as server:
            requests = as_requests(faq_questions(engine), server.port)
            run_load(server.port, requests, 2_000, self._plan.connections)
            return run_load(
                server.port, requests, int(BARE_SECONDS * BARE_TURNS_A_SECOND), self._plan.connections
            )

    def _talk(
        self, server: Server, config: Path, conversations: Sequence[Conversation]
    ) -> tuple[TalkLoad, _Events]:
        seconds = self._plan.minutes * 60
        talk, events = TalkLoad(server.port, conversations, self._plan.connections), _Events()
        happening = threading.Thread(target=self._happen, args=(server, config, talk, events), daemon=True)
        self._say(f"bench soak: {self._plan.minutes:g} minutes, {self._plan.connections} connections")
        happening.start()
        talk.run(seconds)
        self._over.set()
        happening.join(LIVE_SECONDS)
        return talk, events

    def _happen(self, server: Server, config: Path, talk: TalkLoad, events: _Events) -> None:
        started, seconds = time.monotonic(), self._plan.minutes * 60
        for share, kind in schedule(self._plan.publishes, self._plan.kills):
            if self._over.wait(max(0.0, started + share * seconds - time.monotonic())):
                events.faults.append(f"no time was left for a {kind}")
                return
            try:
                if kind == "publish":
                    events.publishes.append(self._publish(config, talk, len(events.publishes)))
                else:
                    events.kills.append(kill_one(server, len(events.kills)))
            except (OSError, psutil.Error, subprocess.SubprocessError) as error:
                events.faults.append(f"{kind}: {type(error).__name__}: {error}")

    def _publish(self, config: Path, talk: TalkLoad, number: int) -> Publish:
        """Add or take away a paraphrase, rebuild the index as an operator does, wait until a reply names the version."""
        file = min((config.parent / "car_faqs" / "questions").iterdir())
        lines = file.read_text("utf-8-sig").splitlines()
        extra = "压测时新增的一个问法"
        lines = [line for line in lines if not line.startswith(extra)] + [f"{extra}{number}"]
        file.write_text("\n".join(lines) + "\n", "utf-8")
        command = [sys.executable, "-m", "tools", "rebuild-index", "--config", str(config), "--json"]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        at, seen = time.monotonic(), len(talk.result.versions)
        known = {version for _, version in talk.result.versions[:seen]}

        def first_seen() -> tuple[float, str] | None:
            return next((entry for entry in talk.result.versions[seen:] if entry[1] not in known), None)

        wait_until(lambda: first_seen() is not None or self._over.is_set(), LIVE_SECONDS)
        self._say(f"bench soak: publish {number + 1} of {self._plan.publishes}")
        found = first_seen()
        return Publish(at, found[1] if found else "", found[0] - at if found else None)


def schedule(publishes: int, kills: int) -> list[tuple[float, str]]:
    """When what happens, as shares of the run: each kind evenly spread, the last early enough to be seen through."""
    planned = [((i + 0.5) / publishes * 0.94, "publish") for i in range(publishes)]
    planned += [((i + 0.8) / kills * 0.94, "kill") for i in range(kills)]
    return sorted(planned)


def kill_one(server: Server, number: int) -> Kill:
    """Stop a worker, note which connections are its own, kill it: what it had in flight is known exactly."""
    worker = server.workers()[number % 2 - 1]
    worker.send_signal(signal.SIGSTOP)
    ports = {c.raddr.port for c in worker.net_connections("tcp") if c.raddr and c.laddr.port == server.port}
    at = time.monotonic()
    worker.send_signal(signal.SIGKILL)
    wait_until(lambda: worker.pid not in [w.pid for w in server.workers()], 10)
    return Kill(at, frozenset(ports))


def mixed_conversations(config: EngineConfig) -> list[Conversation]:
    """FAQ, graph, small talk and follow-ups, shuffled by a fixed seed."""
    faq, graph = written_anew(faq_questions(config))[:4000], graph_questions(config)
    talk = (
        [p.text for p in load_dataset(config.chitchat_data_dir).paraphrases]
        if config.chitchat_data_dir
        else ["您好"]
    )
    known = load_knowledge(config).graph
    families = sorted({entity.keywords[1] for entity in known.entities if len(entity.keywords) > 1})
    leaves = [leaf[-1].split("(")[0] for leaf in list(known.entities[0].leaves)[:40]]
    choice = random.Random(SEED)
    kinds: tuple[Callable[[], Conversation], ...] = (
        lambda: [choice.choice(faq)],
        lambda: [choice.choice(graph)],
        lambda: [choice.choice(talk), choice.choice(faq)],
        lambda: [
            f"{choice.choice(families)}的{choice.choice(leaves)}",
            "第一个",
            f"那{choice.choice(leaves)}呢",
        ],
        lambda: [choice.choice(talk), choice.choice(graph), choice.choice(faq), "谢谢"],
    )
    with contextlib.suppress(IndexError):
        return [choice.choice(kinds)() for _ in range(20_000)]
    return [[question] for question in faq]
