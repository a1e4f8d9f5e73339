"""How pictures are written where a form holds them: as they are, or smaller, or in another format."""

import io
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PIL import Image

from chatbot.predict.vision.pictures import PictureError, decode
from tools.image.dataset.records import RowError

Format: TypeAlias = Literal["", "jpg", "png"]
_QUALITY = 92
_KINDS = {"": "JPEG", "jpg": "JPEG", "png": "PNG"}
_ENDINGS = {"JPEG": "jpg", "PNG": "png", "TIFF": "tif", "JPEG2000": "jp2"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """``format`` empty: as the picture is. ``max_side`` in pixels, 0: any; a larger picture is scaled down."""

    format: Format = ""
    max_side: int = 0

    def of(self, data: bytes) -> "Encoded":
        """``data`` as it is to be written; always looked at, so that what is written can be read.

        Raises:
            RowError: no picture, or damaged.
        """
        try:
            picture = decode(data)
        except PictureError as error:
            reason, _, mend = error.message.partition(" → ")
            raise RowError(reason, mend or "换一张") from error
        kind = _ENDINGS.get(picture.format, picture.format.lower())
        large = self.max_side and max(picture.width, picture.height) > self.max_side
        if not large and self.format in ("", kind):
            return Encoded(data, kind, picture.width, picture.height)
        image = picture.image
        if large:
            image.thumbnail((self.max_side, self.max_side), Image.Resampling.LANCZOS, reducing_gap=3.0)
        target = self.format or ("png" if kind == "png" else "jpg")
        written = io.BytesIO()
        image.save(written, _KINDS[target], quality=_QUALITY)
        return Encoded(written.getvalue(), target, *image.size)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture's bytes; ``format`` as a file's ending, ``width`` and ``height`` upright, in pixels."""

    data: bytes
    format: str
    width: int
    height: int
