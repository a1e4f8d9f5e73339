"""``python -m tools export-features``."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from chatbot.encoders.load import load_document_encoder
from tools.features.export import export, input_rows


def export_features(
    model_dir: Annotated[Path, typer.Option(help="模型目录（sentence-transformers 格式）")],
    input: Annotated[Path, typer.Option(help="csv（列 sent,label），或 FAQ 目录，或其中的 questions/")],
    output: Annotated[Path, typer.Option(help="写出的特征文件，如 query_features.out")],
    label_map: Annotated[Path | None, typer.Option(help="query_label_idx_map.txt，默认在输入旁边")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """导出相似问的特征；中断后重跑会接着写。

    例：python -m tools export-features --model-dir user_datasets/car_faqs/text_match_two_tower_model_dir
    --input user_datasets/car_faqs/questions --output /tmp/query_features.out
    """
    encoder = load_document_encoder(model_dir)
    result = export(input_rows(input, label_map), encoder, output, say=progress)
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    else:
        print(
            f"写好 {result.output}：{result.count} 行 × {result.dimension} 维，新编码 {result.encoded} 行"
            + (f"，接着上次的 {result.resumed} 行" if result.resumed else "")
        )


def progress(done: int, total: int) -> None:
    """One line that rewrites itself, when a person watches."""
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
