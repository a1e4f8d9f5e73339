"""The frames of a TFRecord file: length (uint64, little endian), its masked CRC-32C, the data, its masked CRC-32C.

Source: tensorflow.org, "TFRecord and tf.train.Example", and tensorflow/core/lib/io/record_writer.h.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from chatbot.errors import DataError
from tools.image.dataset.crc32c import masked
from tools.image.dataset.records import RowError

_HEAD = struct.Struct("<QI")
_FOOT = struct.Struct("<I")
MOST_RECORD = 256 * 2**20


def framed(data: bytes) -> bytes:
    """``data`` as a record."""
    length = struct.pack("<Q", len(data))
    return b"".join((length, _FOOT.pack(masked(length)), data, _FOOT.pack(masked(data))))


def records(file: Path) -> Iterator[bytes | RowError]:
    """Each record of ``file``; one whose data is damaged comes as an error, and where the frame itself is, the reading ends.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        with file.open("rb") as source:
            while head := source.read(_HEAD.size):
                if len(head) < _HEAD.size:
                    yield RowError("文件在记录的开头处断了", "重新下载或重新转换这个文件")
                    return
                length, code = _HEAD.unpack(head)
                if masked(head[:8]) != code:
                    yield RowError("长度的 CRC 不对，后面的记录找不到了", "重新下载或重新转换这个文件")
                    return
                if length > MOST_RECORD:
                    yield RowError(f"记录有 {length} 字节，最多 {MOST_RECORD}", "分成小的记录")
                    return
                data, foot = source.read(length), source.read(_FOOT.size)
                if len(data) < length or len(foot) < _FOOT.size:
                    yield RowError("文件在记录的中间断了", "重新下载或重新转换这个文件")
                    return
                damaged = masked(data) != _FOOT.unpack(foot)[0]
                yield RowError("数据的 CRC 不对", "重新下载或重新转换这个文件") if damaged else data
    except OSError as error:
        raise DataError(file, f"读不了（{error.strerror}）", hint="检查路径与权限") from error
