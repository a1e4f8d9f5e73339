"""How common characters and their pairs are in general Chinese, from the word list that jieba ships (MIT licence)."""

import math
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import jieba

from chatbot.normalization.text import normalize

PAIR_WEIGHT = 0.6  # of a pair of characters, beside the rarer of the two
_CHARACTERS, _PAIRS = 7500, 40_000
_SCALE, _RARE = 0.001, 1e-7  # a smaller scale makes weights more alike
_LATIN = "0123456789abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=1)
def _counts() -> tuple[Counter[str], Counter[str], int]:
    """Counts of characters, of pairs of neighbours inside words, and of all characters together."""
    characters: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as file:
        for line in file:
            word, count, *_ = line.split()
            word = normalize(word)
            for char in word:
                characters[char] += int(count)
            for left, right in pairwise(word):
                pairs[left + right] += int(count)
    return characters, pairs, characters.total()


def character_weight(char: str) -> float:
    """An inverse frequency, flat on purpose: 的 weighs about half of a character that is hardly used."""
    characters, _, total = _counts()
    return math.log1p(total / _SCALE / (characters.get(char, 0) + total * _RARE))


def token_weight(token: str) -> float:
    """The first weight of an n-gram token: of a character, of a pair ``a><b``, of a start ``<a`` or an end ``a>``."""
    if len(token) == 1:
        return character_weight(token)
    parts = [char for char in token if char not in "<>"]
    share = PAIR_WEIGHT if len(parts) == 2 else 0.1
    return share * max(character_weight(char) for char in parts)


def general_tokens() -> set[str]:
    """The common characters and pairs of neighbours inside words."""
    characters, pairs, _ = _counts()
    known = {char for char, _ in characters.most_common(_CHARACTERS) if char.isalnum()} | set(_LATIN)
    inside = (pair for pair, _ in pairs.most_common(_PAIRS))
    return known | {f"{pair[0]}><{pair[1]}" for pair in inside if pair[0] in known and pair[1] in known}
