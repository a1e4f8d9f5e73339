"""What is attacked, and what came of it."""

import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Parse = Callable[[bytes, Path], object]
"""Parses ``bytes``; what needs a file writes it into the empty folder."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parser and good inputs to start from."""

    name: str
    parse: Parse
    seeds: tuple[bytes, ...]


@dataclass(slots=True)
class Findings:
    """What happened: ``outcomes`` counts ``read``, ``refused`` and anything else; ``faults`` shows the latter."""

    name: str
    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def fault(self, what: str) -> None:
        """Keep a fault, the first ten word for word."""
        self.outcomes["fault"] += 1
        if len(self.faults) < 10:
            self.faults.append(what)


def file_parse(name: str, parse: Callable[[Path], object]) -> Parse:
    """``parse`` of a file called ``name``."""

    def run(body: bytes, folder: Path) -> object:
        (folder / name).write_bytes(body)
        return parse(folder / name)

    return run


def workbook(rows: Sequence[Sequence[str | int]]) -> bytes:
    """An XLSX file of one sheet."""
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()
