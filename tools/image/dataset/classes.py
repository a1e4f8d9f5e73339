"""Which classes there may be, and what becomes of others: a default class, ones left out, ones that mark bad pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from chatbot.errors import DataError
from tools.image.dataset.records import ImageRow, RowError, Shape


@dataclass(frozen=True, slots=True)
class ClassRules:
    """``known`` in the order of their numbers, empty where any may be; a label that is not known becomes ``default``.

    A label of ``ignored`` is taken off (an object with it stays, as a crowd that is neither learnt nor counted against); a
    picture that has a label of ``errors`` is left out.
    """

    known: tuple[str, ...] = ()
    default: str = ""
    ignored: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()

    def apply(self, row: ImageRow) -> ImageRow | None:
        """``row`` with the classes it is to have; nothing where it is left out.

        Raises:
            RowError: a class that is not known, and no default.
        """
        if self.errors and self.errors.intersection(row.names):
            return None
        labels = row.labels
        if labels is not None:
            labels = tuple(dict.fromkeys(self._named(one) for one in labels if one not in self.ignored))
            if row.labels and not labels and not row.shapes:
                return None
        shapes = tuple(self._shaped(one) for one in row.shapes)
        return (
            row
            if labels == row.labels and shapes == row.shapes
            else replace(row, labels=labels, shapes=shapes)
        )

    def _shaped(self, shape: Shape) -> Shape:
        if shape.label in self.ignored:
            return replace(shape, is_crowd=True)
        name = self._named(shape.label)
        return shape if name == shape.label else replace(shape, label=name)

    def _named(self, label: str) -> str:
        if not self.known or label in self.known:
            return label
        if self.default:
            return self.default
        near = get_close_matches(label, self.known, 1, 0.5)
        mend = (
            f"是不是“{near[0]}”？" if near else f"可用的有 {'、'.join(self.known[:20])}；或加 --default-class"
        )
        raise RowError(f"没有标签“{label}”", mend)


def class_rules(known: str, default: str = "", ignored: str = "", errors: str = "") -> ClassRules:
    """From options: ``known`` is ``a,b,c`` or a file with one class a line; the others are ``a,b,c``.

    Raises:
        DataError: the file cannot be read, or names a class twice.
    """
    names = _listed(known)
    if default and names and default not in names:
        names = (*names, default)
    return ClassRules(names, default, frozenset(_split(ignored)), frozenset(_split(errors)))


def _listed(known: str) -> tuple[str, ...]:
    file = Path(known)
    if not known or not file.is_file():
        return tuple(dict.fromkeys(_split(known)))
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(file, f"读不了标签表（{error}）", hint="用 UTF-8，一行一个标签") from error
    names = [line for line in lines if line]
    if twice := next((one for one in names if names.count(one) > 1), None):
        raise DataError(file, f"标签“{twice}”写了两次", line=lines.index(twice) + 1, hint="去掉一个")
    return tuple(names)


def _split(text: str) -> Sequence[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
