"""One labelled picture, whatever form it came in, and what may be wrong with a row."""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands; ``line`` counts from 1 (records in a TFRecord), 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, and how to mend it."""

    place: Place
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason} → {self.mend}"


class RowError(ValueError):
    """A row that cannot be used: ``reason`` and ``mend`` go into its ``Fault``."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(f"{reason} → {mend}")
        self.reason, self.mend = reason, mend

    def at(self, place: Place) -> Fault:
        """The fault of the row at ``place``."""
        return Fault(place, self.reason, self.mend)


@dataclass(frozen=True, slots=True)
class Box:
    """An object's rectangle, as shares of width and height from the upper left corner: 0 ≤ left < right ≤ 1."""

    label: str
    left: float
    top: float
    right: float
    bottom: float
    is_crowd: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """An object's outline: one or more rings of ``x1, y1, x2, y2, …``, shares of width and height."""

    label: str
    rings: tuple[tuple[float, ...], ...]
    is_crowd: bool = False


Shape: TypeAlias = Box | Outline


@dataclass(frozen=True, slots=True)
class ImageRow:
    """A picture and what is known of it.

    ``address`` is what the data calls it (a path, or a URL); ``labels`` are the classes of the whole picture: ``None``
    where it is there to be predicted, empty where a multi-label picture has none of the classes. ``shapes`` are objects
    in it (detection, segmentation). ``data`` are its bytes where the row itself holds them (TFRecord), else ``None``.
    ``width``, ``height`` (pixels) and ``format`` are as the row states them, 0 and empty where it does not.
    """

    address: str
    labels: tuple[str, ...] | None
    place: Place
    width: int = 0
    height: int = 0
    format: str = ""
    shapes: tuple[Shape, ...] = ()
    data: bytes | None = field(default=None, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The classes that occur: of the picture, or of the objects in it; each once, in their order."""
        return tuple(dict.fromkeys([*(self.labels or ()), *(one.label for one in self.shapes)]))
