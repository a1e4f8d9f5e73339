"""试一试: a turn with the bot that is live, taken apart."""

import re
import secrets
from itertools import pairwise

from flask import Response

from chatbot.explain.explanation import Explanation
from chatbot.explain.text import SIGNALS
from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import field, render

TYPES = {
    "answer": "回答", "clarify": "反问", "recommend": "推荐", "chitchat": "闲聊", "handoff": "转人工", "fallback": "答不了",
}  # fmt: skip
SOURCES = {
    "faq": "问答",
    "kg": "知识图谱",
    "chitchat": "闲聊",
    "intent": "意图",
    "guide": "引导",
    "none": "无",
}
_SESSION = re.compile(r"console-[0-9a-f]{16}")


def show(desk: Desk) -> Response:
    """The empty pane."""
    return render("try.html", session="", tried=None)


def ask(desk: Desk) -> Response:
    """One turn; ``session`` goes on with the one before."""
    sent, session = field("sent"), field("session", 40)
    if not sent:
        return show(desk)
    if not _SESSION.fullmatch(session):
        session = f"console-{secrets.token_hex(8)}"
    tried = desk.console.talk.ask(sent, session)
    return render(
        "try.html", session=session, tried=tried, segments=_segments(tried.explanation), types=TYPES, sources=SOURCES,
        signals=SIGNALS,
    )  # fmt: skip


def _segments(explanation: Explanation) -> list[tuple[str, bool]]:
    """The text cut where a part begins or ends, each piece with whether anything explains it."""
    scanned = explanation.scanned
    spans = [span for link in scanned.links for span in link.spans]
    cuts = sorted({0, len(scanned.text), *(at for span in spans for at in (span.start, span.end))})
    return [
        (scanned.text[start:end], any(span.start <= start and end <= span.end for span in spans))
        for start, end in pairwise(cuts)
    ]
