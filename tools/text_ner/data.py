"""Annotated sentences from csv: a text and its BIO tags, one a character; a fault names file, line and way out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import DataError
from chatbot.predict.nlp.ner_tags import OUTSIDE, Span, spans_of_bio
from tools.text.data import read_rows


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text as it was sent, and its entities."""

    text: str
    spans: tuple[Span, ...]


def read_annotated(path: Path, text_column: str, tag_column: str) -> list[Annotated]:
    """The lines of ``path``; tags stand in one cell, separated by spaces.

    Raises:
        DataError: unreadable, columns missing, as many tags as characters they are not, or a tag that is not BIO.
    """
    found = list(_annotated(path, text_column, tag_column))
    if not found:
        raise DataError(path, "表头下面一行也没有", hint="一行一条：文字，和每个字的 BIO 标记（用空格隔开）")
    return found


def _annotated(path: Path, text_column: str, tag_column: str) -> Iterator[Annotated]:
    for row in read_rows(path, {"--first-sequence": text_column, "--label-name": tag_column}):
        text, tags = row.cells[text_column], row.cells[tag_column].split()
        if not text.strip():
            raise DataError(path, f"{text_column} 是空的", line=row.line, hint="写上文字，或删掉这一行")
        if len(tags) != len(text):
            raise DataError(
                path,
                f"文字有 {len(text)} 个字，标记有 {len(tags)} 个",
                line=row.line,
                hint="每个字（标点和空格也算）一个标记，用空格隔开",
            )
        _check(path, row.line, tags)
        yield Annotated(text, tuple(spans_of_bio(tags)))


def _check(path: Path, line: int, tags: Sequence[str]) -> None:
    for place, tag in enumerate(tags, 1):
        prefix, mark, kind = tag.partition("-")
        if tag != OUTSIDE and not (prefix in ("B", "I") and mark and kind):
            raise DataError(path, f"第 {place} 个标记是“{tag}”", line=line, hint="只用 O、B-类型、I-类型")


def kinds_of(sentences: Sequence[Annotated]) -> tuple[str, ...]:
    """The types of entity that occur, sorted."""
    return tuple(sorted({span.kind for one in sentences for span in one.spans}))
