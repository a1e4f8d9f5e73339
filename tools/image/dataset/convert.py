"""From one form into another, or into parts: what is wrong and what would be lost is known before anything is written."""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from chatbot.errors import DataError
from tools.image.dataset.addresses import Roots, read_picture
from tools.image.dataset.classes import ClassRules
from tools.image.dataset.encoding import Encoded, Encoding
from tools.image.dataset.losses import LEFT_OUT, loss_of
from tools.image.dataset.records import Fault, ImageRow, RowError
from tools.image.dataset.rows import Form, Reading, base_of, form_of, read_rows
from tools.image.dataset.writers import (
    Addressing,
    FolderWriter,
    LinesWriter,
    ShardWriter,
    UnpackingWriter,
    Writer,
)
from tools.manifest.files import Example
from tools.manifest.splitting import split as split_examples

MOST_SHOWN = 20
_ENDING_OF = {"JPEG": "jpg"}  # as files are called; other forms in small letters
ENDINGS: Mapping[Form, str] = {
    "jsonl": ".jsonl",
    "manifest": ".manifest",
    "list": ".txt",
    "folder": "",
    "tfrecord": "",
}
Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """What is read, and how."""

    path: Path
    reading: Reading = field(default_factory=Reading)
    roots: Roots = field(default_factory=Roots)
    rules: ClassRules = field(default_factory=ClassRules)

    @property
    def form(self) -> Form:
        return self.reading.form or form_of(self.path)

    @property
    def base(self) -> Path:
        return base_of(self.path)

    def rows(self) -> Iterator[ImageRow | Fault | None]:
        """Each row under the rules for classes; nothing for one that they leave out."""
        for row in read_rows(self.path, self.reading):
            if isinstance(row, Fault):
                yield row
                continue
            try:
                yield self.rules.apply(row)
            except RowError as error:
                yield error.at(row.place)

    def data(self, row: ImageRow) -> bytes:
        """The bytes of ``row``'s picture; raises ``RowError``."""
        return read_picture(row, self.roots, self.base)


@dataclass(frozen=True, slots=True)
class Target:
    """What is written. ``parts`` are shares by name, of which each becomes a file or folder in ``output``; none: one whole."""

    output: Path
    form: Form
    name: str = "data"
    prefix: str = ""
    encoding: Encoding = field(default_factory=Encoding)
    per_shard: int = 1000
    parts: Mapping[str, float] = field(default_factory=dict)
    seed: int = 7
    allow_loss: bool = False
    skip_bad: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """``lost``: what the form could not carry, by how many pictures; ``left_out``: by the rules for classes."""

    output: str
    form: str
    pictures: int
    parts: Mapping[str, int]
    left_out: int
    lost: Mapping[str, int]
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class _Survey:
    pictures: int = 0
    left_out: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)


def convert(source: Source, target: Target, tick: Tick = lambda _: None) -> Converted:
    """Write ``target``; ``tick`` is told how many pictures are done.

    Raises:
        DataError: a row is wrong and not to be skipped, the form would lose something and may not, or the disk refuses.
    """
    survey = _surveyed(source, target)
    _refuse(source, target, survey)
    part_of = _parts(survey.examples, target) if target.parts else None
    written: Counter[str] = Counter()
    bad = list(survey.faults)
    with ExitStack() as stack:
        writers = {
            part: stack.enter_context(_writer(source, target, part, survey))
            for part in (target.parts or [""])
        }
        for number, row in enumerate(_kept(source, target)):
            part = next(part_of) if part_of else ""
            try:
                writers[part].write(_measured(source, row) if target.form == "jsonl" else row)
                written[part] += 1
            except RowError as error:
                bad.append(error.at(row.place))
                if not target.skip_bad:
                    raise DataError(
                        row.place.file,
                        error.reason,
                        line=row.place.line or None,
                        hint=f"{error.mend}，或加 --skip-bad",
                    ) from error
            tick(number + 1)
        if not written:
            raise DataError(source.path, "没有一张图片能写出来", hint="image dataset validate 看每行的原因")
    parts = {part: written[part] for part in target.parts}
    return Converted(
        str(target.output),
        target.form,
        written.total(),
        parts,
        survey.left_out,
        dict(survey.lost),
        tuple(bad),
    )


