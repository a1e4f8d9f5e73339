"""The operator's plain-text lexicons: words a line, or ``name ⇥ alias|alias`` a line; ``#`` starts a comment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.errors import DataError
from chatbot.normalization.text import normalize

MAX_LINE = 10_000


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the folder ``lexicon/`` holds, normalised. A missing file is an empty table.

    ``attribute_synonyms`` and ``entity_aliases`` map the name as the operator wrote it to normalised aliases.
    """

    attribute_synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entity_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stop_words: tuple[str, ...] = ()
    question_words: tuple[str, ...] = ()
    handoff: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


def load_lexicon(folder: Path | None) -> Lexicon:
    """The lexicons of ``folder``; an empty ``Lexicon`` when there is no such folder.

    Raises:
        DataError: wrong encoding, a table row without a Tab, or a line that is too long.
    """
    if folder is None or not folder.is_dir():
        return Lexicon()
    return Lexicon(
        attribute_synonyms=read_table(folder / "attribute_synonyms.txt"),
        entity_aliases=read_table(folder / "entity_aliases.txt"),
        stop_words=_normalised(folder / "stop_words.txt"),
        question_words=_normalised(folder / "question_words.txt"),
        handoff=_normalised(folder / "handoff.txt"),
        cancel=_normalised(folder / "cancel.txt"),
        examples=tuple(text for _, text in read_lines(folder / "examples.txt")),
    )


def read_lines(file: Path) -> list[tuple[int, str]]:
    """The numbered lines of ``file`` that are neither empty nor a comment; nothing when it does not exist."""
    if not file.is_file():
        return []
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(file, f"不是 UTF-8（第 {error.start} 字节）", hint="用 UTF-8 重新保存") from error
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_LINE:
            raise DataError(file, f"一行有 {len(line)} 个字，超过 {MAX_LINE}", line=number, hint="拆成多行")
        if line.strip() and not line.lstrip().startswith("#"):
            rows.append((number, line.strip()))
    return rows


def read_table(file: Path) -> dict[str, tuple[str, ...]]:
    """``name ⇥ alias|alias`` rows; several rows of one name are joined."""
    table: dict[str, tuple[str, ...]] = {}
    for number, line in read_lines(file):
        name, tab, aliases = line.partition("\t")
        words = tuple(normalize(alias) for alias in aliases.split("|") if alias.strip())
        if not tab or not words:
            raise DataError(file, f"“{line[:40]}”不是“名称⇥别名|别名”", line=number, hint="名称与别名之间用一个 Tab")
        table[name.strip()] = table.get(name.strip(), ()) + words
    return table


def _normalised(file: Path) -> tuple[str, ...]:
    words = dict.fromkeys(normalize(text) for _, text in read_lines(file))
    return tuple(sorted(words, key=len, reverse=True))
