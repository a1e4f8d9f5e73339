"""``python -m tools text train | evaluate | predict | export``: flags in, one run, figures out."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from chatbot.errors import ConfigError
from chatbot.predict.model_dir import FILE
from tools.text.settings import Algorithm, Columns, Optimizer, Task, TrainFiles, TrainSettings

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="文本分类和实体识别：训练、评测、预测、导出。",
)
_D = TrainSettings()
_First = Annotated[str, typer.Option(help="第一段文字所在的列（默认：训练时的那一列）")]
_Second = Annotated[str, typer.Option(help="第二段文字所在的列（默认：训练时的那一列）")]
_Model = Annotated[Path, typer.Option(help="模型目录")]
_Json = Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")]


@app.command("train")
def train_verb(
    train: Annotated[Path, typer.Option(help="训练集 csv 或 csv.gz（有表头）")],
    output_dir: Annotated[Path, typer.Option(help="模型目录")],
    dev: Annotated[Path | None, typer.Option(help="验证集；不给就从训练集里按种子留出一成")] = None,
    task: Annotated[Task, typer.Option(help="任务")] = Task.CLASSIFICATION,
    algorithm: Annotated[Algorithm, typer.Option(help="fast：n-gram 线性模型；precise：transformer")] = _D.algorithm,
    first_sequence: Annotated[str, typer.Option(help="第一段文字所在的列")] = "sentence",
    second_sequence: Annotated[str, typer.Option(help="第二段文字所在的列；没有就不写")] = "",
    label_name: Annotated[str, typer.Option(help="标签所在的列；多标签用逗号隔开")] = "label",
    label_enumerate_values: Annotated[str, typer.Option(help="a,b,c，或一行一个标签的文件")] = "",
    sequence_length: Annotated[int, typer.Option(help="fast：每段多少字；precise：一共多少词片")] = _D.sequence_length,
    batch_size: Annotated[int | None, typer.Option(help="每批条数（precise、ner；默认 32）")] = None,
    epochs: Annotated[int | None, typer.Option(help="轮数（precise 默认 3，ner 默认 6）")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="学习率（precise 默认 5e-5，ner 默认 0.05）")] = None,
    optimizer: Annotated[Optimizer, typer.Option(help="优化器（precise）")] = _D.optimizer,
    multi_label: Annotated[bool, typer.Option("--multi-label", help="一条可以有几个标签")] = False,
    threshold: Annotated[float, typer.Option(help="多标签：概率从多少起算有")] = _D.threshold,
    sample_weight_column: Annotated[str, typer.Option(help="每条权重所在的列")] = "",
    pretrain_model_name_or_path: Annotated[str, typer.Option(help="precise 的底座：m3e-small 或目录")] = "",
    label_smoothing: Annotated[float, typer.Option(help="标签平滑：分给各标签的份额（precise）")] = _D.label_smoothing,
    word_dropout: Annotated[float, typer.Option(help="训练时遮住多少词片（precise）")] = _D.word_dropout,
    mixture: Annotated[bool, typer.Option("--mixture/--no-mixture", help="和同一份数据的 n-gram 模型混合（precise）")] = _D.mixture,
    save_steps: Annotated[int, typer.Option(help="每隔多少步存检查点（precise）")] = _D.save_steps,
    seed: Annotated[int, typer.Option(help="随机种子")] = _D.seed,
    resume: Annotated[bool, typer.Option("--resume/--no-resume", help="从中断处继续（precise）")] = True,
    accept_licence: Annotated[bool, typer.Option("--accept-licence", help="接受所取底座的许可")] = False,
    as_json: _Json = False,
) -> None:  # fmt: skip
    """训练，在验证集上定出概率的刻度，写出模型和报告。

    例：python -m tools text train --algorithm fast --train train.csv --dev dev.csv --output-dir model
    """
    if task == Task.NER:
        from tools.text_ner.cli import train_verb as train_ner  # numpy and scipy: not for --help

        ner_files = TrainFiles(train, dev, output_dir, Columns(first_sequence, label=label_name))
        train_ner(ner_files, (epochs, batch_size, learning_rate), seed, as_json=as_json)
        return
    settings = TrainSettings(
        algorithm=algorithm,
        multi_label=multi_label,
        threshold=threshold,
        sequence_length=sequence_length,
        batch_size=_D.batch_size if batch_size is None else batch_size,
        epochs=_D.epochs if epochs is None else epochs,
        learning_rate=_D.learning_rate if learning_rate is None else learning_rate,
        optimizer=optimizer,
        pretrain_model_name_or_path=pretrain_model_name_or_path,
        label_smoothing=label_smoothing,
        word_dropout=word_dropout,
        mixture=mixture,
        save_steps=save_steps,
        seed=seed,
    )
    columns = Columns(first_sequence, second_sequence, label_name, sample_weight_column)
    files = TrainFiles(train, dev, output_dir, columns, label_enumerate_values)
    _train(settings, files, resume=resume, accept_licence=accept_licence, as_json=as_json)


@app.command("evaluate")
def evaluate_verb(
    model_dir: _Model,
    test: Annotated[Path, typer.Option(help="有标签的 csv 或 csv.gz")],
    first_sequence: _First = "",
    second_sequence: _Second = "",
    label_name: Annotated[str, typer.Option(help="标签所在的列（默认：训练时的那一列）")] = "",
    threads: Annotated[int, typer.Option(help="precise 用几个线程")] = 1,
    as_json: _Json = False,
) -> None:
    """在有标签的文件上评测模型。"""
    if task_of(model_dir) == Task.NER:
        from tools.text_ner.cli import evaluate_verb as evaluate_ner  # numpy: not for --help

        evaluate_ner(model_dir, test, first_sequence, label_name, as_json=as_json)
        return
    from tools.text.using import (  # numpy and the model's runtime: not for --help
        columns_of,
        evaluate_file,
        loaded,
    )

    model = loaded(model_dir, threads)
    found = evaluate_file(model, test, columns_of(model, first_sequence, second_sequence, label_name))
    if as_json:
        print(json.dumps(found.as_dict(), ensure_ascii=False))
        return
    measures = found.measures
    print(
        f"{measures.count} 条：准确率 {measures.accuracy:.4f}，宏平均 F1 {measures.macro_f1:.4f}，"
        f"微平均 F1 {measures.micro_f1:.4f}，刻度误差 {measures.calibration_error:.4f}"
    )
    for name, right in found.parts.items():
        print(f"  其中单独的 {name} {right:.4f}")
    for one in measures.labels:
        print(f"  {one.label}\tP {one.precision:.4f}\tR {one.recall:.4f}\tF1 {one.f1:.4f}\t{one.support} 条")


@app.command("predict")
def predict_verb(
    model_dir: _Model,
    source: Annotated[Path, typer.Option("--input", help="csv 或 csv.gz")],
    target: Annotated[Path, typer.Option("--output", help="写到哪里：.csv 或 .jsonl（可再加 .gz）")],
    first_sequence: _First = "",
    second_sequence: _Second = "",
    append_columns: Annotated[str, typer.Option(help="一起写出的输入列，用逗号隔开")] = "",
    batch_size: Annotated[int, typer.Option(min=1, max=65536, help="模型一次算多少行")] = 64,
    num_workers: Annotated[int, typer.Option(min=0, max=1024, help="工作进程数；0 在本进程里算")] = 0,
    threads: Annotated[int, typer.Option(help="precise 用几个线程")] = 1,
    resume: Annotated[bool, typer.Option("--resume/--restart", help="接着没做完的写，或从头来")] = True,
    as_json: _Json = False,
) -> None:
    """给文件的每一行预测：predictions、probabilities、logits（实体识别：entities），再加上要的列；坏的行写明原因。

    中断（哪怕 kill -9）后重跑会接着写。和 python -m tools predict 是同一个引擎。
    """
    from tools.text.predicting import (  # the model's runtime: not for --help
        Texts,
        predict_texts,
    )

    given = Texts(model_dir, source, target, first_sequence, second_sequence, append_columns, threads)
    predict_texts(given, batch_size=batch_size, workers=num_workers, restart=not resume, as_json=as_json)


@app.command("export")
def export_verb(
    model_dir: _Model, output: Annotated[Path, typer.Option(help="空目录：只放部署要用的文件")]
) -> None:
    """把部署要用的文件（没有报告和检查点）放到一个新目录。"""
    if task_of(model_dir) == Task.NER:
        from tools.text_ner.using import export_ner  # numpy: not for --help

        print(f"{output}：{'、'.join(export_ner(model_dir, output))}")
        return
    from tools.text.using import export_model  # numpy and the model's runtime: not for --help

    print(f"{output}：{'、'.join(export_model(model_dir, output))}")


def task_of(model_dir: Path) -> Task:
    """What the model in ``model_dir`` is for, by its card; without a card, what says best that there is none."""
    try:
        about = json.loads((model_dir / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Task.CLASSIFICATION
    return Task.NER if isinstance(about, dict) and about.get("task") == "text_ner" else Task.CLASSIFICATION


def _train(
    settings: TrainSettings, files: TrainFiles, *, resume: bool, accept_licence: bool, as_json: bool
) -> None:
    try:
        from tools.text.progress import (
            Watcher,  # scikit-learn and scipy take a second that --help does not need
        )
        from tools.text.run import train

        with Watcher() as watch:
            summary = train(settings, files, watch, resume=resume, accept_licence=accept_licence)
    except ModuleNotFoundError as error:
        raise ConfigError(f"训练要 {error.name} → pip install 'whitebox-chatbot[train,onnx]'") from error
    except KeyboardInterrupt:
        print("已中断；precise 再运行同一条命令，会从最近的检查点继续。", file=sys.stderr)
        raise typer.Exit(1) from None
    if as_json:
        print(json.dumps(asdict(summary), ensure_ascii=False))
        return
    print(
        f"已训练：{summary.output_dir}（{summary.version}）\n"
        f"验证集 {summary.dev} 条：准确率 {summary.accuracy:.4f}，宏平均 F1 {summary.macro_f1:.4f}，"
        f"刻度误差 {summary.calibration_error:.4f}，训练用时 {summary.seconds} 秒"
    )
    if summary.parts:
        print(
            f"其中单独的 transformer {summary.parts['transformer']:.4f}，n-gram {summary.parts['ngrams']:.4f}"
            f"（权重 {summary.parts['weight']:.2f}）"
        )
    print(f"报告：{summary.report}")
