"""How long work is going, for the page that waits for it."""

from flask import Response

from chatbot.json_bytes import dumps
from chatbot.web.admin.door import Desk


def state(desk: Desk, job_id: str) -> Response:
    """``{"running", "progress", "seconds"}``."""
    work = desk.console.works.get(job_id)
    shown = {"running": work.running, "progress": work.progress, "seconds": work.seconds}
    return Response(dumps(shown), content_type="application/json")
