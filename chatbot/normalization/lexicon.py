"""The operator's plain-text lexicons: words a line, or ``name ⇥ alias|alias`` a line; ``#`` starts a comment."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from chatbot.errors import DataError
from chatbot.frozen import dataclass
from chatbot.normalization.product_words import pointing_words
from chatbot.normalization.text import normalize

MAX_LINE = 10_000
PRODUCTS_FILE = "products.txt"
# What every Chinese knowledge base needs; the operator's files add to it.
_WORDS = Path(__file__).parent / "words"
_HANDOFF = [
    "转人工",
    "人工客服",
    "人工服务",
    "找人工",
    "人工",
    "真人",
    "真人客服",
    "找客服",
    "转接人工",
    "要人工",
]
_CANCEL = ["重新来", "重来", "重新开始", "取消", "换个话题"]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the folder ``lexicon/`` holds, normalised. A missing file is an empty table.

    ``attribute_synonyms`` and ``entity_aliases`` map the name as the operator wrote it to normalised aliases,
    ``dialect`` plain wording to what is said for it; ``products`` are what is sold, by all names customers have for it.
    """

    attribute_synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entity_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stop_words: tuple[str, ...] = ()
    question_words: tuple[str, ...] = ()
    handoff: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    dialect: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    products: tuple[str, ...] = ()


def load_lexicon(folder: Path | None) -> Lexicon:
    """The lexicons of ``folder`` on top of the built-in words; those alone when it is ``None``.

    Raises:
        DataError: wrong encoding, a table row without a Tab, or a line that is too long.
    """
    folder = folder or Path("no lexicon folder")
    products = _words(folder / PRODUCTS_FILE, [])
    return Lexicon(
        attribute_synonyms=read_table(folder / "attribute_synonyms.txt"),
        entity_aliases=read_table(folder / "entity_aliases.txt"),
        stop_words=_words(folder / "stop_words.txt", [*_built_in("stop_words"), *pointing_words(products)]),
        question_words=_words(folder / "question_words.txt", _built_in("question_words")),
        handoff=_words(folder / "handoff.txt", _HANDOFF),
        cancel=_words(folder / "cancel.txt", _CANCEL),
        examples=tuple(text for _, text in read_lines(folder / "examples.txt")),
        dialect=read_table(folder / "dialect.txt"),
        products=products,
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
            raise DataError(
                file, f"“{line[:40]}”不是“名称⇥别名|别名”", line=number, hint="名称与别名之间用一个 Tab"
            )
        table[name.strip()] = table.get(name.strip(), ()) + words
    return table


def _built_in(name: str) -> list[str]:
    return [word for _, line in read_lines(_WORDS / f"{name}.txt") for word in line.split()]


def _words(file: Path, built_in: list[str]) -> tuple[str, ...]:
    words = dict.fromkeys([*built_in, *(normalize(text) for _, text in read_lines(file))])
    return tuple(sorted(words, key=len, reverse=True))
