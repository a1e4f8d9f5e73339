"""``python -m tools image dataset convert | validate | split | stats``."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from chatbot.errors import ConfigError
from tools.image.dataset.progress import Bar
from tools.manifest.annotation import Which

if TYPE_CHECKING:  # PIL and numpy are not for --help
    from tools.image.dataset.addresses import Roots
    from tools.image.dataset.convert import Source
    from tools.image.dataset.rows import Form

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="图片数据集：目录、jsonl、manifest、路径列表、TFRecord 的互转、检查、划分、统计。",
)

_FORMS = "folder、jsonl、manifest、list、tfrecord"
Input = Annotated[
    Path, typer.Option(help="目录（目录/标签/图片.jpg）、.jsonl、.manifest、.txt 或 .tfrecord（可是目录）")
]
FormName = Annotated[str, typer.Option("--form", help=f"输入是哪种：{_FORMS}；默认看名字和内容")]
RootOption = Annotated[
    list[str] | None,
    typer.Option(
        "--root", envvar="IMAGE_ROOTS", help='图片地址的开头在这里是哪里："oss://bucket/=data/"，可写几次'
    ),
]
MultiLabel = Annotated[bool, typer.Option("--multi-label", help="一张可有几个标签，也可一个都没有")]
Question = Annotated[str, typer.Option(help="manifest 里有几道题时取哪道")]
SourceField = Annotated[str, typer.Option(help="manifest 的 data 里哪个字段是图片")]
Classes = Annotated[
    str, typer.Option("--class-list-file", help="只许有这些类：一行一个的文件，或 a,b,c；定类的编号")
]
DefaultClass = Annotated[str, typer.Option(help="不在类表里的标签归到这一类")]
IgnoreClass = Annotated[str, typer.Option(help="去掉这些标签（a,b）；框留着，标成 isCrowd，不学也不算错")]
ErrorClass = Annotated[str, typer.Option(help="有这些标签（a,b）的图片整张不要")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="略过有问题的行，并逐条说明")]
AllowLoss = Annotated[bool, typer.Option("--allow-loss", help="目标格式装不下的就丢掉，并说丢了什么")]
Pictures = Annotated[bool, typer.Option("--pictures/--no-pictures", help="打开每张图片看，或只看文字")]
AsJson = Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")]
MaxSide = Annotated[
    int, typer.Option("--max-image-size", min=0, help="folder、tfrecord：长边最多多少像素；0 不缩")
]
ImageFormat = Annotated[str, typer.Option(help="folder、tfrecord：jpg 或 png；默认照旧")]
PerShard = Annotated[int, typer.Option("--num-samples-per-tfrecord", min=1, help="每个分片多少张")]
Name = Annotated[str, typer.Option(help="数据集的名字，写进分片的文件名")]
Prefix = Annotated[str, typer.Option(help='jsonl、manifest、list：写在图片路径前面，如 "oss://bucket/data/"')]
_MOST_SHOWN = 200


@app.callback()
def dataset() -> None:
    """图片数据集。"""


@app.command("convert")
def convert_verb(
    input: Input,
    output: Annotated[Path, typer.Option(help="写出的 .jsonl、.manifest、.txt，或目录")],
    to: Annotated[str, typer.Option(help=f"写成哪种：{_FORMS}；默认看结尾，目录是 folder")] = "",
    form: FormName = "",
    root: RootOption = None,
    multi_label: MultiLabel = False,
    question: Question = "",
    source_field: SourceField = "",
    class_list_file: Classes = "",
    default_class: DefaultClass = "",
    ignore_class: IgnoreClass = "",
    error_class: ErrorClass = "",
    max_image_size: MaxSide = 0,
    image_format: ImageFormat = "",
    num_samples_per_tfrecord: PerShard = 1000,
    test_ratio: Annotated[float, typer.Option(min=0, max=0.9, help="分出 train 与 test；0 不分")] = 0.0,
    seed: Annotated[int, typer.Option(help="同一个种子，同样的划分")] = 7,
    name: Name = "data",
    prefix: Prefix = "",
    skip_bad: SkipBad = False,
    allow_loss: AllowLoss = False,
    as_json: AsJson = False,
) -> None:
    """一种格式写成另一种；先看完再写，有问题的行和会丢的内容先说。

    例：python -m tools image dataset convert --input clothing --output shards --to tfrecord --max-image-size 600
    """
    source = _source(input, form, root, multi_label, (question, source_field),
                     (class_list_file, default_class, ignore_class, error_class))  # fmt: skip
    parts = {"train": 1 - test_ratio, "test": test_ratio} if test_ratio else {}
    _write(source, output, to or _form_by_ending(output), (max_image_size, image_format, num_samples_per_tfrecord),
           (name, prefix), parts, seed, skip_bad=skip_bad, allow_loss=allow_loss, as_json=as_json)  # fmt: skip


@app.command("split")
def split_verb(
    input: Input,
    output_dir: Annotated[Path, typer.Option(help="写出 train、dev、test，格式与输入相同")],
    train: Annotated[float, typer.Option(min=0, max=1, help="训练的份额")] = 0.8,
    dev: Annotated[float, typer.Option(min=0, max=1, help="开发的份额")] = 0.1,
    test: Annotated[float, typer.Option(min=0, max=1, help="测试的份额")] = 0.1,
    seed: Annotated[int, typer.Option(help="同一个种子，同样的划分")] = 7,
    form: FormName = "",
    root: RootOption = None,
    multi_label: MultiLabel = False,
    question: Question = "",
    source_field: SourceField = "",
    num_samples_per_tfrecord: PerShard = 1000,
    name: Name = "data",
    prefix: Prefix = "",
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """按标签分层划分；同一张图片不会分到两份里。

    例：python -m tools image dataset split --input clothing --output-dir parts --train 0.8 --dev 0.1 --test 0.1
    """
    shares = {part: share for part, share in (("train", train), ("dev", dev), ("test", test)) if share}
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise typer.BadParameter(f"--train、--dev、--test 加起来是 {sum(shares.values()):g} → 应是 1")
    source = _source(input, form, root, multi_label, (question, source_field), ("", "", "", ""))
    _write(source, output_dir, source.form, (0, "", num_samples_per_tfrecord), (name, prefix), shares, seed,
           skip_bad=skip_bad, allow_loss=False, as_json=as_json)  # fmt: skip


@app.command("validate")
def validate_verb(
    input: Input,
    form: FormName = "",
    root: RootOption = None,
    multi_label: MultiLabel = False,
    question: Question = "",
    source_field: SourceField = "",
    class_list_file: Classes = "",
    pictures: Pictures = True,
    name: Annotated[str, typer.Option(help="也检查这个数据集名或任务名")] = "",
    as_json: AsJson = False,
) -> None:
    """逐行检查，每处说文件、行、原因和改法；有问题以 1 退出。

    例：python -m tools image dataset validate --input train.jsonl --root "oss://bucket/=data/"
    """
    from tools.image.dataset.checks import faults, stats_of  # PIL: not for --help

    _checked_name(name)
    source = _source(input, form, root, multi_label, (question, source_field), (class_list_file, "", "", ""))
    rows, found = 0, []
    with Bar(quiet=as_json) as bar:
        for rows, one in enumerate(faults(source, pictures), 1):
            bar(rows)
            if one is not None:
                found.append(one)
                if not as_json and len(found) <= _MOST_SHOWN:
                    print(one)
    warnings = [one for one in stats_of(source, pictures=False).warnings if "validate" not in one]
    if as_json:
        shown = [
            {"file": one.place.file, "line": one.place.line, "reason": one.reason, "mend": one.mend}
            for one in found
        ]
        print(json.dumps({"rows": rows, "faults": shown, "warnings": warnings}, ensure_ascii=False))
    else:
        for warning in warnings:
            print(f"注意：{warning}", file=sys.stderr)
        more = f"（只列了前 {_MOST_SHOWN} 处）" if len(found) > _MOST_SHOWN else ""
        print(f"{rows} 行，{len(found)} 处有问题{more}")
    if found:
        raise typer.Exit(1)


@app.command("stats")
def stats_verb(
    input: Input,
    form: FormName = "",
    root: RootOption = None,
    multi_label: MultiLabel = False,
    question: Question = "",
    source_field: SourceField = "",
    pictures: Pictures = True,
    as_json: AsJson = False,
) -> None:
    """各类多少张、均不均匀、多大；太少或差得太多会提醒。例：python -m tools image dataset stats --input clothing"""
    from tools.image.dataset.checks import stats_of, stats_text  # PIL: not for --help

    source = _source(input, form, root, multi_label, (question, source_field), ("", "", "", ""))
    result = stats_of(source, pictures)
    print(json.dumps(asdict(result), ensure_ascii=False) if as_json else stats_text(result))


def roots_of(options: Sequence[str]) -> "Roots":
    """The operator's table; what cannot be one is wrong usage."""
    from tools.image.dataset.addresses import Roots

    try:
        return Roots.of(options)
    except ConfigError as error:
        raise typer.BadParameter(error.message) from error


