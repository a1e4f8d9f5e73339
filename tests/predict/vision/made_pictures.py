"""Pictures made for tests, good and hostile."""

import base64
import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

RED, BLUE = (220, 30, 30), (30, 30, 220)


def halves(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def encoded(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """``image`` as a file of ``form``."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def noise(size: tuple[int, int], seed: int = 0) -> Image.Image:
    """Colours without structure: what compresses badly."""
    values = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(values)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose header states a size and whose data are a few bytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + png_chunk(b"IEND", b"")
    )


def png_with_a_bomb() -> bytes:
    """A small PNG with a compressed comment of 256 MB."""
    whole = encoded(halves())
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b"\0" * 2**20) for _ in range(256)) + packer.flush()
    after_header = whole.index(b"IDAT") - 4
    return whole[:after_header] + png_chunk(b"zTXt", b"comment\0\0" + bomb) + whole[after_header:]
