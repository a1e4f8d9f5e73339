"""``python -m tools bench <what>``: speed and memory, as figures and ratios of one run."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def bench() -> None:
    """测速：每项都在同一次运行里与参照物比较。例：python -m tools bench chat --turns 100000"""


@app.command("chat")
def chat(
    config: Annotated[Path, typer.Option(help="引擎配置")] = Path("user_datasets/chatbot_deploy_eas.json"),
    turns: Annotated[int, typer.Option(min=1000, help="32 个连接时的总轮数")] = 100_000,
    connections: Annotated[int, typer.Option(min=1, help="并发连接数")] = 32,
    workers: Annotated[int, typer.Option(min=1, help="工作进程数")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """整轮对话与同一服务器上的裸 Flask 路由（一次 Redis GET 和 SET）比较。"""
    from tools.bench.chat import ChatBench, as_text

    result = ChatBench(config, turns, connections, workers, print_progress).run()
    print(json.dumps(asdict(result), ensure_ascii=False) if as_json else as_text(result))


def print_progress(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)
