"""Regular expressions that are compiled when they are first used."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from chatbot.once import once


def regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """``re.compile``, put off until the pattern is first asked about a text.

    The planner's patterns take a quarter of a second to compile, and the turns of a start need a third of them. What every
    turn asks (width, courtesies, dialect) is compiled at import as ever. A faulty pattern is told at its first use, so a
    test compiles them all.
    """
    return cast("re.Pattern[str]", _Lazy(pattern, flags))


class _Lazy:
    """Each method is replaced, in this instance, by that of the compiled pattern: later uses cost what they would."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self._flags = pattern, flags

    def search(self, text: str, *where: int) -> re.Match[str] | None:
        return self._compiled().search(text, *where)

    def match(self, text: str, *where: int) -> re.Match[str] | None:
        return self._compiled().match(text, *where)

    def fullmatch(self, text: str, *where: int) -> re.Match[str] | None:
        return self._compiled().fullmatch(text, *where)

    def finditer(self, text: str, *where: int) -> Iterator[re.Match[str]]:
        return self._compiled().finditer(text, *where)

    def findall(self, text: str, *where: int) -> list[str]:
        return self._compiled().findall(text, *where)

    def split(self, text: str, maxsplit: int = 0) -> list[str]:
        return self._compiled().split(text, maxsplit)

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        return self._compiled().sub(new, text, count)

    def subn(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> tuple[str, int]:
        return self._compiled().subn(new, text, count)

    @once
    def flags(self) -> int:
        return self._compiled().flags

    @once
    def groups(self) -> int:
        return self._compiled().groups

    @once
    def groupindex(self) -> Mapping[str, int]:
        return self._compiled().groupindex

    def _compiled(self) -> re.Pattern[str]:
        compiled = re.compile(self.pattern, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return compiled


_METHODS = [name for name in vars(_Lazy) if not name.startswith("_")]
