"""Makes written as they sound: 别可的SUV, 吉力十万以下. Words of the grammar (别, 可) hide such a slip from all that comes later."""

import re
from collections.abc import Collection, Iterable

from chatbot.normalization.pinyin import readings
from chatbot.normalization.text import has_han

_BEFORE = r"(?:(?<=^)|(?<=[,。;\s的要买看]))"
_BEHIND = r"(?=$|[,。;\s的家车有纯油]|[a-z0-9]|轿|混|哪)"
_LENGTHS = range(2, 4)


class MisheardMakes:
    """Built once for the makes of a graph; reads only."""

    def __init__(self, makes: Iterable[str], words: Collection[str]) -> None:
        """``makes`` are normalised; what stands in ``words`` is a word of its own, and no slip."""
        self._words = words
        self._sounding: dict[tuple[str, ...], str] = {}
        for make in makes:
            if len(make) in _LENGTHS and all(map(has_han, make)):
                self._sounding.setdefault(_sound(make), make)
        longest = "|".join(rf"[\u4e00-\u9fff]{{{size}}}" for size in reversed(_LENGTHS))
        self._places = re.compile(f"{_BEFORE}(?:{longest}){_BEHIND}") if self._sounding else None
        self._shorter = re.compile(rf"{_BEFORE}[\u4e00-\u9fff]{{2}}{_BEHIND}")

    def written(self, text: str) -> str:
        """``text`` with such makes as they are written."""
        if self._places is None:
            return text
        return self._shorter.sub(self._as_written, self._places.sub(self._as_written, text))

    def _as_written(self, found: re.Match[str]) -> str:
        said = found.group()
        make = self._sounding.get(_sound(said), said)
        alike = any(one == other for one, other in zip(said, make, strict=True))
        return make if alike and said not in self._words else said


def _sound(text: str) -> tuple[str, ...]:
    return tuple(readings(char)[0] for char in text)
