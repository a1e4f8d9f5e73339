"""Parsers of labelled pictures: every form but folders, which are no file."""

from collections.abc import Iterator

from tools.fuzz.targets import Target, file_parse
from tools.image.dataset.records import Box, Fault, ImageRow, Outline, Place
from tools.image.dataset.rows import Reading, read_rows
from tools.image.dataset.tf_framing import framed
from tools.image.dataset.tfrecords import record_of

_LINES = (
    b'{"image_url": "oss://b/1.jpg", "image_details": {"format": "jpg", "width": "400px", "height": 258}, "label": "can"}\n',
    b'{"image_url": "1.jpg", "label": [{"label": "can", "topX": 0.1, "topY": 0.1, "bottomX": 0.9, "bottomY": 1, "isCrowd": 0}]}\n'
    b'{"image_url": "2.jpg", "label": [{"label": "can", "isCrowd": 1, "polygon": [[0.1, 0.1, 0.9, 0.1, 0.5, 0.9]]}]}\n',
)
_MANIFEST = (
    b'{"data": {"source": "oss://b/1.jpg"}, "label-1": {"results": [{"questionId": "1", "data": "can", "markTitle": "a", '
    b'"type": "survey/value"}]}}\n'
    b'{"source-ref": "s3://b/2.jpg", "k": [1], "k-metadata": {"class-map": {"1": "can"}}}\n'
)


def picture_targets() -> Iterator[Target]:
    """A target a form. A row that is wrong is a fault with a place, never an exception."""
    for name, seeds in (
        ("pictures.jsonl", _LINES),
        ("pictures.manifest", (_MANIFEST,)),
        ("pictures.txt", (b"a/1.jpg\noss://b/2.jpg\n",)),
        ("pictures.tfrecord", (_shard(),)),
    ):
        yield Target(name, file_parse(name, lambda file: _read(list(read_rows(file, _READING)))), seeds)


_READING = Reading(multi_label=True)


def _read(rows: list[ImageRow | Fault]) -> None:
    assert all(row.reason and row.mend for row in rows if isinstance(row, Fault)), rows


def _shard() -> bytes:
    place = Place("a", 1)
    shapes = (Box("can", 0.1, 0.2, 0.3, 0.4), Outline("can", ((0.1, 0.1, 0.9, 0.1, 0.5, 0.9),)))
    rows = ImageRow("a.jpg", ("can",), place, 4, 3, "jpg"), ImageRow("b.jpg", None, place, shapes=shapes)
    return b"".join(framed(record_of(row, b"picture", {"can": 0})) for row in rows)
