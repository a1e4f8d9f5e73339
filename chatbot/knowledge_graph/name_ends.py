"""What names end in that says what is sold, and tells none of them apart: 套餐 of 护心套餐, 险 of 守护重疾险."""

from collections import Counter
from collections.abc import Sequence

from chatbot.normalization.spellings import SUFFIXES
from chatbot.normalization.text import normalize
from chatbot.regex import regex

_HAN = regex("[\u4e00-\u9fff]+")
_FEWEST = 3  # names that a shared end is of
_SHARE = 0.5
_LONGEST = 4


def shared_ends(names: Sequence[str]) -> list[str]:
    """What most of ``names`` end in, in Chinese characters; 版, 型 and 款 end names of versions."""
    words = {word for word in map(normalize, names) if _HAN.fullmatch(word) and not word.endswith(SUFFIXES)}
    ends = Counter(word[-size:] for word in words for size in range(1, min(_LONGEST, len(word) - 1) + 1))
    return [end for end, count in ends.items() if count >= max(_FEWEST, len(names) * _SHARE)]
