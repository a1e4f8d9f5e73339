"""Parts of a name as people cut them: 海豚410时尚 is 海豚 2025款 智驾版 410km 时尚版.

A fragment is read only beside a name that is already known, against the full names of the entities that fit it: what
is left of them after each fragment is what the next one is read against.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.normalization.pinyin import readings, sounds
from chatbot.normalization.postings import bits, mask_of
from chatbot.normalization.text import has_han, normalize

MAX_PIECE = 16
MAX_ENTITIES = 400  # a name that fits more says too little to cut names by
MAX_LEFT = 3  # entities that a further name without its series may fit
SUFFIX = re.compile("[版型款]|km")
_MARKS = re.compile(r"[^\w.+/]|_")
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)\s+(?=\d)")
_GENERATION = re.compile("第([一二三四五六七八九])代")
_DIGITS = {char: str(i) for i, char in enumerate("一二三四五六七八九", 1)}
_BAR = re.compile(r"[|,;。、!?…]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MEASURED = re.compile(r"[万千w块元年月秒个以多来几度升座%.]|公里|km|kw")  # 30万 is a quantity
_YEAR_BEFORE = re.compile(r"(?<![\d.])(?:20)?(2\d)(?:年|款)?的?\s?$")
_JOINER = re.compile(r"\s*(?:和|跟|与|同|、|,|比|vs|pk|还有|以及|对比)?\s*")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Fragments side by side: where they stand, and the entities (bits) that have them all."""

    spans: tuple[Span, ...]
    mask: int

    @property
    def size(self) -> int:
        return sum(end - start for start, end in self.spans)


