"""Starts long work and says how it is going: one at a time on a machine, whichever worker was asked."""

import fcntl
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from chatbot.errors import JobRunningError, NotThereError, PublishError
from chatbot.jobs.record import SUFFIX, Job, read_job, write_job
from chatbot.service_status import METRICS_VARIABLE, service_pid

FOLDER = "jobs"
_LOCK = "running"
_KEPT = 50
_POLL_SECONDS = 0.1
_START_SECONDS = 5.0


class Jobs:
    """The work of one configuration; safe to use from several threads and processes."""

    def __init__(self, config: Path, folder: Path, program: tuple[str, ...] = ("-m", "chatbot")) -> None:
        """``folder`` is made when first needed. ``program`` is what Python runs, verb and options come after."""
        self._config, self._folder, self._program = config, folder, program

    def start(self, kind: str, subject: str, actor: str, *words: str) -> Job:
        """Run ``chatbot KIND WORDS… --config … --json``; the job that runs already when it is the same.

        Raises:
            JobRunningError: something else runs.
            PublishError: the state folder does not take it.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise PublishError(f"{self._folder}: {error.strerror} → 检查权限和空间") from error
        try:
            until = time.monotonic() + _START_SECONDS
            while not _locked(lock):  # who has it may not have written its name yet, or be just about to end
                if running := self._running_one(kind, subject):
                    return running
                if time.monotonic() >= until:
                    raise JobRunningError("正在做另一件事 → 过一会儿再试")
                time.sleep(_POLL_SECONDS)
            return self._started(lock, kind, subject, actor, words)
        except OSError as error:
            raise PublishError(f"{self._folder}: {error.strerror} → 检查权限和空间") from error
        finally:
            os.close(lock)

    def get(self, job_id: str) -> Job:
        """One of them.

        Raises:
            NotThereError: there is none of that id.
        """
        job = read_job(self._folder, job_id) if job_id.isalnum() else None
        if job is None:
            raise NotThereError(f"没有任务 {job_id[:32]!r} → 看 /v1/jobs")
        return self._looked_at(job)

    def all(self) -> list[Job]:
        """The latest first; about the last fifty are kept."""
        found = [read_job(self._folder, path.stem) for path in self._folder.glob(f"[!.]*{SUFFIX}")]
        jobs = sorted(
            (job for job in found if job), key=lambda job: (job.started_ms, job.job_id), reverse=True
        )
        return [self._looked_at(job) for job in jobs]

    def latest(self, wanted: Callable[[Job], bool]) -> Job | None:
        """The last one that is ``wanted``."""
        return next((job for job in self.all() if wanted(job)), None)

    def wait(self, job: Job, seconds: float) -> Job:
        """``job`` when it has ended, or after ``seconds``."""
        until = time.monotonic() + seconds
        while job.is_running and time.monotonic() < until:
            time.sleep(min(_POLL_SECONDS, seconds))
            job = self.get(job.job_id)
        return job

    # -- inside ----------------------------------------------------------------------------------------------

    def _started(self, lock: int, kind: str, subject: str, actor: str, words: tuple[str, ...]) -> Job:
        job = Job(secrets.token_hex(6), kind, subject, actor, time.time_ns() // 1_000_000)
        self._forget_old()
        write_job(self._folder, job)
        os.ftruncate(lock, 0)
        os.pwrite(lock, job.job_id.encode(), 0)
        work = [sys.executable, *self._program, kind, *words, "--config", str(self._config), "--json"]
        process = subprocess.Popen(
            [sys.executable, "-m", "chatbot.jobs.run", str(self._folder), job.job_id, str(service_pid()), *work],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(lock,), start_new_session=True,
            env={name: value for name, value in os.environ.items() if name != METRICS_VARIABLE},
        )  # fmt: skip
        threading.Thread(target=process.wait, name="job", daemon=True).start()  # else it would stay a zombie
        return job

    def _running_one(self, kind: str, subject: str) -> Job | None:
        """The job that has the lock, when it is the same; ``None`` while its file does not say that it runs.

        Raises:
            JobRunningError: another one has it.
        """
        job = read_job(self._folder, (self._folder / _LOCK).read_text("ascii", "replace"))
        if job is None or not job.is_running:
            return None
        if (job.kind, job.subject) == (kind, subject):
            return job
        raise JobRunningError(
            f"正在做另一件事（{job.kind}，{job.actor} 开始的）→ 等它做完再试：/v1/jobs/{job.job_id}"
        )

    def _looked_at(self, job: Job) -> Job:
        """A job that runs no more though its file says so was killed."""
        if not job.is_running:
            return job
        with (self._folder / _LOCK).open("rb") as lock:
            if not _locked(lock.fileno()):
                return job
            now = read_job(self._folder, job.job_id) or job  # it may have ended meanwhile
            if now.is_running:
                now = replace(
                    now, state="cancelled", error="中途被停止了 → 再做一次", ended_ms=now.started_ms
                )
                write_job(self._folder, now)
            return now

    def _forget_old(self) -> None:
        files = sorted(self._folder.glob(f"[!.]*{SUFFIX}"), key=lambda path: path.stat().st_mtime)
        for path in files[: -_KEPT + 1]:
            path.unlink(missing_ok=True)


def _locked(descriptor: int) -> bool:
    """Whether nobody else has it; the lock lasts until the file is closed by all who have it open."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
