"""``python -m tools manifest convert|validate|split|stats``."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from tools.manifest.asked import read_as_asked
from tools.manifest.checks import faults, stats_of, stats_text
from tools.manifest.files import (
    ENDINGS,
    Form,
    Kind,
    examples,
    header_of,
    kind_of_sources,
    rendered,
    write_whole,
)
from tools.manifest.splitting import split as split_examples

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)

Input = Annotated[Path, typer.Option(help=".manifest、.jsonl、.csv 或 .csv.gz")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="略过有问题的行，并说略过了几行")]
AsJson = Annotated[bool, typer.Option("--json", help="标准输出只给一个 JSON 对象")]
_MOST_SHOWN = 200


@app.callback()
def manifest() -> None:
    """标注数据：PAI iTAG 与 SageMaker Ground Truth 的 .manifest，与训练用的 csv、jsonl 互转、检查、划分、统计。"""


@app.command("convert")
@read_as_asked
def convert(
    input: Input,
    form: Form,
    output: Annotated[Path, typer.Option(help="写出的 .manifest、.csv 或 .jsonl")],
    kind: Annotated[str, typer.Option(help="text 或 image；默认看内容")] = "",
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """三种 manifest 都能读，写 iTAG 的；csv 是 sentence,label 或 image_url,label。

    例：python -m tools manifest convert --input 体育.manifest --output train.csv
    """
    if kind and kind not in get_args(Kind):
        raise typer.BadParameter(f"--kind {kind} → 可选 text、image")
    ending = output.suffix.lower()
    if ending not in ENDINGS:
        raise typer.BadParameter(f"--output {output} → 结尾应是 .manifest、.csv 或 .jsonl")
    found, bad = examples(input, form, skip_bad)
    chosen = cast(Kind, kind) if kind else kind_of_sources(found)
    write_whole(output, rendered(found, ending, chosen, form))
    if as_json:
        print(
            json.dumps({"output": str(output), "examples": len(found), "kind": chosen, "skipped": len(bad)})
        )
    else:
        print(f"写好 {output}：{len(found)} 条" + (f"，略过 {len(bad)} 行" if bad else ""))


@app.command("validate")
@read_as_asked
def validate(
    input: Input,
    form: Form,
    labels: Annotated[str, typer.Option(help="只许用这些标签：a,b,c，或一行一个标签的文件")] = "",
    as_json: AsJson = False,
) -> None:
    """逐行检查；有问题以 1 退出。例：python -m tools manifest validate --input 体育.manifest --labels 体育,财经"""
    rows, found = faults(input, form, _known(labels))
    if as_json:
        shown = [asdict(one) for one in found]
        print(json.dumps({"rows": rows, "faults": shown}, ensure_ascii=False))
    else:
        for one in found[:_MOST_SHOWN]:
            print(f"{input}:{one.line}: {one.reason} → {one.mend}")
        more = f"（只列了前 {_MOST_SHOWN} 处）" if len(found) > _MOST_SHOWN else ""
        print(f"{rows} 行，{len(found)} 处有问题{more}")
    if found:
        raise typer.Exit(1)


@app.command("split")
@read_as_asked
def split(
    input: Input,
    form: Form,
    output_dir: Annotated[Path, typer.Option(help="写出 train、dev、test，格式与输入相同")],
    train: Annotated[float, typer.Option(min=0, max=1, help="训练的份额")] = 0.8,
    dev: Annotated[float, typer.Option(min=0, max=1, help="开发的份额")] = 0.1,
    test: Annotated[float, typer.Option(min=0, max=1, help="测试的份额")] = 0.1,
    seed: Annotated[int, typer.Option(help="同一个种子，同样的划分")] = 7,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """按标签分层划分；同一条原文不会分到两份里。例：python -m tools manifest split --input all.manifest --output-dir data"""
    shares = {name: share for name, share in (("train", train), ("dev", dev), ("test", test)) if share}
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise typer.BadParameter(f"--train、--dev、--test 加起来是 {sum(shares.values()):g} → 应是 1")
    found, bad = examples(input, form, skip_bad)
    ending = next(one for one in ENDINGS if input.name.lower().endswith(one)).removesuffix(".gz")
    counts = {}
    for name, part in split_examples(found, shares, seed).items():
        kept = b"".join(one.kept for one in part)
        write_whole(output_dir / f"{name}{ending}", header_of(input) + kept)
        counts[name] = len(part)
    if as_json:
        print(json.dumps({"output_dir": str(output_dir), **counts, "skipped": len(bad)}))
    else:
        told = "，".join(f"{name} {count}" for name, count in counts.items())
        print(f"写好 {output_dir}：{told}" + (f"，略过 {len(bad)} 行" if bad else ""))


@app.command("stats")
@read_as_asked
def stats(
    input: Input,
    form: Form,
    as_json: AsJson = False,
) -> None:
    """各类多少条、均不均匀；太少或差得太多会提醒。例：python -m tools manifest stats --input all.manifest"""
    found, bad = examples(input, form, skip_bad=True)
    result = stats_of(found, len(bad), form.multi_label)
    print(json.dumps(asdict(result), ensure_ascii=False) if as_json else stats_text(result))


def _known(labels: str) -> list[str]:
    if labels and Path(labels).is_file():
        lines = Path(labels).read_text(encoding="utf-8-sig").splitlines()
        return [line.strip() for line in lines if line.strip()]
    return [one.strip() for one in labels.split(",") if one.strip()]
