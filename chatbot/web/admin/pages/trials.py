"""测试: test files, their runs, and what differs from the run before."""

from flask import Response, request

from chatbot.errors import InvalidChangeError
from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import field, render, see_other


def index(desk: Desk) -> Response:
    """Files at hand, past runs, and the run that is going on; one that was begun here leads to its result."""
    trials, begun = desk.console.trials, request.args.get("work", "")[:32]
    work = trials.work(begun)
    if begun and work and work.run_id:
        return see_other(f"/admin/tests/{work.run_id}")
    shown = work if work and (work.work.running or begun) else None
    return render("trials.html", files=trials.files(), runs=trials.history(), trial=shown)


def run(desk: Desk) -> Response:
    """Begin to run an uploaded file, or one at hand."""
    upload, trials = request.files.get("file"), desk.console.trials
    if upload is not None and upload.filename:
        begun = trials.start(upload.filename[:200], desk.visitor.name, upload.read())
    elif field("name"):
        begun = trials.start(field("name", 200), desk.visitor.name)
    else:
        raise InvalidChangeError("没有选文件 → 选一张 CSV、XLSX 或 YAML")
    return see_other(f"/admin/tests?work={begun}")


def show(desk: Desk, run_id: str) -> Response:
    """One run, what failed first."""
    ran = desk.console.trials.get(run_id)
    return render(
        "trial.html",
        run=ran,
        cases=sorted(ran.cases, key=lambda case: not case.problem)[:1000],
        better=sum(case.was == "failed" and not case.problem for case in ran.cases),
        worse=sum(case.was == "passed" and bool(case.problem) for case in ran.cases),
    )
