"""How every verb ends: 0 done, 1 the work failed or a check found faults, 2 wrong usage; with ``--json``, one object."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import typer

from chatbot.errors import ChatbotError

FAILED, USAGE = 1, 2
DEFAULT_CONFIG = Path("user_datasets/chatbot_deploy_eas.json")
_WRONG_USAGE = ("usage", "invalid_message", "invalid_session_id", "invalid_script")


class UsageError(ChatbotError):
    """The command was called wrongly."""

    code = "usage"


@contextmanager
def reporting(as_json: bool) -> Iterator[None]:
    """Turn an error of ours into a message and the right exit status."""
    try:
        yield
    except ChatbotError as error:
        if as_json:
            print_json({"error": {"code": error.code, "message": error.message}})
        typer.echo(f"错误：{error.message}", err=True)
        raise typer.Exit(USAGE if error.code in _WRONG_USAGE else FAILED) from error


def print_json(value: Mapping[str, object]) -> None:
    """One JSON object on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode())


def config_file(given: Path | None) -> Path:
    """``given``, or ``user_datasets/chatbot_deploy_eas.json`` of the working directory or a folder above it.

    Raises:
        UsageError: there is no such file.
    """
    if given is not None:
        if not given.is_file():
            raise UsageError(f"--config {given}: 没有这个文件 → 检查路径")
        return given
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / DEFAULT_CONFIG).is_file():
            return folder / DEFAULT_CONFIG
    raise UsageError(f"在 {here} 和它的上级目录里找不到 {DEFAULT_CONFIG} → 用 --config 指出引擎配置文件")
