"""``chatbot reload``: asks the running service to take over configuration and knowledge, and waits for the outcome."""

import os
import signal
import time
from pathlib import Path

import typer

from chatbot.cli.outcome import FAILED, UsageError, config_file, print_json
from chatbot.config import load_engine_config
from chatbot.errors import ChatbotError
from chatbot.service_desc import load_service_description
from chatbot.service_status import ServiceStatus, living_services, read_status
from chatbot.session.state_dir import writable_state_dir

_POLL_SECONDS = 0.05


class ReloadError(ChatbotError):
    """No service runs with this configuration, or it did not say in time how the reload went."""

    code = "reload_failed"


def reload_services(config: Path | None, service_desc: Path | None, seconds: float, as_json: bool) -> None:
    """Reload every service of this machine that runs with the configuration's ``state_dir``; exit 1 when one refused.

    Raises:
        UsageError, ConfigError: which configuration is meant is not clear.
        ReloadError: none runs, or one did not answer within ``seconds``.
    """
    file = _configuration(config, service_desc)
    state_dir = writable_state_dir(load_engine_config(file, os.environ, require_built=False).state_dir)
    running = list(living_services(state_dir))
    if not running:
        raise ReloadError(f"没有服务在用 {state_dir} → 先启动 chatbot serve，或用 --config 指出它用的配置")
    for _, status in running:
        os.kill(status.pid, signal.SIGHUP)
    ended = [_await_outcome(folder, before, seconds) for folder, before in running]
    errors = [status.error for status in ended if status.error]
    if as_json:
        print_json({"services": [{"pid": s.pid, "reloaded": not s.error, "error": s.error} for s in ended]})
    else:
        for status in ended:
            outcome = (
                f"没有采用：{status.error}" if status.error else "已采用新的配置和知识，工作进程正依次替换"
            )
            typer.echo(f"进程 {status.pid}：{outcome}")
    if errors:
        raise typer.Exit(FAILED)


def _configuration(config: Path | None, service_desc: Path | None) -> Path:
    if service_desc is None:
        return config_file(config)
    if config is not None:
        raise UsageError("--config 与 --service-desc 只能用一个 → 服务描述里的 chatbot_config 已指出引擎配置")
    description = load_service_description(service_desc)
    os.environ.update({**description.environment, **os.environ})
    return description.config_path


def _await_outcome(folder: Path, before: ServiceStatus, seconds: float) -> ServiceStatus:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        now = read_status(folder)
        if now is not None and now.reloads > before.reloads:
            return now
        time.sleep(_POLL_SECONDS)
    raise ReloadError(
        f"进程 {before.pid} 在 {seconds:g} 秒内没有说结果 → 看它的日志，或用 --timeout 等久一点"
    )
