"""What a chat window asks beside turns: ``GET /v1/suggest`` and ``POST /v1/feedback``. As open as the chat itself."""

from collections.abc import Callable
from typing import Protocol

from flask import Blueprint, Response, request

from chatbot.errors import InvalidMessageError, NotThereError
from chatbot.json_bytes import dumps
from chatbot.service import ChatService
from chatbot.store.records import Vote
from chatbot.web.turns import Admit, body
from chatbot.web.wire import object_of, short_text

MAX_SUGGESTIONS, DEFAULT_SUGGESTIONS = 20, 8
MAX_COMMENT = 1000


class FeedbackTaker(Protocol):
    """Keeps what people think of an answer."""

    def give(self, trace_id: str, vote: Vote, comment: str) -> bool:
        """Whether there was a turn of that trace id to keep it for."""


def public_routes(
    service: ChatService, admit: Admit, feedback: Callable[[], FeedbackTaker] | None
) -> Blueprint:
    """``feedback`` opens the store when first needed; without it there is no such address."""
    routes = Blueprint("public_api", __name__)

    @routes.get("/v1/suggest")
    def suggest() -> Response:
        typed, limit = request.args.get("q", ""), _limit(request.args.get("limit"))
        admit("")
        found = [
            {"text": one.text, "kind": one.kind, "question": one.question or None}
            for one in service.suggest(typed, limit)
        ]
        return Response(dumps({"suggestions": found}), content_type="application/json")

    if feedback is not None:

        @routes.post("/v1/feedback")
        def give_feedback() -> Response:
            fields = object_of(body(), '{"trace_id": "…", "vote": "up"}')
            trace, vote = short_text(fields, "trace_id", 128), _vote(short_text(fields, "vote", 8))
            comment = short_text(fields, "comment", MAX_COMMENT, "")
            admit("")
            if not feedback().give(trace, vote, comment):
                raise NotThereError("没有这个 trace_id 的答复 → 用答复里的 trace_id，刚说的话稍等一秒再评")
            return Response(dumps({"done": True}), content_type="application/json")

    return routes


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_SUGGESTIONS
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_SUGGESTIONS):
        raise InvalidMessageError(f"limit 应是 1 到 {MAX_SUGGESTIONS} 的整数，现在是 {text[:20]!r}")
    return int(text)


def _vote(vote: str) -> Vote:
    if vote == "up":
        return "up"
    if vote == "down":
        return "down"
    raise InvalidMessageError(f"vote 应是 up 或 down，现在是 {vote!r}")
