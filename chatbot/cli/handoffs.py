"""``chatbot handoff``: what waits for the operator's system, and another try."""

import os
from pathlib import Path
from typing import Annotated

import typer

from chatbot.cli.outcome import FAILED, config_file, print_json, reporting
from chatbot.config import EngineConfig, load_engine_config

app = typer.Typer(
    help="转人工通知：查看、重发、密钥 · handoff notices", no_args_is_help=True, rich_markup_mode=None
)
Config = Annotated[Path | None, typer.Option("--config", metavar="F", help="引擎配置 · engine configuration")]
Json = Annotated[bool, typer.Option("--json", help="标准输出只写一个 JSON 对象 · one JSON object")]


@app.command("list")
def list_waiting(config: Config = None, as_json: Json = False) -> None:
    """列出还没送到的转人工通知 · notices that were not taken yet.

    例：chatbot handoff list
    """
    from chatbot.handoff.configured import handoff_outbox

    with reporting(as_json):
        waiting = handoff_outbox(_engine(config)).waiting()
        if as_json:
            print_json({"waiting": waiting})
        else:
            typer.echo("\n".join(waiting) if waiting else "没有等待的通知")


@app.command()
def retry(config: Config = None, as_json: Json = False) -> None:
    """把没送到的转人工通知各再送一次；仍有剩下的时退出码是 1 · try again.

    例：chatbot handoff retry
    """
    from chatbot.backends.handoff import deliver
    from chatbot.handoff.configured import handoff_outbox, handoff_target

    with reporting(as_json):
        engine = _engine(config)
        target, outbox = handoff_target(engine), handoff_outbox(engine)
        delivered, failed = list[str](), dict[str, str]()
        for letter in outbox.take_all():
            if deliver(target, letter).taken:
                outbox.delivered(letter)
                delivered.append(letter.letter_id)
            else:
                failed[letter.letter_id] = letter.reason
                outbox.keep(letter)
                outbox.let_go(letter)
        if as_json:
            print_json({"delivered": delivered, "failed": failed})
        else:
            typer.echo(
                "\n".join([f"{len(delivered)} 条已送到", *(f"{i}：{why}" for i, why in failed.items())])
            )
        if failed:
            raise typer.Exit(FAILED)


@app.command()
def secret() -> None:
    """生成一个签名密钥，写进 CHATBOT_HANDOFF_SECRET，并交给接收方 · make a signing secret.

    例：chatbot handoff secret
    """
    from chatbot.backends.webhook import new_secret

    typer.echo(new_secret())


def _engine(config: Path | None) -> EngineConfig:
    return load_engine_config(config_file(config), os.environ)
