"""Two texts, or a unified diff, as typed lines."""

import difflib
import re
from collections.abc import Iterator

from chatbot.learning.layout import FAQ, FEATURES_KEY, MAP_KEY, TALK
from chatbot.learning.versions import FileDifference
from chatbot.web.admin.values import DiffLine, FileDiff

_BUILT = (FEATURES_KEY, f"{FAQ}/faq_choice.json", f"{TALK}/faq_choice.json")
_SHOWN = {MAP_KEY: "标准问编号（label_map）"}
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")


def is_built(key: str) -> bool:
    """Whether a program writes the file: it changes with the others and says nothing to a person."""
    return key in _BUILT or key.endswith(".safetensors")


def diff_file(key: str, before: str, after: str) -> FileDiff:
    """What ``after`` changes in ``before``."""
    texts = (before.lstrip("\ufeff").splitlines(), after.lstrip("\ufeff").splitlines())
    unified = "\n".join(difflib.unified_diff(*texts, f"a/{key}", f"b/{key}", lineterm="", n=2))
    return typed(FileDifference(key, "changed" if before else "added", unified))


def typed(difference: FileDifference) -> FileDiff:
    """The lines of ``difference``; a file that is no text has none, but a note."""
    lines = tuple(_lines(difference.text)) or (
        DiffLine(
            "gap",
            {"added": "新文件", "removed": "已删除"}.get(
                difference.kind, "内容有变（不是文本，或由程序生成）"
            ),
        ),
    )
    added = sum(line.kind == "added" for line in lines)
    return FileDiff(
        _SHOWN.get(difference.key, difference.key),
        lines,
        added,
        sum(line.kind == "removed" for line in lines),
    )


def _lines(text: str) -> Iterator[DiffLine]:
    old = new = 0
    for row in text.splitlines():
        if row.startswith(("--- ", "+++ ")) and not old:
            continue
        if hunk := _HUNK.match(row):
            if old:
                yield DiffLine("gap", "")
            old, new = int(hunk[1]), int(hunk[2])
        elif row.startswith("+"):
            yield DiffLine("added", row[1:], 0, new)
            new += 1
        elif row.startswith("-"):
            yield DiffLine("removed", row[1:], old)
            old += 1
        else:
            yield DiffLine("same", row[1:], old, new)
            old, new = old + 1, new + 1
