"""Pictures from strangers: read as they were meant, or refused with the reason, before they cost anything."""

import io
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from chatbot.predict.vision.pictures import Limits, PictureError, decode, from_base64
from tests.predict.vision.made_pictures import (
    BLUE,
    RED,
    encoded,
    halves,
    in_base64,
    noise,
    png_that_claims,
    png_with_a_bomb,
)

SMALL = Limits(bytes=1000, pixels=10_000, side=300)


def refused(data: bytes, limits: Limits = Limits()) -> str:  # noqa: B008  # frozen
    with pytest.raises(PictureError) as caught:
        decode(data, limits)
    assert "→" in caught.value.message
    return caught.value.code


def is_halves(image: Image.Image) -> bool:
    left, right = image.getpixel((2, 5)), image.getpixel((image.width - 3, 5))
    return image.mode == "RGB" and np.allclose(left, RED, atol=12) and np.allclose(right, BLUE, atol=12)  # type: ignore[arg-type]  # of an RGB picture it is three numbers


@pytest.mark.parametrize(
    "form", ["JPEG", "PNG", "BMP", "TIFF", "GIF", "WEBP", "PPM", "TGA", "PCX", "JPEG2000", "AVIF"]
)
def test_every_form_that_is_offered_is_read(form: str) -> None:
    options = {"quality": 95} if form in ("JPEG", "WEBP", "AVIF") else {}
    picture = decode(encoded(halves(), form, **options))
    assert (picture.width, picture.height, picture.format) == (64, 48, form)
    assert is_halves(picture.image)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F", "I"])
def test_every_kind_of_colour_becomes_rgb(mode: str) -> None:
    form = "TIFF" if mode in ("F", "I", "CMYK") else "PNG"
    grey = np.asarray(halves().convert("L"))
    made = {
        "I;16": lambda: Image.fromarray(grey.astype(np.uint16) * 257),
        "I": lambda: Image.fromarray(grey.astype(np.int32) * 1000),
        "F": lambda: Image.fromarray(grey.astype(np.float32) / 255),
    }.get(mode, lambda: halves().convert(mode))()
    image = decode(encoded(made, form)).image
    assert image.mode == "RGB" and image.size == (64, 48)
    if mode in ("I;16", "F"):
        assert np.abs(np.asarray(image)[..., 0].astype(int) - grey).max() <= 1
    if mode == "CMYK":
        assert is_halves(image)


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    assert is_halves(decode(encoded(halves().convert("CMYK"), "JPEG", quality=95)).image)


def test_what_is_transparent_lies_on_white() -> None:
    image = halves().convert("RGBA")
    image.putalpha(0)
    assert decode(encoded(image)).image.getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_exif_says(orientation: int) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the turn that a camera held so would have made
    stored = halves() if orientation == 1 else halves().transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(encoded(stored, "JPEG", quality=95, exif=exif))
    assert (picture.width, picture.height) == picture.image.size == (64, 48)
    assert is_halves(picture.image)
    assert not picture.image.info


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_nonsense_in_the_exif_is_no_reason_to_refuse() -> None:
    whole = encoded(halves(), "JPEG", quality=95, exif=b"Exif\0\0MM\0*\0\0\xff\xff\xff\xff\xff\xff")
    assert is_halves(decode(whole).image)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_counts(form: str) -> None:
    data = encoded(halves(), form, save_all=True, append_images=[Image.new("RGB", (64, 48))], lossless=True)
    assert is_halves(decode(data).image)


def test_one_pixel_is_a_picture() -> None:
    assert decode(encoded(Image.new("RGB", (1, 1), RED))).image.getpixel((0, 0)) == RED


