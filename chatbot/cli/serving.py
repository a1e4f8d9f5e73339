"""``chatbot serve``: from options, description and environment to one running service."""

import logging
import os
from pathlib import Path

import typer

import chatbot
from chatbot.cli.outcome import UsageError, config_file, print_json
from chatbot.config import load_engine_config
from chatbot.frozen import dataclass
from chatbot.log import configure_logging
from chatbot.service_desc import DEFAULT_PORT, ServiceDescription, load_service_description

_LOG = logging.getLogger("chatbot.serve")
_DEFAULT_NAME = "chatbot"


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asked for; ``None`` was not given."""

    config: Path | None
    service_desc: Path | None
    host: str
    port: int | None
    workers: int | None
    as_json: bool


def run_service(request: Request) -> None:
    """Serve until a signal ends it. Options go before the service description, and that before the defaults.

    Raises:
        UsageError, ConfigError, DataError: what cannot be served.
    """
    description = _description(request)
    os.environ.update({**description.environment, **os.environ})
    chatbot.one_thread_a_process()
    config = load_engine_config(description.config_path, os.environ)
    configure_logging(config.log_level)
    if description.cloud_only:
        _LOG.warning(
            "only a cloud can honour these keys of %s; they have no effect here: %s",
            request.service_desc, ", ".join(description.cloud_only),
        )  # fmt: skip
    # after the environment, which may set thread counts that libraries read when they are imported
    from chatbot.wsgi import Serving, default_workers, serve

    serving = Serving(
        service_name=description.name,
        host=request.host,
        port=description.port if request.port is None else request.port,
        workers=request.workers or description.workers or default_workers(),
        memory_mb=description.memory_mb,
        request_timeout=config.request_timeout,
    )

    def ready(url: str, setup_url: str | None) -> None:
        if request.as_json:
            link = {"setup_url": setup_url} if setup_url else {}
            about = {"service": serving.service_name, "workers": serving.workers, "pid": os.getpid()}
            print_json({"url": url, **about, **link})
        else:
            typer.echo(f"打开 {url}\n接口说明 {url}docs · 按 Ctrl-C 停止")
            if setup_url:
                typer.echo(f"还没有管理员，用这个一次性链接设置：{setup_url}")

    serve(lambda: load_engine_config(description.config_path, os.environ), serving, ready)


def _description(request: Request) -> ServiceDescription:
    """What ``--service-desc`` says, or the description that ``--config`` alone amounts to."""
    if request.service_desc is None:
        return ServiceDescription(_DEFAULT_NAME, config_file(request.config), DEFAULT_PORT)
    if request.config is not None:
        raise UsageError("--config 与 --service-desc 只能用一个 → 服务描述里的 chatbot_config 已指出引擎配置")
    if not request.service_desc.is_file():
        raise UsageError(f"--service-desc {request.service_desc}: 没有这个文件 → 检查路径")
    return load_service_description(request.service_desc)
