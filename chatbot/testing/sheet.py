"""Question sheets: CSV or XLSX with a question and the standard question or the answer that is expected, or that none is."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from chatbot.errors import DataError
from chatbot.normalization.text import normalize
from chatbot.reply import FaqEvidence, Message, Reply
from chatbot.service import Talking
from chatbot.session.ids import new_session_id
from chatbot.testing.results import CaseResult

MAX_BYTES, MAX_UNPACKED, MAX_ROWS = 20 * 2**20, 200 * 2**20, 100_000
SUFFIXES = (".csv", ".xlsx")
_QUESTION = ("question", "sent", "问题", "问法", "用户问题")
_NO_ANSWER = "（不该回答）"
_EXPECTED = ("expected", "label", "answer", "期望", "标准问", "答案", "期望的标准问或答案")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One question; ``expected`` is a standard question or (part of) an answer, empty where it must not be answered."""

    question: str
    expected: str
    line: int


def load_sheet(path: Path) -> tuple[SheetRow, ...]:
    """The rows of ``path``.

    Raises:
        DataError: too large (also when unpacked), not readable, a column is missing, a row has no question or ends before what is expected.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(path, f"文件大于 {MAX_BYTES // 2**20} MiB", hint="拆成几个文件")
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(path, f"读不了：{error.strerror}", hint="检查路径和权限") from error
    cells = _xlsx(path, raw) if path.suffix.lower() == ".xlsx" else _csv(path, raw)
    return tuple(_rows(path, cells))


def _csv(path: Path, raw: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(path, f"不是 UTF-8（第 {error.start} 字节）", hint="另存为 CSV UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise DataError(path, f"不是合法的 CSV：{error}", line=reader.line_num, hint="检查引号") from error


def _xlsx(path: Path, raw: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    from openpyxl import load_workbook  # 0.3 s, and only for this kind of file

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise DataError(path, f"解压后大于 {MAX_UNPACKED // 2**20} MiB", hint="这不像一张问题表")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield number, ["" if cell is None else str(cell) for cell in row]
        book.close()
    except DataError:
        raise
    except Exception as error:  # a damaged workbook fails in as many ways as there are parts in it
        raise DataError(
            path, f"不是能读的 XLSX：{type(error).__name__}", hint="用表格软件另存一次"
        ) from error


def _rows(path: Path, cells: Iterable[tuple[int, Sequence[str]]]) -> Iterator[SheetRow]:
    places: tuple[int, int] | None = None
    count = 0
    for line, row in cells:
        if not any(cell.strip() for cell in row):
            continue
        if places is None:
            places = _columns(path, line, row)
            continue
        count += 1
        if count > MAX_ROWS:
            raise DataError(path, f"超过 {MAX_ROWS} 行", line=line, hint="拆成几个文件")
        question, expected = (row[at].strip() if at < len(row) else None for at in places)
        if not question or expected is None:
            hint = "补上，或删除这一行；不该回答的问题，期望写成空的一格"
            raise DataError(path, "没有问题，或没有期望这一格", line=line, hint=hint)
        yield SheetRow(question, expected, line)
    if not count:
        raise DataError(path, "没有一行数据", hint="第一行写 question,expected，下面一行一个问题")


def _columns(path: Path, line: int, row: Sequence[str]) -> tuple[int, int]:
    names = [cell.strip().lower() for cell in row]
    question = next((names.index(name) for name in _QUESTION if name in names), None)
    expected = next((names.index(name) for name in _EXPECTED if name in names), None)
    if question is None or expected is None:
        missing = "问题（question）" if question is None else "期望（expected）"
        raise DataError(path, f"没有{missing}这一列", line=line, hint="第一行写 question,expected")
    return question, expected


def play_sheet(
    rows: Sequence[SheetRow],
    service: Talking,
    standard: frozenset[str],
    told: Callable[[int], object] = lambda _: None,
) -> list[CaseResult]:
    """Ask each question in a session of its own. ``standard`` are the knowledge base's standard questions.

    ``told`` hears how many were asked before each.
    """
    results: list[CaseResult] = []
    for row in rows:
        told(len(results))
        began = perf_counter()
        reply = service.turn(Message(row.question, new_session_id(), f"sheet-{row.line}"))
        elapsed = (perf_counter() - began) * 1000
        results.append(
            CaseResult(
                f"{row.question} → {row.expected or _NO_ANSWER}",
                _problem(row, reply, standard),
                row.line,
                elapsed,
            )
        )
    return results


def _problem(row: SheetRow, reply: Reply, standard: frozenset[str]) -> str:
    """Why the reply is not what was expected.

    A standard question is met by an answer that stands on it, or by asking which entity it is asked of, which
    stands on it too. Where nothing is expected, asking back, small talk and a refusal will do.
    """
    if not row.expected:
        answered = reply.answer_type == "answer" and reply.answer_source in ("faq", "kg")
        return f"不该回答，实际回答了：{reply.answer}" if answered else ""
    if row.expected in standard:
        found = next((e.question for e in reply.evidence if isinstance(e, FaqEvidence)), "")
        return "" if found == row.expected else f"应答“{row.expected}”，实际是“{found or reply.answer}”"
    wanted = "".join(normalize(row.expected).split())
    return (
        ""
        if wanted in "".join(normalize(reply.answer).split())
        else f"答复里没有“{row.expected}”：{reply.answer}"
    )
