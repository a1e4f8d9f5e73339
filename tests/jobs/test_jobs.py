"""Long work in the background: one at a time, known to every process, ended with the service."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatbot.errors import JobRunningError, NotThereError
from chatbot.jobs import jobs as module
from chatbot.jobs.jobs import Jobs
from chatbot.jobs.record import Job, read_job, write_job
from chatbot.jobs.run import last_line, outcome

PROGRAM = """
import json, sys, time
verb, *words = sys.argv[1:]
print("第一步", file=sys.stderr, flush=True)
if verb == "slow":
    while True: time.sleep(0.05)
if verb == "crash":
    sys.exit("坏了")
found = {"error": {"message": "没有提案"}} if verb == "refused" else {"words": words}
print(json.dumps(found))
sys.exit(1 if verb in ("refused", "faults") else 0)
"""


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    (tmp_path / "verbs.py").write_text(PROGRAM, "utf-8")
    jobs = Jobs(tmp_path / "engine.json", tmp_path / "jobs", (str(tmp_path / "verbs.py"),))
    yield jobs
    for process in runners(tmp_path):
        with contextlib.suppress(ProcessLookupError):  # it ended by itself since it was listed
            os.kill(process, signal.SIGTERM)
    assert eventually(lambda: not runners(tmp_path))


def runners(folder: Path) -> list[int]:
    """The processes that run jobs of this test."""
    import psutil

    return [one.pid for one in psutil.process_iter(["cmdline"]) if str(folder) in " ".join(one.info["cmdline"] or ())
            and "chatbot.jobs.run" in (one.info["cmdline"] or ())]  # fmt: skip


def eventually(holds: Callable[[], object], seconds: float = 15) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return bool(holds())


def test_a_job_runs_in_a_process_of_its_own_and_its_result_is_what_it_printed(
    jobs: Jobs, tmp_path: Path
) -> None:
    job = jobs.start("quick", "s", "小王", "a", "b")
    assert job.is_running and job.actor == "小王"
    ended = jobs.wait(job, 15)
    assert (ended.state, ended.error) == ("done", "")
    assert ended.result == {"words": ["a", "b", "--config", str(tmp_path / "engine.json"), "--json"]}
    assert ended.ended_ms >= ended.started_ms
    assert sorted(path.suffix for path in (tmp_path / "jobs").iterdir()) == ["", ".json"]


@pytest.mark.parametrize(
    ("verb", "state", "error"),
    [("refused", "failed", "没有提案"), ("crash", "failed", "坏了"), ("faults", "done", "")],
)
def test_how_a_job_ends(jobs: Jobs, verb: str, state: str, error: str) -> None:
    ended = jobs.wait(jobs.start(verb, "s", "小王"), 15)
    assert (ended.state, ended.error) == (state, error)


def test_there_is_one_at_a_time_and_asking_for_the_same_again_gives_it(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.start("slow", "p1", "小王")
    other = Jobs(tmp_path / "engine.json", tmp_path / "jobs", (str(tmp_path / "verbs.py"),))
    assert other.start("slow", "p1", "小李").job_id == job.job_id
    with pytest.raises(JobRunningError, match=job.job_id):
        other.start("slow", "p2", "小李")
    assert eventually(lambda: other.get(job.job_id).progress == "第一步")
    (process,) = runners(tmp_path)
    os.kill(process, signal.SIGTERM)
    assert eventually(lambda: other.get(job.job_id).state == "cancelled")
    assert other.wait(other.start("quick", "", "小李"), 15).state == "done"
    assert [one.kind for one in jobs.all()] == ["quick", "slow"]


def test_a_job_ends_with_the_service(jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    monkeypatch.setattr(module, "service_pid", lambda: service.pid)
    job = jobs.start("slow", "", "小王")
    assert eventually(lambda: jobs.get(job.job_id).progress)
    service.communicate(b"\n")
    assert eventually(lambda: jobs.get(job.job_id).state == "cancelled")
    assert "服务停了" in jobs.get(job.job_id).error


def test_a_job_whose_process_was_killed_is_cancelled_and_holds_nobody_up(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.start("slow", "", "小王")
    assert eventually(lambda: jobs.get(job.job_id).progress)
    (process,) = runners(tmp_path)
    os.kill(process, signal.SIGKILL)
    assert eventually(lambda: jobs.get(job.job_id).state == "cancelled")
    assert jobs.wait(jobs.start("quick", "", "小李"), 15).state == "done"


def test_the_last_fifty_are_kept(jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 3)
    (tmp_path / "jobs").mkdir()
    for number in range(5):
        write_job(tmp_path / "jobs", Job(f"old{number}", "lint", "", "", number, "done"))
        time.sleep(0.01)
    jobs.wait(jobs.start("quick", "", ""), 15)
    assert [one.job_id for one in jobs.all()][1:] == ["old4", "old3"]


@pytest.mark.parametrize("name", ["nothing", "../engine", "", "a/b"])
def test_what_is_no_job_is_said_so(jobs: Jobs, name: str) -> None:
    with pytest.raises(NotThereError):
        jobs.get(name)


def test_a_damaged_file_is_no_job(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"job_id": "a"}')
    assert read_job(tmp_path, "a") is None


def test_the_last_line_of_news_is_shown(tmp_path: Path) -> None:
    with (tmp_path / "err").open("w+b") as file:
        assert last_line(file) == ""
        file.write("一\n二\n\n".encode())
        file.flush()
        assert last_line(file) == "二"


def test_output_that_is_no_object_is_a_failure_with_the_last_news() -> None:
    job = Job("j", "lint", "", "", 1)
    assert outcome(job, "[1]", "坏了", 1).error == "坏了"
    assert outcome(job, "", "", 7).error == "lint 没有做成（退出码 7）"
