"""``chatbot predict serve``: from service descriptions to one running process group."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

import chatbot
from chatbot.cli.outcome import UsageError, print_json
from chatbot.errors import ModelError
from chatbot.file_identity import identities
from chatbot.log import configure_logging
from chatbot.predict.description import PredictService, load_predict_service
from chatbot.service_status import METRICS_VARIABLE
from chatbot.session.state_dir import writable_state_dir

THREADS = 64
"""Requests that wait together in one worker; each takes a thread while its items are in line."""

LOAD_SECONDS = 600
_LOG = logging.getLogger("chatbot.predict")


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asked for; ``None`` was not given."""

    descriptions: Sequence[Path]
    host: str
    port: int
    workers: int | None
    state_dir: Path
    as_json: bool
    bodies_mib: int


def serve_models(request: Request) -> None:
    """Serve until a signal ends it.

    Raises:
        UsageError, ConfigError, ModelError: what cannot be served or listened on; before any worker is started.
    """
    chatbot.one_thread_a_process()
    configure_logging("info")
    services = read_services(request.descriptions)
    state_dir = writable_state_dir(request.state_dir)
    from chatbot.listening import bind
    from chatbot.metrics_dir import metrics_dir
    from chatbot.process_memory import few_arenas
    from chatbot.wsgi import Application, Serving

    few_arenas()
    workers = request.workers or max(service.instances for service in services)
    serving = Serving(
        "predict", request.host, request.port, workers, _memory_mb(services),
        request_timeout=LOAD_SECONDS, threads=THREADS, boot_seconds=LOAD_SECONDS,
    )  # fmt: skip
    listeners = bind(request.host, request.port, workers)
    with metrics_dir(state_dir):
        source = _Source(request, state_dir, services)
        Application(
            serving,
            listeners,
            source.build,
            lambda url: _announce(request, source, url),
            source.stamp,
            _begin,
        ).run()


def read_services(descriptions: Sequence[Path]) -> list[PredictService]:
    """What the files describe.

    Raises:
        UsageError: two of one name. ConfigError: see ``load_predict_service``.
    """
    services = [load_predict_service(path) for path in descriptions]
    names = [service.name for service in services]
    for path, name in zip(descriptions, names, strict=True):
        if names.count(name) > 1:
            raise UsageError(f"{path}: 有两个服务都叫 {name} → 改一个 name")
    for path, service in zip(descriptions, services, strict=True):
        if service.ignored:
            _LOG.warning("only a cloud can honour these keys of %s: %s", path, ", ".join(service.ignored))
    return services


def check_models(descriptions: Sequence[Path], state_dir: Path) -> list[dict[str, object]]:
    """Load each model and have it predict on its example; what they say of themselves.

    Raises:
        ConfigError, ModelError: what is wrong with which.
    """
    chatbot.one_thread_a_process()
    checked = list[dict[str, object]]()
    for service in read_services(descriptions):
        hosted = _hosted(service, "", writable_state_dir(state_dir), folder="")
        begun = time.monotonic()
        hosted.start()
        if trouble := hosted.trouble():
            raise ModelError(f"服务 {service.name}：{trouble}")
        seconds = round(time.monotonic() - begun, 2)
        about = hosted.description
        checked.append(
            {"name": service.name, "task": about.task, "version": about.version, "seconds": seconds}
        )
        hosted.stop()
    return checked


def _hosted(service: PredictService, kept_token: str, state_dir: Path, folder: str) -> Any:
    from chatbot.predict.hosting import host
    from chatbot.predict.metrics import PredictMetrics

    return host(service, kept_token, PredictMetrics(folder), state_dir / "models")


class _Source:
    """What the application is built from, read anew at each reload; a model that cannot be loaded changes nothing."""

    def __init__(self, request: Request, state_dir: Path, services: list[PredictService]) -> None:
        self._descriptions, self._state_dir, self._services = request.descriptions, state_dir, services
        self._bodies_mib = request.bodies_mib
        self._first = True
        self.new_tokens: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """The services, as described."""
        return [service.name for service in self._services]

    def build(self) -> tuple[Any, Callable[[], None]]:
        from chatbot.predict.body_room import MIB, BodyRoom
        from chatbot.predict.hosting import House, host
        from chatbot.predict.metrics import PredictMetrics
        from chatbot.predict.service import create_predict_app
        from chatbot.predict.tokens import kept_token

        if not self._first:
            self._services = read_services(self._descriptions)
            _try_apart(self._descriptions, self._state_dir)
        self._first = False
        metrics = PredictMetrics(os.environ.get(METRICS_VARIABLE, ""))
        hosted = []
        for service in self._services:
            kept, made = kept_token(service, self._state_dir)
            if made:
                self.new_tokens[service.name] = made
            hosted.append(host(service, kept, metrics, self._state_dir / "models"))
        house = House(hosted)
        app = create_predict_app(house, metrics, room=BodyRoom(self._bodies_mib * MIB))
        app.extensions["house"] = house
        return app, lambda: None

    def stamp(self) -> object:
        """Changes when a description or a model was replaced."""
        from chatbot.predict.model_dir import FILE

        paths = [*self._descriptions]
        for service in self._services:
            if service.model_path is not None:
                paths += [service.model_path, service.model_path / FILE]
        return identities(tuple(paths))


def _begin(app: Any) -> None:
    """In each worker: load the models, then serve. Threads and model runtimes do not survive a fork."""
    house = app.extensions["house"]
    house.start()


def _try_apart(descriptions: Sequence[Path], state_dir: Path) -> None:
    """Load the new models in a process of their own first.

    Raises:
        ModelError: it did not work; says what it said.
    """
    command = [sys.executable, "-m", "chatbot", "predict", "check", *map(str, descriptions)]
    tried = subprocess.run(
        [*command, "--state-dir", str(state_dir)],
        capture_output=True,
        text=True,
        timeout=LOAD_SECONDS,
        check=False,
    )
    if tried.returncode:
        raise ModelError(tried.stderr.strip().splitlines()[-1] if tried.stderr.strip() else "新模型载入不了")


def _memory_mb(services: Sequence[PredictService]) -> int | None:
    limits = [service.memory_mb for service in services if service.memory_mb]
    return sum(limits) if len(limits) == len(services) else None


def _announce(request: Request, source: _Source, url: str) -> None:
    names = source.names
    if request.as_json:
        print_json({"url": url, "services": names, "pid": os.getpid(), "tokens": source.new_tokens})
        return
    typer.echo(f"打开 {url}\n接口说明 {url}docs · 按 Ctrl-C 停止")
    for name in names:
        typer.echo(f"POST {url}api/predict/{name}")
    for name, made in source.new_tokens.items():
        typer.echo(f"{name} 的令牌（只显示这一次）：{made}")
