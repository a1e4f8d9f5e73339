"""Reads the pieces of names around a name: 途昂530V6龙耀, q7 55sline尊贵型24的, 40豪华动感 55旗舰动感.

A thing is what its pieces have in common: from a name that is known as such the reading goes on to the right,
then to the left, as long as what stands there is a piece of the name of an entity that still fits.
"""

import itertools
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from chatbot.knowledge_graph.graph import Entity, series_depth
from chatbot.normalization.denied import one_is_denied
from chatbot.normalization.name_index import NameIndex
from chatbot.normalization.name_parts import SAID, SUFFIX, atoms
from chatbot.normalization.named import (
    Named,
    counted,
    ends,
    holding_on,
    latin,
    telling,
    touching,
)  # fmt: skip
from chatbot.normalization.no_more_said import saying_no_more, saying_whole
from chatbot.normalization.partly_read import PartlyRead
from chatbot.normalization.pieces import LONGEST, RUN, Piece, PieceReader, narrowed
from chatbot.normalization.text import normalize
from chatbot.regex import regex

MAX_CANDIDATES = 256  # a name that more entities share is a group, not the beginning of one thing's name
SEPARATOR = regex(r"\s*(?:还有|还是|以及|对比|[和跟与同及比或、,;&]|vs\.?|pk)\s*")
_GAP = regex(r"[\s\-·/()+]*的?[\s\-·/()+]*")
_LEAD = regex(
    r"(?:(?:[它他她]|[这那][款个台辆])(?=[和跟与比])|那么?|还有|和|跟|与|比|换成?|要是|如果|再看|我?[要问说看]的?是?|(?:打|说|问|写|发|输|搞|弄|看|记)?错了?|不对了?|应该是?|是|就|[\s,、])*"
)
_ASKED_ABOUT = regex(r"[吗么嘛没不有是怎好形系类]")
_SPACES = regex(r"\s*")


