"""``.manifest`` files of annotation tools, as ``tools.manifest`` reads them: iTAG's, Ground Truth's and the plain form."""

from collections.abc import Iterator
from pathlib import Path

from tools.image.dataset.records import Fault, ImageRow, Place
from tools.manifest.annotation import Which
from tools.manifest.files import Example, Form, entries


def manifest_rows(file: Path, which: Which) -> Iterator[ImageRow | Fault]:
    """Each line; ``which`` chooses among questions and source fields.

    Raises:
        DataError: the file cannot be read, or is empty.
    """
    for one in entries(file, Form(multi_label=True, which=which)):
        place = Place(str(file), one.line)
        if isinstance(one, Example):
            yield ImageRow(one.source, one.labels, place)
        else:
            yield Fault(place, one.reason, one.mend)
