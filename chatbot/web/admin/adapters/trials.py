"""Test files: kept beside the state, run in the background, their results out of the store."""

import json
from collections.abc import Sequence
from pathlib import Path

from chatbot.config import EngineConfig
from chatbot.errors import NotThereError
from chatbot.jobs.jobs import Jobs
from chatbot.learning.trials import KIND, start_test
from chatbot.store.base import Store
from chatbot.store.records import RunRow
from chatbot.testing.uploads import UploadedTests
from chatbot.web.admin.adapters.works import work_of
from chatbot.web.admin.works import TrialCase, TrialRun, TrialWork

_RUNS = 200


class JobTrials:
    """A ``Trials`` over ``chatbot test --json``; uploads are kept in ``state_dir/tests``."""

    def __init__(self, config: EngineConfig, store: Store, jobs: Jobs) -> None:
        self._uploads, self._store, self._jobs = UploadedTests(config.state_dir), store, jobs

    def files(self) -> Sequence[str]:
        """As promised."""
        return self._uploads.names()

    def start(self, name: str, actor: str, content: bytes | None = None) -> str:
        """As promised."""
        return start_test(self._jobs, self._uploads, name, actor, content).job_id

    def work(self, job_id: str = "") -> TrialWork | None:
        """As promised."""
        job = self._jobs.get(job_id) if job_id else self._jobs.latest(lambda job: job.kind == KIND)
        if job is None or job.kind != KIND:
            return None
        run_id = (job.result or {}).get("run_id", "")
        return TrialWork(work_of(job), job.subject.rpartition(" ")[0], str(run_id or ""))

    def history(self) -> Sequence[TrialRun]:
        """As promised."""
        return [_run(row, None, with_cases=False) for row in self._store.test_runs.all(_RUNS)]

    def get(self, run_id: str) -> TrialRun:
        """As promised."""
        rows = list(self._store.test_runs.all(_RUNS))
        for place, row in enumerate(rows):
            if row.run_id == run_id:
                return _run(row, next((old for old in rows[place + 1 :] if old.file == row.file), None))
        raise NotThereError("没有这次测试的结果 → 回到“测试”再找")


def _run(row: RunRow, before: RunRow | None, *, with_cases: bool = True) -> TrialRun:
    cases: tuple[TrialCase, ...] = ()
    if with_cases:
        old: dict[str, str] = json.loads(before.results) if before else {}
        now: dict[str, str] = json.loads(row.results)
        cases = tuple(
            TrialCase(name, problem, "" if name not in old else "failed" if old[name] else "passed")
            for name, problem in now.items()
        )
    return TrialRun(row.run_id, row.at_ms, Path(row.file).name, row.kb_version, row.passed, row.failed, cases)
