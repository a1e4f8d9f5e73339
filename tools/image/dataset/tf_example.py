"""``tf.train.Example`` as bytes and back: names with lists of bytes, floats or integers.

The messages (tensorflow/core/example/{example,feature}.proto): ``Example{1: Features}``, ``Features{1: map<string, Feature>}``,
``Feature{1: BytesList | 2: FloatList | 3: Int64List}``, each list ``{1: repeated}``. The wire format is protocol buffers'
(protobuf.dev, "Encoding"): numbers may be packed or not, unknown fields are passed over, the last of a name counts.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

Values: TypeAlias = tuple[bytes, ...] | tuple[float, ...] | tuple[int, ...]
Example: TypeAlias = Mapping[str, Values]
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_BYTES_LIST, _FLOAT_LIST, _INT_LIST = 1, 2, 3
_WIDTHS = {_FIXED64: 8, _FIXED32: 4}


class NotAnExampleError(ValueError):
    """Bytes that are no ``tf.train.Example``."""


def encoded(features: "Mapping[str, Sequence[bytes] | Sequence[float] | Sequence[int]]") -> bytes:
    """The message, names in their order (so that the same content gives the same bytes). An empty list is one of bytes."""
    entries = []
    for name in sorted(features):
        feature = _feature(features[name])
        entries.append(_field(1, _field(1, name.encode()) + _field(2, feature)))
    return _field(1, b"".join(entries))


def decoded(message: bytes) -> Example:
    """What ``message`` holds.

    Raises:
        NotAnExampleError: it is cut off, or no such message.
    """
    found: dict[str, Values] = {}
    for number, features in _fields(memoryview(message)):
        if number != 1 or not isinstance(features, memoryview):
            continue
        for inner, entry in _fields(features):
            if inner == 1 and isinstance(entry, memoryview):
                name, values = _entry(entry)
                found[name] = values
    return found


def _feature(values: Sequence[bytes] | Sequence[float] | Sequence[int]) -> bytes:
    if all(isinstance(one, bytes) for one in values):
        return _field(_BYTES_LIST, b"".join(_field(1, bytes(one)) for one in values))  # type: ignore[arg-type]
    if all(isinstance(one, int) for one in values):
        packed = b"".join(_varint(int(one) & 2**64 - 1) for one in values)
        return _field(_INT_LIST, _field(1, packed))
    return _field(_FLOAT_LIST, _field(1, struct.pack(f"<{len(values)}f", *values)))


def _entry(entry: memoryview) -> tuple[str, Values]:
    name = ""
    values: Values = ()
    for number, value in _fields(entry):
        if number == 1 and isinstance(value, memoryview):
            try:
                name = bytes(value).decode()
            except UnicodeDecodeError as error:
                raise NotAnExampleError("特征的名字不是 UTF-8") from error
        elif number == 2 and isinstance(value, memoryview):
            values = _values(value)
    return name, values


def _values(feature: memoryview) -> Values:
    found: Values = ()
    for kind, inner in _fields(feature):
        if not isinstance(inner, memoryview):
            continue
        items = [value for number, value in _fields(inner) if number == 1]
        if kind == _BYTES_LIST:
            found = tuple(bytes(one) for one in items if isinstance(one, memoryview))
        elif kind == _FLOAT_LIST:
            found = tuple(number for one in items for number in _floats(one))
        elif kind == _INT_LIST:
            found = tuple(number for one in items for number in _integers(one))
    return found


def _floats(value: memoryview | int) -> tuple[float, ...]:
    if isinstance(value, int) or len(value) % 4:
        raise NotAnExampleError("小数的列表断了")
    return struct.unpack(f"<{len(value) // 4}f", value)


def _integers(value: memoryview | int) -> Iterator[int]:
    at = 0
    while isinstance(value, memoryview) and at < len(value):
        number, at = _read_varint(value, at)
        yield _signed(number)
    if isinstance(value, int):
        yield _signed(value)


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """(number of the field, its bytes or number)."""
    at = 0
    while at < len(message):
        key, at = _read_varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _read_varint(message, at)
            yield number, value
            continue
        if kind == _BYTES:
            length, at = _read_varint(message, at)
        elif kind in _WIDTHS:
            length = _WIDTHS[kind]
        else:
            raise NotAnExampleError(f"没有这种字段（{kind}）")
        if not number or at + length > len(message):
            raise NotAnExampleError("消息断了")
        yield number, message[at : at + length]
        at += length


def _read_varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 70:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & 2**64 - 1, at
        shift += 7
    raise NotAnExampleError("整数断了")


def _signed(number: int) -> int:
    return number - 2**64 if number >> 63 else number


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _field(number: int, value: bytes) -> bytes:
    return b"".join((_varint(number << 3 | _BYTES), _varint(len(value)), value))
