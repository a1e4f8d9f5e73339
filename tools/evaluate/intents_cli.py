"""``python -m tools evaluate intents``: the options; the work is in ``intents.py``, imported when it runs."""

import csv
import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from chatbot.errors import ConfigError, DataError

_CONFIG = Path("user_datasets/chatbot_deploy_eas.json")


def intents(
    test: Annotated[Path, typer.Option(help="没有拿来训练的话：csv，前两列 sent,intent")],
    config: Annotated[Path, typer.Option(help="引擎配置")] = _CONFIG,
    intents_dir: Annotated[Path | None, typer.Option(help="意图的目录；默认是配置里的 intents_dir")] = None,
    others: Annotated[list[Path] | None, typer.Option(help="不是意图的话：csv（第一列）；可写多次")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """运营者的意图在对话里的评测：认出多少、按意图办到多少、顾客的别的问题被抢走多少。

    例：python -m tools evaluate intents --intents-dir user_datasets/intents --test held_out.csv
    --others user_datasets/car_faqs/test.csv
    """
    from chatbot.config import load_engine_config  # here: --help needs none of this
    from chatbot.knowledge_source import load_knowledge
    from tools.evaluate.intents import measure

    engine = load_engine_config(config, os.environ)
    folder = intents_dir or engine.intents_dir
    if folder is None:
        raise ConfigError(f"{config}: 没有 intents_dir → 写上它，或加 --intents-dir user_datasets/intents")
    knowledge = load_knowledge(replace(engine, intents_dir=folder.absolute()))
    assert knowledge.intents is not None, "a folder was given"
    rows = [(row[0], row[1]) for row in _rows(test, 2)]
    if unknown := {intent for _, intent in rows} - knowledge.intents.actions.keys():
        raise DataError(test, f"没有意图“{sorted(unknown)[0]}”", hint=f"意图写在 {folder}/intents.txt 里")
    found = measure(knowledge, rows, [row[0] for file in others or () for row in _rows(file, 1)])
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    typer.echo(
        f"{found.n} 句：认出 {found.heard}（{found.heard / max(1, found.n):.1%}），按意图办到 {found.served}"
        f"（{found.served / max(1, found.n):.1%}），认成别的 {found.wrong}；{found.others} 句别的话抢走 {found.swallowed}"
    )
    for one in (*found.missed, *found.lost):
        typer.echo(f"  “{one.text}” 是 {one.intent or '别的话'}，当成 {one.taken_for or '没有意图'}")


def _rows(file: Path, columns: int) -> list[list[str]]:
    """The rows under a header, each with so many cells at least."""
    try:
        rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))[1:]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(file, f"读不了（{error}）", hint="给一个 UTF-8 的 csv") from error
    short = next((line for line, row in enumerate(rows, 2) if len(row) < columns), None)
    if short:
        raise DataError(file, f"不到 {columns} 列", line=short, hint="第一行写表头，下面一行一句")
    return rows
