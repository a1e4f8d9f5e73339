"""What stands at one place of a text, as a piece of a name: a run of letters and digits, Chinese characters, 五座."""

import re
from collections.abc import Container, Iterable
from dataclasses import replace

from chatbot.frozen import dataclass
from chatbot.knowledge_graph.numerals import DIGIT
from chatbot.normalization.approximate import SOUNDS_ALIKE
from chatbot.normalization.name_index import NameIndex
from chatbot.normalization.name_parts import SUFFIX, YEAR, atoms
from chatbot.regex import regex

LONGEST = 10
RUN = regex(r"[a-z0-9]+(?:\.\d+)?[a-z0-9]*(?:[.:\-'][a-z0-9]+)*\+*")
_MISHEARD = 4  # so many characters are compared by sound
_HAN = regex(r"[\u4e00-\u9fff]+")
_QUANTITY_BEHIND = regex(
    r"\s*(?:[万千百元块秒月日天个位人%度几升瓦米迈吨名台辆种条]|以[上下内]|左右|多(?!少)|之[内间]|马力|匹|公?斤|kg|毫|厘|分贝|平|英?寸|[-~到至]\s*\d)"
)
_COUNTED = regex(r"(第?)([一二两三四五六七八九]|[12]?\d)([座门代])")
_SPELLED_SUFFIX = regex(" (?:ban|xing|kuan)(?![a-z])")
_SUFFIX_HEARD = SUFFIX + "板"  # for 版
_METRES = "公里"
_DENIES = frozenset("不没")
_MIN_SPELLED = 4
SLIPPED = 0.9
_CHARGED = regex(r"\d\dt|\d{1,4}(?:gb?|tb|hz|mah|w)")  # nor is 512g the 512 and the g of G5 16+512
_SHORTEST_SLIPPED = 4  # characters of which one may be wrong; three with a 版 behind


@dataclass(frozen=True, slots=True)
class Piece:
    """``text[start:end]``, the part of a name it is, and the entities that have it in theirs.

    ``weak``: also a word of what is asked (四驱, 自动), no piece of a name unless it touches another one.
    """

    start: int
    end: int
    name: str
    mask: int
    score: float = 1.0
    weak: bool = False


def narrowed(mask: int, pieces: Iterable[Piece]) -> int:
    """Those of ``mask`` that have all of ``pieces`` in their names."""
    for piece in pieces:
        mask &= piece.mask
    return mask


