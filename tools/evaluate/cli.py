"""``python -m tools evaluate <what>``."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chatbot.errors import ConfigError
from tools.evaluate.grouping_cli import grouping
from tools.evaluate.intents_cli import intents
from tools.evaluate.kg_cli import kg
from tools.evaluate.mentions_cli import mentions
from tools.evaluate.naming_cli import naming

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
if TYPE_CHECKING:
    from tools.evaluate.faq import FaqEvaluation
    from tools.evaluate.research import Splits, Training

_CONFIG = Path("user_datasets/chatbot_deploy_eas.json")


app.command("kg")(kg)
app.command("mentions")(mentions)
app.command("naming")(naming)
app.command("grouping")(grouping)
app.command("intents")(intents)


@app.callback()
def evaluate() -> None:
    """评测。例：python -m tools evaluate faq --config F --test user_datasets/car_faqs/test.csv --json"""


@app.command("faq")
def faq(
    config: Annotated[Path, typer.Option(help="引擎配置")] = _CONFIG,
    test: Annotated[Path | None, typer.Option(help="测试集 csv：sent,label")] = None,
    out_of_scope: Annotated[
        Path | None, typer.Option(help="不该回答的问题：csv（sent,kind）或一行一条")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="加上各信号、对照方法与噪声")] = False,
    noise_seeds: Annotated[
        int,
        typer.Option(help="噪声：每种换这么多个随机种子，给出平均与各次；0 表示只在 --all 时测一次", min=0),
    ] = 0,
    report: Annotated[Path | None, typer.Option(help="把图表写成这个目录里的 index.html")] = None,
    paraphrases: Annotated[Path | None, typer.Option(help="研究：csv 或 tsv（sent,label），分折评测")] = None,
    folds: Annotated[int, typer.Option(help="研究：分几折", min=2)] = 5,
    held_out: Annotated[int, typer.Option(help="研究：不分折，每次随机留出这么多句来问", min=0)] = 0,
    seeds: Annotated[int, typer.Option(help="研究：换几个随机种子重复", min=1)] = 1,
    train_epochs: Annotated[
        int, typer.Option(help="研究：每折训练编码器几轮；0 用配置里的编码器", min=0)
    ] = 0,
    learning_rate: Annotated[float, typer.Option(help="研究：训练的学习率")] = 3e-5,
    base: Annotated[str, typer.Option(help="研究：从哪个底座训练")] = "ngram",
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="研究：接受底座的许可（m3e-small）")
    ] = False,
    benchmark: Annotated[Path | None, typer.Option(help='研究：{"standard": […], "queries": […]}')] = None,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """问答检索的评测：首位正确率、直接回答率、答错率、耗时；以及噪声、范围外、各信号与对照方法。"""
    if test is not None:
        from chatbot.config import load_engine_config  # here: --help needs none of this
        from tools.evaluate.faq import evaluate_config

        engine = load_engine_config(config, os.environ)
        found = evaluate_config(
            engine, test, out_of_scope=out_of_scope, everything=everything, noise_seeds=noise_seeds
        )
        _show(found, report, as_json)
    elif paraphrases is not None:
        from tools.evaluate.research import Splits, Training

        splits = Splits(folds, held_out, seeds)
        training = Training(train_epochs, learning_rate, base, accept_licence) if train_epochs else None
        _splits(config, paraphrases, splits, training, as_json)
    elif benchmark is not None:
        _benchmark(config, benchmark, as_json)
    else:
        raise ConfigError("evaluate faq: 没有说评测什么 → 给出 --test、--paraphrases 或 --benchmark 之一")


def _show(found: "FaqEvaluation", report: Path | None, as_json: bool) -> None:
    from tools.evaluate.faq_text import print_evaluation

    if report is not None:
        from tools.evaluate.faq_report import write_report

        write_report(report, found)
    if not as_json:
        print_evaluation(found)
        return
    result: dict[str, object] = asdict(found.scores)
    for name in ("noise", "refusal", "promises", "signals", "rivals"):
        if part := getattr(found, name):
            result[name] = [asdict(one) for one in part] if isinstance(part, tuple) else _plain(part)
    print(json.dumps(result, ensure_ascii=False))


def _plain(part: object) -> object:
    return part if isinstance(part, dict) else asdict(part)  # type: ignore[call-overload]  # dataclass instances only


def _encoder_dir(config: Path) -> Path:
    from chatbot.config import load_engine_config

    return load_engine_config(config, os.environ, require_built=False).feature_generator_model_dir


def _splits(config: Path, path: Path, splits: "Splits", training: "Training | None", as_json: bool) -> None:
    from tools.evaluate.faq_text import print_figures
    from tools.evaluate.research import evaluate_splits

    figures = evaluate_splits(path, _encoder_dir(config), splits, training)
    if as_json:
        print(json.dumps({name: asdict(one) for name, one in figures.items()}, ensure_ascii=False))
        return
    how = f"每次随机留出 {splits.held_out} 句" if splits.held_out else f"{splits.folds} 折"
    print_figures(f"{path.name}，{how}，{splits.seeds} 个种子", figures)


def _benchmark(config: Path, path: Path, as_json: bool) -> None:
    from chatbot.encoders.load import load_encoder
    from tools.evaluate.faq_text import print_figures
    from tools.evaluate.research import evaluate_benchmark

    figures = evaluate_benchmark(path, load_encoder(_encoder_dir(config)))
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    print_figures(path.name, figures)
