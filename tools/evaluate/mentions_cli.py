"""``python -m tools evaluate mentions``: the options; the work is in ``mentions.py``, imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from tools.evaluate.linking_text import tell

_LEXICON = Path("user_datasets/lexicon")


def mentions(
    folder: Annotated[Path, typer.Option("--kg", help="知识图谱目录")],
    lexicon: Annotated[Path | None, typer.Option(help="词典目录")] = _LEXICON,
    count: Annotated[int, typer.Option(help="造多少种说法", min=1)] = 400,
    seed: Annotated[int, typer.Option(help="随机种子：相同就造得相同")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
    show: Annotated[bool, typer.Option(help="列出认错和没认出的说法")] = False,
) -> None:
    """实体链接的评测：按图谱里的名称随机造简称（省字、换序、连写、同音字），看认出的是不是原来那一个。

    例：python -m tools evaluate mentions --kg user_datasets/car_knowledge_graph --json
    """
    from chatbot.knowledge_source import graph_knowledge  # here: --help needs none of this
    from tools.evaluate.mentions import measure
    from tools.evaluate.mentions import mentions as made

    knowledge = graph_knowledge(folder, lexicon)
    measured = measure(knowledge.planner, made(knowledge.graph, count, seed))
    failed = [
        {"said": mention.said, "entity": mention.entity, "linked": found, "how": mention.how}
        for mention, found in measured.failures
    ]
    tell(measured.figures(), failed, as_json=as_json, show=show)
