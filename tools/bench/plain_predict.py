"""The floors of ``bench predict``: a bare route, and the same model in plain Flask, one request at a time, unbatched."""

import sys
import threading
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from chatbot import one_thread_a_process
from chatbot.json_bytes import dumps, loads
from chatbot.listening import bind
from chatbot.predict.archive import unpacked
from chatbot.predict.description import load_predict_service
from chatbot.predict.processors import processor
from chatbot.process_memory import few_arenas
from chatbot.wsgi import Application, Serving

THREADS = 64


def plain_app(description: Path, folder: Path) -> tuple[Flask, Any]:
    """``POST /`` echoes, ``POST /plain`` predicts on one item; a lock lets one model run at a time, as most need."""
    service = load_predict_service(description)
    place = None if service.model_path is None else unpacked(service.model_path, folder)
    predictor = processor(service.processor).make(place, service.settings)
    app, alone = Flask("plain"), threading.Lock()

    @app.post("/")
    def bare() -> Response:
        return Response(dumps({"id": loads(request.get_data()).get("id")}), content_type="application/json")

    @app.post("/plain")
    def plain() -> Response:
        item = loads(request.get_data())
        with alone:
            (outcome,) = predictor.predict([item])
        return Response(dumps({"id": item.get("id"), **outcome}), content_type="application/json")  # type: ignore[dict-item]

    return app, predictor


def main(description: str, folder: str, port: str) -> None:
    """Serve until killed, in one worker."""
    one_thread_a_process()
    few_arenas()
    app, predictor = plain_app(Path(description), Path(folder))
    serving = Serving("plain", "127.0.0.1", int(port), 1, request_timeout=600, threads=THREADS)
    listeners = bind(serving.host, serving.port, serving.workers)
    Application(serving, listeners, lambda: (app, lambda: None), begin=lambda _: predictor.load()).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
