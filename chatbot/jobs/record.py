"""What is known of a piece of long work, in one small file that every process of the machine can read."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from chatbot.json_file import Json

State = Literal["running", "done", "failed", "cancelled"]
SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class Job:
    """``kind`` is the verb, ``subject`` what it is about. ``result`` is what the verb printed, once it is done.

    ``progress`` is its last line of news, ``error`` why there is no result. Times are milliseconds since 1970;
    ``ended_ms`` is 0 while it runs.
    """

    job_id: str
    kind: str
    subject: str
    actor: str
    started_ms: int
    state: State = "running"
    ended_ms: int = 0
    progress: str = ""
    error: str = ""
    result: dict[str, Json] | None = None

    @property
    def is_running(self) -> bool:
        return self.state == "running"


def write_job(folder: Path, job: Job) -> None:
    """Put the job's file in place of the one before; raises ``OSError``."""
    beside = folder / f".{job.job_id}.{os.getpid()}"
    beside.write_text(json.dumps(asdict(job), ensure_ascii=False), "utf-8")
    beside.replace(folder / f"{job.job_id}{SUFFIX}")


def read_job(folder: Path, job_id: str) -> Job | None:
    """The job of that id; ``None`` when there is none that can be read."""
    with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
        return Job(**json.loads((folder / f"{job_id}{SUFFIX}").read_text("utf-8")))
    return None
