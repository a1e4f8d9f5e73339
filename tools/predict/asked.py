"""From what an operator asks for to a job: which columns feed the model, which are appended, under which names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import cast, get_args

from chatbot.errors import ConfigError, DataError
from chatbot.json_file import Json
from chatbot.predict.archive import unpacked
from chatbot.predict.base import Schema
from chatbot.predict.model_dir import task_of
from chatbot.predict.processors import processor
from tools.predict.rendering import Rendering, check_names, written_as
from tools.predict.run import Engine, Job
from tools.predict.table import PATH_COLUMN, Format, Table, format_of
from tools.predict.work import Choice, Work

MODELS = Path("var/predict/models")


class UsageError(ConfigError):
    """Options that do not fit each other or the files."""

    code = "usage"


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as they were given; empty texts where they were not. ``only``: the parts of a prediction to write."""

    model_dir: Path
    source: Path
    output: Path
    processor: str = ""
    settings: Mapping[str, Json] | None = None
    columns: str = ""
    append_columns: str = ""
    kind: str = ""
    batch_size: int = 64
    workers: int = 1
    engine: str = "local"
    restart: bool = False
    only: tuple[str, ...] = ()


def job_of(asked: Asked) -> Job:
    """The job.

    Raises:
        UsageError: an option that cannot be.
        DataError: the input cannot be read, or lacks a column.
        ModelError, ConfigError: no such model or processor.
    """
    kind, rendering = _formats(asked)
    if asked.engine not in get_args(Engine):
        raise UsageError(f"--engine {asked.engine}: 没有这种引擎 → 可选 local、ray")
    folder = unpacked(asked.model_dir, MODELS)
    name = asked.processor or task_of(folder)
    settings = asked.settings or {}
    kind_of_model = processor(name)
    rendering = replace(rendering, only=asked.only, names=kind_of_model.file_names)
    schema = kind_of_model.make(folder, settings).describe().schema
    choice = _choice(asked, kind, schema)
    work = Work(name, folder.resolve(), settings, choice, rendering, asked.batch_size)
    return Job(
        work, asked.source, kind, asked.output, asked.workers, cast(Engine, asked.engine), asked.restart
    )


def _formats(asked: Asked) -> tuple[Format, Rendering]:
    kind = asked.kind or format_of(asked.source)
    if kind not in get_args(Format):
        raise UsageError(f"{asked.source}: 看不出是什么格式 → 加 --format csv、jsonl 或 list")
    written = written_as(asked.output)
    if written is None:
        raise UsageError(f"--output {asked.output}: 结尾应是 .csv 或 .jsonl（可再加 .gz）")
    if asked.output.is_dir():
        raise UsageError(f"--output {asked.output}: 是目录 → 写一个文件名")
    if asked.source.exists() and asked.output.exists() and asked.source.samefile(asked.output):
        raise UsageError(f"--output {asked.output}: 就是输入文件 → 换一个名字")
    names = tuple(name for name, _ in _pairs(asked.append_columns, "--append-columns"))
    return cast(Format, kind), Rendering(written, names)


def _choice(asked: Asked, kind: Format, schema: Schema) -> Choice:
    named = dict(_pairs(asked.columns, "--columns"))
    appended = _pairs(asked.append_columns, "--append-columns")
    known = [one.name for one in schema.inputs]
    for name in named:
        if name not in known:
            near = get_close_matches(name, known, 1)
            raise UsageError(
                f"--columns: 模型没有输入 {name}"
                + (f"，是不是 {near[0]}？" if near else f" → 有 {'、'.join(known)}")
            )
    stated = schema.outputs.get("properties")
    check_names([name for name, _ in appended], tuple(stated) if isinstance(stated, dict) else ())
    if kind == "jsonl":
        return Choice(tuple((name, named.get(name, name)) for name in known), tuple(appended))
    table = Table(asked.source, kind)
    table.close()
    if kind == "list" and not named:
        named = {_first_text(schema): PATH_COLUMN}
    return _chosen(asked.source, table.columns, schema, named, appended)


def _chosen(
    source: Path,
    columns: Sequence[str],
    schema: Schema,
    named: Mapping[str, str],
    appended: Sequence[tuple[str, str]],
) -> Choice:
    """The columns of a table with a header; one that is asked for or needed must be there."""
    inputs = []
    for one in schema.inputs:
        column = named.get(one.name, one.name)
        if column in columns:
            inputs.append((one.name, column))
        elif one.required or one.name in named:
            raise DataError(
                source,
                f"没有列“{column}”，只有 {'、'.join(columns)}",
                line=1,
                hint=f"加 --columns {one.name}=列名" if one.name not in named else "改 --columns 里的列名",
            )
    for _, column in appended:
        if column not in columns:
            raise DataError(
                source,
                f"没有列“{column}”，只有 {'、'.join(columns)}",
                line=1,
                hint="改 --append-columns 里的列名",
            )
    return Choice(tuple(inputs), tuple(appended))


def _first_text(schema: Schema) -> str:
    """The input that a path goes to."""
    texts = sorted((one for one in schema.inputs if one.kind == "text"), key=lambda one: not one.required)
    if not texts:
        raise UsageError("--format list: 模型没有文字输入 → 改用 csv 或 jsonl")
    return texts[0].name


def _pairs(text: str, option: str) -> list[tuple[str, str]]:
    """``a,b=c`` → (a, a), (b, c)."""
    pairs = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, equals, column = (one.strip() for one in part.partition("="))
        if not name or (equals and not column):
            raise UsageError(f"{option}: “{part}”写得不对 → 写成 名字 或 名字=列名，用逗号隔开")
        pairs.append((name, column or name))
    names = [name for name, _ in pairs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"{option}: {twice} 写了两次 → 去掉一个")
    return pairs
