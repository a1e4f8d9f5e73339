"""``bench faults``: what breaks around the service, one thing at a time, while users talk to it.

Every case starts its own service on loopback with its own state folder, is bounded in time, and undoes what it did.
"""

import contextlib
import json
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.bench.clock import build_clock
from tools.bench.fault_cases import AFTER, BEFORE, FAULT, Case, Stage, cases, start_redis, stop_redis
from tools.bench.servers import Server, chatbot_server, free_port, wait_until
from tools.bench.soak_report import missing_in_store
from tools.bench.talk_load import Conversation, TalkLoad, TalkResult

CONNECTIONS = 4
CONVERSATIONS: tuple[Conversation, ...] = (
    ("您好", "标准续航升级版的变速箱是什么类型", "那百公里加速呢"),
    ("保养灯怎么归零",),
    ("A型号有几个排气管", "第二个"),
    ("你能做什么", "谢谢"),
)


@dataclass(frozen=True, slots=True)
class FaultResult:
    """One case. ``recovered_s``: from the end of the fault until a turn was answered with its session again and
    ``/readyz`` was content. ``rows_lost``: answered turns that are not in the store afterwards. ``in_flight``: how many
    of the failed ones killed workers may have had in hand."""

    fault: str
    turns: int
    failed: int
    causes: tuple[str, ...]
    degraded: int
    slowest_ms: float
    recovered_s: float | None
    rows_lost: int | None
    note: str = ""
    in_flight: int = 0

    @property
    def clean(self) -> bool:
        """Every turn was answered but those in flight on killed workers, the service is well again, no row is lost."""
        return bool(self.note) or (
            self.failed <= self.in_flight and self.recovered_s is not None and not self.rows_lost
        )


class Faults:
    """Runs the cases one after the other on copies of the knowledge base."""

    def __init__(self, config: Path, say: Callable[[str], None]) -> None:
        self._config, self._say = config, say

    def run(self, names: tuple[str, ...] = ()) -> list[FaultResult]:
        """All cases, or those whose name is in ``names``."""
        return [self._one(case) for case in cases() if not names or case.name in names]

    def _one(self, case: Case) -> FaultResult:
        self._say(f"bench faults: {case.name}")
        if reason := case.needs():
            return FaultResult(case.name, 0, 0, (), 0, 0.0, None, None, f"not run: {reason}")
        with tempfile.TemporaryDirectory(prefix="cf-") as name, contextlib.ExitStack() as stack:
            folder = Path(name)
            environment = dict(case.environment)
            _prepare(case, folder, environment, stack)
            config = folder / "data" / self._config.name
            shutil.copytree(self._config.parent, config.parent, ignore=shutil.ignore_patterns(".versions"))
            with chatbot_server(config, folder / "run", 2, environment) as server:
                stage = Stage(server, config, folder)
                talk, recovered = self._talk_through(case, stage)
            return _result(case, talk, recovered, server)

    def _talk_through(self, case: Case, stage: Stage) -> tuple[TalkResult, float | None]:
        load = TalkLoad(stage.server.port, CONVERSATIONS, CONNECTIONS, pause=0.02)
        users = threading.Thread(target=load.run, args=(BEFORE + FAULT + AFTER,), daemon=True)
        users.start()
        time.sleep(BEFORE)
        with case.broken(stage):
            time.sleep(FAULT)
        mended = time.monotonic()
        recovered = wait_until(lambda: healthy(stage.server.port), AFTER, 0.05)
        after = time.monotonic() - mended
        users.join(BEFORE + FAULT + AFTER + 60)
        return load.result, round(after, 2) if recovered else None


def _prepare(case: Case, folder: Path, environment: dict[str, str], stack: contextlib.ExitStack) -> None:
    """What must stand before the service starts."""
    if "CHATBOT_REDIS_PORT" in environment:
        port = free_port()
        environment["CHATBOT_REDIS_PORT"] = str(port)
        stack.callback(stop_redis, start_redis(folder, port))
    if environment.pop("SMALL_DISK", ""):
        disk = folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=True)
        stack.callback(subprocess.run, ["umount", "--lazy", str(disk)], check=False)
        environment["CHATBOT_STATE_DIR"] = str(disk / "state")
    if environment.pop("CLOCK", ""):
        environment |= build_clock(folder)


def _result(case: Case, talk: TalkResult, recovered: float | None, server: Server) -> FaultResult:
    state = Path(str(server.state))
    causes = sorted({failure.cause for failure in talk.failures})
    return FaultResult(
        case.name, talk.sent, len(talk.failures), tuple(causes), talk.degraded, talk.percentile_ms(1), recovered,
        missing_in_store(server, set(talk.answered)) if state.is_dir() else None,
        in_flight=min(len(talk.failures), case.kills * CONNECTIONS),
    )  # fmt: skip


def healthy(port: int) -> bool:
    """Whether a turn is answered with its session, and the service calls itself ready."""
    body = json.dumps({"sent": "您好", "session_id": f"probe-{time.monotonic_ns()}"}).encode()
    with contextlib.suppress(OSError):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
            pass
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", body, timeout=2) as answer:
            return "degraded" not in json.loads(answer.read())
    return False


def as_text(results: list[FaultResult]) -> str:
    """A table for a person."""
    rows = [
        f"{'fault':<34}{'turns':>7}{'failed':>8}{'degraded':>10}{'slowest ms':>12}{'recovered s':>13}{'rows lost':>11}"
    ]
    for r in results:
        if r.note:
            rows.append(f"{r.fault:<34}{r.note}")
            continue
        recovered = "not" if r.recovered_s is None else f"{r.recovered_s:.2f}"
        lost = "-" if r.rows_lost is None else str(r.rows_lost)
        rows.append(
            f"{r.fault:<34}{r.turns:>7}{r.failed:>8}{r.degraded:>10}{r.slowest_ms:>12.1f}{recovered:>13}{lost:>11}"
            + (f"  {', '.join(r.causes)}" if r.causes else "")
            + (f" ({r.in_flight} in flight on killed workers)" if r.in_flight else "")
        )
    return "\n".join(rows)
