"""What operators do, as JSON under ``/v1``: read → one call → write. Roles: operator reads and proposes, admin publishes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from chatbot.errors import InvalidMessageError, PublishError
from chatbot.json_bytes import dumps
from chatbot.web.guard import Guard
from chatbot.web.turns import body
from chatbot.web.wire import object_of, short_text

if TYPE_CHECKING:  # what clusters and replays is not loaded with every worker
    from chatbot.jobs.record import Job
    from chatbot.learning.desk import Desk

PAGE, MAX_PAGE = 50, 500
MAX_WAIT = 25
"""Seconds that a request may wait for long work: less than a worker may be silent."""


def loop_routes(guard: Guard, desk: Callable[[], "Desk"]) -> Blueprint:
    """Bad cases, proposals, versions."""
    routes = Blueprint("loop_api", __name__)
    guard.protect(routes, "operator")

    @routes.get("/v1/unanswered")
    def unanswered() -> Response:
        return _json({"groups": desk().unanswered(count("limit", PAGE))})

    @routes.get("/v1/proposals")
    def proposals() -> Response:
        return _json({"proposals": desk().all_proposals(count("limit", PAGE))})

    @routes.get("/v1/proposals/<proposal_id>")
    def proposal(proposal_id: str) -> Response:
        return _json(desk().proposal(proposal_id))

    @routes.post("/v1/proposals")
    def propose() -> Response:
        fields = object_of(body(), '{"changes": [{"kind": "AddParaphrase", …}], "note": "…"}')
        changes, cases = dumps(fields.get("changes")).decode(), texts(fields, "cases")
        note = short_text(fields, "note", 500, "")
        return _json(desk().propose(guard.principal().name, changes, note, cases), 201)

    @routes.post("/v1/proposals/<proposal_id>/prove")
    def prove(proposal_id: str) -> Response:
        return _job(desk(), desk().prove(guard.principal().name, proposal_id))

    @routes.post("/v1/proposals/<proposal_id>/publish")
    @guard.only("admin")
    def publish(proposal_id: str) -> Response:
        return _job(desk(), desk().publish(guard.principal().name, proposal_id))

    @routes.get("/v1/versions")
    def versions() -> Response:
        return _json({"versions": desk().versions()})

    @routes.get("/v1/versions/diff")
    def diff() -> Response:
        old, new = request.args.get("old", ""), request.args.get("new", "")
        return _json({"files": desk().diff(old, new)})

    @routes.post("/v1/versions/rollback")
    @guard.only("admin")
    def rollback() -> Response:
        sent = body()
        version = short_text(object_of(sent, '{"version": "v3"}'), "version", 32, "") if sent else ""
        return _json(desk().rollback(guard.principal().name, version))

    return routes


def knowledge_routes(guard: Guard, desk: Callable[[], "Desk"]) -> Blueprint:
    """Questions, entities, checks, reload."""
    routes = Blueprint("knowledge_api", __name__)
    guard.protect(routes, "operator")

    @routes.get("/v1/faq")
    def faq() -> Response:
        page, total = desk().questions(*_page())
        return _json({"questions": page, "total": total})

    @routes.get("/v1/kg")
    def graph() -> Response:
        page, total = desk().entities(*_page())
        return _json({"entities": page, "total": total})

    @routes.get("/v1/lint")
    def lint() -> Response:
        return _job(desk(), desk().lint(guard.principal().name))

    @routes.get("/v1/tests")
    def tests() -> Response:
        return _json({"runs": desk().test_runs(count("limit", PAGE))})

    @routes.post("/v1/tests")
    def run_tests() -> Response:
        fields = object_of(body(), '{"file": "questions.csv", "content": "question,expected\\n…"}')
        content = text_or_none(fields, "content")
        return _job(desk(), desk().test(guard.principal().name, short_text(fields, "file", 200), content))

    @routes.post("/v1/reload")
    @guard.only("admin")
    def reload() -> Response:
        job = desk().reload(guard.principal().name)
        return _job(desk(), job) if job else _json({"done": True}, 202)

    @routes.get("/v1/jobs")
    def jobs() -> Response:
        return _json({"jobs": [replace(job, result=None) for job in desk().jobs.all()]})

    @routes.get("/v1/jobs/<job_id>")
    def job(job_id: str) -> Response:
        return _json(desk().jobs.wait(desk().jobs.get(job_id), _seconds()))

    return routes


def _job(desk: "Desk", job: "Job") -> Response:
    """The job's result once it is done, which ``?wait=`` waits for; else 202, and where to ask again."""
    job = desk.jobs.wait(job, _seconds())
    if job.state == "done":
        return _json(job.result)
    if not job.is_running:
        raise PublishError(job.error)
    address = f"/v1/jobs/{job.job_id}"
    answer = _json({"job": job, "url": address}, 202)
    answer.headers["Location"], answer.headers["Retry-After"] = address, "1"
    return answer


def _seconds() -> int:
    return count("wait", 0, least=0, most=MAX_WAIT)


def _page() -> tuple[str, int, int]:
    return request.args.get("q", "")[:200], count("start", 0, least=0, most=10_000_000), count("limit", PAGE)


def count(name: str, default: int, *, least: int = 1, most: int = MAX_PAGE) -> int:
    """The whole number in the query parameter ``name``.

    Raises:
        InvalidMessageError: it is none, or outside ``least`` to ``most``.
    """
    text = request.args.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most:
        return int(text)
    raise InvalidMessageError(f"{name} 应是 {least} 到 {most} 的整数，现在是 {text[:20]!r}")


def text_or_none(fields: Mapping[str, object], name: str) -> str | None:
    """A text of any length in ``name``, marks and line ends kept; ``None`` when there is none."""
    found = fields.get(name)
    if found is not None and not isinstance(found, str):
        raise InvalidMessageError(f"{name} 应是文字")
    return found


def texts(fields: Mapping[str, object], name: str) -> list[str]:
    """A list of short texts in ``name``; empty when there is none."""
    found = fields.get(name, [])
    if not isinstance(found, list) or len(found) > 10_000:
        raise InvalidMessageError(f"{name} 应是文字的列表")
    if not all(isinstance(text, str) and len(text) <= 128 for text in found):
        raise InvalidMessageError(f"{name} 应是文字的列表，每个最多 128 个字")
    return [str(text) for text in found]


def _json(value: object, status: int = 200) -> Response:
    return Response(dumps(value), status, content_type="application/json")
