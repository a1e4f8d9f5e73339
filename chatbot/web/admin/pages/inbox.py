"""收件箱: conversations handed to a person."""

from flask import Response

from chatbot.errors import InvalidMessageError
from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import done, field, render


def index(desk: Desk) -> Response:
    """Who waits."""
    return render("inbox.html", threads=desk.console.inbox.threads())


def show(desk: Desk, session_id: str) -> Response:
    """One conversation."""
    return render("thread.html", session_id=session_id, messages=desk.console.inbox.messages(session_id))


def say(desk: Desk, session_id: str) -> Response:
    """Answer as a person."""
    text = field("text")
    if not text:
        raise InvalidMessageError("回复是空的 → 写上要说的话")
    desk.console.inbox.say(session_id, text, desk.visitor.name)
    return done(f"/admin/inbox/{session_id}")


def hand_back(desk: Desk, session_id: str) -> Response:
    """The bot answers again."""
    desk.console.inbox.hand_back(session_id, desk.visitor.name)
    return done("/admin/inbox", "已交回给机器人。", "Handed back to the bot.")