def _source(
    path: Path,
    form: str,
    roots: list[str] | None,
    multi_label: bool,
    which: tuple[str, str],
    classes: tuple[str, str, str, str],
) -> "Source":
    from tools.image.dataset.classes import class_rules
    from tools.image.dataset.convert import Source
    from tools.image.dataset.rows import Reading

    reading = Reading(_form(form), multi_label, Which(*which))
    return Source(path, reading, roots_of(roots or []), class_rules(*classes))


def _write(
    source: "Source",
    output: Path,
    to: str,
    encoding: tuple[int, str, int],
    naming: tuple[str, str],
    parts: Mapping[str, float],
    seed: int,
    *,
    skip_bad: bool,
    allow_loss: bool,
    as_json: bool,
) -> None:
    from tools.image.dataset.convert import Target, convert
    from tools.image.dataset.encoding import Encoding, Format

    side, kind, per_shard = encoding
    kind = kind.lower().replace("jpeg", "jpg")
    if kind not in ("", "jpg", "png"):
        raise typer.BadParameter(f"--image-format {kind} → 可选 jpg、png")
    form = _form(to)
    if not form:
        raise typer.BadParameter(f"{output}: 看不出要写成什么 → 加 --to（{_FORMS}）")
    _checked_name(naming[0])
    target = Target(
        output, form, naming[0], naming[1], Encoding(cast(Format, kind), side), per_shard, parts, seed,
        allow_loss, skip_bad,
    )  # fmt: skip
    with Bar(quiet=as_json) as bar:
        done = convert(source, target, bar)
    if as_json:
        shown = {**asdict(done), "faults": [str(one) for one in done.faults]}
        print(json.dumps(shown, ensure_ascii=False))
        return
    for fault in done.faults[:_MOST_SHOWN]:
        print(f"略过 {fault}", file=sys.stderr)
    for what, count in done.lost.items():
        print(f"丢了 {what}：{count} 张", file=sys.stderr)
    if done.left_out:
        print(f"按 --error-class、--ignore-class 没有写的：{done.left_out} 张", file=sys.stderr)
    told = (
        "（" + "，".join(f"{part} {count}" for part, count in done.parts.items()) + "）" if done.parts else ""
    )
    print(f"写好 {done.output}：{done.form}，{done.pictures} 张{told}")


def _form(name: str) -> "Form":
    from tools.image.dataset.rows import FORMS

    if name and name not in FORMS:
        raise typer.BadParameter(f"没有格式 {name} → 可选 {_FORMS}")
    return cast("Form", name)


def _form_by_ending(output: Path) -> str:
    found = {".jsonl": "jsonl", ".manifest": "manifest", ".txt": "list", ".list": "list", "": "folder"}
    return found.get(output.suffix.lower(), "")


def _checked_name(name: str) -> None:
    from tools.image.dataset.folders import checked_name
    from tools.image.dataset.records import RowError

    try:
        if name:
            checked_name(name, "--name ")
    except RowError as error:
        raise typer.BadParameter(str(error)) from error
