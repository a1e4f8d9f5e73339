"""Pictures of shapes, drawn from a seed: a data set that trains in seconds and whose answers are known."""

import math
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

_Draw = Callable[[ImageDraw.ImageDraw, float, float, float, float, tuple[int, int, int]], None]


def write_shapes(folder: Path, each: int, *, side: int = 48, seed: int = 0) -> Path:
    """``each`` pictures of every shape, as ``folder/<shape>/<number>.png``; the same for the same seed."""
    for name in SHAPES:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(each):
            picture(name, side, random.Random(f"{seed}:{name}:{number}")).save(
                folder / name / f"{number:04d}.png"
            )
    return folder


def picture(name: str, side: int, rng: random.Random) -> Image.Image:
    """One shape in a colour that differs from the ground's, of any place, size and turn."""
    ground, colour = (_colour(rng, bright) for bright in rng.sample((False, True), 2))
    image = Image.new("RGB", (side * 2, side * 2), ground)  # drawn large, so that edges are smooth
    radius = rng.uniform(0.25, 0.42) * side * 2
    across, down = (rng.uniform(radius, side * 2 - radius) for _ in range(2))
    SHAPES[name](ImageDraw.Draw(image), across, down, radius, rng.uniform(0, 2 * math.pi), colour)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def _polygon(corners: int, inner: float = 1.0) -> _Draw:
    """With ``inner`` under 1, every second corner is drawn in: a star."""

    def draw(
        canvas: ImageDraw.ImageDraw,
        across: float,
        down: float,
        radius: float,
        turn: float,
        colour: tuple[int, int, int],
    ) -> None:
        count = corners if inner == 1.0 else 2 * corners
        points = []
        for at in range(count):
            reach = radius * (inner if at % 2 and inner != 1.0 else 1.0)
            angle = turn + 2 * math.pi * at / count
            points.append((across + reach * math.cos(angle), down + reach * math.sin(angle)))
        canvas.polygon(points, fill=colour)

    return draw


def _circle(
    canvas: ImageDraw.ImageDraw,
    across: float,
    down: float,
    radius: float,
    turn: float,
    colour: tuple[int, int, int],
) -> None:
    canvas.ellipse((across - radius, down - radius, across + radius, down + radius), fill=colour)


def _colour(rng: random.Random, bright: bool) -> tuple[int, int, int]:
    low, high = (160, 255) if bright else (0, 90)
    return (rng.randint(low, high), rng.randint(low, high), rng.randint(low, high))


SHAPES: dict[str, _Draw] = {
    "circle": _circle,
    "square": _polygon(4),
    "star": _polygon(5, 0.4),
    "triangle": _polygon(3),
}
"""Shape → how it is drawn at a place, with a radius and a turn."""
