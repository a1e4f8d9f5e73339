"""From untrusted bytes to a picture: RGB, upright, eight bits, and of a size that was allowed before it was decoded.

Whatever comes in, what leaves is pixels alone: no metadata, no second frame, no bytes that follow the picture. The same
code reads pictures in training, serving, offline prediction and explanations.
"""

import binascii
import io
import re
import struct
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from chatbot.errors import ChatbotError

MIB = 2**20
FORMATS = (
    "JPEG", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "PPM", "TGA", "PCX", "ICO", "AVIF", "JPEG2000",
)  # fmt: skip
"""Pillow's names of what is read. Left out is what runs a program (EPS), draws (WMF) or is rare and little tested."""

# what a stranger's file can word is printed, and remembered, once for each wording: memory that only grows
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

_WORK = 600_000_000
"""Pixels times scans of a JPEG: each scan is another pass over all pixels, and nothing else bounds how many there are."""

_JPEGS = ("JPEG", "MPO")
_ORIENTATION = 0x0112
_TURNS: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_SIDEWAYS = (_TURNS[5], _TURNS[6], _TURNS[7], _TURNS[8])
_DATA_URL = re.compile(r"\s*data:[\w.+/-]*(?:;[\w.+=-]*)*;base64,", re.ASCII | re.IGNORECASE)
_SPACE = re.compile(r"\s+", re.ASCII)
_NOT_PICTURES = (
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg", re.S | re.I), "SVG 矢量图"),
    (re.compile(rb"%PDF-"), "PDF"),
    (re.compile(rb"PK\x03\x04"), "压缩包"),
    (re.compile(rb"....ftyp(?:hei|hev|mif1|msf1)", re.S), "HEIC"),
    (re.compile(rb"\s*(?:<!DOCTYPE html|<html)", re.I), "网页"),
    (re.compile(rb"%!PS"), "PostScript"),
)


class PictureError(ChatbotError):
    """Bytes that are not a picture which may be looked at.

    ``code`` is one of ``not_base64``, ``not_a_picture``, ``too_large`` (bytes or pixels) and ``damaged``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """``bytes`` of the file, ``pixels`` (width × height) as its header states them, ``side`` the longer one."""

    bytes: int = 20 * MIB
    pixels: int = 50_000_000
    side: int = 30_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Picture:
    """``image`` is RGB; ``width`` and ``height`` are the whole picture's, upright, even where ``image`` is smaller."""

    image: Image.Image
    width: int
    height: int
    format: str


