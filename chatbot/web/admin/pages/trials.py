"""测试: test files, their runs, and what differs from the run before."""

from flask import Response, request

from chatbot.errors import InvalidChangeError
from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import done, field, render


def index(desk: Desk) -> Response:
    """Files at hand and past runs."""
    trials = desk.console.trials
    return render("trials.html", files=trials.files(), runs=trials.history())


def run(desk: Desk) -> Response:
    """Run an uploaded file, or one at hand."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        ran = desk.console.trials.run(upload.filename[:200], upload.read())
    elif field("name"):
        ran = desk.console.trials.run(field("name", 200))
    else:
        raise InvalidChangeError("没有选文件 → 选一张 CSV、XLSX 或 YAML")
    return done(
        f"/admin/tests/{ran.run_id}",
        f"测完了：通过 {ran.passed}，没过 {ran.failed}。",
        f"{ran.passed} passed, {ran.failed} failed.",
    )


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
