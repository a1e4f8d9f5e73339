"""Stand-ins that keep the promises of the real thing; the contract tests run against them too."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chatbot.answering.type_ahead import Suggestion
from chatbot.app import build_machine
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.errors import NotThereError, SessionBusyError
from chatbot.explain.build import explain
from chatbot.explain.explanation import Explanation
from chatbot.jobs.record import Job
from chatbot.reply import Message, Reply
from chatbot.service import Tally
from chatbot.session.base import Lease, Memory
from chatbot.session.ids import validate_session_id
from tests.dialog.world import knowledge


@dataclass(slots=True)
class _Session:
    memory: Memory = field(default_factory=Memory)
    holder: str = ""
    expires: float = 0.0
    line: deque[str] = field(default_factory=deque)


class InMemorySessionStore:
    """A ``SessionStore`` in a dictionary: one process, nothing to start."""

    def __init__(self, *, lock_ttl_ms: int = 5_000, wait_ms: int = 650) -> None:
        self._ttl, self._wait = lock_ttl_ms / 1000, wait_ms / 1000
        self._sessions: dict[str, _Session] = {}
        self._changed = threading.Condition()

    def acquire(self, session_id: str) -> Lease:
        validate_session_id(session_id)
        token, deadline = secrets.token_hex(4), time.monotonic() + self._wait
        with self._changed:
            session = self._sessions.setdefault(session_id, _Session())
            session.line.append(token)
            try:
                while session.line[0] != token or self._held(session):
                    if time.monotonic() >= deadline:
                        raise SessionBusyError(f"session {session_id} is busy")
                    self._changed.wait(0.005)
                session.holder, session.expires = token, time.monotonic() + self._ttl
                return Lease(session_id, token, session.memory)
            finally:
                session.line.remove(token)
                self._changed.notify_all()

    def commit(self, lease: Lease, memory: Memory) -> None:
        with self._changed:
            session = self._sessions.get(lease.session_id, _Session())
            if session.holder != lease.token or not self._held(session):
                raise SessionBusyError(f"session {lease.session_id}: the lock has expired")
            session.memory, session.holder = memory, ""
            self._changed.notify_all()

    def release(self, lease: Lease) -> None:
        with self._changed:
            session = self._sessions.get(lease.session_id, _Session())
            if session.holder == lease.token:
                session.holder = ""
                self._changed.notify_all()

    def ping(self) -> None:
        return

    def close(self) -> None:
        return

    def _held(self, session: _Session) -> bool:
        return session.holder != "" and time.monotonic() < session.expires


class FakeChatService:
    """A ``ChatService`` that says what it is told to; ``heard`` keeps the messages."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.reply = reply or Reply(
            "您好！", "chitchat", "chitchat", "chitchat", 1.0, suggestions=("续航多少", "多少钱")
        )
        self.components: dict[str, str | None] = {"index": None, "graph": None, "redis": None}
        self.error: Exception | None = None
        self.heard: list[Message] = []
        self.closed = 0

    @property
    def kb_version(self) -> str:
        return "0123456789abcdef"

    def turn(self, message: Message) -> Reply:
        self.heard.append(message)
        if self.error is not None:
            raise self.error
        return replace(self.reply, kb_version=self.kb_version)

    def suggest(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        return tuple(Suggestion(f"{typed}{number}", "question") for number in range(limit))

    def explained(self, message: Message) -> tuple[Reply, Explanation]:
        """The reply, with the explanation of a real turn over the small world of the dialogue tests."""
        reply, hearing = self.turn(message), Hearing(message.sent, knowledge(), DialogSettings())
        return reply, explain(hearing, Memory(), build_machine().step(Memory(), hearing))

    def readiness(self) -> Mapping[str, str | None]:
        return self.components

    def report_to(self, tally: Tally) -> None:
        self.tally = tally

    def close(self) -> None:
        self.closed += 1


class FakeJobs:
    """One job, which every request is about."""

    def __init__(self) -> None:
        self.job = Job("j1", "lint", "", "operator-user", 1, "done", 2, result={"findings": []})
        self.waited: list[float] = []

    def wait(self, job: Job, seconds: float) -> Job:
        self.waited.append(seconds)
        return self.job

    def get(self, job_id: str) -> Job:
        if job_id != self.job.job_id:
            raise NotThereError(f"没有任务 {job_id}")
        return self.job

    def all(self) -> list[Job]:
        return [self.job]


class FakeDesk:
    """The part of a ``Desk`` that the API asks; ``asked`` keeps what it was asked, ``error`` is raised instead."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.error: Exception | None = None
        self.known_traces = {"known"}
        self.jobs = FakeJobs()

    def _heard(self, *what: object) -> dict[str, object]:
        self.asked.append(what)
        if self.error is not None:
            raise self.error
        return {"asked": what[0]}

    def give(self, trace_id: str, vote: str, comment: str) -> bool:
        self._heard("give", trace_id, vote, comment)
        return trace_id in self.known_traces

    def unanswered(self, limit: int) -> list[object]:
        return [self._heard("unanswered", limit)]

    def all_proposals(self, limit: int) -> list[object]:
        return [self._heard("all_proposals", limit)]

    def proposal(self, proposal_id: str) -> object:
        return self._heard("proposal", proposal_id)

    def propose(self, actor: str, changes: str, note: str, cases: list[str]) -> object:
        return self._heard("propose", actor, changes, note, cases)

    def prove(self, actor: str, proposal_id: str) -> Job:
        self._heard("prove", actor, proposal_id)
        return self.jobs.job

    def publish(self, actor: str, proposal_id: str) -> Job:
        self._heard("publish", actor, proposal_id)
        return self.jobs.job

    def rollback(self, actor: str, to: str = "") -> object:
        return self._heard("rollback", actor, to)

    def versions(self) -> list[object]:
        return [self._heard("versions")]

    def diff(self, old: str, new: str) -> list[object]:
        return [self._heard("diff", old, new)]

    def questions(self, wanted: str, start: int, count: int) -> tuple[list[object], int]:
        return [self._heard("questions", wanted, start, count)], 1

    def entities(self, wanted: str, start: int, count: int) -> tuple[list[object], int]:
        return [self._heard("entities", wanted, start, count)], 1

    def lint(self, actor: str) -> Job:
        self._heard("lint", actor)
        return self.jobs.job

    def test_runs(self, limit: int) -> list[object]:
        return [self._heard("test_runs", limit)]

    def test(self, actor: str, name: str, content: str | None = None) -> Job:
        self._heard("test", actor, name, content)
        return self.jobs.job

    def reload(self, actor: str) -> Job | None:
        self._heard("reload", actor)
        return None if self.jobs.job.kind == "lint" else self.jobs.job
