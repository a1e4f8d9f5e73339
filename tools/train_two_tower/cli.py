"""``python -m tools train-two-tower``: flags in, one run, figures out."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from chatbot.errors import ConfigError
from tools.train_two_tower.settings import (
    LossType,
    TrainFiles,
    TrainSettings,
    check_schema,
    with_user_defined,
)

_EXAMPLE = (
    "例：python -m tools train-two-tower --train user_datasets/car_faqs/train.csv "
    "--dev user_datasets/car_faqs/dev.csv --output-dir /tmp/model --epochs 3"
)
_D = TrainSettings()


def train_two_tower(
    train: Annotated[Path, typer.Option(help="训练集 csv（有表头）")],
    dev: Annotated[Path, typer.Option(help="验证集 csv：按它的 recall@1 取最佳检查点")],
    output_dir: Annotated[Path, typer.Option(help="模型目录（sentence-transformers 格式）")],
    input_schema: Annotated[str, typer.Option(help="列名:类型:数量")] = "sent:str:1,label:str:1",
    text_column: Annotated[str, typer.Option(help="句子所在的列")] = "sent",
    label_column: Annotated[str, typer.Option(help="标准问所在的列")] = "label",
    pretrain_model_name_or_path: Annotated[
        str, typer.Option(help="ngram（默认）| 目录 | hub 上的名字 | m3e-small")
    ] = _D.pretrain_model_name_or_path,
    two_tower: Annotated[bool, typer.Option("--two-tower/--no-two-tower", help="双塔")] = True,
    siamese: Annotated[bool, typer.Option("--siamese/--no-siamese", help="两塔共用权重")] = _D.siamese,
    loss_type: Annotated[LossType, typer.Option(help="损失函数")] = _D.loss_type,
    margin: Annotated[float, typer.Option(help="间隔（余弦）")] = _D.margin,
    gamma: Annotated[float, typer.Option(help="circle 与 multiple_negatives 的缩放")] = _D.gamma,
    embedding_size: Annotated[int, typer.Option(help="向量维数")] = _D.embedding_size,
    batch_size: Annotated[int, typer.Option(help="每批句数")] = _D.batch_size,
    sequence_length: Annotated[int, typer.Option(help="句长上限，超出的截断并计数")] = _D.sequence_length,
    epochs: Annotated[int, typer.Option(help="轮数")] = _D.epochs,
    save_steps: Annotated[int, typer.Option(help="每隔多少步评测并存检查点")] = _D.save_steps,
    learning_rate: Annotated[
        float, typer.Option(help="学习率；ngram 的向量行用它的 1000 倍")
    ] = _D.learning_rate,
    seed: Annotated[int, typer.Option(help="随机种子")] = _D.seed,
    user_defined_parameters: Annotated[str, typer.Option(help='一串 "名=值 名=值"，覆盖上面同名的选项')] = "",
    resume: Annotated[bool, typer.Option("--resume/--no-resume", help="从中断处继续")] = True,
    accept_licence: Annotated[bool, typer.Option("--accept-licence", help="接受所取模型的许可")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")] = False,
) -> None:
    """训练双塔编码器。"""
    check_schema(input_schema, {"--text-column": text_column, "--label-column": label_column})
    settings = TrainSettings(
        pretrain_model_name_or_path=pretrain_model_name_or_path,
        two_tower=two_tower,
        siamese=siamese,
        loss_type=loss_type,
        margin=margin,
        gamma=gamma,
        embedding_size=embedding_size,
        batch_size=batch_size,
        sequence_length=sequence_length,
        epochs=epochs,
        save_steps=save_steps,
        learning_rate=learning_rate,
        seed=seed,
    )
    settings = with_user_defined(settings, user_defined_parameters)
    files = TrainFiles(train, dev, output_dir, text_column, label_column)
    _run(settings, files, resume=resume, accept_licence=accept_licence, as_json=as_json)


train_two_tower.__doc__ = f"训练双塔编码器（FAQ 的句向量模型）。\n\n{_EXAMPLE}"


def _run(
    settings: TrainSettings, files: TrainFiles, *, resume: bool, accept_licence: bool, as_json: bool
) -> None:
    try:
        from tools.train_two_tower.progress import Watcher  # torch takes 2 s that --help does not need
        from tools.train_two_tower.run import train
    except ModuleNotFoundError as error:
        raise ConfigError(f"training needs {error.name} → pip install 'whitebox-chatbot[train]'") from error
    try:
        with Watcher() as watch:
            summary = train(settings, files, watch, resume=resume, accept_licence=accept_licence)
    except KeyboardInterrupt:
        print("已中断；再运行同一条命令，会从最近的检查点继续。", file=sys.stderr)
        raise typer.Exit(1) from None
    if summary is None:
        return
    if as_json:
        print(json.dumps(asdict(summary), ensure_ascii=False))
        return
    print(
        f"已训练：{summary.output_dir}（{summary.fingerprint}）\n"
        f"验证集 recall@1 {summary.recall_at_1:.4f}，recall@5 {summary.recall_at_5:.4f}，"
        f"第 {summary.best_step} 步最佳，用时 {summary.seconds} 秒\n报告：{summary.report}"
    )
