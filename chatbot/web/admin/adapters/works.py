"""Long work in the background, as the pages show it."""

import time

from chatbot.jobs.jobs import Jobs
from chatbot.jobs.record import Job
from chatbot.web.admin.works import Work


class JobWorks:
    """A ``Works`` over the machine's jobs."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def get(self, job_id: str) -> Work:
        """As promised."""
        return work_of(self._jobs.get(job_id))


def work_of(job: Job) -> Work:
    """``job`` for a page."""
    until = time.time_ns() // 1_000_000 if job.is_running else job.ended_ms
    seconds = max(0, until - job.started_ms) // 1000
    return Work(job.job_id, job.kind, job.is_running, job.progress, job.error, seconds, job.actor)
