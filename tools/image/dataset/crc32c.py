"""CRC-32C (Castagnoli, RFC 3720 appendix B.4), as TFRecord files need it, without a compiled extension.

A checksum is linear over GF(2). So a block's is the exclusive or of what each byte at its place adds, which numpy looks up
for all bytes at once; and blocks are joined by a table for "followed by one block of zeros" (as zlib's ``crc32_combine``).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

POLYNOMIAL = 0x82F63B78
_BLOCK = 256
_FEW = 2048
_AT_ONCE = 256
_MASK = 0xA282EAD8
_ALL = 0xFFFFFFFF


def crc32c(data: bytes | memoryview) -> int:
    """The checksum of ``data``."""
    crc = _ALL
    blocks = len(data) // _BLOCK
    if len(data) < _FEW:
        blocks = 0
    if blocks:
        whole = np.frombuffer(data, np.uint8, blocks * _BLOCK).reshape(blocks, _BLOCK)
        first, second, third, fourth = _zeros_tables()
        checksums = [_each(whole[at : at + _AT_ONCE]) for at in range(0, blocks, _AT_ONCE)]
        for block in np.concatenate(checksums).tolist():
            crc = (
                first[crc & 255]
                ^ second[(crc >> 8) & 255]
                ^ third[(crc >> 16) & 255]
                ^ fourth[crc >> 24]
                ^ block
            )
    table = _table_list()
    for byte in bytes(data[blocks * _BLOCK :]):
        crc = table[(crc ^ byte) & 255] ^ (crc >> 8)
    return crc ^ _ALL


def masked(data: bytes | memoryview) -> int:
    """The checksum as it stands in a TFRecord: rotated right by 15 bits, plus a constant (tensorflow/core/lib/hash/crc32c.h)."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + _MASK) & _ALL


def _each(blocks: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Of each row of ``blocks`` [n, length] by itself, begun at zero and not inverted: [n]."""
    by_place = _place_tables().take(blocks + _offsets())
    return np.asarray(np.bitwise_xor.reduce(by_place, axis=1), np.uint32)


@cache
def _offsets() -> NDArray[np.intp]:
    return np.arange(_BLOCK, dtype=np.intp) * 256


@cache
def _place_tables() -> NDArray[np.uint32]:
    """By place in a block and byte, what that byte alone makes of the block's checksum: [length * 256]."""
    table = _table()
    places = [table]
    for _ in range(_BLOCK - 1):
        places.append(table[places[-1] & 255] ^ (places[-1] >> 8))
    return np.concatenate(places[::-1])


@cache
def _table() -> NDArray[np.uint32]:
    crc = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        crc = np.where(crc & 1, (crc >> 1) ^ np.uint32(POLYNOMIAL), crc >> 1)
    return crc


@cache
def _table_list() -> list[int]:
    return [int(one) for one in _table()]


@cache
def _zeros_tables() -> tuple[list[int], list[int], list[int], list[int]]:
    """By byte of a checksum, what a block of zeros after it makes of that byte."""
    table = _table()

    def after(shift: int) -> list[int]:
        crc = np.arange(256, dtype=np.uint32) << np.uint32(shift)
        for _ in range(_BLOCK):
            crc = table[crc & 255] ^ (crc >> 8)
        return [int(one) for one in crc]

    return after(0), after(8), after(16), after(24)
