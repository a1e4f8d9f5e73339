"""Finds, in a text, the known name most like a part of it: one slip in its letters, or all its sounds.

Names are looked up by the pairs of neighbouring syllables they share with the text, so the cost follows the
number of names that could fit, not the number there are.
"""

import itertools
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from chatbot.derived import Derived, named
from chatbot.frozen import dataclass
from chatbot.normalization.pinyin import Sounds, commonest_sounds, sounds
from chatbot.normalization.spellings import SUFFIXES

SOUNDS_ALIKE = 0.95
_MAX_TEXT = 80
_SHARED_PAIRS = 0.4
_MAX_NAMES = 40
_LETTERS_A_SLIP = 4  # of a name, for each slip it may have: 停车费, two away from 停车雷达, is none
_REMEMBERED = 64  # a turn looks for names in the same words in the reader and in the planner


@dataclass(frozen=True, slots=True)
class NearName:
    """``text[start:end]`` is like ``name``; ``score`` in [0, 1], 0.95 for a homophone."""

    name: str
    start: int
    end: int
    score: float


class ApproximateFinder:
    """Built once for a set of normalised names of two characters or more."""

    def __init__(
        self, names: Iterable[str], *, min_slip_length: int, cutoff: float, derived: Derived | None = None
    ) -> None:
        """Names shorter than ``min_slip_length`` match by sound only; ``cutoff`` is RapidFuzz's 0-100."""
        self._known = tuple(name for name in names if len(name) >= 2 and not name.isdigit())
        self._enough = [
            _SHARED_PAIRS * (len(name) - 1) for name in self._known
        ]  # pairs that a name must share
        self._sounds = _SoundsOfNames()
        self._min_slip_length, self._cutoff = min_slip_length, cutoff
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._nearest)
        self._followers, self._having = (
            derived or Derived()
        ).json(  # of a pair's number: places in ``_known``
            named("pairs", self._known), lambda: _numbered_pairs(map(_sounds_of_name, self._known))
        )

    def nearest(self, text: str) -> NearName | None:
        """The best name, the longer of two as good, then the more alike; ``None`` when nothing is near enough."""
        return self._remembered(text[:_MAX_TEXT])

    def _nearest(self, text: str) -> NearName | None:
        heard = sounds(text)
        best: NearName | None = None
        for name in self._alike(heard):
            hit = self._compare(name, text, heard)
            if hit and (best is None or _rank(hit, text) > _rank(best, text)):
                best = hit
        return best

    def _alike(self, heard: Sounds) -> list[str]:
        behind_of, pairs = self._followers.get, set[int]()
        for left, right in itertools.pairwise(heard):
            for syllable in left:
                if behind := behind_of(syllable):
                    for other in right:  # a comprehension would cost more than all it finds
                        if other in behind:
                            pairs.add(behind[other])
        if not pairs:
            return []
        shared = Counter(itertools.chain.from_iterable(map(self._having.__getitem__, pairs)))
        known, enough_of = self._known, self._enough
        enough = [
            (-count / (len(known[place]) - 1), known[place])
            for place, count in shared.items()
            if count >= enough_of[place]
        ]
        return [name for _, name in sorted(enough)[:_MAX_NAMES]]

    def _compare(self, name: str, text: str, heard: Sounds) -> NearName | None:
        width, own = len(name), self._sounds[name]
        unlike = own[0].isdisjoint  # most places end here
        for start in range(len(heard) - width + 1):
            if unlike(heard[start]):
                continue
            if all(a & b for a, b in zip(heard[start : start + width], own, strict=True)):
                return NearName(name, start, start + width, SOUNDS_ALIKE)
        if not self._min_slip_length <= width <= len(text) + 1:  # one letter may have been left out
            return None
        near = fuzz.partial_ratio_alignment(name, text, score_cutoff=self._cutoff)
        if near is None or near.dest_end - near.dest_start < width - 1:
            return None
        if _slips(name, text, near.dest_start) > max(1, width // _LETTERS_A_SLIP):
            return None
        return NearName(name, near.dest_start, near.dest_end, near.score / 100)


def end_of(near: NearName, text: str) -> int:
    """Where it ends in ``text``; 锐尊享 of 锐尊享油耗 lacks its 版, and the 油 is none."""
    lacking = near.name.endswith(SUFFIXES[:3]) and text[near.start : near.end - 1] == near.name[:-1]
    return near.end - 1 if lacking and near.score != SOUNDS_ALIKE else near.end


def latin_of(text: str) -> str:
    """Its letters and digits alone."""
    return "".join(char for char in text if char.isascii() and char.isalnum())


class _SoundsOfNames(dict[str, Sounds]):
    """How each name sounds, worked out when it is first compared: most never are."""

    def __missing__(self, name: str) -> Sounds:
        self[name] = heard = _sounds_of_name(name)
        return heard


def _rank(near: NearName, text: str) -> tuple[float, int, int]:
    """The surer first, then the longer, then what has more of its characters: 极素 is 极速, though 几速 sounds so too."""
    typed = text[near.start : near.end]
    return near.score, len(near.name), sum(a == b for a, b in zip(near.name, typed, strict=False))


def _numbered_pairs(heard: Iterable[Sounds]) -> tuple[dict[str, dict[str, int]], list[list[int]]]:
    """A syllable → the one behind it → the number of the pair; and by that number the places of what has the pair."""
    followers: dict[str, dict[str, int]] = {}
    having: list[list[int]] = []
    for place, syllables in enumerate(heard):
        for left, right in sorted(_pairs(syllables)):
            behind = followers.setdefault(left, {})
            if right not in behind:
                behind[right] = len(having)
                having.append([])
            having[behind[right]].append(place)
    return followers, having


def _sounds_of_name(name: str) -> Sounds:
    """How a name sounds. In two characters a rare reading is no sound of it: 尾箱 is wei xiang, and 异响 no slip of it."""
    return commonest_sounds(name) if len(name) == 2 else sounds(name)


def _slips(name: str, text: str, start: int) -> int:
    """The fewest letters to change, leave out or add that make ``name`` of the text around ``start``."""
    width = len(name)
    places = (
        (at, at + long) for at in (start - 1, start) if at >= 0 for long in (width - 1, width, width + 1)
    )
    return min(Levenshtein.distance(name, text[at:end]) for at, end in places)


def _pairs(heard: Sounds) -> set[tuple[str, str]]:
    return {(a, b) for left, right in itertools.pairwise(heard) for a in left for b in right}
