"""概览: how the bot has been doing, and what waits for a person."""

from flask import Response, request

from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import render

PARTS = (
    ("answered", ("答上了", "Answered")),
    ("small_talk", ("闲聊", "Small talk")),
    ("asked", ("问回去", "Asked back")),
    ("refused", ("答不了", "Refused")),
    ("handed_off", ("转人工", "Handed off")),
)
_PERIODS = (1, 7, 30, 90)


def show(desk: Desk) -> Response:
    """The last ``days``, 7 when nothing is said."""
    days = request.args.get("days", 7, type=int)
    days = days if days in _PERIODS else 7
    console = desk.console
    return render(
        "overview.html",
        days=days,
        view=console.traffic.overview(days),
        parts=PARTS,
        waiting=len(console.inbox.threads()),
        groups=console.cases.open_count(),
        draft=console.desk.draft(),
    )
