"""``python -m tools kg <what>``: what the engine makes of a knowledge graph."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from chatbot.knowledge_graph.coverage import Coverage, coverage
from chatbot.knowledge_graph.loader import load_graph
from chatbot.knowledge_graph.units import load_units

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)

_KINDS = {
    "number": "数值", "range": "范围", "list": "多项数值", "parts": "分项", "date": "日期", "flag": "有无", "text": "文字",
}  # fmt: skip
_REASONS = {
    "number_expected": "属性名带单位，值却不是数",
    "odd_one_out": "同一属性的其他值大多是数",
    "digits_in_text": "文字里有数字",
}


@app.callback()
def kg() -> None:
    """知识图谱工具。例：python -m tools kg values --kg user_datasets/car_knowledge_graph"""


@app.command("values")
def values(
    kg: Annotated[Path, typer.Option(help="知识图谱目录")] = Path("user_datasets/car_knowledge_graph"),
    lexicon: Annotated[Path, typer.Option(help="词表目录（用其中的 units.txt）")] = Path(
        "user_datasets/lexicon"
    ),
    examples: Annotated[int, typer.Option(min=1, max=20, help="每项列几个例子")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """每个属性值读成了什么；读不成数值的列出来，附数量和例子。例：kg values --kg D --json"""
    found = coverage(load_graph(kg), load_units(lexicon / "units.txt"), examples)
    print(as_object(found) if as_json else as_text(found))


def as_object(found: Coverage) -> str:
    """The report as one JSON object; attributes as paths joined by ``/``."""
    unread = [{**asdict(one), "attribute": "/".join(one.attribute)} for one in found.unread]
    report = {
        "leaves": found.leaves,
        "kinds": found.kinds,
        "unread_leaves": found.unread_leaves,
        "unread": unread,
    }
    return json.dumps(report, ensure_ascii=False)


def as_text(found: Coverage) -> str:
    """The report for a person: kinds with counts, then what could not be read, most first."""
    kinds = "，".join(f"{_KINDS[kind]} {count}" for kind, count in found.kinds.items())
    lines = [
        f"共 {found.leaves} 个值：{kinds}",
        f"其中 {found.unread_leaves} 个像数值但没能读出来，只当文字用：",
    ]
    lines += [
        f"  {one.count:>5}  {'/'.join(one.attribute)}（{_REASONS[one.reason]}）：{'；'.join(one.examples)}"
        for one in found.unread
    ]
    return "\n".join(lines if found.unread else lines[:1])