@pytest.mark.parametrize("form", ["JPEG", "PNG", "BMP", "TIFF", "GIF", "WEBP"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_truncated_picture_is_refused(form: str, kept: float) -> None:
    data = encoded(noise((64, 48)), form)
    assert refused(data[: int(len(data) * kept)]) in ("damaged", "not_a_picture")


def test_a_huge_picture_is_refused_by_its_header() -> None:
    begun = time.perf_counter()
    assert refused(png_that_claims(30_000, 30_000)) == "too_large"
    assert refused(png_that_claims(10_000, 10_000)) == "too_large"
    assert refused(png_that_claims(1, 40_000)) == "too_large"
    assert time.perf_counter() - begun < 0.1


def test_too_many_bytes_are_refused_before_they_are_looked_at() -> None:
    assert refused(b"\xff\xd8" + b"0" * 2000, SMALL) == "too_large"
    with pytest.raises(PictureError) as caught:
        from_base64("A" * 4000, SMALL)
    assert caught.value.code == "too_large"


def test_a_compressed_comment_that_is_a_bomb_is_refused_without_unpacking_it() -> None:
    begun = time.perf_counter()
    assert refused(png_with_a_bomb()) == "damaged"
    assert time.perf_counter() - begun < 5  # making it takes most of this


def test_a_jpeg_of_very_many_scans_is_refused() -> None:
    data = encoded(noise((2000, 2000)), "JPEG", progressive=True)
    scan = data.index(b"\xff\xda")
    bomb = data[:scan] + data[scan : scan + 14] * 500 + data[scan:]
    assert refused(bomb) == "too_large"
    assert decode(data).width == 2000


def test_a_polyglot_leaves_as_pixels_alone() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("evil.html", "<script>alert(1)</script>")
    data = encoded(halves(), "JPEG", quality=95, comment=b"<script>alert(1)</script>") + archive.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(data))
    image = decode(data).image
    assert is_halves(image) and not image.info
    assert b"script" not in encoded(image) and b"PK" not in encoded(image)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG"),
        (b"  <!-- x --><svg></svg>", "SVG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04rest", "压缩包"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"<!doctype html><p>", "网页"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", "PostScript"),
        (b"just text", "认不出"),
    ],
    ids=["svg", "bare svg", "pdf", "zip", "heic", "html", "eps", "text"],
)  # fmt: skip
def test_what_is_no_picture_is_named(data: bytes, named: str) -> None:
    with pytest.raises(PictureError, match=named) as caught:
        decode(data)
    assert caught.value.code == "not_a_picture"


def test_nothing_is_no_picture() -> None:
    assert refused(b"") == "not_a_picture"


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda text: text,
        lambda text: "data:image/png;base64," + text,
        lambda text: "data:image/png;charset=utf-8;BASE64," + text,
        lambda text: "data:;base64," + text,
        lambda text: "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76)) + "\n",
        lambda text: text.rstrip("="),
        lambda text: text.replace("+", "-").replace("/", "_"),
    ],
    ids=[
        "plain",
        "data url",
        "data url with parameters",
        "data url without type",
        "lines",
        "no padding",
        "of urls",
    ],
)
def test_base64_is_read_as_senders_write_it(wrapped) -> None:  # type: ignore[no-untyped-def]
    for size in (64, 65, 66):
        data = encoded(noise((size, 3)))
        assert from_base64(wrapped(in_base64(data))) == data


@pytest.mark.parametrize(
    "text", ["不是 base64", "%%%%", "AAAAA", "A=AA", "data:image/png,AAAA", "https://x/y.png"]
)
def test_what_is_not_base64_says_so(text: str) -> None:
    with pytest.raises(PictureError, match="base64") as caught:
        from_base64(text)
    assert caught.value.code == "not_base64"


def test_a_large_jpeg_may_be_decoded_smaller_and_still_states_its_size() -> None:
    data = encoded(halves((1600, 1200)), "JPEG", quality=95)
    picture = decode(data, at_least=224)
    assert (picture.width, picture.height) == (1600, 1200)
    assert picture.image.size == (400, 300) and is_halves(picture.image)
    assert decode(data).image.size == (1600, 1200)
    assert decode(encoded(halves((250, 230)), "JPEG"), at_least=224).image.size == (250, 230)