def from_base64(text: str, limits: Limits = LIMITS) -> bytes:
    """The bytes that ``text`` is the base64 of: with or without a data-URL prefix, line breaks and padding.

    Raises:
        PictureError: ``not_base64``, or ``too_large`` before anything is decoded.
    """
    prefix = _DATA_URL.match(text[:200])
    body = text[prefix.end() :] if prefix else text
    if len(body) * 3 // 4 > limits.bytes * 1.1 + 3:
        raise _too_many_bytes(len(body) * 3 // 4, limits)
    try:
        return _checked(binascii.a2b_base64(body, strict_mode=True), limits)
    except ValueError:  # wrapped lines, the alphabet of URLs, no padding: senders differ
        plain = _SPACE.sub("", body).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        data = binascii.a2b_base64(plain + "=" * (-len(plain) % 4), strict_mode=True)
    except ValueError as error:
        raise PictureError(
            "not_base64", f"图片不是 base64（{error}）→ 把文件的字节编成 base64 文字"
        ) from error
    return _checked(data, limits)


def decode(data: bytes, limits: Limits = LIMITS, at_least: int = 0) -> Picture:
    """The picture in ``data``: the first frame, turned as its EXIF says, transparency on white, eight bits a channel.

    A positive ``at_least`` allows a JPEG to be decoded at a half, a quarter or an eighth of its size, which is several
    times faster, as long as neither side of ``image`` becomes shorter than that; other formats stay as they are.

    Raises:
        PictureError: ``not_a_picture``, ``too_large`` before decoding, or ``damaged`` (truncated among others).
    """
    _checked(data, limits)
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("too_large", f"图片的像素太多 → 缩小到 {_mega(limits.pixels)} 以内") from error
    except UnidentifiedImageError as error:
        raise _not_a_picture(data) from error
    except _BROKEN as error:
        raise _damaged(error) from error
    _check_size(image, data, limits)
    return _decoded(image, at_least)


def _decoded(image: Image.Image, at_least: int) -> Picture:
    width, height = image.size
    try:
        turn = _TURNS.get(_orientation(image))
        if at_least > 0 and min(width, height) > at_least:
            image.draft(None, (at_least, at_least))
        image.load()
        rgb = _rgb(image)
        upright = rgb if turn is None else rgb.transpose(turn)
    except _BROKEN as error:
        raise _damaged(error) from error
    upright.info = {}
    if turn in _SIDEWAYS:
        width, height = height, width
    return Picture(upright, width, height, "JPEG" if image.format in _JPEGS else image.format or "")


_BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, AttributeError,
    NotImplementedError, ZeroDivisionError, MemoryError, struct.error, Warning,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
"""What Pillow's readers stumble with over damaged files; warnings only where the interpreter makes them errors."""


def _checked(data: bytes, limits: Limits) -> bytes:
    if not data:
        raise PictureError("not_a_picture", "图片是空的 → 发送图片文件的字节")
    if len(data) > limits.bytes:
        raise _too_many_bytes(len(data), limits)
    return data


def _check_size(image: Image.Image, data: bytes, limits: Limits) -> None:
    """Refuse by the header alone."""
    width, height = image.size
    if width < 1 or height < 1:
        raise PictureError("damaged", f"图片的大小是 {width}×{height} → 换一张")
    if width * height > limits.pixels or max(width, height) > limits.side:
        most = f"{_mega(limits.pixels)}，一边最多 {limits.side}"
        raise PictureError("too_large", f"图片有 {width}×{height} 像素，最多 {most} → 先缩小")
    if image.format in _JPEGS and data.count(b"\xff\xda") * width * height > _WORK:
        raise PictureError("too_large", "渐进式 JPEG 的扫描遍数太多 → 另存为普通 JPEG")


def _orientation(image: Image.Image) -> int:
    """EXIF's 1 to 8; 1 where there is none or the EXIF data are nonsense, which is no reason to refuse a picture."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # a parser of a free-form format, fed by strangers
        return 1
    return found if isinstance(found, int) else 1


def _rgb(image: Image.Image) -> Image.Image:
    """``image``, loaded, as RGB: deep pictures are scaled to eight bits, transparent ones laid on white."""
    if image.mode in ("F", "I") or image.mode.startswith("I;"):
        return Image.fromarray(_eight_bits(np.asarray(image))).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bits(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Grey values of any depth as 0 to 255. Sixteen bits lose their lower eight; of what may hold any number, integers
    are taken as 8 or 16 bits and fractions as 0 to 1 or 0 to 255 where they fit, else their range is stretched."""
    if values.dtype.itemsize == 2:
        return (values >> 8).astype(np.uint8)
    known = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    least, most = float(known.min()), float(known.max())
    whole = np.issubdtype(values.dtype, np.integer)
    if least < 0 or most > (65_535 if whole else 255):
        known = (known - least) * (255 / (most - least))
    elif most > 255:
        known /= 257
    elif most <= 1 and not whole:
        known *= 255
    return np.asarray(known.round(), dtype=np.uint8)


def _not_a_picture(data: bytes) -> PictureError:
    start = data[:1024]
    found = next((name for pattern, name in _NOT_PICTURES if pattern.match(start)), "")
    what = f"这是{found}，不是能读的图片" if found else "认不出这是什么图片"
    return PictureError("not_a_picture", f"{what} → 转成 JPEG 或 PNG 再发")


def _damaged(error: Exception) -> PictureError:
    return PictureError("damaged", f"图片损坏或不完整（{type(error).__name__}）→ 重新传一份完整的")


def _too_many_bytes(count: int, limits: Limits) -> PictureError:
    return PictureError(
        "too_large", f"图片有 {count / MIB:.1f} MB，最多 {limits.bytes / MIB:.0f} MB → 先缩小"
    )


def _mega(pixels: int) -> str:
    return f"{pixels / 1e6:g} 百万像素"
