"""A picture model over a list of pictures, on the platform's offline engine: ordered, resumable, several processes or machines.

The lines are those that PAI's ``ev_predict_ext`` writes: ``oss://path/image1.jpg, {"class": 3, "class_name": …, "class_probs": …}``.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args

from chatbot.errors import ConfigError, DataError
from chatbot.json_file import Json
from chatbot.predict.archive import unpacked
from chatbot.predict.base import Item, ItemError, Outcome, Predictor
from chatbot.predict.model_dir import task_of
from chatbot.predict.processors import processor
from chatbot.predict.vision.pictures import LIMITS
from tools.image.dataset.addresses import Roots, read_address, scheme_of
from tools.image.dataset.records import ImageRow, RowError
from tools.image.dataset.rows import base_of, form_of, read_rows
from tools.image.dataset.writers import LinesWriter
from tools.predict.asked import MODELS, UsageError
from tools.predict.run import Engine, Job
from tools.predict.table import PATH_COLUMN
from tools.predict.work import Choice, Work

IMAGE = "image"
"""The input that a picture goes to, as base64."""
MODEL_TYPES = ("classifier",)
IMAGE_TYPES = ("url",)
_SHOWN = ("class", "class_name", "class_probs")
_DOWNLOADS = 16
_ONE_THREAD: Mapping[str, Json] = {"threads": 1}


@dataclass(frozen=True, slots=True)
class PictureFetch:
    """Reads the pictures that items name, those in remote stores ``_DOWNLOADS`` at once."""

    roots: Roots
    base: Path

    def __call__(self, items: Sequence[Item]) -> list[Item | ItemError]:
        addresses = [str(item[IMAGE]).strip() for item in items]
        if not any(self._is_remote(one) for one in addresses):
            return [self._item(one) for one in addresses]
        with ThreadPoolExecutor(_DOWNLOADS) as pool:
            return list(pool.map(self._item, addresses))

    def plan(self) -> Mapping[str, str]:
        return {"--root": " ".join(f"{begin}={target}" for begin, target in self.roots.table)}

    def _is_remote(self, address: str) -> bool:
        try:
            return not isinstance(self.roots.resolve(address, self.base), Path)
        except RowError:
            return False

    def _item(self, address: str) -> Item | ItemError:
        try:
            data = read_address(address, self.roots, self.base, LIMITS.bytes)
        except RowError as error:
            return ItemError("unreadable_picture", str(error))
        return {IMAGE: base64.b64encode(data).decode("ascii")}


@dataclass(frozen=True, slots=True)
class PictureLines:
    """``address, {JSON}`` a line; of a prediction the class, its name and the probabilities by name, as PAI writes them."""

    @property
    def only(self) -> tuple[str, ...]:
        return ()

    @property
    def kind(self) -> str:
        return "address, json"

    @property
    def appended(self) -> tuple[str, ...]:
        return (PATH_COLUMN,)

    def header(self, columns: Sequence[str]) -> bytes:
        return b""

    def rows(
        self,
        outcomes: Sequence[Outcome],
        lines: Sequence[int],
        appended: Sequence[Sequence[Json]],
        columns: Sequence[str],
    ) -> bytes:
        written = []
        for outcome, line, cells in zip(outcomes, lines, appended, strict=True):
            address = str(cells[0]).strip() if cells else ""
            written.append(f"{address}, {json.dumps(_told(outcome, line), ensure_ascii=False)}\n")
        return "".join(written).encode(errors="replace")


def _told(outcome: Outcome, line: int) -> Json:
    if isinstance(outcome, ItemError):
        return {"error": {"code": outcome.code, "message": outcome.message, "line": line}}
    return {name: outcome[name] for name in _SHOWN if name in outcome} or dict(outcome)


@dataclass(frozen=True, slots=True)
class AskedPictures:
    """The options as they were given."""

    model_path: str
    input_file: str
    output_file: str
    model_type: str = "classifier"
    image_type: str = "url"
    roots: Roots = field(default_factory=Roots)
    workers: int = 1
    batch_size: int = 16
    engine: str = "local"
    restart: bool = False


def picture_job(asked: AskedPictures) -> Job:
    """The job.

    Raises:
        UsageError: an option that is not offered, or a place that is not on this machine.
        DataError: the list cannot be read, or there is nothing to predict on in it.
        ModelError: no such model, or one that takes no pictures.
    """
    _one_of("--model-type", asked.model_type, MODEL_TYPES)
    if asked.image_type == "base64":
        raise UsageError(
            "--image-type base64: 列表里是路径（url），base64 只用于 MaxCompute 表，这里没有表 → 把图片存成文件再列出来"
        )
    _one_of("--image-type", asked.image_type, IMAGE_TYPES)
    _one_of("--engine", asked.engine, get_args(Engine))
    source, output = (
        local_place(asked.input_file, asked.roots, "--input-oss-file"),
        local_place(asked.output_file, asked.roots, "--output-oss-file"),
    )
    if output.is_dir() or (output.exists() and source.exists() and output.samefile(source)):
        raise UsageError(f"--output-oss-file {output}: 是目录或就是输入 → 写另一个文件名")
    folder = unpacked(local_place(asked.model_path, asked.roots, "--model-path"), MODELS)
    task = task_of(folder)
    settings, predictor = _made(task, folder)
    schema = predictor.describe().schema
    if IMAGE not in [one.name for one in schema.inputs]:
        raise UsageError(f"--model-path {folder}: 是 {task} 的模型，不看图片 → 换一个图片分类的模型目录")
    choice = Choice(((IMAGE, PATH_COLUMN),), ((PATH_COLUMN, PATH_COLUMN),))
    fetch = PictureFetch(asked.roots, base_of(source).absolute())
    work = Work(task, folder.resolve(), settings, choice, PictureLines(), asked.batch_size, fetch)
    listed = listed_pictures(source, output)
    return Job(work, listed, "list", output, asked.workers, cast(Engine, asked.engine), asked.restart)


def _made(task: str, folder: Path) -> tuple[Mapping[str, Json], Predictor]:
    """The settings of a worker, and a predictor of them: one thread, as there is a process a core."""
    make = processor(task).make
    try:
        return _ONE_THREAD, make(folder, _ONE_THREAD)
    except ConfigError:  # a model of another package, that has no such setting
        return {}, make(folder, {})


def local_place(given: str, roots: Roots, option: str) -> Path:
    """The path on this machine that ``given`` (a path, or an address of the operator's table) means.

    Raises:
        UsageError: an address that no ``--root`` brings to this machine.
    """
    if not scheme_of(given):
        return Path(given)
    try:
        found = roots.resolve(given, Path())
    except RowError as error:
        raise UsageError(f"{option} {error}") from error
    if not isinstance(found, Path):
        begin = given.rsplit("/", 1)[0]
        raise UsageError(
            f'{option} {given}: 不在本机 → 加 --root "{begin}/=本机目录/"，或设环境变量 IMAGE_ROOTS'
        )
    return found


def listed_pictures(source: Path, output: Path) -> Path:
    """A list of the pictures of ``source``: itself, or one beside the output; of a folder those without a label, if any.

    Raises:
        DataError: there is none, or a row is wrong.
    """
    form = form_of(source)
    if form == "list":
        return source
    if form == "tfrecord":
        raise DataError(source, "分片里的图片没有地址", hint="先 image dataset convert 成目录或 jsonl")
    to_predict = any(isinstance(row, ImageRow) and row.labels is None for row in read_rows(source))
    listed = listing_of(output)
    with LinesWriter(listed, "list", lambda address: address) as writer:
        for row in read_rows(source):
            if not isinstance(row, ImageRow):
                raise DataError(row.place.file, row.reason, line=row.place.line or None, hint=row.mend)
            if row.labels is None or not to_predict:
                writer.write(row)
    return listed


def listing_of(output: Path) -> Path:
    """Where the list of what is not one itself stands while ``output`` is written."""
    return output.with_name(f"{output.name}.list")


def _one_of(option: str, given: str, offered: Sequence[str]) -> None:
    if given not in offered:
        raise UsageError(f"{option} {given}: 没有这种 → 可选 {'、'.join(offered)}")
