"""``python -m tools evaluate grouping``: the options; the work is in ``grouping.py``, imported when it runs."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

_CONFIG = Path("user_datasets/chatbot_deploy_eas.json")


def grouping(
    config: Annotated[Path, typer.Option(help="引擎配置：编码器和词典")] = _CONFIG,
    paraphrases: Annotated[list[Path] | None, typer.Option(help="另外的集：csv 或 tsv（sent,label）")] = None,
    benchmark: Annotated[
        list[Path] | None, typer.Option(help='另外的集：{"standard": […], "queries": […]}')
    ] = None,
    seeds: Annotated[int, typer.Option(help="把意思对半分几次：一半选参数，另一半量", min=0)] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """坏例归组的评测：和人标的意思比（ARI、成对的准确与召回），并在没有用来选参数的意思上再量一次。

    例：python -m tools evaluate grouping --paraphrases ../shared/datasets/car_questions_train.tsv --seeds 3
    """
    from chatbot.config import load_engine_config  # here: --help needs none of this
    from chatbot.encoders.load import load_encoder
    from chatbot.knowledge_source import graph_knowledge
    from tools.evaluate.grouping import benchmark_json, labelled_csv, measure

    engine = load_engine_config(config, os.environ)
    demo = engine.faq_data_dir
    sets = {"demo dev+test": labelled_csv(demo / "dev.csv", demo / "test.csv")}
    sets |= {file.name: labelled_csv(file) for file in paraphrases or ()}
    sets |= {file.name: benchmark_json(file) for file in benchmark or ()}
    reader = graph_knowledge(engine.knowledge_graph_data_dir, engine.lexicon_dir).reader
    encoder = load_encoder(engine.feature_generator_model_dir)
    figures = measure(sets, reader, encoder, range(1, seeds + 1))
    shown = json.loads(json.dumps(figures, default=_fields))
    typer.echo(json.dumps(shown, ensure_ascii=False) if as_json else _as_text(shown))


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _as_text(figures: dict[str, Any]) -> str:
    lines = [f"{'':<36}{'问题':>6}{'意思':>6}{'组':>6}{'ARI':>8}{'准确':>8}{'召回':>8}"]
    lines += [_row(f"全部 {name}", one) for name, one in figures["whole"].items()]
    for split in figures["held_out"]:
        chosen = split["chosen"]
        lines.append(
            f"种子 {split['seed']}：选出 星 {chosen['stars'][0]} 词 {chosen['words_share']} 止 {chosen['stops']}"
        )
        lines += [_row(f"  留出 {name}", one) for name, one in split["by_chosen"].items()]
        lines += [_row(f"  留出，现用 {name}", one) for name, one in split["by_shipped"].items()]
    return "\n".join(lines)


def _row(name: str, one: dict[str, Any]) -> str:
    return (
        f"{name:<36}{one['questions']:>7}{one['meanings']:>7}{one['groups']:>7}"
        f"{one['ari']:>9.3f}{one['precision']:>9.3f}{one['recall']:>9.3f}"
    )
