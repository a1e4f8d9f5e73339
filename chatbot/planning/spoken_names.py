"""Names as they are dictated and typed: 海豹零六gt五零五海浪版 → 海豹06gt505海浪版, ix 3 → ix3, baomax6 → 宝马x6.

Each only where that makes a name of the graph.
"""

import re
from collections.abc import Iterable

from chatbot.derived import Derived
from chatbot.knowledge_graph.numerals import DIGIT, parse_chinese
from chatbot.normalization.pinyin import readings
from chatbot.normalization.text import has_han
from chatbot.regex import regex

_LETTERS = {
    "a": "诶 埃 诶伊", "b": "必", "c": "西 希", "e": "伊 意 依 易", "f": "艾弗 爱夫", "g": "吉 记", "h": "艾尺 爱尺",
    "k": "凯 剋", "l": "艾勒 爱乐 艾尔 爱欧 埃勒 爱勒", "m": "艾姆 埃姆 爱姆 诶姆", "n": "恩 嗯", "o": "欧 噢", "p": "皮 批 劈",
    "q": "丘 秋 扣 抠 球", "r": "阿 啊 阿尔 阿儿 艾儿 啊尔", "s": "艾斯 埃斯 爱斯 诶斯", "t": "替 踢 梯 剃", "u": "优 尤", "v": "威 维 微 喂 薇",
    "w": "达不溜 达不留 大不六", "x": "艾克斯 爱克斯 埃克斯 叉 插", "y": "歪 外", "z": "贼德 泽德",
}  # fmt: skip
_BY_SOUND = {word: letter for letter, words in _LETTERS.items() for word in words.split()}
_SPELLED = regex(
    rf"({'|'.join(sorted(_BY_SOUND, key=len, reverse=True))})([一二三四五六七八九\d])(?!(?![二三四五六七八九]十(?:li?|tfsi|e)(?![a-z]))[零一二三四五六七八九十百千万点个款台辆年月位座门代\d])"
)
_RUN = regex(
    r"(?<![十百千万亿点第几])[零〇一二三四五六七八九]{2,4}(?!多(?!少)|[十百千万亿点半几来个款年驱座门缸轮挡档代速排])"
)
_LETTER_NUMERAL = regex(
    r"([a-z]{1,5})([ .]?)([一二三四五六七八九])(?![零一二三四五六七八九十百千万点个款台辆年月位座门代缸挡档])"
)
_LETTER_NUMBER = regex(
    r"(?<![a-z0-9])([a-z]{1,5}) ?([一二三四五六七八九][一二三四五六七八九零十百]*[十百][一二三四五六七八九零十]*)(?=[a-z\s\u4e00-\u9fff]|$)"
)
_SERIES = regex(r"([一二三四五六七八九])系(?!列)")
_DOT = regex(r"(?<=[a-z])点(?=[一二三四五六七八九])")
_APART = regex(
    r"(?<![a-z0-9] )(?<![a-z0-9.\-])([a-z]{1,4}) (\d{1,2}[a-z]{0,2})(?![a-z0-9.])(?!款|万|年|公里|座)"
)
_TYPED = regex(r"(?<![a-z0-9])[a-z]{3}[a-z0-9\-]{2,}")
_ASCII = regex("[a-z0-9]")
_LONGEST_TYPED = 10  # characters of a name that is typed in pinyin
_SHORTEST_SPELLED = 3  # letters of the Chinese part of a name
_YEAR = regex(r"(?<![零一二三四五六七八九十])二([零一二三四五六七八九])款")
_LETTER_YEAR = regex(r"(?<![a-z0-9])([a-z])(2\d)款?(?=[\u4e00-\u9fff])(?![万公座年米升])")
_POINT = regex(
    r"([零一二两三四五六七八九])点([零一二三四五六七八九])\s?(?=[tl](?![a-z])|双擎|混动|自吸|涡轮)"
)
_RANGE = regex(
    r"(\d{2,4}|[一二两三四五六七八九][零一二三四五六七八九十百]{1,6})(?:公里|千米)(?=([\u4e00-\u9fff]{2}))"
)
_DIGITS = regex(r"[\d零一二三四五六七八九][a-z]+$")  # 零六gt五零五: two numbers, not one word
_NUMERAL = regex(r"[\d零〇一二两三四五六七八九十]")
_NUMBER = regex(r"\d{2,4}")
_CODED = regex(r"^[\u4e00-\u9fff]{2,3}0\d")
_OH = regex(r"([\u4e00-\u9fff]{2,3})o(\d)(?!\d)")  # 海狮o7
_SPACED = regex(r"(?<![a-z0-9])[a-z]{2,6}(?: [a-z0-9\-]+){1,3}")
_HUNDREDS = r"(?:[一二三四五六七八九]百)?[二三四五六七八九]?十[一二三四五六七八九]?"
_COUNTED = regex(
    rf"({_HUNDREDS})(?=li?(?![a-z])|t?f?si|turbo|e(?![a-z]))"  # 四十li, 三百三十tsi
    rf"|(?:(?<=[a-z]\d)|(?<=[a-z]\dl))({_HUNDREDS})(?=[\u4e00-\u9fff]{{2}})(?![万座度寸款年个岁升公千多几来])"  # q7五十五尊贵型
)
_SHORT_HUNDRED = regex(
    "(?<![零一二三四五六七八九十百千万])([一二三四五六七八九])百([一二三四五六七八九])(?![零一二三四五六七八九十百千万点多来几块元])"
)  # 二百八炫辣版
_SAID_YEAR = regex(r"[一二两]千零?[一二三四五六七八九]?十[一二三四五六七八九]?(?=款)")
_BEFORE_A_YEAR = regex(
    r"(?<![a-z])([a-z]{1,3})([一二三四五六七八九])(?=2\d(?![\d.万千百])|二零[一二][零一二三四五六七八九])"
)
_NAMED_RANGE = regex(r"\d{2,4}km[\u4e00-\u9fff]{2}")
_CODE = regex(r"[a-z]{1,5}\d{2,3}")
_HAN_NUMERAL = regex(
    r"((?:(?![一二三四五六七八九十])[\u4e00-\u9fff]){2,4})([一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?![零一二三四五六七八九十百千万点])"
)
_ADDED = regex(r"(?<![\d.])(\d{1,4})(?:加|\+)(\d{1,4})([gt]?)b?(?![a-z\d.])")


