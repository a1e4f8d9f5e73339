"""A service that speaks the contract with scripted answers, so that the page can be tested against any weather."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, Response, jsonify, request, send_from_directory
from werkzeug.serving import make_server

from tests.browser.ports import fresh_port

WEB = Path(__file__).parents[2] / "chatbot" / "web"
STRICT_CSP = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
ATTACK = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'

Json = dict[str, object]


def reply(
    answer: str, answer_type: str = "answer", suggestions: tuple[str, ...] = (), **more: object
) -> Json:
    """The part of a reply that differs from turn to turn."""
    return {"answer": answer, "answer_type": answer_type, "suggestions": list(suggestions), **more}


GRAPH_EVIDENCE = {
    "source": "kg",
    "entity": "某汽车品牌 A型号 2021款 标准续航升级版",
    "path": ["变速箱", "变速箱类型"],
    "value": "手动变速箱",
    "file": "某汽车品牌 A型号 2021款 标准续航升级版.json",
}
FAQ_EVIDENCE = {
    "source": "faq",
    "question": "保养灯怎么归零",
    "label": 6,
    "matched": "保养灯如何复位",
    "score": 0.93,
    "module": "feature_vector_faq_match",
    "file": "answers/通用",
}
PLAN = {
    "op": "filter",
    "entities": [],
    "attributes": ["属性/经销商报价"],
    "conditions": [{"attribute": "属性/经销商报价", "op": "<=", "value": 300000, "unit": "元"}],
    "order": "asc",
    "limit": 2,
}
ROWS = [
    {
        "entity": "某汽车品牌 A型号 2021款 标准续航升级版",
        "values": {"属性/经销商报价": "27.6万", "属性/纯电续航里程": "525km"},
    },
    {"entity": "某汽车品牌 A型号 2021款 长续航版", "values": {"属性/经销商报价": "29.9万"}},
]
EXAMPLES = ("标准续航升级版的变速箱是什么类型", "A型号有几个排气管", "保养灯怎么归零")
SCRIPT: dict[str, Json] = {
    "您好": reply("您好，我是智能客服，可以问我车的配置、价格和售后。", "chitchat", EXAMPLES),
    "hello": reply("Hello, I answer questions about the cars.", "chitchat", EXAMPLES),
    EXAMPLES[0]: reply(
        "某汽车品牌 A型号 2021款 标准续航升级版的变速箱类型是手动变速箱。",
        evidence=[GRAPH_EVIDENCE],
        suggestions=("那长续航版呢", "变速箱档位个数", "转人工"),
        confidence=0.97,
    ),
    EXAMPLES[1]: reply("A型号有 2 款符合，您想问哪一款？", "clarify", ("标准续航升级版", "长续航版")),
    EXAMPLES[2]: reply(
        "点火开关置于 ON，长按里程复位键 10 秒，保养提示灯熄灭即完成归零。",
        evidence=[FAQ_EVIDENCE],
        confidence=0.93,
    ),
    "长续航版": reply("某汽车品牌 A型号 2021款 长续航版的排气管个数是1个。"),
    "三十万以内有哪些": reply("有 37 款符合，这是前 2 款：", plan=PLAN, rows=ROWS, rows_total=37),
    "攻击": reply(ATTACK, suggestions=(ATTACK,), evidence=[{**GRAPH_EVIDENCE, "value": ATTACK}]),
    "转人工": reply("好的，正在为您转接人工客服，请稍等。", "handoff", ("重新来",)),
    "失忆": reply("我在。", degraded=True),
    "长词": reply("https://example.invalid/" + "很长的地址abcdefghijklmnopqrstuvwxyz0123456789" * 12),
}


@dataclass(slots=True)
class StandIn:
    """The scripted service. ``seen`` holds (text, session id) in order of arrival.

    ``failures`` are statuses answered before the next good turns; ``delay_s`` makes an answer wait. Of ``questions`` those that
    hold what was typed are suggested; ``typed`` keeps what was looked up. ``votes`` keeps what was thought of an answer,
    after the statuses in ``vote_failures``. With ``takes_pictures`` the page can send some; ``pictures`` keeps them.
    """

    allowed_origins: set[str] = field(default_factory=set)
    failures: list[int] = field(default_factory=list)
    delay_s: float = 0.0
    seen: list[tuple[str, str | None]] = field(default_factory=list)
    questions: tuple[str, ...] = ()
    typed: list[str] = field(default_factory=list)
    votes: list[tuple[str, str]] = field(default_factory=list)
    vote_failures: list[int] = field(default_factory=list)
    takes_pictures: bool = False
    pictures: list[str] = field(default_factory=list)

    def app(self) -> Flask:
        """The WSGI application."""
        app = Flask("stand_in", static_folder=None)
        app.json.sort_keys = False  # type: ignore[attr-defined]
        app.add_url_rule("/", "turn", self._turn, methods=["POST"])
        app.add_url_rule("/", "page", self._page)
        app.add_url_rule("/widget.js", "widget", lambda: send_from_directory(WEB / "widget", "widget.js"))
        app.add_url_rule("/assets/<name>", "asset", lambda name: send_from_directory(WEB / "pages", name))
        app.add_url_rule("/v1/suggest", "suggest", self._suggest)
        app.add_url_rule("/v1/feedback", "feedback", self._feedback, methods=["POST"])
        app.after_request(self._headers)
        return app

    def _page(self) -> Response:
        page = (WEB / "pages" / "index.html").read_text("utf-8")
        option = 'data-mode="page" data-image="true"' if self.takes_pictures else 'data-mode="page"'
        return Response(page.replace('data-mode="page"', option), mimetype="text/html")

    def _suggest(self) -> Response:
        self.typed.append(request.args["q"])
        found = [question for question in self.questions if request.args["q"] in question]
        return jsonify(
            {"suggestions": [{"text": text, "kind": "question", "question": text} for text in found]}
        )

    def _feedback(self) -> tuple[Response, int] | Response:
        if self.vote_failures:
            return jsonify({"error": {"code": "not_found", "message": "还没有"}}), self.vote_failures.pop(0)
        self.votes.append((request.json["trace_id"], request.json["vote"]))  # type: ignore[index]
        return jsonify({"done": True})

    def _turn(self) -> tuple[Response, int] | Response:
        body = request.get_json()
        self.seen.append((body["sent"], body.get("session_id")))
        self.pictures += [body["image"]] if "image" in body else []
        time.sleep(self.delay_s)
        if self.failures:
            error = {"code": "internal", "message": "内部错误", "trace_id": "trace-of-fault"}
            return jsonify({"error": error}), self.failures.pop(0)
        number = len(self.seen)
        edge = {"session_id": body.get("session_id") or f"session-{number}", "trace_id": f"trace-{number}"}
        scripted = SCRIPT.get(body["sent"], reply(f"收到：{body['sent']}"))
        return jsonify({**edge, "kb_version": "demo-1", "elapsed_ms": 1.8, **scripted})

    def _headers(self, response: Response) -> Response:
        response.headers["Content-Security-Policy"] = STRICT_CSP
        origin = request.headers.get("Origin", "")
        if origin in self.allowed_origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        return response


HOSTILE_CSS = """
* { all: unset !important; color: red !important; font-size: 40px !important; display: block !important; }
div { display: none !important; visibility: hidden !important; opacity: 0 !important; transform: rotate(90deg) !important; }
html { font-size: 4px; } body { line-height: 5; letter-spacing: 20px; direction: rtl; text-align: center; }
"""


@dataclass(slots=True)
class ForeignSite:
    """Another company's page with the tag in it, ``tags`` times."""

    widget_url: str
    attributes: str = ""
    css: str = ""
    csp: str = ""
    tags: int = 1

    def app(self) -> Flask:
        """The WSGI application: one page, and its style sheet as a file so that a strict policy allows it."""
        app = Flask("foreign_site", static_folder=None)

        @app.get("/")
        def index() -> Response:
            tag = f'<script src="{self.widget_url}" {self.attributes} async></script>'
            response = Response(
                '<!doctype html><html lang="zh-CN"><head><title>某公司</title><link rel="icon" href="data:,">'
                '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="site.css"></head>'
                '<body><h1>某公司的主页</h1><p>欢迎光临。</p><input id="search">'
                f"{tag * self.tags}</body></html>"
            )
            if self.csp:
                response.headers["Content-Security-Policy"] = self.csp
            return response

        @app.get("/site.css")
        def css() -> Response:
            return Response(
                self.css or "body { font: 16px/1.6 sans-serif; margin: 40px; }", mimetype="text/css"
            )

        return app


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """``app`` on a loopback port of its own, several requests at once; yields its origin."""
    server = make_server("127.0.0.1", fresh_port(), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
