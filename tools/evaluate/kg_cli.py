"""``python -m tools evaluate kg``: the options; the work is in ``kg.py``, imported when it runs."""

import json
from pathlib import Path
from typing import Annotated

import typer

_LEXICON = Path("user_datasets/lexicon")


def kg(
    folder: Annotated[Path, typer.Option("--kg", help="知识图谱目录")],
    test: Annotated[list[Path], typer.Option(help="题目文件（JSON Lines），可给多个")],
    graph: Annotated[str, typer.Option(help="只评 graph 是这个名字的题")] = "demo",
    lexicon: Annotated[Path | None, typer.Option(help="词典目录")] = _LEXICON,
    config: Annotated[Path | None, typer.Option(help="带上这份引擎配置的 FAQ 与闲聊一起评")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
    show: Annotated[bool, typer.Option(help="列出答错的题")] = False,
) -> None:
    """图谱问答的评测：计划、结果集、取值、误承接与耗时。

    例：python -m tools evaluate kg --kg user_datasets/car_knowledge_graph --test tests/data/kbqa/tune/single_demo.jsonl --json
    """
    from tools.evaluate.kg import evaluate_kg  # here: --help needs none of this

    tally = evaluate_kg(folder, test, graph, lexicon, config)
    figures = tally.figures()
    if as_json:
        failed = {"failed": tally.failed} if show else {}
        typer.echo(
            json.dumps({"files": [str(file) for file in test], **figures, **failed}, ensure_ascii=False)
        )
        return
    for name, value in figures.items():
        typer.echo(f"{name:<24}{value}")
    for failure in tally.failed if show else []:
        typer.echo(json.dumps(failure, ensure_ascii=False))
