"""The floor: one Flask route that does one Redis GET and one SET, under the chatbot's own server settings."""

import json
import sys
from pathlib import Path

from flask import Flask, Response, request
from redis import Redis

from chatbot.large_pages import beside, onto_large_pages
from chatbot.listening import bind
from chatbot.process_memory import few_arenas
from chatbot.session.embedded import EmbeddedRedis
from chatbot.wsgi import Application, Serving


def bare_app(socket: str) -> Flask:
    """``POST /`` reads a session's bytes, writes them back and answers with a JSON object."""
    app = Flask("bare")
    redis = Redis(unix_socket_path=socket)

    @app.post("/")
    def turn() -> Response:
        fields = json.loads(request.get_data())
        key = f"bare:{fields['session_id']}"
        kept = redis.get(key) or b"{}"
        redis.set(key, kept, ex=3600)
        body = json.dumps({"answer": fields["sent"]}, ensure_ascii=False).encode()
        return Response(body, content_type="application/json")

    return app


def main(state_dir: str, port: str, workers: str) -> None:
    """Serve until killed."""
    redis = EmbeddedRedis(Path(state_dir))
    redis.ensure_running()
    few_arenas()
    serving = Serving("bare", "127.0.0.1", int(port), int(workers))
    app = bare_app(str(redis.socket))
    listeners = bind(serving.host, serving.port, serving.workers)
    Application(
        serving, listeners, lambda: (app, redis.close), begin=lambda _: beside(onto_large_pages)
    ).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
