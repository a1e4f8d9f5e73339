"""``GET /v1/handoff``: what a person has said in a conversation, for the chat that waits for it."""

from flask import Blueprint, Response, request

from chatbot.handoff.handed_over import HandedOver
from chatbot.json_bytes import dumps
from chatbot.session.ids import validate_session_id


def handoff_routes(handed_over: HandedOver | None) -> Blueprint:
    """The session's id is what opens it, as for the chat itself. Without a store nobody has any conversation."""
    routes = Blueprint("handoff", __name__)

    @routes.get("/v1/handoff")
    def since() -> Response:
        session_id = validate_session_id(request.args.get("session_id", ""))
        after = request.args.get("after", 0, type=int) or 0
        is_open, rows = handed_over.since(session_id, after) if handed_over else (False, ())
        said = [{"text": row.text, "name": row.author, "at_ms": row.at_ms} for row in rows]
        return Response(dumps({"open": is_open, "messages": said}), content_type="application/json")

    return routes
