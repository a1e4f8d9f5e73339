"""Features of paraphrases, streamed into a file that an interrupted run continues: same input, same bytes."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from chatbot.encoders.base import Encoder
from chatbot.errors import DataError
from chatbot.faq_modules.dataset import load_csv, load_dataset
from chatbot.faq_modules.features import FeatureHeader, feature_line

BATCH = 256
PART_SUFFIX = ".part"
Row = tuple[str, int]


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What one export did: rows in all, of which encoded now, copied from known vectors, and resumed."""

    output: str
    count: int
    dimension: int
    fingerprint: str
    encoded: int
    reused: int
    resumed: int


def input_rows(source: Path, label_map: Path | None = None) -> list[Row]:
    """(paraphrase, label id) of a csv with ``sent,label``, or of a FAQ folder (or its ``questions/``).

    Labels that are names get their id from ``query_label_idx_map.txt``: ``label_map``, or the one beside.

    Raises:
        DataError: the input is missing or faulty, or a label stands in no map.
    """
    if source.is_dir():
        folder = source.parent if source.name == "questions" else source
        return [(p.text, p.label) for p in load_dataset(folder, label_map).paraphrases]
    rows = load_csv(source)
    if all(row.label.lstrip("-").isdigit() for row in rows):
        return [(row.text, int(row.label)) for row in rows]
    ids = load_dataset(source.parent, label_map).label_of
    for row in rows:
        if row.label not in ids:
            raise DataError(
                source, f"标签“{row.label}”不在 query_label_idx_map.txt 里", hint="补上标准问，或改正标签"
            )
    return [(row.text, ids[row.label]) for row in rows]


def export(
    rows: Sequence[Row],
    encoder: Encoder,
    output: Path,
    *,
    known: Mapping[Row, str] | None = None,
    say: Callable[[int, int], None] = lambda done, total: None,
) -> ExportResult:
    """Write ``output`` by way of ``output.part``, renamed when complete.

    ``known`` holds whole lines of this very encoder by row; they are copied, not computed again.

    Raises:
        DataError: the disk does not take it; what was there before is untouched, what was written is continued
            next time.
    """
    header = FeatureHeader(encoder.fingerprint, encoder.dimension, len(rows))
    part = output.with_name(output.name + PART_SUFFIX)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        resumed = _resume(part, header, rows)
        encoded = _append(part, header, rows, resumed, encoder, known or {}, say)
        os.replace(part, output)
        _plan_file(part).unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            output, f"写不了：{error.strerror}", hint="旧文件未动；腾出空间或改权限后重跑，会接着写"
        ) from error
    reused = len(rows) - resumed - encoded
    return ExportResult(
        str(output), len(rows), encoder.dimension, encoder.fingerprint, encoded, reused, resumed
    )


def _append(
    part: Path,
    header: FeatureHeader,
    rows: Sequence[Row],
    start: int,
    encoder: Encoder,
    known: Mapping[Row, str],
    say: Callable[[int, int], None],
) -> int:
    encoded = 0
    with part.open("a", encoding="utf-8", newline="\n") as file:
        if not start and file.tell() == 0:
            file.write(header.line())
        for place, batch in _batches(rows, start):
            wanted = [text for text, label in batch if (text, label) not in known]
            fresh = iter(encoder.encode(wanted) if wanted else ())
            file.writelines(known.get(row) or feature_line(*row, next(fresh)) for row in batch)
            file.flush()
            encoded += len(wanted)
            say(place + len(batch), len(rows))
        os.fsync(file.fileno())
    return encoded


def _batches(rows: Sequence[Row], start: int) -> Iterator[tuple[int, list[Row]]]:
    remaining = iter(rows[start:])
    while batch := list(islice(remaining, BATCH)):
        yield start, batch
        start += len(batch)


# -- continuing an interrupted run -------------------------------------------------------------------------


def _plan_file(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _resume(part: Path, header: FeatureHeader, rows: Sequence[Row]) -> int:
    """Rows of ``part`` that can stay; a part of another input or encoder, or a torn last line, is cut away."""
    digest = hashlib.sha256(header.line().encode())
    for text, label in rows:
        digest.update(f"{text}\t{label}\n".encode())
    plan = json.dumps(digest.hexdigest())
    file = _plan_file(part)
    if not part.exists() or not file.exists() or file.read_text() != plan:
        part.unlink(missing_ok=True)
        file.write_text(plan)
        return 0
    return _cut_torn_line(part)


def _cut_torn_line(part: Path) -> int:
    complete = end = 0
    with part.open("rb+") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            end += len(line)
            complete += 1
        lines.truncate(end)
    return max(0, complete - 1)
