"""Reading back what a rebuild has written, before anyone else may."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np

from chatbot.encoders.base import Encoder
from chatbot.errors import DataError
from chatbot.faq_modules.features import parse_numbers
from tools.features.export import to_disk
from tools.features.lines import Bounds, FeatureLines

_SAMPLE = 16
_TOLERANCE = 1e-5


def verify(
    path: Path,
    rows: Sequence[tuple[str, int]],
    keys: Sequence[bytes],
    encoder: Encoder,
    new: Sequence[int] = (),
) -> Bounds:
    """Have the disk take the file and read it back: every row in its place, and a sample (of ``new`` rows and of all) encodes the same.

    ``keys`` are how the lines of ``rows`` begin; the bounds of the lines are returned.

    Raises:
        DataError: it does not hold what it should, or the disk does not take it.
    """
    try:
        to_disk(path)
    except OSError as error:
        hint = "旧文件未动；腾出空间或改权限后重跑"
        raise DataError(path, f"写不了：{error.strerror}", hint=hint) from error
    every = np.linspace(0, len(rows) - 1, min(_SAMPLE, len(rows))).astype(int).tolist()
    sample = sorted({*every, *new[:_SAMPLE]})
    seen, lines = 0, FeatureLines(path)
    every_bounds = []
    for found, bounds in lines.blocks():
        wanted = list(keys[seen : seen + len(found)])
        if found != wanted:
            same = (one == other for one, other in zip_longest(found, wanted))
            place = seen + next(number for number, equal in enumerate(same) if not equal)
            raise DataError(
                path, "读回来的相似问与数据不符", line=place + 2, hint="重跑；若再次出现，检查磁盘"
            )
        for place in sample[bisect_left(sample, seen) : bisect_left(sample, seen + len(found))]:
            vector = parse_numbers(lines.numbers(bounds[place - seen].tolist()))
            if not np.allclose(vector, encoder.encode([rows[place][0]])[0], atol=_TOLERANCE):
                hint = "删除 .versions 和旧的特征文件后重跑"
                raise DataError(path, "读回来的特征与重新编码的不符", line=place + 2, hint=hint)
        seen += len(found)
        every_bounds.append(bounds)
    lines.close()
    if seen != len(rows):
        raise DataError(path, f"读回来 {seen} 行，应有 {len(rows)} 行", hint="重跑；若再次出现，检查磁盘")
    return np.concatenate(every_bounds) if every_bounds else np.zeros((0, 3), dtype=np.int64)