class PieceReader:
    """Built once for the names of a graph."""

    def __init__(self, index: NameIndex) -> None:
        self._index = index

    def at(self, said: str, at: int, limit: int, mask: int, words: Container[str]) -> Piece | None:
        """The longest piece of the name of some entity in ``mask`` that begins at ``at`` and ends by ``limit``.

        ``words`` are words of something else, which make it weak.
        """
        if at >= limit:
            return None
        if counted := _COUNTED.match(said, at, limit):
            before, count, what = counted.groups()
            name = f"{before}{DIGIT.get(count, count)}{what}"
            having = self._index.latin(mask, (name,))
            if having or what != "代":  # 第二代 is written in characters
                return Piece(*counted.span(), name, having, weak=not before) if having else None
        if run := RUN.match(said, at, limit):
            return self._run(said, run, mask, words)
        han = _HAN.match(said, at, limit)
        return self._chinese(said, at, han.end(), mask, words) if han else None

    def anywhere(self, piece: Piece) -> Piece:
        """``piece`` as a part of longer words of any name, where it is no whole version: 双擎 of 智能电混双擎."""
        if not _HAN.fullmatch(piece.name) or piece.name[-1] in SUFFIX:
            return piece
        return replace(piece, mask=piece.mask | self._index.having(-1, (piece.name,)))

    def _run(self, said: str, run: re.Match[str], mask: int, words: Container[str]) -> Piece | None:
        """Letters and digits: all of the run are in the name, or it spells what is."""
        pieces, end = atoms(run.group()), run.end()
        if pieces and pieces[-1][0].isdigit():
            if said.startswith(_METRES, end):
                having = self._index.latin(mask, (*pieces, "km"))
                return Piece(run.start(), end + len(_METRES), "".join(pieces), having) if having else None
            if _QUANTITY_BEHIND.match(said, end):
                return None
        whole = (
            _CHARGED.fullmatch(run.group()) is not None
        )  # the 25 of 25T is no year, nor its T that of 1.5T
        having = self._index.latin(mask, (run.group(),) if whole else pieces)
        if having:
            behind = said[end : end + 1]
            end += behind == "款" or (run.group()[-1].isalpha() and behind != "" and behind in SUFFIX)  # WX版
            return Piece(
                run.start(),
                end,
                "".join(pieces),
                having,
                weak=run.group() in words and not YEAR.fullmatch(run.group()),
            )
        spelled = run.group()
        if len(spelled) >= _MIN_SPELLED and spelled.isalpha():
            having = self._index.spelled(mask, spelled)
        if having:
            suffix = _SPELLED_SUFFIX.match(said, run.end())
            return Piece(run.start(), suffix.end() if suffix else run.end(), spelled, having, SOUNDS_ALIKE)
        having = 0 if spelled in words or whole else self._index.written(mask, pieces)
        return Piece(*run.span(), spelled, having, SLIPPED) if having else None

    def _chinese(self, said: str, at: int, limit: int, mask: int, words: Container[str]) -> Piece | None:
        longest = self._index.longest(mask, said, at, min(limit, at + LONGEST))
        if slipped := self._slipped(said, at, longest, limit, mask, words):
            return slipped
        for end in range(at + longest, at + 1, -1):
            part = said[at:end]
            if having := self._index.han(mask, part):
                whole = _with_suffix(said, end, limit)
                weak = whole == end and part[-1] not in SUFFIX and _is_word(said, at, end, words)
                return Piece(at, whole, part, having, weak=weak)
        for end in range(min(limit, at + _MISHEARD), at + 1, -1):
            part = said[at:end]
            if _is_word(said, at, end, words) or not _DENIES.isdisjoint(part):
                continue  # 都不要 is no 都市版
            name, having = self._index.alike(mask, part)
            if having and name not in words:
                return Piece(at, _with_suffix(said, end, limit), name, having, SOUNDS_ALIKE)
        return None

    def _slipped(
        self, said: str, at: int, longest: int, limit: int, mask: int, words: Container[str]
    ) -> Piece | None:
        """白动智联旗畅版: more of a name, but for one character, than there is of any exactly."""
        end = min(limit, at + LONGEST)
        for last in range(end, at + max(longest + 1, _SHORTEST_SLIPPED - 1), -1):
            part = said[at:last]
            if len(part) < _SHORTEST_SLIPPED and part[-1] not in SUFFIX:
                continue
            name, having = self._index.slipped(mask, part)
            if having and name not in words and not _holds_word(said, at, last, words):
                return Piece(at, last, name, having, SLIPPED)
        return None


def _holds_word(said: str, at: int, end: int, words: Container[str]) -> bool:
    """Whether something else is said anywhere in ``said[at:end]``, or begins there."""
    return any(
        said[first:last] in words
        for first in range(at, end)
        for last in range(first + 2, min(first + LONGEST, len(said)) + 1)
    )


def _is_word(said: str, at: int, end: int, words: Container[str]) -> bool:
    """Whether ``said[at:end]``, or what it is the beginning of, means something else."""
    return any(said[at:more] in words for more in range(end, min(end + LONGEST, len(said)) + 1))


def _with_suffix(said: str, end: int, limit: int) -> int:
    suffixed = end < limit and said[end] in _SUFFIX_HEARD and said[end - 1] not in SUFFIX
    return end + 1 if suffixed else end
