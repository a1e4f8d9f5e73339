"""Lint, run in the background; its last outcome stays until the next."""

from chatbot.config import EngineConfig
from chatbot.jobs.jobs import Jobs
from chatbot.jobs.record import Job
from chatbot.json_file import Json
from chatbot.learning.desk import lint_stamp
from chatbot.learning.layout import Layout
from chatbot.web.admin.adapters.works import work_of
from chatbot.web.admin.works import Checkup, LintRow


class JobChecker:
    """A ``Checker`` over ``chatbot lint --json``."""

    def __init__(self, config: EngineConfig, jobs: Jobs) -> None:
        self._layout, self._jobs = Layout(config), jobs

    def last(self) -> Checkup:
        """As promised."""
        jobs = [job for job in self._jobs.all() if job.kind == "lint"]
        latest = next(iter(jobs), None)
        work = work_of(latest) if latest and latest.state != "done" else None
        made = next((job for job in jobs if job.state == "done"), None)
        if made is None:
            return Checkup(work=work)
        return Checkup(_rows(made), made.ended_ms, made.subject != lint_stamp(self._layout), work)

    def start(self, actor: str) -> None:
        """As promised."""
        self._jobs.start("lint", lint_stamp(self._layout), actor)


def _rows(job: Job) -> tuple[LintRow, ...]:
    found = (job.result or {}).get("findings")
    rows = found if isinstance(found, list) else []
    return tuple(sorted((_row(row) for row in rows if isinstance(row, dict)), key=_order))


def _row(row: dict[str, Json]) -> LintRow:
    line = row.get("line", 0)
    return LintRow(
        "fault" if row.get("severity") == "fault" else "notice",
        str(row.get("check") or row.get("part") or ""),
        str(row.get("message", "")),
        str(row.get("file", "")),
        line if isinstance(line, int) else 0,
        str(row.get("mend", "")),
    )


def _order(row: LintRow) -> tuple[bool, str]:
    return row.severity != "fault", row.kind
