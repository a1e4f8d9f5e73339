"""Choosing among what the bot has just offered: 第二个, 2, 后者, or the option's own words."""

from collections.abc import Sequence

from chatbot.normalization.text import content, normalize
from chatbot.regex import regex

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_ORDINAL = regex(
    r"(?:我?(?:选|要|看|就|是|那|问)*)(?:第)?([一二两三四五六七八九十]|\d{1,2})(?:个|款|种|项|条|号|辆)?(?:吧|的|呢|啊|好了)?"
)
_BEHIND = regex("[的吧呢啊呀吗嘛好了]{0,2}")
_NAMED = {"前者": 1, "前面那个": 1, "前一个": 1, "上面那个": 1, "前面那款": 1, "后者": -1, "后面那个": -1, "后一个": -1,
          "最后一个": -1, "最后那个": -1, "后面那款": -1, "下面那个": -1, "倒数第一个": -1}  # fmt: skip


def ordinal(text: str) -> int | None:
    """1-based position that ``text`` names (-1 is the last), or ``None`` when it names none."""
    said = content(text)
    for word, position in _NAMED.items():
        if said.startswith(word) and _BEHIND.fullmatch(said, len(word)):
            return position
    found = _ORDINAL.fullmatch(said)
    if not found:
        return None
    digits = found.group(1)
    return _DIGITS.get(digits) or int(digits)


def choose(text: str, options: Sequence[str]) -> int | None:
    """Index of the option that ``text`` chooses: by its words, else by its place."""
    said = content(normalize(text))
    names = [content(normalize(option)) for option in options]
    if said in names:
        return names.index(said)
    position = ordinal(normalize(text))
    if position is None:
        return None
    index = len(options) - 1 if position == -1 else position - 1
    return index if 0 <= index < len(options) else None
