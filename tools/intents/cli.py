"""``python -m tools train-intents``."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from chatbot.config import load_engine_config
from chatbot.errors import ConfigError
from tools.intents.train import IntentsResult, train_intents


def train(
    config: Annotated[Path, typer.Option(help="引擎配置，其中有 intents_dir")],
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """训练运营者的意图（intents.txt 和 examples.csv），说出每个意图有多准；rebuild-index 也会做。

    例：python -m tools train-intents --config user_datasets/chatbot_deploy_eas.json
    """
    engine = load_engine_config(config, os.environ, require_built=False)
    result = train_intents(engine, anew=True)
    if result is None:
        raise ConfigError(f'{config}: 没有 intents_dir → 加上 "intents_dir": "intents"，见 docs/intents.md')
    print(json.dumps(asdict(result), ensure_ascii=False) if as_json else _text(result))


def _text(result: IntentsResult) -> str:
    lines = [
        f"已训练，用时 {result.seconds} 秒；门槛 {result.threshold:.2f}",
        f"轮流留出来考：例句认出 {result.recall:.1%}；{result.others} 句别的话里有 {result.swallowed} 句会过门槛"
        "（对话里它们还要先过标准问和查询这一关）",
    ]
    lines += [
        f"  {one.intent}\t{one.examples} 个例句，认出 {one.found}"
        + (f"，认成别的 {one.mistaken}" if one.mistaken else "")
        for one in result.intents
    ]
    lines += [f"  最容易混的：“{said}” → {intent} {chance:.2f}" for said, intent, chance in result.nearest]
    return "\n".join(lines)
