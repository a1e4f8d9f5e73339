"""Which entities have a piece of a name in theirs: looked up by neighbouring characters, so that no name is read twice."""

from collections.abc import Iterable, Sequence

from chatbot.knowledge_graph.graph import Entity
from chatbot.normalization.name_parts import NameParts, atoms
from chatbot.normalization.pinyin import sounds
from chatbot.normalization.postings import Postings, bits, mask_of

MAX_HEARD = 48  # names that are compared by sound, one by one; more share a character with too much


class NameIndex:
    """Built once for the entities of a graph. A mask goes in, that of the entities with the piece comes out."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self.parts = [NameParts.of(entity) for entity in entities]
        latin: dict[str, list[int]] = {}
        pairs: dict[str, list[int]] = {}
        chars: dict[str, list[int]] = {}
        for index, parts in enumerate(self.parts):
            _put(latin, parts.latin, index)
            _put(chars, set(parts.han), index)
            _put(pairs, {parts.han[i : i + 2] for i in range(len(parts.han) - 1)}, index)
        self._latin, self._pairs, self._chars = Postings(latin), Postings(pairs), Postings(chars)

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

    def spelled(self, mask: int, letters: str) -> int:
        """Those whose name, or part of it, is spelled so in pinyin."""
        return mask_of(i for i in bits(mask) if letters in self.parts[i].pinyin)


def _put(index: dict[str, list[int]], keys: Iterable[str], position: int) -> None:
    for key in keys:
        index.setdefault(key, []).append(position)
