"""Names for the type-ahead."""

from flask import Response, request

from chatbot.json_bytes import dumps
from chatbot.web.admin.door import Desk


def names(desk: Desk) -> Response:
    """``{"names": […]}`` for ``kind`` and what was typed so far, ``q``."""
    found = desk.console.library.suggest(request.args.get("kind", "")[:20], request.args.get("q", "")[:100])
    return Response(dumps({"names": found}), content_type="application/json")
