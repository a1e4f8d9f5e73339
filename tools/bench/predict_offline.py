"""``bench predict-offline``: rows a second through ``python -m tools predict`` beside the predictor called directly."""

import gzip
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median

from chatbot.errors import ModelError
from chatbot.predict.base import ItemError
from tools.predict.lines import Place
from tools.predict.run import Job, run
from tools.predict.table import Table
from tools.predict.work import Trouble, Worker

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class OfflineBench:
    """Rows a second with ``workers`` processes; ``share`` is the tool's part of what the model does by itself.

    ``direct``: so many processes at once call the predictor on items that are in memory, and drop what it says.
    ``tool``: from the loaded models to the finished file: reading, checking, predicting, writing, the journal.
    ``processor_share`` is the same share by processor time a row, which what else runs on the machine disturbs less.
    """

    workers: int
    rows: int
    direct: float
    tool: float
    share: float
    start_seconds: float
    processor_share: float


def bench_offline(
    asked: Job, rows: int, workers: Sequence[int], repeats: int, say: Say
) -> list[OfflineBench]:
    """Both by turns, ``repeats`` times; medians. The input is repeated or cut until it has ``rows`` rows.

    Raises:
        ChatbotError: whatever the tool would refuse.
    """
    results = []
    with tempfile.TemporaryDirectory(prefix="predict-offline-") as folder:
        place = Path(folder)
        asked = replace(asked, source=_sized(asked, rows, place), output=place / asked.output.name)
        for count in workers:
            job = replace(asked, workers=count)
            direct, tool, starts, worked = [], [], [], list[float]()
            for _ in range(repeats):
                speed, processor = _direct(job, count)
                direct.append(speed)
                result = run(job)
                tool.append(result.rows_per_second)
                starts.append(result.start_seconds)
                worked.append(processor / (result.processor_seconds / result.rows))
                say(f"{count} 个进程：直接 {direct[-1]:.0f} 行/秒，离线预测 {tool[-1]:.0f} 行/秒")
            one, other = median(direct), median(tool)
            results.append(
                OfflineBench(
                    count,
                    result.rows,
                    round(one),
                    round(other),
                    round(other / one, 3),
                    median(starts),
                    round(median(worked), 3),
                )
            )
    return results


def as_text(results: Sequence[OfflineBench]) -> str:
    """A line for each number of workers."""
    return "\n".join(
        f"{one.workers} 个进程，{one.rows} 行：模型自己 {one.direct:.0f} 行/秒，离线预测 {one.tool:.0f} 行/秒，"
        f"即 {one.share:.1%}（按处理器时间 {one.processor_share:.1%}）；启动 {one.start_seconds:.2f} 秒"
        for one in results
    )


def _sized(job: Job, rows: int, folder: Path) -> Path:
    """An uncompressed copy of the input with ``rows`` rows; or of the whole input so often that it has more."""
    target = folder / job.source.name.removesuffix(".gz")
    table = Table(job.source, job.kind)
    begin, count = table.place, 0
    for _ in table.rows(Place(), job.work.choice.columns):
        count += 1
        if count == rows:
            break
    end = table.place
    table.close()
    whole = _unpacked(job.source)[: end.offset]
    head, body = whole[: begin.offset], whole[begin.offset :]
    body += b"" if body.endswith(b"\n") else b"\n"
    target.write_bytes(head + body * -(-rows // count))
    return target


def _unpacked(file: Path) -> bytes:
    data = file.read_bytes()
    return gzip.decompress(data) if file.name.lower().endswith(".gz") else data


def _direct(job: Job, count: int) -> tuple[float, float]:
    """Rows a second of ``count`` processes together, each on its part of the rows; and processor seconds a row."""
    context = multiprocessing.get_context("spawn")
    barrier, ends = context.Barrier(count), []
    for number in range(count):
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_predict_all, args=(job, number, count, barrier, theirs), daemon=True
        )
        process.start()
        theirs.close()
        ends.append((process, ours))
    spans: list[tuple[float, float, int, float]] = []
    for process, ours in ends:
        told = ours.recv()
        if isinstance(told, Trouble):
            raise ModelError(told.message)
        spans.append(told)
        process.join()
    seconds = max(end for _, end, _, _ in spans) - min(begin for begin, _, _, _ in spans)
    rows = sum(count for _, _, count, _ in spans)
    return rows / seconds, sum(processor for _, _, _, processor in spans) / rows


def _predict_all(job: Job, number: int, count: int, barrier: Barrier, answer: Connection) -> None:
    """In a process of its own: load, read the items into memory, then only predict."""
    worker = Worker(job.work)
    loaded = worker.load()
    if isinstance(loaded, Trouble):
        answer.send(loaded)
        return
    table = Table(job.source, job.kind)
    mine = [raw for _, raw in table.rows(Place(), job.work.choice.columns)][number::count]
    table.close()
    items = [item for item, _ in worker.read_all(mine) if not isinstance(item, ItemError)]
    predict, size = worker.predict, job.work.batch_size
    barrier.wait()
    begun, worked = time.monotonic(), time.process_time()
    for start in range(0, len(items), size):
        predict(items[start : start + size])
    answer.send((begun, time.monotonic(), len(items), time.process_time() - worked))