def _surveyed(source: Source, target: Target) -> _Survey:
    survey = _Survey()
    for row in source.rows():
        if row is None:
            survey.left_out += 1
        elif isinstance(row, Fault):
            survey.faults.append(row)
        else:
            if loss := loss_of(row, target.form):
                survey.lost[loss] += 1
            if loss.endswith(LEFT_OUT):
                continue
            survey.pictures += 1
            survey.classes.update(row.names)
            if target.parts:
                survey.examples.append(Example(row.place.line, row.address, row.names))
    return survey


def _refuse(source: Source, target: Target, survey: _Survey) -> None:
    if survey.faults and not target.skip_bad:
        told = "".join(f"\n  {one}" for one in survey.faults[:MOST_SHOWN])
        more = f"\n  …还有 {len(survey.faults) - MOST_SHOWN} 处" if len(survey.faults) > MOST_SHOWN else ""
        raise DataError(
            source.path, f"{len(survey.faults)} 处有问题", hint=f"改好，或加 --skip-bad 略过：{told}{more}"
        )
    if survey.lost and not target.allow_loss:
        told = "；".join(f"{what}：{count} 张" for what, count in survey.lost.most_common())
        raise DataError(source.path, f"写成 {target.form} 会丢 {told}", hint="换一种格式，或加 --allow-loss")
    if not survey.pictures:
        raise DataError(source.path, "没有一张图片能写出来", hint="image dataset validate 看每行的原因")


def _kept(source: Source, target: Target) -> Iterator[ImageRow]:
    for row in source.rows():
        if isinstance(row, ImageRow) and not loss_of(row, target.form).endswith(LEFT_OUT):
            yield row


def _measured(source: Source, row: ImageRow) -> ImageRow:
    """``row`` with the format and size of a picture at hand, of which only the head is read; as it is where neither is told
    by the row nor the picture lies on this machine, or it is no picture (``validate`` says so)."""
    if row.width or row.height or row.format:
        return row
    try:
        data = row.data
        place = None if data is not None else source.roots.resolve(row.address, source.base)
        if data is None and not isinstance(place, Path):
            return row
        with Image.open(io.BytesIO(data) if data is not None else place) as image:  # type: ignore[arg-type]
            width, height = image.size
            return replace(
                row,
                width=width,
                height=height,
                format=_ENDING_OF.get(image.format or "", (image.format or "").lower()),
            )
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, RowError):
        return row


def _parts(examples: Sequence[Example], target: Target) -> Iterator[str]:
    """The part of each picture, in their order."""
    numbered = [Example(number, one.source, one.labels) for number, one in enumerate(examples)]
    parted = split_examples(numbered, target.parts, target.seed)
    part_of = {one.line: part for part, found in parted.items() for one in found}
    return iter([part_of[number] for number in range(len(numbered))])


def _writer(source: Source, target: Target, part: str, survey: _Survey) -> Writer:
    def pictures(row: ImageRow) -> Encoded:
        return target.encoding.of(source.data(row))

    form = target.form
    output = target.output / f"{part}{ENDINGS[form]}" if part else target.output
    if form == "folder":
        return FolderWriter(output, pictures)
    if form == "tfrecord":
        classes = source.rules.known or tuple(sorted(survey.classes))
        extra = tuple(
            sorted(set(survey.classes) - set(classes))
        )  # crowds of an ignored class keep their name
        return ShardWriter(
            output, f"{target.name}-{part}".rstrip("-"), classes + extra, target.per_shard, pictures
        )
    if source.form == "tfrecord":
        return UnpackingWriter(output, form, pictures)
    return LinesWriter(
        output, form, Addressing(source.base.absolute(), output.parent.absolute(), target.prefix)
    )
