"""Two states of a text file → the lines that differ, with a little around them."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from chatbot.web.admin.values import DiffLine, FileDiff

AROUND = 2


def diff_file(file: str, before: str, after: str) -> FileDiff | None:
    """``None`` when nothing differs. Line ends and a byte order mark count as nothing."""
    old, new = before.lstrip("\ufeff").splitlines(), after.lstrip("\ufeff").splitlines()
    lines = tuple(_lines(old, new))
    added = sum(line.kind == "added" for line in lines)
    removed = sum(line.kind == "removed" for line in lines)
    return FileDiff(file, lines, added, removed) if added or removed else None


def _lines(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(AROUND)):
        if number:
            yield DiffLine("gap", "")
        for kind, i1, i2, j1, j2 in group:
            if kind == "equal":
                pairs = zip(range(i1, i2), range(j1, j2), strict=True)
                yield from (DiffLine("same", old[i], i + 1, j + 1) for i, j in pairs)
                continue
            yield from (DiffLine("removed", old[i], i + 1) for i in range(i1, i2))
            yield from (DiffLine("added", new[j], 0, j + 1) for j in range(j1, j2))
