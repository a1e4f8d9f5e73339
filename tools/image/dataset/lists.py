"""A text list of pictures: one path or URL a line, nothing else."""

from collections.abc import Iterator
from pathlib import Path

from tools.image.dataset.records import Fault, ImageRow
from tools.image.dataset.records import Place as At
from tools.predict.lines import Place
from tools.predict.rows import Broken
from tools.predict.table import Table


def list_rows(file: Path) -> Iterator[ImageRow | Fault]:
    """Each line that is not blank.

    Raises:
        DataError: the file cannot be read, or is empty.
    """
    table = Table(file, "list")
    try:
        for line, raw in table.rows(Place(), table.columns):
            at = At(str(file), line)
            if isinstance(raw, Broken):
                reason, _, mend = raw.message.partition(" → ")
                yield Fault(at, reason.removeprefix(f"第 {line} 行"), mend)
            else:
                yield ImageRow(str(raw[0]).strip(), None, at)
    finally:
        table.close()