class NameFragments:
    """Built once for a graph; names are prepared when they are first looked into."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self._series: dict[tuple[str, ...], list[int]] = {}
        for index, entity in enumerate(graph.entities):
            self._series.setdefault(entity.keywords[:2], []).append(index)
        self._name = lru_cache(maxsize=8192)(self._prepared)

    def series_of(self, index: int) -> int:
        """All entities of the same brand and series as the one at ``index``."""
        return mask_of(self._series[self._graph.entities[index].keywords[:2]])

    def behind(
        self, text: str, at: int, mask: int, taken: Sequence[Span], *, by_sound: bool = False
    ) -> Pieces:
        """The fragments that follow each other from ``at``; none of them is, or cuts into, a span in ``taken``."""
        spans: list[Span] = []
        last = ""
        while at < len(text) and mask.bit_count() <= MAX_ENTITIES:
            start = at + (text[at] == " ")
            found = self._longest(text, start, mask, taken, by_sound=by_sound)
            if found is None:
                break
            end, mask = found
            last = _flat(text[start:end])
            suffix = SUFFIX.match(text, end)
            at = suffix.end() if suffix and spans_free(end, suffix.end(), taken) else end
            spans.append((start, at))
        return Pieces(tuple(spans), self._ending(last, mask) or mask)

    def _ending(self, piece: str, mask: int) -> int:
        """Of several the ones whose name ends there: 240致雅 is the 致雅版 rather than the 致雅黑爵士版."""
        if not piece or piece.isascii() or mask.bit_count() < 2:
            return mask
        return sum(
            1 << i
            for i in bits(mask)
            if SUFFIX.sub("", self._name(i)[-1:]) == "" and self._name(i)[:-1].endswith(piece)
        )

    def before(self, text: str, at: int, mask: int, taken: Sequence[Span]) -> Pieces:
        """锐放 of 锐放24款旗舰版: a fragment that ends at ``at``."""
        end = at - (text[at - 1 : at] == " ")
        for start in range(max(0, end - MAX_PIECE), end - 1):
            free = spans_free(start, end, taken) and not _BAR.search(text, start, end) and text[start] != " "
            if not free or _cuts_a_token(text, start, end) or mask.bit_count() > MAX_ENTITIES:
                continue
            if narrowed := self._with(_flat(text[start:end]), mask, by_sound=False):
                return Pieces(((start, end),), narrowed)
        return self.year_before(text, at, mask)

    def year_before(self, text: str, at: int, mask: int) -> Pieces:
        """24 of 24卡罗拉."""
        found = _YEAR_BEFORE.search(text, 0, at)
        narrowed = self._of_year(found.group(1), mask) if found else 0
        return Pieces(((found.start(), at),), narrowed) if found and narrowed else Pieces((), mask)

    def nearest(self, mask: int, index: int) -> int:
        """Those of ``mask`` whose names share the most parts with the entity at ``index``."""
        words = set(self._graph.entities[index].name.split())
        shared = {i: len(words & set(self._graph.entities[i].name.split())) for i in bits(mask)}
        best = max(shared.values(), default=0)
        return sum(1 << i for i, count in shared.items() if count == best)

    def further(self, text: str, at: int, series: int, chosen: int, taken: Sequence[Span]) -> Pieces | None:
        """和420自由 behind 海豚410时尚: another one of the same series, by its fragments alone."""
        joiner = _JOINER.match(text, at)
        start = joiner.end() if joiner else at
        found = self.behind(text, start, series, taken)
        telling = len(found.spans) > 1 or found.size >= 3
        if not telling or found.mask == series or found.mask & chosen or found.mask.bit_count() > MAX_LEFT:
            return None
        return found

    def _longest(
        self, text: str, at: int, mask: int, taken: Sequence[Span], *, by_sound: bool
    ) -> tuple[int, int] | None:
        bar = _BAR.search(text, at)
        for end in range(min(len(text), at + MAX_PIECE, bar.start() if bar else len(text)), at + 1, -1):
            piece = text[at:end]
            if piece[-1] == " " or not spans_free(at, end, taken) or _cuts_a_token(text, at, end):
                continue
            if _NUMBER.fullmatch(piece) and _MEASURED.match(text, end):
                continue
            if narrowed := self._with(_flat(piece), mask, by_sound=by_sound):
                return end, narrowed
        return None

    def _with(self, piece: str, mask: int, *, by_sound: bool) -> int:
        """The entities of ``mask`` whose name has ``piece``."""
        if len(piece) < 2:
            return 0
        found = sum(1 << i for i in bits(mask) if _holds(self._name(i), piece))
        if not found and len(piece) == 2 and piece.isdigit():
            found = self._of_year(piece, mask)
        if not found and by_sound and piece.isalpha() and piece.isascii() and len(piece) >= 4:
            found = sum(1 << i for i in bits(mask) if _spells_in(self._name(i), piece))
        if not found and by_sound and not piece.isascii():
            found = sum(1 << i for i in bits(mask) if _sounds_in(self._name(i), piece))
        return found

    def _of_year(self, year: str, mask: int) -> int:
        return sum(1 << i for i in bits(mask) if f"20{year}款" in self._name(i))

    def _prepared(self, index: int) -> str:
        return _flat(normalize(self._graph.entities[index].name))


def spans_free(start: int, end: int, taken: Sequence[Span]) -> bool:
    """Whether ``[start, end)`` cuts into no span and is more than any it holds."""
    return all(end <= s or e <= start or (start <= s and e <= end and end - start > e - s) for s, e in taken)


def _cuts_a_token(text: str, start: int, end: int) -> bool:
    """Whether a number or a run of letters goes on before or behind."""
    return _runs_on(text[start - 1 : start], text[start]) or _runs_on(text[end - 1], text[end : end + 1])


def _runs_on(left: str, right: str) -> bool:
    digits = (left.isdigit() and right.isdigit()) or (left == "." and right.isdigit())
    letters = left.isascii() and left.isalpha() and right.isascii() and right.isalpha()
    return bool(left and right) and (digits or letters)


def _flat(name: str) -> str:
    """Without spaces and marks, but for what keeps two numbers apart: 500 4matic."""
    flat = _MARKS.sub("", _BETWEEN_NUMBERS.sub("/", name))
    return _GENERATION.sub(lambda found: f"第{_DIGITS[found.group(1)]}代", flat)


def _holds(name: str, piece: str) -> bool:
    """Whether ``name`` has ``piece`` with no number cut; letters may begin or end inside a run."""
    at = name.find(piece)
    while at >= 0:
        before, behind = name[max(at - 1, 0) : at], name[at + len(piece) : at + len(piece) + 1]
        cut = piece[0].isdigit() and (before.isdigit() or before == ".")
        if not cut and not (piece[-1].isdigit() and (behind.isdigit() or behind == ".")):
            return True
        at = name.find(piece, at + 1)
    return False


def _sounds_in(name: str, piece: str) -> bool:
    """Whether a part of ``name`` is as long as ``piece`` and sounds like it, with half of its characters the same."""
    size = len(piece)
    for at in range(len(name) - size + 1):
        part = name[at : at + size]
        same = sum(a == b for a, b in zip(part, piece, strict=True))
        if same >= max(1, size // 2) and all(map(_alike, part, piece)):
            return True
    return False


def _spells_in(name: str, letters: str) -> bool:
    """Whether a run of the characters of ``name`` is spelled so: qiling of 旗领."""
    spelled = [readings(char)[0] if has_han(char) else "|" for char in name]
    return any(
        "".join(spelled[at : at + size]) == letters
        for size in range(2, 5)
        for at in range(len(spelled) - size + 1)
    )


def _alike(one: str, other: str) -> bool:
    return one == other or bool(sounds(one)[0] & sounds(other)[0])
