"""The output while it grows: an append-only file and a checked journal of how far it and the input came.

``<output>.part`` holds the lines, ``<output>.part.journal`` one record a piece: how many bytes, their CRC-32, and where
the input goes on. A record is written after its bytes, and carries a CRC of its own; what a kill leaves behind is the
longest row of records whose bytes are there, and the rest is cut away. So nothing is lost and nothing stands twice.
"""

import errno
import fcntl
import gzip
import json
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from chatbot.errors import DataError

PART = ".part"
JOURNAL = ".part.journal"
PACKED = ".part.gz"
FORMAT = 1
_LEVEL = 6
_RESTART = "加 --restart 从头来"


@dataclass(frozen=True, slots=True)
class Mark:
    """After a piece: rows and errors so far, where the input goes on, how long the output is."""

    rows: int = 0
    errors: int = 0
    offset: int = 0
    line: int = 0
    size: int = 0
    crc: int = 0
    complete: bool = False


class Journal:
    """The growing output of one job. Used by one process at a time; ``mark`` says how far it is.

    Raises (all methods):
        DataError: the disk does not take it, another process has it, or what is there is of another job.
    """

    def __init__(self, output: Path, plan: Mapping[str, str], restart: bool = False) -> None:
        self._output = output
        self._part = output.with_name(output.name + PART)
        self._file = output.with_name(output.name + JOURNAL)
        self.mark = Mark()
        self._open: list[IO[bytes]] = []
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            self._log = self._locked()
            self._data = self._part.open("ab", buffering=0)
            self._open.append(self._data)
            self._begin({"format": str(FORMAT), **plan}, restart)
        except OSError as error:
            raise self._refused(error) from error
        self.resumed = self.mark.rows

    def append(self, data: bytes, mark: Mark) -> None:
        """Keep ``data``, after which the job stands at ``mark`` (its size and CRC are filled in)."""
        mark = replace(mark, size=self.mark.size + len(data), crc=zlib.crc32(data))
        try:
            _write(self._data, data)
            _write(self._log, _record(asdict(mark)))
        except OSError as error:
            raise self._refused(error) from error
        self.mark = mark

    def finish(self) -> None:
        """Give the output its name: whole, or not at all. One that ends in ``.gz`` is packed now."""
        try:
            if not self.mark.complete:
                whole = self._packed() if self._output.name.lower().endswith(".gz") else self._part
                _sync(whole)
                end = replace(self.mark, size=_size(whole), crc=0, complete=True)
                _write(self._log, _record(asdict(end)))
                os.fsync(self._log.fileno())
                whole.replace(self._output)
                _sync(self._output.parent)
                self._part.unlink(missing_ok=True)
            self._file.unlink()
        except OSError as error:
            raise self._refused(error) from error

    def discard_nothing(self) -> None:
        """Leave no files behind where nothing was written to them."""
        if not self.mark.size:
            self._part.unlink(missing_ok=True)
            self._file.unlink(missing_ok=True)

    def _packed(self) -> Path:
        """The part, packed into a file beside it: the same bytes however often the job was interrupted."""
        beside = self._output.with_name(self._output.name + PACKED)
        with (
            self._part.open("rb") as source,
            beside.open("wb") as target,
            gzip.GzipFile("", "wb", _LEVEL, target, mtime=0) as pack,
        ):
            shutil.copyfileobj(source, pack, 2**20)
        return beside

    def close(self) -> None:
        """Give the lock back. May be called twice."""
        for file in self._open:
            file.close()

    # ------------------------------------------------------------------ beginning

    def _locked(self) -> IO[bytes]:
        log = self._file.open("a+b", buffering=0)
        self._open.append(log)
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise DataError(
                self._file, "另一个进程正在写这个输出", hint="等它做完，或换一个 --output"
            ) from error
        return log

    def _begin(self, plan: Mapping[str, str], restart: bool) -> None:
        records = [] if restart else list(_records(self._file))
        if records:
            self._same_job(records[0][0], plan)
            self._resume(records)
        else:
            self._cut(0, 0)
            _write(self._log, _record(plan))

    def _same_job(self, found: Mapping[str, object], plan: Mapping[str, str]) -> None:
        changed = [name for name in {**plan, **found} if found.get(name) != plan.get(name)]
        if changed:
            told = "；".join(f"{name} 原来是 {found.get(name)}，现在是 {plan.get(name)}" for name in changed)
            self.close()
            raise DataError(
                self._part,
                f"上次没做完的不是同一件事：{told}",
                hint=f"改回去就接着写；不要上次的就{_RESTART}",
            )

    def _resume(self, records: "list[tuple[Mapping[str, object], int]]") -> None:
        """Stand after the last record whose bytes are there."""
        last = Mark(**records[-1][0]) if len(records) > 1 else Mark()  # type: ignore[arg-type]
        if last.complete and _size(self._output) == last.size and self._named():
            self.mark = last  # killed between the new name and the end
            self._part.unlink()
            return
        end = records[0][1]
        with self._part.open("rb") as data:
            for found, log_end in records[1:]:
                mark = Mark(**found)  # type: ignore[arg-type]
                if not mark.complete:
                    piece = data.read(mark.size - self.mark.size)
                    if len(piece) != mark.size - self.mark.size or zlib.crc32(piece) != mark.crc:
                        break
                    self.mark, end = mark, log_end
        self._cut(self.mark.size, end)

    def _named(self) -> bool:
        """Whether what was finished has its name: the file that is renamed to it is gone."""
        packed = self._output.with_name(self._output.name + PACKED)
        return not packed.exists() if self._output.name.lower().endswith(".gz") else not _size(self._part)

    def _cut(self, size: int, log_size: int) -> None:
        self._data.truncate(size)
        self._log.truncate(log_size)

    def _refused(self, error: OSError) -> DataError:
        self.close()
        problem = "磁盘满了" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "写不了"
        kept = f"写好的 {self.mark.rows} 行都在，" if self.mark.rows else ""
        return DataError(
            self._output, f"{problem}（{error.strerror}）", hint=f"腾出空间或改权限后重跑，{kept}会接着写"
        )


def _record(fields: Mapping[str, object]) -> bytes:
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _records(file: Path) -> "Iterator[tuple[Mapping[str, object], int]]":
    """The records that are whole, each with where it ends; a torn one ends them."""
    end = 0
    with file.open("rb") as lines:
        for line in lines:
            end += len(line)
            code, _, text = line.rstrip(b"\n").partition(b" ")
            if not line.endswith(b"\n") or code != b"%08x" % zlib.crc32(text):
                return
            yield json.loads(text), end


def _write(file: IO[bytes], data: bytes) -> None:
    """All of ``data``; an unbuffered file may take it in parts."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return -1


def _sync(path: Path) -> None:
    """A file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
