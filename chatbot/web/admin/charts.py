"""The trend as numbers for inline SVG: no script, no library, readable by a screen reader as a table beside it."""

from dataclasses import dataclass

from chatbot.web.admin.values import Day

WIDTH, HEIGHT, _GAP = 720, 160, 0.28
PARTS = ("answered", "small_talk", "asked", "refused", "handed_off")


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle, in pixels of a ``WIDTH`` × ``HEIGHT`` drawing."""

    part: str
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars; ``labels`` are (x, text) under the axis, ``top`` is the value of the upper edge."""

    bars: tuple[Bar, ...]
    labels: tuple[tuple[float, str], ...]
    top: int


def bars(days: tuple[Day, ...]) -> Chart:
    """One stack of ``PARTS`` a day, the highest stack as high as the drawing."""
    top = max((day.turns for day in days), default=0) or 1
    step = WIDTH / max(len(days), 1)
    found, labels = [], []
    every = max(1, -(-len(days) // 10))
    for number, day in enumerate(days):
        x, y = number * step + step * _GAP / 2, float(HEIGHT)
        for part in PARTS:
            count = getattr(day, part)
            height = HEIGHT * count / top
            y -= height
            if count:
                width = round(step * (1 - _GAP), 1)
                found.append(
                    Bar(part, round(x, 1), round(y, 1), width, round(height, 1), f"{day.date} {count}")
                )
        if number % every == 0:
            labels.append((round(number * step + step / 2, 1), day.date))
    return Chart(tuple(found), tuple(labels), top)
