"""``python -m tools evaluate naming``: the options; the work is in ``naming.py``, imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from tools.evaluate.linking_text import tell

_LEXICON = Path("user_datasets/lexicon")


def naming(
    folder: Annotated[Path, typer.Option("--kg", help="知识图谱目录")],
    lexicon: Annotated[Path | None, typer.Option(help="词典目录")] = _LEXICON,
    each: Annotated[int, typer.Option(help="每种说法造多少个", min=1)] = 60,
    seed: Annotated[int, typer.Option(help="随机种子：相同就造得相同")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
    show: Annotated[bool, typer.Option(help="列出没认对的说法")] = False,
) -> None:
    """实体链接的评测，按说法分：省品牌、年款简写、换序、连写、拼音、错字、中文数字……，看认出的是不是正好那几个。

    例：python -m tools evaluate naming --kg user_datasets/car_knowledge_graph --json
    """
    from chatbot.knowledge_source import graph_knowledge  # here: --help needs none of this
    from tools.evaluate.naming import measure
    from tools.evaluate.naming_ways import Namer

    knowledge = graph_knowledge(folder, lexicon)
    measured = measure(knowledge.planner, Namer(knowledge.graph, seed).made(each))
    failed = [
        {"way": one.way, "said": one.text, "meant": sorted(one.least)[:4], "linked": sorted(found)[:4]}
        for one, found in measured.failures
    ]
    tell(measured.figures(), failed, as_json=as_json, show=show)