class FragmentReader:
    """Built once for the entities of a graph; reads only."""

    def __init__(self, entities: Sequence[Entity], index: NameIndex, leading: Iterable[str]) -> None:
        """``leading`` are the names that say which brand or series is meant, not which version."""
        self._entities, self._leading = entities, frozenset(leading)
        self._brands = frozenset(normalize(entity.keywords[0]) for entity in entities if entity.keywords)
        self.index, self._plain_words = index, index.plain_words
        self._pieces = PieceReader(self.index)
        self._depth = series_depth(entities)
        self._series: dict[tuple[str, ...], int] = {}
        for at, entity in enumerate(entities):
            lead = entity.keywords[: self._depth]
            self._series[lead] = self._series.get(lead, 0) | 1 << at

    def series_of(self, mask: int) -> int:
        """Every entity that shares brand and series with those of ``mask``; 0 where they are of several."""
        if not mask:
            return 0
        first = self._entities[(mask & -mask).bit_length() - 1]
        series = self._series[first.keywords[: self._depth]]
        return series if mask & ~series == 0 else 0

    def read(self, said: str, groups: Iterable[Sequence[Piece]], words: Container[str]) -> list[Named]:
        """The things that ``groups`` of known names begin, each with the pieces around it, and those named beside them.

        ``words`` are words of something else as well.
        """
        text = PartlyRead(said.replace("é", "e"), words)
        things = [part for group in groups for part in self._parted(text, Named(self.widened(group)))]
        for thing in things:
            text.take(thing.pieces)
        grown: list[Named] = []
        for thing in things:
            series = self._inherited(grown[-1], thing) if grown else 0
            if series and not thing.mask & series:
                thing = self.refitted(said, thing, series)
            thing.base = series or thing.base
            self._grow(text, thing)
            if grown and self._goes_on(grown[-1], thing) and not one_is_denied(said, *ends(grown[-1], thing)):
                grown[-1].pieces += thing.pieces
                continue
            if series:
                thing.base, thing.inherited = holding_on(grown[-1], thing.mask), True
            grown.append(thing)
        found: list[Named] = []
        for at, thing in enumerate(grown):
            found.append(thing)
            limit = grown[at + 1].start if at + 1 < len(grown) else len(said)
            found += self._beside(text, thing, limit)
        return found

    def _parted(self, text: PartlyRead, thing: Named) -> list[Named]:
        """R1逐风 and 赛道 of R1逐风 赛道: what stands between two pieces is of another name of the series."""
        pieces = sorted(thing.pieces, key=lambda piece: piece.start)
        for at, (before, after) in enumerate(itertools.pairwise(pieces), 1):
            series = self.series_of(before.mask) if after.start - before.end > 1 else 0
            between = touching(self._rightward(text, before.end, series), ()) if series else []
            if between and between[-1].end == after.start and not narrowed(thing.mask, between):
                return [Named([*pieces[:at], *between]), Named(pieces[at:])]
        return [thing]

    def told(self, said: str, mask: int, words: Container[str]) -> list[Named]:
        """25乐享的 where it goes on about a series: pieces of one of its names at the beginning of the text, 豪华和舒适 of two."""
        text = PartlyRead(said.replace("é", "e"), words)
        lead = _LEAD.match(said)
        pieces = touching(self._rightward(text, lead.end() if lead else 0, mask), ())
        if not any(telling(piece, mask) for piece in pieces):
            return []
        end = pieces[-1].end
        plainly = len(pieces) > 1 or said[end - 1] in SUFFIX or end == len(said) or said[end] in "的呢那"
        plainly = plainly or any(
            said[end:more] in words for more in range(end + 1, min(end + LONGEST, len(said)) + 1)
        )
        plainly = plainly or SEPARATOR.match(said, end) is not None
        if not plainly:
            return []
        first = Named(pieces, mask, inherited=True)
        text.take(pieces)
        return [first, *self._beside(text, first, len(said))]

    def read_on(self, said: str, at: int, mask: int) -> list[Piece]:
        """The pieces of names in ``mask`` from ``at`` on, one behind the other."""
        return self._rightward(PartlyRead(said, ()), at, mask)

    def refitted(self, said: str, thing: Named, mask: int) -> Named:
        """A thing that names no series, as one of ``mask``, where its pieces are parts of a name there."""
        pieces: list[Piece] = []
        for piece in sorted(thing.pieces, key=lambda piece: piece.start):
            wide = replace(piece, mask=piece.mask | self.index.having(mask, SAID.findall(piece.name)))
            parts = self.as_parts(said, wide, narrowed(mask, pieces))
            if not parts:
                return thing
            pieces += parts
        return Named(pieces, mask, inherited=True)

    def goes_on(self, mask: int, text: str, at: int) -> bool:
        """Whether the run of letters and digits from ``at`` on is of the name of some entity in ``mask``."""
        run = RUN.match(text, at)
        return run is not None and self.index.latin(mask, atoms(run.group())) > 0

    def as_parts(self, said: str, piece: Piece, mask: int) -> list[Piece]:
        """``piece`` as one or several parts of the names in ``mask``; nothing when it is none."""
        if mask & piece.mask:
            return [piece]
        if having := self.index.having(mask, SAID.findall(piece.name)):
            return [replace(piece, mask=having)]
        if not self.series_of(mask) or (piece.mask and self.series_of(piece.mask) == piece.mask):
            return []
        parts = self._rightward(PartlyRead(said[: piece.end], ()), piece.start, mask)
        return parts if parts and parts[-1].end == piece.end else []

    # -- one thing ---------------------------------------------------------------------------------------

    def widened(self, group: Sequence[Piece]) -> list[Piece]:
        """Each known name of a thing of one series also as a part of longer words: 尊贵版 of 尊贵版大迈包; else 双擎 is."""
        series = self.series_of(narrowed(-1, group))
        series = series or next((of for piece in group if (of := self.series_of(piece.mask))), 0)
        if not series:
            return [p if p.name in self._leading else self._pieces.anywhere(p) for p in group]
        return [replace(p, mask=p.mask | self.index.having(series, SAID.findall(p.name))) for p in group]

    def _grow(self, text: PartlyRead, thing: Named) -> None:
        if thing.mask.bit_count() > MAX_CANDIDATES:
            return
        known = sorted(thing.pieces, key=lambda piece: piece.start)
        grown: list[Piece] = []
        for step in (self._rightward, self._leftward):
            for piece in known:
                at = piece.end if step == self._rightward else piece.start
                fresh = step(text, at, narrowed(thing.mask, grown))
                text.take(fresh)
                grown += fresh
        series = self.series_of(thing.mask)  # 四驱 of 四驱的别克 is none of the names of one series
        kept = touching(grown, [p for p in known if series and telling(p, series)])
        kept += self._plainly_behind(text.said, thing, [p for p in grown if p not in kept])
        text.free(piece for piece in grown if piece not in kept)
        thing.pieces += kept

    def _plainly_behind(self, said: str, thing: Named, weak: Iterable[Piece]) -> list[Piece]:
        """四驱 of C260L四驱多少钱, where some that fit are called 4MATIC: which is meant, unless it is asked about (四驱吗)."""
        behind = [p for p in weak if p.name in self._plain_words and 0 <= p.start - thing.end <= 1]
        if not behind:
            return []
        mask, series = thing.mask, self.series_of(thing.mask)
        if not any(telling(piece, series) for piece in thing.pieces):
            return []  # 宝马5系四驱和后驱
        return [p for p in behind if mask & p.mask not in (0, mask) and not _ASKED_ABOUT.match(said, p.end)]

    def _rightward(self, text: PartlyRead, at: int, mask: int) -> list[Piece]:
        found: list[Piece] = []
        limit = text.free_to(at)
        while at < limit and mask:
            gap = _GAP.match(text.said, at, limit)
            piece = self._pieces.at(text.said, gap.end() if gap else at, limit, mask, text.words)
            if piece is None:
                break
            found.append(piece)
            mask &= piece.mask
            at = piece.end
        return found

    def _leftward(self, text: PartlyRead, at: int, mask: int) -> list[Piece]:
        found: list[Piece] = []
        first = text.free_from(at)
        while at > first:
            piece = self._ending(text, first, at, mask)
            if piece is None:
                break
            found.append(piece)
            mask &= piece.mask
            at = piece.start
        return found

    def _ending(self, text: PartlyRead, first: int, end: int, mask: int) -> Piece | None:
        """The longest piece that ends at ``end``, marks left out."""
        said, last = text.said, end
        while last > first and (said[last - 1] in " -·/()" or (said[last - 1] == "的" and last == end)):
            last -= 1
        for start in range(max(first, last - LONGEST), last):
            if start > first and latin(said[start - 1]) and latin(said[start]):
                continue
            piece = self._pieces.at(said, start, last, mask, text.words)
            if piece and piece.end == last:
                return piece
        return None

    # -- what is named beside it -------------------------------------------------------------------------

    def _inherited(self, before: Named, thing: Named) -> int:
        """The series that 尊享 of S5舒享和尊享 is of; 0 where it names its own, or that one has none such."""
        series = self.series_of(before.mask)
        if not series or thing.start - before.end > LONGEST or self.leads(thing):
            return 0
        if not self.series_of(thing.mask):
            return series if thing.mask & series else 0
        return series if self.having_all(series, thing) else 0

    def leads(self, thing: Named) -> bool:
        """Whether it names a brand or a series itself."""
        return any(piece.name in self._leading for piece in thing.pieces)

    def is_brand(self, name: str) -> bool:
        """Whether it is the most general keyword of some entity."""
        return name in self._brands

    def having_all(self, mask: int, thing: Named) -> int:
        """Those of ``mask`` in whose names all pieces of ``thing`` are parts: max of 四驱超长续航高阶智驾Max版."""
        for piece in thing.pieces:
            mask &= piece.mask | self.index.having(mask, SAID.findall(piece.name))
        return mask

    def _goes_on(self, before: Named, thing: Named) -> bool:
        """Whether behind a joining word only more is said of what was not told apart yet: 青羽，长续航版."""
        both = before.mask & thing.mask
        told = any(telling(piece, self.series_of(before.mask) or -1) for piece in before.pieces)
        return both not in (0, before.mask) and not (told and self.series_of(before.mask))

    def _beside(self, text: PartlyRead, thing: Named, limit: int) -> list[Named]:
        """370四驱尊享 of 240致雅和370四驱尊享: pieces of other names of the same series, behind a joining word or none."""
        found: list[Named] = []
        series = self.series_of(thing.mask)
        before = thing
        while series and before.end < limit:
            joined = SEPARATOR.match(text.said, before.end) or _SPACES.match(text.said, before.end)
            start = joined.end() if joined else before.end
            pieces = self._rightward(text, start, series) if start < limit else []
            alike = counted(pieces[:1]) and counted(before.pieces[-1:])  # 5座和7座
            pieces = pieces if alike else touching(pieces, ())
            if not pieces or pieces[-1].end > limit:
                break
            other = Named(pieces, series, inherited=True)
            if other.mask == before.mask or not any(alike or telling(piece, series) for piece in pieces):
                break
            other.base = holding_on(before, other.mask)
            text.take(pieces)
            found.append(other)
            before = other
        return found

    def meant(self, thing: Named) -> int:
        """Of those that fit, those whose name says no more than was said; S5尊享 is not S5尊享黑爵士版."""
        mask = thing.mask
        if mask.bit_count() < 2 or mask.bit_count() > MAX_CANDIDATES:
            return mask
        if not thing.family and (whole := saying_whole(self.index, thing)) != mask:
            thing = replace(thing, base=thing.base & whole)
        return saying_no_more(self.index, thing, self.series_of(thing.mask), self._leading)
