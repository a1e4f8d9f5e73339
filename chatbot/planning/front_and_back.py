"""What a thing has one of in front and one behind, and is said of both: 轮胎规格."""

import re

from chatbot.normalization.mentions import MentionFinder
from chatbot.planning.links import AttributeSense, Sense

_SHORTEST = 3  # characters


def paired(finder: MentionFinder[Sense]) -> re.Pattern[str] | None:
    """轮胎规格: what names no attribute by itself, and one with 前 and one with 后 before it."""

    def names(word: str) -> bool:
        return any(isinstance(sense, AttributeSense) for sense in finder.aliases.get(word, ()))

    fronts = (word[1:] for word in finder.aliases if word[0] == "前" and len(word) > _SHORTEST)
    stems = sorted(
        {s for s in fronts if not names(s) and names(f"前{s}") and names(f"后{s}")}, key=len, reverse=True
    )
    return re.compile(rf"(?<![前后背轮])(?:{'|'.join(map(re.escape, stems))})") if stems else None
