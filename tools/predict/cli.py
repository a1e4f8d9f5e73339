"""``python -m tools predict``."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import chatbot
from chatbot.json_file import Json

if TYPE_CHECKING:
    from tools.predict.run import Job, Result


def predict(
    model_dir: Annotated[Path, typer.Option(help="模型目录，或它的 .tar.gz")],
    input: Annotated[Path, typer.Option(help=".csv、.jsonl 或路径列表 .txt，前两种也可 .gz")],
    output: Annotated[Path, typer.Option(help="写出的 .csv 或 .jsonl，也可 .gz")],
    batch_size: Annotated[int, typer.Option(min=1, max=65536, help="模型一次算多少行")] = 64,
    num_workers: Annotated[
        int | None, typer.Option(min=0, max=1024, help="工作进程数；0 在本进程里算；默认一核一个")
    ] = None,
    processor: Annotated[str, typer.Option(help="处理器；默认看模型目录里的 predictor.json")] = "",
    model_config: Annotated[str, typer.Option(help="处理器的设置，JSON 对象")] = "",
    columns: Annotated[str, typer.Option(help="模型的输入用哪些列：first_sequence=title,…")] = "",
    append_columns: Annotated[str, typer.Option(help="附在结果后的输入列：id,gold=label")] = "",
    format: Annotated[str, typer.Option(help="csv、jsonl 或 list；默认看结尾")] = "",
    engine: Annotated[str, typer.Option(help="local 或 ray（多台机器）")] = "local",
    resume: Annotated[bool, typer.Option("--resume/--restart", help="接着没做完的写，或从头来")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """离线预测：按输入的顺序一行一行写，坏的行写明原因；中断（哪怕 kill -9）后重跑会接着写。

    例：python -m tools predict --model-dir models/intent --input questions.csv --output intents.csv
    --columns first_sequence=title --append-columns id
    """
    chatbot.one_thread_a_process()  # the workers share the processors
    from tools.predict.asked import Asked, UsageError, job_of

    workers = (os.cpu_count() or 1) if num_workers is None else num_workers
    try:
        job = job_of(
            Asked(
                model_dir, input, output, processor, _settings(model_config), columns, append_columns, format,
                batch_size, workers, engine, restart=not resume,
            )
        )  # fmt: skip
    except UsageError as error:
        raise typer.BadParameter(error.message) from error
    do(job, as_json=as_json)


def do(job: "Job", *, as_json: bool) -> None:
    """Run ``job`` with a progress bar, and print what came of it; exits 1 when no row could be predicted on."""
    tell(ran(job, quiet=as_json), as_json=as_json)


def ran(job: "Job", *, quiet: bool) -> "Result":
    """What came of ``job``, with a progress bar unless ``quiet``; exits 130 when interrupted."""
    from tools.predict.progress import Watcher
    from tools.predict.run import run

    try:
        with Watcher(job.source.stat().st_size if job.source.exists() else 0, quiet=quiet) as watcher:
            return run(job, watcher)
    except KeyboardInterrupt:
        print("中断了；写好的行都在，重跑同一条命令会接着写", file=sys.stderr)
        raise typer.Exit(130) from None


def tell(result: "Result", *, as_json: bool, row: str = "行") -> None:
    """Print ``result``, whose rows are called ``row``; exits 1 when none of them could be predicted on."""
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    else:
        resumed = f"，接着上次的 {result.resumed} {row}" if result.resumed else ""
        print(f"写好 {result.output}：{result.rows} {row}{resumed}，{result.rows_per_second:.4g} {row}/秒")
    if result.errors and not as_json:
        print(f"{result.errors} {row}有错，原因在 error 里。第一处：{result.first_error}", file=sys.stderr)
    if result.errors and result.errors == result.rows:
        raise typer.Exit(1)


def _settings(text: str) -> dict[str, Json]:
    try:
        found: Json = json.loads(text) if text else {}
    except ValueError as error:
        raise typer.BadParameter(f"--model-config 不是合法的 JSON（{error}）") from error
    if not isinstance(found, dict):
        raise typer.BadParameter("--model-config 应是 JSON 对象 {…}")
    return found
