"""Which entities have a piece of a name in theirs: looked up by neighbouring characters, so that no name is read twice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from chatbot.derived import Derived
from chatbot.knowledge_graph.graph import Entity, series_depth
from chatbot.normalization.name_parts import NameParts, atoms, middle_of
from chatbot.normalization.pinyin import sounds
from chatbot.normalization.postings import Postings, bits, mask_of

_REMEMBERED = 256
_SHORTEST_SLIP = 5  # letters of a word that a slip is looked for in
_TWO_SLIPS = 9
_CUT_FROM, _CUT_TO = 5, 3  # a word of so many letters may be cut to so many
_SHORTEST_RUN = 3  # Chinese characters of which one may be wrong
MAX_HEARD = 48  # names that are compared by sound, one by one; more share a character with too much


class NameIndex:
    """Built once for the entities of a graph. A mask goes in, that of the entities with the piece comes out."""

    def __init__(
        self, entities: Sequence[Entity], plain_words: Mapping[str, str], derived: Derived | None = None
    ) -> None:
        """``plain_words``: what everybody calls what a maker's word in a name says (xdrive: 四驱)."""
        kept, every = derived or Derived(), range(len(entities))
        self.parts, self.plain_words = _PartsOf(entities, plain_words), frozenset(plain_words.values())

        def told(pieces: Callable[[NameParts], Iterable[str]]) -> dict[str, list[int]]:
            found: dict[str, list[int]] = {}
            for index in every:
                for piece in sorted(set(pieces(self.parts[index]))):
                    found.setdefault(piece, []).append(index)
            return found

        self._latin = Postings.kept(kept, "name pieces", lambda: told(lambda parts: parts.latin))
        self._pairs = Postings.kept(kept, "name pairs", lambda: told(_pairs_of))
        self._chars = Postings.kept(kept, "name characters", lambda: told(lambda parts: parts.han))
        self._initials = Postings.kept(kept, "name initials", lambda: told(lambda parts: parts.initials))
        self._depth = series_depth(entities)
        named = kept.json("names with a middle", lambda: [index for index in every if self.middle(index)])
        self.with_middle = mask_of(named)
        self._words = kept.json("name words", lambda: _long_words(self.parts[index] for index in every))
        self._meant = lru_cache(maxsize=_REMEMBERED)(self._nearest_words)

    def middle(self, index: int) -> frozenset[str]:
        """The pieces between the series and the version in the name of one entity: pro of X7 Pro 12+256."""
        return middle_of(self.parts[index].words[self._depth : -1])

    def latin(self, mask: int, pieces: Sequence[str]) -> int:
        """Those that have all the numbers and letters, neighbours in the text as neighbours or apart: 55, sline."""
        if not pieces:
            return 0
        found = mask & self._latin.get("".join(pieces), 0)
        if found:
            return found
        for cut in range(len(pieces) - 1, 0, -1):
            first = mask & self._latin.get("".join(pieces[:cut]), 0)
            if first and (found := self.latin(first, pieces[cut:])):
                return found
        return 0

    def han(self, mask: int, part: str) -> int:
        """Those that have these two or more Chinese characters in one run."""
        for at in range(len(part) - 1):
            mask &= self._pairs.get(part[at : at + 2], 0)
            if not mask:
                return 0
        if len(part) == 2:
            return mask
        return mask_of(i for i in bits(mask) if part in self.parts[i].han)

    def written(self, mask: int, pieces: Sequence[str]) -> int:
        """Those that have the numbers and letters, each word of letters cut short or with a slip in it: cab, xdriev;
        or words by their initials: c4 of Carrera 4."""
        if initials := mask & self._initials.get("".join(pieces), 0):
            return initials
        meant = [(piece, *self._meant(piece)) if piece.isalpha() else (piece,) for piece in pieces]
        if not any(len(words) > 1 for words in meant):
            return 0
        for words in meant:
            found = 0
            for word in words:
                found |= mask & self._latin.get(word, 0)
            mask = found
        return mask

    def _nearest_words(self, piece: str) -> tuple[str, ...]:
        """The words that ``piece`` is the beginning of, else those that it is a slip or two away from."""
        if len(piece) < _CUT_TO:
            return ()
        if cut := tuple(word for word in self._words if word.startswith(piece)):
            return cut
        slips = 2 if len(piece) >= _TWO_SLIPS else 1
        if len(piece) < _SHORTEST_SLIP - 1:
            return ()
        return tuple(word for word in self._words if OSA.distance(piece, word, score_cutoff=slips) <= slips)

    def having(self, mask: int, parts: Sequence[str]) -> int:
        """Those that have all of ``parts``, each letters and digits or two or more Chinese characters."""
        for part in parts:
            if part.isascii():
                mask = self.latin(mask, atoms(part))
            else:
                mask = self.han(mask, part) if len(part) > 1 else 0
        return mask if parts else 0

    def longest(self, mask: int, said: str, at: int, limit: int) -> int:
        """How many characters from ``at`` on may be in one name: no neighbours further on are."""
        end = at + 1
        while end < limit and (left := mask & self._pairs.get(said[end - 1 : end + 1], 0)):
            mask = left
            end += 1
        return end - at

    def alike(self, mask: int, part: str) -> tuple[str, int]:
        """The part of a name that ``part`` sounds like, and those that have one; at least half the characters the same."""
        any_same = 0
        for char in part:
            any_same |= self._chars.get(char, 0)
        mask &= any_same
        if not mask or mask.bit_count() > MAX_HEARD:
            return "", 0
        heard = sounds(part)
        found = {i: like for i in bits(mask) if (like := self.parts[i].like(part, heard))}
        return next(iter(found.values()), ""), mask_of(found)

    def slipped(self, mask: int, part: str) -> tuple[str, int]:
        """A part of a name that ``part`` is but for one character, wrong or left out; and those that have one."""
        if len(part) < _SHORTEST_RUN:
            return "", 0
        mask = self._sharing(mask, part)
        if not mask or mask.bit_count() > MAX_HEARD:
            return "", 0
        found = {i: like for i in bits(mask) if (like := self.parts[i].lacking_one(part))}
        found = found or {i: like for i in bits(mask) if (like := self.parts[i].but_one(part))}
        return next(iter(found.values()), ""), mask_of(found)

    def _sharing(self, mask: int, part: str) -> int:
        """Those of ``mask`` that have all but one of the characters of ``part``."""
        all_of, all_but_one = mask, 0
        for char in part:
            holding = self._chars.get(char, 0)
            all_but_one = (all_but_one & holding) | all_of
            all_of &= holding
        return all_but_one & mask

    def spelled(self, mask: int, letters: str) -> int:
        """Those whose name, or part of it, is spelled so in pinyin."""
        return mask_of(i for i in bits(mask) if letters in self.parts[i].pinyin)


class _PartsOf(dict[int, NameParts]):
    """The parts of each name, read when one first asks for them: most never are."""

    def __init__(self, entities: Sequence[Entity], plain_words: Mapping[str, str]) -> None:
        super().__init__()
        self._entities, self._plain_words = entities, plain_words

    def __missing__(self, index: int) -> NameParts:
        self[index] = parts = NameParts.of(self._entities[index], self._plain_words)
        return parts


def _pairs_of(parts: NameParts) -> list[str]:
    return [parts.han[i : i + 2] for i in range(len(parts.han) - 1)]


def _long_words(names: Iterable[NameParts]) -> list[str]:
    """The words of letters in names that may be cut short or slipped in."""
    return sorted(
        {atom for parts in names for atom in parts.atoms if atom.isalpha() and len(atom) >= _CUT_FROM}
    )
