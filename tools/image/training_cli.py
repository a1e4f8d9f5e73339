"""``python -m tools image train | evaluate | export``: flags in, one run, figures out."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from chatbot.errors import ConfigError
from chatbot.predict.vision.backbones import BACKBONES, check_backbone
from tools.image.settings import Algorithm, Decay, Optimizer, Task, TrainFiles, TrainSettings, settings_of

_Json = Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")]
_Roots = Annotated[list[str] | None, typer.Option("--root", help='图片地址换到哪里，例如 "oss://bucket/=data/"；可写多次')]  # fmt: skip


def train_verb(
    train: Annotated[Path, typer.Option(help="图片：目录、.jsonl、.manifest 或 TFRecord")],
    output_dir: Annotated[Path, typer.Option(help="模型目录")],
    dev: Annotated[Path | None, typer.Option(help="验证集；不给就从训练集里按种子留出一成")] = None,
    task: Annotated[Task, typer.Option(help="任务：一张图一个类，或几个类")] = Task.CLASSIFICATION,
    algorithm: Annotated[str, typer.Option(help="high_performance：微调后半段，几分钟，部署时快；high_precision：微调更久；linear：冻结的网络加线性分类")] = "",
    backbone: Annotated[str, typer.Option(help=f"按下面的选项训练哪个网络：{'、'.join(BACKBONES)}")] = "",
    num_classes: Annotated[int | None, typer.Option(help="应有几个类；和数据不符就停下")] = None,
    image_size: Annotated[int | None, typer.Option(help="边长（像素；默认 224；high_* 192）")] = None,
    train_size: Annotated[int | None, typer.Option(help="训练时的边长；0：同上（high_* 默认 160）")] = None,
    use_crop: Annotated[bool | None, typer.Option("--use-crop/--no-use-crop", help="只看中间的方块，不把整张压成方的")] = None,
    optimizer: Annotated[Optimizer | None, typer.Option(help="优化器（默认 momentum）")] = None,
    initial_learning_rate: Annotated[float | None, typer.Option(help="起始学习率（默认 0.01）")] = None,
    lr_decay: Annotated[Decay | None, typer.Option(help="学习率怎么降（默认 cosine_decay）")] = None,
    decay_epochs: Annotated[str, typer.Option(help="降的周期（轮）；manual_step：在哪几轮，例如 10,20")] = "",
    decay_factor: Annotated[str, typer.Option(help="每次乘以多少（默认 0.1）；manual_step：也可以一轮一个，是起始学习率的几倍，例如 0.1,0.01")] = "",
    staircase: Annotated[bool | None, typer.Option("--staircase/--no-staircase", help="exponential_decay 一级一级地降")] = None,
    weight_decay: Annotated[float | None, typer.Option(help="权重衰减（默认 1e-4）")] = None,
    label_smoothing: Annotated[float | None, typer.Option(help="标签平滑（默认 0.1）")] = None,
    augment: Annotated[float | None, typer.Option(help="增广的强度；0：不增广（默认 1）")] = None,
    ema: Annotated[float | None, typer.Option(help="权重的滑动平均每步保留多少；0：不用")] = None,
    frozen_stages: Annotated[int | None, typer.Option(help="网络的前几段不动")] = None,
    frozen_norm: Annotated[bool | None, typer.Option("--frozen-norm/--no-frozen-norm", help="批归一化的统计量不动")] = None,
    train_batch_size: Annotated[int | None, typer.Option(help="每批几张（默认 32）")] = None,
    eval_batch_size: Annotated[int | None, typer.Option(help="评测时每批几张（默认 32）")] = None,
    num_epochs: Annotated[int | None, typer.Option(help="轮数（默认 30；high_performance 3，high_precision 5）")] = None,
    save_checkpoint_epochs: Annotated[int | None, typer.Option(help="每几轮存一次检查点（默认 1）")] = None,
    use_pretrained_model: Annotated[bool | None, typer.Option("--use-pretrained-model/--no-use-pretrained-model", help="从预训练权重开始（默认：有就用）")] = None,
    model_path: Annotated[str, typer.Option(help="本地的检查点（.safetensors、.pth）或模型目录")] = "",
    eval_per_class: Annotated[bool, typer.Option("--eval-per-class", help="也列出每个类的结果")] = False,
    root: _Roots = None,
    seed: Annotated[int | None, typer.Option(help="随机种子")] = None,
    resume: Annotated[bool, typer.Option("--resume/--no-resume", help="从中断处继续")] = True,
    as_json: _Json = False,
) -> None:  # fmt: skip
    """训练图片分类：写出模型目录（权重、ONNX、标签表）和报告。

    例：python -m tools image train --algorithm high_performance --train data/train --dev data/dev --output-dir model
    """
    kind = _algorithm(algorithm, backbone)
    settings = settings_of(
        kind, task=task, backbone=backbone or None, image_size=image_size, train_size=train_size,
        use_crop=use_crop, optimizer=optimizer, initial_learning_rate=initial_learning_rate, lr_decay=lr_decay,
        decay_epochs=_numbers("--decay-epochs", decay_epochs, "10,20"), staircase=staircase, **_factors(decay_factor),
        weight_decay=weight_decay, label_smoothing=label_smoothing, augment=augment, ema=ema,
        frozen_stages=frozen_stages, frozen_norm=frozen_norm, train_batch_size=train_batch_size,
        eval_batch_size=eval_batch_size, num_epochs=num_epochs, save_checkpoint_epochs=save_checkpoint_epochs,
        use_pretrained_model=use_pretrained_model, model_path=model_path or None, seed=seed,
    )  # fmt: skip
    files = TrainFiles(train, dev, output_dir, num_classes, tuple(root or ()))
    _train(settings, files, resume=resume, per_class=eval_per_class, as_json=as_json)


def evaluate_verb(
    model_dir: Annotated[Path, typer.Option(help="模型目录")],
    test: Annotated[Path, typer.Option(help="有标签的图片：目录、.jsonl、.manifest 或 TFRecord")],
    root: _Roots = None,
    eval_batch_size: Annotated[int, typer.Option(help="每批几张")] = 32,
    threads: Annotated[int, typer.Option(help="用几个线程")] = 1,
    as_json: _Json = False,
) -> None:
    """在有标签的图片上评测模型（部署用的 ONNX）。

    例：python -m tools image evaluate --model-dir model --test data/test --json
    """
    try:
        from tools.image.using import evaluate  # numpy and the model's runtime: not for --help

        found = evaluate(model_dir, test, root or (), batch_size=eval_batch_size, threads=threads)
    except ModuleNotFoundError as error:
        raise ConfigError(f"评测要 {error.name} → pip install 'whitebox-chatbot[vision]'") from error
    for warning in found.warnings:
        print(f"提示：{warning}", file=sys.stderr)
    if as_json:
        print(json.dumps(found.as_dict(per_class=True), ensure_ascii=False))
        return
    measures = found.measures
    print(
        f"{measures.count} 张：准确率 {measures.accuracy:.4f}，宏平均 F1 {measures.macro_f1:.4f}，"
        f"ECE {measures.calibration_error:.4f}"
    )
    for one in measures.labels:
        print(f"  {one.label}\tP {one.precision:.4f}\tR {one.recall:.4f}\tF1 {one.f1:.4f}\t{one.support} 张")


def export_verb(
    model_dir: Annotated[Path, typer.Option(help="模型目录")],
    output: Annotated[Path, typer.Option(help="空目录：只放部署要用的文件")],
) -> None:
    """把部署要用的文件（没有报告和检查点）放到一个新目录。"""
    from tools.image.using import export_model  # numpy: not for --help

    print(f"{output}：{'、'.join(export_model(model_dir, output))}")


def _algorithm(algorithm: str, backbone: str) -> Algorithm:
    """Which way to train; one of the two flags says it."""
    named = tuple(one for one in Algorithm if one != Algorithm.CUSTOM)
    if backbone:
        check_backbone(backbone)
    if not algorithm:
        return Algorithm.CUSTOM if backbone else Algorithm.HIGH_PERFORMANCE
    if algorithm not in named:
        raise ConfigError(f"--algorithm {algorithm}: 没有这种 → {'、'.join(named)}；网络用 --backbone 指定")
    return Algorithm(algorithm)


def _numbers(option: str, text: str, example: str) -> tuple[float, ...] | None:
    try:
        return tuple(float(one) for one in text.replace(",", " ").split()) or None
    except ValueError as error:
        raise ConfigError(f"{option} {text}: 不是数 → 写成 {example}") from error


def _factors(text: str) -> dict[str, object]:
    """One factor, or one for each of the epochs."""
    found = _numbers("--decay-factor", text, "0.1 或 0.1,0.01") or ()
    return {"decay_factors": found} if len(found) > 1 else {"decay_factor": found[0] if found else None}


def _train(
    settings: TrainSettings, files: TrainFiles, *, resume: bool, per_class: bool, as_json: bool
) -> None:
    try:
        from tools.image.run import train  # torch takes seconds that --help does not need
        from tools.text.progress import Watcher

        with Watcher() as watch:
            summary, measures = train(settings, files, watch, resume=resume)
    except ModuleNotFoundError as error:
        raise ConfigError(f"训练要 {error.name} → pip install 'whitebox-chatbot[train,vision]'") from error
    except KeyboardInterrupt:
        print("已中断；再运行同一条命令，会从最近的检查点继续。", file=sys.stderr)
        raise typer.Exit(1) from None
    if as_json:
        classes = {"classes": measures.as_dict()["labels"]} if per_class else {}
        print(json.dumps({**asdict(summary), **classes}, ensure_ascii=False))
        return
    print(
        f"已训练：{summary.output_dir}（{summary.version}）\n"
        f"验证集 {summary.dev} 张：准确率 {summary.accuracy:.4f}，宏平均 F1 {summary.macro_f1:.4f}，"
        f"ECE {summary.ece:.4f}，训练用时 {summary.seconds} 秒\n报告：{summary.report}"
    )
    for one in measures.labels if per_class else ():
        print(f"  {one.label}\tP {one.precision:.4f}\tR {one.recall:.4f}\tF1 {one.f1:.4f}\t{one.support} 张")
