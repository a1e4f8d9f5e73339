"""Knowledge as tables, out and in: the difference between an uploaded table and the files becomes changes."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence

from chatbot.config import EngineConfig
from chatbot.errors import InvalidUploadError, NotThereError
from chatbot.faq_modules.answers import GENERAL
from chatbot.learning.changes import AddParaphrase, AddQuestion, Change, SetAnswer, SetValue
from chatbot.learning.layout import FEATURES_KEY, Layout
from chatbot.security.uploads import UploadGuard
from chatbot.web.admin.promises import Library

FAQ_COLUMNS = ("标准问", "类型", "实体", "内容")
GRAPH_COLUMNS = ("实体", "属性", "值")
PARAPHRASE, ANSWER = "相似问", "答案"
Row = tuple[str, ...]


class TableExchange:
    """An ``Exchange`` over the files of one configuration."""

    def __init__(self, config: EngineConfig, library: Library, guard: UploadGuard) -> None:
        self._layout, self._library, self._guard = Layout(config), library, guard

    def export(self, form: str) -> bytes:
        """As promised."""
        tables: dict[str, Callable[[], Iterator[Row]]] = {"faq": self._faq_rows, "graph": self._graph_rows}
        name, _, suffix = form.partition(".")
        if form == "files.zip":
            return self._archive()
        if name not in tables or suffix not in ("csv", "xlsx"):
            raise NotThereError(f"没有 {form[:40]} → 从页面上选一种")
        return _csv(tables[name]()) if suffix == "csv" else _xlsx(tables[name]())

    def read(self, name: str, content: bytes) -> Sequence[Change]:
        """As promised: what is new or different in the table; what it leaves out stays."""
        table = [row for row in self._guard.read_table(name, content) if any(cell.strip() for cell in row)]
        header = tuple(cell.strip() for cell in table[0]) if table else ()
        for columns, reader in ((FAQ_COLUMNS, self._faq_changes), (GRAPH_COLUMNS, self._graph_changes)):
            if set(columns) <= set(header):
                places = [header.index(column) for column in columns]
                return list(reader(_cells(name, table[1:], places)))
        raise InvalidUploadError(
            f"“{name[:80]}”的第一行是 {'、'.join(header)[:80]} → 问答表写 {'、'.join(FAQ_COLUMNS)}；"
            f"图谱表写 {'、'.join(GRAPH_COLUMNS)}"
        )

    def _faq_rows(self) -> Iterator[Row]:
        yield FAQ_COLUMNS
        for row in self._library.questions():
            if row.corpus == "faq":
                view = self._library.question("faq", row.label)
                yield from ((row.text, PARAPHRASE, "", one.text) for one in view.paraphrases)
                yield from ((row.text, ANSWER, one.owner, one.text) for one in view.answers)

    def _graph_rows(self) -> Iterator[Row]:
        yield GRAPH_COLUMNS
        for row in self._library.entities():
            for path, value in self._library.entity(row.name).values:
                yield row.name, "/".join(path), value

    def _faq_changes(self, rows: Iterable[tuple[int, Row]]) -> Iterator[Change]:
        known = {
            row.text: self._library.question("faq", row.label)
            for row in self._library.questions()
            if row.corpus == "faq"
        }
        fresh: dict[str, list[str]] = {}
        answers: dict[tuple[str, str], str] = {}
        for line, (question, kind, owner, text) in rows:
            if kind == PARAPHRASE:
                said = {one.text for one in known[question].paraphrases} if question in known else set()
                if text not in said:
                    fresh.setdefault(question, []).append(text)
            elif kind == ANSWER:
                answers[question, owner or GENERAL] = text
            else:
                raise InvalidUploadError(
                    f"第 {line} 行的类型“{kind[:20]}”不认识 → 写 {PARAPHRASE} 或 {ANSWER}"
                )
        for question in dict.fromkeys([*fresh, *(question for question, _ in answers)]):
            texts = tuple(dict.fromkeys(fresh.get(question, ())))
            if question in known:
                yield from (AddParaphrase(question, text) for text in texts)
            else:
                yield AddQuestion(question, texts or (question,), answers.pop((question, GENERAL), ""))
        for (question, owner), text in answers.items():
            held = {one.owner: one.text for one in known[question].answers} if question in known else {}
            if held.get(owner) != text:
                yield SetAnswer(question, text, "" if owner == GENERAL else owner)

    def _graph_changes(self, rows: Iterable[tuple[int, Row]]) -> Iterator[Change]:
        known = {row.name: dict(self._library.entity(row.name).values) for row in self._library.entities()}
        for line, (entity, joined, value) in rows:
            if entity not in known:
                raise InvalidUploadError(f"第 {line} 行的实体“{entity[:60]}”不在图谱里 → 检查名称，一字不差")
            path = self._library.path(joined)
            if known[entity].get(path) != value:
                yield SetValue(entity, path, value)

    def _archive(self) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for key, path in self._layout.files().items():
                if key != FEATURES_KEY:
                    archive.write(path, f"{key}.txt" if "/" not in key else key)
        return packed.getvalue()


def _cells(name: str, rows: Iterable[Row], places: Sequence[int]) -> Iterator[tuple[int, Row]]:
    """Line and the wanted columns of each row; the header is line 1."""
    for line, row in enumerate(rows, 2):
        cells = tuple(_shown(row[place].strip()) if place < len(row) else "" for place in places)
        if not cells[0] or not cells[-1]:
            raise InvalidUploadError(f"“{name[:80]}”第 {line} 行没有写完整 → 补上，或删除这一行")
        yield line, cells


def _shown(cell: str) -> str:
    """A cell as it was before ``_safe``."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in _FORMULA else cell


_FORMULA = ("=", "+", "-", "@", "\t")


def _safe(cell: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv(rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([tuple(map(_safe, row)) for row in rows])
    return text.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8


def _xlsx(rows: Iterable[Row]) -> bytes:
    # 0.2 s, and only for this form
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("knowledge")
    for row in rows:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", _safe(cell)) for cell in row])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
