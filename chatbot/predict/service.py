"""The HTTP side of the model services, the same for all: with ``chatbot.web`` the only room that knows Flask."""

from importlib.resources import files

from flask import Flask, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST

from chatbot.errors import NotThereError
from chatbot.json_bytes import dumps
from chatbot.json_file import Json
from chatbot.predict.answering import Answering, Body
from chatbot.predict.body_room import BodyRoom
from chatbot.predict.hosting import HostedService, House
from chatbot.predict.hot_predict import REQUEST_ID, HotPredict
from chatbot.predict.http_errors import register_predict_errors
from chatbot.predict.metrics import PredictMetrics
from chatbot.predict.openapi import predict_document
from chatbot.predict.processors import MAX_BODY_BYTES
from chatbot.web.docs import docs_routes
from chatbot.web.files import package_files
from chatbot.web.headers import add_headers
from chatbot.web.tracing import trace_id


def create_predict_app(
    house: House,
    metrics: PredictMetrics,
    allowed_origins: tuple[str, ...] = (),
    room: BodyRoom | None = None,
) -> Flask:
    """The WSGI application that serves ``house``; ``room`` bounds the bodies that it holds at a time."""
    app = Flask("chatbot.predict", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    answering = Answering(metrics, room or BodyRoom())
    _predict_routes(app, house, answering)
    _state_routes(app, house, metrics)
    _page_routes(app)
    app.register_blueprint(docs_routes(lambda: predict_document(house)))
    register_predict_errors(app)
    add_headers(app, allowed_origins)

    @app.after_request
    def name_request(response: Response) -> Response:
        response.headers[REQUEST_ID] = trace_id()
        return response

    by_address = {f"/api/predict/{name}": service for name, service in house.services.items()}
    vary = bool(allowed_origins) and "*" not in allowed_origins
    app.wsgi_app = HotPredict(app, by_address, answering, vary=vary)  # type: ignore[method-assign]
    return app


def _predict_routes(app: Flask, house: House, answering: Answering) -> None:
    @app.post("/api/predict/<name>")
    def predict(name: str) -> Response:
        service = _named(house, name)
        given = request.headers.get("Authorization", "")
        most = request.max_content_length = service.processor.body_bytes
        stated = (
            request.content_length
        )  # none where the body comes in chunks, which are then as many as allowed
        body = Body(most if stated is None else min(stated, most), request.get_data)
        return _json(*answering.answered(service, body, given, trace_id()))

    @app.get("/v1/services")
    def services() -> Response:
        return _json([_described(one) for one in house.services.values()])

    @app.get("/v1/services/<name>")
    def service(name: str) -> Response:
        return _json(_described(_named(house, name)))


def _state_routes(app: Flask, house: House, metrics: PredictMetrics) -> None:
    @app.get("/healthz")
    def alive() -> Response:
        return _json({"status": "ok"})

    @app.get("/readyz")
    def ready() -> Response:
        troubles = house.troubles()
        bad = {name: reason for name, reason in troubles.items() if reason}
        components: dict[str, Json] = {name: reason or "ok" for name, reason in troubles.items()}
        return _json({"status": "unavailable" if bad else "ok", "services": components}, 503 if bad else 200)

    @app.get("/metrics")
    def exposition() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)

    @app.get("/v1/figures")
    def figures() -> Response:
        return _json(metrics.figures())


def _page_routes(app: Flask) -> None:
    pages = package_files(files("chatbot.predict") / "page")

    @app.get("/")
    def page() -> Response:
        return pages["index.html"].response()

    @app.get("/page/<name>")
    def asset(name: str) -> Response:
        return pages[name].response() if name in pages else abort(404)


def _named(house: House, name: str) -> HostedService:
    service = house.services.get(name)
    if service is None:
        raise NotThereError(f"没有叫 {name} 的服务 → 现有 {'、'.join(house.services)}")
    return service


def _described(service: HostedService) -> dict[str, Json]:
    about, limits = service.description, service.service.limits
    return {
        "name": service.name,
        "url": f"/api/predict/{service.name}",
        "processor": service.processor.name,
        "task": about.task,
        "version": about.version,
        "labels": list(about.labels),
        "ready": not service.trouble(),
        "needs_token": bool(service.kept_token),
        "example": dict(about.schema.example),
        "batching": {"max_batch_size": limits.max_batch_size, "max_queue": limits.max_queue},
        **about.about,
    }


def _json(value: Json, status: int = 200) -> Response:
    return Response(dumps(value), status, content_type="application/json")
