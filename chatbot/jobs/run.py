"""``python -m chatbot.jobs.run FOLDER ID SERVICE COMMAND…``: runs one command and keeps its job's file up to date.

It is no child of a worker, which a reload would replace under it, but ends with the service: once the process SERVICE
is gone, or on SIGTERM, the command is stopped and the job cancelled. The lock that makes it the only one comes with it,
as an open file.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import IO

from chatbot.jobs.record import Job, State, read_job, write_job
from chatbot.json_file import Json
from chatbot.service_status import alive

LOOK_SECONDS = 0.3
LONGEST_SECONDS = 3600.0
_STOP_SECONDS = 5.0
_SHOWN = 200


class _ToldToStop(Exception):
    """SIGTERM came."""


def main(folder: Path, job_id: str, service: int, command: list[str]) -> None:
    """Run ``command`` to its end, or stop it with the service."""
    job = read_job(folder, job_id)
    if job is None:
        return
    signal.signal(signal.SIGTERM, _raise)
    said, news = folder / f"{job_id}.out", folder / f"{job_id}.err"
    try:
        with said.open("w+b") as output, news.open("w+b") as errors:
            job = _run(folder, job, service, command, output, errors)
            write_job(folder, job)
    finally:
        said.unlink(missing_ok=True)
        news.unlink(missing_ok=True)


def _run(
    folder: Path, job: Job, service: int, command: list[str], output: IO[bytes], errors: IO[bytes]
) -> Job:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
    until = time.monotonic() + LONGEST_SECONDS
    try:
        while process.poll() is None:
            if not alive(service):
                return _ended(job, "cancelled", "服务停了，这件事也停了 → 服务起来后再做一次")
            if time.monotonic() > until:
                return _ended(job, "failed", f"超过 {LONGEST_SECONDS:.0f} 秒还没做完")
            if (line := last_line(errors)) != job.progress:
                job = replace(job, progress=line)
                write_job(folder, job)
            _wait(process)
    except _ToldToStop:
        return _ended(job, "cancelled", "被停止了 → 再做一次")
    finally:
        _stop(process)
    return outcome(job, _read(output), last_line(errors), process.returncode)


def outcome(job: Job, said: str, news: str, code: int) -> Job:
    """The job at its end. A check that found faults (exit 1 with an object) is a result too."""
    try:
        found: Json = json.loads(said)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return _ended(job, "failed", news or f"{job.kind} 没有做成（退出码 {code}）")
    error = found.get("error")
    if isinstance(error, dict):
        return _ended(job, "failed", str(error.get("message", "")))
    return replace(_ended(job, "done", ""), result=found)


def last_line(errors: IO[bytes]) -> str:
    """The last line that was written, at most ``_SHOWN`` characters."""
    lines = _read(errors).split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:_SHOWN]


def _ended(job: Job, state: State, error: str) -> Job:
    return replace(job, state=state, error=error, ended_ms=time.time_ns() // 1_000_000)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        return


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _read(file: IO[bytes]) -> str:
    return os.pread(file.fileno(), 64 * 2**20, 0).decode("utf-8", "replace")


def _raise(number: int, frame: object) -> None:
    raise _ToldToStop


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:])