class SpokenNames:
    """Built once for the names of a graph."""

    def __init__(self, names: Iterable[str], derived: Derived | None = None) -> None:
        known, kept = list(names), derived or Derived()

        def inside(what: str, pattern: re.Pattern[str], joined: tuple[str, str] = ("", "")) -> frozenset[str]:
            def found() -> list[str]:
                return sorted({hit for name in known for hit in pattern.findall(name.replace(*joined))})

            return frozenset(kept.json(f"spoken {what}", found))

        self._names = frozenset(known)
        self._numbers = inside("numbers", _NUMBER)
        self._ranges = inside("ranges", _NAMED_RANGE, ("km ", "km"))
        self._begun = inside("codes before a numeral", _CODED)
        self._joined_names = inside("codes", _CODE, (" ", ""))
        self._typed = kept.json("spoken in letters", lambda: _typed(self._names))

    def written(self, text: str) -> str:
        """A normalised ``text`` with names as they are written: numerals in digits, joined, no pinyin before letters."""
        text = _SPACED.sub(self._spelled_apart, text) if " " in text else text
        text = _OH.sub(self._zero, text) if "o" in text else text
        text = _TYPED.sub(self._in_characters, _APART.sub(self._joined, text))
        if _NUMERAL.search(text) is None:
            return text
        text = _ADDED.sub(self._added, text)
        text = _HAN_NUMERAL.sub(self._behind_characters, text)
        text = _BEFORE_A_YEAR.sub(self._series_before_a_year, text)
        text = _LETTER_YEAR.sub(self._letter_year, text)
        text = _SAID_YEAR.sub(self._said_year, text)
        text = _LETTER_NUMERAL.sub(self._digit, _DOT.sub(".", _SPELLED.sub(self._letter, text)))
        text = _COUNTED.sub(self._counted, _SHORT_HUNDRED.sub(self._hundred, text))
        text = _SERIES.sub(self._series, _LETTER_NUMBER.sub(self._number, text))
        text = _RUN.sub(self._digits, text)
        text = _YEAR.sub(self._year, text)
        text = _POINT.sub(lambda found: f"{DIGIT[found[1]]}.{DIGIT[found[2]]}", text)
        return _RANGE.sub(self._range, text)

    def _added(self, found: re.Match[str]) -> str:
        """16加512 is 16+512, 24+1t is 24+1tb, where that is a part of names."""
        first, second, unit = found.groups()
        ways = (f"{first}+{second}{unit}b", f"{first}+{second}") if unit else (f"{first}+{second}",)
        return next((way for way in ways if way in self._names), found.group())

    def _behind_characters(self, found: re.Match[str]) -> str:
        """墨纸十 is 墨纸10, 我要学伴一 has 学伴1 at its end: where that is a name, and what is said is none."""
        said, numeral = found.groups()
        number = f"{parse_chinese(numeral) or 0:f}"
        for at in range(len(said) - 1):
            if said[at:] + number in self._names and said[at:] + numeral not in self._names:
                behind = found.string[found.end() : found.end() + 1]
                return said + number + (" " if behind.isdigit() else "")
        return found.group()

    def _counted(self, found: re.Match[str]) -> str:
        """三十五tfsi is 35tfsi, where some name has that number."""
        number = f"{parse_chinese(found.group()) or 0:f}"
        return number if number in self._numbers else found.group()

    def _hundred(self, found: re.Match[str]) -> str:
        """二百八 is 280, where some name has that number."""
        number = f"{DIGIT[found[1]]}{DIGIT[found[2]]}0"
        return number if number in self._numbers else found.group()

    def _series_before_a_year(self, found: re.Match[str]) -> str:
        """e三25智行, s五二零二五款: the series ends where a year begins."""
        name = f"{found[1]}{DIGIT[found[2]]}"
        return f"{name} " if name in self._names else found.group()

    def _said_year(self, found: re.Match[str]) -> str:
        """两千零二十四款 is 2024款."""
        year = f"{parse_chinese(found.group()) or 0:f}"
        return year if f"{year}款" in self._names else found.group()

    def _letter_year(self, found: re.Match[str]) -> str:
        """b25豪华 is B型号 2025款 豪华, where there is no B25."""
        letter, year = found.groups()
        model = f"{letter}型号"
        known = model in self._names and f"{year}款" in self._names and letter + year not in self._names
        return f"{model}{year}款" if known else found.group()

    def _joined(self, found: re.Match[str]) -> str:
        """ix 3 is ix3, where that is a name and the two apart are none."""
        letters, number = found.groups()
        joined = f"{letters}{number}" in self._names and found.group() not in self._names
        return f"{letters}{number}" if joined else found.group()

    def _spelled_apart(self, found: re.Match[str]) -> str:
        """hai bao 06 gt is 海豹06gt: a name that is typed in pinyin with spaces between its parts."""
        words = found.group().split(" ")
        for count in range(len(words), 1, -1):
            if name := self._typed.get("".join(words[:count])):
                return " ".join((name, *words[count:]))
        return found.group()

    def _zero(self, found: re.Match[str]) -> str:
        """海狮o7 is 海狮07, where that is a name or the beginning of one."""
        said, digit = found.groups()
        known = any(f"{said[at:]}0{digit}" in self._begun for at in range(len(said) - 1))
        return f"{said}0{digit}" if known else found.group()

    def _in_characters(self, found: re.Match[str]) -> str:
        """hongqih9 is 红旗h9, and what stands behind it another word."""
        said = found.group()
        for end in range(len(said), _SHORTEST_SPELLED, -1):
            name = self._typed.get(said[:end])
            if name and (end == len(said) or said[end].isdigit() != said[end - 1].isdigit()):
                return f"{name} {said[end:]}".rstrip()
        return said

    def _letter(self, found: re.Match[str]) -> str:
        """埃姆九 is m9, 阿一 is r1: a letter by its sound, where that makes a name."""
        name = f"{_BY_SOUND[found[1]]}{DIGIT.get(found[2], found[2])}"
        return name if name in self._names else found.group()

    def _digit(self, found: re.Match[str]) -> str:
        """s五 is s5, model 三 is model 3."""
        letters, space, numeral = found.groups()
        name = f"{letters}{space}{DIGIT[numeral]}"
        return name if name in self._names or name.replace(" ", "") in self._names else found.group()

    def _number(self, found: re.Match[str]) -> str:
        """c二百 is c200."""
        letters, numeral = found.groups()
        name = f"{letters}{parse_chinese(numeral) or 0:f}"
        return name if name in self._joined_names else found.group()

    def _series(self, found: re.Match[str]) -> str:
        """三系 is 3系."""
        name = f"{DIGIT[found[1]]}系"
        return name if name in self._names else found.group()

    def _year(self, found: re.Match[str]) -> str:
        """二四款 is 24款, where there is such a year."""
        year = f"2{DIGIT[found.group(1)]}款"
        return year if year in self._names else found.group()

    def _digits(self, found: re.Match[str]) -> str:
        digits = "".join(str(DIGIT[char]) for char in found.group())
        if digits not in self._numbers:
            return found.group()
        if found.string[found.end() : found.end() + 1].isdigit():
            digits += " "  # 零五120: two numbers
        before = found.string[found.start() - 1 : found.start()]
        if before.isdigit() and f"{digits}款" in self._names:
            return f" {digits}款"  # s5二五舒享
        return (
            f" {digits}"
            if before.isascii() and before.isalnum() and _DIGITS.search(found.string[: found.start()])
            else digits
        )

    def _range(self, found: re.Match[str]) -> str:
        said = found.group(1)
        number = said if said.isdigit() else str(parse_chinese(said) or "")
        return f"{number}km" if f"{number}km{found.group(2)}" in self._ranges else found.group()


def _typed(names: Iterable[str]) -> dict[str, str]:
    """baomax6 → 宝马x6: names of Chinese characters and letters or digits, the characters in pinyin.

    Those of characters alone are spelled out elsewhere; what is a name as it stands is not read as pinyin.
    """
    known = frozenset(names)
    found: dict[str, str] = {}
    for name in sorted(known):
        bare = name.replace(" ", "")
        if bare.isascii() or bare[0].isascii() or len(bare) > _LONGEST_TYPED or not _ASCII.search(bare):
            continue
        characters = [readings(char)[0] if has_han(char) else "" for char in bare]
        spelled = "".join(said or char for said, char in zip(characters, bare, strict=True))
        if len("".join(characters)) >= _SHORTEST_SPELLED and spelled not in known:
            found.setdefault(spelled, name)
    return found
