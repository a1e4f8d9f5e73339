"""``python -m tools rebuild-index``."""

import gc
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from chatbot.config import load_engine_config
from tools.features.cli import progress
from tools.index.rebuild import check, rebuild


def rebuild_index(
    config: Annotated[Path, typer.Option(help="引擎配置")],
    only_check: Annotated[bool, typer.Option("--check", help="只检查索引是否过期；过期则退出码为 1")] = False,
    target: Annotated[
        float | None,
        typer.Option(
            "--target-wrong-answer-rate",
            help="允许的答错率，如 0.02；给出置信度门槛与覆盖率",
            min=0.0,
            max=1.0,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """离线重建 FAQ 索引：只编码改动过的相似问，校验后一次换名发布；运行中的服务自己换上。

    例：python -m tools rebuild-index --config user_datasets/chatbot_deploy_eas.json
    """
    gc.disable()  # a few seconds that make many objects and no cycles: looking for those costs a tenth
    engine = load_engine_config(config, os.environ, require_built=False)
    if only_check:
        found = check(engine)
        print(json.dumps(asdict(found), ensure_ascii=False) if as_json else found.reason)
        raise typer.Exit(int(found.stale))
    result = rebuild(engine, progress, target=target)
    gc.freeze()  # nor at the end of the process, which takes half the time then
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False))
        return
    print(
        f"索引 {result.version} 已发布：{result.count} 条相似问，新编码 {result.encoded} 条，沿用 {result.reused} 条，"
        f"移除 {result.removed} 条，用时 {result.seconds} 秒"
    )
    print(f"融合模型：{result.choice}")
    if result.answer_threshold is not None:
        print(
            f"答错率不超过 {target}：faq_confidence_threshold 取 {result.answer_threshold}，"
            f"能答的问题里有 {result.coverage:.1%} 会直接回答（见 faq_choice.json 里的曲线）"
        )
    if result.conflicts:
        print(f"注意：{result.conflicts} 条相似问同时属于两个标准问，chatbot lint 会列出来")
