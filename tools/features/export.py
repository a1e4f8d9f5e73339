"""Features of paraphrases, streamed into a file that an interrupted run continues: same input, same bytes."""

import contextlib
import hashlib
import json
import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.errors import DataError
from chatbot.faq_modules.dataset import load_csv, load_dataset
from chatbot.faq_modules.features import FeatureHeader
from tools.features.encoding import BATCH, Encoded, Encoding, encoded
from tools.features.lines import FeatureLines, row_keys
from tools.features.matching import matched

PART_SUFFIX = ".part"
_FLUSHED = 1 << 25
Row = tuple[str, int]
Keep = Callable[[Sequence[int], Encoded], None]


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
    known: FeatureLines | None = None,
    keys: Sequence[bytes] | None = None,
    keep: Keep = lambda places, batch: None,
    say: Callable[[int, int], None] = lambda done, total: None,
    sync: bool = True,
    ahead: Encoding | None = None,
) -> ExportResult:
    """Write ``output`` by way of ``output.part``, renamed when complete.

    ``known`` holds lines of this very encoder; they are copied, not computed again. ``keys`` are the ``row_keys`` of ``rows``. ``keep`` gets the places of
    the rows that are encoded now, batch by batch, and what they gave. Without ``sync`` the caller sees to it that the disk
    has all of it. ``ahead`` are processes that may be running already; they are let go at the end.

    Raises:
        DataError: the disk does not take it; what was there before is untouched, what was written is continued
            next time.
    """
    header = FeatureHeader(encoder.fingerprint, encoder.dimension, len(rows))
    part = output.with_name(output.name + PART_SUFFIX)
    keys = row_keys(rows) if keys is None else keys
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        resumed = _resume(part, header, keys)
        job = _Job(rows, keys, known, resumed)
        encoded = _append(part, header, job, encoder, keep, say, ahead)
        if sync:
            to_disk(part)
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


def to_disk(path: Path) -> None:
    """Wait until the disk has what was written to ``path``.

    Raises:
        OSError: it does not take it.
    """
    with path.open("rb") as file:
        os.fsync(file.fileno())


@dataclass(frozen=True)
class _Job:
    """Rows and how their lines begin; what lines are ``known``; the first ``start`` are written."""

    rows: Sequence[Row]
    keys: Sequence[bytes]
    known: FeatureLines | None
    start: int

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """Of each row its line in ``known``, -1 for none."""
        return matched(self.keys, self.known.keys if self.known else [])

    def batches(self) -> Iterator[range]:
        """The places of ``BATCH`` rows after another."""
        for first in range(self.start, len(self.rows), BATCH):
            yield range(first, min(first + BATCH, len(self.rows)))

    @cached_property
    def unknown(self) -> list[int]:
        """The places that are still to be written and whose lines are not known, ascending."""
        found: list[int] = (np.flatnonzero(self.places[self.start :] < 0) + self.start).tolist()
        return found

    def pieces(self, batch: range) -> Iterator[memoryview | None]:
        """The lines of ``batch``, ``None`` for each that is not known; those that lie one after another are one piece."""
        places = self.places[batch.start : batch.stop]
        goes_on = (np.diff(places) == 1) & (places[:-1] >= 0)
        cuts = [0, *(np.flatnonzero(~goes_on) + 1).tolist(), len(places)]
        for first, end in pairwise(cuts):
            if self.known is None or places[first] < 0:
                yield None
            else:
                bounds = self.known.bounds
                yield self.known.block[bounds[places[first], 0] : bounds[places[end - 1], 2]]

    def fresh(self, batch: range) -> list[int]:
        """The places of ``batch`` whose lines are not known."""
        return self.unknown[bisect_left(self.unknown, batch.start) : bisect_left(self.unknown, batch.stop)]


def _append(
    part: Path,
    header: FeatureHeader,
    job: _Job,
    encoder: Encoder,
    keep: Keep,
    say: Callable[[int, int], None],
    ahead: Encoding | None,
) -> int:
    total = len(job.unknown)
    wanted = filter(None, map(job.fresh, job.batches()))
    keys = ([job.keys[place] for place in places] for places in wanted)
    results = encoded(keys, encoder, total, ahead)
    with contextlib.closing(results), part.open("ab") as file, _Flushing(file) as flushing:
        if not job.start and file.tell() == 0:
            file.write(header.line().encode())
        for batch in job.batches():
            fresh = job.fresh(batch)
            found = next(results) if fresh else None
            if found and len(fresh) == len(batch):
                file.write(found.block)
            else:
                made = found.lines() if found else iter(())
                file.writelines(next(made) if piece is None else piece for piece in job.pieces(batch))
            file.flush()
            flushing.go_on()
            if found:
                keep(fresh, found)
            say(batch[-1] + 1, len(job.rows))
    return total


class _Flushing:
    """Has the disk take a growing file piece by piece, beside its writer: there is little left to wait for at the end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._taken = file, file.tell()
        self._beside = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def go_on(self) -> None:
        """Begin with what was written since, where it is worth it and nothing is under way.

        Raises:
            OSError: the disk did not take what was begun before.
        """
        if self._last is not None:
            if not self._last.done():
                return
            self._last.result()
        if (written := self._file.tell()) - self._taken >= _FLUSHED:
            self._taken = written
            self._last = self._beside.submit(os.fdatasync, self._file.fileno())

    def __enter__(self) -> "_Flushing":
        return self

    def __exit__(self, *_: object) -> None:
        self._beside.shutdown()


# -- continuing an interrupted run -------------------------------------------------------------------------


def _plan_file(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _resume(part: Path, header: FeatureHeader, keys: Sequence[bytes]) -> int:
    """Rows of ``part`` that can stay; a part of another input or encoder, or a torn last line, is cut away."""
    digest = hashlib.sha256(header.line().encode())
    digest.update(b"\n".join(keys))
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
